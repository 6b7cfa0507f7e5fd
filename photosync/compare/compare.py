"""How a pair of photos becomes a comparison. Pure: what must be read is asked of
`Digests`.

With a baseline each side is judged by itself: what has become of the photo since both
sides agreed on it? Two such answers make the verdict, by one table. `-c` only decides
how a change is found. Without a baseline nobody can tell who changed, and the two photos
are compared with each other: date, size, hash, as far as asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol

from photosync.errors import SideError
from photosync.model import (
    Attributes,
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    Pair,
    RemotePhoto,
)
from photosync.naming import PhotoKey

TOLERANCE_NS = 60 * 1_000_000_000
"""Near-equal times are equal: FAT keeps two seconds, services round as they like."""


class Digests(Protocol):
    """Where the MD5 of a photo comes from when a comparison needs it."""

    def local(self, photo: LocalPhoto) -> str:
        """Return the MD5 in hex; raises SideError when the file cannot be read."""

    def remote(self, photo: RemotePhoto) -> str | None:
        """Return the MD5 in hex, None where it is not known."""


class Equals(Protocol):
    """Looks up the pairs with nothing to do."""

    def get(self, place: PhotoKey, /) -> Pair | None:
        """Return the pair at a place, None where there is none or something is to do
        about it.
        """


class Asked(NamedTuple):
    """Which attributes `-c` asks to be compared."""

    date: bool
    size: bool
    hash: bool

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> Asked:
        return cls(
            date=Attributes.DATE in attributes,
            size=Attributes.SIZE in attributes,
            hash=Attributes.HASH in attributes,
        )


# -- the verdict
# -----------------------------------------------------------------------------


class Change(StrEnum):
    """What became of one side of a pair since the baseline.

    TOUCHED: it has another date or version, and still the bytes agreed on. CHANGED: it
    has other bytes, or bytes that nothing proves to be those; a new photo is changed,
    too. UNKNOWN: nobody could look.
    """

    ABSENT = "absent"
    UNCHANGED = "unchanged"
    TOUCHED = "touched"
    CHANGED = "changed"
    UNKNOWN = "unknown"


_VERDICTS: Mapping[tuple[Change, Change], Comparisons] = {
    # The blurred ones were deleted on the NAS; nobody worked on them there.
    (Change.ABSENT, Change.UNCHANGED): Comparisons.LOCAL_DELETED,
    # Deleted on the NAS; there somebody had only corrected its description.
    (Change.ABSENT, Change.TOUCHED): Comparisons.LOCAL_DELETED,
    # A phone sent it to the service. Or it was deleted here, but cropped there: an edit
    # is somebody's work and beats a delete.
    (Change.ABSENT, Change.CHANGED): Comparisons.REMOTE_ONLY,
    # Sorted out on the web page; the file here is the one that was sent.
    (Change.UNCHANGED, Change.ABSENT): Comparisons.REMOTE_DELETED,
    # Sorted out on the web page; here a backup was restored, which dated all files anew.
    (Change.TOUCHED, Change.ABSENT): Comparisons.REMOTE_DELETED,
    # Fresh from the camera. Or it was deleted there, but edited here: the edit wins.
    (Change.CHANGED, Change.ABSENT): Comparisons.LOCAL_ONLY,
    # Nearly all photos on nearly all days.
    (Change.UNCHANGED, Change.UNCHANGED): Comparisons.SAME,
    # A title was corrected on the web page, so the service counts a new version.
    (Change.UNCHANGED, Change.TOUCHED): Comparisons.SAME,
    # The library was copied to a new disk by a program that does not keep dates.
    (Change.TOUCHED, Change.UNCHANGED): Comparisons.SAME,
    # Both at once.
    (Change.TOUCHED, Change.TOUCHED): Comparisons.SAME,
    # Straightened in the service's own editor.
    (Change.UNCHANGED, Change.CHANGED): Comparisons.REMOTE_NEWER,
    # Straightened there; the file here lies on the new disk with today's date.
    (Change.TOUCHED, Change.CHANGED): Comparisons.REMOTE_NEWER,
    # Red eyes were removed here.
    (Change.CHANGED, Change.UNCHANGED): Comparisons.REMOTE_OLDER,
    # Red eyes were removed here while somebody tagged the photo there.
    (Change.CHANGED, Change.TOUCHED): Comparisons.REMOTE_OLDER,
    # One of the family cropped it at home, another on the phone: nobody's work is lost.
    (Change.CHANGED, Change.CHANGED): Comparisons.CONFLICT,
}


def find_verdict(here: Change, there: Change) -> Comparisons:
    """Return what two sides make of a pair; one of them at least has the photo."""
    if Change.UNKNOWN in {here, there}:
        # An unreadable folder, a link, half a listing: that nobody saw a photo does not
        # make it a deleted one.
        return Comparisons.UNKNOWN
    return _VERDICTS[here, there]


def compare(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    """Return the comparison of a pair of which one side at least has the photo.

    A file that cannot be read makes it UNKNOWN, with a problem.
    """
    if pair.remote is not None and pair.baseline is not None:
        pair = pair._replace(remote=fill_known_bytes(pair.remote, pair.baseline))
    try:
        if pair.local is None or pair.remote is None:
            return _compare_single(pair, digests)
        if pair.baseline is None:
            return _compare_first_meeting(pair, asked, digests)
        return _compare_again(pair, asked, digests)
    except SideError as error:
        # A disk with bad sectors: the file is there, whatever is in it.
        verdict = find_verdict(Change.UNKNOWN, Change.UNKNOWN)
        return Difference(pair, verdict, problem=str(error))


def _compare_single(pair: Pair, digests: Digests) -> Difference:
    """Return the comparison of a photo that is on one side only."""
    here = find_change_here(pair, digests)
    there = find_change_there(pair.remote, pair.baseline, digests)
    return Difference(pair, find_verdict(here, there))


def _compare_first_meeting(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    """Return the comparison of a pair that history knows nothing of."""
    local, remote = pair.local, pair.remote
    assert local is not None
    assert remote is not None
    verdict = compare_attributes(local, remote, asked, digests)
    if verdict is Comparisons.REMOTE_OLDER and has_equal_bytes(local, remote, digests):
        # A library restored from a backup is dated today. That sends no photo again.
        return Difference(pair, Comparisons.SAME, touched=True)
    return Difference(pair, verdict)


def _compare_again(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    """Return the comparison of a pair that both sides once agreed on."""
    local, remote, baseline = pair.local, pair.remote, pair.baseline
    assert local is not None
    assert remote is not None
    assert baseline is not None
    if not asked.date:
        verdict = compare_attributes(local, remote, asked, digests)
        if verdict is Comparisons.SAME:
            # With -c 2 equal sizes are enough, whatever else happened on either side.
            return Difference(pair, verdict)
    here = find_change_here(pair, digests)
    there = find_change_there(remote, baseline, digests)
    if here is Change.UNCHANGED and there is Change.UNCHANGED:
        # -c 4 looks at bytes where nothing tells of a change: a disk can rot silently.
        # The recorded date is exact, so that with the date asked nothing stays open.
        dated = Comparisons.SAME if asked.date else Comparisons.UNKNOWN
        verdict = _compare_contents(local, remote, asked, digests, otherwise=dated)
        return Difference(pair, verdict)
    verdict = find_verdict(here, there)
    if _may_be_equal(here, there, baseline) and has_equal_bytes(local, remote, digests):
        # The same edited file was put on both sides by hand, or a run was killed
        # between an upload and its note in history.
        verdict = Comparisons.SAME
    is_newly_dated = here is not Change.UNCHANGED and _has_other_date(local, remote)
    touched = asked.date and is_newly_dated and verdict is Comparisons.SAME
    return Difference(pair, verdict, touched=touched)


def _may_be_equal(here: Change, there: Change, baseline: Baseline) -> bool:
    """Whether a photo changed there may have become what is here."""
    if there is not Change.CHANGED:
        return False
    # With the agreed MD5 known, other bytes there are other bytes than those of an
    # unchanged file here, which need not be read for that.
    return here is Change.CHANGED or baseline.remote.md5 is None


def _has_other_date(local: LocalPhoto, remote: RemotePhoto) -> bool:
    """Whether the service tells a date, and another one than the file's."""
    if remote.modified_ns is None:
        return False
    return abs(local.modified_ns - remote.modified_ns) > TOLERANCE_NS


# -- what became of one side
# -----------------------------------------------------------------


def is_as_agreed_here(local: LocalPhoto, baseline: Baseline) -> bool:
    """Whether nothing tells of a change of the file since the baseline."""
    return local.stat == baseline.local


def is_as_agreed_there(remote: RemotePhoto, baseline: Baseline) -> bool:
    """Whether nothing tells of a change of the remote photo since the baseline."""
    before = baseline.remote
    if before.version and remote.version:
        return before.version == remote.version
    # Some services do not say at once which version they made of what was sent.
    return not (
        _is_known_to_differ(before.size, remote.size)
        or _is_known_to_differ(before.md5, remote.md5)
    )


def find_change_here(pair: Pair, digests: Digests) -> Change:
    """Return what became of the local side; raises SideError if it cannot be read."""
    local, baseline = pair.local, pair.baseline
    if local is None:
        return Change.ABSENT
    if baseline is None or baseline.local is None:
        # New, or the file whose name a KEEP_BOTH settled: the service never had it.
        return Change.CHANGED
    if is_as_agreed_here(local, baseline):
        return Change.UNCHANGED
    if local.size != baseline.local.size:
        # Other sizes, other bytes: the file need not be read for that.
        return Change.CHANGED
    agreed_md5 = _find_agreed_md5(pair.remote, baseline, digests)
    if agreed_md5 is None:
        return Change.CHANGED
    is_same = digests.local(local) == agreed_md5
    return Change.TOUCHED if is_same else Change.CHANGED


def _find_agreed_md5(
    remote: RemotePhoto | None, baseline: Baseline, digests: Digests
) -> str | None:
    """Return the MD5 of what was agreed on, None where it is not known."""
    if baseline.remote.md5 is not None or remote is None:
        return baseline.remote.md5
    if is_as_agreed_there(remote, baseline):
        # What was agreed on is still there to be asked for.
        return digests.remote(remote)
    return None


def find_change_there(
    remote: RemotePhoto | None, baseline: Baseline | None, digests: Digests
) -> Change:
    """Return what became of the remote side."""
    if remote is None:
        return Change.ABSENT
    if baseline is None:
        return Change.CHANGED
    if is_as_agreed_there(remote, baseline):
        return Change.UNCHANGED
    before = baseline.remote
    if _is_known_to_differ(before.size, remote.size) or before.md5 is None:
        return Change.CHANGED
    # A new version of which the service tells no MD5 is an edit for all we know.
    is_same = digests.remote(remote) == before.md5
    return Change.TOUCHED if is_same else Change.CHANGED


def fill_known_bytes(remote: RemotePhoto, baseline: Baseline) -> RemotePhoto:
    """Return the remote photo with what history knows of it where the service does not
    tell.
    """
    before = baseline.remote
    if not (before.version and remote.version):
        return remote
    if before.version == remote.version:
        return remote._replace(
            size=before.size or remote.size, md5=before.md5 or remote.md5
        )
    if before.md5 is not None and before.md5 == remote.md5:
        # Flickr only repeats the size and MD5 that we once wrote of a photo: after an
        # edit in its own editor that is stale.
        return remote._replace(size=None, md5=None)
    return remote


def _is_known_to_differ(old: int | str | None, new: int | str | None) -> bool:
    return old is not None and new is not None and old != new


# -- two photos against each other
# -----------------------------------------------------------


def compare_attributes(
    local: LocalPhoto, remote: RemotePhoto, asked: Asked, digests: Digests
) -> Comparisons:
    """Return what date, size and hash make of two photos, as far as they are asked.

    The first that speaks against equality decides. UNKNOWN: none could be compared, or
    the hash is asked and the service does not know it.
    """
    dated = Comparisons.UNKNOWN
    if asked.date and remote.modified_ns is not None:
        if local.modified_ns - remote.modified_ns > TOLERANCE_NS:
            return Comparisons.REMOTE_OLDER
        # A newer remote photo cannot be told: services date by the upload.
        dated = Comparisons.SAME
    return _compare_contents(local, remote, asked, digests, otherwise=dated)


def _compare_contents(
    local: LocalPhoto,
    remote: RemotePhoto,
    asked: Asked,
    digests: Digests,
    *,
    otherwise: Comparisons,
) -> Comparisons:
    """Return what size and hash make of two photos; `otherwise` where neither tells."""
    verdict = otherwise
    if asked.size and remote.size is not None:
        if local.size != remote.size:
            return Comparisons.DIFFERENT
        verdict = Comparisons.SAME
    if asked.hash:
        return compare_hashes(local, remote, digests)
    return verdict


def compare_hashes(
    local: LocalPhoto, remote: RemotePhoto, digests: Digests
) -> Comparisons:
    """Return SAME, DIFFERENT, or UNKNOWN where the service does not know its MD5.

    Raises SideError if the file must be read and cannot be.
    """
    md5 = digests.remote(remote)
    if md5 is None:
        return Comparisons.UNKNOWN
    if _is_known_to_differ(local.size, remote.size):
        # Other sizes, other bytes: the file need not be read for that.
        return Comparisons.DIFFERENT
    is_same = digests.local(local) == md5
    return Comparisons.SAME if is_same else Comparisons.DIFFERENT


def has_equal_bytes(local: LocalPhoto, remote: RemotePhoto, digests: Digests) -> bool:
    """Whether both photos are known to hold the same bytes."""
    if _is_known_to_differ(local.size, remote.size):
        return False
    return compare_hashes(local, remote, digests) is Comparisons.SAME
