"""Answers of both embedded services that are not what a client expects."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from emulators import flickr_api
from emulators.conftest import Api
from photosync.emulators.drive import DriveEmulator, Fault
from photosync.emulators.flickr import FlickrEmulator

SOON = 0.2
"""Seconds that a call stands still."""
PATIENCE = 60.0
"""Seconds until whatever is not held must have come, on a machine that is busy."""


@pytest.fixture
def flickr(tmp_path: Path) -> Iterator[FlickrEmulator]:
    with FlickrEmulator(tmp_path / "flickr") as running:
        yield running


def test_one_field_of_a_listing_can_be_of_the_wrong_type(
    emulator: DriveEmulator, api: Api
) -> None:
    emulator.web.file("a", b"x")

    def change(answer: Any) -> Any:
        answer["files"][0]["size"] = None
        return answer

    emulator.rewrite("files.list", change)
    sizes = [
        api.get("files", fields="files(size)").json()["files"][0]["size"]
        for _ in range(2)
    ]
    assert sizes == [None, "1"]


@pytest.mark.parametrize(
    ("sent", "arrived"),
    [
        ([1, {"a": 2}], b'[1, {"a": 2}]'),
        ("[1,", b"[1,"),
        (b"\xff", b"\xff"),
        ({"a": "\ud800"}, b'{"a": "\\ud800"}'),
        (None, b"null"),
    ],
)
def test_an_answer_can_be_anything(
    flickr: FlickrEmulator, sent: Any, arrived: bytes
) -> None:
    api = flickr_api.Api(flickr)
    flickr.rewrite("test.login", lambda _: sent)
    answer = api.send("test.login")
    assert answer.content == arrived
    assert answer.headers["Content-Length"] == str(len(arrived))


def test_answers_in_xml_come_as_text(flickr: FlickrEmulator) -> None:
    api = flickr_api.Api(flickr)
    flickr.rewrite("upload", lambda text: text.replace("photoid>", "id>"))
    assert "<id>" in api.post().text
    assert "<photoid>" in api.post().text


@pytest.mark.parametrize(
    ("kind", "made"), [("stall", 0), ("stall_midway", 1), ("stall_after", 1)]
)
def test_a_call_can_stand_still(
    emulator: DriveEmulator, api: Api, kind: Any, made: int
) -> None:
    emulator.plan(Fault("files.create", kind, seconds=SOON))
    begun = time.monotonic()
    with pytest.raises(
        (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    ):
        api.session.post(
            f"{emulator.url}/drive/v3/files", json={"name": "a"}, timeout=PATIENCE
        )
    assert time.monotonic() - begun >= SOON
    assert len(emulator.web.named("a")) == made


def test_a_stalled_call_ends_with_the_service(tmp_path: Path) -> None:
    with DriveEmulator(tmp_path) as emulator:
        api = Api(emulator)
        emulator.plan(Fault("files.list", "stall"))
        with pytest.raises(requests.Timeout):
            api.session.get(f"{emulator.url}/drive/v3/files", timeout=SOON)
        begun = time.monotonic()
    assert time.monotonic() - begun < PATIENCE / 2


def test_a_held_call_is_dropped_in_the_end(emulator: DriveEmulator, api: Api) -> None:
    emulator.plan(Fault("files.list", "stall", seconds=0.2))
    with pytest.raises(requests.ConnectionError):
        api.get("files")


def test_a_download_stands_still_after_its_half(
    emulator: DriveEmulator, api: Api
) -> None:
    size = 600_000
    file_id = emulator.web.file("a", bytes(size))
    emulator.plan(Fault("files.download", "stall_midway", seconds=SOON))
    url = f"{emulator.url}/drive/v3/files/{file_id}?alt=media"
    begun = time.monotonic()
    with api.session.get(url, timeout=PATIENCE, stream=True) as answer:
        assert len(answer.raw.read(size // 2)) == size // 2
        with pytest.raises(Exception, match=f"{size // 2} more expected"):
            answer.raw.read(1)
    assert time.monotonic() - begun >= SOON


def test_an_answer_can_drip(flickr: FlickrEmulator) -> None:
    api = flickr_api.Api(flickr)
    flickr.plan(Fault("test.login", "drip", seconds=0.002))
    begun = time.monotonic()
    answer = api.send("test.login")
    assert json.loads(answer.content)["stat"] == "ok"
    assert time.monotonic() - begun >= 0.002 * len(answer.content)
