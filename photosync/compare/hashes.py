"""Where the hashes come from that a comparison asks for: baselines, services, files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from photosync.disk.streams import compute_md5
from photosync.errors import SideError
from photosync.formatting import name_service
from photosync.local.explorer import Explorer
from photosync.model import (
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    Problem,
    RemotePhoto,
)
from photosync.services.reading import RemoteReader


class Baselines(Protocol):
    """The photos of both sides as they were when the two last agreed."""

    def albums(self) -> AbstractSet[str]:
        """Return the comparison keys of the titles of all albums with known photos."""

    def album(self, title: str) -> Mapping[str, Baseline]:
        """Return the photos of an album by the comparison key of their name."""

    def find_by_ids(self, ids: Collection[str]) -> Sequence[Baseline]:
        """Return all that is known of remote photos of some ids, in whichever album."""

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprints of the albums that were equal on both sides, by their
        key.
        """

    def expects(self, photo: RemotePhoto) -> bool:
        """Whether a photo was about to come home when a run ended."""

    def find_read(self, photo: RemotePhoto) -> str | None:
        """Return the MD5 of a photo that an earlier run read whole in this version."""


class NoBaselines:
    """The baselines of a first run."""

    def albums(self) -> AbstractSet[str]:
        return frozenset()

    def album(self, title: str) -> Mapping[str, Baseline]:  # noqa: ARG002 - none has any
        return {}

    def find_by_ids(self, ids: Collection[str]) -> Sequence[Baseline]:  # noqa: ARG002 - see above
        return ()

    def fingerprints(self) -> Mapping[str, str]:
        return {}

    def expects(self, photo: RemotePhoto) -> bool:  # noqa: ARG002 - there was no run
        return False

    def find_read(self, photo: RemotePhoto) -> str | None:  # noqa: ARG002 - see above
        return None


MOST_READ = 200
"""How many photos of a service one survey downloads to see whether they changed.

Flickr gives thousands a new version at once when an album is made public, and its hosts
hand out files slowly: the others are left to the next runs.
"""


class SurveyDigests:
    """The `Digests` of one survey.

    `read` holds, by id, the MD5s of remote photos that had to be asked for. `read_whole`
    holds, by id, the version and MD5 of photos that had to be downloaded, which is to be
    remembered; `unread` counts those that are left to the next run. `reads_again`: a
    disk is asked even for an MD5 that the memory knows, as it may have lost bytes since.
    """

    def __init__(
        self,
        explorer: Explorer,
        backend: RemoteReader,
        baselines: Baselines,
        *,
        most_read: int = MOST_READ,
        reads_again: bool = False,
    ) -> None:
        self._explorer = explorer
        self._backend = backend
        self._baselines = baselines
        self.read: dict[str, str] = {}
        self._reads_again = reads_again
        self.read_whole: dict[str, tuple[str, str]] = {}
        self.unread = 0
        self._most_read = most_read
        self._reads_left = most_read

    def local(self, photo: LocalPhoto) -> str:
        return self._explorer.md5(photo)

    def known_local(self, photo: LocalPhoto) -> str | None:
        return self._explorer.known_md5(photo)

    def remote(self, photo: RemotePhoto) -> str | None:
        if photo.id in self.read:
            return self.read[photo.id]
        if photo.md5 is not None and not self._reads_again:
            return photo.md5
        try:
            md5 = self._backend.md5(photo)
        except SideError:
            # What cannot be read there is UNKNOWN, for which the table of modes has a row.
            return None
        if md5 is not None:
            self.read[photo.id] = md5
        return md5

    def read_remote(self, photo: RemotePhoto) -> str | None:
        # Which bytes the service got as a smaller copy, nobody remembers.
        if photo.reduced:
            return None
        md5 = self._baselines.find_read(photo) or self._download_md5(photo)
        if md5 is not None:
            self.read[photo.id] = md5
            # With `-m upload` an edit there is left alone; it is not to be downloaded
            # in each run.
            self.read_whole[photo.id] = photo.version, md5
        return md5

    def _download_md5(self, photo: RemotePhoto) -> str | None:
        if not self._reads_left:
            self.unread += 1
            return None
        self._reads_left -= 1
        try:
            with self._backend.open(photo) as stream:
                return compute_md5(stream)
        except SideError:
            # Withheld, converted, or the network is down: unknown as before.
            return None

    @property
    def problems(self) -> Sequence[Problem]:
        """A notice of the photos that were not read in this run."""
        if not self.unread:
            return ()
        reason = (
            f"changed there, or only shown to others: {self.unread}; the next runs read "
            f"these photos to find out, {self._most_read} in each"
        )
        return (Problem(name_service(self._backend.name), reason, failed=False),)

    def fill_read(self, remote: RemotePhoto) -> RemotePhoto:
        """Return the photo with its MD5, where that had to be read."""
        if remote.md5 is None and remote.id in self.read:
            return remote._replace(md5=self.read[remote.id])
        return remote

    def fill(self, difference: Difference) -> Difference:
        """Return the difference with the MD5 that had to be read for it."""
        remote = difference.pair.remote
        if remote is None:
            return difference
        filled = self.fill_read(remote)
        if filled is remote:
            return difference
        return difference._replace(pair=difference.pair._replace(remote=filled))

    def resolve(self, difference: Difference) -> Difference:
        """Return the difference; an open one is SAME if the bytes there prove equal.

        They are read for this, at most once in a run.
        """
        local = difference.pair.local
        remote = difference.pair.remote
        if local is None or remote is None or not self._is_open(difference, remote):
            return difference
        try:
            md5 = self._find_bytes(difference, remote)
            is_same = md5 is not None and md5 == self.local(local)
        except SideError:
            # The disk fails: the difference stays as it is.
            return difference
        if not is_same:
            return difference
        proved = remote._replace(size=local.size, md5=md5)
        pair = difference.pair._replace(remote=proved)
        return difference._replace(pair=pair, comparison=Comparisons.SAME)

    def _is_open(self, difference: Difference, remote: RemotePhoto) -> bool:
        """Whether only the bytes can tell if a pair is equal."""
        if difference.comparison is Comparisons.UNKNOWN:
            # A download was killed between the last byte and its note in history.
            return self._baselines.expects(remote)
        if _is_strangers(difference):
            # So was that of a photo that was moved as well as edited there: it has the
            # tags of the bytes that were once sent, and was read to find out.
            return self._baselines.find_read(remote) is not None
        # A replace was killed between the last byte and its note: each side differs from
        # the baseline, in the same way.
        return difference.comparison is Comparisons.CONFLICT

    def _find_bytes(self, difference: Difference, remote: RemotePhoto) -> str | None:
        """Return the MD5 of the bytes that a service has of an open difference."""
        if _is_strangers(difference):
            return self.read_remote(remote)
        return self.remote(remote) or self.read_remote(remote)


def _is_strangers(difference: Difference) -> bool:
    """Whether no run has seen the two photos equal, and their known bytes differ."""
    is_conflict = difference.comparison is Comparisons.CONFLICT
    return is_conflict and difference.pair.baseline is None
