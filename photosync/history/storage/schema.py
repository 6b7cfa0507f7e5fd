"""The tables of the state file, and how an older file is brought up to date.

Tables and columns keep the names that they got at first: `history` holds baselines,
`seals` fingerprints, `debts` the albums that are owed, `told` notifications, and `moments`
when photos were taken; `kept` and `kept_by` are `backup` and `backup_side`, `view` is the
hash of the rules. The `content` of listings is compressed JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from photosync.errors import StateUnusable

if TYPE_CHECKING:
    import sqlite3

MIGRATIONS: Sequence[str] = (
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
    # The last that was written of a place has the highest rowid.
    """
    CREATE TABLE census (
        library TEXT NOT NULL, place TEXT NOT NULL, view TEXT NOT NULL, identity TEXT NOT NULL,
        photos INTEGER NOT NULL, PRIMARY KEY (library, place, view));
    INSERT INTO census SELECT library, place, view, identity, photos FROM places;
    DROP TABLE places;
    """,
    # The file that has this name in its album; empty where nobody noted it.
    """
    ALTER TABLE history ADD COLUMN path TEXT NOT NULL DEFAULT '';
    """,
    # A service is counted under the number of its scope, whatever it is called.
    """
    CREATE TABLE home (id TEXT NOT NULL);
    INSERT INTO home VALUES (lower(hex(randomblob(16))));
    CREATE TABLE folders (
        account TEXT PRIMARY KEY, path TEXT NOT NULL, mount TEXT NOT NULL, stamp TEXT NOT NULL,
        next_stamp TEXT NOT NULL);
    UPDATE OR REPLACE census SET place = coalesce(
        (SELECT 'scope ' || id FROM scopes WHERE roots = census.library
        AND service || ' ' || account = census.place), place);
    """,
    # When a file was changed is not known of what was written before.
    """
    ALTER TABLE history ADD COLUMN changed_ns INTEGER;
    ALTER TABLE hashes ADD COLUMN changed_ns INTEGER;
    ALTER TABLE moments ADD COLUMN changed_ns INTEGER;
    """,
    """
    CREATE TABLE roots (
        path TEXT PRIMARY KEY, library TEXT NOT NULL, device TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE mounts (
        library TEXT NOT NULL, path TEXT NOT NULL, device TEXT NOT NULL,
        PRIMARY KEY (library, path)) WITHOUT ROWID;
    """,
    """
    CREATE TABLE refused (
        scope INTEGER NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL, reason TEXT NOT NULL, terms TEXT NOT NULL,
        moment INTEGER NOT NULL, PRIMARY KEY (scope, path)) WITHOUT ROWID;
    """,
    """
    CREATE TABLE debts (
        scope INTEGER NOT NULL, album TEXT NOT NULL,
        PRIMARY KEY (scope, album)) WITHOUT ROWID;
    """,
    """
    CREATE TABLE told (
        scope INTEGER NOT NULL, rules TEXT NOT NULL, album TEXT NOT NULL,
        name TEXT NOT NULL, comparison TEXT NOT NULL, moment INTEGER NOT NULL,
        PRIMARY KEY (scope, rules, album, name, comparison)) WITHOUT ROWID;
    """,
    # When a photo was last read again on both sides, in milliseconds since 1970.
    """
    CREATE TABLE verified (
        scope INTEGER NOT NULL, album_key TEXT NOT NULL, name_key TEXT NOT NULL,
        verified INTEGER NOT NULL, damaged INTEGER NOT NULL,
        PRIMARY KEY (scope, album_key, name_key)) WITHOUT ROWID;
    """,
    # Where a photo that was moved came from; empty for one that was not.
    """
    ALTER TABLE events ADD COLUMN origin_album TEXT NOT NULL DEFAULT '';
    ALTER TABLE events ADD COLUMN origin_name TEXT NOT NULL DEFAULT '';
    ALTER TABLE events ADD COLUMN origin_album_key TEXT NOT NULL DEFAULT '';
    ALTER TABLE events ADD COLUMN origin_name_key TEXT NOT NULL DEFAULT '';
    CREATE INDEX events_of_origin ON events (origin_album_key, origin_name_key)
        WHERE origin_name_key <> '';
    CREATE INDEX events_of_remote ON events (
        service, CASE WHEN json_valid(remote) THEN json_extract(remote, '$[1]') END);
    """,
    # Steps of the last run that failed as in one before, whose event stands for both.
    """
    CREATE TABLE repeats (run INTEGER NOT NULL, event INTEGER NOT NULL,
        PRIMARY KEY (run, event)) WITHOUT ROWID;
    """,
    # What both sides told of a photo when they agreed on it, as JSON.
    """
    CREATE TABLE details (
        scope INTEGER NOT NULL, album_key TEXT NOT NULL, name_key TEXT NOT NULL,
        facts TEXT NOT NULL,
        PRIMARY KEY (scope, album_key, name_key)) WITHOUT ROWID;
    """,
    # What the end of the last run told that had anything to tell; its lines as JSON.
    """
    CREATE TABLE endings (
        run INTEGER PRIMARY KEY, command TEXT NOT NULL, lines TEXT NOT NULL);
    """,
    # How many photos the plan of a run left alone that somebody should look at.
    """
    ALTER TABLE runs ADD COLUMN left_alone INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE refused_runs (
        moment INTEGER NOT NULL, library TEXT NOT NULL, mode TEXT NOT NULL,
        exit_code INTEGER NOT NULL, reason TEXT NOT NULL, after_run INTEGER NOT NULL);
    """,
    # Whether Flickr gives a photo back (14) was not noted at first. Till a run has looked,
    # none passes for a copy: somebody may format a card on the strength of it. Nor was
    # whether its name is made from a title (12), and a change of the file there (13).
    """
    UPDATE history SET remote = json_insert(
        remote, '$[12]', json('false'), '$[13]', NULL, '$[14]', json('true'))
        WHERE scope IN (SELECT id FROM scopes WHERE service = 'flickr')
        AND CASE WHEN json_valid(remote) THEN json_array_length(remote) >= 12 END;
    DELETE FROM seals WHERE scope IN (SELECT id FROM scopes WHERE service = 'flickr');
    """,
    # The services that a run did not look at, as JSON.
    """
    ALTER TABLE runs ADD COLUMN unreached TEXT NOT NULL DEFAULT '[]';
    """,
    # When both sides were last compared, in nanoseconds since 1970.
    """
    CREATE TABLE looks (
        scope INTEGER NOT NULL, rules TEXT NOT NULL, moment INTEGER NOT NULL,
        PRIMARY KEY (scope, rules));
    """,
)
"""Script N makes a file of version N out of one of version N - 1; 0 is an empty file.

A script that was released once never changes: files out there were made by it.
"""


def migrate(db: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Bring the tables up to the latest version, all in one transaction.

    Raises StateUnusable for a file of a newer version, and sqlite3.Error with the file
    as it was.
    """
    version = read_version(db)
    if version > len(migrations):
        raise StateUnusable("it was written by a newer photosync")
    if version == len(migrations):
        return
    # A power cut amid it leaves the old tables, all of them.
    scripts = ";".join(migrations[version:])
    try:
        db.executescript(
            f"BEGIN IMMEDIATE; {scripts}; PRAGMA user_version = {len(migrations)}; COMMIT"
        )
    except BaseException:
        db.rollback()
        raise


def read_version(db: sqlite3.Connection) -> int:
    """Return how many migrations a file has seen."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check_integrity(db: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError if the pages of the file contradict each other."""
    import sqlite3  # noqa: PLC0415 - only a run needs it

    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(found)
