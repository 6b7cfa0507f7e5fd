"""What a run or a dry run was about, for `--report`, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from photosync.config.settings import Settings
from photosync.model import (
    Comparisons,
    Plan,
    Step,
)
from photosync.plan.saved import encode_albums, encode_step

VERSION = 1
"""Of the JSON; it changes when a script could misread the file."""


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


def write_json(report: Report) -> str:
    """Return a report as JSON; `report.schema.json` describes it."""
    return json.dumps(encode_report(report), indent=1) + "\n"


def encode_report(report: Report) -> Mapping[str, Any]:
    """Return a report as JSON values."""
    settings = report.settings
    plan = report.plan
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
