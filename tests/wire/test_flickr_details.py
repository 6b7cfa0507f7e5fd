"""Title, description, keywords and position on the wire: which calls, and what becomes
of what others wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from harness.flickr_world import (
    FlickrWorld,
    find_only_photo,
    ignore,
    take_calls,
)
from harness.kept_cache import KeptMemory

from photosync.emulators.flickr import Fault
from photosync.errors import Changed, LeftAlone, NotFound
from photosync.model import KEYWORDS, Details, DetailsEdit, RemotePhoto
from photosync.services.flickr.backend import FlickrBackend

TOLD = Details("Dusk", 'By "the" river & so', "", ("Rome", "two words", 'q"uote'))


@pytest.fixture
def backend(world: FlickrWorld) -> Iterator[FlickrBackend]:
    found = world.connect(details=True)
    yield found
    found.close()


@pytest.fixture
def photo(world: FlickrWorld, backend: FlickrBackend) -> RemotePhoto:
    """A photo that was sent with its details, as it is listed."""
    source = replace(world.source("a.jpg"), details=TOLD)
    sent = backend.save("Rome", "a.jpg", source, ignore)
    backend.commit_album("Rome")
    assert backend.has_described(sent)
    world.flickr.web.add_tags(sent.id, "geo:lat=48.8", "Zo\xeb")
    return find_only_photo(backend, "Rome")


def page(world: FlickrWorld, photo: RemotePhoto) -> tuple[str, str, set[str]]:
    web = world.flickr.web
    facts, raws = web.get(photo.id), web.raw_tags(photo.id)
    assert sum(raw.startswith("photosync:") for raw in raws) == 2
    others = {raw for raw in raws if not raw.startswith("photosync:")}
    return facts["title"], facts["description"], others


OTHERS = {"geo:lat=48.8", "Zo\xeb"}
WRITTEN = {"Rome", "two words", "q'uote"}


def test_an_upload_carries_them(world: FlickrWorld, photo: RemotePhoto) -> None:
    expected = ("Dusk", 'By "the" river & so', WRITTEN | OTHERS)
    assert page(world, photo) == expected


def test_a_list_tells_them_without_what_is_ours(
    backend: FlickrBackend, photo: RemotePhoto
) -> None:
    listed = backend.details(photo)
    assert listed is not None
    assert (listed.title, listed.description) == (TOLD.title, TOLD.description)
    assert set(listed.keywords) == {
        "rome",
        "twowords",
        "quote",
        "geo:lat=488",
        "zo\xeb",
    }
    written = backend.ask_details(photo, {KEYWORDS}).written
    assert {written[one] for one in listed.keywords} == WRITTEN | OTHERS


def test_a_photo_that_was_there_before_was_not_described(
    world: FlickrWorld, photo: RemotePhoto
) -> None:
    again = world.connect(details=True)
    list(again.photos(list(again.albums())))
    source = replace(world.source("a.jpg"), details=Details("Other"))
    found = again.save("Paris", "a.jpg", source, ignore)
    assert found.id == photo.id
    assert not again.has_described(found)
    assert page(world, photo)[0] == "Dusk"
    again.close()


@pytest.mark.parametrize(
    ("edit", "calls", "after"),
    [
        (
            DetailsEdit((("title", "Dawn"), ("description", ""))),
            ["photos.getInfo", "photos.setMeta"],
            ("Dawn", "", WRITTEN | OTHERS),
        ),
        (
            DetailsEdit((("title", ""),)),
            ["photos.getInfo", "photos.setMeta"],
            ("a.jpg", TOLD.description, WRITTEN | OTHERS),
        ),
        (
            DetailsEdit((), ("a new one", "Zo\xeb")),
            ["photos.addTags"],
            ("Dusk", TOLD.description, WRITTEN | OTHERS | {"a new one"}),
        ),
        (
            DetailsEdit((), (), ("twowords", "zo\xeb", "photosync:md5=1")),
            ["photos.getInfo", "photos.removeTag", "photos.removeTag"],
            ("Dusk", TOLD.description, {"Rome", "q'uote", "geo:lat=48.8"}),
        ),
        (
            DetailsEdit((("position", "-33.856784 151.215297"),)),
            ["photos.geo.setLocation", "photos.getInfo"],
            ("Dusk", TOLD.description, WRITTEN | OTHERS),
        ),
    ],
)
def test_an_edit_writes_just_that(
    world: FlickrWorld,
    backend: FlickrBackend,
    photo: RemotePhoto,
    edit: DetailsEdit,
    calls: list[str],
    after: tuple[str, str, set[str]],
) -> None:
    listed = backend.details(photo)
    assert listed is not None
    before = page(world, photo)
    take_calls(world)
    backup = backend.write_details(photo, listed, edit)
    counted = take_calls(world)
    assert sorted(calls) == sorted(
        name for name in counted for _ in range(counted[name])
    )
    assert page(world, photo) == after
    backend.restore(photo, backup)
    assert page(world, photo) == before


def test_a_lost_answer_is_asked_for_again(
    world: FlickrWorld, backend: FlickrBackend, photo: RemotePhoto
) -> None:
    listed = backend.details(photo)
    assert listed is not None
    for method in ("photos.setMeta", "photos.addTags", "photos.removeTag"):
        world.flickr.plan(Fault(method, "cut_after"))
    edit = DetailsEdit((("title", "Dawn"),), ("new",), ("rome",))
    backend.write_details(photo, listed, edit)
    title, _, keywords = page(world, photo)
    assert (title, "new" in keywords, "Rome" in keywords) == ("Dawn", True, False)


def test_what_somebody_wrote_since_is_not_written_over(
    world: FlickrWorld, backend: FlickrBackend, photo: RemotePhoto
) -> None:
    listed = backend.details(photo)
    assert listed is not None
    world.flickr.web.edit(photo.id, title="Mine")
    with pytest.raises(Changed, match="its title changed there"):
        backend.write_details(photo, listed, DetailsEdit((("title", "Dawn"),)))
    assert page(world, photo)[0] == "Mine"


def test_the_titles_of_others_and_places_of_public_photos_stay(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    web = world.flickr.web
    web.album("Rome", [web.photo("IMG_1.jpg", is_public=1)])
    photo = find_only_photo(backend, "Rome")
    # Nothing but its title tells which file it is.
    assert backend.find_fields(photo) == {"description", "keywords"}


def test_more_tags_than_fit_are_not_sent(
    world: FlickrWorld, backend: FlickrBackend
) -> None:
    many = Details(keywords=tuple(f"w{number}" for number in range(100)))
    source = replace(world.source("b.jpg"), details=many)
    sent = backend.save("Rome", "b.jpg", source, ignore)
    assert len(page(world, sent)[2]) == 70


def test_an_account_without_a_map_is_told_where_to_say_so(
    world: FlickrWorld, backend: FlickrBackend, photo: RemotePhoto
) -> None:
    world.flickr.web.change_account(shows_places=0)
    edit = DetailsEdit((("position", "1.000000 2.000000"),))
    with pytest.raises(LeftAlone, match="account/geo/privacy"):
        backend.write_details(photo, Details(), edit)


def test_a_photo_that_was_replaced_is_not_brought_back(
    backend: FlickrBackend, photo: RemotePhoto
) -> None:
    for backup in ("", "somewhere else", '{"texts": 1}', "[]"):
        with pytest.raises(NotFound):
            backend.restore(photo, backup)


def test_lists_are_asked_for_them_only_where_they_are_wanted(
    world: FlickrWorld, photo: RemotePhoto
) -> None:
    # Of what changed a moment ago nothing is believed.
    world.flickr.clock.advance(3600)
    memory = KeptMemory()
    told: list[bool] = []
    read: list[bool] = []
    for wanted in (False, True, False, True):
        backend = world.connect(details=wanted)
        backend.use_cache(memory)
        take_calls(world)
        list(backend.photos(list(backend.albums())))
        read.append("photosets.getPhotos" in take_calls(world))
        told.append(backend.details(photo) is not None)
        backend.close()
    # Two cron lines share a cache, which is that of the one that wants more.
    assert told == [False, True, True, True]
    assert read == [True, True, False, False]


def test_of_two_who_write_the_same_title_the_second_is_told(
    backend: FlickrBackend, photo: RemotePhoto
) -> None:
    """The photo lies in two albums here, and was named otherwise in each."""
    listed = backend.details(photo)
    assert listed is not None
    both_are_ready = Barrier(2)

    def write(title: str) -> str:
        both_are_ready.wait(timeout=30)
        try:
            backend.write_details(photo, listed, DetailsEdit((("title", title),)))
        except Changed:
            return "told"
        return "written"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, ("Dawn", "Dim"))) == ["told", "written"]


def test_what_became_public_since_it_was_listed_gets_no_position(
    world: FlickrWorld, backend: FlickrBackend, photo: RemotePhoto
) -> None:
    world.flickr.web.edit(photo.id, is_public=1)
    edit = DetailsEdit((("position", "1.000000 2.000000"),))
    with pytest.raises(Changed, match="everybody sees it"):
        backend.write_details(photo, TOLD, edit)
    assert world.flickr.web.get(photo.id)["accuracy"] == 0


def test_an_account_that_takes_no_position_is_asked_once_and_gets_all_else(
    world: FlickrWorld, backend: FlickrBackend, photo: RemotePhoto
) -> None:
    world.flickr.web.change_account(shows_places=0)
    place = DetailsEdit((("position", "1.000000 2.000000"),))
    with pytest.raises(LeftAlone, match="who may see it"):
        backend.write_details(photo, TOLD, replace(place, added=("a new one",)))
    assert "a new one" in page(world, photo)[2]
    take_calls(world)
    with pytest.raises(LeftAlone, match="who may see it"):
        backend.write_details(photo, TOLD, place)
    assert not take_calls(world)


def test_a_position_that_is_gone_already_may_be_taken_away(
    backend: FlickrBackend, photo: RemotePhoto
) -> None:
    for position in ("1.000000 2.000000", "", ""):
        edit = DetailsEdit((("position", position),))
        backend.write_details(photo, TOLD, edit)
