"""What a photo's file says itself of title, description, keywords and licence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from photosync.disk.reading import open_ordinary
from photosync.media.blocks import Blocks, read_blocks
from photosync.media.dates import find_moment
from photosync.media.packets import read_packet, read_records
from photosync.media.xmp import PRECISION, clean_text
from photosync.model import PhotoMetadata
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
_EXIF_TEXTS: Final = {
    "Image XPTitle": "title",
    "Image ImageDescription": "description",
    "Image XPComment": "description",
    "Image XPKeywords": "tags",
}
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
    yield from _read_exif_texts(found.tags)
    for packet in found.xmp:
        # A packet may hold whatever brings a parser to raise.
        with suppress(Exception):
            yield from list(read_packet(packet, _XMP_FIELDS))
    yield from _read_other_texts(found)


def _read_other_texts(found: Blocks) -> Iterator[tuple[str, str]]:
    for block in found.iptc:
        for number, text in read_records(block):
            if number in _IPTC:
                yield _IPTC[number], text
    for name, text in found.texts.items():
        field = _TEXTS.get(name.lower())
        if field:
            yield from _split_texts(field, text)


def _split_texts(field: str, text: str) -> Iterator[tuple[str, str]]:
    yield field, text
    if field == "tags":
        # All keywords stand in one text.
        for part in text.replace(",", ";").split(";"):
            yield field, part


def _read_exif_texts(tags: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _EXIF_TEXTS.keys() & tags.keys():
        field = _EXIF_TEXTS[name]
        tag = tags[name]
        text = str(tag)
        if name.startswith("Image XP"):
            text = bytes(tag.values).decode("utf-16-le", "replace")
            text = text.rstrip("\0")
        yield from _split_texts(field, text)
