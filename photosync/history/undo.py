"""Undo: brings back from the trashes what a run deleted or replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from photosync.history.journal import RESTORED, UNDO, Event, Journal, Run
from photosync.local.explorer import Explorer
from photosync.model import Actions, RemotePhoto, Result, Side
from photosync.naming import name_key
from photosync.services.base import Backend
from photosync.services.fetching import fetch
from photosync.unforeseen import contain

T = TypeVar("T")

_CHANGES_LOCAL_FILE = frozenset({Actions.DELETE_LOCAL, Actions.DOWNLOAD_REMOTE})
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


def choose_run(journal: Journal, number: int, library: str = "") -> Choice:
    """Return the run of this number, or for 0 the last one that left something.

    That is the last of one library, or of all where none is given. What came back
    already is left out. Raises UsageError where there is no such run, or where it left
    nothing.
    """
    runs, restored = journal.read_runs(), _RestoredEvents(journal)
    if number:
        for run in runs:
            if run.id == number:
                choice = _choose_events(journal.read_events(run.id), run, restored)
                _check_choice(choice)
                return choice
        raise UsageError(
            f"--undo: there is no run {number}; --history shows their numbers"
        )
    for run in runs:
        # Undos are no runs to go back from by themselves: undoing again and again goes
        # back in time.
        if run.mode != UNDO and library in {"", run.library}:
            choice = _choose_events(journal.read_events(run.id), run, restored)
            if choice.events:
                return choice
    whose = " of this library" if library else ""
    raise UsageError(f"--undo: no run{whose} left anything that could be brought back")


def _check_choice(choice: Choice) -> None:
    """Raise UsageError where a run left nothing to bring back, now or before."""
    if choice.events or choice.back:
        return
    number = choice.run.id
    if choice.run.mode == UNDO:
        raise UsageError(
            f"--undo: run {number} is an undo, which is not taken back; what it took the "
            "place of lies in .photosync-trash"
        )
    raise UsageError(
        f"--undo: run {number} left nothing that could be brought back; --runs shows what "
        "each did"
    )


def _choose_events(
    events: Sequence[Event], run: Run, restored: _RestoredEvents
) -> Choice:
    kept = [event for event in events if _has_backup(event)]
    missing = [event for event in kept if not restored.is_back(event)]
    return Choice(run, missing, len(kept) - len(missing))


def _has_backup(event: Event) -> bool:
    return bool(event.backup) and event.result == Result.DONE


class _RestoredEvents:
    """What undos brought back."""

    def __init__(self, journal: Journal) -> None:
        self._by_photo: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in journal.read_restored():
            self._by_photo[event.reason, *_photo_key(event)].append(event)

    def is_back(self, event: Event) -> bool:
        """Tell whether an undo brought this back, and no later undo undid that."""
        undone = self._by_photo.get((_undo_reason(event.run), *_photo_key(event)), [])
        for restoring in undone:
            if restoring.run > event.run and not self.is_back(restoring):
                return True
        return False


def _photo_key(event: Event) -> tuple[str, str, str]:
    return event.service, *event.place.key


def _undo_reason(run: int) -> str:
    """Return how an undo notes in the journal which run it undid."""
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

    def connect_for(self, event: Event) -> Backend:
        """Return the service of an event, with its albums listed.

        Raises SideError and UsageError, among them Rejected for another account.
        """
        backend = self._call_once(event.service, self._backends, self._connect)
        # Somebody may have signed in as another user since.
        account = self._accounts.get(event.scope, "another account")
        if not backend.is_of(account):
            raise Rejected(
                f"it is of {account}, but {name_service(event.service)} is that of "
                f"{backend.account}"
            )
        # What comes back has to find its own album.
        self._call_once(event.service, self._present, self._list_photos)
        return backend

    def find_present(self, event: Event) -> RemotePhoto:
        """Return the photo there as it is now; raises NotFound where there is none."""
        photos = self._present[event.service]
        # A service that replaced it may have given it another id.
        found = event.remote and photos.get((event.remote.id,))
        found = found or photos.get((name_key(event.album), name_key(event.name)))
        if not found:
            raise NotFound("it is not there any longer")
        return found

    def _list_photos(self, service: str) -> dict[tuple[str, ...], RemotePhoto]:
        """Return the photos of the events' albums by their id, and by album and name."""
        backend = self._backends[service]
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
                found[name_key(listing.album.title), name_key(photo.name)] = photo
        return found

    def _call_once(
        self, service: str, results: dict[str, T], call: Callable[[str], T]
    ) -> T:
        """Return what was called for before, or call now; a failure is raised again."""
        if service in self._failed:
            raise self._failed[service]
        if service not in results:
            try:
                results[service] = call(service)
            except _FAILURES as error:
                self._failed[service] = error
                raise
        return results[service]


def undo(
    events: Sequence[Event], explorer: Explorer, services: Services
) -> Iterator[Restored]:
    """Bring photos back, the last first; raises nothing for one that cannot be."""
    # What was replaced twice in one run ends as it was before the run.
    for event in reversed(events):
        try:
            with contain(f"{event.album}/{event.name}", UsageError):
                restored = _bring_back(event, explorer, services)
        except _FAILURES as error:
            restored = Restored(event, str(error), error.exit_code)
        yield restored


def record_undo(
    results: Iterator[Restored], journal: Journal, run: Run
) -> Iterator[Restored]:
    """Write what comes back, as soon as it is back, as a run of its own.

    Raises StateUnusable before anything comes back, or after the photo of which it
    could not be written: what is not known to be back would be brought back twice, over
    what came after.
    """
    try:
        number = journal.begin_run(run.library, UNDO)
    except StateUnusable as error:
        raise StateUnusable(
            f"{error}; nothing is brought back, as that could not be remembered"
        ) from error
    code = 0
    for restored in results:
        code = max(code, restored.exit_code)
        try:
            if not restored.problem:
                journal.add(_make_event(restored, number))
        except StateUnusable as error:
            yield restored
            raise StateUnusable(
                f"{error}; the undo ends here, as that cannot be remembered"
            ) from error
        yield restored
    journal.end_run(number, code)


def _make_event(restored: Restored, run: int) -> Event:
    event = restored.event
    return event._replace(
        run=run,
        action=RESTORED,
        reason=_undo_reason(event.run),
        remote=restored.remote or event.remote,
        backup=restored.backup,
        backup_side=Side.LOCAL if restored.backup else "",
        # It comes back to where it was; nothing is moved.
        origin_album="",
        origin_name="",
    )


def _bring_back(event: Event, explorer: Explorer, services: Services) -> Restored:
    if event.backup_side == Side.LOCAL and event.action in _CHANGES_LOCAL_FILE:
        explorer.restore(event.backup, event.path)
        return Restored(event)
    backend = services.connect_for(event)
    if event.backup_side != Side.LOCAL:
        assert event.remote is not None
        backend.restore(event.remote, event.backup)
        return Restored(event)
    return _send_from_trash(event, explorer, backend, services)


def _send_from_trash(
    event: Event, explorer: Explorer, backend: Backend, services: Services
) -> Restored:
    """Give a service that keeps nothing the bytes that were fetched from it before."""
    source = explorer.source(explorer.find_kept(event.backup, event.name))
    if event.action == Actions.DELETE_REMOTE:
        remote = backend.save(event.album, event.name, source, ignore_progress)
        versions = backend.commit_album(event.album)
        version = versions.get(remote.id, remote.version)
        return Restored(event, remote=remote._replace(version=version))
    now, backup = services.find_present(event), ""
    if backend.capabilities.final_delete:

        def keep(stream: Readable, expected: Content) -> str:
            return explorer.keep(event.album, event.name, stream, expected)

        backup, now = fetch(backend, now, keep)
    remote = backend.replace(now, source, ignore_progress)
    return Restored(event, remote=remote, backup=backup)
