"""What several services want of one local file, settled before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations, product
from typing import NamedTuple

import pytest
from harness.proposals import amend, propose
from hypothesis import given
from hypothesis import strategies as st

from photosync.model import (
    Actions,
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    LocalStat,
    Pair,
    Problem,
    RemotePhoto,
    Side,
    Step,
)
from photosync.modes import MODES, with_overrides
from photosync.naming import photo_key
from photosync.plan.contents import TrustedNames
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal, propose_nothing
from photosync.plan.reconcile import reconcile
from photosync.plan.rule_context import Sides
from photosync.plan.rules import apply_rules

_C, _A = Comparisons, Actions
DRIVE, FLICKR, DISK = "drive", "flickr", "folder:/disk"
ALL = frozenset(Side)
SYNC = Policy(MODES["sync"], ALL)
WRITES_HERE = frozenset({_A.DOWNLOAD_REMOTE, _A.MOVE_LOCAL, _A.DELETE_LOCAL})
SENDS = frozenset({_A.UPLOAD_LOCAL, _A.REPLACE_REMOTE_WITH_LOCAL})
PLACE = ("Trip", "a.jpg")

FILE = LocalPhoto("a.jpg", "/photos/Trip", "a.jpg", 10, 0)


def remote(md5: str | None = "x") -> RemotePhoto:
    return RemotePhoto("a.jpg", "id", 10, 0, md5, album_id="Trip")


def found(
    comparison: Comparisons,
    *,
    here: bool = True,
    there: bool = True,
    md5: str | None = "x",
    place: tuple[str, str] = PLACE,
    origin: tuple[str, str] | None = None,
) -> Difference:
    known = comparison not in {_C.LOCAL_ONLY, _C.REMOTE_ONLY, _C.DIFFERENT}
    baseline = (
        Baseline(*(origin or place), LocalStat(10, 0), remote()) if known else None
    )
    album, name = place
    file = FILE._replace(name=name, file=name, folder=f"/photos/{album}")
    pair = Pair(
        album, name, file if here else None, remote(md5) if there else None, baseline
    )
    return Difference(pair, comparison, origin=origin)


OTHER = ("Other", "b.jpg")
WANTS: Mapping[str, Callable[[], list[Difference]]] = {
    "nothing": list,
    "same": lambda: [found(_C.SAME)],
    "touched here": lambda: [found(_C.SAME)._replace(touched=True)],
    "new there": lambda: [found(_C.REMOTE_ONLY, here=False)],
    "edit": lambda: [found(_C.REMOTE_NEWER, md5="y")],
    "other edit": lambda: [found(_C.REMOTE_NEWER, md5="z")],
    "unknown edit": lambda: [found(_C.REMOTE_NEWER, md5=None)],
    "gone there": lambda: [found(_C.REMOTE_DELETED, there=False)],
    "moved there": lambda: [found(_C.REMOTE_MOVED, place=OTHER, origin=PLACE)],
    "missing there": lambda: [found(_C.LOCAL_ONLY, there=False)],
    "changed here": lambda: [found(_C.REMOTE_OLDER)],
    "gone here": lambda: [found(_C.LOCAL_DELETED, here=False)],
    "conflict": lambda: [found(_C.CONFLICT, md5="y")],
}


# A local file is either there or not, for all services alike.
ABSENT = ("nothing", "new there", "gone here")
PRESENT = tuple(want for want in WANTS if want not in {*ABSENT})


def drafted(service: str, want: str, rules: Policy = SYNC) -> Proposal:
    return propose(service, WANTS[want](), rules, keep_equal=True)


class Said(NamedTuple):
    """What is planned for a service, in short."""

    service: str
    action: Actions
    comparison: Comparisons
    after: str = ""


def said(steps: Iterable[Step]) -> list[Said]:
    return [Said(one.service, one.action, one.comparison, after(one)) for one in steps]


def after(step: Step) -> str:
    """The service whose step this one waits for."""
    return step.waits_for.service if step.waits_for else ""


def reconcile_all(proposals: Sequence[Proposal], rules: Policy) -> list[Step]:
    """What is left of what several services want."""
    by_service = {one.service: one for one in proposals}
    sides = Sides(rules, by_service, TrustedNames())
    steps = [step for one in proposals for step in one.steps]
    return reconcile(apply_rules(steps, sides), proposals, rules)


def settled(*wants: str, rules: Policy = SYNC) -> list[Said]:
    services = (DRIVE, FLICKR, DISK)[: len(wants)]
    proposals = [drafted(*one, rules) for one in zip(services, wants, strict=True)]
    return said(reconcile_all(proposals, rules))


# -- two services
# --------------------------------------------------------------------------

BRING = Said(DRIVE, _A.DOWNLOAD_REMOTE, _C.REMOTE_NEWER)
NEW = Said(DRIVE, _A.DOWNLOAD_REMOTE, _C.REMOTE_ONLY)
DELETE = Said(DRIVE, _A.DELETE_LOCAL, _C.REMOTE_DELETED)
MOVE = Said(DRIVE, _A.MOVE_LOCAL, _C.REMOTE_MOVED)
SEND_ON = Said(FLICKR, _A.UPLOAD_LOCAL, _C.LOCAL_ONLY, DRIVE)
REPLACE_ON = Said(FLICKR, _A.REPLACE_REMOTE_WITH_LOCAL, _C.REMOTE_OLDER, DRIVE)
IN_CONFLICT = (
    Said(DRIVE, _A.REPORT, _C.CONFLICT),
    Said(FLICKR, _A.REPORT, _C.CONFLICT),
)

PAIRS: Mapping[tuple[str, str], list[Said]] = {
    # What is new on one service goes on to the other.
    ("new there", "nothing"): [NEW, SEND_ON],
    ("new there", "gone here"): [
        NEW,
        Said(FLICKR, _A.REPLACE_REMOTE_WITH_LOCAL, _C.REMOTE_OLDER, DRIVE),
    ],
    # So does an edit; where that is a photo of no more, or of none yet, it is sent
    # anew.
    ("edit", "same"): [BRING, REPLACE_ON],
    ("edit", "gone there"): [BRING, SEND_ON],
    ("edit", "missing there"): [BRING, SEND_ON],
    ("edit", "changed here"): [BRING, REPLACE_ON],
    # Two edits are a conflict unless they are surely one.
    ("edit", "other edit"): list(IN_CONFLICT),
    ("unknown edit", "edit"): list(IN_CONFLICT),
    ("unknown edit", "unknown edit"): list(IN_CONFLICT),
    ("edit", "edit"): [BRING],
    # A delete is passed on, unless the other service has nothing of it.
    ("gone there", "same"): [
        DELETE,
        Said(FLICKR, _A.DELETE_REMOTE, _C.LOCAL_DELETED, DRIVE),
    ],
    ("gone there", "gone there"): [DELETE],
    ("gone there", "missing there"): [DELETE],
    # A move too.
    ("moved there", "same"): [
        MOVE,
        Said(FLICKR, _A.MOVE_REMOTE, _C.LOCAL_MOVED, DRIVE),
    ],
    ("moved there", "moved there"): [MOVE],
    ("moved there", "missing there"): [MOVE, SEND_ON],
    ("moved there", "gone there"): [MOVE, SEND_ON],
    # That a photo was merely touched here is of no account beside that.
    ("edit", "touched here"): [BRING, REPLACE_ON],
    ("gone there", "touched here"): [
        DELETE,
        Said(FLICKR, _A.DELETE_REMOTE, _C.LOCAL_DELETED, DRIVE),
    ],
    ("moved there", "touched here"): [
        MOVE,
        Said(FLICKR, _A.MOVE_REMOTE, _C.LOCAL_MOVED, DRIVE),
    ],
}


@pytest.mark.parametrize(
    ("wants", "expected"), PAIRS.items(), ids=map(" and ".join, PAIRS)
)
def test_two_services_agree_on_what_is_done(
    wants: tuple[str, str], expected: list[Said]
) -> None:
    assert settled(*wants) == expected


@pytest.mark.parametrize("wants", [("edit", "conflict"), ("new there", "conflict")])
def test_a_conflict_with_one_service_stays_one_beside_what_another_brings(
    wants: tuple[str, str],
) -> None:
    steps = settled(*wants)
    assert Said(FLICKR, _A.REPORT, _C.CONFLICT) in steps


@pytest.mark.parametrize(
    "wants",
    [
        ("changed here", "same"),
        ("missing there", "missing there"),
        ("gone here", "same"),
    ],
)
def test_where_nobody_writes_here_each_service_gets_what_it_wants(
    wants: tuple[str, str],
) -> None:
    steps = [
        step
        for one, want in zip((DRIVE, FLICKR), wants, strict=True)
        for step in drafted(one, want).steps
    ]
    assert settled(*wants) == said(steps)


def test_a_service_alone_gets_what_it_wants() -> None:
    for want in WANTS:
        assert settled(want) == said(drafted(DRIVE, want).steps)


def test_which_service_comes_first_does_not_matter_but_for_who_brings_equal_bytes() -> (
    None
):
    together = [*product(PRESENT, repeat=2), *product(ABSENT, repeat=2)]
    for one, other in together:
        ours = reconcile_all([drafted(DRIVE, one), drafted(FLICKR, other)], SYNC)
        theirs = reconcile_all([drafted(FLICKR, other), drafted(DRIVE, one)], SYNC)
        if one == other or {one, other} <= {"edit", "new there"}:
            continue
        assert sorted(said(ours)) == sorted(said(theirs)), (one, other)


# -- permissions
# ---------------------------------------------------------------------------


def test_a_delete_that_is_not_permitted_here_reaches_nobody() -> None:
    rules = Policy(MODES["sync"], frozenset({Side.REMOTE}))
    assert settled("gone there", "same", rules=rules) == [
        Said(DRIVE, _A.REPORT, _C.REMOTE_DELETED)
    ]


def test_a_delete_that_is_not_permitted_there_is_reported() -> None:
    rules = Policy(MODES["sync"], frozenset({Side.LOCAL}))
    proposals = [drafted(DRIVE, "gone there", rules), drafted(FLICKR, "same", rules)]
    first, second = reconcile_all(proposals, rules)
    assert said([first]) == [DELETE]
    assert said([second]) == [Said(FLICKR, _A.REPORT, _C.LOCAL_DELETED)]
    assert "--allowDelete remote" in second.reason


def test_an_edit_beats_a_delete_that_is_not_permitted_too() -> None:
    rules = Policy(MODES["sync"], frozenset())
    assert settled("edit", "gone there", rules=rules) == [BRING, SEND_ON]


def test_without_the_right_mode_nothing_is_passed_on() -> None:
    rules = Policy(MODES["download"], ALL)
    assert settled("edit", "same", rules=rules) == [BRING]
    assert settled("new there", "nothing", rules=rules) == [NEW]
    steps = settled("moved there", "same", rules=rules)
    assert steps == [MOVE]


# -- what may not be touched
# ---------------------------------------------------------------


@pytest.mark.parametrize("want", ["new there", "edit", "moved there", "gone there"])
def test_nothing_is_passed_on_to_a_service_of_which_nothing_is_known(want: str) -> None:
    proposals = [
        drafted(DRIVE, want),
        propose_nothing(FLICKR, Problem(FLICKR, "unreachable")),
    ]
    assert {step.service for step in reconcile_all(proposals, SYNC)} == {DRIVE}


@pytest.mark.parametrize("how", ["closed", "hidden"])
def test_nothing_new_is_passed_on_to_where_it_would_be_invisible(how: str) -> None:
    other = drafted(FLICKR, "nothing")
    if how == "closed":
        other = amend(other, closed={photo_key(*PLACE)[0]})
    else:
        other = amend(other, hidden={photo_key(*PLACE)})
    assert said(reconcile_all([drafted(DRIVE, "new there"), other], SYNC)) == [NEW]


def test_nothing_is_moved_into_an_album_that_is_closed_elsewhere() -> None:
    other = amend(drafted(FLICKR, "same"), closed={photo_key(*OTHER)[0]})
    assert said(reconcile_all([drafted(DRIVE, "moved there"), other], SYNC)) == [MOVE]


@pytest.mark.parametrize("want", ["missing there", "gone there"])
def test_nothing_is_sent_after_a_move_to_where_it_would_be_invisible(want: str) -> None:
    other = amend(drafted(FLICKR, want), closed={photo_key(*OTHER)[0]})
    assert said(reconcile_all([drafted(DRIVE, "moved there"), other], SYNC)) == [MOVE]


def test_a_move_waits_where_another_service_has_to_do_with_its_place() -> None:
    busy = propose(
        FLICKR, [found(_C.REMOTE_ONLY, here=False, place=OTHER)], SYNC, keep_equal=True
    )
    steps = reconcile_all([drafted(DRIVE, "moved there"), busy], SYNC)
    assert said(one for one in steps if one.service == DRIVE) == [
        Said(DRIVE, _A.REPORT, _C.REMOTE_MOVED)
    ]


def test_nothing_is_sent_over_a_photo_that_was_moved_there() -> None:
    moved = drafted(DRIVE, "moved there")
    brings = propose(
        FLICKR, [found(_C.REMOTE_ONLY, here=False, place=OTHER)], SYNC, keep_equal=True
    )
    for proposals in ([moved, brings], [brings, moved]):
        steps = reconcile_all(proposals, SYNC)
        assert not any(one.service == DRIVE and one.action in SENDS for one in steps)


@pytest.mark.parametrize(
    ("has_moved", "action"), [(False, _A.REPLACE_REMOTE_WITH_LOCAL), (True, _A.REPORT)]
)
def test_another_photo_of_its_old_name_is_no_edit_of_one_that_moved(
    action: Actions, *, has_moved: bool
) -> None:
    # Moved on both services by another computer; then another IMG_1 came to its old album
    # on one of them. Taken for an edit, it went over the photo that had moved.
    wants = [found(_C.REMOTE_NEWER, md5="y")]
    if has_moved:
        wants.append(found(_C.REMOTE_ONLY, here=False, place=OTHER))
    brings = propose(FLICKR, wants, SYNC, keep_equal=True)
    steps = reconcile_all([brings, drafted(DRIVE, "moved there")], SYNC)
    assert [one.action for one in steps if one.service == DRIVE] == [action]


def test_names_of_two_forms_are_one_place() -> None:
    ours = propose(
        DRIVE, [found(_C.REMOTE_ONLY, here=False, place=("T", "\xe9.jpg"))], SYNC
    )
    theirs = propose(
        FLICKR, [found(_C.REMOTE_ONLY, here=False, place=("T", "e\u0301.jpg"))], SYNC
    )
    steps = reconcile_all([ours, theirs], SYNC)
    assert sum(step.action in WRITES_HERE for step in steps) == 1


# -- three services
# ------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(("edit", "gone there", "same"))))
def test_an_edit_goes_from_one_service_to_two_others(order: tuple[str, ...]) -> None:
    steps = settled(*order)
    services = dict(zip(order, (DRIVE, FLICKR, DISK), strict=False))
    assert sorted(steps) == sorted(
        [
            Said(services["edit"], _A.DOWNLOAD_REMOTE, _C.REMOTE_NEWER),
            Said(
                services["gone there"], _A.UPLOAD_LOCAL, _C.LOCAL_ONLY, services["edit"]
            ),
            Said(
                *(services["same"], _A.REPLACE_REMOTE_WITH_LOCAL, _C.REMOTE_OLDER),
                services["edit"],
            ),
        ]
    )


def test_two_edits_that_are_one_go_on_to_a_third_service_once() -> None:
    assert settled("edit", "edit", "same") == [
        BRING,
        Said(DISK, _A.REPLACE_REMOTE_WITH_LOCAL, _C.REMOTE_OLDER, DRIVE),
    ]


def test_a_third_service_is_left_alone_by_a_conflict() -> None:
    assert settled("edit", "other edit", "same") == list(IN_CONFLICT)


def test_nothing_is_deleted_while_two_services_are_in_conflict() -> None:
    steps = settled("edit", "other edit", "gone there")
    assert not {_A.DELETE_LOCAL, _A.DELETE_REMOTE} & {step.action for step in steps}


# -- whatever they want
# --------------------------------------------------------------------

MODE = st.sampled_from(sorted(MODES))
PERMITTED = st.sampled_from(
    [frozenset(), frozenset({Side.LOCAL}), frozenset({Side.REMOTE}), ALL]
)
CELLS = {
    _C.REMOTE_OLDER: (_A.REPORT, _A.REPLACE_REMOTE_WITH_LOCAL, _A.DOWNLOAD_REMOTE),
    _C.SAME: (_A.SILENT, _A.REPORT),
    _C.LOCAL_ONLY: (_A.UPLOAD_LOCAL, _A.DELETE_LOCAL, _A.REPORT),
    _C.REMOTE_ONLY: (_A.DOWNLOAD_REMOTE, _A.DELETE_REMOTE, _A.REPORT),
    _C.REMOTE_NEWER: (_A.DOWNLOAD_REMOTE, _A.KEEP_BOTH, _A.REPLACE_REMOTE_WITH_LOCAL),
    _C.CONFLICT: (
        _A.REPORT,
        _A.KEEP_BOTH,
        _A.DOWNLOAD_REMOTE,
        _A.REPLACE_REMOTE_WITH_LOCAL,
    ),
    _C.REMOTE_MOVED: (_A.MOVE_LOCAL, _A.MOVE_REMOTE, _A.REPORT),
}
POLICIES = st.builds(
    lambda mode, sides, cells: Policy(with_overrides(MODES[mode], cells), sides),
    MODE,
    PERMITTED,
    st.fixed_dictionaries(
        {}, optional={c: st.sampled_from(a) for c, a in CELLS.items()}
    ),
)
SERVICES = st.one_of(
    *(
        st.lists(st.sampled_from(wants), min_size=2, max_size=3)
        for wants in (ABSENT, (*PRESENT, "nothing"))
    )
)
SHUT = st.lists(
    st.sampled_from(("open", "closed", "hidden", "failed")), min_size=3, max_size=3
)


def all_drafts(
    wants: Iterable[str], shut: Iterable[str], rules: Policy
) -> list[Proposal]:
    proposals = []
    for service, want, how in zip((DRIVE, FLICKR, DISK), wants, shut, strict=False):
        one = drafted(service, want if how == "open" else "nothing", rules)
        if how == "closed":
            one = amend(one, closed={photo_key(*place)[0] for place in (PLACE, OTHER)})
        elif how == "hidden":
            one = amend(one, hidden={photo_key(*place) for place in (PLACE, OTHER)})
        elif how == "failed":
            one = propose_nothing(service, Problem(service, "unreachable"))
        proposals.append(one)
    return proposals


@given(SERVICES, SHUT, POLICIES)
def test_at_most_one_step_writes_to_a_local_file(
    wants: list[str], shut: list[str], rules: Policy
) -> None:
    steps = reconcile_all(all_drafts(wants, shut, rules), rules)
    writing = [one for one in steps if one.action in WRITES_HERE]
    assert len(writing) <= 1
    assert not any(one.waits_for for one in writing)


@given(SERVICES, SHUT, POLICIES)
def test_what_comes_after_a_service_has_one_that_writes_there(
    wants: list[str], shut: list[str], rules: Policy
) -> None:
    steps = reconcile_all(all_drafts(wants, shut, rules), rules)
    writers = {
        (one.service, photo_key(one.album, one.name))
        for one in steps
        if one.action in WRITES_HERE
    }
    for one in steps:
        if one.waits_for:
            assert (after(one), photo_key(one.album, one.name)) in writers
            assert one.local is None
            assert after(one) != one.service
        elif writers and one.action is not _A.REPORT:
            assert one.action in WRITES_HERE


@given(SERVICES, SHUT, POLICIES)
def test_a_service_gets_one_step_at_most_about_one_photo(
    wants: list[str], shut: list[str], rules: Policy
) -> None:
    steps = reconcile_all(all_drafts(wants, shut, rules), rules)
    counted = Counter(one.service for one in steps)
    assert not counted or max(counted.values()) == 1


@given(SERVICES, SHUT, POLICIES)
def test_what_one_service_brings_home_is_not_deleted_on_another(
    wants: list[str], shut: list[str], rules: Policy
) -> None:
    steps = reconcile_all(all_drafts(wants, shut, rules), rules)
    if any(one.action in {_A.DOWNLOAD_REMOTE, _A.MOVE_LOCAL} for one in steps):
        assert not any(
            one.action is _A.DELETE_REMOTE and one.waits_for for one in steps
        )


@given(SERVICES, SHUT, POLICIES)
def test_nothing_is_sent_to_where_it_may_not_be(
    wants: list[str], shut: list[str], rules: Policy
) -> None:
    proposals = all_drafts(wants, shut, rules)
    shut_off = {
        one.service for one, how in zip(proposals, shut, strict=False) if how != "open"
    }
    for one in reconcile_all(proposals, rules):
        assert one.service not in shut_off


@given(SERVICES, SHUT, POLICIES)
def test_no_delete_is_planned_without_permission(
    wants: list[str], shut: list[str], rules: Policy
) -> None:
    needed = {_A.DELETE_LOCAL: Side.LOCAL, _A.DELETE_REMOTE: Side.REMOTE}
    for one in reconcile_all(all_drafts(wants, shut, rules), rules):
        assert one.action not in needed or needed[one.action] in rules.allow_delete


@given(SERVICES, POLICIES)
def test_nothing_is_deleted_here_while_a_service_holds_an_edit(
    wants: list[str], rules: Policy
) -> None:
    edits = {want for want in wants if want.endswith("edit") or want == "conflict"}
    if edits and rules.table[_C.REMOTE_NEWER] is not _A.DELETE_LOCAL:
        steps = reconcile_all(all_drafts(wants, ["open"] * 3, rules), rules)
        assert not any(one.action is _A.DELETE_LOCAL for one in steps)
