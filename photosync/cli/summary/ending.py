"""The end of a run as the memory keeps it for --last: all that was told, by all names.

A mail of cron, or a terminal that was closed, is not the only one that knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from photosync.cli import outcome_words, words
from photosync.cli.summary.left_alone import group_reasons
from photosync.cli.summary.page import Tally, group_failures
from photosync.errors import SideError
from photosync.formatting import count_nouns
from photosync.history.journal.journal import Ending
from photosync.history.recorder import Recorder
from photosync.model import Outcome, Problem
from photosync.unforeseen import contain

_WIDTH = 80
"""Columns of the table: nobody knows where it will be read."""

_MOST_NAMES = 2_000
"""How many photos of one reason are named; whoever has more has one thing to do."""

_MOST_LINES = 10_000
"""A disk that breaks may have a reason of its own for each photo."""


def describe_all(
    tally: Tally,
    problems: Sequence[Problem],
    earlier: Sequence[str] = (),
    *,
    is_stopped: bool,
) -> list[str]:
    """Return what the end of a run tells, after what the same command told `earlier`.

    Of a run that found nothing to do and nothing odd the journal says as much, and the
    disk of a NAS need not write once more.
    """
    is_odd = is_stopped or problems or tally.failed
    if tally.is_idle() and not is_odd and not earlier:
        return []
    lines = describe_ending(tally, problems, is_stopped=is_stopped)
    if earlier:
        lines = chain(earlier, [""], lines)
    return list(limit(lines))


def keep_ending(ending: Ending, memories: Recorder) -> None:
    """Keep what the end of a run told, if it told anything."""
    if not ending.lines:
        return
    try:
        with contain("how the run ended"):
            memories.keep_ending(ending)
    except SideError:
        # --last tells what each step wrote.
        return


def describe_ending(
    tally: Tally, problems: Sequence[Problem], *, is_stopped: bool
) -> Iterator[str]:
    """Yield what was odd, what was done, and what needs attention, by all names."""
    for problem in problems:
        yield words.describe_problem(problem)
    if problems:
        yield ""
    yield from tally.describe_result(is_stopped=is_stopped, width=_WIDTH)
    for heading, names in _group_stops(tally.stopped).items():
        yield from _list_names(heading, names)
    for alike in group_failures(tally.failed):
        yield from _list_names(alike.heading, alike.names, alike.remedy)
    for left in group_reasons(tally.find_left_alone()):
        yield from _list_names(left.heading, left.photos, left.remedy)


def _group_stops(outcomes: Sequence[Outcome]) -> Mapping[str, Sequence[str]]:
    """Return what was left for the next run, by what stopped its whole side."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        _, name = outcome_words.split_failure(outcome)
        groups[f"! {outcome_words.describe_stop(outcome)}"].append(name)
    return groups


def _list_names(heading: str, names: Sequence[str], remedy: str = "") -> Iterator[str]:
    yield ""
    yield heading
    for name in names[:_MOST_NAMES]:
        yield f"    {name}"
    more = len(names) - _MOST_NAMES
    if more > 0:
        yield f"    and {more:,} more"
    if remedy:
        yield f"    -> {remedy}"


def limit(lines: Iterator[str]) -> Iterator[str]:
    """Yield the first lines, and how many more there are, of which none is kept."""
    yield from islice(lines, _MOST_LINES)
    more = sum(1 for _ in lines)
    if more:
        yield f"... and {count_nouns(more, 'more line')}"
