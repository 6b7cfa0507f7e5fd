"""The end of a run: what failed by its reason, and a table that fits."""

from __future__ import annotations

from photosync.cli.summary.page import Tally
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    LocalPhoto,
    Observations,
    Outcome,
    Plan,
    Result,
    Step,
)


def make_step(number: int) -> Step:
    name = f"{number}.jpg"
    photo = LocalPhoto(f"/p/{name}", "", name, 1000, 10**18)
    action, comparison = Actions.UPLOAD_LOCAL, Comparisons.LOCAL_ONLY
    return Step("drive", action, comparison, "Rome", name, photo)


def end(*outcomes: Outcome, width: int = 200) -> list[str]:
    services = ("drive", "flickr")
    plan = Plan(
        tuple(one.step for one in outcomes if isinstance(one.step, Step)),
        counts={service: {} for service in services},
        observations=dict.fromkeys(services, Observations()),
    )
    tally = Tally.of_plan(plan)
    for outcome in outcomes:
        tally.add(outcome)
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
        "    -> photosync --last names all",
        "",
        "! 1 failed (update album on Drive): no such album",
        "    Rome",
    ]


def test_what_stopped_a_whole_service_is_not_the_failure_of_a_photo() -> None:
    full = Outcome(make_step(1), Result.FAILED, "full", side_stopped=True)
    left = Outcome(make_step(2), Result.POSTPONED, exit_code=0)
    assert not any(line.startswith("!") for line in end(full, left))


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
