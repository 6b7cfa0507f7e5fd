"""The sqlite file that holds everything of an emulated Drive but the contents."""

import secrets
from collections.abc import Callable
from pathlib import Path

from photosync.emulators import database
from photosync.emulators.database import Row, Value

__all__ = ["Database", "Row", "Value", "random_id"]

TABLES = """
CREATE TABLE IF NOT EXISTS accounts (
    email TEXT PRIMARY KEY, name TEXT NOT NULL, root TEXT NOT NULL, appdata TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, account TEXT NOT NULL,
    space TEXT NOT NULL DEFAULT 'drive', is_root INTEGER NOT NULL DEFAULT 0, parent TEXT,
    name TEXT NOT NULL, folded TEXT NOT NULL, mime TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, viewed INTEGER,
    explicitly_trashed INTEGER NOT NULL DEFAULT 0, trashed INTEGER NOT NULL DEFAULT 0,
    trashed_at INTEGER, starred INTEGER NOT NULL DEFAULT 0, owned INTEGER NOT NULL DEFAULT 1,
    apps TEXT NOT NULL DEFAULT ' ', size INTEGER, md5 TEXT, sha1 TEXT, sha256 TEXT, blob TEXT,
    revision TEXT, version INTEGER NOT NULL DEFAULT 1, listed_from REAL NOT NULL DEFAULT 0,
    target TEXT, properties TEXT, app_properties TEXT, extras TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS files_by_parent ON files (parent);
CREATE INDEX IF NOT EXISTS files_by_name ON files (folded);
CREATE TABLE IF NOT EXISTS changes (
    file TEXT PRIMARY KEY, seq INTEGER UNIQUE NOT NULL, account TEXT NOT NULL,
    time INTEGER NOT NULL, removed INTEGER NOT NULL DEFAULT 0, apps TEXT NOT NULL DEFAULT ' ');
CREATE TABLE IF NOT EXISTS revisions (
    file TEXT NOT NULL, revision TEXT NOT NULL, blob TEXT, size INTEGER, md5 TEXT,
    modified INTEGER NOT NULL, keep_forever INTEGER NOT NULL, PRIMARY KEY (file, revision));
CREATE TABLE IF NOT EXISTS issued_ids (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL, space TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, client TEXT NOT NULL, scopes TEXT NOT NULL,
    file TEXT, metadata TEXT NOT NULL, params TEXT NOT NULL, media_type TEXT,
    declared INTEGER, received INTEGER NOT NULL DEFAULT 0, started REAL NOT NULL, done TEXT);
CREATE TABLE IF NOT EXISTS clients (
    id TEXT PRIMARY KEY, secret TEXT NOT NULL, kind TEXT NOT NULL, redirect_uris TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, client TEXT NOT NULL, account TEXT NOT NULL, scopes TEXT NOT NULL,
    redirect_uri TEXT NOT NULL, challenge TEXT, challenge_method TEXT, offline INTEGER NOT NULL,
    expires REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    token TEXT PRIMARY KEY, client TEXT NOT NULL, account TEXT NOT NULL, scopes TEXT NOT NULL,
    issued REAL NOT NULL, expires REAL, live INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS access_tokens (
    token TEXT PRIMARY KEY, client TEXT NOT NULL, account TEXT NOT NULL, scopes TEXT NOT NULL,
    refresh TEXT, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS devices (
    code TEXT PRIMARY KEY, user_code TEXT UNIQUE NOT NULL, client TEXT NOT NULL,
    scopes TEXT NOT NULL, expires REAL NOT NULL, polled REAL, decision TEXT, account TEXT);
CREATE TABLE IF NOT EXISTS sent (
    account TEXT NOT NULL, time REAL NOT NULL, size INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS sent_by_time ON sent (account, time, size);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def random_id(prefix: str = "1", size: int = 24) -> str:
    """Give an unused identifier in the style of the service's own."""
    return prefix + secrets.token_urlsafe(size)


class Database(database.Database):
    """The tables of a Drive."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, TABLES)

    def define(self, name: str, function: Callable[[str, str], bool]) -> None:
        """Make a two-argument function available in SQL."""
        self._connection.create_function(name, 2, function, deterministic=True)

    def fact(self, name: str, make: Callable[[], str]) -> str:
        """Give a value that is made once in the life of the directory."""
        with self.transaction():
            self.run("INSERT OR IGNORE INTO facts VALUES (?, ?)", name, make())
            return str(self.rows("SELECT value FROM facts WHERE name = ?", name)[0][0])
