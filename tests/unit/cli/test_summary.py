"""The end of a run: what failed by its reason, and a table that fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from photosync.cli.summary import ending
from photosync.cli.summary.left_alone import describe_left_alone
from photosync.cli.summary.page import Failures, Tally
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    LocalPhoto,
    Observations,
    Outcome,
    Plan,
    Problem,
    Result,
    Step,
)

C = Comparisons


def make_step(number: int) -> Step:
    name = f"{number}.jpg"
    photo = LocalPhoto(f"/p/{name}", "", name, 1000, 10**18)
    action, comparison = Actions.UPLOAD_LOCAL, Comparisons.LOCAL_ONLY
    return Step("drive", action, comparison, "Rome", name, photo)


def tally_of(*outcomes: Outcome) -> Tally:
    services = ("drive", "flickr")
    plan = Plan(
        tuple(one.step for one in outcomes if isinstance(one.step, Step)),
        counts={service: {} for service in services},
        observations=dict.fromkeys(services, Observations()),
    )
    tally = Tally.of_plan(plan)
    for outcome in outcomes:
        tally.add(outcome)
    return tally


def end(*outcomes: Outcome, width: int = 200) -> list[str]:
    tally = tally_of(*outcomes)
    lines = tally.describe(is_stopped=False, with_failures=True, width=width)
    return list(lines)[2:]


def test_failures_are_grouped_by_reason_with_three_names() -> None:
    failed = [Outcome(make_step(n), Result.FAILED, "too large") for n in range(5)]
    update = Outcome(AlbumUpdate("drive", "Rome"), Result.FAILED, "no such album")
    lines = end(*failed, update)
    assert lines[lines.index("") :] == [
        "",
        "! 5 failed (upload to Drive): too large",
        "    Rome/0.jpg, Rome/1.jpg, Rome/2.jpg and 2 more",
        "",
        "! 1 failed (update album on Drive): no such album",
        "    Rome",
        "All names: photosync --last",
    ]


def test_of_what_a_service_does_not_take_the_way_out_is_told() -> None:
    refused = [
        Outcome(make_step(n), Result.FAILED, "too large", refused_under="free")
        for n in range(4)
    ]
    *_, remedy, names = end(*refused)
    assert remedy == (
        "    -> --skip leaves them out, another place (-p) may take them, "
        "--shrink sends smaller copies of pictures"
    )
    assert names == "All names: photosync --last"
    # A folder keeps no smaller copies.
    step = replace(make_step(1), service="folder:/mnt/stick")
    (*_, last) = end(Outcome(step, Result.FAILED, "too large", refused_under=""))
    assert last == "    -> --skip leaves it out, another place (-p) may take it"


@pytest.mark.parametrize(
    ("comparison", "reason", "remedy"),
    [
        (C.REMOTE_ONLY, "only there", "-m download brings {}, -m sync both ways"),
        (C.LOCAL_ONLY, "only here", "-m upload sends {}"),
        (C.LOCAL_MOVED, "you moved {}", "-m sync moves {} there too"),
    ],
)
def test_of_one_photo_and_of_many_it_is_said_in_other_words(
    comparison: Comparisons, reason: str, remedy: str
) -> None:
    steps = [
        replace(make_step(n), action=Actions.REPORT, comparison=comparison)
        for n in range(2)
    ]
    for count, them in ((1, "it"), (2, "them")):
        _, head, _, end = describe_left_alone(steps[:count])
        assert head.endswith(f": {reason.format(them)}")
        assert end == f"    -> {remedy.format(them)}"


def test_what_is_left_alone_for_one_reason_on_two_services_is_told_once() -> None:
    step = replace(
        make_step(0), action=Actions.REPORT, comparison=Comparisons.REMOTE_NEWER
    )
    _, head, photos, _ = describe_left_alone([step, replace(step, service="flickr")])
    assert head == "! 1 photo left alone on Drive and Flickr: newer there"
    assert photos == "    Rome/0.jpg"


def test_what_is_not_taken_is_told_with_the_way_out_in_later_nights() -> None:
    told = replace(make_step(1), action=Actions.REPORT, reason="large", is_unfit=True)
    (*_, last) = describe_left_alone([told])
    assert last.startswith("    -> --skip leaves it out, ")


def test_what_stopped_a_whole_service_is_not_the_failure_of_a_photo() -> None:
    full = Outcome(make_step(1), Result.FAILED, "full", side_stopped=True)
    left = Outcome(make_step(2), Result.POSTPONED, exit_code=0)
    assert not any(line.startswith("!") for line in end(full, left))


def test_a_disk_that_stops_is_one_line_whether_the_reason_names_it_or_not() -> None:
    step = replace(make_step(1), service="folder:/mnt/b")
    reasons = ("/mnt/b: the disk is full", "the disk is full")
    failures = Failures()
    lines = [
        failures.add(Outcome(step, Result.FAILED, reason, side_stopped=True))
        for reason in reasons
    ]
    assert lines == ["/mnt/b: the disk is full; the rest is left for the next run", ""]


FULL = "Google account is full"


def test_memory_keeps_all_names_and_what_stopped_a_service() -> None:
    failed = [Outcome(make_step(n), Result.FAILED, "too large") for n in range(4)]
    stopped = [
        Outcome(make_step(n), Result.POSTPONED, FULL, side_stopped=True)
        for n in range(4, 8)
    ]
    problem = Problem("Flickr", "cannot be reached")
    lines = ending.describe_ending(
        tally_of(*failed, *stopped), [problem], is_stopped=True
    )
    first, *others = lines
    assert first == "Flickr: cannot be reached"
    assert others[1].startswith("Stopped after ")
    assert others[6:] == [
        "",
        f"! Drive: {FULL}; the rest is left for the next run",
        *[f"    Rome/{n}.jpg" for n in range(4, 8)],
        "",
        "! 4 failed (upload to Drive): too large",
        *[f"    Rome/{n}.jpg" for n in range(4)],
    ]


def test_memory_counts_what_would_flood_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_MOST_NAMES", 2)
    failed = [Outcome(make_step(n), Result.FAILED, "too large") for n in range(5)]
    lines = list(ending.describe_ending(tally_of(*failed), [], is_stopped=False))
    assert lines[-3:] == ["    Rome/0.jpg", "    Rome/1.jpg", "    and 3 more"]
    monkeypatch.setattr(ending, "_MOST_LINES", len(lines) - 2)
    assert list(ending.limit(iter(lines))) == [*lines[:-2], "... and 2 more lines"]


def test_a_table_that_is_too_wide_has_a_column_for_each_service() -> None:
    outcomes = [Outcome(make_step(n), Result.DONE) for n in range(2)]
    assert end(*outcomes) == [
        "        uploaded  equal  transferred",
        "Drive          2      0       2.0 kB",
        "Flickr         0      0          0 B",
    ]
    assert end(*outcomes, width=30) == [
        "              Drive  Flickr",
        "uploaded          2       0",
        "equal             0       0",
        "transferred  2.0 kB     0 B",
    ]
    moved = replace(make_step(0), action=Actions.MOVE_REMOTE)
    assert end(Outcome(moved, Result.DONE))[0].split() == ["moved", "equal"]
