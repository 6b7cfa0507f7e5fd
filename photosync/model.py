"""The values that travel from scan to report. All are immutable; none does anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import NamedTuple

from photosync.modes import Actions, Comparisons

__all__ = [
    "Actions",
    "Attributes",
    "Comparisons",
    "Difference",
    "LocalAlbum",
    "LocalPhoto",
    "LocalTree",
    "Outcome",
    "Pair",
    "Plan",
    "Problem",
    "Purge",
    "RemoteAlbum",
    "RemotePhoto",
    "Result",
    "Side",
    "Step",
]


class Attributes(IntFlag):
    """What `--compareattributes` adds up: which facts decide whether two photos differ."""

    DATE = 1
    SIZE = 2
    HASH = 4


class Side(StrEnum):
    """Where a loss would happen."""

    LOCAL = "local"
    REMOTE = "remote"


class LocalPhoto(NamedTuple):
    """One photo file as the scan saw it.

    `name` is its name in the album, `file` its name in `folder` (an absolute path); they differ
    where the file name carries escapes or where two folders of one album hold the same name.
    `alias` is the name it would have if told apart by its folder, empty where there is none.
    """

    name: str
    folder: str
    file: str
    size: int
    modified_ns: int
    alias: str = ""

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.file}"


class RemotePhoto(NamedTuple):
    """One photo as a service lists it; None where the service does not know.

    `id` is the service's own, `version` changes whenever the content does. `stem` is the name
    without its ending where the service keeps none and the ending is a guess.
    """

    name: str
    id: str
    size: int | None
    modified_ns: int | None
    md5: str | None = None
    version: str = ""
    album_id: str = ""
    stem: str = ""


@dataclass(frozen=True, slots=True)
class LocalAlbum:
    """All photos whose folders lead to one album title.

    `hidden` names files that are there but excluded; `unknown` says why the content cannot be
    taken as complete, and is empty when it can.
    """

    title: str
    folders: tuple[str, ...]
    photos: tuple[LocalPhoto, ...]
    hidden: frozenset[str] = frozenset()
    unknown: str = ""


class RemoteAlbum(NamedTuple):
    """An album of a service. Titles need not be unique, ids are."""

    title: str
    id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the person should know of, with the thing named first.

    `failed` tells an item that could not be handled from a mere notice; `exit_code` is what the
    run then ends with at least.
    """

    subject: str
    reason: str
    failed: bool = True
    exit_code: int = 1

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LocalTree:
    """The local side: albums by the comparison key of their title."""

    albums: Mapping[str, LocalAlbum]
    hidden_albums: frozenset[str] = frozenset()
    unreadable: tuple[str, ...] = ()
    empty_roots: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def photo_count(self) -> int:
        return sum(len(album.photos) for album in self.albums.values())


class Pair(NamedTuple):
    """One name in one album, on one side or on both."""

    album: str
    name: str
    local: LocalPhoto | None
    remote: RemotePhoto | None


class Difference(NamedTuple):
    """A pair and what the comparison says of it.

    `touched` marks a pair of equal bytes whose local time has moved on.
    """

    pair: Pair
    comparison: Comparisons
    touched: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, or with REPORT one thing to tell, about one photo and one service."""

    service: str
    action: Actions
    comparison: Comparisons
    album: str
    name: str
    local: LocalPhoto | None = None
    remote: RemotePhoto | None = None
    reason: str = ""

    @property
    def size(self) -> int:
        """Bytes this step moves over the wire."""
        if self.action in {Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL}:
            return self.local.size if self.local else 0
        if self.action is Actions.DOWNLOAD_REMOTE and self.remote:
            return self.remote.size or 0
        return 0


@dataclass(frozen=True, slots=True)
class Purge:
    """A remote album that will be empty and is to be removed."""

    service: str
    album: RemoteAlbum


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do. The dry run, the reports and the executor read the same one.

    `steps` are in the order of execution, REPORT steps included; `counts` holds for each service
    how many photos fell under which comparison; `postponed` how many steps `--max` left out;
    `trash` which trashes hold how many files older than `trash_days`, to be emptied.
    """

    steps: tuple[Step, ...]
    purges: tuple[Purge, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, Mapping[Comparisons, int]] = field(default_factory=dict)
    postponed: Mapping[str, int] = field(default_factory=dict)
    trash: Mapping[str, int] = field(default_factory=dict)
    trash_days: int = 30


class Result(StrEnum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step; `reason` is empty when it was done."""

    step: Step | Purge
    result: Result
    reason: str = ""
    exit_code: int = 1
