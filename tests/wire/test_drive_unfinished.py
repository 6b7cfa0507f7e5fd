"""Uploads to Drive that an earlier run did not bring to their end."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from harness.drive_world import DriveWorld, source_of
from harness.kept_cache import KeptMemory
from harness.worlds import WHEN, listed, make_file

from photosync.emulators.drive import Fault
from photosync.errors import Changed, Interrupted, NotRecorded, Transient
from photosync.local.photos import LocalSource
from photosync.model import RemotePhoto
from photosync.services.drive.backend import DriveBackend
from photosync.services.persistence import Row
from wire.transfers import MIB, statuses, still

LARGE = 25 * MIB + 7
"""Four chunks."""


@pytest.fixture
def world(world: DriveWorld) -> DriveWorld:
    world.there("Zoo/other.jpg")
    return world


def run(world: DriveWorld, memory: KeptMemory) -> DriveBackend:
    """A backend as the next run has it."""
    backend = world.connect()
    memory.serve(backend)
    listed(backend)
    world.drive.traffic.reset()
    return backend


def photo(world: DriveWorld, content: bytes, when: float = WHEN) -> LocalSource:
    return source_of(make_file(world.top / "a.jpg", content, when))


def killed_after(chunks: int) -> Callable[[int], None]:
    """An advance that ends the run once so many chunks are read."""
    left = chunks

    def progress(_: int) -> None:
        nonlocal left
        if not left:
            raise Interrupted("interrupted")
        left -= 1

    return progress


def noted(memory: KeptMemory) -> dict[str, Any]:
    (text,) = memory.uploads.values()
    found: dict[str, Any] = json.loads(text)
    return found


def begun(
    world: DriveWorld, memory: KeptMemory, content: bytes, chunks: int = 2
) -> dict[str, Any]:
    """A run that ends when it has sent some chunks of a photo; what it noted."""
    with pytest.raises(Interrupted):
        run(world, memory).save(
            "Zoo", "a.jpg", photo(world, content), killed_after(chunks)
        )
    world.drive.traffic.reset()
    return noted(memory)


def begun_replacing(
    world: DriveWorld, memory: KeptMemory, content: bytes
) -> RemotePhoto:
    backend = run(world, memory)
    (old,) = listed(backend)["Zoo"]
    with pytest.raises(Interrupted):
        backend.replace(old, photo(world, content), killed_after(2))
    return old


def test_an_upload_is_noted_before_it_is_sent_and_forgotten_when_it_is_done(
    world: DriveWorld, memory: KeptMemory
) -> None:
    backend = run(world, memory)
    seen: list[dict[str, Any]] = []
    source = photo(world, b"photo")
    stored = backend.save("Zoo", "a.jpg", source, lambda _: seen.append(noted(memory)))
    assert seen == [
        {
            "id": stored.id,
            "parent": world.album("Zoo"),
            "name": "a.jpg",
            "size": 5,
            "modified_ns": source.photo.modified_ns,
        }
    ]
    assert memory.uploads == {}


@pytest.mark.parametrize("size", [5, LARGE])
def test_a_photo_that_was_prepared_is_sent_under_the_id_that_was_noted(
    world: DriveWorld, memory: KeptMemory, size: int
) -> None:
    backend = run(world, memory)
    source = photo(world, os.urandom(size))
    backend.prepare_save("Zoo", "a.jpg", source)
    note = noted(memory)
    stored = backend.save("Zoo", "a.jpg", source, still)
    assert (stored.id, note["parent"]) == (note["id"], world.album("Zoo"))
    assert memory.uploads == {}


def test_a_photo_of_an_album_that_is_not_there_yet_is_not_prepared(
    world: DriveWorld, memory: KeptMemory
) -> None:
    backend = run(world, memory)
    source = photo(world, b"photo")
    backend.prepare_save("New", "a.jpg", source)
    assert memory.uploads == {}
    backend.save("New", "a.jpg", source, still)
    assert memory.uploads == {}


def test_what_was_prepared_and_not_sent_is_forgotten_at_the_end(
    world: DriveWorld, memory: KeptMemory
) -> None:
    backend = run(world, memory)
    backend.prepare_save("Zoo", "a.jpg", photo(world, b"photo"))
    assert noted(memory)
    backend.close()
    assert memory.uploads == {}


def test_after_a_kill_what_was_prepared_is_sent_once_under_its_id(
    world: DriveWorld, memory: KeptMemory
) -> None:
    source = photo(world, b"photo")
    run(world, memory).prepare_save("Zoo", "a.jpg", source)
    drawn = noted(memory)["id"]
    backend = run(world, memory)
    # The note is of another run, and stays as it is.
    backend.prepare_save("Zoo", "a.jpg", source)
    assert backend.save("Zoo", "a.jpg", source, still).id == drawn
    photos = [one.name for one in listed(world.connect())["Zoo"]]
    assert sorted(photos) == ["a.jpg", "other.jpg"]


def test_a_photo_that_is_prepared_too_late_keeps_the_note_of_what_is_sent(
    world: DriveWorld,
) -> None:
    sending, go_on = Event(), Event()

    def hold(_: int) -> None:
        sending.set()
        assert go_on.wait(10)

    class SlowMemory(KeptMemory):
        def find(self, path: str) -> Row | None:
            # While one thread looks for a note, another one begins to send the photo.
            found = super().find(path)
            if not worker.ident:
                worker.start()
                assert sending.wait(10)
            return found

    memory = SlowMemory()
    backend = run(world, memory)
    source = photo(world, b"photo")
    worker = Thread(target=backend.save, args=("Zoo", "a.jpg", source, hold))
    backend.prepare_save("Zoo", "a.jpg", source)
    note = noted(memory)
    go_on.set()
    worker.join()
    stored = [one.id for one in listed(world.connect())["Zoo"] if one.name == "a.jpg"]
    assert stored == [note["id"]]


def test_what_changed_its_place_since_it_was_prepared_goes_there(
    world: DriveWorld, memory: KeptMemory
) -> None:
    backend = run(world, memory)
    source = photo(world, b"photo")
    backend.prepare_save("Zoo", "a.jpg", source)
    backend.save("Zoo", "b.jpg", source, still)
    photos = [one.name for one in listed(world.connect())["Zoo"]]
    assert sorted(photos) == ["b.jpg", "other.jpg"]
    assert memory.uploads == {}


@pytest.mark.parametrize("is_prepared", [True, False])
@pytest.mark.parametrize("size", [5, LARGE])
def test_an_upload_that_cannot_be_noted_does_not_begin(
    world: DriveWorld, memory: KeptMemory, size: int, *, is_prepared: bool
) -> None:
    backend = run(world, memory)
    memory.is_full = True
    source = photo(world, os.urandom(size))
    if is_prepared:
        backend.prepare_save("Zoo", "a.jpg", source)
    with pytest.raises(NotRecorded, match="the disk is full"):
        backend.save("Zoo", "a.jpg", source, still)
    assert [one.name for one in listed(world.connect())["Zoo"]] == ["other.jpg"]


def test_a_large_photo_is_not_replaced_where_that_cannot_be_noted(
    world: DriveWorld, memory: KeptMemory
) -> None:
    backend = run(world, memory)
    old = backend.save("Zoo", "a.jpg", photo(world, b"old"), still)
    memory.is_full = True
    with pytest.raises(NotRecorded, match="the disk is full"):
        backend.replace(old, photo(world, os.urandom(LARGE)), still)
    photos = {one.name: one for one in listed(world.connect())["Zoo"]}
    assert photos["a.jpg"].md5 == old.md5


def test_an_upload_goes_on_in_the_next_run_from_where_it_stands(
    world: DriveWorld, memory: KeptMemory
) -> None:
    content = os.urandom(LARGE)
    noted = begun(world, memory, content)
    moved: list[int] = []
    stored = run(world, memory).save(
        "Zoo", "a.jpg", photo(world, content), moved.append
    )
    assert stored.id == noted["id"]
    assert sum(moved) == LARGE - 16 * MIB
    assert world.drive.calls["upload.start"] == 0
    assert world.drive.traffic.received["upload.chunk"] == LARGE - 16 * MIB
    assert world.photos()["Zoo/a.jpg"] == content
    assert memory.uploads == {}


def test_drive_says_where_it_goes_on_whatever_was_sent(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.drive.settings.chunk_retention = MIB
    content = os.urandom(LARGE)
    begun(world, memory, content)
    world.drive.settings.chunk_retention = None
    run(world, memory).save("Zoo", "a.jpg", photo(world, content), still)
    assert world.drive.traffic.received["upload.chunk"] == LARGE - 2 * MIB
    assert world.photos()["Zoo/a.jpg"] == content


def test_an_upload_whose_last_answer_was_lost_sends_nothing_again(
    world: DriveWorld, memory: KeptMemory
) -> None:
    content = os.urandom(9 * MIB)
    world.drive.plan(
        Fault("upload.chunk", "cut_after", after=1),
        Fault("upload.status", "cut_before", times=None),
    )
    with pytest.raises(Transient):
        run(world, memory).save("Zoo", "a.jpg", photo(world, content), still)
    world.drive.traffic.clear_faults()
    backend = run(world, memory)
    stored = backend.save("Zoo", "a.jpg", photo(world, content), still)
    assert world.drive.calls["upload.chunk"] == 0
    assert world.photos()["Zoo/a.jpg"] == content
    assert stored in listed(backend)["Zoo"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_upload_that_drive_has_forgotten_starts_again_under_the_same_id(
    world: DriveWorld, memory: KeptMemory, status: int
) -> None:
    world.drive.settings.expired_session_status = status
    content = os.urandom(LARGE)
    noted = begun(world, memory, content)
    world.drive.clock.advance(8 * 24 * 3600)
    stored = run(world, memory).save("Zoo", "a.jpg", photo(world, content), still)
    assert stored.id == noted["id"]
    assert world.photos()["Zoo/a.jpg"] == content


@pytest.mark.parametrize("size", [1000, 9 * MIB])
def test_a_create_that_had_succeeded_is_recognised_by_the_next_run(
    world: DriveWorld, memory: KeptMemory, size: int
) -> None:
    content = os.urandom(size)
    world.drive.settings.list_lag = 3600
    backend = run(world, memory)
    stored = backend.save("Zoo", "a.jpg", photo(world, content), still)
    place = {"parent": world.album("Zoo"), "name": "a.jpg", "id": stored.id}
    local = photo(world, content).photo
    memory.put(local.path, {**place, "size": size, "modified_ns": local.modified_ns})
    again = run(world, memory).save("Zoo", "a.jpg", photo(world, content), still)
    assert again == stored
    assert world.drive.traffic.received["upload.chunk"] == 0
    assert world.photos()["Zoo/a.jpg"] == content
    assert memory.uploads == {}


def test_a_file_that_changed_since_is_sent_anew_under_the_same_id(
    world: DriveWorld, memory: KeptMemory
) -> None:
    noted = begun(world, memory, os.urandom(LARGE))
    content = os.urandom(LARGE + 1)
    stored = run(world, memory).save("Zoo", "a.jpg", photo(world, content), still)
    assert stored.id == noted["id"]
    assert world.drive.calls["upload.start"] == 1
    assert world.photos()["Zoo/a.jpg"] == content


def test_a_file_that_changed_after_it_had_arrived_becomes_a_revision_and_no_twin(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.drive.plan(
        Fault("files.create", "cut_after"),
        Fault("files.create", "cut_before", times=None),
    )
    with pytest.raises(Transient):
        run(world, memory).save("Zoo", "a.jpg", photo(world, b"first"), still)
    world.drive.traffic.clear_faults()
    backend = run(world, memory)
    stored = backend.save("Zoo", "a.jpg", photo(world, b"second", WHEN + 9), still)
    assert world.photos()["Zoo/a.jpg"] == b"second"
    assert world.drive.web.revision_count(stored.id) == 2
    assert memory.uploads == {}


def arrived_unnoticed(world: DriveWorld, memory: KeptMemory) -> str:
    """A photo that is there though the run that sent it never learned so; its id."""
    world.drive.plan(
        Fault("files.create", "cut_after"),
        Fault("files.create", "cut_before", times=None),
    )
    with pytest.raises(Transient):
        run(world, memory).save("Zoo", "a.jpg", photo(world, b"first"), still)
    world.drive.traffic.clear_faults()
    return str(noted(memory)["id"])


@pytest.mark.parametrize("content", [b"first", b"second"])
def test_what_somebody_edited_there_meanwhile_is_not_overwritten(
    world: DriveWorld, memory: KeptMemory, content: bytes
) -> None:
    world.drive.web.replace(arrived_unnoticed(world, memory), b"edited there")
    with pytest.raises(Changed):
        run(world, memory).save("Zoo", "a.jpg", photo(world, content), still)
    assert world.photos()["Zoo/a.jpg"] == b"edited there"
    assert memory.uploads == {}


AWAY: dict[str, Callable[[DriveWorld, str], None]] = {
    "trashed": lambda world, made: world.drive.web.trash(made),
    "deleted": lambda world, made: world.drive.web.delete(made),
    "renamed": lambda world, made: world.drive.web.rename(made, "mine.jpg"),
    "moved": lambda world, made: world.drive.web.move(made, "root"),
}


@pytest.mark.parametrize("away", AWAY.values(), ids=AWAY.keys())
def test_what_somebody_took_away_meanwhile_stays_so_and_another_id_is_used(
    world: DriveWorld, memory: KeptMemory, away: Callable[[DriveWorld, str], None]
) -> None:
    made = arrived_unnoticed(world, memory)
    away(world, made)
    stored = run(world, memory).save("Zoo", "a.jpg", photo(world, b"first"), still)
    assert stored.id != made
    assert world.photos()["Zoo/a.jpg"] == b"first"
    assert memory.uploads == {}


def test_a_photo_for_another_album_does_not_touch_what_had_arrived(
    world: DriveWorld, memory: KeptMemory
) -> None:
    arrived_unnoticed(world, memory)
    run(world, memory).save("Ark", "b.jpg", photo(world, b"first"), still)
    found = world.photos()
    assert (found["Zoo/a.jpg"], found["Ark/b.jpg"]) == (b"first", b"first")


def test_a_replace_goes_on_in_the_next_run_from_where_it_stands(
    world: DriveWorld, memory: KeptMemory
) -> None:
    content = os.urandom(LARGE)
    old = begun_replacing(world, memory, content)
    moved: list[int] = []
    new = run(world, memory).replace(old, photo(world, content), moved.append)
    assert new.id == old.id
    assert sum(moved) == LARGE - 16 * MIB
    assert world.drive.calls["upload.start"] == 0
    assert world.photos()["Zoo/other.jpg"] == content
    assert memory.uploads == {}


def test_a_replace_of_what_was_replaced_meanwhile_starts_again(
    world: DriveWorld, memory: KeptMemory
) -> None:
    content = os.urandom(LARGE)
    old = begun_replacing(world, memory, content)
    world.drive.web.replace(old.id, b"edited there")
    backend = run(world, memory)
    (now,) = listed(backend)["Zoo"]
    backend.replace(now, photo(world, content), still)
    assert statuses(world, "upload.start") == [200]
    assert world.photos()["Zoo/other.jpg"] == content


def test_an_address_on_another_host_is_not_used(
    world: DriveWorld, memory: KeptMemory
) -> None:
    content = os.urandom(LARGE)
    noted = begun(world, memory, content)
    evil = noted["session"].replace("127.0.0.1", "localhost")
    memory.put(str(world.top / "a.jpg"), {**noted, "session": evil})
    run(world, memory).save("Zoo", "a.jpg", photo(world, content), still)
    assert world.drive.calls["upload.start"] == 1
    assert world.photos()["Zoo/a.jpg"] == content


def test_the_address_of_an_upload_reaches_no_log_of_ours(
    world: DriveWorld, memory: KeptMemory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "photosync")
    content = os.urandom(LARGE)
    address = begun(world, memory, content)["session"]
    world.drive.plan(Fault("upload.status", "status", status=503))
    run(world, memory).save("Zoo", "a.jpg", photo(world, content), still)
    ours = [
        one.getMessage() for one in caplog.records if one.name.startswith("photosync.")
    ]
    assert ours
    assert not any(address.partition("upload_id=")[2] in text for text in ours)
