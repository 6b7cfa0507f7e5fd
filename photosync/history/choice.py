"""What an undo is about: the last run, one by its number, those of a day, or some photos
wherever they were taken last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from photosync.errors import UsageError
from photosync.history.journal import UNDO, Event, Journal, Run
from photosync.history.known import Named
from photosync.history.trail import follow
from photosync.media import format_local_time
from photosync.model import Comparisons, Result


class Choice(NamedTuple):
    """The runs that are undone, the earliest first; what of them is to come back, in the
    order it was done; and how much of it came back before.

    `damaged` are copies that a run replaced by good ones: they come back only where the
    photo itself is named.
    """

    runs: Sequence[Run]
    events: Sequence[Event]
    back: int = 0
    damaged: Sequence[Event] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was left to bring back, now or before."""
        return not (self.events or self.back or self.damaged)

    @property
    def library(self) -> str:
        """The library of these runs, which is one."""
        return self.runs[-1].library


def choose_run(journal: Journal, number: int, library: str = "") -> Choice:
    """Return the run of this number, or for 0 the last one that left something.

    That is the last of one library, or of all where none is given. What came back
    already is left out. Raises UsageError where there is no such run, or where it left
    nothing.
    """
    runs = journal.read_runs()
    restored = RestoredEvents(journal)
    if number:
        for run in runs:
            if run.id == number:
                choice = _choose_events(journal, run, restored)
                _check_choice(choice)
                return choice
        raise UsageError(
            f"--undo: there is no run {number}; --runs shows their numbers, and an album "
            f"of that name is {number}/"
        )
    for run in _list_runs(runs, library):
        choice = _choose_events(journal, run, restored)
        # After a run that only replaced damaged copies nobody means the one before.
        only_repaired = choice.damaged and not choice.back
        if choice.events or only_repaired:
            return choice
    whose = " of this library" if library else ""
    raise UsageError(f"--undo: no run{whose} left anything that could be brought back")


def choose_day(journal: Journal, day: str, library: str = "") -> Choice:
    """Return all runs of a day, which are undone together, from the last to the first.

    Raises UsageError where none of them left anything, or where they are of several
    libraries.
    """
    runs = list(_list_runs(journal.read_runs(), library))
    restored = RestoredEvents(journal)
    left: list[Choice] = []
    for run in reversed(runs):
        if _format_day(run) != day:
            continue
        choice = _choose_events(journal, run, restored)
        if not choice.is_empty:
            left.append(choice)
    if not left:
        raise UsageError(
            f"--undo: no run of {day} left anything that could be brought back; --runs "
            f"lists all of them, and an album of that name is {day}/"
        )
    return _check_library(_join(left))


def _join(choices: Iterable[Choice]) -> Choice:
    """Return several choices as one."""
    runs: list[Run] = []
    events: list[Event] = []
    damaged: list[Event] = []
    back = 0
    for choice in choices:
        runs += choice.runs
        events += choice.events
        damaged += choice.damaged
        back += choice.back
    return Choice(runs, events, back, damaged)


def choose_named(journal: Journal, named: Named, library: str = "") -> Choice | None:
    """Return the photos that were named, each from the last run that took it; None where
    none did. Raises UsageError where they are of several libraries.
    """
    runs = {run.id: run for run in _list_runs(journal.read_runs(), library)}
    restored = RestoredEvents(journal)
    photos: list[Choice] = []
    for is_of_album, events in _group_photos(journal, named):
        kept = [event for event in events if _has_backup(event) and event.run in runs]
        photos.append(_choose_photo(kept, restored, is_of_album=is_of_album))
    choice = _join(photos)
    if choice.is_empty:
        return None
    if not choice.events:
        return choice
    missing = sorted(choice.events, key=attrgetter("run"))
    numbers = dict.fromkeys(event.run for event in missing)
    chosen = [runs[number] for number in numbers]
    return _check_library(choice._replace(runs=chosen, events=missing))


def _choose_photo(
    kept: Sequence[Event], restored: RestoredEvents, *, is_of_album: bool
) -> Choice:
    """Return what is to come back of one photo; its runs are not named yet."""
    latest = _find_latest(kept, restored)
    if not latest:
        return Choice((), (), back=int(bool(kept)))
    if not is_of_album:
        # Who names a photo may want to see what was wrong with it.
        return Choice((), latest)
    damaged = [event for event in latest if is_damaged(event)]
    missing = [event for event in latest if not is_damaged(event)]
    return Choice((), missing, damaged=damaged)


def _find_latest(kept: Iterable[Event], restored: RestoredEvents) -> Sequence[Event]:
    """Return what the last run took that took something which is not back."""
    absent = [event for event in kept if not restored.is_back(event)]
    last = max((event.run for event in absent), default=0)
    return [event for event in absent if event.run == last]


def _group_photos(
    journal: Journal, named: Named
) -> Iterator[tuple[bool, Sequence[Event]]]:
    """Yield what happened to each photo that was named, and whether only its album
    was.
    """
    for trail in follow(journal, named.places):
        yield False, trail.events
    for album in named.albums:
        photos: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in journal.read_album(album):
            if named.covers(event):
                photos[event.place.key].append(event)
        for events in photos.values():
            yield True, events


def _list_runs(runs: Iterable[Run], library: str) -> Iterator[Run]:
    """Yield the runs that may be gone back from."""
    for run in runs:
        # Undos are none by themselves: undoing again and again goes back in time.
        if run.mode != UNDO and library in {"", run.library}:
            yield run


def _format_day(run: Run) -> str:
    return format_local_time(run.began * 10**9).partition(" ")[0]


def _check_choice(choice: Choice) -> None:
    """Raise UsageError where a run left nothing to bring back, now or before."""
    if not choice.is_empty:
        return
    (run,) = choice.runs
    if run.mode == UNDO:
        raise UsageError(
            f"--undo: run {run.id} is an undo, which is not taken back; what it took the "
            "place of lies in .photosync-trash"
        )
    raise UsageError(
        f"--undo: run {run.id} left nothing that could be brought back; --runs shows "
        "what each did"
    )


def _check_library(choice: Choice) -> Choice:
    """Return a choice; raises UsageError where it is of several libraries."""
    if len({run.library for run in choice.runs}) > 1:
        raise UsageError(
            "--undo: these are photos of several libraries; name the one that is meant "
            "with -d"
        )
    return choice


def _choose_events(journal: Journal, run: Run, restored: RestoredEvents) -> Choice:
    """Return what a run took."""
    missing: list[Event] = []
    damaged: list[Event] = []
    back = 0
    for event in journal.read_events(run.id):
        if not _has_backup(event):
            continue
        if restored.is_back(event):
            back += 1
        elif is_damaged(event):
            damaged.append(event)
        else:
            missing.append(event)
    return Choice([run], missing, back, damaged)


def is_damaged(event: Event) -> bool:
    """Whether what a run kept is a copy that had lost bytes by itself."""
    return event.comparison == Comparisons.ROTTEN


def _has_backup(event: Event) -> bool:
    return bool(event.backup) and event.result == Result.DONE


class RestoredEvents:
    """What undos brought back."""

    def __init__(self, journal: Journal) -> None:
        by_photo: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in journal.read_restored():
            # The reason of what an undo did says which run it undid.
            key = (event.reason, *_find_key(event))
            by_photo[key].append(event)
        self._by_photo: Mapping[tuple[str, ...], list[Event]] = by_photo

    def is_back(self, event: Event) -> bool:
        """Tell whether an undo brought this back, and no later undo undid that."""
        key = (make_undo_reason(event.run), *_find_key(event))
        for restoring in self._by_photo.get(key, []):
            if restoring.run > event.run and not self.is_back(restoring):
                return True
        return False


def _find_key(event: Event) -> tuple[str, ...]:
    """Return what tells apart what one run did about photos: a second plan of it may
    have replaced what the first one did.
    """
    return event.service, event.comparison, *event.place.key


def make_undo_reason(run: int) -> str:
    """Return how an undo notes in the journal which run it undid."""
    return f"undo of run {run}"
