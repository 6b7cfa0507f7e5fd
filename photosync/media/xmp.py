"""XMP sidecars: what a service knows of a photo and its file does not say.

`photo.jpg.xmp`, with the whole name of the photo: darktable and digiKam write and find
it so, as do Immich and PhotoPrism, and unlike `photo.xmp` it never means two files of
one stem.

ElementTree of the standard library writes the RDF/XML: XMP has a fixed frame of a few
elements, while the libraries that are made for it need Exempi or bring a binary of
Exiv2.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from photosync.disk.errors import disk_errors
from photosync.disk.files import Content, publish, write_aside
from photosync.disk.folder import Folder
from photosync.disk.reading import open_ordinary
from photosync.disk.streams import ignore_progress
from photosync.errors import NotFound, Rejected
from photosync.media import find_moment
from photosync.media.exif import read_exif
from photosync.media.pictures import open_picture
from photosync.model import Granularity, PhotoMetadata
from photosync.naming import name_of_file

_NAMES: Final = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "cc": "http://creativecommons.org/ns#",
}
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_FRAME: Final = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'%b\n<?xpacket end="w"?>\n'
)
_MARK: Final = "photosync"
_OURS: Final = re.compile(
    rb"<xmp:CreatorTool>photosync ([0-9a-f]{32})</xmp:CreatorTool>"
)
_BARE: Final = b"<xmp:CreatorTool>photosync</xmp:CreatorTool>"
_NO_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PRECISION: Final[dict[Granularity, int]] = {"second": 19, "month": 7, "year": 4}
_LARGEST: Final = 4 * 1024 * 1024
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
_IPTC: Final = {"title": (2, 5), "description": (2, 120), "tags": (2, 25)}
_EXIF_TEXTS: Final = {
    "Image XPTitle": "title",
    "Image ImageDescription": "description",
    "Image XPComment": "description",
    "Image XPKeywords": "tags",
}


def path_for(path: str) -> str:
    """Return where the sidecar of a photo lies."""
    return f"{path}.xmp"


def write(folder: Folder, file: str, metadata: PhotoMetadata) -> bool:
    """Write the sidecar of the photo `file` of an open folder.

    Returns False if there is nothing to write or to change. Raises Rejected where a
    sidecar lies that we did not write, or that was changed since; and as all that is
    written to a disk, SideError.
    """
    if not metadata:
        return False
    sidecar = path_for(file)
    content = render(metadata)
    old = _read_old(folder, sidecar)
    if old == content:
        return False
    if old is not None and not is_ours(old):
        raise Rejected(
            f"{sidecar} was written or changed by another program; left alone"
        )
    expected = Content(len(content))
    with write_aside(folder, io.BytesIO(content), expected, ignore_progress) as part:
        if old is None:
            publish(part, sidecar)
        else:
            folder.rename(part.name, folder, sidecar)
            folder.flush()
    return True


def _read_old(folder: Folder, sidecar: str) -> bytes | None:
    try:
        handle = folder.open_file(sidecar)
    except NotFound:
        return None
    with disk_errors(), os.fdopen(handle, "rb") as file:
        return file.read(_LARGEST)


def is_ours(content: bytes) -> bool:
    """Whether a sidecar is one of ours to which nobody has changed a byte since."""
    found = _OURS.search(content)
    return bool(found) and _seal(_OURS.sub(_BARE, content, count=1)) == content


def _seal(bare: bytes) -> bytes:
    digest = hashlib.md5(bare, usedforsecurity=False).hexdigest()
    return bare.replace(
        _BARE, _BARE.replace(b"photosync<", b"photosync %b<" % digest.encode()), 1
    )


# -- writing
# -------------------------------------------------------------------------------


def render(metadata: PhotoMetadata) -> bytes:
    """Return the sidecar's bytes: equal for equal facts."""
    for prefix, uri in _NAMES.items():
        ET.register_namespace(prefix, uri)
    root = ET.Element(_expand_name("x:xmpmeta"))
    rdf = _add(root, "rdf:RDF")
    what = _add(rdf, "rdf:Description")
    what.set(_expand_name("rdf:about"), "")
    _add_text(what, "xmp:CreatorTool", _MARK)
    # Programs differ in which of the three dates they look at.
    when = _format_date(metadata)
    _add_text(what, "exif:DateTimeOriginal", when)
    _add_text(what, "xmp:CreateDate", when)
    _add_text(what, "photoshop:DateCreated", when)
    _add_text(what, "xmpRights:WebStatement", metadata.licence_url)
    _add_text(what, "dc:source", metadata.source)
    link = _clean(metadata.licence_url)
    if link:
        licence = _add(what, "cc:license")
        licence.set(_expand_name("rdf:resource"), link)
    _add_list(what, "dc:title", "rdf:Alt", [metadata.title])
    _add_list(what, "dc:description", "rdf:Alt", [metadata.description])
    _add_list(what, "xmpRights:UsageTerms", "rdf:Alt", [metadata.licence])
    _add_list(what, "dc:subject", "rdf:Bag", metadata.tags)
    ET.indent(root)
    content = ET.tostring(root, encoding="utf-8", xml_declaration=False)
    return _seal(_FRAME % content)


def _add(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, _expand_name(name))


def _add_text(what: ET.Element, name: str, text: str) -> None:
    clean = _clean(text)
    if clean:
        element = _add(what, name)
        element.text = clean


def _expand_name(name: str) -> str:
    prefix, _, local = name.partition(":")
    namespace = _NAMES[prefix]
    return f"{{{namespace}}}{local}"


def _clean(text: str) -> str:
    """Return a text without what no XML can hold, and with one kind of line ending."""
    text = text.replace("\r\n", "\n")
    text = text.replace("\r", "\n")
    text = _NO_XML.sub("", text)
    return text.strip()


def _add_list(what: ET.Element, name: str, kind: str, texts: Iterable[str]) -> None:
    clean = [_clean(text) for text in texts]
    clean = [text for text in clean if text]
    if not clean:
        return
    element = _add(what, name)
    items = _add(element, kind)
    for text in clean:
        item = _add(items, "rdf:li")
        item.text = text
        if kind == "rdf:Alt":
            # One text in many languages; this is the one for all who ask for none.
            item.set(_LANGUAGE, "x-default")


def _format_date(metadata: PhotoMetadata) -> str:
    length = _PRECISION[metadata.granularity]
    text = metadata.taken[:length]
    return text.replace(" ", "T")


# -- what the file says itself
# ---------------------------------------------------------------


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
    return " ".join(_clean(text).split())


def _has_date(path: str, metadata: PhotoMetadata) -> bool:
    found = find_moment(path, 0)
    length = _PRECISION[metadata.granularity]
    is_same = found.text[:length] == metadata.taken[:length]
    return found.source == "exif" and is_same


def _read_carried(path: str) -> Iterator[tuple[str, str]]:
    """Yield the texts that a picture carries, each with the name of its field."""
    # Broken pictures bring Pillow to raise whatever there is; what was found by then is
    # taken.
    with suppress(Exception), open_ordinary(path) as file:
        yield from list(_read_exif_texts(read_exif(file)))
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _open_image(path) as image:
            for read in (_read_xmp, _read_iptc):
                with suppress(Exception):
                    yield from list(read(image))


def _open_image(path: str) -> Any:
    with suppress(ImportError):
        import pillow_heif  # noqa: PLC0415 - an optional package

        pillow_heif.register_heif_opener()
    # What it finds wrong with a picture is no news to the person.
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
    return open_picture(path)


def _read_xmp(image: Any) -> Iterator[tuple[str, str]]:
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415

    root = fromstring(image.info.get("xmp") or b"<none/>")
    field_of = {_expand_name(name): field for name, field in _XMP_FIELDS.items()}
    resource = _expand_name("rdf:resource")
    item_tag = _expand_name("rdf:li")
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


def _read_iptc(image: Any) -> Iterator[tuple[str, str]]:
    from PIL.IptcImagePlugin import getiptcinfo  # noqa: PLC0415

    known = getiptcinfo(image) or {}
    for field, number in _IPTC.items():
        values: Any = known.get(number) or []
        if not isinstance(values, list):
            values = [values]
        for value in values:
            try:
                yield field, value.decode()
            except UnicodeDecodeError:
                yield field, value.decode("latin-1")


def _read_exif_texts(tags: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _EXIF_TEXTS.keys() & tags.keys():
        field = _EXIF_TEXTS[name]
        tag = tags[name]
        text = str(tag)
        if name.startswith("Image XP"):
            text = bytes(tag.values).decode("utf-16-le", "replace")
            text = text.rstrip("\0")
        parts = [text]
        if field == "tags":
            # Windows writes all keywords into one text.
            parts = text.split(";")
        for part in parts:
            yield field, part
