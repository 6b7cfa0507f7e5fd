"""The search index, which learns of changes with a delay."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from photosync.emulators.database import Row, Value
from photosync.emulators.flickr.state import State
from photosync.emulators.flickr.tags import Tag

_INDEX = "INSERT OR REPLACE INTO indexed VALUES (?, ?, ?, ?, ?, ?)"
_TERM = "INSERT INTO terms VALUES (?, ?, ?, ?, ?)"


class SearchIndex:
    """Holds snapshots of photos; a deleted photo stays findable until the index has
    learnt it.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def note_change(self, photo: int) -> None:
        """Take over the present state of a photo when its time has come."""
        database = self._state.database
        row = database.rows("SELECT * FROM photos WHERE id = ?", photo)[0]
        tags = database.rows("SELECT * FROM tags WHERE photo = ?", photo)
        terms = [
            [tag["normal"], tag["namespace"], tag["predicate"], tag["value"]]
            for tag in tags
        ]
        self._learn(photo, {"row": _facts(row), "terms": terms})

    def learn_now(self, photo: int) -> None:
        """Do without the delay for a photo that has just been changed."""
        sql = "SELECT snapshot FROM index_jobs WHERE photo = ? ORDER BY number DESC"
        job = self._state.database.row(sql, photo)
        if job:
            self._apply(photo, json.loads(job["snapshot"]))
            self._state.database.run("DELETE FROM index_jobs WHERE photo = ?", photo)

    def note_delete(self, row: Row) -> None:
        """Forget a photo, whose row is still in its table, when the time has come."""
        if self._state.settings.index_lag > 0:
            self._state.database.run(
                "INSERT INTO ghosts SELECT * FROM photos WHERE id = ?", row["id"]
            )
        self._learn(row["id"], None)

    def load(self, entries: Iterable[tuple[Mapping[str, Any], Sequence[Tag]]]) -> None:
        """Index new photos at once."""
        entries = list(entries)
        database = self._state.database
        database.run_many(
            _INDEX, [(photo["id"], *_facts(photo)) for photo, _ in entries]
        )
        terms = [
            (photo["id"], tag.normal, tag.namespace, tag.predicate, tag.value)
            for photo, tags in entries
            for tag in tags
        ]
        database.run_many(_TERM, terms)

    def settle(self) -> None:
        """Learn of everything that is due."""
        database, now = self._state.database, self._state.clock.now()
        if not database.row("SELECT 1 FROM index_jobs LIMIT 1"):
            return
        with database.transaction():
            sql = "SELECT * FROM index_jobs WHERE due <= ? ORDER BY number"
            for job in database.rows(sql, now):
                self._apply(job["photo"], json.loads(job["snapshot"]))
                database.run("DELETE FROM index_jobs WHERE number = ?", job["number"])

    def _learn(self, photo: int, snapshot: Any) -> None:
        lag, database = self._state.settings.index_lag, self._state.database
        if lag > 0:
            due, text = self._state.clock.now() + lag, json.dumps(snapshot)
            database.insert("index_jobs", photo=photo, due=due, snapshot=text)
            return
        database.run("DELETE FROM index_jobs WHERE photo = ?", photo)
        self._apply(photo, snapshot)

    def _apply(self, photo: int, snapshot: Any) -> None:
        database = self._state.database
        database.run("DELETE FROM terms WHERE photo = ?", photo)
        if snapshot is None:
            database.run("DELETE FROM indexed WHERE photo = ?", photo)
            database.run("DELETE FROM ghosts WHERE id = ?", photo)
            return
        database.run(_INDEX, photo, *snapshot["row"])
        database.run_many(_TERM, [(photo, *term) for term in snapshot["terms"]])


def _facts(photo: Mapping[str, Any] | Row) -> list[Value]:
    text = f"{photo['title']}\n{photo['description']}\n{photo['tags']}".lower()
    return [photo["owner"], photo["uploaded"], photo["taken"], photo["media"], text]
