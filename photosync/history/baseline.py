"""What one account and one library had in common, and how far the service was read."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from photosync.history.database import (
    Change,
    Event,
    State,
    bounded,
    noted,
    original,
    photo_of,
    text_of,
)
from photosync.model import Baseline, LocalStat, Observations, RemotePhoto
from photosync.naming import name_key
from photosync.services.base import Row

_DAY = 86_400


class History:
    """What is remembered of one account and one library; also what backends know as
    `ListingCache` and `UnfinishedUploads`.

    `audit_days` is how long a listing is carried on by the feed of changes before it is
    read anew.
    """

    def __init__(
        self,
        state: State,
        service: str,
        account: str,
        library: str,
        *,
        audit_days: float = 7.0,
    ) -> None:
        self._state = state
        self._number = state.scope(service, account, library)
        self._audit_days = audit_days

    # -- what was agreed on
    # ------------------------------------------------------------------

    def albums(self) -> set[str]:
        """The comparison keys of all albums that history knows photos of."""
        rows = self._read("SELECT DISTINCT album_key FROM history WHERE scope = ?")
        return {original(album) for (album,) in rows}

    def album(self, title: str) -> dict[str, Baseline]:
        """What was agreed on in an album, by the comparison key of the name."""
        rows = self._read(
            "SELECT name_key, album, name, size, modified_ns, remote FROM history "
            "WHERE scope = ? AND album_key = ?",
            text_of(name_key(title)),
        )
        return {
            original(name_key): Baseline(
                original(album), original(name), _local_stat(size, modified_ns), photo
            )
            for name_key, album, name, size, modified_ns, remote in rows
            if (photo := photo_of(remote))
        }

    def fingerprints(self) -> dict[str, str]:
        """The seals of the albums that were equal on both sides, by their key."""
        rows = self._read("SELECT album_key, seal FROM seals WHERE scope = ?")
        return {original(album): str(fingerprint) for album, fingerprint in rows}

    def expect(self, photos: Iterable[RemotePhoto]) -> None:
        """Note photos that are about to come home, of which nobody can tell the bytes
        before.
        """
        rows = [
            (self._number, text_of(_awaited(one)), json.dumps({"version": one.version}))
            for one in photos
        ]
        self._state.write([("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)", rows)])

    def expects(self, photo: RemotePhoto) -> bool:
        """Whether a photo was about to come home when a run ended."""
        return self.find(_awaited(photo)) == {"version": photo.version}

    def add_observations(self, observations: Observations) -> None:
        """Remember what both sides hold, and forget what neither does any more, all at
        once.
        """
        fingerprints = [
            (self._number, text_of(name_key(t)), fingerprint)
            for t, fingerprint in observations.fingerprints.items()
        ]
        keep = "INSERT OR REPLACE INTO seals VALUES (?, ?, ?)"
        self._state.write(
            [
                *self._learning(observations.baseline, observations.gone),
                (keep, fingerprints),
            ]
        )

    def record(
        self,
        event: Event,
        baseline: Iterable[Baseline],
        gone: Iterable[tuple[str, str]],
        also: Iterable[Change] = (),
    ) -> None:
        """Remember what a step did and what both sides hold since, in one transaction.

        What fails as it failed before is not told again; `also` is written together
        with it.
        """
        mine = event._replace(scope=self._number)
        told = noted([] if self._state.is_repeated(mine) else [mine])
        here = [
            (self._number, text_of(_awaited(one.remote)))
            for one in baseline
            if one.local is not None
        ]
        arrived = ("DELETE FROM uploads WHERE scope = ? AND path = ?", here)
        self._state.write([*self._learning(baseline, gone), told, arrived, *also])

    def _learning(
        self, baseline: Iterable[Baseline], gone: Iterable[tuple[str, str]]
    ) -> list[tuple[str, Sequence[Sequence[object]]]]:
        forget = (
            "DELETE FROM history WHERE scope = ? AND album_key = ? AND name_key = ?"
        )
        places = [
            (self._number, text_of(name_key(album)), text_of(name_key(name)))
            for album, name in gone
        ]
        rows = [
            (
                *(
                    self._number,
                    text_of(name_key(one.album)),
                    text_of(name_key(one.name)),
                ),
                *(
                    text_of(one.album),
                    text_of(one.name),
                    *_stored_stat(one.local),
                ),
                json.dumps(one.remote),
            )
            for one in baseline
        ]
        keep = "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        broken = sorted({row[:2] for row in (*places, *rows)}, key=str)
        unseal = "DELETE FROM seals WHERE scope = ? AND album_key = ?"
        return [(forget, places), (keep, rows), (unseal, broken)]

    # -- ListingCache and UnfinishedUploads of a backend
    # --------------------------------------------------------------------

    @property
    def cursor(self) -> str:
        rows = self._read("SELECT cursor, audited FROM cursors WHERE scope = ?")
        if not rows:
            return ""
        since = time.time() - rows[0][1]
        # A clock that was set back must not put the audit off for years.
        return str(rows[0][0]) if 0 <= since < self._audit_days * _DAY else ""

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        albums = self._read("SELECT album FROM listings WHERE scope = ? ORDER BY album")
        for (album,) in albums:
            for (content,) in self._read(
                "SELECT content FROM listings WHERE scope = ? AND album = ?", album
            ):
                yield original(album), json.loads(content)

    def note(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool = False,
    ) -> None:
        mine = self._number
        changes: list[tuple[str, Sequence[Sequence[object]]]] = []
        if whole:
            changes.append(("DELETE FROM listings WHERE scope = ?", [(mine,)]))
        gone = [
            (mine, text_of(album)) for album, rows in changed.items() if rows is None
        ]
        changes.append(("DELETE FROM listings WHERE scope = ? AND album = ?", gone))
        kept = [
            (mine, text_of(a), json.dumps(rows))
            for a, rows in changed.items()
            if rows is not None
        ]
        changes.append(("INSERT OR REPLACE INTO listings VALUES (?, ?, ?)", kept))
        if whole:
            now = (mine, cursor, int(time.time()))
            changes.append(("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", [now]))
        elif cursor != self.cursor:
            changes.append(
                ("UPDATE cursors SET cursor = ? WHERE scope = ?", [(cursor, mine)])
            )
        self._state.write(changes)

    def find(self, path: str) -> Row | None:
        rows = self._read(
            "SELECT facts FROM uploads WHERE scope = ? AND path = ?", text_of(path)
        )
        facts: Row | None = json.loads(rows[0][0]) if rows else None
        return facts

    def put(self, path: str, facts: Row) -> None:
        row = (self._number, text_of(path), json.dumps(facts))
        self._state.write([("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)", [row])])

    def remove(self, path: str) -> None:
        place = (self._number, text_of(path))
        self._state.write(
            [("DELETE FROM uploads WHERE scope = ? AND path = ?", [place])]
        )

    def _read(self, statement: str, *values: object) -> list[Any]:
        return self._state.read(statement, (self._number, *values))


_NEVER = -1
"""The stored size of a local file that was never agreed on."""


def _local_stat(size: int, modified_ns: int) -> LocalStat | None:
    return None if size == _NEVER else LocalStat(size, modified_ns)


def _stored_stat(local: LocalStat | None) -> tuple[int, int]:
    if local is None:
        return _NEVER, 0
    return local.size, bounded(local.modified_ns)


def _awaited(photo: RemotePhoto) -> str:
    """What stands for a photo on its way home among the unfinished transfers, which
    have paths.
    """
    return f"home:{photo.id}"
