"""What an undo brings back: what the last run took, a run by its number, the runs of a day,
or certain photos from the last run that took them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from photosync.errors import UsageError
from photosync.history.journal.journal import UNDO, Event, Journal, Run
from photosync.history.journal.search import Named
from photosync.history.journal.trail import find_trails
from photosync.media import format_local_time
from photosync.model import Comparisons, Result


class Choice(NamedTuple):
    """The runs that are undone, the earliest first.

    `events` are those that are to be taken back, in the order in which they were done,
    and `back` counts those that were taken back before. `damaged` are copies that a run
    replaced by good ones: they come back only where the photo itself is named.
    """

    runs: Sequence[Run]
    events: Sequence[Event]
    back: int = 0
    damaged: Sequence[Event] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to bring back, and nothing came back before."""
        return not self.events and not self.damaged and self.back == 0

    @property
    def library(self) -> str:
        """The library of these runs, which is the same for all."""
        return self.runs[-1].library


def choose_run(journal: Journal, number: int, library: str = "") -> Choice:
    """Return what the run of this number took; for 0, the last run that took something,
    of one library or, where none is given, of any.

    What came back already is left out. Raises UsageError where there is no such run, or
    where it took nothing.
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
        # A run that only replaced damaged copies counts as the last one all the same.
        only_repaired = choice.damaged and not choice.back
        if choice.events or only_repaired:
            return choice
    whose = " of this library" if library else ""
    raise UsageError(f"--undo: no run{whose} left anything that could be brought back")


def choose_day(journal: Journal, day: str, library: str = "") -> Choice:
    """Return what all runs of a day took; they are undone together.

    Raises UsageError where none of them took anything, or where they are of several
    libraries.
    """
    runs = list(_list_runs(journal.read_runs(), library))
    restored = RestoredEvents(journal)
    left: list[Choice] = []
    # They come the latest first, and are told in the order in which they were.
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
    """Return the photos that a word names, each from the last run that took it; None
    where no run did. Raises UsageError where they are of several libraries.
    """
    runs = {run.id: run for run in _list_runs(journal.read_runs(), library)}
    restored = RestoredEvents(journal)
    photos: list[Choice] = []
    for is_of_album, events in _group_photos(journal, named):
        of_these_runs = [event for event in events if event.run in runs]
        kept = [event for event in of_these_runs if _has_backup(event)]
        photos.append(_choose_photo(kept, restored, is_of_album=is_of_album))
    choice = _join(photos)
    if choice.is_empty:
        return None
    if not choice.events:
        return choice
    # Each photo may come from another run; they are taken back by the order of runs.
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
        came_back_before = 1 if kept else 0
        return Choice((), (), back=came_back_before)
    if not is_of_album:
        # Whoever names a single photo may want even its damaged copy.
        return Choice((), latest)
    damaged = [event for event in latest if is_damaged(event)]
    missing = [event for event in latest if not is_damaged(event)]
    return Choice((), missing, damaged=damaged)


def _find_latest(kept: Iterable[Event], restored: RestoredEvents) -> Sequence[Event]:
    """Return the events of the last run that took something which is not back yet."""
    absent = [event for event in kept if not restored.is_back(event)]
    runs = [event.run for event in absent]
    last = max(runs, default=0)
    return [event for event in absent if event.run == last]


def _group_photos(
    journal: Journal, named: Named
) -> Iterator[tuple[bool, Sequence[Event]]]:
    """Yield the events of each photo, with whether it was named by its album only."""
    for trail in find_trails(journal, named.places):
        yield False, trail.events
    for album in named.albums:
        photos: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in journal.read_album(album):
            if named.covers(event):
                photos[event.place.key].append(event)
        for events in photos.values():
            yield True, events


def _list_runs(runs: Iterable[Run], library: str) -> Iterator[Run]:
    """Yield the runs of a library that can be undone."""
    for run in runs:
        # An undo is not undone: so `--undo` again and again goes back in time.
        if run.mode != UNDO and library in {"", run.library}:
            yield run


def _format_day(run: Run) -> str:
    return format_local_time(run.began * 10**9).partition(" ")[0]


def _check_choice(choice: Choice) -> None:
    """Raise UsageError where there is nothing to bring back, and nothing came back."""
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
    """Return a choice; raises UsageError where its runs are of several libraries."""
    libraries = {run.library for run in choice.runs}
    if len(libraries) > 1:
        raise UsageError(
            "--undo: these are photos of several libraries; name the one that is meant "
            "with -d"
        )
    return choice


def _choose_events(journal: Journal, run: Run, restored: RestoredEvents) -> Choice:
    """Return what one run took, with what came back already only counted."""
    missing: list[Event] = []
    damaged: list[Event] = []
    back = 0
    for event in journal.read_events(run.id):
        # An upload takes nothing away, so there is nothing to bring back.
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
    """Whether the copy that a run put into the trash was a damaged one."""
    return event.comparison == Comparisons.ROTTEN


def _has_backup(event: Event) -> bool:
    return bool(event.backup) and event.result == Result.DONE


class RestoredEvents:
    """The events by which undos brought photos back."""

    def __init__(self, journal: Journal) -> None:
        by_photo: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in journal.read_restored():
            # The reason of such an event says which run was undone.
            key = (event.reason, *_find_key(event))
            by_photo[key].append(event)
        self._by_photo: Mapping[tuple[str, ...], list[Event]] = by_photo

    def is_back(self, event: Event) -> bool:
        """Whether an undo took this event back, and no later undo took that back."""
        key = (make_undo_reason(event.run), *_find_key(event))
        for restoring in self._by_photo.get(key, []):
            if restoring.run > event.run and not self.is_back(restoring):
                return True
        return False


def _find_key(event: Event) -> tuple[str, ...]:
    """Return the key of an event among those of its run. The comparison is part of it, as
    the second plan of a run may replace a photo that the first one replaced.
    """
    return event.service, event.comparison, *event.place.key


def make_undo_reason(run: int) -> str:
    """Return the reason that an undo writes to the journal for the run it undid."""
    return f"undo of run {run}"
