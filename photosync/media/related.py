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
    found = sorted(set(names), key=lambda name: (_fold_case(name), name))
    media = [name for name in found if not is_sidecar(name)]
    sidecars = [name for name in found if is_sidecar(name)]
    leader_of = dict(_find_media_leaders(media))
    leader_of |= _find_sidecar_leaders(sidecars, leader_of)
    followers: dict[str, list[str]] = {}
    for name in found:
        if leader_of[name] == name:
            followers[name] = []
    for name in found:
        if leader_of[name] != name:
            followers[leader_of[name]].append(name)
    return {name: tuple(others) for name, others in followers.items()}


def _fold_case(name: str) -> str:
    return name_key(name_key(name).casefold())


def _stem(name: str) -> str:
    ending = ending_of(name)
    return _fold_case(name[: -len(ending) - 1] if ending else name)


def _find_media_leaders(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    stems: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        stems[_stem(name)].append(name)
    for same in stems.values():
        leader = _find_leader(same)
        for name in same:
            has_leader = leader != "" and _is_follower(name, leader, same)
            yield name, leader if has_leader else name


def _find_leader(same: list[str]) -> str:
    """Return the one photo among the files of a stem, else its one raw picture.

    Empty if there is none or more than one.
    """
    raws = [name for name in same if is_raw(name)]
    pictures = [name for name in same if kind_of(name) is Kind.PHOTO]
    photos = [name for name in pictures if not is_raw(name)]
    candidates = photos or raws
    return candidates[0] if len(candidates) == 1 else ""


def _is_follower(name: str, leader: str, same: list[str]) -> bool:
    if is_raw(name):
        return sum(map(is_raw, same)) == 1
    # An iPhone writes IMG_1.HEIC and IMG_1.MOV; with an IMG_1.MP4 too, which of the
    # two moves with the picture is not clear.
    is_live = ending_of(leader) in _LIVE_PHOTO and ending_of(name) in _LIVE_VIDEO
    videos = [other for other in same if ending_of(other) in _LIVE_VIDEO]
    return is_live and len(videos) == 1


def _find_sidecar_leaders(
    sidecars: list[str], leader_of: Mapping[str, str]
) -> dict[str, str]:
    """Return whom each sidecar describes.

    A file by its full name, else the one group of its stem.
    """
    full: defaultdict[str, set[str]] = defaultdict(set)
    stems: defaultdict[str, set[str]] = defaultdict(set)
    for name, leader in leader_of.items():
        if kind_of(name):
            full[_fold_case(name)].add(leader)
            stems[_stem(name)].add(leader)
    found: dict[str, str] = {}
    for name in sidecars:
        leaders = full.get(_stem(name)) or stems.get(_stem(name), set())
        found[name] = min(leaders) if len(leaders) == 1 else name
    return found
