"""The ``multipart/related`` bodies of uploads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from werkzeug.http import parse_options_header

from photosync.emulators.drive.errors import ApiError

# Google's own Python library ends the lines of its MIME bodies with a bare LF.
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class Part:
    """One part: its headers, by lower-case name, and its body."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return parse_options_header(self.headers.get("content-type", ""))[0]


def parts_of(body: bytes, content_type: str) -> list[Part]:
    """Take a body apart; raise ApiError 400 when malformed."""
    media_type, options = parse_options_header(content_type)
    boundary = options.get("boundary")
    if media_type != "multipart/related" or not boundary:
        raise _malformed()
    delimiter = re.compile(
        rb"(?:^|\r?\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?:\r?\n|$)"
    )
    marks = list(delimiter.finditer(body))
    if len(marks) < 2 or marks[-1][1] is None:
        raise _malformed()
    sections = pairwise(marks)
    return [_part(body[start.end() : end.start()]) for start, end in sections]


def _headers(text: str) -> dict[str, str]:
    """Read header lines; raise ApiError 400 for a line that is none."""
    headers = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            raise _malformed()
        headers[name.strip().lower()] = value.strip()
    return headers


def _part(section: bytes) -> Part:
    if section.startswith((b"\r\n", b"\n")):
        return Part({}, section.lstrip(b"\r").removeprefix(b"\n"))
    blank = _BLANK_LINE.search(section)
    if not blank:
        raise _malformed()
    return Part(
        _headers(section[: blank.start()].decode("latin-1")), section[blank.end() :]
    )


def _malformed() -> ApiError:
    return ApiError(400, "badContent", "Malformed multipart body.")
