"""Where the hashes come from that a comparison asks for, and what history tells of
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


class History(Protocol):
    """What was on both sides when they were last known to agree."""

    def albums(self) -> AbstractSet[str]:
        """The comparison keys of the titles of all albums it knows photos of."""

    def album(self, title: str) -> Mapping[str, Baseline]:
        """The photos of an album by the comparison key of their name."""

    def fingerprints(self) -> Mapping[str, str]:
        """The seals of the albums that were equal on both sides, by their key."""

    def expects(self, photo: RemotePhoto) -> bool:
        """Whether a photo was about to come home when a run ended."""


class NoHistory:
    """The history of a first run."""

    def albums(self) -> AbstractSet[str]:
        return frozenset()

    def album(self, title: str) -> Mapping[str, Baseline]:  # noqa: ARG002 - none has any
        return {}

    def fingerprints(self) -> Mapping[str, str]:
        return {}

    def expects(self, photo: RemotePhoto) -> bool:  # noqa: ARG002 - there was no run
        return False


class SurveyDigests:
    """`read` holds what had to be read of remote photos, by their id."""

    def __init__(self, explorer: Explorer, backend: Backend, history: History) -> None:
        self._explorer = explorer
        self._backend = backend
        self._history = history
        self.read: dict[str, str] = {}

    def local(self, photo: LocalPhoto) -> str:
        return self._explorer.md5(photo)

    def remote(self, photo: RemotePhoto) -> str | None:
        known = photo.md5 or self.read.get(photo.id)
        if known is not None:
            return known
        try:
            found = self._backend.md5(photo)
        except SideError:
            # Unreadable there is unknown here, which the mode table has a row for.
            return None
        if found is not None:
            self.read[photo.id] = found
        return found

    def settled(self, difference: Difference) -> Difference:
        """The difference; where it is open, the bytes there may prove to be ours.

        A replace or a download that broke off leaves them so. They are read for it,
        once per run.
        """
        local, remote = difference.pair.local, difference.pair.remote
        if local is None or remote is None or not self._is_open(difference, remote):
            return difference
        try:
            found = self.remote(remote) or self._read(remote)
            if found != self.local(local):
                return difference
        except SideError:
            return difference
        pair = difference.pair._replace(
            remote=remote._replace(size=local.size, md5=found)
        )
        return difference._replace(pair=pair, comparison=Comparisons.SAME)

    def _is_open(self, difference: Difference, remote: RemotePhoto) -> bool:
        if difference.comparison is Comparisons.UNKNOWN:
            return self._history.expects(remote)
        return difference.comparison is Comparisons.CONFLICT

    def _read(self, remote: RemotePhoto) -> str:
        with self._backend.open(remote) as stream:
            found = self.read[remote.id] = compute_md5(stream)
        return found
