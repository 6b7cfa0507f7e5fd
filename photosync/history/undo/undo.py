"""Undo: brings back from the trashes what runs deleted or replaced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

from photosync.disk.files import Content
from photosync.disk.streams import Readable, ignore_progress
from photosync.errors import (
    NotFound,
    PhotosyncError,
    Rejected,
    SideError,
    StateUnusable,
    UsageError,
)
from photosync.formatting import name_service
from photosync.history.journal.journal import RESTORED, UNDO, Event, Journal, Place
from photosync.history.storage.write_queue import Change
from photosync.history.sync_state.details import make_loss
from photosync.history.undo.choice import make_undo_reason
from photosync.history.undo.newer_versions import Newer, find_taken_place, is_kept_here
from photosync.local.explorer import Explorer
from photosync.model import Actions, RemotePhoto, Side
from photosync.naming import name_key
from photosync.services.base import Backend
from photosync.services.fetching import fetch
from photosync.unforeseen import contain

T = TypeVar("T")

_FAILURES = (SideError, UsageError)


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


# -- what comes back
# -----------------------------------------------------------------------


def _describe_other(backend: Backend, account: str) -> str:
    """Return why nothing can come back from a service that is not that of an event."""
    if backend.is_missing():
        return "it is not there; is its disk mounted?"
    if backend.find_place():
        return "another folder or disk is there now; is the right one mounted?"
    # Somebody signed in as another user since.
    name = name_service(backend.name)
    return f"it is of {account}, but {name} is that of {backend.account}"


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

    def connect_for(self, event: Event) -> Backend:
        """Return the service of an event, with its albums listed.

        Raises SideError and UsageError, among them Rejected for another account.
        """
        backend = self._call_once(event.service, self._backends, self._connect)
        account = self._accounts.get(event.scope, "another account")
        if not backend.is_of(account):
            raise Rejected(_describe_other(backend, account))
        # What comes back has to find its own album.
        self._call_once(event.service, self._present, self._list_photos)
        return backend

    def find_present(self, event: Event) -> RemotePhoto:
        """Return the photo there as it is now; raises NotFound where there is none."""
        found = self.look_for(event)
        if not found:
            raise NotFound("it is not there any longer")
        return found

    def look_for(self, event: Event) -> RemotePhoto | None:
        """Return the photo there as it is now, None where there is none."""
        photos = self._present[event.service]
        # A service that replaced it may have given it another id.
        found = event.remote and photos.get((event.remote.id,))
        return found or photos.get(event.place.key)

    def _list_photos(self, service: str) -> dict[tuple[str, ...], RemotePhoto]:
        """Return the photos of the events' albums by their id, and by album and name."""
        backend = self._backends[service]
        # Of a library of 100,000 photos only the albums of these are read.
        events = [event for event in self._events if event.service == service]
        titles = {name_key(event.album) for event in events}
        wanted = [
            album for album in backend.albums() if name_key(album.title) in titles
        ]
        found: dict[tuple[str, ...], RemotePhoto] = {}
        for listing in backend.photos(wanted):
            if listing.unknown:
                raise NotFound(
                    f"{name_service(service)} {listing.album.title}: {listing.unknown}"
                )
            for photo in listing.photos:
                found[photo.id,] = photo
                found[Place(listing.album.title, photo.name).key] = photo
        return found

    def _call_once(
        self, service: str, results: dict[str, T], call: Callable[[str], T]
    ) -> T:
        """Return what was called for before, or call now; a failure is raised again."""
        if service in self._failed:
            raise self._failed[service]
        if service not in results:
            # One that does not answer is asked once, and not for each of its photos.
            try:
                results[service] = call(service)
            except _FAILURES as error:
                self._failed[service] = error
                raise
        return results[service]


def undo(
    events: Sequence[Event], explorer: Explorer, services: Services, newer: Newer
) -> Iterator[Restored]:
    """Bring photos back, the last first; raises nothing for one that cannot be."""
    failed: set[tuple[str, ...]] = set()
    # What was replaced twice ends as it was before the first of these runs.
    for event in reversed(events):
        try:
            if find_taken_place(event) in failed:
                raise Rejected("what took its place later could not be brought back")
            with contain(f"{event.album}/{event.name}", UsageError):
                restored = _bring_back(event, explorer, services, newer)
            newer.accept(event)
        except _FAILURES as error:
            failed.add(find_taken_place(event))
            restored = Restored(event, str(error), error.exit_code)
        yield restored


def record_undo(
    results: Iterator[Restored], journal: Journal, library: str
) -> Iterator[Restored]:
    """Write what comes back, as soon as it is back, as a run of its own.

    Raises StateUnusable before anything comes back, or after the photo of which it
    could not be written: what is not known to be back would be brought back twice, over
    what came after.
    """
    try:
        number = journal.begin_run(library, UNDO)
    except StateUnusable as error:
        raise StateUnusable(
            f"{error}; nothing is brought back, as that could not be remembered"
        ) from error
    code = 0
    for restored in results:
        code = max(code, restored.exit_code)
        try:
            if not restored.problem:
                forgets = _forget_agreement(restored.event)
                journal.add(_make_event(restored, number), *forgets)
        except StateUnusable as error:
            yield restored
            raise StateUnusable(
                f"{error}; the undo ends here, as that cannot be remembered"
            ) from error
        yield restored
    journal.end_run(number, code)


def _forget_agreement(event: Event) -> Iterator[Change]:
    """Yield what is forgotten once both sides tell again what each of them told.

    Each side's own edit would else be taken for one that the other side took back.
    """
    if event.action == Actions.MERGE_METADATA:
        yield make_loss(event.scope, [(event.album, event.name)])


def _make_event(restored: Restored, run: int) -> Event:
    event = restored.event
    return event._replace(
        run=run,
        action=RESTORED,
        reason=make_undo_reason(event.run),
        remote=restored.remote or event.remote,
        backup=restored.backup,
        backup_side=Side.LOCAL if restored.backup else "",
        # It comes back to where it was; nothing is moved.
        origin_album="",
        origin_name="",
    )


def _bring_back(
    event: Event, explorer: Explorer, services: Services, newer: Newer
) -> Restored:
    """Bring one photo back; raises SideError and UsageError where that cannot be."""
    newer.check_here(event)
    if is_kept_here(event):
        # It needs no service: a disk that is away keeps nobody waiting.
        explorer.restore(event.backup, event.path)
        return Restored(event)
    backend = services.connect_for(event)
    newer.check_present(event, services.look_for(event))
    if event.action == Actions.MERGE_METADATA:
        return _bring_details_back(event, explorer, backend)
    if event.backup_side != Side.LOCAL:
        assert event.remote is not None
        backend.restore(event.remote, event.backup)
        return Restored(event)
    return _send_from_trash(event, explorer, backend, services)


def _bring_details_back(event: Event, explorer: Explorer, backend: Backend) -> Restored:
    """Bring back a sidecar and what a service told when both were brought together."""
    sidecar = ""
    details = event.backup
    # Where nothing here was replaced, the backup is the details of the service alone.
    with suppress(ValueError, TypeError):
        sidecar, details = json.loads(event.backup)
    if sidecar:
        explorer.restore(sidecar, event.path)
    assert event.remote is not None
    backend.restore(event.remote, details)
    return Restored(event)


def _send_from_trash(
    event: Event, explorer: Explorer, backend: Backend, services: Services
) -> Restored:
    """Give a service that keeps nothing the bytes that were fetched from it before."""
    source = explorer.source(explorer.find_kept(event.backup, event.name))
    if event.action == Actions.DELETE_REMOTE:
        remote = backend.save(event.album, event.name, source, ignore_progress)
        backend.commit_album(event.album)
        version = backend.find_versions([remote.id]).get(remote.id, remote.version)
        return Restored(event, remote=remote._replace(version=version))
    now = services.find_present(event)
    backup = ""
    if backend.capabilities.final_delete:
        # Flickr keeps no old bytes: what is there now goes into the trash here first.
        def keep(stream: Readable, expected: Content) -> str:
            return explorer.keep(event.album, event.name, stream, expected)

        backup, now = fetch(backend, now, keep)
    remote = backend.replace(now, source, ignore_progress)
    return Restored(event, remote=remote, backup=backup)
