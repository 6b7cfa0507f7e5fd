"""What the options do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cli.command import Result, run
from cli.conftest import World
from cli.trees import NEWER, WHEN, Photo, files, trashed

# -- what the options do
# ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "mode"),
    [
        ("uploadOnly", "upload"),
        ("upload-only", "upload"),
        ("downloadOnly", "download"),
        ("download-only", "download"),
        ("repair-upload", "repairUpload"),
        ("sync-upload", "syncUpload"),
        ("SYNCUPLOAD", "syncUpload"),
    ],
)
def test_modes_have_other_spellings(world: World, spelling: str, mode: str) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    argv = ("-t", "--allowDelete", "remote")
    assert (
        world.sync(*argv, "-m", spelling).steps == world.sync(*argv, "-m", mode).steps
    )


@pytest.mark.parametrize(
    "argv",
    [
        ("--override", "LOCAL_ONLY=REPORT", "REMOTE_ONLY=DOWNLOAD_REMOTE"),
        (
            "--override",
            "LOCAL_ONLY=REPORT",
            "--override",
            "REMOTE_ONLY=DOWNLOAD_REMOTE",
        ),
        ("--override=LOCAL_ONLY=REPORT", "--override:REMOTE_ONLY", "DOWNLOAD_REMOTE"),
        (
            "--override:LOCAL_ONLY",
            "REPORT",
            "--override:REMOTE_ONLY",
            "DOWNLOAD_REMOTE",
        ),
        ("--override", "local-only=report", "remote_only=Download-Remote"),
    ],
)
def test_cells_of_the_table_may_be_changed_in_both_spellings(
    world: World, argv: tuple[str, ...]
) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    world.here("album/older.jpg", b"new", modified_ns=NEWER)
    world.there("album/older.jpg", b"old")
    result = world.sync(*argv, "--stateless")
    assert result.done("REPORT") == ["album/here.jpg"]
    assert result.done("DOWNLOAD_REMOTE") == ["album/there.jpg"]
    assert result.done("REPLACE_REMOTE_WITH_LOCAL") == ["album/older.jpg"]


def cells(result: Result) -> dict[tuple[str, str], str]:
    """The tables that --modes prints, by mode and comparison."""
    head, _, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in result.out.splitlines()
    )
    return {
        (mode, row[0]): action
        for row in rows
        for mode, action in zip(head[1:], row[1:], strict=True)
    }


def test_the_tables_in_force_are_printed(world: World) -> None:
    plain = run("--home", world.home, "--modes", "all")
    assert (plain.code, plain.err) == (0, "")
    table = cells(plain)
    assert len(table) == 78
    assert table["sync", "REMOTE_ONLY"] == "DOWNLOAD_REMOTE"
    changed = cells(
        run(
            "--home",
            world.home,
            "--modes",
            "all",
            "--override",
            "REMOTE_ONLY=TAG_REMOTE",
        )
    )
    differing = {cell for cell in table if table[cell] != changed[cell]}
    assert differing == {cell for cell in table if cell[1] == "REMOTE_ONLY"}
    assert {changed[cell] for cell in differing} == {"TAG_REMOTE"}
    assert not world.home.exists()


def test_names_are_explained_and_nothing_is_done(world: World) -> None:
    for path in ("top.jpg", "2004/trip/a.jpg", "2005/trip/a.jpg", "2005/other/b.jpg"):
        world.here(path)
    world.here(" /photo.jpg")
    result = run(
        "--home", world.home, "-d", world.local, "-n", "{0}", "{1}", "--explain-names"
    )
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        f"{world.local} -> photos",
        f"{world.local}/2004/trip -> trip",
        f"{world.local}/2005/other -> other",
        f"{world.local}/2005/trip -> trip",
        "collision: 2 folders make up the album trip",
        f"collision: {world.local}/2005/trip/a.jpg is named 2005 - trip - a.jpg in its album",
        f"problem: {world.local}/ : the naming rules leave no album title; change them",
    ]
    assert (files(world.remote), world.home.exists()) == ({}, False)


@pytest.mark.parametrize(
    ("argv", "titles"),
    [
        ((), {"photos", "2004", "2004 - Trip", "2004 - Trip - Day - Noon"}),
        (("-n", "{0}"), {"photos", "2004"}),
        (("-n", "{0}", "{1} ({0})"), {"photos", "2004", "Trip (2004)"}),
        (("-n", "{0}", "{1}", "{2}{3}"), {"photos", "2004", "Trip", "Noon"}),
        (("-n", "All"), {"photos", "All"}),
        (
            ("-n", "{path}", "-r", "- |_"),
            {"photos", "2004", "2004 _Trip", "2004 _Trip _Day _Noon"},
        ),
        (("-r", "-| "), {"photos", "2004", "2004   Trip", "2004   Trip   Day   Noon"}),
        (
            ("--replace", "-| "),
            {"photos", "2004", "2004   Trip", "2004   Trip   Day   Noon"},
        ),
        (
            ("-r", r"\||x"),
            {"photos", "2004", "2004 - Trip", "2004 - Trip - Day - Noon"},
        ),
        (("--namingextract", "^.* - (.*)$|\\1"), {"photos", "2004", "Trip", "Noon"}),
        (
            ("--namingextract", "^.* - (.*)$|\\1", "-r", "o|0"),
            {"photos", "2004", "Trip", "N00n"},
        ),
        (
            ("--root-album", "Top"),
            {"Top", "2004", "2004 - Trip", "2004 - Trip - Day - Noon"},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_folders_make_the_titles_that_the_rules_say(
    world: World, argv: tuple[str, ...], titles: set[str]
) -> None:
    for number, folder in enumerate((".", "2004", "2004/Trip", "2004/Trip/Day/Noon")):
        world.here(f"{folder}/{number}.jpg")
    assert world.sync(*argv).code == 0
    assert {str(Path(path).parent) for path in files(world.remote)} == titles
    assert len(files(world.remote)) == 4
    assert world.sync(*argv, "-m", "sync").steps == []


def test_kinds_are_chosen_by_format(world: World) -> None:
    for name in ("photo.jpg", "film.MOV", "clip.mp4", "notes.txt"):
        world.here(f"album/{name}")
    for argv, names in (
        ((), ["photo.jpg"]),
        (("-f", "photo"), ["photo.jpg"]),
        (("-f", "video"), ["clip.mp4", "film.MOV"]),
        (("--format", "both"), ["clip.mp4", "film.MOV", "photo.jpg"]),
    ):
        said = world.sync(*argv, "--test").done("UPLOAD_LOCAL")
        assert said == [f"album/{name}" for name in names]


def test_no_more_steps_are_taken_than_allowed(world: World) -> None:
    for number in range(5):
        world.here(f"album/{number}.jpg")
        world.there(f"album/there {number}.jpg")
    for done, postponed in ((2, 3), (4, 1), (5, 0)):
        result = world.sync("-x", "2")
        assert (result.code, result.err) == (0, "")
        assert ("left for the next run" in result.out) == (postponed > 0)
        assert sum("there" not in path for path in files(world.remote)) == done
        assert len(result.done("REPORT")) == 5
    assert len(world.sync("--no-max", "-m", "sync").actions) == 5


def test_the_limit_counts_for_each_place(world: World) -> None:
    for number in range(5):
        world.here(f"album/{number}.jpg")
    second = world.top / "second"
    second.mkdir()
    assert world.sync("-p", f"folder:{second}", "-x", "2").code == 0
    assert (len(files(world.remote)), len(files(second))) == (2, 2)


def test_a_run_rests_between_steps(world: World) -> None:
    for number in range(4):
        world.here(f"album/{number}.jpg")
    begin = time.monotonic()
    result = world.sync("-w", "0.3", "-v")
    assert result.code == 0
    assert time.monotonic() - begin >= 3 * 0.3
    begun = [
        line.split()[4]
        for line in result.out.splitlines()
        if line.startswith("+ upload")
    ]
    assert begun == [f"album/{number}.jpg" for number in range(4)]


@pytest.mark.parametrize("transfers", [1, 64])
def test_any_number_of_transfers_does_the_same(world: World, transfers: int) -> None:
    for number in range(80):
        world.here(f"album/{number:02}.jpg", b"%d" % number)
    result = world.sync("--transfers", str(transfers), "-v")
    assert result.code == 0
    assert files(world.remote) == files(world.local)
    if transfers == 1:
        lines = [
            line for line in result.out.splitlines() if line.startswith("+ upload")
        ]
        assert lines == sorted(lines)


@pytest.mark.parametrize("limit", ["0", "0%"])
def test_a_limit_of_nothing_refuses_the_first_delete(world: World, limit: str) -> None:
    world.here("album/photo.jpg")
    world.there("album/more.jpg")
    argv = ("-m", "syncUpload", "--allowDelete", "remote")
    result = world.sync(*argv, "--max-delete", limit)
    assert result.code == 5
    assert "album/more.jpg" in files(world.remote)
    assert world.sync(*argv).code == 0
    assert "album/more.jpg" not in files(world.remote)
    # What deletes nothing is not refused.
    assert world.sync(*argv, "--max-delete", limit).code == 0


def test_an_option_without_effect_is_told_in_one_line(world: World) -> None:
    world.here("album/photo.jpg")
    argv = ("-m", "report", "--purge", "--allowDelete", "both")
    told = "--purge, --allowDelete have no effect with -m report\n"
    result = world.sync(*argv)
    assert (result.code, result.err) == (0, "")
    assert result.out.count(told) == 1
    assert told not in world.sync(*argv, "-q").out
    # What config.toml says is for all runs.
    (world.home / "config.toml").write_text("purge = true\n")
    assert "no effect" not in world.sync("-m", "report").out


# -- several places
# -----------------------------------------------------------------------


@pytest.mark.parametrize("way", ["by comma", "by repeating", "as a list"])
def test_two_places_are_kept_equal_in_one_run(world: World, way: str) -> None:
    second = world.top / "second place"
    second.mkdir()
    places = [f"folder:{world.remote}", f"folder:{second}"]
    argv = {
        "by comma": ["-p", ",".join(places)],
        "by repeating": ["-p", places[0], "-p", places[1]],
        "as a list": ["--scope", *places],
    }[way]
    world.here("album/photo.jpg")
    world.there("album/there.jpg")
    result = run("--home", world.home, "-d", world.local, *argv, "-m", "sync")
    assert (result.code, result.err) == (0, "")
    assert result.done("UPLOAD_LOCAL") == ["album/photo.jpg"] * 2 + ["album/there.jpg"]
    assert result.done("DOWNLOAD_REMOTE") == ["album/there.jpg"]
    rows = [
        line.split("  ")[0] for line in result.out.splitlines() if line.startswith("/")
    ]
    assert rows == [place.removeprefix("folder:") for place in places]
    assert files(world.local) == files(world.remote) == files(second)
    assert run("--home", world.home, "-d", world.local, *argv, "-m", "sync").steps == []


def test_two_places_that_want_one_local_file_take_turns(world: World) -> None:
    second = world.top / "second"
    Photo(b"from the second", WHEN).write(second / "album" / "photo.jpg")
    world.there("album/photo.jpg", b"from the first")
    argv = ("-p", f"folder:{second}", "-m", "download")
    result = world.sync(*argv)
    assert (result.code, result.err) == (0, "")
    assert files(world.local) == {"album/photo.jpg": Photo(b"from the first")}
    assert "waits for the next run" in result.out
    assert trashed(world.local) == {}


def test_one_place_that_cannot_be_listed_does_not_hold_up_the_other(
    world: World,
) -> None:
    world.here("album/photo.jpg")
    second = world.top / "second"
    second.mkdir(mode=0)
    result = world.sync("-p", f"folder:{second}", unprivileged=True)
    assert result.code == 1
    assert result.err.startswith(f"{second}: ")
    assert "permission denied" in result.err
    assert list(files(world.remote)) == ["album/photo.jpg"]


def test_a_place_named_twice_is_one_place(world: World) -> None:
    world.here("album/photo.jpg")
    result = world.sync("-p", f"folder:{world.remote}")
    assert (result.code, len(result.done("UPLOAD_LOCAL"))) == (0, 1)
