"""`--review`: a plan in the browser, where one ticks what of it is to be done.

What is shown was found by a dry run, so closing the page changes nothing and keeps
nobody else waiting. What is ticked is planned once more before it is carried out, as
with `--apply`: what changed since is left alone and named.
"""

from __future__ import annotations

import getpass
import os
import socket
import sys
import webbrowser
from contextlib import suppress
from dataclasses import replace
from threading import Lock

from photosync.cli.carry_out import Start, carry_out
from photosync.cli.dry_run.page import Look, describe_dry_run, has_work
from photosync.cli.output import complain, flush, is_terminal, say, say_whole
from photosync.cli.plans import make_heading
from photosync.cli.progress.display import Display
from photosync.cli.progress.steady_display import choose_display
from photosync.cli.progress.waits import describe_wait
from photosync.cli.report.assets import make_content_policy
from photosync.cli.report.content import Entry, Report
from photosync.cli.report.page import write_html
from photosync.cli.report.remote_pictures import RemotePictures
from photosync.cli.report.reporter import Reporter
from photosync.cli.report.thumbnails import make_small_picture
from photosync.cli.report.ticks import Review
from photosync.cli.review.desk import Desk
from photosync.cli.review.price import describe_price
from photosync.cli.review.server import HOST, Content, ReviewApp, serve
from photosync.cli.run import show_problems, warn
from photosync.config.settings import Settings
from photosync.errors import Interrupted, PhotosyncError, UsageError
from photosync.model import Actions, AlbumUpdate, Outcome, Plan, Result, Step, Wait
from photosync.plan.saved import Heading, check_heading
from photosync.plan.selection import Selection, carry_over, select
from photosync.sync.photosync import PhotoSync
from photosync.sync.policy import make_policy

_BEFORE = "before"
_AFTER = "after"


def review(settings: Settings, notice: str = "", command: str = "") -> int:
    """Show what would be done, and carry out what is ticked; until the page is closed.

    `command` is what was typed.
    """
    display = _make_display(settings)
    looks = replace(settings, test=True)
    with PhotoSync.open(looks, warn, display.show_wait) as looking:
        with display.reading() as on_read:
            shown = looking.plan(on_read)
        show_problems(shown, quiet=settings.quiet, verbose=settings.verbose)
        if notice and not settings.quiet:
            say(notice)
        # A page without a box would be opened for nothing.
        if not _has_boxes(shown):
            for line in describe_dry_run(shown, settings, Look(fold=False)):
                say(line)
            return shown.exit_code
        desk = Desk(shown)
        show = _Show(settings, shown, looking)
        work = _Work(settings, shown, make_heading(looking), desk, command)
        app = ReviewApp(show.make_content(), desk)
        with serve(app) as port:
            _show_address(f"http://{HOST}:{port}/{app.key}", port, settings)
            return work.wait()


def _has_boxes(plan: Plan) -> bool:
    """Whether a page of this plan has anything to tick, or to tell of a photo."""
    # What is owed to albums is no photo to tick.
    return bool(plan.steps) or has_work(replace(plan, owed=()))


def _make_display(settings: Settings) -> Display:
    return choose_display(
        verbose=settings.verbose, quiet=settings.quiet, live=not settings.no_progress
    )


class _Show:
    """What the page shows, made when it is asked for."""

    def __init__(self, settings: Settings, plan: Plan, sync: PhotoSync) -> None:
        self._settings = settings
        self._plan = plan
        self._pictures = RemotePictures(sync.backends)
        self._fetched: dict[int, bytes] = {}
        self._forecaster = sync.make_forecaster()
        self._pricing = Lock()
        self._read_only = frozenset(
            name
            for name, backend in sync.backends.items()
            if backend.capabilities.read_only
        )

    def make_content(self) -> Content:
        """Return what the server needs."""
        policy = make_content_policy(is_served=True) + "; frame-ancestors 'none'"
        return Content(self._make_page, self._make_picture, self._price, policy)

    def _make_page(self, token: str) -> str:
        entries = [
            self._enter(number, step) for number, step in enumerate(self._plan.steps)
        ]
        report = Report(self._settings, self._plan, entries)
        is_passive = make_policy(self._settings).is_passive
        review = Review(
            token,
            read_only=self._read_only,
            can_apply=not (self._settings.test or is_passive),
            can_choose=not is_passive,
        )
        return write_html(report, review)

    def _price(self, selection: Selection) -> list[str]:
        """Return what would be done if this were carried out, and what it takes."""
        plan = select(self._plan, selection)
        # Several threads answer the page.
        with self._pricing:
            forecasts = list(self._forecaster.forecast(plan))
        return list(describe_price(plan, forecasts))

    def _enter(self, number: int, step: Step) -> Entry:
        is_told = step.action is Actions.REPORT
        entry = Entry(step, "left alone" if is_told else "planned")
        if step.local is not None:
            entry.before = f"pictures/{number}/{_BEFORE}"
        if self._pictures.is_wanted(step):
            entry.after = f"pictures/{number}/{_AFTER}"
        return entry

    def _make_picture(self, number: int, version: str) -> bytes:
        if number >= len(self._plan.steps):
            return b""
        step = self._plan.steps[number]
        if version == _BEFORE and step.local is not None:
            return make_small_picture(step.local.path)
        if version != _AFTER:
            return b""
        # A page that is loaded anew asks no service again.
        if number not in self._fetched:
            self._fetched[number] = self._pictures.make(step)
        return self._fetched[number]


class _Work:
    """Carries out what is ticked, and tells the page how it goes."""

    def __init__(
        self,
        settings: Settings,
        shown: Plan,
        heading: Heading,
        desk: Desk,
        command: str,
    ) -> None:
        self._settings = settings
        self._shown = shown
        self._heading = heading
        self._desk = desk
        self._command = command

    def wait(self) -> int:
        """Do what the page orders until it is closed; return the exit code of it."""
        code = None
        # A page may order more than once, after what was refused.
        while True:
            selection = self._desk.wait()
            if selection is None:
                break
            code = self._try(selection)
        if code is None:
            if not self._settings.quiet:
                say("The page was closed; nothing was changed.")
            return self._shown.exit_code
        return code

    def _try(self, selection: Selection) -> int:
        try:
            if self._settings.test:
                raise UsageError("--test carries nothing out; --review does without it")
            if make_policy(self._settings).is_passive:
                mode = self._settings.mode
                raise UsageError(f"-m {mode} carries nothing out; give another mode")
            return self._carry_out(selection)
        except Interrupted:
            self._desk.finish("Interrupted; what is done stays done.")
            raise
        except PhotosyncError as error:
            # Another run is going on: the person may try again when it is over.
            complain(f"photosync: {error}")
            self._desk.refuse(f"Not done: {error}")
            return error.exit_code

    def _carry_out(self, selection: Selection) -> int:
        settings = self._settings
        display = _make_display(settings)
        waits = _Waits(display, self._desk)
        with PhotoSync.open(settings, warn, waits.show) as sync:
            with display.reading() as on_read:
                now = sync.plan(on_read)
            # Somebody may have signed in as another user while the page was open.
            self._check_heading(make_heading(sync))
            chosen, stale = carry_over(selection, self._shown, now)
            plan = select(now, chosen)
            plan = replace(plan, problems=(*plan.problems, *stale))
            show_problems(plan, quiet=settings.quiet, verbose=settings.verbose)
            self._desk.begin(plan)
            follower = _Follower(settings, plan, self._desk)
            ended = carry_out(plan, sync, follower, display, Start(self._command))
            code = max(plan.exit_code, ended.exit_code, sync.memories.exit_code)
        self._desk.finish(_describe_end(follower, len(stale)))
        return code

    def _check_heading(self, now: Heading) -> None:
        try:
            check_heading(self._heading, now)
        except UsageError as error:
            raise UsageError(f"what was shown {error}") from error


class _Waits:
    """Tells the terminal and the page what is waited for."""

    def __init__(self, display: Display, desk: Desk) -> None:
        self._display = display
        self._desk = desk

    def show(self, wait: Wait) -> None:
        """Tell of a wait; any thread may do so."""
        self._display.show_wait(wait)
        self._desk.show_wait(describe_wait(wait))


class _Follower(Reporter):
    """Tells the page, too, what became of each step."""

    def __init__(self, settings: Settings, plan: Plan, desk: Desk) -> None:
        super().__init__(settings, plan)
        self._desk = desk
        self.done = 0
        self.failed = 0

    def note(self, outcome: Outcome) -> None:
        """Note what became of a step."""
        super().note(outcome)
        self._desk.note(outcome)
        if outcome.result is Result.DONE:
            self.done += not isinstance(outcome.step, AlbumUpdate)
        elif outcome.exit_code:
            self.failed += 1


def _describe_end(follower: _Follower, stale: int) -> str:
    """Return what became of what was ticked; so many steps were `stale`."""
    parts = [f"{follower.done:,} done"]
    if follower.failed:
        parts.append(f"{follower.failed:,} failed")
    if stale:
        parts.append(f"{stale:,} left alone, changed meanwhile")
    return ", ".join(parts) + ". The terminal says more; this page can be closed."


def _show_address(address: str, port: int, settings: Settings) -> None:
    say_whole(f"Review: {address}")
    if _has_browser(settings):
        with suppress(webbrowser.Error):
            webbrowser.open(address)
    else:
        say("From another computer, first in a terminal there:")
        say_whole(f"  ssh -N -L {port}:{HOST}:{port} {_name_login()}")
        say("then open that address in its browser. It works once, and for you only.")
    say("Closing the page, or Ctrl-C, ends it; nothing is done but what you tick.")
    flush()


def _has_browser(settings: Settings) -> bool:
    """Whether a browser can be opened where the person sits."""
    # On a NAS it would open on a screen that nobody looks at, or in no browser at all.
    if settings.headless or not is_terminal() or "SSH_CONNECTION" in os.environ:
        return False
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _name_login() -> str:
    """Return whom to name for ssh: this user, and this machine as it was reached."""
    # "client address, its port, our address, our port"
    connection = os.environ.get("SSH_CONNECTION", "").split()
    host = connection[2] if len(connection) == 4 else socket.gethostname()
    try:
        return f"{getpass.getuser()}@{host}"
    except (OSError, KeyError, ImportError):
        return host
