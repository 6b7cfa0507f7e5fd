"""What history makes of a pair: attributes decide whether two photos differ, history
who changed.

The tables have a line for each -c, a group for each state here, and in it a letter for
each state there: S the same, s the same but for its date, O REMOTE_OLDER, N
REMOTE_NEWER, C CONFLICT, U UNKNOWN, D DIFFERENT, L LOCAL_ONLY, R REMOTE_ONLY, h gone
here, t gone there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.compare.attributes import TOLERANCE_NS, Asked
from photosync.compare.compare import compare
from photosync.compare.pairing import pair_photos
from photosync.errors import Rejected
from photosync.model import (
    Attributes,
    Baseline,
    Comparisons,
    Difference,
    LocalAlbum,
    LocalPhoto,
    LocalStat,
    Pair,
    RemotePhoto,
)
from photosync.naming import name_key

_C = Comparisons
SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND
HOUR = 3600 * SECOND
OLD, OURS, THEIRS = "0" * 32, "a" * 32, "b" * 32
LETTERS = {
    "S": (_C.SAME, False),
    "s": (_C.SAME, True),
    "O": (_C.REMOTE_OLDER, False),
    "N": (_C.REMOTE_NEWER, False),
    "C": (_C.CONFLICT, False),
    "U": (_C.UNKNOWN, False),
    "D": (_C.DIFFERENT, False),
    "L": (_C.LOCAL_ONLY, False),
    "R": (_C.REMOTE_ONLY, False),
    "h": (_C.LOCAL_DELETED, False),
    "t": (_C.REMOTE_DELETED, False),
}


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

    def remote(self, photo: RemotePhoto) -> str | None:
        self.asked.append("remote")
        return photo.md5 or self.there


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


def compared(attributes: int, pair: Pair, digests: Bytes) -> Difference:
    return compare(pair, Asked.from_attributes(Attributes(attributes)), digests)


TABLES = {
    # A size and an MD5 that a service repeats of a new version may be stale: they are
    # asked anew.
    Told(): """
        1  SSNNt  ssNNt  OOCCL  OOCCL  hhRR
        2  SSSNt  SSSNt  SOSCL  OOCCL  hhRR
        3  SSNNt  ssNNt  OOCCL  OOCCL  hhRR
        4  SSNNt  SSNNt  OOCCL  OOCCL  hhRR
        5  SSNNt  ssNNt  OOCCL  OOCCL  hhRR
        6  SSNNt  SSNNt  OOCCL  OOCCL  hhRR
        7  SSNNt  ssNNt  OOCCL  OOCCL  hhRR
    """,
    # What was agreed is not known: a touched photo may be an edited one, unless both
    # are equal.
    Told(baseline=False): """
        1  SSNNt  ssCCL  OCCCL  OCCCL  hRRR
        2  SSSNt  SSSCL  SSSCL  OCCCL  hRRR
        3  SSNNt  ssCCL  OCCCL  OCCCL  hRRR
        4  SSNNt  SSCCL  OCCCL  OCCCL  hRRR
        5  SSNNt  ssCCL  OCCCL  OCCCL  hRRR
        6  SSNNt  SSCCL  OCCCL  OCCCL  hRRR
        7  SSNNt  ssCCL  OCCCL  OCCCL  hRRR
    """,
    # A new version of unknown bytes is an edit.
    Told(remote=False): """
        1  SNNNt  sNNNt  OCCCL  OCCCL  hRRR
        2  SSSNt  SSSNt  SSSCL  OCCCL  hRRR
        3  SNNNt  sNNNt  OCCCL  OCCCL  hRRR
        4  SNNNt  SNNNt  OCCCL  OCCCL  hRRR
        5  SNNNt  sNNNt  OCCCL  OCCCL  hRRR
        6  SNNNt  SNNNt  OCCCL  OCCCL  hRRR
        7  SNNNt  sNNNt  OCCCL  OCCCL  hRRR
    """,
    Told(baseline=False, remote=False): """
        1  SNNNt  OCCCL  OCCCL  OCCCL  hRRR
        2  SSSNt  SSSCL  SSSCL  OCCCL  hRRR
        3  SNNNt  OCCCL  OCCCL  OCCCL  hRRR
        4  UNNNt  OCCCL  OCCCL  OCCCL  hRRR
        5  UNNNt  OCCCL  OCCCL  OCCCL  hRRR
        6  UNNNt  OCCCL  OCCCL  OCCCL  hRRR
        7  UNNNt  OCCCL  OCCCL  OCCCL  hRRR
    """,
    # Without versions other bytes still tell of an edit.
    Told(version=False): """
        1  SSNNt  ssNNt  OOCCL  OOCCL  hhRR
        2  SSSNt  SSSNt  SSSCL  OOCCL  hhRR
        3  SSNNt  ssNNt  OOCCL  OOCCL  hhRR
        4  SSNNt  SSNNt  OOCCL  OOCCL  hhRR
        5  SSNNt  ssNNt  OOCCL  OOCCL  hhRR
        6  SSNNt  SSNNt  OOCCL  OOCCL  hhRR
        7  SSNNt  ssNNt  OOCCL  OOCCL  hhRR
    """,
    # An edit of equal size that nothing tells of cannot be seen, one of another size
    # can.
    Told(remote=False, version=False): """
        1  SSSNt  sssNt  OOOCL  OOOCL  hhhR
        2  SSSNt  SSSNt  SSSCL  OOOCL  hhhR
        3  SSSNt  sssNt  OOOCL  OOOCL  hhhR
        4  UUUNt  SSSNt  OOOCL  OOOCL  hhhR
        5  UUUNt  sssNt  OOOCL  OOOCL  hhhR
        6  UUUNt  SSSNt  OOOCL  OOOCL  hhhR
        7  UUUNt  sssNt  OOOCL  OOOCL  hhhR
    """,
    Told(baseline=False, version=False): """
        1  SSSNt  ssOCL  OOOCL  OOOCL  hhhR
        2  SSSNt  SSSCL  SSSCL  OOOCL  hhhR
        3  SSSNt  ssOCL  OOOCL  OOOCL  hhhR
        4  SSDNt  SSOCL  OOOCL  OOOCL  hhhR
        5  SSDNt  ssOCL  OOOCL  OOOCL  hhhR
        6  SSDNt  SSOCL  OOOCL  OOOCL  hhhR
        7  SSDNt  ssOCL  OOOCL  OOOCL  hhhR
    """,
    Told(baseline=False, remote=False, version=False): """
        1  SSSNt  OOOCL  OOOCL  OOOCL  hhhR
        2  SSSNt  SSSCL  SSSCL  OOOCL  hhhR
        3  SSSNt  OOOCL  OOOCL  OOOCL  hhhR
        4  UUUNt  OOOCL  OOOCL  OOOCL  hhhR
        5  UUUNt  OOOCL  OOOCL  OOOCL  hhhR
        6  UUUNt  OOOCL  OOOCL  OOOCL  hhhR
        7  UUUNt  OOOCL  OOOCL  OOOCL  hhhR
    """,
}
CELLS = [
    pytest.param(
        *(told, int(number), here, there, letter),
        id=f"-c {number}, {here} here, {there} there, known {''.join('ny'[one] for one in told)}",
    )
    for told, table in TABLES.items()
    for number, *groups in (line.split() for line in table.strip().splitlines())
    for here, letters in zip(STATES, groups, strict=True)
    for there, letter in zip(STATES, letters, strict=False)
]


def test_the_tables_hold_every_state_but_gone_on_both_sides() -> None:
    assert len(CELLS) == 8 * 7 * (5 * 5 - 1)


@pytest.mark.parametrize(("told", "attributes", "here", "there", "letter"), CELLS)
def test_history_tells_who_changed(
    told: Told, attributes: int, here: str, there: str, letter: str
) -> None:
    ours, theirs = HERE[here], THERE[there]
    difference = compared(
        attributes, pair_of(ours, theirs, told), bytes_of(ours, theirs, told)
    )
    assert (difference.comparison, difference.touched) == LETTERS[letter]
    assert not difference.problem


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
            *(_C.REMOTE_OLDER, _C.DIFFERENT, _C.SAME, _C.UNKNOWN),
            *(_C.LOCAL_ONLY, _C.REMOTE_ONLY),
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


# -- pairing by history
# --------------------------------------------------------------------


def album(*photos: LocalPhoto) -> LocalAlbum:
    return LocalAlbum("Trip", ("/photos/Trip",), photos)


def named(
    name: str, number: int = 1, *, size: int = 1000, stem: str = ""
) -> RemotePhoto:
    return RemotePhoto(name, f"id{number}", size, NOW, stem=stem)


def known(photo: RemotePhoto) -> dict[str, Baseline]:
    return {
        name_key(photo.name): Baseline("Trip", photo.name, LocalStat(1000, NOW), photo)
    }


def test_what_only_history_knows_is_a_pair_of_nothing() -> None:
    past = known(named("a.jpg"))
    assert list(pair_photos("Trip", None, [], past)) == [
        (Pair("Trip", "a.jpg", None, None, past["a.jpg"]), ())
    ]


def test_each_side_is_paired_with_what_history_knows_of_its_name() -> None:
    past = known(named("a.jpg")) | known(named("b.jpg", 2))
    here = LocalPhoto("a.jpg", "/photos/Trip", "a.jpg", 1000, NOW)
    assert list(pair_photos("Trip", album(here), [named("b.jpg", 2)], past)) == [
        (Pair("Trip", "a.jpg", here, None, past["a.jpg"]), ()),
        (Pair("Trip", "b.jpg", None, named("b.jpg", 2), past["b.jpg"]), ()),
    ]


@pytest.mark.parametrize("present", [True, False])
def test_of_remote_photos_of_one_name_that_of_history_is_the_pair(
    *, present: bool
) -> None:
    first, second = named("a.jpg"), named("a.jpg", 2, size=999)
    here = LocalPhoto("a.jpg", "/photos/Trip", "a.jpg", 1000, NOW)
    ((pair, duplicates),) = pair_photos(
        "Trip", album(here) if present else None, [first, second], known(second)
    )
    assert (pair.remote, duplicates) == (second, (first,))


def test_a_photo_whose_ending_is_a_guess_is_found_in_history_by_its_id() -> None:
    past = known(named("a.png"))
    guessed = named("a.jpg", stem="a")
    ((pair, _),) = pair_photos("Trip", None, [guessed], past)
    assert pair.baseline == past["a.png"]


def test_history_keeps_its_names_in_any_form() -> None:
    past = known(named("e\u0301.jpg"))
    here = LocalPhoto("\xe9.jpg", "/photos/Trip", "\xe9.jpg", 1000, NOW)
    ((pair, _),) = pair_photos("Trip", album(here), [], past)
    assert pair.baseline == past[name_key("\xe9.jpg")]
