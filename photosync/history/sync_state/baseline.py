"""The baselines of one account and one library: what both had when they last agreed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from photosync.compare.packed_baselines import list_albums
from photosync.history.identity.scope import Scope
from photosync.history.storage.encoding import (
    clamp_integer,
    decode_photo,
    decode_text,
    encode_photo,
    encode_text,
)
from photosync.history.storage.write_queue import Change, MadeRows
from photosync.history.sync_state.details import StoredDetails
from photosync.model import (
    Actions,
    Baseline,
    LocalStat,
    Observations,
    RemotePhoto,
    Step,
)
from photosync.naming import name_key

PhotoPath = tuple[str, str]
"""An album and a name in it."""

_KEEP = "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM history WHERE scope = ? AND album_key = ? AND name_key = ?"
# It jumps from one album to the next: the rows of all photos are 50 MB in a large library.
_READ_ALBUMS = """
    WITH RECURSIVE known (album) AS (
        SELECT min(album_key) FROM history WHERE scope = ?1
        UNION ALL SELECT (
            SELECT min(album_key) FROM history
            WHERE scope = ?1 AND album_key > known.album)
        FROM known WHERE known.album IS NOT NULL)
    SELECT album FROM known WHERE album IS NOT NULL
"""
_READ_ALBUM = (
    "SELECT name_key, album, name, size, modified_ns, changed_ns, remote, path "
    "FROM history "
    "WHERE scope = ? AND album_key = ?"
)
_READ_IDS = (
    "SELECT name_key, album, name, size, modified_ns, changed_ns, remote, path "
    "FROM history WHERE scope = ? AND CASE WHEN json_valid(remote) "
    "THEN json_extract(remote, '$[1]') IN (SELECT value FROM json_each(?)) END"
)
_READ_NAMES = (
    "SELECT path, name FROM history WHERE scope = ? AND album_key = ? AND path <> ''"
)
_KEEP_FINGERPRINT = "INSERT OR REPLACE INTO seals VALUES (?, ?, ?)"
_FORGET_FINGERPRINT = "DELETE FROM seals WHERE scope = ? AND album_key = ?"
_READ_FACTS = "SELECT facts FROM uploads WHERE scope = ? AND path = ?"
_KEEP_FACTS = "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)"
_FORGET_EXPECTED = "DELETE FROM uploads WHERE scope = ? AND path = ?"
_FORGET_READ = "DELETE FROM uploads WHERE scope = ? AND path LIKE 'read:%'"

_NEVER = -1
"""The stored size of a local file that was never agreed on."""
_NO_FILE = LocalStat(_NEVER, 0)


class StoredBaselines:
    """The baselines of one scope, the fingerprints of its albums, and expected photos.

    A photo is expected while a run downloads it without knowing its MD5. If the run is
    killed, the file here may be equal though nothing proves it: so the next run reads
    the photo.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def albums(self) -> set[str]:
        """Return the comparison keys of all albums with a baseline."""
        rows = self._scope.read(_READ_ALBUMS)
        return {decode_text(album) for (album,) in rows}

    def album(self, title: str) -> dict[str, Baseline]:
        """Return an album's baselines by the comparison key of the photo's name."""
        rows = self._scope.read(_READ_ALBUM, encode_text(name_key(title)))
        return {decode_text(key): known for key, known in _make_baselines(rows)}

    def find_by_ids(self, ids: Collection[str]) -> list[Baseline]:
        """Return the baselines of the photos with these ids, in all albums."""
        rows = self._scope.read(_READ_IDS, json.dumps(list(ids)))
        return [known for _, known in _make_baselines(rows)]

    def names(self, title: str) -> dict[str, str]:
        """Return the names of an album's photos by the paths of their files, as far as
        these are known.
        """
        rows = self._scope.read(_READ_NAMES, encode_text(name_key(title)))
        return {decode_text(path): decode_text(name) for path, name in rows}

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprints of albums that were equal, by the album's key."""
        rows = self._scope.read("SELECT album_key, seal FROM seals WHERE scope = ?")
        return {decode_text(album): str(fingerprint) for album, fingerprint in rows}

    def expects(self, photo: RemotePhoto) -> bool:
        """Whether a run ended while this photo was being downloaded."""
        path = encode_text(_make_expected_path(photo))
        rows = self._scope.read(_READ_FACTS, path)
        if not rows:
            return False
        return bool(json.loads(rows[0][0]) == _make_expected_facts(photo))

    def find_read(self, photo: RemotePhoto) -> str | None:
        """Return the MD5 of a photo that an earlier run read whole in this version."""
        rows = self._scope.read(_READ_FACTS, encode_text(_read_path(photo.id)))
        if not rows:
            return None
        version, md5 = json.loads(rows[0][0])
        if version != photo.version:
            # Somebody has edited it there since.
            return None
        return str(md5)

    def learn(
        self, observations: Observations, expected: Iterable[RemotePhoto] = ()
    ) -> None:
        """Write what the survey found, and the photos that are about to be downloaded.

        Raises StateUnusable, with nothing written.
        """
        number = self._scope.number
        fingerprints: list[tuple[int, str | bytes, str]] = []
        for title, fingerprint in observations.fingerprints.items():
            album = encode_text(name_key(title))
            fingerprints.append((number, album, fingerprint))
        downloads: list[tuple[int, str | bytes, str]] = []
        for photo in expected:
            path = encode_text(_make_expected_path(photo))
            facts = json.dumps(_make_expected_facts(photo))
            downloads.append((number, path, facts))
        self._scope.database.write(
            [
                *self.make_changes(observations.baseline, observations.gone),
                (_KEEP_FINGERPRINT, fingerprints),
                (_KEEP_FACTS, downloads),
                *self._make_read(observations.read),
                *StoredDetails(self._scope).make_changes(observations.details),
            ]
        )

    def _make_read(self, read: Mapping[str, tuple[str, str]]) -> list[Change]:
        """Return the changes that write the MD5s that were read in this run, and forget
        those of earlier ones.
        """
        if not read:
            return []
        number = self._scope.number
        rows = [
            (number, encode_text(_read_path(photo_id)), json.dumps(facts))
            for photo_id, facts in read.items()
        ]
        return [(_FORGET_READ, [(number,)]), (_KEEP_FACTS, rows)]

    def make_changes(
        self, agreed: Collection[Baseline], gone: Collection[PhotoPath]
    ) -> list[Change]:
        """Return the changes that write and forget baselines.

        A fingerprint is of a whole album, so each photo breaks that of its album.
        """
        gone = list(gone)
        forgotten = [self._key(album, name) for album, name in gone]
        kept = MadeRows(self._make_row, agreed)
        albums = {album for album, _ in gone} | list_albums(agreed)
        broken = [self._album_key(album) for album in sorted(albums)]
        return [
            (_FORGET, forgotten),
            StoredDetails(self._scope).make_loss(gone),
            (_KEEP, kept),
            (_FORGET_FINGERPRINT, broken),
        ]

    def make_arrival(self, agreed: Iterable[Baseline]) -> Change:
        """Return the change that ends the expectation of photos that are here now."""
        rows: list[Sequence[object]] = []
        for baseline in agreed:
            # After KEEP_BOTH the remote version is still to take its place here.
            if baseline.local is not None:
                path = encode_text(_make_expected_path(baseline.remote))
                rows.append((self._scope.number, path))
        return _FORGET_EXPECTED, rows

    def _album_key(self, album: str) -> tuple[object, ...]:
        return self._scope.number, encode_text(name_key(album))

    def _key(self, album: str, name: str) -> tuple[object, ...]:
        return *self._album_key(album), encode_text(name_key(name))

    def _make_row(self, baseline: Baseline) -> tuple[object, ...]:
        file = baseline.local or _NO_FILE
        return (
            *self._key(baseline.album, baseline.name),
            encode_text(baseline.album),
            encode_text(baseline.name),
            file.size,
            clamp_integer(file.modified_ns),
            encode_photo(baseline.remote),
            encode_text(baseline.path),
            file.changed_ns,
        )


def _make_baselines(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, Baseline]]:
    """Yield the baselines of rows, each with the key of its name; a row that cannot be
    understood is left out.
    """
    for key, album, name, size, modified_ns, changed_ns, remote, path in rows:
        photo = decode_photo(remote)
        if photo is None:
            continue
        local = None if size == _NEVER else LocalStat(size, modified_ns, changed_ns)
        place = decode_text(album), decode_text(name)
        yield decode_text(key), Baseline(*place, local, photo, decode_text(path))


def _read_path(photo_id: str) -> str:
    """Return the name of a photo that was read in the table of unfinished transfers."""
    return f"read:{photo_id}"


def _make_expected_path(photo: RemotePhoto) -> str:
    """Return the name of a download in the table of unfinished transfers."""
    return f"home:{photo.id}"


def _make_expected_facts(photo: RemotePhoto) -> dict[str, str]:
    return {"version": photo.version}


def find_unproven(service: str, steps: Iterable[Step]) -> list[RemotePhoto]:
    """Return the photos that are to be downloaded from a service and have no MD5."""
    found: list[RemotePhoto] = []
    for step in steps:
        if step.service != service or step.action is not Actions.DOWNLOAD_REMOTE:
            continue
        if step.remote is not None and step.remote.md5 is None:
            found.append(step.remote)
    return found
