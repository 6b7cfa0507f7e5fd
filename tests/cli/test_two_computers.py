"""Two computers of one account that remove doubles at the same moment: whatever each of
them remembers, they keep the same photo.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.photos_world import KEEPING, calm, here, shot, went_well
from harness.three_sides import Drive, Flickr, World, picture, world_of

import photosync
from cli.test_photos_marks import NEW, OLD, alive, duplicate
from photosync import Outcome, Plan, Result


@dataclass(frozen=True, slots=True)
class Computers:
    """Two of them, of which each knows one of two equal photos from an earlier run."""

    mine: World
    yours: World
    known_to_me: str
    known_to_you: str


@contextmanager
def computers(top: Path, service: str, when: str) -> Iterator[Computers]:
    """`when` is the date of the photo that the second one knows, on Drive."""
    with world_of(top / "mine", service) as mine:
        remote = mine.remotes[0]
        assert isinstance(remote, Drive | Flickr)
        data = shot(mine, "Rome/a.jpg").read_bytes()
        shot(mine, "Rome/b.jpg")
        went_well(mine.sync())
        first = remote.ids()["Rome/a.jpg"]
        yours = World(top / "yours", mine.remotes)
        for name in ("a.jpg", "b.jpg"):
            source = here(mine, f"Rome/{name}")
            yours.local.add(f"Rome/{name}", source.read_bytes(), source.stat().st_mtime)
        remote.sign_in(yours.home)
        # The second computer sees its own photo alone.
        second = duplicate(mine, "Rome/a.jpg", data, when)
        if isinstance(remote, Drive):
            remote.emulator.web.trash(first)
            went_well(yours.sync())
            remote.emulator.web.untrash(first)
            remote.emulator.web.patch(second, modifiedTime=when)
        else:
            web = remote.emulator.web
            (album,) = web.titled("Rome")
            web.take_out(album, first)
            went_well(yours.sync())
            web.put_in(album, first)
        yield Computers(mine, yours, first, second)


def settings_of(world: World) -> photosync.Settings:
    world.configure()
    remote = world.remotes[0]
    assert isinstance(remote, Drive | Flickr)
    return photosync.Settings(
        photosync.Home(world.home, world.home),
        roots=(str(world.local.top),),
        scope=(remote.service,),
        mode="sync",
        allow_delete=frozenset(photosync.Side),
        deletedups=True,
        drive_url=remote.emulator.url,
        flickr_url=remote.emulator.url,
        drive_quota=0,
        retry_wait=0.002,
    )


def run_at_once(*worlds: World) -> list[list[Outcome]]:
    """All make their plans before the first one carries out its own."""
    with ExitStack() as stack:
        opened = [
            stack.enter_context(photosync.PhotoSync.open(settings_of(world)))
            for world in worlds
        ]
        plans: list[Plan] = [sync.plan() for sync in opened]
        return [list(sync.run(plan)) for sync, plan in zip(opened, plans, strict=True)]


@pytest.mark.parametrize("service", KEEPING)
@pytest.mark.parametrize("when", [OLD, NEW])
@pytest.mark.parametrize("i_am_first", [True, False])
def test_two_computers_that_remove_doubles_at_once_keep_the_same_one(
    tmp_path: Path, service: str, when: str, *, i_am_first: bool
) -> None:
    with computers(tmp_path, service, when) as both:
        order = (both.mine, both.yours) if i_am_first else (both.yours, both.mine)
        run_at_once(*order)
        left = {both.known_to_me, both.known_to_you} & alive(both.mine)
        assert len(left) == 1
        if service == "drive":
            # The older one, whoever knows it.
            assert left == {both.known_to_you if when == OLD else both.known_to_me}
        for world in order:
            ended = went_well(world.sync())
            assert ended.actions == []
            assert set(world.local.photos()) == {"Rome/a.jpg", "Rome/b.jpg"}
            calm(world, "-dd")


@pytest.mark.parametrize("service", KEEPING)
def test_who_knew_the_double_knows_the_one_that_stays(
    tmp_path: Path, service: str
) -> None:
    with computers(tmp_path, service, OLD) as both:
        for world in (both.mine, both.yours):
            went_well(world.sync("-dd"))
        remote = both.mine.remotes[0]
        assert len(remote.ids()) == 2
        for number, world in enumerate((both.mine, both.yours)):
            edited = picture(f"edited {number}")
            world.local.edit("Rome/a.jpg", edited)
            went_well(world.sync())
            assert remote.photos()["Rome/a.jpg"] == edited
            went_well(both.yours.sync())


@pytest.mark.parametrize("service", KEEPING)
@pytest.mark.parametrize("is_edited", [True, False])
def test_no_double_is_deleted_when_the_one_to_stay_is_gone_or_other(
    tmp_path: Path, service: str, *, is_edited: bool
) -> None:
    with computers(tmp_path, service, NEW) as both:
        remote = both.mine.remotes[0]
        assert isinstance(remote, Drive | Flickr)
        with photosync.PhotoSync.open(settings_of(both.mine)) as sync:
            plan = sync.plan()
            (step,) = [one for one in plan.steps if one.is_duplicate]
            assert step.kept is not None
            assert step.remote is not None
            emulator = remote.emulator
            emulator.clock.advance(60)
            web = emulator.web
            if is_edited:
                web.replace(step.kept.id, picture("other"))
            elif isinstance(remote, Drive):
                remote.emulator.web.trash(step.kept.id)
            else:
                web.delete(step.kept.id)
            (outcome,) = [one for one in sync.run(plan) if one.step is step]
        assert outcome.result is Result.FAILED
        assert step.remote.id in alive(both.mine)
