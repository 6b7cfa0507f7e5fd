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
    shorten_path,
    wrap_line,
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


@pytest.mark.parametrize("width", range(24, 60))
@pytest.mark.parametrize(
    "line",
    [
        "! 2 photos left alone on Drive: only there, and nobody knows why",
        "    2015 - Trip/IMG_1.jpg, 2016 - Trip/IMG_2.jpg, 2017 - Trip/IMG_3.jpg",
        "  > 京都 と 大阪 と 奈良 と 東京 -> 日本 の 旅行",
    ],
)
def test_a_line_is_broken_between_words_as_a_terminal_shows_them(
    line: str, width: int
) -> None:
    first, *others = wrap_line(line, width)
    assert max(map(measure, [first, *others])) <= width
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    assert all(other.startswith(indent) for other in others)
    assert " ".join([first, *(other.strip() for other in others)]) == line


def test_no_line_begins_with_the_dash_of_a_title() -> None:
    for width in range(20, 60):
        for piece in wrap_line("    2015 - Trip to Rome, 2016 - Trip to Oslo", width):
            assert not piece.lstrip().startswith("- ")


def test_an_empty_line_stays_one() -> None:
    assert list(wrap_line("", 40)) == [""]


def test_of_a_long_path_its_end_is_told_in_as_many_columns_as_there_are() -> None:
    assert shorten_path("/mnt/backup") == "/mnt/backup"
    assert shorten_path("/mnt/a long way/to the backup", 12) == "...he backup"
    assert measure(shorten_path("/写真/日本旅行の写真/京都と大阪", 12)) <= 12
