"""`--report FILE`: what a run or a dry run was about, as a page or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from photosync.cli.thumbnails import Thumbnails
from photosync.config.settings import Settings
from photosync.disk.private import write_private
from photosync.errors import UsageError
from photosync.model import (
    Actions,
    Comparisons,
    Outcome,
    Plan,
    Step,
)
from photosync.plan.saved import encode_albums, encode_step

VERSION = 1
"""Of the JSON; it changes when a script could misread the file."""

_PLANNED = "planned"
_TOLD = "left alone"

_PAGE = ".html"

Write = Callable[["Report"], str]
StepName = tuple[str, str, str, str, bool, str]


@dataclass(slots=True)
class Entry:
    """A step and what became of it; `before` and `after` are small pictures."""

    step: Step
    result: str
    failure: str = ""
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Report:
    """What is told of one run: each step of its plan, in order, and how it ended."""

    settings: Settings
    plan: Plan
    entries: Sequence[Entry] = ()
    skipped_pictures: int = 0
    when: datetime = field(default_factory=lambda: datetime.now(tz=UTC))


class Reporter:
    """Follows a run, and writes the files that were asked for."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self._writers = {path: _choose_writer(path) for path in settings.report}
        self._needs_pictures = any(path.endswith(_PAGE) for path in settings.report)
        self._thumbnails = Thumbnails()
        self._report = Report(settings, plan)
        self._by_step: dict[StepName, Entry] = {}
        if self._writers:
            self._report.entries = [self._begin(step) for step in plan.steps]
            for entry in self._report.entries:
                self._by_step[_name_step(entry.step)] = entry

    def _begin(self, step: Step) -> Entry:
        is_told = step.action is Actions.REPORT
        entry = Entry(step, _TOLD if is_told else _PLANNED)
        # Afterwards a photo that is deleted or replaced here lies in the trash.
        if step.local is not None and self._needs_pictures:
            entry.before = self._thumbnails.make(step.local.path)
        return entry

    def note(self, outcome: Outcome) -> None:
        """Note what became of a step."""
        if not isinstance(outcome.step, Step):
            return
        entry = self._by_step.get(_name_step(outcome.step))
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
                write_private(Path(path), write(self._report))
            except OSError as error:
                raise UsageError(
                    f"--report: {path} cannot be written ({error.strerror})"
                ) from error


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


def _choose_writer(path: str) -> Write:
    # Better told before a run of hours than after it.
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise UsageError(f"--report: {folder} is no folder to write a report to")
    if not path.endswith(_PAGE):
        return write_json
    # The library that makes pages is loaded for a page only.
    from photosync.cli.html_report import write_html  # noqa: PLC0415

    return write_html


def write_json(report: Report) -> str:
    """Return a report as JSON; `report.schema.json` describes it."""
    return json.dumps(encode_report(report), indent=1) + "\n"


def encode_report(report: Report) -> Mapping[str, Any]:
    """Return a report as JSON values."""
    settings, plan = report.settings, report.plan
    problems = [
        {
            "subject": problem.subject,
            "reason": problem.reason,
            "failed": problem.failed,
        }
        for problem in plan.problems
    ]
    return {
        "version": VERSION,
        "when": report.when.isoformat(timespec="seconds"),
        "dry_run": settings.test,
        "mode": settings.mode,
        "roots": list(settings.root_paths),
        "services": {name: _count(plan, name) for name in plan.counts},
        "steps": [_encode_entry(entry) for entry in report.entries],
        "problems": problems,
        **encode_albums(plan),
    }


def _count(plan: Plan, service: str) -> dict[str, Any]:
    return {
        "reached": service in plan.observations,
        "equal": plan.counts[service].get(Comparisons.SAME, 0),
        "left_for_the_next_run": plan.postponed.get(service, 0),
    }


def _encode_entry(entry: Entry) -> dict[str, Any]:
    return {
        **encode_step(entry.step),
        "result": entry.result,
        "failure": entry.failure,
    }
