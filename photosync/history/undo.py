"""Brings back from the trashes what a run deleted or replaced, as far as they hold
it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from photosync.disk.files import Content
from photosync.disk.streams import ignore_progress
from photosync.errors import NotFound, PhotosyncError, Rejected, SideError, UsageError
from photosync.history.database import RESTORED, UNDO, Event, Run, State, noted
from photosync.local.explorer import Explorer
from photosync.model import Actions, LocalPhoto, RemotePhoto, Result, Side
from photosync.naming import name_key
from photosync.services.base import Backend

T = TypeVar("T")

_LOCAL = frozenset({Actions.DELETE_LOCAL, Actions.DOWNLOAD_REMOTE})
_FAILURES = (SideError, UsageError)


class Choice(NamedTuple):
    """A run, what of it is to come back, and how much of it came back before."""

    run: Run
    events: Sequence[Event]
    back: int = 0


class Restored(NamedTuple):
    """What became of one photo; `problem` is empty when it is back.

    `remote` is the photo as it is there now, and `backup` the path in the trash here of
    what was there before, where a service keeps nothing.
    """

    event: Event
    problem: str = ""
    exit_code: int = 0
    remote: RemotePhoto | None = None
    backup: str = ""


# -- which run
# -----------------------------------------------------------------------------


def chosen_run(state: State, number: int, library: str = "") -> Choice:
    """A run, 0 for the last that left something, of this library or of all.

    What came back already is left out. Raises UsageError where there is no such run.
    """
    back = _Back(state)
    for run in state.runs():
        if run.id == number or (not number and _is_meant(run, library)):
            backup = [event for event in state.events(run.id) if _is_kept(event)]
            events = [event for event in backup if not back.holds(event)]
            if events or number:
                return Choice(run, events, len(backup) - len(events))
    if number:
        raise UsageError(
            f"--undo: there is no run {number}; --history shows their numbers"
        )
    whose = " of this library" if library else ""
    raise UsageError(f"--undo: no run{whose} left anything that could be brought back")


def _is_meant(run: Run, library: str) -> bool:
    return run.mode != UNDO and library in {"", run.library}


def _is_kept(event: Event) -> bool:
    return bool(event.backup) and event.result == Result.DONE


class _Back:
    """What undos brought back, unless they were undone themselves."""

    def __init__(self, state: State) -> None:
        self._restored: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in state.restored():
            self._restored[event.reason, *_place(event)].append(event)

    def holds(self, event: Event) -> bool:
        later = self._restored.get((_reason(event.run), *_place(event)), ())
        return any(one.run > event.run and not self.holds(one) for one in later)


def _place(event: Event) -> tuple[str, str, str]:
    return event.service, name_key(event.album), name_key(event.name)


def _reason(run: int) -> str:
    return f"undo of run {run}"


# -- what comes back
# -----------------------------------------------------------------------


class Services:
    """The services that events need: each is connected and read when the first of them
    asks.

    One that fails is not asked again. `accounts` tells of each scope whose photos those
    are.
    """

    def __init__(
        self,
        connect: Callable[[str], Backend],
        events: Sequence[Event],
        accounts: Mapping[int, str],
    ) -> None:
        self._connect = connect
        self._events = events
        self._accounts = accounts
        self._backends: dict[str, Backend] = {}
        self._present: dict[str, dict[tuple[str, ...], RemotePhoto]] = {}
        self._failed: dict[str, PhotosyncError] = {}

    def backend(self, event: Event) -> Backend:
        """The service of an event, which knows its albums; raises SideError and
        UsageError.
        """
        backend = self._once(event.service, self._backends, self._connect)
        account = self._accounts.get(event.scope, "another account")
        if backend.account != account:
            raise Rejected(
                f"it is of {account}, but {event.service} is that of {backend.account}"
            )
        # What comes back has to find its own album.
        self._once(event.service, self._present, self._listed)
        return backend

    def present(self, event: Event) -> RemotePhoto:
        """The photo there as it is now; raises NotFound where there is none."""
        photos = self._present[event.service]
        found = event.remote and photos.get((event.remote.id,))
        found = found or photos.get((name_key(event.album), name_key(event.name)))
        if not found:
            raise NotFound("it is not there any longer")
        return found

    def _listed(self, service: str) -> dict[tuple[str, ...], RemotePhoto]:
        backend = self._backends[service]
        titles = {
            name_key(event.album) for event in self._events if event.service == service
        }
        wanted = [
            album for album in backend.albums() if name_key(album.title) in titles
        ]
        found: dict[tuple[str, ...], RemotePhoto] = {}
        for listing in backend.photos(wanted):
            if listing.unknown:
                raise NotFound(f"{service} {listing.album.title}: {listing.unknown}")
            for photo in listing.photos:
                found[photo.id,] = photo
                found[name_key(listing.album.title), name_key(photo.name)] = photo
        return found

    def _once(self, service: str, made: dict[str, T], make: Callable[[str], T]) -> T:
        if service in self._failed:
            raise self._failed[service]
        if service not in made:
            try:
                made[service] = make(service)
            except _FAILURES as error:
                self._failed[service] = error
                raise
        return made[service]


def undo(
    events: Sequence[Event], explorer: Explorer, services: Services
) -> Iterator[Restored]:
    """Bring photos back, the last first; raises nothing for one that cannot be."""
    for event in reversed(events):
        try:
            yield _bring_back(event, explorer, services)
        except _FAILURES as error:
            yield Restored(event, str(error), error.exit_code)


def noting(restored: Iterator[Restored], state: State, run: Run) -> Iterator[Restored]:
    """Note what comes back, as soon as it is back, as a run of its own."""
    number, code = state.begin_run(run.library, UNDO), 0
    for one in restored:
        code = max(code, one.exit_code)
        if not one.problem:
            state.write([noted([_told(one, number)])])
        yield one
    state.end_run(number, code)


def _told(one: Restored, run: int) -> Event:
    event = one.event._replace(run=run, action=RESTORED, reason=_reason(one.event.run))
    remote, backup_side = (
        one.remote or one.event.remote,
        Side.LOCAL if one.backup else "",
    )
    return event._replace(remote=remote, backup=one.backup, backup_side=backup_side)


def _bring_back(event: Event, explorer: Explorer, services: Services) -> Restored:
    if event.backup_side == Side.LOCAL and event.action in _LOCAL:
        explorer.restore(event.backup, event.path)
        return Restored(event)
    backend = services.backend(event)
    if event.backup_side != Side.LOCAL:
        assert event.remote is not None
        backend.restore(event.remote, event.backup)
        return Restored(event)
    return _send_again(event, explorer, backend, services)


def _send_again(
    event: Event, explorer: Explorer, backend: Backend, services: Services
) -> Restored:
    """A service that keeps nothing gets the bytes anew that were fetched from it
    beforehand.
    """
    source = explorer.source(_in_trash(event))
    if event.action == Actions.DELETE_REMOTE:
        remote = backend.save(event.album, event.name, source, ignore_progress)
        backend.commit_album(event.album)
        return Restored(event, remote=remote)
    now, backup = services.present(event), ""
    if backend.capabilities.final_delete:
        with backend.open(now) as stream:
            backup = explorer.keep(event.album, event.name, stream, Content.of(now))
    return Restored(
        event, remote=backend.replace(now, source, ignore_progress), backup=backup
    )


def _in_trash(event: Event) -> LocalPhoto:
    try:
        status = Path(event.backup).stat()
    except OSError as error:
        raise NotFound("it is not in the trash any longer") from error
    folder, file = os.path.split(event.backup)
    return LocalPhoto(event.name, folder, file, status.st_size, status.st_mtime_ns)
