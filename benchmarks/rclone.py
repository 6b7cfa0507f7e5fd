"""rclone beside photosync: between folders, and with Drive by https, as it speaks to
nothing else.
"""

from __future__ import annotations

import shutil
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.served import Peer, Served, measure_program, serve
from photosync.emulators.drive import DriveEmulator

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
from wire.certificates import make_authority
from wire.rclone import HOSTS, format_config, make_environment, tunnelling

NAME = "rclone"
# As fast as people set it; each file is a call at least.
TUNED = ("--drive-pacer-min-sleep", "1ms", "--drive-pacer-burst", "1000", "--fast-list")

_THEN_SYNC = (
    "sh",
    "-c",
    'target=$1; shift; "$@" && find "$target" -type f -exec sync {} +',
    "sh",
)


def find_rclone() -> str | None:
    return shutil.which("rclone")


def copy_folder(
    source: Path, target: Path, transfers: int, *, durably: bool = False
) -> tuple[Peer, ...]:
    """Copy a folder to another; nothing where rclone is not installed.

    It ends while the system still writes; `durably`: not before each file is on the disk.
    """
    program = find_rclone()
    if program is None:
        return ()
    command = [program, "copy", "--config", "/dev/null", str(source), str(target)]
    command += ["--transfers", str(transfers)]
    if not durably:
        return (measure_program(NAME, command),)
    return (
        measure_program(f"{NAME}, then sync", [*_THEN_SYNC, str(target), *command]),
    )


class RcloneDrive:
    """rclone, signed in to an embedded Drive of its own."""

    def __init__(
        self, environment: Mapping[str, str], drive: Served[DriveEmulator]
    ) -> None:
        self.drive = drive
        self._environment = environment

    def copy(self, source: str, target: str, transfers: int) -> Peer:
        """Copy from or to `photos:`."""
        width = str(transfers)
        command = [str(find_rclone()), "copy", source, target, *TUNED]
        command += ["--transfers", width, "--checkers", width]
        return measure_program(NAME, command, self._environment)


def _make_drive(context: ssl.SSLContext, folder: Path) -> DriveEmulator:
    return DriveEmulator(folder, tls=context)


def _find_port(drive: DriveEmulator) -> int:
    return int(drive.url.rpartition(":")[2])


@contextmanager
def open_rclone(top: Path) -> Iterator[RcloneDrive | None]:
    """Serve a Drive by https to rclone; None where it is not installed."""
    if find_rclone() is None:
        yield None
        return
    top.mkdir()
    authority = make_authority(top, HOSTS)
    make = partial(_make_drive, authority.context)
    with (
        serve(make, top / "drive") as drive,
        tunnelling(drive.ask(_find_port)) as proxy,
    ):
        config = drive.ask(format_config)
        yield RcloneDrive(make_environment(top, config, authority, proxy), drive)
