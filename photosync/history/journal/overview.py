"""What memory knows of a library, without looking at its photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from photosync.history.identity.libraries import StoredLibraries, make_library_key
from photosync.history.journal.journal import Journal, Run
from photosync.history.journal.refused_runs import RefusedRun, read_refused_runs
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import encode_text

# Of several sets of rules the one that ran last counts.
_PHOTOS = (
    "SELECT photos FROM census WHERE library = ? AND place = ? "
    "ORDER BY rowid DESC LIMIT 1"
)
_ALBUMS = (
    "SELECT count(DISTINCT album_key) FROM history "
    "WHERE scope IN (SELECT id FROM scopes WHERE roots = ?)"
)


class Overview(NamedTuple):
    """How many photos the last run found in each root, how many albums are known to
    both sides, the last run, and how often it did what; and the run that was refused
    since, None where none was.
    """

    photos: Mapping[str, int]
    albums: int
    run: Run | None
    counts: Mapping[tuple[str, str], int]
    refused: RefusedRun | None = None


def read_overview(database: Database, roots: Sequence[str]) -> Overview:
    """Read what is known of the library of these roots; without roots, of the last run
    of all. Raises StateUnusable.
    """
    library = StoredLibraries(database).identify(roots).key if roots else ""
    key = encode_text(library)
    photos = _count_photos(database, key, roots)
    ((albums,),) = database.read(_ALBUMS, (key,))
    journal = Journal(database)
    last = _find_last(journal, library)
    counts: Mapping[tuple[str, str], int] = {}
    if last:
        counts = journal.count_events().get(last.id, {})
    refused = _find_refused(database, roots, last)
    return Overview(photos, albums, last, counts, refused)


def _count_photos(
    database: Database, key: str | bytes, roots: Sequence[str]
) -> Mapping[str, int]:
    """Return how many photos each root had at the last run, those left out of which
    nothing is known.
    """
    photos: dict[str, int] = {}
    for root in roots:
        for (count,) in database.read(_PHOTOS, (key, encode_text(root))):
            photos[root] = count
    return photos


def _find_last(journal: Journal, library: str) -> Run | None:
    """Return the last run about a library, empty for any."""
    for run in journal.read_runs():
        if not library or run.library == library:
            return run
    return None


def _find_refused(
    database: Database, roots: Sequence[str], last: Run | None
) -> RefusedRun | None:
    """Return the run of these roots that was refused after the last one."""
    for refused in read_refused_runs(database):
        is_meant = not roots or refused.library == make_library_key(roots)
        # One that a run has made good since is no news.
        is_news = last is None or refused.after_run >= last.id
        if is_meant and is_news:
            return refused
    return None
