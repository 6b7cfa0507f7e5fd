from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests

from emulators.flickr_api import JPEG, MP4, Api, labels
from photosync.emulators.flickr import FlickrEmulator


@pytest.fixture(name="emulator")
def running_emulator(tmp_path: Path) -> Any:
    with FlickrEmulator(tmp_path / "flickr") as running:
        yield running


@pytest.fixture
def api(emulator: FlickrEmulator) -> Api:
    return Api(emulator)


TAGS = [
    ("Two Words", "twowords"),
    ("New-York!", "newyork"),
    ("under_score", "underscore"),
    ("Ünïcode", "ünïcode"),
    ("日本", "日本"),
    ("a.b,c/d", "abcd"),
    ("checksum:md5=D41D8CD98F00B204", "checksum:md5=d41d8cd98f00b204"),
    ("Name_Space:Pred_1=Some Value.JPG", "name_space:pred_1=somevaluejpg"),
    ("1ns:pred=x", "1nspredx"),
    ("ns:pred=", "nspred"),
    ("ns:pred=a=b:c", "ns:pred=abc"),
]


@pytest.mark.parametrize(("raw", "normal"), TAGS)
def test_tags_are_found_in_normal_form(
    emulator: FlickrEmulator, api: Api, raw: str, normal: str
) -> None:
    photo = emulator.web.photo("a")
    api.call("photos.addTags", photo_id=photo, tags=f'"{raw}"')
    tag = api.call("photos.getInfo", photo_id=photo)["photo"]["tags"]["tag"][0]
    is_machine = ":" in normal
    assert (tag["raw"], tag["_content"], tag["machine_tag"]) == (
        raw,
        normal,
        int(is_machine),
    )
    row = api.call("photos.getNotInSet", extras="tags,machine_tags")["photos"]["photo"]
    assert row[0]["tags"] == normal
    assert row[0]["machine_tags"] == (normal if is_machine else "")


def test_tags_of_equal_normal_form_are_one(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a", tags=["Sea Side"])
    api.call(
        "photos.addTags",
        photo_id=photo,
        tags='seaside "SEA-SIDE" ns:p="x y" NS:P=xy !!!',
    )
    assert emulator.web.raw_tags(photo) == ["Sea Side", "ns:p=x y"]
    tags = api.call("photos.getInfo", photo_id=photo)["photo"]["tags"]["tag"]
    api.call("photos.removeTag", tag_id=tags[0]["id"])
    assert emulator.web.raw_tags(photo) == ["ns:p=x y"]
    assert api.code("photos.removeTag", tag_id=tags[0]["id"]) == 1
    assert api.code("photos.removeTag", tag_id="x") == 1


def test_the_seventy_sixth_tag_is_refused_with_all_others(
    emulator: FlickrEmulator, api: Api
) -> None:
    photo = emulator.web.photo("a", tags=[f"t{number}" for number in range(74)])
    assert api.code("photos.addTags", photo_id=photo, tags="x y") == 2
    assert len(emulator.web.raw_tags(photo)) == 74
    api.call("photos.addTags", photo_id=photo, tags="x t1")
    assert len(emulator.web.raw_tags(photo)) == 75


def test_machine_tag_values_may_keep_their_form(
    emulator: FlickrEmulator, api: Api
) -> None:
    emulator.settings.normalise_machine_values = False
    emulator.web.photo("a", tags=["ns:file=IMG 1.JPG"])
    query = 'ns:file="IMG 1.JPG"'
    rows = api.call("photos.search", machine_tags=query, extras="machine_tags")[
        "photos"
    ]["photo"]
    assert rows[0]["machine_tags"] == "ns:file=IMG 1.JPG"


QUERIES = [
    ("ns:md5=aa", "any", {"a"}),
    ("NS:MD5=AA", "any", {"a"}),
    ('"ns:md5=aa"', "any", set()),
    ("ns:md5=", "any", {"a", "b"}),
    ("ns:*", "any", {"a", "b", "c"}),
    ("ns:", "any", {"a", "b", "c"}),
    ("*:md5=aa", "any", {"a", "d"}),
    ("*:*=bb", "any", {"b"}),
    ("ns:md5=aa,ns:md5=bb", "any", {"a", "b"}),
    ("ns:md5=,ns:name=", "all", {"b"}),
]


@pytest.mark.parametrize(("query", "mode", "titles"), QUERIES)
def test_machine_tags_can_be_queried(
    emulator: FlickrEmulator, api: Api, query: str, mode: str, titles: set[str]
) -> None:
    tags = {"a": ["ns:md5=aa"], "b": ["ns:md5=bb", "ns:name=x"], "c": ["ns:name=y"]}
    for title, raws in {**tags, "d": ["other:md5=aa"], "e": []}.items():
        emulator.web.photo(title, tags=raws)
    arguments = {"user_id": "me", "machine_tags": query, "machine_tag_mode": mode}
    if titles:
        assert set(api.titles("photos.search", **arguments)) == titles
    else:
        assert api.code("photos.search", **arguments) == 11


def test_search_takes_tags_text_and_order(emulator: FlickrEmulator, api: Api) -> None:
    for number, title in enumerate(["Red house", "Blue house", "Red boat"]):
        colour = title.split()[0]
        emulator.web.photo(title, tags=[colour, "all"], uploaded=1000 + number)
    assert api.titles("photos.search", text="house RED") == ["Red house"]
    assert api.titles("photos.search", tags="RED,blue", sort="date-posted-asc") == [
        "Red house",
        "Blue house",
        "Red boat",
    ]
    assert api.titles("photos.search", tags="red,all", tag_mode="all")[0] == "Red boat"
    assert api.titles("photos.search", user_id="me", min_upload_date="1002") == [
        "Red boat"
    ]
    assert api.code("photos.search") == 3
    assert api.code("photos.search", user_id="nobody") == 2
    many = ",".join(f"a:b={number}" for number in range(9))
    assert api.code("photos.search", machine_tags=many) == 12
    assert not api.titles("photos.search", machine_tags=many, machine_tag_mode="all")


def test_search_stops_at_four_thousand(emulator: FlickrEmulator, api: Api) -> None:
    emulator.web.photos({"title": str(number)} for number in range(4600))
    pages = [
        api.titles("photos.search", user_id="me", per_page=500, page=page)
        for page in (8, 9, 10)
    ]
    assert pages[0] == pages[1] == pages[2]
    emulator.settings.search_overflow = "fail"
    assert api.code("photos.search", user_id="me", per_page=500, page=9) == 20
    stream = api.call("photos.getNotInSet", per_page=900, page=10)["photos"]
    assert (stream["perpage"], stream["pages"], stream["total"]) == (500, 10, 4600)
    assert len(stream["photo"]) == 100


def test_the_index_learns_late(emulator: FlickrEmulator, api: Api) -> None:
    emulator.settings.index_lag = 60
    old = emulator.web.photo("old", tags=["ns:k=1"])
    new = api.upload(title="new", tags="ns:k=2")
    query = {"user_id": "me", "machine_tags": "ns:k="}
    api.call("photos.addTags", photo_id=old, tags="ns:l=3")
    assert api.titles("photos.search", **query) == ["old"]
    assert api.titles("photos.getNotInSet") == ["new", "old"]
    assert set(api.titles("photos.recentlyUpdated", min_date=1)) == {"new", "old"}
    emulator.clock.advance(61)
    assert api.titles("photos.search", **query) == ["new", "old"]
    assert api.titles("photos.search", machine_tags="ns:l=3") == ["old"]
    api.call("photos.delete", photo_id=new)
    assert api.titles("photos.search", **query) == ["new", "old"]
    assert api.code("photos.getInfo", photo_id=new) == 1
    emulator.clock.advance(61)
    assert api.titles("photos.search", **query) == ["old"]


def test_recent_updates_come_newest_first(emulator: FlickrEmulator, api: Api) -> None:
    a, _ = (
        emulator.web.photo(title, uploaded=1000 + n) for n, title in enumerate("ab")
    )
    assert api.titles("photos.recentlyUpdated", min_date=1) == ["b", "a"]
    api.call("photos.setMeta", photo_id=a, title="A")
    rows = api.call("photos.recentlyUpdated", min_date="1002")["photos"]["photo"]
    assert [row["title"] for row in rows] == ["A"]
    assert int(rows[0]["lastupdate"]) > 1_000_000
    assert api.code("photos.recentlyUpdated") == 1
    assert api.code("photos.recentlyUpdated", min_date="yesterday") == 2
    emulator.settings.updated_lag = 60
    assert api.titles("photos.recentlyUpdated", min_date="1002") == []
    emulator.clock.advance(61)
    assert api.titles("photos.recentlyUpdated", min_date="1002") == ["A"]


def test_lists_know_all_extras(emulator: FlickrEmulator, api: Api) -> None:
    emulator.web.photo(
        "a", width=800, height=600, taken="2020-01-02 03:04:05", uploaded=77
    )
    extras = (
        "original_format,url_o,o_dims,last_update,date_upload,date_taken,tags,machine_tags,media,"
        "description,path_alias,views,license,geo,owner_name,icon_server,url_z,url_l,unknown"
    )
    row = api.call("photos.getNotInSet", extras=extras)["photos"]["photo"][0]
    assert (row["originalformat"], row["width_o"], row["o_width"]) == (
        "jpg",
        800,
        "800",
    )
    assert row["url_o"].endswith(f"/{row['id']}_{row['originalsecret']}_o.jpg")
    assert (row["dateupload"], row["lastupdate"]) == ("77", "77")
    assert (row["datetaken"], row["datetakenunknown"]) == ("2020-01-02 03:04:05", "0")
    assert (row["media"], row["media_status"], row["pathalias"]) == (
        "photo",
        "ready",
        "anna",
    )
    assert (row["width_z"], row["height_z"]) == (640, 480)
    assert "url_l" not in row
    assert not {"size", "filename", "md5", "filesize"} & row.keys()


def test_a_photo_is_under_one_of_the_licences(
    emulator: FlickrEmulator, api: Api
) -> None:
    photo = emulator.web.photo("a", license="4")
    rows = api.call("photos.licenses.getInfo")["licenses"]["license"]
    names = {one["id"]: (one["name"], one["url"]) for one in rows}
    assert names[0] == ("All Rights Reserved", "")
    assert names[4] == (
        "Attribution License",
        "https://creativecommons.org/licenses/by/2.0/",
    )
    row = api.call("photos.getNotInSet", extras="license")["photos"]["photo"][0]
    info = api.call("photos.getInfo", photo_id=photo)["photo"]
    assert (row["license"], info["license"]) == ("4", "4")
    other = api.call("photos.getInfo", photo_id=emulator.web.photo("b"))["photo"]
    assert other["license"] == "0"


def test_sizes_are_smaller_than_the_original(
    emulator: FlickrEmulator, api: Api
) -> None:
    photo = emulator.web.photo("a", width=1100, height=1000)
    sizes = api.call("photos.getSizes", photo_id=photo)["sizes"]["size"]
    assert [size["label"] for size in sizes][-3:] == ["Medium 800", "Large", "Original"]
    for size in sizes:
        assert requests.get(size["source"], timeout=60).content[:3] == b"\xff\xd8\xff"


def test_originals_of_a_free_account_are_gone(
    emulator: FlickrEmulator, api: Api
) -> None:
    photo = emulator.web.photo("a", JPEG, width=3000, height=2000)
    extras = "url_o,original_format,url_h"
    row = api.call("photos.getNotInSet", extras=extras)["photos"]["photo"][0]
    url = row["url_o"]
    assert requests.get(url, timeout=60).content == JPEG
    emulator.web.change_account(pro=0)
    row = api.call("photos.getNotInSet", extras=extras)["photos"]["photo"][0]
    assert not {"url_o", "originalsecret", "originalformat", "url_h"} & row.keys()
    info = api.call("photos.getInfo", photo_id=photo)["photo"]
    assert "originalsecret" not in info
    labels = [
        size["label"]
        for size in api.call("photos.getSizes", photo_id=photo)["sizes"]["size"]
    ]
    assert labels[-1] == "Large"
    assert requests.get(url, timeout=60).status_code == 404


def test_others_see_public_photos_only(emulator: FlickrEmulator, api: Api) -> None:
    ben = emulator.web_of("ben")
    public, private = ben.photo("public", JPEG), ben.photo("private", is_public=0)
    both = ben.album("both", [private, public])
    ben.album("hidden", [private])
    assert api.titles("photos.search", user_id=ben.nsid) == ["public"]
    assert api.code("photos.getInfo", photo_id=private) == 1
    assert api.code("photos.setMeta", photo_id=public, title="x") == 1
    sets = api.call("photosets.getList", user_id=ben.nsid)["photosets"]["photoset"]
    assert [(row["title"]["_content"], row["photos"]) for row in sets] == [("both", 1)]
    reply = api.call(
        "photosets.getPhotos", photoset_id=both, user_id=ben.nsid, extras="url_o"
    )
    assert [row["id"] for row in reply["photoset"]["photo"]] == [public]
    assert "url_o" in reply["photoset"]["photo"][0]
    ben.change_account(shares_originals=0)
    assert "Original" not in labels(api, public)


def test_people_are_found(emulator: FlickrEmulator, api: Api) -> None:
    ben = emulator.web_of("Ben Nevis")
    nsid = api.call("people.findByUsername", username="ben nevis")["user"]["nsid"]
    assert nsid == ben.nsid
    for url in (
        f"https://www.flickr.com/photos/{nsid}/",
        "http://flickr.com/people/ben_nevis",
    ):
        assert api.call("urls.lookupUser", url=url)["user"]["id"] == nsid
    assert api.code("people.findByUsername", username="x") == 1
    assert api.code("urls.lookupUser", url="x") == 1
    limits = api.call("people.getLimits")["person"]
    assert limits["photos"]["maxupload"] == str(200 * 1024**2)
    status = api.call("people.getUploadStatus")["user"]
    assert status["sets"] == {"created": 0, "remaining": "lots"}


DATES = [
    ({}, 2),
    ({"date_taken_granularity": "5"}, 3),
    ({"date_posted": "soon"}, 4),
    ({"date_posted": "9999999999"}, 4),
    ({"date_taken": "2020-01-02"}, 5),
    ({"date_taken": "2020-13-02 00:00:00"}, 6),
    ({"date_taken": "2999-01-02 00:00:00"}, 6),
    ({"date_taken": "1700-01-02 00:00:00"}, 6),
]


@pytest.mark.parametrize(("arguments", "code"), DATES)
def test_wrong_dates_are_refused(
    emulator: FlickrEmulator, api: Api, arguments: dict[str, str], code: int
) -> None:
    photo = emulator.web.photo("a")
    assert api.code("photos.setDates", photo_id=photo, **arguments) == code


def test_photos_can_be_edited(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a", description="old")
    api.call("photos.setMeta", photo_id=photo, title="ü/.. 😀")
    taken = "2001-02-03 04:05:06"
    api.call(
        "photos.setDates", photo_id=photo, date_taken=taken, date_posted="5", x="y"
    )
    info = api.call("photos.getInfo", photo_id=photo)["photo"]
    assert (info["title"]["_content"], info["description"]["_content"]) == (
        "ü/.. 😀",
        "old",
    )
    assert (info["dates"]["taken"], info["dates"]["posted"]) == (taken, "5")
    assert info["visibility"] == {"ispublic": 1, "isfriend": 0, "isfamily": 0}
    assert api.code("photos.setMeta", photo_id=photo) == 2
    assert api.code("photos.delete", photo_id="12") == 1
    assert api.code("photos.delete") == 1


def test_texts_are_trimmed_and_lose_most_of_their_html(
    emulator: FlickrEmulator, api: Api
) -> None:
    photo = emulator.web.photo("a")
    text = " <p>A <b>bold</b> word, 1 < 2 <!> </p> "
    api.call("photos.setMeta", photo_id=photo, title="  x ", description=text)
    sent = api.upload(title=" y ", description=text)
    for one, title in ((photo, "x"), (sent, "y")):
        info = api.call("photos.getInfo", photo_id=one)["photo"]
        assert info["title"]["_content"] == title
        assert info["description"]["_content"] == "A <b>bold</b> word, 1 < 2 <!>"


def test_a_photo_has_a_place(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a")

    def listed() -> tuple[object, ...]:
        row = api.call("photos.getNotInSet", extras="geo")["photos"]["photo"][0]
        return tuple(row[name] for name in ("latitude", "longitude", "accuracy"))

    assert listed() == (0, 0, 0)
    place = {"photo_id": photo, "lat": "-33.8567849", "lon": "151.2152979"}
    api.call("photos.geo.setLocation", **place)
    # More than six decimal places are cut off.
    told = ("-33.856784", "151.215297", "16")
    assert listed() == told
    found = api.call("photos.geo.getLocation", photo_id=photo)["photo"]["location"]
    assert (found["latitude"], found["longitude"], found["accuracy"]) == told
    api.call("photos.geo.removeLocation", photo_id=photo)
    assert listed() == (0, 0, 0)
    assert api.code("photos.geo.getLocation", photo_id=photo) == 2
    assert api.code("photos.geo.getLocation", photo_id="1") == 1
    assert api.code("photos.geo.removeLocation", photo_id=photo) == 2
    emulator.web.change_account(shows_places=0)
    assert api.code("photos.geo.setLocation", **place) == 7


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"photo_id": "12"}, 1),
        ({"lat": ""}, 2),
        ({"lat": "90.1"}, 3),
        ({"lat": "north"}, 3),
        ({"lon": "-180.1"}, 4),
        ({"accuracy": "17"}, 5),
    ],
)
def test_places_that_the_earth_has_not_are_refused(
    emulator: FlickrEmulator, api: Api, arguments: dict[str, str], code: int
) -> None:
    good = {"photo_id": emulator.web.photo("a"), "lat": "1", "lon": "2"}
    assert api.code("photos.geo.setLocation", **{**good, **arguments}) == code


def test_a_pending_video_has_no_original_yet(
    emulator: FlickrEmulator, api: Api
) -> None:
    emulator.settings.video_processing = 60
    video = api.upload(MP4)
    info = api.call("photos.getInfo", photo_id=video)["photo"]
    assert (info["media"], info["video"]["ready"], info["video"]["pending"]) == (
        "video",
        0,
        1,
    )
    labels = [
        size["label"]
        for size in api.call("photos.getSizes", photo_id=video)["sizes"]["size"]
    ]
    assert labels[-1] == "Original"
    emulator.clock.advance(61)
    sizes = api.call("photos.getSizes", photo_id=video)["sizes"]["size"]
    assert (sizes[-1]["label"], sizes[-1]["media"]) == ("Video Original", "video")
    assert f"/photos/{emulator.web.nsid}/{video}/play/orig/" in sizes[-1]["source"]
    answer = requests.get(sizes[-1]["source"], timeout=60)
    assert (answer.content, answer.headers["Content-Type"]) == (MP4, "video/mp4")
    assert answer.history[0].status_code == 302
    still = requests.get(sizes[-2]["source"], timeout=60)
    assert still.content.startswith(b"\xff\xd8\xff")
    row = api.call("photos.getNotInSet", extras="media,url_o")["photos"]["photo"][0]
    assert row["media_status"] == "ready"
    assert row["url_o"] == sizes[-2]["source"]


def test_missing_files_are_404_or_a_picture(emulator: FlickrEmulator, api: Api) -> None:
    photo = api.upload()
    row = api.call("photos.getNotInSet", extras="url_o")["photos"]["photo"][0]
    good = requests.get(row["url_o"].replace("_o.", "_o_d."), timeout=60)
    assert good.headers["Content-Disposition"].startswith("attachment")
    assert good.content == JPEG
    wrong = row["url_o"].replace("_o.", "0_o.")
    assert requests.get(wrong, timeout=60).status_code == 404
    api.call("photos.delete", photo_id=photo)
    assert requests.get(row["url_o"], timeout=60).status_code == 404
    emulator.settings.missing_file = "unavailable"
    answer = requests.get(row["url_o"], timeout=60)
    assert (answer.status_code, answer.history[0].status_code) == (200, 302)
    assert answer.headers["Content-Type"] == "image/gif"


def test_replies_come_in_three_formats(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo('a "b" <c>\n\x07', tags=["x y"])
    wrapped = api.send("photos.licenses.getInfo", nojsoncallback=None).text
    assert wrapped.startswith('jsonFlickrApi({"')
    xml = api.send("photos.getInfo", photo_id=photo, format=None)
    root = ET.fromstring(xml.content)
    assert xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert root.findtext("photo/title") == 'a "b" <c>\n'
    tag = root.find("photo/tags/tag")
    assert tag is not None
    assert (tag.get("raw"), tag.text) == ("x y", "xy")
    rows = ET.fromstring(api.send("photos.getNotInSet", format="rest").content)
    row = rows.find("photos/photo")
    assert row is not None
    assert row.get("title") == 'a "b" <c>\n'
    failed = ET.fromstring(api.send("photos.getInfo", format=None).content)
    error = failed.find("err")
    assert error is not None
    assert (failed.get("stat"), error.get("code")) == ("fail", "1")


def test_unknown_methods_and_formats_are_refused(api: Api) -> None:
    assert api.code("photos.explode") == 112
    answer = api.send("photos.licenses.getInfo", format="soap")
    assert 'code="111"' in answer.text


def test_writing_needs_post(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a")
    assert api.send("photos.getInfo", "GET", photo_id=photo).json()["stat"] == "ok"
    assert api.send("photos.delete", "GET", photo_id=photo).status_code == 405
    assert emulator.web.get(photo)
