"""The emulator serves the library flickrapi as the service does."""

from pathlib import Path
from typing import Any

import flickrapi
import pytest
from flickrapi.auth import FlickrAccessToken, OAuthFlickrInterface

from emulators.flickr_api import JPEG, PNG
from photosync.emulators.flickr import Fault, FlickrEmulator


@pytest.fixture(name="emulator")
def running_emulator(tmp_path: Path) -> Any:
    with FlickrEmulator(tmp_path / "flickr") as running:
        yield running


def client(emulator: FlickrEmulator, response_format: str = "parsed-json") -> Any:
    urls, user = emulator.client_secrets(), emulator.authorized_user()
    places = {
        "REST_URL": urls["rest_url"],
        "UPLOAD_URL": urls["upload_url"],
        "REPLACE_URL": urls["replace_url"],
    }
    library = type("Local", (flickrapi.FlickrAPI,), places)
    token = FlickrAccessToken(
        user["oauth_token"],
        user["oauth_token_secret"],
        "delete",
        "Anna",
        "anna",
        user["user_nsid"],
    )
    return library(
        urls["key"],
        urls["secret"],
        token=token,
        store_token=False,
        format=response_format,
    )


def test_calls_and_uploads_go_round(emulator: FlickrEmulator, tmp_path: Path) -> None:
    flickr = client(emulator)
    path = tmp_path / "bild ü.jpg"
    path.write_bytes(JPEG)
    reply = flickr.upload(str(path), format="etree", tags='"a b" ns:k=v', is_public=0)
    photo = reply.findtext("photoid")
    assert emulator.web.get(photo)["title"] == "bild ü.jpg"
    assert emulator.web.get(photo)["is_public"] == 0
    album = flickr.photosets.create(title="Ü", primary_photo_id=photo)["photoset"]["id"]
    rows = flickr.photosets.getPhotos(
        photoset_id=album, user_id="me", extras="machine_tags"
    )
    assert rows["photoset"]["photo"][0]["machine_tags"] == "ns:k=v"
    path.write_bytes(PNG)
    flickr.replace(str(path), photo_id=photo, format="etree")
    assert emulator.web.content(photo) == PNG
    flickr.photos.delete(photo_id=photo)
    assert emulator.web.all_albums() == []


def test_errors_are_understood(emulator: FlickrEmulator) -> None:
    flickr = client(emulator, "etree")
    with pytest.raises(flickrapi.FlickrError) as caught:
        flickr.photosets.create(title="", primary_photo_id="1")
    assert caught.value.code == 1
    emulator.plan(Fault("test.login", "html", status=429))
    with pytest.raises(flickrapi.FlickrError, match="Status code 429"):
        flickr.test.login()
    assert flickr.test.login().findtext("user/username") == "anna"


def test_it_signs_in(emulator: FlickrEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = emulator.client_secrets()
    for name in ("REQUEST_TOKEN", "AUTHORIZE", "ACCESS_TOKEN"):
        monkeypatch.setattr(
            OAuthFlickrInterface, f"{name}_URL", urls[f"{name.lower()}_url"]
        )
    flickr = client(emulator)
    library = type(flickr)
    fresh = library(
        urls["key"], urls["secret"], store_token=False, format="parsed-json"
    )
    fresh.get_request_token(oauth_callback="oob")
    token = fresh.flickr_oauth.oauth.client.resource_owner_key
    verifier = emulator.grants.approve(token, emulator.web.nsid, "read")
    fresh.flickr_oauth.verifier = verifier
    fresh.flickr_oauth.oauth.client.verifier = verifier
    fresh.flickr_oauth.requested_permissions = "read"
    granted = fresh.flickr_oauth.get_access_token()
    assert granted.username == "anna"
