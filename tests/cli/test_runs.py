"""--runs lists what was run, --last tells the end of the last run once more."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cli.command import run
from cli.conftest import World
from photosync.history.storage.database import FILE
from photosync.history.storage.lock import hold_lock


def last(world: World) -> list[str]:
    said = run("--home", world.home, "--last")
    assert (said.code, said.err) == (0, "")
    return said.out.splitlines()


def make_equal(world: World, count: int) -> None:
    for number in range(count):
        world.here(f"album/{number}.jpg", b"photo %d" % number)
    assert world.sync("-m", "sync").code == 0


def make_conflict(world: World) -> None:
    make_equal(world, 1)
    world.here("album/0.jpg", b"mine, edited")
    world.there("album/0.jpg", b"theirs, edited, too")


def test_runs_are_listed_the_latest_first(world: World) -> None:
    world.here("album/a.jpg")
    assert world.sync().code == 0
    world.here("album/closed \udcff.jpg", b"closed").chmod(0)
    world.there("album/there.jpg")
    assert world.sync("-m", "sync", unprivileged=True).code == 1
    assert world.sync("--test").code == 0
    said = run("--home", world.home, "--runs")
    assert (said.code, said.err) == (0, "")
    second, first = said.out.splitlines()
    assert re.fullmatch(
        r"run 1  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  upload  all well after \d s  1 uploaded",
        first,
    )
    assert "run 2" in second
    assert "sync  not all went well after" in second
    assert "1 downloaded" in second
    assert "1 failed" in second


def runs(world: World) -> list[str]:
    said = run("--home", world.home, "--runs")
    assert (said.code, said.err) == (0, "")
    return [
        re.sub(r"\d{4}-\d\d-\d\d [\d:]{8}", "DATE", line)
        for line in said.out.splitlines()
    ]


def test_where_photos_are_left_alone_not_all_is_well(world: World) -> None:
    make_conflict(world)
    world.here("album/kept.jpg", b"kept")
    assert world.sync("-m", "sync").code == 0
    (world.remote / "album/kept.jpg").unlink()
    assert world.sync("-m", "sync", "-q").code == 0
    latest, second, first = runs(world)
    assert re.fullmatch(r"run 3  DATE  sync  done after \d s  2 left alone", latest)
    assert re.fullmatch(
        r"run 2  DATE  sync  done after \d s  1 uploaded, 1 left alone", second
    )
    assert "all well" in first
    checked = world.sync("--check")
    told = " ".join(checked.out.split())
    assert re.search(
        r"done after \d s: 2 left alone \(run 3, sync\); see 1. below", told
    )
    assert checked.code == 0
    assert "1. 2 left alone; photosync --last tells why" in checked.out
    # That is how a mode is meant to be.
    world.there("album/only there.jpg", b"only there")
    assert (
        world.sync(
            "-m", "sync", "--override", "CONFLICT=KEEP_BOTH", "--allowDelete", "local"
        ).code
        == 0
    )
    assert world.sync("-m", "upload").code == 0
    world.there("album/new there.jpg", b"new there")
    assert world.sync("-m", "upload").code == 0
    assert "all well" in runs(world)[0]


@pytest.mark.parametrize("place", ["local", "remote"])
def test_a_run_that_is_refused_before_it_begins_is_told_with_its_reason(
    world: World, place: str
) -> None:
    make_equal(world, 1)
    folder: Path = getattr(world, place)
    folder.rename(world.top / "unplugged")
    refused = world.sync("-m", "sync", "-q")
    assert refused.code == 5
    reason = refused.err.removeprefix("photosync: ").rstrip("\n")
    line = f"refused  DATE  sync  {reason}"
    first, second = runs(world)
    assert first == line
    assert second.startswith("run 1")
    told = last(world)
    assert reason in told[0]
    assert told[1] == ""
    assert "all well" in told[2]
    checked = world.sync("--check")
    assert checked.code == 1
    assert f"was refused: {reason}" in checked.out
    # The disk is back: that night is history.
    (world.top / "unplugged").rename(folder)
    assert world.sync("-m", "sync").code == 0
    assert reason not in "".join(last(world))
    checked = world.sync("--check")
    assert "was refused" not in checked.out
    assert runs(world)[1] == line


def test_what_never_was_a_run_leaves_no_trace(world: World) -> None:
    away = "-d", world.top / "away"
    make_equal(world, 1)
    assert world.sync(*away, "--test").code == 2
    assert world.sync(*away, "--stateless").code == 2
    assert world.sync("--no-such-option").code == 2
    with hold_lock(world.home):
        assert world.sync().code == 4
    assert len(runs(world)) == 1
    assert world.sync(*away).code == 2
    assert "no such folder" in runs(world)[0]


def test_without_a_memory_one_line_says_so(world: World) -> None:
    for option in ("--runs", "--last"):
        said = run("--home", world.home, option)
        assert said.code in {0, 2}
        assert (said.out + said.err).count("\n") == 1


def test_the_last_run_is_told_with_its_command_and_how_it_ended(world: World) -> None:
    make_equal(world, 2)
    first, empty, ended, *table = last(world)
    assert re.fullmatch(
        r"run 1  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  all well  \S*photosync .*"
        r" -m sync",
        first,
    )
    assert empty == ""
    assert re.fullmatch(r"Done in \d s\.", ended)
    # The path of the folder makes the table too wide.
    assert [line.split() for line in table[-3:]] == [
        ["uploaded", "2"],
        ["equal", "0"],
        ["transferred", "14", "B"],
    ]


def test_a_run_with_nothing_to_do_is_told_in_one_line(world: World) -> None:
    make_equal(world, 1)
    assert world.sync("-m", "sync").code == 0
    (line,) = last(world)
    assert re.search(r"run 2  .*  sync  all well after \d s  nothing to do", line)


def test_all_names_of_what_failed_are_told(world: World) -> None:
    names = [f"closed {number} \udcff.jpg" for number in range(5)]
    for name in names:
        world.here(f"album/{name}", name.encode(errors="surrogateescape")).chmod(0)
    said = world.sync("-m", "sync", unprivileged=True)
    assert said.code == 1
    assert said.out.endswith("\nAll names: photosync --last\n")
    lines = last(world)
    assert "  not all went well  " in lines[0]
    (heading,) = [line for line in lines if line.startswith("! ")]
    assert heading.startswith(f"! 5 failed (upload to {world.remote}): ")
    assert "permission denied" in heading
    told = lines[lines.index(heading) + 1 :]
    assert sorted(told) == [rf"    album/closed {n} \udcff.jpg" for n in range(5)]


def test_a_conflict_is_told_with_what_to_type(world: World) -> None:
    make_conflict(world)
    assert world.sync("-m", "sync").code == 0
    lines = last(world)
    assert lines[-3].startswith(
        f"! 1 photo left alone on {world.remote}: not the same "
    )
    assert lines[-2:] == [
        "    album/0.jpg",
        "    -> --override CONFLICT=KEEP_BOTH keeps both",
    ]


def test_a_folder_of_somebody_else_is_not_called_away(world: World) -> None:
    world.here("album/photo.jpg", b"here")
    closed = world.top / "closed"
    closed.mkdir(mode=0)
    said = world.sync("--check", "-p", f"folder:{closed}", unprivileged=True).out
    words = " ".join(said.split())
    assert f"Disk {closed} ! cannot be read, see " in words
    assert f" {closed} cannot be read; check owner and mode" in words


def test_what_two_services_do_not_agree_on_is_one_photo(world: World) -> None:
    world.here("album/photo.jpg", b"here")
    disks = [world.top / "one", world.top / "two"]
    for disk in disks:
        photo = disk / "album/photo.jpg"
        photo.parent.mkdir(parents=True)
        photo.write_bytes(b"other bytes there")
    places = ",".join(f"folder:{disk}" for disk in disks)
    assert world.sync("-m", "sync", "-p", places).code == 0
    assert runs(world)[0].endswith(", 1 left alone")
    assert "1. 1 left alone;" in world.sync("--check", "-p", places).out


def test_all_names_of_deletes_that_were_not_permitted_are_told(world: World) -> None:
    make_equal(world, 6)
    for number in range(5):
        (world.remote / f"album/{number}.jpg").unlink()
    assert world.sync("-m", "sync").out.endswith("\nAll names: photosync --last\n")
    lines = last(world)
    assert lines[-6].endswith("not deleted without --allowDelete local")
    assert lines[-5:] == [f"    album/{number}.jpg" for number in range(5)]


def test_a_service_that_was_not_reached_is_told(world: World) -> None:
    make_equal(world, 1)
    hidden = world.remote / "album"
    hidden.chmod(0)
    try:
        said = world.sync("-m", "sync", unprivileged=True)
    finally:
        hidden.chmod(0o755)
    assert said.code == 1
    (problem,) = said.err.splitlines()
    assert problem in last(world)


def test_who_asks_for_quiet_is_told_all_by_last(world: World) -> None:
    make_conflict(world)
    for _ in range(2):
        assert world.sync("-m", "sync", "-q").code == 0
        lines = last(world)
        assert lines[0].endswith(" -m sync -q")
        assert lines[-2] == "    album/0.jpg"


def test_a_dry_run_and_one_without_memory_leave_no_end(world: World) -> None:
    make_conflict(world)
    assert world.sync("-m", "sync").code == 0
    before = last(world)
    assert world.sync("--test").code == 0
    assert world.sync("--stateless").code == 0
    assert last(world) == before


def test_without_a_memory_nobody_is_sent_to_last(world: World) -> None:
    for number in range(5):
        world.here(f"album/{number}.jpg", b"mine")
        world.there(f"album/{number}.jpg", b"theirs")
    said = world.sync("--stateless")
    assert "and 2 more" in said.out
    assert "--last" not in said.out


def test_an_end_that_cannot_be_written_harms_nothing(world: World) -> None:
    make_conflict(world)
    with closing(sqlite3.connect(world.home / FILE)) as db:
        db.execute("ALTER TABLE endings RENAME TO elsewhere")
    said = world.sync("-m", "sync")
    assert (said.code, said.err) == (0, "")
    assert "CONFLICT=KEEP_BOTH" in said.out


@pytest.mark.parametrize("damaged", ["{", "5", '["drive", 3]', b"\xff"])
def test_runs_are_shown_though_a_disk_damaged_what_they_did_not_reach(
    world: World, damaged: str | bytes
) -> None:
    make_equal(world, 1)
    before = runs(world)
    with closing(sqlite3.connect(world.home / FILE)) as database, database:
        database.execute("UPDATE runs SET unreached = ?", (damaged,))
        database.execute("UPDATE endings SET lines = ?", (damaged,))
    assert runs(world) == before
    assert last(world)
    assert run("--home", world.home, "--undo").code == 2
    assert world.sync("-m", "sync").code == 0
