"""Settings made in Python, with words, numbers and lists as `config.toml` has them."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from photosync.config.options import OPTIONS, Option
from photosync.config.settings import Home, Settings
from photosync.errors import UsageError
from photosync.media import Kind
from photosync.model import Actions, Attributes, Comparisons, Limit, Side
from photosync.titles import Substitution

_RULE = Substitution.parse("2004|MMIV")


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"mode": "uploadonly"}, "mode", "upload"),
        ({"roots": ["/photos"]}, "roots", ("/photos",)),
        ({"roots": "/photos"}, "roots", ("/photos",)),
        ({"scope": "both"}, "services", ("flickr", "drive")),
        ({"scope": "Drive,Flickr"}, "services", ("drive", "flickr")),
        ({"scope": ["drive", "folder:/a,b"]}, "services", ("drive", "folder:/a,b")),
        ({"scope": "drive,folder:/a"}, "services", ("drive", "folder:/a")),
        ({"allow_delete": "both"}, "allow_delete", frozenset(Side)),
        ({"allow_delete": Side.LOCAL}, "allow_delete", frozenset({Side.LOCAL})),
        ({"max_delete": 500}, "max_delete", Limit(500, None)),
        ({"max_delete": "30%"}, "max_delete", Limit(percent=30)),
        ({"attributes": 4}, "attributes", Attributes.HASH),
        ({"format": "both"}, "format", Kind.BOTH),
        ({"format": Kind.PHOTO}, "format", Kind.PHOTO),
        ({"max_delete": Limit(5)}, "max_delete", Limit(5)),
        ({"replace": _RULE}, "replace", _RULE),
        ({"transfers": 16}, "transfers", 16),
        ({"roots": Path("/photos")}, "roots", ("/photos",)),
        ({"roots": [Path("/a"), "/b"]}, "roots", ("/a", "/b")),
        ({"log": Path("/x")}, "log", "/x"),
        ({"skip": [2019]}, "skip", ("2019",)),
        # What is None is not said.
        ({"mode": None}, "mode", "upload"),
        ({"roots": None}, "roots", ()),
        ({"max_delete": None}, "max_delete", Limit()),
        ({"undo": "last"}, "undo", "last"),
        # What may stand alone on the command line is switched on.
        ({"undo": True}, "undo", "last"),
        ({"shrink": True}, "shrink", 2048),
        ({"verify": True}, "verify", 0.0),
        ({"verify": False}, "verify", None),
        ({"date_limit": date(2024, 1, 31)}, "date_limit", "2024-01-31"),
        (
            {"overrides": {Comparisons.CONFLICT: Actions.KEEP_BOTH}},
            "overrides",
            ((Comparisons.CONFLICT, Actions.KEEP_BOTH),),
        ),
        (
            {"overrides": ["CONFLICT=KEEP_BOTH"]},
            "overrides",
            ((Comparisons.CONFLICT, Actions.KEEP_BOTH),),
        ),
    ],
)
def test_a_value_is_read_as_in_the_configuration(
    given: dict[str, Any], field: str, value: object
) -> None:
    assert getattr(Settings(**given), field) == value


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"transfers": True}, "Settings: transfers: True is not one word or number"),
        ({"transfers": [4]}, "Settings: transfers: [4] is not one word or number"),
        ({"max_duration": timedelta(1)}, "Settings: max_duration: datetime.timedelta"),
        ({"skip": [True]}, "Settings: skip: True is not one word or number"),
        ({"skip": 0.0j}, "Settings: skip: 0j is not a list of words and numbers"),
        ({"roots": b"/a"}, "Settings: roots: b'/a' is not a list of words and"),
        ({"naming": []}, "Settings: naming: needs at least one template"),
        ({"scope": [3]}, "Settings: scope: '3' is not one of "),
        ({"mode": "synk"}, "Settings: mode: 'synk' is not one of "),
        ({"roots": [""]}, "Settings: roots: '' is not a path"),
        ({"scope": "dropbox"}, "Settings: scope: 'dropbox' is not one of "),
        ({"exclude": ["("]}, "Settings: exclude: '(' is not a usable expression"),
        ({"transfers": 0}, "Settings: transfers: '0' is not a whole number from 1"),
        ({"undo": 0}, "Settings: undo: '0' is not a whole number from 1"),
        ({"attributes": 8}, "Settings: attributes: '8' is not a whole number from 1"),
        ({"test": "no"}, "Settings: test: 'no' is not True or False"),
        ({"quiet": True, "verbose": True}, "--verbose and --quiet contradict"),
    ],
)
def test_a_value_that_makes_no_sense_is_one_clear_line(
    given: dict[str, Any], text: str
) -> None:
    with pytest.raises(UsageError) as told:
        Settings(**given)
    assert str(told.value).startswith(text)
    assert "\n" not in str(told.value)


def test_a_list_and_a_tuple_are_the_same_settings() -> None:
    listed: Any = ["*.png"]
    assert Settings(skip=listed) == Settings(skip=("*.png",))
    assert hash(Settings(skip=listed)) == hash(Settings(skip=("*.png",)))


def test_a_home_may_be_named_by_its_path(tmp_path: Path) -> None:
    home: Any = str(tmp_path)
    assert Settings(home).home == Home(tmp_path, tmp_path)
    assert Settings().home == Home.at(None)


def test_settings_may_be_changed_and_stay_the_same_otherwise() -> None:
    settings = Settings(
        mode="sync", scope=("drive",), undo="last", max_delete=Limit(3, None)
    )
    assert dataclasses.replace(settings) == settings
    assert dataclasses.replace(settings, transfers=2).mode == "sync"


@pytest.mark.parametrize(
    ("key", "opposite"),
    [
        ("purge", "--no-purge"),
        ("skip", "--no-skip"),
        ("shrink", "--no-shrink"),
        ("no-trash", "--trash"),
        ("no-progress", "--progress"),
        ("noupdatealbummetadata", "--updatealbummetadata"),
    ],
)
def test_every_option_can_be_taken_back(key: str, opposite: str) -> None:
    (option,) = (option for option in OPTIONS if option.key == key)
    assert option.opposite == opposite


def test_no_spelling_means_two_things() -> None:
    flags = [flag for option in OPTIONS for flag in (*option.flags, option.opposite)]
    spellings = [flag for flag in flags if flag]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
def test_every_option_says_what_it_is_and_fills_a_field(option: Option) -> None:
    assert option.help
    assert option.key
    assert option.flag or option.convert
    assert option.field in {field.name for field in dataclasses.fields(Settings)}


def test_every_field_is_filled_by_one_option() -> None:
    filled = [option.field for option in OPTIONS]
    assert sorted(filled) == sorted(
        field.name for field in dataclasses.fields(Settings)
    )
