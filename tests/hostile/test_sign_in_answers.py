"""Hostile answers of those who sign people in."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from google_auth_oauthlib.flow import Flow
from harness.strangers import Raw, say, serving

from hostile.clients import ONCE
from photosync.errors import PhotosyncError
from photosync.services.auth.client_secrets import FlickrKey, GoogleClient
from photosync.services.drive.calls import signin as google
from photosync.services.drive.calls.connection import Connection
from photosync.services.drive.calls.credentials import SharedCredentials
from photosync.services.drive.listings.listing import search
from photosync.services.flickr.calls.signin import sign_in_flickr

SCOPE = "https://www.googleapis.com/auth/drive.file"
GOOD = {
    "access_token": "t",
    "refresh_token": "r",
    "token_type": "Bearer",
    "scope": SCOPE,
    "expires_in": 3600,
    "device_code": "d",
    "user_code": "u",
    "verification_url": "v",
    "interval": 0,
}
VALUES: list[object] = [None, True, 1.5, 10**30, -1, [], {}, [[]], "\ud800", "x" * 9000]
BODIES: dict[str, bytes] = {
    "no JSON": b"\xff\xfe",
    "empty": b"",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "a text": b'"ok"',
    "an empty object": b"{}",
    "nested deep": b'{"a":' * 60_000 + b"1" + b"}" * 60_000,
    "a long number": b'{"expires_in": ' + b"9" * 6000 + b"}",
    "no form": b"oauth_token=%ff&oauth_token_secret",
    "an error of no kind": b'{"error": {"a": [1]}}',
    "an error that is none": b'{"error": null}',
} | {
    f"{name}: {str(value)[:9]!a}": json.dumps(GOOD | {name: value}).encode()
    for name in ("access_token", "expires_in", "scope", "token_type", "interval")
    for value in VALUES
}


class Nobody:
    """Whoever signs in, who types a code."""

    def tell(self, text: str) -> None:
        """Nothing is read."""

    def ask(self, _: str) -> str:
        return "123-456-789"


@pytest.fixture(params=list(BODIES.values()), ids=list(BODIES))
def answer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Raw:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return say(request.param, content_type="application/json")


def test_a_code_is_redeemed_or_there_is_a_word(answer: Raw) -> None:
    with serving(lambda _: answer) as server:
        names = {
            "client_id": "c",
            "client_secret": "s",
            "auth_uri": server.url,
            "token_uri": server.url,
        }
        session = google._Session(client_id="c", scope=[SCOPE])
        flow = Flow(session, "installed", {"installed": names})
        try:
            found = google._redeem(flow, {"code": "4/0A"}, SCOPE)
        except PhotosyncError:
            return
    assert isinstance(found.credentials.token, str)


def test_a_code_for_another_device_is_redeemed_or_there_is_a_word(answer: Raw) -> None:
    with serving(lambda _: answer) as server:
        client = GoogleClient("limited-input", "c", "s", token_uri=f"{server.url}/t")
        try:
            found = google.sign_in_google(client, SCOPE, Nobody(), headless=True)
        except PhotosyncError:
            return
    assert isinstance(found.credentials.token, str)


def test_a_token_is_renewed_or_there_is_a_word(answer: Raw) -> None:
    with serving(lambda _: answer) as server:
        credentials = SharedCredentials(
            None,
            refresh_token="r",
            token_uri=f"{server.url}/token",
            client_id="c",
            client_secret="s",
            expiry=datetime(2020, 1, 1),  # noqa: DTZ001 - google-auth's own way
        )
        with pytest.raises(PhotosyncError):
            search(Connection(credentials, ONCE, server.url), "trashed = false")


def test_a_sign_in_to_flickr_ends_with_a_word(answer: Raw) -> None:
    with serving(lambda _: answer) as server, pytest.raises(PhotosyncError):
        sign_in_flickr(FlickrKey("k", "s"), Nobody(), server.url, headless=True)
