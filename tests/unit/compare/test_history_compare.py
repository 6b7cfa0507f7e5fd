"""What history makes of a pair: attributes decide whether two photos differ, history
who changed.

The grids have a line for each state here and a column for each state there, and in it
what -c 3 makes of them; a star marks the same photo with another date here. What the
other -c make of the same states follows from -c 3 by few rules, each a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.compare.attributes import TOLERANCE_NS, Asked
from photosync.compare.compare import compare
from photosync.errors import Rejected
from photosync.model import (
    Attributes,
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    LocalStat,
    Pair,
    RemotePhoto,
)

_C = Comparisons
SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND
HOUR = 3600 * SECOND
OLD, OURS, THEIRS = "0" * 32, "a" * 32, "b" * 32


class Content(NamedTuple):
    """What a photo holds: its size, how much later than agreed it was changed, its
    MD5.
    """

    size: int
    later: int
    md5: str


STATES = ("unchanged", "touched", "edited", "resized", "gone")
HERE = {
    "unchanged": Content(1000, 0, OLD),
    "touched": Content(1000, HOUR, OLD),
    "edited": Content(1000, HOUR, OURS),
    "resized": Content(1500, HOUR, OURS),
    "gone": None,
}
THERE = {
    "unchanged": Content(1000, 0, OLD),
    "touched": Content(1000, 2 * HOUR, OLD),
    "edited": Content(1000, 2 * HOUR, THEIRS),
    "resized": Content(900, 2 * HOUR, THEIRS),
    "gone": None,
}


class Told(NamedTuple):
    """What is known: the MD5 when it was agreed, the remote MD5 now, and the remote
    version.
    """

    baseline: bool = True
    remote: bool = True
    version: bool = True


@dataclass
class Bytes:
    """The MD5s of what the two sides hold; None there is not known, here not
    readable.
    """

    here: str | None
    there: str | None = None
    asked: list[str] = field(default_factory=list)

    def local(self, photo: LocalPhoto) -> str:  # noqa: ARG002 - there is only one
        self.asked.append("local")
        if self.here is None:
            raise Rejected("permission denied")
        return self.here

    def known_local(self, photo: LocalPhoto) -> None:
        """Nothing was read by an earlier run."""

    def remote(self, photo: RemotePhoto) -> str | None:
        self.asked.append("remote")
        return photo.md5 or self.there

    def read_remote(self, photo: RemotePhoto) -> str | None:  # noqa: ARG002 - see above
        return self.there


def local(content: Content | None) -> LocalPhoto | None:
    if content is None:
        return None
    return LocalPhoto(
        "a.jpg", "/photos/Trip", "a.jpg", content.size, NOW + content.later
    )


def remote(
    content: Content | None, *, md5: bool = True, version: bool = True
) -> RemotePhoto | None:
    if content is None:
        return None
    return RemotePhoto(
        *("a.jpg", "id", content.size, NOW + content.later),
        md5=content.md5 if md5 else None,
        version=f"v{content.later}" if version else "",
    )


def baseline(told: Told) -> Baseline:
    photo = remote(THERE["unchanged"], md5=told.baseline, version=told.version)
    assert photo is not None
    return Baseline("Trip", "a.jpg", LocalStat(1000, NOW), photo)


def pair_of(here: Content | None, there: Content | None, told: Told) -> Pair:
    photo = remote(there, md5=told.remote, version=told.version)
    return Pair("Trip", "a.jpg", local(here), photo, baseline(told))


def bytes_of(here: Content | None, there: Content | None, told: Told) -> Bytes:
    return Bytes(
        here.md5 if here else None, there.md5 if there and told.remote else None
    )


class Cell(NamedTuple):
    """A state of both sides, and the comparison it must lead to."""

    told: Told
    here: str
    there: str
    comparison: Comparisons
    touched: bool

    @property
    def pair(self) -> Pair:
        return pair_of(HERE[self.here], THERE[self.there], self.told)

    @property
    def bytes(self) -> Bytes:
        return bytes_of(HERE[self.here], THERE[self.there], self.told)

    def __str__(self) -> str:
        known = [name for name, is_told in self.told._asdict().items() if is_told]
        return f"{self.here} here, {self.there} there, told {known or 'nothing'}"


def compared(attributes: int, pair: Pair, digests: Bytes) -> Difference:
    return compare(pair, Asked.from_attributes(Attributes(attributes)), digests)


GRIDS = {
    # Everything is known. A size and an MD5 that a service repeats of a new version may
    # be stale: they are asked anew.
    Told(): """
                  unchanged      touched        edited         resized        gone
        unchanged SAME           SAME           REMOTE_NEWER   REMOTE_NEWER   REMOTE_DELETED
        touched   SAME*          SAME*          REMOTE_NEWER   REMOTE_NEWER   REMOTE_DELETED
        edited    REMOTE_OLDER   REMOTE_OLDER   CONFLICT       CONFLICT       LOCAL_ONLY
        resized   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       CONFLICT       LOCAL_ONLY
        gone      LOCAL_DELETED  LOCAL_DELETED  REMOTE_ONLY    REMOTE_ONLY
    """,
    # What was agreed is not known: a touched photo may be an edited one, unless both
    # are equal.
    Told(baseline=False): """
                  unchanged      touched        edited         resized        gone
        unchanged SAME           SAME           REMOTE_NEWER   REMOTE_NEWER   REMOTE_DELETED
        touched   SAME*          SAME*          CONFLICT       CONFLICT       LOCAL_ONLY
        edited    REMOTE_OLDER   CONFLICT       CONFLICT       CONFLICT       LOCAL_ONLY
        resized   REMOTE_OLDER   CONFLICT       CONFLICT       CONFLICT       LOCAL_ONLY
        gone      LOCAL_DELETED  REMOTE_ONLY    REMOTE_ONLY    REMOTE_ONLY
    """,
    # A new version of bytes that cannot be read may be an edit or not.
    Told(remote=False): """
                  unchanged      touched        edited         resized        gone
        unchanged SAME           UNKNOWN        UNKNOWN        REMOTE_NEWER   REMOTE_DELETED
        touched   SAME*          UNKNOWN        UNKNOWN        REMOTE_NEWER   REMOTE_DELETED
        edited    REMOTE_OLDER   UNKNOWN        UNKNOWN        CONFLICT       LOCAL_ONLY
        resized   REMOTE_OLDER   UNKNOWN        UNKNOWN        CONFLICT       LOCAL_ONLY
        gone      LOCAL_DELETED  UNKNOWN        UNKNOWN        REMOTE_ONLY
    """,
    # No bytes are known at all: whatever moved on is an edit.
    Told(baseline=False, remote=False): """
                  unchanged      touched        edited         resized        gone
        unchanged SAME           REMOTE_NEWER   REMOTE_NEWER   REMOTE_NEWER   REMOTE_DELETED
        touched   REMOTE_OLDER   CONFLICT       CONFLICT       CONFLICT       LOCAL_ONLY
        edited    REMOTE_OLDER   CONFLICT       CONFLICT       CONFLICT       LOCAL_ONLY
        resized   REMOTE_OLDER   CONFLICT       CONFLICT       CONFLICT       LOCAL_ONLY
        gone      LOCAL_DELETED  REMOTE_ONLY    REMOTE_ONLY    REMOTE_ONLY
    """,
    # Without versions other bytes still tell of an edit.
    Told(version=False): """
                  unchanged      touched        edited         resized        gone
        unchanged SAME           SAME           REMOTE_NEWER   REMOTE_NEWER   REMOTE_DELETED
        touched   SAME*          SAME*          REMOTE_NEWER   REMOTE_NEWER   REMOTE_DELETED
        edited    REMOTE_OLDER   REMOTE_OLDER   CONFLICT       CONFLICT       LOCAL_ONLY
        resized   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       CONFLICT       LOCAL_ONLY
        gone      LOCAL_DELETED  LOCAL_DELETED  REMOTE_ONLY    REMOTE_ONLY
    """,
    # An edit of equal size that nothing tells of cannot be seen, one of another size
    # can.
    Told(remote=False, version=False): """
                  unchanged      touched        edited         resized        gone
        unchanged SAME           SAME           SAME           REMOTE_NEWER   REMOTE_DELETED
        touched   SAME*          SAME*          SAME*          REMOTE_NEWER   REMOTE_DELETED
        edited    REMOTE_OLDER   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       LOCAL_ONLY
        resized   REMOTE_OLDER   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       LOCAL_ONLY
        gone      LOCAL_DELETED  LOCAL_DELETED  LOCAL_DELETED  REMOTE_ONLY
    """,
    # An MD5 that is told now says nothing of an edit where none was told before.
    Told(baseline=False, version=False): """
                  unchanged      touched        edited         resized        gone
        unchanged SAME           SAME           SAME           REMOTE_NEWER   REMOTE_DELETED
        touched   SAME*          SAME*          REMOTE_OLDER   CONFLICT       LOCAL_ONLY
        edited    REMOTE_OLDER   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       LOCAL_ONLY
        resized   REMOTE_OLDER   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       LOCAL_ONLY
        gone      LOCAL_DELETED  LOCAL_DELETED  LOCAL_DELETED  REMOTE_ONLY
    """,
    # Sizes alone: an edit here shows by its date, one there only by its size.
    Told(baseline=False, remote=False, version=False): """
                  unchanged      touched        edited         resized        gone
        unchanged SAME           SAME           SAME           REMOTE_NEWER   REMOTE_DELETED
        touched   REMOTE_OLDER   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       LOCAL_ONLY
        edited    REMOTE_OLDER   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       LOCAL_ONLY
        resized   REMOTE_OLDER   REMOTE_OLDER   REMOTE_OLDER   CONFLICT       LOCAL_ONLY
        gone      LOCAL_DELETED  LOCAL_DELETED  LOCAL_DELETED  REMOTE_ONLY
    """,
}


def read_grids() -> Iterator[Cell]:
    for told, grid in GRIDS.items():
        heads, *lines = grid.strip().splitlines()
        for line in lines:
            here, *verdicts = line.split()
            # Gone on both sides is nothing to compare: that cell is left out.
            for there, verdict in zip(heads.split(), verdicts, strict=False):
                comparison = Comparisons(verdict.rstrip("*"))
                yield Cell(told, here, there, comparison, verdict.endswith("*"))


CELLS = list(read_grids())


def test_the_grids_hold_every_state_but_gone_on_both_sides() -> None:
    assert len(CELLS) == 8 * (5 * 5 - 1)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_history_tells_who_changed(cell: Cell) -> None:
    difference = compared(3, cell.pair, cell.bytes)
    assert (difference.comparison, difference.touched) == (
        cell.comparison,
        cell.touched,
    )
    assert not difference.problem


# -- what -c adds to it
# --------------------------------------------------------------------


def verdict_of(cell: Cell, attributes: int) -> tuple[Comparisons, bool]:
    difference = compared(attributes, cell.pair, cell.bytes)
    assert not difference.problem
    return difference.comparison, difference.touched


@pytest.mark.parametrize(("fewer", "more"), [(1, 3), (5, 7), (4, 6)])
def test_an_asked_size_adds_nothing_to_what_history_tells(
    fewer: int, more: int
) -> None:
    for cell in CELLS:
        assert verdict_of(cell, fewer) == verdict_of(cell, more), cell


def test_without_the_date_nobody_asks_whether_a_photo_was_touched() -> None:
    for cell in CELLS:
        comparison, _ = verdict_of(cell, 7)
        assert verdict_of(cell, 4) == (comparison, False), cell


def test_with_sizes_alone_equal_sizes_are_the_same() -> None:
    for cell in CELLS:
        local, remote = cell.pair.local, compared(2, cell.pair, cell.bytes).pair.remote
        expected = cell.comparison
        agreed = cell.pair.baseline
        if local and remote and agreed and local.size == remote.size:
            is_as_agreed = local.stat == agreed.local
            tells = agreed.remote.md5 and remote.md5 not in {None, agreed.remote.md5}
            # Bytes known to be others outweigh equal sizes.
            if not (is_as_agreed and tells):
                expected = _C.SAME
        assert verdict_of(cell, 2) == (expected, False), cell


NOTHING = Told(baseline=False, remote=False, version=False)
# What nobody seems to have touched is looked at when the hash is asked.
SEEN_BY_HASH = {
    # The service tells no MD5, and history knew none.
    (Told(baseline=False, remote=False), "unchanged", "unchanged"): _C.UNKNOWN,
    # Without versions and MD5s an unchanged photo and an edited one look alike.
    (Told(remote=False, version=False), "unchanged", "unchanged"): _C.UNKNOWN,
    (Told(remote=False, version=False), "unchanged", "touched"): _C.UNKNOWN,
    (Told(remote=False, version=False), "unchanged", "edited"): _C.UNKNOWN,
    # The service tells an MD5 now, which is not that of the file here.
    (Told(baseline=False, version=False), "unchanged", "edited"): _C.DIFFERENT,
    (NOTHING, "unchanged", "unchanged"): _C.UNKNOWN,
    (NOTHING, "unchanged", "touched"): _C.UNKNOWN,
    (NOTHING, "unchanged", "edited"): _C.UNKNOWN,
}


@pytest.mark.parametrize(("told", "here", "there"), SEEN_BY_HASH)
def test_an_asked_hash_looks_at_what_nobody_seems_to_have_touched(
    told: Told, here: str, there: str
) -> None:
    expected = SEEN_BY_HASH[told, here, there]
    cell = Cell(told, here, there, expected, touched=False)
    assert verdict_of(cell, 7) == (expected, False)


def test_an_asked_hash_changes_nothing_where_something_tells_of_a_change() -> None:
    for cell in CELLS:
        if (cell.told, cell.here, cell.there) not in SEEN_BY_HASH:
            assert verdict_of(cell, 7) == (cell.comparison, cell.touched), cell


@pytest.mark.parametrize("attributes", range(1, 8))
@pytest.mark.parametrize("told", [Told(), Told(baseline=False), Told(version=False)])
def test_the_same_edit_on_both_sides_is_no_conflict(
    attributes: int, told: Told
) -> None:
    edit = Content(1200, HOUR, OURS)
    difference = compared(attributes, pair_of(edit, edit, told), Bytes(OURS))
    assert (difference.comparison, difference.touched) == (_C.SAME, False)


# -- what is read
# --------------------------------------------------------------------------


@pytest.mark.parametrize("attributes", range(1, 8))
@pytest.mark.parametrize("version", [True, False])
def test_what_nobody_touched_is_not_read(attributes: int, *, version: bool) -> None:
    digests = Bytes(OLD)
    told = Told(version=version)
    compared(attributes, pair_of(HERE["unchanged"], THERE["unchanged"], told), digests)
    assert attributes & 4 or not digests.asked
    # An asked hash is looked up; that nothing is read again is the business of its
    # cache.
    assert digests.asked.count("local") == (1 if attributes & 4 else 0)


@pytest.mark.parametrize("there", [one for one in STATES if one != "gone"])
def test_a_resized_photo_is_not_read_to_see_that_it_changed(there: str) -> None:
    digests = Bytes(None)
    pair = pair_of(HERE["resized"], THERE[there], Told())
    assert not compared(3, pair, digests).problem


@pytest.mark.parametrize("attributes", range(1, 8))
def test_a_touched_photo_that_cannot_be_read_is_unknown_and_a_problem(
    attributes: int,
) -> None:
    pair = pair_of(HERE["touched"], THERE["unchanged"], Told())
    difference = compared(attributes, pair, Bytes(None))
    if attributes == 2:
        assert difference.comparison is _C.SAME
    else:
        assert (difference.comparison, difference.problem) == (
            _C.UNKNOWN,
            "permission denied",
        )


def test_a_touched_photo_that_cannot_be_read_is_not_taken_for_deleted_there() -> None:
    difference = compared(3, pair_of(HERE["touched"], None, Told()), Bytes(None))
    assert (difference.comparison, difference.problem) == (
        _C.UNKNOWN,
        "permission denied",
    )


def test_what_a_service_says_by_itself_is_completed_from_history() -> None:
    pair = pair_of(HERE["unchanged"], THERE["unchanged"], Told(remote=False))
    found = compared(3, pair, Bytes(OLD)).pair.remote
    assert found is not None
    assert found.md5 == OLD


# -- whatever the two sides hold
# -----------------------------------------------------------

MD5S = st.sampled_from((OLD, OURS, THEIRS))
CONTENTS = st.builds(
    Content,
    st.sampled_from((900, 1000, 1500)),
    st.sampled_from((-HOUR, 0, TOLERANCE_NS // 2, HOUR)),
    MD5S,
)
TOLD = st.builds(Told, st.booleans(), st.booleans(), st.booleans())
ATTRIBUTES = st.integers(1, 7)


@given(CONTENTS, CONTENTS, TOLD, ATTRIBUTES)
def test_bytes_known_to_be_equal_are_never_in_conflict(
    here: Content, there: Content, told: Told, attributes: int
) -> None:
    pair = pair_of(
        here, there._replace(size=here.size, md5=here.md5), told._replace(remote=True)
    )
    assert (
        compared(attributes, pair, Bytes(here.md5, here.md5)).comparison
        is not _C.CONFLICT
    )


@given(
    st.sampled_from(((900, 1500), (1500, 900))),
    st.sampled_from((OURS, THEIRS)),
    st.sampled_from((OURS, THEIRS)),
    TOLD,
    ATTRIBUTES,
)
def test_two_edits_are_never_taken_for_one(
    sizes: tuple[int, int], ours: str, theirs: str, told: Told, attributes: int
) -> None:
    here, there = Content(sizes[0], -HOUR, ours), Content(sizes[1], HOUR, theirs)
    found = compared(
        attributes, pair_of(here, there, told), bytes_of(here, there, told)
    )
    # Equal bytes of two sizes there are not, but where both are asked for they are
    # believed.
    assert found.comparison is _C.CONFLICT or (ours == theirs and told.remote)


@given(CONTENTS, TOLD, ATTRIBUTES)
def test_a_photo_changed_here_is_never_taken_for_deleted_there(
    here: Content, told: Told, attributes: int
) -> None:
    difference = compared(attributes, pair_of(here, None, told), Bytes(here.md5))
    changed = here.size != 1000 or (
        here.later and (here.md5 != OLD or not told.baseline)
    )
    assert difference.comparison is (_C.LOCAL_ONLY if changed else _C.REMOTE_DELETED)


@given(CONTENTS, TOLD, ATTRIBUTES)
def test_a_photo_changed_there_is_never_taken_for_deleted_here(
    there: Content, told: Told, attributes: int
) -> None:
    difference = compared(attributes, pair_of(None, there, told), Bytes(None))
    known = told.baseline and told.remote
    if difference.comparison is _C.UNKNOWN:
        # A new version that cannot be read.
        assert told.version
        assert there.later
        assert not told.remote or there.md5 == OLD
        return
    assert difference.comparison in {_C.LOCAL_DELETED, _C.REMOTE_ONLY}
    seen = told.version and there.later != 0
    if there.size != 1000 and (seen or not told.version):
        assert difference.comparison is _C.REMOTE_ONLY
    if there.md5 != OLD and (seen or not told.version) and (known or told.version):
        assert difference.comparison is _C.REMOTE_ONLY
    if there == THERE["unchanged"]:
        assert difference.comparison is _C.LOCAL_DELETED


@given(CONTENTS, CONTENTS, TOLD, ATTRIBUTES)
def test_without_history_nobody_is_said_to_have_changed(
    here: Content, there: Content, told: Told, attributes: int
) -> None:
    for ours, theirs in ((here, there), (here, None), (None, there)):
        pair = pair_of(ours, theirs, told)._replace(baseline=None)
        assert compared(attributes, pair, Bytes(here.md5)).comparison in {
            *(_C.CONFLICT, _C.SAME, _C.UNKNOWN),
            *(_C.LOCAL_ONLY, _C.REMOTE_ONLY),
        }


@given(CONTENTS, CONTENTS, TOLD, ATTRIBUTES)
def test_stateless_a_pair_is_compared_as_the_two_sides_are(
    here: Content, there: Content, told: Told, attributes: int
) -> None:
    pair = pair_of(here, there, told)._replace(baseline=None)
    asked = Asked.from_attributes(Attributes(attributes), stateless=True)
    assert compare(pair, asked, Bytes(here.md5)).comparison in {
        *(_C.REMOTE_OLDER, _C.DIFFERENT, _C.SAME, _C.UNKNOWN),
    }


@given(CONTENTS, CONTENTS, TOLD, ATTRIBUTES)
def test_a_pair_stays_what_it_was_but_for_what_history_adds(
    here: Content, there: Content, told: Told, attributes: int
) -> None:
    pair = pair_of(here, there, told)
    after = compared(attributes, pair, Bytes(here.md5)).pair
    assert after.remote is not None
    assert pair.remote is not None
    found = after.remote._replace(md5=pair.remote.md5, size=pair.remote.size)
    assert after._replace(remote=found) == pair
