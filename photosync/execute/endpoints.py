"""The two sides of all steps, and what else the steps of a run share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from photosync.config.settings import Settings
from photosync.errors import SideError
from photosync.execute.shrink_notes import ShrinkNotes
from photosync.formatting import locate_side
from photosync.history.journal.clock_leaps import Leap
from photosync.local.explorer import Explorer
from photosync.model import (
    TRASH_DAYS,
    Baseline,
    EmptyTrash,
    Problem,
    Side,
)
from photosync.naming import name_key
from photosync.services.base import Backend
from photosync.services.descriptions import write_description
from photosync.unforeseen import contain

if TYPE_CHECKING:
    from photosync.media.shrink.pool import Shrinker

FindBaseline = Callable[[str, str], Mapping[str, Baseline]]
"""Returns the baselines of an album of a service, by the keys of the photos' names."""


def _find_no_baseline(_service: str, _album: str) -> Mapping[str, Baseline]:
    return {}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The two sides of all steps, and the settings that steps go by.

    `largest`: where the original is withheld, the largest picture comes home.
    `sidecars`: titles and keywords come home in a sidecar. `shrinker` makes the smaller
    copies where they are asked for, and `shrink_notes` counts what is to be told about
    them. `find_baseline` looks up the known photos of an album. `album_description` is
    written to remote albums, and where `dates_albums` the dates of their photos are.
    """

    local: Explorer
    remotes: Mapping[str, Backend]
    largest: bool = False
    sidecars: bool = False
    shrinker: Shrinker | None = None
    shrink_notes: ShrinkNotes = field(default_factory=ShrinkNotes)
    find_baseline: FindBaseline = _find_no_baseline
    album_description: str = ""
    dates_albums: bool = False


@contextmanager
def open_endpoints(
    settings: Settings,
    explorer: Explorer,
    remotes: Mapping[str, Backend],
    find_baseline: FindBaseline,
    shrink_notes: ShrinkNotes,
) -> Iterator[Endpoints]:
    """Yield what the steps of a run need; with `--shrink` its workers end afterwards."""
    description = settings.album_description
    if settings.no_album_metadata:
        # It forbids the description of a new album, too.
        description = ""
    endpoints = Endpoints(
        local=explorer,
        remotes=remotes,
        largest=settings.largest,
        sidecars=settings.sidecars,
        shrink_notes=shrink_notes,
        find_baseline=find_baseline,
        album_description=description,
        dates_albums=not settings.no_album_metadata,
    )
    if not settings.shrink:
        yield endpoints
        return
    # The processes that shrink need libraries that no other run does.
    from photosync.media.shrink.pool import open_shrinker  # noqa: PLC0415

    folder = str(settings.home.state / "shrunk")
    with open_shrinker(
        folder,
        pixels=settings.shrink,
        quality=settings.shrink_quality,
        ask_disk=explorer.check,
    ) as shrinker:
        yield replace(endpoints, shrinker=shrinker)


def describe_album(endpoints: Endpoints, title: str) -> str:
    """Return the description of a remote album; empty where it is to have none."""
    album = endpoints.local.tree.albums.get(name_key(title))
    if album is None:
        return ""
    folder = album.folders[0]
    # The path begins with the name of the root.
    above = os.path.dirname(endpoints.local.find_root(folder))  # noqa: PTH120 - a str stays a str
    name = os.path.relpath(folder, above)
    return write_description(endpoints.album_description, name)


@dataclass(slots=True)
class ExpiredTrash:
    """How many files of each trash are too old to be kept; `problems` names each trash
    that cannot be looked into.
    """

    found: list[EmptyTrash] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def find(
        self, leap: Leap | None, explorer: Explorer, remotes: Mapping[str, Backend]
    ) -> None:
        """Look into the trash of each side.

        After a `leap` of the clock nobody knows how old a file is: none is too old.
        """
        if leap is not None:
            self.problems.append(Problem("the trash", leap.describe(), failed=False))
            return
        self._count_alone(Side.LOCAL, explorer.count_expired_trash)
        for name, backend in remotes.items():
            self._count_alone(name, backend.count_expired_trash)

    def _count_alone(self, side: str, count: Callable[[int], int]) -> None:
        days = TRASH_DAYS
        subject = f"the trash {locate_side(side)}"
        try:
            with contain(subject):
                files = count(days)
        except SideError as error:
            self.problems.append(Problem(subject, str(error)))
        else:
            self.found.append(EmptyTrash(side, files, days))


def empty_trash(trash: EmptyTrash, endpoints: Endpoints) -> None:
    """Remove for good the files of one trash that are too old."""
    if trash.service == Side.LOCAL:
        endpoints.local.empty_trash(trash.days)
    else:
        endpoints.remotes[trash.service].empty_trash(trash.days)
