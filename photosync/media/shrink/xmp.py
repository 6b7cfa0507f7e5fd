"""The XMP of a smaller copy: what its original says, but nothing of what stays behind."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from operator import itemgetter
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from photosync.media.packets import FRAME

MOST_XMP: Final = 65_500
"""Bytes of XMP that one block of a JPEG has room for."""

LONGEST_PART: Final = "longest part of the XMP"
"""What a copy can be without: its name."""

_GOOGLE: Final = "http://ns.google.com/photos/"
# What tells of parts of a file that a smaller copy does not have: where they begin, how
# long they are, how they are to be combined with the picture.
_GONE: Final = re.compile(
    r"\{(?:"
    + "|".join(
        (
            re.escape(_GOOGLE) + r"1\.0/(?:container|depthmap|image|audio)/.*",
            re.escape(_GOOGLE) + r"1\.0/camera/\}(?:MotionPhoto|MicroVideo).*",
            re.escape(_GOOGLE) + r"dd/1\.0/.*",
            re.escape("http://ns.adobe.com/hdr-gain-map/") + ".*",
            re.escape("http://ns.apple.com/HDRGainMap/") + ".*",
            re.escape("http://ns.adobe.com/xmp/note/") + ".*",
        )
    )
    + ")"
)
_CLAIMS: Final = {
    "moving part": re.compile(
        rb"(?:MotionPhoto|MicroVideo)(?:=[\"']|>)1|Semantic(?:=[\"']|>)MotionPhoto"
    ),
    "HDR gain map": re.compile(
        rb"hdrgm:Version|HDRGainMap|Semantic(?:=[\"']|>)GainMap"
    ),
    "depth map": re.compile(
        rb"GDepth:|photos/dd/1\.0|Semantic(?:=[\"']|>)(?:Depth|DepthMap)\b"
    ),
}
_EXTENDED: Final = "{http://ns.adobe.com/xmp/note/}HasExtendedXMP"
_EXIF: Final = "{http://ns.adobe.com/exif/1.0/}"
_TIFF: Final = "{http://ns.adobe.com/tiff/1.0/}"
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


class Packet(NamedTuple):
    """The XMP of a copy, and what it could not take over of the original's."""

    data: bytes
    lacks: tuple[str, ...] = ()


def find_claims(packet: bytes) -> Iterator[str]:
    """Yield what the XMP of a picture says its file holds besides."""
    for name, pattern in _CLAIMS.items():
        if pattern.search(packet):
            yield name


def revise_packet(
    packet: bytes,
    size: tuple[int, int],
    *,
    is_turned: bool,
    room: int = MOST_XMP,
    is_extended: bool = False,
) -> Packet:
    """Return the XMP for a copy of this size.

    It is the original's to the byte where nothing in it is wrong for the copy.
    `is_turned`: the pixels of the copy are upright. Of what is longer than `room` the
    longest properties are left out. `is_extended`: the rest of it goes over as well.
    """
    try:
        root = _parse(packet)
    except Exception:  # noqa: BLE001 - a packet may hold whatever brings a parser to raise
        # Nobody can read it; yet it is no business of ours to tidy it away.
        if len(packet) <= room:
            return Packet(packet)
        return Packet(b"", ("XMP",))
    values = {
        f"{_EXIF}PixelXDimension": str(size[0]),
        f"{_EXIF}PixelYDimension": str(size[1]),
        f"{_TIFF}ImageWidth": str(size[0]),
        f"{_TIFF}ImageLength": str(size[1]),
    }
    if is_turned:
        values[f"{_TIFF}Orientation"] = "1"
    kept = frozenset({_EXTENDED}) if is_extended else frozenset[str]()
    is_changed = _remove_claims(root, kept)
    is_changed |= _set_values(root, values)
    if not is_changed and len(packet) <= room:
        return Packet(packet)
    return _shorten(root, room)


def _parse(packet: bytes) -> ET.Element:
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415

    elements: list[ET.Element] = []
    text = packet.strip(b"\0 \n\r\t")
    for event, found in iterparse(io.BytesIO(text), events=("start-ns", "start")):
        if event == "start-ns":
            _keep_prefix(*found)
        else:
            elements.append(found)
    return elements[0]


def _keep_prefix(prefix: str, uri: str) -> None:
    # Some read XMP by its prefixes. ns0 and the like are ElementTree's own.
    if prefix and not re.fullmatch(r"ns\d+|xml", prefix):
        ET.register_namespace(prefix, uri)


def _remove_claims(root: ET.Element, kept: AbstractSet[str]) -> bool:
    is_changed = False
    for element in root.iter():
        for name in list(element.attrib):
            if _GONE.match(name) and name not in kept:
                del element.attrib[name]
                is_changed = True
        for child in list(element):
            if _GONE.match(child.tag) and child.tag not in kept:
                element.remove(child)
                is_changed = True
    return is_changed


def _set_values(root: ET.Element, values: dict[str, str]) -> bool:
    """Give these properties their values where they are there; whether any was."""
    is_changed = False
    for element in root.iter():
        for name in values.keys() & element.attrib.keys():
            is_changed |= element.attrib[name] != values[name]
            element.attrib[name] = values[name]
        if element.tag in values:
            is_changed |= element.text != values[element.tag]
            element.text = values[element.tag]
    return is_changed


def _shorten(root: ET.Element, room: int) -> Packet:
    """Return a packet without the longest properties until there is room for it."""
    data = _encode(root)
    if len(data) <= room:
        return Packet(data)
    # A history of edits is long; title and keywords are not.
    for description, child in _list_longest_first(root):
        # One within another that went is gone already.
        if child in list(description):
            description.remove(child)
            data = _encode(root)
        if len(data) <= room:
            return Packet(data, (LONGEST_PART,))
    return Packet(b"", ("XMP",))


def _list_longest_first(root: ET.Element) -> list[tuple[ET.Element, ET.Element]]:
    """List all properties, each with the element in which it stands."""
    found: list[tuple[int, ET.Element, ET.Element]] = []
    for description in root.iter(f"{_RDF}Description"):
        for child in description:
            length = len(ET.tostring(child))
            found.append((length, description, child))
    found.sort(key=itemgetter(0))
    return [(description, child) for _, description, child in reversed(found)]


def _encode(root: ET.Element) -> bytes:
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=False)
    return FRAME % content
