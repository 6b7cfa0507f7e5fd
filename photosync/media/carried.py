"""What a photo's file says itself of title, description, keywords and licence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from photosync.disk.reading import open_ordinary
from photosync.media.blocks import Blocks, read_blocks
from photosync.media.dates import find_moment
from photosync.media.details import fold_keywords, format_position
from photosync.media.kinds import Kind, kind_of
from photosync.media.packets import read_packet, read_records
from photosync.media.sidecars import read_sidecar
from photosync.media.xmp import PRECISION, clean_text
from photosync.model import PhotoMetadata
from photosync.model.details import NO_DETAILS, Details
from photosync.naming import name_of_file

_XMP_FIELDS: Final = {
    "dc:title": "title",
    "dc:description": "description",
    "dc:subject": "tags",
    "dc:source": "source",
    "photoshop:Source": "source",
    "xmpRights:UsageTerms": "licence",
    "xmpRights:WebStatement": "licence_url",
    "cc:license": "licence_url",
}
# Where the older blocks of a picture keep a title, a description and keywords.
_IPTC: Final = {(2, 5): "title", (2, 120): "description", (2, 25): "tags"}
_WINDOWS_TEXTS: Final = {
    "Image XPTitle": "title",
    "Image XPComment": "description",
    "Image XPKeywords": "tags",
}
_EXIF_TEXTS: Final = {**_WINDOWS_TEXTS, "Image ImageDescription": "description"}
# The texts of a PNG, and the comment of a GIF.
_TEXTS: Final = {
    "title": "title",
    "description": "description",
    "comment": "description",
    "keywords": "tags",
    "source": "source",
}


def select_missing(path: str, metadata: PhotoMetadata) -> PhotoMetadata:
    """Return those of the facts that the photo's file does not carry itself, in XMP,
    IPTC or EXIF.

    A title that is only the file's name is no fact. Tags are named all if one is
    missing, as programs take a sidecar's list for the whole. Never raises for what the
    file holds.
    """
    carried: defaultdict[str, set[str]] = defaultdict(set)
    for field, text in _read_carried(path):
        carried[field].add(_normalise(text))

    def drop_carried(field: str, text: str) -> str:
        return "" if _normalise(text) in carried[field] else text

    title = drop_carried("title", metadata.title)
    if _is_name(metadata.title, path):
        title = ""
    licence = drop_carried("licence", metadata.licence)
    licence_url = drop_carried("licence_url", metadata.licence_url)
    if metadata.licence_url and not licence_url:
        # The file has the link; the words of the licence say nothing more.
        licence = ""
    known_tags = carried["tags"]
    missing_tags = [tag for tag in metadata.tags if _normalise(tag) not in known_tags]
    has_date = _has_date(path, metadata)
    return replace(
        metadata,
        title=title,
        description=drop_carried("description", metadata.description),
        tags=metadata.tags if missing_tags else (),
        taken="" if has_date else metadata.taken,
        licence=licence,
        licence_url=licence_url,
        source=drop_carried("source", metadata.source),
    )


def read_inside(path: str) -> Details:
    """Return the details that a photo's file carries itself, in XMP, else IPTC, else
    what Windows wrote.

    The position is that of EXIF. The description of EXIF is none, as cameras write
    their own name there. Never raises for what the file holds.
    """
    if kind_of(path) is not Kind.PHOTO:
        return NO_DETAILS
    try:
        with open_ordinary(path) as file:
            found = read_blocks(file)
    except OSError:
        return NO_DETAILS
    details = _read_older_blocks(found)
    for packet in found.xmp[:1]:
        # A packet may hold whatever brings a parser to raise.
        with suppress(Exception):
            details = read_sidecar(packet, details)
    position = _read_place(found.tags)
    return replace(details, position=position, placed_by_camera=bool(position))


def _read_place(tags: Mapping[str, Any]) -> str:
    """Return the position of EXIF, empty where it has none."""
    latitude = _read_angle(tags, "GPS GPSLatitude", "S")
    longitude = _read_angle(tags, "GPS GPSLongitude", "W")
    if latitude is None or longitude is None:
        return ""
    # A phone that had not found itself yet writes noughts.
    if not latitude and not longitude:
        return ""
    return format_position(latitude, longitude)


def _read_angle(tags: Mapping[str, Any], name: str, negative: str) -> float | None:
    """Return an angle in degrees, below zero on the side of this letter."""
    try:
        parts = [float(part) for part in tags[name].values]
        degrees, minutes, seconds = parts
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    side = str(tags.get(f"{name}Ref", ""))
    if side.strip().upper() == negative:
        return -angle
    return angle


def _read_older_blocks(found: Blocks) -> Details:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for field, text in _read_iptc(found):
        texts[field].append(clean_text(text))
    others = (*_read_texts(found), *_read_exif_texts(found.tags, _WINDOWS_TEXTS))
    for field, text in others:
        parts = [text]
        if field == "tags":
            # All keywords stand in one text.
            parts = text.split(";")
        texts[field] += map(clean_text, parts)
    keywords = fold_keywords(texts["tags"]).values()
    title = _find_first(texts["title"])
    description = _find_first(texts["description"])
    return Details(title, description, keywords=tuple(keywords))


def _find_first(texts: Iterable[str]) -> str:
    """Return the first text that says anything, empty where none does."""
    return next((text for text in texts if text), "")


def _is_name(title: str, path: str) -> bool:
    file = Path(path)
    return title in {file.name, file.stem, name_of_file(file.name)}


def _normalise(text: str) -> str:
    return " ".join(clean_text(text).split())


def _has_date(path: str, metadata: PhotoMetadata) -> bool:
    found = find_moment(path, 0)
    length = PRECISION[metadata.granularity]
    is_same = found.text[:length] == metadata.taken[:length]
    return found.source == "exif" and is_same


def _read_carried(path: str) -> Iterator[tuple[str, str]]:
    """Yield the texts that a picture carries, each with the name of its field."""
    try:
        with open_ordinary(path) as file:
            found = read_blocks(file)
    except OSError:
        return
    for field, text in _read_exif_texts(found.tags, _EXIF_TEXTS):
        yield from _split_texts(field, text)
    for packet in found.xmp:
        # A packet may hold whatever brings a parser to raise.
        with suppress(Exception):
            yield from list(read_packet(packet, _XMP_FIELDS))
    yield from _read_iptc(found)
    for field, text in _read_texts(found):
        yield from _split_texts(field, text)


def _read_iptc(found: Blocks) -> Iterator[tuple[str, str]]:
    for block in found.iptc:
        for number, text in read_records(block):
            if number in _IPTC:
                yield _IPTC[number], text


def _read_texts(found: Blocks) -> Iterator[tuple[str, str]]:
    for name, text in found.texts.items():
        field = _TEXTS.get(name.lower())
        if field:
            yield field, text


def _split_texts(field: str, text: str) -> Iterator[tuple[str, str]]:
    yield field, text
    if field == "tags":
        # All keywords stand in one text.
        for part in text.replace(",", ";").split(";"):
            yield field, part


def _read_exif_texts(
    tags: Mapping[str, Any], fields: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for name in fields.keys() & tags.keys():
        tag = tags[name]
        text = str(tag)
        if name.startswith("Image XP"):
            text = bytes(tag.values).decode("utf-16-le", "replace")
            text = text.rstrip("\0")
        yield fields[name], text
