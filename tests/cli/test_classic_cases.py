"""What became of a photo, case by case, against a folder, Drive and Flickr.

Each run is shown by `--test` before, and the run after it has nothing to do. The runs
are within this process; the last test shows that what they know is in the home alone.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import WHEN, Flickr, Remote, World, picture, world_of

from photosync.history.storage.database import FILE

A, B, C = "Rome/a.jpg", "Rome/b.jpg", "Oslo/c.jpg"
YEAR = 365 * 86_400


class Case:
    """A world in which both sides hold three photos, and history knows it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.local = world.local
        self.remotes = world.remotes
        self.wanted = {path: picture(path) for path in (A, B, C)}
        for number, (path, data) in enumerate(self.wanted.items()):
            self.local.add(path, data, WHEN + 1000 * number)
        for _ in range(2):
            # What version Flickr made of what was sent, only the next run learns.
            assert world.sync().code == 0
        self.check_equal()
        self.ids = [remote.ids() for remote in self.remotes]

    @property
    def remote(self) -> Remote:
        return self.remotes[0]

    @property
    def service(self) -> str:
        return self.remote.service.partition(":")[0]

    def sync(
        self, *expected: str, argv: tuple[str, ...] = (), again: tuple[str, ...] = ()
    ) -> None:
        """A run of just these steps, each `ACTION COMPARISON SUBJECT`, that `--test`
        showed.

        With several services each step begins with its service. `again` is what the
        next run still reports.
        """
        wanted, reported = (
            sorted(map(self._of_service, steps)) for steps in (expected, again)
        )
        before = self._everything()
        shown = self.world.sync("--test", *argv)
        assert (shown.code, shown.steps) == (0, wanted), shown.err
        assert self._everything() == before
        done = self.world.sync(*argv)
        assert (done.code, done.steps, done.err) == (0, wanted, "")
        next_one = self.world.sync(*argv)
        assert (next_one.code, next_one.steps) == (0, reported), next_one.err

    def told_dates(self, *paths: str) -> list[str]:
        """What is done about files of which only the date is another.

        On Flickr each would be a call, for a date that nobody sees there: it is only
        remembered.
        """
        if self.service == "flickr":
            return []
        return [f"UPDATE_REMOTE_METADATA SAME {path}" for path in paths]

    def check_equal(self) -> None:
        """Each side holds what is wanted."""
        assert self.local.photos() == self.wanted
        for remote in self.remotes:
            assert remote.photos() == self.wanted
            assert not isinstance(remote, Flickr) or not remote.loose()

    def check_ids(self) -> None:
        """Every photo there is still the one that held its bytes before."""
        for remote, before in zip(self.remotes, self.ids, strict=True):
            held = {picture(path): one for path, one in before.items()}
            assert {
                self.wanted[path]: one for path, one in remote.ids().items()
            } == held

    def _of_service(self, step: str) -> str:
        return step if len(self.remotes) > 1 else f"{self.service} {step}"

    def _everything(self) -> list[dict[str, bytes]]:
        return [self.local.photos(), *(remote.photos() for remote in self.remotes)]


@pytest.fixture(params=["folder", "drive", "flickr"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    with world_of(tmp_path, request.param) as world:
        yield Case(world)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Case]:
    with world_of(tmp_path, "drive", "flickr") as world:
        yield Case(world)


# -- delete
# --------------------------------------------------------------------------------


def test_a_photo_deleted_here_is_deleted_there(case: Case) -> None:
    case.local.delete(A)
    gone = case.wanted.pop(A)
    case.sync(f"DELETE_REMOTE LOCAL_DELETED {A}")
    case.check_equal()
    kept = case.local.trash() if case.service == "flickr" else case.remote.trash()
    assert kept == [gone]


def test_a_photo_deleted_there_is_deleted_here(case: Case) -> None:
    case.remote.delete(A)
    gone = case.wanted.pop(A)
    case.sync(f"DELETE_LOCAL REMOTE_DELETED {A}")
    case.check_equal()
    assert case.local.trash() == [gone]


def test_a_photo_deleted_on_both_sides_is_forgotten(case: Case) -> None:
    case.local.delete(A)
    case.remote.delete(A)
    del case.wanted[A]
    case.sync()
    case.check_equal()


@pytest.mark.parametrize("where", ["here", "there"])
def test_a_delete_that_is_not_permitted_is_only_reported(
    case: Case, where: str
) -> None:
    side = case.local if where == "here" else case.remote
    side.delete(A)
    name = "LOCAL_DELETED" if where == "here" else "REMOTE_DELETED"
    report = f"REPORT {name} {A}"
    case.sync(report, argv=("--allowDelete", "neither"), again=(report,))
    assert (A in case.local.photos()) != (where == "here")
    assert (A in case.remote.photos()) == (where == "here")


# -- edit
# ----------------------------------------------------------------------------------


def test_an_edit_here_goes_there(case: Case) -> None:
    case.wanted[A] = picture("edited here")
    case.local.edit(A, case.wanted[A])
    case.sync(f"REPLACE_REMOTE_WITH_LOCAL REMOTE_OLDER {A}")
    case.check_equal()
    if case.service != "folder":
        assert case.remote.ids() == case.ids[0]


def test_an_edit_there_comes_here(case: Case) -> None:
    old, case.wanted[A] = case.wanted[A], picture("edited there")
    case.remote.edit(A, case.wanted[A])
    case.sync(f"DOWNLOAD_REMOTE REMOTE_NEWER {A}")
    case.check_equal()
    assert case.local.trash() == [old]


def test_an_edit_of_equal_size_is_seen_as_well(case: Case) -> None:
    case.wanted[A] = picture("Rome/A.jpg")
    case.remote.edit(A, case.wanted[A])
    case.sync(f"DOWNLOAD_REMOTE REMOTE_NEWER {A}")
    case.check_equal()


def test_different_edits_of_both_sides_are_a_conflict_and_left_alone(
    case: Case,
) -> None:
    here, there = picture("edited here"), picture("edited there too")
    case.local.edit(A, here)
    case.remote.edit(A, there)
    conflict = f"REPORT CONFLICT {A}"
    case.sync(conflict, again=(conflict,))
    assert (case.local.photos()[A], case.remote.photos()[A]) == (here, there)


def test_the_same_edit_on_both_sides_is_none(case: Case) -> None:
    case.wanted[A] = picture("edited on both sides")
    case.local.edit(A, case.wanted[A])
    case.remote.edit(A, case.wanted[A])
    # At most its time is written there, where it keeps one.
    assert case.world.sync().actions in (
        [],
        [f"{case.service} UPDATE_REMOTE_METADATA SAME {A}"],
    )
    case.sync()
    case.check_equal()


def test_a_conflict_may_be_kept_twice(case: Case) -> None:
    here, there = picture("edited here"), picture("edited there too")
    case.local.edit(A, here)
    case.remote.edit(A, there)
    argv = ("--override", "CONFLICT=KEEP_BOTH")
    assert case.world.sync(*argv).steps == [f"{case.service} KEEP_BOTH CONFLICT {A}"]
    kept = next(path for path in case.local.photos() if "(" in path)
    assert re.fullmatch(rf"Rome/a \({case.service} \d{{4}}-\d\d-\d\d\)\.jpg", kept)
    case.wanted |= {A: here, kept: there}
    assert case.local.photos() == case.wanted
    second = case.world.sync(*argv)
    assert {step.split()[1] for step in second.steps} == {
        "REPLACE_REMOTE_WITH_LOCAL",
        "UPLOAD_LOCAL",
    }
    case.check_equal()
    assert case.world.sync(*argv).steps == []


def test_an_edit_here_beats_a_delete_there(case: Case) -> None:
    case.wanted[A] = picture("edited here")
    case.local.edit(A, case.wanted[A])
    case.remote.delete(A)
    case.sync(f"UPLOAD_LOCAL LOCAL_ONLY {A}")
    case.check_equal()


def test_an_edit_there_beats_a_delete_here(case: Case) -> None:
    case.wanted[A] = picture("edited there")
    case.remote.edit(A, case.wanted[A])
    case.local.delete(A)
    case.sync(f"DOWNLOAD_REMOTE REMOTE_ONLY {A}")
    case.check_equal()


# -- new
# -----------------------------------------------------------------------------------


def test_a_new_photo_here_goes_there(case: Case) -> None:
    case.wanted["Rome/new.jpg"] = picture("new")
    case.local.add("Rome/new.jpg", picture("new"))
    case.sync("UPLOAD_LOCAL LOCAL_ONLY Rome/new.jpg")
    case.check_equal()


def test_a_new_photo_there_comes_here(case: Case) -> None:
    case.wanted["Bonn/new.jpg"] = picture("new")
    case.remote.add("Bonn/new.jpg", picture("new"))
    case.sync("DOWNLOAD_REMOTE REMOTE_ONLY Bonn/new.jpg")
    case.check_equal()


def test_the_same_new_photo_on_both_sides_is_adopted(case: Case) -> None:
    case.wanted["Rome/new.jpg"] = picture("new")
    case.local.add("Rome/new.jpg", picture("new"))
    known = case.remote.add("Rome/new.jpg", picture("new"))
    if case.service == "flickr":
        # Its bytes are not known there before they are read, which is only done on
        # request.
        unknown = "REPORT UNKNOWN Rome/new.jpg"
        case.sync(unknown, argv=("-c", "4"), again=(unknown,))
        assert case.world.sync(mode="repairUpload").code == 0
    case.sync(argv=("-c", "4"))
    case.check_equal()
    assert case.remote.ids()["Rome/new.jpg"] == known


def test_a_photo_that_was_deleted_and_made_again_is_an_edit(case: Case) -> None:
    case.local.delete(A)
    case.local.add(A, picture("made once more"), 1_600_000_000)
    case.wanted[A] = picture("made once more")
    case.sync(f"REPLACE_REMOTE_WITH_LOCAL REMOTE_OLDER {A}")
    case.check_equal()


def test_a_photo_that_was_deleted_there_and_made_again_comes_here(case: Case) -> None:
    case.remote.delete(A)
    case.remote.add(A, picture("made once more"))
    case.wanted[A] = picture("made once more")
    case.sync(f"DOWNLOAD_REMOTE REMOTE_NEWER {A}")
    case.check_equal()


@pytest.mark.parametrize("where", ["here", "there"])
def test_a_photo_that_comes_back_a_run_after_its_delete_is_a_new_one(
    case: Case, where: str
) -> None:
    side = case.local if where == "here" else case.remote
    side.delete(A)
    assert len(case.world.sync().actions) == 1
    side.add(A, case.wanted[A])
    way = (
        "UPLOAD_LOCAL LOCAL_ONLY" if where == "here" else "DOWNLOAD_REMOTE REMOTE_ONLY"
    )
    case.sync(f"{way} {A}")
    case.check_equal()


# -- moves
# ---------------------------------------------------------------------------------


def renamed(case: Case, old: str, new: str) -> None:
    case.wanted[new] = case.wanted.pop(old)


def test_a_rename_here_is_a_move_there(case: Case) -> None:
    case.local.rename(A, "other.jpg")
    renamed(case, A, "Rome/other.jpg")
    case.sync(f"MOVE_REMOTE LOCAL_MOVED Rome/other.jpg <- {A}")
    case.check_equal()
    case.check_ids()


def test_a_rename_there_is_a_move_here(case: Case) -> None:
    if case.service == "flickr":
        pytest.skip("there a title is no name")
    inode = case.local.ids()[A]
    case.remote.rename(A, "other.jpg")
    renamed(case, A, "Rome/other.jpg")
    case.sync(f"MOVE_LOCAL REMOTE_MOVED Rome/other.jpg <- {A}")
    case.check_equal()
    case.check_ids()
    assert case.local.ids()["Rome/other.jpg"] == inode


def test_a_title_given_on_flickr_changes_nothing(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        case = Case(world)
        case.remote.rename(A, "The Colosseum by night")
        case.sync()
        case.check_equal()


def test_a_photo_put_into_another_album_here_is_moved_there(case: Case) -> None:
    case.local.move(A, "Oslo")
    renamed(case, A, "Oslo/a.jpg")
    case.sync(f"MOVE_REMOTE LOCAL_MOVED Oslo/a.jpg <- {A}")
    case.check_equal()
    case.check_ids()


def test_a_photo_put_into_another_album_there_is_moved_here(case: Case) -> None:
    case.remote.move(A, "Oslo")
    renamed(case, A, "Oslo/a.jpg")
    case.sync(f"MOVE_LOCAL REMOTE_MOVED Oslo/a.jpg <- {A}")
    case.check_equal()
    case.check_ids()


def test_a_photo_moved_and_edited_there_comes_home_as_it_is_now(case: Case) -> None:
    case.remote.move(A, "Oslo")
    case.remote.edit("Oslo/a.jpg", picture("edited there"))
    case.wanted["Oslo/a.jpg"] = picture("edited there")
    old = case.wanted.pop(A)
    assert case.world.sync().code == 0
    case.sync()
    case.check_equal()
    assert case.local.trash() == [old]


def test_a_photo_moved_and_edited_here_goes_there_as_it_is_now(case: Case) -> None:
    case.local.move(A, "Oslo")
    case.local.edit("Oslo/a.jpg", picture("edited here"))
    case.wanted["Oslo/a.jpg"] = picture("edited here")
    del case.wanted[A]
    assert case.world.sync().code == 0
    case.sync()
    case.check_equal()


def test_a_photo_moved_here_and_edited_there_is_one_photo(case: Case) -> None:
    case.local.move(A, "Oslo")
    case.remote.edit(A, picture("edited there"))
    old = case.wanted.pop(A)
    case.wanted["Oslo/a.jpg"] = picture("edited there")
    ended = case.world.sync()
    assert ended.steps == [f"{case.service} DOWNLOAD_REMOTE REMOTE_NEWER {A}"]
    case.sync(f"MOVE_REMOTE LOCAL_MOVED Oslo/a.jpg <- {A}")
    case.check_equal()
    assert case.local.trash() == [old]


def test_a_photo_edited_here_and_moved_there_is_one_photo(case: Case) -> None:
    case.local.edit(A, picture("edited here"))
    case.remote.move(A, "Oslo")
    del case.wanted[A]
    case.wanted["Oslo/a.jpg"] = picture("edited here")
    ended = case.world.sync()
    assert ended.steps == [f"{case.service} REPLACE_REMOTE_WITH_LOCAL REMOTE_OLDER {A}"]
    case.sync(f"MOVE_LOCAL REMOTE_MOVED Oslo/a.jpg <- {A}")
    case.check_equal()


def test_a_photo_moved_into_a_new_album_takes_the_whole_way(case: Case) -> None:
    case.local.move(C, "Bergen")
    (case.local.top / "Oslo").rmdir()
    renamed(case, C, "Bergen/c.jpg")
    case.sync(f"MOVE_REMOTE LOCAL_MOVED Bergen/c.jpg <- {C}")
    case.check_equal()
    case.check_ids()


def test_an_album_renamed_here_is_renamed_there(case: Case) -> None:
    case.local.rename_album("Rome", "Roma")
    renamed(case, A, "Roma/a.jpg")
    renamed(case, B, "Roma/b.jpg")
    assert case.world.sync("--test").renamed == ["Rome -> Roma"]
    case.sync(
        f"MOVE_REMOTE LOCAL_MOVED Roma/a.jpg <- {A}",
        f"MOVE_REMOTE LOCAL_MOVED Roma/b.jpg <- {B}",
    )
    case.check_equal()
    case.check_ids()


def test_two_albums_that_became_one_here_are_one_there(case: Case) -> None:
    for photo in (A, B, C):
        case.local.move(photo, "Italy")
        renamed(case, photo, f"Italy/{photo.rpartition('/')[2]}")
    for album in ("Rome", "Oslo"):
        (case.local.top / album).rmdir()
    assert case.world.sync("--test").renamed == ["Rome -> Italy"]
    case.sync(
        f"MOVE_REMOTE LOCAL_MOVED Italy/a.jpg <- {A}",
        f"MOVE_REMOTE LOCAL_MOVED Italy/b.jpg <- {B}",
        f"MOVE_REMOTE LOCAL_MOVED Italy/c.jpg <- {C}",
    )
    case.check_equal()
    case.check_ids()


def test_an_album_renamed_there_is_renamed_here(case: Case) -> None:
    case.remote.rename_album("Rome", "Roma")
    renamed(case, A, "Roma/a.jpg")
    renamed(case, B, "Roma/b.jpg")
    case.sync(
        f"MOVE_LOCAL REMOTE_MOVED Roma/a.jpg <- {A}",
        f"MOVE_LOCAL REMOTE_MOVED Roma/b.jpg <- {B}",
    )
    case.check_equal()
    case.check_ids()


def test_an_album_renamed_on_both_sides_is_called_as_it_is_here(case: Case) -> None:
    case.local.rename_album("Rome", "Roma")
    case.remote.rename_album("Rome", "Rom")
    renamed(case, A, "Roma/a.jpg")
    renamed(case, B, "Roma/b.jpg")
    # What a run only tells of it does not make memory forget what was one photo.
    assert case.world.sync(mode="report").code == 0
    case.sync(
        "MOVE_REMOTE LOCAL_MOVED Roma/a.jpg <- Rom/a.jpg",
        "MOVE_REMOTE LOCAL_MOVED Roma/b.jpg <- Rom/b.jpg",
    )
    case.check_equal()


def test_a_photo_edited_there_in_an_album_renamed_there_is_not_left_behind(
    case: Case,
) -> None:
    case.remote.rename_album("Rome", "Roma")
    renamed(case, A, "Roma/a.jpg")
    renamed(case, B, "Roma/b.jpg")
    case.wanted["Roma/a.jpg"] = picture("cropped there")
    case.remote.edit("Roma/a.jpg", case.wanted["Roma/a.jpg"])
    done = case.world.sync()
    assert (done.code, done.err) == (0, "")
    case.sync()
    case.check_equal()


def test_a_photo_renamed_there_in_an_album_renamed_here_is_still_one(
    case: Case,
) -> None:
    case.local.rename_album("Rome", "Roma")
    case.remote.rename(A, "other.jpg")
    # It moves here first, and the next run moves it there.
    for _ in range(2):
        assert case.world.sync().code == 0
    case.sync()
    local = case.local.photos()
    assert sorted(local.values()) == sorted(case.wanted.values())
    assert case.remote.photos() == local


@pytest.mark.parametrize("where", ["here", "there"])
def test_two_photos_that_swap_their_names_swap_them_on_the_other_side(
    case: Case, where: str
) -> None:
    if case.service == "flickr" and where == "there":
        pytest.skip("there a title is no name")
    side = case.local if where == "here" else case.remote
    side.rename(A, "x.jpg")
    side.rename(B, "a.jpg")
    side.rename("Rome/x.jpg", "b.jpg")
    case.wanted |= {A: case.wanted[B], B: case.wanted[A]}
    case.world.sync("-c", "7")
    assert case.world.sync("-c", "7").steps == []
    case.check_equal()


# -- nothing really
# ------------------------------------------------------------------------


def test_a_photo_only_touched_here_sends_no_bytes(case: Case) -> None:
    case.local.touch(A)
    case.sync(*case.told_dates(A))
    case.check_equal()
    assert case.remote.ids() == case.ids[0]


def test_a_photo_only_touched_there_changes_nothing(case: Case) -> None:
    case.remote.touch(A)
    assert case.world.sync().actions in (
        [],
        [f"{case.service} UPDATE_REMOTE_METADATA SAME {A}"],
    )
    case.sync()
    case.check_equal()
    assert case.remote.ids() == case.ids[0]


def test_a_lost_state_loses_no_photo_and_sends_none_again(case: Case) -> None:
    case.world.forget()
    case.sync()
    case.check_equal()
    assert case.remote.ids() == case.ids[0]
    case.local.delete(A)
    del case.wanted[A]
    case.sync(f"DELETE_REMOTE LOCAL_DELETED {A}")
    case.check_equal()


def test_what_was_deleted_before_the_state_was_lost_comes_back(case: Case) -> None:
    case.local.delete(A)
    case.remote.delete(B)
    case.world.forget()
    case.sync(f"DOWNLOAD_REMOTE REMOTE_ONLY {A}", f"UPLOAD_LOCAL LOCAL_ONLY {B}")
    case.check_equal()


@pytest.mark.parametrize("way", [1, -1])
def test_a_clock_that_is_off_by_a_year_moves_no_bytes(case: Case, way: int) -> None:
    shift_state(case.world.home / FILE, way * YEAR)
    case.sync()
    case.check_equal()
    case.local.delete(A)
    del case.wanted[A]
    case.sync(f"DELETE_REMOTE LOCAL_DELETED {A}")
    case.check_equal()
    assert case.remote.ids() == {p: one for p, one in case.ids[0].items() if p != A}


@pytest.mark.parametrize("way", [1, -1])
def test_times_of_files_that_are_off_by_a_year_move_no_bytes(
    case: Case, way: int
) -> None:
    for path in case.wanted:
        file = case.local.top / path
        when = file.stat().st_mtime + way * YEAR
        os.utime(file, (when, when))
    case.sync(*case.told_dates(*case.wanted))
    case.check_equal()
    assert case.remote.ids() == case.ids[0]


def shift_state(path: Path, seconds: int) -> None:
    """Let what was remembered seem to be of another time."""
    with sqlite3.connect(path) as state:
        state.execute("UPDATE cursors SET audited = audited + ?", (seconds,))
        state.execute(
            "UPDATE runs SET began = began + ?, ended = ended + ?", (seconds, seconds)
        )
    state.close()


# -- both services
# -------------------------------------------------------------------------


def test_a_new_photo_on_one_service_reaches_the_other_in_the_same_run(
    both: Case,
) -> None:
    drive, flickr = both.remotes
    drive.add("Rome/d.jpg", picture("on Drive"))
    flickr.add("Rome/f.jpg", picture("on Flickr"))
    both.wanted |= {
        "Rome/d.jpg": picture("on Drive"),
        "Rome/f.jpg": picture("on Flickr"),
    }
    both.sync(
        "drive DOWNLOAD_REMOTE REMOTE_ONLY Rome/d.jpg",
        "flickr UPLOAD_LOCAL LOCAL_ONLY Rome/d.jpg",
        "flickr DOWNLOAD_REMOTE REMOTE_ONLY Rome/f.jpg",
        "drive UPLOAD_LOCAL LOCAL_ONLY Rome/f.jpg",
    )
    both.check_equal()


@pytest.mark.parametrize("one", [0, 1])
def test_an_edit_on_one_service_reaches_the_other(both: Case, one: int) -> None:
    both.wanted[A] = picture("edited there")
    both.remotes[one].edit(A, both.wanted[A])
    here, there = both.remotes[one].service, both.remotes[1 - one].service
    both.sync(
        f"{here} DOWNLOAD_REMOTE REMOTE_NEWER {A}",
        f"{there} REPLACE_REMOTE_WITH_LOCAL REMOTE_OLDER {A}",
    )
    both.check_equal()
    assert both.remotes[1 - one].ids() == both.ids[1 - one]


@pytest.mark.parametrize("one", [0, 1])
def test_a_delete_on_one_service_reaches_the_other(both: Case, one: int) -> None:
    both.remotes[one].delete(A)
    gone = both.wanted.pop(A)
    here, there = both.remotes[one].service, both.remotes[1 - one].service
    both.sync(
        f"{here} DELETE_LOCAL REMOTE_DELETED {A}",
        f"{there} DELETE_REMOTE LOCAL_DELETED {A}",
    )
    both.check_equal()
    assert gone in both.local.trash()


@pytest.mark.parametrize("one", [0, 1])
def test_an_edit_on_one_service_beats_a_delete_on_the_other(
    both: Case, one: int
) -> None:
    both.wanted[A] = picture("edited there")
    both.remotes[one].edit(A, both.wanted[A])
    both.remotes[1 - one].delete(A)
    here, there = both.remotes[one].service, both.remotes[1 - one].service
    both.sync(
        f"{here} DOWNLOAD_REMOTE REMOTE_NEWER {A}",
        f"{there} UPLOAD_LOCAL LOCAL_ONLY {A}",
    )
    both.check_equal()


@pytest.mark.parametrize("one", [0, 1])
def test_an_edit_on_one_service_and_a_move_on_the_other_are_one_photo(
    both: Case, one: int
) -> None:
    both.remotes[one].edit(A, picture("edited there"))
    both.remotes[1 - one].move(A, "Oslo")
    del both.wanted[A]
    both.wanted["Oslo/a.jpg"] = picture("edited there")
    for _ in range(2):
        assert both.world.sync().code == 0
    both.sync()
    both.check_equal()


def test_different_edits_on_two_services_are_a_conflict(both: Case) -> None:
    edits = [picture("edited on Drive"), picture("edited on Flickr!")]
    for remote, data in zip(both.remotes, edits, strict=True):
        remote.edit(A, data)
    conflicts = tuple(
        f"{remote.service} REPORT CONFLICT {A}" for remote in both.remotes
    )
    both.sync(*conflicts, again=conflicts)
    assert both.local.photos() == both.wanted
    assert [remote.photos()[A] for remote in both.remotes] == edits


def test_an_edit_here_goes_to_both_although_one_had_deleted_it(both: Case) -> None:
    both.wanted[A] = picture("edited here")
    both.local.edit(A, both.wanted[A])
    both.remotes[1].delete(A)
    both.sync(
        f"drive REPLACE_REMOTE_WITH_LOCAL REMOTE_OLDER {A}",
        f"flickr UPLOAD_LOCAL LOCAL_ONLY {A}",
    )
    both.check_equal()


@pytest.mark.parametrize("one", [0, 1])
def test_a_move_on_one_service_reaches_the_other_without_bytes(
    both: Case, one: int
) -> None:
    both.remotes[one].move(A, "Oslo")
    renamed(both, A, "Oslo/a.jpg")
    here, there = both.remotes[one].service, both.remotes[1 - one].service
    both.sync(
        f"{here} MOVE_LOCAL REMOTE_MOVED Oslo/a.jpg <- {A}",
        f"{there} MOVE_REMOTE LOCAL_MOVED Oslo/a.jpg <- {A}",
    )
    both.check_equal()
    both.check_ids()


@pytest.mark.parametrize("one", [0, 1])
def test_an_album_renamed_on_one_service_is_renamed_on_the_other(
    both: Case, one: int
) -> None:
    both.remotes[one].rename_album("Rome", "Roma")
    for path in (A, B):
        renamed(both, path, path.replace("Rome", "Roma"))
    done = both.world.sync()
    assert (done.code, done.err) == (0, "")
    both.check_equal()
    both.sync()
    both.check_ids()


def test_an_album_renamed_here_is_renamed_on_both(both: Case) -> None:
    both.local.rename_album("Rome", "Roma")
    for path in (A, B):
        renamed(both, path, path.replace("Rome", "Roma"))
    assert both.world.sync("--test").renamed == ["Rome -> Roma", "Rome -> Roma"]
    both.world.sync()
    both.check_equal()
    both.sync()
    both.check_ids()


def test_a_lost_state_makes_no_difference_between_both(both: Case) -> None:
    both.world.forget()
    both.sync()
    both.check_equal()


def test_the_same_new_photo_everywhere_is_adopted(both: Case) -> None:
    new = both.wanted["Rome/new.jpg"] = picture("new")
    for side in (both.local, *both.remotes):
        side.add("Rome/new.jpg", new)
    assert both.world.sync(mode="repairUpload").code == 0
    both.sync(argv=("-c", "4"))
    both.check_equal()


# -- a process of its own
# --------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["folder", "drive", "flickr"])
def test_runs_in_processes_of_their_own_know_what_the_ones_before_did(
    service: str, tmp_path: Path
) -> None:
    with world_of(tmp_path, service, apart=True) as world:
        case = Case(world)
        case.local.delete(A)
        del case.wanted[A]
        case.wanted[B] = picture("edited there")
        case.remote.edit(B, case.wanted[B])
        case.local.move(C, "Bergen")
        case.wanted["Bergen/c.jpg"] = case.wanted.pop(C)
        case.sync(
            f"DELETE_REMOTE LOCAL_DELETED {A}",
            f"DOWNLOAD_REMOTE REMOTE_NEWER {B}",
            "MOVE_REMOTE LOCAL_MOVED Bergen/c.jpg <- Oslo/c.jpg",
        )
        case.check_equal()
