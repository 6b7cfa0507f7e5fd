"""What is left out: whatever these rules hide is invisible on both sides, for every
action.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from functools import cached_property

from photosync.media.kinds import Kind, endings_of, is_of_film, is_sidecar, kind_of
from photosync.naming import name_key

EXCLUDE = (r"^\.", r"^__", r"^@eaDir$")
EXCLUDE_IN_TITLE = (r"^_",)

FOREIGN_LIBRARIES = (
    *("*.photoslibrary", "*.migratedphotolibrary", "*.aplibrary", "*.lrlibrary"),
    *("*.imovielibrary", "*.fcpbundle", "*.cocatalog"),
)
"""Folders that a Mac shows as one file: a program keeps its own order in them, with
several sizes of each picture.
"""

SYSTEM_FOLDERS = (
    *FOREIGN_LIBRARIES,
    # Only the small pictures of iPhoto: people keep their originals beside them.
    *("*.photolibrary/Thumbnails", "iPhoto Library/Thumbnails"),
    *("*/iPhoto Library/Thumbnails", "*.lrdata", "*.lrcat-data", "*.sparsebundle"),
    # Time Machine's, with every picture of the Mac once a week.
    *("*.backupbundle", "Backups.backupdb"),
    *("~snapshot", "#snapshot", "@snapshot", "@__thumb", "@sharebin", "#Recycle"),
    *("RECYCLER", "RECYCLED", "$Recycle.Bin", "Network Trash Folder"),
    "Temporary Items",
)
"""Shell patterns for a folder's name or its path from the root, in any case of letters.
Unlike junk, photos of them were once taken: these are invisible, not deleted.
"""

_JUNK_FOLDERS = re.compile(
    r"@eaDir|#recycle|#snapshot|@Recycle|@Recently-Snapshot|@tmp|lost\+found|\$RECYCLE\.BIN"
    r"|System Volume Information|\.Trash(?:-\d+)?|\.Trashes|\.@__thumb|\.photosync-trash"
)
_JUNK_PHOTOS = ("._", "SYNOFILE_THUMB", "SYNOPHOTO_")
_JUNK_FILES = frozenset(
    {
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "picasa.ini",
        "zbthumbnail.info",
        "icon\r",
    }
)


def _compile_expressions(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    # Never joined into one: each has its own flags and numbers its own groups.
    return tuple(re.compile(pattern) for pattern in patterns)


def _compile_globs(
    globs: Iterable[str], flags: re.RegexFlag = re.NOFLAG
) -> re.Pattern[str] | None:
    # A Mac spells the names on its disk otherwise than the person types them.
    normal = [name_key(glob) for glob in globs]
    expressions = [translate(glob) for glob in normal]
    if not expressions:
        return None
    return re.compile("|".join(expressions), flags)


@dataclass(frozen=True)
class Filters:
    """The user's exclusions, made ready for many questions.

    `exclude` and `exclude_in_title` are expressions searched in the names of single
    folders; `skip` and `skipserver` are shell patterns for a name or for a path from
    the root or album; photos taken before the day `date_limit`, as `YYYY-MM-DD`, are
    left alone. `system_folders` hold whatever the user excludes: they are written here
    so that photos are counted anew where the list has changed.
    """

    exclude: tuple[str, ...] = EXCLUDE
    exclude_in_title: tuple[str, ...] = EXCLUDE_IN_TITLE
    skip: tuple[str, ...] = ()
    skipserver: tuple[str, ...] = ()
    format: Kind = Kind.PHOTO
    date_limit: str = ""
    system_folders: tuple[str, ...] = SYSTEM_FOLDERS

    @cached_property
    def _exclude(self) -> tuple[re.Pattern[str], ...]:
        return _compile_expressions(self.exclude)

    @cached_property
    def _in_title(self) -> tuple[re.Pattern[str], ...]:
        return _compile_expressions(self.exclude_in_title)

    @cached_property
    def _skip(self) -> re.Pattern[str] | None:
        return _compile_globs(self.skip)

    @cached_property
    def _skipserver(self) -> re.Pattern[str] | None:
        return _compile_globs(self.skipserver)

    @cached_property
    def _system(self) -> re.Pattern[str] | None:
        return _compile_globs(self.system_folders, re.IGNORECASE)

    @cached_property
    def _endings(self) -> frozenset[str]:
        return endings_of(self.format)

    @staticmethod
    def is_junk_folder(name: str) -> bool:
        """Whether a NAS or a system makes this folder for itself.

        No person's album lies in one.
        """
        return _JUNK_FOLDERS.fullmatch(name) is not None

    @staticmethod
    def is_foreign_library(name: str) -> bool:
        """Whether a folder holds the pictures that another program keeps for itself."""
        # Windows and FAT write `Recycler` and `PHOTOS.PHOTOSLIBRARY` as they like.
        folded = name.casefold()
        return any(fnmatchcase(folded, glob) for glob in FOREIGN_LIBRARIES)

    @staticmethod
    def is_other_kind(name: str) -> bool:
        """Whether a file is no photo, no video and no sidecar, but somebody's own.

        Hidden files and those that a system makes for itself are nobody's.
        """
        if kind_of(name) or is_sidecar(name):
            return False
        is_junk = name.startswith((".", *_JUNK_PHOTOS)) or name.lower() in _JUNK_FILES
        return not is_junk

    def is_unwanted_video(self, name: str) -> bool:
        """Whether a file is a video of somebody's, and `--format` asks for photos."""
        is_left_out = self.format is Kind.PHOTO and kind_of(name) is Kind.VIDEO
        return is_left_out and not name.startswith((".", *_JUNK_PHOTOS))

    def hides_folder(self, name: str, path: str) -> bool:
        """Whether a local folder is excluded; `path` is counted from its root."""
        if _finds_any(self._exclude, name):
            return True
        if _matches_any(self._system, (name, path)):
            return True
        return self.skips(name, path)

    def hides_path(self, folders: Sequence[str]) -> bool:
        """Whether the scan would leave out a folder, by the names that lead to it from
        its root.
        """
        for depth, name in enumerate(folders, start=1):
            path = "/".join(folders[:depth])
            if self.is_junk_folder(name):
                return True
            if self.hides_folder(name, path):
                return True
        return False

    def skips(self, name: str, path: str) -> bool:
        """Whether `--skip` names a local file or folder."""
        return _matches_any(self._skip, (name, path))

    def is_untitled(self, folder: str) -> bool:
        """Whether a folder gives its photos to its parent's album."""
        return _finds_any(self._in_title, folder)

    def is_wanted_kind(self, name: str) -> bool:
        """Whether the name is of a kind that `--format` asks for and not a system's own
        file.

        Files that only describe a photo are of every kind, but for what a camera writes
        beside its films.
        """
        stem, _, ending = name.rpartition(".")
        is_wanted = stem and ending.lower() in self._endings
        if not is_wanted and not self._is_wanted_sidecar(name):
            return False
        # A Mac writes "._a.jpg" beside each "a.jpg" on a foreign disk.
        return not name.startswith(_JUNK_PHOTOS)

    def _is_wanted_sidecar(self, name: str) -> bool:
        if not is_sidecar(name):
            return False
        return Kind.VIDEO in self.format or not is_of_film(name)

    def hides_remote_album(self, title: str) -> bool:
        """Whether an album is out of bounds, wherever its photos are."""
        return _matches_any(self._skipserver, (title,))

    def hides_remote_photo(self, album: str, name: str) -> bool:
        """Whether a remote photo is out of bounds by its name alone."""
        return not self.is_wanted_kind(name) or self.skips_remote(album, name)

    def skips_remote(self, album: str, name: str) -> bool:
        """Whether `--skipserver` or `--skip` names a remote file."""
        if not (self.skip or self.skipserver):
            return False
        names = (name, f"{album}/{name}")
        if _matches_any(self._skipserver, names):
            return True
        # What --skip hides here would else come back from the service as new.
        return _matches_any(self._skip, names)


def _finds_any(patterns: Iterable[re.Pattern[str]], name: str) -> bool:
    return any(pattern.search(name) for pattern in patterns)


def _matches_any(pattern: re.Pattern[str] | None, names: Iterable[str]) -> bool:
    if pattern is None:
        return False
    return any(pattern.fullmatch(name_key(name)) for name in names)
