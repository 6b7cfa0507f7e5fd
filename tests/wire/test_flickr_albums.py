"""Albums of Flickr as a whole, and photos on their way between them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from harness.absence import whereabouts
from harness.flickr_world import (
    FlickrWorld,
    find_only_photo,
    ignore,
    jpeg,
    take_calls,
)
from harness.worlds import WHEN, listed, photo_of

from photosync.emulators.flickr import Fault
from photosync.errors import NotFound, Rejected, SideError
from photosync.model import AlbumMetadata, RemoteAlbum, RemotePhoto, Whereabouts
from photosync.services.flickr.backend import FlickrBackend

MARK = "photosync:missing=local"
SYNCED = "synced from Rome by photosync"


@pytest.fixture
def backend(world: FlickrWorld) -> Iterator[FlickrBackend]:
    found = world.connect()
    yield found
    found.close()


def described(world: FlickrWorld) -> dict[str, str]:
    return {one["title"]: one["description"] for one in world.flickr.web.all_albums()}


# -- another title
# -----------------------------------------------------------------------------


def test_an_album_is_renamed_in_one_call_and_keeps_its_photos_and_description(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    ids = world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(3)))
    world.flickr.web.edit_album(
        world.flickr.web.titled("Rome")[0], description="In May"
    )
    photos = listed(backend)["Rome"]
    (album,) = backend.albums()
    take_calls(world)
    assert list(backend.rename_album(album, "Roma", photos)) == photos
    assert take_calls(world) == {"photosets.editMeta": 1}
    assert world.albums() == {"Roma": ids}
    assert described(world) == {"Roma": "In May"}
    assert listed(world.connect())["Roma"] == photos


def test_all_parts_of_an_album_are_renamed_and_still_one(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 2
    world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(5))
    )
    for album in list(backend.albums()):
        backend.rename_album(album, "Roma", ())
    assert set(world.albums()) == {"Roma", "Roma #2", "Roma #3"}
    assert len(listed(world.connect())["Roma"]) == 5
    world.send(backend, world.source("Roma/new.jpg"))
    assert len(listed(world.connect())["Roma"]) == 6


def test_renaming_goes_on_where_it_broke_off(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 2
    world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(3))
    )
    album = next(backend.albums())
    world.flickr.plan(Fault("photosets.editMeta", "fail", None, code=105, after=1))
    with pytest.raises(SideError):
        backend.rename_album(album, "Roma", ())
    world.flickr.traffic.clear_faults()
    for one in (backend, world.connect()):
        one.rename_album(album, "Roma", ())
        assert set(world.albums()) == {"Roma", "Roma #2"}


def test_an_album_that_is_gone_is_not_renamed(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg"))
    with pytest.raises(NotFound):
        backend.rename_album(RemoteAlbum("Paris", "72177720300000099"), "Roma", ())


def test_a_part_that_died_meanwhile_does_not_hold_up_a_rename(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 2
    world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(3))
    )
    first, second = backend.albums()
    world.flickr.web.delete_album(first.id)
    backend.rename_album(first, "Roma", ())
    assert list(world.albums()) == ["Roma #2"]
    world.flickr.web.delete_album(second.id)
    with pytest.raises(NotFound):
        backend.rename_album(RemoteAlbum("Roma", second.id), "Rome", ())


def test_photos_saved_after_a_rename_join_the_same_album(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg"))
    backend.rename_album(next(backend.albums()), "Roma", ())
    world.send(backend, world.source("Roma/b.jpg"), world.source("Rome/c.jpg"))
    assert {title: len(ids) for title, ids in world.albums().items()} == {
        "Roma": 2,
        "Rome": 1,
    }


def test_an_album_that_nobody_listed_is_looked_up_before_another_is_made(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.web.album("Rome", [world.flickr.web.photo("old")])
    world.send(backend, world.source("Rome/a.jpg"))
    assert len(world.albums()["Rome"]) == 2


# -- gone, and back
# ----------------------------------------------------------------------------


def test_a_photo_is_gone_when_it_is_deleted_and_not_when_it_is_out_of_its_album(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(3)))
    stays, deleted, taken_out = listed(backend)["Rome"]
    web = world.flickr.web
    web.delete(deleted.id)
    web.take_out(web.titled("Rome")[0], taken_out.id)
    web.album("Best", [taken_out.id])
    found = [whereabouts(backend, photo) for photo in (stays, deleted, taken_out)]
    assert found == [Whereabouts.THERE, Whereabouts.GONE, Whereabouts.ELSEWHERE]


def test_a_photo_in_another_part_of_its_album_is_not_gone(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 2
    world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(3))
    )
    photo = listed(backend)["Rome"][0]
    web = world.flickr.web
    web.put_in(web.titled("Rome #2")[0], photo.id)
    web.take_out(web.titled("Rome")[0], photo.id)
    assert whereabouts(backend, photo) is Whereabouts.THERE


def test_what_was_deleted_is_not_brought_back_by_flickr(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg"))
    photo = find_only_photo(backend, "Rome")
    kept = backend.delete(photo)
    assert kept == ""
    with pytest.raises(NotFound, match="local trash"):
        backend.restore(photo, kept)


def test_an_album_that_died_with_its_last_photo_is_not_waited_for(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg"))
    (album,) = backend.albums()
    backend.delete(find_only_photo(backend, "Rome"))
    take_calls(world)
    backend.remove_album(album)
    assert take_calls(world) == {"photosets.getPhotos": 1, "photosets.getList": 1}


def test_bytes_that_were_deleted_are_sent_anew(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    source = world.source("Rome/a.jpg")
    world.send(backend, source)
    backend.delete(find_only_photo(backend, "Rome"))
    world.send(backend, source)
    assert world.photos() == {"Rome/a.jpg": jpeg("Rome/a.jpg")}


# -- moving
# ------------------------------------------------------------------------------------


def test_a_move_takes_two_calls(world: FlickrWorld, backend: FlickrBackend) -> None:
    world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(5)))
    world.send(backend, world.source("Best/x.jpg"))
    photos = listed(backend)["Rome"]
    take_calls(world)
    moved = [backend.move(photo, "Best", photo.name) for photo in photos]
    assert take_calls(world) == {"photosets.addPhoto": 5, "photosets.removePhoto": 5}
    assert [photo.id for photo in moved] == [photo.id for photo in photos]
    (album,) = world.flickr.web.titled("Best")
    assert {photo.album_id for photo in moved} == {album}
    assert list(world.albums()) == ["Best"]
    assert sorted(world.albums()["Best"][1:]) == sorted(photo.id for photo in photos)


def test_many_moves_at_once_make_one_album_and_lose_nothing(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    ids = world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(20)))
    photos = listed(backend)["Rome"]
    world.flickr.delay = 0.005
    with ThreadPoolExecutor(8) as pool:
        moved = list(
            pool.map(
                lambda one: backend.move(one, f"New {int(one.name[0]) % 3}", one.name),
                photos,
            )
        )
    found = world.albums()
    assert set(found) == {"New 0", "New 1", "New 2"}
    assert sorted(one for members in found.values() for one in members) == sorted(ids)
    fresh = {
        one.id: one.album_id
        for ones in listed(world.connect()).values()
        for one in ones
    }
    assert {one.id: one.album_id for one in moved} == fresh


def test_moves_and_saves_at_once_make_no_album_twice(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(6)))
    photos = listed(backend)["Rome"]
    sources = [world.source(f"New {n % 2}/s{n}.jpg") for n in range(6)]
    world.flickr.delay = 0.005
    with ThreadPoolExecutor(8) as pool:
        works: list[Future[Any]] = [
            pool.submit(world.send, backend, one) for one in sources
        ]
        for n, photo in enumerate(photos):
            works.append(pool.submit(backend.move, photo, f"New {n % 2}", photo.name))
        for work in works:
            work.result()
    assert {title: len(ids) for title, ids in world.albums().items()} == {
        "New 0": 6,
        "New 1": 6,
    }


@pytest.mark.parametrize(
    "method", ["photosets.create", "photosets.addPhoto", "photosets.removePhoto"]
)
@pytest.mark.parametrize("lost", [False, True])
def test_a_move_that_broke_off_is_completed_by_moving_again(
    world: FlickrWorld, method: str, *, lost: bool
) -> None:
    backend = world.connect(attempts=1)
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    if method == "photosets.addPhoto":
        world.send(backend, world.source("Best/x.jpg"))
    found = find_only_photo(backend, "Rome")
    world.flickr.plan(Fault(method, "cut_after" if lost else "fail", 1, code=105))
    with pytest.raises(SideError):
        backend.move(found, "Best", "a.jpg")
    assert any(photo in ids for ids in world.albums().values())
    fresh = world.connect()
    before = [one for ones in listed(fresh).values() for one in ones if one.id == photo]
    moved = fresh.move(before[-1]._replace(album_id=found.album_id), "Best", "a.jpg")
    assert photo in world.albums()["Best"]
    assert list(world.albums()) == ["Best"]
    assert moved.album_id == world.flickr.web.titled("Best")[0]


def test_photos_that_move_away_while_others_join_stay_away(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(8)))
    photos = listed(backend)["Rome"]
    world.send(backend, world.source("Best/x.jpg"))
    new = saved(world, backend, 30)
    world.flickr.delay = 0.01
    with ThreadPoolExecutor(3) as pool:
        works: list[Future[Any]] = [pool.submit(backend.commit_album, "Rome")]
        works += [pool.submit(backend.move, one, "Best", one.name) for one in photos]
        for work in works:
            work.result()
    assert sorted(world.albums()["Rome"]) == sorted(new)
    assert len(world.albums()["Best"]) == 9


def test_a_title_that_a_person_gave_survives_a_new_file_name(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    world.flickr.web.edit(photo, title="The Forum")
    moved = backend.move(find_only_photo(backend, "Rome"), "Rome", "b.jpg")
    assert world.flickr.web.get(photo)["title"] == "The Forum"
    assert find_only_photo(world.connect(), "Rome").name == moved.name == "b.jpg"


def test_a_photo_without_our_tags_is_renamed_by_its_title(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    photo = world.flickr.web.photo("a", jpeg("a"))
    world.flickr.web.album("Rome", [photo])
    backend.move(find_only_photo(backend, "Rome"), "Best", "b.jpg")
    assert world.photos() == {"Best/b.jpg": jpeg("a")}


def test_a_photo_of_several_albums_moves_in_one_but_is_renamed_in_none(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(
        backend, world.source("Rome/a.jpg", "same"), world.source("Best/a.jpg", "same")
    )
    photo = listed(backend)["Rome"][0]
    with pytest.raises(Rejected, match="other albums"):
        backend.move(photo, "Rome", "b.jpg")
    backend.move(photo, "Third", "a.jpg")
    assert set(world.photos()) == {"Best/a.jpg", "Third/a.jpg"}


def test_bytes_saved_under_the_old_name_of_a_renamed_photo_are_a_photo_of_their_own(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg", "same"))
    backend.move(find_only_photo(backend, "Rome"), "Rome", "b.jpg")
    world.send(backend, world.source("Best/a.jpg", "same"))
    assert set(world.photos()) == {"Rome/b.jpg", "Best/a.jpg"}


def test_a_photo_that_nobody_listed_is_opened_and_moved(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg"))
    photo, other = find_only_photo(backend, "Rome"), world.connect()
    with other.open(photo) as stream:
        assert stream.read() == jpeg("Rome/a.jpg")
    other.move(photo, "Best", "a.jpg")
    assert list(world.albums()) == ["Best"]


def test_a_replaced_photo_is_opened_as_it_is_now(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg", "old"))
    now = backend.replace(
        find_only_photo(backend, "Rome"), world.source("Rome/a.jpg", "new"), ignore
    )
    with backend.open(now) as stream:
        assert stream.read() == jpeg("new")
    assert now.backup == ""


# -- joining
# -----------------------------------------------------------------------------------


def saved(world: FlickrWorld, backend: FlickrBackend, count: int) -> list[str]:
    """Photos sent to Rome that are not in the album yet."""
    sources = [world.source(f"Rome/new {n}.jpg", when=WHEN + n) for n in range(count)]
    return [backend.save("Rome", one.photo.name, one, ignore).id for one in sources]


def test_a_photo_that_is_gone_keeps_no_other_out_of_a_new_album(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    ids = saved(world, backend, 3)
    world.flickr.web.delete(ids[0])
    with pytest.raises(NotFound):
        backend.commit_album("Rome")
    assert world.albums() == {"Rome": ids[1:]}


def test_a_photo_that_is_gone_is_named_though_the_album_is_full(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 2
    world.send(backend, world.source("Rome/old.jpg"))
    ids = saved(world, backend, 3)
    world.flickr.web.delete(ids[0])
    with pytest.raises(NotFound):
        backend.commit_album("Rome")
    assert sum(map(len, world.albums().values())) == 3


def test_what_comes_in_an_hour_of_waiting_is_neither_thrown_out_nor_put_in(
    world: FlickrWorld,
) -> None:
    now, web = [float(WHEN)], world.flickr.web
    backend = world.connect(clock=lambda: now[0])
    old = world.send(backend, world.source("Rome/old.jpg"))
    theirs = web.photo("put in by hand")
    ids = saved(world, backend, 6)

    def wait_an_hour(called: str) -> None:
        if called == "photosets.addPhoto" and now[0] == WHEN:
            now[0] += 3600
            world.flickr.clock.advance(3600)
            web.photo("sent by the phone")
            web.put_in(web.titled("Rome")[0], theirs)

    world.flickr.traffic.listener = wait_an_hour
    backend.commit_album("Rome")
    assert sorted(world.albums()["Rome"]) == sorted([*old, *ids, theirs])
    backend.close()


def test_photos_that_found_room_in_a_full_album_do_not_join_the_next_one_too(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 10
    old = world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN - n) for n in range(8))
    )
    ids = saved(world, backend, 6)
    backend.commit_album("Rome")
    found = world.albums()
    assert sorted(found["Rome"]) == sorted([*old, *ids[:2]])
    assert found["Rome #2"] == ids[2:]


def test_a_batch_that_a_new_album_refuses_as_a_whole_joins_one_by_one(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    saved(world, backend, 5)
    world.flickr.plan(Fault("photosets.editPhotos", "fail", None, code=77))
    backend.commit_album("Rome")
    assert len(world.albums()["Rome"]) == 5


def check_stays(world: FlickrWorld, method: str, *, waited: int) -> None:
    """Fill a new album, to which somebody adds a photo at the first call of a method,
    and so many seconds pass; hold that all are in it.
    """
    now = [WHEN]
    backend = world.connect(clock=lambda: now[0])
    ids = saved(world, backend, 6)
    theirs = world.flickr.web.photo("from the phone")

    def see_the_new_album(called: str) -> None:
        if called == method and now[0] == WHEN:
            now[0] += waited
            world.flickr.web.put_in(world.flickr.web.titled("Rome")[0], theirs)

    world.flickr.traffic.listener = see_the_new_album
    backend.commit_album("Rome")
    assert sorted(world.albums()["Rome"]) == sorted([*ids, theirs])
    backend.close()


def test_who_adds_to_an_album_while_its_maker_waits_for_the_next_hour_is_not_thrown_out(
    world: FlickrWorld,
) -> None:
    check_stays(world, "photosets.create", waited=3600)


def test_who_adds_to_an_album_whose_filling_gets_no_answer_is_not_thrown_out(
    world: FlickrWorld,
) -> None:
    world.flickr.plan(Fault("photosets.editPhotos", "status", status=503))
    check_stays(world, "photosets.editPhotos", waited=60)


def test_a_photo_that_another_album_waits_for_is_not_deleted_with_its_own(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg", "same"))
    photo = find_only_photo(backend, "Rome")
    backend.save("Best", "a.jpg", world.source("Best/a.jpg", "same"), ignore)
    backend.delete(photo)
    backend.commit_album("Best")
    assert world.albums() == {"Best": [photo.id]}


@pytest.fixture
def saved_meanwhile(world: FlickrWorld, backend: FlickrBackend) -> RemotePhoto:
    """A photo whose bytes another thread saves in another album, just when a step has
    asked which albums hold it.
    """
    world.send(backend, world.source("Rome/a.jpg", "same"))
    photo = find_only_photo(backend, "Rome")
    asked: list[str] = []

    def save_once_it_was_asked(called: str) -> None:
        asked.append(called)
        if asked[-2:] == ["photos.getAllContexts", "photos.getInfo"]:
            world.flickr.traffic.listener = None
            world.send(backend, world.source("Best/a.jpg", "same"))

    world.flickr.traffic.listener = save_once_it_was_asked
    return photo


def test_a_photo_that_joins_another_album_meanwhile_is_not_deleted(
    world: FlickrWorld, backend: FlickrBackend, saved_meanwhile: RemotePhoto
) -> None:
    backend.delete(saved_meanwhile)
    assert world.photos() == {"Best/a.jpg": jpeg("same")}


@pytest.mark.parametrize("pro", [0, 1])
def test_a_photo_that_joins_another_album_meanwhile_keeps_its_bytes_there(
    world: FlickrWorld, backend: FlickrBackend, saved_meanwhile: RemotePhoto, pro: int
) -> None:
    world.flickr.web.change_account(pro=pro)
    edited = world.source("Rome/a.jpg", "edited")
    backend.replace(saved_meanwhile, edited, ignore)
    backend.commit_album("Rome")
    assert world.photos() == {
        "Rome/a.jpg": jpeg("edited"),
        "Best/a.jpg": jpeg("same"),
    }


def test_an_upload_whose_answer_was_lost_is_found_whatever_the_clock_says(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.clock.advance(-400 * 24 * 3600)
    world.flickr.plan(Fault("upload", "cut_after"))
    world.send(backend, world.source("Rome/a.jpg"))
    assert len(world.photos()) == 1
    assert len(world.flickr.web.everything()) == 1


def test_the_same_bytes_saved_twice_are_in_the_album_once(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, *(world.source(f"Rome/{n}.jpg") for n in range(2)))
    for when in (WHEN, WHEN + 100):
        source = world.source("Rome/a.jpg", "same", when)
        backend.save("Rome", "a.jpg", source, ignore)
    for n in range(5, 9):
        backend.save("Rome", f"{n}.jpg", world.source(f"Rome/{n}.jpg"), ignore)
    backend.commit_album("Rome")
    assert len(world.albums()["Rome"]) == 7


# -- marks and facts
# ---------------------------------------------------------------------------


def test_a_mark_is_listed_and_taken_away_again_and_no_other_tag_is_touched(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (photo,) = world.send(backend, world.source("Rome/a.jpg"))
    world.flickr.web.add_tags(photo, "holiday", "photosync:missing=remote")
    before, tags = find_only_photo(backend, "Rome"), world.flickr.web.raw_tags(photo)
    assert backend.capabilities.tags
    assert not before.marked
    assert (
        backend.tag(before)
        == before._replace(marked=True)
        == find_only_photo(backend, "Rome")
    )
    assert MARK in world.flickr.web.raw_tags(photo)
    assert backend.untag(before) == before == find_only_photo(backend, "Rome")
    assert world.flickr.web.raw_tags(photo) == tags
    assert backend.untag(before) == before


def test_a_mark_survives_new_facts_and_new_bytes(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg"))
    backend.tag(find_only_photo(backend, "Rome"))
    backend.update_metadata(
        find_only_photo(backend, "Rome"),
        photo_of(world.here("Rome/a.jpg", when=WHEN + 5)),
    )
    assert find_only_photo(backend, "Rome").marked
    now = backend.replace(
        find_only_photo(backend, "Rome"), world.source("Rome/a.jpg", "new"), ignore
    )
    assert now.marked == find_only_photo(world.connect(), "Rome").marked


@pytest.mark.parametrize(
    ("title", "after"), [("a.JPG", "a.jpg"), ("The Forum", "The Forum")]
)
def test_describing_lets_a_title_follow_the_name_but_not_one_of_a_person(
    world: FlickrWorld, backend: FlickrBackend, title: str, after: str
) -> None:
    photo = world.tagged("a.JPG", jpeg("a"))
    world.flickr.web.edit(photo, title=title)
    world.flickr.web.album("Rome", [photo])
    local = photo_of(world.here("Rome/a.jpg", "a", WHEN + 100))
    now = backend.update_metadata(find_only_photo(backend, "Rome"), local)
    assert world.flickr.web.get(photo)["title"] == after
    found = find_only_photo(world.connect(), "Rome")
    assert (found.name, found.modified_ns) == ("a.jpg", local.modified_ns)
    assert now._replace(version=found.version) == found


# -- order and description
# ---------------------------------------------------------------------


def test_photos_are_put_in_the_order_of_their_times_only_where_it_drifted(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    days = (3, 1, 2, 2)
    ids = web.photos(
        [{"title": "", "taken": f"2017-01-0{day} 00:00:00"} for day in days]
    )
    album = web.album("Rome", ids)
    list(backend.albums())
    taken = {ids[0]: "2017-01-01 12:00:00"}
    take_calls(world)
    for called in (
        {"photosets.getPhotos": 1, "photosets.reorderPhotos": 1},
        {"photosets.getPhotos": 1},
    ):
        backend.update_album("Rome", AlbumMetadata("", "", taken))
        assert take_calls(world) == called
        assert web.photos_in(album) == [ids[1], ids[0], ids[2], ids[3]]
        assert web.all_albums()[0]["primary_photo"] == int(ids[0])


def test_a_description_is_written_once_and_a_persons_stays(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    for title in ("Rome", "Paris"):
        web.album(title, [web.photo(title)], "In May" if title == "Paris" else "")
    list(backend.albums())
    take_calls(world)
    backend.update_album(
        "Rome", AlbumMetadata("synced from Old Rome by photosync", "", {})
    )
    for _ in range(2):
        backend.update_album("Rome", AlbumMetadata(SYNCED, "", {}))
        backend.update_album("Paris", AlbumMetadata(SYNCED, "", {}))
    assert take_calls(world) == {"photosets.editMeta": 2, "photosets.getPhotos": 5}
    assert described(world) == {"Rome": SYNCED, "Paris": "In May"}


def test_a_description_by_ones_own_template_is_kept_up_to_date(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    before = {
        "Rome": "From photos/Old Rome",
        "Oslo": SYNCED,
        "Lima": "From photos/Old Lima; continued by photosync",
        "Paris": "From Ada, with love",
    }
    for title, text in before.items():
        web.album(title, [web.photo(title)], text)
    list(backend.albums())
    take_calls(world)
    for title in before:
        text = f"From photos/{title}"
        wanted = AlbumMetadata(text, "", {}, template="From {folder}")
        backend.update_album(title, wanted)
    assert take_calls(world) == {"photosets.editMeta": 3, "photosets.getPhotos": 4}
    assert described(world) == {
        "Rome": "From photos/Rome",
        "Oslo": "From photos/Oslo",
        "Lima": "From photos/Lima; continued by photosync",
        "Paris": "From Ada, with love",
    }


def test_the_parts_of_a_described_album_are_still_one(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photos_per_set = 2
    world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN + n) for n in range(3))
    )
    for text in ("synced from Old by photosync", SYNCED):
        fresh = world.connect()
        list(fresh.albums())
        take_calls(world)
        fresh.update_album("Rome", AlbumMetadata(text, "", {}))
        fresh.update_album("Rome", AlbumMetadata(text, "", {}))
        assert take_calls(world) == {"photosets.editMeta": 2, "photosets.getPhotos": 4}
        assert len(listed(world.connect())["Rome"]) == 3
    assert described(world) == {
        "Rome": SYNCED,
        "Rome #2": f"{SYNCED}; continued by photosync",
    }
