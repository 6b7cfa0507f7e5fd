"""Roots that are other folders than before, or all of whose files were written anew, as
when a disk died and a backup took its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from photosync.disk.births import load_birth_finder
from photosync.disk.names import find_around
from photosync.disk.silence import asking
from photosync.model import LocalPhoto, LocalTree


def find_rewritten(tree: LocalTree, looked_ns: int) -> frozenset[str]:
    """Return the roots all of whose photos were written after a moment, in nanoseconds
    since 1970.

    The time of change shows it, which no program can set: a copy that keeps the dates of
    files does not keep that one. A disk without such a time (FAT) shows nothing. Where
    the disk keeps the time of birth, too, that must be new as well: a `chmod -R` changes
    all files, and makes none of them new.
    """
    rewritten: set[str] = set()
    older: set[str] = set()
    for album in tree.albums.values():
        for photo in album.photos:
            if _is_written_after(photo, looked_ns):
                rewritten.add(photo.folder)
            else:
                older.add(photo.folder)
    # By folder, as these are far fewer than photos.
    roots = {find_around(folder, tree.found) for folder in rewritten}
    roots -= {find_around(folder, tree.found) for folder in older}
    roots.discard("")
    if roots:
        roots -= set(_list_with_older(tree, looked_ns, roots))
    return frozenset(roots)


def find_new_roots(
    roots: Iterable[str], others: Collection[str], looked_ns: int
) -> frozenset[str]:
    """Return the roots that are not the folders of the last look: made since that moment,
    or of `others`, which are known to be other ones.

    A backup on the same disk was moved or linked back, or a snapshot took the place of
    the library: all files in it are as old as ever. Only a disk that tells when a folder
    was made knows its folders again: FAT numbers them anew whenever it is mounted.
    """
    find_birth = load_birth_finder()
    if find_birth is None:
        return frozenset()
    new: set[str] = set()
    for root in roots:
        with asking(root):
            birth_ns = find_birth(root)
        if birth_ns is not None and (birth_ns > looked_ns or root in others):
            new.add(root)
    return frozenset(new)


def _list_with_older(
    tree: LocalTree, moment_ns: int, roots: Collection[str]
) -> Iterator[str]:
    """Yield the roots in which a file was made before a moment."""
    find_birth = load_birth_finder()
    if find_birth is None:
        return
    left = set(roots)
    for album in tree.albums.values():
        for photo in album.photos:
            root = find_around(photo.folder, left)
            if not root:
                continue
            with asking(root):
                birth_ns = find_birth(photo.path)
            if birth_ns is not None and birth_ns <= moment_ns:
                # One such file is enough.
                left.discard(root)
                yield root


def _is_written_after(photo: LocalPhoto, moment_ns: int) -> bool:
    return photo.changed_ns is not None and photo.changed_ns > moment_ns
