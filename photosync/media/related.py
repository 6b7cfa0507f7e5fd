"""Files that belong together: a photo with its raw picture, its moving part, its
sidecars. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from photosync.media.kinds import Kind, ending_of, is_raw, is_sidecar, kind_of
from photosync.naming import name_key

_LIVE_PHOTO = frozenset({"jpg", "jpeg", "heic", "heif"})
_LIVE_VIDEO = frozenset({"mov", "mp4"})


def group_names(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return which names of one folder or album belong together: leader -> followers.

    Every name is in exactly one group, alone if it has no followers. A photo leads the
    raw picture of its stem (IMG_1.JPG, IMG_1.CR2), the MOV or MP4 of a Live Photo, and
    the sidecars named after any of these (IMG_1.xmp, IMG_1.JPG.xmp, IMG_1.aae); a raw
    picture or a video without a photo leads its own sidecars. Case does not count.
    Where it is not clear which of two photos something belongs to, it stays alone.
    Leaders and followers come in order.
    """
    found = sorted(set(names), key=_order_of)
    media = [name for name in found if not is_sidecar(name)]
    sidecars = [name for name in found if is_sidecar(name)]
    leader_of = dict(_find_media_leaders(media))
    leader_of |= _find_sidecar_leaders(sidecars, leader_of)
    return _collect_followers(found, leader_of)


def _order_of(name: str) -> tuple[str, str]:
    """What names are put in order by: a.jpg beside A.jpg, and always the same first."""
    return _fold_case(name), name


def _collect_followers(
    names: Iterable[str], leader_of: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    followers: dict[str, list[str]] = {}
    for name in names:
        if leader_of[name] == name:
            followers[name] = []
    for name in names:
        leader = leader_of[name]
        if leader != name:
            followers[leader].append(name)
    return {leader: tuple(others) for leader, others in followers.items()}


def _fold_case(name: str) -> str:
    # Folding may take a letter apart that the key of a name holds together.
    folded = name_key(name).casefold()
    return name_key(folded)


def _stem(name: str) -> str:
    ending = ending_of(name)
    if not ending:
        return _fold_case(name)
    dot = len(name) - len(ending) - 1
    return _fold_case(name[:dot])


def _find_media_leaders(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    stems: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        stems[_stem(name)].append(name)
    for same in stems.values():
        leader = _find_leader(same)
        for name in same:
            if leader and _is_follower(name, leader, same):
                yield name, leader
            else:
                yield name, name


def _find_leader(same: list[str]) -> str:
    """Return the one photo among the files of a stem, else its one raw picture.

    Empty if there is none or more than one.
    """
    raws: list[str] = []
    photos: list[str] = []
    for name in same:
        if is_raw(name):
            raws.append(name)
        elif kind_of(name) is Kind.PHOTO:
            photos.append(name)
    candidates = photos or raws
    # IMG_1.JPG and IMG_1.PNG: nobody knows which of them a sidecar describes.
    if len(candidates) != 1:
        return ""
    return candidates[0]


def _is_follower(name: str, leader: str, same: list[str]) -> bool:
    if is_raw(name):
        raws = [other for other in same if is_raw(other)]
        return len(raws) == 1
    # An iPhone writes IMG_1.HEIC and IMG_1.MOV; with an IMG_1.MP4 too, which of the
    # two moves with the picture is not clear.
    if not _is_live_video(name) or ending_of(leader) not in _LIVE_PHOTO:
        return False
    videos = [other for other in same if _is_live_video(other)]
    return len(videos) == 1


def _is_live_video(name: str) -> bool:
    return ending_of(name) in _LIVE_VIDEO


def _find_sidecar_leaders(
    sidecars: list[str], leader_of: Mapping[str, str]
) -> dict[str, str]:
    """Return whom each sidecar describes.

    A file by its full name, else the one group of its stem.
    """
    by_name: defaultdict[str, set[str]] = defaultdict(set)
    by_stem: defaultdict[str, set[str]] = defaultdict(set)
    for name, leader in leader_of.items():
        if kind_of(name):
            full = _fold_case(name)
            stem = _stem(name)
            by_name[full].add(leader)
            by_stem[stem].add(leader)
    found: dict[str, str] = {}
    for sidecar in sidecars:
        # IMG_1.JPG.xmp without its own ending is the full name of a photo.
        described = _stem(sidecar)
        leaders = by_name[described] or by_stem[described]
        found[sidecar] = sidecar
        if len(leaders) == 1:
            found[sidecar] = min(leaders)
    return found
