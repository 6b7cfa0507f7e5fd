"""Lists that Flickr gives in pages: read whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from photosync.errors import NotFound, Rejected, Transient
from photosync.services.flickr.connection import Connection

READINGS = 4
"""How often a list is read before it counts as one that never comes to rest."""

RESTLESS = "the list changes while it is read"
_PER_PAGE = 500

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
            totals.add(int(page.get("total", -1)))
            if query.most and max(totals) > query.most:
                raise Rejected("the list is too long")
            found = page.get(query.rows, ())
            count += len(found)
            rows |= {str(row["id"]): row for row in found}
    except NotFound:
        # A page after the last is not found either: a set that shrank is not one that
        # is gone.
        if not totals:
            raise
        return Reading(rows, is_whole=False)
    # A photo added meanwhile shifts the pages: one row comes twice, another never.
    is_whole = totals == {len(rows)} and count == len(rows)
    return Reading(rows, is_whole)


def _read_pages(connection: Connection, query: ListQuery) -> Iterator[dict[str, Any]]:
    number = 1
    while True:
        answer = connection.call(
            query.method, **query.arguments, per_page=_PER_PAGE, page=number
        )
        page = answer[query.pages]
        yield page
        if number >= int(page.get("pages", 1)):
            return
        number += 1
