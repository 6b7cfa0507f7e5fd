"""A folder to copy to that is not there: whether it is to be made, a person must say."""

from __future__ import annotations

import os
import sys

from photosync.cli.output import complain, flush
from photosync.errors import SideError
from photosync.formatting import name_service, printable
from photosync.sync.photosync import PhotoSync
from photosync.unforeseen import contain

_YES = frozenset({"y", "yes"})


def offer_folders(sync: PhotoSync) -> None:
    """Ask on a terminal whether to make the folders that are not there yet.

    What is not made is refused by the run: it may be the mount point of a disk.
    """
    if not _has_person():
        return
    for service in sync.find_new_folders():
        # Of a relative path it matters where from.
        path = os.path.abspath(name_service(service))  # noqa: PTH100 - as it was given
        if _agrees(path):
            _make(sync, service)


def _has_person() -> bool:
    """Whether somebody reads the question and can answer it, unlike in cron."""
    streams = (sys.stdin, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def _agrees(path: str) -> bool:
    flush()
    question = (
        f"{printable(path)} is not there. Is a disk not mounted? Make it new? [y/N] "
    )
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in _YES


def _make(sync: PhotoSync, service: str) -> None:
    try:
        with contain(service):
            sync.make_folder(service)
    except SideError as error:
        complain(f"{name_service(service)}: {error}")
