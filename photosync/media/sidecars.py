"""The details of a photo in its XMP sidecar: read, and written among what other programs
keep there. Pure.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Final

from photosync.media.details import (
    fold_keyword,
    fold_keywords,
    format_position,
    parse_position,
)
from photosync.media.kinds import Kind, ending_of, is_raw, is_sidecar, kind_of
from photosync.media.packets import NAMES
from photosync.media.related import group_names
from photosync.media.xmp import clean_text
from photosync.media.xmp_document import Element, XmpDocument, expand
from photosync.model.details import Details, DetailsEdit, TextField
from photosync.naming import name_key

_LANGUAGE: Final = "http://www.w3.org/XML/1998/namespace lang"
_DEFAULT: Final = "x-default"
_SUBJECT: Final = "dc:subject"
_PROPERTIES: Final[Mapping[str, TextField]] = {
    "dc:title": "title",
    "dc:description": "description",
}
_LATITUDE = "exif:GPSLatitude"
_LONGITUDE = "exif:GPSLongitude"
# digiKam and Lightroom keep their keywords here as well, each with those above it, and
# look here first.
_TREES: Final = {"digiKam:TagsList": "/", "lr:hierarchicalSubject": "|"}
_COORDINATE: Final = re.compile(
    r"\s*(\d+)\s*,\s*(\d+(?:\.\d+)?)\s*(?:,\s*(\d+(?:\.\d+)?)\s*)?([NSEW])\s*",
    re.IGNORECASE,
)


# -- which sidecar
# -------------------------------------------------------------------------------------


def find_sidecars(names: Iterable[str]) -> dict[str, str]:
    """Return the XMP sidecar of each file of a folder that has one.

    `IMG_1.CR3.xmp` is that of one file and comes first; `IMG_1.xmp` that of a raw
    picture and of the photo which leads its group.
    """
    found: dict[str, str] = {}
    for leader, followers in group_names(names).items():
        group = [name for name in (leader, *followers) if not is_sidecar(name)]
        for sidecar in followers:
            if ending_of(sidecar) == "xmp":
                _assign(sidecar, leader, group, found)
    return found


def _assign(
    sidecar: str, leader: str, group: Sequence[str], found: dict[str, str]
) -> None:
    described = _fold_name(sidecar[: -len(".xmp")])
    for name in group:
        if _fold_name(name) == described:
            found[name] = sidecar
            return
    # An edited version of the photo has another stem, and its own sidecar.
    same = [name for name in group if _fold_name(PurePath(name).stem) == described]
    for name in same or group:
        # The film of a Live Photo is not what the sidecar of its picture is about.
        is_meant = name == leader or is_raw(name)
        if same and kind_of(name) is Kind.PHOTO:
            is_meant = True
        if is_meant:
            found.setdefault(name, sidecar)


def _fold_name(name: str) -> str:
    return name_key(name).casefold()


# -- reading
# -------------------------------------------------------------------------------------


def read_sidecar(content: bytes, inside: Details) -> Details:
    """Return the details that a sidecar tells, and for what it does not mention those
    `inside` the photo. Raises Rejected for anything else than XMP.
    """
    document = XmpDocument(content)
    texts: dict[TextField, str] = {}
    for name, field in _PROPERTIES.items():
        text = _read_text(document, name)
        texts[field] = inside.get_text(field) if text is None else text
    position = _read_position(document)
    return Details(
        title=texts["title"],
        description=texts["description"],
        position=position or inside.position,
        keywords=_read_keywords(document, inside.keywords),
        placed_by_camera=not position and inside.placed_by_camera,
    )


def _read_text(document: XmpDocument, name: str) -> str | None:
    element = document.find(name)
    if element is None:
        text = document.find_attribute(name)
    else:
        item = _find_default(element)
        text = item.text if item else element.value.text
    return None if text is None else clean_text(text)


def _find_items(element: Element) -> list[Element]:
    """Return the items of a list, whichever kind of list it is."""
    item = expand("rdf:li")
    items: list[Element] = []
    for group in element.children:
        items += [child for child in group.children if child.name == item]
    return items


def _find_default(element: Element) -> Element | None:
    """Return the text for all who ask for no language."""
    items = _find_items(element)
    for item in items:
        if item.attributes.get(_LANGUAGE, "").lower() == _DEFAULT:
            return item.value
    return items[0].value if items else None


def _read_keywords(document: XmpDocument, inside: tuple[str, ...]) -> tuple[str, ...]:
    element = document.find(_SUBJECT)
    if element is None:
        return inside
    texts = [clean_text(item.value.text) for item in _find_items(element)]
    return tuple(filter(None, texts))


def _read_position(document: XmpDocument) -> str:
    latitude = _read_coordinate(document, _LATITUDE)
    longitude = _read_coordinate(document, _LONGITUDE)
    if latitude is None or longitude is None:
        return ""
    return format_position(latitude, longitude)


def _read_coordinate(document: XmpDocument, name: str) -> float | None:
    """Return an angle in degrees, below zero in the south and in the west."""
    element = document.find(name)
    text = document.find_attribute(name) if element is None else element.text
    found = _COORDINATE.fullmatch(text or "")
    if not found:
        return None
    degrees, minutes, seconds, side = found.groups()
    angle = int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
    return -angle if side in "SWsw" else angle


# -- writing
# -------------------------------------------------------------------------------------


def edit_sidecar(content: bytes, edit: DetailsEdit, inside: Details) -> bytes:
    """Return a sidecar with new details; all else in it stays byte for byte.

    `inside` is what the photo tells itself, of which keywords stay those of the photo.
    Raises Rejected for anything else than XMP.
    """
    document = XmpDocument(content)
    texts = dict(edit.texts)
    for name, field in _PROPERTIES.items():
        if field in texts:
            _write_text(document, name, texts[field])
    if "position" in texts:
        _write_position(document, texts["position"])
    if edit.added or edit.removed:
        _write_keywords(document, edit, inside)
    return document.render()


def _write_text(document: XmpDocument, name: str, text: str) -> None:
    escaped = _escape(text)
    element = document.find(name)
    default = _find_default(element) if element else None
    if element is None or default is None:
        document.remove_property(name)
        only = f'<rdf:li xml:lang="{_DEFAULT}">{escaped}</rdf:li>'
        document.insert_property(_make_list(name, "rdf:Alt", only))
        return
    document.replace_text(default, escaped)
    # Lightroom repeats the text for the language of its owner.
    for item in _find_items(element):
        other = item.value
        if other is not default and default.text and other.text == default.text:
            document.replace_text(other, escaped)


def _make_list(name: str, kind: str, items: str) -> str:
    """Return the element of a property, which declares the names that it uses."""
    prefix, _, _ = name.partition(":")
    own = f'xmlns:{prefix}="{NAMES[prefix]}"'
    of_lists = f'xmlns:rdf="{NAMES["rdf"]}"'
    content = f"<{kind}>{items}</{kind}>"
    return f"<{name} {own} {of_lists}>{content}</{name}>"


def _write_position(document: XmpDocument, position: str) -> None:
    for name in (_LATITUDE, _LONGITUDE):
        document.remove_property(name)
    if not position:
        return
    latitude, longitude = parse_position(position)
    uri = NAMES["exif"]
    for name, place, sides in (
        (_LATITUDE, latitude, "NS"),
        (_LONGITUDE, longitude, "EW"),
    ):
        text = _format_coordinate(place, sides)
        document.insert_property(f'<{name} xmlns:exif="{uri}">{text}</{name}>')


def _format_coordinate(place: float, sides: str) -> str:
    """Write an angle as XMP has it, in degrees and minutes: `52,31.2000000N`."""
    # Rounded first, or 59.99999999 minutes would be written as 60.
    degrees, rest = divmod(round(abs(place) * 6e8), 600_000_000)
    side = sides[1] if place < 0 else sides[0]
    return f"{degrees},{rest / 1e7:.7f}{side}"


def _write_keywords(document: XmpDocument, edit: DetailsEdit, inside: Details) -> None:
    removed = {fold_keyword(keyword) for keyword in edit.removed}
    element = document.find(_SUBJECT)
    if element is None or not element.children:
        # Programs take the list of a sidecar for the whole.
        kept = fold_keywords(inside.keywords) | fold_keywords(edit.added)
        texts = [text for key, text in kept.items() if key not in removed]
        items = _make_items(texts)
        document.remove_property(_SUBJECT)
        document.insert_property(_make_list(_SUBJECT, "rdf:Bag", items))
    else:
        _edit_list(document, element, edit.added, removed, "")
    for name, divider in _TREES.items():
        tree = document.find(name)
        if tree is not None and tree.children:
            _edit_list(document, tree, edit.added, removed, divider)


def _escape(text: str) -> str:
    # xml.sax.saxutils does the same, and imports all of HTTP for it.
    return html.escape(clean_text(text), quote=False)


def _make_items(texts: Iterable[str]) -> str:
    return "".join(f"<rdf:li>{_escape(text)}</rdf:li>" for text in texts)


def _remove_keywords(
    document: XmpDocument,
    items: Iterable[Element],
    removed: Iterable[str],
    divider: str,
) -> set[str]:
    """Take keywords out of a list; return the keys of those that stay."""
    present: set[str] = set()
    for item in items:
        keyword = item.value.text
        if divider:
            # Of `Places/Italy/Rome` the last one is the keyword.
            keyword = keyword.rpartition(divider)[2]
        key = fold_keyword(keyword)
        if key in removed:
            document.remove(item)
        else:
            present.add(key)
    return present


def _edit_list(
    document: XmpDocument,
    element: Element,
    added: Iterable[str],
    removed: Iterable[str],
    divider: str,
) -> None:
    """Take keywords out of a list and put others in; what stands there already stays as
    it is spelt. In a tree they are divided by `divider` from those above them.
    """
    items = _find_items(element)
    present = _remove_keywords(document, items, removed, divider)
    new = [text for key, text in fold_keywords(added).items() if key not in present]
    texts = [_escape(text) for text in new]
    if texts and items:
        document.insert_like(items[-1], texts)
    elif texts:
        # An empty list, as `<rdf:Bag/>`, has no item to take after.
        document.remove(element.children[0])
        names = f'xmlns:rdf="{NAMES["rdf"]}"'
        bag = f"<rdf:Bag {names}>{_make_items(new)}</rdf:Bag>"
        document.replace(element.inner, element.inner, bag)
