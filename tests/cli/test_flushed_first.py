"""A photo gets its name on a disk only after its bytes are on it, however many are
copied at once; as the calls that the system sees tell.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from harness.spread import NIGHTLY

from cli.command import COMMAND, environment
from cli.conftest import World
from cli.trees import files, parts

PHOTOS = 12
TRACED = "trace=write,linkat,fsync,syncfs"
_CALL = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+).*")
_BEGUN = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>")
_ENDED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>.*\) += (-?\d+).*")
_FILE = re.compile(r"\d+<(.*?)>")
_LINK = re.compile(r'\d+<(.*?)>, "(.*?)", .*')


class Call(NamedTuple):
    """A call that succeeded, and at which lines of the trace it began and ended."""

    name: str
    words: str
    begun: int
    ended: int

    @property
    def file(self) -> str:
        found = _FILE.match(self.words)
        return found[1] if found else ""


def read_calls(trace: Path) -> Iterator[Call]:
    begun: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(trace.read_text(errors="replace").splitlines()):
        if found := _CALL.fullmatch(line):
            _, name, words, result = found.groups()
            if int(result) >= 0:
                yield Call(name, words, number, number)
        elif found := _BEGUN.fullmatch(line):
            begun[found[1]] = number, found[3]
        elif (found := _ENDED.fullmatch(line)) and int(found[3]) >= 0:
            since, words = begun[found[1]]
            yield Call(found[2], words, since, number)


def trace_run(world: World, *inject: str) -> tuple[int, list[Call]]:
    """Carry out a run under strace; its exit code and its calls."""
    trace = world.top / "trace"
    watch = ["strace", "-f", "-y", "-qq", "-o", str(trace)]
    for expression in ("signal=none", TRACED, *inject):
        watch += ["-e", expression]
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    command = [*COMMAND, *map(str, places), "-m", "sync", "--transfers", "8"]
    said = subprocess.run(
        [*watch, *command],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if "ptrace" in said.stderr:
        pytest.skip("nobody may watch a process here")
    return said.returncode, list(read_calls(trace))


@pytest.fixture
def traced(world: World) -> World:
    if not shutil.which("strace"):
        pytest.skip("there is no strace")
    for number in range(PHOTOS):
        world.here(f"album/{number}.jpg", b"photo %d" % number)
    return world


WITHOUT_CALL = ("inject=syncfs:error=ENOSYS",)


@pytest.mark.parametrize("inject", [(), WITHOUT_CALL] if NIGHTLY else [()])
def test_no_photo_has_its_name_before_its_bytes_are_on_the_disk(
    traced: World, inject: tuple[str, ...]
) -> None:
    code, calls = trace_run(traced, *inject)
    assert code == 0
    links = [call for call in calls if call.name == "linkat"]
    assert len(links) == PHOTOS
    flushes = [call for call in calls if call.name in {"fsync", "syncfs"}]
    for link in links:
        found = _LINK.fullmatch(link.words)
        assert found
        folder, part = found[1], f"{found[1]}/{found[2]}"
        (written,) = [
            call for call in calls if call.name == "write" and call.file == part
        ]
        assert any(
            written.ended < flush.begun
            and flush.ended < link.begun
            and (flush.name == "syncfs" or flush.file == part)
            for flush in flushes
        )
        # And then the name itself.
        assert any(
            link.ended < flush.begun
            and (flush.name == "syncfs" or flush.file == folder)
            for flush in flushes
        )
    assert files(traced.remote) == files(traced.local)


def test_a_photo_that_the_disk_does_not_take_fails_and_is_brought_by_the_next_run(
    traced: World,
) -> None:
    (traced.remote / "album").mkdir(parents=True)
    inject = ("inject=syncfs:error=EIO", "inject=fsync:error=EIO:when=1")
    # The first thing that each thread flushes is a photo.
    code, _ = trace_run(traced, *inject)
    assert code == 1
    assert len(files(traced.remote)) < PHOTOS
    assert parts(traced.remote) == []
    assert traced.sync("-m", "sync").code == 0
    assert files(traced.remote) == files(traced.local)
