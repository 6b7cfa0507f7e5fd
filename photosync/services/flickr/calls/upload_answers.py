"""What the upload and replace services of Flickr answer: XML, whatever format is asked."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from photosync.errors import Transient
from photosync.services.answers import read_count
from photosync.services.flickr.calls.errors import Duplicate, translate_code

UNREADABLE = "Flickr sent an answer that cannot be read"

_DUPLICATE = 9
_DUPLICATE_ID = "duplicate_photo_id"
_NO_CODE = -1


def read_code(code: object) -> int:
    """Return the number of an error of Flickr's, -1 for one that is no number."""
    try:
        return read_count(code)
    except (ValueError, TypeError):
        return _NO_CODE


def parse_photo(method: str, body: bytes) -> Element:
    """Return the element of the photo that was sent, whose text is its id; raises
    SideError for a refusal, Duplicate, and ParseError or ValueError for what is no XML.
    """
    # What an entity of XML stands for may be a file here, or fill the memory.
    answer = fromstring(body, forbid_dtd=True)
    # The page of a network that wants a login may be good XML, and the photo be stored.
    if answer.tag != "rsp":
        raise Transient(UNREADABLE)
    if answer.get("stat") == "ok":
        found = answer.find("photoid")
        if found is None or not found.text:
            raise Transient(UNREADABLE)
        return found
    problem = answer.find("err")
    attributes = problem.attrib if problem is not None else {}
    code = read_code(attributes.get("code"))
    duplicate = _find_duplicate(answer)
    if code == _DUPLICATE and duplicate:
        raise Duplicate(duplicate)
    raise translate_code(method, code, attributes.get("msg", ""))


def _find_duplicate(answer: Element) -> str | None:
    """Return the id of the photo that Flickr holds already, if it tells of one."""
    # It has been seen inside `err`, as an attribute of it and beside it.
    problem = answer.find("err")
    if problem is not None:
        inside = problem.findtext(_DUPLICATE_ID) or problem.get(_DUPLICATE_ID)
        if inside:
            return inside
    return answer.findtext(_DUPLICATE_ID)
