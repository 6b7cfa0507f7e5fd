"""What photosync does besides its runs: signing in and out, looking back, taking
back.

What each of them stands on is imported with it: who looks back needs no services.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from photosync.cli import words
from photosync.cli.output import complain, flush, say
from photosync.cli.pages import listings
from photosync.config.settings import Settings
from photosync.errors import (
    AuthorizationNeeded,
    SideError,
    UsageError,
)
from photosync.formatting import locate_side, name_service
from photosync.history.journal.journal import Journal
from photosync.history.journal.refused_runs import read_refused_runs
from photosync.history.storage.database import FILE
from photosync.history.storage.state_file import open_whole_database
from photosync.unforeseen import contain

if TYPE_CHECKING:
    from photosync.history.journal.copies import KnownCopy
    from photosync.history.journal.journal import Run
    from photosync.history.storage.database import Database
    from photosync.model import Problem, RemotePhoto
    from photosync.services.base import Backend

_NOTHING_CHANGED = "dry run: nothing was changed"


def _show_runs(settings: Settings) -> int:
    """List all runs, the latest first."""
    with open_whole_database(settings.home.state, read_only=True) as database:
        journal = Journal(database)
        runs = journal.read_runs()
        refused = read_refused_runs(database)
        lines = list(listings.describe_runs(runs, refused, journal.count_events()))
    for line in lines or ["no run is remembered"]:
        say(line)
    return 0


def _show_last_run(settings: Settings) -> int:
    """Tell once more what the end of the last run told, by all names."""
    with open_whole_database(settings.home.state, read_only=True) as database:
        journal = Journal(database)
        lines = list(_describe_refusals(database, journal))
        lines += _describe_last(journal)
    for line in lines or ["no run is remembered"]:
        say(line)
    return 0


def _describe_refusals(database: Database, journal: Journal) -> Iterator[str]:
    """Yield which run was refused since the last one."""
    all_refused = read_refused_runs(database)
    if not all_refused:
        return
    numbers = [run.id for run in journal.read_runs()]
    latest = all_refused[0]
    if latest.after_run == max(numbers, default=0):
        yield listings.describe_refused(latest)
        yield ""


def _describe_last(journal: Journal) -> Iterator[str]:
    """Yield what the end of the last run told; of one that was killed, that undid
    something or had nothing to do what its steps wrote.
    """
    runs = journal.read_runs()
    if not runs:
        return
    last = runs[0]
    counts = journal.count_events().get(last.id, {})
    ending = journal.read_ending(last.id)
    if ending:
        yield from listings.describe_ending(last, counts, ending)
        return
    events = journal.read_events(last.id)
    yield from listings.describe_run(last, counts, events)


def _untag(settings: Settings) -> int:
    """Take the marks away of all photos that carry one; in a dry run only name them."""
    from photosync.history.storage.lock import hold_lock

    if settings.test:
        code = _unmark(settings)
        say(_NOTHING_CHANGED)
        return code
    with hold_lock(settings.home.state):
        return _unmark(settings)


def _unmark(settings: Settings) -> int:
    """Take the marks away on each service; one that fails does not stop the others."""
    from photosync.services import connect
    from photosync.services.auth.session import Session

    unopened: dict[str, Problem] = {}
    backends = connect(settings, Session(settings.home.config), unopened)
    for problem in unopened.values():
        complain(str(problem))
    code = 1 if unopened else 0
    for backend in backends:
        try:
            with contain(backend.name):
                _unmark_all(backend, settings)
        except SideError as error:
            complain(f"{name_service(backend.name)}: {error}")
            code = max(code, error.exit_code)
        finally:
            # After Ctrl-C some calls may still wait for the next hour.
            backend.cancel()
            backend.close()
    return code


def _unmark_all(backend: Backend, settings: Settings) -> None:
    marked = list(_find_marked(backend))
    if not marked:
        say(f"No photo {locate_side(backend.name)} carries a mark.")
    for album, photo in marked:
        if not settings.test:
            backend.untag(photo)
        say(words.describe_untag(backend.name, f"{album}/{photo.name}"))


def _find_marked(backend: Backend) -> Iterator[tuple[str, RemotePhoto]]:
    """Yield the photos that carry a mark, each with its album."""
    for listing in backend.photos(list(backend.albums())):
        title = listing.album.title
        if listing.unknown:
            complain(f"{name_service(backend.name)} {title}: {listing.unknown}")
        for photo in listing.photos:
            if photo.marked:
                yield title, photo


def _explain_names(settings: Settings) -> int:
    """List folder -> album under the given rules."""
    from photosync.local.explorer import Explorer

    settings.check_roots()
    explorer = Explorer(settings.roots, settings.rules, settings.filters)
    tree = explorer.scan()
    for line in listings.describe_names(explorer, tree.problems):
        say(line)
    return 0


def _show_saved(settings: Settings) -> int:
    """Say of each file of a folder whether there is another copy of its bytes."""
    from photosync.local.root_checks import check_roots
    from photosync.sync.saved_files import find_saved_files

    assert settings.is_saved is not None
    settings.check_roots()
    # Nothing is in the library whose disk is not mounted: that is no answer.
    check_roots(settings.root_paths)
    copies, runs = _read_copies(settings)
    files = list(find_saved_files(settings.is_saved, settings.root_paths, copies))
    if not files:
        # The card is not in the slot, and this is its mount point.
        raise UsageError(
            f"--is-saved: {settings.is_saved} holds no file; is it mounted?"
        )
    for line in listings.describe_saved(files, settings.is_saved, runs):
        say(line)
    return 0 if all(file.is_saved for file in files) else 1


def _read_copies(
    settings: Settings,
) -> tuple[Mapping[str, Sequence[KnownCopy]], Mapping[str, Run]]:
    """Return what services are known to hold, and as of which run; without a memory that
    is nothing.
    """
    from photosync.history.journal.copies import read_copies, read_last_runs

    if not (settings.home.state / FILE).exists():
        return {}, {}
    with open_whole_database(settings.home.state, read_only=True) as database:
        return read_copies(database), read_last_runs(database)


def _show_modes(settings: Settings) -> int:
    from photosync.cli.pages.modes import show_modes

    for line in show_modes(settings):
        say(line)
    return 0


def _show_history(settings: Settings) -> int:
    from photosync.cli.pages.history import show_history

    return show_history(settings)


def _undo(settings: Settings) -> int:
    from photosync.cli.pages.undo import undo_runs

    return undo_runs(settings)


class _Terminal:
    """The person at the terminal, if there is one."""

    def tell(self, text: str) -> None:
        for line in text.split("\n"):
            say(line)
        flush()

    def ask(self, question: str) -> str:
        if sys.stdin is None or not sys.stdin.isatty():
            raise AuthorizationNeeded(
                "there is no terminal to paste at; run this in a terminal"
            )
        try:
            return input(question)
        except EOFError as error:
            raise AuthorizationNeeded(
                "nothing was pasted; run photosync -a again"
            ) from error


def _authorize(settings: Settings) -> int:
    from photosync.services.accounts import authorize

    authorize(settings, _Terminal())
    if settings.test:
        say(_NOTHING_CHANGED)
    return 0


def _check(settings: Settings) -> int:
    from photosync.cli.pages.check import show_check

    return show_check(settings)


def _sign_out(settings: Settings) -> int:
    from photosync.services.accounts import sign_out

    for line in sign_out(settings):
        say(line)
    if settings.test:
        say(_NOTHING_CHANGED)
    return 0


COMMANDS: Mapping[str, Callable[[Settings], int]] = {
    "modes": _show_modes,
    "authorize": _authorize,
    "check": _check,
    "sign_out": _sign_out,
    "history": _show_history,
    "runs": _show_runs,
    "last": _show_last_run,
    "undo": _undo,
    "untag": _untag,
    "explain_names": _explain_names,
    "is_saved": _show_saved,
}
"""What an option asks for in place of a run, by its field of the settings."""
