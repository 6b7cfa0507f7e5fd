"""The table of a report: each album here and on each service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from photosync.cli import words
from photosync.formatting import (
    align_titles,
    count_nouns,
    name_service,
    printable,
    shorten_path,
)
from photosync.sync.coverage import AlbumCoverage, Presence

_MOST_ROWS = 40
_WIDTH = 80
_SHORTEST = 16


def describe_coverage(
    albums: Sequence[AlbumCoverage], *, verbose: bool
) -> Iterator[str]:
    """Yield a row per album that differs, and one line for those that do not.

    `verbose`: a row for each album. Where all are equal nothing more is to be said.
    """
    different = [album for album in albums if not album.is_equal]
    equal = [album for album in albums if album.is_equal]
    if not different and not verbose:
        return
    # Four hundred albums that are equal say nothing that one line does not.
    shown = [*different, *equal] if verbose else different[:_MOST_ROWS]
    yield ""
    yield from _format_table(shown)
    more = len(different) - _MOST_ROWS
    if more > 0 and not verbose:
        yield f"... and {count_nouns(more, 'more album')} not equal everywhere; -v lists all"
    if equal and not verbose:
        photos = words.count_photos(sum(album.here for album in equal))
        yield f"{words.count_albums(len(equal))} equal everywhere: {photos}"


def _format_table(albums: Sequence[AlbumCoverage]) -> Iterator[str]:
    services = list(albums[0].services) if albums else []
    names = [shorten_path(name_service(service)) for service in services]
    rows = [["here", *names]]
    for album in albums:
        cells = [_describe(album.services[service]) for service in services]
        rows.append([f"{album.here:,}", *cells])
    titles = ["album", *[printable(album.title) for album in albums]]
    yield from align_titles(titles, rows, width=_WIDTH, least=_SHORTEST)


def _describe(presence: Presence) -> str:
    """Return how a service compares: `3 missing, 1 only there`."""
    if not presence.is_known:
        return "not known"
    counts = {
        "missing": presence.missing,
        "only there": presence.only_there,
        "different": presence.differing,
    }
    parts = [f"{count:,} {word}" for word, count in counts.items() if count]
    return ", ".join(parts) or "equal"
