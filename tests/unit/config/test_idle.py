"""Options that a run is given and that change nothing in it."""

from __future__ import annotations

from typing import Any

import pytest

from photosync.config.idle import find_idle_options
from photosync.config.settings import Settings

IDLE: list[tuple[str, dict[str, Any], str]] = [
    ("report", {"allow_delete": "both"}, "--allowDelete has"),
    ("upload", {"allow_delete": "both"}, "--allowDelete has"),
    ("syncUpload", {"allow_delete": "local"}, "--allowDelete has"),
    ("download", {"shrink": 2048}, "--shrink has"),
    ("report", {"purge": True}, "--purge has"),
    ("report", {"purge": True, "allow_delete": "both"}, "--purge, --allowDelete have"),
    ("report", {"deletedups": True}, "--deletedups has"),
    ("upload", {"largest": True}, "--largest has"),
    ("report", {"largest": True, "purge": True}, "--purge, --largest have"),
    ("sync", {"fail_on_differences": True}, "--fail-on-differences has"),
    ("upload", {"max_delete": "5"}, "--max-delete has"),
    ("report", {"wait": 2.0}, "--wait has"),
]
BUSY: list[tuple[str, dict[str, Any]]] = [
    ("sync", {"allow_delete": "both"}),
    ("syncUpload", {"allow_delete": "both"}),
    ("syncUpload", {"allow_delete": "remote"}),
    ("upload", {"allow_delete": "local", "purge": True}),
    ("download", {"allow_delete": "remote", "deletedups": True}),
    ("upload", {"allow_delete": "remote", "overrides": ["REMOTE_ONLY=DELETE_REMOTE"]}),
    ("upload", {"shrink": 2048}),
    ("report", {"shrink": 2048, "overrides": ["LOCAL_ONLY=UPLOAD_LOCAL"]}),
    ("report", {"allow_delete": "neither"}),
    ("report", {"purge": False}),
    ("report", {"sidecars": True}),
    ("report", {"fail_on_differences": True}),
    ("sync", {"fail_on_differences": True, "test": True}),
    ("sync", {"max_delete": "0"}),
    ("upload", {"max_delete": "0%", "deletedups": True}),
]


@pytest.mark.parametrize(("mode", "given", "told"), IDLE)
def test_an_option_without_effect_is_told(
    mode: str, given: dict[str, Any], told: str
) -> None:
    said = find_idle_options(Settings(mode=mode, **given), given)
    assert said == f"{told} no effect with -m {mode}"


@pytest.mark.parametrize(("mode", "given"), BUSY)
def test_an_option_with_an_effect_is_not_told(mode: str, given: dict[str, Any]) -> None:
    assert find_idle_options(Settings(mode=mode, **given), given) == ""


def test_what_was_not_given_for_this_run_is_not_told() -> None:
    assert find_idle_options(Settings(mode="report", purge=True), {"mode"}) == ""


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("drive", ""),
        ("flickr", "--drive-folder, --drive-scope have"),
        ("folder:/x", "--owner, --drive-folder, --drive-scope, --sidecars have"),
        ("folder:/x,drive", ""),
        ("", ""),
    ],
)
def test_an_option_about_another_service_is_told(scope: str, told: str) -> None:
    given: dict[str, Any] = {
        "owner": "anna",
        "drive_folder": "Album",
        "drive_scope": "full",
        "sidecars": True,
    }
    settings = Settings(mode="sync", scope=(scope,) if scope else (), **given)
    said = find_idle_options(settings, given)
    assert said == (f"{told} no effect with -p {scope}" if told else "")


@pytest.mark.parametrize(
    ("given", "stronger", "key"),
    [
        ({"audit_days": 3.0}, {"stateless": True}, "--stateless"),
        (
            {"album_description": "mine"},
            {"no_album_metadata": True},
            "--noupdatealbummetadata",
        ),
    ],
)
def test_an_option_that_another_one_undoes_is_told(
    given: dict[str, Any], stronger: dict[str, Any], key: str
) -> None:
    (option,) = given
    said = find_idle_options(Settings(**given, **stronger), given)
    assert said == f"--{option.replace('_', '-')} has no effect with {key}"
    assert find_idle_options(Settings(**given), given) == ""


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({"shrink_quality": 50}, {"shrink": 2048}),
        ({"verify_days": 90.0}, {"verify": 0.0}),
        ({"headless": True}, {"authorize": True}),
    ],
)
def test_an_option_that_needs_another_one_is_told(
    given: dict[str, Any], needed: dict[str, Any]
) -> None:
    (option,), (other,) = given, needed
    said = find_idle_options(Settings(**given), given)
    key = option.replace("_", "-")
    assert said.startswith(f"--{key} has no effect without --{other}")
    assert find_idle_options(Settings(**given, **needed), given) == ""


def test_who_reviews_elsewhere_needs_no_sign_in() -> None:
    given = {"headless": True}
    told = "--headless has no effect without --authorize or --review"
    assert find_idle_options(Settings(headless=True), given) == told
    assert find_idle_options(Settings(headless=True, review=True), given) == ""


def test_what_is_taken_back_is_asked_of_no_service() -> None:
    """`--no-largest`, as config.toml says `largest = true` for the runs to Flickr."""
    settings = Settings(mode="sync", scope=("drive",), largest=False)
    assert find_idle_options(settings, {"largest"}) == ""
