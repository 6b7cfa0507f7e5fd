"""XMP packets and IPTC records as they are found in pictures, sidecars and films."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Final

NAMES: Final = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "cc": "http://creativecommons.org/ns#",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
}
FRAME: Final = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'%b\n<?xpacket end="w"?>\n'
)
"""What stands around a packet of XMP, by which programs find it in any file."""

_RECORD: Final = b"\x1c"
_RECORD_HEAD: Final = struct.Struct(">xBBH")
_IPTC_RESOURCE: Final = b"8BIM\x04\x04"


def expand_name(name: str) -> str:
    """Return `dc:title` as ElementTree names it."""
    prefix, _, local = name.partition(":")
    namespace = NAMES[prefix]
    return f"{{{namespace}}}{local}"


def read_packet(packet: bytes, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the texts of an XMP packet, each with the name of its field.

    `fields` are names as `dc:title` and what their texts are yielded under. Raises
    what the parser raises for a packet that is no XML.
    """
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415

    # Programs leave room behind a packet, some of them in zero bytes.
    root = fromstring(packet.strip(b"\0 \n\r\t") or b"<none/>")
    field_of = {expand_name(name): field for name, field in fields.items()}
    resource = expand_name("rdf:resource")
    item_tag = expand_name("rdf:li")
    for element in root.iter():
        # Simple values may stand as attributes of the description as well.
        for name, text in element.attrib.items():
            if name in field_of:
                yield field_of[name], text
        field = field_of.get(element.tag)
        if not field:
            continue
        link = element.attrib.get(resource)
        yield field, link or element.text or ""
        for item in element.iter(item_tag):
            yield field, item.text or ""


def read_records(block: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the texts of a block of IPTC, each with its record and number.

    A block of Photoshop that holds one among others will do.
    """
    start = block.find(_IPTC_RESOURCE)
    if start >= 0:
        block = block[start:]
    place = max(0, block.find(_RECORD))
    while block[place : place + 1] == _RECORD:
        if place + _RECORD_HEAD.size > len(block):
            return
        record, number, size = _RECORD_HEAD.unpack_from(block, place)
        place += _RECORD_HEAD.size
        data = block[place : place + size]
        # Which letters it has is told elsewhere, if at all: old programs mean Latin-1.
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = data.decode("latin-1")
        yield (record, number), text
        place += size
