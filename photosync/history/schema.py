"""The tables of the state, and how older ones are brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photosync.errors import StateUnusable

if TYPE_CHECKING:
    import sqlite3

MIGRATIONS = (
    """
    CREATE TABLE scopes (
        id INTEGER PRIMARY KEY, service TEXT NOT NULL, account TEXT NOT NULL, roots TEXT NOT NULL,
        UNIQUE (service, account, roots));
    CREATE TABLE history (
        scope INTEGER NOT NULL, album_key TEXT NOT NULL, name_key TEXT NOT NULL,
        album TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL, remote TEXT NOT NULL,
        PRIMARY KEY (scope, album_key, name_key)) WITHOUT ROWID;
    CREATE TABLE seals (
        scope INTEGER NOT NULL, album_key TEXT NOT NULL, seal TEXT NOT NULL,
        PRIMARY KEY (scope, album_key)) WITHOUT ROWID;
    CREATE TABLE hashes (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL, md5 TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE moments (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL, taken TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE listings (
        scope INTEGER NOT NULL, album TEXT NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (scope, album)) WITHOUT ROWID;
    CREATE TABLE cursors (
        scope INTEGER PRIMARY KEY, cursor TEXT NOT NULL, audited INTEGER NOT NULL);
    CREATE TABLE uploads (
        scope INTEGER NOT NULL, path TEXT NOT NULL, facts TEXT NOT NULL,
        PRIMARY KEY (scope, path)) WITHOUT ROWID;
    CREATE TABLE places (
        library TEXT NOT NULL, place TEXT NOT NULL, view TEXT NOT NULL, identity TEXT NOT NULL,
        photos INTEGER NOT NULL, PRIMARY KEY (library, place)) WITHOUT ROWID;
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER, library TEXT NOT NULL,
        mode TEXT NOT NULL, exit_code INTEGER);
    CREATE TABLE events (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL, service TEXT NOT NULL, album TEXT NOT NULL,
        name TEXT NOT NULL, path TEXT NOT NULL, comparison TEXT NOT NULL, action TEXT NOT NULL,
        result TEXT NOT NULL, reason TEXT NOT NULL, remote TEXT NOT NULL, kept TEXT NOT NULL,
        kept_by TEXT NOT NULL, scope INTEGER NOT NULL, album_key TEXT NOT NULL,
        name_key TEXT NOT NULL);
    CREATE INDEX events_of_run ON events (run);
    CREATE INDEX events_of_photo ON events (album_key, name_key);
    """,
)


def ready(db: sqlite3.Connection, *, read_only: bool) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - only a run needs it

    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StateUnusable("it was written by a newer photosync")
    if read_only:
        if version < len(MIGRATIONS):
            copy = sqlite3.connect(":memory:")
            db.backup(copy)
            db.close()
            return made(copy)
        return _checked(db)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return made(db)


def made(db: sqlite3.Connection) -> sqlite3.Connection:
    """Bring the schema up to date."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")
    return _checked(db)


def _checked(db: sqlite3.Connection) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - only a run needs it

    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    return db
