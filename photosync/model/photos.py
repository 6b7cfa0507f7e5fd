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
    """What shows, without reading it, whether a local file is still the same.

    `size` is in bytes, `modified_ns` in nanoseconds since 1970. So is `changed_ns`, the
    time when anything about the file last changed, which no program can set; None where
    it is not known.
    """

    size: int
    modified_ns: int
    changed_ns: int | None = None


class LocalPhoto(NamedTuple):
    """One photo file as the scan saw it.

    `name` is its name in the album, `file` its name in `folder` (an absolute path);
    they differ where the file name contains escapes, or where two folders of one album
    have a file of the same name. `qualified` is the name with its folder at the
    beginning; empty where it has none. `changed_ns` as in `LocalStat`.
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
    """One photo as a service lists it; None stands for what the service does not know.

    `id` is the service's own. `version` changes whenever the content does, and is empty
    where it is not known yet; `is_same_version` compares two of them. `stem` is the name
    without its ending, where the service keeps no ending and that in `name` is a guess.
    `marked`: TAG_REMOTE has marked it. `backup`: where the content is kept that this one
    replaced, as `restore` of the backend needs it. `taken` is the capture time as
    `YYYY-MM-DD HH:MM:SS`; empty where it is not known. `reduced`: the service has a
    smaller copy, while `size` and `md5` are those of the original. `titled`: the name is
    made from a title, as the service does not know that of the file. `changed_ns` as in
    `LocalStat`, for a file on a disk. `withheld`: the service does not give back the
    file with this `size` and `md5`, so it is no copy of it.
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
        """Whether the service gives the file back as it was sent."""
        return not (self.reduced or self.withheld)


def is_same_version(before: str, now: str) -> bool | None:
    """Whether two versions of a remote photo are the same; None where that is not known.

    A version may be several marks `KIND:MARK`, separated by commas. The first kind that
    both have decides; if there is none, it is not known. A mark without a kind, as an
    earlier photosync wrote it, may be of any kind.
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
    if len(marks) > 1:
        return False
    # With one mark only, the other one is not shown today, and may be the same.
    return None


def _split_version(version: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for mark in version.split(","):
        kind, _, text = mark.rpartition(":")
        found.append((kind, text))
    return found


Granularity = Literal["second", "month", "year"]


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What people said about a photo on a service; what is not known is empty.

    `taken` is `YYYY-MM-DD HH:MM:SS`, and `granularity` says how exact that is meant.
    `licence` is its name, `licence_url` its address, `source` the page of the photo.
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
        """Whether there is anything worth a sidecar; `source` alone is not."""
        text = (
            self.title
            or self.description
            or self.taken
            or self.licence
            or self.licence_url
        )
        return bool(text or self.tags)


class AlbumMetadata(NamedTuple):
    """What is written to a remote album besides its photos.

    `taken` holds the capture time of each photo by its remote id, `earliest` is the
    first of all, both as `YYYY-MM-DD HH:MM:SS`. An empty `description` leaves that of
    the album as it is; `template` is what it was made from.
    """

    description: str
    earliest: str
    taken: Mapping[str, str]
    template: str = ""


@dataclass(frozen=True, slots=True)
class LocalAlbum:
    """All photos whose folders lead to one album title.

    `hidden` are the keys of the names of excluded files; `unknown` says why the photos
    may not be complete, and is empty where they are.
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
    """Something the person should know, about the thing named `subject`.

    `failed`: something could not be done, and the run ends with at least `exit_code`;
    else it is a mere notice.
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

    `unreadable` are the folders whose photos, or whose album, are not known: they cannot
    be read, or the naming rules give them no title. `found` counts the photos of each
    root. `unseen` are roots of this library that the run does not name, and so were not
    read. `absent` are folders whose disk is not mounted.
    """

    albums: Mapping[str, LocalAlbum]
    unreadable: tuple[str, ...] = ()
    found: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unseen: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether everything below the named roots was read."""
        return not (self.unreadable or self.absent)

    @property
    def photo_count(self) -> int:
        return sum(len(album.photos) for album in self.albums.values())

    @property
    def empty_roots(self) -> tuple[str, ...]:
        """The roots without a single photo."""
        return tuple(root for root, photos in self.found.items() if not photos)

    @property
    def unread_roots(self) -> tuple[str, ...]:
        """The roots without a photo that could not be read themselves."""
        return tuple(root for root in self.empty_roots if root in self.unreadable)


class Baseline(NamedTuple):
    """What both sides had when they last had the same photo.

    The MD5 of `remote`, if known, is that of both. `local` is None where only the remote
    photo is agreed on: after KEEP_BOTH the local file is still to take its place.
    `path` is that of the local file, by which it keeps its name in the album; empty
    where it is not known.
    """

    album: str
    name: str
    local: LocalStat | None
    remote: RemotePhoto
    path: str = ""


class Pair(NamedTuple):
    """One name in one album: the photo of each side, and what the history knows of it."""

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
        """What the history knows of it; for a pair with a baseline."""
        assert self.baseline is not None
        return self.baseline


class Difference(NamedTuple):
    """A pair and its comparison.

    `touched`: the bytes are equal, but the local date has moved on. `origin` is the old
    album and name of a moved photo, which it still has on the side that did not move it;
    `merged` is the place where it belongs if one side gave it another album and the
    other one another name. `stands_at` are the other places of the photo on the side
    that lacks it at its old place, as far as the other side has nothing there; with
    `has_arrived` the other side has what the photo has become there. `absence` is the
    answer of the service about a photo that seems deleted there, None where it was not
    asked. `damaged` are the sides of a ROTTEN pair that lost bytes. `details` is what is
    to be done about the details of an equal pair.
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
    """What a survey has learnt about a service, to be remembered when the run begins.

    `baseline` are photos that were found equal, as far as the history did not know that;
    `gone` are photos of the history that are on neither side any more. `photos` counts
    the visible remote photos. `incomplete`: something could not be read, so a missing
    photo need not be gone. `read` holds version and MD5, by id, of remote photos that
    were downloaded to compare them. `details` holds the album and the name of photos
    with the details that both sides agree on.
    """

    baseline: Collection[Baseline] = ()
    gone: tuple[tuple[str, str], ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    photos: int = 0
    incomplete: bool = False
    read: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    details: tuple[tuple[str, str, KnownDetails], ...] = ()
