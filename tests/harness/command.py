"""The command, as a person types it: in this process where nothing else is to be shown.

A process of its own costs a third of a second of a processor, most of it for imports.
What only such a process can show (signals, a terminal, a killed run, rights, memory)
starts one.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple, TextIO

from photosync.cli import main


def without_settings() -> dict[str, str]:
    """Our environment without what configures photosync."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PHOTOSYNC_")
    }


class Ended(NamedTuple):
    """The exit code of a run, and what it said."""

    code: int
    out: str
    err: str


def run(
    argv: Sequence[str | Path],
    environment: Mapping[str, str],
    extra: Mapping[str, str] | None = None,
) -> Ended:
    """Run the command without a terminal.

    Of the extra environment only what configures photosync is read anew by each run;
    the rest (the time zone, the browser, the encoding) by a process that starts.
    """
    words = [str(word) for word in argv]
    more = dict(extra or {})
    if all(name.startswith("PHOTOSYNC_") for name in more):
        return run_here(words, {**environment, **more})
    return run_apart(words, {**environment, **more})


def run_apart(argv: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run the command in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "photosync", *argv],
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def run_here(argv: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run the command in this process."""
    out, err = _stream(), _stream()
    with (
        chdir("/"),
        _environment(environment),
        _no_input(),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            code = main(argv)
        except SystemExit as end:
            # That is how argparse ends --help and --version.
            code = int(end.code or 0)
    return Ended(code, _written_to(out), _written_to(err))


def _stream() -> TextIO:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape")


def _written_to(stream: TextIO) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


@contextmanager
def _environment(environment: Mapping[str, str]) -> Iterator[None]:
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
