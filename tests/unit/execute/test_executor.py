"""A plan is plain data: what it does follows from what it says, and from nothing
else.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from harness.library import files_below, make_photo

from photosync.config.settings import Home, Settings
from photosync.model import Actions, Outcome, Plan, Result, Side, Step
from photosync.sync.photosync import PhotoSync


class World:
    """A library and a folder that it is kept equal with."""

    def __init__(self, top: Path) -> None:
        self.here, self.there = top / "photos", top / "usb"
        self.there.mkdir()
        self.home = Home(top / "home", top / "home")
        self.home.state.mkdir()

    @property
    def settings(self) -> Settings:
        return Settings(
            self.home,
            roots=(str(self.here),),
            scope=(f"folder:{self.there}",),
            mode="sync",
            allow_delete=frozenset(Side),
        )

    def synchronise(
        self, change: Callable[[Plan], Plan] = lambda plan: plan
    ) -> list[Outcome]:
        """Plan, and carry out what `change` makes of the plan."""
        with PhotoSync.open(self.settings) as sync:
            return list(sync.run(change(sync.plan())))


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    for name in ("a.jpg", "b.jpg"):
        make_photo(world.here / "Old" / name, name.encode())
    world.synchronise()
    return world


def copy_each_step(plan: Plan) -> Plan:
    """An equal plan of which no step is the same object as before."""
    copied = replace(plan, steps=tuple(copy.deepcopy(step) for step in plan.steps))
    assert copied == plan
    return copied


def write_out_and_read_back(plan: Plan) -> Plan:
    """An equal plan whose parts were written to files of their own."""
    parts = {
        field.name: pickle.loads(pickle.dumps(getattr(plan, field.name)))
        for field in fields(plan)
    }
    copied = Plan(**parts)
    assert copied == plan
    return copied


@pytest.mark.parametrize(
    "change", [lambda plan: plan, copy_each_step, write_out_and_read_back]
)
def test_an_equal_copy_of_a_plan_with_an_album_rename_does_the_same(
    world: World, change: Callable[[Plan], Plan]
) -> None:
    (world.here / "Old").rename(world.here / "New")
    outcomes = world.synchronise(change)
    done = [
        (outcome.step.action, outcome.step.name, outcome.result, outcome.reason)
        for outcome in outcomes
        if isinstance(outcome.step, Step)
    ]
    assert sorted(done) == [
        (Actions.MOVE_REMOTE, "a.jpg", Result.DONE, ""),
        (Actions.MOVE_REMOTE, "b.jpg", Result.DONE, ""),
    ]
    assert files_below(world.there) == {"New/a.jpg": b"a.jpg", "New/b.jpg": b"b.jpg"}


@pytest.mark.parametrize("change", ["moved", "deleted"])
def test_a_sidecar_stays_with_a_photo_that_was_edited_since_the_plan(
    world: World, change: str
) -> None:
    photo = world.here / "Old" / "a.jpg"
    sidecar = make_photo(world.here / "Old" / "a.jpg.xmp", b"sidecar")
    world.synchronise()
    there = world.there / "Old" / "a.jpg"
    if change == "moved":
        there.rename(world.there / "Old" / "new.jpg")
    else:
        there.unlink()

    def edit(plan: Plan) -> Plan:
        assert len([step for step in plan.steps if step.leader]) == 1
        photo.write_bytes(b"edited while uploads went on")
        return plan

    world.synchronise(edit)
    assert photo.exists()
    assert sidecar.exists()


def test_a_sidecar_does_not_go_without_the_photo_that_it_belongs_to(
    world: World,
) -> None:
    sidecar = make_photo(world.here / "Old" / "a.jpg.xmp", b"sidecar")
    world.synchronise()
    (world.there / "Old" / "a.jpg").rename(world.there / "Old" / "new.jpg")

    def leave_out_the_photo(plan: Plan) -> Plan:
        (companion,) = [step for step in plan.steps if step.leader]
        return replace(plan, steps=(companion,))

    (outcome,) = world.synchronise(leave_out_the_photo)
    assert outcome.reason == "not tried: new.jpg stays where it is"
    assert sidecar.exists()
