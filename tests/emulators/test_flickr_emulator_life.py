"""What life does to an account on Flickr: lists that lag, edits on the site, originals
that are withheld.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from emulators.flickr_api import JPEG, MP4, PNG, Api, labels
from photosync.emulators.flickr import FlickrEmulator, empty_reading, missing_reading

LAG = 60.0
MTS = b"\x47" + bytes(187) + b"\x47" + bytes(187)


@pytest.fixture(name="emulator")
def running_emulator(tmp_path: Path) -> Iterator[FlickrEmulator]:
    with FlickrEmulator(tmp_path / "flickr") as running:
        yield running


@pytest.fixture
def api(emulator: FlickrEmulator) -> Api:
    return Api(emulator)


def created(api: Api, title: str, photo: str) -> str:
    reply = api.call("photosets.create", title=title, primary_photo_id=photo)
    return str(reply["photoset"]["id"])


def info(api: Api, photo: str) -> Any:
    return api.call("photos.getInfo", photo_id=photo)["photo"]


def test_a_new_set_is_unknown_for_a_while(emulator: FlickrEmulator, api: Api) -> None:
    photos = emulator.web.photos({"title": title} for title in "ab")
    old = emulator.web.album("old", photos)
    emulator.settings.sets_lag = LAG
    album = created(api, "new", photos[0])
    which = {"photoset_id": album, "user_id": "me"}

    def listed() -> list[str]:
        rows = api.call("photosets.getList")["photosets"]["photoset"]
        return [row["id"] for row in rows]

    assert listed() == [old]
    assert api.code("photosets.getPhotos", **which) == 1
    adding = {"photoset_id": album, "photo_id": photos[1]}
    assert api.code("photosets.addPhoto", **adding) == 1
    emulator.clock.advance(LAG)
    assert listed() == [album, old]
    api.call("photosets.addPhoto", **adding)
    assert api.members(album) == photos


def test_new_members_show_up_late(emulator: FlickrEmulator, api: Api) -> None:
    a, b = emulator.web.photos({"title": title} for title in "ab")
    album = emulator.web.album("x", [a])
    emulator.settings.members_lag = LAG
    edit = {"photoset_id": album, "primary_photo_id": a}
    api.call("photosets.editPhotos", **edit, photo_ids=f"{a},{b}")
    assert api.members(album) == [a]
    emulator.clock.advance(LAG)
    assert api.members(album) == [a, b]


def test_a_photo_that_left_a_set_is_listed_in_it_for_a_while(
    emulator: FlickrEmulator, api: Api
) -> None:
    a, b, c, d = emulator.web.photos({"title": title} for title in "abcd")
    album = emulator.web.album("x", [a, b, c])
    emulator.settings.left_lag = LAG
    api.call("photosets.removePhoto", photoset_id=album, photo_id=a)
    edit = {"photoset_id": album, "primary_photo_id": c}
    api.call("photosets.editPhotos", **edit, photo_ids=f"{c},{b},{d}")
    api.call("photos.delete", photo_id=c)
    assert sorted(api.members(album)) == [a, b, c, d]
    # The photo itself knows, and so does the count of the set.
    assert "set" not in api.call("photos.getAllContexts", photo_id=a)
    (row,) = api.call("photosets.getList")["photosets"]["photoset"]
    assert row["photos"] == 2
    api.call("photosets.addPhoto", photoset_id=album, photo_id=a)
    assert sorted(api.members(album)) == [a, b, c, d]
    emulator.clock.advance(LAG)
    assert api.members(album) == [b, d, a]


def test_lists_tell_the_old_texts_of_a_photo_for_a_while(
    emulator: FlickrEmulator, api: Api
) -> None:
    (photo,) = emulator.web.photos([{"title": "old"}])
    album = emulator.web.album("x", [photo])
    emulator.settings.texts_lag = LAG
    api.call("photos.setMeta", photo_id=photo, title="new", description="told")
    api.call("photos.addTags", photo_id=photo, tags="red")

    def listed() -> tuple[str, str, str]:
        which = {"photoset_id": album, "user_id": "me"}
        told = api.call("photosets.getPhotos", **which, extras="description,tags")
        (row,) = told["photoset"]["photo"]
        return row["title"], row["description"]["_content"], row["tags"]

    assert listed() == ("old", "", "")
    # The photo itself knows.
    info = api.call("photos.getInfo", photo_id=photo)["photo"]
    assert info["title"]["_content"] == "new"
    emulator.clock.advance(LAG)
    assert listed() == ("new", "told", "red")


def test_a_new_photo_is_not_yet_in_no_set(emulator: FlickrEmulator, api: Api) -> None:
    emulator.web.photo("old")
    emulator.settings.not_in_set_lag = LAG
    api.upload(title="new")
    assert api.titles("photos.getNotInSet") == ["old"]
    emulator.clock.advance(LAG)
    assert api.titles("photos.getNotInSet") == ["new", "old"]


def test_a_fresh_photo_fails_its_whole_batch(
    emulator: FlickrEmulator, api: Api
) -> None:
    old = emulator.web.photos({"title": str(number)} for number in range(499))
    album = emulator.web.album("x", old)
    emulator.settings.fresh_lag = LAG
    new = api.upload(title="new")
    assert info(api, new)["title"]["_content"] == "new"
    assert api.code("photosets.create", title="y", primary_photo_id=new) == 2
    edit = {"photoset_id": album, "primary_photo_id": old[0]}
    batch = ",".join([*old, new])
    assert api.code("photosets.editPhotos", **edit, photo_ids=batch) == 2
    assert len(emulator.web.photos_in(album)) == 499
    emulator.clock.advance(LAG)
    api.call("photosets.editPhotos", **edit, photo_ids=batch)
    assert len(emulator.web.photos_in(album)) == 500


def test_one_reading_of_a_set_is_empty_and_one_finds_none(
    emulator: FlickrEmulator, api: Api
) -> None:
    photo = emulator.web.photo("a")
    album = emulator.web.album("x", [photo])
    emulator.plan(empty_reading(), missing_reading())
    assert api.members(album) == []
    assert (
        api.send("photosets.getPhotos", photoset_id=album, user_id="me").json()["code"]
        == 1
    )
    assert api.members(album) == [photo]


@pytest.mark.parametrize("edit", ["rotate", "set_privacy"])
def test_secrets_change_without_the_bytes(
    emulator: FlickrEmulator, api: Api, edit: str
) -> None:
    photo = emulator.web.photo("a", JPEG)

    def change() -> Any:
        emulator.clock.advance(5)
        if edit == "rotate":
            emulator.web.rotate(photo)
        else:
            emulator.web.set_privacy(photo, public=False, family=True)
        return info(api, photo)

    before, after = info(api, photo), change()
    for secret in ("secret", "originalsecret"):
        assert before[secret] != after[secret]
    assert emulator.web.content(photo) == JPEG
    moments = [int(seen["dates"]["lastupdate"]) for seen in (before, after)]
    assert moments[0] < moments[1]
    emulator.settings.new_secrets_with_edits = False
    assert change()["originalsecret"] == after["originalsecret"]


def test_a_rotation_may_give_other_bytes(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a", JPEG)
    emulator.web.rotate(photo, PNG)
    assert emulator.web.content(photo) == PNG
    assert info(api, photo)["rotation"] == 90


def test_originals_may_be_withheld_for_a_while(
    emulator: FlickrEmulator, api: Api
) -> None:
    photo = emulator.web.photo("a", JPEG, width=3000, height=2000)
    extras = "url_o,original_format"

    def row() -> Any:
        return api.call("photos.getNotInSet", extras=extras)["photos"]["photo"][0]

    seen = row()
    emulator.settings.withhold_originals = True
    assert not {"url_o", "originalsecret", "originalformat"} & row().keys()
    assert "Original" not in labels(api, photo)
    assert requests.get(seen["url_o"], timeout=60).status_code == 404
    emulator.settings.withheld = "address"
    assert row()["originalsecret"] == seen["originalsecret"]
    assert "url_o" not in row()
    emulator.settings.withhold_originals = False
    assert row() == seen
    assert requests.get(seen["url_o"], timeout=60).content == JPEG


def test_a_long_tag_is_cut_in_silence(emulator: FlickrEmulator, api: Api) -> None:
    photo = api.upload(tags=f"ns:name={'a' * 300}")
    assert emulator.web.raw_tags(photo) == ["ns:name=" + "a" * 300]
    emulator.settings.max_tag_length = 10
    api.call("photos.addTags", photo_id=photo, tags="0123456789x")
    assert emulator.web.raw_tags(photo)[1] == "0123456789"


def test_each_tag_names_its_author(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a", tags=["mine"])
    ben = emulator.web_of("ben")
    ben.add_tags(photo, "theirs")
    tags = info(api, photo)["tags"]["tag"]
    assert [(tag["raw"], tag["author"], tag["authorname"]) for tag in tags] == [
        ("mine", emulator.web.nsid, "anna"),
        ("theirs", ben.nsid, "ben"),
    ]
    emulator.web.remove_tags(photo, "mine")
    assert emulator.web.raw_tags(photo) == ["theirs"]


@pytest.mark.parametrize("data", [MP4, MTS])
def test_a_video_needs_a_name_with_an_ending(
    emulator: FlickrEmulator, api: Api, data: bytes
) -> None:
    assert 'code="5"' in api.post(data, "dummy name").text
    assert 'stat="ok"' in api.post(data, "photo.mts").text
    assert 'stat="ok"' in api.post(JPEG, "dummy name").text
    emulator.settings.needs_endings = False
    assert 'stat="ok"' in api.post(data, "dummy name").text
