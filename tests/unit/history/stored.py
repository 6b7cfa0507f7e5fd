"""What the tests of the state file keep in it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from photosync.errors import StateUnusable
from photosync.history.identity.scope import Scope
from photosync.history.journal.journal import Event, Journal
from photosync.history.pending.unfinished_uploads import StoredUploads
from photosync.history.storage.database import Database
from photosync.history.sync_state.baseline import StoredBaselines
from photosync.history.sync_state.listing_cache import StoredListingCache
from photosync.model import Baseline, LocalStat, Observations, RemotePhoto

SERVICE, ACCOUNT, LIBRARY = "drive", "me@example.org", '["/photos"]'
DAY = 86_400
# A name in Latin-1, as old disks have them.
NO_UTF8 = os.fsdecode(b"caf\xe9.jpg")


def scope_of(
    database: Database, account: str = ACCOUNT, library: str = LIBRARY
) -> Scope:
    return Scope(database, SERVICE, account, library)


def baselines_of(database: Database) -> StoredBaselines:
    return StoredBaselines(scope_of(database))


def listings_of(database: Database, *, audit_days: float = 7) -> StoredListingCache:
    return StoredListingCache(scope_of(database), lose_nothing, audit_days=audit_days)


def uploads_of(database: Database) -> StoredUploads:
    return StoredUploads(scope_of(database), lose_nothing)


def lose_nothing(error: StateUnusable) -> None:
    raise error


def remote(name: str = "a.jpg", number: str = "id") -> RemotePhoto:
    return RemotePhoto(
        name,
        number,
        size=10,
        modified_ns=5,
        md5="0" * 32,
        version="v1",
        album_id="album id",
        stem="a",
        marked=True,
        backup="trash:x",
    )


def baseline(album: str = "Trip", name: str = "a.jpg", size: int = 10) -> Baseline:
    return Baseline(album, name, LocalStat(size, 2**62), remote(name))


def learn(
    baselines: StoredBaselines,
    agreed: Iterable[Baseline],
    gone: Iterable[tuple[str, str]] = (),
) -> None:
    baselines.learn(Observations(tuple(agreed), tuple(gone)))


def event(run: int = 1, name: str = "a.jpg", path: str = "/photos/Trip/a.jpg") -> Event:
    return Event(
        run=run,
        service=SERVICE,
        album="Trip",
        name=name,
        path=path,
        comparison="LOCAL_ONLY",
        action="UPLOAD_LOCAL",
        result="done",
        reason="why",
        remote=remote(name, f"id of {name}"),
        backup="/kept/here",
        backup_side="local",
        scope=1,
    )


def fill(folder: Path, photos: int = 400) -> None:
    """Make a state that is worth something: one photo more than `photos`."""
    with Database(folder) as database:
        journal = Journal(database)
        run = journal.begin_run(LIBRARY, "sync")
        agreed = [baseline(name=f"{number}.jpg") for number in range(photos)]
        learn(baselines_of(database), [baseline(), *agreed])
        journal.add(event(run))
        journal.end_run(run, 0)
