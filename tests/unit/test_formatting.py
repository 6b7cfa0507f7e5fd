"""Numbers and names as a person reads them."""

from __future__ import annotations

import pytest

from photosync.formatting import count_nouns, locate_side, name_service


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
