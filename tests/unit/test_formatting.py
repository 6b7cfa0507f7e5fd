"""Numbers and names as a person reads them."""

from __future__ import annotations

import pytest

from photosync.formatting import (
    align_columns,
    count_nouns,
    locate_side,
    measure,
    name_service,
    pad,
    shorten,
)


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 photos"), (1, "1 photo"), (2, "2 photos"), (1200, "1,200 photos")],
)
def test_one_thing_is_no_plural(count: int, told: str) -> None:
    assert count_nouns(count, "photo") == told


@pytest.mark.parametrize(
    ("service", "name", "place"),
    [
        ("drive", "Drive", "on Drive"),
        ("flickr", "Flickr", "on Flickr"),
        ("folder:/mnt/drive", "/mnt/drive", "on /mnt/drive"),
        ("folder", "another disk", "on another disk"),
        ("local", "here", "here"),
    ],
)
def test_services_have_names_and_places(service: str, name: str, place: str) -> None:
    assert (name_service(service), locate_side(service)) == (name, place)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("Rome", 4), ("日本旅行", 8), ("🎉 Party", 8), ("e\u0301", 1), ("ספר", 3)],
)
def test_a_text_is_as_wide_as_a_terminal_shows_it(text: str, columns: int) -> None:
    assert measure(text) == columns
    assert pad(text, 10) == text + " " * (10 - columns)
    assert pad(text, 10, left=False) == " " * (10 - columns) + text


@pytest.mark.parametrize(
    "text", ["2019 - Rome and Naples", "日本旅行の写真 - 京都と大阪"]
)
@pytest.mark.parametrize("room", range(9, 22))
def test_a_title_is_shortened_in_its_middle_to_what_fits(text: str, room: int) -> None:
    short = shorten(text, room)
    assert room - 2 <= measure(short) <= room
    first, last = short.split("...")
    assert text.startswith(first)
    assert text.endswith(last)


@pytest.mark.parametrize("room", range(4))
def test_where_there_is_no_room_only_a_gap_is_left(room: int) -> None:
    assert shorten("Rome and Naples", room) == "..."


def test_columns_stand_below_one_another_whatever_the_script() -> None:
    rows = [["日本", "1"], ["Rome and more", "20"]]
    assert list(align_columns(rows)) == ["日本            1", "Rome and more  20"]
