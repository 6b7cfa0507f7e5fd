from pathlib import Path
from typing import Any

import pytest

from emulators.flickr_api import Api
from photosync.emulators.flickr import FlickrEmulator


@pytest.fixture(name="emulator")
def running_emulator(tmp_path: Path) -> Any:
    with FlickrEmulator(tmp_path / "flickr") as running:
        yield running


@pytest.fixture
def api(emulator: FlickrEmulator) -> Api:
    return Api(emulator)


@pytest.fixture
def photos(emulator: FlickrEmulator) -> list[str]:
    return emulator.web.photos({"title": title} for title in "abcd")


def created(api: Api, title: str, photo: str) -> str:
    reply = api.call("photosets.create", title=title, primary_photo_id=photo)
    return str(reply["photoset"]["id"])


def test_a_set_lives_from_its_first_photo_to_its_last(
    emulator: FlickrEmulator, api: Api, photos: list[str]
) -> None:
    album = created(api, "Trip", photos[0])
    assert len(album) == 17
    assert api.members(album) == photos[:1]
    for photo in photos[1:]:
        api.call("photosets.addPhoto", photoset_id=album, photo_id=photo)
    assert api.code("photosets.addPhoto", photoset_id=album, photo_id=photos[1]) == 3
    assert api.members(album) == photos
    api.call("photosets.removePhoto", photoset_id=album, photo_id=photos[0])
    assert api.code("photosets.removePhoto", photoset_id=album, photo_id=photos[0]) == 3
    row = api.call("photosets.getList")["photosets"]["photoset"][0]
    assert (row["primary"], row["photos"], row["count_photos"]) == (photos[1], 3, "3")
    api.call("photos.delete", photo_id=photos[1])
    assert api.members(album) == photos[2:]
    for photo in photos[2:]:
        api.call("photosets.removePhoto", photoset_id=album, photo_id=photo)
    assert api.code("photosets.getPhotos", photoset_id=album, user_id="me") == 1
    assert len(emulator.web.everything()) == 3
    second = created(api, "Trip", photos[2])
    api.call("photos.delete", photo_id=photos[2])
    assert api.code("photosets.getPhotos", photoset_id=second, user_id="me") == 1


def test_titles_need_not_differ_and_new_sets_come_first(
    emulator: FlickrEmulator, api: Api, photos: list[str]
) -> None:
    first, second = created(api, "Same", photos[0]), created(api, "Same", photos[0])
    rows = api.call("photosets.getList")["photosets"]["photoset"]
    assert [(row["id"], row["title"]["_content"]) for row in rows] == [
        (second, "Same"),
        (first, "Same"),
    ]
    third = created(api, "Third", photos[1])
    emulator.web.order_albums([first, third])
    rows = api.call("photosets.getList", primary_photo_extras="media")["photosets"][
        "photoset"
    ]
    assert [row["id"] for row in rows] == [first, third, second]
    assert rows[0]["primary_photo_extras"]["media"] == "photo"
    contexts = api.call("photos.getAllContexts", photo_id=photos[0])["set"]
    assert [context["id"] for context in contexts] == [first, second]


REFUSED_CREATIONS = [
    ({}, 1),
    ({"title": " "}, 1),
    ({"title": "a"}, 2),
    ({"title": "a", "primary_photo_id": "x"}, 2),
]


@pytest.mark.parametrize(("arguments", "code"), REFUSED_CREATIONS)
def test_creation_is_refused(api: Api, arguments: dict[str, str], code: int) -> None:
    assert api.code("photosets.create", **arguments) == code


def test_edit_photos_replaces_everything(api: Api, photos: list[str]) -> None:
    a, b, c, d = photos
    album = created(api, "Trip", a)
    edit = {"photoset_id": album, "primary_photo_id": c}
    for _ in range(2):
        api.call("photosets.editPhotos", **edit, photo_ids=f"{d},{c},{b}")
    assert api.members(album) == [d, c, b]
    rows = api.call("photosets.getPhotos", photoset_id=album, user_id="me")["photoset"][
        "photo"
    ]
    assert [row["isprimary"] for row in rows] == ["0", "1", "0"]
    assert (
        api.code("photosets.editPhotos", **{**edit, "photoset_id": "9"}, photo_ids=c)
        == 1
    )
    assert api.code("photosets.editPhotos", **edit, photo_ids=f"{c},9") == 2
    assert (
        api.code(
            "photosets.editPhotos", **{**edit, "primary_photo_id": "9"}, photo_ids=c
        )
        == 3
    )
    assert api.code("photosets.editPhotos", **edit, photo_ids=d) == 4
    assert api.code("photosets.editPhotos", **edit, photo_ids="") == 5
    assert api.members(album) == [d, c, b]


def test_photos_can_be_reordered(api: Api, photos: list[str]) -> None:
    a, b, c, d = photos
    album = created(api, "Trip", a)
    every = ",".join(photos)
    api.call(
        "photosets.editPhotos", photoset_id=album, primary_photo_id=a, photo_ids=every
    )
    api.call("photosets.reorderPhotos", photoset_id=album, photo_ids=f"{d},{b}")
    assert api.members(album) == [d, b, a, c]
    api.call("photosets.setPrimaryPhoto", photoset_id=album, photo_id=c)
    assert api.call("photosets.getList")["photosets"]["photoset"][0]["primary"] == c
    assert api.code("photosets.setPrimaryPhoto", photoset_id=album, photo_id="9") == 2
    assert api.code("photosets.reorderPhotos", photoset_id=album, photo_ids="9") == 2


def test_sets_can_be_renamed_and_deleted_but_the_photos_stay(
    emulator: FlickrEmulator, api: Api, photos: list[str]
) -> None:
    album = created(api, "Trip", photos[0])
    api.call("photosets.editMeta", photoset_id=album, title="T", description="D")
    api.call("photosets.editMeta", photoset_id=album, title="U")
    row = api.call("photosets.getList")["photosets"]["photoset"][0]
    assert (row["title"]["_content"], row["description"]["_content"]) == ("U", "D")
    assert api.code("photosets.editMeta", photoset_id=album, title="") == 2
    emulator.web.delete_album(album)
    assert len(api.titles("photos.getNotInSet")) == 4


def test_limits_of_sets(emulator: FlickrEmulator, api: Api, photos: list[str]) -> None:
    emulator.settings.max_photos_per_set, emulator.settings.max_sets = 2, 1
    album = created(api, "Trip", photos[0])
    more = {"title": "b", "primary_photo_id": photos[0]}
    assert api.code("photosets.create", **more) == 3
    api.call("photosets.addPhoto", photoset_id=album, photo_id=photos[1])
    assert api.code("photosets.addPhoto", photoset_id=album, photo_id=photos[2]) == 10
    edit = {"photoset_id": album, "primary_photo_id": photos[0]}
    assert api.code("photosets.editPhotos", **edit, photo_ids=",".join(photos)) == 10
    assert api.members(album) == photos[:2]


def updated(api: Api) -> int:
    return int(api.call("photosets.getList")["photosets"]["photoset"][0]["date_update"])


def test_the_date_of_a_set_moves_with_the_set(
    emulator: FlickrEmulator, api: Api, photos: list[str]
) -> None:
    album = emulator.web.album("Trip", photos[:2], created=5, updated=5)
    api.call("photos.setMeta", photo_id=photos[0], title="x")
    api.call("photos.addTags", photo_id=photos[0], tags="x")
    assert updated(api) == 5
    emulator.settings.member_edits_touch_sets = True
    api.call("photos.addTags", photo_id=photos[0], tags="y")
    seen = [updated(api)]
    changes = [
        ("addPhoto", {"photo_id": photos[2]}),
        ("removePhoto", {"photo_id": photos[2]}),
        ("editMeta", {"title": "x"}),
        ("reorderPhotos", {"photo_ids": photos[1]}),
    ]
    for method, arguments in changes:
        emulator.clock.advance(2)
        api.call(f"photosets.{method}", photoset_id=album, **arguments)
        seen.append(updated(api))
    emulator.clock.advance(2)
    api.call("photos.delete", photo_id=photos[0])
    seen.append(updated(api))
    assert seen == sorted(set(seen))


def test_pages_of_a_set_end_in_a_refusal(emulator: FlickrEmulator, api: Api) -> None:
    photos = emulator.web.photos({"title": str(number)} for number in range(7))
    album = emulator.web.album("Trip", photos)
    which = {"photoset_id": album, "user_id": "me", "per_page": 3}
    pages = [
        api.call("photosets.getPhotos", **which, page=page)["photoset"]
        for page in (1, 2, 3)
    ]
    assert [row["id"] for page in pages for row in page["photo"]] == photos
    assert (pages[0]["pages"], pages[0]["total"]) == (3, 7)
    assert api.code("photosets.getPhotos", **which, page=4) == 1
    assert api.code("photosets.getPhotos", photoset_id=album) == 2
    assert api.code("photosets.getPhotos", photoset_id=album, user_id="x") == 2
    assert (
        api.code("photosets.getPhotos", photoset_id="72177720300000999", user_id="me")
        == 1
    )


def test_lists_after_their_last_page_are_empty_or_repeat(
    emulator: FlickrEmulator, api: Api, photos: list[str]
) -> None:
    which: dict[str, Any] = {"per_page": 3, "page": 3}
    assert api.titles("photos.getNotInSet", **which) == []
    emulator.settings.page_after_last = "repeat"
    emulator.settings.totals_as_text = True
    assert api.titles("photos.getNotInSet", **which) == ["a"]
    assert api.call("photos.getNotInSet", **which)["photos"]["total"] == str(
        len(photos)
    )


def test_five_hundred_sets_at_most_come_at_once(
    emulator: FlickrEmulator, api: Api, photos: list[str]
) -> None:
    emulator.web.albums((str(number), photos[:1]) for number in range(501))
    reply = api.call("photosets.getList")["photosets"]
    assert (len(reply["photoset"]), reply["total"]) == (500, 501)
    assert len(api.call("photosets.getList", page=2)["photosets"]["photoset"]) == 1
    assert api.code("photosets.getList", user_id="x") == 1


def test_the_user_works_on_the_site(
    emulator: FlickrEmulator, api: Api, photos: list[str]
) -> None:
    web = emulator.web
    album = web.album("Trip", photos[:2])
    web.put_in(album, photos[2])
    web.arrange(album, [photos[2], photos[1]])
    web.edit(photos[2], title="changed")
    web.set_tags(photos[2], ["One Tag"])
    web.edit_album(album, title="Tour")
    assert web.titled("Tour") == [album]
    assert web.titles_in(album) == ["changed", "b"]
    assert api.members(album) == web.photos_in(album)
    web.take_out(album, photos[2])
    web.delete(photos[1])
    assert web.all_albums() == []
    assert [photo["title"] for photo in web.named("changed")] == ["changed"]
