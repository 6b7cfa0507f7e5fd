"""`--json`: what happens in a run, one JSON object a line on standard output.

`events.schema.json` describes the lines. Scripts read them while the run goes on; what
is for people goes to standard error meanwhile.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from photosync import __version__
from photosync.cli.output import answer_script, complain, flush, speak_on_stderr
from photosync.cli.progress.display import Display
from photosync.cli.progress.waits import Waits
from photosync.cli.summary.page import Failures
from photosync.config.settings import Settings
from photosync.model import Outcome, Plan, Problem, Result, Step, Wait
from photosync.plan.saved import encode_albums, encode_step

VERSION = 1
"""Of the lines; it changes when a script could misread them."""


@dataclass(slots=True)
class _Stream:
    """Whether events are told, and what the last one sums up."""

    is_open: bool = False
    began: float = 0.0
    lock: Lock = field(default_factory=Lock)
    results: dict[str, Counter[str]] = field(default_factory=dict)
    done: dict[str, Counter[str]] = field(default_factory=dict)
    moved: Counter[str] = field(default_factory=Counter)


_stream = _Stream()


def begin_events(settings: Settings, services: Iterable[str] = ()) -> None:
    """Tell of the run that begins, with these services; from now on events are told."""
    global _stream  # noqa: PLW0603 - one command, one standard output
    _stream = _Stream(is_open=True, began=time.monotonic())
    speak_on_stderr()
    _send(
        "start",
        version=VERSION,
        photosync=__version__,
        command="apply" if settings.apply_file else "run",
        dry_run=settings.test,
        mode=settings.mode,
        roots=list(settings.root_paths),
        services=list(services),
    )


def end_events(exit_code: int) -> None:
    """Tell how the run ended; after it nothing is told."""
    services = {
        service: {
            "results": dict(results),
            "done": dict(_stream.done[service]),
            "bytes": _stream.moved[service],
        }
        for service, results in _stream.results.items()
    }
    seconds = round(time.monotonic() - _stream.began, 3)
    _send("summary", exit_code=exit_code, seconds=seconds, services=services)
    _stream.is_open = False


def report_warning(message: str, *, subject: str = "", failed: bool = False) -> None:
    """Tell what the person should know; `failed`: it makes the exit code 1."""
    _send("warning", message=message, subject=subject, failed=failed)


def report_problem(problem: Problem) -> None:
    """Tell what could not be looked at, or is odd."""
    report_warning(problem.reason, subject=problem.subject, failed=problem.failed)


def report_error(message: str) -> None:
    """Tell why the run ends early."""
    _send("error", message=message)


def report_plan(plan: Plan) -> None:
    """Tell what is to be done: in numbers, and then each step."""
    if not _stream.is_open:
        return
    services = {name: _count(plan, name) for name in plan.counts}
    for name in services:
        _begin_counts(name)
    _send("plan", services=services, **encode_albums(plan))
    for step in plan.steps:
        _send("step", step=encode_step(step))


def _count(plan: Plan, service: str) -> dict[str, Any]:
    mine = [step for step in plan.steps if step.service == service]
    actions = Counter(str(step.action) for step in mine)
    counts = plan.counts[service]
    return {
        "reached": service in plan.observations,
        "comparisons": {str(name): count for name, count in counts.items()},
        "actions": dict(actions),
        "bytes": sum(step.size for step in mine),
        "left_for_the_next_run": plan.postponed.get(service, 0),
    }


def _begin_counts(service: str) -> None:
    _stream.results.setdefault(service, Counter())
    _stream.done.setdefault(service, Counter())


class Events(Display):
    """Tells a run as events; people are told of failures and waits all the same.

    A script is told of what is done, not of what is read; the plan was told before.
    """

    def __init__(self, *, quiet: bool, verbose: bool = False) -> None:
        self._quiet = quiet
        self._failures = Failures(verbose=verbose)
        self._waits = Waits()

    def show_wait(self, wait: Wait) -> None:
        """Tell of a wait that takes its time, once."""
        line = self._waits.note(wait)
        if not line:
            return
        _send(
            "wait",
            service=wait.service,
            reason=wait.reason,
            until=None if wait.until == math.inf else _format_time(wait.until),
            gives_up=wait.gives_up,
        )
        if not self._quiet:
            complain(line)

    def show_outcome(self, outcome: Outcome) -> None:
        """Tell what became of a step, and count it."""
        _note_outcome(outcome)
        step = outcome.step
        album = step.subject
        name = ""
        if isinstance(step, Step):
            album = step.album
            name = step.name
        _send(
            "outcome",
            service=step.service,
            action=step.verb,
            album=album,
            name=name,
            result=str(outcome.result),
            reason=outcome.reason,
        )
        # People read standard error, and of a run that does well nothing at all.
        if outcome.result is Result.DONE or not outcome.exit_code:
            return
        line = self._failures.add(outcome)
        if line:
            complain(line)

    def stop(self) -> None:
        """Tell people how many failures were not named."""
        for line in self._failures.describe_rest():
            complain(line)


def _note_outcome(outcome: Outcome) -> None:
    step = outcome.step
    _begin_counts(step.service)
    _stream.results[step.service][str(outcome.result)] += 1
    if outcome.result is not Result.DONE:
        return
    _stream.done[step.service][step.verb] += 1
    if isinstance(step, Step):
        _stream.moved[step.service] += outcome.moved


def _send(event: str, **values: Any) -> None:
    if not _stream.is_open:
        return
    content = {"event": event, "time": _format_time(time.time()), **values}
    line = json.dumps(_spell_out(content))
    # A wait is told from the thread that waits: no line may stand amid another.
    with _stream.lock:
        answer_script(line)
        # A script reads along; of thousands of steps it waits for no single one.
        if event != "step":
            flush()


def _format_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds")


def _spell_out(value: Any) -> Any:
    """Return a value whose texts are Unicode.

    A name that an old camera wrote in Latin-1 is no UTF-8: half the readers of JSON
    refuse what Python makes of it, so its bytes are spelled out, as in the log.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_spell_out(name): _spell_out(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_spell_out(each) for each in value]
    return value
