"""What the measurements of services share: an embedded service in a process of its own,
and what one run of photosync cost.
"""

from __future__ import annotations

import compileall
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

import photosync as program
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE_FILE
from photosync.emulators.flickr import FlickrEmulator
from photosync.emulators.flickr import Settings as FlickrSettings
from photosync.emulators.hosted import Hosted
from photosync.services.auth.session import Session

Emulator = TypeVar("Emulator", bound=Hosted)
Answer = TypeVar("Answer")

# What a program has used is told by itself: what started it would count as well.
_MEASURED = """
import re, resource, sys
from pathlib import Path
from photosync.cli.app import main
code = main()
used = resource.getrusage(resource.RUSAGE_SELF)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(f"used {used.ru_utime + used.ru_stime:.3f} {int(peak[1]) / 1024:.0f}")
sys.exit(code)
"""


class Served(Generic[Emulator]):
    """An embedded service that works beside us and not within our processor time."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def ask(self, work: Callable[[Emulator], Answer]) -> Answer:
        """Return what `work` returns, which is done there: a function of a module."""
        self._line.send(work)
        answer: Answer = self._line.recv()
        return answer


@contextmanager
def serve(
    make: Callable[[Path], AbstractContextManager[Emulator]], folder: Path
) -> Iterator[Served[Emulator]]:
    """Start an embedded service, whose state is in a folder, and stop it at the end."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=_work, args=(make, folder, theirs), daemon=True)
    process.start()
    yield Served(ours)
    ours.send(None)
    process.join()


def _work(
    make: Callable[[Path], AbstractContextManager[Any]], folder: Path, line: Connection
) -> None:
    with make(folder) as emulator:
        while work := line.recv():
            line.send(work(emulator))


def make_drive(folder: Path) -> DriveEmulator:
    return DriveEmulator(folder)


def make_flickr(folder: Path) -> FlickrEmulator:
    return FlickrEmulator(folder, settings=FlickrSettings(hourly_quota=None))


def sign_in_drive(home: Path, drive: DriveEmulator) -> None:
    """Let the runs of a home folder use this Drive."""
    token = drive.authorized_user([DRIVE_FILE])
    Session(home).store("drive", drive.account, token)


def sign_in_flickr(home: Path, flickr: FlickrEmulator) -> None:
    """Let the runs of a home folder use this Flickr."""
    key = flickr.client_secrets()
    names = {"api_key": key["key"], "api_secret": key["secret"]}
    Session(home).store("flickr", "anna", {**flickr.authorized_user(), **names})


def hold_back(seconds: float, emulator: Hosted) -> None:
    """Let each call take so much longer, as a line does."""
    emulator.delay = seconds


def find_url(emulator: Hosted) -> str:
    return emulator.url


def take_calls(emulator: Hosted) -> dict[str, int]:
    """Return the calls by method since this was last asked."""
    calls = dict(emulator.calls.most_common())
    emulator.traffic.reset()
    return calls


@dataclass(frozen=True)
class Run:
    """One run of photosync: its exit code, seconds, those of the processor, the peak
    of its memory in MiB, and its last words.
    """

    code: int
    seconds: float
    cpu: float
    peak: float
    said: str

    def __str__(self) -> str:
        failed = f"  EXIT {self.code}: {self.said}" if self.code else ""
        return (
            f"{self.seconds:.1f} s, {self.cpu:.1f} s of processor, "
            f"{self.peak:.0f} MiB{failed}"
        )


@dataclass(frozen=True)
class Peer:
    """What another program took for the same; its peak in MiB, where it was measured."""

    name: str
    seconds: float
    cpu: float
    peak: float = 0.0

    def __str__(self) -> str:
        peak = f", {self.peak:.0f} MiB" if self.peak else ""
        return f"{self.name} {self.seconds:.1f} s, {self.cpu:.1f} s of processor{peak}"


def measure_program(
    name: str, command: Sequence[str], env: Mapping[str, str] | None = None
) -> Peer:
    """Run another program to its end; raises CalledProcessError where it fails."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=env, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            text = said.read().decode(errors="replace")
            raise subprocess.CalledProcessError(process.returncode, command, text)
    seconds = time.perf_counter() - begin
    cpu = used.ru_utime + used.ru_stime
    return Peer(name, seconds, cpu, used.ru_maxrss / 1024)


@cache
def compile_program() -> None:
    """Leave the program as pip does: it is not compiled at each start.

    Where PYTHONDONTWRITEBYTECODE is set, as in many containers, a checkout of it is, and
    that would be a third of a run with nothing to do.
    """
    compileall.compile_dir(Path(program.__file__).parent, quiet=1)


def photosync(home: Path, *argv: str, **urls: str) -> Run:
    """Run photosync in a process of its own; `urls` are the services' addresses."""
    compile_program()
    named = {f"PHOTOSYNC_{name.upper()}_URL": url for name, url in urls.items()}
    begin = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", _MEASURED, "--home", str(home), *argv],
        env={**os.environ, **named, "NO_PROXY": "127.0.0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begin
    *lines, last = ended.stdout.splitlines()
    _, cpu, peak = last.split()
    said = "\n".join(lines[-3:])
    return Run(ended.returncode, seconds, float(cpu), float(peak), said)
