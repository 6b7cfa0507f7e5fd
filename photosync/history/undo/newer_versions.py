"""What an undo does not take the place of: what is newer than what the run left."""

from __future__ import annotations

import os
from collections.abc import Sequence

from photosync.errors import Rejected
from photosync.history.journal.journal import Event, Journal
from photosync.history.undo.choice import RestoredEvents
from photosync.model import Actions, RemotePhoto, Result, Side

_CHANGES_LOCAL_FILE = frozenset(
    {
        Actions.DELETE_LOCAL,
        Actions.DOWNLOAD_REMOTE,
        Actions.UPDATE_LOCAL_METADATA,
        Actions.MERGE_METADATA,
    }
)
_CHANGES_DETAILS = frozenset(
    {
        Actions.UPDATE_LOCAL_METADATA,
        Actions.UPDATE_REMOTE_METADATA,
        Actions.MERGE_METADATA,
    }
)
_REPLACES = _CHANGES_DETAILS | {
    Actions.DOWNLOAD_REMOTE,
    Actions.REPLACE_REMOTE_WITH_LOCAL,
}

_SECOND = 10**9
_CLOCKS_OF_DISKS = 2 * _SECOND
"""How far off a disk may keep a date."""

_THERE_AGAIN = "a file of that name is there again; move it away first"
_EDITED = "it was changed after run {run}; move it away first"


class Newer:
    """Refuses to bring back old content in the place of newer one; `events` are what is
    to come back.
    """

    def __init__(self, journal: Journal, events: Sequence[Event]) -> None:
        self._journal = journal
        self._chosen = {_identify(event) for event in events}
        self._restored = RestoredEvents(journal)
        self._ends = {run.id: run.ended or run.began for run in journal.read_runs()}
        self._accepted: set[tuple[str, ...]] = set()

    def accept(self, event: Event) -> None:
        """Take what was brought back for what may be replaced by what was before it."""
        self._accepted.add(find_taken_place(event))

    def check_here(self, event: Event) -> None:
        """Raise Rejected for what is found without asking a service."""
        self._check_journal(event)
        if is_kept_here(event) or event.action == Actions.MERGE_METADATA:
            self._check_file(event)

    def _check_journal(self, event: Event) -> None:
        """Raise Rejected where a later run replaced the photo again, and that is not
        undone together with it.
        """
        if event.action not in _REPLACES:
            return
        for later in self._journal.read_at(event.place).values():
            if later.run > event.run and self._replaces_again(later, event):
                hint = f"; --undo {later.run} comes first" if later.backup else ""
                raise Rejected(f"run {later.run} replaced it later{hint}")

    def _replaces_again(self, later: Event, event: Event) -> bool:
        if later.result != Result.DONE or not self._stands(later):
            return False
        if event.action in _CHANGES_DETAILS:
            # Whichever side they were written on: it follows the other one.
            return later.action in _CHANGES_DETAILS and later.backup != ""
        if later.action != event.action:
            return False
        if event.action == Actions.DOWNLOAD_REMOTE:
            # Else it came for the first time, as what was here had been deleted.
            return bool(later.backup_side)
        return later.service == event.service

    def _stands(self, event: Event) -> bool:
        """Whether an event is neither undone nor about to be."""
        if _identify(event) in self._chosen:
            return False
        return not self._restored.is_back(event)

    def _check_file(self, event: Event) -> None:
        """Raise Rejected where the file here is another one than the run left."""
        try:
            status = os.lstat(event.path)
        except OSError:
            # Nothing is in its way.
            return
        if event.action == Actions.DELETE_LOCAL:
            raise Rejected(_THERE_AGAIN)
        self._check_date(event, status.st_mtime_ns)

    def check_present(self, event: Event, present: RemotePhoto | None) -> None:
        """Raise Rejected where a service has another content than the run left there."""
        if present and event.action in _REPLACES:
            self._check_date(event, present.modified_ns)

    def _check_date(self, event: Event, modified_ns: int | None) -> None:
        left_ns = event.remote.modified_ns if event.remote else None
        end = self._ends.get(event.run)
        # Where nobody can tell it comes back: what it takes the place of is kept, too.
        if modified_ns is None or left_ns is None or end is None:
            return
        if find_taken_place(event) in self._accepted:
            return
        is_changed = abs(modified_ns - left_ns) > _CLOCKS_OF_DISKS
        # A disk that keeps no dates gives the hour of the run itself.
        if is_changed and modified_ns > (end + 1) * _SECOND:
            raise Rejected(_EDITED.format(run=event.run))


def is_kept_here(event: Event) -> bool:
    """Whether it is here that something was taken away, and is kept."""
    return event.backup_side == Side.LOCAL and event.action in _CHANGES_LOCAL_FILE


def find_taken_place(event: Event) -> tuple[str, ...]:
    """Return the side on which an event took something away, and the place there."""
    side = Side.LOCAL if event.action in _CHANGES_LOCAL_FILE else event.service
    return side, *event.place.key


def _identify(event: Event) -> tuple[object, ...]:
    return event.run, event.service, *event.place.key
