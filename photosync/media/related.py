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


def groups(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Which of the names of one folder or album belong together: leader -> its
    followers.

    Every name is in exactly one group, alone if it has no followers. A photo leads the
    raw picture of its stem (IMG_1.JPG, IMG_1.CR2), the MOV or MP4 of a Live Photo, and
    the sidecars named after any of these (IMG_1.xmp, IMG_1.JPG.xmp, IMG_1.aae); a raw
    picture or a video without a photo leads its own sidecars. Case does not count.
    Where it is not clear which of two photos something belongs to, it stays alone.
    Leaders and followers come in order.
    """
    found = sorted(set(names), key=lambda name: (_folded(name), name))
    leader_of = dict(_media_leaders([name for name in found if not is_sidecar(name)]))
    leader_of |= _sidecar_leaders(
        [name for name in found if is_sidecar(name)], leader_of
    )
    followers: dict[str, list[str]] = {
        name: [] for name in found if leader_of[name] == name
    }
    for name in found:
        if leader_of[name] != name:
            followers[leader_of[name]].append(name)
    return {name: tuple(others) for name, others in followers.items()}


def _folded(name: str) -> str:
    return name_key(name_key(name).casefold())


def _stem(name: str) -> str:
    ending = ending_of(name)
    return _folded(name[: -len(ending) - 1] if ending else name)


def _media_leaders(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    stems: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        stems[_stem(name)].append(name)
    for same in stems.values():
        leader = _leader(same)
        for name in same:
            yield name, leader if leader and _follows(name, leader, same) else name


def _leader(same: list[str]) -> str:
    """The one photo among the files of a stem; empty if there is none or more than
    one.
    """
    photos = [name for name in same if kind_of(name) is Kind.PHOTO and not is_raw(name)]
    raws = [name for name in same if is_raw(name)]
    candidates = photos or raws
    return candidates[0] if len(candidates) == 1 else ""


def _follows(name: str, leader: str, same: list[str]) -> bool:
    if is_raw(name):
        return sum(map(is_raw, same)) == 1
    live = ending_of(leader) in _LIVE_PHOTO and ending_of(name) in _LIVE_VIDEO
    return live and sum(ending_of(one) in _LIVE_VIDEO for one in same) == 1


def _sidecar_leaders(
    sidecars: list[str], leader_of: Mapping[str, str]
) -> dict[str, str]:
    """Whom each sidecar describes: a file by its full name, else the one group of its
    stem.
    """
    full: defaultdict[str, set[str]] = defaultdict(set)
    stems: defaultdict[str, set[str]] = defaultdict(set)
    for name, leader in leader_of.items():
        if kind_of(name):
            full[_folded(name)].add(leader)
            stems[_stem(name)].add(leader)
    described = (
        (name, full.get(_stem(name)) or stems.get(_stem(name), set()))
        for name in sidecars
    )
    return {
        name: min(leaders) if len(leaders) == 1 else name for name, leaders in described
    }
