"""How a pair of photos becomes a comparison. Pure: what must be read is asked of
`Digests`.

With a baseline each side is judged by itself: what has become of the photo since both
sides agreed on it? The two answers make the verdict, by one table. `-c` only decides how
a change is found. Without a baseline nobody can know who changed it, and the two photos
are compared with each other: by date, size and hash, as far as asked. Bytes known to
differ outweigh equal dates and sizes, whatever `-c` asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from photosync.compare.attributes import (
    Asked,
    Digests,
    compare_attributes,
    compare_contents,
    compare_hashes,
    has_equal_bytes,
    has_known_other_bytes,
    has_other_date,
    is_known_to_differ,
)
from photosync.compare.changes import (
    Change,
    fill_known_bytes,
    find_change_here,
    find_change_there,
    is_as_agreed_here,
    is_as_agreed_there,
)
from photosync.compare.rot import find_damaged, make_rotten
from photosync.errors import SideError
from photosync.model import (
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    Pair,
    RemotePhoto,
)
from photosync.naming import PhotoKey
from photosync.unforeseen import contain


class Equals(Protocol):
    """Looks up the pairs with nothing to do."""

    def get(self, place: PhotoKey, /) -> Pair | None:
        """Return the pair at a place; None where there is none, or it is not equal."""


_VERDICTS: Mapping[tuple[Change, Change], Comparisons] = {
    # The blurred ones were deleted on the NAS; nobody worked on them there.
    (Change.ABSENT, Change.UNCHANGED): Comparisons.LOCAL_DELETED,
    # Deleted on the NAS; on the service somebody had only corrected its description.
    (Change.ABSENT, Change.TOUCHED): Comparisons.LOCAL_DELETED,
    # A phone sent it to the service. Or it was deleted here, but cropped there: an edit
    # is somebody's work and beats a delete.
    (Change.ABSENT, Change.CHANGED): Comparisons.REMOTE_ONLY,
    # Sorted out on the web page; the file here is the one that was sent.
    (Change.UNCHANGED, Change.ABSENT): Comparisons.REMOTE_DELETED,
    # Sorted out on the web page; here a backup was restored, which gave all files the
    # date of today.
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
    """Return the comparison that the changes of two sides make; at least one of them
    has the photo.
    """
    if Change.UNKNOWN in {here, there}:
        # An unreadable folder, a link, half a listing: that nobody saw a photo does not
        # make it a deleted one.
        return Comparisons.UNKNOWN
    return _VERDICTS[here, there]


def compare(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    """Return the comparison of a pair; at least one side has the photo.

    It is UNKNOWN, with a problem, where a file cannot be read.
    """
    try:
        with contain(f"{pair.album}/{pair.name}"):
            return _judge(pair, asked, digests)
    except SideError as error:
        # A disk with bad sectors: the file is there, whatever is in it.
        verdict = find_verdict(Change.UNKNOWN, Change.UNKNOWN)
        return Difference(pair, verdict, problem=str(error))


def _judge(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    if pair.remote is not None and pair.baseline is not None:
        remote = fill_known_bytes(pair.remote, pair.baseline, closely=asked.hash)
        pair = pair._replace(remote=remote)
    if pair.local is None or pair.remote is None:
        return _compare_single(pair, asked, digests)
    if pair.baseline is None:
        return _compare_first_meeting(pair, asked, digests)
    return _compare_again(pair, asked, digests)


def _compare_single(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    """Return the comparison of a photo that is on one side only."""
    baseline = pair.baseline
    was_never_here = baseline is not None and baseline.local is None
    if pair.local is None and was_never_here:
        # KEEP_BOTH gave the name to a file that has vanished since. The photo there was
        # never here under this name.
        return Difference(pair, Comparisons.REMOTE_ONLY)
    here = find_change_here(pair, digests, closely=asked.hash)
    there = find_change_there(pair.remote, baseline, digests, closely=asked.hash)
    return Difference(pair, find_verdict(here, there))


def _compare_first_meeting(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    """Return the comparison of a pair that the history does not know."""
    local, remote = pair.both
    verdict = compare_attributes(local, remote, asked, digests)
    if verdict is Comparisons.REMOTE_OLDER and has_equal_bytes(local, remote, digests):
        # A library restored from a backup has the date of today. No photo is sent again
        # for that.
        return Difference(pair, Comparisons.SAME, touched=True)
    if not asked.stateless:
        verdict = _judge_strangers(verdict, pair, asked, digests)
    return Difference(pair, verdict)


def _judge_strangers(
    verdict: Comparisons, pair: Pair, asked: Asked, digests: Digests
) -> Comparisons:
    """Return the verdict on two photos that no run has seen equal.

    Two cameras count alike: where both made an IMG_1.JPG, neither is a newer version of
    the other.
    """
    local, remote = pair.both
    if verdict is Comparisons.DIFFERENT:
        return Comparisons.CONFLICT
    if has_known_other_bytes(local, remote, digests):
        return Comparisons.CONFLICT
    if asked.date and has_other_date(local, remote):
        # Equal sizes prove little: all raw pictures of a camera may be of one size.
        return _judge_by_bytes(verdict, local, remote, digests)
    return verdict


def _judge_by_bytes(
    verdict: Comparisons, local: LocalPhoto, remote: RemotePhoto, digests: Digests
) -> Comparisons:
    """Return the verdict on two photos whose dates differ; the bytes decide if known."""
    by_bytes = compare_hashes(local, remote, digests)
    if by_bytes is Comparisons.DIFFERENT:
        return Comparisons.CONFLICT
    if by_bytes is Comparisons.UNKNOWN and verdict is Comparisons.REMOTE_OLDER:
        # A later date alone is no reason to overwrite a photo that cannot be read.
        return Comparisons.UNKNOWN
    return verdict


def _compare_again(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    """Return the comparison of a pair that both sides once agreed on."""
    local, remote = pair.both
    baseline = pair.known
    if not asked.date:
        verdict = compare_attributes(local, remote, asked, digests)
        if verdict is Comparisons.SAME and not _is_known_to_differ(pair, digests):
            # With -c 2 equal sizes are enough where nobody knows the bytes.
            return Difference(pair, verdict)
    here = find_change_here(pair, digests, closely=asked.hash)
    there = find_change_there(remote, baseline, digests, closely=asked.hash)
    if here is Change.UNCHANGED and there is Change.UNCHANGED:
        return _compare_unchanged(pair, asked, digests)
    verdict = find_verdict(here, there)
    may_be_equal = _may_be_equal(here, there, baseline)
    if may_be_equal and has_equal_bytes(local, remote, digests):
        # The same edited file was put on both sides by hand, or a run was killed
        # between an upload and its note in history.
        verdict = Comparisons.SAME
    touched = False
    if asked.date and verdict is Comparisons.SAME and here is not Change.UNCHANGED:
        touched = has_other_date(local, remote)
    return Difference(pair, verdict, touched=touched)


def _compare_unchanged(pair: Pair, asked: Asked, digests: Digests) -> Difference:
    """Return the comparison of a pair that seems unchanged on both sides.

    With `-c 4` the bytes are compared all the same: a disk can lose bytes silently.
    """
    local, remote = pair.both
    # The recorded date is exact: equal dates are enough where the date is asked for.
    dated = Comparisons.SAME if asked.date else Comparisons.UNKNOWN
    verdict = compare_contents(local, remote, asked, digests, otherwise=dated)
    if has_known_other_bytes(local, remote, digests):
        # An earlier run with -c 4 found that.
        verdict = Comparisons.DIFFERENT
    if verdict is Comparisons.DIFFERENT:
        return _judge_silent_change(pair, digests)
    return Difference(pair, verdict)


def _judge_silent_change(pair: Pair, digests: Digests) -> Difference:
    """Return the comparison of a pair whose bytes differ though no date or size does."""
    local, remote = pair.both
    baseline = pair.known
    known = baseline.remote.md5
    is_untouched_here = is_as_agreed_here(local, baseline, closely=True)
    is_untouched_there = is_as_agreed_there(remote, baseline, closely=True)
    is_untouched = is_untouched_here and is_untouched_there
    if known is None or not is_untouched:
        # Never known to be equal; or the time of change says that a program changed the
        # file and put its date back.
        return Difference(pair, Comparisons.DIFFERENT)
    there = digests.remote(remote)
    damaged = find_damaged(known, here=digests.local(local), there=there)
    return make_rotten(pair, damaged, there)


def _is_known_to_differ(pair: Pair, digests: Digests) -> bool:
    """Whether both sides are known to hold other bytes; nothing is read for it."""
    local, remote = pair.both
    baseline = pair.known
    md5_here = digests.known_local(local)
    if md5_here is None and is_as_agreed_here(local, baseline):
        md5_here = baseline.remote.md5
    return is_known_to_differ(md5_here, remote.md5)


def _may_be_equal(here: Change, there: Change, baseline: Baseline) -> bool:
    """Whether a photo that changed there may have the bytes of the file here."""
    if there is not Change.CHANGED:
        return False
    # An unchanged file here has the bytes of the baseline. Where their MD5 is known, the
    # photo there was found to have other ones.
    return here is Change.CHANGED or baseline.remote.md5 is None
