"""Walks the roots: which files lie below them, and which album each belongs to.

What cannot be read is unknown, not empty.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress

from photosync.disk.reading import may_be_searched
from photosync.disk.silence import asking, note_answer
from photosync.errors import SideError
from photosync.filters import Filters
from photosync.local.gathering import (
    Bucket,
    Walked,
    WalkedFolder,
    make_hidden,
)
from photosync.local.library import AlbumTitles
from photosync.local.links import (
    IS_FOLDER,
    NO_FILE,
    OUT_OF_ROOT,
    refuse_file,
    refuse_folder,
)
from photosync.model import LocalPhoto
from photosync.naming import PART_PREFIX, STAND_IN, name_key, name_of_file
from photosync.unforeseen import contain


class _Walk:
    def __init__(self, titles: AlbumTitles, filters: Filters) -> None:
        self._titles = titles
        self._filters = filters
        self._hidden_files: dict[str, list[LocalPhoto]] = {}
        self._photo_count = 0
        self._walked = Walked()

    def run(self, roots: Sequence[str]) -> Walked:
        for root in roots:
            self._walked.photo_counts[root] = self._walk_root(root)
        # A photo in an excluded folder hides its name in the visible album of the same
        # title, too.
        for title in self._hidden_files.keys() & self._walked.buckets.keys():
            self._walked.buckets[title].hidden.extend(self._hidden_files[title])
        self._mark_unknown()
        return self._walked

    def _walk_root(self, root: str) -> int:
        """Walk a root and return how many photos it holds."""
        before = self._photo_count
        # A list instead of recursion: no tree is too deep for it.
        pending = [WalkedFolder(root, (), root)]
        while pending:
            pending.extend(self._read_folder(pending.pop()))
        return self._photo_count - before

    # -- one folder
    # ------------------------------------------------------------------------

    def _read_folder(self, folder: WalkedFolder) -> Iterator[WalkedFolder]:
        """Take up the files of a folder and yield its subfolders."""
        bucket = self._open_bucket(folder)
        try:
            yield from self._read_entries(folder, bucket)
        except OSError as error:
            # A folder of another user, or a disk that went in the middle: what it held
            # must not look deleted.
            bucket.unknown = f"{folder.path} could not be read ({error.strerror})"
            self._walked.unreadable.append(folder.path)
            self._walked.report(
                folder.path, f"cannot be read ({error.strerror}); left alone"
            )
        if bucket.photos and not bucket.title:
            # After a new --replace: the photos are here, though in no album.
            self._walked.unreadable.append(folder.path)
            self._walked.report(
                folder.path, "the naming rules leave no album title; change them"
            )

    def _read_entries(
        self, folder: WalkedFolder, bucket: Bucket
    ) -> Iterator[WalkedFolder]:
        with asking(folder.root), os.scandir(folder.path) as entries:
            is_empty = True
            for entry in entries:
                is_empty = False
                note_answer()
                subfolder = self._take_up(folder, bucket, entry)
                if subfolder is not None:
                    yield subfolder
            if is_empty:
                # A folder that goes away while it is listed looks empty. This raises for
                # it, so that it counts as unknown.
                os.stat(folder.path)  # noqa: PTH116 - a str stays a str

    def _take_up(
        self, folder: WalkedFolder, bucket: Bucket, entry: os.DirEntry[str]
    ) -> WalkedFolder | None:
        """Take up one entry of a folder; return it if it is a folder to be walked."""
        try:
            with contain(entry.path, OSError):
                return self._look_at(folder, bucket, entry)
        except FileNotFoundError:
            # Another program renamed or deleted it just now: the next run sees what
            # became of it.
            self._leave_unknown(folder, bucket, entry.name)
            self._walked.notice(
                entry.path, "went away while it was looked at; left alone"
            )
        except OSError as error:
            if not may_be_searched(folder.path):
                raise
            # A bad sector, or something that another user mounted there, costs only one
            # photo and not its folder.
            self._leave_unknown(folder, bucket, entry.name)
            self._walked.report(
                entry.path, f"cannot be looked at ({error.strerror}); left alone"
            )
        except SideError as error:
            self._leave_unknown(folder, bucket, entry.name)
            self._walked.report(entry.path, f"{error}; left alone")
        return None

    def _look_at(
        self, folder: WalkedFolder, bucket: Bucket, entry: os.DirEntry[str]
    ) -> WalkedFolder | None:
        # Not entry.stat(): while that waits for a share that does not answer, no other
        # thread can run, and no signal can end the run.
        status = os.lstat(entry.path)
        if stat.S_ISREG(status.st_mode):
            self._add_file(folder, bucket, entry, status)
        elif stat.S_ISDIR(status.st_mode):
            return self._take_up_subfolder(folder, bucket, entry.name)
        elif stat.S_ISLNK(status.st_mode):
            return self._follow_link(folder, bucket, entry)
        elif self._filters.is_wanted_kind(entry.name):
            self._hide_file(folder, bucket, entry.name, NO_FILE)
        return None

    def _leave_unknown(self, folder: WalkedFolder, bucket: Bucket, name: str) -> None:
        """Note an entry that may be a photo, or a folder with photos, as not gone."""
        if self._filters.is_wanted_kind(name):
            bucket.hide(folder.path, name)
        else:
            self._walked.unknown.append(folder.child(name))

    def _open_bucket(self, folder: WalkedFolder) -> Bucket:
        """Return the album to which the photos of a folder belong.

        An album without a title is not kept: it is forgotten after its folder.
        """
        title = self._find_title(folder)
        if not title:
            return Bucket(title)
        bucket = self._walked.buckets.setdefault(name_key(title), Bucket(title))
        bucket.folders.append(folder.path)
        return bucket

    def _find_title(self, folder: WalkedFolder) -> str:
        return self._titles.find_title(folder.root, folder.names)

    def _take_up_subfolder(
        self, folder: WalkedFolder, bucket: Bucket, name: str
    ) -> WalkedFolder | None:
        if self._filters.is_wanted_kind(name):
            self._hide_file(folder, bucket, name, IS_FOLDER)
        return self._enter_subfolder(folder, name)

    def _enter_subfolder(
        self, folder: WalkedFolder, name: str, *, is_link: bool = False
    ) -> WalkedFolder | None:
        child = folder.child(name, is_link=is_link)
        if self._filters.is_junk_folder(name):
            return None
        if self._filters.hides_folder(name, folder.relative_path(name)):
            self._note_hidden(child)
            if self._filters.is_foreign_library(name):
                self._walked.notice(
                    child.path, "another program keeps its pictures; left out"
                )
            return None
        return child

    def _note_hidden(self, folder: WalkedFolder) -> None:
        """Note the albums that an excluded folder would make, and the photos it holds."""
        pending = [folder]
        while pending:
            current = pending.pop()
            title = name_key(self._find_title(current))
            self._walked.hidden_titles.add(title)
            # A folder that is both excluded and unreadable is no problem to report.
            with suppress(OSError), os.scandir(current.path) as entries:
                for entry in entries:
                    note_answer()
                    pending.extend(self._note_hidden_entry(current, title, entry))

    def _note_hidden_entry(
        self, folder: WalkedFolder, title: str, entry: os.DirEntry[str]
    ) -> Iterator[WalkedFolder]:
        """Note a photo in an excluded folder, or yield the subfolder it is."""
        if entry.is_dir(follow_symlinks=False):
            if not self._filters.is_junk_folder(entry.name):
                yield folder.child(entry.name)
        elif self._filters.is_wanted_kind(entry.name):
            files = self._hidden_files.setdefault(title, [])
            files.append(make_hidden(folder.path, entry.name))

    def _add_file(
        self,
        folder: WalkedFolder,
        bucket: Bucket,
        entry: os.DirEntry[str],
        status: os.stat_result,
    ) -> None:
        file = entry.name
        if not self._filters.is_wanted_kind(file):
            self._note_other(folder, entry)
        elif file.endswith(STAND_IN):
            # The largest picture of a withheld original is not the original.
            original = file.removesuffix(STAND_IN)
            bucket.hide(folder.path, original)
        elif self._is_skipped(folder, file):
            bucket.hide(folder.path, file)
        else:
            self._photo_count += 1
            photo = LocalPhoto(
                name_of_file(file),
                folder.path,
                file,
                status.st_size,
                status.st_mtime_ns,
                changed_ns=status.st_ctime_ns,
            )
            bucket.photos.append(photo)

    def _note_other(self, folder: WalkedFolder, entry: os.DirEntry[str]) -> None:
        """Note a file that is no photo: a half download of ours, or anything else."""
        if entry.name.startswith(PART_PREFIX):
            self._walked.leftovers.append(entry.path)
        # Whom the line disturbs names the files with --skip.
        if not self._is_skipped(folder, entry.name):
            self._walked.others.add(entry.name, self._filters)

    def _is_skipped(self, folder: WalkedFolder, file: str) -> bool:
        if not self._filters.skip:
            # Saves making the path of each of 100,000 files.
            return False
        return self._filters.skips(file, folder.relative_path(file))

    # -- symbolic links
    # --------------------------------------------------------------------

    def _follow_link(
        self, folder: WalkedFolder, bucket: Bucket, entry: os.DirEntry[str]
    ) -> WalkedFolder | None:
        target = os.path.realpath(entry.path)
        # Unlike the methods of Path, these return false where looking is not permitted.
        if os.path.isdir(target):  # noqa: PTH112
            return self._enter_linked_folder(folder, bucket, entry.name, target)
        if not self._filters.is_wanted_kind(entry.name):
            if not os.path.exists(target):  # noqa: PTH110
                # It may lead to a folder on a disk that is not mounted today.
                self._walked.unknown.append(folder.child(entry.name))
            return None
        refusal = refuse_file(folder.root, target)
        if refusal:
            self._hide_file(folder, bucket, entry.name, refusal)
        else:
            self._add_file(folder, bucket, entry, os.stat(target))  # noqa: PTH116
        return None

    def _enter_linked_folder(
        self, folder: WalkedFolder, bucket: Bucket, name: str, target: str
    ) -> WalkedFolder | None:
        refusal = refuse_folder(folder, target)
        if not refusal:
            return self._enter_subfolder(folder, name, is_link=True)
        self._walked.notice(f"{folder.path}/{name}", refusal)
        if refusal is OUT_OF_ROOT:
            bucket.hide(folder.path, name)
            self._walked.unknown.append(folder.child(name))
        return None

    def _mark_unknown(self) -> None:
        """Mark the albums as unknown to which photos of an unknown entry may belong.

        A folder that was moved to another disk, with a link left in its place, has
        lost no photos.
        """
        for folder in self._walked.unknown:
            for below in (folder, folder.child(STAND_IN)):
                bucket = self._walked.buckets.get(name_key(self._find_title(below)))
                if bucket is not None:
                    bucket.unknown = f"{folder.path} is not known"

    def _hide_file(
        self, folder: WalkedFolder, bucket: Bucket, file: str, reason: str
    ) -> None:
        bucket.hide(folder.path, file)
        self._walked.notice(f"{folder.path}/{file}", reason)


def walk_roots(roots: Sequence[str], titles: AlbumTitles, filters: Filters) -> Walked:
    """Walk all roots, which have been checked, and gather their photos by album."""
    return _Walk(titles, filters).run(roots)
