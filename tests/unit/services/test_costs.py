"""What a step takes of a service: calls, and units of its quota."""

from __future__ import annotations

import pytest

from photosync.model import Actions, Comparisons, Step
from photosync.services.costs import NO_COSTS, Cost
from photosync.services.drive.calls.costs import COSTS as DRIVE
from photosync.services.flickr.calls.costs import COSTS as FLICKR

A, C = Actions, Comparisons
MIB = 2**20


def step(action: Actions, origin: tuple[str, str] | None = None) -> Step:
    return Step("drive", action, C.LOCAL_ONLY, "Rome", "a.jpg", origin=origin)


@pytest.mark.parametrize(
    ("size", "calls"),
    [
        (0, 1),
        (5 * MIB, 1),
        # The address of the upload, then chunks of 8 MiB.
        (5 * MIB + 1, 2),
        (8 * MIB, 2),
        (17 * MIB, 4),
    ],
)
def test_drive_takes_a_large_photo_in_chunks(size: int, calls: int) -> None:
    assert DRIVE.of_step(step(A.UPLOAD_LOCAL), size) == Cost(calls, units=50)


@pytest.mark.parametrize(
    ("origin", "drive", "flickr"),
    [
        (("Oslo", "a.jpg"), 1, 2),
        (("Rome", "b.jpg"), 1, 5),
        (("Oslo", "b.jpg"), 2, 7),
    ],
    ids=["album", "name", "both"],
)
def test_a_move_takes_what_its_album_and_its_name_take(
    origin: tuple[str, str], drive: int, flickr: int
) -> None:
    moved = step(A.MOVE_REMOTE, origin)
    assert DRIVE.of_step(moved, 0).calls == drive
    assert FLICKR.of_step(moved, 0) == Cost(flickr, flickr)


@pytest.mark.parametrize("action", list(Actions))
def test_a_disk_takes_no_calls(action: Actions) -> None:
    assert NO_COSTS.of_step(step(action), 10**9) == Cost()


def test_what_is_only_told_or_done_here_takes_no_calls() -> None:
    for action in (A.REPORT, A.SILENT, A.MOVE_LOCAL):
        assert DRIVE.of_step(step(action), 0) == Cost()
        assert FLICKR.of_step(step(action), 0) == Cost()
