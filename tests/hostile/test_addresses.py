"""Where tokens and photos go, and where not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from harness.flickr_world import FlickrWorld
from harness.strangers import Asked, Raw, Stranger, memory_growth, say, serving

from hostile.clients import make_drive, make_flickr
from photosync.disk.streams import ignore_progress
from photosync.emulators.flickr import FlickrEmulator
from photosync.errors import Rejected, SideError
from photosync.services.drive.calls.costs import CHUNK
from photosync.services.drive.uploads.transfers import Media, send
from photosync.services.flickr.uploads.uploads import UploadStream

LARGE = CHUNK + 1


@pytest.fixture
def foreign() -> Iterator[Stranger]:
    """A host that is not the service's, under the one name left for it here."""
    with serving(lambda _: say()) as found:
        yield found


def upload(root: str) -> None:
    made = make_drive(root)
    media = Media(BytesIO(bytes(LARGE)), LARGE, mimetype="image/jpeg")
    send(made, lambda: made.files.create(body={}, media_body=media), media)


# -- Drive
# ---------------------------------------------------------------------------------


def test_an_upload_does_not_begin_at_a_foreign_address(foreign: Stranger) -> None:
    elsewhere = f"http://localhost:{foreign.port}/upload"
    with (
        serving(lambda _: say(location=elsewhere)) as server,
        pytest.raises(Rejected, match="not Google's"),
    ):
        upload(server.url)
    assert foreign.asked == []


@pytest.mark.parametrize("status", [200, 308])
def test_an_upload_does_not_go_on_at_a_foreign_address(
    foreign: Stranger, status: int
) -> None:
    elsewhere = f"http://localhost:{foreign.port}/upload"

    def answer(asked: Asked) -> Raw:
        if asked.method == "POST":
            return say(location=f"{server.url}/session")
        return say(b"", status, location=elsewhere, range="bytes=0-262143")

    with serving(answer) as server, pytest.raises(Rejected):
        upload(server.url)
    assert foreign.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x",
        r"https://evil.example\@www.googleapis.com/x",
        "https://www.googleapis.com@evil.example/x",
        "https://www.googleapis.com.evil.example/x",
        "http://www.googleapis.com/x",
        "//www.googleapis.com/x",
        "https://[www.googleapis.com/x",
        "",
    ],
)
def test_an_address_that_only_looks_like_googles_is_not_trusted(address: str) -> None:
    made = make_drive("https://www.googleapis.com")
    assert not made.is_trusted(address)
    assert made.is_trusted("https://www.googleapis.com/upload/drive/v3/files?id=1")
    assert made.is_trusted("https://storage.googleapis.com/x")


# -- Flickr
# --------------------------------------------------------------------------------


def photo() -> UploadStream:
    return UploadStream(BytesIO(b"photo"), 5, ignore_progress)


@pytest.mark.parametrize("status", [302, 307])
def test_neither_calls_nor_photos_for_flickr_go_elsewhere(
    foreign: Stranger, status: int
) -> None:
    elsewhere = f"http://localhost:{foreign.port}/"
    with serving(lambda _: say(status=status, location=elsewhere)) as server:
        made = make_flickr(server.url)
        with pytest.raises(Rejected, match="another host"):
            made.call("test.login")
        with pytest.raises(Rejected, match="another host"):
            made.upload(photo(), "a.jpg", title="a")
        with pytest.raises(Rejected, match="another host"):
            made.replace(photo(), "a.jpg", "1")
    assert len(server.asked) == 3
    assert foreign.asked == []


BOMB = b"<!DOCTYPE a [<!ENTITY a '" + b"a" * 5000 + b"'>\n"
for name, part in zip(b"bcdef", b"abcde", strict=True):
    BOMB += b"<!ENTITY %c '%b'>\n" % (name, b"&%c;" % part * 10)
BOMB += b"]><rsp stat='ok'><photoid>&f;</photoid></rsp>"
FILE = (
    b"<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    b"<rsp stat='ok'><photoid>&a;</photoid></rsp>"
)


@pytest.mark.parametrize("body", [BOMB, FILE], ids=["bomb", "file"])
def test_an_entity_in_the_answer_to_an_upload_is_not_looked_up(body: bytes) -> None:
    with serving(lambda _: say(body)) as server, memory_growth() as growth:
        made = make_flickr(server.url)
        with pytest.raises(SideError, match="cannot be read"):
            made.upload(photo(), "a.jpg", title="a")
    assert growth[0] < 50 * 1024 * 1024


# A browser in which another page calls the port that waits, before Flickr does.
BROWSER = f"""\
#!{sys.executable}
import sys, requests
session = requests.Session()
answer = session.get(sys.argv[1], allow_redirects=False).headers["location"]
port = answer.split("/?")[0]
for query in ("oauth_token=x", "oauth_token=x&oauth_verifier=1", "state=&oauth_token=x"):
    assert session.get(port + "/?" + query).status_code == 404
session.get(answer)
"""


def test_a_foreign_page_does_not_end_a_sign_in_to_flickr(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(BROWSER)
    browser.chmod(0o755)
    with FlickrEmulator(tmp_path / "flickr") as flickr:
        flickr.sign_in.consent = "approve"
        world = FlickrWorld(tmp_path, flickr)
        known = flickr.client_secrets()
        key = {"api_key": known["key"], "api_secret": known["secret"]}
        world.home.mkdir()
        (world.home / "client_secrets.json").write_text(json.dumps({"flickr": key}))
        env = {"BROWSER": f"{browser} %s &", "NO_PROXY": "127.0.0.1"}
        ended = world.run("-a", "-p", "flickr", env=env)
    assert (ended.code, ended.err) == (0, "")
