"""What is left out: whatever these rules hide is invisible on both sides, for every
action.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import translate

from photosync.media.kinds import SIDECARS, Kind, endings_of
from photosync.naming import name_key

EXCLUDE = (r"^\.", r"^__", r"^@eaDir$")
EXCLUDE_IN_TITLE = (r"^_",)

_JUNK_FOLDERS = re.compile(
    r"@eaDir|#recycle|#snapshot|@Recycle|@Recently-Snapshot|@tmp|lost\+found|\$RECYCLE\.BIN"
    r"|System Volume Information|\.Trash(?:-\d+)?|\.Trashes|\.@__thumb|\.photosync-trash"
)
_JUNK_PHOTOS = ("._", "SYNOFILE_THUMB", "SYNOPHOTO_")


def _expressions(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    # Never joined into one: each has its own flags and numbers its own groups.
    return tuple(re.compile(pattern) for pattern in patterns)


def _globs(globs: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(translate(name_key(glob)) for glob in globs)
    return re.compile(joined) if joined else None


@dataclass(frozen=True)
class Filters:
    """The user's exclusions, made ready for many questions.

    `exclude` and `exclude_in_title` are expressions searched in the names of single
    folders; `skip` and `skipserver` are shell patterns for a name or for a path from
    the root or album; photos taken before the day `date_limit`, as `YYYY-MM-DD`, are
    left alone.
    """

    exclude: tuple[str, ...] = EXCLUDE
    exclude_in_title: tuple[str, ...] = EXCLUDE_IN_TITLE
    skip: tuple[str, ...] = ()
    skipserver: tuple[str, ...] = ()
    format: Kind = Kind.PHOTO
    date_limit: str = ""
    _exclude: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)
    _in_title: tuple[re.Pattern[str], ...] = field(
        init=False, repr=False, compare=False
    )
    _skip: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _skipserver: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    _endings: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_endings", endings_of(self.format) | SIDECARS)
        object.__setattr__(self, "_exclude", _expressions(self.exclude))
        object.__setattr__(self, "_in_title", _expressions(self.exclude_in_title))
        object.__setattr__(self, "_skip", _globs(self.skip))
        object.__setattr__(self, "_skipserver", _globs(self.skipserver))

    @staticmethod
    def is_junk_folder(name: str) -> bool:
        """Folders that a NAS or a system makes for itself; no person's album lies in
        them.
        """
        return _JUNK_FOLDERS.fullmatch(name) is not None

    def hides_folder(self, name: str, path: str) -> bool:
        """Whether a local folder is excluded; `path` is counted from its root."""
        return any(one.search(name) for one in self._exclude) or self.skips(name, path)

    def skips(self, name: str, path: str) -> bool:
        """Whether `--skip` names a local file or folder."""
        if self._skip is None:
            return False
        return bool(
            self._skip.fullmatch(name_key(name)) or self._skip.fullmatch(name_key(path))
        )

    def not_in_title(self, folder: str) -> bool:
        """Whether a folder gives its photos to its parent's album."""
        return any(one.search(folder) for one in self._in_title)

    def is_wanted_kind(self, name: str) -> bool:
        """Whether the name is of a kind that `--format` asks for and not a system's own
        file.

        Files that only describe a photo are of every kind.
        """
        stem, _, ending = name.rpartition(".")
        return (
            ending.lower() in self._endings
            and stem != ""
            and not name.startswith(_JUNK_PHOTOS)
        )

    def hides_remote_album(self, title: str) -> bool:
        """Whether an album is out of bounds, wherever its photos are."""
        return self._server_skips(title)

    def hides_remote_photo(self, album: str, name: str) -> bool:
        """Whether a remote photo is out of bounds by its name alone."""
        return (
            not self.is_wanted_kind(name)
            or (
                self._skipserver is not None
                and self._server_skips(name, f"{album}/{name}")
            )
            or (self._skip is not None and self.skips(name, f"{album}/{name}"))
        )

    def _server_skips(self, *subjects: str) -> bool:
        pattern = self._skipserver
        return pattern is not None and any(
            pattern.fullmatch(name_key(one)) for one in subjects
        )
