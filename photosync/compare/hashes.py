"""Where the hashes come from that a comparison asks for, and what baselines tell of
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

from photosync.disk.streams import compute_md5
from photosync.errors import SideError
from photosync.local.explorer import Explorer
from photosync.model import (
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    RemotePhoto,
)
from photosync.services.base import Backend


class Baselines(Protocol):
    """What was on both sides when they were last known to agree."""

    def albums(self) -> AbstractSet[str]:
        """Return the comparison keys of the titles of all albums it knows photos of."""

    def album(self, title: str) -> Mapping[str, Baseline]:
        """Return the photos of an album by the comparison key of their name."""

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprints of the albums that were equal on both sides, by their
        key.
        """

    def expects(self, photo: RemotePhoto) -> bool:
        """Whether a photo was about to come home when a run ended."""


class NoBaselines:
    """The baselines of a first run."""

    def albums(self) -> AbstractSet[str]:
        return frozenset()

    def album(self, title: str) -> Mapping[str, Baseline]:  # noqa: ARG002 - none has any
        return {}

    def fingerprints(self) -> Mapping[str, str]:
        return {}

    def expects(self, photo: RemotePhoto) -> bool:  # noqa: ARG002 - there was no run
        return False


class SurveyDigests:
    """The `Digests` of one survey.

    `read` holds the MD5s that had to be read of remote photos, by their id.
    """

    def __init__(
        self, explorer: Explorer, backend: Backend, baselines: Baselines
    ) -> None:
        self._explorer = explorer
        self._backend = backend
        self._baselines = baselines
        self.read: dict[str, str] = {}

    def local(self, photo: LocalPhoto) -> str:
        return self._explorer.md5(photo)

    def remote(self, photo: RemotePhoto) -> str | None:
        known_md5 = photo.md5 or self.read.get(photo.id)
        if known_md5 is not None:
            return known_md5
        try:
            md5 = self._backend.md5(photo)
        except SideError:
            # Unreadable there is unknown here, which the mode table has a row for.
            return None
        if md5 is not None:
            self.read[photo.id] = md5
        return md5

    def fill_read(self, remote: RemotePhoto) -> RemotePhoto:
        """Return the photo with the MD5 that had to be read of it, if one had."""
        if remote.md5 is None and remote.id in self.read:
            return remote._replace(md5=self.read[remote.id])
        return remote

    def resolve(self, difference: Difference) -> Difference:
        """Return the difference; where it is open, the bytes there may prove to be
        ours.

        They are read for it, once per run.
        """
        local, remote = difference.pair.local, difference.pair.remote
        if local is None or remote is None or not self._is_open(difference, remote):
            return difference
        try:
            md5 = self.remote(remote) or self._read_md5(remote)
            is_same = md5 == self.local(local)
        except SideError:
            # The service is busy or the disk fails: it stays as open as it was.
            return difference
        if not is_same:
            return difference
        proved = remote._replace(size=local.size, md5=md5)
        pair = difference.pair._replace(remote=proved)
        return difference._replace(pair=pair, comparison=Comparisons.SAME)

    def _is_open(self, difference: Difference, remote: RemotePhoto) -> bool:
        if difference.comparison is Comparisons.UNKNOWN:
            # A download was killed between the last byte and its note in history.
            return self._baselines.expects(remote)
        # A replace was killed so: each side differs from the baseline, in the same way.
        return difference.comparison is Comparisons.CONFLICT

    def _read_md5(self, remote: RemotePhoto) -> str:
        with self._backend.open(remote) as stream:
            md5 = compute_md5(stream)
        self.read[remote.id] = md5
        return md5
