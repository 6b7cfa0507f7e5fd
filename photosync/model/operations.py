"""What a run is to do, and the outcomes of that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from photosync.model.details import DetailsMerge, KnownDetails
from photosync.model.photos import (
    Baseline,
    LocalPhoto,
    Observations,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.model.safety import Side
from photosync.modes import Actions, Comparisons


class StepKey(NamedTuple):
    """The key of a step: its service, and the comparison keys of the album and the name
    of its photo.
    """

    service: str
    album: str
    name: str


class Shared(NamedTuple):
    """The photo of another service that is the same as the one a step brings or moves."""

    service: str
    remote: RemotePhoto


class _Summarised(ABC):
    """An operation that can be described in one line."""

    __slots__ = ()
    service: str

    @property
    @abstractmethod
    def verb(self) -> str:
        """What is done, in capital letters."""

    @property
    @abstractmethod
    def subject(self) -> str:
        """What it is done to, control characters and all."""

    @property
    def summary(self) -> str:
        return f"{self.verb:<25} {self.service}  {self.subject}"


@dataclass(frozen=True, slots=True)
class Step(_Summarised):
    """One thing to do, or with REPORT one thing to tell, about one photo and one
    service.

    `album` and `name` are where the photo will be afterwards, `origin` where a moved one
    was. `waits_for` is the key of the step without which this one is not done. That is a
    step about the same photo, which comes first and brings the local file of this one;
    or, for a companion, the step of the photo that it belongs to. The `remote` of a photo
    that was deleted there is the last known one. `kept`: the duplicate that stays when
    this one is deleted; `agreed_anew` is the new baseline then. `stands_at`: the other
    places of the photo on the side that lacks it at its old place; `has_arrived`: an
    earlier run brought it from there. `shared`: the other services that have the same
    photo as this step leaves here. `damaged` as in `Difference`. `details`: the step is
    about these, and the photo stays as it is. `is_unfit`: the service takes no file like
    this one. `leader`: the photo here that a companion belongs to; the companion goes
    only if that does.
    """

    service: str
    action: Actions
    comparison: Comparisons
    album: str
    name: str
    local: LocalPhoto | None = None
    remote: RemotePhoto | None = None
    reason: str = ""
    origin: tuple[str, str] | None = None
    waits_for: StepKey | None = None
    kept: RemotePhoto | None = None
    agreed_anew: Baseline | None = None
    stands_at: tuple[tuple[str, str], ...] = ()
    has_arrived: bool = False
    shared: tuple[Shared, ...] = ()
    damaged: frozenset[Side] = frozenset()
    details: DetailsMerge | None = None
    is_unfit: bool = False
    leader: LocalPhoto | None = None

    @property
    def is_duplicate(self) -> bool:
        """Whether it is about a photo that repeats another one of its name."""
        return self.kept is not None

    @property
    def size(self) -> int:
        """Bytes this step moves over the wire."""
        if self.action in {Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL}:
            return self.local.size if self.local else 0
        if self.action in {Actions.DOWNLOAD_REMOTE, Actions.KEEP_BOTH} and self.remote:
            return self.remote.size or 0
        return 0

    @property
    def verb(self) -> str:
        return str(self.action)

    @property
    def subject(self) -> str:
        came_from = f" <- {'/'.join(self.origin)}" if self.origin else ""
        return f"{self.album}/{self.name}{came_from}"

    @property
    def summary(self) -> str:
        line = f"{self.verb:<25} {self.service}  {self.subject}"
        reason = f"; {self.reason}" if self.reason else ""
        return f"{line}  ({self.comparison}{reason})"


@dataclass(frozen=True, slots=True)
class Rename(_Summarised):
    """A remote album that gets another title, by which all its `steps` are done at once."""

    service: str
    album: RemoteAlbum
    title: str
    steps: tuple[Step, ...]

    @property
    def verb(self) -> str:
        return "RENAME_ALBUM"

    @property
    def subject(self) -> str:
        return f"{self.album.title} -> {self.title}"


@dataclass(frozen=True, slots=True)
class Purge(_Summarised):
    """A remote album that will be empty and is to be removed."""

    service: str
    album: RemoteAlbum

    @property
    def verb(self) -> str:
        return "REMOVE_ALBUM"

    @property
    def subject(self) -> str:
        return self.album.title


@dataclass(frozen=True, slots=True)
class AlbumUpdate(_Summarised):
    """A remote album whose photos change, so that its dates and its order may change."""

    service: str
    album: str

    @property
    def verb(self) -> str:
        return "UPDATE_ALBUM"

    @property
    def subject(self) -> str:
        return self.album


TRASH_DAYS = 30
"""How many days `--purge` leaves a file in a trash."""


@dataclass(frozen=True, slots=True)
class EmptyTrash(_Summarised):
    """The trash of a service, or of Side.LOCAL, is to lose the `files` that have been in
    it for longer than `days`.
    """

    service: str
    files: int
    days: int = TRASH_DAYS

    @property
    def verb(self) -> str:
        return "EMPTY_TRASH"

    @property
    def subject(self) -> str:
        noun = "file" if self.files == 1 else "files"
        return f"{self.files:,} {noun} older than {self.days} days"


Operation = Step | Rename | Purge | AlbumUpdate | EmptyTrash
"""Whatever a plan may hold."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do. The dry run, the reports and the executor read the same one.

    `steps` are in the order of execution, REPORT steps included. `counts` holds, by
    service, how many photos have which comparison; `postponed` how many steps `--max`
    left out. `trash` are the trashes to be emptied. `found` counts the photos of each
    root, `titles` holds, by service, the keys of the titles of its albums. Of `updates`
    only those are done whose album was changed; `owed` are those that an earlier run
    did not come to. `put_off` are the services that would keep the others waiting, and
    of which nothing is known yet. `put_back`: an old backup seems to have taken the
    place of the library, so that this run is no measure for the next.
    """

    steps: tuple[Step, ...]
    renames: tuple[Rename, ...] = ()
    updates: tuple[AlbumUpdate, ...] = ()
    owed: tuple[AlbumUpdate, ...] = ()
    purges: tuple[Purge, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, Mapping[Comparisons, int]] = field(default_factory=dict)
    postponed: Mapping[str, int] = field(default_factory=dict)
    trash: tuple[EmptyTrash, ...] = ()
    observations: Mapping[str, Observations] = field(default_factory=dict)
    found: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    put_off: frozenset[str] = frozenset()
    put_back: bool = False

    def find_renamed(self) -> set[Step]:
        """Return the steps that are done by giving their album its new title."""
        renamed: set[Step] = set()
        for rename in self.renames:
            renamed.update(rename.steps)
        return renamed

    @property
    def unreached(self) -> Sequence[str]:
        """The services that could not be read."""
        return [name for name in self.counts if name not in self.observations]

    @property
    def exit_code(self) -> int:
        """What a run of this plan ends with at least."""
        codes = [problem.exit_code for problem in self.problems if problem.failed]
        return max(codes, default=0)


class Result(StrEnum):
    """How a step ended.

    LEFT: it cannot be done for now, which is no failure. POSTPONED: it was not tried, as
    the time of the run was over, or its side takes no more.
    """

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    LEFT = "left alone"
    POSTPONED = "left for the next run"


class Effect(NamedTuple):
    """What a step left on each side; None where there is nothing now.

    `backup` says where the bytes are that it deleted or replaced, in the form in which
    the side that keeps them (`backup_side`: a service, or Side.LOCAL) brings them back.
    `agreed`: other services that are known to have the same photo. `notice`: what the
    person should know. `details`: those that both sides agree on. `sidecar`: the path of
    the sidecar, where `backup` is that of a sidecar and not of the photo. `sent`: the
    bytes that were sent, which may be those of a smaller copy.
    """

    local: LocalPhoto | None = None
    remote: RemotePhoto | None = None
    backup: str = ""
    backup_side: str = ""
    agreed: tuple[Shared, ...] = ()
    notice: str = ""
    details: KnownDetails | None = None
    sidecar: str = ""
    sent: int | None = None


NO_EFFECT = Effect()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step; `reason` is empty where it was done as planned.

    `side_stopped`: the reason is not about this photo, but about its whole side.
    `refused_under`: where the service takes no file like this one, the terms of the
    account.
    """

    step: Step | Purge | AlbumUpdate | EmptyTrash
    result: Result
    reason: str = ""
    exit_code: int = 1
    effect: Effect = NO_EFFECT
    side_stopped: bool = False
    refused_under: str | None = None

    @property
    def moved(self) -> int:
        """Bytes that went over the wire, if the step was done."""
        if not isinstance(self.step, Step):
            return 0
        sent = self.effect.sent
        return self.step.size if sent is None else sent
