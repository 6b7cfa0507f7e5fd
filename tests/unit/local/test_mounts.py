"""Disks mounted inside a library."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from photosync.local.mounts import find_mounts, leave_unknown
from photosync.model import LocalAlbum, LocalTree


def tree_of(root: str, *folders: str) -> LocalTree:
    albums = {
        folder: LocalAlbum(folder, (f"{root}/{folder}".rstrip("/"),), ())
        for folder in folders
    }
    return LocalTree(albums, found={root: 0})


def test_a_tree_on_one_disk_has_no_mounts(tmp_path: Path) -> None:
    (tmp_path / "Rome").mkdir()
    assert find_mounts(tree_of(str(tmp_path), "Rome", "", "gone")) == []
    assert find_mounts(LocalTree({})) == []


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no second disk")
def test_a_folder_on_another_disk_is_found_by_where_it_is_mounted() -> None:
    tree = tree_of("/dev", "shm", "")
    assert find_mounts(tree) == ["/dev/shm"]
    # The root itself is looked after by the guards.
    assert find_mounts(tree_of("/dev/shm", "")) == []


def test_albums_of_a_disk_that_is_away_are_unknown() -> None:
    tree = tree_of("/photos", "Archive", "Archive/2019", "Archive2", "Rome")
    assert leave_unknown(tree, []) is tree
    left = leave_unknown(tree, ["/photos/Archive"])
    unknown = {title for title, album in left.albums.items() if album.unknown}
    assert unknown == {"Archive", "Archive/2019"}
    assert not left.is_whole
    assert [problem.subject for problem in left.problems] == ["/photos/Archive"]
