"""Files that belong together: a photo with its raw picture, its moving part, its edited
versions, its sidecars. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from photosync.media.kinds import (
    SMALL_FILMS,
    TAKEOUT_LENGTH,
    TAKEOUT_LONGEST,
    Kind,
    ending_of,
    find_described,
    find_film,
    is_raw,
    is_sidecar,
    kind_of,
    split_number,
)
from photosync.naming import name_key

_LIVE_PHOTO = frozenset({"jpg", "jpeg", "heic", "heif"})
_LIVE_VIDEO = frozenset({"mov", "mp4", "mp", "mv"})

# What phones and Google Takeout add to the name that the files of one photo share.
# Pixel: PXL_1.RAW-01.COVER.jpg and PXL_1.RAW-02.ORIGINAL.dng, a portrait with and without
# its blur, PXL_1.MP.jpg with a film, PXL_1~2.jpg as edited.
_PIXEL = re.compile(
    r"(pxl_.*?)(?:\.(?:raw|portrait)-\d\d)?(?:\.mp)?(?:\.cover|(\.original))?(~\d+)?"
)
# iPhone: IMG_E1234.JPG is IMG_1234.HEIC as edited, IMG_O1234.AAE tells of an edit.
_APPLE = re.compile(r"(img_)[eo](\d{4,}.*)")
# GoPro: GL010001.LRV is the small film of GX010001.MP4 or GH010001.MP4.
_GOPRO = re.compile(r"g[hxsl](\d{6})")
# Takeout: a-edited.jpg, in the language of the account, and a-edited(1).jpg of a(1).jpg.
_EDITED_WORDS = (
    *("edited", "bearbeitet", "modifié", "modificato", "editado", "editada"),
    *("ha editado", "editat", "bewerkt", "edytowane", "redigerad", "redigeret"),
    *("redigert", "muokattu", "upraveno", "編集済み"),
)
_EDITED = re.compile(rf"(.+)-(?:{'|'.join(_EDITED_WORDS)})(\(\d+\))?")


def group_names(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return which names of one folder or album belong together: leader -> followers.

    Every name is in exactly one group, alone if it has no followers. A photo leads the
    raw picture of its stem (IMG_1.JPG, IMG_1.CR2), the MOV or MP4 of a Live Photo, its
    edited versions (IMG_E1.JPG, IMG_1-edited.jpg), and the sidecars named after any of
    these (IMG_1.xmp, IMG_1.JPG.xmp, IMG_1.aae, IMG_1.JPG.json); a raw picture or a
    video without a photo leads its own, a film the small one beside it, too. Case does
    not count. Where it is not clear which of two photos something belongs to, it stays
    alone. Leaders and followers come in order.
    """
    found = sorted(set(names), key=_order_of)
    media = [name for name in found if not is_sidecar(name)]
    sidecars = [name for name in found if is_sidecar(name)]
    leader_of = dict(_find_media_leaders(media))
    leader_of |= _find_sidecar_leaders(sidecars, leader_of)
    return _collect_followers(found, leader_of)


def may_follow(name: str) -> bool:
    """Whether a file may belong to another one, by its name alone."""
    if is_sidecar(name) or is_raw(name) or _is_live_video(name):
        return True
    return _read_stem(name).is_version


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
    # Nearly all names: what follows would take a tenth of a first run.
    if name.isascii():
        return name.lower()
    # Folding may take a letter apart that the key of a name holds together.
    folded = name_key(name).casefold()
    return name_key(folded)


class _Stem(NamedTuple):
    """What the files of one photo share in their names, and whether this one is a
    further version of it.
    """

    text: str
    is_version: bool = False


def _stem(name: str) -> str:
    ending = ending_of(name)
    if not ending:
        return _fold_case(name)
    dot = len(name) - len(ending) - 1
    return _fold_case(find_film(name) or name[:dot])


def _read_stem(name: str) -> _Stem:
    stem = _stem(name)
    ending = ending_of(name)
    is_small = ending in SMALL_FILMS
    gopro = _GOPRO.fullmatch(stem)
    if gopro:
        # No other file is named so.
        return _Stem(f"g*{gopro[1]}", is_version=is_small)
    if is_small:
        return _Stem(stem, is_version=True)
    apple = _APPLE.fullmatch(stem)
    if apple:
        return _Stem(apple[1] + apple[2], is_version=True)
    pixel = _PIXEL.fullmatch(stem)
    if pixel:
        return _Stem(pixel[1], is_version=bool(pixel[2] or pixel[3]))
    edited = _EDITED.fullmatch(stem)
    if edited:
        return _Stem(edited[1] + (edited[2] or ""), is_version=True)
    return _read_cut_stem(stem, ending)


def _read_cut_stem(stem: str, ending: str) -> _Stem:
    """Return the stem of a name that Takeout may have cut amid `-edited`."""
    # Nearly all names are shorter, and of 100,000 a first run asks.
    if len(f"{stem}.{ending}") < TAKEOUT_LONGEST:
        return _Stem(stem)
    whole, number = split_number(stem)
    if len(f"{whole}.{ending}") == TAKEOUT_LONGEST:
        original, dash, part = whole.rpartition("-")
        if dash and any(word.startswith(part) for word in _EDITED_WORDS):
            return _Stem(original + number, is_version=True)
    return _Stem(stem)


def _find_media_leaders(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    stems: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        stems[_read_stem(name).text].append(name)
    for same in stems.values():
        versions = [name for name in same if _read_stem(name).is_version]
        originals = [name for name in same if name not in versions]
        leader = _find_leader(originals)
        yield from _lead(originals, leader)
        if not leader:
            yield from _lead(versions, _find_leader(versions))
            continue
        # Whichever of these somebody likes best, they are one photo.
        for name in versions:
            yield name, leader


def _lead(same: list[str], leader: str) -> Iterable[tuple[str, str]]:
    for name in same:
        is_led = leader and _is_follower(name, leader, same)
        yield name, leader if is_led else name


def _find_leader(same: list[str]) -> str:
    """Return the one photo among the files of a stem, else its one raw picture or film.

    Empty if there is none or more than one.
    """
    raws: list[str] = []
    photos: list[str] = []
    for name in same:
        if is_raw(name):
            raws.append(name)
        elif kind_of(name) is Kind.PHOTO:
            photos.append(name)
    candidates = photos or raws or same
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
    leaders = _Leaders(leader_of)
    found: dict[str, str] = {}
    for sidecar in sidecars:
        described = leaders.find_described(sidecar)
        # Of IMG_1.JPG and IMG_1.PNG nobody knows which one IMG_1.xmp describes.
        found[sidecar] = min(described) if len(described) == 1 else sidecar
    return found


class _Leaders:
    """Who leads the photos of a folder, by all that a sidecar may call these."""

    def __init__(self, leader_of: Mapping[str, str]) -> None:
        self._by_name: defaultdict[str, set[str]] = defaultdict(set)
        self._by_stem: defaultdict[str, set[str]] = defaultdict(set)
        for name, leader in leader_of.items():
            if kind_of(name):
                self._by_name[_fold_case(name)].add(leader)
                self._by_name[_cut_as_takeout(name)].add(leader)
                self._by_stem[_read_stem(name).text].add(leader)

    def find_described(self, sidecar: str) -> AbstractSet[str]:
        """Return the leaders that a sidecar may be about, by the best of its readings."""
        full_name = _fold_case(find_described(sidecar))
        if self._by_name[full_name]:
            return self._by_name[full_name]
        # IMG_1.JPG.xmp without its own ending is the full name of a photo.
        own_stem = _stem(sidecar)
        if self._by_name[own_stem]:
            return self._by_name[own_stem]
        return self._by_stem[_read_stem(sidecar).text]


def _cut_as_takeout(name: str) -> str:
    """Return what stands before `.json` in the name that Google Takeout gives to the
    sidecar of a photo with a long name: that cut, and then its number.
    """
    name = name_key(name)
    dot = len(name) - len(ending_of(name)) - 1
    stem, number = split_number(name[:dot])
    cut = f"{stem}{name[dot:]}"[:TAKEOUT_LENGTH]
    return _fold_case(f"{cut}{number}")


def rename_follower(name: str, old: str, new: str) -> str:
    """Return the name of a follower after its leader was renamed from old to new.

    It begins as its leader does; one that begins otherwise keeps its own name, but for
    a raw picture, a small film, an edited version and a JSON of Takeout, which have to
    be found again.
    """
    name = name_key(name)
    old = name_key(old)
    new = name_key(new)
    old_stem, _, _ = old.rpartition(".")
    new_stem, _, _ = new.rpartition(".")
    for before, after in ((old, new), (old_stem, new_stem)):
        # IMG_1.JPG leads img_1.CR2 as well as IMG_1.JPG.xmp.
        if _fold_case(name).startswith(_fold_case(before)):
            return after + name[len(before) :]
    ending = ending_of(name)
    if ending == "json":
        return f"{new}.{ending}"
    own_ending = name[len(name) - len(ending) :]
    if is_raw(name) or ending in SMALL_FILMS:
        return f"{new_stem}.{own_ending}"
    if _read_stem(name).is_version and kind_of(name):
        return f"{new_stem}-edited.{own_ending}"
    return name
