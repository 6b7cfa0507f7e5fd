"""The values that travel from scan to report. All are immutable; none does anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import Literal, NamedTuple

from photosync.modes import Actions, Comparisons

__all__ = [
    "ACCEPTABLE",
    "ALL_CHANGED",
    "LOST_PHOTOS",
    "NO_EFFECT",
    "OTHER_ROOT",
    "REMOTE_SHRANK",
    "TRASH_DAYS",
    "Actions",
    "AlbumMetadata",
    "AlbumUpdate",
    "Attributes",
    "Baseline",
    "Census",
    "Comparisons",
    "Difference",
    "Effect",
    "EmptyTrash",
    "Limit",
    "LocalAlbum",
    "LocalPhoto",
    "LocalStat",
    "LocalTree",
    "Observations",
    "Operation",
    "Outcome",
    "Pair",
    "PhotoMetadata",
    "Plan",
    "Problem",
    "Purge",
    "RemoteAlbum",
    "RemotePhoto",
    "Rename",
    "Result",
    "Side",
    "Step",
    "StepKey",
]


class Attributes(IntFlag):
    """What `--compareattributes` adds up: which facts decide whether two photos
    differ.
    """

    DATE = 1
    SIZE = 2
    HASH = 4


class Side(StrEnum):
    """Where a loss would happen."""

    LOCAL = "local"
    REMOTE = "remote"


LOST_PHOTOS = "lost-photos"
OTHER_ROOT = "other-root"
REMOTE_SHRANK = "remote-shrank"
ALL_CHANGED = "all-changed"
ACCEPTABLE = (LOST_PHOTOS, OTHER_ROOT, REMOTE_SHRANK, ALL_CHANGED)
"""What `--accept` takes: the findings of history that a run is refused for."""


_UNHARMED = 20


@dataclass(frozen=True, slots=True)
class Limit:
    """How many deletes a plan may hold: a number, or percent of what the losing side
    has.
    """

    number: int = 0
    percent: float | None = 10.0

    def allows(self, deletes: int, known: int) -> bool:
        """A percentage alone never refuses 20 items or fewer."""
        if self.percent is None:
            return deletes <= self.number
        return deletes <= _UNHARMED or deletes * 100 <= self.percent * known

    def __str__(self) -> str:
        return f"{self.number}" if self.percent is None else f"{self.percent:g}%"


class LocalStat(NamedTuple):
    """What tells without reading it whether a local file is still the one it was.

    `size` in bytes, `modified_ns` in nanoseconds since 1970.
    """

    size: int
    modified_ns: int


class LocalPhoto(NamedTuple):
    """One photo file as the scan saw it.

    `name` is its name in the album, `file` its name in `folder` (an absolute path);
    they differ where the file name carries escapes or where two folders of one album
    hold the same name. `qualified` is the name it would have if told apart by its
    folder, empty where there is none.
    """

    name: str
    folder: str
    file: str
    size: int
    modified_ns: int
    qualified: str = ""

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.file}"

    @property
    def stat(self) -> LocalStat:
        return LocalStat(self.size, self.modified_ns)


class RemotePhoto(NamedTuple):
    """One photo as a service lists it; None where the service does not know.

    `id` is the service's own, `version` changes whenever the content does and is empty
    where it is not known yet. `stem` is the name without its ending where the service
    keeps none and the ending is a guess. `marked`: TAG_REMOTE was done about it.
    `backup`: what is kept of the content that this one took the place of, as the
    backend's `restore` needs it. `taken` is the capture time as `YYYY-MM-DD HH:MM:SS`,
    empty where the service does not tell. `reduced`: what is stored is a smaller copy,
    of which `size` and `md5` are those of the original.
    """

    name: str
    id: str
    size: int | None
    modified_ns: int | None
    md5: str | None = None
    version: str = ""
    album_id: str = ""
    stem: str = ""
    marked: bool = False
    backup: str = ""
    taken: str = ""
    reduced: bool = False


Granularity = Literal["second", "month", "year"]


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What is known of a photo; empty is what is not.

    `taken` is `YYYY-MM-DD HH:MM:SS`, of which `granularity` says how much is meant.
    `licence` is its name, `licence_url` its address, `source` the page that the photo
    comes from.
    """

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    taken: str = ""
    granularity: Granularity = "second"
    licence: str = ""
    licence_url: str = ""
    source: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything worth a sidecar; where a photo comes from alone is
        not.
        """
        text = (
            self.title
            or self.description
            or self.taken
            or self.licence
            or self.licence_url
        )
        return bool(text or self.tags)


class AlbumMetadata(NamedTuple):
    """What is written to a remote album about all its photos.

    `taken` gives the capture time of each by its remote id, `earliest` that of the
    first, both as `YYYY-MM-DD HH:MM:SS`. An empty `description` leaves that of the
    album as it is; `template` is what it was made from.
    """

    description: str
    earliest: str
    taken: Mapping[str, str]
    template: str = ""


@dataclass(frozen=True, slots=True)
class LocalAlbum:
    """All photos whose folders lead to one album title.

    `hidden` names files that are there but excluded; `unknown` says why the content
    cannot be taken as complete, and is empty when it can.
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

    `failed` tells an item that could not be handled from a mere notice; `exit_code` is
    what the run then ends with at least.
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
    found: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def photo_count(self) -> int:
        return sum(len(album.photos) for album in self.albums.values())

    @property
    def empty_roots(self) -> tuple[str, ...]:
        """The roots without a single photo; `found` counts those of each."""
        return tuple(root for root, photos in self.found.items() if not photos)


class Baseline(NamedTuple):
    """What was on both sides when they were last known to hold the same photo.

    The MD5 of `remote` holds for both, if known. `local` is None where only the remote
    photo is agreed on: after KEEP_BOTH the local file is still to take its place.
    """

    album: str
    name: str
    local: LocalStat | None
    remote: RemotePhoto


class Pair(NamedTuple):
    """One name in one album, on one side or on both, and what history knows of it."""

    album: str
    name: str
    local: LocalPhoto | None
    remote: RemotePhoto | None
    baseline: Baseline | None = None


class Difference(NamedTuple):
    """A pair and what the comparison says of it.

    `touched` marks a pair of equal bytes whose local time has moved on. `origin` is the
    album and the name that a moved photo had, which it still has on the side that did
    not move it.
    """

    pair: Pair
    comparison: Comparisons
    touched: bool = False
    problem: str = ""
    origin: tuple[str, str] | None = None


class StepKey(NamedTuple):
    """What names a step: its service, and the comparison keys of its photo's album and
    name.
    """

    service: str
    album: str
    name: str


class _Summarised:
    """An operation that can be told of in one line."""

    __slots__ = ()
    service: str

    @property
    def verb(self) -> str:
        """What is done, in capital letters."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What it is done to, control characters and all."""
        raise NotImplementedError

    @property
    def summary(self) -> str:
        return f"{self.verb:<25} {self.service}  {self.subject}"


@dataclass(frozen=True, slots=True)
class Step(_Summarised):
    """One thing to do, or with REPORT one thing to tell, about one photo and one
    service.

    `album` and `name` say where the photo is to be found afterwards, `origin` where a
    moved one was. `waits_for` names the step that must have been done before: about the
    same photo, where that step leaves the local file of this one, or about another
    photo that this one belongs to. The `remote` of a photo that was deleted there is
    the one last known. `is_duplicate`: it is about a further photo of a name that
    another one keeps.
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
    is_duplicate: bool = False

    @property
    def size(self) -> int:
        """Bytes this step moves over the wire."""
        if self.action in {Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL}:
            return self.local.size if self.local else 0
        if self.action is Actions.DOWNLOAD_REMOTE and self.remote:
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
        return f"{self.files} files older than {self.days} days"


Operation = Step | Rename | Purge | AlbumUpdate | EmptyTrash
"""Whatever a plan may hold."""


class Census(NamedTuple):
    """What is known of a root or a service: its identity, and how many photos it shows.

    `rules_hash` tells under which rules and filters they were counted.
    """

    rules_hash: str
    identity: str
    photos: int


@dataclass(frozen=True, slots=True)
class Observations:
    """What comparing with a service taught, to be remembered when the run begins.

    `baseline` are photos found equal of which history did not know it so; `gone` those
    of history that are on neither side any more. `photos` counts the visible remote
    ones. `incomplete`: something could not be read, so what is missing need not be
    gone.
    """

    baseline: tuple[Baseline, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    photos: int = 0
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do. The dry run, the reports and the executor read the same one.

    `steps` are in the order of execution, REPORT steps included; `counts` holds for
    each service how many photos fell under which comparison; `postponed` how many steps
    `--max` left out; `trash` which trashes are to be emptied; `found` how many photos
    each root holds.
    """

    steps: tuple[Step, ...]
    renames: tuple[Rename, ...] = ()
    updates: tuple[AlbumUpdate, ...] = ()
    purges: tuple[Purge, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, Mapping[Comparisons, int]] = field(default_factory=dict)
    postponed: Mapping[str, int] = field(default_factory=dict)
    trash: tuple[EmptyTrash, ...] = ()
    observations: Mapping[str, Observations] = field(default_factory=dict)
    found: Mapping[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """What a run of this plan ends with at least."""
        codes = [problem.exit_code for problem in self.problems if problem.failed]
        return max(codes, default=0)


class Result(StrEnum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class Effect(NamedTuple):
    """What a step left behind on each side, None where nothing is now.

    `backup` says where the bytes are that it deleted or replaced, as the side that
    holds them (`backup_side`: a service, or Side.LOCAL) needs it to bring them back.
    """

    local: LocalPhoto | None = None
    remote: RemotePhoto | None = None
    backup: str = ""
    backup_side: str = ""


NO_EFFECT = Effect()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step; `reason` is empty when it was done."""

    step: Step | Purge | AlbumUpdate
    result: Result
    reason: str = ""
    exit_code: int = 1
    effect: Effect = NO_EFFECT
