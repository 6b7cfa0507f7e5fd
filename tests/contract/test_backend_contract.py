"""What every backend does, on every backend there is.

A side joins with a class like `FolderSide` and one line in `SIDES`.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import Protocol, Self

import pytest
from harness import flickr_world
from harness.drive_world import DriveWorld, source_of, world_below
from harness.worlds import WHEN, listed, make_file

from photosync.disk.files import Content, write_aside
from photosync.disk.root import Root
from photosync.errors import Changed, Interrupted, NotFound, Rejected
from photosync.model import NO_DETAILS, LocalPhoto, RemoteAlbum, RemotePhoto
from photosync.services.base import Backend
from photosync.services.capabilities import OriginalWithheld, Source
from photosync.services.folder.backend import FolderBackend

MIB = 1024 * 1024
MILLISECOND = 10**6


class SideUnderTest(Protocol):
    """One service, with what somebody else may do to it.

    `precision_ns` is how exactly it keeps times; `duplicates` tells whether two photos
    of one album may have one name; `stable_ids` whether a moved photo keeps its id;
    `empty_albums` whether an album outlives its last photo; `empty_files` whether a
    photo may have no bytes; `folders` whether an album can hold something else than
    photos; `opens_any_name` whether the bytes come back under a name without the ending
    of a picture.
    """

    precision_ns: int
    duplicates: bool
    stable_ids: bool
    empty_albums: bool
    empty_files: bool
    folders: bool
    opens_any_name: bool

    def content(self, data: bytes) -> bytes:
        """These bytes as the service takes them: they are its end, and none stay
        none.
        """

    def connect(self) -> Backend:
        """A new connection, ready for writes, to the same place each time."""

    def change(self, photo: RemotePhoto, content: bytes) -> None:
        """Somebody gives a photo other bytes."""

    def remove(self, photo: RemotePhoto) -> None:
        """Somebody removes a photo for good."""

    def add(self, album: RemoteAlbum, name: str, content: bytes) -> None:
        """Somebody puts a photo into an album."""

    def add_folder(self, album: RemoteAlbum, name: str) -> None:
        """Somebody makes a folder inside an album."""


class FolderSide:
    precision_ns = 1
    duplicates = False
    stable_ids = False
    empty_albums = True
    empty_files = True
    folders = True
    opens_any_name = True

    def __init__(self, top: Path) -> None:
        self._root = top / "backup"
        self._root.mkdir()

    def content(self, data: bytes) -> bytes:
        return data

    def connect(self) -> Backend:
        backend = FolderBackend(str(self._root))
        backend.prepare()
        return backend

    def change(self, photo: RemotePhoto, content: bytes) -> None:
        make_file(self._root / photo.id, content, WHEN + 1000)

    def remove(self, photo: RemotePhoto) -> None:
        (self._root / photo.id).unlink()

    def add(self, album: RemoteAlbum, name: str, content: bytes) -> None:
        make_file(self._root / album.id / name, content)

    def add_folder(self, album: RemoteAlbum, name: str) -> None:
        (self._root / album.id / name).mkdir()


class DriveSide:
    precision_ns = MILLISECOND
    duplicates = True
    stable_ids = True
    empty_albums = True
    empty_files = True
    folders = True
    opens_any_name = True

    def __init__(self, top: Path) -> None:
        self._worlds = world_below(top)
        self._world: DriveWorld = next(self._worlds)

    def content(self, data: bytes) -> bytes:
        return data

    def connect(self) -> Backend:
        backend = self._world.connect()
        list(backend.albums())
        backend.prepare()
        return backend

    def change(self, photo: RemotePhoto, content: bytes) -> None:
        self._world.drive.web.replace(photo.id, content)

    def remove(self, photo: RemotePhoto) -> None:
        self._world.drive.web.delete(photo.id)

    def add(self, album: RemoteAlbum, name: str, content: bytes) -> None:
        self._world.drive.web.file(name, content, album.id)

    def add_folder(self, album: RemoteAlbum, name: str) -> None:
        self._world.drive.web.folder(name, album.id)

    def close(self) -> None:
        self._worlds.close()


class FlickrSide:
    precision_ns = MILLISECOND
    duplicates = True
    stable_ids = True
    empty_albums = False
    empty_files = False
    folders = False
    opens_any_name = False

    def __init__(self, top: Path) -> None:
        self._worlds = flickr_world.world_below(top)
        self._world: flickr_world.FlickrWorld = next(self._worlds)

    def content(self, data: bytes) -> bytes:
        return flickr_world.jpeg("") + data if data else b""

    def connect(self) -> Backend:
        backend = self._world.connect()
        # It opens, moves and deletes only what it has listed.
        listed(backend)
        backend.prepare()
        return backend

    def change(self, photo: RemotePhoto, content: bytes) -> None:
        self._world.flickr.web.replace(photo.id, content)

    def remove(self, photo: RemotePhoto) -> None:
        self._world.flickr.web.delete(photo.id)

    def add(self, album: RemoteAlbum, name: str, content: bytes) -> None:
        self._world.flickr.web.put_in(
            album.id, self._world.flickr.web.photo(name, content)
        )

    def add_folder(self, album: RemoteAlbum, name: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self._worlds.close()


SIDES: dict[str, Callable[[Path], SideUnderTest]] = {
    "folder": FolderSide,
    "drive": DriveSide,
    "flickr": FlickrSide,
}


@pytest.fixture(params=SIDES)
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SideUnderTest]:
    made = SIDES[request.param](tmp_path)
    yield made
    getattr(made, "close", lambda: None)()


@pytest.fixture
def backend(side: SideUnderTest) -> Iterator[Backend]:
    connected = side.connect()
    yield connected
    connected.close()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


def still(_: int) -> None:
    """Nobody watches."""


def content_of(backend: Backend, photo: RemotePhoto) -> bytes:
    with backend.open(photo) as stream:
        return b"".join(iter(lambda: stream.read(100_000), b""))


def saved(
    side: SideUnderTest,
    backend: Backend,
    path: Path,
    data: bytes = b"photo",
    album: str = "Album",
    name: str = "",
) -> RemotePhoto:
    source = source_of(make_file(path, side.content(data)), name)
    return arrived(backend, sent(backend, album, source))


def sent(
    backend: Backend,
    album: str,
    source: Source,
    progress: Callable[[int], None] = still,
) -> RemotePhoto:
    """A photo that is saved and in its album, as `save` tells of it."""
    photo = backend.save(album, source.photo.name, source, progress)
    backend.commit_album(album)
    return photo


def arrived(backend: Backend, photo: RemotePhoto) -> RemotePhoto:
    """A photo that was saved, with all that is known of it once it is in its album.

    Where albums are filled in batches, only a listing can tell album and version; and
    of a folder none tells an MD5.
    """
    if (
        not backend.capabilities.commits_albums
        and not backend.capabilities.names_are_files
    ):
        return photo
    (found,) = [
        one
        for photos in listed(backend).values()
        for one in photos
        if one.id == photo.id
    ]
    assert (found.name, found.size, found.md5 or photo.md5) == (
        photo.name,
        photo.size,
        photo.md5,
    )
    return found


def albums_left(side: SideUnderTest, **found: list[str]) -> dict[str, list[str]]:
    """What is listed of albums some of which lost all their photos."""
    return {
        title: photos for title, photos in found.items() if photos or side.empty_albums
    }


def names(backend: Backend) -> dict[str, list[str]]:
    return {
        album: [photo.name for photo in found]
        for album, found in listed(backend).items()
    }


def only(backend: Backend) -> RemotePhoto:
    (photos,) = listed(backend).values()
    (photo,) = photos
    return photo


def albums_of(backend: Backend) -> dict[str, RemoteAlbum]:
    return {album.title: album for album in backend.albums()}


# -- looking and saving
# --------------------------------------------------------------------


def test_a_new_side_holds_no_albums(backend: Backend) -> None:
    assert listed(backend) == {}
    assert list(backend.listing_warnings()) == []


CONTENTS = {
    "empty": b"",
    "one byte": b"\r",
    "every byte": bytes(range(256)) * 3,
    "ends with CR": b"photo\r",
    "ends with CR LF": b"photo\r\n",
    "looks like MIME": b"\r\n--boundary\r\nContent-Type: x\r\n\r\n--boundary--\r\nFrom me\n",
    "a few MiB": os.urandom(3 * MIB + 1),
    "two whole chunks": os.urandom(16 * MIB),
    "more than a chunk": os.urandom(9 * MIB + 13),
}


@pytest.mark.parametrize("data", CONTENTS.values(), ids=CONTENTS.keys())
def test_what_is_saved_is_listed_and_comes_back_byte_for_byte(
    side: SideUnderTest, backend: Backend, here: Path, data: bytes
) -> None:
    content = side.content(data)
    modified_ns = 1_511_122_233_987_654_321
    path = make_file(here / "a.jpg", content)
    os.utime(path, ns=(modified_ns, modified_ns))
    moved: list[int] = []
    if not content and not side.empty_files:
        with pytest.raises(Rejected, match="empty"):
            sent(backend, "Album", source_of(path))
        assert listed(backend) == {}
        return
    photo = arrived(backend, sent(backend, "Album", source_of(path), moved.append))
    assert sum(moved) == len(content)
    assert (photo.name, photo.size) == ("a.jpg", len(content))
    assert photo.modified_ns == modified_ns - modified_ns % side.precision_ns
    assert photo.version
    assert photo.album_id == albums_of(backend)["Album"].id
    for connection in (backend, side.connect()):
        assert listed(connection) == {"Album": [photo]}
        assert content_of(connection, photo) == content
        assert (
            connection.md5(photo)
            == hashlib.md5(content, usedforsecurity=False).hexdigest()
        )


@pytest.mark.parametrize("modified_ns", [-1_234_000_000, 0, 4_102_444_800_000_000_000])
def test_times_before_1970_and_after_2038_are_kept(
    side: SideUnderTest, backend: Backend, here: Path, modified_ns: int
) -> None:
    path = make_file(here / "a.jpg", side.content(b"photo"))
    os.utime(path, ns=(modified_ns, modified_ns))
    sent(backend, "Album", source_of(path))
    assert only(backend).modified_ns == modified_ns


def test_an_album_is_made_by_its_first_photo_and_used_by_the_next(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    saved(side, backend, here / "a.jpg")
    saved(side, side.connect(), here / "b.jpg")
    saved(side, backend, here / "c.jpg", album="Other")
    assert names(backend) == {"Album": ["a.jpg", "b.jpg"], "Other": ["c.jpg"]}
    assert len(list(backend.albums())) == 2


def test_two_threads_at_once_make_one_album(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    together = Barrier(2)

    def save(name: str) -> RemotePhoto:
        source = source_of(make_file(here / name, side.content(name.encode())))
        together.wait()
        return sent(backend, "Album", source)

    with ThreadPoolExecutor(2) as pool:
        photos = list(pool.map(save, ["a.jpg", "b.jpg"]))
    assert len(list(backend.albums())) == 1
    assert sorted(names(backend)["Album"]) == ["a.jpg", "b.jpg"]
    assert sorted(listed(backend)["Album"]) == [
        arrived(backend, photo) for photo in photos
    ]


def test_many_threads_save_and_open_side_by_side(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    contents = {
        f"{number:02}.jpg": os.urandom(1 + number * 997) for number in range(24)
    }
    first, second = list(contents)[:12], list(contents)[12:]
    albums = {name: f"Album {int(name[:2]) % 3}" for name in contents}
    photos = [
        saved(side, backend, here / one, contents[one], albums[one]) for one in first
    ]

    def save_and_open(name: str, photo: RemotePhoto) -> bytes:
        source = source_of(make_file(here / name, side.content(contents[name])))
        new = sent(backend, albums[name], source)
        if not backend.capabilities.commits_albums:
            assert content_of(backend, new) == contents[name]
        return content_of(backend, photo)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(save_and_open, second, photos)) == [
            side.content(contents[name]) for name in first
        ]
    found = listed(backend)
    assert sorted(found) == ["Album 0", "Album 1", "Album 2"]
    assert {
        photo.name: content_of(backend, photo)
        for album in found.values()
        for photo in album
    } == {name: side.content(data) for name, data in contents.items()}


HARD_NAMES = [
    'it\'s a "quoted" name.jpg',
    "back\\slash\\' and 'quote.jpg",
    "a/slash.jpg",
    "..",
    ".hidden.jpg",
    " blanks .jpg ",
    "emoji \U0001f3d6\ufe0f.jpg",
    unicodedata.normalize("NFD", "Zoë.jpg"),
    "percent%20and%2F.jpg",
    "line\nbreak\tand tab.jpg",
    "x" * 200 + ".jpg",
    "' or name contains '",
]


@pytest.mark.parametrize("name", HARD_NAMES)
def test_hard_names_of_photos_and_albums_come_back_as_they_were(
    side: SideUnderTest, backend: Backend, here: Path, name: str
) -> None:
    # No folder here leads to a title with a blank around it.
    title = name.strip()
    photo = saved(side, backend, here / "a.jpg", name=name, album=title)
    assert photo.name == name
    again = side.connect()
    assert names(again) == {title: [name]}
    saved(side, again, here / "b.jpg", album=title)
    assert len(list(again.albums())) == 1
    if side.opens_any_name or name.endswith(".jpg"):
        assert content_of(again, photo) == side.content(b"photo")
    else:
        with pytest.raises(OriginalWithheld):
            content_of(again, photo)


def test_an_album_title_in_another_unicode_form_is_the_same_album(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    for form in ("NFC", "NFD"):
        saved(
            side,
            backend,
            here / f"{form}.jpg",
            album=unicodedata.normalize(form, "Zoë"),
        )
    assert len(list(backend.albums())) == 1


def test_all_photos_of_one_name_in_one_album_are_listed(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    if not side.duplicates:
        pytest.skip("there a name can be only once")
    saved(side, backend, here / "a.jpg")
    side.add(albums_of(backend)["Album"], "a.jpg", side.content(b"twin"))
    found = listed(backend)["Album"]
    assert [photo.name for photo in found] == ["a.jpg", "a.jpg"]
    assert sorted(content_of(backend, photo) for photo in found) == [
        side.content(b"photo"),
        side.content(b"twin"),
    ]


def test_what_is_no_photo_is_counted_and_keeps_the_album(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    if not side.folders:
        pytest.skip("there albums hold nothing but photos")
    photo = saved(side, backend, here / "a.jpg")
    album = albums_of(backend)["Album"]
    side.add_folder(album, "inside")
    (listing,) = backend.photos([album])
    assert (listing.photos, listing.others) == ([photo], 1)
    backend.delete(photo)
    with pytest.raises(Rejected):
        backend.remove_album(album)


def test_an_album_without_photos_is_listed_as_empty_or_gone(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    backend.delete(saved(side, backend, here / "a.jpg"))
    assert names(backend) == albums_left(side, Album=[])


def test_a_photo_is_present_until_it_is_deleted_or_has_other_bytes(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    saved(side, backend, here / "a.jpg", name="a.jpg")
    saved(side, backend, here / "b.jpg", name="b.jpg")
    first, second = sorted(listed(backend)["Album"])
    backend.check_present(first)
    backend.check_present(second)
    backend.delete(first)
    with pytest.raises((NotFound, Changed)):
        backend.check_present(first)
    new = source_of(make_file(here / "b.jpg", side.content(b"other"), WHEN + 5000))
    backend.replace(second, new, still)
    with pytest.raises(Changed):
        backend.check_present(second)


# -- changing
# ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1000, 9 * MIB])
def test_replacing_keeps_the_id_and_changes_the_version(
    side: SideUnderTest, backend: Backend, here: Path, size: int
) -> None:
    old = saved(side, backend, here / "a.jpg")
    content = side.content(os.urandom(size))
    source = source_of(make_file(here / "a.jpg", content, WHEN + 5000))
    if not content and not side.empty_files:
        with pytest.raises(Rejected, match="empty"):
            backend.replace(old, source, still)
        assert only(backend) == old
        return
    told = backend.replace(old, source, still)
    new = only(backend)
    assert told.id == new.id == old.id
    assert new.version != old.version
    for one in (told, new):
        assert (one.size, one.modified_ns) == (len(content), (WHEN + 5000) * 10**9)
    assert content_of(backend, new) == content


def test_what_saving_and_replacing_tell_is_what_is_listed(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    if backend.capabilities.commits_albums:
        pytest.skip("there only a listing tells what was kept")
    path = make_file(here / "a.jpg", side.content(b"photo"))
    os.utime(path, ns=(1_511_122_233_987_654_321, 1_511_122_233_987_654_321))
    told = arrived(backend, sent(backend, "Album", source_of(path)))
    found = only(backend)
    new = backend.replace(
        found, source_of(make_file(path, side.content(b"other"), WHEN + 5000)), still
    )
    assert new.backup
    assert (told, new._replace(backup="")) == (
        found,
        only(backend)._replace(md5=new.md5),
    )


def test_describing_sets_the_time_and_leaves_the_bytes(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    local = source_of(
        make_file(here / "a.jpg", side.content(b"photo"), WHEN + 5000)
    ).photo
    told = backend.update_metadata(photo, local)
    assert told.modified_ns == local.modified_ns
    assert told.id == photo.id
    assert only(backend) == told
    assert content_of(backend, told) == side.content(b"photo")


@pytest.mark.parametrize("edit", [b"phot0", b"longer"])
def test_describing_leaves_other_bytes_as_they_are(
    side: SideUnderTest, backend: Backend, here: Path, edit: bytes
) -> None:
    saved(side, backend, here / "a.jpg")
    found = only(backend)
    other = source_of(make_file(here / "a.jpg", side.content(edit), WHEN + 5000)).photo
    with pytest.raises(Rejected):
        backend.update_metadata(found, other)
    assert only(backend) == found


@pytest.mark.parametrize(
    ("album", "name"), [("Album", "b.jpg"), ("Other", "a.jpg"), ("New", "b'\\/.jpg")]
)
def test_moving_gives_another_album_or_name_and_keeps_the_rest(
    side: SideUnderTest, backend: Backend, here: Path, album: str, name: str
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    saved(side, backend, here / "other.jpg", b"other", album="Other")
    moved = backend.move(photo, album, name)
    assert (moved.name, moved.modified_ns, moved.size) == (
        name,
        photo.modified_ns,
        photo.size,
    )
    assert not side.stable_ids or moved.id == photo.id
    assert moved.id in {one.id for one in listed(backend)[album]}
    assert sum(len(found) for found in listed(backend).values()) == 2
    assert content_of(backend, moved) == side.content(b"photo")


@pytest.mark.parametrize(
    ("album", "name"), [("Album", "b.jpg"), ("Other", "a.jpg"), ("New", "c.jpg")]
)
def test_moving_tells_what_is_listed(
    side: SideUnderTest, backend: Backend, here: Path, album: str, name: str
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    saved(side, backend, here / "other.jpg", b"other", album="Other")
    moved = backend.move(photo, album, name)
    assert moved.album_id == albums_of(backend)[album].id
    assert moved in listed(backend)[album]


def test_deleting_removes_a_photo_and_twice_is_fine(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    kept = saved(side, backend, here / "b.jpg")
    backend.delete(photo)
    backend.delete(photo)
    assert only(backend) == kept


def test_deleting_what_somebody_removed_is_fine(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    side.remove(photo)
    backend.delete(photo)


def test_a_photo_changed_since_it_was_listed_is_not_deleted(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    side.change(photo, side.content(b"edited there"))
    with pytest.raises(Changed):
        backend.delete(photo)
    assert content_of(backend, only(backend)) == side.content(b"edited there")


def test_a_photo_changed_since_it_was_listed_is_not_replaced(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    side.change(photo, side.content(b"edited there"))
    source = source_of(make_file(here / "a.jpg", side.content(b"edited here")))
    with pytest.raises(Changed):
        backend.replace(photo, source, still)
    assert content_of(backend, only(backend)) == side.content(b"edited there")


def test_a_photo_moved_since_it_was_listed_is_not_replaced(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    side.connect().move(photo, "Other", "b.jpg")
    source = source_of(make_file(here / "a.jpg", side.content(b"edited here")))
    with pytest.raises((Changed, NotFound)):
        backend.replace(photo, source, still)
    assert names(side.connect()) == albums_left(side, Album=[], Other=["b.jpg"])


def test_a_photo_moved_since_it_was_listed_is_not_deleted(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    side.connect().move(photo, "Other", "b.jpg")
    with suppress(Changed):
        backend.delete(photo)
    assert names(side.connect()) == albums_left(side, Album=[], Other=["b.jpg"])


def test_opening_what_is_gone_says_so(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    side.remove(photo)
    with pytest.raises(NotFound):
        content_of(backend, photo)


def test_replacing_what_is_gone_says_so(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    source = source_of(make_file(here / "a.jpg", side.content(b"edited here")))
    side.remove(photo)
    with pytest.raises(NotFound):
        backend.replace(photo, source, still)


def test_an_album_is_removed_only_when_it_is_empty(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    album = albums_of(backend)["Album"]
    with pytest.raises(Rejected):
        backend.remove_album(album)
    assert only(backend) == photo
    backend.delete(photo)
    backend.remove_album(album)
    backend.remove_album(album)
    assert list(side.connect().albums()) == []


def test_an_album_that_was_removed_is_made_anew(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg")
    album = albums_of(backend)["Album"]
    backend.delete(photo)
    backend.remove_album(album)
    photo = saved(side, backend, here / "b.jpg")
    assert only(backend) == photo


def test_nothing_of_today_has_waited_long_in_a_trash(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    backend.delete(saved(side, backend, here / "a.jpg"))
    assert backend.count_expired_trash(30) == 0
    backend.empty_trash(30)


# -- what goes wrong
# -----------------------------------------------------------------------


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shortened(path: Path) -> None:
    os.truncate(path, 1000)


def rewritten(path: Path) -> None:
    make_file(path, os.urandom(path.stat().st_size), WHEN + 77)


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


ALTERATIONS = [grown, shortened, rewritten]


@pytest.mark.parametrize("alter", [*ALTERATIONS, Path.unlink, replaced_by_a_folder])
@pytest.mark.parametrize("size", [2000, 9 * MIB])
def test_a_source_that_is_another_one_since_the_scan_is_not_saved(
    side: SideUnderTest,
    backend: Backend,
    here: Path,
    alter: Callable[[Path], None],
    size: int,
) -> None:
    path = make_file(here / "a.jpg", side.content(bytes(size)))
    source = source_of(path)
    alter(path)
    with pytest.raises((Changed, NotFound)):
        backend.save("Album", "a.jpg", source, still)
    assert not any(listed(backend).values())


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_a_source_that_changes_while_it_is_read_leaves_nothing_half_written(
    side: SideUnderTest, backend: Backend, here: Path, alter: Callable[[Path], None]
) -> None:
    old = saved(side, backend, here / "old.jpg", b"old")
    path = make_file(here / "a.jpg", side.content(bytes(17 * MIB)))
    source = source_of(path)
    pending = [alter]

    def progress(_: int) -> None:
        if pending:
            pending.pop()(path)

    with pytest.raises(Changed):
        backend.save("Album", "a.jpg", source, progress)
    path = make_file(here / "a.jpg", side.content(bytes(17 * MIB)))
    source = source_of(path)
    pending.append(alter)
    with pytest.raises(Changed):
        backend.replace(old, source, progress)
    assert only(backend) == old
    assert content_of(backend, old) == side.content(b"old")


class _Unreadable:
    """A photo on a disk that fails halfway."""

    original_md5 = ""
    details = NO_DETAILS

    def __init__(self, path: Path) -> None:
        self._source = source_of(path)

    @property
    def photo(self) -> LocalPhoto:
        return self._source.photo

    @property
    def size(self) -> int:
        return self._source.size

    def taken(self) -> str:
        return self._source.taken()

    def open(self) -> _Unreadable:
        return self

    def __enter__(self) -> Self:
        self._at = 0
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def seek(self, offset: int, /) -> None:
        self._at = offset

    def read(self, size: int = -1, /) -> bytes:
        if self._at + max(size, 0) > 8 * MIB:
            raise Rejected("Input/output error")
        self._at += size
        return bytes(size)


def test_a_source_that_cannot_be_read_to_its_end_is_not_saved(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    old = saved(side, backend, here / "old.jpg", b"old")
    source = _Unreadable(make_file(here / "a.jpg", side.content(bytes(9 * MIB))))
    with pytest.raises(Rejected, match="Input/output"):
        backend.save("Album", "a.jpg", source, still)
    with pytest.raises(Rejected, match="Input/output"):
        backend.replace(old, source, still)
    assert only(backend) == old
    assert content_of(backend, old) == side.content(b"old")


@pytest.mark.parametrize(("size", "calls"), [(1000, 0), (17 * MIB, 0), (17 * MIB, 1)])
def test_an_interrupted_transfer_leaves_nothing(
    side: SideUnderTest, backend: Backend, here: Path, size: int, calls: int
) -> None:
    old = saved(side, backend, here / "old.jpg", b"old")
    source = source_of(make_file(here / "a.jpg", side.content(bytes(size))))
    left = calls

    def progress(_: int) -> None:
        nonlocal left
        if not left:
            raise Interrupted("interrupted")
        left -= 1

    with pytest.raises(Interrupted):
        backend.save("Album", "a.jpg", source, progress)
    left = calls
    with pytest.raises(Interrupted):
        backend.replace(old, source, progress)
    assert only(backend) == old
    assert content_of(backend, old) == side.content(b"old")


def test_an_interrupted_download_leaves_nothing(
    side: SideUnderTest, backend: Backend, here: Path
) -> None:
    photo = saved(side, backend, here / "a.jpg", bytes(3 * MIB))

    def progress(_: int) -> None:
        raise Interrupted("interrupted")

    target = here / "target"
    target.mkdir()
    with (
        pytest.raises(Interrupted),
        backend.open(photo) as stream,
        Root(str(target)).open_folder(str(target)) as folder,
        write_aside(folder, stream, Content(), progress),
    ):
        pytest.fail("it went on to its end")
    assert list(target.iterdir()) == []
