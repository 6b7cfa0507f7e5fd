"""How photos come back from Drive, whatever happens to the connection."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from harness.drive_world import DriveWorld
from harness.worlds import listed

from photosync.disk.files import Content, write_aside
from photosync.disk.root import Root
from photosync.emulators.drive import Fault
from photosync.errors import Changed, Rejected, Transient
from photosync.model import RemotePhoto
from photosync.services.base import Backend
from wire.transfers import FAULTS, KINDS, MIB, statuses, still


@pytest.fixture
def backend(world: DriveWorld) -> Backend:
    connected = world.connect()
    list(connected.albums())
    connected.prepare()
    world.drive.traffic.reset()
    return connected


def fetched(world: DriveWorld, backend: Backend, photo: RemotePhoto) -> bytes:
    """A photo written as a run writes it, and nothing else left beside it."""
    target = world.top / "fetched"
    target.mkdir(exist_ok=True)
    expected = Content(photo.size, photo.md5, photo.modified_ns)
    try:
        with (
            backend.open(photo) as stream,
            Root(str(target)).open_folder(str(target)) as folder,
            write_aside(folder, stream, expected, still) as part,
        ):
            return (target / part.name).read_bytes()
    finally:
        assert list(target.iterdir()) == []


def photo_of(world: DriveWorld, backend: Backend, content: bytes) -> RemotePhoto:
    world.there("Zoo/there.jpg", content)
    (photo,) = listed(backend)["Zoo"]
    world.drive.traffic.reset()
    return photo


@pytest.mark.parametrize("fault", FAULTS, ids=KINDS)
@pytest.mark.parametrize("size", [0, 5000, 3 * MIB + 7])
def test_a_download_survives_a_fault(
    world: DriveWorld, backend: Backend, fault: Fault, size: int
) -> None:
    content = os.urandom(size)
    photo = photo_of(world, backend, content)
    world.drive.plan(replace(fault, method="files.download"))
    assert fetched(world, backend, photo) == content


def test_a_cut_download_goes_on_from_where_it_broke(
    world: DriveWorld, backend: Backend
) -> None:
    content = os.urandom(12 * MIB)
    photo = photo_of(world, backend, content)
    world.drive.plan(Fault("files.download", "truncate", times=10))
    assert fetched(world, backend, photo) == content
    assert statuses(world, "files.download") == [200] + [206] * 10
    assert world.drive.traffic.sent["files.download"] < len(content) + 11 * MIB


def test_a_download_that_always_ends_early_fails(
    world: DriveWorld, backend: Backend
) -> None:
    photo = photo_of(world, backend, bytes(2000))
    world.drive.plan(Fault("files.download", "truncate", times=None))
    with pytest.raises(Transient):
        fetched(world, backend, photo)


def test_altered_bytes_are_noticed(world: DriveWorld, backend: Backend) -> None:
    photo = photo_of(world, backend, bytes(2000))
    world.drive.plan(Fault("files.download", "corrupt"))
    with pytest.raises(Changed, match="not those announced"):
        fetched(world, backend, photo)
    assert fetched(world, backend, photo) == bytes(2000)


def test_a_photo_replaced_between_two_parts_of_a_download_is_noticed(
    world: DriveWorld, backend: Backend
) -> None:
    photo = photo_of(world, backend, bytes(3 * MIB))
    world.drive.plan(Fault("files.download", "truncate"))
    target = str(world.top)

    def progress(_: int) -> None:
        world.drive.web.replace(photo.id, b"x" * 3 * MIB)

    expected = Content(photo.size, photo.md5, photo.modified_ns)
    with (
        pytest.raises(Changed),
        backend.open(photo) as stream,
        Root(target).open_folder(target) as folder,
        write_aside(folder, stream, expected, progress),
    ):
        pytest.fail("a mixture of two photos was taken")


def test_what_google_takes_for_malware_is_refused_by_name(
    world: DriveWorld, backend: Backend
) -> None:
    photo = photo_of(world, backend, b"photo")
    world.drive.web.flag_as_abusive(photo.id)
    with pytest.raises(Rejected, match="malware"):
        fetched(world, backend, photo)
