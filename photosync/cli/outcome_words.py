"""What became of an operation, in the words of the screen."""

from __future__ import annotations

from photosync.cli import words
from photosync.formatting import say_of
from photosync.model import Outcome, Result, Step


def describe_done(outcome: Outcome) -> str:
    """Return a step that was done, and what the person should know of it."""
    line = words.describe(outcome.step)
    return f"{line}: {outcome.reason}" if outcome.reason else line


def describe_failure(outcome: Outcome) -> str:
    """Return a step that was not done, and why."""
    ending, phrase, name = _take_apart(outcome)
    return f"{ending}: {phrase}  {name}: {outcome.reason}"


def split_failure(outcome: Outcome) -> tuple[str, str]:
    """Return what was not done, `failed (upload to Drive)`, and what it was about."""
    ending, phrase, name = _take_apart(outcome)
    return f"{ending} ({phrase})", name


def _take_apart(outcome: Outcome) -> tuple[str, words.Phrase, str]:
    step = outcome.step
    ending = "failed" if outcome.result is Result.FAILED else "not done"
    if isinstance(step, Step):
        return ending, words.phrase_of(step), words.name_photo(step)
    return ending, words.phrase_album(step), step.subject


def describe_stop(outcome: Outcome) -> str:
    """Return why a side takes no more in this run."""
    text = say_of(outcome.step.service, outcome.reason)
    return f"{text}; the rest is left for the next run"
