"""Lines for a person: whatever stands in them, each stays one line and does nothing to a
terminal; and what is done where nobody can read them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TextIO

from photosync.cli.colours import paint, takes_colour
from photosync.cli.program import is_command, spell_commands
from photosync.cli.terminal import find_columns, is_dumb, is_tty
from photosync.errors import PhotosyncError, SetupNeeded
from photosync.formatting import measure, printable, wrap_line

_PAGE = 80


class _State:
    """What could not be written, for the exit code and a word at the end; and whether
    people are spoken to on standard error, as a script reads the output.
    """

    def __init__(self) -> None:
        self.output = False
        self.reason = ""
        self.log = ""
        self.to_stderr = False


_state = _State()


def forget_losses() -> None:
    """Begin anew: another run has lost nothing yet, and speaks as ever."""
    _state.output = False
    _state.reason = ""
    _state.log = ""
    _state.to_stderr = False


def speak_on_stderr() -> None:
    """From now on leave standard output to what a script reads."""
    _state.to_stderr = True


def has_lost_output() -> bool:
    """Whether something that was said or logged reached nobody."""
    return _state.output or _state.log != ""


def judge_losses(code: int) -> int:
    """Return the exit code of a command whose output may have reached nobody."""
    # What nobody could read is no reason to end early, but none to call it well either.
    return max(code, 1) if has_lost_output() else code


def say(line: str) -> None:
    """Print one line for a person, whatever characters it has and the stream can hold;
    at a terminal broken between words where it is longer.

    A terminal that was closed, a full disk, `| head`: the work goes on all the same.
    """
    _print_line(line, _find_stream())


def say_whole(line: str) -> None:
    """Print one line for a person that is never broken: it is to be copied, or a table."""
    _write(spell_commands(printable(line)), _find_stream())


def complain(line: str) -> None:
    """Print one line to standard error, after what was said so far."""
    flush()
    _print_line(line, sys.stderr)


def answer_script(line: str) -> None:
    """Print one line to standard output for a program to read, the same everywhere."""
    _write(line, sys.stdout, is_plain=True)


def _find_stream() -> TextIO | None:
    return sys.stderr if _state.to_stderr else sys.stdout


def _print_line(line: str, stream: TextIO | None) -> None:
    # A name of a file, or what a service says, may hold a line break, or the codes that
    # clear a screen.
    line = spell_commands(printable(line))
    for piece in _break_line(line, stream):
        _write(piece, stream)


def _break_line(line: str, stream: TextIO | None) -> Iterable[str]:
    """Return a line in pieces that the terminal has room for.

    A command that is to be pasted stays whole: of one in two pieces the first is carried
    out without the `--dry-run` of the second.
    """
    if not is_tty(stream) or is_command(line):
        return [line]
    columns = find_columns()
    if measure(line) <= columns:
        return [line]
    return wrap_line(line, columns)


def _write(line: str, stream: TextIO | None, *, is_plain: bool = False) -> None:
    if stream is None:
        # It was closed before the start.
        _state.output = True
        return
    try:
        encoding = stream.encoding or "utf-8"
        line = line.encode(encoding, "backslashreplace").decode(encoding)
        is_painted = not is_plain and takes_colour(stream)
        print(paint(line) if is_painted else line, file=stream)
    except (OSError, ValueError) as error:
        # It was closed since.
        note_lost_output(error)


def find_width() -> int:
    """Return how many columns a person sees; of a pipe nobody knows."""
    return find_columns() if is_terminal() else sys.maxsize


def explain(error: PhotosyncError) -> None:
    """Say what is wrong in one line; what has to be set up, step by step."""
    text = f"photosync: {error}"
    lines = _lay_out(text) if isinstance(error, SetupNeeded) else [text]
    for line in lines:
        complain(line)


def _lay_out(page: str) -> Iterator[str]:
    """Yield the lines of a page of steps, as wide as one is read well."""
    width = min(find_columns(), _PAGE) if is_tty(sys.stderr) else _PAGE
    for line in page.split("\n"):
        yield from [line] if is_command(line) else wrap_line(line, width)


def is_terminal() -> bool:
    """Whether a person watches what is said."""
    return is_tty(sys.stdout)


def is_redrawn() -> bool:
    """Whether a person watches on a terminal whose lines can be drawn anew.

    The console of an editor is a terminal too, and cannot do that.
    """
    return is_terminal() and not is_dumb()


def flush() -> None:
    """Write out what was said so far; lost is what cannot be."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError) as error:
            note_lost_output(error)
            _drop(stream)


def note_lost_output(error: Exception) -> None:
    """Remember that something was said to nobody, and why."""
    _state.output = True
    # Who reads through `| head` has seen what he wanted, and who closed the output wants
    # to see nothing.
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        _state.reason = error.strerror or str(error)


def _drop(stream: TextIO) -> None:
    """Send what else a broken stream holds nowhere: Python flushes it once more."""
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), stream.fileno())


def note_loss() -> None:
    """Remember that something was said to nobody."""
    _state.output = True


def note_lost_log(error: BaseException | None) -> None:
    """Remember that the log is not whole, and why."""
    _state.log = getattr(error, "strerror", None) or str(error)


def complain_of_losses() -> None:
    """Say once, at the end, that the log is not whole, or what was said."""
    flush()
    if _state.reason:
        complain(f"photosync: the output is not whole ({_state.reason})")
    if _state.log:
        complain(f"photosync: the log is not whole ({_state.log})")
