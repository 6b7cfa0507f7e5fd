"""What the tests of uploads and of downloads share."""

from __future__ import annotations

from harness.drive_world import DriveWorld, source_of
from harness.worlds import make_file

from photosync.emulators.drive import Fault
from photosync.model import RemotePhoto
from photosync.services.base import Backend

MIB = 1024 * 1024

FAULTS = [
    Fault("*", "cut_before"),
    Fault("*", "cut_midway"),
    Fault("*", "cut_after"),
    Fault("*", "truncate"),
    Fault("*", "status", status=500),
    Fault("*", "status", status=503, reason="transientError"),
    Fault("*", "html", status=502),
    Fault("*", "expire_token"),
]
KINDS = [f"{fault.kind} {fault.status}" for fault in FAULTS]


def still(_: int) -> None:
    """Nobody watches."""


def save(
    world: DriveWorld, backend: Backend, content: bytes = b"photo", name: str = "a.jpg"
) -> RemotePhoto:
    """Send a photo to the album Zoo."""
    source = source_of(make_file(world.top / "sent" / "Zoo" / name, content))
    return backend.save("Zoo", name, source, still)


def statuses(world: DriveWorld, method: str) -> list[int]:
    """The answers of a method in their order; 0 is a connection that was cut."""
    return [
        call.status for call in world.drive.traffic.history if call.method == method
    ]
