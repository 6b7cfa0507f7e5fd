"""The file that a folder remote is known by."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from photosync.disk.root import Root
from photosync.errors import SideError
from photosync.services.folder.backend import FolderBackend
from photosync.services.folder_identity import (
    MARK,
    FolderMark,
    find_unmarked_account,
    look_at_place,
    write_mark,
)

ID = FolderMark("abc", {"home": "one", "laptop": "two"})


def write(folder: Path, mark: FolderMark = ID) -> None:
    root = Root(str(folder))
    with root.open_folder(str(folder)) as base:
        write_mark(base, mark)


def test_a_mark_that_is_written_is_read_again(tmp_path: Path) -> None:
    place = look_at_place(str(tmp_path))
    assert place.mark is None
    for mark in (ID, ID._replace(stamps={"home": "three"})):
        write(tmp_path, mark)
        assert look_at_place(f"{tmp_path}/") == place._replace(mark=mark)
    assert os.listdir(tmp_path) == [MARK]  # noqa: PTH208


def test_a_full_disk_keeps_the_old_mark_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SideError, match="the disk is full"):
        write(tmp_path, ID._replace(stamps={}))
    assert look_at_place(str(tmp_path)).mark == ID
    assert os.listdir(tmp_path) == [MARK]  # noqa: PTH208


def test_the_stamps_of_other_homes_stay(tmp_path: Path) -> None:
    backend = FolderBackend(str(tmp_path))
    write(tmp_path)
    assert backend.mark("abc", "home", "three")
    mark = look_at_place(str(tmp_path)).mark
    assert mark == FolderMark("abc", {"home": "three", "laptop": "two"})
    # A copy that gets an id of its own was never seen by anybody else.
    assert backend.mark("new", "home", "four")
    assert backend.find_place().mark == FolderMark("new", {"home": "four"})
    backend.close()


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("id abc\n", FolderMark("abc", {})),
        ("words of ours\nid abc\nhome h s\n", FolderMark("abc", {"h": "s"})),
        # What a later photosync adds is passed over.
        ("id abc\nserial 1\nhome h s x\nhome\n", FolderMark("abc", {})),
        ("home h s\n", None),
        ("id\n", None),
        ("id a b\n", None),
        ("", None),
        ("\0\0\0", None),
        ("é", None),
    ],
)
def test_what_a_file_says(tmp_path: Path, text: str, mark: FolderMark | None) -> None:
    (tmp_path / MARK).write_bytes(text.encode("latin-1"))
    assert look_at_place(str(tmp_path)).mark == mark


def test_nothing_is_read_through_a_link_or_of_a_folder(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other)
    (tmp_path / MARK).symlink_to(other / MARK)
    assert look_at_place(str(tmp_path)).mark is None
    (tmp_path / MARK).unlink()
    (tmp_path / MARK).mkdir()
    assert look_at_place(str(tmp_path)).mark is None
    with pytest.raises(SideError):
        write(tmp_path)


def test_a_folder_is_one_by_all_its_names(tmp_path: Path) -> None:
    folder, link = tmp_path / "folder", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    assert look_at_place(str(link)) == look_at_place(str(folder))
    moved = folder.rename(tmp_path / "moved")
    place = look_at_place(str(moved))
    assert place.device
    assert find_unmarked_account(place) == f"device {place.device}"


def test_a_folder_that_is_not_there_is_known_by_its_path(tmp_path: Path) -> None:
    place = look_at_place(f"{tmp_path}/missing")
    assert (place.device, place.mark) == ("", None)
    assert find_unmarked_account(place) == f"path {tmp_path}/missing"


def test_the_mount_point_is_that_of_the_disk(tmp_path: Path) -> None:
    mount = look_at_place(str(tmp_path)).mount
    assert os.path.ismount(mount)
    assert look_at_place(f"{tmp_path}/not/there").mount == mount
