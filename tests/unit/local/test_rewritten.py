"""Whether all files of a root were written anew."""

from __future__ import annotations

import pytest

from photosync.disk.names import find_around
from photosync.local.rewritten import find_rewritten
from photosync.model import LocalAlbum, LocalPhoto, LocalTree

LOOKED = 1_000


def tree(**photos: int | None) -> LocalTree:
    """A tree of files `ROOT_NAME` with their times of change."""
    found: dict[str, int] = {}
    local: list[LocalPhoto] = []
    for file, changed_ns in photos.items():
        root = f"/{file.split('_')[0]}"
        found[root] = found.get(root, 0) + 1
        local.append(LocalPhoto(file, f"{root}/Rome", file, 10, 5, "", changed_ns))
    album = LocalAlbum("Rome", tuple(one.folder for one in local), tuple(local))
    return LocalTree({"Rome": album}, found=found)


@pytest.mark.parametrize(
    ("photos", "rewritten"),
    [
        ({"a_1": 2_000, "a_2": 3_000}, {"/a"}),
        # One photo that a person put back leaves all others.
        ({"a_1": 2_000, "a_2": 900}, set()),
        ({"a_1": 2_000, "b_1": 900}, {"/a"}),
        # FAT has no time of change, or nobody noted it.
        ({"a_1": 2_000, "a_2": None}, set()),
        ({"a_1": LOOKED}, set()),
        ({}, set()),
    ],
)
def test_a_root_is_rewritten_where_all_its_files_are(
    photos: dict[str, int | None], rewritten: set[str]
) -> None:
    assert find_rewritten(tree(**photos), LOOKED) == rewritten


def test_a_path_lies_in_the_innermost_root() -> None:
    roots = ["/a", "/a/b"]
    assert find_around("/a/b/c.jpg", roots) == "/a/b"
    assert find_around("/a/bc.jpg", roots) == "/a"
    assert find_around("/other.jpg", roots) == ""
