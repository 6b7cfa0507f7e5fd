"""The Flickr backend over HTTP against a strict Flickr: listing, sending, albums,
replacing.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness.flickr_world import (
    FlickrWorld,
    find_only_photo,
    ignore,
    jpeg,
    meanwhile,
    read_bytes,
)
from harness.worlds import WHEN, listed, photo_of
from PIL import Image

from photosync.emulators.flickr import Fault
from photosync.errors import AuthorizationNeeded, Changed, QuotaExceeded, Rejected
from photosync.local.photos import LocalSource
from photosync.model import AlbumMetadata, RemoteAlbum, RemotePhoto
from photosync.naming import name_key
from photosync.services.capabilities import OriginalWithheld
from photosync.services.flickr.backend import FlickrBackend

TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
BMP = b"BM" + bytes(60)
HEIC = b"\0\0\0\x18ftypheic" + bytes(60)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02" + bytes(9)
GIF = b"GIF89a\x03\0\x02\0" + bytes(9)
WHEN_BEFORE_1970 = -86_400.5
MP4 = b"\0\0\0\x18ftypisom" + bytes(100)

TITLES = (
    "<b>bold</b> & \"quotes\" 'n' </title><script>",
    "beach 🏖️ 👨‍👩‍👧",
    "a,b;c\tdone",
    "../../etc/passwd",
    "100 %",
)


@pytest.fixture
def backend(world: FlickrWorld) -> Iterator[FlickrBackend]:
    found = world.connect()
    yield found
    found.close()


# -- what is known of a photo
# ------------------------------------------------------------------


def test_name_size_time_and_hash_of_a_sent_photo_are_read_back(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    source = world.source("Rome/Ünï çödé 🏖️ %&?#.JPG", when=WHEN_BEFORE_1970)
    world.send(backend, source)
    photo = find_only_photo(world.connect(), "Rome")
    local = source.photo
    assert (photo.name, photo.size, photo.modified_ns) == (
        local.name,
        local.size,
        local.modified_ns,
    )
    assert photo.md5 == world.flickr.web.md5(photo.id)


def test_a_photo_is_private_and_hidden_and_has_its_file_name_as_title(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.web.change_account(is_public=1)
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    facts = world.flickr.web.get(photo)
    assert (facts["is_public"], facts["is_friend"], facts["is_family"]) == (0, 0, 0)
    assert (facts["hidden"], facts["title"]) == (2, "a.jpg")


@pytest.mark.parametrize(
    ("privacy", "flags"),
    [
        ("friends", (0, 1, 0, 2)),
        ("family", (0, 0, 1, 2)),
        ("friends-and-family", (0, 1, 1, 2)),
        ("public", (1, 0, 0, 1)),
    ],
)
def test_privacy_can_be_chosen(
    world: FlickrWorld, privacy: str, flags: tuple[int, int, int, int]
) -> None:
    (photo,) = world.send(world.connect(privacy=privacy), world.source("Rome/a.jpg"))
    facts = world.flickr.web.get(photo)
    assert flags == tuple(
        facts[n] for n in ("is_public", "is_friend", "is_family", "hidden")
    )


def test_a_name_survives_an_edited_title(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    for title in (*TITLES, ""):
        world.flickr.web.edit(photo, title=title)
        assert find_only_photo(backend, "Rome").name == "a.jpg"


@pytest.mark.parametrize(
    ("title", "name", "stem"),
    [
        ("IMG_1.JPG", "IMG_1.JPG", ""),
        ("IMG_1", "IMG_1.jpg", "IMG_1"),
        ("v1.2 final", "v1.2 final.jpg", "v1.2 final"),
        *((title, f"{title}.jpg", title) for title in TITLES),
    ],
)
def test_a_photo_that_came_another_way_is_named_by_its_title(
    world: FlickrWorld, backend: FlickrBackend, title: str, name: str, stem: str
) -> None:
    web = world.flickr.web
    web.album("Rome", [web.photo(title, jpeg("a"))])
    photo = find_only_photo(backend, "Rome")
    assert (photo.name, photo.stem) == (name, stem)
    assert (photo.size, photo.md5, photo.modified_ns) == (None, None, None)
    assert read_bytes(backend, photo) == jpeg("a")


def test_a_photo_without_a_title_is_named_by_its_id(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    photo = world.flickr.web.photo("", jpeg("a"))
    world.flickr.web.album("Rome", [photo])
    assert find_only_photo(backend, "Rome").name == f"{photo}.jpg"


def test_two_photos_of_one_title_are_both_listed(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    ids = [web.photo("a", jpeg("1")), web.photo("a", jpeg("2"))]
    web.album("Rome", ids)
    assert [photo.id for photo in listed(backend)["Rome"]] == ids


# -- lists
# -------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_text", [False, True])
def test_all_pages_of_albums_and_photos_are_read(
    world: FlickrWorld, backend: FlickrBackend, *, as_text: bool
) -> None:
    world.flickr.settings.totals_as_text = as_text
    web = world.flickr.web
    ids = web.photos([{"title": f"{n:04}"} for n in range(1001)])
    web.album("big", ids)
    web.albums([(f"album {n:03}", [ids[n]]) for n in range(500)])
    found = listed_ids(backend, "big")
    assert found == ids
    assert len(list(backend.albums())) == 501


def listed_ids(backend: FlickrBackend, title: str) -> list[str]:
    albums = [album for album in backend.albums() if album.title == title]
    (listing,) = backend.photos(albums)
    assert not listing.unknown, listing.unknown
    return [photo.id for photo in listing.photos]


@pytest.mark.parametrize(
    "change", ["added", "removed", "shrunk to one page", "deleted"]
)
def test_a_list_that_changes_while_it_is_read_is_read_again(
    world: FlickrWorld, backend: FlickrBackend, change: str
) -> None:
    web = world.flickr.web
    ids = web.photos([{"title": f"{n:04}"} for n in range(502)])
    album = web.album("big", ids[:501])
    works: dict[str, Callable[[], None]] = {
        "added": lambda: web.put_in(album, ids[501]),
        "removed": lambda: web.take_out(album, ids[3]),
        "shrunk to one page": lambda: web.arrange(album, ids[:400]),
        "deleted": lambda: web.delete(ids[500]),
    }
    with meanwhile(world, "photosets.getPhotos", works[change], after=1):
        found = listed_ids(backend, "big")
    assert found == web.photos_in(album)


def test_a_list_that_never_comes_to_rest_is_unknown(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    ids = web.photos([{"title": f"{n:04}"} for n in range(510)])
    album = web.album("big", ids[:502])
    service: Any = world.flickr._service
    answer, spare = service.answer, iter(ids[502:])

    def restless(request: Any, method: str) -> Any:
        reply = answer(request, method)
        if method == "photosets.getPhotos":
            web.put_in(album, next(spare))
        return reply

    service.answer = restless
    albums = [RemoteAlbum("big", album)]
    (listing,) = backend.photos(albums)
    assert (listing.unknown, listing.photos) == (
        "the list changes while it is read",
        (),
    )


def test_an_album_deleted_before_it_is_read_is_empty(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    album = world.flickr.web.album("Rome", [world.flickr.web.photo("a")])
    albums = list(backend.albums())
    world.flickr.web.delete_album(album)
    (listing,) = backend.photos(albums)
    assert (listing.photos, listing.unknown) == ([], "")


def test_a_withdrawn_token_ends_the_listing(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.web.album("Rome", [world.flickr.web.photo("a")])
    world.flickr.plan(Fault("photosets.getPhotos", "expire_token"))
    with pytest.raises(AuthorizationNeeded):
        listed(backend)
    assert world.flickr.calls["photosets.getPhotos"] == 1


# -- albums
# ------------------------------------------------------------------------------------


def test_an_album_is_made_by_its_first_photo_and_filled_in_one_call(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    dates = {"c": 3, "a": 1, "d": 4, "b": 2, "e": 5, "f": 6}
    sources = [
        world.source(f"Rome/{n}.jpg", when=WHEN + 60 * at) for n, at in dates.items()
    ]
    ids = world.send(backend, *sources)
    (album,) = world.flickr.web.titled("Rome")
    assert world.flickr.web.titles_in(album) == [f"{n}.jpg" for n in "abcdef"]
    assert sorted(world.flickr.web.photos_in(album)) == sorted(ids)
    assert world.flickr.calls["photosets.create"] == 1
    assert world.flickr.calls["photosets.editPhotos"] == 1
    assert world.flickr.calls["photosets.addPhoto"] == 0


def test_photos_that_join_an_album_are_put_in_capture_order_at_the_end(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    old = web.photos(
        [{"title": f"old {n}", "taken": f"20{n}-01-01 00:00:00"} for n in (10, 16, 19)]
    )
    web.album("Rome", old)
    list(backend.albums())
    new = [world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(5)]
    world.send(backend, *new)
    backend.update_album("Rome", AlbumMetadata("", "", {}))
    (album,) = web.titled("Rome")
    expected = ["old 10", "old 16", *(f"{n}.jpg" for n in range(5)), "old 19"]
    assert web.titles_in(album) == expected


def test_photos_join_an_album_after_those_that_are_in_it(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    old = web.photos(
        [{"title": f"old {n}", "taken": f"20{n}-01-01 00:00:00"} for n in (19, 10, 16)]
    )
    album = web.album("Rome", old)
    web.edit_album(album, primary_photo=int(old[1]))
    list(backend.albums())
    world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(5))
    )
    assert web.photos_in(album)[:3] == old
    assert web.all_albums()[0]["primary_photo"] == int(old[1])
    # A list may lag, and who is not in it would be thrown out.
    assert world.flickr.calls["photosets.editPhotos"] == 0


def test_what_another_device_adds_meanwhile_stays_in_the_album(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    web.album("Rome", web.photos([{"title": "old"}]))
    list(backend.albums())

    def add() -> None:
        web.put_in(web.titled("Rome")[0], web.photo("of another device"))

    with meanwhile(world, "photosets.addPhoto", add):
        world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(5)))
    (album,) = web.titled("Rome")
    names = ["of another device", "old", *(f"{n}.jpg" for n in range(5))]
    assert sorted(web.titles_in(album)) == sorted(names)


def test_what_another_device_adds_while_a_photo_is_replaced_stays_in_the_album(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.web.change_account(pro=0)
    world.send(backend, world.source("Rome/a.jpg", "old"))
    (photo,), web = listed(backend)["Rome"], world.flickr.web

    def add() -> None:
        web.put_in(web.titled("Rome")[0], web.photo("of another device"))

    with meanwhile(world, "photosets.removePhoto", add):
        backend.replace(photo, world.source("Rome/a.jpg", "new"), ignore)
    assert sorted(web.titles_in(web.titled("Rome")[0])) == [
        "a.jpg",
        "of another device",
    ]


def test_batches_of_one_album_at_the_same_time_lose_nothing(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.delay = 0.01
    for n in range(20):
        source = world.source(f"Rome/{n}.jpg")
        backend.save("Rome", source.photo.name, source, ignore)
    halves = [backend._arrivals["Rome"][:10], backend._arrivals["Rome"][10:]]
    threads = [
        threading.Thread(target=backend._albums.add_photos, args=("Rome", half))
        for half in halves
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (album,) = world.flickr.web.titled("Rome")
    assert len(world.flickr.web.photos_in(album)) == 20


def test_an_album_at_the_limit_goes_on_in_another_and_is_read_as_one(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 4
    world.send(
        backend, *(world.source(f"Rome/{n:02}.jpg", when=WHEN + n) for n in range(10))
    )
    titles = {
        album["title"]: album["photos"] for album in world.flickr.web.all_albums()
    }
    assert titles == {"Rome": 4, "Rome #2": 4, "Rome #3": 2}
    fresh = world.connect()
    assert {album.title for album in fresh.albums()} == {"Rome"}
    assert len(listed(fresh)["Rome"]) == 10
    world.send(fresh, world.source("Rome/10.jpg"), world.source("Rome/11.jpg"))
    world.send(fresh, world.source("Rome/12.jpg"))
    titles = {
        album["title"]: album["photos"] for album in world.flickr.web.all_albums()
    }
    assert titles == {"Rome": 4, "Rome #2": 4, "Rome #3": 4, "Rome #4": 1}


def test_an_album_that_is_really_called_number_two_is_its_own(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg"), world.source("Rome #2/b.jpg"))
    assert {title: len(found) for title, found in listed(backend).items()} == {
        "Rome": 1,
        "Rome #2": 1,
    }


def test_the_rest_of_an_album_whose_first_part_died_is_still_that_album(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 2
    world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(4))
    )
    for photo in world.flickr.web.photos_in(world.flickr.web.titled("Rome")[0]):
        world.flickr.web.delete(photo)
    assert [photo.name for photo in listed(backend)["Rome"]] == ["2.jpg", "3.jpg"]


@pytest.mark.parametrize("photos", [2, 6])
def test_an_album_that_died_meanwhile_is_made_anew(
    world: FlickrWorld, backend: FlickrBackend, photos: int
) -> None:
    album = world.flickr.web.album("Rome", [world.flickr.web.photo("old")])
    list(backend.albums())
    world.flickr.web.delete_album(album)
    world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(photos)))
    assert len(world.albums()["Rome"]) == photos


@pytest.mark.parametrize("photos", [3, 6])
def test_a_photo_deleted_before_it_joined_makes_no_second_album(
    world: FlickrWorld, backend: FlickrBackend, photos: int
) -> None:
    world.flickr.web.album("Rome", [world.flickr.web.photo("old")])
    list(backend.albums())
    ids = []
    for n in range(photos):
        source = world.source(f"Rome/{n}.jpg")
        ids.append(backend.save("Rome", source.photo.name, source, ignore).id)
    world.flickr.web.delete(ids[1])
    with pytest.raises(Exception, match="gone"):
        backend.commit_album("Rome")
    assert len(world.albums()["Rome"]) == photos


def test_equal_bytes_in_two_albums_are_sent_once_and_lie_in_both(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    ids = world.send(
        backend, world.source("Rome/a.jpg", "same"), world.source("Best/a.jpg", "same")
    )
    assert len(set(ids)) == 1
    assert world.flickr.calls["upload"] == 1
    assert world.albums() == {"Rome": ids[:1], "Best": ids[:1]}
    fresh = world.connect()
    listed(fresh)
    world.send(fresh, world.source("Third/a.jpg", "same"))
    assert world.flickr.calls["upload"] == 1
    assert world.albums()["Third"] == ids[:1]


def test_equal_bytes_of_two_names_are_two_photos(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(
        backend, world.source("Rome/a.jpg", "same"), world.source("Rome/b.jpg", "same")
    )
    assert {photo.name for photo in listed(world.connect())["Rome"]} == {
        "a.jpg",
        "b.jpg",
    }


def test_a_photo_left_in_no_album_by_a_crash_is_put_there_without_being_sent(
    world: FlickrWorld,
) -> None:
    source = world.source("Rome/a.jpg")
    photo = world.connect().save("Rome", "a.jpg", source, ignore)
    assert world.loose() == [photo.id]
    assert world.send(world.connect(), source) == [photo.id]
    assert world.flickr.calls["upload"] == 1
    assert world.albums() == {"Rome": [photo.id]}


# -- deleting
# ----------------------------------------------------------------------------------


def test_deleting_takes_a_photo_out_of_one_album_and_with_the_last_one_away(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(
        backend, world.source("Rome/a.jpg", "same"), world.source("Best/a.jpg", "same")
    )
    found = listed(backend)
    backend.delete(found["Rome"][0])
    assert list(world.albums()) == ["Best"]
    backend.delete(found["Best"][0])
    assert world.flickr.web.everything() == []
    assert world.albums() == {}


def test_deleting_a_photo_from_all_its_albums_at_once_leaves_nothing(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    names = ("Rome", "Best", "Third")
    world.send(backend, *(world.source(f"{n}/a.jpg", "same") for n in names))
    world.flickr.delay = 0.01
    photos = [photo for found in listed(backend).values() for photo in found]
    threads = [
        threading.Thread(target=backend.delete, args=(photo,)) for photo in photos
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.flickr.web.everything() == []


def test_a_photo_that_changed_since_it_was_listed_is_not_deleted(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    found = find_only_photo(backend, "Rome")
    world.flickr.web.replace(photo, jpeg("other"))
    with pytest.raises(Changed):
        backend.delete(found)
    assert world.albums() == {"Rome": [photo]}


def test_a_photo_taken_out_of_the_album_meanwhile_is_not_deleted(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    first, _ = world.send(
        backend, world.source("Rome/a.jpg"), world.source("Rome/b.jpg")
    )
    found = {photo.id: photo for photo in listed(backend)["Rome"]}
    world.flickr.web.take_out(world.flickr.web.titled("Rome")[0], first)
    backend.delete(found[first])
    assert world.loose() == [first]


def test_what_is_gone_already_is_deleted(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    found = find_only_photo(backend, "Rome")
    world.flickr.web.delete(photo)
    backend.delete(found)


# -- replacing
# ---------------------------------------------------------------------------------


def test_a_pro_account_replaces_in_place_and_rewrites_the_tags(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (photo,) = world.send(backend, world.source("Rome/a.jpg", "old"))
    world.flickr.web.add_tags(photo, "holiday")
    world.flickr.web.edit(photo, title="The title")
    source = world.source("Rome/a.jpg", "new", WHEN + 100)
    backend.replace(find_only_photo(backend, "Rome"), source, ignore)
    found = find_only_photo(world.connect(), "Rome")
    assert (found.id, found.name, found.size) == (photo, "a.jpg", source.photo.size)
    assert found.md5 == world.flickr.web.md5(photo)
    assert found.modified_ns == source.photo.modified_ns
    assert world.flickr.web.content(photo) == jpeg("new")
    assert len(world.flickr.web.raw_tags(photo)) == 3
    assert world.flickr.web.get(photo)["title"] == "The title"
    assert (world.flickr.calls["upload"], world.flickr.calls["replace"]) == (1, 1)


def test_a_free_account_replaces_by_a_new_photo_at_the_same_place(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.web.change_account(pro=0)
    ids = world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(5))
    )
    (album,), web = world.flickr.web.titled("Rome"), world.flickr.web
    web.edit_album(album, primary_photo=int(ids[2]))
    photo = next(photo for photo in listed(backend)["Rome"] if photo.id == ids[2])
    new = backend.replace(photo, world.source("Rome/2.jpg", "new", WHEN + 2), ignore)
    assert web.photos_in(album) == [*ids[:2], new.id, *ids[3:]]
    assert web.all_albums()[0]["primary_photo"] == int(new.id)
    assert ids[2] not in {one["id"] for one in web.everything()}
    assert web.content(new.id) == jpeg("new")


def test_replacing_never_leaves_a_moment_without_either_version(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.web.change_account(pro=0)
    (old,) = world.send(backend, world.source("Rome/a.jpg", "old"))
    photo = find_only_photo(backend, "Rome")

    def check() -> None:
        (member,) = world.albums()["Rome"]
        assert member != old
        assert old in {one["id"] for one in world.flickr.web.everything()}

    with meanwhile(world, "photos.delete", check):
        backend.replace(photo, world.source("Rome/a.jpg", "new"), ignore)


def test_replacing_in_one_album_leaves_the_photo_of_another_as_it_is(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (old, _) = world.send(
        backend, world.source("Rome/a.jpg", "same"), world.source("Best/a.jpg", "same")
    )
    photo = listed(backend)["Rome"][0]
    backend.replace(photo, world.source("Rome/a.jpg", "new"), ignore)
    assert world.albums()["Best"] == [old]
    assert world.photos() == {"Rome/a.jpg": jpeg("new"), "Best/a.jpg": jpeg("same")}


@pytest.mark.parametrize("pro", [0, 1])
@pytest.mark.parametrize("saves_first", [True, False])
def test_bytes_that_are_replaced_here_and_wanted_there_are_kept_there(
    world: FlickrWorld, backend: FlickrBackend, pro: int, *, saves_first: bool
) -> None:
    world.flickr.web.change_account(pro=pro)
    world.send(backend, world.source("Rome/a.jpg", "old"))
    photo = find_only_photo(backend, "Rome")
    copy, new = world.source("Best/a.jpg", "old"), world.source("Rome/a.jpg", "new")
    works: list[Callable[[], RemotePhoto]] = [
        lambda: backend.save("Best", "a.jpg", copy, ignore),
        lambda: backend.replace(photo, new, ignore),
    ]
    for work in works if saves_first else reversed(works):
        work()
    backend.commit_album("Best")
    assert world.photos() == {"Rome/a.jpg": jpeg("new"), "Best/a.jpg": jpeg("old")}
    assert world.loose() == []


def test_a_video_is_replaced_by_a_new_one(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (old,) = world.send(backend, world.source("Rome/a.mp4", MP4))
    new = backend.replace(
        find_only_photo(backend, "Rome"), world.source("Rome/a.mp4", MP4 + b"2"), ignore
    )
    assert new.id != old
    assert world.photos() == {"Rome/a.mp4": MP4 + b"2"}


@pytest.mark.parametrize(
    "method",
    [
        "photosets.addPhoto",
        "photosets.setPrimaryPhoto",
        "photosets.reorderPhotos",
        "photosets.removePhoto",
    ],
)
def test_a_replacement_that_broke_off_after_sending_is_not_sent_again(
    world: FlickrWorld, backend: FlickrBackend, method: str
) -> None:
    world.flickr.web.change_account(pro=0)
    world.send(backend, world.source("Rome/a.jpg", "old"))
    world.send(backend, world.source("Rome/b.jpg"))
    source = world.source("Rome/a.jpg", "new")
    old = listed(backend)["Rome"][0]
    world.flickr.plan(Fault(method, "fail", None, code=105))
    with pytest.raises(Exception, match="out of order"):
        backend.replace(old, source, ignore)
    world.flickr.traffic.clear_faults()
    fresh = world.connect()
    assert old in listed(fresh)["Rome"]
    fresh.replace(old, source, ignore)
    assert world.flickr.calls["upload"] == 3
    photos = {"Rome/a.jpg": jpeg("new"), "Rome/b.jpg": jpeg("Rome/b.jpg")}
    assert world.photos() == photos
    assert world.loose() == []


@pytest.mark.parametrize(
    "method",
    ["photosets.addPhoto", "photosets.setPrimaryPhoto", "photosets.removePhoto"],
)
def test_a_replacement_whose_answer_was_lost_comes_to_its_end(
    world: FlickrWorld, backend: FlickrBackend, method: str
) -> None:
    world.flickr.web.change_account(pro=0)
    world.send(backend, world.source("Rome/a.jpg", "old"))
    photo = find_only_photo(backend, "Rome")
    world.flickr.plan(Fault(method, "cut_after"))
    backend.replace(photo, world.source("Rome/a.jpg", "new"), ignore)
    assert world.photos() == {"Rome/a.jpg": jpeg("new")}
    assert world.loose() == []


def test_a_photo_that_replaces_another_has_its_place_and_is_the_cover(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    web.change_account(pro=0)
    names = ("a.jpg", "b.jpg", "c.jpg")
    world.send(
        backend, *(world.source(f"Rome/{n}", when=WHEN + ord(n[0])) for n in names)
    )
    for photo in listed(backend)["Rome"]:
        backend.replace(
            photo, world.source(f"Rome/{photo.name}", "new" + photo.name), ignore
        )
    (album,) = web.titled("Rome")
    assert tuple(web.titles_in(album)) == names
    assert web.all_albums()[0]["primary_photo"] == int(web.photos_in(album)[0])
    assert len(web.everything()) == 3


# -- originals
# ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"), [("a.png", PNG), ("a.gif", GIF), ("a.JPEG", jpeg("a"))]
)
def test_kept_formats_come_back_byte_by_byte(
    world: FlickrWorld, backend: FlickrBackend, name: str, data: bytes
) -> None:
    world.send(backend, world.source(f"Rome/{name}", data))
    assert read_bytes(backend, find_only_photo(backend, "Rome")) == data


@pytest.mark.parametrize(
    ("name", "data"), [("a.tif", TIFF), ("a.heic", HEIC), ("a.bmp", BMP)]
)
def test_what_flickr_made_of_a_converted_format_is_not_taken_for_the_original(
    world: FlickrWorld, backend: FlickrBackend, name: str, data: bytes
) -> None:
    source = world.source(f"Rome/{name}", data)
    world.send(backend, source)
    photo = find_only_photo(backend, "Rome")
    assert (photo.name, photo.size) == (name, len(data))
    with pytest.raises(OriginalWithheld, match="converted"):
        read_bytes(backend, photo)


def test_the_original_of_a_free_account_is_withheld_and_the_largest_is_given(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    web.change_account(pro=0)
    web.album("Rome", [web.photo("a.jpg", jpeg("a"), width=4000, height=3000)])
    photo = find_only_photo(backend, "Rome")
    with pytest.raises(OriginalWithheld, match="free accounts"):
        read_bytes(backend, photo)
    with backend.open_largest(photo) as stream:
        largest = stream.read()
    assert largest not in (jpeg("a"), b"")


@pytest.mark.parametrize(
    ("width", "longest"), [(4000, 240), (300, 240), (240, 240), (60, 60)]
)
def test_a_page_gets_a_small_picture_and_not_the_original(
    world: FlickrWorld, backend: FlickrBackend, width: int, longest: int
) -> None:
    web, original = world.flickr.web, draw(width, width // 2)
    web.album("Rome", [web.photo("a.jpg", original, width=width, height=width // 2)])
    photo = find_only_photo(backend, "Rome")
    world.flickr.traffic.reset()
    with backend.open_small(photo) as stream:
        data = b"".join(iter(lambda: stream.read(65536), b""))
    shown = Image.open(io.BytesIO(data))
    assert max(shown.size) == longest
    # Flickr makes no picture that is as large as the original.
    is_original = width <= 240
    targets = [call.target for call in world.flickr.traffic.history]
    assert any("_o.jpg" in target for target in targets) is is_original


def draw(width: int, height: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(written, "JPEG")
    return written.getvalue()


def test_a_video_is_pending_then_downloaded_as_it_was_sent(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.video_processing = 60
    world.send(backend, world.source("Rome/a.mp4", MP4))
    with pytest.raises(Rejected, match="not finished"):
        read_bytes(backend, find_only_photo(backend, "Rome"))
    world.flickr.clock.advance(61)
    assert read_bytes(backend, find_only_photo(backend, "Rome")) == MP4


@pytest.mark.parametrize("missing", ["404", "unavailable"])
def test_a_file_that_is_gone_is_no_picture(
    world: FlickrWorld, backend: FlickrBackend, missing: Any
) -> None:
    world.flickr.settings.missing_file = missing
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    found = find_only_photo(backend, "Rome")
    world.flickr.web.replace(photo, jpeg("b"))
    with pytest.raises(Exception, match="not there any more"):
        read_bytes(backend, found)


# -- describing and moving
# ---------------------------------------------------------------------


def test_describing_verifies_the_bytes_and_writes_the_tags(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    web.album("Rome", [web.photo("a", jpeg("a"), tags=["holiday"])])
    path = world.here("Rome/a.jpg", "a")
    backend.update_metadata(find_only_photo(backend, "Rome"), photo_of(path))
    photo = find_only_photo(world.connect(), "Rome")
    assert (photo.name, photo.size, photo.md5) == (
        "a.jpg",
        len(jpeg("a")),
        web.md5(photo.id),
    )
    assert "holiday" in web.raw_tags(photo.id)


def test_describing_refuses_other_bytes(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    photo = web.photo("a", jpeg("a"))
    web.album("Rome", [photo])
    with pytest.raises(Rejected, match="others than the local ones"):
        backend.update_metadata(
            find_only_photo(backend, "Rome"), photo_of(world.here("Rome/a.jpg", "b"))
        )
    assert web.raw_tags(photo) == []


def test_a_photo_with_all_its_tags_used_up_is_refused_by_name(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    web.album("Rome", [web.photo("a", jpeg("a"), tags=[f"tag{n}" for n in range(75)])])
    with pytest.raises(Rejected, match="75 tags"):
        backend.update_metadata(
            find_only_photo(backend, "Rome"), photo_of(world.here("Rome/a.jpg", "a"))
        )


def test_moving_keeps_the_id(world: FlickrWorld, backend: FlickrBackend) -> None:
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    moved = backend.move(find_only_photo(backend, "Rome"), "Best", "b.jpg")
    assert (moved.id, moved.name) == (photo, "b.jpg")
    assert world.photos() == {"Best/b.jpg": jpeg("Rome/a.jpg")}
    fresh = find_only_photo(world.connect(), "Best")
    assert (fresh.id, fresh.name, fresh.md5) == (
        photo,
        "b.jpg",
        world.flickr.web.md5(photo),
    )


def test_renaming_within_an_album_leaves_it_there(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    ids = world.send(backend, world.source("Rome/a.jpg"), world.source("Rome/b.jpg"))
    photo = next(one for one in listed(backend)["Rome"] if one.id == ids[0])
    backend.move(photo, "Rome", "c.jpg")
    assert sorted(world.albums()["Rome"]) == sorted(ids)


# -- limits
# ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("a.jpg", 0, "empty"),
        ("a.CR2", 1000, "RAW"),
        ("a.jpg", 23_000_000, "larger than the 22 MB"),
        ("a.mp4", 25_000_000, "larger than the 24 MB"),
    ],
)
def test_what_flickr_does_not_take_is_said_before_anything_is_sent(
    world: FlickrWorld, backend: FlickrBackend, name: str, size: int, reason: str
) -> None:
    world.flickr.settings.max_photo_bytes = 22_000_000
    world.flickr.settings.max_video_bytes = 24_000_000
    path = world.here(f"Rome/{name}")
    os.truncate(path, size)
    with pytest.raises(Rejected, match=reason):
        backend.save("Rome", name, LocalSource(photo_of(path)), ignore)
    assert world.flickr.calls["upload"] == 0


def test_an_unknown_kind_of_file_is_refused_at_once(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    with pytest.raises(Rejected, match="kind of file"):
        world.send(backend, world.source("Rome/a.jpg", b"no picture at all"))
    assert world.flickr.calls["upload"] == 1


def test_an_unexplained_failure_is_tried_once_more(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.plan(Fault("upload", "fail", None, code=3))
    with pytest.raises(Rejected, match="failed to take"):
        world.send(backend, world.source("Rome/a.jpg"))
    assert world.flickr.calls["upload"] == 2


def test_a_full_account_takes_nothing_more(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.web.change_account(pro=0)
    world.flickr.settings.free_private_excess = "refused"
    world.flickr.settings.free_private = 1
    world.send(backend, world.source("Rome/a.jpg"))
    with pytest.raises(QuotaExceeded, match="takes no more photos"):
        world.send(backend, world.source("Rome/b.jpg"))
    assert world.flickr.calls["upload"] == 2


# -- lost answers
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault("upload", "cut_after"),
        Fault("upload", "html", status=502),
        Fault("upload", "html", status=200),
        Fault("upload", "cut_before"),
        Fault("upload", "cut_midway"),
        Fault("upload", "fail", code=105),
        Fault("upload", "fail", code=3),
        Fault("upload", "status", status=401, reason="nonce_used"),
        Fault("upload", "status", status=429),
        Fault("upload", "truncate"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.code}-{fault.reason}",
)
def test_an_upload_whose_answer_was_lost_is_there_once(
    world: FlickrWorld, backend: FlickrBackend, fault: Fault
) -> None:
    world.flickr.settings.index_lag = 120
    world.flickr.plan(fault)
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    assert [one["id"] for one in world.flickr.web.everything()] == [photo]
    assert world.albums() == {"Rome": [photo]}


def test_a_picture_that_came_another_way_does_not_stand_for_the_one_sent(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    other = world.flickr.web.photo("other", jpeg("a"))
    world.flickr.plan(Fault("upload", "cut_before"))
    (photo,) = world.send(backend, world.source("Rome/a.jpg", "a"))
    assert photo != other
    assert world.albums() == {"Rome": [photo]}


def test_names_are_one_in_any_form_of_unicode(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    decomposed, composed = "Zu\u0308rich.jpg", "Z\u00fcrich.jpg"
    world.send(backend, world.source(f"Rome/{decomposed}", "same"))
    fresh = world.connect()
    assert name_key(find_only_photo(fresh, "Rome").name) == name_key(composed)
    world.send(fresh, world.source(f"Best/{composed}", "same"))
    assert world.flickr.calls["upload"] == 1
