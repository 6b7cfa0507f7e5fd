from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from harness.proposals import amend, propose
from hypothesis import given
from hypothesis import strategies as st

from photosync.errors import GuardRefused
from photosync.formatting import name_service
from photosync.model import (
    Actions,
    Baseline,
    Census,
    Comparisons,
    Difference,
    EmptyTrash,
    Limit,
    LocalAlbum,
    LocalPhoto,
    LocalStat,
    LocalTree,
    Pair,
    Plan,
    Problem,
    Purge,
    RemoteAlbum,
    RemotePhoto,
    Rename,
    Shared,
    Side,
    Step,
    StepKey,
)
from photosync.modes import MODES, possible, with_overrides
from photosync.naming import name_key
from photosync.plan.planner import GuardContext, make_plan
from photosync.plan.policy import DELETES, Policy
from photosync.plan.proposal import Proposal, propose_nothing

_C, _A = Comparisons, Actions

USB, NAS = "folder:/usb", "folder:/nas"
BOTH = frozenset(Side)
EVERYTHING = Limit(percent=100)
# Deletes on both sides, so that every rule about deleting has something to speak about.
DELETING = with_overrides(
    MODES["sync"], {_C.LOCAL_ONLY: _A.DELETE_LOCAL, _C.REMOTE_ONLY: _A.DELETE_REMOTE}
)
WRITES_LOCAL = frozenset({_A.DOWNLOAD_REMOTE, _A.MOVE_LOCAL, _A.DELETE_LOCAL})
PERMISSIONS = [
    frozenset(sides) for sides in ((), (Side.LOCAL,), (Side.REMOTE,), tuple(Side))
]


_MOVED = frozenset({_C.LOCAL_MOVED, _C.REMOTE_MOVED})
_BY_HISTORY = _MOVED | {
    _C.REMOTE_NEWER,
    _C.CONFLICT,
    _C.LOCAL_DELETED,
    _C.REMOTE_DELETED,
}


def difference(
    comparison: Comparisons,
    name: str = "a.jpg",
    album: str = "Trip",
    *,
    touched: bool = False,
    problem: str = "",
) -> Difference:
    local = LocalPhoto(name, f"/photos/{album}", name, 10, 0)
    remote = RemotePhoto(name, f"{album}/{name}", 10, 0, album_id=album)
    baseline = (
        Baseline(album, name, LocalStat(10, 0), remote)
        if comparison in _BY_HISTORY
        else None
    )
    pair = Pair(
        album,
        name,
        None if comparison in {_C.REMOTE_ONLY, _C.LOCAL_DELETED} else local,
        None if comparison in {_C.LOCAL_ONLY, _C.REMOTE_DELETED} else remote,
        baseline,
    )
    origin = ("Old", name) if comparison in _MOVED else None
    return Difference(pair, comparison, touched, problem, origin)


def tree(photos: int, *problems: Problem, empty: Iterable[str] = ()) -> LocalTree:
    """A library of so many photos, and some roots without any."""
    names = (f"{number}.jpg" for number in range(photos))
    album = LocalAlbum(
        "Library",
        ("/library",),
        tuple(LocalPhoto(name, "/library", name, 1, 0) for name in names),
    )
    return LocalTree(
        {"Library": album}, found=dict.fromkeys(empty, 0), problems=problems
    )


def differences(
    comparison: Comparisons, count: int, album: str = "Trip"
) -> list[Difference]:
    return [
        difference(comparison, f"{number:03}.jpg", album) for number in range(count)
    ]


def policy(
    mode: str = "sync",
    allow: Iterable[Side] = BOTH,
    *,
    limit: Limit = EVERYTHING,
    max_steps: int = 0,
    purge: bool = False,
    **overrides: Actions,
) -> Policy:
    table = with_overrides(
        MODES[mode], {Comparisons(c): a for c, a in overrides.items()}
    )
    return Policy(table, frozenset(allow), limit, max_steps, purge)


def planned(rules: Policy, *found: Difference, known: int = 1000) -> Plan:
    """The plan for one service."""
    one = amend(propose(USB, found, rules), photos=known)
    return make_plan([one], rules, tree(known))


def planned_for_two(
    rules: Policy, usb: Iterable[Difference], nas: Iterable[Difference]
) -> Plan:
    proposals = [
        amend(propose(name, d, rules), photos=1000)
        for name, d in ((USB, usb), (NAS, nas))
    ]
    return make_plan(proposals, rules, tree(1000))


def after(step: Step) -> str:
    """The service whose step this one waits for."""
    return step.waits_for.service if step.waits_for else ""


def said(plan: Plan) -> list[tuple[str, Actions]]:
    return [(step.service, step.action) for step in plan.steps]


# -- from differences to steps
# -------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("comparison", Comparisons)
def test_a_step_does_what_the_table_says(mode: str, comparison: Comparisons) -> None:
    found = difference(comparison)
    plan = planned(policy(mode), found)
    action = MODES[mode][comparison]
    pair = found.pair
    # Of what is gone there, it is still told what it was.
    remote = pair.remote or (pair.baseline.remote if pair.baseline else None)
    now, before = ("Trip", "a.jpg"), found.origin
    if (comparison, action) == (_C.REMOTE_MOVED, _A.MOVE_REMOTE):
        assert before is not None
        now, before = before, now
    expected = Step(USB, action, comparison, *now, pair.local, remote, origin=before)
    assert plan.steps == (() if action is _A.SILENT else (expected,))


def test_a_move_against_the_side_that_moved_brings_the_photo_back() -> None:
    rules = policy(LOCAL_MOVED=_A.MOVE_LOCAL, REMOTE_MOVED=_A.MOVE_REMOTE)
    for comparison in _MOVED:
        (step,) = planned(rules, difference(comparison, "new.jpg")).steps
        assert (step.album, step.name) == ("Old", "new.jpg")
        assert step.origin == ("Trip", "new.jpg")


def test_every_photo_is_counted_the_silent_ones_too() -> None:
    plan = planned(
        policy(),
        *differences(_C.SAME, 3),
        *differences(_C.DIFFERENT, 2),
        difference(_C.LOCAL_ONLY),
    )
    assert plan.counts == {USB: {_C.SAME: 3, _C.DIFFERENT: 2, _C.LOCAL_ONLY: 1}}


def test_a_photo_that_could_not_be_compared_is_a_problem_and_no_step() -> None:
    plan = planned(
        policy("syncUpload"), difference(_C.UNKNOWN, problem="permission denied")
    )
    assert plan.steps == ()
    assert plan.problems == (Problem("Trip/a.jpg", "permission denied"),)
    assert plan.counts == {USB: {_C.UNKNOWN: 1}}


def test_a_service_of_which_nothing_is_known_has_a_problem_and_nothing_to_do() -> None:
    problem = Problem(USB, "permission denied")
    rules = policy()
    proposals = [
        propose_nothing(USB, problem),
        propose(NAS, [difference(_C.LOCAL_ONLY)], rules),
    ]
    plan = make_plan(proposals, rules, tree(1))
    assert said(plan) == [(NAS, _A.UPLOAD_LOCAL)]
    assert plan.problems == (problem,)


def test_problems_of_the_local_side_come_before_those_of_the_services() -> None:
    local, remote = Problem("/photos/x", "unreadable"), Problem(USB, "unreachable")
    plan = make_plan([propose_nothing(USB, remote)], policy(), tree(0, local))
    assert plan.problems == (local, remote)


# -- touched photos
# ------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_the_new_date_of_equal_bytes_is_written_only_where_the_table_replaces(
    mode: str,
) -> None:
    plan = planned(policy(mode), difference(_C.SAME, touched=True))
    replaces = MODES[mode][_C.REMOTE_OLDER] is _A.REPLACE_REMOTE_WITH_LOCAL
    assert said(plan) == ([(USB, _A.UPDATE_REMOTE_METADATA)] if replaces else [])
    assert replaces == (mode not in {"download", "report"})
    assert plan.counts == {USB: {_C.SAME: 1}}


def test_a_touched_photo_obeys_the_overrides() -> None:
    found = difference(_C.SAME, touched=True)
    assert said(planned(policy("upload", REMOTE_OLDER=_A.REPORT), found)) == []
    assert said(planned(policy("upload", SAME=_A.REPORT), found)) == [(USB, _A.REPORT)]
    again = policy("download", REMOTE_OLDER=_A.REPLACE_REMOTE_WITH_LOCAL)
    assert said(planned(again, found)) == [(USB, _A.UPDATE_REMOTE_METADATA)]


# -- permission to delete
# ------------------------------------------------------------------


@pytest.mark.parametrize("allowed", PERMISSIONS)
@pytest.mark.parametrize(
    ("comparison", "action", "side"),
    [
        (_C.LOCAL_ONLY, _A.DELETE_LOCAL, Side.LOCAL),
        (_C.REMOTE_ONLY, _A.DELETE_REMOTE, Side.REMOTE),
        (_C.REMOTE_DELETED, _A.DELETE_LOCAL, Side.LOCAL),
        (_C.LOCAL_DELETED, _A.DELETE_REMOTE, Side.REMOTE),
    ],
)
def test_a_delete_that_is_not_permitted_is_reported_with_the_option_that_would(
    allowed: frozenset[Side], comparison: Comparisons, action: Actions, side: Side
) -> None:
    rules = Policy(DELETING, allowed)
    (step,) = planned(rules, difference(comparison)).steps
    if side in allowed:
        assert (step.action, step.reason) == (action, "")
    else:
        assert step.action is _A.REPORT
        assert f"--allowDelete {side}" in step.reason


def test_replacing_and_downloading_need_no_permission_to_delete() -> None:
    rules = policy("download", (), REMOTE_OLDER=_A.REPLACE_REMOTE_WITH_LOCAL)
    found = [difference(_C.DIFFERENT, "a.jpg"), difference(_C.REMOTE_OLDER, "b.jpg")]
    assert [action for _, action in said(planned(rules, *found))] == [
        _A.DOWNLOAD_REMOTE,
        _A.REPLACE_REMOTE_WITH_LOCAL,
    ]


# -- order
# ---------------------------------------------------------------------------------


def test_reports_come_first_and_deletes_last() -> None:
    rules = Policy(DELETING, BOTH)
    plan = planned(
        rules,
        difference(_C.LOCAL_ONLY, "a.jpg", "A"),
        difference(_C.REMOTE_ONLY, "b.jpg", "A"),
        difference(_C.REMOTE_OLDER, "c.jpg", "B"),
        difference(_C.UNKNOWN, "d.jpg", "C"),
    )
    assert [action for _, action in said(plan)] == [
        _A.REPORT,
        _A.REPLACE_REMOTE_WITH_LOCAL,
        _A.DELETE_LOCAL,
        _A.DELETE_REMOTE,
    ]


def test_steps_of_one_kind_go_by_album_and_name() -> None:
    places = [("B", "a.jpg"), ("A", "b.jpg"), ("A", "a.jpg")]
    plan = planned(
        policy(), *(difference(_C.LOCAL_ONLY, name, album) for album, name in places)
    )
    assert [(step.album, step.name) for step in plan.steps] == sorted(places)


# -- how many steps
# ------------------------------------------------------------------------


def test_max_counts_the_steps_of_each_service_and_no_reports() -> None:
    found = [*differences(_C.LOCAL_ONLY, 5), *differences(_C.DIFFERENT, 4, "Other")]
    plan = planned_for_two(policy(max_steps=3), found, found[:2])
    assert Counter(said(plan)) == {
        (USB, _A.UPLOAD_LOCAL): 3,
        (USB, _A.REPORT): 4,
        (NAS, _A.UPLOAD_LOCAL): 2,
    }
    assert plan.postponed == {USB: 2}


def test_max_postpones_deletes_before_anything_else() -> None:
    rules = policy("syncUpload", max_steps=2)
    found = [difference(_C.REMOTE_ONLY, "a.jpg"), *differences(_C.LOCAL_ONLY, 2, "Z")]
    assert said(planned(rules, *found)) == [(USB, _A.UPLOAD_LOCAL)] * 2


def test_without_max_nothing_is_postponed() -> None:
    plan = planned(policy(), *differences(_C.LOCAL_ONLY, 500))
    assert len(plan.steps) == 500
    assert plan.postponed == {}


# -- how many deletes
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "deletes", "known", "allowed"),
    [
        # A percentage alone never refuses 20 items or fewer, not even all there are.
        (Limit(), 20, 20, True),
        (Limit(), 21, 21, False),
        (Limit(percent=0), 0, 1000, True),
        (Limit(percent=0), 1, 1000, False),
        (Limit(percent=0), 21, 1000, False),
        (Limit(), 0, 0, True),
        # The boundary itself is allowed.
        (Limit(), 30, 300, True),
        (Limit(), 31, 300, False),
        (Limit(), 30, 299, False),
        (Limit(percent=12.5), 25, 200, True),
        (Limit(percent=12.5), 26, 200, False),
        (Limit(percent=100), 500, 500, True),
        # A number is taken at its word.
        (Limit(5, None), 5, 5, True),
        (Limit(5, None), 6, 1000, False),
        (Limit(0, None), 0, 1000, True),
        (Limit(0, None), 1, 1000, False),
        (Limit(1000, None), 1000, 1000, True),
    ],
)
@pytest.mark.parametrize("comparison", [_C.LOCAL_ONLY, _C.REMOTE_ONLY])
def test_a_plan_that_deletes_more_than_the_limit_is_refused(
    limit: Limit, deletes: int, known: int, *, allowed: bool, comparison: Comparisons
) -> None:
    rules = Policy(DELETING, BOTH, limit)
    found = differences(comparison, deletes)
    if allowed:
        assert len(planned(rules, *found, known=known).steps) == deletes
    else:
        with pytest.raises(GuardRefused, match=f"--max-delete {deletes}$") as refused:
            planned(rules, *found, known=known)
        assert f"{deletes} of {known:,} photo" in str(refused.value)
        assert refused.value.exit_code == 5


def test_deletes_are_counted_for_each_side_by_itself() -> None:
    rules = Policy(DELETING, BOTH, Limit(30, None))
    gone, extra = (
        differences(_C.REMOTE_ONLY, 30, "A"),
        differences(_C.LOCAL_ONLY, 30, "B"),
    )
    plan = planned_for_two(rules, [*gone, *extra], gone)
    assert Counter(action for _, action in said(plan)) == {
        _A.DELETE_REMOTE: 60,
        _A.DELETE_LOCAL: 30,
    }


def test_the_percentage_is_of_what_the_losing_side_has() -> None:
    rules = Policy(DELETING, BOTH)
    one = propose(USB, differences(_C.REMOTE_ONLY, 30), rules)
    assert make_plan([amend(one, photos=300)], rules, tree(1)).steps
    where = f"on {name_service(USB)}"
    refusal = (
        rf"30 of 100 photos would be deleted {where}, more than --max-delete 10%\."
    )
    with pytest.raises(GuardRefused, match=refusal):
        make_plan([amend(one, photos=100)], rules, tree(10_000))
    two = propose(USB, differences(_C.LOCAL_ONLY, 30), rules)
    assert make_plan([amend(two, photos=1)], rules, tree(300)).steps
    with pytest.raises(GuardRefused, match="30 of 100 photos would be deleted locally"):
        make_plan([amend(two, photos=10_000)], rules, tree(100))


def test_deletes_that_are_not_permitted_do_not_count() -> None:
    rules = Policy(DELETING, frozenset(), Limit(0, None))
    plan = planned(
        rules, *differences(_C.REMOTE_ONLY, 50), *differences(_C.LOCAL_ONLY, 50, "B")
    )
    assert {action for _, action in said(plan)} == {_A.REPORT}


def test_one_local_file_that_two_services_want_deleted_counts_once() -> None:
    rules = Policy(DELETING, BOTH, Limit(3, None))
    found = differences(_C.LOCAL_ONLY, 3)
    assert said(planned_for_two(rules, found, found)) == [(USB, _A.DELETE_LOCAL)] * 3


# -- what changed at once
# ------------------------------------------------------------------


def changed(comparison: Comparisons, number: int) -> Difference:
    one = difference(comparison, f"{number}.jpg")
    assert one.pair.remote
    baseline = Baseline("Trip", one.pair.name, LocalStat(10, 0), one.pair.remote)
    return one._replace(pair=one.pair._replace(baseline=baseline))


@pytest.mark.parametrize(
    ("mode", "comparison", "counted"),
    [
        ("sync", _C.REMOTE_NEWER, True),
        ("sync", _C.REMOTE_OLDER, True),
        ("sync", _C.CONFLICT, False),
        ("upload", _C.REMOTE_NEWER, False),
        ("upload", _C.REMOTE_OLDER, True),
        ("download", _C.REMOTE_OLDER, False),
        ("download", _C.REMOTE_NEWER, True),
    ],
)
def test_a_change_that_is_only_told_of_is_no_change_of_everything(
    mode: str, comparison: Comparisons, *, counted: bool
) -> None:
    rules = policy(mode)
    found = [changed(comparison, n) for n in range(25)] + [
        changed(_C.SAME, n) for n in range(5)
    ]
    one = propose(USB, found, rules)
    assert one.known_pairs == 30
    assert one.known_changes.get(comparison, 0) == (25 if counted else 0)
    if counted:
        with pytest.raises(GuardRefused, match=r"25 of 30 .* --accept all-changed$"):
            make_plan([one], rules, tree(30))
    else:
        make_plan([one], rules, tree(30))


# -- a root without photos
# -----------------------------------------------------------------


def test_nothing_is_deleted_elsewhere_while_a_root_is_empty() -> None:
    rules = policy("syncUpload")
    one = amend(propose(USB, [difference(_C.REMOTE_ONLY)], rules), photos=1000)
    with pytest.raises(GuardRefused, match="/photos holds no photos") as refused:
        make_plan([one], rules, tree(5, empty=["/photos"]))
    assert refused.value.exit_code == 5
    assert make_plan([one], rules, tree(5)).steps
    empty = tree(5, empty=["/photos"])
    assert make_plan(
        [one], rules, empty, context=GuardContext(accepted=frozenset({"lost-photos"}))
    ).steps
    always = GuardContext(before={"/photos": Census("", "1:1", 0)})
    assert make_plan([one], rules, empty, context=always).steps


@pytest.mark.parametrize(
    ("mode", "allowed"),
    [("syncUpload", ()), ("sync", BOTH), ("report", BOTH), ("download", BOTH)],
)
def test_an_empty_root_is_no_hindrance_where_nothing_is_deleted(
    mode: str, allowed: Iterable[Side]
) -> None:
    rules = policy(mode, allowed)
    one = propose(USB, [difference(_C.REMOTE_ONLY)], rules)
    assert make_plan([one], rules, tree(0, empty=["/photos"])).steps


# -- two services and one local file
# -------------------------------------------------------


def remote_only(md5: str | None = None, size: int | None = 10) -> Difference:
    found = difference(_C.REMOTE_ONLY)
    assert found.pair.remote is not None
    remote = found.pair.remote._replace(md5=md5, size=size)
    return found._replace(pair=found.pair._replace(local=None, remote=remote))


@pytest.mark.parametrize(
    ("usb", "nas"),
    [
        (remote_only(size=10), remote_only(size=11)),
        (remote_only("x"), remote_only("y")),
        (remote_only(size=None), remote_only(size=None)),
    ],
)
def test_of_two_downloads_of_other_photos_one_waits_for_the_next_run(
    usb: Difference, nas: Difference
) -> None:
    plan = planned_for_two(policy(), [usb], [nas])
    assert Counter(said(plan)) == {(USB, _A.DOWNLOAD_REMOTE): 1, (NAS, _A.REPORT): 1}
    (waiting,) = (step for step in plan.steps if step.service == NAS)
    assert waiting.comparison is _C.REMOTE_ONLY
    assert waiting.remote is not None
    assert name_service(USB) in waiting.reason


@pytest.mark.parametrize(
    ("usb", "nas"),
    [
        (remote_only("x"), remote_only("x", size=None)),
        (remote_only("x"), remote_only(None)),
        (remote_only(None), remote_only(None)),
    ],
)
def test_what_may_be_one_photo_comes_home_once(
    usb: Difference, nas: Difference
) -> None:
    assert nas.pair.remote is not None
    (step,) = planned_for_two(policy(), [usb], [nas]).steps
    assert (step.service, step.action) == (USB, _A.DOWNLOAD_REMOTE)
    assert step.shared == (Shared(NAS, nas.pair.remote),)


def test_composed_and_decomposed_names_are_one_local_file() -> None:
    usb, nas = (
        difference(_C.REMOTE_ONLY, "\xe9.jpg"),
        difference(_C.REMOTE_ONLY, "e\u0301.jpg"),
    )
    plan = planned_for_two(policy(), [usb], [nas])
    assert said(plan) == [(USB, _A.DOWNLOAD_REMOTE)]


def test_a_photo_that_comes_home_from_one_service_is_sent_to_another_only_then() -> (
    None
):
    rules = policy("download", LOCAL_ONLY=_A.UPLOAD_LOCAL)
    plan = planned_for_two(
        rules, [difference(_C.LOCAL_ONLY)], [difference(_C.DIFFERENT)]
    )
    assert said(plan) == [(NAS, _A.DOWNLOAD_REMOTE), (USB, _A.UPLOAD_LOCAL)]
    assert [(after(step), step.local is None) for step in plan.steps] == [
        ("", False),
        (NAS, True),
    ]


@pytest.mark.parametrize("swapped", [False, True])
def test_an_edit_beats_a_delete(*, swapped: bool) -> None:
    rules = policy("download", LOCAL_ONLY=_A.DELETE_LOCAL)
    found = [difference(_C.LOCAL_ONLY)], [difference(_C.DIFFERENT)]
    plan = planned_for_two(rules, *(found[::-1] if swapped else found))
    assert Counter(action for _, action in said(plan)) == {
        _A.DOWNLOAD_REMOTE: 1,
        _A.REPORT: 1,
    }


def test_one_photo_is_sent_to_all_services_at_once() -> None:
    plan = planned_for_two(
        policy(), [difference(_C.LOCAL_ONLY)], [difference(_C.LOCAL_ONLY)]
    )
    assert said(plan) == [(NAS, _A.UPLOAD_LOCAL), (USB, _A.UPLOAD_LOCAL)]


def test_photos_of_other_albums_and_names_do_not_wait() -> None:
    usb = [difference(_C.REMOTE_ONLY, "a.jpg")]
    nas = [
        difference(_C.REMOTE_ONLY, "b.jpg"),
        difference(_C.REMOTE_ONLY, "a.jpg", "Other"),
    ]
    steps = planned_for_two(policy(), usb, nas).steps
    assert Counter((step.service, step.action, after(step)) for step in steps) == {
        (USB, _A.DOWNLOAD_REMOTE, ""): 1,
        (NAS, _A.UPLOAD_LOCAL, USB): 1,
        (NAS, _A.DOWNLOAD_REMOTE, ""): 2,
        (USB, _A.UPLOAD_LOCAL, NAS): 2,
    }


def test_a_report_stays_what_it_is_beside_a_download() -> None:
    rules = policy("download")
    plan = planned_for_two(rules, [difference(_C.DIFFERENT)], [difference(_C.UNKNOWN)])
    reported = next(step for step in plan.steps if step.action is _A.REPORT)
    assert reported.reason == ""


# -- albums that become empty
# --------------------------------------------------------------

TRIP = RemoteAlbum("Trip", "Trip")


def purged(
    contents: Mapping[RemoteAlbum, int], *found: Difference, rules: Policy | None = None
) -> Plan:
    rules = rules or policy("syncUpload", purge=True)
    one = amend(propose(USB, found, rules), photos=1000, contents=contents)
    return make_plan([one], rules, tree(1000))


def test_an_album_that_loses_its_last_photo_is_removed() -> None:
    plan = purged({TRIP: 2}, *differences(_C.REMOTE_ONLY, 2))
    assert (plan.purges, plan.problems) == ((Purge(USB, TRIP),), ())


def test_an_album_that_is_empty_already_is_removed() -> None:
    assert purged({TRIP: 0}).purges == (Purge(USB, TRIP),)


def test_an_album_that_keeps_a_photo_is_not_removed() -> None:
    found = [*differences(_C.REMOTE_ONLY, 2), difference(_C.SAME, "kept.jpg")]
    assert purged({TRIP: 3}, *found).purges == ()


def test_an_album_of_unknown_content_is_not_removed() -> None:
    assert purged({}, *differences(_C.REMOTE_ONLY, 2)).purges == ()


@pytest.mark.parametrize("title", ["Trip \xe9", "Trip e\u0301"])
def test_an_album_that_gets_a_photo_is_not_removed(title: str) -> None:
    album = RemoteAlbum("Trip \xe9", "1")
    gains = difference(
        _C.LOCAL_ONLY, album="Trip e\u0301" if title != album.title else title
    )
    assert purged({album: 0}, gains).purges == ()


def test_a_move_empties_the_album_it_leaves_and_fills_the_one_it_joins() -> None:
    old = RemoteAlbum("Old", "Old")
    found = difference(_C.LOCAL_MOVED)
    there = RemotePhoto("a.jpg", "Old/a.jpg", 10, 0, album_id="Old")
    moved = found._replace(pair=found.pair._replace(remote=there))
    gone = difference(_C.REMOTE_ONLY, "b.jpg", "Old")
    assert purged({old: 2, TRIP: 0}, moved, gone).purges == (Purge(USB, old),)


def test_an_album_whose_deletes_are_postponed_is_not_removed() -> None:
    rules = policy("syncUpload", purge=True, max_steps=1)
    assert purged({TRIP: 2}, *differences(_C.REMOTE_ONLY, 2), rules=rules).purges == ()


def test_of_two_albums_of_one_title_only_the_empty_one_is_removed() -> None:
    other = RemoteAlbum("Trip", "other")
    assert purged({TRIP: 1, other: 1}, difference(_C.REMOTE_ONLY)).purges == (
        Purge(USB, TRIP),
    )


def test_what_one_service_loses_empties_no_album_of_another() -> None:
    rules = policy("syncUpload", purge=True)
    usb = amend(
        propose(USB, [difference(_C.REMOTE_ONLY)], rules),
        photos=1000,
        contents={TRIP: 1},
    )
    nas = amend(
        propose(NAS, [difference(_C.SAME)], rules), photos=1000, contents={TRIP: 1}
    )
    assert make_plan([usb, nas], rules, tree(1000)).purges == (Purge(USB, TRIP),)


def test_no_album_is_removed_unasked() -> None:
    plan = purged({TRIP: 0}, rules=policy("syncUpload"))
    assert plan.purges == ()
    assert plan.problems == ()


@pytest.mark.parametrize("allowed", [(), (Side.LOCAL,)])
def test_an_empty_album_is_only_named_without_permission(
    allowed: Iterable[Side],
) -> None:
    plan = purged({TRIP: 0}, rules=policy("syncUpload", allowed, purge=True))
    assert plan.purges == ()
    (problem,) = plan.problems
    assert not problem.failed
    assert "Trip" in problem.subject
    assert "--allowDelete remote" in problem.reason


def test_an_album_whose_photos_may_not_be_deleted_is_not_even_named() -> None:
    rules = policy("syncUpload", (), purge=True)
    plan = purged({TRIP: 1}, difference(_C.REMOTE_ONLY), rules=rules)
    assert (plan.purges, plan.problems) == ((), ())


# -- trash
# ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purge", "allowed", "emptied"),
    [
        (True, BOTH, {Side.LOCAL: 3, USB: 2}),
        (True, (Side.LOCAL,), {Side.LOCAL: 3}),
        (True, (Side.REMOTE,), {USB: 2}),
        (True, (), {}),
        (False, BOTH, {}),
    ],
)
def test_old_trash_is_emptied_with_purge_where_deleting_is_permitted(
    *, purge: bool, allowed: Iterable[Side], emptied: Mapping[str, int]
) -> None:
    rules = policy("sync", allowed, purge=purge)
    expired = [EmptyTrash(Side.LOCAL, 3), EmptyTrash(USB, 2), EmptyTrash(NAS, 0)]
    plan = make_plan([], rules, tree(0), expired=expired)
    assert {trash.service: trash.files for trash in plan.trash} == emptied
    rules = policy("report", allowed, purge=purge)
    assert not make_plan([], rules, tree(0), expired=expired).trash


# -- whatever the table
# --------------------------------------------------------------------

Found = tuple[str, str, str, Comparisons, bool]


def _photo(found: Found) -> tuple[str, str, str]:
    service, album, name, *_ = found
    return service, album, name_key(name)


FOUND = st.lists(
    st.tuples(
        st.sampled_from((USB, NAS)),
        st.sampled_from(("A", "B", "C")),
        st.sampled_from(("a.jpg", "\xe9.jpg", "e\u0301.jpg")),
        st.sampled_from([c for c in Comparisons if c not in _MOVED]),
        st.booleans(),
    ),
    unique_by=_photo,
)
POLICIES = st.builds(
    Policy,
    st.fixed_dictionaries(
        {c: st.sampled_from(sorted(possible(c))) for c in Comparisons}
    ),
    st.sampled_from(PERMISSIONS),
    st.just(EVERYTHING),
    st.integers(0, 3),
    st.booleans(),
)


def drafted(found: Iterable[Found], rules: Policy) -> list[Proposal]:
    proposals = []
    for service in (USB, NAS):
        mine = [
            difference(
                comparison, name, album, touched=touched and comparison is _C.SAME
            )
            for whose, album, name, comparison, touched in found
            if whose == service
        ]
        proposals.append(amend(propose(service, mine, rules), photos=len(mine)))
    return proposals


@given(FOUND, POLICIES)
def test_no_photo_is_ever_deleted_without_permission_for_its_side(
    found: list[Found], rules: Policy
) -> None:
    plan = make_plan(drafted(found, rules), rules, tree(len(found)))
    for step in plan.steps:
        assert step.action not in DELETES or DELETES[step.action] in rules.allow_delete
    assert not plan.purges or Side.REMOTE in rules.allow_delete


@given(FOUND, POLICIES)
def test_deletes_always_come_after_everything_else(
    found: list[Found], rules: Policy
) -> None:
    plan = make_plan(drafted(found, rules), rules, tree(len(found)))
    deletes = [step.action in DELETES for step in plan.steps]
    assert deletes == sorted(deletes)
    reports = [step.action is not _A.REPORT for step in plan.steps]
    assert reports == sorted(reports)


@given(FOUND, POLICIES)
def test_what_uses_a_local_file_that_another_service_writes_comes_after_it(
    found: list[Found], rules: Policy
) -> None:
    plan = make_plan(drafted(found, rules), rules, tree(len(found)))
    doing: dict[tuple[str, str], list[Step]] = {}
    for step in plan.steps:
        if step.action is not _A.REPORT:
            doing.setdefault((name_key(step.album), name_key(step.name)), []).append(
                step
            )
    for steps in doing.values():
        writing = {one.service for one in steps if one.action in WRITES_LOCAL}
        assert len(writing) <= 1
        if writing:
            assert {
                after(one) for one in steps if one.service not in writing
            } <= writing


@given(FOUND, POLICIES)
def test_every_photo_is_counted_and_no_service_does_two_things_about_one(
    found: list[Found], rules: Policy
) -> None:
    plan = make_plan(drafted(found, rules), rules, tree(len(found)))
    places = Counter(
        (step.service, name_key(step.album), name_key(step.name)) for step in plan.steps
    )
    assert not places or max(places.values()) == 1
    assert sum(sum(counts.values()) for counts in plan.counts.values()) == len(found)


@given(FOUND, POLICIES)
def test_no_step_is_taken_without_the_one_it_comes_after(
    found: list[Found], rules: Policy
) -> None:
    plan = make_plan(drafted(found, rules), rules, tree(len(found)))
    done: set[StepKey] = set()
    for step in plan.steps:
        if step.action is not _A.REPORT:
            place = name_key(step.album), name_key(step.name)
            assert not step.waits_for or step.waits_for in done
            done.add(StepKey(step.service, *place))


@given(FOUND, POLICIES)
def test_no_service_gets_more_steps_than_max(found: list[Found], rules: Policy) -> None:
    plan = make_plan(drafted(found, rules), rules, tree(len(found)))
    done = Counter(step.service for step in plan.steps if step.action is not _A.REPORT)
    assert not rules.max_steps or max(done.values(), default=0) <= rules.max_steps


# -- albums that get another title
# ---------------------------------------------------------


def moved(
    count: int,
    *,
    contents: Mapping[RemoteAlbum, int],
    here: LocalTree | None = None,
    rules: Policy | None = None,
) -> Plan:
    """The plan after `count` photos of the album Old went to the album Trip here."""
    rules = rules or policy()
    found = []
    for number in range(count):
        one = difference(_C.LOCAL_MOVED, f"{number}.jpg")
        assert one.pair.remote is not None
        old = one.pair.remote._replace(album_id="old")
        found.append(one._replace(pair=one.pair._replace(remote=old)))
    titles = Counter(name_key(album.title) for album in contents)
    one_draft = amend(
        propose(USB, found, rules), photos=1000, contents=contents, titles=titles
    )
    return make_plan([one_draft], rules, here or tree(count))


OLD = RemoteAlbum("Old", "old")


def test_an_album_whose_photos_all_moved_gets_another_title() -> None:
    plan = moved(3, contents={OLD: 3})
    assert plan.renames == (Rename(USB, OLD, "Trip", plan.steps),)
    assert len(plan.steps) == 3


def test_an_album_that_keeps_a_photo_keeps_its_title() -> None:
    assert moved(3, contents={OLD: 4}).renames == ()


def test_an_album_is_not_given_the_title_of_another() -> None:
    assert moved(3, contents={OLD: 3, TRIP: 1}).renames == ()


def test_an_album_that_is_still_here_keeps_its_title() -> None:
    here = tree(3)
    still = replace(here, albums={"Old": replace(here.albums["Library"], title="Old")})
    assert moved(3, contents={OLD: 3}, here=still).renames == ()


def test_of_two_albums_of_one_title_none_gets_another() -> None:
    assert moved(3, contents={OLD: 3, RemoteAlbum("Old", "older"): 5}).renames == ()


def test_of_two_albums_that_became_one_the_larger_one_takes_the_title() -> None:
    small, large = RemoteAlbum("Small", "small"), RemoteAlbum("Large", "large")
    found = []
    for number, album in enumerate((small, large, large)):
        one = difference(_C.LOCAL_MOVED, f"{number}.jpg")
        assert one.pair.remote is not None
        there = one.pair.remote._replace(album_id=album.id)
        origin = (album.title, there.name)
        found.append(one._replace(pair=one.pair._replace(remote=there), origin=origin))
    one_draft = amend(
        propose(USB, found, policy()),
        photos=1000,
        contents={small: 1, large: 2},
        titles={name_key(album.title): 1 for album in (small, large)},
    )
    plan = make_plan([one_draft], policy(), tree(3))
    assert plan.renames == (Rename(USB, large, "Trip", plan.steps[1:]),)


def test_an_album_is_not_renamed_where_some_of_its_photos_are_left_for_later() -> None:
    plan = moved(3, contents={OLD: 3}, rules=policy(max_steps=2))
    assert (plan.renames, plan.postponed) == ((), {USB: 1})


def test_a_renamed_album_is_not_removed() -> None:
    plan = moved(3, contents={OLD: 3}, rules=policy(purge=True))
    assert (len(plan.renames), plan.purges) == (1, ())


def test_an_album_of_which_a_photo_got_another_name_too_keeps_its_title() -> None:
    rules = policy()
    found = []
    for old, new in (("0.jpg", "0.jpg"), ("1.jpg", "2.jpg")):
        one = difference(_C.LOCAL_MOVED, new)
        assert one.pair.remote is not None
        there = one.pair.remote._replace(album_id="old", name=old)
        found.append(
            one._replace(pair=one.pair._replace(remote=there), origin=("Old", old))
        )
    one_draft = amend(
        propose(USB, found, rules),
        photos=1000,
        contents={OLD: 2},
        titles={name_key("Old"): 1},
    )
    assert make_plan([one_draft], rules, tree(2)).renames == ()
