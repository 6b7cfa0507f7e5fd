"""`--check`: the library, the last run, each service and disk, and what is to do, on
one small page.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from photosync.cli import words
from photosync.cli.output import find_width, flush, say
from photosync.cli.pages import listings
from photosync.config.settings import FOLDER_SCOPE, Settings
from photosync.disk.root import Root
from photosync.disk.silence import asking
from photosync.disk.trash import Trash
from photosync.errors import AuthorizationNeeded, PhotosyncError
from photosync.formatting import (
    count_nouns,
    format_size,
    measure,
    name_service,
    pad,
    printable,
)
from photosync.history.journal.journal import Run
from photosync.history.journal.overview import Overview, read_overview
from photosync.history.journal.refused_runs import RefusedRun
from photosync.history.storage.state_file import open_database
from photosync.services.accounts import Status, check

_WIDTH = 80
_TASK_INDENT = 5
_HEAD = 9
_NAME = 24
_PATIENCE = 1.0
"""Seconds to wait for a memory that another program holds: this one only looks."""

_OTHER_FOLDER = (
    "name another with -p folder:DIR; to begin a copy there, make the folder first"
)
_NOTHING_KNOWN = Overview({}, 0, None, {})


def show_check(settings: Settings) -> int:
    """Print the page; return the exit code of the worst that it tells of."""
    page = _Page()
    page.draw_library(settings)
    page.draw_disks(settings)
    # There is something to read while the services are asked.
    flush()
    for status in check(settings):
        page.draw_service(status)
    page.draw_tasks()
    return page.exit_code


class _Page:
    def __init__(self) -> None:
        self.exit_code = 0
        self._tasks: list[str] = []

    def draw_library(self, settings: Settings) -> None:
        """Print the roots with what lies in them, and how the last run ended."""
        overview = self._read_memory(settings)
        if not settings.roots:
            _say_row("Library", "", "none is named; -d DIR shows it")
        for root in settings.root_paths:
            _say_row("Library", root, self._describe_root(root, overview))
        if overview.run:
            self._draw_run(overview.run, overview.counts)
        else:
            _say_row("Last run", "", "none is remembered")
        if overview.refused:
            self._draw_refused(overview.refused)

    def _draw_run(self, run: Run, counts: Mapping[listings.Did, int]) -> None:
        """Print how the last run ended, and point to what there is to do about it."""
        end = listings.describe_end(run, counts)
        did = listings.describe_counts(run, counts)
        what = f"{end}: {did} (run {run.id}, {run.mode})"
        left = listings.count_left_alone(run, counts)
        tasks = len(self._tasks)
        if run.exit_code != 0:
            # Damaged photos, a full account: none of that is asked for here.
            self._add_task("the last run did not end well; photosync --last tells more")
        elif left:
            # No failure, and it may stay so for weeks.
            self._tasks.append(f"{left:,} left alone; photosync --last tells why")
        if len(self._tasks) > tasks:
            what += f"; see {len(self._tasks)}. below"
        start = listings.describe_start(run)
        _say_row("Last run", start, what)

    def _draw_refused(self, run: RefusedRun) -> None:
        when = listings.describe_moment(run.moment)
        self._add_task(f"the run of {when} was refused: {run.reason}")
        what = self._point_to_task("before it began")
        _say_row("Refused", when, what)

    def _read_memory(self, settings: Settings) -> Overview:
        try:
            settings.check_home()
            database, damage = open_database(
                settings.home.state, read_only=True, patience=_PATIENCE
            )
            # Damaged, and this page changes nothing.
            if database is None:
                self._add_task(f"{damage}; the next run sets it aside")
                return _NOTHING_KNOWN
            with database:
                return read_overview(database, settings.root_paths)
        except PhotosyncError as error:
            # Locked by a backup, damaged, of a newer photosync: the rest is told.
            self._add_task(str(error))
            return _NOTHING_KNOWN

    def _describe_root(self, root: str, overview: Overview) -> str:
        trouble = self._find_trouble(root, "name another with -d DIR")
        if trouble:
            return self._point_to_task(trouble)
        parts: list[str] = []
        if root in overview.photos:
            photos = words.count_photos(overview.photos[root])
            parts.append(f"{photos} when last looked at")
        # All roots together have them: it is told once.
        first = next(iter(overview.photos), "")
        if overview.albums and root == first:
            albums = words.count_albums(overview.albums)
            parts.append(f"{albums} known on both sides")
        parts += _describe_disk(root)
        # Where nothing is to be downloaded, that is as it should be.
        if not os.access(root, os.W_OK):
            parts.append("read-only")
        return "; ".join(parts)

    def draw_disks(self, settings: Settings) -> None:
        """Print each folder remote, and whether its disk is there."""
        for name in settings.services:
            if not name.startswith(FOLDER_SCOPE):
                continue
            path = os.path.abspath(name.removeprefix(FOLDER_SCOPE))  # noqa: PTH100
            trouble = self._find_trouble(path, _OTHER_FOLDER)
            if trouble:
                _say_row("Disk", path, self._point_to_task(trouble))
                continue
            parts = list(_describe_disk(path))
            # A stick with its switch on, or an NTFS disk that was not closed well.
            if not os.access(path, os.W_OK):
                self._add_task(f"{path} is read-only; photosync cannot write there")
                parts.append(self._point_to_task("read-only"))
            _say_row("Disk", path, "; ".join(parts))

    def _find_trouble(self, path: str, otherwise: str) -> str:
        """Return what is wrong with a folder, noted with what to do; empty for
        nothing.
        """
        with asking(path):
            # Not mounted, most often: so that comes before what else one could do.
            if not os.path.lexists(path):
                self._add_task(f"{path} is not there; mount its disk, or {otherwise}")
                return "not there"
            if not os.path.isdir(path):  # noqa: PTH112
                self._add_task(f"{path} is not a folder; {otherwise}")
                return "not a folder"
            if not os.access(path, os.R_OK | os.X_OK):
                self._add_task(f"{path} cannot be read; check owner and mode")
                return "cannot be read"
        return ""

    def draw_service(self, status: Status) -> None:
        """Print what a service says of the account."""
        if status.problem:
            self._draw_trouble(status)
            return
        service = name_service(status.service)
        _say_row(service, status.account, "signed in, works")
        for fact in status.facts:
            _say_row("", fact.label, fact.text)

    def _draw_trouble(self, status: Status) -> None:
        self.exit_code = max(self.exit_code, status.exit_code)
        service = name_service(status.service)
        task = status.problem
        # "Flickr: not signed in to Flickr" says it twice.
        if status.service and service not in task:
            task = f"{service}: {task}"
        self._tasks.append(task)
        # Without one, nobody is signed in to anything.
        if status.service:
            is_out = status.exit_code == AuthorizationNeeded.exit_code
            what = "no sign-in" if is_out else "does not work"
            _say_row(service, "", self._point_to_task(what))

    def draw_tasks(self) -> None:
        """Print what is to do, numbered as above."""
        say("")
        if not self._tasks:
            say("All is well: nothing to do.")
            return
        count = len(self._tasks)
        say(f"{count_nouns(count, 'thing')} to do:")
        for number, task in enumerate(self._tasks, 1):
            for line in _break_task(f"  {number}. {printable(task)}"):
                say(line)

    def _add_task(self, text: str) -> None:
        self._tasks.append(text)
        self.exit_code = max(self.exit_code, 1)

    def _point_to_task(self, text: str) -> str:
        return f"! {text}, see {len(self._tasks)}. below"


def _break_task(task: str) -> Iterator[str]:
    """Yield a task, each part of a long one on a line of its own: what is to be typed
    stays whole.
    """
    if len(task) <= find_width():
        yield task
        return
    indent = ""
    *most, last = task.split("; ")
    for part in most:
        yield f"{indent}{part};"
        indent = " " * _TASK_INDENT
    yield f"{indent}{last}"


def _describe_disk(path: str) -> Iterator[str]:
    """Yield what a folder's trash holds and what its disk has left."""
    kept = _count_trash(path)
    if kept:
        yield f"{kept:,} kept in the trash"
    try:
        with asking(path):
            disk = os.statvfs(path)
    except OSError:
        return
    free = disk.f_bavail * disk.f_frsize
    yield f"{format_size(free)} free"


def _count_trash(path: str) -> int:
    root = Root(path)
    try:
        root.hold()
        return Trash(root).count()
    except PhotosyncError:
        return 0
    finally:
        root.release()


def _say_row(head: str, name: str, text: str) -> None:
    """Print a row of the page: texts that are long go on below their beginning."""
    for line in _make_row(head, printable(name), printable(text)):
        say(line)


def _make_row(head: str, name: str, text: str) -> Sequence[str]:
    width = min(_WIDTH, find_width())
    # On the screen of a phone it stands below.
    name_room = 0
    room = _HEAD
    if width == _WIDTH:
        name_room = _NAME
        # A blank stands between the name and the text.
        room += name_room + 1
    indent = " " * room
    lines = textwrap.wrap(
        text, width - len(indent), break_long_words=False, break_on_hyphens=False
    )
    start = f"{head:<{_HEAD}}{pad(name, name_room)} "
    # The path of a folder may be long: then its text stands below.
    if measure(start) <= len(indent) and lines:
        start += lines.pop(0)
    below = [indent + line for line in lines]
    return [start.rstrip(), *below]
