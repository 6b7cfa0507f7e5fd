"""Lists that Flickr gives in pages: read whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from photosync.errors import NotFound, Rejected, Transient
from photosync.services.answers import (
    Fields,
    read_count,
    read_count_if_any,
    read_id,
    read_object,
    read_rows,
    read_text,
    read_text_if_any,
    read_word,
    reading,
)
from photosync.services.flickr.calls.connection import Connection

READINGS = 4
"""How often a list is read before it counts as one that never comes to rest."""

RESTLESS = "the list changes while it is read"
_PER_PAGE = 500
_MOST_DEGREES = 180


def read_content(value: object) -> str:
    """Return the text of an element, whichever way Flickr gives it."""
    return read_text(value.get("_content", "") if isinstance(value, dict) else value)


def read_degrees(value: object) -> float:
    """Return a latitude or longitude, 0 where it was left out; raises ValueError."""
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError("no number")
    degrees = float(value)
    if not abs(degrees) <= _MOST_DEGREES:
        raise ValueError("out of range")
    return degrees


FIELDS: Fields = {
    "id": read_id,
    "title": read_content,
    "description": read_content,
    "secret": read_word,
    "originalsecret": read_word,
    "originalformat": read_text_if_any,
    "url_o": read_text_if_any,
    "machine_tags": read_text_if_any,
    "tags": read_text_if_any,
    "latitude": read_degrees,
    "longitude": read_degrees,
    "accuracy": read_count_if_any,
    "media": read_text_if_any,
    "datetaken": read_text_if_any,
    "datetakenunknown": read_count_if_any,
    "dateupload": read_count_if_any,
    "lastupdate": read_count_if_any,
    "isprimary": read_count_if_any,
    "ispublic": read_count_if_any,
    "date_update": read_count_if_any,
    "photos": read_count_if_any,
    "videos": read_count_if_any,
    "count_photos": read_count_if_any,
    "count_videos": read_count_if_any,
}
"""How the fields of all lists are read: numbers come as text or not, at whim."""

RawRow = dict[str, Any]
"""One entry of a list just as Flickr gives it."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A paged method of Flickr's and its arguments.

    `pages` names the element that holds a page, `rows` the entries in it. A list of
    more than `most` rows is refused, where that is given.
    """

    method: str
    pages: str = "photos"
    rows: str = "photo"
    arguments: Mapping[str, object] = field(default_factory=dict)
    most: int = 0


class Reading(NamedTuple):
    """What one pass over all pages gave: rows by id, and whether nothing moved."""

    rows: dict[str, RawRow]
    is_whole: bool


def read_list(connection: Connection, query: ListQuery) -> list[RawRow]:
    """Read all rows, and again until nothing changed on the way.

    Raises Transient when the list does not come to rest, Rejected when it is too long.
    """
    for _ in range(READINGS):
        reading = read_list_once(connection, query)
        if reading.is_whole:
            return list(reading.rows.values())
    raise Transient(RESTLESS)


def read_list_once(connection: Connection, query: ListQuery) -> Reading:
    """Read all pages once; raises NotFound, or Rejected when the list is too long."""
    rows: dict[str, RawRow] = {}
    count = 0
    totals: set[int] = set()
    try:
        for page in _read_pages(connection, query):
            totals.add(page.total)
            if query.most and max(totals) > query.most:
                raise Rejected("the list is too long")
            found = {str(row["id"]): row for row in page.rows}
            count += len(page.rows)
            # Pages on which nothing new stands may be told of for ever.
            if rows and found.keys() <= rows.keys():
                return Reading(rows, is_whole=False)
            rows |= found
    except NotFound:
        # A page after the last is not found either: a set that shrank is not one that
        # is gone.
        if not totals:
            raise
        return Reading(rows, is_whole=False)
    # A photo added meanwhile shifts the pages: one row comes twice, another never.
    is_whole = totals == {len(rows)} and count == len(rows)
    return Reading(rows, is_whole)


class _Page(NamedTuple):
    rows: list[RawRow]
    total: int
    pages: int


def _read_pages(connection: Connection, query: ListQuery) -> Iterator[_Page]:
    number = 1
    while True:
        answer = connection.call(
            query.method, **query.arguments, per_page=_PER_PAGE, page=number
        )
        with reading("Flickr"):
            page = _parse_page(read_object(answer[query.pages]), query)
        yield page
        if number >= page.pages:
            return
        number += 1


def _parse_page(page: Mapping[str, Any], query: ListQuery) -> _Page:
    return _Page(
        rows=read_rows(page.get(query.rows, []), FIELDS, {"id"}),
        total=read_count(page["total"]) if "total" in page else -1,
        pages=read_count(page.get("pages", 1)),
    )
