"""`--undo`: brings back what runs deleted or replaced, and says what."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from photosync.cli import words
from photosync.cli.output import complain, say
from photosync.cli.pages import listings
from photosync.config.converters import LAST_RUN, is_day
from photosync.config.settings import Settings
from photosync.errors import Rejected, Unforeseen, UsageError
from photosync.history.identity.libraries import make_library_key
from photosync.history.identity.scope import read_accounts
from photosync.history.journal.journal import Event, Journal, Run
from photosync.history.journal.search import find_named, read_roots, suggest_places
from photosync.history.recorder import Recorder
from photosync.history.storage.database import Database
from photosync.history.storage.lock import hold_lock
from photosync.history.storage.state_file import open_whole_database
from photosync.history.undo.choice import Choice, choose_day, choose_named, choose_run
from photosync.history.undo.newer_versions import Newer
from photosync.history.undo.undo import Services, record_undo, undo
from photosync.local.explorer import Explorer
from photosync.model import Problem
from photosync.services import connect
from photosync.services.auth.session import Session
from photosync.services.base import Backend

_EARLIER = "--runs lists the runs before, --undo N takes one of them back"


def undo_runs(settings: Settings) -> int:
    """Bring back what `--undo` names, or in a dry run only say what; return the exit
    code.
    """
    # A dry run takes no lock: it may look while another run goes on.
    if settings.test:
        return _show_undo(settings)
    with (
        hold_lock(settings.home.state),
        open_whole_database(settings.home.state, read_only=False) as database,
    ):
        choice = _choose(settings, database)
        return _restore(settings, database, choice) if choice.events else 0


def _show_undo(settings: Settings) -> int:
    """Name what an undo would bring back, without asking any service."""
    with open_whole_database(settings.home.state, read_only=True) as database:
        choice = _choose(settings, database)
        if not choice.events:
            return 0
        newer = Newer(Journal(database), choice.events)
        problems = [_find_problem(event, newer) for event in choice.events]
    for event, problem in zip(reversed(choice.events), reversed(problems), strict=True):
        say(listings.describe_restorable(event, problem))
    photos = words.count_photos(problems.count(""))
    runs = describe_undone(choice.runs)
    say(f"dry run: {photos} of {runs} to bring back, nothing was changed")
    return 0


def _find_problem(event: Event, newer: Newer) -> str:
    """Return why a photo would not come back, as far as that can be seen from here."""
    try:
        newer.check_here(event)
    except Rejected as error:
        return str(error)
    return ""


def describe_undone(runs: Sequence[Run]) -> str:
    """Return which runs are undone, and when they were."""
    begin = listings.describe_start(runs[0])
    if len(runs) == 1:
        return f"run {runs[0].id} ({begin})"
    *most, last = [str(run.id) for run in runs]
    numbers = ", ".join(most)
    end = listings.describe_start(runs[-1])
    day, _, time = end.partition(" ")
    if begin.startswith(day):
        end = time
    return f"runs {numbers} and {last} ({begin} to {end})"


def _choose(settings: Settings, database: Database) -> Choice:
    """Return what is to come back; what came back before or is left out is said."""
    choice = _read_choice(settings, database)
    for event in choice.damaged:
        say(listings.describe_damaged(event))
    if not choice.events:
        say(_explain_nothing(settings, choice))
    return choice


def _read_choice(settings: Settings, database: Database) -> Choice:
    """Return what is meant: a run by its number, the last one, a day, or photos."""
    library = ""
    if settings.roots:
        library = make_library_key(settings.root_paths)
    journal = Journal(database)
    wanted = settings.undo
    if wanted == LAST_RUN:
        return choose_run(journal, 0, library)
    if isinstance(wanted, int):
        return choose_run(journal, wanted, library)
    # An album that is called 2024-05-01 is named by `2024-05-01/`.
    if is_day(str(wanted)):
        return choose_day(journal, str(wanted), library)
    return _choose_photos(settings, database, library)


def _explain_nothing(settings: Settings, choice: Choice) -> str:
    """Return why nothing is to come back."""
    if choice.damaged:
        return f"undo: nothing else is to come back; {_EARLIER}"
    photos = words.count_photos(choice.back)
    name = str(settings.undo)
    if choice.runs:
        name = describe_undone(choice.runs)
    return f"undo of {name}: {photos} brought back already"


def _choose_photos(settings: Settings, database: Database, library: str) -> Choice:
    word = str(settings.undo)
    roots = settings.root_paths or read_roots(database)
    named = find_named(database, word, roots)
    if not named.places and not named.albums:
        hint = ""
        near = suggest_places(database, word)
        if near:
            hint = f"; did you mean {near[0]}?"
        raise UsageError(f"--undo: nothing is remembered of {word}{hint}")
    if len(named.places) > 1 and "/" not in word:
        # Every camera counts from IMG_0001.
        raise UsageError(
            f"--undo: {len(named.places)} photos are called {word}; name one with its "
            f"album, like {named.places[0]}"
        )
    choice = choose_named(Journal(database), named, library)
    if choice is None:
        raise UsageError(
            f"--undo: no run took {word} where it could be brought back; "
            "--history tells what was done with it"
        )
    return choice


def _restore(settings: Settings, database: Database, choice: Choice) -> int:
    """Bring back the photos of runs; return the exit code."""
    roots = tuple(json.loads(choice.library))
    # What stands in the way now is kept whatever the settings say: an undo destroys
    # nothing.
    changed = replace(settings, roots=roots, no_trash=False)
    explorer = Explorer(changed.roots, changed.rules, changed.filters)
    memories = Recorder(database, changed.root_paths, "", audit_days=changed.audit_days)
    journal = Journal(database)
    newer = Newer(journal, choice.events)
    back = 0
    code = 0
    with _connecting(changed, memories) as connect_service:
        services = Services(connect_service, choice.events, read_accounts(database))
        restored = undo(choice.events, explorer, services, newer)
        for photo in record_undo(restored, journal, choice.library):
            # What did not come back is what a mail of cron is for.
            show = complain if photo.problem else say
            show(listings.describe_restored(photo))
            back += not photo.problem
            code = max(code, photo.exit_code)
    name = describe_undone(choice.runs)
    say(f"undo of {name}: {_count(back, len(choice.events))}")
    if memories.problem:
        complain(f"photosync: {memories.problem}")
    return max(code, memories.exit_code)


@contextmanager
def _connecting(
    settings: Settings, memories: Recorder
) -> Iterator[Callable[[str], Backend]]:
    """Yield what connects a service, which is only called for one that is needed; close
    all of them in the end.
    """
    session = Session(settings.home.config)
    with ExitStack() as stack:

        def connect_service(service: str) -> Backend:
            backend = _connect(service, settings, session)
            stack.callback(backend.close)
            memories.meet(backend)
            return backend

        yield connect_service


def _connect(service: str, settings: Settings, session: Session) -> Backend:
    """Connect one service; raises Unforeseen with the reason where that fails."""
    unopened: dict[str, Problem] = {}
    named = replace(settings, scope=(service,))
    for backend in connect(named, session, unopened):
        return backend
    raise Unforeseen(unopened[service].reason)


def _count(back: int, wanted: int) -> str:
    """Return how many photos are back: `1 photo is back`, `2 of 3 photos are back`."""
    if not back:
        return "nothing is back"
    photos = words.count_photos(wanted)
    if back < wanted:
        photos = f"{back:,} of {photos}"
    are = "is" if back == 1 else "are"
    return f"{photos} {are} back"
