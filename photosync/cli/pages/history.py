"""`--history`: what happened to a photo, to the photos of one name, or to an album."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from photosync.cli import words
from photosync.cli.output import say
from photosync.cli.pages.listings import describe_start
from photosync.config.settings import Settings
from photosync.formatting import name_some
from photosync.history.journal.journal import RESTORED, Event, Journal
from photosync.history.journal.search import (
    Named,
    find_named,
    read_roots,
    suggest_places,
)
from photosync.history.journal.trail import Trail, find_trails
from photosync.history.storage.database import Database
from photosync.history.storage.state_file import open_whole_database
from photosync.model import Actions, Result, Side
from photosync.naming import name_key
from photosync.plan.steps import AFTER

_MANY = 20
"""Photos of one name that are told in full: every camera counts from IMG_0001."""
_NAMES = 3
"""Photos that a line about many of them names."""


def show_history(settings: Settings) -> int:
    """Print what is remembered; return 1 where that is nothing."""
    assert settings.history is not None
    with open_whole_database(settings.home.state, read_only=True) as database:
        # Without -d a path may be one below any root that ever was.
        roots = settings.root_paths or read_roots(database)
        named = find_named(database, settings.history, roots)
        lines = list(_Page(database, named, is_verbose=settings.verbose).describe())
        if not lines:
            say(f"nothing is remembered of {settings.history}")
            _suggest(suggest_places(database, settings.history))
    for line in lines:
        say(line)
    # A script that asks whether a photo was ever seen reads no sentence.
    return 0 if lines else 1


def _suggest(places: Sequence[str]) -> None:
    if places:
        say("did you mean")
        for place in places:
            say(f"  {place}")


class _Page:
    def __init__(self, database: Database, named: Named, *, is_verbose: bool) -> None:
        self._journal = Journal(database)
        self._named = named
        self._runs = {run.id: run for run in self._journal.read_runs()}
        self._is_verbose = is_verbose

    def describe(self) -> Iterator[str]:
        """Yield all that is known of what was named."""
        trails = find_trails(self._journal, self._named.places)
        if len(trails) > _MANY and not self._is_verbose:
            yield from self._list_trails(trails)
            return
        for trail in trails:
            yield from self._describe_trail(trail)
        for album in self._named.albums:
            yield from self._describe_album(album)

    def _list_trails(self, trails: Sequence[Trail]) -> Iterator[str]:
        """Yield a line for each of many photos."""
        yield f"{words.count_photos(len(trails))} of this name; -v tells all of each:"
        for trail in trails:
            last = trail.events[-1]
            date = self._format_date(last)
            yield f"  {date}  {trail.place}: {_describe_event(last)}"

    def _describe_trail(self, trail: Trail) -> Iterator[str]:
        yield str(trail.place)
        place = trail.place
        for event in trail.events:
            line = f"  {self._format_date(event)}  {_describe_event(event)}"
            # Where it was called otherwise than above.
            if event.place.key != place.key:
                how = "to" if event.origin else "as"
                line += f" {how} {event.place}"
            yield line
            place = event.place

    def _describe_album(self, album: str) -> Iterator[str]:
        """Yield what was done in an album: a line for each run and kind of work."""
        yield album
        names: defaultdict[str, set[str]] = defaultdict(set)
        for event in self._journal.read_album(album):
            if self._named.covers(event):
                what = _describe_in_album(event, album)
                line = f"  {self._format_date(event)}  {what}"
                # Forty photos that one run uploaded are one line with their names.
                names[line].add(_name_in_album(event, album))
        for line, photos in names.items():
            yield f"{line}: {self._join(sorted(photos))}"

    def _join(self, names: Sequence[str]) -> str:
        """Return the names of some photos, and how many others there are."""
        if self._is_verbose or len(names) <= _NAMES:
            return ", ".join(names)
        return name_some(names[: _NAMES - 1], len(names))

    def _format_date(self, event: Event) -> str:
        """Return when something was done, and by which run: `2026-11-21 03:30  run 4`."""
        run = self._runs[event.run]
        began = describe_start(run)
        minute, _, _ = began.rpartition(":")
        return f"{minute}  run {run.id}, {run.mode}"


def _name_in_album(event: Event, album: str) -> str:
    """Return the name of a photo, and where it got a new one in its album both."""
    origin = event.origin
    if origin is None or not _is_in(origin.album, album):
        return event.name
    if not _is_in(event.album, album):
        return event.name
    return f"{event.origin_name} -> {event.name}"


def _describe_in_album(event: Event, album: str) -> str:
    """Return what was done to a photo of an album, and where it came from or went."""
    text = _describe_event(event)
    if event.origin is None:
        return text
    if not _is_in(event.album, album):
        return f"{text} to {event.album}"
    if not _is_in(event.origin.album, album):
        return f"{text} from {event.origin.album}"
    return text


def _is_in(title: str, album: str) -> bool:
    return name_key(title) == name_key(album)


def _describe_event(event: Event) -> str:
    """Return one step in words: `uploaded to Drive (new here)`."""
    if event.action == RESTORED:
        return f"brought back ({event.reason})"
    what = _describe_work(event)
    if event.result != Result.DONE:
        what = f"{event.result}: {what}"
    why = words.explain_past(event.comparison, event.service)
    if event.reason.startswith(AFTER):
        # Nobody did anything here: another service had it, and this one followed.
        why = ""
    reasons = [reason for reason in (why, event.reason) if reason]
    if not reasons:
        return what
    return f"{what} ({'; '.join(reasons)})"


def _describe_work(event: Event) -> str:
    if _has_replaced_here(event):
        return "replaced here"
    what = words.describe_past(
        event.action,
        event.service,
        is_done=event.result == Result.DONE,
        of_details=not event.comparison,
    )
    return what or event.action.lower()


def _has_replaced_here(event: Event) -> bool:
    if event.action != Actions.DOWNLOAD_REMOTE or event.result != Result.DONE:
        return False
    return event.backup_side == Side.LOCAL
