from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from photosync.compare.attributes import Asked
from photosync.compare.compare import compare
from photosync.errors import Rejected
from photosync.model import (
    Attributes,
    Comparisons,
    Difference,
    LocalPhoto,
    Pair,
    RemotePhoto,
)
from unit.compare.one_name import NOW, OURS, SECOND, THEIRS, local, remote

DAY = 86_400


@dataclass
class Census:
    """Hashes known beforehand; remembers of whom it was asked."""

    ours: str | None = OURS
    is_known: bool = False
    asked: list[str] = field(default_factory=list)

    def local(self, photo: LocalPhoto) -> str:
        self.asked.append(f"local {photo.name}")
        if self.ours is None:
            raise Rejected("permission denied")
        return self.ours

    def known_local(self, photo: LocalPhoto) -> str | None:  # noqa: ARG002 - there is only one
        return self.ours if self.is_known else None

    def remote(self, photo: RemotePhoto) -> str | None:
        self.asked.append(f"remote {photo.name}")
        return photo.md5

    def read_remote(self, photo: RemotePhoto) -> str | None:  # noqa: ARG002 - withheld
        return None


def compared(
    attributes: int,
    other: RemotePhoto,
    digests: Census | None = None,
    *,
    stateless: bool = True,
) -> Difference:
    pair = Pair("Trip", "a.jpg", local(), other)
    asked = Asked.from_attributes(Attributes(attributes), stateless=stateless)
    return compare(pair, asked, digests or Census())


# -- the verdict on a pair, with --stateless
# -----------------------------------------------------------------

VERDICTS = {
    "S": (Comparisons.SAME, False),
    "T": (Comparisons.SAME, True),
    "D": (Comparisons.DIFFERENT, False),
    "O": (Comparisons.REMOTE_OLDER, False),
    "U": (Comparisons.UNKNOWN, False),
    "C": (Comparisons.CONFLICT, False),
}
# One verdict for each of -c 1 to -c 7; T is a photo that is the same and was only
# touched.
CASES = [
    ("S S S S S S S", remote()),
    ("S S S D D D D", remote(md5=THEIRS)),
    ("S D D D D D D", remote(size=999, md5=THEIRS)),
    # A little older is as old: not every disk and service keeps time to the second.
    ("S S S D D D D", remote(older=59, md5=THEIRS)),
    ("S S S D D D D", remote(older=60, md5=THEIRS)),
    ("S D D D D D D", remote(older=59, size=999, md5=THEIRS)),
    ("O S O D O D O", remote(older=60.000000001, md5=THEIRS)),
    ("O S O D O D O", remote(older=61, md5=THEIRS)),
    # The date speaks first, even where the size would speak too.
    ("O D O D O D O", remote(older=61, size=999, md5=THEIRS)),
    # Equal bytes are the same photo, whatever the date.
    ("T S T S T S T", remote(older=61)),
    ("S S S S S S S", remote(older=59)),
    ("T U T S T S T", remote(older=DAY, size=None)),
    # Nobody is merely touched whose bytes are not known to be equal.
    ("O S O U O U O", remote(older=61, md5=None)),
    ("O U O U O U O", remote(older=61, size=None, md5=None)),
    ("O D O D O D O", remote(older=61, size=999)),
    # A newer remote cannot be seen by its date.
    ("S S S S S S S", remote(older=-DAY)),
    ("S S S D D D D", remote(older=-DAY, md5=THEIRS)),
    ("S D D D D D D", remote(older=-DAY, size=999, md5=THEIRS)),
    # What the service does not know is left to the other attributes, but for an asked
    # hash.
    ("U S S S S S S", remote(older=None)),
    ("U S S D D D D", remote(older=None, md5=THEIRS)),
    ("U D D D D D D", remote(older=None, size=999, md5=THEIRS)),
    ("S U S S S S S", remote(size=None)),
    ("S U S D D D D", remote(size=None, md5=THEIRS)),
    ("S S S U U U U", remote(md5=None)),
    ("S U S U U U U", remote(size=None, md5=None)),
    ("U S S U U U U", remote(older=None, md5=None)),
    ("U U U S S S S", remote(older=None, size=None)),
    ("U U U U U U U", remote(older=None, size=None, md5=None)),
    # Only what is asked decides: a size that was not asked for says nothing of an
    # unknown hash.
    ("U D D U U D D", remote(older=None, size=999, md5=None)),
]


@pytest.mark.parametrize(
    ("attributes", "other", "verdict"),
    [
        pytest.param(
            number,
            other,
            verdict,
            id=f"-c {number}: {other.modified_ns and (NOW - other.modified_ns) // SECOND} s older,"
            f" size {other.size}, hash {(other.md5 or 'None')[0]}",
        )
        for verdicts, other in CASES
        for number, verdict in enumerate(verdicts.split(), start=1)
    ],
)
def test_the_asked_attributes_decide_about_a_pair(
    attributes: int, other: RemotePhoto, verdict: str
) -> None:
    difference = compared(attributes, other)
    assert (difference.comparison, difference.touched) == VERDICTS[verdict]
    assert not difference.problem


# -- the verdict on two photos that meet, with memory
# ------------------------------------------

# One verdict for each of -c 1 to -c 7, while the MD5 of the file here would have to be
# read, and then while it is known from earlier.
MEETINGS = [
    ("S S S S S S S", "S S S S S S S", remote()),
    ("S S S C C C C", "C C C C C C C", remote(md5=THEIRS)),
    ("C C C C C C C", "C C C C C C C", remote(size=999, md5=THEIRS)),
    # Which of two photos is newer says nothing where they are no versions of one.
    ("C S C C C C C", "C C C C C C C", remote(older=61, md5=THEIRS)),
    ("C C C C C C C", "C C C C C C C", remote(older=61, size=999, md5=None)),
    ("T S T S T S T", "T S T S T S T", remote(older=61)),
    ("C S C C C C C", "C C C C C C C", remote(older=-DAY, md5=THEIRS)),
    ("S S S S S S S", "S S S S S S S", remote(older=-DAY)),
    ("S S S U U U U", "S S S U U U U", remote(older=-DAY, md5=None)),
    # What nobody can read is not overwritten for its date.
    ("U S U U U U U", "U S U U U U U", remote(older=61, md5=None)),
    ("U U U U U U U", "U U U U U U U", remote(older=61, size=None, md5=None)),
    ("S S S U U U U", "S S S U U U U", remote(md5=None)),
    ("U S S C C C C", "C C C C C C C", remote(older=None, md5=THEIRS)),
    ("U U U C C C C", "C C C C C C C", remote(older=None, size=None, md5=THEIRS)),
    ("U U U U U U U", "U U U U U U U", remote(older=None, size=None, md5=None)),
    ("C C C C C C C", "C C C C C C C", remote(older=None, size=999, md5=None)),
]


@pytest.mark.parametrize("attributes", range(1, 8))
@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize(("unread", "known", "other"), MEETINGS)
def test_two_photos_that_meet_are_equal_or_in_conflict(
    attributes: int, *, is_known: bool, unread: str, known: str, other: RemotePhoto
) -> None:
    digests = Census(is_known=is_known)
    difference = compared(attributes, other, digests, stateless=False)
    verdict = (known if is_known else unread).split()[attributes - 1]
    assert (difference.comparison, difference.touched) == VERDICTS[verdict]


@pytest.mark.parametrize("attributes", [1, 2, 3])
def test_equal_dates_and_sizes_are_believed_without_reading(attributes: int) -> None:
    digests = Census()
    compared(attributes, remote(md5=THEIRS), digests, stateless=False)
    assert not digests.asked


@pytest.mark.parametrize("attributes", range(1, 8))
def test_a_photo_on_one_side_only_is_compared_with_nothing(attributes: int) -> None:
    checks, digests = Asked.from_attributes(Attributes(attributes)), Census()
    here = Pair("Trip", "a.jpg", local(), None)
    there = Pair("Trip", "a.jpg", None, remote())
    assert compare(here, checks, digests) == Difference(here, Comparisons.LOCAL_ONLY)
    assert compare(there, checks, digests) == Difference(there, Comparisons.REMOTE_ONLY)
    assert not digests.asked


# -- what is read
# --------------------------------------------------------------------------


@pytest.mark.parametrize("attributes", [1, 2, 3])
def test_no_photo_is_read_where_no_hash_is_asked(attributes: int) -> None:
    digests = Census()
    compared(attributes, remote(), digests)
    assert not digests.asked


@pytest.mark.parametrize("attributes", range(1, 8))
def test_the_local_photo_is_not_read_where_the_size_already_differs(
    attributes: int,
) -> None:
    digests = Census()
    compared(attributes, remote(older=61, size=999), digests)
    assert not any(asked.startswith("local") for asked in digests.asked)


@pytest.mark.parametrize("attributes", [4, 5, 6, 7])
def test_the_local_photo_is_not_read_where_no_remote_hash_is_known(
    attributes: int,
) -> None:
    digests = Census()
    compared(attributes, remote(md5=None), digests)
    assert digests.asked == ["remote a.jpg"]


@pytest.mark.parametrize("attributes", [4, 5, 6, 7])
def test_a_photo_that_cannot_be_read_is_unknown_and_a_problem(attributes: int) -> None:
    difference = compared(attributes, remote(), Census(ours=None))
    assert difference.comparison is Comparisons.UNKNOWN
    assert difference.problem == "permission denied"


def test_a_newer_photo_that_cannot_be_read_is_unknown_and_a_problem() -> None:
    difference = compared(1, remote(older=61), Census(ours=None))
    assert difference.comparison is Comparisons.UNKNOWN
    assert difference.problem == "permission denied"
    assert not difference.touched


def test_a_photo_that_need_not_be_read_need_not_be_readable() -> None:
    assert compared(3, remote(), Census(ours=None)).comparison is Comparisons.SAME
