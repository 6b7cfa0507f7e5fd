"""Where the hashes come from that a comparison asks for, and what baselines tell of
them.
"""

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
    """What was on both sides when they were last known to agree."""

    def albums(self) -> AbstractSet[str]:
        """Return the comparison keys of the titles of all albums it knows photos of."""

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
"""Photos of a service that one survey reads whole to see whether they changed.

Flickr gives thousands a new version at once when an album is made public, and its hosts
hand out files slowly: the rest is for the next runs.
"""


class SurveyDigests:
    """The `Digests` of one survey.

    `read` holds the MD5s that had to be read of remote photos, by their id; `unread`
    counts the photos that were left for the next run; `read_whole` is what is to be
    remembered of those that had to be downloaded. `reads_again`: a disk is asked
    even for what the memory knows, as it may have rotted.
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
            # Unreadable there is unknown here, which the mode table has a row for.
            return None
        if md5 is not None:
            self.read[photo.id] = md5
        return md5

    def read_remote(self, photo: RemotePhoto) -> str | None:
        # Of a smaller copy nobody knows which bytes it had.
        if photo.reduced:
            return None
        md5 = self._baselines.find_read(photo) or self._download_md5(photo)
        if md5 is not None:
            self.read[photo.id] = md5
            # Under -m upload an edit there stays one, and need not be read every day.
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
        """What the person should know of what was not read."""
        if not self.unread:
            return ()
        reason = (
            f"changed there, or only shown to others: {self.unread}; the next runs read "
            f"these photos to find out, {self._most_read} in each"
        )
        return (Problem(name_service(self._backend.name), reason, failed=False),)

    def fill_read(self, remote: RemotePhoto) -> RemotePhoto:
        """Return the photo with the MD5 that had to be read of it, if one had."""
        if remote.md5 is None and remote.id in self.read:
            return remote._replace(md5=self.read[remote.id])
        return remote

    def fill(self, difference: Difference) -> Difference:
        """Return the difference with what had to be read for it."""
        remote = difference.pair.remote
        if remote is None:
            return difference
        filled = self.fill_read(remote)
        if filled is remote:
            return difference
        return difference._replace(pair=difference.pair._replace(remote=filled))

    def resolve(self, difference: Difference) -> Difference:
        """Return the difference; where it is open, the bytes there may prove to be
        ours.

        They are read for it, once per run.
        """
        local = difference.pair.local
        remote = difference.pair.remote
        if local is None or remote is None or not self._is_open(difference, remote):
            return difference
        try:
            md5 = self._find_bytes(difference, remote)
            is_same = md5 is not None and md5 == self.local(local)
        except SideError:
            # The disk fails: it stays as open as it was.
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
        if _is_strangers(difference):
            # So was that of a photo which was moved there as well as edited: it bears the
            # marks of what was once sent, and was read to see that.
            return self._baselines.find_read(remote) is not None
        # A replace was killed so: each side differs from the baseline, in the same way.
        return difference.comparison is Comparisons.CONFLICT

    def _find_bytes(self, difference: Difference, remote: RemotePhoto) -> str | None:
        """Return the MD5 of what a photo that is open holds there."""
        told = None if _is_strangers(difference) else self.remote(remote)
        return told or self.read_remote(remote)


def _is_strangers(difference: Difference) -> bool:
    """Whether two photos meet that were compared as far as their bytes are told."""
    is_conflict = difference.comparison is Comparisons.CONFLICT
    return is_conflict and difference.pair.baseline is None
