"""What a disk makes of names is found out by trying, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.disks import mounted_btrfs
from harness.disks_without_case import mount_without_case
from harness.library import make_photo

from photosync.disk.files import move_file
from photosync.disk.names import is_abandoned, make_part_name
from photosync.disk.root import Root
from photosync.errors import Rejected

DOUBTFUL = set('":<>?*|\\\n. ')


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk without case."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with mount_without_case(folder):
        yield folder


def test_an_ordinary_disk_refuses_nothing_and_tells_case_apart(tmp_path: Path) -> None:
    make_photo(tmp_path / "Rome/a.jpg")
    root = Root(str(tmp_path))
    with root.open_folder(root.path) as folder:
        assert root.find_refused(folder.handle, DOUBTFUL) == set()
        assert not folder.folds_case()
        assert not folder.takes_for_one("rome", "Rome")
        assert folder.list_names() == ["Rome"]
    assert root.fit_path(f"{tmp_path}/12:30/b?.jpg") == f"{tmp_path}/12:30/b?.jpg"


def test_a_disk_that_lists_an_open_folder_as_it_was_refuses_nothing(
    tmp_path: Path,
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    with mounted_btrfs(place):
        root = Root(str(place))
        with root.open_folder(root.path) as folder:
            assert root.find_refused(folder.handle, DOUBTFUL) == set()
            make_photo(place / "new.jpg")
            assert folder.list_names() == ["new.jpg"]
        assert root.fit_path(f"{place}/12:30/b?.jpg") == f"{place}/12:30/b?.jpg"
        root.release()


def test_a_disk_without_case_is_found_out(disk: Path) -> None:
    make_photo(disk / "Rome/a.jpg")
    root = Root(str(disk))
    with root.open_folder(root.path) as folder:
        assert {":", "?", "\n"} <= root.find_refused(folder.handle, DOUBTFUL)
        assert folder.folds_case()
        assert folder.takes_for_one("rome", "Rome")
        assert not folder.takes_for_one("Rome", "Rome")
        assert folder.list_names() == ["Rome"]
    with (
        pytest.raises(Rejected, match="takes the names rome and Rome for one"),
        root.open_folder(f"{disk}/rome", make=True),
    ):
        pass


def test_names_that_are_there_and_new_ones_fit_the_disk(disk: Path) -> None:
    root = Root(str(disk))
    assert root.fit_path(f"{disk}/Trip/a.jpg") == f"{disk}/Trip/a.jpg"
    assert root.fit_path(f"{disk}/a:b/c:d/e") == f"{disk}/a%u003Ab/c%u003Ad/e"


def test_a_change_of_case_goes_by_a_third_name(disk: Path) -> None:
    for name in ("a.jpg", "A (renamed).jpg"):
        make_photo(disk / name, name.encode())
    root = Root(str(disk))
    with root.open_folder(root.path) as folder:
        move_file(folder, "a.jpg", folder, "A.jpg")
        assert folder.list_names() == ["A (renamed).jpg", "A.jpg"]
        with pytest.raises(Rejected, match="takes the names a"):
            move_file(folder, "A (renamed).jpg", folder, "a.jpg")
    assert (disk / "A.jpg").read_bytes() == b"a.jpg"


@pytest.mark.parametrize("end", ["", ":x", "\nx", ".", " "])
def test_what_a_killed_run_tried_is_its_leftover(end: str) -> None:
    assert is_abandoned(make_part_name() + end, 0)
    assert not is_abandoned(f"{make_part_name()}{end}y", 0)
