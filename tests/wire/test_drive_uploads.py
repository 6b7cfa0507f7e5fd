"""How photos travel to Drive, whatever happens to the connection."""

from __future__ import annotations

import hashlib
import os
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from harness.drive_world import DriveWorld, source_of
from harness.worlds import WHEN, listed, make_file

from photosync.emulators.drive import Fault
from photosync.errors import Changed, QuotaExceeded, Rejected, SideError, Transient
from photosync.model import NO_DETAILS, LocalPhoto
from photosync.services.base import Backend
from wire.transfers import FAULTS, KINDS, MIB, save, statuses, still

CHUNKED = 8 * MIB + 5
"""Two chunks."""


@pytest.fixture
def backend(world: DriveWorld) -> Backend:
    connected = world.connect()
    list(connected.albums())
    connected.prepare()
    world.drive.traffic.reset()
    return connected


def calls(world: DriveWorld) -> dict[str, int]:
    return dict(world.drive.calls)


# -- uploads in one call
# -------------------------------------------------------------------


def test_a_small_photo_takes_one_call(world: DriveWorld, backend: Backend) -> None:
    save(world, backend, name="first.jpg")
    world.drive.traffic.reset()
    for number in range(20):
        save(world, backend, os.urandom(1000), f"{number}.jpg")
    save(world, backend, bytes(5 * MIB), "5 MiB.jpg")
    assert calls(world) == {"files.create": 21}


def test_ids_are_drawn_many_at_once_before_anything_is_made(
    world: DriveWorld, backend: Backend
) -> None:
    with ThreadPoolExecutor(4) as pool:
        photos = list(
            pool.map(lambda n: save(world, backend, name=f"{n}.jpg"), range(30))
        )
    assert world.drive.calls["files.generateIds"] == 1
    assert len({photo.id for photo in photos}) == 30


@pytest.mark.parametrize("fault", FAULTS, ids=KINDS)
def test_a_fault_of_a_create_makes_no_second_file(
    world: DriveWorld, backend: Backend, fault: Fault
) -> None:
    save(world, backend, name="first.jpg")
    world.drive.plan(replace(fault, method="files.create", times=2))
    content = os.urandom(100_000)
    photo = save(world, backend, content)
    assert world.drive.traffic.pending == []
    assert world.photos() == {"Zoo/first.jpg": b"photo", "Zoo/a.jpg": content}
    assert photo in listed(backend)["Zoo"]


@pytest.mark.parametrize("fault", FAULTS, ids=KINDS)
def test_a_fault_of_a_folder_create_makes_no_second_album(
    world: DriveWorld, backend: Backend, fault: Fault
) -> None:
    world.drive.plan(replace(fault, method="files.create"))
    save(world, backend)
    save(world, backend, name="b.jpg")
    assert world.drive.traffic.pending == []
    assert sorted(world.photos()) == ["Zoo/a.jpg", "Zoo/b.jpg"]


def test_an_album_made_though_no_answer_ever_came_is_not_made_again(
    world: DriveWorld, backend: Backend
) -> None:
    source = source_of(make_file(world.top / "sent" / "Ark" / "z.jpg", b"other"))
    backend.save("Ark", "z.jpg", source, still)
    world.drive.plan(
        Fault("files.create", "cut_after"),
        Fault("files.create", "cut_before", times=None),
    )
    for name in ("a.jpg", "b.jpg"):
        with pytest.raises(Transient):
            save(world, backend, name=name)
    world.drive.traffic.clear_faults()
    save(world, backend)
    assert sorted(world.photos()) == ["Ark/z.jpg", "Zoo/a.jpg"]


def test_a_lost_answer_is_recognised_by_the_id_and_the_content_compared(
    world: DriveWorld, backend: Backend
) -> None:
    save(world, backend, name="first.jpg")
    world.drive.traffic.reset()
    world.drive.plan(Fault("files.create", "cut_after"))
    save(world, backend)
    assert statuses(world, "files.create") == [0, 409]
    assert calls(world) == {"files.create": 2, "files.get": 1}


@pytest.mark.parametrize("fault", FAULTS, ids=KINDS)
@pytest.mark.parametrize("size", [1000, CHUNKED])
def test_a_fault_of_a_replace_leaves_one_file_with_the_new_content(
    world: DriveWorld, backend: Backend, fault: Fault, size: int
) -> None:
    old = save(world, backend)
    method = "files.update" if size == 1000 else "upload.chunk"
    world.drive.plan(replace(fault, method=method))
    content = os.urandom(size)
    source = source_of(make_file(world.top / "sent" / "a.jpg", content, WHEN + 500))
    new = backend.replace(old, source, still)
    assert world.drive.traffic.pending == []
    assert new.id == old.id
    assert world.photos() == {"Zoo/a.jpg": content}
    assert listed(backend)["Zoo"] == [new._replace(backup="")]


# -- uploads in chunks
# ---------------------------------------------------------------------


def test_a_large_photo_goes_in_chunks(world: DriveWorld, backend: Backend) -> None:
    save(world, backend)
    world.drive.traffic.reset()
    save(world, backend, bytes(CHUNKED), "large.jpg")
    save(world, backend, bytes(5 * MIB + 1), "just above.jpg")
    assert calls(world) == {"upload.start": 2, "upload.chunk": 2 + 1}


@pytest.mark.parametrize("fault", FAULTS, ids=KINDS)
@pytest.mark.parametrize("after", [0, 1])
def test_a_fault_of_a_chunk_is_asked_about_and_the_upload_goes_on(
    world: DriveWorld, backend: Backend, fault: Fault, after: int
) -> None:
    content = os.urandom(CHUNKED)
    world.drive.plan(replace(fault, method="upload.chunk", after=after))
    save(world, backend, content)
    assert world.drive.traffic.pending == []
    assert world.photos() == {"Zoo/a.jpg": content}
    assert calls(world)["upload.start"] == 1
    assert world.drive.traffic.received["upload.chunk"] <= CHUNKED + 8 * MIB


@pytest.mark.parametrize("fault", FAULTS, ids=KINDS)
def test_a_fault_of_a_session_start_makes_no_second_file(
    world: DriveWorld, backend: Backend, fault: Fault
) -> None:
    content = os.urandom(6 * MIB)
    world.drive.plan(replace(fault, method="upload.start"))
    save(world, backend, content)
    assert world.photos() == {"Zoo/a.jpg": content}


@pytest.mark.parametrize("fault", FAULTS, ids=KINDS)
def test_a_fault_while_asking_where_an_upload_stands_is_asked_again(
    world: DriveWorld, backend: Backend, fault: Fault
) -> None:
    content = os.urandom(CHUNKED)
    world.drive.plan(
        Fault("upload.chunk", "cut_midway"), replace(fault, method="upload.status")
    )
    save(world, backend, content)
    assert world.drive.traffic.pending == []
    assert world.photos() == {"Zoo/a.jpg": content}


def test_an_upload_goes_on_from_where_drive_says(
    world: DriveWorld, backend: Backend
) -> None:
    world.drive.settings.chunk_retention = 5 * MIB
    content = os.urandom(CHUNKED)
    save(world, backend, content)
    assert calls(world)["upload.chunk"] == 2
    assert world.photos() == {"Zoo/a.jpg": content}


def test_what_a_cut_chunk_left_there_is_not_sent_again(
    world: DriveWorld, backend: Backend
) -> None:
    content = os.urandom(CHUNKED)
    world.drive.plan(Fault("upload.chunk", "cut_midway"))
    save(world, backend, content)
    assert calls(world)["upload.status"] == 1
    assert world.drive.traffic.received["upload.chunk"] < CHUNKED + 256 * 1024
    assert world.photos() == {"Zoo/a.jpg": content}


def test_a_lost_last_answer_makes_no_second_file(
    world: DriveWorld, backend: Backend
) -> None:
    content = os.urandom(CHUNKED)
    world.drive.plan(Fault("upload.chunk", "cut_after", after=1))
    save(world, backend, content)
    assert calls(world)["upload.status"] == 1
    assert calls(world)["upload.start"] == 1
    assert world.photos() == {"Zoo/a.jpg": content}


def test_an_upload_goes_on_as_long_as_anything_arrives(
    world: DriveWorld, backend: Backend
) -> None:
    content = os.urandom(CHUNKED)
    world.drive.plan(Fault("upload.chunk", "cut_midway", times=7))
    save(world, backend, content)
    assert world.photos() == {"Zoo/a.jpg": content}


def test_progress_is_told_once_for_every_byte(
    world: DriveWorld, backend: Backend
) -> None:
    world.drive.plan(
        Fault("upload.chunk", "cut_midway"), Fault("upload.chunk", "status", after=1)
    )
    moved: list[int] = []
    source = source_of(make_file(world.top / "a.jpg", bytes(CHUNKED)))
    backend.save("Zoo", "a.jpg", source, moved.append)
    assert sum(moved) == CHUNKED


def test_no_traceback_tells_the_address_of_an_upload(
    world: DriveWorld, backend: Backend
) -> None:
    def progress(count: int) -> None:
        if count < 8 * MIB:
            world.drive.stop()

    source = source_of(make_file(world.top / "a.jpg", bytes(CHUNKED)))
    with pytest.raises(SideError) as raised:
        backend.save("Zoo", "a.jpg", source, progress)
    told = "".join(traceback.format_exception(raised.value))
    assert "upload_id" not in told


GONE = [
    Fault("upload.chunk", "status", status=404, reason="notFound"),
    Fault("upload.chunk", "status", status=410, reason="notFound"),
    Fault("upload.chunk", "html", status=404),
    Fault("upload.chunk", "html", status=410),
]


@pytest.mark.parametrize("gone", GONE, ids=lambda fault: f"{fault.kind} {fault.status}")
@pytest.mark.parametrize("after", [0, 1])
def test_an_upload_that_drive_forgot_starts_again(
    world: DriveWorld, backend: Backend, gone: Fault, after: int
) -> None:
    world.drive.plan(replace(gone, after=after))
    content = os.urandom(CHUNKED)
    save(world, backend, content)
    assert calls(world)["upload.start"] == 2
    assert world.photos() == {"Zoo/a.jpg": content}


def test_an_upload_that_is_forgotten_after_its_last_byte_makes_no_second_file(
    world: DriveWorld, backend: Backend
) -> None:
    world.drive.plan(
        Fault("upload.chunk", "cut_after", after=1),
        Fault("upload.status", "status", status=404, reason="notFound"),
    )
    content = os.urandom(CHUNKED)
    save(world, backend, content)
    assert statuses(world, "upload.start") == [200, 409]
    assert world.photos() == {"Zoo/a.jpg": content}


def test_an_upload_forgotten_again_and_again_fails_and_leaves_nothing(
    world: DriveWorld, backend: Backend
) -> None:
    world.drive.plan(replace(GONE[0], times=None))
    with pytest.raises(Transient, match="lost the upload again and again"):
        save(world, backend, bytes(6 * MIB))
    assert world.photos() == {}


@pytest.mark.parametrize("told", [CHUNKED, 10**11])
def test_an_upload_of_which_drive_says_that_it_holds_more_than_was_sent_starts_again(
    world: DriveWorld, backend: Backend, told: int
) -> None:
    more = {"Range": f"bytes=0-{told - 1}"}
    world.drive.plan(
        Fault("upload.chunk", "cut_midway"),
        Fault("upload.status", "status", status=308, headers=more),
    )
    content = os.urandom(CHUNKED)
    save(world, backend, content)
    assert calls(world)["upload.start"] == 2
    assert world.photos() == {"Zoo/a.jpg": content}


def test_an_upload_of_which_nothing_is_ever_kept_comes_to_an_end(
    world: DriveWorld, backend: Backend
) -> None:
    world.drive.settings.chunk_retention = 0
    with pytest.raises(Transient, match="kept nothing"):
        save(world, backend, bytes(6 * MIB))


def test_a_last_answer_that_cannot_be_read_makes_no_second_file(
    world: DriveWorld, backend: Backend
) -> None:
    # The altered byte is the middle one: with the length of the name it wanders through
    # all.
    for length in range(1, 40, 5):
        world.drive.plan(Fault("upload.chunk", "corrupt"))
        try:
            save(world, backend, bytes(5 * MIB + 1), "x" * length)
        except SideError:
            continue
    assert {len(content) for content in world.photos().values()} == {5 * MIB + 1}


# -- what is stored is what was sent
# -------------------------------------------------------


def name_that_puts_the_md5_in_the_middle() -> str:
    """A name for which the middle byte of the answer is one of the MD5's."""
    for length in range(1, 200):
        name = "x" * length
        answer = (
            f'{{"id": "{"i" * 33}", "name": "{name}", "size": "5", "md5Checksum": "{"0" * 32}", '
            f'"modifiedTime": "2017-07-14T02:40:00.000Z", "parents": ["{"p" * 33}"], '
            '"trashed": false}'
        )
        place = answer.index("0" * 32)
        if place + 8 < len(answer) // 2 < place + 24:
            return name
    raise AssertionError


def test_a_wrong_checksum_sends_the_photo_once_more(
    world: DriveWorld, backend: Backend
) -> None:
    save(world, backend, name="first.jpg")
    world.drive.traffic.reset()
    name = name_that_puts_the_md5_in_the_middle()
    world.drive.plan(Fault("files.create", "corrupt"))
    photo = save(world, backend, b"photo", name)
    assert calls(world) == {"files.create": 1, "files.update": 1}
    assert photo.md5 == hashlib.md5(b"photo", usedforsecurity=False).hexdigest()
    assert world.photos() == {"Zoo/first.jpg": b"photo", f"Zoo/{name}": b"photo"}


def test_a_photo_whose_checksum_stays_wrong_is_not_left_there(
    world: DriveWorld, backend: Backend
) -> None:
    save(world, backend, name="first.jpg")
    name = name_that_puts_the_md5_in_the_middle()
    world.drive.plan(Fault("files.create", "corrupt"), Fault("files.update", "corrupt"))
    with pytest.raises(Changed, match="stored other bytes"):
        save(world, backend, b"photo", name)
    assert list(world.photos()) == ["Zoo/first.jpg"]
    assert world.trashed() == [name]


def test_a_replace_whose_checksum_stays_wrong_is_made_good_by_the_next_run(
    world: DriveWorld,
) -> None:
    name = name_that_puts_the_md5_in_the_middle()
    photo = world.there(f"Zoo/{name}", b"older")
    world.here(f"Zoo/{name}.jpg", b"newer", WHEN + 5000)
    world.drive.web.rename(photo, f"{name[:-4]}.jpg")
    (world.local / f"Zoo/{name}.jpg").rename(world.local / f"Zoo/{name[:-4]}.jpg")
    world.sign_in()
    world.drive.plan(Fault("files.update", "corrupt", times=2))
    ended = world.run("-d", world.local, "-m", "syncUpload")
    assert ended.code == 1
    assert "stored other bytes" in ended.err
    assert world.trashed() == []
    assert world.drive.web.get(photo)["modifiedTime"] == "2017-07-14T02:40:00.000Z"
    ended = world.run("-d", world.local, "-m", "syncUpload")
    assert ended.code == 0
    assert world.photos() == {f"Zoo/{name[:-4]}.jpg": b"newer"}
    assert world.drive.web.get(photo)["modifiedTime"] == "2017-07-14T04:03:20.000Z"


def test_a_create_that_is_found_done_but_with_other_bytes_is_sent_again(
    world: DriveWorld, backend: Backend
) -> None:
    save(world, backend, name="first.jpg")
    world.drive.traffic.reset()
    name = name_that_puts_the_md5_in_the_middle()
    world.drive.plan(Fault("files.create", "cut_after"), Fault("files.get", "corrupt"))
    save(world, backend, b"photo", name)
    assert calls(world) == {"files.create": 2, "files.get": 1, "files.update": 1}
    assert world.photos()[f"Zoo/{name}"] == b"photo"


# -- what cannot be stored
# -----------------------------------------------------------------


def test_a_full_account_stops_uploads_and_says_so(
    world: DriveWorld, backend: Backend
) -> None:
    world.drive.settings.quota_limit = 1000
    for size in (2000, 6 * MIB):
        with pytest.raises(QuotaExceeded, match="the Google account is full"):
            save(world, backend, bytes(size))


def test_a_full_folder_refuses_the_item(world: DriveWorld, backend: Backend) -> None:
    save(world, backend)
    world.drive.settings.max_children = 1
    with pytest.raises(Rejected, match="as many items as Google allows"):
        save(world, backend, name="b.jpg")


def test_a_name_that_is_no_text_is_refused(world: DriveWorld, backend: Backend) -> None:
    name = os.fsdecode(b"Zo\xeb.jpg")
    with pytest.raises(Rejected, match="rename it"):
        save(world, backend, name=name)
    with pytest.raises(Rejected, match="rename it"):
        backend.save(
            name, "a.jpg", source_of(make_file(world.top / "a.jpg", b"x")), still
        )


@pytest.mark.parametrize("modified_ns", [10**9 * 10**12, -(10**9) * 10**12])
def test_a_time_that_no_calendar_has_is_refused(
    world: DriveWorld, backend: Backend, modified_ns: int
) -> None:
    class Odd:
        photo = source_of(make_file(world.top / "a.jpg", b"photo")).photo._replace(
            modified_ns=modified_ns
        )
        size = photo.size
        original_md5 = ""
        details = NO_DETAILS

        def taken(self) -> str:
            return ""

        def open(self) -> Any:
            return (world.top / "a.jpg").open("rb")

    with pytest.raises(Rejected, match="modification time"):
        backend.save("Zoo", "a.jpg", Odd(), still)
    local: LocalPhoto = Odd.photo
    with pytest.raises(Rejected, match="modification time"):
        backend.update_metadata(save(world, backend), local)


# -- deletes
# -------------------------------------------------------------------------------


def test_a_delete_moves_to_the_trash(world: DriveWorld, backend: Backend) -> None:
    backend.delete(save(world, backend))
    assert world.trashed() == ["a.jpg"]
    assert "files.delete" not in world.drive.calls


def test_without_trash_photos_go_for_good_but_folders_to_the_trash(
    world: DriveWorld,
) -> None:
    backend = world.connect(no_trash=True)
    list(backend.albums())
    backend.prepare()
    backend.delete(save(world, backend))
    assert world.drive.web.named("a.jpg") == []
    (album,) = backend.albums()
    backend.remove_album(album)
    assert world.trashed() == ["Zoo"]


def test_a_replace_keeps_the_old_revision(world: DriveWorld, backend: Backend) -> None:
    old = save(world, backend)
    source = source_of(make_file(world.top / "a.jpg", b"new"))
    backend.replace(old, source, still)
    assert world.drive.web.revision_count(old.id) == 2
