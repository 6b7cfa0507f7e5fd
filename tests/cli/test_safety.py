"""What earlier tools of this kind lost, and how photosync does not."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from cli.command import run
from cli.conftest import World
from cli.trees import SECOND, TRASH, WHEN, Photo, files, parts, snapshot, trashed

MODES = ["upload", "download", "report", "repairUpload", "sync", "syncUpload"]
NEWER = WHEN + 3600 * SECOND
DELETING = ("--allowDelete", "both", "--purge", "--max-delete", "100%")
DELETE_HERE = ("--override", "LOCAL_ONLY=DELETE_LOCAL")


# -- a dry run that deleted ----------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_a_dry_run_deletes_and_purges_nothing(world: World, mode: str) -> None:
    world.there("album/photo.jpg")
    world.here("other/photo.jpg")
    (world.remote / "empty").mkdir()
    before = world.snapshot()
    assert world.sync("-m", mode, *DELETING, *DELETE_HERE, "--test").code == 0
    assert world.snapshot() == before


# -- a replace that deleted first ----------------------------------------------------------


def test_a_replace_that_cannot_read_its_source_leaves_the_old_photo(world: World) -> None:
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
    result = world.sync(before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000,) * 2))
    assert result.code == 1
    assert files(world.remote) == {"album/photo.jpg": Photo(b"old")}
    assert trashed(world.remote) == {}


def test_a_replaced_photo_can_be_had_back_whatever_allow_delete_says(world: World) -> None:
    world.here("album/photo.jpg", b"new", modified_ns=NEWER)
    world.there("album/photo.jpg", b"old")
    assert world.sync("--allowDelete", "neither").code == 0
    assert files(world.remote) == {"album/photo.jpg": Photo(b"new", NEWER)}
    assert trashed(world.remote) == {"album/photo.jpg": Photo(b"old")}


def test_deletes_come_last_and_only_in_albums_where_nothing_failed(world: World) -> None:
    world.here("good/new.jpg")
    world.there("good/gone.jpg")
    world.here("bad/new.jpg").chmod(0)
    world.there("bad/gone.jpg")
    result = world.sync("-m", "syncUpload", *DELETING, unprivileged=True)
    assert result.code == 1
    assert result.done("DELETE_REMOTE") == ["good/gone.jpg"]
    lines = [line.partition(" ")[0] for line in result.out.splitlines()]
    assert lines.index("UPLOAD_LOCAL") < lines.index("DELETE_REMOTE")
    assert "bad/gone.jpg: not deleted: something failed in this album" in result.err
    assert sorted(files(world.remote)) == ["bad/gone.jpg", "good/new.jpg"]


# -- excluded files that were deleted on the other side ------------------------------------

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
    """What the filters leave out: on both sides and not equal, only here, only there."""
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
def agreed(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two sides made equal, with several folders in an album and photos in the root itself."""
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
    agreed: World, mode: str, change: tuple[str, ...]
) -> None:
    kind = () if "--format" in change else ("-f", "both")
    before = agreed.photos_snapshot()
    result = agreed.sync("-m", mode, *DELETING, *DELETE_HERE, *kind, *change)
    assert (result.code, result.err, result.steps) == (0, "", [])
    assert agreed.photos_snapshot() == before


def test_without_the_filters_all_that_is_a_photo_is_taken(world: World) -> None:
    add_hidden(world)
    argv = ("-m", "sync", "-f", "both", "--exclude", "^nothing$", "--exclude-in-title", "^nothing$")
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


# -- a missing or an empty root that deleted everything ------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("roots", [["missing"], ["photos", "missing"]])
def test_a_missing_root_ends_the_run(world: World, mode: str, roots: list[str]) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    before = world.photos_snapshot()
    places = ("--home", world.home, "-p", f"folder:{world.remote}", "-d")
    result = run(*places, *(world.top / root for root in roots), "-m", mode, *DELETING)
    missing = world.top / "missing"
    assert result.code == 2
    assert result.err == f"photosync: -d {missing}: no such folder; is its disk mounted?\n"
    assert result.out == ""
    assert world.photos_snapshot() == before


def test_a_root_that_is_a_file_or_closed_ends_the_run(world: World) -> None:
    world.there("album/there.jpg")
    closed = world.top / "closed"
    closed.mkdir(mode=0)
    file = world.top / "file"
    file.touch()
    for root, reason in ((file, "not a folder"), (closed, "cannot be read")):
        places = ("--home", world.home, "-p", f"folder:{world.remote}", "-d", root)
        result = run(*places, "-m", "syncUpload", *DELETING, unprivileged=True)
        assert result.code == 2
        assert result.err.startswith(f"photosync: -d {root}: {reason}")
    assert list(files(world.remote)) == ["album/there.jpg"]


@pytest.mark.parametrize("mode", ["repairUpload", "syncUpload"])
@pytest.mark.parametrize("content", [[], ["album/notes.txt"], [".hidden/photo.jpg"]])
def test_an_empty_root_deletes_nothing(world: World, mode: str, content: list[str]) -> None:
    world.there("album/there.jpg")
    for path in content:
        world.here(path)
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING)
    assert (result.code, result.out) == (5, "")
    assert result.err == (
        f"photosync: {world.local} holds no photos, and 1 would be deleted elsewhere; "
        "is its disk mounted? Nothing was changed\n"
    )
    assert world.photos_snapshot() == before
    assert world.sync("-m", mode, *DELETING, "--test").code == 5


def test_one_empty_root_of_two_deletes_nothing(world: World) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    empty = world.top / "empty"
    empty.mkdir()
    before = world.photos_snapshot()
    result = world.sync("-d", empty, "-m", "syncUpload", *DELETING)
    assert result.code == 5
    assert f"{empty} holds no photos" in result.err
    assert world.photos_snapshot() == before


def test_an_empty_root_is_filled_by_a_download(world: World) -> None:
    world.there("album/there.jpg")
    assert world.sync("-m", "sync", *DELETING).code == 0
    assert files(world.local) == files(world.remote)


def test_a_missing_folder_to_download_from_ends_the_run(world: World) -> None:
    world.here("album/here.jpg")
    world.remote.rmdir()
    before = world.photos_snapshot()
    for mode in ("download", "report"):
        result = world.sync("-m", mode, *DELETING, *DELETE_HERE)
        assert result.code == 2
        place = f"folder:{world.remote}"
        assert result.err == f"photosync: -p {place}: no such folder; is its disk mounted?\n"
    assert world.photos_snapshot() == before


def test_a_folder_whose_disk_is_not_mounted_is_not_made(world: World) -> None:
    world.here("album/here.jpg")
    result = world.sync("-p", f"folder:{world.top}/disk/backup")
    assert result.code == 2
    assert "no such folder; is its disk mounted?" in result.err
    assert not (world.top / "disk").exists()


# -- folders of which one begins like the other --------------------------------------------


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


# -- a download that wrote on the final path -----------------------------------------------


def test_a_download_that_fails_leaves_the_old_photo_and_no_part(world: World) -> None:
    world.here("album/photo.jpg", b"old")
    world.there("album/photo.jpg", b"n" * 100_000)
    world.there("album/other.jpg", b"n" * 100_000)
    result = world.sync(
        *("-m", "download"),
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000,) * 2),
    )
    assert result.code == 1
    assert files(world.local) == {"album/photo.jpg": Photo(b"old")}
    assert (trashed(world.local), parts(world.local)) == ({}, [])


def test_a_download_sets_the_time_of_the_photo_and_not_of_the_folder(world: World) -> None:
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


# -- times that are nearly equal -----------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "replaced"), [(-3600, 0), (-60, 0), (0, 0), (2, 0), (60, 0), (61, 1)]
)
def test_a_remote_photo_is_older_by_more_than_a_minute(
    world: World, seconds: int, replaced: int
) -> None:
    world.here("album/photo.jpg", b"one way", modified_ns=WHEN + seconds * SECOND)
    world.there("album/photo.jpg", b"another")
    result = world.sync("-c", "1")
    assert len(result.done("REPLACE_REMOTE_WITH_LOCAL")) == len(result.steps) == replaced


def test_a_new_time_sends_no_equal_bytes(world: World) -> None:
    world.here("album/photo.jpg", modified_ns=NEWER)
    there = world.there("album/photo.jpg")
    number = there.stat().st_ino
    result = world.sync()
    assert len(result.done("UPDATE_REMOTE_METADATA")) == len(result.steps) == 1
    assert (there.stat().st_ino, there.stat().st_mtime_ns) == (number, NEWER)
    assert world.sync().steps == []


# -- titles that left their folder ---------------------------------------------------------


@pytest.mark.parametrize(
    "title", ["..%2F..%2Foutside", "%2Ftmp%2Foutside", "..%2Foutside", "%2E.", "%2E", "a%2F..%2Fb"]
)
def test_no_remote_title_or_name_leaves_its_folder(world: World, title: str) -> None:
    world.there(f"{title}/photo.jpg")
    world.there(f"album/{title}.jpg")
    outside = {path for path in world.top.rglob("*") if not path.is_relative_to(world.local)}
    result = world.sync("-m", "download", "--exclude", "^nothing$")
    assert (result.code, result.err) == (0, "")
    assert files(world.local) == files(world.remote)
    after = {path for path in world.top.rglob("*") if not path.is_relative_to(world.local)}
    assert after - outside <= {world.home, world.home / "lock"}
    assert world.sync("-m", "sync", "--exclude", "^nothing$").steps == []


# -- only .jpg -----------------------------------------------------------------------------


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


# -- how much may be deleted ---------------------------------------------------------------


def many(make: Callable[[str], object], album: str, count: int) -> None:
    for number in range(count):
        make(f"{album}/{number:03}.jpg")


@pytest.mark.parametrize(
    ("limit", "deleted"),
    [
        ((), 0),
        (("--max-delete", "10%"), 0),
        (("--max-delete", "29%"), 0),
        (("--max-delete", "30%"), 30),
        (("--max-delete", "29"), 0),
        (("--max-delete", "30"), 30),
        (("--max-delete", "0"), 0),
        (("--max-delete", "0%"), 0),
    ],
)
@pytest.mark.parametrize("side", ["local", "remote"])
def test_more_deletes_than_allowed_change_nothing(
    world: World, side: str, limit: tuple[str, ...], deleted: int
) -> None:
    many(world.here, "same", 70)
    many(world.there, "same", 70)
    many(world.here if side == "local" else world.there, "only", 30)
    world.here("older/photo.jpg", b"new", modified_ns=NEWER)
    world.there("older/photo.jpg", b"old")
    how = DELETE_HERE if side == "local" else ("-m", "syncUpload", "--skip", "older/*")
    where = "locally" if side == "local" else f"on folder:{world.remote}"
    known = 101 if side == "local" else 100
    before = world.photos_snapshot()
    result = world.sync(*how, "--allowDelete", "both", *limit)
    if deleted:
        assert (result.code, len(result.done(f"DELETE_{side.upper()}"))) == (0, deleted)
        return
    shown = limit[1] if limit else "10%"
    assert (result.code, result.out) == (5, "")
    assert result.err == (
        f"photosync: 30 of {known} photos would be deleted {where}, more than "
        f"--max-delete {shown}. Nothing was changed; if that is right, "
        "allow it with --max-delete 30\n"
    )
    assert world.photos_snapshot() == before


def test_a_share_alone_never_refuses_twenty(world: World) -> None:
    world.here("same/photo.jpg")
    many(world.there, "only", 20)
    argv = ("-m", "syncUpload", "--allowDelete", "remote")
    assert len(world.sync(*argv, "--test").done("DELETE_REMOTE")) == 20
    many(world.there, "more", 1)
    assert world.sync(*argv, "--test").code == 5


def test_deletes_that_are_not_allowed_do_not_count(world: World) -> None:
    world.here("same/photo.jpg")
    many(world.there, "only", 50)
    result = world.sync("-m", "syncUpload", "--max-delete", "0")
    assert (result.code, len(result.done("REPORT"))) == (0, 50)
    assert len(files(world.remote)) == 51


# -- the trash -----------------------------------------------------------------------------


def changed(world: World) -> tuple[str, ...]:
    """A delete and an overwrite on each side, and how to ask for them."""
    world.here("one/older.jpg", b"newer here", modified_ns=NEWER)
    world.there("one/older.jpg", b"older there")
    world.here("one/deep/different.jpg", b"overwritten here")
    world.there("one - deep/different.jpg", b"this way")
    world.here("one/here.jpg", b"deleted here")
    world.there("one/there.jpg", b"deleted there")
    cells = ("LOCAL_ONLY=DELETE_LOCAL", "REMOTE_ONLY=DELETE_REMOTE", "DIFFERENT=DOWNLOAD_REMOTE")
    return ("--override", *cells, "--allowDelete", "both")


def test_what_is_deleted_or_overwritten_lies_in_the_trash_of_its_side(world: World) -> None:
    assert world.sync(*changed(world)).code == 0
    assert trashed(world.local) == {
        "one/deep/different.jpg": Photo(b"overwritten here"),
        "one/here.jpg": Photo(b"deleted here"),
    }
    assert trashed(world.remote) == {
        "one/older.jpg": Photo(b"older there"),
        "one/there.jpg": Photo(b"deleted there"),
    }
    assert files(world.local) == {
        "one/older.jpg": Photo(b"newer here", NEWER),
        "one/deep/different.jpg": Photo(b"this way"),
    }
    assert files(world.remote) == {
        "one/older.jpg": Photo(b"newer here", NEWER),
        "one - deep/different.jpg": Photo(b"this way"),
    }
    days = [*(world.local / TRASH).iterdir(), *(world.remote / TRASH).iterdir()]
    today = datetime.now(tz=UTC).date()
    known = {str(today), str(today - timedelta(days=1))}
    assert {day.name for day in days} <= known


def test_what_is_in_the_trash_is_no_album(world: World) -> None:
    argv = changed(world)
    assert world.sync(*argv).code == 0
    assert world.sync(*argv).steps == []
    assert world.sync("--exclude", "^nothing$", "-m", "syncUpload", *DELETING).steps == []


def test_a_photo_thrown_away_twice_is_kept_twice(world: World) -> None:
    world.here("album/photo.jpg")
    for number in range(3):
        world.there("album/gone.jpg", b"version %d" % number)
        assert world.sync("-m", "syncUpload", "--allowDelete", "remote").code == 0
    kept = sorted((world.remote / TRASH).glob("*/album/gone.jpg"))
    assert sorted(path.read_bytes() for path in kept) == [b"version %d" % n for n in range(3)]


def test_without_trash_nothing_is_kept(world: World) -> None:
    assert world.sync(*changed(world), "--no-trash").code == 0
    assert not (world.local / TRASH).exists()
    assert not (world.remote / TRASH).exists()
    assert len(files(world.local)) == len(files(world.remote)) == 2


# -- empty albums and old trash ------------------------------------------------------------


def days_ago(days: int) -> str:
    return (datetime.now(tz=UTC).date() - timedelta(days=days)).isoformat()


@pytest.fixture
def cluttered(world: World) -> World:
    """An album empty there, one that will be, one that holds more; trash of two ages."""
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    (world.remote / "empty").mkdir()
    world.there("only there/photo.jpg")
    world.there("with notes/notes.txt")
    (world.remote / "with folder" / "inside").mkdir(parents=True)
    for place in (world.local, world.remote):
        for days in (29, 32):
            Photo(b"thrown away").write(place / TRASH / days_ago(days) / "album" / "old.jpg")
    return world


def remote_albums(world: World) -> set[str]:
    return {path.name for path in world.remote.iterdir() if path.name != TRASH}


def trash_days(place: Path) -> set[str]:
    return {path.name for path in (place / TRASH).iterdir()}


def test_purging_without_leave_to_delete_only_tells(cluttered: World) -> None:
    before = cluttered.photos_snapshot()
    result = cluttered.sync("-m", "syncUpload", "--purge")
    assert result.code == 0
    assert "empty: empty, not removed without --allowDelete remote" in result.out
    assert result.actions == []
    assert cluttered.photos_snapshot() == before


def test_purging_removes_what_is_empty_there_and_old_trash(cluttered: World) -> None:
    result = cluttered.sync("-m", "syncUpload", "--purge", "--allowDelete", "both")
    assert result.code == 0
    assert result.done("REMOVE_ALBUM") == ["empty", "only there"]
    assert remote_albums(cluttered) == {"album", "with notes", "with folder"}
    for place in (cluttered.local, cluttered.remote):
        assert days_ago(29) in trash_days(place)
        assert days_ago(32) not in trash_days(place)
    assert cluttered.sync("-m", "syncUpload", "--purge", "--allowDelete", "both").steps == []


@pytest.mark.parametrize("side", ["local", "remote"])
def test_purging_keeps_to_the_side_that_may_lose(cluttered: World, side: str) -> None:
    result = cluttered.sync("-m", "sync", "--purge", "--allowDelete", side)
    assert result.code == 0
    places = {"local": cluttered.local, "remote": cluttered.remote}
    for name, place in places.items():
        assert (days_ago(32) in trash_days(place)) == (name != side)
    assert ("empty" in remote_albums(cluttered)) == (side == "local")


def test_without_purge_empty_albums_and_old_trash_stay(cluttered: World) -> None:
    assert cluttered.sync("-m", "syncUpload", "--allowDelete", "both").code == 0
    assert {"empty", "only there"} < remote_albums(cluttered)
    assert days_ago(32) in trash_days(cluttered.remote)


# -- one run at a time ---------------------------------------------------------------------


def test_a_second_run_at_the_same_time_is_refused(world: World) -> None:
    world.here("album/photo.jpg")
    world.home.mkdir()
    with FileLock(world.home / "lock"):
        (world.home / "lock").write_text("12345\n")
        result = world.sync()
    assert (result.code, result.out) == (4, "")
    assert result.err == (
        f"photosync: another photosync run (process 12345) is using {world.home}; "
        "wait for it to end\n"
    )
    assert files(world.remote) == {}
    assert world.sync().code == 0


def test_another_home_is_no_hindrance(world: World) -> None:
    world.here("album/photo.jpg")
    world.home.mkdir()
    with FileLock(world.home / "lock"):
        assert world.sync("--home", world.top / "second").code == 0


def test_a_lock_that_nobody_holds_any_more_is_taken(world: World) -> None:
    world.here("album/photo.jpg")
    world.home.mkdir()
    (world.home / "lock").write_text("1\n")
    assert world.sync().code == 0


# -- what cannot be read is unknown --------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_a_local_folder_that_cannot_be_read_is_unknown_not_empty(world: World, mode: str) -> None:
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    world.here("closed/deep/photo.jpg").parent.parent.chmod(0)
    world.there("closed/photo.jpg")
    world.there("closed - deep/photo.jpg")
    world.there("elsewhere/photo.jpg")
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING, *DELETE_HERE, unprivileged=True)
    assert result.code == 1
    assert f"{world.local}/closed: cannot be read (Permission denied); left alone" in result.err
    assert result.actions == []
    assert world.photos_snapshot() == before


@pytest.mark.parametrize("mode", MODES)
def test_a_remote_album_that_cannot_be_listed_is_unknown_not_empty(world: World, mode: str) -> None:
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    world.here("closed/here.jpg")
    world.there("closed/there.jpg").parent.chmod(0)
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING, *DELETE_HERE, unprivileged=True)
    assert result.code == 1
    assert "closed: cannot be listed (permission denied; check owner and mode)" in result.err
    assert result.actions == []
    assert world.photos_snapshot() == before


@pytest.mark.parametrize("mode", MODES)
def test_a_place_that_cannot_be_listed_is_unknown_not_empty(world: World, mode: str) -> None:
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    world.remote.chmod(0)
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING, *DELETE_HERE, unprivileged=True)
    assert result.code == 1
    assert "permission denied" in result.err
    assert result.actions == []
    assert world.photos_snapshot() == before


def test_links_lead_neither_out_of_the_root_nor_in_a_circle(world: World) -> None:
    world.here("album/photo.jpg")
    Photo(b"outside").write(world.top / "outside" / "photo.jpg")
    (world.local / "album" / "out.jpg").symlink_to(world.top / "outside" / "photo.jpg")
    (world.local / "outside").symlink_to(world.top / "outside")
    (world.local / "album" / "round").symlink_to(world.local)
    world.there("album/photo.jpg")
    world.there("outside/photo.jpg")
    world.there("album/out.jpg")
    before = snapshot(world.local)
    result = world.sync("-m", "syncUpload", *DELETING)
    assert (result.code, result.actions) == (0, [])
    for reason in ("is a link out of the root", "is a link in a circle"):
        assert reason in result.out
    assert snapshot(world.local) == before
    assert set(files(world.remote)) == {"album/out.jpg", "album/photo.jpg", "outside/photo.jpg"}
