"""What lies in a folder remote, entry by entry: albums, photos, and what is neither.

Links are left alone: they may lead back into the library itself. Where a link stands,
or what cannot be looked at, nobody knows of a photo, so none is gone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from photosync.disk.errors import disk_errors
from photosync.disk.folder import Folder
from photosync.disk.reading import may_be_searched
from photosync.disk.silence import note_answer
from photosync.filters import Filters
from photosync.formatting import name_service
from photosync.media import kind_of
from photosync.model import Problem, RemotePhoto
from photosync.naming import PART_PREFIX, name_key, name_of_file


@dataclass(slots=True)
class Albums:
    """The names of the sub-folders, and of links that could be some."""

    folders: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Entries:
    """What an album holds: photos, files that a run did not finish, and others.

    `unknown` are the keys of names under which there is something else than a photo,
    or nobody could tell what; `strange` those of them that look like photos, `folders`
    the folders among them.
    """

    album: str
    photos: list[RemotePhoto] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    others: int = 0
    unknown: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def describe(self, service: str) -> Iterator[Problem]:
        """Yield what the person should know of."""
        yield from self.problems
        place = f"{name_service(service)} {self.album}"
        # A program that looks for duplicates made links of thousands.
        yield from _describe_some(place, self.strange, _LINK, _LINKS)
        # It is a copy that rsync made: 2019/Rome, which is `2019 - Rome` here.
        yield from _describe_some(place, self.folders, _FOLDER, _FOLDERS)


_LINK = "is a link or no ordinary file; left alone"
_LINKS = "{count} links or no ordinary files, {first} the first; left alone"
_FOLDER = "is a folder inside an album, which is one folder here; left alone"
_FOLDERS = (
    "{count} folders inside this album, {first} the first; an album is one folder here; "
    "left alone"
)


def _describe_some(
    place: str, names: Sequence[str], of_one: str, of_many: str
) -> Iterator[Problem]:
    """Yield what is told of some names, in one line for all of them."""
    if len(names) == 1:
        yield Problem(f"{place}/{names[0]}", of_one, failed=False)
    elif names:
        reason = of_many.format(count=len(names), first=min(names))
        yield Problem(place, reason, failed=False)


def list_albums(base: Folder) -> Albums:
    """Return what lies in the base folder; raises SideError where it cannot be read.

    One entry that cannot be looked at is one that may be an album.
    """
    found = Albums()
    root = base.root.path
    with disk_errors(root=root), os.scandir(base.handle) as entries:
        for entry in entries:
            note_answer()
            if Filters.is_junk_folder(entry.name):
                continue
            try:
                mode = _look_at(base, entry.name).st_mode
            except OSError:
                if not may_be_searched(base.handle):
                    raise
                # It may be an album: its own listing will tell what is wrong.
                mode = stat.S_IFDIR
            if stat.S_ISDIR(mode):
                found.folders.append(entry.name)
            elif stat.S_ISLNK(mode) and _may_lead_to_folder(base, entry.name):
                found.links.add(entry.name)
    return found


def _may_lead_to_folder(base: Folder, name: str) -> bool:
    """Whether a link leads to something else than a file, as far as anybody can tell: its
    disk may be away, or it leads in a circle.
    """
    # Not entry.is_file(), for the reason below.
    try:
        return not stat.S_ISREG(os.stat(name, dir_fd=base.handle).st_mode)
    except OSError:
        return True


def list_entries(folder: Folder, album: str, service: str) -> Entries:
    """Return what lies in an album; raises SideError where it cannot be read.

    One entry that cannot be looked at costs that entry only.
    """
    found = Entries(album)
    root = folder.root.path
    with disk_errors(root=root), os.scandir(folder.handle) as entries:
        for entry in entries:
            note_answer()
            subject = f"{name_service(service)} {album}/{entry.name}"
            try:
                _add(found, entry, _look_at(folder, entry.name))
            except FileNotFoundError:
                _leave_unknown(found, entry.name)
                reason = "went away while it was looked at; left alone"
                found.problems.append(Problem(subject, reason, failed=False))
            except OSError as error:
                if not may_be_searched(folder.handle):
                    raise
                _leave_unknown(found, entry.name)
                reason = f"cannot be looked at ({error.strerror}); left alone"
                found.problems.append(Problem(subject, reason))
        if not found.photos:
            # One that goes away while it is listed looks empty: it is not known.
            os.stat(folder.path)  # noqa: PTH116 - a str stays a str
    found.photos.sort()
    return found


def _look_at(folder: Folder, name: str) -> os.stat_result:
    # Not entry.stat(): while that waits for a share that is mute, no other thread can
    # run, and so no signal ends us.
    return os.stat(name, dir_fd=folder.handle, follow_symlinks=False)


def _add(found: Entries, entry: os.DirEntry[str], status: os.stat_result) -> None:
    if entry.name.startswith(PART_PREFIX):
        found.leftovers.append(entry.name)
    elif stat.S_ISREG(status.st_mode):
        found.photos.append(make_photo(found.album, entry.name, status))
    else:
        _leave_unknown(found, entry.name)
        if kind_of(entry.name):
            found.strange.append(entry.name)
        elif stat.S_ISDIR(status.st_mode) and not _is_nobodys(entry.name):
            found.folders.append(entry.name)


def _is_nobodys(folder: str) -> bool:
    """Whether a folder holds no albums of a person: a NAS puts `@eaDir` into each."""
    return folder.startswith(".") or Filters.is_junk_folder(folder)


def _leave_unknown(found: Entries, file: str) -> None:
    found.others += 1
    found.unknown.add(name_key(name_of_file(file)))


def make_photo(album: str, file: str, status: os.stat_result) -> RemotePhoto:
    """Return a file of an album as the folder remote lists it."""
    return RemotePhoto(
        name=name_of_file(file),
        id=f"{album}/{file}",
        size=status.st_size,
        modified_ns=status.st_mtime_ns,
        version=f"{status.st_size}-{status.st_mtime_ns}",
        changed_ns=status.st_ctime_ns,
        album_id=album,
    )
