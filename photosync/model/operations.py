"""What a run is to do, and what became of it."""

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
    """What names a step: its service, and the comparison keys of its photo's album and
    name.
    """

    service: str
    album: str
    name: str


class Shared(NamedTuple):
    """What a further service holds of a photo that a step brings or moves here."""

    service: str
    remote: RemotePhoto


class _Summarised(ABC):
    """An operation that can be told of in one line."""

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

    `album` and `name` say where the photo is to be found afterwards, `origin` where a
    moved one was. `waits_for` names the step without which this one is not done: about
    the same photo, where that step comes first and leaves the local file of this one, or
    about another photo that this one belongs to, and goes ahead of. The `remote` of a
    photo that was deleted there is the one last known. `kept`: of equal photos of one
    name the one that stays there when this one goes; `agreed_anew` is what both sides
    agree on then, where history knew the one that goes. `stands_at`: where else the side
    has the photo that has it no longer at its old place, and `has_arrived` that it came
    from there in an earlier run. `shared`: what other services
    may already have of what this step leaves here. `damaged` as in `Difference`.
    `details`: it is about these, and the photo itself stays as it is. `is_unfit`: the
    service takes no file like this one. `leader`: the photo here that a file belongs to,
    which goes only if that does.
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
        """Whether it is about a photo that another one of its name repeats."""
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
    """A remote album that gets another title, which does all its `steps` at once."""

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
    """A remote album whose photos change, so that its dates and their order may have
    to.
    """

    service: str
    album: str

    @property
    def verb(self) -> str:
        return "UPDATE_ALBUM"

    @property
    def subject(self) -> str:
        return self.album


TRASH_DAYS = 30
"""How long `--purge` leaves what lies in a trash."""


@dataclass(frozen=True, slots=True)
class EmptyTrash(_Summarised):
    """The trash of a service, or of Side.LOCAL, is to lose what is older than `days`.

    `files` counts what that is.
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

    `steps` are in the order of execution, REPORT steps included; `counts` holds for
    each service how many photos fell under which comparison; `postponed` how many steps
    `--max` left out; `trash` which trashes are to be emptied; `found` how many photos
    each root holds; `titles` the keys of the titles that the albums of each service
    have. Of `updates` those come about whose album was changed, and `owed` is what an
    earlier run changed and did not come to. `put_off` are the services that kept the
    others waiting: of them nothing is known yet. `put_back`: an old backup of the
    library seems to have taken its place, so that the run is no measure for the next.
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
        """Return the steps that are done once their album has its new title."""
        renamed: set[Step] = set()
        for rename in self.renames:
            renamed.update(rename.steps)
        return renamed

    @property
    def unreached(self) -> Sequence[str]:
        """The services of which nothing is known."""
        return [name for name in self.counts if name not in self.observations]

    @property
    def exit_code(self) -> int:
        """What a run of this plan ends with at least."""
        codes = [problem.exit_code for problem in self.problems if problem.failed]
        return max(codes, default=0)


class Result(StrEnum):
    """How a step ended.

    LEFT is what nobody can do for now, which is no failure. POSTPONED is what was not
    tried: the time of the run did not suffice, or its side takes no more of it.
    """

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    LEFT = "left alone"
    POSTPONED = "left for the next run"


class Effect(NamedTuple):
    """What a step left behind on each side, None where nothing is now.

    `backup` says where the bytes are that it deleted or replaced, as the side that
    holds them (`backup_side`: a service, or Side.LOCAL) needs it to bring them back.
    `agreed`: what other services are known to have of the same photo. `notice`: what
    the person should know of it. `details`: what is agreed on of these; `sidecar` is
    the path of the one that `backup` is of, where it is not the photo's. `sent` counts
    the bytes of what was sent, which may be a smaller copy.
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
    """What became of one step; `reason` is empty when it was done as planned.

    `side_stopped`: the reason is not this photo's, but that of its whole side.
    `refused_under`: where the service takes no file like this one, what the account
    permits.
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
