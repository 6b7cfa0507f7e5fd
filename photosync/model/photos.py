"""What is found on both sides: photos, albums, and how they compare."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Literal, NamedTuple

from photosync.model.absence import Absence
from photosync.model.details import DetailsMerge, KnownDetails
from photosync.model.safety import Side
from photosync.modes import Comparisons


class Attributes(IntFlag):
    """What `--compareattributes` adds up: which facts decide whether two photos
    differ.
    """

    DATE = 1
    SIZE = 2
    HASH = 4


class LocalStat(NamedTuple):
    """What tells without reading it whether a local file is still the one it was.

    `size` in bytes, `modified_ns` in nanoseconds since 1970. So is `changed_ns`, when
    anything about the file changed last, of which no program can set another time; None
    where that is not known.
    """

    size: int
    modified_ns: int
    changed_ns: int | None = None


class LocalPhoto(NamedTuple):
    """One photo file as the scan saw it.

    `name` is its name in the album, `file` its name in `folder` (an absolute path);
    they differ where the file name carries escapes or where two folders of one album
    hold the same name. `qualified` is the name it would have if told apart by its
    folder, empty where there is none. `changed_ns` as in `LocalStat`.
    """

    name: str
    folder: str
    file: str
    size: int
    modified_ns: int
    qualified: str = ""
    changed_ns: int | None = None

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.file}"

    @property
    def stat(self) -> LocalStat:
        return LocalStat(self.size, self.modified_ns, self.changed_ns)


class RemotePhoto(NamedTuple):
    """One photo as a service lists it; None where the service does not know.

    `id` is the service's own, `version` changes whenever the content does and is empty
    where it is not known yet; `is_same_version` compares two of them. `stem` is the
    name without its ending where the service keeps none and the ending is a guess.
    `marked`: TAG_REMOTE was done about it. `backup`: what is kept of the content that
    this one took the place of, as the backend's `restore` needs it. `taken` is the
    capture time as `YYYY-MM-DD HH:MM:SS`, empty where the service does not tell.
    `reduced`: what is stored is a smaller copy, of which `size` and `md5` are those of
    the original. `titled`: the name is made from a title, as nothing there tells that
    of the file. `changed_ns` as in `LocalStat`, for a file on a disk. `withheld`: the
    service does not give back the file that `size` and `md5` tell of, so that it holds
    no copy of it.
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
    titled: bool = False
    changed_ns: int | None = None
    withheld: bool = False

    @property
    def is_copy(self) -> bool:
        """Whether the file itself can be had of the service, as it was sent."""
        return not (self.reduced or self.withheld)


def is_same_version(before: str, now: str) -> bool | None:
    """Whether two versions of a remote photo are the same; None where nobody knows.

    A version may be several marks `KIND:MARK`, divided by commas. The first kind that
    both have decides, and without one nothing is known. A mark without a kind, as an
    earlier photosync wrote it, may be of any.
    """
    if not before or not now:
        return None
    if before == now:
        return True
    known = dict(_split_version(before))
    marks = dict(_split_version(now))
    for kind, mark in marks.items():
        if kind in known:
            return known[kind] == mark
    if "" in known:
        return _is_one_of(known[""], marks)
    return None


def _is_one_of(mark: str, marks: Mapping[str, str]) -> bool | None:
    if mark in marks.values():
        return True
    # With one mark only, the other one is withheld today and may be the very same.
    return False if len(marks) > 1 else None


def _split_version(version: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for mark in version.split(","):
        kind, _, text = mark.rpartition(":")
        found.append((kind, text))
    return found


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
    """The local side: albums by the comparison key of their title.

    `unreadable` are the folders of which nobody knows what they give to which album:
    they cannot be read, or the naming rules leave them without a title. `unseen` are
    roots of this library that the run does not name: nobody looked there. `absent` are
    folders whose disk is away.
    """

    albums: Mapping[str, LocalAlbum]
    unreadable: tuple[str, ...] = ()
    found: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unseen: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all that lies below the named roots was seen."""
        return not (self.unreadable or self.absent)

    @property
    def photo_count(self) -> int:
        return sum(len(album.photos) for album in self.albums.values())

    @property
    def empty_roots(self) -> tuple[str, ...]:
        """The roots without a single photo; `found` counts those of each."""
        return tuple(root for root, photos in self.found.items() if not photos)

    @property
    def unread_roots(self) -> tuple[str, ...]:
        """The roots without a photo that could not be read themselves."""
        return tuple(root for root in self.empty_roots if root in self.unreadable)


class Baseline(NamedTuple):
    """What was on both sides when they were last known to hold the same photo.

    The MD5 of `remote` holds for both, if known. `local` is None where only the remote
    photo is agreed on: after KEEP_BOTH the local file is still to take its place.
    `path` is that of the local file, empty where it is not known: by it a file keeps
    its name in the album.
    """

    album: str
    name: str
    local: LocalStat | None
    remote: RemotePhoto
    path: str = ""


class Pair(NamedTuple):
    """One name in one album, on one side or on both, and what history knows of it."""

    album: str
    name: str
    local: LocalPhoto | None
    remote: RemotePhoto | None
    baseline: Baseline | None = None

    @property
    def both(self) -> tuple[LocalPhoto, RemotePhoto]:
        """The photo of each side; for a pair that has both."""
        assert self.local is not None
        assert self.remote is not None
        return self.local, self.remote

    @property
    def known(self) -> Baseline:
        """What history knows of it; for a pair that was agreed on."""
        assert self.baseline is not None
        return self.baseline


class Difference(NamedTuple):
    """A pair and what the comparison says of it.

    `touched` marks a pair of equal bytes whose local time has moved on. `origin` is the
    album and the name that a moved photo had, which it still has on the side that did
    not move it; `merged` where it belongs if one side gave it another album and the
    other another name. `stands_at` tells where else the side has it that has it no longer at
    its old place, and the other side has not; with `has_arrived` the other side has what
    that became there. `absence` is what the service itself says of a photo
    that seems deleted there, None where it was not asked. `damaged` names the sides whose
    bytes changed although nobody changed them, of a pair that is ROTTEN. `details`: what
    is to become of these, of an equal pair.
    """

    pair: Pair
    comparison: Comparisons
    touched: bool = False
    problem: str = ""
    origin: tuple[str, str] | None = None
    merged: tuple[str, str] | None = None
    stands_at: tuple[tuple[str, str], ...] = ()
    has_arrived: bool = False
    absence: Absence | None = None
    damaged: frozenset[Side] = frozenset()
    details: DetailsMerge | None = None


@dataclass(frozen=True, slots=True)
class Observations:
    """What comparing with a service taught, to be remembered when the run begins.

    `baseline` are photos found equal of which history did not know it so; `gone` those
    of history that are on neither side any more. `photos` counts the visible remote
    ones. `incomplete`: something could not be read, so what is missing need not be
    gone. `read` holds version and MD5 of remote photos that were read whole, by id.
    `details` holds album, name and what is agreed on of the details of a photo.
    """

    baseline: Collection[Baseline] = ()
    gone: tuple[tuple[str, str], ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    photos: int = 0
    incomplete: bool = False
    read: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    details: tuple[tuple[str, str, KnownDetails], ...] = ()
