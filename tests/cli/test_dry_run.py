"""--test shows what a run does, and changes not one byte anywhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from harness.heads import count_done, read_head

from cli.command import DELETE_HERE, DELETING, MODES, run
from cli.conftest import World
from cli.trees import SECOND, WHEN, snapshot
from photosync.history.storage.lock import hold_lock

WAYS = [
    *((("-m", mode), mode) for mode in MODES),
    *((("-m", mode, *DELETING), f"{mode} deleting") for mode in MODES),
    (("-m", "sync", *DELETE_HERE, *DELETING), "local deletes"),
    (("-m", "syncUpload", *DELETING, "--no-trash"), "without trash"),
    (("-m", "syncUpload", *DELETING, "-x", "3"), "limited"),
    (("-m", "sync", "--override", "DIFFERENT=KEEP_BOTH"), "both kept"),
]


@pytest.fixture
def mixed(world: World) -> World:
    """All comparisons, an album to purge, an old trash on both sides, junk and
    leftovers.
    """
    for album in ("one", "two/deep", "three/deep/down"):
        flat = album.replace("/", " - ")
        world.here(f"{album}/same.jpg", b"same", modified_ns=WHEN + 50 * SECOND)
        world.there(f"{flat}/same.jpg", b"same")
        world.here(f"{album}/touched.jpg", b"touched", modified_ns=WHEN + 900 * SECOND)
        world.there(f"{flat}/touched.jpg", b"touched")
        world.here(f"{album}/older.jpg", b"new", modified_ns=WHEN + 900 * SECOND)
        world.there(f"{flat}/older.jpg", b"old")
        world.here(f"{album}/different.jpg", b"one way")
        world.there(f"{flat}/different.jpg", b"the other way")
        world.here(f"{album}/here.jpg", album.encode())
        world.there(f"{flat}/there.jpg", album.encode())
        world.here(f"{album}/notes.txt", b"no photo")
    world.there("only there/photo.jpg", b"whole album")
    world.here("only here/photo.jpg", b"whole album")
    (world.remote / "empty").mkdir()
    for place in (world.local, world.remote):
        old = place / ".photosync-trash" / "2001-02-03" / "album" / "old.jpg"
        old.parent.mkdir(parents=True)
        old.write_bytes(b"thrown away long ago")
        os.utime(old.parent.parent, (WHEN // SECOND, WHEN // SECOND))
    world.here("one/.photosync-part-1-1", b"half")
    world.there("one/.photosync-part-99999999-1", b"half")
    world.here("one/@eaDir/same.jpg", b"thumbnail")
    return world


@pytest.mark.parametrize(
    "argv", [argv for argv, _ in WAYS], ids=[name for _, name in WAYS]
)
def test_a_dry_run_changes_nothing_and_says_what_the_run_then_does(
    mixed: World, argv: tuple[str, ...]
) -> None:
    before = mixed.snapshot()
    dry = mixed.sync(*argv, "--test")
    assert (dry.code, dry.err) == (0, "")
    assert mixed.snapshot() == before
    wet = mixed.sync(*argv)
    assert (wet.code, wet.err) == (0, "")
    assert dry.steps == wet.steps
    assert "would do (nothing was changed):" in dry.out
    # Each operation is a line of its own, in words.
    assert len(re.findall(r"(?m)^  [-+~>!] ", dry.out)) == len(dry.steps)
    assert read_head(dry.out)[0] == count_done(wet.log)
    assert argv[:2] == ("-m", "report") or wet.actions


def test_the_deleting_runs_above_do_delete_and_purge(mixed: World) -> None:
    said = mixed.sync("-m", "syncUpload", *DELETING, "-t")
    words = {line.split()[0] for line in said.actions}
    assert {"DELETE_REMOTE", "REMOVE_ALBUM", "EMPTY_TRASH"} < words
    assert "empty" in said.out
    said = mixed.sync(*DELETE_HERE, *DELETING, "-t")
    assert len(said.done("DELETE_LOCAL")) == 4


def test_a_dry_run_leaves_an_existing_home_alone(mixed: World) -> None:
    mixed.home.mkdir()
    (mixed.home / "config.toml").write_text('mode = "sync"\n')
    before = mixed.snapshot()
    assert mixed.sync("-t").done("DOWNLOAD_REMOTE")
    assert mixed.snapshot() == before
    assert mixed.sync().code == 0
    mixed.there("one/late.jpg")
    before = mixed.snapshot()
    assert mixed.sync("-t").done("DOWNLOAD_REMOTE") == ["one/late.jpg"]
    assert mixed.snapshot() == before


def test_a_dry_run_makes_no_home_where_the_system_keeps_it(
    mixed: World, tmp_path: Path
) -> None:
    person = tmp_path / "person"
    person.mkdir()
    env = {"HOME": str(person)}
    env |= {f"XDG_{kind}_HOME": "" for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
    before = snapshot(tmp_path)
    dry = run("-d", mixed.local, "-p", f"folder:{mixed.remote}", "-t", env=env)
    assert (dry.code, snapshot(tmp_path)) == (0, before)


def test_a_dry_run_does_not_make_the_folder_it_would_copy_to(world: World) -> None:
    world.here("album/photo.jpg")
    world.remote.rmdir()
    before = world.snapshot()
    dry = world.sync("-t")
    assert dry.done("UPLOAD_LOCAL") == ["album/photo.jpg"]
    assert world.snapshot() == before
    # Without a terminal nobody can be asked whether it is to be made.
    world.remote.mkdir()
    assert world.sync().steps == dry.steps
    assert (world.remote / "album" / "photo.jpg").exists()


def test_a_dry_run_needs_no_write_access_anywhere(mixed: World) -> None:
    mixed.home.mkdir()
    for place in (mixed.local, mixed.remote, mixed.home):
        for folder, _, _ in os.walk(place):
            Path(folder).chmod(0o555)
    before = mixed.snapshot()
    dry = mixed.sync("-m", "syncUpload", *DELETING, "-t", unprivileged=True)
    assert (dry.code, dry.err, mixed.snapshot()) == (0, "", before)
    assert dry.actions


def test_a_dry_run_does_not_wait_for_a_run_that_is_going_on(mixed: World) -> None:
    mixed.home.mkdir()
    with hold_lock(mixed.home):
        before = mixed.snapshot()
        dry = mixed.sync("-m", "sync", "-t")
        assert (dry.code, mixed.snapshot()) == (0, before)
        assert dry.actions


def test_looking_at_names_modes_and_help_changes_nothing(mixed: World) -> None:
    before = mixed.snapshot()
    for argv in (("--explain-names",), ("--modes",), ("--help",), ("--version",)):
        assert mixed.sync(*argv).code == 0
        assert mixed.snapshot() == before
