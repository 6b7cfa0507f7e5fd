"""Files that are neither photos nor videos are counted in one line, and libraries of
other programs are left alone with all that was once copied of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.three_sides import picture, world_of

from cli.command import DELETE_HERE, DELETING, MODES
from cli.conftest import World
from photosync import Settings
from photosync.filters import Filters

# What cameras write, as they write it.
ENDINGS = """
    HIF MPO jfif jxl CRW PEF SRW NRW RWL 3FR SR2 SRF ERF KDC DCR MOS MEF X3F MRW IIQ jp2
    psd insv insp m2t vob mod tod 3gpp mxf LRV thm txt mp3 pdf wav
"""
LIBRARY = "Mine.photoslibrary/originals"
SYSTEM = ("Mine.lrdata", "a.sparsebundle/bands", "iPhoto.photolibrary/Thumbnails")


def test_of_thirty_six_endings_none_is_silent(world: World) -> None:
    endings = ENDINGS.split()
    for ending in endings:
        world.here(f"Rome/{ending}.{ending}", ending.encode())
    ended = world.sync("-f", "both")
    assert (ended.code, ended.err) == (0, "")
    (line,) = [line for line in ended.out.splitlines() if "left out" in line]
    sent = {path.name for path in (world.remote / "Rome").iterdir()}
    for ending in endings:
        is_sent = f"{ending}.{ending}" in sent
        assert is_sent != (f".{ending.lower()} 1" in line), ending
    assert len(endings) == 36
    assert len(sent) == 32


def add_others(world: World) -> None:
    """Five that somebody put there, and some that nobody looks for."""
    world.here("Rome/a.jpg")
    for name in ("a.pdf", "b.PDF", "c.txt", "README", "Dr. Who, the 2nd"):
        world.here(f"Rome/{name}")
    for name in (".DS_Store", "Thumbs.db", "a.xmp", "._c.txt", "film.mov"):
        world.here(f"Rome/{name}")
    world.here(".hidden/d.txt")
    world.here("@eaDir/e.txt")


def test_files_of_other_kinds_are_counted_in_one_line(world: World) -> None:
    add_others(world)
    told = (
        f"{world.local}: 5 files of other kinds left out "
        "(.pdf 2, without ending 2, .txt 1)"
    )
    film = f"{world.local}: 1 video left out; --format both takes videos, too"
    for words in ((), ("--test",), ("-m", "sync")):
        ended = world.sync(*words)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.count("left out") == 2
        assert {film, told} <= set(ended.out.splitlines())
    # Nothing to do is still one line, and the notices stand before it.
    lines = world.sync().out.splitlines()
    assert (len(lines), lines[:2]) == (3, [film, told])
    assert "video" not in world.sync("-f", "both").out
    assert world.sync("-q").out == ""
    assert f"notice: {told}" in world.sync("--explain-names").out.splitlines()


def test_a_file_that_is_skipped_is_not_counted(world: World) -> None:
    add_others(world)
    ended = world.sync("--skip", "*.pdf", "*.PDF", "README", "Dr. Who*", "*.mov")
    assert "video" not in ended.out
    assert f"{world.local}: 1 file of another kind left out (.txt 1)" in ended.out
    left = ("*.pdf", "*.PDF", "README", "Dr. Who*", "*.mov", "*.txt")
    ended = world.sync("--skip", *left)
    assert "left out" not in ended.out


def test_many_endings_are_told_by_the_most_frequent(world: World) -> None:
    for number, ending in enumerate("hgfedcba"):
        for copy in range(number // 2 + 1):
            world.here(f"Rome/{copy}.x{ending}")
    most = ".xa 4, .xb 4, .xc 3, .xd 3, .xe 2, .xf 2, ..."
    assert f"20 files of other kinds left out ({most})" in world.sync().out


def test_what_lies_on_drive_is_counted_as_what_lies_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with world_of(tmp_path, "drive") as world:
        (drive,) = world.remotes
        world.local.add("Rome/a.jpg", picture("a"))
        for name in ("IMG_1", "notes.txt", "film.mov", "Thumbs.db", "b.jpg"):
            drive.add(f"Rome/{name}", picture(name))
        told = [
            "Drive: 1 video left out; --format both takes videos, too",
            "Drive: 2 files of other kinds left out (.txt 1, without ending 1)",
        ]
        for _ in range(2):
            # Also where the album is equal, and neither here nor there anything changed.
            ended = world.sync()
            assert (ended.code, ended.err) == (0, "")
            assert [
                line for line in ended.out.splitlines() if "left out" in line
            ] == told
        assert set(world.local.photos()) == {"Rome/a.jpg", "Rome/b.jpg"}
        assert world.sync("-q").out == ""
        skipped = world.sync("--skipserver", "Rome/IMG_?", "--skip", "*.mov", "*.txt")
        assert "left out" not in skipped.out


def filters_of_earlier(settings: Settings) -> Filters:
    """What was left out before the folders of programs were."""
    return Filters(exclude_in_title=settings.exclude_in_title, system_folders=())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "naming",
    [(), ("-n", "{0}"), ("-r", "^.*?(\\w+) - .*$|\\1!"), ("--exclude-in-title", r"\.")],
    ids=["plain", "template", "expression", "untitled"],
)
def test_what_was_copied_of_a_library_of_a_program_is_deleted_nowhere(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    naming: tuple[str, ...],
) -> None:
    for folder in (LIBRARY, *SYSTEM, "Rome"):
        for number in range(30):
            place = f"{folder}/{number}.jpg"
            world.here(place, place.encode())
    with monkeypatch.context() as earlier:
        # As a photosync did that knew none of these folders.
        earlier.setattr(Settings, "filters", property(filters_of_earlier))
        assert world.sync("-m", "sync", *naming).code == 0
    before = world.photos_snapshot()
    assert len(list(world.remote.rglob("*.jpg"))) == 5 * 30
    ended = world.sync("-m", mode, *DELETING, *DELETE_HERE, *naming)
    assert (ended.code, ended.err, ended.steps) == (0, "", [])
    assert f"{world.local}/Mine.photoslibrary: another program keeps" in ended.out
    assert world.photos_snapshot() == before


def test_the_originals_of_a_library_may_be_named(world: World) -> None:
    world.here(f"{LIBRARY}/a.jpg")
    ended = World(world.top, f"photos/{LIBRARY}").sync()
    assert (ended.code, ended.err) == (0, "")
    assert [path.name for path in world.remote.rglob("*.jpg")] == ["a.jpg"]
