"""What becomes of each side since the baseline, and the verdict that two sides make."""

from __future__ import annotations

import itertools

import pytest

from photosync.compare.attributes import Asked
from photosync.compare.changes import (
    Change,
    agree_on,
    fill_known_bytes,
    find_change_here,
    find_change_there,
)
from photosync.compare.compare import compare, find_verdict
from photosync.compare.rot import make_rotten
from photosync.model import (
    Attributes,
    Baseline,
    Comparisons,
    LocalPhoto,
    LocalStat,
    Pair,
    RemotePhoto,
    Side,
    is_same_version,
)

_C = Comparisons
NOW, LATER = 1_700_000_000_000_000_000, 1_700_003_600_000_000_000
OLD, NEW = "0" * 32, "a" * 32


class Digests:
    """The MD5 of the file here; a service tells what stands in its listing, and gives
    what is there to be read where that is known.
    """

    def __init__(
        self, here: str = OLD, there: str | None = None, *, is_known: bool = False
    ) -> None:
        self.here = here
        self.there = there
        self.is_known = is_known

    def local(self, photo: LocalPhoto) -> str:  # noqa: ARG002 - there is only one
        return self.here

    def known_local(self, photo: LocalPhoto) -> str | None:  # noqa: ARG002 - there is only one
        return self.here if self.is_known else None

    def remote(self, photo: RemotePhoto) -> str | None:
        return photo.md5

    def read_remote(self, photo: RemotePhoto) -> str | None:  # noqa: ARG002 - see above
        return self.there


# -- two sides make a verdict
# -----------------------------------------------------------

GRID = """
               absent          unchanged      touched        changed       unknown
    absent     -               LOCAL_DELETED  LOCAL_DELETED  REMOTE_ONLY   UNKNOWN
    unchanged  REMOTE_DELETED  SAME           SAME           REMOTE_NEWER  UNKNOWN
    touched    REMOTE_DELETED  SAME           SAME           REMOTE_NEWER  UNKNOWN
    changed    LOCAL_ONLY      REMOTE_OLDER   REMOTE_OLDER   CONFLICT      UNKNOWN
    unknown    UNKNOWN         UNKNOWN        UNKNOWN        UNKNOWN       UNKNOWN
"""
"""A line for each state here, a column for each state there."""

HEADS, *LINES = GRID.strip().splitlines()
CELLS = [
    (Change(line.split()[0]), Change(there), verdict)
    for line in LINES
    for there, verdict in zip(HEADS.split(), line.split()[1:], strict=True)
]
VERDICTS = [cell for cell in CELLS if cell[2] != "-"]


def test_there_is_a_verdict_for_all_sides_but_two_absent_ones() -> None:
    sides = {(here, there) for here, there, _ in VERDICTS}
    nothing = (Change.ABSENT, Change.ABSENT)
    assert sides == {*itertools.product(Change, Change)} - {nothing}


@pytest.mark.parametrize(("here", "there", "verdict"), VERDICTS)
def test_two_sides_make_a_verdict(here: Change, there: Change, verdict: str) -> None:
    assert find_verdict(here, there) is Comparisons(verdict)


# -- what became of the file here
# ----------------------------------------------------------


def local(size: int = 1000, modified_ns: int = NOW) -> LocalPhoto:
    return LocalPhoto("a.jpg", "/photos/Trip", "a.jpg", size, modified_ns)


def remote(
    size: int | None = 1000, md5: str | None = OLD, version: str = "v1"
) -> RemotePhoto:
    return RemotePhoto("a.jpg", "id", size, NOW, md5, version)


AGREED = LocalStat(1000, NOW)


def baseline(there: RemotePhoto, here: LocalStat | None = AGREED) -> Baseline:
    return Baseline("Trip", "a.jpg", here, there)


def change_here(
    here: LocalPhoto | None,
    agreed: Baseline | None,
    there: RemotePhoto | None = None,
    md5: str = OLD,
) -> Change:
    pair = Pair("Trip", "a.jpg", here, there, agreed)
    return find_change_here(pair, Digests(md5))


def test_a_file_that_is_not_here_is_absent() -> None:
    assert change_here(None, baseline(remote())) is Change.ABSENT
    assert change_here(None, None, remote()) is Change.ABSENT


def test_a_file_that_history_does_not_know_is_changed() -> None:
    assert change_here(local(), None) is Change.CHANGED


def test_a_file_of_which_only_the_remote_photo_was_agreed_on_is_changed() -> None:
    agreed = baseline(remote(), here=None)
    assert change_here(local(), agreed, remote()) is Change.CHANGED


def test_a_file_of_the_same_size_and_date_is_unchanged_whatever_it_holds() -> None:
    assert change_here(local(), baseline(remote()), md5=NEW) is Change.UNCHANGED


@pytest.mark.parametrize(
    ("md5", "change"), [(OLD, Change.TOUCHED), (NEW, Change.CHANGED)]
)
def test_a_file_of_another_date_is_told_by_its_bytes(md5: str, change: Change) -> None:
    here = local(modified_ns=LATER)
    assert change_here(here, baseline(remote()), md5=md5) is change


def test_a_file_of_another_size_is_changed() -> None:
    assert change_here(local(size=1500), baseline(remote())) is Change.CHANGED


@pytest.mark.parametrize(
    ("there", "change"),
    [
        # What the service still holds is what was agreed on.
        (remote(), Change.TOUCHED),
        # It holds something else by now, or nothing, or does not tell.
        (remote(version="v2"), Change.CHANGED),
        (None, Change.CHANGED),
        (remote(md5=None), Change.CHANGED),
    ],
)
def test_bytes_that_history_does_not_know_may_still_be_told_by_the_service(
    there: RemotePhoto | None, change: Change
) -> None:
    agreed = baseline(remote(md5=None))
    assert change_here(local(modified_ns=LATER), agreed, there) is change


@pytest.mark.parametrize(
    ("agreed_ns", "changed_ns", "md5", "change"),
    [
        (5, 5, NEW, Change.UNCHANGED),
        # Somebody made it executable for all.
        (5, 6, OLD, Change.TOUCHED),
        # An editor of tags put the date back.
        (5, 6, NEW, Change.CHANGED),
        # An earlier release did not keep that time.
        (None, 6, NEW, Change.UNCHANGED),
    ],
)
def test_a_close_look_sees_what_kept_date_and_size(
    agreed_ns: int | None, changed_ns: int, md5: str, change: Change
) -> None:
    here = local()._replace(changed_ns=changed_ns)
    agreed = baseline(remote(), AGREED._replace(changed_ns=agreed_ns))
    pair = Pair("Trip", "a.jpg", here, remote(), agreed)
    assert find_change_here(pair, Digests(md5), closely=True) is change
    assert find_change_here(pair, Digests(md5)) is Change.UNCHANGED


# -- what became of the photo there
# --------------------------------------------------------


def change_there(
    there: RemotePhoto | None, agreed: RemotePhoto | None = None
) -> Change:
    known = baseline(agreed) if agreed else None
    return find_change_there(there, known, Digests())


def test_a_photo_that_is_not_there_is_absent() -> None:
    assert change_there(None, remote()) is Change.ABSENT


def test_a_photo_that_history_does_not_know_is_changed() -> None:
    assert change_there(remote()) is Change.CHANGED


@pytest.mark.parametrize(
    ("there", "agreed", "change"),
    [
        (remote(), remote(), Change.UNCHANGED),
        # The version alone tells, where there is one.
        (remote(md5=NEW), remote(), Change.UNCHANGED),
        (remote(version="v2"), remote(), Change.TOUCHED),
        (remote(version="v2", md5=NEW), remote(), Change.CHANGED),
        (remote(version="v2", size=900), remote(), Change.CHANGED),
        # A new version of bytes that nobody can read may be an edit or not.
        (remote(version="v2", md5=None), remote(), Change.UNKNOWN),
        (remote(version="v2"), remote(md5=None), Change.CHANGED),
        # Without versions sizes and MD5s tell, where both are known.
        (remote(version=""), remote(), Change.UNCHANGED),
        (remote(version="", md5=None), remote(), Change.UNCHANGED),
        (remote(version="", size=None), remote(), Change.UNCHANGED),
        (remote(version="", md5=NEW), remote(), Change.CHANGED),
        (remote(version="", size=900), remote(), Change.CHANGED),
        # So they do where the versions are of two kinds.
        (remote(version="p:2"), remote(version="o:1"), Change.UNCHANGED),
        (remote(version="p:2", md5=NEW), remote(version="o:1"), Change.CHANGED),
    ],
)
def test_a_photo_there_is_told_by_its_version_and_then_its_bytes(
    there: RemotePhoto, agreed: RemotePhoto, change: Change
) -> None:
    assert change_there(there, agreed) is change


@pytest.mark.parametrize(
    ("md5", "change"),
    [(OLD, Change.TOUCHED), (NEW, Change.CHANGED), (None, Change.UNKNOWN)],
)
def test_a_new_version_of_which_the_service_tells_no_md5_is_read(
    md5: str | None, change: Change
) -> None:
    # The album was made public, or somebody edited the photo.
    there = remote(version="v2", md5=None)
    assert find_change_there(there, baseline(remote()), Digests(there=md5)) is change


@pytest.mark.parametrize(
    ("before", "now", "is_same"),
    [
        ("v1", "v1", True),
        ("v1", "v2", False),
        ("", "v1", None),
        ("v1", "", None),
        # Shown to others: the address of the pictures changed, the original did not.
        ("o:1,p:1", "o:1,p:2", True),
        ("o:1,p:1", "o:2,p:1", False),
        # The account lost its originals, or has them again.
        ("o:1,p:1", "p:1", True),
        ("o:1,p:1", "p:2", False),
        ("p:1", "o:2,p:1", True),
        ("o:1", "p:1", None),
        # As an earlier photosync wrote it: that of the original, or of the pictures
        # where the original was withheld.
        ("1", "o:1,p:2", True),
        ("2", "o:1,p:2", True),
        ("3", "o:1,p:2", False),
        ("3", "p:2", None),
    ],
)
def test_versions_are_compared_by_marks_of_one_kind(
    before: str, now: str, *, is_same: bool | None
) -> None:
    assert is_same_version(before, now) is is_same


@pytest.mark.parametrize(
    ("changed_ns", "md5", "change"),
    [(5, NEW, Change.UNCHANGED), (6, OLD, Change.TOUCHED), (6, NEW, Change.CHANGED)],
)
def test_a_close_look_at_a_disk_sees_what_kept_date_and_size(
    changed_ns: int, md5: str, change: Change
) -> None:
    agreed = baseline(remote()._replace(changed_ns=5))
    there = remote(md5=None)._replace(changed_ns=changed_ns)
    there = fill_known_bytes(there, agreed, closely=True)
    digests = Digests(there=md5)
    assert find_change_there(there, agreed, digests, closely=True) is change
    assert find_change_there(there, agreed, digests) is Change.UNCHANGED


def test_what_was_not_looked_at_closely_is_still_to_be_looked_at() -> None:
    before = baseline(remote()._replace(changed_ns=5), AGREED._replace(changed_ns=5))
    here, there = local()._replace(changed_ns=6), remote()._replace(changed_ns=6)
    assert agree_on(here, there, before) == (before.local, before.remote)
    assert agree_on(here, there, before, closely=True) == (here.stat, there)
    assert agree_on(here, there, None) == (here.stat, there)
    # Another date was seen, and the bytes with it.
    later = here._replace(modified_ns=LATER)
    assert agree_on(later, there, before)[0] == later.stat


@pytest.mark.parametrize(
    ("there", "agreed", "filled"),
    [
        # The same version: what was agreed on is what is there.
        (remote(size=None, md5=None), remote(), remote()),
        # As an earlier photosync wrote it.
        (
            remote(version="o:2,p:3", size=None, md5=None),
            remote(version="2"),
            remote(version="o:2,p:3"),
        ),
        # A new version with the old MD5: the service only repeats what we wrote.
        (
            remote(version="v2"),
            remote(),
            remote(size=None, md5=None, version="v2"),
        ),
        # A new version with an MD5 of its own is believed.
        (remote(version="v2", md5=NEW), remote(), remote(version="v2", md5=NEW)),
        # Without versions nobody knows whether it is still the same.
        (
            remote(version="", md5=None),
            remote(version=""),
            remote(version="", md5=None),
        ),
    ],
)
def test_history_fills_in_what_a_service_does_not_tell(
    there: RemotePhoto, agreed: RemotePhoto, filled: RemotePhoto
) -> None:
    assert fill_known_bytes(there, baseline(agreed)) == filled


def test_untouched_photos_of_which_no_size_is_known_are_unknown_to_sizes_alone() -> (
    None
):
    there = remote(size=None, md5=None)
    pair = Pair("Trip", "a.jpg", local(), there, baseline(there))
    verdicts = {
        number: compare(
            pair, Asked.from_attributes(Attributes(number)), Digests()
        ).comparison
        for number in (1, 2, 3)
    }
    assert verdicts == {1: _C.SAME, 2: _C.UNKNOWN, 3: _C.SAME}


@pytest.mark.parametrize("attributes", range(1, 8))
def test_other_bytes_that_an_earlier_run_found_are_never_equal_again(
    attributes: int,
) -> None:
    pair = Pair("Trip", "a.jpg", local(), remote(), baseline(remote()))
    asked = Asked.from_attributes(Attributes(attributes))
    found = compare(pair, asked, Digests(NEW, is_known=True))
    assert (found.comparison, found.damaged) == (_C.ROTTEN, frozenset({Side.LOCAL}))


@pytest.mark.parametrize("attributes", range(1, 8))
@pytest.mark.parametrize(
    ("here", "md5", "there", "verdict"),
    [
        # The service tells of an edit.
        (local(), OLD, remote(md5=NEW, version="v2"), _C.REMOTE_NEWER),
        # The file here was read after its edit, and the run was killed.
        (local(modified_ns=LATER), NEW, remote(), _C.REMOTE_OLDER),
    ],
)
def test_an_edit_of_known_bytes_is_seen_whatever_is_asked(
    attributes: int, here: LocalPhoto, md5: str, there: RemotePhoto, verdict: str
) -> None:
    pair = Pair("Trip", "a.jpg", here, there, baseline(remote()))
    asked = Asked.from_attributes(Attributes(attributes))
    found = compare(pair, asked, Digests(md5, is_known=True))
    assert found.comparison is Comparisons(verdict)


# -- after KEEP_BOTH
# -----------------------------------------------------------------------

ALL = Asked.from_attributes(Attributes(7))


def test_a_file_whose_name_a_keep_both_settled_goes_there() -> None:
    agreed = baseline(remote(), here=None)
    pair = Pair("Trip", "a.jpg", local(), remote(), agreed)
    found = compare(pair, ALL, Digests(NEW))
    assert found.comparison is _C.REMOTE_OLDER


def test_a_photo_whose_file_is_gone_after_a_keep_both_is_only_there() -> None:
    # That the service's photo was ever here under this name nobody can say.
    agreed = baseline(remote(), here=None)
    pair = Pair("Trip", "a.jpg", None, remote(), agreed)
    assert compare(pair, ALL, Digests()).comparison is _C.REMOTE_ONLY


SMALLER = RemotePhoto("a.tif", "1", 10, 0, "x", reduced=True)
CONVERTED = RemotePhoto("a.tif", "1", 10, 0, "x", withheld=True)


@pytest.mark.parametrize("there", [SMALLER, CONVERTED])
def test_what_is_no_copy_of_a_damaged_photo_is_no_good_one(there: RemotePhoto) -> None:
    pair = Pair("Rome", "a.tif", None, there, None)
    found = make_rotten(pair, frozenset({Side.LOCAL}))
    assert found.damaged == frozenset(Side)
