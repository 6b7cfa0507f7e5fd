"""What every backend does about memory, albums of another title, and what it has
removed.

A side joins with one line in `SIDES`; `final` sides bring nothing back.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.absence import whereabouts
from harness.drive_world import source_of
from harness.kept_cache import KeptMemory
from harness.worlds import WHEN, listed, make_file

from contract.test_backend_contract import (
    MIB,
    DriveSide,
    FolderSide,
    SideUnderTest,
    albums_of,
    content_of,
    names,
    only,
    saved,
    still,
)
from photosync.errors import Changed, NotFound, Rejected, RootGone
from photosync.model import RemotePhoto, Whereabouts
from photosync.services.base import Backend

SIDES: dict[str, Callable[[Path], SideUnderTest]] = {
    "folder": FolderSide,
    "drive": DriveSide,
}


@pytest.fixture(params=SIDES)
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SideUnderTest]:
    made = SIDES[request.param](tmp_path)
    yield made
    getattr(made, "close", lambda: None)()


@pytest.fixture
def memory() -> KeptMemory:
    return KeptMemory()


@pytest.fixture
def backend(side: SideUnderTest, memory: KeptMemory) -> Iterator[Backend]:
    connected = side.connect()
    memory.serve(connected)
    yield connected
    connected.close()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


def in_the_next_run(
    side: SideUnderTest, memory: KeptMemory
) -> dict[str, list[RemotePhoto]]:
    backend = side.connect()
    memory.serve(backend)
    return listed(backend)


# -- memory
# --------------------------------------------------------------------------------


def test_the_account_is_the_same_in_each_run(
    side: SideUnderTest, backend: Backend
) -> None:
    assert backend.account
    assert side.connect().account == backend.account


def test_what_is_remembered_is_what_is_there(
    side: SideUnderTest, backend: Backend, memory: KeptMemory, here: Path
) -> None:
    assert listed(backend) == {}
    photo = saved(side, backend, here / "a.jpg")
    saved(side, backend, here / "b.jpg", album="Other")
    for _ in range(2):
        assert in_the_next_run(side, memory) == listed(side.connect())
    side.remove(photo)
    side.add(albums_of(side.connect())["Other"], "c.jpg", side.content(b"new"))
    assert in_the_next_run(side, memory) == listed(side.connect())


def test_memory_that_is_lost_between_runs_changes_nothing(
    side: SideUnderTest, backend: Backend, memory: KeptMemory, here: Path
) -> None:
    saved(side, backend, here / "a.jpg")
    before = in_the_next_run(side, memory)
    assert in_the_next_run(side, KeptMemory()) == before


def test_what_was_saved_leaves_no_note_of_an_upload(
    side: SideUnderTest, backend: Backend, memory: KeptMemory, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg", bytes(6 * MIB))
    source = source_of(
        make_file(here / "a.jpg", side.content(os.urandom(6 * MIB)), WHEN + 5)
    )
    backend.replace(photo, source, still)
    assert memory.uploads == {}


def test_saving_tells_the_md5_of_what_was_sent(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    content = side.content(b"photo")
    source = source_of(make_file(here / "a.jpg", content))
    photo = backend.save("Album", "a.jpg", source, still)
    assert photo.md5 == hashlib.md5(content, usedforsecurity=False).hexdigest()


# -- albums
# --------------------------------------------------------------------------------


def test_an_album_gets_another_title_and_keeps_its_photos(
    side: SideUnderTest, backend: Backend, memory: KeptMemory, here: Path
) -> None:
    saved(side, backend, here / "a.jpg")
    saved(side, backend, here / "b.jpg")
    photos = listed(backend)["Album"]
    told = backend.rename_album(albums_of(backend)["Album"], "it's / new", photos)
    assert listed(side.connect()) == {"it's / new": sorted(told)}
    assert in_the_next_run(side, memory) == {"it's / new": sorted(told)}
    assert side.stable_ids <= ([one.id for one in told] == [one.id for one in photos])
    assert content_of(backend, told[0]) == side.content(b"photo")


def test_after_a_rename_the_old_title_makes_another_album(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    backend.rename_album(albums_of(backend)["Album"], "New", [photo])
    saved(side, backend, here / "b.jpg", album="Album")
    saved(side, backend, here / "c.jpg", album="New")
    assert names(side.connect()) == {"Album": ["b.jpg"], "New": ["a.jpg", "c.jpg"]}


def test_an_album_that_is_gone_gets_no_other_title(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    album = albums_of(backend)["Album"]
    backend.rename_album(album, "New", [photo])
    if not side.stable_ids:
        with pytest.raises(NotFound):
            backend.rename_album(album, "Newer", [photo])


# -- what is gone
# --------------------------------------------------------------------------


def test_a_photo_that_is_there_is_not_gone(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    assert whereabouts(backend, photo) is Whereabouts.THERE
    side.change(photo, side.content(b"edited there"))
    assert whereabouts(backend, photo) is Whereabouts.THERE


def test_a_photo_removed_is_gone_and_one_moved_is_elsewhere_where_ids_stay(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photos = [saved(side, backend, here / f"{n}.jpg", b"%d" % n) for n in range(4)]
    side.remove(photos[0])
    backend.move(photos[1], "Other", "1.jpg")
    backend.move(photos[2], "Album", "renamed.jpg")
    backend.delete(photos[3])
    moved = Whereabouts.ELSEWHERE if side.stable_ids else Whereabouts.GONE
    found = [whereabouts(backend, photo) for photo in (photos[0], photos[1], photos[3])]
    assert found == [Whereabouts.GONE, moved, Whereabouts.GONE]
    assert whereabouts(backend, photos[2]) is not Whereabouts.UNKNOWN


# -- what is kept
# --------------------------------------------------------------------------


def unmoved(photo: RemotePhoto) -> RemotePhoto:
    """A photo as before it was moved to the trash and back, which a disk notes."""
    return photo._replace(changed_ns=None)


def test_what_was_deleted_comes_back_as_it_was(
    side: SideUnderTest, backend: Backend, memory: KeptMemory, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    kept = backend.delete(photo)
    assert kept
    side.connect().restore(photo, kept)
    back = only(backend)
    assert unmoved(back) == unmoved(photo)
    assert in_the_next_run(side, memory) == {"Album": [back]}
    assert content_of(backend, photo) == side.content(b"photo")


def test_what_was_deleted_comes_back_though_its_album_went_too(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photos = [saved(side, backend, here / f"{n}.jpg") for n in range(2)]
    album = albums_of(backend)["Album"]
    kept = [backend.delete(photo) for photo in photos]
    backend.remove_album(album)
    for photo, place in zip(photos, kept, strict=True):
        side.connect().restore(photo, place)
    (back,) = listed(side.connect()).values()
    assert [*map(unmoved, back)] == [*map(unmoved, photos)]


def test_what_was_gone_already_is_not_kept_by_us(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    side.remove(photo)
    assert backend.delete(photo) == ""


def test_what_is_kept_nowhere_cannot_come_back(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    kept = backend.delete(photo)
    backend.restore(photo, kept)
    side.remove(photo)
    for place in (kept, "", "../elsewhere"):
        with pytest.raises(NotFound):
            backend.restore(photo, place)


@pytest.mark.parametrize("size", [0, 1000, 9 * MIB])
def test_what_was_replaced_comes_back_as_it_was(
    side: SideUnderTest, backend: Backend, memory: KeptMemory, here: Path, size: int
) -> None:
    content = side.content(os.urandom(size))
    saved(side, backend, here / "a.jpg", content)
    old = only(backend)
    source = source_of(make_file(here / "a.jpg", side.content(b"other"), WHEN + 5000))
    new = backend.replace(old, source, still)
    assert new.backup
    side.connect().restore(old, new.backup)
    back = only(backend)
    assert unmoved(back) == unmoved(old)
    assert in_the_next_run(side, memory) == {"Album": [back]}
    assert content_of(backend, old) == content


def test_bringing_back_what_is_there_again_changes_nothing(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    old = saved(side, backend, here / "a.jpg")
    source = source_of(make_file(here / "a.jpg", side.content(b"other"), WHEN + 5000))
    new = backend.replace(old, source, still)
    backend.restore(old, new.backup)
    if side.stable_ids:
        backend.restore(old, new.backup)
    assert unmoved(only(backend)) == unmoved(old)


# -- facts beside the content
# --------------------------------------------------------------


def test_a_photo_that_changed_meanwhile_is_neither_deleted_nor_kept(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    side.change(photo, side.content(b"edited there"))
    with pytest.raises(Changed):
        backend.delete(photo)


def test_nothing_is_brought_back_over_a_file_that_is_there(
    here: Path, tmp_path: Path
) -> None:
    side = FolderSide(tmp_path)
    backend = side.connect()
    photo = saved(side, backend, here / "a.jpg")
    kept = backend.delete(photo)
    again = saved(side, backend, here / "a.jpg", b"another")
    with pytest.raises(Rejected, match="there again"):
        backend.restore(photo, kept)
    assert content_of(backend, again) == b"another"


def test_an_album_does_not_take_the_title_of_another_folder(
    here: Path, tmp_path: Path
) -> None:
    side = FolderSide(tmp_path)
    backend = side.connect()
    photo = saved(side, backend, here / "a.jpg")
    saved(side, backend, here / "b.jpg", album="Other")
    with pytest.raises(Rejected, match="there already"):
        backend.rename_album(albums_of(backend)["Album"], "Other", [photo])
    assert names(backend) == {"Album": ["a.jpg"], "Other": ["b.jpg"]}


def test_with_the_whole_folder_unmounted_nothing_is_gone(
    here: Path, tmp_path: Path
) -> None:
    side = FolderSide(tmp_path)
    backend = side.connect()
    photo = saved(side, backend, here / "a.jpg")
    (tmp_path / "backup").rename(tmp_path / "elsewhere")
    with pytest.raises(RootGone, match="mounted"):
        backend.find_absences([photo])
