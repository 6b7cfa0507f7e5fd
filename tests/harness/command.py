"""The command, as a person types it: in this process where nothing else is to be shown.

A process of its own costs a third of a second of a processor, most of it for imports.
What only such a process can show (signals, a terminal, a killed run, rights, memory)
starts one.
"""

from __future__ import annotations

import io
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import (
    chdir,
    contextmanager,
    redirect_stderr,
    redirect_stdout,
)
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

from harness.pseudo_terminal import pseudo_terminal
from photosync.cli import main


def without_settings() -> dict[str, str]:
    """Our environment without what configures photosync."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PHOTOSYNC_")
    }


_MACHINE_NAME = re.compile(r"(?<![\w/.:=,'@-])(?:drive|flickr)(?![\w/.=,'@-])")
_OPTION = re.compile(r"(?:-p|--scope) \S+|is not one of .*")

_STEP = re.compile(r"(?:.* INFO )?(?:planned|told|done) (?P<summary>[A-Z_]+ .*)")


class Ended(NamedTuple):
    """The exit code of a run, what it said, and what it logged."""

    code: int
    out: str
    err: str
    log: str = ""


def summaries(log: str) -> list[str]:
    """The steps that a log tells of as planned, told or done, each in one line."""
    rows = (_STEP.fullmatch(line) for line in log.splitlines())
    return [row["summary"] for row in rows if row]


def calls_services_by_name(said: str) -> bool:
    """Whether no line says `drive` where a person reads `Drive`.

    Paths, addresses, what is to be typed and what a script reads keep the short names.
    """
    lines = (line for line in said.splitlines() if not line.startswith(("{", " ", '"')))
    return not any(_MACHINE_NAME.search(_OPTION.sub("", line)) for line in lines)


_READ_ANEW = ("PHOTOSYNC_", "OAUTHLIB_", "NO_PROXY")
_PLURAL = re.compile(
    r"(?<![\w.,:/-])1 (?:more )?(?:photos|albums|files|pictures|folders|links|days|calls|"
    r"runs|copies|steps|things|others|seconds|minutes|hours)\b"
)


def counts_singulars(said: str) -> bool:
    """Whether no line says `1 photos`."""
    return not _PLURAL.search(said)


class _Lines(logging.Handler):
    """Keeps the lines that are logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def listening() -> Iterator[list[str]]:
    """The lines that the command logs meanwhile."""
    handler = _Lines()
    logger = logging.getLogger("photosync")
    logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)


@contextmanager
def logging_to_a_file(
    environment: Mapping[str, str],
) -> Iterator[tuple[dict[str, str], Path]]:
    """The environment of a process that logs, unless it is told where, and the file."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.touch()
        yield {"PHOTOSYNC_LOG": str(log), **environment}, log


def run(
    argv: Sequence[str | Path],
    environment: Mapping[str, str],
    extra: Mapping[str, str] | None = None,
) -> Ended:
    """Run the command without a terminal.

    Of the extra environment only what configures photosync or its calls is read anew by
    each run; the rest (the time zone, the browser, the encoding) by a process that
    starts.
    """
    words = [str(word) for word in argv]
    every = {**environment, **(extra or {})}
    more = {name for name, value in every.items() if environment.get(name) != value}
    start = run_here if all(name.startswith(_READ_ANEW) for name in more) else run_apart
    return start(words, every)


def run_apart(argv: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run the command in a process of its own."""
    with logging_to_a_file(environment) as (env, log):
        ended = subprocess.run(
            [sys.executable, "-m", "photosync", *argv],
            env=env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        logged = log.read_text()
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode(), logged)


def run_here(argv: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run the command in this process."""
    out, err = _stream(), _stream()
    with (
        chdir("/"),
        stand_in_environment(environment),
        _no_input(),
        redirect_stdout(out),
        redirect_stderr(err),
        listening() as lines,
    ):
        try:
            code = main(argv)
        except SystemExit as end:
            # That is how argparse ends --help and --version.
            code = int(end.code or 0)
    ended = Ended(code, _written_to(out), _written_to(err), "\n".join(lines))
    if not {"-h", "--help"} & set(argv):
        said = ended.out + ended.err
        assert calls_services_by_name(said), said
        assert counts_singulars(said), said
    return ended


def run_at_terminal(
    argv: Sequence[str | Path],
    environment: Mapping[str, str],
    typed: str = "",
    *,
    breaks_after: int | None = None,
) -> Ended:
    """Run the command in this process, at a terminal where a person types something.

    What the terminal shows is all of it output, the echo of what was typed included.
    It breaks after it was drawn on so often.
    """
    before = sys.stdin
    with (
        pseudo_terminal() as terminal,
        # Terminals, and no paths.
        open(os.dup(terminal.theirs)) as keyboard,  # noqa: PTH123
        open(os.dup(terminal.theirs), "wb", buffering=0) as device,  # noqa: PTH123
        _Screen(device, breaks_after) as screen,
        chdir("/"),
        stand_in_environment({"TERM": "xterm", **environment}),
        redirect_stdout(screen),
        redirect_stderr(screen),
        listening() as lines,
    ):
        terminal.type(typed)
        sys.stdin = keyboard
        try:
            code = main([str(word) for word in argv])
        finally:
            sys.stdin = before
    return Ended(code, terminal.see(), "", "\n".join(lines))


_DRAWS = re.compile(r"\x1b\[[\d;?]*[A-Zh-l]")
"""What moves about on a terminal; a colour does not."""


class _Screen(io.TextIOWrapper):
    """What is written to a terminal, until it is drawn on once too often."""

    def __init__(self, device: BinaryIO, breaks_after: int | None) -> None:
        super().__init__(device, encoding="utf-8", write_through=True)
        self._left = breaks_after

    def write(self, text: str) -> int:
        if _DRAWS.search(text) and self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise RuntimeError("the terminal broke")
        return super().write(text)


def _stream() -> TextIO:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape")


def _written_to(stream: TextIO) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


@contextmanager
def stand_in_environment(environment: Mapping[str, str]) -> Iterator[None]:
    """Let these variables, and no others, be those of this process."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _no_input() -> Iterator[None]:
    before = sys.stdin
    with Path(os.devnull).open() as nothing:
        sys.stdin = nothing
        try:
            yield
        finally:
            sys.stdin = before
