from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from photosync.errors import SetupNeeded, UsageError
from photosync.services.auth import client_secrets

# As Google's console gives them.
DESKTOP = {
    "installed": {
        "client_id": "1-a.apps.googleusercontent.com",
        "project_id": "photos",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_secret": "GOCSPX-b",
        "redirect_uris": ["http://localhost"],
    }
}
LIMITED = {
    "installed": {k: v for k, v in DESKTOP["installed"].items() if k != "redirect_uris"}
}
WEB = {
    "web": {
        **DESKTOP["installed"],
        "redirect_uris": ["https://example.com/back", "http://localhost:8080/"],
        "javascript_origins": ["https://example.com"],
    }
}
FLICKR = {"flickr": {"api_key": "k", "api_secret": "s"}}


def load(folder: Path, content: Any, **environment: str) -> client_secrets.Keys:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / client_secrets.FILE).write_text(text)
    return client_secrets.load(None, [folder], environment)[0]


@pytest.mark.parametrize(
    ("content", "kind", "redirects"),
    [
        (DESKTOP, "installed", ("http://localhost",)),
        (LIMITED, "limited-input", ()),
        (WEB, "web", ("https://example.com/back", "http://localhost:8080/")),
    ],
)
def test_googles_own_file_works_as_downloaded(
    tmp_path: Path, content: Any, kind: str, redirects: tuple[str, ...]
) -> None:
    google = load(tmp_path, content).google
    assert google == client_secrets.GoogleClient(
        kind,
        "1-a.apps.googleusercontent.com",
        "GOCSPX-b",
        "https://accounts.google.com/o/oauth2/auth",
        "https://oauth2.googleapis.com/token",
        redirects,
    )
    assert google is not None
    assert google.sibling("/revoke") == "https://oauth2.googleapis.com/revoke"


def test_a_file_saved_by_a_windows_editor_works(tmp_path: Path) -> None:
    (tmp_path / client_secrets.FILE).write_text(json.dumps(DESKTOP), "utf-8-sig")
    assert client_secrets.load(None, [tmp_path], {})[0].google


def test_flickrs_key_may_stand_beside_or_alone(tmp_path: Path) -> None:
    both = load(tmp_path, DESKTOP | FLICKR)
    assert both.google
    assert both.flickr == client_secrets.FlickrKey("k", "s")
    alone = load(tmp_path, FLICKR)
    assert alone.google is None
    assert alone.flickr


def test_the_environment_comes_first_and_is_enough_alone(tmp_path: Path) -> None:
    ours = {"PHOTOSYNC_GOOGLE_CLIENT_ID": "i", "PHOTOSYNC_GOOGLE_CLIENT_SECRET": "s"}
    google = load(tmp_path, DESKTOP, **ours).google
    assert google
    assert (google.kind, google.client_id, google.client_secret) == (
        "installed",
        "i",
        "s",
    )
    found, _ = client_secrets.load(None, [tmp_path / "nowhere"], ours)
    assert found.google
    assert found.google.kind == "installed"
    flickr = {"PHOTOSYNC_FLICKR_KEY": "k2", "PHOTOSYNC_FLICKR_SECRET": "s2"}
    assert load(tmp_path, FLICKR, **flickr).flickr == client_secrets.FlickrKey(
        "k2", "s2"
    )


def test_the_first_file_found_counts_and_else_the_first_place_is_told(
    tmp_path: Path,
) -> None:
    home, beside = tmp_path / "home", tmp_path / "beside"
    for folder in (home, beside):
        folder.mkdir()
    assert client_secrets.load(None, [home, beside], {}) == (
        client_secrets.Keys(),
        home / client_secrets.FILE,
    )
    (beside / client_secrets.FILE).write_text(json.dumps(FLICKR))
    assert (
        client_secrets.load(None, [home, beside], {})[1] == beside / client_secrets.FILE
    )
    (home / client_secrets.FILE).write_text(json.dumps(DESKTOP))
    assert (
        client_secrets.load(None, [home, beside], {})[1] == home / client_secrets.FILE
    )


def test_a_named_file_counts_alone_and_must_be_there(tmp_path: Path) -> None:
    load(tmp_path, DESKTOP)
    other = tmp_path / "other.json"
    with pytest.raises(UsageError, match="no such file"):
        client_secrets.load(str(other), [tmp_path], {})
    other.write_text(json.dumps(FLICKR))
    found, place = client_secrets.load(str(other), [tmp_path], {})
    assert (found.google, place) == (None, other)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "\x00",
        "[]",
        "{}",
        {"installed": {}},
        {"installed": []},
        {"installed": {"client_id": 1, "client_secret": 2}},
        {"web": {"client_id": "i", "client_secret": ""}},
        {"type": "service_account"},
    ],
)
def test_what_is_wrong_is_explained_with_all_steps(
    tmp_path: Path, content: Any
) -> None:
    with pytest.raises(SetupNeeded) as raised:
        load(tmp_path, content).find_google("nowhere")
    lines = str(raised.value).splitlines()
    assert str(tmp_path / client_secrets.FILE) in lines[0]
    assert len(lines) < 24
    assert lines[-1] == "  8. Run: photosync -a -p drive"


@pytest.mark.parametrize("content", ["{", "", "[" * 50_000, {"type": "account"}])
def test_who_wants_flickr_is_not_sent_to_google(tmp_path: Path, content: Any) -> None:
    with pytest.raises(UsageError) as raised:
        load(tmp_path, content).find_flickr("nowhere")
    told = str(raised.value)
    assert told.startswith(str(tmp_path / client_secrets.FILE))
    assert '"api_key": "THE KEY"' in told
    assert "Google Auth" not in told
    assert "\n" not in told


def test_half_a_key_in_the_environment_names_the_other_half(tmp_path: Path) -> None:
    named = {"PHOTOSYNC_FLICKR_KEY": "k"}
    keys, _ = client_secrets.load(None, [tmp_path], named)
    with pytest.raises(UsageError, match="PHOTOSYNC_FLICKR_SECRET go together"):
        keys.find_flickr("nowhere")


@pytest.mark.parametrize("redirects", ["http://localhost", None, 7, {}])
def test_redirects_that_are_no_list_are_none(tmp_path: Path, redirects: Any) -> None:
    content = {"web": {**WEB["web"], "redirect_uris": redirects}}
    google = load(tmp_path, content).google
    assert google
    assert google.redirect_uris == ()


@pytest.mark.parametrize(
    "part", [{}, [], {"api_key": "k"}, {"api_key": "", "api_secret": "s"}]
)
def test_half_a_key_of_flickrs_is_a_usage_error(tmp_path: Path, part: Any) -> None:
    with pytest.raises(UsageError, match="needs api_key and api_secret"):
        load(tmp_path, {"flickr": part}).find_flickr("nowhere")


def test_what_one_service_lacks_does_not_keep_from_the_other(tmp_path: Path) -> None:
    keys = load(tmp_path, DESKTOP | {"flickr": {"api_key": "k"}})
    assert keys.find_google("nowhere") == keys.google
    keys = load(tmp_path, FLICKR | {"installed": {"client_id": "i"}})
    assert keys.find_flickr("nowhere") == keys.flickr


def test_each_key_knows_where_it_stands(tmp_path: Path) -> None:
    place = tmp_path / client_secrets.FILE
    keys = load(tmp_path, WEB | FLICKR, PHOTOSYNC_FLICKR_KEY="k2")
    assert keys.google
    assert keys.google.id_from == f"web.client_id in {place}"
    assert keys.google.secret_from == f"web.client_secret in {place}"
    assert keys.flickr
    assert keys.flickr.key_from == "PHOTOSYNC_FLICKR_KEY"
    assert keys.flickr.secret_from == f"flickr.api_secret in {place}"


def test_no_key_shows_itself(tmp_path: Path) -> None:
    found = load(tmp_path, DESKTOP | FLICKR)
    for shown in (
        repr(found),
        repr(found.google),
        repr(found.flickr),
        str(found.google),
    ):
        assert "GOCSPX" not in shown
        assert "'s'" not in shown
