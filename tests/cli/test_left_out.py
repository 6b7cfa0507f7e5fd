"""What the filters leave out is left alone on both sides, whatever is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import DELETE_HERE, DELETING, MODES
from cli.conftest import World
from cli.trees import NEWER

FILTERS = (
    *("--exclude", "^excluded", r"^\.", "^__"),
    *("--skip", "skipped folder*", "skipped file*", "album/skipped path*", "deep/in/*"),
    *("--skipserver", "skipped album*", "skipped photo*", "album/skipped there*"),
)
HIDDEN = [
    "excluded {}/photo.jpg",
    "excluded {}/deeper/photo.jpg",
    ".hidden {}/photo.jpg",
    "__hidden {}/photo.jpg",
    "@eaDir/photo {}.jpg",
    "#recycle/photo {}.jpg",
    "skipped folder {}/photo.jpg",
    "album/skipped file {}.jpg",
    "album/skipped path {}.jpg",
    "deep/in/photo {}.jpg",
    "skipped album {}/photo.jpg",
    "album/skipped photo {}.jpg",
    "album/skipped there {}.jpg",
    "album/video {}.mov",
    "videos {}/video.mov",
    "album/text {}.txt",
    "texts {}/text.txt",
    "album/._system {}.jpg",
    "album/SYNOFILE_THUMB_M {}.jpg",
]


def add_hidden(world: World) -> None:
    """What the filters leave out: on both sides and not equal, only here, only
    there.
    """
    for template in HIDDEN:
        paths = [template.format(number) for number in (1, 2, 3)]
        flat = [" - ".join(Path(p).parts[:-1]) + "/" + Path(p).name for p in paths]
        world.here(paths[0], b"new", modified_ns=NEWER)
        world.there(flat[0], b"old one")
        world.here(paths[1])
        world.there(flat[2])
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("more", [(), DELETE_HERE], ids=["", "deleting here"])
def test_what_is_left_out_is_left_alone_on_both_sides(
    world: World, mode: str, more: tuple[str, ...]
) -> None:
    add_hidden(world)
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING, *FILTERS, *more)
    assert (result.code, result.steps) == (0, [])
    assert world.photos_snapshot() == before


CHANGES_OF_FILTERS = [
    ("--exclude", "^trip$"),
    ("--exclude", "^_raw$"),
    ("--exclude", "deep"),
    ("--exclude", "."),
    ("--skip", "_raw"),
    ("--skip", "trip/_raw"),
    ("--skip", "trip/_raw/*"),
    ("--skip", "trip/_raw/one.jpg"),
    ("--skip", "trip/one.jpg"),
    ("--skip", "one.jpg"),
    ("--skip", "*.jpg"),
    ("--skip", "deep/*"),
    ("--skipserver", "trip"),
    ("--skipserver", "one.jpg"),
    ("--skipserver", "* - one.jpg"),
    ("--skipserver", "trip/*"),
    ("--skipserver", "deep - in - it"),
    ("--format", "video"),
    ("--format", "photo"),
]


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two sides made equal, with several folders in an album and photos in the root
    itself.
    """
    world = World(tmp_path_factory.mktemp("agreed"))
    for folder in (".", "trip", "trip/_raw", "trip/_raw/_more", "deep/in/it", "_loose"):
        for name in ("one.jpg", "two.png", "film.mov", f"{Path(folder).name} only.jpg"):
            world.here(f"{folder}/{name}", f"{folder}/{name}".encode())
    world.remote.mkdir()
    assert world.sync("-f", "both").code == 0
    assert world.sync("-m", "syncUpload", "-f", "both").steps == []
    return world


@pytest.mark.parametrize("change", CHANGES_OF_FILTERS, ids=" ".join)
@pytest.mark.parametrize("mode", ["sync", "syncUpload"])
def test_a_change_of_filters_turns_no_photo_into_a_deleted_one(
    baseline: World, mode: str, change: tuple[str, ...]
) -> None:
    kind = () if "--format" in change else ("-f", "both")
    before = baseline.photos_snapshot()
    result = baseline.sync("-m", mode, *DELETING, *DELETE_HERE, *kind, *change)
    assert (result.code, result.err, result.steps) == (0, "", [])
    assert baseline.photos_snapshot() == before


def test_without_the_filters_all_that_is_a_photo_is_taken(world: World) -> None:
    add_hidden(world)
    argv = (
        "-m",
        "sync",
        "-f",
        "both",
        "--exclude",
        "^nothing$",
        "--exclude-in-title",
        "^nothing$",
    )
    said = world.sync(*argv, "--test").out
    for template in HIDDEN:
        title, _, name = template.rpartition("/")
        taken = template.endswith((".jpg", ".mov")) and not title.startswith(("@", "#"))
        system = name.startswith(("._", "SYNO"))
        for number in (1, 2, 3):
            shown = f"{title.replace('/', ' - ')}/{name}".format(number) in said
            assert shown == (taken and not system)


def test_photos_are_out_of_sight_where_videos_are_asked_for(world: World) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    world.here("album/film.mov")
    world.there("album/film.mov")
    before = world.photos_snapshot()
    result = world.sync("-m", "syncUpload", *DELETING, *DELETE_HERE, "-f", "video")
    assert (result.code, result.steps) == (0, [])
    assert world.photos_snapshot() == before
