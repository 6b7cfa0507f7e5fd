"""--plan writes a plan down, --apply carries out what of it still holds."""

from __future__ import annotations

import json

import pytest
from harness.three_sides import World, picture, world_of

from cli.command import refused
from cli.conftest import World as FolderWorld
from cli.trees import files


@pytest.mark.parametrize("service", ["folder", "drive", "flickr"])
def test_only_the_step_whose_photo_changed_is_skipped(
    tmp_path_factory: pytest.TempPathFactory, service: str
) -> None:
    with world_of(tmp_path_factory.mktemp("plans"), service) as world:
        for name in "abc":
            world.local.add(f"Rome/{name}.jpg", picture(name))
        world.remotes[0].add("Rome/there.jpg", picture("there"))
        file = str(world.top / "plan.json")
        looked = world.sync("--test", "--plan", file)
        assert (looked.code, looked.err) == (0, "")
        assert len(json.loads((world.top / "plan.json").read_text())["steps"]) == 4
        world.local.edit("Rome/b.jpg", picture("edited"))
        world.local.add("Rome/new.jpg", picture("new"))
        check_applied(world, file)


def check_applied(world: World, file: str) -> None:
    applied = world.sync("--apply", file)
    assert applied.code == 1
    assert "Rome/b.jpg: stale, left alone" in applied.err
    assert applied.err.count("\n") == 1
    remote = world.remotes[0].photos()
    assert sorted(remote) == ["Rome/a.jpg", "Rome/c.jpg", "Rome/there.jpg"]
    assert "Rome/there.jpg" in world.local.photos()
    # The next plain run does the rest.
    assert world.sync().code == 0
    assert world.remotes[0].photos() == world.local.photos()


def test_a_plan_is_written_by_a_dry_run_only(world: FolderWorld) -> None:
    refused(
        world.sync("--plan", world.top / "plan"),
        "--plan goes with --test; --apply carries a plan out",
    )


def test_applying_in_a_dry_run_changes_nothing(world: FolderWorld) -> None:
    world.here("album/first.jpg")
    assert world.sync().code == 0
    world.here("album/a.jpg", b"a")
    plan = world.top / "plan"
    assert world.sync("-t", "--plan", plan).code == 0
    assert plan.stat().st_mode & 0o777 == 0o600
    assert world.sync("--apply", plan, "-t").done("UPLOAD_LOCAL") == ["album/a.jpg"]
    assert list(files(world.remote)) == ["album/first.jpg"]
    assert world.sync("--apply", plan).code == 0
    assert len(files(world.remote)) == 2
    # What was done is not done again, and that it is named is right.
    again = world.sync("--apply", plan)
    assert (again.code, again.actions) == (1, [])


def test_what_is_no_plan_is_refused_in_one_line(world: FolderWorld) -> None:
    world.here("album/a.jpg")
    plan = world.top / "plan"
    refused(
        world.sync("--apply", plan),
        f"--apply: {plan} cannot be read (No such file or directory)",
    )
    for text in ("", "[" * 100_000, "{}", "\udcff"):
        plan.write_bytes(text.encode("utf-8", "surrogateescape"))
        refused(
            world.sync("--apply", plan),
            f"--apply: {plan} is no plan that --plan wrote",
        )
    plan.unlink()
    refused(
        world.sync("-t", "--plan", world.top / "no" / "plan"),
        f"--plan: {world.top}/no/plan cannot be written (No such file or directory)",
    )
    assert world.sync("-t", "--plan", plan).code == 0
    refused(
        world.sync("--apply", plan, "-m", "sync"),
        f"--apply: {plan} was made with -m upload; give the same mode",
    )
