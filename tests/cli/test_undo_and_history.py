"""Bringing back what a run deleted or replaced, and telling what happened to a
photo.
"""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import replace

import pytest

from cli.command import Result, run
from cli.conftest import World
from cli.trees import NEWER, TRASH, Photo, files, trashed

SYNC = ("-m", "sync", "--allowDelete", "both")
A, B, C = "album/a.jpg", "album/b.jpg", "album/c.jpg"


def prepared(world: World) -> None:
    """Two photos on both sides, known to be equal."""
    for path in (A, B):
        world.here(path, path.encode())
    assert world.sync(*SYNC).code == 0


_WHEN = re.compile(r" \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)")


def undo(world: World, *argv: str) -> Result:
    """An undo, without the times that it tells of each run."""
    result = run("--home", world.home, "--undo", *argv)
    return replace(result, out=_WHEN.sub("", result.out))


def history(world: World, of: object) -> list[str]:
    result = run("--home", world.home, "--history", str(of))
    is_known = "nothing is remembered" not in result.out
    assert (result.code, result.err) == (0 if is_known else 1, "")
    return result.out.splitlines()


def quiet(world: World) -> None:
    """The next runs leave everything as it is."""
    before = world.photos_snapshot()
    for _ in range(2):
        result = world.sync(*SYNC)
        assert (result.code, result.err, result.steps) == (0, "", [])
    assert world.photos_snapshot() == before


# -- undo
# ----------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["local", "remote"])
def test_what_a_run_deleted_comes_back_and_is_not_deleted_again(
    world: World, side: str
) -> None:
    prepared(world)
    there, here = (
        (world.remote, world.local) if side == "local" else (world.local, world.remote)
    )
    before = files(here)
    (there / A).unlink()
    assert len(world.sync(*SYNC).actions) == 1
    assert set(files(here)) == {B}
    result = undo(world)
    assert (result.code, result.err) == (0, "")
    where = "here" if side == "local" else f"on {world.remote}"
    assert result.out.splitlines() == [
        f"brought back: {A} {where}",
        "undo of run 2: 1 photo is back",
    ]
    assert files(here) == before
    assert trashed(here) == {}
    # It is new now, on one side only: the next run brings it to the other.
    result = world.sync(*SYNC)
    action = "UPLOAD_LOCAL" if side == "local" else "DOWNLOAD_REMOTE"
    assert (result.done(action), len(result.actions)) == ([A], 1)
    assert files(world.local) == files(world.remote) == before
    quiet(world)


def test_what_a_run_replaced_there_comes_back_and_is_kept(world: World) -> None:
    prepared(world)
    world.here(A, b"edited here", modified_ns=NEWER)
    assert world.sync(*SYNC).done("REPLACE_REMOTE_WITH_LOCAL") == [A]
    assert undo(world).code == 0
    assert files(world.remote)[A] == Photo(A.encode())
    result = world.sync(*SYNC)
    assert (result.done("DOWNLOAD_REMOTE"), len(result.actions)) == ([A], 1)
    assert files(world.local)[A] == Photo(A.encode()) == files(world.remote)[A]
    # The edit is in the trashes, not lost.
    assert trashed(world.local)[A].data == b"edited here"
    quiet(world)


def test_what_a_run_replaced_here_comes_back_and_is_kept(world: World) -> None:
    prepared(world)
    world.there(A, b"edited there", modified_ns=NEWER)
    assert world.sync(*SYNC).done("DOWNLOAD_REMOTE") == [A]
    assert undo(world).code == 0
    assert files(world.local)[A] == Photo(A.encode())
    assert trashed(world.local)[A].data == b"edited there"
    result = world.sync(*SYNC)
    assert (result.done("REPLACE_REMOTE_WITH_LOCAL"), len(result.actions)) == ([A], 1)
    assert files(world.local)[A] == Photo(A.encode()) == files(world.remote)[A]
    quiet(world)


def test_an_album_whose_photos_were_all_deleted_comes_back(world: World) -> None:
    world.here("other/c.jpg")
    prepared(world)
    before = files(world.local)
    shutil.rmtree(world.remote / "album")
    assert len(world.sync(*SYNC).done("DELETE_LOCAL")) == 2
    shutil.rmtree(world.local / "album", ignore_errors=True)
    result = undo(world)
    assert (result.code, result.out.splitlines()[-1]) == (
        0,
        "undo of run 2: 2 photos are back",
    )
    assert files(world.local) == before


def test_an_earlier_run_is_undone_by_its_number(world: World) -> None:
    world.here(C)
    prepared(world)
    (world.remote / A).unlink()
    assert world.sync(*SYNC).done("DELETE_LOCAL") == [A]
    (world.local / B).unlink()
    assert world.sync(*SYNC).done("DELETE_REMOTE") == [B]
    result = undo(world, "2")
    assert "undo of run 2: 1 photo is back" in result.out
    assert (set(files(world.local)), set(files(world.remote))) == ({A, C}, {C})
    result = undo(world, "3")
    assert "undo of run 3: 1 photo is back" in result.out
    assert (set(files(world.local)), set(files(world.remote))) == ({A, C}, {B, C})


def test_a_run_that_did_nothing_is_passed_over(world: World) -> None:
    prepared(world)
    (world.remote / A).unlink()
    assert world.sync(*SYNC).done("DELETE_LOCAL") == [A]
    for _ in range(2):
        assert world.sync(*SYNC).actions == []
    assert "undo of run 2: 1 photo" in undo(world).out


def test_a_run_that_is_undone_already_is_named(world: World) -> None:
    prepared(world)
    (world.remote / A).unlink()
    world.sync(*SYNC)
    assert undo(world).code == 0
    before = world.photos_snapshot()
    for argv in (["2"], ["2", "--test"]):
        result = undo(world, *argv)
        assert (result.code, result.err) == (0, "")
        assert result.out == "undo of run 2: 1 photo brought back already\n"
    assert world.photos_snapshot() == before


def test_undo_after_undo_goes_back_run_by_run(world: World) -> None:
    world.here(C)
    prepared(world)
    for path, number in ((A, 2), (B, 3)):
        (world.remote / path).unlink()
        assert world.sync(*SYNC).done("DELETE_LOCAL") == [path]
        assert set(files(world.local)) == {C} if number == 3 else {B, C}
    assert undo(world).out.endswith("undo of run 3: 1 photo is back\n")
    assert undo(world).out.endswith("undo of run 2: 1 photo is back\n")
    assert set(files(world.local)) == {A, B, C}
    result = undo(world)
    assert (result.code, result.out) == (2, "")
    assert (
        result.err
        == "photosync: --undo: no run left anything that could be brought back\n"
    )


def test_of_what_came_back_in_part_the_rest_is_tried_again(world: World) -> None:
    world.here(C)
    prepared(world)
    for path in (A, B):
        (world.remote / path).unlink()
    assert len(world.sync(*SYNC).done("DELETE_LOCAL")) == 2
    (kept,) = (world.local / TRASH).rglob("a.jpg")
    aside = kept.rename(world.top / "aside")
    assert undo(world).code == 1
    aside.rename(kept)
    result = undo(world)
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("undo of run 2: 1 photo is back\n")
    assert set(files(world.local)) == {A, B, C}


def test_the_last_run_of_the_named_library_is_undone(world: World) -> None:
    other = World(world.top / "more")
    other.local.mkdir(parents=True)
    other.remote.mkdir()
    for one in (world, other):
        for path in (A, B):
            one.here(path, path.encode())
        places = (
            "--home",
            world.home,
            "-d",
            one.local,
            "-p",
            f"folder:{one.remote}",
            *SYNC,
        )
        assert run(*places).code == 0
        (one.remote / A).unlink()
        assert run(*places).done("DELETE_LOCAL") == [A]
    assert undo(world, "-d", str(world.local)).out.endswith(
        "undo of run 2: 1 photo is back\n"
    )
    assert (set(files(world.local)), set(files(other.local))) == ({A, B}, {B})
    assert undo(world, "-d", str(world.local)).err == (
        "photosync: --undo: no run of this library left anything that could be brought back\n"
    )
    assert undo(world).out.endswith("undo of run 4: 1 photo is back\n")
    assert set(files(other.local)) == {A, B}


@pytest.mark.parametrize("number", [(), ("2",)])
def test_an_undo_that_only_looks_changes_nothing(
    world: World, number: tuple[str, ...]
) -> None:
    prepared(world)
    (world.remote / A).unlink()
    assert world.sync(*SYNC).done("DELETE_LOCAL") == [A]
    before = world.snapshot()
    result = undo(world, *number, "--test")
    assert (result.code, result.err) == (0, "")
    named, end = result.out.splitlines()
    assert named == f"would bring back: {A} here"
    assert end == "dry run: 1 photo of run 2 to bring back, nothing was changed"
    assert world.snapshot() == before
    assert undo(world).code == 0


def test_an_undo_keeps_what_it_takes_the_place_of_even_without_trash(
    world: World,
) -> None:
    prepared(world)
    world.there(A, b"edited there", modified_ns=NEWER)
    assert world.sync(*SYNC).done("DOWNLOAD_REMOTE") == [A]
    (world.home / "config.toml").write_text("no-trash = true\n")
    assert undo(world, "--no-trash").code == 0
    assert files(world.local)[A] == Photo(A.encode())
    assert trashed(world.local)[A].data == b"edited there"


def test_photos_come_back_here_while_a_service_is_away(world: World) -> None:
    world.here(C)
    prepared(world)
    (world.remote / A).unlink()
    (world.local / B).unlink()
    assert len(world.sync(*SYNC).actions) == 2
    away = world.remote.rename(world.top / "away")
    world.remote.touch()
    result = undo(world)
    assert result.code == 2
    assert result.err == (
        f"not brought back: {B} on {world.remote}: "
        f"-p folder:{world.remote}: not a folder; choose another\n"
    )
    assert result.out.splitlines() == [
        f"brought back: {A} here",
        "undo of run 2: 1 of 2 photos is back",
    ]
    assert set(files(world.local)) == {A, C}
    world.remote.unlink()
    away.rename(world.remote)
    assert undo(world).out.splitlines() == [
        f"brought back: {B} on {world.remote}",
        "undo of run 2: 1 photo is back",
    ]
    assert set(files(world.remote)) == {B, C}


def test_what_is_not_in_the_trash_any_longer_is_named_and_the_rest_comes_back(
    world: World,
) -> None:
    world.here(C)
    prepared(world)
    for path in (A, B):
        (world.remote / path).unlink()
    assert len(world.sync(*SYNC).done("DELETE_LOCAL")) == 2
    (kept,) = (world.local / TRASH).rglob("a.jpg")
    kept.unlink()
    result = undo(world)
    assert result.code == 1
    assert result.err == (
        f"not brought back: {A} here: it is not in the trash any longer\n"
    )
    assert result.out.splitlines() == [
        f"brought back: {B} here",
        "undo of run 2: 1 of 2 photos is back",
    ]
    assert set(files(world.local)) == {B, C}


def test_what_stands_in_the_place_of_a_deleted_photo_stays(world: World) -> None:
    prepared(world)
    (world.remote / A).unlink()
    assert world.sync(*SYNC).done("DELETE_LOCAL") == [A]
    world.here(A, b"another one")
    result = undo(world)
    assert result.code == 1
    assert "a file of that name is there again; move it away first" in result.err
    assert files(world.local)[A].data == b"another one"
    assert trashed(world.local)[A].data == A.encode()


def test_without_trash_nothing_can_come_back(world: World) -> None:
    prepared(world)
    (world.remote / A).unlink()
    assert world.sync(*SYNC, "--no-trash").done("DELETE_LOCAL") == [A]
    result = undo(world)
    assert (result.code, result.out) == (2, "")
    assert (
        result.err
        == "photosync: --undo: no run left anything that could be brought back\n"
    )


def test_an_undo_is_not_undone_and_that_is_said(world: World) -> None:
    prepared(world)
    (world.remote / A).unlink()
    assert world.sync(*SYNC).done("DELETE_LOCAL") == [A]
    assert undo(world).code == 0
    before = world.photos_snapshot()
    for argv in (["3"], ["3", "--test"]):
        result = undo(world, *argv)
        assert (result.code, result.out) == (2, "")
        assert result.err == (
            "photosync: --undo: run 3 is an undo, which is not taken back; what it took "
            "the place of lies in .photosync-trash\n"
        )
    assert world.photos_snapshot() == before


def test_a_run_that_took_nothing_is_named(world: World) -> None:
    prepared(world)
    result = undo(world, "1")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("photosync: --undo: run 1 left nothing that could be")


@pytest.mark.parametrize("number", ["3", "999"])
def test_a_run_that_never_was_cannot_be_undone(world: World, number: str) -> None:
    prepared(world)
    result = undo(world, number)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"photosync: --undo: there is no run {number}; --runs shows their numbers, "
        f"and an album of that name is {number}/\n"
    )


@pytest.mark.parametrize("number", ["0", "-1", "2026-02-30", "soon"])
def test_a_run_is_named_by_its_number(world: World, number: str) -> None:
    result = undo(world, number)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("photosync: --undo: ")


def test_where_no_run_ever_was_there_is_nothing_to_undo(world: World) -> None:
    result = undo(world)
    assert (result.code, result.out) == (2, "")
    assert (
        result.err
        == "photosync: --undo: no run left anything that could be brought back\n"
    )


# -- undo of photos, albums and days
# -------------------------------------------------------------------


def taken(world: World) -> None:
    """Three photos, of which each run took one more: runs 2 to 4."""
    for path in (A, B, C, "other/d.jpg"):
        world.here(path, path.encode())
    assert world.sync(*SYNC).code == 0
    for path in (A, B, "other/d.jpg"):
        (world.remote / path).unlink()
        assert world.sync(*SYNC).done("DELETE_LOCAL") == [path]


@pytest.mark.parametrize("word", [A, "{local}/album/a.jpg", "a.jpg"])
def test_one_photo_is_brought_back_by_its_name_from_the_run_that_took_it(
    world: World, word: str
) -> None:
    taken(world)
    result = undo(world, word.format(local=world.local))
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        f"brought back: {A} here",
        "undo of run 2: 1 photo is back",
    ]
    assert set(files(world.local)) == {A, C}
    assert undo(world, A).out == f"undo of {A}: 1 photo brought back already\n"


def test_a_photo_is_brought_back_by_a_name_it_had_before(world: World) -> None:
    prepared(world)
    (world.local / A).rename(world.local / "album/new.jpg")
    world.sync(*SYNC)
    (world.remote / "album/new.jpg").unlink()
    world.sync(*SYNC)
    assert undo(world, A).code == 0
    assert set(files(world.local)) == {"album/new.jpg", B}


def test_a_photo_that_was_taken_twice_comes_back_from_the_last_time(
    world: World,
) -> None:
    prepared(world)
    for data, moment in ((b"second", NEWER), (b"third", NEWER + 10**12)):
        world.here(A, data, modified_ns=moment)
        assert world.sync(*SYNC).done("REPLACE_REMOTE_WITH_LOCAL") == [A]
    assert undo(world, A).out.endswith("undo of run 3: 1 photo is back\n")
    assert files(world.remote)[A].data == b"second"


@pytest.mark.parametrize("word", ["album", "{local}/album", "album/"])
def test_an_album_is_brought_back_whatever_runs_took_its_photos(
    world: World, word: str
) -> None:
    taken(world)
    result = undo(world, word.format(local=world.local))
    assert result.out.splitlines()[:-1] == [
        f"brought back: {B} here",
        f"brought back: {A} here",
    ]
    assert re.search(r"undo of runs 2 and 3 \(.{19} to .*\): 2 photos are", result.out)
    assert set(files(world.local)) == {A, B, C}


def test_all_runs_of_a_day_are_undone_from_the_last_on(world: World) -> None:
    prepared(world)
    for data, moment in ((b"second", NEWER), (b"third", NEWER + 10**12)):
        world.here(A, data, modified_ns=moment)
        assert world.sync(*SYNC).done("REPLACE_REMOTE_WITH_LOCAL") == [A]
    _, line, *_ = history(world, A)
    day = line.split()[0]
    result = undo(world, day)
    assert result.out.splitlines()[:-1] == [f"brought back: {A} on {world.remote}"] * 2
    assert files(world.remote)[A].data == A.encode()
    assert "2 photos brought back already" in undo(world, day).out


def test_a_day_without_runs_is_named_and_so_is_an_album_that_is_called_so(
    world: World,
) -> None:
    prepared(world)
    result = undo(world, "2001-02-03")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "photosync: --undo: no run of 2001-02-03 left anything that could be brought "
        "back; --runs lists all of them, and an album of that name is 2001-02-03/\n"
    )


def test_an_album_may_be_called_like_a_run_or_a_day(world: World) -> None:
    world.here(C)
    for album in ("2016", "2016-01-02"):
        world.here(f"{album}/a.jpg", album.encode())
    world.sync(*SYNC)
    shutil.rmtree(world.remote / "2016")
    shutil.rmtree(world.remote / "2016-01-02")
    assert len(world.sync(*SYNC, "--max-delete", "5").done("DELETE_LOCAL")) == 2
    for album in ("2016", "2016-01-02"):
        assert undo(world, f"{album}/").code == 0
        assert (world.local / album / "a.jpg").is_file()


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (C, "no run took album/c.jpg where it could be brought back"),
        (
            "album/b.jpeg",
            "nothing is remembered of album/b.jpeg; did you mean album/b.jpg?",
        ),
        ("e.jpg", "2 photos are called e.jpg; name one with its album, like one/e.jpg"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_done(
    world: World, word: str, text: str
) -> None:
    for path in ("one/e.jpg", "two/e.jpg"):
        world.here(path, path.encode())
    taken(world)
    before = world.photos_snapshot()
    result = undo(world, word)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"photosync: --undo: {text}")
    assert world.photos_snapshot() == before


def test_what_a_later_run_replaced_is_not_overwritten(world: World) -> None:
    prepared(world)
    for data, moment in ((b"second", NEWER), (b"third", NEWER + 10**12)):
        world.here(A, data, modified_ns=moment)
        assert world.sync(*SYNC).done("REPLACE_REMOTE_WITH_LOCAL") == [A]
    problem = f"{A} on {world.remote}: run 3 replaced it later; --undo 3 comes first"
    result = undo(world, "2", "--test")
    assert result.out.startswith(f"would not bring back: {problem}\n")
    result = undo(world, "2")
    assert (result.code, result.err) == (1, f"not brought back: {problem}\n")
    assert result.out == "undo of run 2: nothing is back\n"
    assert files(world.remote)[A].data == b"third"
    assert undo(world, "3").code == undo(world, "2").code == 0
    assert files(world.remote)[A].data == A.encode()


@pytest.mark.parametrize("side", ["local", "remote"])
def test_what_somebody_edited_since_is_not_overwritten(world: World, side: str) -> None:
    prepared(world)
    edited, kept = (
        (world.there, world.local) if side == "local" else (world.here, world.remote)
    )
    edited(A, b"edited", modified_ns=NEWER)
    assert len(world.sync(*SYNC).actions) == 1
    moment = time.time_ns() + 10**11
    Photo(b"edited after the run", moment).write(kept / A)
    result = undo(world)
    assert result.code == 1
    assert "it was changed after run 2; move it away first" in result.err
    assert files(kept)[A].data == b"edited after the run"
    (kept / A).unlink()
    assert undo(world).code == 0
    assert files(kept)[A].data == A.encode()


def test_what_cannot_be_taken_back_holds_up_what_was_before_it(world: World) -> None:
    prepared(world)
    for data, moment in ((b"second", NEWER), (b"third", NEWER + 10**12)):
        world.here(A, data, modified_ns=moment)
        world.sync(*SYNC)
    for kept in (world.remote / TRASH).rglob("a*.jpg"):
        if kept.read_bytes() == b"second":
            kept.unlink()
    _, line, *_ = history(world, A)
    result = undo(world, line.split()[0])
    assert result.code == 1
    assert "what took its place later could not be brought back" in result.err
    assert files(world.remote)[A].data == b"third"


def test_an_undo_is_a_run_of_its_own_in_the_history(world: World) -> None:
    prepared(world)
    (world.remote / A).unlink()
    world.sync(*SYNC)
    undo(world)
    *_, last = history(world, A)
    assert "  run 3, undo  brought back" in last


# -- history
# -------------------------------------------------------------------------------


def steps(told: list[str]) -> list[str]:
    """What the lines of a photo say, without when and by which run."""
    return [re.sub(r"^  .{16}  run \d+, \w+  ", "", line) for line in told]


def test_what_happened_to_a_photo_is_told_run_by_run(world: World) -> None:
    prepared(world)
    world.here(A, b"edited here", modified_ns=NEWER)
    world.sync(*SYNC)
    world.there(A, b"edited there", modified_ns=NEWER + 10**12)
    world.sync(*SYNC)
    (world.remote / A).unlink()
    world.sync(*SYNC)
    told = history(world, A)
    assert steps(told) == [
        A,
        f"uploaded to {world.remote} (new here)",
        f"replaced on {world.remote} (yours is newer)",
        f"replaced here (newer on {world.remote})",
        f"deleted here (deleted on {world.remote})",
    ]
    when = r"  \d{4}-\d\d-\d\d \d\d:\d\d  run 1, sync  "
    assert re.match(when, told[1])
    assert history(world, world.local / A) == told


def test_the_photo_may_be_named_by_a_path_from_here(world: World) -> None:
    prepared(world)
    relative = str(world.local / A)[1:]
    # The command runs in the topmost folder.
    assert (
        history(world, relative) == history(world, A) == history(world, world.local / A)
    )


def test_a_photo_is_followed_through_its_moves_in_both_directions(
    world: World,
) -> None:
    prepared(world)
    (world.local / "other").mkdir()
    (world.local / A).rename(world.local / "other" / "new.jpg")
    assert world.sync(*SYNC).done("MOVE_REMOTE") == [f"other/new.jpg <- {A}"]
    (world.remote / "other" / "new.jpg").rename(world.remote / "album" / "last.jpg")
    assert len(world.sync(*SYNC).done("MOVE_LOCAL")) == 1
    # Another photo takes the name that it had.
    world.here(A, b"another one")
    world.sync(*SYNC)
    way = [
        "album/last.jpg",
        f"uploaded to {world.remote} (new here) as {A}",
        f"moved on {world.remote} (you moved it) to other/new.jpg",
        f"moved here (moved on {world.remote}) to album/last.jpg",
    ]
    newcomer = [A, f"uploaded to {world.remote} (new here)"]
    for place in ("other/new.jpg", "album/last.jpg", world.local / "album/last.jpg"):
        assert steps(history(world, place)) == way
    assert steps(history(world, A)) == [*way, *newcomer]


def test_a_bare_name_tells_of_all_photos_of_that_name(world: World) -> None:
    for album in ("one", "two"):
        world.here(f"{album}/a.jpg", album.encode())
    world.sync(*SYNC)
    told = steps(history(world, "a.jpg"))
    assert told[::2] == ["one/a.jpg", "two/a.jpg"]


def test_of_very_many_photos_of_one_name_each_is_a_line(world: World) -> None:
    for album in range(21):
        world.here(f"album {album}/a.jpg", b"%d" % album)
    world.sync(*SYNC)
    head, *lines = history(world, "a.jpg")
    assert head == "21 photos of this name; -v tells all of each:"
    assert len(lines) == 21
    told = run("--home", world.home, "--history", "a.jpg", "-v").out.splitlines()
    assert len(told) == 42


def test_an_album_is_told_by_its_folder_and_by_its_title(world: World) -> None:
    for number in range(5):
        world.here(f"2004/Summer/{number}.jpg", b"%d" % number)
    world.sync(*SYNC)
    (world.local / "2004/Summer").rename(world.local / "2004/Autumn")
    world.sync(*SYNC)
    uploaded = f"uploaded to {world.remote} (new here): 0.jpg, 1.jpg and 3 more"
    moved = f"moved on {world.remote} (you moved it)"
    before = [
        "2004 - Summer",
        uploaded,
        f"{moved} to 2004 - Autumn: 0.jpg, 1.jpg and 3 more",
    ]
    assert steps(history(world, "2004 - Summer")) == before
    assert steps(history(world, "2004 - Autumn")) == [
        "2004 - Autumn",
        f"{moved} from 2004 - Summer: 0.jpg, 1.jpg and 3 more",
    ]
    # The folder as it was; and from the root, as the library has it.
    for folder in (world.local / "2004/Summer", "2004/Summer/"):
        assert steps(history(world, folder)) == before[:2]
    named = run("--home", world.home, "--history", "2004/Summer", "-v").out
    assert named.splitlines()[1].endswith("0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg")


def test_an_album_tells_which_photo_got_which_name(world: World) -> None:
    prepared(world)
    (world.local / A).rename(world.local / "album/new.jpg")
    world.sync(*SYNC)
    *_, last = steps(history(world, "album"))
    assert last == f"moved on {world.remote} (you moved it): a.jpg -> new.jpg"


def test_near_names_are_suggested_for_what_nobody_knows(world: World) -> None:
    for name in ("IMG_1.jpg", "IMG_2.jpg", "sunset.jpg"):
        world.here(f"Rome/{name}", name.encode())
    world.sync(*SYNC)
    assert history(world, "Rome/sunsett.jpg") == [
        "nothing is remembered of Rome/sunsett.jpg",
        "did you mean",
        "  Rome/sunset.jpg",
    ]
    assert history(world, "Rom")[1:] == ["did you mean", "  Rome"]


def test_what_failed_is_told_once_with_its_reason(world: World) -> None:
    world.here(A).chmod(0)
    for _ in range(3):
        assert world.sync(*SYNC, unprivileged=True).code == 1
    _, line = history(world, A)
    assert "  run 1, sync  failed: upload to " in line
    assert "(new here; permission denied" in line


def test_what_was_brought_back_is_told_with_its_run(world: World) -> None:
    prepared(world)
    (world.remote / A).unlink()
    world.sync(*SYNC)
    undo(world)
    *_, last = history(world, A)
    assert last.endswith("brought back (undo of run 2)")


def test_a_photo_is_known_by_a_name_of_another_form(world: World) -> None:
    world.here("Caf\xe9/e\u0301.jpg")
    world.sync(*SYNC)
    told = history(world, "Caf\xe9/\xe9.jpg")
    assert len(told) == 2
    assert history(world, "Cafe\u0301/e\u0301.jpg") == told


def test_an_album_of_several_folders_is_named_as_it_is(world: World) -> None:
    world.here("2004/Summer/a.jpg")
    world.sync(*SYNC)
    assert len(history(world, "2004 - Summer/a.jpg")) == 2
    assert len(history(world, world.local / "2004" / "Summer" / "a.jpg")) == 2


@pytest.mark.parametrize("known", [True, False])
def test_of_an_unknown_photo_nothing_is_remembered(
    world: World, *, known: bool
) -> None:
    if known:
        prepared(world)
    assert history(world, "nowhere/x.jpg") == ["nothing is remembered of nowhere/x.jpg"]
    assert world.home.exists() == known


def test_a_dry_run_leaves_no_history(world: World) -> None:
    world.here(A)
    assert world.sync(*SYNC, "--test").code == 0
    assert history(world, A) == [f"nothing is remembered of {A}"]
