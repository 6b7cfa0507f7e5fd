"""Where a photo goes that was moved on the other side."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.library import files_below, make_photo

from photosync.errors import Rejected
from photosync.local.explorer import Explorer
from photosync.model import LocalPhoto
from photosync.naming import TRASH
from photosync.titles import NamingRules, parse_templates


@pytest.mark.parametrize(
    ("library", "photo", "target", "path"),
    [
        # A neighbour of its folder, not a new folder at the top.
        ("", "2019/Rome/a.jpg", ("2019 - Roma", "a.jpg"), "2019/Roma/a.jpg"),
        # As near to it as there is a folder of that album.
        (
            "2019 - Roma/x.jpg,2019/Roma/y.jpg",
            "2019/Rome/a.jpg",
            ("2019 - Roma", "a.jpg"),
            "2019/Roma/a.jpg",
        ),
        ("Oslo/x.jpg", "2019/Rome/a.jpg", ("Oslo", "a.jpg"), "Oslo/a.jpg"),
        # The best ones stay among the best ones.
        ("Trip/b.jpg", "Trip/_best/a.jpg", ("Trip", "c.jpg"), "Trip/_best/c.jpg"),
        ("Sea/b.jpg", "Trip/_best/a.jpg", ("Sea", "a.jpg"), "Sea/_best/a.jpg"),
        ("", "Trip/_best/a.jpg", ("Sea", "a.jpg"), "Sea/_best/a.jpg"),
        # A name that tells of a folder leads there.
        (
            "Trip/b.jpg,Trip/_raw/b.jpg",
            "Trip/a.jpg",
            ("Trip", "_raw - a.jpg"),
            "Trip/_raw/a.jpg",
        ),
        # Told apart by its folder, it loses that in the file name only.
        (
            "Trip/a.jpg",
            "Trip/_best/a.jpg",
            ("Sea", "_best - a.jpg"),
            "Sea/_best/a.jpg",
        ),
        (
            "Trip/a.jpg",
            "Trip/_best/a.jpg",
            ("Sea", "_best - c.jpg"),
            "Sea/_best/c.jpg",
        ),
    ],
)
def test_a_photo_moved_there_lands_beside_where_it_was(
    tmp_path: Path, library: str, photo: str, target: tuple[str, str], path: str
) -> None:
    for other in filter(None, library.split(",")):
        make_photo(tmp_path / other)
    make_photo(tmp_path / photo, b"moved")
    explorer = Explorer([str(tmp_path)])
    (found,) = find(explorer, tmp_path / photo)
    moved = explorer.move(found, *target)
    assert os.path.relpath(moved.path, tmp_path) == path
    assert (tmp_path / path).read_bytes() == b"moved"
    assert not (tmp_path / photo).exists()


def find(explorer: Explorer, path: Path) -> Iterator[LocalPhoto]:
    """The photo of a file."""
    for album in explorer.scan().albums.values():
        yield from (photo for photo in album.photos if photo.path == str(path))


@pytest.mark.parametrize("library", ["", "one/Oslo/x.jpg", "two/Oslo/x.jpg"])
def test_a_photo_stays_in_its_root(tmp_path: Path, library: str) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    make_photo(roots[0] / "b.jpg")
    if library:
        make_photo(tmp_path / library)
    photo = make_photo(roots[1] / "Rome/a.jpg")
    explorer = Explorer([str(root) for root in roots])
    (found,) = find(explorer, photo)
    assert explorer.move(found, "Oslo", "a.jpg").path == str(roots[1] / "Oslo/a.jpg")


def test_a_photo_leaves_its_root_where_only_another_has_its_album(
    tmp_path: Path,
) -> None:
    make_photo(tmp_path / "one/b.jpg")
    photo = make_photo(tmp_path / "two/Rome/a.jpg")
    rules = NamingRules(parse_templates(("Year {0}",)))
    explorer = Explorer([str(tmp_path / "one"), str(tmp_path / "two")], rules)
    (found,) = find(explorer, photo)
    assert explorer.move(found, "one", "a.jpg").path == str(tmp_path / "one/a.jpg")
    (found,) = find(explorer, tmp_path / "one/a.jpg")
    with pytest.raises(Rejected, match="no folder name leads to this album"):
        explorer.move(found, "Rome", "a.jpg")


def test_a_file_in_the_way_stays_as_it_is(tmp_path: Path) -> None:
    make_photo(tmp_path / "Oslo/a.jpg", b"old")
    photo = make_photo(tmp_path / "Rome/a.jpg", b"moved")
    explorer = Explorer([str(tmp_path)])
    (found,) = find(explorer, photo)
    with pytest.raises(Rejected, match="is there already"):
        explorer.move(found, "Oslo", "a.jpg")
    assert files_below(tmp_path) == {"Oslo/a.jpg": b"old", "Rome/a.jpg": b"moved"}


@pytest.fixture
def other_disk() -> Iterator[Path]:
    """A folder on another disk than that of the tests."""
    shared_memory = "/dev/shm"
    if not os.access(shared_memory, os.W_OK):
        pytest.skip("there is no second disk")
    folder = Path(tempfile.mkdtemp(dir=shared_memory))
    yield folder
    shutil.rmtree(folder)


def test_across_two_disks_it_is_copied_and_the_old_one_kept(
    tmp_path: Path, other_disk: Path
) -> None:
    if tmp_path.stat().st_dev == other_disk.stat().st_dev:
        pytest.skip("there is no second disk")
    make_photo(tmp_path / "b.jpg")
    photo = make_photo(other_disk / "Rome/a.jpg", b"moved")
    when = photo.stat().st_mtime_ns
    rules = NamingRules(parse_templates(("Year {0}",)))
    explorer = Explorer([str(tmp_path), str(other_disk)], rules)
    (found,) = find(explorer, photo)
    moved = explorer.move(found, tmp_path.name, "a.jpg")
    assert moved.path == str(tmp_path / "a.jpg")
    assert (moved.modified_ns, moved.size) == (when, 5)
    assert (tmp_path / "a.jpg").read_bytes() == b"moved"
    (kept,) = files_below(other_disk).items()
    assert kept[0].startswith(TRASH)
    assert kept[1] == b"moved"
    assert not (other_disk / "Rome").exists()
