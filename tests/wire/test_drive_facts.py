"""What Drive keeps beside the bytes of photos: marks, times, names, the trash and
revisions.
"""

from __future__ import annotations

import os

import pytest
from harness.absence import whereabouts
from harness.drive_world import DriveWorld, source_of
from harness.worlds import WHEN, listed, make_file

from photosync.emulators.drive import Fault
from photosync.errors import Changed, NotFound, Rejected, Transient
from photosync.model import LocalPhoto, RemotePhoto, Whereabouts
from photosync.services.drive.backend import DriveBackend
from wire.transfers import MIB, save, still


@pytest.fixture
def backend(world: DriveWorld) -> DriveBackend:
    backend = world.connect()
    listed(backend)
    return backend


def only(world: DriveWorld) -> RemotePhoto:
    (photo,) = listed(world.connect())["Zoo"]
    return photo


def local(
    world: DriveWorld, content: bytes, when: float = WHEN, name: str = ""
) -> LocalPhoto:
    return source_of(make_file(world.top / "here" / "a.jpg", content, when), name).photo


def test_the_account_names_whose_photos_these_are_and_the_folder(
    world: DriveWorld,
) -> None:
    assert world.connect().account == "anna@example.com/photosync"
    assert world.connect(drive_folder="Other").account == "anna@example.com/Other"


# -- marks
# ---------------------------------------------------------------------------------


def test_a_mark_is_a_star_and_a_property_and_is_listed(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = save(world, backend)
    assert not photo.marked
    assert backend.tag(photo) == photo._replace(marked=True)
    file = world.drive.web.get(photo.id, app=world.app)
    assert (file["starred"], file["appProperties"]) == (
        True,
        {"photosync-missing": "local"},
    )
    assert only(world) == photo._replace(marked=True)


def test_taking_a_mark_back_leaves_nothing_of_it(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = save(world, backend)
    backend.tag(photo)
    assert backend.untag(only(world)) == photo
    file = world.drive.web.get(photo.id, app=world.app)
    assert not file["starred"]
    assert "appProperties" not in file
    assert only(world) == photo


def test_a_star_that_a_person_gave_stays(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = save(world, backend)
    world.drive.web.patch(photo.id, starred=True)
    backend.untag(photo)
    assert world.drive.web.get(photo.id)["starred"]


# -- describing
# ----------------------------------------------------------------------------


def test_describing_takes_one_call(world: DriveWorld, backend: DriveBackend) -> None:
    photo = save(world, backend)
    world.drive.traffic.reset()
    told = backend.update_metadata(photo, local(world, b"photo", WHEN + 9))
    assert world.drive.calls == {"files.update": 1}
    assert told == photo._replace(modified_ns=(WHEN + 9) * 10**9)


def test_describing_gives_the_local_name_unless_it_is_the_same_one(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = save(world, backend, name="Zoe\u0308.jpg")
    assert (
        backend.update_metadata(photo, local(world, b"photo", name="Zo\u00eb.jpg"))
        == photo
    )
    assert (
        backend.update_metadata(photo, local(world, b"photo", name="b.jpg")).name
        == "b.jpg"
    )


@pytest.mark.parametrize("content", [b"PHOTO", b"longer photo"])
def test_other_bytes_are_not_described(
    world: DriveWorld, backend: DriveBackend, content: bytes
) -> None:
    photo = save(world, backend)
    with pytest.raises(Rejected, match="other bytes"):
        backend.update_metadata(photo, local(world, content, WHEN + 9))
    assert only(world) == photo


def test_a_photo_that_changed_there_keeps_the_time_it_is_told_apart_by(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = save(world, backend)
    world.drive.web.replace(photo.id, b"edited there")
    with pytest.raises(Changed):
        backend.update_metadata(photo, local(world, b"photo", WHEN + 9))
    assert only(world).modified_ns == photo.modified_ns


# -- gone or not
# ---------------------------------------------------------------------------


def test_a_page_of_a_proxy_makes_nothing_gone(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = save(world, backend)
    world.drive.plan(Fault("files.get", "html", status=404))
    assert whereabouts(backend, photo) is Whereabouts.THERE
    # Not even where it comes for this photo alone, again and again.
    world.drive.plan(Fault("files.get", "html", status=404, times=None))
    with pytest.raises(Transient, match="a web page came"):
        backend.find_absences([photo])
    with pytest.raises(Transient, match="a web page came"):
        backend.delete(photo)
    world.drive.traffic.clear_faults()
    world.drive.plan(Fault("files.update", "html", status=404, times=None))
    with pytest.raises(Transient, match="a web page came"):
        backend.delete(photo)


def test_a_photo_in_a_trashed_album_is_gone(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo = save(world, backend)
    world.drive.web.trash(photo.album_id)
    assert whereabouts(backend, photo) is Whereabouts.GONE


# -- bringing back
# -------------------------------------------------------------------------


def test_without_a_trash_nothing_is_kept(world: DriveWorld) -> None:
    backend = world.connect(no_trash=True)
    listed(backend)
    photo = save(world, backend)
    assert backend.delete(photo) == ""
    with pytest.raises(NotFound):
        backend.restore(photo, "")


def test_an_album_that_somebody_trashed_is_not_brought_back_with_all_that_was_in_it(
    world: DriveWorld, backend: DriveBackend
) -> None:
    photo, other = (save(world, backend, name=name) for name in ("a.jpg", "b.jpg"))
    kept = backend.delete(photo)
    world.drive.web.trash(other.album_id)
    with pytest.raises(Rejected, match="restore the album"):
        backend.restore(photo, kept)
    assert whereabouts(backend, other) is Whereabouts.GONE


def backup(
    world: DriveWorld, backend: DriveBackend, content: bytes
) -> tuple[RemotePhoto, str]:
    old = save(world, backend, content)
    source = source_of(
        make_file(world.top / "sent" / "Zoo" / "a.jpg", b"new", WHEN + 9)
    )
    return old, backend.replace(old, source, still).backup


def test_a_revision_that_drive_has_dropped_cannot_come_back(
    world: DriveWorld, backend: DriveBackend
) -> None:
    old, kept = backup(world, backend, b"old")
    with pytest.raises(NotFound):
        backend.restore(old, kept[:-3])
    with pytest.raises(NotFound):
        backend.restore(old._replace(id="gone"), kept)
    world.drive.web.trash(old.id)
    with pytest.raises(NotFound):
        backend.restore(old, kept)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("revisions.download", "truncate"),
        Fault("revisions.download", "cut_after"),
        Fault("upload.chunk", "cut_midway"),
    ],
    ids=lambda fault: f"{fault.method} {fault.kind}",
)
def test_a_revision_comes_back_over_a_bad_line(
    world: DriveWorld, backend: DriveBackend, fault: Fault
) -> None:
    content = os.urandom(9 * MIB)
    old, kept = backup(world, backend, content)
    world.drive.plan(fault)
    backend.restore(old, kept)
    assert world.drive.traffic.pending == []
    assert world.photos() == {"Zoo/a.jpg": content}
    assert only(world) == old


def test_a_revision_that_arrives_altered_is_not_put_back(
    world: DriveWorld, backend: DriveBackend
) -> None:
    old, kept = backup(world, backend, os.urandom(1000))
    world.drive.plan(Fault("revisions.download", "corrupt"))
    with pytest.raises(Transient, match="other bytes"):
        backend.restore(old, kept)
    assert world.photos() == {"Zoo/a.jpg": b"new"}
