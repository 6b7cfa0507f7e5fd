"""Disks that are mounted inside a library, and what is not known while one is away."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from photosync.disk.names import find_around, is_within
from photosync.disk.silence import asking
from photosync.model import LOST_DISK, LocalAlbum, LocalTree, Problem

_AWAY = (
    "the disk that was mounted here is away; left alone. If its photos are gone for "
    f"good, say so with --accept {LOST_DISK}"
)


def find_mounts(tree: LocalTree) -> list[str]:
    """Return the folders below the roots that another disk is mounted at.

    Raises nothing for a folder that went away meanwhile.
    """
    folders: set[str] = set()
    for album in tree.albums.values():
        folders.update(album.folders)
    devices = {root: _find_device(root) for root in tree.found}
    mounts: set[str] = set()
    for folder in folders:
        root = find_around(folder, devices)
        if root and _find_device(folder) not in {devices[root], None}:
            mounts.add(_find_mount(folder, root))
    return sorted(mounts - set(tree.found))


def leave_unknown(tree: LocalTree, absent: Sequence[str]) -> LocalTree:
    """Return a tree in which no photo counts as gone that lay on a disk that is away."""
    if not absent:
        return tree
    problems = [Problem(folder, _AWAY) for folder in absent]
    albums = {
        title: _mark_unknown(album, absent) for title, album in tree.albums.items()
    }
    return replace(
        tree,
        albums=albums,
        absent=tuple(absent),
        problems=(*tree.problems, *problems),
    )


def _mark_unknown(album: LocalAlbum, absent: Sequence[str]) -> LocalAlbum:
    for folder in absent:
        if any(is_within(known, folder) for known in album.folders):
            return replace(album, unknown=f"the disk of {folder} is away")
    return album


def _find_device(folder: str) -> int | None:
    try:
        with asking(folder):
            return os.stat(folder).st_dev  # noqa: PTH116 - a str stays a str
    except OSError:
        return None


def _find_mount(folder: str, root: str) -> str:
    while folder != root and not os.path.ismount(folder):
        folder = os.path.dirname(folder)  # noqa: PTH120 - a str stays a str
    return folder
