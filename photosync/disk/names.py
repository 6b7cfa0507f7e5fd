"""Paths on a disk: which lies within which, and what unfinished files are called."""

from __future__ import annotations

import functools
import hashlib
import itertools
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from photosync.naming import PART_PREFIX

_PART = re.compile(
    re.escape(PART_PREFIX)
    + r"(?P<host>[0-9a-f]{8})-(?P<boot>[0-9a-f]{8})-(?P<process>\d+)-[0-9a-f]{16}"
    # Made for a moment to see what a disk takes in a name.
    + r"(?:.x|[. ])?",
    re.DOTALL,
)
_OLD_PART = re.compile(re.escape(PART_PREFIX) + r"(?P<process>\d+)-\d+")
"""As versions of this program wrote it that knew of one machine only."""

_NOBODYS_AFTER = 7 * 24 * 3600.0
"""Seconds after which a file that another machine left unfinished is nobody's."""


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder itself or below it, by whole components."""
    # "/photos2/a" begins with "/photos" and yet lies elsewhere.
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def find_around(path: str, folders: Iterable[str]) -> str:
    """Return which of these folders a path lies in, the innermost of several; empty if
    it lies in none.
    """
    around = [folder for folder in folders if is_within(path, folder)]
    return max(around, key=len, default="")


def find_overlap(paths: Sequence[str]) -> tuple[str, str] | None:
    """Return two of these paths of which the first lies within the second, or None.

    Links are followed first, and the real paths returned: two names of one folder
    overlap, as those that a bind mount gives it do.
    """
    real_paths = [os.path.realpath(path) for path in paths]
    for inner, outer in itertools.permutations(real_paths, 2):
        if is_within(inner, outer) or _is_met_above(inner, outer):
            return inner, outer
    return None


def _is_met_above(path: str, folder: str) -> bool:
    """Whether a folder is a path, or met on the way to it, by another name."""
    place = Path(path)
    with suppress(OSError):
        status = os.stat(folder)  # noqa: PTH116 - a str stays a str
        for above in (place, *place.parents):
            # One that is not there yet is no other folder either.
            with suppress(OSError):
                if os.path.samestat(above.stat(), status):
                    return True
    return False


def make_part_name() -> str:
    """Return a name for a file not whole yet, which nobody can foresee.

    It tells host, start of the system and process, so that what a killed run left can
    be told from what another machine is writing on the same share.
    """
    marks = (_mark_host(), _mark_boot(), str(os.getpid()), secrets.token_hex(8))
    return PART_PREFIX + "-".join(marks)


def is_abandoned(file: str, age: float) -> bool:
    """Whether a file name is that of an unfinished file whose run is over.

    `age` are the seconds since it was last touched. To be asked before this run
    writes: our own process number then stands for an earlier run's.
    """
    found = _PART.fullmatch(file)
    if found is None:
        old = _OLD_PART.fullmatch(file)
        return old is not None and _is_over(int(old["process"]))
    if found["host"] != _mark_host():
        # Another machine, or another container, may be writing it right now.
        return age > _NOBODYS_AFTER
    # After a power cut other processes have the old numbers.
    return found["boot"] != _mark_boot() or _is_over(int(found["process"]))


@functools.cache
def _mark_host() -> str:
    """Return what tells this machine, and this container on it, from others."""
    namespace = ""
    with suppress(OSError):
        # Containers of one host may share its name, but never the process numbers.
        namespace = str(os.stat("/proc/self/ns/pid").st_ino)  # noqa: PTH116
    # Two of a kind may both be called DiskStation.
    return _shorten(f"{os.uname().nodename} {_identify_machine()} {namespace}")


def _identify_machine() -> str:
    with suppress(OSError):
        return Path("/etc/machine-id").read_text()
    # The address of its network card; few systems are asked for it.
    import uuid  # noqa: PLC0415

    return str(uuid.getnode())


@functools.cache
def _mark_boot() -> str:
    """Return what changes with each start of the system, where it tells."""
    boot = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return _shorten(boot)


def _shorten(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:8]


def _is_over(process: int) -> bool:
    return process == os.getpid() or not _is_running(process)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        # Another user's process may not be signalled, but it runs.
        return True
    return True
