"""From the roots to albums: which photos lie below them, and what they are called.

Where two photos would have the same name, they get different ones, or one is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from photosync.disk.names import is_within
from photosync.errors import SideError
from photosync.filters import Filters
from photosync.local.gathering import Bucket, Scanned, Walked
from photosync.local.library import AlbumTitles, LibraryNames
from photosync.local.names import (
    AlbumNames,
    FindKnownNames,
    name_photos,
    no_known_names,
)
from photosync.local.walk import walk_roots
from photosync.model import LocalAlbum, LocalTree
from photosync.titles import NamingRules
from photosync.unforeseen import contain


def scan_roots(
    roots: Sequence[str],
    rules: NamingRules,
    filters: Filters,
    find_known: FindKnownNames = no_known_names,
) -> Scanned:
    """Walk all roots, which must have been checked, and return the albums below them."""
    titles = AlbumTitles(rules, filters)
    walked = walk_roots(roots, titles, filters)
    albums: dict[str, LocalAlbum] = {}
    names: dict[str, AlbumNames] = {}
    for key, bucket in sorted(walked.buckets.items()):
        names[key] = _name_album(bucket, roots)
        albums[key] = _make_album(bucket, names[key], find_known, walked)
    walked.problems.extend(walked.others.describe(", ".join(roots)))
    hidden_titles = frozenset(walked.hidden_titles - albums.keys())
    tree = LocalTree(
        albums,
        tuple(walked.unreadable),
        walked.photo_counts,
        tuple(walked.problems),
    )
    unknown = [(folder.root, folder.names) for folder in walked.unknown]
    library = LibraryNames(roots, titles, names, hidden_titles, unknown, find_known)
    pairs = sorted(_pair_folders_with_titles(walked.buckets.values()))
    return Scanned(tree, library, tuple(pairs), tuple(walked.leftovers))


def _name_album(bucket: Bucket, roots: Sequence[str]) -> AlbumNames:
    def rank(folder: str) -> tuple[int, str]:
        return _rank(folder, roots)

    folders = sorted(bucket.folders, key=rank)
    hidden_folders = {photo.folder for photo in bucket.hidden}
    all_folders = sorted({*folders, *hidden_folders}, key=rank)
    return AlbumNames(bucket.title, folders, named_from=all_folders)


def _rank(folder: str, roots: Sequence[str]) -> tuple[int, str]:
    """Return the sort key of an album's folders: by root, as given, then by path."""
    for number, root in enumerate(roots):
        if is_within(folder, root):
            return number, folder
    raise AssertionError(f"{folder} lies in no root")


def _make_album(
    bucket: Bucket, names: AlbumNames, find_known: FindKnownNames, walked: Walked
) -> LocalAlbum:
    """Return the album of a bucket; report what is wrong with its photos."""
    try:
        with contain(bucket.title):
            named = name_photos(names, bucket.photos, bucket.hidden, find_known)
    except SideError as error:
        # The memory has the names of these photos, and cannot be read.
        walked.report(bucket.title, f"{error}; left alone")
        walked.unreadable.extend(names.folders)
        return LocalAlbum(bucket.title, names.folders, (), unknown=str(error))
    for photo in named.refused:
        walked.report(
            photo.path, "another file of this album has the same name; rename it"
        )
    return LocalAlbum(
        bucket.title,
        names.folders,
        tuple(named.photos),
        frozenset(named.hidden),
        bucket.unknown,
    )


def _pair_folders_with_titles(buckets: Iterable[Bucket]) -> Iterator[tuple[str, str]]:
    for bucket in buckets:
        for folder in {photo.folder for photo in bucket.photos}:
            yield folder, bucket.title
