"""Listings of Flickr through a memory: equal to fresh ones after whatever happened
there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from harness.flickr_world import FlickrWorld, jpeg, world_below
from harness.kept_cache import KeptMemory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from photosync.emulators.flickr import Fault
from photosync.model import RemotePhoto
from photosync.services.capabilities import OriginalWithheld
from photosync.services.flickr.backend import FlickrBackend
from photosync.services.flickr.records.originals import Original
from photosync.services.persistence import ListingCache

HOUR = 3600.0
Everything = dict[tuple[str, str], tuple[RemotePhoto, ...]]


def read(backend: FlickrBackend) -> tuple[Everything, dict[str, Original | None]]:
    """All photos by album, and where their originals are."""
    photos: Everything = {}
    for listing in backend.photos(list(backend.albums())):
        assert not listing.unknown
        photos[listing.album.title, listing.album.id] = tuple(listing.photos)
    ids = {photo.id for found in photos.values() for photo in found}
    return photos, {one: backend._photo_index.find_original(one) for one in ids}


def through(
    world: FlickrWorld, memory: ListingCache
) -> tuple[Everything, dict[str, Original | None]]:
    """What a new backend lists that uses a memory; counts of calls start anew before
    it.
    """
    backend = world.connect()
    backend.use_cache(memory)
    world.flickr.traffic.reset()
    try:
        return read(backend)
    finally:
        backend.close()


def fresh(world: FlickrWorld) -> tuple[Everything, dict[str, Original | None]]:
    """What a new backend lists without any memory."""
    backend = world.connect()
    try:
        return read(backend)
    finally:
        backend.close()


def settled(world: FlickrWorld, *, albums: int = 3, photos: int = 4) -> KeptMemory:
    """A memory of a Flickr where nothing happened for an hour."""
    web = world.flickr.web
    for album in range(albums):
        ids = [web.photo(f"{album} {n}", jpeg(f"{album} {n}")) for n in range(photos)]
        web.album(f"album {album}", ids)
    world.flickr.clock.advance(HOUR)
    memory = KeptMemory()
    through(world, memory)
    return memory


# -- what it costs
# -----------------------------------------------------------------------------


def test_with_nothing_to_do_two_calls_are_made_and_nothing_is_written(
    world: FlickrWorld,
) -> None:
    memory = settled(world)
    assert memory.is_whole
    writes = memory.notes
    world.flickr.clock.advance(HOUR)
    for _ in range(2):
        assert through(world, memory) == fresh_in_silence(world)
        assert memory.notes == writes


def fresh_in_silence(
    world: FlickrWorld,
) -> tuple[Everything, dict[str, Original | None]]:
    assert dict(world.flickr.calls) == {
        "photos.recentlyUpdated": 1,
        "photosets.getList": 1,
    }
    return fresh(world)


def test_four_hundred_albums_cost_two_calls(world: FlickrWorld) -> None:
    web = world.flickr.web
    ids = web.photos(
        {"title": f"{n}", "taken": "2017-01-01 00:00:00"} for n in range(800)
    )
    web.albums([(f"album {n:03}", ids[n * 2 : n * 2 + 2]) for n in range(400)])
    world.flickr.clock.advance(HOUR)
    memory = KeptMemory()
    through(world, memory)
    writes = memory.notes
    found, _ = through(world, memory)
    assert sum(world.flickr.calls.values()) == 2
    assert sum(map(len, found.values())) == 800
    assert memory.notes == writes


def test_many_changes_are_not_read_over_and_over(world: FlickrWorld) -> None:
    memory = settled(world)
    web = world.flickr.web
    web.album("big", web.photos({"title": f"{n}"} for n in range(1200)))
    world.flickr.clock.advance(HOUR)
    through(world, memory)
    assert world.flickr.calls["photos.recentlyUpdated"] == 3
    writes = memory.notes
    for _ in range(2):
        world.flickr.clock.advance(HOUR)
        through(world, memory)
        assert sum(world.flickr.calls.values()) == 2
    assert memory.notes == writes


def test_changes_of_nearly_everything_are_not_read_one_by_one(
    world: FlickrWorld,
) -> None:
    memory = settled(world)
    web = world.flickr.web
    web.album("big", web.photos({"title": f"{n}"} for n in range(4100)))
    found = through(world, memory)
    assert world.flickr.calls["photos.recentlyUpdated"] == 2
    assert memory.is_whole
    assert found == fresh(world)
    world.flickr.clock.advance(HOUR)
    through(world, memory)
    through(world, memory)
    assert sum(world.flickr.calls.values()) == 2


def test_a_comment_reads_no_album(world: FlickrWorld) -> None:
    memory = settled(world)
    web = world.flickr.web
    web.edit(web.everything()[0]["id"], views=5)
    assert through(world, memory) == fresh_in_silence(world)


@pytest.mark.parametrize("touches", [False, True])
def test_a_new_title_costs_no_reading_of_an_album_unless_it_moved(
    world: FlickrWorld, *, touches: bool
) -> None:
    memory = settled(world)
    world.flickr.settings.member_edits_touch_sets = touches
    web = world.flickr.web
    photo = web.photos_in(web.titled("album 1")[0])[0]
    web.edit(photo, title="another")
    found = through(world, memory)
    assert world.flickr.calls["photosets.getPhotos"] == int(touches)
    assert found == fresh(world)


def test_only_the_albums_that_changed_are_read(world: FlickrWorld) -> None:
    memory = settled(world)
    web = world.flickr.web
    web.put_in(web.titled("album 1")[0], web.photo("new", jpeg("new")))
    found = through(world, memory)
    assert world.flickr.calls["photosets.getPhotos"] == 1
    assert found == fresh(world)


# -- what must not be trusted
# ------------------------------------------------------------------


def test_a_set_that_changed_just_before_it_was_listed_is_read_once_more(
    world: FlickrWorld,
) -> None:
    memory = settled(world)
    web = world.flickr.web
    album = web.titled("album 1")[0]
    first, second, *_ = web.photos_in(album)
    updated = int(world.flickr.clock.now())
    web.edit_album(album, title="album 1")
    through(world, memory)
    # A swap in the same second leaves date and counts as they were.
    (loose,) = web.photos([{"title": "older", "uploaded": 1_400_000_000}])
    web.take_out(album, first)
    web.put_in(album, loose)
    world.flickr._catalog.state.database.update("albums", int(album), updated=updated)
    assert through(world, memory) == fresh(world)
    assert second in web.photos_in(album)
    world.flickr.clock.advance(HOUR)
    through(world, memory)
    through(world, memory)
    assert sum(world.flickr.calls.values()) == 2


def test_a_photo_that_the_feed_shows_late_is_taken_up(world: FlickrWorld) -> None:
    memory = settled(world)
    world.flickr.settings.updated_lag = 120
    web = world.flickr.web
    photo = web.photos_in(web.titled("album 1")[0])[0]
    web.edit(photo, title="late")
    through(world, memory)
    world.flickr.clock.advance(200)
    assert through(world, memory) == fresh(world)


def test_an_audit_reads_all(world: FlickrWorld) -> None:
    memory = settled(world)
    memory.cursor = ""
    assert through(world, memory)[0] == fresh(world)[0]
    assert memory.is_whole
    through(world, memory)
    assert sum(world.flickr.calls.values()) == 2


@pytest.mark.parametrize("cursor", ["", "nonsense", "2 x", "1 1700000000"])
def test_a_cursor_that_says_nothing_reads_all(world: FlickrWorld, cursor: str) -> None:
    memory = settled(world)
    memory.cursor = cursor
    found = through(world, memory)
    assert world.flickr.calls["photosets.getPhotos"] == 3
    assert found == fresh(world)


def test_rows_that_do_not_add_up_are_read_anew(world: FlickrWorld) -> None:
    memory = settled(world)
    names = list(memory.rows)
    for name, damage in zip(
        names, ("[]", '[{"settled": true}]', "[{}, {}]"), strict=True
    ):
        memory.rows[name] = damage
    found = through(world, memory)
    assert world.flickr.calls["photosets.getPhotos"] == 3
    assert found == fresh(world)


def test_rows_as_an_earlier_photosync_spelled_them_cost_no_call(
    world: FlickrWorld,
) -> None:
    memory = settled(world)
    for name, text in memory.rows.items():
        head, *photos = json.loads(text)
        earlier = [
            {"machine_tags": "", "datetakenunknown": "0"} | row for row in photos
        ]
        memory.rows[name] = json.dumps([head, *earlier])
    writes = memory.notes
    assert through(world, memory) == fresh_in_silence(world)
    assert memory.notes == writes


def test_a_feed_that_is_refused_leads_to_reading_all(world: FlickrWorld) -> None:
    memory = settled(world)
    world.flickr.plan(Fault("photos.recentlyUpdated", "fail", None, code=2))
    world.flickr.web.edit(world.flickr.web.everything()[0]["id"], title="other")
    found = through(world, memory)
    world.flickr.traffic.clear_faults()
    assert world.flickr.calls["photosets.getPhotos"] == 3
    assert found == fresh(world)
    assert through(world, memory) == fresh(world)


@pytest.mark.parametrize("audit", [False, True])
def test_an_album_that_could_not_be_read_is_read_by_the_next_run(
    world: FlickrWorld, *, audit: bool
) -> None:
    memory = settled(world)
    if audit:
        memory.cursor = ""
    web = world.flickr.web
    for title in ("album 0", "album 1", "album 2"):
        web.put_in(web.titled(title)[0], web.photo("new", jpeg(title)))
    world.flickr.clock.advance(HOUR)
    (broken,) = web.titled("album 1")

    def garble(answer: Any) -> Any:
        return "" if answer["photoset"]["id"] == broken else answer

    world.flickr.rewrite("photosets.getPhotos", garble, None)
    backend = world.connect()
    backend.use_cache(memory)
    unknown = [one.unknown for one in backend.photos(list(backend.albums()))]
    assert sum(map(bool, unknown)) == 1
    world.flickr.traffic.clear_faults()
    assert not memory.is_whole
    assert through(world, memory) == fresh(world)
    assert world.flickr.calls["photosets.getPhotos"] == 1 + 3


def test_what_a_run_leaves_out_is_read_by_one_that_does_not(world: FlickrWorld) -> None:
    memory = settled(world)
    web = world.flickr.web
    for title in ("album 0", "album 1"):
        web.put_in(web.titled(title)[0], web.photo("new", jpeg(title)))
    backend = world.connect()
    backend.use_cache(memory)
    albums = [album for album in backend.albums() if album.title != "album 0"]
    assert len(list(backend.photos(albums))) == 2
    assert through(world, memory) == fresh(world)


def test_a_listing_that_breaks_off_notes_nothing(world: FlickrWorld) -> None:
    memory = settled(world)
    web = world.flickr.web
    web.put_in(web.titled("album 1")[0], web.photo("new", jpeg("new")))
    writes = memory.notes
    backend = world.connect()
    backend.use_cache(memory)
    next(backend.photos(list(backend.albums())))
    assert memory.notes == writes
    assert through(world, memory) == fresh(world)


def test_originals_that_an_account_lost_meanwhile_are_withheld(
    world: FlickrWorld,
) -> None:
    memory = settled(world)
    world.flickr.web.change_account(pro=0)
    backend = world.connect()
    backend.use_cache(memory)
    photos = [photo for found in read(backend)[0].values() for photo in found]
    world.flickr.plan(Fault("static", "status", None, status=404))
    with pytest.raises(OriginalWithheld), backend.open(photos[0]):
        pass


# -- whatever happens there
# --------------------------------------------------------------------

Draw = Callable[..., int]


def new_photo(world: FlickrWorld, pick: Draw) -> None:
    web = world.flickr.web
    photo = web.photo(f"new {pick(100)}", jpeg(f"new {pick(100)}"))
    if web.all_albums():
        web.put_in(any_album(world, pick), photo)


def new_album(world: FlickrWorld, pick: Draw) -> None:
    web = world.flickr.web
    photo = any_photo(world, pick) if web.everything() else web.photo("first")
    web.album(f"album {pick(3)}", [photo])


def any_album(world: FlickrWorld, pick: Draw) -> str:
    albums = world.flickr.web.all_albums()
    return str(albums[pick(len(albums))]["id"])


def any_photo(world: FlickrWorld, pick: Draw) -> str:
    photos = world.flickr.web.everything()
    return str(photos[pick(len(photos))]["id"])


def any_member(world: FlickrWorld, pick: Draw) -> tuple[str, str]:
    album = any_album(world, pick)
    members = world.flickr.web.photos_in(album)
    return album, members[pick(len(members))]


def join(world: FlickrWorld, pick: Draw) -> None:
    album, photo = any_album(world, pick), any_photo(world, pick)
    if photo not in world.flickr.web.photos_in(album):
        world.flickr.web.put_in(album, photo)


def swap(world: FlickrWorld, pick: Draw) -> None:
    album, photo = any_member(world, pick)
    other = any_photo(world, pick)
    if other not in world.flickr.web.photos_in(album):
        world.flickr.web.put_in(album, other)
        world.flickr.web.take_out(album, photo)


def reorder(world: FlickrWorld, pick: Draw) -> None:
    album = any_album(world, pick)
    members = world.flickr.web.photos_in(album)
    at = pick(len(members))
    world.flickr.web.arrange(album, members[at:] + members[:at])


EDITS: tuple[Callable[[FlickrWorld, Draw], None], ...] = (
    new_photo,
    new_album,
    join,
    swap,
    swap,
    reorder,
    lambda world, pick: world.flickr.web.take_out(*any_member(world, pick)),
    lambda world, pick: world.flickr.web.delete(any_member(world, pick)[1]),
    lambda world, pick: world.flickr.web.edit(
        any_photo(world, pick), title=f"t{pick(9)}.jpg"
    ),
    lambda world, pick: world.flickr.web.set_tags(
        any_photo(world, pick),
        [f"tag{pick(3)}", *["photosync:missing=local"][: pick(2)]],
    ),
    lambda world, pick: world.flickr.web.replace(
        any_photo(world, pick), jpeg(str(pick(999)))
    ),
    lambda world, pick: world.flickr.web.edit_album(
        any_album(world, pick), title=f"a{pick(3)}"
    ),
    lambda world, pick: world.flickr.web.delete_album(any_album(world, pick)),
)
WAITS = (0.0, 0.0, 5.0, 40.0, HOUR, 100 * HOUR)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), touches=st.booleans(), pro=st.integers(0, 1))
def test_kept_listings_equal_fresh_ones_whatever_is_done_on_the_site(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    pro: int,
    *,
    touches: bool,
) -> None:
    for world in world_below(tmp_path_factory.mktemp("world")):
        web = world.flickr.web
        web.change_account(pro=pro)
        world.flickr.settings.member_edits_touch_sets = touches
        memory = settled(world, albums=2, photos=3)

        def pick(count: int) -> int:
            return data.draw(st.integers(0, count - 1))

        for _ in range(data.draw(st.integers(1, 4))):
            for edit in data.draw(st.lists(st.sampled_from(EDITS), max_size=4)):
                if web.all_albums() or edit in {new_photo, new_album}:
                    edit(world, pick)
                world.flickr.clock.advance(data.draw(st.sampled_from(WAITS)))
            assert through(world, memory) == fresh(world)
