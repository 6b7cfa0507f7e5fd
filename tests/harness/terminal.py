"""A pseudo-terminal for the command in this process, and what a person sees on it."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import struct
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pyte

from harness.command import listening, stand_in_environment
from harness.pseudo_terminal import PseudoTerminal
from photosync.cli import main

EDGE = "~" * 20 + " above: scrolled away; below: the screen " + "~" * 19


class Size(NamedTuple):
    """Columns and lines."""

    columns: int
    lines: int

    def __str__(self) -> str:
        return f"{self.columns}x{self.lines}"


SMALL, LARGE = Size(80, 24), Size(200, 50)


class Terminal(PseudoTerminal):
    """A terminal with an emulator at its other end. It is the standard output and error
    of whatever runs inside of `with`.
    """

    def __init__(self, size: Size) -> None:
        self._size = size
        self._screen = pyte.HistoryScreen(size.columns, size.lines, history=10_000)
        self._stream = pyte.ByteStream(self._screen)
        super().__init__()
        room = struct.pack("HHHH", size.lines, size.columns, 0, 0)
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, room)

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Make it the terminal of this process, until all that was said is read."""
        try:
            with (
                open(os.dup(self.theirs), "w", encoding="utf-8", buffering=1) as stream,  # noqa: PTH123 - a terminal, and no path
                redirect_stdout(stream),
                redirect_stderr(stream),
                stand_in_environment(self._variables()),
                # What is logged is not for the screen.
                listening(),
            ):
                yield
        finally:
            self.close()

    def _variables(self) -> dict[str, str]:
        columns, lines = map(str, self._size)
        ours = {"TERM": "xterm", "COLUMNS": columns, "LINES": lines, "TZ": "UTC"}
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PHOTOSYNC_") and name != "NO_COLOR"
        }
        return {**kept, **ours}

    def take(self, data: bytes) -> None:
        self._stream.feed(data)

    def see(self) -> str:
        """Return what a person sees, below what has scrolled away."""
        width = self._size.columns
        above = [
            "".join(line[column].data for column in range(width)).rstrip()
            for line in self._screen.history.top
        ]
        shown = "\n".join(line.rstrip() for line in self._screen.display).rstrip()
        return "\n".join([*above, EDGE, shown]) if above else shown


@contextmanager
def a_home() -> Iterator[Path]:
    """The home of a person, as the current folder. Its path is always as long as
    `MASKED_HOME`, so that lines break where they always do.
    """
    home = Path(tempfile.mkdtemp(prefix="ps-", dir="/tmp"))
    assert len(str(home)) == len(MASKED_HOME)
    try:
        with chdir(home):
            yield home
    finally:
        shutil.rmtree(home)


def type_in(command: str) -> None:
    """Show what a person typed, as a shell does."""
    sys.stdout.write(f"$ {command}\n")


def run_at(size: Size, home: Path, *argv: str) -> str:
    """Run the command at a terminal; return what a person sees, masked."""
    terminal = Terminal(size)
    with terminal.attached():
        os.environ["HOME"] = str(home)
        os.environ["PHOTOSYNC_HOME"] = str(home / "home")
        type_in(f"photosync {shlex.join(argv)}")
        code = main(argv)
        sys.stdout.write(f"(exit code {code})\n")
    return mask(terminal.see())


MASKED_HOME = "/home/anna/there"
_VOLATILE = {
    r"/tmp/ps-\w{8}": MASKED_HOME,
    r"\b(in|after) (\d+ h )?(\d+ min )?\d+ s\b": r"\1 3 s",
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d": "2026-11-29 03:30:00",
    r"goes on at \d\d:\d\d": "goes on at 14:20",
    r"\d+\.\d [GT]B free(?! of)": "123.4 GB free",
    r"[\d,]+ in this hour": "3,450 in this hour",
    r"127\.0\.0\.1:\d+": "127.0.0.1:80",
    # A checkout that is not installed is called by its path.
    r"(\S+/)?\bbin/photosync\b": "photosync",
}


def mask(text: str) -> str:
    """Return a screen with all that differs from run to run made constant: the home, how
    long things took, when they were, and ports.
    """
    for pattern, constant in _VOLATILE.items():
        text = re.sub(pattern, constant, text)
    return text
