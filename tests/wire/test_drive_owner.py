"""Albums in a folder of somebody else's: shared by a user, or in a shared drive."""

from __future__ import annotations

import pytest
from harness.absence import whereabouts
from harness.drive_world import FOLDER_TYPE, DriveWorld, source_of
from harness.kept_cache import KeptMemory
from harness.worlds import listed, make_file

from photosync.emulators.drive.identity import DRIVE, DRIVE_FILE
from photosync.errors import NotFound, Rejected
from photosync.local.photos import ReducedSource
from photosync.model import AlbumMetadata, RemotePhoto, Whereabouts
from photosync.services.drive.backend import DriveBackend
from wire.transfers import MIB, save, still

BOB = "bob@example.org"


@pytest.fixture
def world(world: DriveWorld) -> DriveWorld:
    # One's own folder of that name is none of theirs.
    world.there("Mine/own.jpg")
    return world


def shared(
    world: DriveWorld, *, writable: bool = False, name: str = "photosync"
) -> str:
    """A folder of Bob's with one photo in it."""
    return filled(world, world.drive.web.shared_folder(name, BOB, writable=writable))


def in_drive(world: DriveWorld, drive: str = "Family") -> str:
    """The folder in a shared drive, with one photo in it."""
    web = world.drive.web
    return filled(world, web.folder("photosync", web.shared_drive(drive)))


def filled(world: DriveWorld, base: str) -> str:
    web = world.drive.web
    time = "2017-07-14T02:40:00.000Z"
    web.file("a.jpg", b"photo", web.folder("Zoo", base), modifiedTime=time)
    return base


def connected(world: DriveWorld, owner: str = BOB) -> DriveBackend:
    backend = world.connect(owner=owner)
    listed(backend)
    return backend


def only(world: DriveWorld, owner: str) -> RemotePhoto:
    (photo,) = listed(world.connect(owner=owner))["Zoo"]
    return photo


def bases(world: DriveWorld) -> int:
    """How many folders of that name there are in all."""
    named = world.drive.web.named("photosync")
    return sum(file["mimeType"] == FOLDER_TYPE for file in named)


def test_the_folder_that_a_user_shares_is_listed_and_read(world: DriveWorld) -> None:
    shared(world)
    backend = world.connect(owner=BOB)
    found = listed(backend)
    assert [(title, photo.name) for title, (photo,) in found.items()] == [
        ("Zoo", "a.jpg")
    ]
    with backend.open(found["Zoo"][0]) as stream:
        assert stream.read() == b"photo"


def test_a_folder_that_may_not_be_changed_is_read_only(world: DriveWorld) -> None:
    shared(world)
    backend = world.connect(owner=BOB)
    assert backend.capabilities.read_only == ""
    listed(backend)
    assert (
        backend.capabilities.read_only
        == f"it belongs to {BOB}, who did not permit changes"
    )
    with pytest.raises(Rejected):
        save(world, backend)


def test_a_folder_that_may_be_changed_takes_photos(world: DriveWorld) -> None:
    base = shared(world, writable=True)
    backend = connected(world)
    assert backend.capabilities.read_only == ""
    stored = backend.save(
        "New", "b.jpg", source_of(make_file(world.top / "b.jpg", b"b")), still
    )
    assert [file["name"] for file in world.drive.web.children(base)] == ["Zoo", "New"]
    assert listed(world.connect(owner=BOB))["New"] == [stored]
    assert bases(world) == 2


@pytest.mark.parametrize("owner", [BOB, "Family", "carol@example.org"])
def test_a_folder_that_is_not_shared_is_refused_by_name_and_never_made(
    world: DriveWorld, owner: str
) -> None:
    shared(world, name="Photosync")
    world.drive.web.folder("photosync", world.drive.web.shared_drive("Other"))
    before = bases(world)
    backend = world.connect(owner=owner)
    with pytest.raises(
        Rejected,
        match=f"{owner} shares no folder 'photosync' with you; --drive-folder says",
    ) as refused:
        list(backend.albums())
    assert "drive-scope" not in str(refused.value)
    with pytest.raises(Rejected):
        save(world, backend)
    assert bases(world) == before


@pytest.mark.parametrize("owner", [BOB, "Family"])
def test_with_the_narrow_scope_it_is_said_that_another_is_needed(
    world: DriveWorld, owner: str
) -> None:
    shared(world)
    in_drive(world)
    world.sign_in(DRIVE_FILE)
    with pytest.raises(Rejected, match="--drive-scope full"):
        list(world.connect(owner=owner).albums())


def test_accounts_of_different_owners_are_never_mixed(world: DriveWorld) -> None:
    world.sign_in(DRIVE)
    accounts = {world.connect(owner=owner).account for owner in (None, BOB, "Family")}
    assert len(accounts) == 3
    assert world.connect(owner=BOB).account == f"{BOB} to anna@example.com/photosync"


def test_nothing_kept_of_the_own_drive_is_used_for_another(world: DriveWorld) -> None:
    base, memory = shared(world), KeptMemory()
    own = world.connect()
    memory.serve(own)
    assert set(listed(own)) == {"Mine"}
    kept, cursor = dict(memory.rows), memory.cursor
    for _ in range(2):
        backend = world.connect(owner=BOB)
        memory.serve(backend)
        assert set(listed(backend)) == {"Zoo"}
    assert (memory.rows, memory.cursor) == (kept, cursor)
    assert set(listed(world.connect())) == {"Mine"}
    world.drive.web.trash(base)
    with pytest.raises(Rejected):
        listed(world.connect(owner=BOB))


def test_a_shared_drive_of_that_name_is_a_whole_side(world: DriveWorld) -> None:
    in_drive(world)
    world.drive.web.shared_drive("Empty")
    backend = connected(world, "Family")
    assert backend.capabilities.read_only == ""
    photo = only(world, "Family")
    with backend.open(photo) as stream:
        assert stream.read() == b"photo"
    large = make_file(world.top / "large.jpg", bytes(9 * MIB))
    copy = make_file(world.top / "copy.jpg", b"copy")
    source = ReducedSource(source_of(large).photo, "0" * 32, str(copy))
    whole = backend.save("New", "large.jpg", source_of(large), still)
    smaller = backend.replace(whole, source, still)
    assert smaller.reduced
    backend.restore(smaller, smaller.backup)
    assert listed(world.connect(owner="Family"))["New"] == [whole]
    moved = backend.move(whole, "Zoo", "b.jpg")
    backend.update_album("Zoo", AlbumMetadata("", "2019-08-07 06:05:04", {}))
    assert backend.tag(moved).marked
    kept = backend.delete(moved)
    assert whereabouts(backend, moved) is Whereabouts.GONE
    world.connect(owner="Family").restore(moved, kept)
    (album,) = [
        one for one in world.connect(owner="Family").albums() if one.title == "New"
    ]
    backend.remove_album(album)
    (first, second) = listed(world.connect(owner="Family"))["Zoo"]
    assert (first.name, second.name) == ("a.jpg", "b.jpg")


def test_without_trash_a_photo_in_a_shared_drive_is_deleted_for_good(
    world: DriveWorld,
) -> None:
    in_drive(world)
    backend = world.connect(owner="Family", no_trash=True)
    (photo,) = listed(backend)["Zoo"]
    assert backend.delete(photo) == ""
    with pytest.raises(NotFound):
        backend.restore(photo, "")
    assert listed(world.connect(owner="Family")) == {"Zoo": []}


def test_what_somebody_else_shares_is_invisible_to_a_run_of_ones_own(
    world: DriveWorld,
) -> None:
    shared(world)
    in_drive(world)
    assert set(listed(world.connect())) == {"Mine"}
    memory = KeptMemory()
    for _ in range(2):
        backend = world.connect()
        memory.serve(backend)
        assert set(listed(backend)) == {"Mine"}
