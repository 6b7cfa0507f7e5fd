"""Records of Flickr's listings: what an earlier photosync kept of them stays readable."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.services.flickr.listings.cached_listing import CachedSet
from photosync.services.flickr.listings.listing import PhotoSet, SetState
from photosync.services.flickr.records.photo_rows import PhotoRow

OF_EARLIER_HOME = """[
    {"state": [1795618037, 2, 0], "settled": true},
    {"id": "53000000001", "title": "d.jpg", "secret": "379e060ad7",
     "originalsecret": "ef22c7e407", "originalformat": "jpg",
     "machine_tags":
     "photosync:md5=c4ed11f4b0c8493cab2a1f2ed9bcca80 photosync:file=10x1700000000000xcgn6ks37",
     "media": "photo", "url_o": "https://live.staticflickr.com/65535/53000000001_ef22c7e407_o.jpg",
     "datetaken": "2026-11-25 14:47:17", "datetakenunknown": "1"},
    {"id": "53000000000", "title": "", "secret": "02d1dd3312", "machine_tags": "",
     "media": "video", "datetaken": "2019-05-04 10:00:00", "datetakenunknown": "0"}
]"""
"""What the commit before the records kept of a set of two."""

texts = st.text(max_size=8)
rows = st.builds(
    PhotoRow,
    id=texts.filter(bool),
    title=texts,
    secret=texts,
    original_secret=texts,
    original_format=texts,
    original_url=texts,
    machine_tags=texts,
    media=texts,
    date_taken=texts,
    is_date_unknown=st.booleans(),
)
counts = st.integers(0, 10**10)
cached_sets = st.builds(
    CachedSet,
    state=st.builds(SetState, counts, counts, counts),
    is_settled=st.booleans(),
    photos=st.lists(rows, max_size=3).map(tuple),
)


def read_earlier() -> CachedSet:
    cached = CachedSet.from_json(json.loads(OF_EARLIER_HOME))
    assert cached is not None
    return cached


def test_rows_of_an_earlier_home_are_read() -> None:
    cached = read_earlier()
    assert cached.state == SetState(1795618037, photos=2, videos=0)
    assert cached.is_settled
    sent, foreign = (row.to_photo("721") for row in cached.photos)
    assert (sent.name, sent.size, sent.modified_ns) == ("d.jpg", 10, 17 * 10**17)
    assert sent.md5 == "c4ed11f4b0c8493cab2a1f2ed9bcca80"
    assert (sent.album_id, sent.taken) == ("721", "")
    assert (foreign.name, foreign.stem) == ("53000000000.mp4", "53000000000")
    assert (foreign.size, foreign.md5) == (None, None)
    assert foreign.taken == "2019-05-04 10:00:00"
    assert cached.photos[0].original.url.endswith("_o.jpg")
    assert cached.photos[1].original.is_video


@pytest.mark.parametrize(
    ("title", "media", "original_format", "name"),
    [
        ("Birthday", "photo", "png", "Birthday.png"),
        ("Birthday", "photo", "", "Birthday.jpg"),
        ("Birthday", "video", "", "Birthday.mp4"),
        # The format of a video is that of its still picture.
        ("Birthday", "video", "jpg", "Birthday.mp4"),
        ("Birthday.mov", "video", "jpg", "Birthday.mov"),
    ],
)
def test_a_photo_without_our_tags_gets_an_ending_of_its_kind(
    title: str, media: str, original_format: str, name: str
) -> None:
    row = PhotoRow(
        id="53000000001", title=title, media=media, original_format=original_format
    )
    assert row.to_photo("721").name == name


def test_the_version_of_a_photo_tells_its_secrets_apart() -> None:
    sent, foreign = (row.to_photo("721") for row in read_earlier().photos)
    assert sent.version == "o:ef22c7e407,p:379e060ad7"
    # Of a video, or where originals are withheld, there is but one.
    assert foreign.version == "p:02d1dd3312"


@given(cached_sets)
def test_what_is_kept_of_a_set_is_read_back(cached: CachedSet) -> None:
    assert CachedSet.from_json(json.loads(json.dumps(cached.to_json()))) == cached


@pytest.mark.parametrize(
    "damaged",
    [
        [],
        [{}],
        ["settled"],
        [{"settled": True}],
        [{"state": 7, "settled": True}],
        [{"state": [1, 2, 3, 4], "settled": True}],
        [{"state": [1, 2, 3]}],
        [{"state": [1, 1, 0], "settled": True}, {}],
        [{"state": [1, 1, 0], "settled": True}, "53000000001"],
        [{"state": [1, 1, 0], "settled": True}, {"id": "1", "datetakenunknown": "x"}],
    ],
)
def test_rows_that_are_damaged_are_no_set(damaged: list[Any]) -> None:
    assert CachedSet.from_json(damaged) is None


def test_a_set_is_current_while_settled_complete_and_of_the_same_state() -> None:
    cached = read_earlier()
    photoset = PhotoSet("721", "Rome", 1, state=cached.state)
    assert cached.is_current(photoset)
    later = cached.state._replace(updated_at=cached.state.updated_at + 1)
    assert not cached.is_current(photoset._replace(state=later))
    unsettled = CachedSet(cached.state, is_settled=False, photos=cached.photos)
    assert not unsettled.is_current(photoset)
    cut = CachedSet(cached.state, is_settled=True, photos=cached.photos[:1])
    assert not cut.is_current(photoset)


def test_numbers_and_texts_of_flickr_make_the_same_row() -> None:
    numbers = {"id": 53000000001, "title": "a", "datetakenunknown": 1, "url_o": None}
    words = {"id": "53000000001", "title": "a", "datetakenunknown": "1"}
    assert PhotoRow.from_json(numbers) == PhotoRow.from_json(words)
