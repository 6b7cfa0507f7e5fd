"""A photo in an album of ours on Drive that somebody else put there, who does not let us
change it: it is left alone, and holds up nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.three_sides import WHEN, Drive, Folder, World, picture, world_of

A = "Rome/a.jpg"
EDIT = "you have no right to edit this photo there; ask its owner for it"
DELETE = "you have no right to delete this photo there; ask its owner to"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "drive") as world:
        drive = drive_of(world)
        drive.emulator.web.share_from_someone_else(drive.add(A, picture("a")))
        for name in ("b.jpg", "c.jpg"):
            # Of another size and date than theirs.
            world.local.add(f"Rome/{name}", picture(f"one of ours, {name}"), WHEN + 500)
        for _ in range(2):
            assert world.sync().code == 0
        yield world


def drive_of(world: World) -> Drive:
    (drive,) = world.remotes
    assert isinstance(drive, Drive)
    return drive


def edit(local: Folder) -> None:
    local.edit(A, picture("edited"))


def move(local: Folder) -> None:
    local.move(A, "Oslo")


def rename(local: Folder) -> None:
    local.rename(A, "z.jpg")


def touch(local: Folder) -> None:
    local.touch(A)


def delete(local: Folder) -> None:
    local.delete(A)


@pytest.mark.parametrize(
    ("change", "reason"),
    [(edit, EDIT), (move, EDIT), (rename, EDIT), (touch, EDIT), (delete, DELETE)],
)
def test_a_photo_that_we_may_not_change_is_left_alone(
    world: World, change: Callable[[Folder], None], reason: str
) -> None:
    drive = drive_of(world)
    change(world.local)
    world.local.delete("Rome/b.jpg")
    planned = world.sync("--test")
    ended = world.sync()
    assert (ended.code, ended.err, reason in ended.out) == (0, "", True)
    # The listing tells of it: no plan promises what no run does.
    assert reason in planned.out
    assert planned.actions == ended.actions
    # What we may delete in the same album goes.
    assert sorted(drive.photos()) == [A, "Rome/c.jpg"]
    assert drive.photos()[A] == picture("a")
    again = world.sync("--quiet")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_once_the_owner_permits_it_the_edit_arrives(world: World) -> None:
    drive = drive_of(world)
    edit(world.local)
    drive.emulator.traffic.reset()
    assert world.sync().code == 0
    # No bytes go there only to be refused.
    assert "files.update" not in drive.emulator.traffic.calls
    drive.emulator.web.patch(drive.ids()[A], capabilities={"canEdit": True})
    assert world.sync().code == 0
    assert drive.photos()[A] == picture("edited")
    # Who may edit a file of somebody else's may still not delete it.
    delete(world.local)
    ended = world.sync()
    assert (ended.code, DELETE in ended.out) == (0, True)


def test_what_the_owner_forbids_after_the_plan_was_made_is_left_alone(
    world: World,
) -> None:
    drive = drive_of(world)
    drive.emulator.web.patch(drive.ids()[A], capabilities={"canEdit": True})
    edit(world.local)
    plan = str(world.top / "plan.json")
    assert world.sync("--test", "--plan", plan).code == 0
    drive.emulator.web.patch(drive.ids()[A], capabilities={"canEdit": False})
    ended = world.sync("--apply", plan)
    assert (ended.code, f"{A}: " in ended.err) == (1, True)
    assert drive.photos()[A] == picture("a")


def test_what_a_photo_left_alone_holds_by_now_is_not_deleted(world: World) -> None:
    drive = drive_of(world)
    (world.local.top / "Rome/c.jpg").replace(world.local.top / A)
    world.local.delete("Rome/b.jpg")
    ended = world.sync()
    reason = "not deleted: it stands as Rome/a.jpg here, which is to be settled first"
    assert (ended.code, ended.err, reason in ended.out) == (0, "", True)
    # It is the only copy there of what is here by the name of theirs.
    assert sorted(drive.photos()) == [A, "Rome/c.jpg"]


def test_no_album_is_made_for_a_photo_that_we_may_not_move(world: World) -> None:
    drive = drive_of(world)
    move(world.local)
    assert EDIT in world.sync().out
    assert drive.albums() == {"Rome"}


def test_a_photo_of_ours_that_moved_over_theirs_stays_without_a_failure(
    world: World,
) -> None:
    drive = drive_of(world)
    ours = picture("one of ours, in another album")
    world.local.add("Oslo/a.jpg", ours, WHEN + 500)
    world.local.add("Oslo/b.jpg", picture("another one of ours"), WHEN + 500)
    assert world.sync().code == 0
    (world.local.top / "Oslo/a.jpg").replace(world.local.top / A)
    world.local.delete("Oslo/b.jpg")
    ended = world.sync()
    assert (ended.code, ended.err) == (0, "")
    # What else was deleted in either album goes.
    assert sorted(drive.photos()) == ["Oslo/a.jpg", A, "Rome/b.jpg", "Rome/c.jpg"]
    assert drive.photos()["Oslo/a.jpg"] == ours
    again = world.sync("--quiet")
    assert (again.code, again.out, again.err) == (0, "", "")
    drive.emulator.web.patch(drive.ids()[A], capabilities={"canEdit": True})
    assert world.sync().code == 0
    assert sorted(drive.photos()) == [A, "Rome/b.jpg", "Rome/c.jpg"]
    assert drive.photos()[A] == ours
