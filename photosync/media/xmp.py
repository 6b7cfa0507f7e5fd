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
import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from photosync.disk.errors import disk_errors
from photosync.disk.files import Content, publish, write_aside
from photosync.disk.folder import Folder
from photosync.disk.streams import ignore_progress
from photosync.errors import NotFound
from photosync.media.packets import FRAME, NAMES, expand_name
from photosync.model import Granularity, PhotoMetadata

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_MARK: Final = "photosync"
_OURS: Final = re.compile(
    rb"<xmp:CreatorTool>photosync ([0-9a-f]{32})</xmp:CreatorTool>"
)
_BARE: Final = b"<xmp:CreatorTool>photosync</xmp:CreatorTool>"
_NO_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PRECISION: Final[dict[Granularity, int]] = {"second": 19, "month": 7, "year": 4}
_LARGEST: Final = 4 * 1024 * 1024


def path_for(path: str) -> str:
    """Return where the sidecar of a photo lies."""
    return f"{path}.xmp"


def write(folder: Folder, file: str, metadata: PhotoMetadata) -> bool:
    """Write the sidecar of the photo `file` of an open folder.

    Returns False if there is nothing to write or to change, or where a sidecar lies that
    we did not write, or that was changed since: what is new comes into that one when
    both sides are compared. Raises SideError.
    """
    if not metadata:
        return False
    sidecar = path_for(file)
    content = render(metadata)
    old = _read_old(folder, sidecar)
    # An equal one is not touched: its date would make it an edit on other sides.
    if old == content:
        return False
    # Somebody wrote into it, or another program did.
    if old is not None and not is_ours(old):
        return False
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
    if not _OURS.search(content):
        return False
    bare = _OURS.sub(_BARE, content, count=1)
    return _seal(bare) == content


def _seal(bare: bytes) -> bytes:
    """Return a sidecar with the hash of its bytes in it, by which it is known as ours."""
    digest = hashlib.md5(bare, usedforsecurity=False).hexdigest()
    sealed = _BARE.replace(b"photosync<", b"photosync %b<" % digest.encode())
    return bare.replace(_BARE, sealed, 1)


# -- writing
# -------------------------------------------------------------------------------


def make_empty() -> bytes:
    """Return a sidecar that tells nothing yet."""
    return _render(PhotoMetadata())


def render(metadata: PhotoMetadata) -> bytes:
    """Return the sidecar's bytes: equal for equal facts."""
    return _seal(_render(metadata))


def _render(metadata: PhotoMetadata) -> bytes:
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - only what writes needs it

    for prefix, uri in NAMES.items():
        ET.register_namespace(prefix, uri)
    root = ET.Element(expand_name("x:xmpmeta"))
    rdf = _add(root, "rdf:RDF")
    what = _add(rdf, "rdf:Description")
    what.set(expand_name("rdf:about"), "")
    _add_text(what, "xmp:CreatorTool", _MARK)
    # Programs differ in which of the three dates they look at.
    when = _format_date(metadata)
    _add_text(what, "exif:DateTimeOriginal", when)
    _add_text(what, "xmp:CreateDate", when)
    _add_text(what, "photoshop:DateCreated", when)
    _add_text(what, "xmpRights:WebStatement", metadata.licence_url)
    _add_text(what, "dc:source", metadata.source)
    link = clean_text(metadata.licence_url)
    if link:
        licence = _add(what, "cc:license")
        licence.set(expand_name("rdf:resource"), link)
    _add_list(what, "dc:title", "rdf:Alt", [metadata.title])
    _add_list(what, "dc:description", "rdf:Alt", [metadata.description])
    _add_list(what, "xmpRights:UsageTerms", "rdf:Alt", [metadata.licence])
    _add_list(what, "dc:subject", "rdf:Bag", metadata.tags)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=False)
    return FRAME % content


def _add(parent: Element, name: str) -> Element:
    child = parent.makeelement(expand_name(name), {})
    parent.append(child)
    return child


def _add_text(what: Element, name: str, text: str) -> None:
    clean = clean_text(text)
    if clean:
        element = _add(what, name)
        element.text = clean


def clean_text(text: str) -> str:
    """Return a text without what no XML can hold, and with one kind of line ending."""
    text = text.replace("\r\n", "\n")
    text = text.replace("\r", "\n")
    text = _NO_XML.sub("", text)
    return text.strip()


def _add_list(what: Element, name: str, kind: str, texts: Iterable[str]) -> None:
    clean = [clean_text(text) for text in texts]
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
    length = PRECISION[metadata.granularity]
    text = metadata.taken[:length]
    return text.replace(" ", "T")
