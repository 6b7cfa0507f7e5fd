"""Which further photos of one name `-dd` deletes, and what is told of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.compare.findings import Findings
from photosync.compare.pairing import Pairing
from photosync.model import (
    Actions,
    Baseline,
    Comparisons,
    Pair,
    RemotePhoto,
    Side,
    Step,
)
from photosync.modes import MODES
from photosync.plan.duplicates import (
    find_repeats,
    leave_busy_duplicates,
    propose_duplicates,
)
from photosync.plan.policy import Policy
from photosync.plan.proposal import Limits, Proposal, ProposalBuilder

KEPT = RemotePhoto("a.jpg", "1", 10, 1, "same")
SMALLER = KEPT._replace(reduced=True)


def propose(kept: RemotePhoto, other: RemotePhoto, **wanted: bool) -> Proposal:
    policy = Policy(MODES["sync"], frozenset(Side), **wanted)  # type: ignore[arg-type]
    pairing = Pairing(Pair("Rome", "a.jpg", None, kept), (other,))
    findings = Findings("drive", duplicates=[pairing])
    return ProposalBuilder("drive", policy).build(findings, Limits())


@pytest.mark.parametrize(
    ("kept", "other", "is_deleted"),
    [
        (KEPT, KEPT, True),
        (KEPT, SMALLER, True),
        (SMALLER, SMALLER, True),
        # The full picture would go, and what is kept is a smaller copy of it.
        (SMALLER, KEPT, False),
        (KEPT, KEPT._replace(md5="other"), False),
        (KEPT, KEPT._replace(md5=None), False),
        (KEPT._replace(md5=None), KEPT._replace(md5=None), False),
    ],
)
def test_only_equal_bytes_are_deleted_and_the_rest_is_told(
    kept: RemotePhoto, other: RemotePhoto, *, is_deleted: bool
) -> None:
    proposal = propose(kept, other._replace(id="2"), deletedups=True)
    actions = [step.action for step in proposal.duplicates]
    told = [problem.reason for problem in proposal.problems]
    if is_deleted:
        assert (actions, told) == ([Actions.DELETE_REMOTE], [])
    else:
        assert actions == []
        reason = "id 2 left alone, as it is not known to hold the bytes of id 1"
        assert told == [f"Drive holds this name twice; {reason}"]


def test_without_the_option_equal_ones_are_told_with_it() -> None:
    proposal = propose(KEPT, KEPT._replace(id="2"))
    assert proposal.duplicates == ()
    assert [problem.reason for problem in proposal.problems] == [
        "Drive holds this name twice; id 2 left alone (see -dd)"
    ]


# -- which of them stays
# ------------------------------------------------------------------------


POLICY = Policy(MODES["sync"], frozenset(Side), deletedups=True)
OLDER = KEPT._replace(id="9", modified_ns=0)


def pairing_of(
    chosen: RemotePhoto, *others: RemotePhoto, known: RemotePhoto | None = None
) -> Pairing:
    baseline = Baseline("Rome", "a.jpg", None, known) if known else None
    return Pairing(Pair("Rome", "a.jpg", None, chosen, baseline), others)


photos = st.builds(
    RemotePhoto,
    name=st.just("a.jpg"),
    id=st.sampled_from("123456"),
    size=st.just(10),
    modified_ns=st.sampled_from([None, 1, 2]),
    md5=st.sampled_from([None, "same", "other"]),
    reduced=st.booleans(),
)
namesakes = st.lists(photos, min_size=2, max_size=6, unique_by=lambda one: one.id)


@given(namesakes, st.data())
def test_computers_at_one_time_leave_one_of_all_equal_photos(
    there: list[RemotePhoto], data: st.DataObject
) -> None:
    """Each computer knows another one, and not all of them see all the photos."""
    gone: set[str] = set()
    for _ in range(3):
        seen = data.draw(st.permutations(there))
        seen = seen[: data.draw(st.integers(2, len(seen)))]
        gone |= {
            photo.id
            for photo, kept in find_repeats(pairing_of(*seen, known=seen[0]))
            # The service is asked for the one that stays before the other goes.
            if kept.id not in gone
        }
    for md5 in ("same", "other"):
        equal = [photo for photo in there if photo.md5 == md5]
        left = [photo for photo in equal if photo.id not in gone]
        assert bool(left) == bool(equal)
        # Nor does a smaller copy stay for the whole picture.
        assert all(one.reduced for one in left) == all(one.reduced for one in equal)


def test_where_the_known_one_goes_the_other_is_agreed_on_in_its_place() -> None:
    findings = Findings("drive", duplicates=[pairing_of(KEPT, OLDER, known=KEPT)])
    (step,) = propose_duplicates(findings, POLICY)
    assert (step.remote, step.kept) == (KEPT, OLDER)
    assert step.agreed_anew == Baseline("Rome", "a.jpg", None, OLDER)


def test_what_history_knows_with_other_bytes_is_no_double_to_delete() -> None:
    before = KEPT._replace(md5="before it was edited there")
    assert list(find_repeats(pairing_of(KEPT, OLDER, known=before))) == []


@pytest.mark.parametrize(
    ("busy", "action", "waits"),
    [
        ("9", Actions.REPLACE_REMOTE_WITH_LOCAL, True),
        ("9", Actions.MOVE_REMOTE, True),
        # It comes home, and stays there as it is.
        ("9", Actions.DOWNLOAD_REMOTE, False),
        ("1", Actions.DOWNLOAD_REMOTE, True),
        ("1", Actions.REPORT, True),
        ("5", Actions.REPLACE_REMOTE_WITH_LOCAL, False),
    ],
)
def test_what_a_run_has_to_do_with_is_deleted_as_a_double_by_none_but_the_next(
    busy: str, action: Actions, *, waits: bool
) -> None:
    findings = Findings("drive", duplicates=[pairing_of(KEPT, OLDER)])
    doubles = list(propose_duplicates(findings, POLICY))
    other = Step("drive", action, Comparisons.SAME, "Rome", "a.jpg")
    steps = [replace(other, remote=KEPT._replace(id=busy))]
    (left,) = leave_busy_duplicates(doubles, steps)
    assert (left.action is Actions.REPORT) == waits
    elsewhere: Sequence[Step] = [replace(steps[0], service="flickr")]
    assert list(leave_busy_duplicates(doubles, elsewhere)) == doubles
