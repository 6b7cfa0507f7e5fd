"""`--report FILE`: follows a run, and writes what it was about as a page or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from photosync.cli.report.content import Entry, Report, write_json
from photosync.cli.report.remote_pictures import RemotePictures
from photosync.cli.report.thumbnails import Thumbnails
from photosync.config.settings import Settings
from photosync.disk.named import (
    check_writable,
    is_json_with,
    read_beginning,
    write_named,
)
from photosync.errors import UsageError
from photosync.model import Actions, Outcome, Plan, Step

_PLANNED = "planned"
_TOLD = "left alone"
_PAGE = ".html"

_HEAD = 64 * 1024
_TITLE = b"<title>photosync:"
_NAMES = ("dry_run", "mode")
"""What stands near the begin of a report, as a page and as JSON."""

Write = Callable[[Report], str]
StepName = tuple[str, str, str, str, bool, str]


class Reporter:
    """Follows a run, and writes the files that were asked for."""

    def __init__(
        self,
        settings: Settings,
        plan: Plan,
        pictures: RemotePictures | None = None,
        earlier: Reporter | None = None,
    ) -> None:
        """`pictures` are those of photos on the services; `earlier` followed the run
        that the same command began with.
        """
        self._writers = {path: _choose_writer(path) for path in settings.report}
        self._needs_pictures = any(path.endswith(_PAGE) for path in settings.report)
        self._thumbnails = Thumbnails(expected=len(plan.steps))
        self._pictures = pictures
        self._report = Report(settings, plan)
        self._by_step: dict[StepName, Entry] = {}
        # Without a report nobody pays for the entries of 100,000 steps.
        if self._writers:
            self._report.entries = [self._begin(step) for step in plan.steps]
            for entry in self._report.entries:
                self._by_step[_name_step(entry.step)] = entry
        if earlier is not None:
            self._go_on_from(earlier)

    def _go_on_from(self, earlier: Reporter) -> None:
        """Tell what an earlier run did as well; what is planned anew stands in its place."""
        before_this = earlier._by_step.items()
        done = {name: entry for name, entry in before_this if entry.result != _TOLD}
        self._by_step = {**done, **self._by_step}
        self._report.entries = list(self._by_step.values())
        before = earlier._report.plan
        plan = self._report.plan
        failed = [problem for problem in before.problems if problem.failed]
        self._report.plan = replace(
            plan,
            renames=(*before.renames, *plan.renames),
            purges=(*before.purges, *plan.purges),
            trash=(*before.trash, *plan.trash),
            problems=tuple(dict.fromkeys((*failed, *plan.problems))),
        )

    def _begin(self, step: Step) -> Entry:
        is_told = step.action is Actions.REPORT
        entry = Entry(step, _TOLD if is_told else _PLANNED)
        # Afterwards a photo that is deleted or replaced here lies in the trash.
        if step.local is not None and self._needs_pictures:
            entry.before = self._thumbnails.make(step.local.path)
        if self._needs_pictures:
            entry.after = self._show_remote(step)
        return entry

    def _show_remote(self, step: Step) -> str:
        if self._pictures is None or not self._pictures.is_wanted(step):
            return ""
        return self._thumbnails.admit(self._pictures.make(step))

    def note(self, outcome: Outcome) -> None:
        """Note what became of a step."""
        if not self._by_step or not isinstance(outcome.step, Step):
            return
        entry = self._by_step.get(_name_step(outcome.step))
        # The report has a row for what was planned, and for nothing else.
        if entry is None:
            return
        entry.result = str(outcome.result)
        entry.failure = outcome.reason
        came_home = outcome.step.action is Actions.DOWNLOAD_REMOTE
        if came_home and outcome.effect.local and self._needs_pictures:
            entry.after = self._thumbnails.make(outcome.effect.local.path)

    def write(self) -> None:
        """Write all files; raises UsageError where one cannot be written."""
        self._report.skipped_pictures = self._thumbnails.skipped
        for path, write in self._writers.items():
            try:
                write_named(Path(path), write(self._report))
            except OSError as error:
                raise _describe_unwritable(path, error) from error


def _name_step(step: Step) -> StepName:
    """Return what tells the steps of one plan apart."""
    remote = step.remote.id if step.remote else ""
    return (
        step.service,
        str(step.action),
        step.album,
        step.name,
        step.is_duplicate,
        remote,
    )


def check_report_places(paths: Iterable[str]) -> None:
    """Raise UsageError where a report cannot be written, before a run of hours; or where
    something else would be lost, as the sidecar of a photo.
    """
    for path in paths:
        try:
            check_writable(Path(path))
            head = read_beginning(Path(path), _HEAD)
        except OSError as error:
            raise _describe_unwritable(path, error) from error
        is_ours = _TITLE in head or is_json_with(head, _NAMES)
        if head and not is_ours:
            raise UsageError(
                f"--report: {path} is there and is no report; name another file"
            )


def _describe_unwritable(path: str, error: OSError) -> UsageError:
    return UsageError(f"--report: {path} cannot be written ({error.strerror})")


def _choose_writer(path: str) -> Write:
    if not path.endswith(_PAGE):
        return write_json
    # The library that makes pages is loaded for a page only.
    from photosync.cli.report.page import write_html  # noqa: PLC0415

    return write_html
