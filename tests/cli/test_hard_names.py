"""Names and files that break careless tools."""

from __future__ import annotations

import os
import resource
import subprocess
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.command import Result, run
from cli.conftest import World
from cli.trees import SECOND, WHEN, Photo, files, parts, snapshot, trashed

STEMS: Mapping[str, bytes] = {
    "quotes": b'it\'s "quoted" `here`',
    "backslash": rb"back\slash\n",
    "newline": b"two\nlines",
    "carriage return": b"over\rwritten",
    "tab": b"tab\there",
    "escape": b"\x1b[31mred\x1b]0;title\x07",
    "delete": b"del\x7fete",
    "C1 control": "next\u0085line\u009b31m".encode(),
    "line separator": "line\u2028separator".encode(),
    "emoji": "beach 🏖️ 👨‍👩‍👧".encode(),
    "right to left": "תמונה صورة".encode(),
    "right to left override": "exe\u202egpj".encode(),
    "zero width": "zero\u200bwidth\ufeff".encode(),
    "composed": unicodedata.normalize("NFC", "Änne é").encode(),
    "decomposed": unicodedata.normalize("NFD", "Öl ñ").encode(),
    "not UTF-8": b"caf\xe9 \xff\xfe",
    "surrogate in UTF-8": b"\xed\xa0\x80 half",
    "leading dots": b"..foo",
    "three dots": b"...",
    "leading dash": b"-d",
    "option": b"--allowDelete=both",
    "device": b"CON",
    "device in small letters": b"nul.tar",
    "leading space": b" lead",
    "trailing space": b"trail ",
    "inner spaces": b"a  b",
    "escaped slash": b"a%2Fb",
    "only an escaped slash": b"%2F",
    "escaped percent": b"%25!",
    "escaped percent twice": b"%2525",
    "escaped percent inside": b"a%25b",
    "escaped control": b"a%0Ab",
    "escaped dots": b"%2E%2E",
    "escaped dot": b"%2E.",
    "escaped letter": b"%41",
    "escaped device": b"%50RN",
    "escaped space": b"My%20photo",
    "escaped nothing": b"%00",
    "lone percent": b"100%",
    "small hex": b"a%2fb",
    "shell": b"$(touch x);*?[a]{0}|&<>#~!",
    "markup": b"[bold]x[red]<b>&amp;",
    "colon": b"12:30:59",
    "separator": b"a - b",
}
NAMES = {
    **{kind: stem + b".jpg" for kind, stem in STEMS.items()},
    "nothing but an escaped percent": b"%25.jpg",
    "255 bytes": "é".encode() * 125 + b"x.jpg",
}
NAMES_OF_FOLDERS = {**STEMS, "255 bytes": "é".encode() * 127 + b"x"}
# Such titles lose their blanks, and the album is found under the shorter one.
TRIMMED = {"leading space": b"lead", "trailing space": b"trail"}
# As photosync itself writes what a disk may not hold: these are found under what they stand for.
STANDS_FOR = {"escaped control": b"a\nb", "escaped device": b"PRN"}


class Journey(NamedTuple):
    """There, nothing to do; home again to an empty folder, and nothing to do."""

    origin: World
    target: World
    runs: tuple[Result, Result, Result, Result]


def travel(origin: World, *argv: str) -> Journey:
    origin.local.mkdir(exist_ok=True)
    origin.remote.mkdir()
    target = World(origin.top, "restored")
    target.local.mkdir()
    runs = (
        origin.sync("-m", "sync", *argv),
        origin.sync("-m", "sync", *argv),
        target.sync("-m", "download", *argv),
        target.sync("-m", "sync", *argv),
    )
    return Journey(origin, target, runs)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """All the hard names as photos of one album."""
    world = World(tmp_path_factory.mktemp("photos"))
    for name in NAMES.values():
        world.here(f"album/{os.fsdecode(name)}", name)
    return travel(world)


@pytest.fixture(scope="module")
def albums(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """All the hard names as folders with a photo each."""
    world = World(tmp_path_factory.mktemp("albums"))
    for name in NAMES_OF_FOLDERS.values():
        world.here(f"{os.fsdecode(name)}/photo.jpg", name)
    # Folders with a leading dot are left out by default.
    return travel(world, "--exclude", "^@eaDir$")


@pytest.mark.parametrize("kind", NAMES)
def test_a_photo_of_any_name_is_copied_and_restored(photos: Journey, kind: str) -> None:
    name = NAMES[kind]
    copied = STANDS_FOR[kind] + b".jpg" if kind in STANDS_FOR else name
    for place in (photos.origin.remote, photos.target.local):
        assert files(place)[f"album/{os.fsdecode(copied)}"] == Photo(name)


@pytest.mark.parametrize("kind", NAMES_OF_FOLDERS)
def test_an_album_of_any_title_is_copied_and_restored(albums: Journey, kind: str) -> None:
    name = NAMES_OF_FOLDERS[kind]
    copied = (TRIMMED | STANDS_FOR).get(kind, name)
    for place in (albums.origin.remote, albums.target.local):
        assert files(place)[f"{os.fsdecode(copied)}/photo.jpg"] == Photo(name)


@pytest.mark.parametrize("of", ["photos", "albums"])
def test_what_has_a_hard_name_is_found_again(of: str, photos: Journey, albums: Journey) -> None:
    journey = {"photos": photos, "albums": albums}[of]
    there, again, home, still = journey.runs
    count = len(files(journey.origin.local))
    assert len(there.done("UPLOAD_LOCAL")) == len(home.done("DOWNLOAD_REMOTE")) == count
    assert again.steps == still.steps == []
    assert [run.code for run in journey.runs] == [0, 0, 0, 0]
    assert "".join(run.err for run in journey.runs) == ""
    for place in (journey.origin.local, journey.origin.remote, journey.target.local):
        assert len(files(place)) == count


def test_nothing_leaves_the_two_places(photos: Journey, albums: Journey) -> None:
    for journey in (photos, albums):
        top = journey.origin.top
        assert {path.name for path in top.iterdir()} == {"photos", "backup", "restored", "home"}


# -- names that are one --------------------------------------------------------------------

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "Öl é.jpg") for form in ("NFC", "NFD"))


def test_a_composed_and_a_decomposed_name_are_one_across_the_sides(world: World) -> None:
    world.here(f"album/{COMPOSED}")
    world.there(f"album/{DECOMPOSED}")
    world.here(f"{DECOMPOSED}/photo.jpg")
    world.there(f"{COMPOSED}/photo.jpg")
    before = world.photos_snapshot()
    assert world.sync("-m", "sync", "-c", "7").steps == []
    assert world.photos_snapshot() == before


def test_a_change_reaches_the_twin_under_the_name_it_has(world: World) -> None:
    world.here(f"album/{COMPOSED}", b"new", modified_ns=WHEN + 3600 * SECOND)
    world.there(f"album/{DECOMPOSED}", b"old")
    assert world.sync("-m", "sync").code == 0
    assert [photo.data for photo in files(world.remote).values()] == [b"new"]
    assert list(files(world.remote)) == [f"album/{DECOMPOSED}"]


def test_twins_in_one_folder_are_refused_by_name(world: World) -> None:
    world.here(f"album/{COMPOSED}", b"one")
    world.here(f"album/{DECOMPOSED}", b"the other")
    for _ in range(2):
        result = world.sync("-m", "syncUpload", "--allowDelete", "both")
        assert result.code == 1
        assert result.err.count("another file of this album has the same name; rename it") == 1
        assert files(world.remote) == {f"album/{COMPOSED}": Photo(b"one")}
        assert len(files(world.local)) == 2


def test_twins_on_the_other_side_are_named_and_left_alone(world: World) -> None:
    world.there(f"album/{COMPOSED}", b"one")
    world.there(f"album/{DECOMPOSED}", b"the other")
    world.here(f"album/{COMPOSED}", b"one")
    before = world.photos_snapshot()
    result = world.sync("-m", "syncUpload", "--allowDelete", "both")
    assert "holds this name twice" in result.out
    assert (result.code, result.steps) == (0, [])
    assert world.photos_snapshot() == before


def test_twin_folders_make_one_album(world: World) -> None:
    world.here(f"{COMPOSED}/a.jpg", b"a")
    world.here(f"{DECOMPOSED}/b.jpg", b"b")
    assert world.sync("-m", "sync").code == 0
    assert len({Path(path).parent for path in files(world.remote)}) == 1
    assert world.sync("-m", "sync").steps == []
    assert len(files(world.remote)) == len(files(world.local)) == 2


@pytest.mark.parametrize("folder", [" ", "%25"])
def test_titles_that_the_rules_leave_empty_are_refused_by_name(world: World, folder: str) -> None:
    world.here(f"{folder}/photo.jpg")
    world.here("album/photo.jpg")
    result = world.sync("-m", "sync")
    assert result.code == 1
    problem = "the naming rules leave no album title; change them"
    assert result.err == f"{world.local}/{folder}: {problem}\n"
    assert result.done("UPLOAD_LOCAL") == ["album/photo.jpg"]


def test_remote_titles_that_no_folder_leads_to_are_refused_by_name(world: World) -> None:
    world.there("blank at the end /photo.jpg")
    result = world.sync("-m", "sync")
    assert result.code == 1
    assert "no folder name leads to this album title" in result.err
    assert files(world.local) == {}


# -- hard files ----------------------------------------------------------------------------


def test_empty_and_broken_files_are_copied_as_they_are(world: World) -> None:
    contents = {
        "empty.jpg": b"",
        "broken.jpg": b"\xff\xd8\xff\xe0 and no more",
        "nul.png": b"\0" * 9,
    }
    for name, data in contents.items():
        world.here(f"album/{name}", data)
        world.there(f"other/{name}", data)
    assert world.sync("-m", "sync", "-c", "7").code == 0
    assert files(world.local) == files(world.remote)
    assert len(files(world.local)) == 6
    assert world.sync("-m", "sync", "-c", "7").steps == []


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_file_that_may_not_be_read_is_named_and_the_rest_is_copied(
    world: World, side: str
) -> None:
    make = {"here": world.here, "there": world.there}[side]
    make("album/closed.jpg").chmod(0)
    for number in range(5):
        make(f"album/{number}.jpg")
    result = world.sync("-m", "sync", unprivileged=True)
    assert result.code == 1
    (line,) = result.err.splitlines()
    assert "album/closed.jpg" in line
    assert "permission denied; check owner and mode" in line
    target = world.remote if side == "here" else world.local
    assert sorted(files(target)) == [f"album/{number}.jpg" for number in range(5)]
    make("album/closed.jpg").chmod(0o600)
    assert world.sync("-m", "sync", unprivileged=True).code == 0
    assert files(world.local) == files(world.remote)


# -- hard disks ----------------------------------------------------------------------------


@pytest.fixture
def disk(world: World) -> Iterator[Path]:
    """A disk of 300 kB as the folder to copy to, where we may mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "photosync-test", str(world.remote)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield world.remote
    subprocess.run(["umount", "-l", str(world.remote)], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def photos_of_ten_kilobytes(make: Callable[[str, bytes], object], count: int = 60) -> None:
    for number in range(count):
        make(f"album {number % 3}/{number}.jpg", f"{number:02}".encode() * 5_000)


def test_a_full_disk_stops_the_copying_and_loses_nothing(world: World, disk: Path) -> None:
    photos_of_ten_kilobytes(world.here)
    world.there("album 0/0.jpg", b"old", modified_ns=WHEN - 3600 * SECOND)
    world.there("album 4/there.jpg")
    result = world.sync("-m", "syncUpload", "--allowDelete", "both")
    assert result.code == 1
    assert "the disk is full" in result.err
    wanted, copied = files(world.local), files(disk)
    kept = trashed(disk)
    assert 20 < len(copied) < 60
    assert copied.pop("album 4/there.jpg", None) or "album 4/there.jpg" in kept
    if copied["album 0/0.jpg"].data == b"old":
        del copied["album 0/0.jpg"]
    assert copied.items() <= wanted.items()
    assert not parts(disk)
    remount(disk, "size=9m")
    assert world.sync("-m", "syncUpload", "--allowDelete", "both").code == 0
    assert files(disk) == wanted
    assert {photo.data for photo in trashed(disk).values()} == {b"old", b"photo"}


def test_a_full_disk_stops_the_restoring_and_loses_nothing(world: World, disk: Path) -> None:
    back = World(world.top, "backup")
    source = world.top / "source"
    photos_of_ten_kilobytes(lambda path, data: Photo(data).write(source / path))
    argv = ("--home", world.home, "-d", back.local, "-p", f"folder:{source}", "-m", "sync")
    result = run(*argv)
    assert result.code == 1
    assert "the disk is full" in result.err
    assert 20 < len(files(disk)) < 60
    assert files(disk).items() <= files(source).items()
    assert not parts(disk)
    remount(disk, "size=9m")
    assert run(*argv).code == 0
    assert files(disk) == files(source)


def test_a_file_too_big_for_the_disk_is_named_and_the_rest_is_copied(world: World) -> None:
    world.here("album/big.jpg", b"x" * 200_000)
    world.there("album/large.jpg", b"y" * 200_000)
    world.here("album/grown.jpg", b"z" * 200_000, modified_ns=WHEN + 3600 * SECOND)
    world.there("album/grown.jpg", b"small")
    world.here("album/small.jpg")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    result = world.sync("-m", "sync", before=limit)
    assert result.code == 1
    lines = sorted(line.partition("  ")[2] for line in result.err.splitlines())
    assert lines == [
        f"album/{name}.jpg: the file is too big for this disk" for name in ("big", "grown", "large")
    ]
    assert sorted(files(world.remote)) == [f"album/{n}.jpg" for n in ("grown", "large", "small")]
    assert files(world.remote)["album/grown.jpg"].data == b"small"
    assert not parts(world.local, world.remote)
    assert world.sync("-m", "sync").code == 0
    assert files(world.local) == files(world.remote)
    assert trashed(world.remote) == {"album/grown.jpg": Photo(b"small")}


def test_a_disk_mounted_read_only_is_said_so_and_left_alone(world: World, disk: Path) -> None:
    photos_of_ten_kilobytes(world.here, 9)
    world.there("album 0/0.jpg", b"old", modified_ns=WHEN - 3600 * SECOND)
    world.there("only there/photo.jpg")
    remount(disk, "ro")
    before = snapshot(disk, world.local)
    result = world.sync("-m", "syncUpload", "--allowDelete", "both")
    assert result.code == 1
    assert "the disk is mounted read-only" in result.err
    assert snapshot(disk, world.local) == before
    remount(disk, "rw")
    assert world.sync("-m", "syncUpload", "--allowDelete", "both").code == 0
    assert files(disk) == files(world.local)


def test_a_folder_that_may_not_be_written_is_said_so_and_left_alone(world: World) -> None:
    world.here("album/photo.jpg")
    world.here("new/photo.jpg")
    world.there("album/there.jpg")
    closed = [world.remote, world.remote / "album", world.local, world.local / "album"]
    for folder in closed:
        folder.chmod(0o555)
    before = world.photos_snapshot()
    result = world.sync("-m", "sync", unprivileged=True)
    assert result.code == 1
    assert len(result.err.splitlines()) == 3
    assert all("permission denied" in line for line in result.err.splitlines())
    assert world.photos_snapshot() == before
    for folder in closed:
        folder.chmod(0o755)
    assert world.sync("-m", "sync", unprivileged=True).code == 0
    assert files(world.local) == files(world.remote)


def test_a_home_that_may_not_be_written_is_a_clear_line(world: World) -> None:
    world.here("album/photo.jpg")
    world.home.mkdir(mode=0o555)
    result = world.sync(unprivileged=True)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"photosync: --home: {world.home} cannot be written")
    assert files(world.remote) == {}
