"""What earlier tools of this kind lost, and how photosync does not."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from cli.command import DELETE_HERE, DELETING, MODES, run
from cli.conftest import World
from cli.trees import NEWER, SECOND, WHEN, Photo, files, parts, snapshot, trashed

# -- a dry run that deleted
# ---------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_a_dry_run_deletes_and_purges_nothing(world: World, mode: str) -> None:
    world.there("album/photo.jpg")
    world.here("other/photo.jpg")
    (world.remote / "empty").mkdir()
    before = world.snapshot()
    assert world.sync("-m", mode, *DELETING, *DELETE_HERE, "--test").code == 0
    assert world.snapshot() == before


# -- a replace that deleted first
# ---------------------------------------------------------


def test_a_replace_that_cannot_read_its_source_leaves_the_old_photo(
    world: World,
) -> None:
    world.here("album/photo.jpg", b"new", modified_ns=NEWER).chmod(0)
    old = world.there("album/photo.jpg", b"old")
    before = snapshot(world.remote)
    result = world.sync("-c", "3", "-m", "syncUpload", *DELETING, unprivileged=True)
    assert result.code == 1
    assert "permission denied" in result.err
    assert old.read_bytes() == b"old"
    assert snapshot(world.remote) == before


def test_a_replace_that_cannot_be_written_leaves_the_old_photo(world: World) -> None:
    world.here("album/photo.jpg", b"n" * 100_000, modified_ns=NEWER)
    world.there("album/photo.jpg", b"old")
    result = world.sync(
        "--stateless",
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000,) * 2),
    )
    assert result.code == 1
    assert files(world.remote) == {"album/photo.jpg": Photo(b"old")}
    assert trashed(world.remote) == {}


def test_a_replaced_photo_can_be_had_back_whatever_allow_delete_says(
    world: World,
) -> None:
    world.here("album/photo.jpg", b"new", modified_ns=NEWER)
    world.there("album/photo.jpg", b"old")
    assert world.sync("--stateless", "--allowDelete", "neither").code == 0
    assert files(world.remote) == {"album/photo.jpg": Photo(b"new", NEWER)}
    assert trashed(world.remote) == {"album/photo.jpg": Photo(b"old")}


def test_deletes_come_last_and_only_in_albums_where_nothing_failed(
    world: World,
) -> None:
    world.here("good/new.jpg")
    world.there("good/gone.jpg")
    world.here("bad/new.jpg").chmod(0)
    world.there("bad/gone.jpg")
    result = world.sync("-m", "syncUpload", *DELETING, unprivileged=True)
    assert result.code == 1
    assert result.done("DELETE_REMOTE") == ["good/gone.jpg"]
    assert result.out.index("+ upload") < result.out.index("- delete")
    assert "bad/gone.jpg: not deleted: something failed in this album" in result.err
    assert sorted(files(world.remote)) == ["bad/gone.jpg", "good/new.jpg"]


# -- folders of which one begins like the other
# -------------------------------------------


def test_a_folder_is_told_from_one_that_begins_like_it(tmp_path: Path) -> None:
    one, other, home = tmp_path / "b", tmp_path / "bc", tmp_path / "home"
    Photo(b"one").write(one / "album" / "one.jpg")
    Photo(b"other").write(other / "album" / "other.jpg")
    result = run("--home", home, "-d", one, "-p", f"folder:{other}", "-m", "sync")
    assert result.code == 0
    assert files(one) == files(other)
    assert len(files(one)) == 2


def test_roots_that_begin_alike_keep_their_photos_apart(world: World) -> None:
    one, other = world.top / "a" / "b", world.top / "a" / "bc"
    Photo(b"one").write(one / "in b" / "photo.jpg")
    Photo(b"other").write(other / "in bc" / "photo.jpg")
    for root in (one, other):
        Photo(b"same").write(root / "same.jpg")
    argv = ("--home", world.home, "-p", f"folder:{world.remote}", "-d", one, other)
    assert run(*argv).code == 0
    assert set(files(world.remote)) == {
        *("b/same.jpg", "bc/same.jpg"),
        *("in b/photo.jpg", "in bc/photo.jpg"),
    }
    (world.remote / "in bc" / "photo.jpg").unlink()
    assert run(*argv, *DELETE_HERE, "--allowDelete", "both").code == 0
    assert trashed(other) == {"in bc/photo.jpg": Photo(b"other")}
    assert trashed(one) == {}
    assert set(files(one)) == {"in b/photo.jpg", "same.jpg"}


def test_a_skipped_folder_does_not_hide_one_that_begins_like_it(world: World) -> None:
    world.here("trip/photo.jpg")
    world.here("trip two/photo.jpg")
    assert world.sync("--skip", "trip").done("UPLOAD_LOCAL") == ["trip two/photo.jpg"]


# -- a download that wrote on the final path
# ----------------------------------------------


def test_a_download_that_fails_leaves_the_old_photo_and_no_part(world: World) -> None:
    world.here("album/photo.jpg", b"old")
    world.there("album/photo.jpg", b"n" * 1_000_000)
    world.there("album/other.jpg", b"n" * 1_000_000)
    # Of a disk that is full the memory would say so first.
    result = world.sync(
        *("-m", "download"),
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500_000,) * 2),
    )
    assert result.code == 1
    assert files(world.local) == {"album/photo.jpg": Photo(b"old")}
    assert (trashed(world.local), parts(world.local)) == ({}, [])


def test_a_download_sets_the_time_of_the_photo_and_not_of_the_folder(
    world: World,
) -> None:
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    world.there("album/late.jpg", b"late", modified_ns=WHEN - 1_000_000 * SECOND)
    world.there("other/late.jpg", b"late", modified_ns=WHEN - 1_000_000 * SECOND)
    begin = time.time_ns() - 60 * SECOND
    assert world.sync("-m", "download").code == 0
    for folder in ("album", "other"):
        assert (world.local / folder).stat().st_mtime_ns > begin
        late = Photo(b"late", WHEN - 1_000_000 * SECOND)
        assert files(world.local)[f"{folder}/late.jpg"] == late


def test_a_download_does_not_follow_a_link_that_lies_in_its_way(world: World) -> None:
    outside = world.top / "outside.jpg"
    outside.write_bytes(b"precious")
    (world.local / "album").mkdir()
    (world.local / "album" / "photo.jpg").symlink_to(outside)
    world.there("album/photo.jpg", b"from there")
    world.sync("-m", "download")
    assert outside.read_bytes() == b"precious"
    assert (world.local / "album" / "photo.jpg").is_symlink()


@pytest.mark.parametrize("mode", ["upload", "syncUpload"])
def test_an_upload_takes_no_name_that_something_else_has(
    world: World, mode: str
) -> None:
    outside = world.top / "outside.jpg"
    outside.write_bytes(b"precious")
    world.here("album/link.jpg")
    world.here("album/folder.jpg")
    (world.remote / "album" / "folder.jpg").mkdir(parents=True)
    (world.remote / "album" / "link.jpg").symlink_to(outside)
    before = snapshot(world.remote / "album" / "link.jpg", outside)
    result = world.sync("-m", mode, *DELETING)
    assert result.code == 1
    assert result.err.count("a file of that name is there already") == 2
    assert snapshot(world.remote / "album" / "link.jpg", outside) == before
    assert parts(world.remote) == []


# -- times that are nearly equal
# ----------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "replaced"), [(-3600, 0), (-60, 0), (0, 0), (2, 0), (60, 0), (61, 1)]
)
def test_a_remote_photo_is_older_by_more_than_a_minute(
    world: World, seconds: int, replaced: int
) -> None:
    world.here("album/photo.jpg", b"one way", modified_ns=WHEN + seconds * SECOND)
    world.there("album/photo.jpg", b"another")
    result = world.sync("-c", "1", "--stateless")
    assert (
        len(result.done("REPLACE_REMOTE_WITH_LOCAL")) == len(result.steps) == replaced
    )


def test_a_new_time_sends_no_equal_bytes(world: World) -> None:
    world.here("album/photo.jpg", modified_ns=NEWER)
    there = world.there("album/photo.jpg")
    number = there.stat().st_ino
    result = world.sync()
    assert len(result.done("UPDATE_REMOTE_METADATA")) == len(result.steps) == 1
    assert (there.stat().st_ino, there.stat().st_mtime_ns) == (number, NEWER)
    assert world.sync().steps == []


# -- titles that left their folder
# --------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "..%2F..%2Foutside",
        "%2Ftmp%2Foutside",
        "..%2Foutside",
        "%2E.",
        "%2E",
        "a%2F..%2Fb",
    ],
)
def test_no_remote_title_or_name_leaves_its_folder(world: World, title: str) -> None:
    world.there(f"{title}/photo.jpg")
    world.there(f"album/{title}.jpg")
    outside = {
        path for path in world.top.rglob("*") if not path.is_relative_to(world.local)
    }
    result = world.sync("-m", "download", "--exclude", "^nothing$")
    assert (result.code, result.err) == (0, "")
    assert files(world.local) == files(world.remote)
    after = {
        path for path in world.top.rglob("*") if not path.is_relative_to(world.local)
    }
    assert after - outside <= {
        world.home,
        world.home / "lock",
        world.home / "state.sqlite",
    }
    assert world.sync("-m", "sync", "--exclude", "^nothing$").steps == []


# -- only .jpg
# ----------------------------------------------------------------------------


def test_every_kind_of_photo_counts_in_letters_of_any_size(world: World) -> None:
    kinds = "jpg JPG Jpeg jpe png GIF bmp tif tiff webp heic HEIF avif dng CR2 cr3 nef arw orf rw2"
    for kind in kinds.split():
        world.here(f"here/photo.{kind}")
        world.there(f"there/photo.{kind}")
    for other in ("notes.txt", "jpg", "photo.jpg.txt", "archive.zip", ".jpg"):
        world.here(f"here/{other}")
        world.there(f"there/{other}")
    assert world.sync("-m", "sync").code == 0
    for place, album in ((world.remote, "here"), (world.local, "there")):
        copied = {Path(path).name for path in files(place) if path.startswith(album)}
        assert copied == {f"photo.{kind}" for kind in kinds.split()}
