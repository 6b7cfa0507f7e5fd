"""What the walk gathers on its way: folders, and albums that are being filled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from photosync.local.library import LibraryNames
from photosync.local.other_kinds import OtherKinds
from photosync.model import LocalPhoto, LocalTree, Problem
from photosync.naming import name_of_file


class WalkedFolder(NamedTuple):
    """A folder on the walk: `names` lead to it from its root."""

    root: str
    names: tuple[str, ...]
    path: str
    is_behind_link: bool = False

    def child(self, name: str, *, is_link: bool = False) -> WalkedFolder:
        return WalkedFolder(
            self.root,
            (*self.names, name),
            f"{self.path}/{name}",
            self.is_behind_link or is_link,
        )

    def relative_path(self, name: str) -> str:
        """Return the path of an entry of this folder, counted from its root."""
        return "/".join((*self.names, name))


@dataclass(slots=True)
class Bucket:
    """An album while it is being filled; its fields as in `LocalAlbum`."""

    title: str
    folders: list[str] = field(default_factory=list)
    photos: list[LocalPhoto] = field(default_factory=list)
    hidden: list[LocalPhoto] = field(default_factory=list)
    unknown: str = ""

    def hide(self, folder: str, file: str) -> None:
        """Note a file that is there but is no photo of ours: only its name matters."""
        self.hidden.append(make_hidden(folder, file))


@dataclass(slots=True)
class Walked:
    """What a walk through the roots found, before albums are made of it.

    `buckets` go by the comparison key of their title. `unknown` are folders, or entries
    that may be one, that could not be read; `leftovers` are files that an earlier run
    did not finish.
    """

    buckets: dict[str, Bucket] = field(default_factory=dict)
    hidden_titles: set[str] = field(default_factory=set)
    photo_counts: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    unknown: list[WalkedFolder] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    others: OtherKinds = field(default_factory=OtherKinds)

    def notice(self, subject: str, reason: str) -> None:
        """Note that something is left out on purpose."""
        self.problems.append(Problem(subject, reason, failed=False))

    def report(self, subject: str, reason: str) -> None:
        """Note that something went wrong."""
        self.problems.append(Problem(subject, reason))


@dataclass(frozen=True, slots=True)
class Scanned:
    """The tree, and what else the walk found; `leftovers` as in `Walked`.

    `titles` pairs each folder that holds photos with the title of its album.
    """

    tree: LocalTree
    names: LibraryNames
    titles: tuple[tuple[str, str], ...]
    leftovers: tuple[str, ...]


def make_hidden(folder: str, file: str) -> LocalPhoto:
    """Return a photo of which only the name matters, whatever is in it."""
    return LocalPhoto(name_of_file(file), folder, file, 0, 0)
