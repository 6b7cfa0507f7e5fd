"""Photos and albums on Drive as people mean them: smaller copies, capture times, album
facts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from harness.drive_world import DriveWorld, source_of
from harness.kept_cache import KeptMemory
from harness.pictures import TAKEN, picture
from harness.worlds import WHEN, listed, make_file

from photosync.emulators.drive import Fault
from photosync.errors import Changed, Interrupted, Rejected, Transient
from photosync.local.photos import ReducedSource
from photosync.model import AlbumMetadata, RemotePhoto
from photosync.services.drive.backend import DriveBackend
from photosync.services.folder.backend import FolderBackend
from wire.transfers import MIB, save, still

COPY = b"a smaller copy"
EARLIEST = "2019-08-07 06:05:04"
JPEG = b"\xff\xd8\xff\xe0 a picture"
OURS = "synced from /photos/Zoo by photosync"


@pytest.fixture
def backend(world: DriveWorld) -> DriveBackend:
    backend = world.connect()
    listed(backend)
    return backend


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def reduced(
    world: DriveWorld,
    copy: bytes = COPY,
    content: bytes = b"the whole photo",
    when: float = WHEN,
) -> ReducedSource:
    """A photo here of which a smaller copy is sent."""
    original = source_of(make_file(world.top / "here" / "a.jpg", content, when)).photo
    return ReducedSource(
        original, md5(content), str(make_file(world.top / "copy.jpg", copy))
    )


def only(backend: DriveBackend) -> RemotePhoto:
    (photo,) = listed(backend)["Zoo"]
    return photo


def properties(world: DriveWorld, photo: RemotePhoto) -> dict[str, str]:
    found: dict[str, str] = world.drive.web.get(photo.id, app=world.app).get(
        "appProperties", {}
    )
    return found


def stands_for(
    content: bytes = b"the whole photo", copy: bytes = COPY
) -> dict[str, str]:
    return {"photosync-original": f"{len(content)}:{md5(content)}:{md5(copy)}"}


def is_copy_of(photo: RemotePhoto, content: bytes, copy: bytes) -> bool:
    facts = (photo.size, photo.md5, photo.version, photo.reduced)
    return facts == (len(content), md5(content), md5(copy), True)


# -- smaller copies
# ------------------------------------------------------------------------


def test_a_smaller_copy_is_listed_with_size_and_md5_of_its_original(
    world: DriveWorld, backend: DriveBackend
) -> None:
    moved: list[int] = []
    stored = backend.save("Zoo", "a.jpg", reduced(world), moved.append)
    assert is_copy_of(stored, b"the whole photo", COPY)
    assert world.drive.web.content(stored.id) == COPY
    assert properties(world, stored) == stands_for()
    assert sum(moved) == len(COPY)
    assert only(world.connect()) == stored


def test_the_kept_listing_and_the_feed_tell_copies_as_a_listing_does(
    world: DriveWorld,
) -> None:
    memory, seen = KeptMemory(), []
    for number in range(3):
        backend = world.connect()
        memory.serve(backend)
        seen.append(listed(backend).get("Zoo"))
        if number == 0:
            backend.save("Zoo", "a.jpg", reduced(world), still)
    plain = only(world.connect())
    assert plain.reduced
    assert seen == [None, [plain], [plain]]


@pytest.mark.parametrize("size", [9, 9 * MIB])
def test_a_copy_of_any_size_replaces_and_is_replaced(
    world: DriveWorld, backend: DriveBackend, size: int
) -> None:
    whole, copy = os.urandom(size + 1), os.urandom(size)
    full = source_of(make_file(world.top / "here" / "a.jpg", whole))
    stored = backend.save("Zoo", "a.jpg", full, still)
    assert not stored.reduced
    smaller = backend.replace(stored, reduced(world, copy, whole), still)
    assert is_copy_of(smaller, whole, copy)
    assert is_copy_of(only(world.connect()), whole, copy)
    again = backend.replace(only(world.connect()), full, still)
    assert not again.reduced
    assert properties(world, again) == {}
    assert only(world.connect()) == again._replace(backup="")


def test_a_copy_that_was_edited_there_is_an_ordinary_photo_again(
    world: DriveWorld, backend: DriveBackend
) -> None:
    stored = backend.save("Zoo", "a.jpg", reduced(world), still)
    world.drive.web.replace(stored.id, b"edited")
    now = only(world.connect())
    assert (now.size, now.md5, now.reduced) == (6, md5(b"edited"), False)
    with pytest.raises(Changed):
        backend.replace(stored, reduced(world), still)


def test_a_property_that_makes_no_sense_is_none(world: DriveWorld) -> None:
    for text in ("", "1:2:3", f"x:{md5(b'photo')}:{md5(b'photo')}"):
        world.there(f"Zoo/{len(text)}.jpg", appProperties={"photosync-original": text})
    assert [photo.reduced for photo in listed(world.connect())["Zoo"]] == [False] * 3


def test_only_a_copy_of_the_very_photo_here_is_described(
    world: DriveWorld, backend: DriveBackend
) -> None:
    source = reduced(world)
    stored = backend.save("Zoo", "a.jpg", source, still)
    later = reduced(world, when=WHEN + 9).photo
    described = backend.update_metadata(stored, later)
    assert described == stored._replace(modified_ns=later.modified_ns)
    with pytest.raises(Rejected, match="other bytes"):
        backend.update_metadata(
            stored, reduced(world, content=b"the WHOLE photo").photo
        )


def test_a_copy_whose_answer_is_lost_is_there_once(
    world: DriveWorld, backend: DriveBackend
) -> None:
    world.drive.plan(Fault("files.create", "cut_after"))
    stored = backend.save("Zoo", "a.jpg", reduced(world), still)
    assert world.photos() == {"Zoo/a.jpg": COPY}
    assert properties(world, stored) == stands_for()


def test_a_mark_and_what_a_copy_stands_for_live_side_by_side(
    world: DriveWorld, backend: DriveBackend
) -> None:
    stored = backend.save("Zoo", "a.jpg", reduced(world), still)
    assert backend.tag(stored) == stored._replace(marked=True)
    assert backend.untag(stored) == stored
    assert backend.move(stored, "Other", "b.jpg").reduced
    assert properties(world, stored) == stands_for()


@pytest.mark.parametrize("copy_first", [True, False])
def test_what_is_brought_back_is_what_it_was(
    world: DriveWorld, backend: DriveBackend, *, copy_first: bool
) -> None:
    full = source_of(make_file(world.top / "here" / "a.jpg", b"the whole photo"))
    first, second = (reduced(world), full) if copy_first else (full, reduced(world))
    stored = backend.save("Zoo", "a.jpg", first, still)
    backup = backend.replace(stored, second, still)
    backend.restore(backup, backup.backup)
    assert only(world.connect()) == stored
    assert bool(properties(world, stored)) is copy_first
    backend.restore(backup, backup.backup)
    assert only(world.connect()) == stored


# -- copies that an earlier run did not bring to their end
# -----------------------------------


def killed_after(chunks: int) -> Callable[[int], None]:
    left = chunks

    def progress(_: int) -> None:
        nonlocal left
        if not left:
            raise Interrupted("interrupted")
        left -= 1

    return progress


def begun(world: DriveWorld, memory: KeptMemory, source: ReducedSource) -> None:
    with pytest.raises(Interrupted):
        remembering(world, memory).save("Zoo", "a.jpg", source, killed_after(2))
    assert memory.uploads
    world.drive.traffic.reset()


def remembering(world: DriveWorld, memory: KeptMemory) -> DriveBackend:
    backend = world.connect()
    memory.serve(backend)
    listed(backend)
    return backend


def test_the_same_copy_goes_on_where_it_stands(world: DriveWorld) -> None:
    memory, copy = KeptMemory(), os.urandom(25 * MIB)
    begun(world, memory, reduced(world, copy, b"original"))
    remembering(world, memory).save(
        "Zoo", "a.jpg", reduced(world, copy, b"original"), still
    )
    assert world.drive.calls["upload.start"] == 0
    assert is_copy_of(only(world.connect()), b"original", copy)
    assert not memory.uploads


def test_a_copy_made_anew_is_sent_anew_under_the_same_id(world: DriveWorld) -> None:
    memory, copy = KeptMemory(), os.urandom(25 * MIB)
    begun(world, memory, reduced(world, copy, b"original"))
    other = copy[:-1] + bytes([copy[-1] ^ 1])
    source = reduced(world, other, b"original")
    noted = memory.find(source.photo.path)
    stored = remembering(world, memory).save("Zoo", "a.jpg", source, still)
    assert world.drive.calls["upload.start"] == 1
    assert noted
    assert stored.id == noted["id"]
    assert is_copy_of(only(world.connect()), b"original", other)


def test_the_whole_photo_does_not_go_on_with_a_copy(world: DriveWorld) -> None:
    memory, content = KeptMemory(), os.urandom(25 * MIB)
    begun(world, memory, reduced(world, content, content))
    full = source_of(make_file(world.top / "here" / "a.jpg", content))
    stored = remembering(world, memory).save("Zoo", "a.jpg", full, still)
    assert world.drive.calls["upload.start"] == 1
    assert not stored.reduced
    assert properties(world, stored) == {}


@pytest.mark.parametrize("second", ["another copy", "the whole photo"])
def test_a_copy_that_had_arrived_unnoticed_becomes_what_is_sent_now(
    world: DriveWorld, second: str
) -> None:
    memory = KeptMemory()
    world.connect().save("Zoo", "other.jpg", reduced(world), still)
    world.drive.plan(
        Fault("files.create", "cut_after"),
        Fault("files.create", "cut_before", times=None),
    )
    with pytest.raises(Transient):
        remembering(world, memory).save("Zoo", "a.jpg", reduced(world), still)
    world.drive.traffic.clear_faults()
    content = b"the whole photo"
    source: Any = reduced(world, second.encode())
    if second == "the whole photo":
        source = source_of(make_file(world.top / "here" / "a.jpg", content))
    backend = remembering(world, memory)
    stored = backend.save("Zoo", "a.jpg", source, still)
    assert world.photos()["Zoo/a.jpg"] == second.encode()
    assert stored.reduced is (second == "another copy")
    assert stored.md5 == md5(content)


# -- capture times and types
# ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "taken"),
    [
        ("2019:08:07 06:05:04", EARLIEST),
        ("0000:00:00 00:00:00", ""),
        ("1066:10:14 09:00:00", ""),
        ("2999:01:01 00:00:00", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_the_capture_time_is_what_drive_found_if_it_can_be(
    world: DriveWorld, time: str, taken: str
) -> None:
    world.there("Zoo/a.jpg", imageMediaMetadata={"time": time, "width": 9})
    assert only(world.connect()).taken == taken


def test_the_capture_time_is_that_of_the_present_content(
    world: DriveWorld, backend: DriveBackend
) -> None:
    content = picture(world.top / "picture.jpg").read_bytes()
    stored = save(world, backend, content)
    assert only(world.connect()).taken == TAKEN.replace(":", "-", 2)
    world.drive.web.replace(stored.id, b"edited")
    assert only(world.connect()).taken == ""


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("a.jpg", JPEG, "image/jpeg"),
        ("a.png", JPEG, "image/jpeg"),
        ("a.nef", b"II*\0 raw", "image/x-nikon-nef"),
        ("a.tif", b"II*\0 tiff", "image/tiff"),
        ("a.heic", b"photo", "image/heic"),
        ("a.jpg", b"photo", "image/jpeg"),
        ("a.jpg", b"", "image/jpeg"),
        ("a.unknown", b"photo", "application/octet-stream"),
    ],
)
def test_the_type_is_that_of_the_content_and_else_that_of_the_name(
    world: DriveWorld, backend: DriveBackend, name: str, content: bytes, mime: str
) -> None:
    stored = save(world, backend, content, name)
    assert world.drive.web.get(stored.id)["mimeType"] == mime


def test_a_copy_is_of_the_type_that_it_has_itself(
    world: DriveWorld, backend: DriveBackend
) -> None:
    original = source_of(make_file(world.top / "here" / "a.heic", b"....ftypheic"))
    copy = make_file(world.top / "copy", JPEG)
    source = ReducedSource(original.photo, md5(b"....ftypheic"), str(copy))
    stored = backend.save("Zoo", "a.heic", source, still)
    assert world.drive.web.get(stored.id)["mimeType"] == "image/jpeg"


# -- what albums show
# ----------------------------------------------------------------------


def metadata(description: str = OURS, earliest: str = EARLIEST) -> AlbumMetadata:
    return AlbumMetadata(description, earliest, {})


def here(text: str) -> float:
    """A time by the clock of this machine, in seconds since the epoch."""
    return datetime.fromisoformat(text).astimezone().timestamp()


def shown(world: DriveWorld) -> tuple[float, str]:
    folder = world.drive.web.get(world.album("Zoo"))
    when = datetime.fromisoformat(folder["modifiedTime"]).timestamp()
    return when, folder.get("description", "")


def test_an_album_gets_the_date_of_its_first_photo_and_a_description(
    world: DriveWorld, backend: DriveBackend
) -> None:
    save(world, backend)
    world.drive.traffic.reset()
    backend.update_album("Zoo", metadata())
    assert world.drive.calls == {"files.get": 1, "files.update": 1}
    assert shown(world) == (here(EARLIEST), OURS)


def test_an_album_that_shows_it_already_costs_no_call(
    world: DriveWorld, backend: DriveBackend
) -> None:
    save(world, backend)
    backend.update_album("Zoo", metadata())
    memory = KeptMemory()
    for _ in range(3):
        again = remembering(world, memory)
        world.drive.traffic.reset()
        again.update_album("Zoo", metadata())
        assert world.drive.calls == {}


@pytest.mark.parametrize(
    ("present", "after"),
    [
        ("", OURS),
        ("synced from /old by photosync", OURS),
        ("Our days at the zoo", "Our days at the zoo"),
    ],
)
def test_a_description_that_somebody_wrote_stays(
    world: DriveWorld, present: str, after: str
) -> None:
    world.there("Zoo/a.jpg")
    world.drive.web.patch(world.album("Zoo"), description=present)
    backend = world.connect()
    listed(backend)
    backend.update_album("Zoo", metadata())
    assert shown(world) == (here(EARLIEST), after)
    backend.update_album("Zoo", metadata(""))
    assert shown(world)[1] == after


@pytest.mark.parametrize(
    ("present", "after"),
    [
        ("From photos/Old Zoo", "From photos/Zoo"),
        ("synced from photos/Zoo by photosync", "From photos/Zoo"),
        ("From Ada, with love", "From Ada, with love"),
    ],
)
def test_a_description_by_ones_own_template_is_kept_up_to_date(
    world: DriveWorld, present: str, after: str
) -> None:
    world.there("Zoo/a.jpg")
    world.drive.web.patch(world.album("Zoo"), description=present)
    backend = world.connect()
    listed(backend)
    wanted = AlbumMetadata("From photos/Zoo", EARLIEST, {}, template="From {folder}")
    backend.update_album("Zoo", wanted)
    assert shown(world) == (here(EARLIEST), after)


def test_a_description_that_somebody_has_just_written_stays(world: DriveWorld) -> None:
    world.there("Zoo/a.jpg")
    backend = world.connect()
    listed(backend)
    world.drive.web.patch(world.album("Zoo"), description="Our days at the zoo")
    backend.update_album("Zoo", metadata())
    assert shown(world) == (here(EARLIEST), "Our days at the zoo")


def test_a_description_alone_leaves_the_date(world: DriveWorld) -> None:
    world.there("Zoo/a.jpg")
    backend = world.connect()
    listed(backend)
    when, _ = shown(world)
    backend.update_album("Zoo", metadata(earliest=""))
    assert shown(world) == (when, OURS)


def test_an_album_that_is_not_there_has_no_facts(
    world: DriveWorld, backend: DriveBackend
) -> None:
    world.drive.traffic.reset()
    backend.update_album("Nowhere", metadata())
    assert world.drive.calls == {}


def test_drive_and_folders_keep_no_facts_beside_a_photo(
    world: DriveWorld, backend: DriveBackend, tmp_path: Path
) -> None:
    photo = save(world, backend)
    assert backend.metadata(photo) is None
    assert FolderBackend(str(tmp_path)).metadata(photo) is None
    assert backend.capabilities.keeps_metadata
    assert not FolderBackend(str(tmp_path)).capabilities.keeps_metadata


def test_a_folder_shows_the_date_of_its_first_photo(tmp_path: Path) -> None:
    make_file(tmp_path / "Zoo" / "a.jpg", b"photo")
    backend = FolderBackend(str(tmp_path))
    assert [album.title for album in backend.albums()] == ["Zoo"]
    backend.update_album("Zoo", metadata())
    status = (tmp_path / "Zoo").stat()
    assert status.st_mtime == here(EARLIEST)
    backend.update_album("Zoo", metadata())
    assert (tmp_path / "Zoo").stat().st_ctime_ns == status.st_ctime_ns
    backend.update_album("Zoo", metadata(earliest=""))
    backend.update_album("Nowhere", metadata())
    assert (tmp_path / "Zoo").stat().st_ctime_ns == status.st_ctime_ns
