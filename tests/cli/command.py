"""Runs the command as a person would, judged by what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from harness import command

_STEP = re.compile(r"(?P<action>\w+) +folder:.*?  (?P<subject>.*?)(?:  \(.*\))?")
MODES = ("upload", "download", "report", "repairUpload", "sync", "syncUpload")
MODE_NAMES = ", ".join(MODES)
ACTIONS = (
    "UPLOAD_LOCAL, DELETE_LOCAL, SILENT, REPORT, DOWNLOAD_REMOTE, DELETE_REMOTE, TAG_REMOTE, "
    "REPLACE_REMOTE_WITH_LOCAL, UPDATE_REMOTE_METADATA, MOVE_REMOTE, MOVE_LOCAL, KEEP_BOTH, "
    "UPDATE_LOCAL_METADATA, MERGE_METADATA"
)
SHARE = "neither a whole number nor a percentage from 0% to 100%"
DELETING = ("--allowDelete", "both", "--purge", "--max-delete", "100%")
DELETE_HERE = ("--override", "LOCAL_ONLY=DELETE_LOCAL", "REMOTE_DELETED=DELETE_LOCAL")

COMMAND = (sys.executable, "-m", "photosync")
_STEP_WORDS = frozenset(
    {
        "UPLOAD_LOCAL",
        "DELETE_LOCAL",
        "REPORT",
        "DOWNLOAD_REMOTE",
        "DELETE_REMOTE",
        "REPLACE_REMOTE_WITH_LOCAL",
        "UPDATE_REMOTE_METADATA",
        "MOVE_REMOTE",
        "MOVE_LOCAL",
        "KEEP_BOTH",
        "RENAME_ALBUM",
        "REMOVE_ALBUM",
        "EMPTY_TRASH",
    }
)


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str
    log: str = field(default="", compare=False)

    @property
    def steps(self) -> list[str]:
        """The steps that were planned, told or done, in the words of the table,
        sorted.
        """
        lines = command.summaries(self.log)
        return sorted(line for line in lines if line.partition(" ")[0] in _STEP_WORDS)

    @property
    def actions(self) -> list[str]:
        """The steps that do something."""
        return [line for line in self.steps if not line.startswith("REPORT")]

    def done(self, action: str) -> list[str]:
        """What an action was done about, as `album/name`, sorted."""
        rows = (_STEP.fullmatch(line) for line in self.steps)
        return sorted(row["subject"] for row in rows if row and row["action"] == action)


def drops_root() -> tuple[str, ...]:
    """A prefix that makes modes and owners of files count, for root too."""
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root may read and write everything, and there is no setpriv")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a run: ours without what configures photosync, and something
    more.
    """
    return command.without_settings() | {"PYTHONUTF8": "1"} | dict(extra or {})


def run(
    *argv: str | Path,
    env: Mapping[str, str] | None = None,
    unprivileged: bool = False,
    before: Callable[[], None] | None = None,
) -> Result:
    """Run the command to its end.

    Without rights, or with something to do ahead of the command (`before`), it runs in
    a process of its own.
    """
    if not unprivileged and before is None:
        return checked(Result(*command.run(argv, environment(), env)))
    prefix = drops_root() if unprivileged else ()
    with command.logging_to_a_file(environment(env)) as (variables, log):
        ended = subprocess.run(
            [*prefix, *COMMAND, *map(str, argv)],
            env=variables,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            preexec_fn=before,
            timeout=120,
            check=False,
        )
        logged = log.read_text()
    return judged(ended.returncode, ended.stdout, ended.stderr, logged)


def judged(code: int, out: bytes, err: bytes, log: str = "") -> Result:
    """The result of a process that ended."""
    return checked(Result(code, out.decode(), err.decode(), log))


def checked(result: Result) -> Result:
    """A result, after what holds for every run: no traceback, harmless lines."""
    assert "Traceback" not in result.err + result.out
    for line in (result.out + result.err).split("\n"):
        # What joins the parts of an emoji or of a Persian word does nothing else.
        assert re.sub("[\u200c\u200d]", "", line).isprintable(), line
    return result


def refused(result: Result, text: str) -> None:
    """A run that said one line and did nothing."""
    assert (result.code, result.out) == (2, "")
    assert result.err == f"photosync: {text}\n"
