"""Which folder holds the albums, whoever signs in and with whatever rights."""

from __future__ import annotations

import pytest
from harness.drive_world import DriveWorld
from harness.worlds import listed

from photosync.emulators.drive import Fault
from photosync.emulators.drive.identity import DRIVE, DRIVE_FILE
from photosync.errors import Rejected, ServiceRefused, SideError
from photosync.services.drive.backend import DriveBackend
from wire.transfers import save


def first_save(world: DriveWorld, scope: str) -> str:
    """A first run under a scope; the id of the base folder that it makes."""
    world.sign_in(scope)
    before = {file["id"] for file in world.drive.web.children()}
    backend = world.connect()
    list(backend.albums())
    save(world, backend)
    backend.close()
    (made,) = {file["id"] for file in world.drive.web.children()} - before
    return str(made)


def sign_in_with_another_client(world: DriveWorld, scope: str) -> None:
    other = world.drive.client_secrets(kind="web")["web"]["client_id"]
    token = world.drive.authorized_user([scope], client_id=other)
    assert other != world.app
    world.session.store("drive", world.drive.account, token)


def look(world: DriveWorld) -> tuple[list[str], list[str]]:
    """The albums that a run finds, and what it says of them."""
    backend: DriveBackend = world.connect()
    albums = list(listed(backend))
    backend.close()
    return albums, [str(warning) for warning in backend.listing_warnings()]


def test_after_going_to_the_full_scope_ours_is_used_and_that_of_the_user_is_told(
    world: DriveWorld,
) -> None:
    theirs = world.drive.web.folder("photosync")
    world.drive.web.folder("Their own", theirs)
    ours = first_save(world, DRIVE_FILE)
    assert look(world) == (["Zoo"], [])
    world.sign_in(DRIVE)
    told = (
        f"Drive photosync: there is another folder 'photosync' (id {theirs}), left "
        f"alone; the one with id {ours} is used"
    )
    assert look(world) == (["Zoo"], [told])
    assert look(world) == (["Zoo"], []), "it is told once"


@pytest.mark.parametrize("scope", [DRIVE, DRIVE_FILE])
def test_a_base_folder_that_was_moved_to_a_shared_drive_is_named_and_not_made_anew(
    world: DriveWorld, scope: str
) -> None:
    ours = first_save(world, scope)
    web = world.drive.web
    web.move(ours, web.shared_drive("Family"))
    made = world.drive.calls["files.create"]
    for _ in range(2):
        with pytest.raises(Rejected, match="'photosync' was moved to a shared drive"):
            look(world)
    assert world.drive.calls["files.create"] == made


def test_another_client_id_with_the_full_scope_goes_on_in_the_folder_of_the_first(
    world: DriveWorld,
) -> None:
    ours = first_save(world, DRIVE)
    # Neither the name nor the id that was known tells: the mark does.
    world.drive.web.rename(ours, "My pictures")
    world.drive.web.folder("photosync")
    world.session.forget("drive")
    sign_in_with_another_client(world, DRIVE)
    albums, (told,) = look(world)
    assert albums == ["Zoo"]
    assert told.endswith(f"the one with id {ours} is used")


def test_another_client_id_that_does_not_see_the_folder_used_so_far_says_so(
    world: DriveWorld,
) -> None:
    ours = first_save(world, DRIVE_FILE)
    sign_in_with_another_client(world, DRIVE_FILE)
    albums, (told,) = look(world)
    assert albums == []
    assert told.startswith(f"Drive photosync: the folder used so far (id {ours}) was ")
    assert "another client id" in told


def test_a_folder_of_the_user_that_was_there_already_is_used_and_told(
    world: DriveWorld,
) -> None:
    world.there("Zoo/a.jpg")
    world.sign_in(DRIVE)
    told = "Drive photosync: a folder of that name was there already and is used"
    assert look(world) == (["Zoo"], [told])
    assert look(world) == (["Zoo"], [])


def test_a_folder_that_somebody_else_made_with_photosync_and_shares_is_not_used(
    world: DriveWorld,
) -> None:
    web = world.drive.web
    theirs = web.shared_folder("photosync", "bob@example.org", writable=True)
    web.patch(theirs, properties={"photosync": "photosync"})
    web.folder("Bob's album", theirs)
    world.sign_in(DRIVE)
    assert look(world) == ([], [])
    backend = world.connect()
    assert list(backend.albums()) == []
    # Nor is it another computer's, whose older folder one's own would make room for.
    save(world, backend)
    backend.close()
    assert look(world) == (["Zoo"], [])
    assert world.trashed() == []
    assert len(web.children(theirs)) == 1


# -- several computers
# ----------------------------------------------------------------


def test_of_computers_that_begin_at_once_all_use_the_oldest_folder(
    world: DriveWorld,
) -> None:
    world.sign_in(DRIVE_FILE)
    first, second = world.connect(), world.connect()
    for backend in (first, second):
        assert list(backend.albums()) == []
    save(world, first)
    # What the first one has sent by now is nothing that the second one knows of.
    for _ in range(2):
        with pytest.raises(ServiceRefused, match="another computer"):
            save(world, second)
    assert world.photos() == {"Zoo/a.jpg": b"photo"}
    assert world.trashed() == ["photosync"]
    assert look(world) == (["Zoo"], [])


def test_a_computer_that_made_the_oldest_folder_goes_on_in_it(
    world: DriveWorld,
) -> None:
    world.sign_in(DRIVE_FILE)
    backend = world.connect()
    assert list(backend.albums()) == []
    theirs = world.drive.web.folder(
        "photosync",
        app=world.app,
        properties={"photosync": "photosync"},
        createdTime="2099-01-01T00:00:00.000Z",
    )
    save(world, backend)
    backend.close()
    assert world.trashed() == []
    assert world.drive.web.children(theirs) == []
    assert look(world) == (["Zoo"], [])


def test_a_folder_made_by_a_run_that_was_killed_then_is_not_sure_yet(
    world: DriveWorld,
) -> None:
    world.sign_in(DRIVE_FILE)
    backend = world.connect()
    assert list(backend.albums()) == []
    world.drive.plan(Fault("files.list", "status", status=403, reason="forbidden"))
    with pytest.raises(SideError):
        save(world, backend)
    world.drive.traffic.clear_faults()
    theirs = world.drive.web.folder(
        "photosync", app=world.app, properties={"photosync": "photosync"}
    )
    albums, told = look(world)
    assert albums == []
    assert f"(id {theirs}), left alone" in " ".join(told)


def test_what_is_told_reaches_the_person(world: DriveWorld) -> None:
    world.drive.web.folder("photosync")
    first_save(world, DRIVE_FILE)
    world.sign_in(DRIVE)
    result = world.run("-d", world.local, "-p", "drive", "-t")
    assert result.code == 0
    assert "there is another folder 'photosync'" in result.out + result.err


# -- empty albums under the narrow scope
# ----------------------------------------------------------------


def test_with_the_narrow_scope_no_album_is_removed_and_one_line_says_why(
    world: DriveWorld,
) -> None:
    first_save(world, DRIVE_FILE)
    for title in ("Ark", "Bar"):
        world.drive.web.file("theirs.doc", b"theirs", world.album(title))
    options = ("-d", world.local, "-p", "drive", "--purge", "--allowDelete", "both")
    result = world.run(*options)
    assert result.code == 0
    said = result.out + result.err
    assert said.count("this sign-in does not see what other programs put") == 1
    assert "Drive: 2 empty albums stay" in said
    assert world.trashed() == []
    world.sign_in(DRIVE)
    empty = world.album("Empty")
    assert world.run(*options).code == 0
    assert world.trashed() == ["Empty"]
    assert world.drive.web.get(empty)["trashed"]


def test_the_backend_itself_removes_no_album_under_the_narrow_scope(
    world: DriveWorld,
) -> None:
    first_save(world, DRIVE_FILE)
    empty = world.album("Empty")
    backend = world.connect()
    album = next(album for album in backend.albums() if album.id == empty)
    with pytest.raises(Rejected, match="--drive-scope full"):
        backend.remove_album(album)
