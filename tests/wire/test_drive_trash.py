"""Folders that somebody moves to the trash of Drive while a run writes into them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness.drive_world import DriveWorld, source_of
from harness.worlds import listed, make_file

from photosync.emulators.drive import Fault
from photosync.errors import NotFound
from photosync.services.drive.calls.costs import SMALL
from wire.transfers import save, still


def amid(world: DriveWorld, method: str, do: Callable[[], object]) -> None:
    """Do something once, right after the first call of a method."""
    traffic = world.drive.traffic

    def listen(done: str) -> None:
        if done == method:
            traffic.listener = None
            do()

    traffic.listener = listen


def trash(world: DriveWorld, name: str) -> Callable[[], None]:
    """Somebody moves the folder of that name to the trash."""

    def do() -> None:
        (folder,) = world.drive.web.named(name)
        world.drive.web.trash(folder["id"])

    return do


SIZES = {"at once": b"photo", "in chunks": bytes(SMALL + 1)}


@pytest.mark.parametrize("content", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("folder", ["Zoo", "photosync"])
def test_a_photo_sent_into_a_folder_in_the_trash_is_a_failure(
    world: DriveWorld, folder: str, content: bytes
) -> None:
    backend = world.connect()
    save(world, backend, b"before", "before.jpg")
    trash(world, folder)()
    with pytest.raises(NotFound, match="moved to the trash of Drive"):
        save(world, backend, content)
    sent = world.drive.calls["files.create"]
    with pytest.raises(NotFound, match="moved to the trash of Drive"):
        save(world, backend, b"another", "b.jpg")
    assert world.drive.calls["files.create"] == sent, "nothing more is sent there"


def test_an_album_made_in_a_base_folder_in_the_trash_is_a_failure(
    world: DriveWorld,
) -> None:
    backend = world.connect()
    save(world, backend)
    trash(world, "photosync")()
    source = source_of(make_file(world.top / "sent" / "b.jpg", b"b"))
    for fault in ((), (Fault("files.create", "cut_after"),)):
        world.drive.plan(*fault)
        with pytest.raises(NotFound, match="moved to the trash of Drive"):
            backend.save("Ark", "b.jpg", source, still)


def test_a_photo_replaced_in_a_folder_in_the_trash_is_a_failure(
    world: DriveWorld,
) -> None:
    backend = world.connect()
    photo = save(world, backend)
    amid(world, "files.get", trash(world, "Zoo"))
    source = source_of(make_file(world.top / "sent" / "Zoo" / "a.jpg", b"edited"))
    with pytest.raises(NotFound, match="moved to the trash of Drive"):
        backend.replace(photo, source, still)


def test_a_photo_moved_into_an_album_in_the_trash_stays_where_it_was(
    world: DriveWorld,
) -> None:
    backend = world.connect()
    photo = save(world, backend)
    world.album("Ark")
    backend = world.connect()
    (before,) = listed(backend)["Zoo"]
    trash(world, "Ark")()
    with pytest.raises(NotFound, match="moved to the trash of Drive"):
        backend.move(photo, "Ark", "b.jpg")
    assert listed(world.connect()) == {"Zoo": [before]}


def test_what_was_sent_into_the_trash_deletes_no_original(world: DriveWorld) -> None:
    world.sign_in()
    world.here("Ark/a.jpg", b"a")
    world.here("Zoo/a.jpg", b"a")
    options = ("-d", world.local, "-p", "drive", "-m", "sync", "--allowDelete", "both")
    assert world.run(*options).code == 0
    world.here("Zoo/b.jpg", b"b")
    amid(world, "files.generateIds", trash(world, "Zoo"))
    result = world.run(*options)
    assert result.code == 1
    assert "Zoo/b.jpg: it, or its album, was moved to the trash of Drive" in result.err
    assert world.run(*options).code == 0
    assert world.photos() == {"Ark/a.jpg": b"a", "Zoo/b.jpg": b"b"} == world.library()
