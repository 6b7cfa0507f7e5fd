import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from emulators.flickr_api import JPEG, Api, problem
from photosync.emulators.flickr import Fault, FlickrEmulator


@pytest.fixture(name="emulator")
def running_emulator(tmp_path: Path) -> Any:
    with FlickrEmulator(tmp_path / "flickr") as running:
        yield running


@pytest.fixture
def api(emulator: FlickrEmulator) -> Api:
    return Api(emulator)


def test_a_refusal_can_be_planned(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a")
    emulator.plan(Fault("photosets.create", "fail", code=106))
    which = {"title": "x", "primary_photo_id": photo}
    reply = api.send("photosets.create", **which).json()
    assert (reply["code"], reply["message"]) == (106, "Write operation failed")
    assert emulator.web.all_albums() == []
    api.call("photosets.create", **which)
    emulator.plan(Fault("*", "fail", code=105))
    assert api.send("photos.licenses.getInfo", "GET").json()["code"] == 105
    emulator.plan(Fault("photosets.create", "fail", code=105))
    assert '<err code="105"' in api.send("photosets.create", format=None, **which).text
    emulator.plan(Fault("upload", "fail", code=3))
    assert api.upload_code() == 3
    api.upload()


def test_front_end_failures_are_html(emulator: FlickrEmulator, api: Api) -> None:
    emulator.plan(
        Fault("photos.licenses.getInfo", "html", status=200),
        Fault("upload", "status", status=502, headers={"Retry-After": "3"}),
    )
    answer = api.send("photos.licenses.getInfo")
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        "text/html; charset=utf-8",
    )
    failed = api.post()
    assert (failed.status_code, failed.headers["Retry-After"]) == (502, "3")
    assert emulator.web.everything() == []


def test_oauth_problems_can_be_planned(emulator: FlickrEmulator, api: Api) -> None:
    emulator.plan(Fault("test.login", "status", reason="timestamp_refused"))
    assert problem(api.send("test.login")) == (401, "timestamp_refused")
    emulator.settings.revoked_token = "oauth"
    emulator.plan(Fault("upload", "expire_token"))
    assert problem(api.post()) == (401, "token_rejected")
    assert problem(api.post()) == (401, "token_rejected")


def test_a_cut_call_may_have_been_done(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a")
    which = {"title": "x", "primary_photo_id": photo}
    for kind, made in (("cut_before", 0), ("cut_after", 1)):
        emulator.plan(Fault("photosets.create", kind))  # type: ignore[arg-type]
        with pytest.raises(requests.ConnectionError):
            api.send("photosets.create", **which)
        assert len(emulator.web.titled("x")) == made


def test_downloads_can_break(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a", JPEG + bytes(500_000))
    url = api.call("photos.getSizes", photo_id=photo)["sizes"]["size"][-1]["source"]
    emulator.plan(Fault("static", "truncate"), Fault("static", "corrupt"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(url, timeout=60)
    assert requests.get(url, timeout=60).content != JPEG + bytes(500_000)
    assert requests.get(url, timeout=60).content == JPEG + bytes(500_000)
    assert emulator.calls["static"] == 3


def test_calls_can_be_slow(emulator: FlickrEmulator, api: Api) -> None:
    emulator.plan(Fault("photos.licenses.getInfo", "slow", seconds=0.1))
    begun = time.monotonic()
    api.call("photos.licenses.getInfo")
    assert time.monotonic() - begun >= 0.1


def test_the_quota_of_a_key_slides(emulator: FlickrEmulator, api: Api) -> None:
    emulator.settings.hourly_quota = 3
    api.call("photos.licenses.getInfo")
    emulator.clock.advance(1800)
    api.call("photos.licenses.getInfo")
    api.call("photos.licenses.getInfo")
    urls = emulator.client_secrets()
    token = emulator.grants.start(urls["key"], "oob")["token"]
    for answer in (
        api.send("photos.licenses.getInfo"),
        api.post(),
        requests.get(urls["authorize_url"], params={"oauth_token": token}, timeout=60),
        requests.post(urls["request_token_url"], auth=api.auth, timeout=60),
        requests.post(urls["access_token_url"], auth=api.auth, timeout=60),
    ):
        assert answer.status_code == 429
        assert answer.headers["Content-Type"].startswith("text/html")
    emulator.clock.advance(1801)
    api.call("photos.licenses.getInfo")
    assert api.send("photos.licenses.getInfo").status_code == 429
    other = emulator.grants.add_key()["key"]
    params = {"method": "flickr.photos.licenses.getInfo", "api_key": other}
    assert requests.get(urls["rest_url"], params=params, timeout=60).status_code == 200


def test_files_are_throttled_apart(emulator: FlickrEmulator, api: Api) -> None:
    photo = emulator.web.photo("a")
    url = api.call("photos.getSizes", photo_id=photo)["sizes"]["size"][-1]["source"]
    emulator.settings.static_limit = 2
    assert [requests.get(url, timeout=60).status_code for _ in range(3)] == [
        200,
        200,
        429,
    ]
    other = {"User-Agent": "other"}
    assert requests.get(url, headers=other, timeout=60).status_code == 200
    emulator.clock.advance(61)
    assert requests.get(url, timeout=60).status_code == 200


def test_traffic_is_counted(emulator: FlickrEmulator, api: Api) -> None:
    api.call("photosets.getList")
    api.upload()
    api.code("photos.getInfo", photo_id="1")
    api.code("nonsense")
    assert requests.get(emulator.url, timeout=60).status_code == 404
    assert dict(emulator.calls) == {
        "photosets.getList": 1,
        "upload": 1,
        "photos.getInfo": 1,
        "unknown method": 1,
        "unknown": 1,
    }
    assert emulator.traffic.received["upload"] > len(JPEG)


def test_many_clients_at_once_lose_nothing(emulator: FlickrEmulator) -> None:
    album = emulator.web.album("all", [emulator.web.photo("first")])

    def work(_: int) -> list[str]:
        api = Api(emulator)
        photos = [api.upload() for _ in range(5)]
        for photo in photos:
            api.call("photosets.addPhoto", photoset_id=album, photo_id=photo)
        return photos

    with ThreadPoolExecutor(8) as pool:
        made = [photo for photos in pool.map(work, range(8)) for photo in photos]
    assert set(emulator.web.photos_in(album)[1:]) == set(made)
    assert len(made) == 40


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    with FlickrEmulator(tmp_path) as emulator:
        api = Api(emulator)
        photo = api.upload(title="a", tags="ns:k=v")
        album = emulator.web.album("x", [photo])
        secrets = emulator.client_secrets()
    port = int(emulator.url.rpartition(":")[2])
    with FlickrEmulator(tmp_path, port=port) as emulator:
        assert emulator.client_secrets() == secrets
        assert emulator.web.content(photo) == JPEG
        assert api.members(album) == [photo]
        assert api.titles("photos.search", machine_tags="ns:k=v") == ["a"]
        assert api.upload() > photo


def test_it_runs_on_its_own(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "photosync.emulators.flickr",
        "--directory",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().removeprefix("url: ").strip()
        path = process.stdout.readline().rpartition(": ")[2].strip()
        secrets = json.loads(Path(path).read_text())
        try:
            assert secrets["rest_url"] == f"{url}/services/rest/"
            assert requests.get(secrets["rest_url"], timeout=60).status_code == 200
        finally:
            process.terminate()
