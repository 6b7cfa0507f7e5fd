"""--review from the terminal: what it says, how it ends, what it does not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.reviewing import Visitor, review
from harness.three_sides import Ended, World, picture, world_of

from cli.command import refused
from cli.conftest import World as FolderWorld
from photosync.cli.review.desk import Desk
from photosync.history.storage.lock import hold_lock
from photosync.model import Plan


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "folder") as made:
        for name in "abc":
            made.local.add(f"Rome/{name}.jpg", picture(name))
        yield made


def reviewed(
    world: World, act: Callable[[Visitor], None], *argv: str, allow: str = "both"
) -> Ended:
    def person(address: str) -> None:
        visitor = Visitor(address)
        visitor.enter()
        act(visitor)
        visitor.leave()

    return review(world.ready(*argv, allow=allow), person)


def test_it_says_how_to_get_there_from_another_computer(world: World) -> None:
    ended = reviewed(world, lambda _: None)
    port = ended.out.partition("Review: http://127.0.0.1:")[2].partition("/")[0]
    assert f"ssh -N -L {port}:127.0.0.1:{port} " in ended.out
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("The page was closed; nothing was changed.\n")
    # Not even a memory was made: looking is a dry run.
    assert not world.state.exists()


def test_with_test_nothing_is_carried_out(world: World) -> None:
    def act(visitor: Visitor) -> None:
        assert 'id="apply"' not in visitor.page().text
        assert visitor.apply([0, 1, 2]).status == 200
        assert "--test" in visitor.wait_until_done()["text"]

    assert reviewed(world, act, "--test").code == 2
    assert world.remotes[0].photos() == {}


def test_a_mode_that_only_reports_lets_nothing_be_chosen(world: World) -> None:
    assert world.sync().code == 0
    world.local.edit("Rome/b.jpg", picture("mine"))
    world.remotes[0].edit("Rome/b.jpg", picture("theirs"))

    def act(visitor: Visitor) -> None:
        assert 'name="choice-' not in visitor.page().text
        assert visitor.apply([], step0="mine").status == 200
        told = "Not done: -m report carries nothing out; give another mode"
        assert visitor.wait_until_done()["text"] == told

    assert reviewed(world, act, "-m", "report").code == 2
    assert world.remotes[0].photos()["Rome/b.jpg"] == picture("theirs")


def test_what_changed_since_it_was_shown_is_left_alone(world: World) -> None:
    def act(visitor: Visitor) -> None:
        world.local.edit("Rome/b.jpg", picture("edited meanwhile"))
        assert visitor.apply([0, 1]).status == 200
        told = visitor.wait_until_done()["text"]
        assert told.startswith("1 done, 1 left alone, changed meanwhile.")

    ended = reviewed(world, act)
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "Rome/b.jpg: stale, left alone" in ended.err
    assert list(world.remotes[0].photos()) == ["Rome/a.jpg"]


def test_while_another_run_goes_on_it_can_be_tried_again(world: World) -> None:
    world.home.mkdir()

    def act(visitor: Visitor) -> None:
        with hold_lock(world.home):
            assert visitor.apply([0]).status == 200
            state = visitor.wait_until_done()
            assert state["phase"] == "refused"
            assert "another" in state["text"]
        assert visitor.apply([0]).status == 200
        assert visitor.wait_until_done()["text"].startswith("1 done.")
        # All is done: there is nothing to be ticked any more.
        assert visitor.apply([0]).status == 409

    assert reviewed(world, act).code == 0
    assert list(world.remotes[0].photos()) == ["Rome/a.jpg"]


def test_a_delete_needs_its_permission(world: World) -> None:
    assert world.sync().code == 0
    world.local.delete("Rome/b.jpg")

    def act(visitor: Visitor) -> None:
        assert "--allowDelete</span> remote" in visitor.page().text
        assert 'class="tick"' not in visitor.page().text
        assert visitor.apply([0]).status == 200
        assert visitor.wait_until_done()["text"].startswith("0 done")

    assert reviewed(world, act, allow="").code == 0
    assert "Rome/b.jpg" in world.remotes[0].photos()


@pytest.mark.parametrize("choice", ["mine", "theirs", "both"])
def test_a_conflict_is_settled_as_chosen(world: World, choice: str) -> None:
    assert world.sync().code == 0
    world.local.edit("Rome/b.jpg", picture("mine"))
    world.remotes[0].edit("Rome/b.jpg", picture("theirs"))

    def act(visitor: Visitor) -> None:
        assert visitor.apply([], step0=choice).status == 200
        assert visitor.wait_until_done()["text"].startswith("1 done")

    assert reviewed(world, act).code == 0
    assert world.sync().code == 0
    here = world.local.photos()
    assert here == world.remotes[0].photos()
    kept = {"both": "mine"}.get(choice, choice)
    assert here["Rome/b.jpg"] == picture(kept)
    assert len(here) == (4 if choice == "both" else 3)


def test_what_was_asked_before_it_was_closed_keeps_no_page_open() -> None:
    desk = Desk(Plan(()))
    desk.leave(at_once=True)
    desk.show_life()
    assert desk.wait() is None


def test_nothing_to_do_needs_no_page(world: World) -> None:
    assert world.sync().code == 0
    ended = review(world.ready(), lambda _: None)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Nothing to do: 3 photos equal on ")
    assert ended.out.count("\n") == 1


def test_a_saved_plan_is_not_reviewed(world: World, tmp_path: Path) -> None:
    plain = FolderWorld(tmp_path)
    for option in ("--apply", "--plan"):
        refused(
            plain.sync("--review", "--test", option, tmp_path / "plan"),
            "--review plans anew; --plan and --apply do not go with it",
        )
