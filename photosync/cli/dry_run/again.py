"""What to type after a dry run to have it done: its own words, without the dry run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from photosync.cli.program import NAME
from photosync.config.options import OPTIONS
from photosync.disk.named import is_stream

_TEST = next(option for option in OPTIONS if option.field == "test")
_FLAGS = frozenset(
    option.short[1:] for option in OPTIONS if option.flag and option.short
)
_TAKES_ANYTHING = frozenset({"-r", "--replace", "--namingextract"})
_SHORTS = re.compile("-[A-Za-z]{2,}")


def write_command(argv: Sequence[str], program: str = NAME) -> str:
    """Return the command that does what a dry run showed, to be pasted into a shell."""
    words = list(_drop_test(argv))
    if words == list(argv):
        # config.toml or the environment asked for the dry run.
        words.append(_TEST.opposite)
    return shlex.join([program, *words])


def _drop_test(argv: Sequence[str]) -> Iterator[str]:
    """Yield the words without the dry run; a plan that it wrote is now carried out."""
    words = iter(argv)
    for word in words:
        if word in _TAKES_ANYTHING:
            yield word
            # In `-r '-t'` the expression is that.
            yield from islice(words, 1)
        elif word in _TEST.flags:
            continue
        elif word == "--plan":
            path = next(words, "")
            yield from _apply(path, "--apply", path)
        elif word.startswith("--plan="):
            path = word.removeprefix("--plan=")
            yield from _apply(path, f"--apply={path}")
        elif _SHORTS.fullmatch(word):
            yield from _drop_letter(word)
        else:
            yield word


def _apply(path: str, *words: str) -> Iterator[str]:
    """Yield the words that carry out the plan at a path, if it can be read there: of one
    that went into a pipe nothing is left.
    """
    if not is_stream(Path(path)):
        yield from words


def _drop_letter(word: str) -> Iterator[str]:
    """Yield several short options in one word, as `-vt`, without that for a dry run."""
    kept = "-"
    for place, letter in enumerate(word[1:], 1):
        if letter not in _FLAGS:
            # What follows is its value, as in `-dPhotos`.
            kept += word[place:]
            break
        if f"-{letter}" != _TEST.short:
            kept += letter
    if kept != "-":
        yield kept
