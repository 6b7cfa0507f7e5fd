"""What concerns the photos themselves on Flickr: smaller copies, dates, facts, albums
in order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.flickr_world import (
    FlickrWorld,
    find_only_photo,
    ignore,
    jpeg,
    read_bytes,
    take_calls,
)
from harness.kept_cache import KeptMemory
from harness.pictures import exif, picture
from harness.worlds import WHEN, listed, make_file, photo_of

from photosync.config.settings import Home, Settings
from photosync.emulators.flickr import Fault
from photosync.errors import Changed, NotFound, NotMovable, Rejected, SideError
from photosync.local.photos import ReducedSource
from photosync.media import format_local_time
from photosync.media.kinds import RAW, SIDECARS
from photosync.model import AlbumMetadata, PhotoMetadata
from photosync.services.auth.session import Session
from photosync.services.capabilities import OriginalWithheld
from photosync.services.flickr import connect
from photosync.services.flickr.backend import FlickrBackend
from photosync.services.flickr.records import tags


@pytest.fixture
def backend(world: FlickrWorld) -> Iterator[FlickrBackend]:
    found = world.connect()
    yield found
    found.close()


def copy(world: FlickrWorld, path: str, content: bytes | str = b"") -> ReducedSource:
    """A smaller copy of a photo in the library, made beforehand."""
    original = world.here(path, content)
    data = original.read_bytes()
    small = make_file(
        world.top / "copies" / path, jpeg(f"small {hashlib.md5(data).hexdigest()}")
    )
    return ReducedSource(photo_of(original), hashlib.md5(data).hexdigest(), str(small))


def put(backend: FlickrBackend, source: ReducedSource) -> str:
    """Save a copy into the album of its folder, and settle it; its id."""
    album = Path(source.photo.folder).name
    found = backend.save(album, source.photo.name, source, ignore)
    backend.commit_album(album)
    return found.id


def raw_of_ours(world: FlickrWorld, photo_id: str) -> list[str]:
    return sorted(
        tag for tag in world.flickr.web.raw_tags(photo_id) if tags.is_any_of_ours(tag)
    )


# -- smaller copies
# ----------------------------------------------------------------------------


def test_a_smaller_copy_is_sent_and_its_tags_tell_of_the_original(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    source, moved = (
        copy(world, "Rome/a.jpg", "a picture of a great many pixels" * 9),
        [0],
    )

    def progress(count: int) -> None:
        moved[0] += count

    told = backend.save("Rome", "a.jpg", source, progress)
    backend.commit_album("Rome")
    small = Path(source.path).read_bytes()
    assert moved == [len(small)] != [source.photo.size]
    found = find_only_photo(world.connect(), "Rome")
    expected = (
        "a.jpg",
        source.photo.size,
        source.photo.modified_ns,
        source.original_md5,
        True,
    )
    for one in (told, found):
        assert (one.name, one.size, one.modified_ns, one.md5, one.reduced) == expected
    assert world.photos() == {"Rome/a.jpg": small}
    assert read_bytes(backend, found) == small
    assert "photosync:reduced=1" in world.flickr.web.raw_tags(found.id)


def test_a_copy_and_its_original_are_two_photos_and_each_is_sent_once(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (full,) = world.send(backend, world.source("Rome/a.jpg", "a"))
    small = put(backend, copy(world, "Paris/a.jpg", "a"))
    assert small != full
    for one in (backend, world.connect()):
        listed(one)
        assert put(one, copy(world, "Best/a.jpg", "a")) == small
        assert world.send(one, world.source("Third/a.jpg", "a")) == [full]
    assert world.flickr.calls["upload"] == 2


def test_a_copy_left_in_no_album_by_a_crash_is_not_sent_again(
    world: FlickrWorld,
) -> None:
    source = copy(world, "Rome/a.jpg", "a")
    left = world.connect().save("Rome", "a.jpg", source, ignore)
    full = world.connect().save(
        "Rome", "a.jpg", world.source("Rome/a.jpg", "a"), ignore
    )
    assert left.id != full.id
    assert put(world.connect(), source) == left.id
    assert world.flickr.calls["upload"] == 2


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
@pytest.mark.parametrize("in_album", [False, True])
def test_a_copy_whose_answer_was_lost_is_there_once_beside_the_original(
    world: FlickrWorld, backend: FlickrBackend, kind: str, *, in_album: bool
) -> None:
    source = world.source("Rome/a.jpg", "a")
    full = backend.save("Rome", "a.jpg", source, ignore).id
    if in_album:
        backend.commit_album("Rome")
    world.flickr.settings.index_lag = 120
    world.flickr.plan(Fault("upload", kind))  # type: ignore[arg-type]
    small = put(backend, copy(world, "Best/a.jpg", "a"))
    assert sorted(one["id"] for one in world.flickr.web.everything()) == sorted(
        [full, small]
    )
    assert world.albums()["Best"] == [small]


def test_a_file_of_the_same_bytes_does_not_stand_for_a_copy(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    source = copy(world, "Rome/a.jpg", "a")
    small = Path(source.path).read_bytes()
    full = world.tagged("a.jpg", small)
    world.flickr.plan(Fault("upload", "cut_before"))
    assert put(backend, source) != full


@pytest.mark.parametrize("pro", [0, 1])
def test_an_original_in_the_place_of_its_copy_is_no_copy_any_more(
    world: FlickrWorld, backend: FlickrBackend, pro: int
) -> None:
    put(backend, copy(world, "Rome/a.jpg", "a"))
    world.flickr.web.change_account(pro=pro)
    told = backend.replace(
        find_only_photo(backend, "Rome"), world.source("Rome/a.jpg", "a"), ignore
    )
    found = find_only_photo(world.connect(), "Rome")
    assert (told.reduced, found.reduced) == (False, False)
    assert (told.id, told.md5) == (found.id, found.md5)
    assert world.photos() == {"Rome/a.jpg": jpeg("a")}
    assert len(raw_of_ours(world, found.id)) == 2
    assert world.loose() == []


@pytest.mark.parametrize("pro", [0, 1])
@pytest.mark.parametrize("content", ["a", "another"])
def test_a_copy_in_the_place_of_an_original_is_told_from_it(
    world: FlickrWorld, backend: FlickrBackend, pro: int, content: str
) -> None:
    world.send(backend, world.source("Rome/a.jpg", "a"))
    world.flickr.web.change_account(pro=pro)
    source = copy(world, "Rome/a.jpg", content)
    told = backend.replace(find_only_photo(backend, "Rome"), source, ignore)
    found = find_only_photo(world.connect(), "Rome")
    for one in (told, found):
        assert (one.size, one.md5) == (source.photo.size, source.original_md5)
        assert one.reduced
    assert world.photos() == {"Rome/a.jpg": Path(source.path).read_bytes()}
    assert len(raw_of_ours(world, found.id)) == 3


def test_a_copy_is_told_from_the_original_even_if_replacing_breaks_off(
    world: FlickrWorld,
) -> None:
    backend = world.connect(attempts=1)
    world.send(backend, world.source("Rome/a.jpg", "a"))
    world.flickr.plan(Fault("replace", "cut_after"))
    with pytest.raises(SideError):
        backend.replace(
            find_only_photo(backend, "Rome"), copy(world, "Rome/a.jpg", "a"), ignore
        )
    assert world.photos() != {"Rome/a.jpg": jpeg("a")}
    assert find_only_photo(world.connect(), "Rome").reduced


def test_describing_a_copy_trusts_our_tags_and_keeps_them(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    source = copy(world, "Rome/a.jpg", "a")
    photo_id = put(backend, source)
    local = photo_of(world.here("Rome/a.jpg", "a", WHEN + 100))
    take_calls(world)
    told = backend.update_metadata(find_only_photo(backend, "Rome"), local)
    assert "static" not in take_calls(world)
    found = find_only_photo(world.connect(), "Rome")
    assert found._replace(version=told.version) == told
    assert (found.modified_ns, found.reduced) == (local.modified_ns, True)
    assert len(raw_of_ours(world, photo_id)) == 3
    assert backend.move(found, "Rome", "b.jpg").reduced
    assert find_only_photo(world.connect(), "Rome")._replace(name="a.jpg") == found


@pytest.mark.parametrize("without", ["", "photosync:md5"])
def test_describing_a_copy_of_another_file_or_of_one_unknown_is_refused(
    world: FlickrWorld, backend: FlickrBackend, without: str
) -> None:
    photo_id = put(backend, copy(world, "Rome/a.jpg", "a"))
    web = world.flickr.web
    raws = web.raw_tags(photo_id)
    if without:
        raws = [tag for tag in raws if not tag.startswith(without)]
        web.set_tags(photo_id, raws)
    local = photo_of(world.here("Rome/a.jpg", "a" if without else "b"))
    photo = find_only_photo(backend, "Rome")
    assert photo.reduced
    take_calls(world)
    with pytest.raises(Rejected, match="smaller copy"):
        backend.update_metadata(photo, local)
    assert set(take_calls(world)) <= {"photos.getInfo"}
    assert web.raw_tags(photo_id) == raws


def test_limits_are_those_of_the_bytes_that_are_sent(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.flickr.settings.max_photo_bytes, more = 21_000_000, bytes(22_000_000)
    source = copy(world, "Rome/a.jpg", jpeg("a") + more)
    put(backend, source)
    with pytest.raises(Rejected, match="larger than"):
        backend.replace(
            find_only_photo(backend, "Rome"),
            world.source("Rome/a.jpg", more),
            ignore,
        )
    backend.replace(
        find_only_photo(backend, "Rome"),
        copy(world, "Rome/a.jpg", jpeg("b") + more),
        ignore,
    )
    assert find_only_photo(backend, "Rome").size == len(jpeg("b")) + len(more)


def test_a_copy_of_a_kind_that_flickr_converts_comes_back_as_what_it_is(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    source = copy(world, "Rome/a.heic", b"\0\0\0\x18ftypheic" + bytes(60))
    put(backend, source)
    assert (
        read_bytes(backend, find_only_photo(backend, "Rome"))
        == Path(source.path).read_bytes()
    )


def test_a_copy_of_a_free_account_is_withheld_as_all_originals_are(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    put(backend, copy(world, "Rome/a.jpg"))
    world.flickr.web.change_account(pro=0)
    with pytest.raises(OriginalWithheld):
        read_bytes(backend, find_only_photo(world.connect(), "Rome"))


def test_a_copy_of_a_file_that_is_another_by_now_is_not_sent(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    source = copy(world, "Rome/a.jpg", "a")
    world.here("Rome/a.jpg", "other bytes", WHEN + 5)
    with pytest.raises(Changed):
        backend.save("Rome", "a.jpg", source, ignore)
    assert world.flickr.web.everything() == []


# -- what Flickr can do
# ------------------------------------------------------------------------


def test_what_flickr_refuses_and_converts_is_known_beforehand(
    backend: FlickrBackend,
) -> None:
    can = backend.capabilities
    others = "avif avifs jxl jp2 j2k jpf jpx psd psb"
    assert can.refuses == RAW.union(SIDECARS, others.split())
    converted = "tif tiff bmp webp heic heics heif heifs hif avif avifs"
    assert can.converts == set(converted.split())
    assert (can.keeps_metadata, can.read_only) == (True, "")


@pytest.mark.parametrize("name", ["a.jpg.xmp", "IMG_1.AAE", "a.DNG"])
def test_what_is_refused_is_not_even_sent(
    world: FlickrWorld, backend: FlickrBackend, name: str
) -> None:
    with pytest.raises(Rejected, match="Flickr takes no"):
        backend.save("Rome", name, world.source(f"Rome/{name}"), ignore)
    assert world.flickr.calls["upload"] == 0


def test_the_owner_of_the_settings_is_whose_albums_are_looked_at(
    world: FlickrWorld,
) -> None:
    bert = world.flickr.web_of("bert")
    bert.album("Oslo", [bert.photo("a", is_public=1)])
    session = Session(world.home)
    home = Home(world.home, world.home)
    for owner, title, why in (
        ("bert", "Oslo", "the albums belong to bert"),
        (bert.nsid, "Oslo", f"the albums belong to {bert.nsid}"),
        ("anna", "Rome", ""),
        (None, "Rome", ""),
    ):
        if not world.albums():
            world.flickr.web.album("Rome", [world.flickr.web.photo("mine")])
        told = Settings(home=home, owner=owner, flickr_url=world.flickr.url, test=True)
        backend = connect(told, session)
        assert backend.capabilities.read_only == why
        assert list(listed(backend)) == [title]
        backend.close()


def test_a_photo_in_several_albums_cannot_be_renamed_in_one(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(
        backend, world.source("Rome/a.jpg", "same"), world.source("Best/a.jpg", "same")
    )
    photo = listed(backend)["Rome"][0]
    with pytest.raises(NotMovable, match="other albums"):
        backend.move(photo, "Rome", "b.jpg")
    assert world.photos() == {"Rome/a.jpg": jpeg("same"), "Best/a.jpg": jpeg("same")}


# -- when a photo was taken
# --------------------------------------------------------------------


def test_a_listing_tells_when_photos_were_taken_unless_flickr_does_not_know(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    camera = picture(world.top / "a.jpg", exif=exif("2019:05:01 10:00:00"))
    world.send(backend, world.source("Rome/a.jpg", camera.read_bytes()))
    world.send(backend, world.source("Rome/b.jpg"))
    memory = KeptMemory()
    world.flickr.clock.advance(3600)
    for remembered in (False, True, True):
        fresh = world.connect()
        if remembered:
            fresh.use_cache(memory)
        found = {photo.name: photo.taken for photo in listed(fresh)["Rome"]}
        assert found == {"a.jpg": "2019-05-01 10:00:00", "b.jpg": ""}


def test_copies_and_dates_are_remembered(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    put(backend, copy(world, "Rome/a.jpg"))
    memory = KeptMemory()
    world.flickr.clock.advance(3600)
    for _ in range(2):
        take_calls(world)
        fresh = world.connect()
        fresh.use_cache(memory)
        assert listed(fresh) == listed(world.connect())
        assert find_only_photo(fresh, "Rome").reduced


# -- what people wrote
# -------------------------------------------------------------------------


def test_what_people_wrote_about_a_photo_is_told_without_our_tags(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (photo_id,) = world.send(backend, world.source("Rome/a.jpg"))
    web = world.flickr.web
    web.add_tags(photo_id, "Two Words", "ns:Pred=Some Value", "photosync:missing=local")
    web.edit(
        photo_id, title="A day out", description="With <b>us</b>\nall", license="4"
    )
    web.edit(photo_id, taken="2019-05-01 10:00:00", taken_unknown=0)
    facts = backend.metadata(find_only_photo(backend, "Rome"))
    page = f"/photos/{web.nsid}/{photo_id}/"
    assert facts is not None
    assert facts.source.endswith(page)
    assert facts == PhotoMetadata(
        "A day out",
        "With <b>us</b>\nall",
        ("Two Words", "ns:Pred=Some Value"),
        "2019-05-01 10:00:00",
        "second",
        "Attribution License",
        "https://creativecommons.org/licenses/by/2.0/",
        facts.source,
    )


def test_a_photo_about_which_nobody_wrote_has_no_facts(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    world.send(backend, world.source("Rome/a.jpg"))
    photo = find_only_photo(backend, "Rome")
    take_calls(world)
    assert not backend.metadata(photo)
    assert take_calls(world) == {"photos.getInfo": 1}


@pytest.mark.parametrize(
    "title", ["Zürich 1.jpg", "Zürich 1", " Zürich 1 ", "Zu\u0308rich 1", ""]
)
def test_a_title_that_is_the_name_of_the_file_is_no_fact(
    world: FlickrWorld, backend: FlickrBackend, title: str
) -> None:
    (photo_id,) = world.send(backend, world.source("Rome/Zürich 1.jpg"))
    world.flickr.web.edit(photo_id, title=title)
    assert not backend.metadata(find_only_photo(backend, "Rome"))


@pytest.mark.parametrize("title", ["IMG_1.JPG", "IMG_1", "v1.2 final", "../x"])
def test_the_title_of_a_photo_that_came_another_way_is_its_name_and_no_fact(
    world: FlickrWorld, backend: FlickrBackend, title: str
) -> None:
    web = world.flickr.web
    web.album("Rome", [web.photo(title, jpeg("a"))])
    assert not backend.metadata(find_only_photo(backend, "Rome"))


@pytest.mark.parametrize(
    ("granularity", "unknown", "date", "expected"),
    [
        (0, 0, "2019-05-01 10:00:00", ("2019-05-01 10:00:00", "second")),
        (4, 0, "2019-05-01 00:00:00", ("2019-05-01 00:00:00", "month")),
        (6, 0, "2019-01-01 00:00:00", ("2019-01-01 00:00:00", "year")),
        (8, 0, "2019-01-01 00:00:00", ("", "second")),
        (0, 1, "2019-05-01 10:00:00", ("", "second")),
        (0, 0, "0000-00-00 00:00:00", ("", "second")),
    ],
)
def test_a_date_is_told_as_exactly_as_flickr_knows_it(
    world: FlickrWorld,
    backend: FlickrBackend,
    granularity: int,
    unknown: int,
    date: str,
    expected: tuple[str, str],
) -> None:
    web = world.flickr.web
    photo = web.photo("a", jpeg("a"))
    web.edit(photo, taken=date, granularity=granularity, taken_unknown=unknown)
    web.album("Rome", [photo])
    facts = backend.metadata(find_only_photo(backend, "Rome"))
    assert facts is not None
    assert (facts.taken, facts.granularity) == expected


def test_licences_are_asked_for_once_and_only_if_a_photo_has_one(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    web.album(
        "Rome",
        [web.photo(f"{one}", jpeg(one), license=one) for one in ("0", "4", "9", "99")],
    )
    take_calls(world)
    found = [backend.metadata(photo) for photo in listed(backend)["Rome"]]
    assert take_calls(world)["photos.licenses.getInfo"] == 1
    assert [one.licence for one in found if one is not None] == [
        "",
        "Attribution License",
        "Public Domain Dedication (CC0)",
        "",
    ]
    assert [bool(one.licence_url) for one in found if one] == [True, True]


def test_of_a_photo_that_is_gone_no_facts_are_told(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    (photo_id,) = world.send(backend, world.source("Rome/a.jpg"))
    photo = find_only_photo(backend, "Rome")
    world.flickr.web.delete(photo_id)
    with pytest.raises(NotFound):
        backend.metadata(photo)


# -- albums brought up to date
# -----------------------------------------------------------------


def facts_about(
    taken: dict[str, str], text: str = "synced from Rome by photosync"
) -> AlbumMetadata:
    return AlbumMetadata(text, min(taken.values(), default=""), taken)


def test_dates_that_flickr_does_not_know_are_written_once(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    known, unknown, today, not_ours = web.photos(
        [{"taken": "2018-01-01 00:00:00"}, {}, {}, {"uploaded": WHEN}]
    )
    web.album("Rome", [known, unknown, not_ours, today])
    list(backend.albums())
    close = web.get(today)["taken"]
    facts = facts_about(
        {known: "2017-01-01 00:00:00", unknown: "2019-05-01 10:00:00", today: close}
    )
    take_calls(world)
    backend.update_album("Rome", facts)
    writes = {
        "photosets.editMeta": 1,
        "photos.setDates": 1,
        "photosets.reorderPhotos": 1,
    }
    assert take_calls(world) == {"photosets.getPhotos": 1, **writes}
    assert web.get(unknown)["taken"] == "2019-05-01 10:00:00"
    assert (web.get(unknown)["taken_unknown"], web.get(known)["taken"][:4]) == (
        0,
        "2018",
    )
    (album,) = web.titled("Rome")
    assert web.photos_in(album) == [known, not_ours, unknown, today]
    assert web.all_albums()[0]["primary_photo"] == int(known)
    for again in (backend, world.connect()):
        list(again.albums())
        take_calls(world)
        again.update_album("Rome", facts)
        assert take_calls(world) == {"photosets.getPhotos": 1}


def test_a_date_that_flickr_does_not_take_holds_nothing_up(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    ids = web.photos([{}, {}, {}])
    album = web.album("Rome", ids)
    list(backend.albums())
    taken = {
        ids[0]: "2999-01-01 00:00:00",
        ids[1]: "no date",
        ids[2]: "2019-05-01 10:00:00",
    }
    backend.update_album("Rome", facts_about(taken))
    assert [web.get(one)["taken_unknown"] for one in ids] == [1, 1, 0]
    assert web.photos_in(album) == [ids[2], ids[0], ids[1]]


def test_the_time_of_a_file_orders_its_album_and_is_not_written_as_a_date(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    ids = world.send(
        backend, *(world.source(f"Rome/{n}.jpg", when=WHEN - n) for n in range(5))
    )
    taken = {one: format_local_time((WHEN - n) * 10**9) for n, one in enumerate(ids)}
    take_calls(world)
    backend.update_album("Rome", facts_about(taken))
    # All of it was seen when it was filled.
    assert take_calls(world) == {"photosets.editMeta": 1}
    assert world.albums()["Rome"] == ids[::-1]


def test_an_album_that_is_not_there_needs_nothing(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    album = world.flickr.web.album("Rome", [world.flickr.web.photo("a")])
    list(backend.albums())
    world.flickr.web.delete_album(album)
    for title in ("Rome", "Paris"):
        backend.update_album(title, facts_about({}))
    assert world.albums() == {}


def test_without_a_description_that_of_the_album_stays(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    web.album("Rome", [web.photo("a")], "synced from Rome by photosync")
    list(backend.albums())
    take_calls(world)
    backend.update_album("Rome", facts_about({}, ""))
    assert take_calls(world) == {"photosets.getPhotos": 1}


@pytest.mark.parametrize("batches", [1, 3])
def test_photos_dated_by_their_names_come_in_order_and_are_not_put_in_order_again(
    world: FlickrWorld, backend: FlickrBackend, batches: int
) -> None:
    names = [f"IMG_2019{n % 12 + 1:02}01_101010.jpg" for n in range(12)]
    sources = [
        world.source(f"Rome/{name}", when=WHEN - n) for n, name in enumerate(names)
    ]
    for n in range(batches):
        world.send(backend, *sources[n::batches])
    (album,) = world.flickr.web.titled("Rome")
    titles = world.flickr.web.titles_in(album)
    taken = {
        one: f"{title[4:8]}-{title[8:10]}-{title[10:12]} 10:10:10"
        for one, title in zip(world.albums()["Rome"], titles, strict=True)
    }
    take_calls(world)
    backend.update_album("Rome", facts_about(taken))
    # Only a new album comes in order at once; what joins one comes last in it.
    assert ("photosets.reorderPhotos" in take_calls(world)) is (batches > 1)
    assert world.flickr.web.titles_in(album) == names
    backend.update_album("Rome", facts_about(taken))
    assert take_calls(world) == {"photosets.getPhotos": 1}


def test_a_first_upload_and_bringing_its_albums_up_to_date_stay_within_the_budget(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    now = world.flickr.clock.now()
    titles, photos = ("Rome", "Paris"), 100
    list(backend.albums())
    for title in titles:
        sources = [
            world.source(f"{title}/{n:03}.jpg", when=now - n) for n in range(photos)
        ]
        ids = world.send(backend, *sources)
        dates = [world.flickr.web.get(one)["taken"] for one in ids]
        by_time = {one: dates[photos - 1 - n] for n, one in enumerate(ids)}
        calls_before = sum(world.flickr.calls.values())
        backend.update_album(title, facts_about(by_time))
        assert sum(world.flickr.calls.values()) - calls_before <= 3
    assert sum(world.flickr.calls.values()) <= 1.1 * photos * len(titles)
