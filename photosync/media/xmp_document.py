"""An XMP sidecar as a tree whose elements know where they stand, so that one property is
changed and all that other programs wrote stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from photosync.errors import Rejected
from photosync.media.packets import NAMES

_DEEPEST: Final = 100
_NO_XMP: Final = "it is no XMP that can be read; left alone"
_NAME: Final = re.compile(rb"<([^\s/>]+)")
_START_TAG: Final = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")


@dataclass(slots=True)
class Element:
    """An element of the document; `name` is its namespace, a blank and its local name.

    The document has its tag from `start` to `inner`, what is in it from there to
    `close`, and all of it up to `end`; one without an end tag has nothing in it.
    """

    name: str
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def find(self, name: str) -> Iterator[Element]:
        """Yield the children of a name as `dc:title`."""
        wanted = expand(name)
        for child in self.children:
            if child.name == wanted:
                yield child

    @property
    def value(self) -> Element:
        """What holds the text: some programs write it among remarks about it."""
        for child in self.children:
            if child.name in {expand("rdf:Description"), expand("rdf:value")}:
                return child.value
        return self


def expand(name: str) -> str:
    """Return `dc:title` as the parser names it."""
    prefix, _, local = name.partition(":")
    return f"{NAMES[prefix]} {local}"


class XmpDocument:
    """One sidecar as it was read, and the changes of it that are wanted.

    Raises Rejected for anything else than XMP in UTF-8.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._changes: list[tuple[int, int, bytes]] = []
        self._new: list[str] = []
        top = _parse(content)
        self.descriptions: list[Element] = []
        for holder in _find_all(top, expand("rdf:RDF")):
            self.descriptions += holder.find("rdf:Description")
        if not self.descriptions:
            raise Rejected(_NO_XMP)

    def find(self, name: str) -> Element | None:
        """Return a property by its name, None where it is not there as an element."""
        for description in self.descriptions:
            for element in description.find(name):
                return element
        return None

    def find_attribute(self, name: str) -> str | None:
        """Return the text of a property that stands as an attribute."""
        for description in self.descriptions:
            text = description.attributes.get(expand(name))
            if text is not None:
                return text
        return None

    # -- changing it

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of these bytes."""
        self._changes.append((start, end, text.encode()))

    def replace_text(self, element: Element, text: str) -> None:
        """Put a text in the place of all that is in an element."""
        if element.inner < element.end:
            self.replace(element.inner, element.close, text)
            return
        # `<rdf:li xml:lang="x-default"/>`, beside the text of another language.
        name = self._find_name(element)
        self.replace(element.end - 2, element.end, f">{text}</{name}>")

    def insert_property(self, text: str) -> None:
        """Add the element of a property, which declares its own names."""
        self._new.append(text)

    def insert_like(self, element: Element, texts: Iterable[str]) -> None:
        """Add elements of the same name and indentation behind one."""
        name = self._find_name(element)
        begin = self._find_blanks(element)
        indent = self.content[begin : element.start].decode()
        elements = [f"{indent}<{name}>{text}</{name}>" for text in texts]
        self.replace(element.end, element.end, "".join(elements))

    def remove(self, element: Element) -> None:
        """Take an element out, with the blanks before it."""
        self.replace(self._find_blanks(element), element.end, "")

    def _find_blanks(self, element: Element) -> int:
        """Return where the blanks before an element begin."""
        before = self.content[: element.start]
        return len(before.rstrip())

    def _find_name(self, element: Element) -> str:
        """Return the name of an element as the document spells it."""
        found = _NAME.match(self.content, element.start)
        assert found is not None
        return found[1].decode()

    def remove_property(self, name: str) -> None:
        """Take a property out, however it stands there."""
        for description in self.descriptions:
            for element in description.find(name):
                self.remove(element)
            if expand(name) in description.attributes:
                self._remove_attribute(description, name.partition(":")[2])

    def _remove_attribute(self, description: Element, local: str) -> None:
        tag = self.content[description.start : description.inner]
        pattern = rb"""\s+[\w.-]+:%b\s*=\s*("[^"]*"|'[^']*')""" % local.encode()
        for found in re.finditer(pattern, tag):
            start = description.start + found.start()
            self.replace(start, description.start + found.end(), "")

    def render(self) -> bytes:
        """Return the document with all changes."""
        if self._new:
            self._insert_new("".join(f"\n   {text}" for text in self._new))
            self._new = []
        content = self.content
        for start, end, text in sorted(self._changes, reverse=True):
            content = content[:start] + text + content[end:]
        return content

    def _insert_new(self, text: str) -> None:
        description = self.descriptions[0]
        if description.inner < description.end:
            self.replace(description.inner, description.inner, text)
            return
        # It has all its properties as attributes, and so no end tag yet.
        name = self._find_name(description)
        self.replace(description.end - 2, description.end, f">{text}\n  </{name}>")


def _find_all(element: Element, name: str) -> Iterator[Element]:
    if element.name == name:
        yield element
        return
    for child in element.children:
        yield from _find_all(child, name)


def _parse(content: bytes) -> Element:
    """Return the element above all others; raises Rejected."""
    from xml.parsers import expat  # noqa: PLC0415 - most runs read no sidecar

    top = Element("", {}, 0, 0)
    builder = _Builder(content, top)
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        builder.begin(name, attributes, parser.CurrentByteIndex)

    def end(_name: str) -> None:
        builder.end(parser.CurrentByteIndex)

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.add_text
    # What an entity stands for may be a file here, or fill the memory.
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        # Programs leave room behind a packet, some of them in zero bytes.
        parser.Parse(content.rstrip(b"\0 \n\r\t"), True)
    except (expat.ExpatError, UnicodeError, ValueError) as error:
        raise Rejected(_NO_XMP) from error
    return top


class _Builder:
    """Puts the elements together as the parser comes upon them."""

    def __init__(self, content: bytes, top: Element) -> None:
        self._content = content
        self._open = [top]

    def begin(self, name: str, attributes: dict[str, str], start: int) -> None:
        """Begin an element whose tag stands at a place; raises Rejected where the end of
        that is not found, or elements stand in one another without end.
        """
        if len(self._open) > _DEEPEST:
            raise Rejected(_NO_XMP)
        element = Element(name, attributes, start, _find_tag_end(self._content, start))
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, place: int) -> None:
        """End the element that began last, by the tag at a place, if it has one."""
        element = self._open.pop()
        element.close = element.end = element.inner
        if self._content[element.inner - 2 : element.inner] != b"/>":
            element.close = place
            element.end = self._content.index(b">", place) + 1

    def add_text(self, text: str) -> None:
        """Add to what the element that is open holds."""
        self._open[-1].text += text

    def refuse(self, *_: object) -> None:
        """Raise Rejected for a document that declares what no XMP does."""
        raise Rejected(_NO_XMP)


def _find_tag_end(content: bytes, start: int) -> int:
    """Return where a start tag ends; a `>` may stand in its attributes."""
    found = _START_TAG.match(content, start)
    if found is None:
        raise Rejected(_NO_XMP)
    return found.end()
