"""What is ticked of a plan is a plan: whole, permitted, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    EmptyTrash,
    LocalPhoto,
    Plan,
    Purge,
    RemoteAlbum,
    RemotePhoto,
    Rename,
    Side,
    Step,
)
from photosync.plan.order import key_of
from photosync.plan.selection import (
    Choice,
    Selection,
    carry_over,
    find_choices,
    find_needs,
    select,
)

LOCAL = LocalPhoto("a.jpg", "/photos/Rome", "a.jpg", 7, 1_500_000_000_000_000_000)
REMOTE = RemotePhoto("a.jpg", "id 1", 9, None, "0" * 32, "version 1", "album 1")


def step(action: Actions, name: str, **more: Any) -> Step:
    given = {"service": "drive", "comparison": Comparisons.LOCAL_ONLY, "album": "Rome"}
    return Step(action=action, name=name, **given | more)


UPLOAD = step(Actions.UPLOAD_LOCAL, "a.jpg", local=LOCAL)
DOWNLOAD = step(Actions.DOWNLOAD_REMOTE, "b.jpg", remote=REMOTE)
PASSED_ON = step(
    Actions.UPLOAD_LOCAL, "b.jpg", service="flickr", waits_for=key_of(DOWNLOAD)
)
MOVE = step(Actions.MOVE_REMOTE, "c.jpg", remote=REMOTE, origin=("Roma", "c.jpg"))
CONFLICT = step(
    Actions.REPORT,
    "d.jpg",
    comparison=Comparisons.CONFLICT,
    local=LOCAL,
    remote=REMOTE,
)
OTHER_CONFLICT = replace(CONFLICT, service="flickr")
FORBIDDEN = step(Actions.REPORT, "e.jpg", reason="not deleted without --allowDelete")
DELETE = step(
    Actions.DELETE_REMOTE, "f.jpg", remote=REMOTE, stands_at=(("Rome", "b.jpg"),)
)
STEPS = (
    CONFLICT,
    OTHER_CONFLICT,
    FORBIDDEN,
    UPLOAD,
    DOWNLOAD,
    MOVE,
    PASSED_ON,
    DELETE,
)
PLAN = Plan(
    steps=STEPS,
    renames=(Rename("drive", RemoteAlbum("Roma", "album 2"), "Rome", (MOVE,)),),
    updates=(AlbumUpdate("drive", "Rome"), AlbumUpdate("flickr", "Rome")),
    owed=(AlbumUpdate("drive", "Rome"), AlbumUpdate("drive", "Oslo")),
    purges=(Purge("drive", RemoteAlbum("Roma", "album 2")),),
    trash=(EmptyTrash(Side.LOCAL, 4),),
    postponed={"drive": 3},
)
NUMBERS = {one: number for number, one in enumerate(STEPS)}


def ticked(*steps: Step, **more: Any) -> Selection:
    return Selection(frozenset(NUMBERS[one] for one in steps), **more)


def chosen(**choices: Choice) -> dict[int, Choice]:
    conflicts = {"drive": CONFLICT, "flickr": OTHER_CONFLICT}
    return {NUMBERS[conflicts[name]]: choice for name, choice in choices.items()}


def test_nothing_ticked_is_nothing_done() -> None:
    plan = select(PLAN, Selection())
    assert (plan.steps, plan.renames, plan.updates) == ((), (), ())
    assert (plan.owed, plan.purges, plan.trash) == ((), (), ())
    assert plan.problems == ()


def test_what_is_ticked_is_there_with_its_albums() -> None:
    plan = select(PLAN, ticked(MOVE, purges=frozenset({0}), trash=frozenset({0})))
    assert plan.steps == (MOVE,)
    assert plan.updates == plan.owed == (AlbumUpdate("drive", "Rome"),)
    assert (plan.renames, plan.purges) == (PLAN.renames, PLAN.purges)
    assert (plan.trash, plan.postponed) == (PLAN.trash, {})


def test_an_album_that_keeps_a_photo_is_not_removed() -> None:
    plan = select(PLAN, ticked(UPLOAD, purges=frozenset({0})))
    assert (plan.steps, plan.renames, plan.purges) == ((UPLOAD,), (), ())


def test_a_delete_without_permission_cannot_be_ticked() -> None:
    number = NUMBERS[FORBIDDEN]
    for choice in Choice:
        selection = Selection(frozenset({number}), {number: choice})
        assert select(PLAN, selection).steps == ()


@pytest.mark.parametrize(
    ("needy", "needed"), [(PASSED_ON, DOWNLOAD), (DELETE, DOWNLOAD)]
)
def test_what_needs_another_step_is_not_done_alone(needy: Step, needed: Step) -> None:
    assert find_needs(STEPS)[NUMBERS[needy]] == {NUMBERS[needed]}
    alone = select(PLAN, ticked(needy))
    assert alone.steps == ()
    assert [problem.subject for problem in alone.problems] == [f"Rome/{needy.name}"]
    assert select(PLAN, ticked(needy, needed)).steps == (needed, needy)


@pytest.mark.parametrize(
    ("choice", "action"),
    [
        (Choice.MINE, Actions.REPLACE_REMOTE_WITH_LOCAL),
        (Choice.THEIRS, Actions.DOWNLOAD_REMOTE),
        (Choice.BOTH, Actions.KEEP_BOTH),
    ],
)
def test_a_choice_becomes_a_step(choice: Choice, action: Actions) -> None:
    (made,) = select(PLAN, Selection(choices=chosen(drive=choice))).steps
    assert made == replace(CONFLICT, action=action, reason="you chose it")


def test_two_choices_never_write_to_one_file() -> None:
    both = chosen(drive=Choice.THEIRS, flickr=Choice.MINE)
    waiting, winner = select(PLAN, Selection(choices=both)).steps
    assert (winner.service, winner.action) == ("drive", Actions.DOWNLOAD_REMOTE)
    assert (waiting.service, waiting.action) == ("flickr", Actions.REPORT)
    assert "waits for the next run" in waiting.reason
    mine = chosen(drive=Choice.MINE, flickr=Choice.MINE)
    made = select(PLAN, Selection(choices=mine)).steps
    assert {one.action for one in made} == {Actions.REPLACE_REMOTE_WITH_LOCAL}


def test_what_can_be_chosen() -> None:
    assert find_choices(CONFLICT) == tuple(Choice)
    assert find_choices(CONFLICT, read_only=True) == (Choice.THEIRS, Choice.BOTH)
    assert find_choices(UPLOAD) == find_choices(FORBIDDEN) == ()
    assert find_choices(replace(CONFLICT, kept=CONFLICT.remote)) == ()
    assert find_choices(replace(CONFLICT, remote=None)) == ()


def test_what_changed_since_it_was_shown_is_stale() -> None:
    edited = replace(UPLOAD, local=replace_size(LOCAL))
    now = replace(PLAN, steps=(edited, CONFLICT, DOWNLOAD, PASSED_ON))
    wanted = ticked(UPLOAD, PASSED_ON, DOWNLOAD, choices=chosen(drive=Choice.MINE))
    moved, stale = carry_over(wanted, PLAN, now)
    assert moved == Selection(frozenset({2, 3}), {1: Choice.MINE})
    assert [problem.subject for problem in stale] == ["Rome/a.jpg"]


def replace_size(photo: LocalPhoto) -> LocalPhoto:
    return photo._replace(size=photo.size + 1)


@given(
    numbers=st.frozensets(st.integers(0, len(STEPS) - 1)),
    choices=st.dictionaries(
        st.integers(0, len(STEPS) - 1), st.sampled_from(Choice), max_size=3
    ),
)
def test_a_selection_never_does_more_than_what_is_ticked(
    numbers: frozenset[int], choices: dict[int, Choice]
) -> None:
    plan = select(PLAN, Selection(numbers, choices))
    wanted = {(STEPS[one].service, STEPS[one].name) for one in numbers | choices.keys()}
    assert {(one.service, one.name) for one in plan.steps} <= wanted
    keys = {key_of(one) for one in plan.steps}
    assert {one.waits_for for one in plan.steps} - {None} <= keys
    # What was chosen already is no other step of the next plan.
    again = Selection(frozenset(range(len(plan.steps))))
    done = [one for one in plan.steps if one.action is not Actions.REPORT]
    assert list(select(plan, again).steps) == done
