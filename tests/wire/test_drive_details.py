"""The description of a photo on Drive: with the upload, in lists, and by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harness.drive_world import DriveWorld, source_of
from harness.kept_cache import KeptMemory
from harness.worlds import listed, make_file

from photosync.errors import Changed, NotFound
from photosync.model import Details, DetailsEdit, RemotePhoto
from photosync.services.drive.backend import DriveBackend
from wire.transfers import still

TOLD = Details("Dusk", "By the river", keywords=("Rome",))
EDIT = DetailsEdit((("description", "At the bank"),))


def only(backend: DriveBackend) -> RemotePhoto:
    (photo,) = listed(backend)["Zoo"]
    return photo


@pytest.fixture
def backend(world: DriveWorld) -> DriveBackend:
    """Drive with a photo that was sent with its description."""
    backend = world.connect()
    listed(backend)
    source = source_of(make_file(world.top / "a.jpg", b"photo"))
    sent = backend.save("Zoo", "a.jpg", replace(source, details=TOLD), still)
    assert backend.has_described(sent)
    return backend


def description(world: DriveWorld, photo: RemotePhoto) -> str:
    file = world.drive.web.get(photo.id, app=world.app)
    return str(file.get("description", ""))


def test_a_description_goes_with_the_photo_and_is_listed(
    world: DriveWorld, backend: DriveBackend
) -> None:
    assert description(world, only(backend)) == "By the river"
    assert backend.details(only(backend)) == Details(description="By the river")


def test_lists_that_are_kept_tell_it_too(
    world: DriveWorld, backend: DriveBackend
) -> None:
    memory = KeptMemory()
    for text in ("By the river", "At the bank"):
        world.drive.web.patch(only(backend).id, description=text)
        again = world.connect()
        again.use_cache(memory)
        assert again.details(only(again)) == Details(description=text)


def test_an_edit_writes_just_that(world: DriveWorld, backend: DriveBackend) -> None:
    photo = only(backend)
    backup = backend.write_details(photo, Details(description="By the river"), EDIT)
    assert description(world, photo) == "At the bank"
    assert only(backend)._replace(version="") == photo._replace(version="")
    backend.restore(photo, backup)
    assert description(world, photo) == "By the river"


def test_what_somebody_wrote_since_is_not_written_over(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = only(backend)
    world.drive.web.patch(photo.id, description="mine")
    with pytest.raises(Changed, match="description changed there"):
        backend.write_details(photo, Details(description="By the river"), EDIT)
    assert description(world, photo) == "mine"


def test_a_photo_in_the_trash_gets_none(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = only(backend)
    world.drive.web.trash(photo.id)
    with pytest.raises(NotFound):
        backend.write_details(photo, Details(description="By the river"), EDIT)
