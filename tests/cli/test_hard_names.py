"""Names that break careless tools."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.command import Result
from cli.conftest import World
from cli.trees import SECOND, WHEN, Photo, files

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
# As photosync itself writes what a disk may not hold: these are found under what they
# stand for.
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
def test_an_album_of_any_title_is_copied_and_restored(
    albums: Journey, kind: str
) -> None:
    name = NAMES_OF_FOLDERS[kind]
    copied = (TRIMMED | STANDS_FOR).get(kind, name)
    for place in (albums.origin.remote, albums.target.local):
        assert files(place)[f"{os.fsdecode(copied)}/photo.jpg"] == Photo(name)


@pytest.mark.parametrize("of", ["photos", "albums"])
def test_what_has_a_hard_name_is_found_again(
    of: str, photos: Journey, albums: Journey
) -> None:
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
        assert {path.name for path in top.iterdir()} == {
            "photos",
            "backup",
            "restored",
            "home",
        }


# -- names that are one
# -------------------------------------------------------------------

COMPOSED, DECOMPOSED = (
    unicodedata.normalize(form, "Öl é.jpg") for form in ("NFC", "NFD")
)


def test_a_composed_and_a_decomposed_name_are_one_across_the_sides(
    world: World,
) -> None:
    world.here(f"album/{COMPOSED}")
    world.there(f"album/{DECOMPOSED}")
    world.here(f"{DECOMPOSED}/photo.jpg")
    world.there(f"{COMPOSED}/photo.jpg")
    before = world.photos_snapshot()
    assert world.sync("-m", "sync", "-c", "7").steps == []
    assert world.photos_snapshot() == before


def test_a_change_reaches_the_twin_under_the_name_it_has(world: World) -> None:
    world.here(f"album/{COMPOSED}", b"old")
    world.there(f"album/{DECOMPOSED}", b"old")
    assert world.sync("-m", "sync").code == 0
    world.here(f"album/{COMPOSED}", b"new", modified_ns=WHEN + 3600 * SECOND)
    assert world.sync("-m", "sync").code == 0
    assert [photo.data for photo in files(world.remote).values()] == [b"new"]
    assert list(files(world.remote)) == [f"album/{DECOMPOSED}"]


def test_twins_in_one_folder_are_refused_by_name(world: World) -> None:
    world.here(f"album/{COMPOSED}", b"one")
    world.here(f"album/{DECOMPOSED}", b"the other")
    for _ in range(2):
        result = world.sync("-m", "syncUpload", "--allowDelete", "both")
        assert result.code == 1
        assert (
            result.err.count("another file of this album has the same name; rename it")
            == 1
        )
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
def test_titles_that_the_rules_leave_empty_are_refused_by_name(
    world: World, folder: str
) -> None:
    world.here(f"{folder}/photo.jpg")
    world.here("album/photo.jpg")
    result = world.sync("-m", "sync")
    assert result.code == 1
    problem = "the naming rules leave no album title; change them"
    assert result.err == f"{world.local}/{folder}: {problem}\n"
    assert result.done("UPLOAD_LOCAL") == ["album/photo.jpg"]


def test_remote_titles_that_no_folder_leads_to_are_left_alone_by_name(
    world: World,
) -> None:
    world.there("Rome/photo.jpg")
    for more in (["--test"], []):
        result = world.sync("-m", "sync", "-n", "Year {0}", *more)
        assert (result.code, result.actions) == (0, [])
        assert "no folder name leads to this album title; rename" in result.out
    assert files(world.local) == {}
