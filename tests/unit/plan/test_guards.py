"""What makes a plan too dangerous to carry out, and the option that allows it all the
same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import pytest
from harness.proposals import amend

from photosync.compare.findings import Findings
from photosync.errors import GuardRefused
from photosync.formatting import name_service
from photosync.model import (
    ACCEPTABLE,
    ALL_CHANGED,
    LOST_PHOTOS,
    NO_DETAILS,
    OTHER_ROOT,
    REMOTE_SHRANK,
    Actions,
    Census,
    Comparisons,
    DetailsEdit,
    DetailsMerge,
    KnownDetails,
    Limit,
    LocalTree,
    Problem,
    RemotePhoto,
    Side,
    Step,
)
from photosync.modes import MODES
from photosync.plan.guards import (
    check_changes,
    check_deletes,
    check_details,
    check_empty,
    check_roots,
    check_services,
)
from photosync.plan.planner import GuardContext, make_plan
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal, propose_nothing

_C = Comparisons
ROOT, OTHER, USB = "/photos", "/more", "folder:/usb"
VIEW, OTHERWISE = "seen so", "seen otherwise"


def known(photos: int, identity: str = "1:1", rules_hash: str = VIEW) -> Census:
    return Census(rules_hash, identity, photos)


def draft_of(
    photos: int = 0,
    *,
    vanished: int = 0,
    pairs: int = 0,
    changes: Mapping[Comparisons, int] | None = None,
    incomplete: bool = False,
) -> Proposal:
    return Proposal(
        USB,
        [],
        Findings(USB, photos=photos, incomplete=incomplete),
        counts=Counter({_C.LOCAL_DELETED: vanished}),
        known_pairs=pairs,
        known_changes=changes or {},
    )


def verdict(check: Callable[[], None]) -> str:
    """Which finding has to be accepted, empty where the guard lets it pass."""
    try:
        check()
    except GuardRefused as error:
        refusal = error
    else:
        return ""
    assert refusal.exit_code == 5
    assert "othing was changed" in str(refusal)
    text, _, finding = str(refusal).rpartition("allow it with --accept ")
    assert text
    return finding


# -- roots
# ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "vanished", "finding"),
    [
        # An unmounted disk leaves an empty folder, however few photos it held.
        (known(1), known(0), 1, LOST_PHOTOS),
        (known(1000), known(0), 1000, LOST_PHOTOS),
        (known(1000), known(0, "2:2"), 1000, LOST_PHOTOS),
        (known(0), known(0), 0, ""),
        (known(0), known(0, "2:2"), 0, ""),
        # More than twenty, and more than half.
        (known(40), known(20), 20, ""),
        (known(41), known(20), 21, LOST_PHOTOS),
        (known(42), known(21), 21, ""),
        (known(1000), known(500), 500, ""),
        (known(1000), known(499), 501, LOST_PHOTOS),
        (known(25), known(5), 20, ""),
        (known(26), known(5), 21, LOST_PHOTOS),
        # Another disk, with as many photos of its own.
        (known(1000), known(1000, "2:2"), 1000, OTHER_ROOT),
        (known(1000), known(5000, "2:2"), 501, OTHER_ROOT),
        (known(1000), known(1000, "2:2"), 500, ""),
        (known(1000), known(1000, "2:2"), 0, ""),
        (known(20), known(20, "2:2"), 20, OTHER_ROOT),
        (known(1000), known(300, "2:2"), 0, OTHER_ROOT),
        # The same disk may get and lose photos as it likes, as long as there are
        # others.
        (known(1000), known(1000), 1000, ""),
        # Under other filters than before: what the memory knows of these tells.
        (known(1000), known(0, rules_hash=OTHERWISE), 1000, LOST_PHOTOS),
        (known(1000), known(0, rules_hash=OTHERWISE), 1, LOST_PHOTOS),
        (known(1000), known(0, rules_hash=OTHERWISE), 0, ""),
        (known(0), known(0, rules_hash=OTHERWISE), 1, ""),
        (known(1000), known(1000, "2:2", OTHERWISE), 1000, OTHER_ROOT),
        (known(1000), known(1000, "2:2", OTHERWISE), 0, ""),
        (known(1000), known(10, rules_hash=OTHERWISE), 1000, ""),
    ],
)
def test_a_root_that_lost_its_photos_is_refused(
    before: Census, now: Census, vanished: int, finding: str
) -> None:
    proposals = [draft_of(vanished=vanished)]

    def check(*accepted: str) -> Callable[[], None]:
        return lambda: check_roots({ROOT: before}, {ROOT: now}, proposals, accepted)

    assert verdict(check()) == finding
    assert verdict(check(finding)) == ""
    others = tuple(one for one in ACCEPTABLE if one != finding)
    assert verdict(check(*others)) == finding


def test_roots_are_judged_one_by_one() -> None:
    before = {ROOT: known(100), OTHER: known(100), USB: known(100)}
    now = {ROOT: known(200), OTHER: known(0)}
    with pytest.raises(GuardRefused, match=f"^{OTHER} holds 0 photos, and held 100"):
        check_roots(before, now, [], ())


def test_what_vanished_is_counted_for_the_service_that_knew_most() -> None:
    proposals = [draft_of(vanished=10), draft_of(vanished=60)]
    before, now = {ROOT: known(100)}, {ROOT: known(100, "2:2")}
    assert verdict(lambda: check_roots(before, now, proposals, ())) == OTHER_ROOT
    assert verdict(lambda: check_roots(before, now, proposals[:1], ())) == ""


def test_a_root_that_is_new_is_not_refused() -> None:
    assert verdict(lambda: check_roots({}, {ROOT: known(0)}, [draft_of()], ())) == ""


# -- services
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "refused"),
    [
        (0, 0, False),
        # An empty listing is none to go by, however few photos there were.
        (1, 0, True),
        (5, 0, True),
        (6, 0, True),
        (5, 1, False),
        (20, 0, True),
        (21, 0, True),
        (21, 1, False),
        (40, 20, False),
        (41, 20, True),
        (42, 21, False),
        (1000, 500, False),
        (1000, 499, True),
        (1000, 2000, False),
    ],
)
def test_a_service_that_shrank_is_refused(
    before: int, now: int, *, refused: bool
) -> None:
    last = {USB: known(before, "")}
    one = draft_of(now)
    expected = REMOTE_SHRANK if refused else ""
    assert verdict(lambda: check_services(last, [one], VIEW, ())) == expected
    assert verdict(lambda: check_services(last, [one], VIEW, [REMOTE_SHRANK])) == ""
    assert verdict(lambda: check_services({}, [one], VIEW, ())) == ""
    assert verdict(lambda: check_services(last, [one], OTHERWISE, ())) == ""


@pytest.mark.parametrize(
    ("still_there", "gone", "refused"),
    [
        (0, 0, False),
        (0, 1, True),
        (0, 30, True),
        (1, 20, False),
        (20, 20, False),
        (20, 41, True),
    ],
)
def test_under_new_filters_a_service_is_measured_by_what_they_show(
    still_there: int, gone: int, *, refused: bool
) -> None:
    last = {USB: known(1000, "")}
    one = replace(
        draft_of(still_there, pairs=still_there), counts={_C.REMOTE_DELETED: gone}
    )
    expected = REMOTE_SHRANK if refused else ""
    assert verdict(lambda: check_services(last, [one], OTHERWISE, ())) == expected
    assert (
        verdict(lambda: check_services(last, [one], OTHERWISE, [REMOTE_SHRANK])) == ""
    )


def test_a_service_of_which_not_all_is_known_has_not_shrunk() -> None:
    last = {USB: known(1000, "")}
    partly_read = draft_of(0, incomplete=True)
    unknown = propose_nothing(USB, Problem(USB, "unreachable"))
    assert verdict(lambda: check_services(last, [partly_read, unknown], VIEW, ())) == ""


def test_an_album_left_out_on_purpose_does_not_hide_that_a_service_shrank() -> None:
    last = {USB: known(1000, "")}
    one = amend(draft_of(0), closed=frozenset({"trip"}))
    assert verdict(lambda: check_services(last, [one], VIEW, ())) == REMOTE_SHRANK


# -- everything changed at once
# ------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "changed", "refused"),
    [
        (0, 0, False),
        (20, 20, False),
        (21, 21, True),
        (42, 21, False),
        (41, 21, True),
        (1000, 500, False),
        (1000, 501, True),
    ],
)
@pytest.mark.parametrize("comparison", [_C.REMOTE_OLDER, _C.REMOTE_NEWER, _C.CONFLICT])
def test_photos_that_all_changed_at_once_are_refused(
    pairs: int, changed: int, comparison: Comparisons, *, refused: bool
) -> None:
    one = draft_of(pairs=pairs, changes={comparison: changed, _C.SAME: pairs - changed})
    assert verdict(lambda: check_changes([one], ())) == (ALL_CHANGED if refused else "")
    assert verdict(lambda: check_changes([one], [ALL_CHANGED])) == ""


def test_it_is_said_on_which_side_everything_changed() -> None:
    for comparison, where in (
        (_C.REMOTE_NEWER, f"on {name_service(USB)}"),
        (_C.REMOTE_OLDER, "here"),
    ):
        with pytest.raises(GuardRefused, match=f"changed {where} at once"):
            check_changes([draft_of(pairs=100, changes={comparison: 90})], ())


def test_photos_that_merely_differ_or_are_equal_did_not_change() -> None:
    one = draft_of(pairs=100, changes={_C.SAME: 100, _C.DIFFERENT: 100})
    assert verdict(lambda: check_changes([one], ())) == ""


# -- deletes
# -------------------------------------------------------------------------------


def deletes(action: Actions, count: int) -> list[Step]:
    photo = RemotePhoto("a.jpg", "1", 1, 0)
    return [
        Step(USB, action, _C.LOCAL_DELETED, "Trip", f"{n}.jpg", remote=photo)
        for n in range(count)
    ]


@pytest.mark.parametrize("action", [Actions.DELETE_LOCAL, Actions.DELETE_REMOTE])
@pytest.mark.parametrize(
    ("count", "limit", "refused"),
    [
        (20, Limit(), False),
        (21, Limit(), True),
        (30, Limit(percent=30), False),
        (31, Limit(percent=30), True),
        (3, Limit(3, None), False),
        (4, Limit(3, None), True),
    ],
)
def test_too_many_deletes_are_refused_with_the_number_that_would_do(
    action: Actions, count: int, limit: Limit, *, refused: bool
) -> None:
    steps, proposals = deletes(action, count), [draft_of(100)]
    if refused:
        with pytest.raises(GuardRefused, match=f"--max-delete {count}$"):
            check_deletes(steps, proposals, limit, 100, {})
        check_deletes(steps, proposals, Limit(count, None), 100, {})
    else:
        check_deletes(steps, proposals, limit, 100, {})


def test_an_empty_root_forbids_deletes_elsewhere_and_only_these() -> None:
    with pytest.raises(
        GuardRefused, match=r"^/photos holds no photos, and 1 would be deleted"
    ):
        check_empty(deletes(Actions.DELETE_REMOTE, 1), [ROOT], {}, ())
    check_empty(deletes(Actions.DELETE_LOCAL, 1), [ROOT], {}, ())
    check_empty([], [ROOT], {}, ())


@pytest.mark.parametrize(
    ("before", "finding"),
    [
        ({}, LOST_PHOTOS),
        ({ROOT: known(5)}, LOST_PHOTOS),
        ({ROOT: known(5, rules_hash=OTHERWISE)}, LOST_PHOTOS),
        # It was empty before: no disk is missing there.
        ({ROOT: known(0)}, ""),
        ({OTHER: known(5), USB: known(5, "")}, ""),
    ],
)
def test_an_empty_root_counts_where_photos_were_known_or_nothing_is(
    before: Mapping[str, Census], finding: str
) -> None:
    steps = deletes(Actions.DELETE_REMOTE, 1)
    assert verdict(lambda: check_empty(steps, [ROOT], before, ())) == finding
    assert verdict(lambda: check_empty(steps, [ROOT], before, [OTHER_ROOT])) == finding
    assert verdict(lambda: check_empty(steps, [ROOT], before, [LOST_PHOTOS])) == ""


# -- all of them together
# ------------------------------------------------------------------

ALARMING = draft_of(0, vanished=100, pairs=100, changes={_C.REMOTE_OLDER: 100})
WATCH = GuardContext(
    before={ROOT: known(100), USB: known(100, "")},
    roots={ROOT: known(100, "2:2")},
    rules_hash=VIEW,
)


def planned(policy: Policy, watch: GuardContext) -> None:
    make_plan([ALARMING], policy, LocalTree({}), context=watch)


GONE = DetailsEdit((), (), ("rome",))
EMPTIED = DetailsEdit((("title", ""),))
RENAMED = DetailsEdit((("title", "Dawn"),), ("Roma",), ("rome",))
KEPT = DetailsEdit()


@pytest.mark.parametrize(
    ("here", "there", "count", "photos", "finding"),
    [
        # A list of Flickr came without tags; a program wrote all sidecars anew.
        (GONE, KEPT, 21, 30, ALL_CHANGED),
        (KEPT, EMPTIED, 21, 30, ALL_CHANGED),
        # One album of many, or a few photos.
        (GONE, KEPT, 21, 42, ""),
        (GONE, KEPT, 20, 20, ""),
        # A keyword got another name.
        (RENAMED, KEPT, 30, 30, ""),
    ],
)
def test_most_photos_do_not_lose_their_details_at_once(
    here: DetailsEdit, there: DetailsEdit, count: int, photos: int, finding: str
) -> None:
    merge = DetailsMerge(NO_DETAILS, NO_DETAILS, KnownDetails("1"), here, there)
    step = Step(USB, Actions.MERGE_METADATA, _C.SAME, "Trip", "a.jpg", details=merge)
    drafts = [draft_of(photos)]
    assert verdict(partial(check_details, [step] * count, drafts, ())) == finding
    told = [replace(step, action=Actions.REPORT)] * count
    for steps, accepted in ((told, ()), ([step] * count, (ALL_CHANGED,))):
        assert verdict(partial(check_details, steps, drafts, accepted)) == ""


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "report"])
def test_every_finding_has_to_be_accepted_by_itself(mode: str) -> None:
    policy = Policy(MODES[mode], frozenset(Side))
    accepted: set[str] = set()
    for finding in (OTHER_ROOT, REMOTE_SHRANK, ALL_CHANGED):
        watch = replace(WATCH, accepted=frozenset(accepted))
        assert verdict(partial(planned, policy, watch)) == finding
        accepted.add(finding)
    planned(policy, replace(WATCH, accepted=frozenset(accepted)))


def test_a_mode_that_does_nothing_is_never_refused() -> None:
    policy = Policy(MODES["report"], frozenset(Side))
    assert make_plan([ALARMING], policy, LocalTree({}), context=WATCH).steps == ()


def test_the_first_run_is_never_refused() -> None:
    policy = Policy(MODES["sync"], frozenset(Side))
    first = replace(WATCH, before={})
    make_plan([draft_of(0)], policy, LocalTree({}, found={ROOT: 0}), context=first)


@pytest.mark.parametrize(
    ("action", "side"), [(Actions.DELETE_LOCAL, "local"), (Actions.DELETE_REMOTE, USB)]
)
def test_what_an_earlier_plan_of_the_run_deleted_counts(
    action: Actions, side: str
) -> None:
    steps, proposals = deletes(action, 3), [draft_of(97)]
    limit = Limit(5, None)
    check_deletes(steps, proposals, limit, 97, {side: 2, "elsewhere": 90})
    with pytest.raises(
        GuardRefused, match=r"6 of 100 photos .*, 3 of them in this run"
    ):
        check_deletes(steps, proposals, limit, 97, {side: 3})
    # Of a side that loses no more nothing is to be refused.
    check_deletes([], proposals, limit, 97, {side: 90})
