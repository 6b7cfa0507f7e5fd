"""Albums that Flickr lists late, empty or not at all for a moment: none comes twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from harness.flickr_world import FlickrWorld, take_calls
from harness.kept_cache import KeptMemory
from harness.worlds import WHEN, listed

from photosync.emulators.flickr import Fault
from photosync.emulators.flickr.readings import empty_reading, missing_reading
from photosync.errors import Transient

PHOTOS = 12
MOST_CALLS = 60
READINGS = {"empty": empty_reading, "missing": missing_reading}


def fill(world: FlickrWorld, first: int = 0) -> None:
    for number in range(first, first + PHOTOS):
        world.here(f"Rome/{number:02}.jpg", when=WHEN + number)


@pytest.mark.parametrize("lag", ["sets_lag", "members_lag", "not_in_set_lag"])
def test_a_listing_that_lags_two_seconds_makes_one_album_in_few_calls(
    world: FlickrWorld, lag: str
) -> None:
    setattr(world.flickr.settings, lag, 2.0)
    fill(world)
    assert world.sync(wait=0.3) == 0
    assert sum(world.flickr.calls.values()) < MOST_CALLS
    assert {title: len(ids) for title, ids in world.albums().items()} == {
        "Rome": PHOTOS
    }
    setattr(world.flickr.settings, lag, 0.0)
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert "upload" not in world.flickr.calls
    assert len(world.flickr.web.everything()) == PHOTOS


@pytest.mark.parametrize("reading", ["empty", "missing"])
def test_one_wrong_reading_of_an_album_makes_no_second_one(
    world: FlickrWorld, reading: str
) -> None:
    fill(world)
    assert world.sync() == 0
    fill(world, first=PHOTOS)
    world.flickr.plan(READINGS[reading]())
    assert world.sync() == 0
    assert {title: len(ids) for title, ids in world.albums().items()} == {
        "Rome": 2 * PHOTOS
    }
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert "upload" not in world.flickr.calls


@pytest.mark.parametrize("reading", ["empty", "missing"])
def test_an_album_that_stays_empty_in_every_reading_is_unknown_and_not_gone(
    world: FlickrWorld, reading: str
) -> None:
    fill(world)
    assert world.sync() == 0
    backend = world.connect()
    albums = list(backend.albums())
    world.flickr.plan(READINGS[reading](times=None))
    (listing,) = backend.photos(albums)
    assert "lists the album" in listing.unknown
    backend.close()


def test_an_album_made_in_this_run_is_never_made_again(world: FlickrWorld) -> None:
    backend = world.connect()
    world.send(backend, world.source("Rome/a.jpg"))
    world.flickr.settings.sets_lag = 1000.0
    take_calls(world)
    with pytest.raises(Transient, match="just made"):
        world.send(backend, world.source("Rome/b.jpg"))
    assert "photosets.create" not in take_calls(world)
    # A second look at all albums does not forget it either.
    assert [album.title for album in backend.albums()] == ["Rome"]
    world.flickr.settings.sets_lag = 0.0
    world.send(backend, world.source("Rome/c.jpg"))
    assert len(world.flickr.web.titled("Rome")) == 1
    backend.close()


def test_an_album_that_was_deleted_is_made_anew(world: FlickrWorld) -> None:
    world.send(world.connect(), world.source("Rome/a.jpg"))
    backend = world.connect()
    assert listed(backend)
    world.flickr.web.delete_album(world.flickr.web.titled("Rome")[0])
    world.send(backend, world.source("Rome/b.jpg"))
    assert len(world.flickr.web.titled("Rome")) == 1
    backend.close()


def test_an_album_whose_answer_was_lost_is_found_by_its_photo(
    world: FlickrWorld,
) -> None:
    world.flickr.settings.sets_lag = 1000.0
    world.flickr.plan(Fault("photosets.create", "cut_after"))
    fill(world)
    world.sync()
    assert len(world.flickr.web.all_albums()) == 1


def test_an_album_of_a_run_that_was_killed_before_its_answer_is_found_by_its_photo(
    world: FlickrWorld,
) -> None:
    memory = KeptMemory()
    source = world.source("Rome/a.jpg")
    world.flickr.settings.sets_lag = 1000.0
    world.flickr.plan(Fault("photosets.create", "cut_after"))
    killed = world.connect(attempts=1)
    memory.serve(killed)
    with pytest.raises(Transient):
        world.send(killed, source)
    killed.close()
    backend = world.connect(attempts=1)
    memory.serve(backend)
    with pytest.raises(Transient, match="just made"):
        world.send(backend, source)
    assert len(world.flickr.web.all_albums()) == 1
    assert len(world.flickr.web.everything()) == 1
    backend.close()


def test_a_photo_in_a_new_album_of_another_title_leads_no_album_there(
    world: FlickrWorld,
) -> None:
    # The same bytes under the same name are one photo, the first of both albums.
    memory = KeptMemory()
    rome = world.source("Rome/a.jpg", "one photo")
    oslo = world.source("Oslo/a.jpg", "one photo")
    world.flickr.settings.sets_lag = 1000.0
    killed = world.connect(attempts=1)
    memory.serve(killed)
    world.send(killed, rome)
    world.flickr.plan(Fault("photosets.create", "cut_before"))
    with pytest.raises(Transient):
        world.send(killed, oslo)
    killed.close()
    backend = world.connect(attempts=1)
    memory.serve(backend)
    world.send(backend, oslo)
    titles = sorted(album["title"] for album in world.flickr.web.all_albums())
    assert titles == ["Oslo", "Rome"]
    backend.close()


# -- photos that Flickr does not know yet
# -----------------------------------------------------------------------------


def test_photos_that_flickr_knows_late_join_in_the_same_run(
    world: FlickrWorld,
) -> None:
    world.flickr.settings.fresh_lag = 2.0
    fill(world)
    assert world.sync(wait=0.3) == 0
    assert {title: len(ids) for title, ids in world.albums().items()} == {
        "Rome": PHOTOS
    }
    assert world.loose() == []


def test_one_photo_that_is_not_known_fails_alone_and_joins_in_the_next_run(
    world: FlickrWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(world)
    assert world.sync() == 0
    capsys.readouterr()
    fill(world, first=PHOTOS)
    world.here("Rome/zz.jpg", when=WHEN + 1000)
    refused = Fault("photosets.editPhotos", "fail", None, code=2)
    world.flickr.plan(refused)
    world.flickr.plan(Fault("photosets.addPhoto", "fail", 6, code=2, after=PHOTOS))
    assert world.sync() != 0
    said = capsys.readouterr()
    assert (said.out + said.err).count("the photo is gone there") == 1
    assert len(world.loose()) == 1
    world.flickr.traffic.clear_faults()
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert "upload" not in world.flickr.calls
    assert world.loose() == []
    assert len(world.flickr.web.everything()) == 2 * PHOTOS + 1
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert set(world.flickr.calls).isdisjoint({"upload", "photosets.addPhoto"})


@pytest.mark.parametrize("count", [2, PHOTOS])
def test_a_run_right_after_another_makes_no_second_album(
    world: FlickrWorld, count: int
) -> None:
    lags = ("sets_lag", "members_lag", "not_in_set_lag", "updated_lag")
    for lag in lags:
        setattr(world.flickr.settings, lag, 30.0)
    for number in range(count):
        world.here(f"Oslo/{number:02}.jpg", when=WHEN + number)
    # Nobody shows an album yet, nor what is in it, that is not half a minute old.
    for _ in range(3):
        world.sync()
    world.flickr.clock.advance(60)
    for lag in lags:
        setattr(world.flickr.settings, lag, 0.0)
    assert world.sync() == 0
    assert [one["title"] for one in world.flickr.web.all_albums()] == ["Oslo"]
    assert {title: len(ids) for title, ids in world.albums().items()} == {"Oslo": count}
    assert len(world.flickr.web.everything()) == count


# -- what a person does while lists lag
# ------------------------------------------------------------------------------

LAGS = [("left_lag",), ("members_lag",), ("left_lag", "members_lag")]


@pytest.fixture
def two_albums(world: FlickrWorld) -> dict[str, str]:
    """Photos in two albums, which nobody has changed for long; the ids by name."""
    for path in ("Rome/a.jpg", "Rome/b.jpg", "Oslo/c.jpg", "Oslo/d.jpg"):
        world.here(path)
    assert world.sync() == 0
    world.flickr.clock.advance(3600)
    assert world.sync() == 0
    return {photo["title"]: photo["id"] for photo in world.flickr.web.everything()}


def let_lag(world: FlickrWorld, lags: Sequence[str]) -> None:
    for lag in lags:
        setattr(world.flickr.settings, lag, 60.0)


def let_lists_come(world: FlickrWorld) -> None:
    world.flickr.clock.advance(3600)
    for lag in ("left_lag", "members_lag"):
        setattr(world.flickr.settings, lag, 0.0)


@pytest.mark.parametrize("lags", LAGS)
@pytest.mark.parametrize("back", [False, True])
def test_a_photo_that_somebody_moved_a_moment_ago_comes_home_once(
    world: FlickrWorld, two_albums: dict[str, str], lags: Sequence[str], *, back: bool
) -> None:
    (rome,), (oslo,) = world.flickr.web.titled("Rome"), world.flickr.web.titled("Oslo")
    old, new, name = (oslo, rome, "c.jpg") if back else (rome, oslo, "a.jpg")
    let_lag(world, lags)
    world.flickr.web.put_in(new, two_albums[name])
    world.flickr.web.take_out(old, two_albums[name])
    for _ in range(2):
        assert world.sync("--allowDelete", "both") == 0
        assert len(world.library()) == 4
    let_lists_come(world)
    assert world.sync("--allowDelete", "both") == 0
    moved = {f"{'Rome' if back else 'Oslo'}/{name}"}
    assert set(world.library()) == set(world.photos())
    assert moved <= set(world.library())
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert "photos.getAllContexts" not in world.flickr.calls


@pytest.mark.parametrize("lags", LAGS)
def test_a_photo_that_somebody_put_into_a_second_album_comes_home_for_both(
    world: FlickrWorld, two_albums: dict[str, str], lags: Sequence[str]
) -> None:
    let_lag(world, lags)
    world.flickr.web.put_in(world.flickr.web.titled("Oslo")[0], two_albums["a.jpg"])
    assert world.sync() == 0
    let_lists_come(world)
    assert world.sync() == 0
    assert set(world.library()) == set(world.photos())
    assert {"Rome/a.jpg", "Oslo/a.jpg"} <= set(world.library())


def test_a_list_that_lagged_is_not_believed_for_long(
    world: FlickrWorld, two_albums: dict[str, str]
) -> None:
    # One comes and another goes: the album shows as many photos as it should.
    let_lag(world, ("left_lag", "members_lag"))
    (rome,) = world.flickr.web.titled("Rome")
    world.flickr.web.put_in(rome, world.flickr.web.photo("new.jpg"))
    world.flickr.web.delete(two_albums["a.jpg"])
    world.flickr.clock.advance(50)
    assert world.sync("--allowDelete", "local") == 0
    let_lists_come(world)
    assert world.sync("--allowDelete", "local") == 0
    assert set(world.library()) == set(world.photos())
    assert "Rome/new.jpg" in world.library()


@pytest.mark.parametrize("count", [2, 8])
@pytest.mark.parametrize("lags", LAGS)
def test_an_album_that_is_filled_keeps_what_a_person_did_while_lists_lag(
    world: FlickrWorld, two_albums: dict[str, str], lags: Sequence[str], count: int
) -> None:
    let_lag(world, lags)
    web = world.flickr.web
    (rome,) = web.titled("Rome")
    # Moved by hand, and so in another album as well: nobody would find it loose.
    web.put_in(rome, two_albums["c.jpg"])
    web.take_out(rome, two_albums["a.jpg"])
    for number in range(count):
        world.here(f"Rome/{number}.jpg")
    assert world.sync() == 0
    names = ["b.jpg", "c.jpg", *(f"{number}.jpg" for number in range(count))]
    assert sorted(web.titles_in(rome)) == sorted(names)


@pytest.mark.parametrize("lags", LAGS)
def test_a_photo_is_replaced_and_keeps_what_a_person_did_while_lists_lag(
    world: FlickrWorld, two_albums: dict[str, str], lags: Sequence[str]
) -> None:
    web = world.flickr.web
    web.change_account(pro=0)
    let_lag(world, lags)
    (rome,) = web.titled("Rome")
    web.put_in(rome, two_albums["c.jpg"])
    web.take_out(rome, two_albums["a.jpg"])
    world.here("Rome/b.jpg", "edited", when=WHEN + 3600)
    world.sync()
    assert sorted(web.titles_in(rome)) == ["b.jpg", "c.jpg"]
    let_lists_come(world)
    assert world.sync() == 0
    assert sorted(web.titles_in(rome)) == ["b.jpg", "c.jpg"]
    assert len(web.everything()) == 4
    assert web.named("b.jpg")[0]["id"] != two_albums["b.jpg"]
