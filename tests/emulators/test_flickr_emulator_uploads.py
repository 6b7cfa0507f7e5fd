import hashlib
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
from requests_oauthlib import OAuth1
from requests_toolbelt import MultipartEncoder

from emulators.flickr_api import JPEG, MP4, PNG, Api
from photosync.emulators.flickr import Fault, FlickrEmulator


@pytest.fixture(name="emulator")
def running_emulator(tmp_path: Path) -> Any:
    with FlickrEmulator(tmp_path / "flickr") as running:
        yield running


@pytest.fixture
def api(emulator: FlickrEmulator) -> Api:
    return Api(emulator)


def with_exif(taken: str) -> bytes:
    value = taken.encode() + b"\0"
    main = struct.pack("<HHHIII", 1, 0x8769, 4, 1, 26, 0)
    nested = struct.pack("<HHHIII", 1, 0x9003, 2, len(value), 44, 0)
    data = b"Exif\0\0II*\0" + struct.pack("<I", 8) + main + nested + value
    return JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data + JPEG[2:]


RAW = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0xC612, 1, 4, 1, 0)
TIFF = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x100, 3, 1, 1, 0)


@pytest.mark.parametrize("data", [JPEG, PNG, b"GIF89a" + bytes(20)])
def test_pictures_are_kept_byte_for_byte(
    emulator: FlickrEmulator, api: Api, data: bytes
) -> None:
    photo = api.upload(data, title="x")
    assert emulator.web.content(photo) == data
    assert emulator.web.md5(photo) == hashlib.md5(data).hexdigest()
    source = api.call("photos.getSizes", photo_id=photo)["sizes"]["size"][-1]["source"]
    assert requests.get(source, timeout=60).content == data


HEIC = b"\0\0\0\x18ftypheic" + bytes(20)


@pytest.mark.parametrize(
    "data", [TIFF, HEIC, b"RIFF\0\0\0\0WEBPVP8 ", b"BM" + bytes(20)]
)
def test_other_pictures_come_back_as_jpeg(
    emulator: FlickrEmulator, api: Api, data: bytes
) -> None:
    photo = api.upload(data)
    kept = emulator.web.content(photo)
    assert kept != data
    assert kept.startswith(b"\xff\xd8\xff")
    assert emulator.web.get(photo)["format"] == "jpg"


CODES = [
    (None, 2),
    (b"", 4),
    (b"plain text", 5),
    (RAW, 5),
    (b"II*\0\x10\0\0\0CR\2\0" + bytes(20), 5),
    (b"\0\0\0\x18ftypcrx " + bytes(20), 5),
    (JPEG + bytes(3000), 8),
    (MP4 + bytes(6000), 8),
]


@pytest.mark.parametrize(("data", "code"), CODES)
def test_bad_files_are_refused(
    emulator: FlickrEmulator, api: Api, data: bytes | None, code: int
) -> None:
    emulator.settings.max_photo_bytes, emulator.settings.max_video_bytes = 2000, 5000
    assert api.upload_code(data, title="x") == code
    assert emulator.web.everything() == []
    stored = [
        path for path in (emulator.directory / "blobs").rglob("*") if path.is_file()
    ]
    assert stored == []


def test_a_tiff_with_a_raw_name_is_raw(api: Api) -> None:
    answer = api.post(TIFF, "IMG_1.NEF")
    assert 'code="5"' in answer.text


def test_the_account_decides_what_is_left_out(
    emulator: FlickrEmulator, api: Api
) -> None:
    first = emulator.web.get(api.upload())
    assert (first["is_public"], first["safety_level"], first["title"]) == (
        1,
        1,
        "photo",
    )
    emulator.web.change_account(is_public=0, is_family=1, hidden=2, content_type=3)
    second = emulator.web.get(api.upload())
    assert (second["is_public"], second["is_family"]) == (0, 1)
    assert (second["hidden"], second["content_type"]) == (2, 3)
    fields: dict[str, Any] = {
        "is_public": "1",
        "is_friend": "0",
        "is_family": "0",
        "hidden": "1",
    }
    third = emulator.web.get(api.upload(**fields, content_type="1", safety_level="2"))
    assert (third["is_public"], third["is_family"], third["hidden"]) == (1, 0, 1)
    assert (third["content_type"], third["safety_level"]) == (1, 2)


def test_texts_arrive_as_sent(emulator: FlickrEmulator, api: Api) -> None:
    tags = 'a "two words" ns:pred="x y"'
    photo = api.upload(title="  ü & 😀 ", description="d\ne", tags=tags)
    stored = emulator.web.get(photo)
    assert (stored["title"], stored["description"]) == ("ü & 😀", "d\ne")
    assert emulator.web.raw_tags(photo) == ["a", "two words", "ns:pred=x y"]
    many = api.upload(tags=" ".join(f"t{number}" for number in range(80)))
    assert len(emulator.web.raw_tags(many)) == 75


def test_the_date_taken_comes_from_exif(emulator: FlickrEmulator, api: Api) -> None:
    dated = api.upload(with_exif("2019:08:07 06:05:04"))
    dates = api.call("photos.getInfo", photo_id=dated)["photo"]["dates"]
    assert (dates["taken"], dates["takenunknown"]) == ("2019-08-07 06:05:04", "0")
    undated = api.call("photos.getInfo", photo_id=api.upload())["photo"]["dates"]
    assert undated["takenunknown"] == "1"


def test_limits_of_accounts(emulator: FlickrEmulator, api: Api) -> None:
    emulator.web.change_account(pro=0)
    emulator.settings.free_private, emulator.settings.free_items = 1, 3
    api.upload(is_public="0")
    api.upload(is_public="0")
    emulator.settings.free_private_excess = "refused"
    assert api.upload_code(is_public="0") == 6
    api.upload(is_public="1")
    assert api.upload_code(is_public="1") == 6
    emulator.settings.auto_upload_wait = 30
    answer = api.post()
    assert 'code="14"' in answer.text
    assert "<non_pro_desktop_upload_wait_time>30<" in answer.text
    emulator.web.change_account(pro=1)
    emulator.settings.max_videos = 1
    api.upload(MP4)
    assert api.upload_code(MP4) == 7
    emulator.settings.videos_enabled = False
    assert api.upload_code(MP4) == 0


def test_duplicates_are_refused_on_request(api: Api) -> None:
    photo = api.upload()
    assert api.upload() != photo
    for check in "12":
        root = ET.fromstring(api.post(dedup_check=check).content)
        assert root.findtext("duplicate_photo_id") == photo
    assert api.upload(PNG, dedup_check="1")


LATER: dict[str, Any] = {"async": "1"}


def test_an_asynchronous_upload_is_refused(emulator: FlickrEmulator, api: Api) -> None:
    assert api.upload_code(**LATER) == 3
    assert emulator.web.everything() == []


def test_a_replacement_keeps_all_but_the_file(
    emulator: FlickrEmulator, api: Api
) -> None:
    photo = api.upload(title="a", tags="t")
    album = emulator.web.album("x", [photo])
    extras = {"photoset_id": album, "user_id": "me", "extras": "url_o"}
    before = api.call("photosets.getPhotos", **extras)["photoset"]["photo"][0]
    answer = api.post(PNG, place="replace", photo_id=photo)
    element = ET.fromstring(answer.content).find("photoid")
    assert element is not None
    assert element.text == photo
    after = api.call("photosets.getPhotos", **extras)["photoset"]["photo"][0]
    assert (after["title"], after["secret"]) == ("a", element.get("secret"))
    assert element.get("originalsecret", "?") in after["url_o"]
    assert before["secret"] != after["secret"]
    assert requests.get(before["url_o"], timeout=60).status_code == 404
    assert requests.get(after["url_o"], timeout=60).content == PNG
    assert emulator.web.raw_tags(photo) == ["t"]
    video = api.upload(MP4)
    assert 'code="3"' in api.post(PNG, place="replace", photo_id=video).text
    assert 'code="3"' in api.post(PNG, place="replace", photo_id="7").text
    assert 'code="5"' in api.post(MP4, place="replace", photo_id=photo).text
    assert 'code="2"' in api.post(None, place="replace", photo_id=photo).text
    emulator.web.change_account(pro=0)
    assert 'code="1"' in api.post(PNG, place="replace", photo_id=photo).text
    assert emulator.web.content(photo) == PNG


def test_uploads_need_a_length_and_post(api: Api) -> None:
    def chunks() -> Any:
        yield b"--x--"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    url = api.urls["upload_url"]
    assert (
        requests.post(url, data=chunks(), headers=headers, timeout=60).status_code
        == 411
    )
    assert requests.get(url, timeout=60).status_code == 405


@pytest.mark.parametrize(
    ("kind", "made"), [("cut_before", 0), ("cut_midway", 0), ("cut_after", 1)]
)
def test_a_cut_upload_may_have_been_stored(
    emulator: FlickrEmulator, api: Api, kind: str, made: int
) -> None:
    emulator.plan(Fault("upload", kind))  # type: ignore[arg-type]
    with pytest.raises(requests.ConnectionError):
        api.post(JPEG + bytes(1_000_000))
    assert len(emulator.web.everything()) == made
    assert not list((emulator.directory / "blobs" / "incoming").iterdir())


_SERVE = """
import resource, sys
from pathlib import Path
from photosync.emulators.flickr import FlickrEmulator
with FlickrEmulator(Path(sys.argv[1])) as emulator:
    urls, user = emulator.client_secrets(), emulator.authorized_user()
    print(urls["key"], urls["secret"], urls["upload_url"], flush=True)
    print(user["oauth_token"], user["oauth_token_secret"], flush=True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdin.readline()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(after - before, emulator.web.everything()[0]["size"], flush=True)
"""


def test_a_big_upload_needs_little_memory(tmp_path: Path) -> None:
    size, path = 150 * 1024**2, tmp_path / "big.jpg"
    path.write_bytes(JPEG)
    os.truncate(path, size)
    command = [sys.executable, "-c", _SERVE, str(tmp_path / "flickr")]
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "text": True,
    }
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdin
        assert process.stdout
        key, secret, url = process.stdout.readline().split()
        token, token_secret = process.stdout.readline().split()
        send_big(url, OAuth1(key, secret, token, token_secret), path)
        process.stdin.write("\n")
        process.stdin.flush()
        grown, stored = map(int, process.stdout.readline().split())
    assert stored == size
    assert grown < 20_000


def send_big(url: str, auth: OAuth1, path: Path) -> None:
    fields = {"title": "big"}
    signed = requests.Request("POST", url, data=fields, auth=auth).prepare()
    with path.open("rb") as file:
        body = MultipartEncoder({**fields, "photo": (path.name, file, "image/jpeg")})
        headers = {
            "Authorization": signed.headers["Authorization"],
            "Content-Type": body.content_type,
        }
        answer = requests.post(url, data=body, headers=headers, timeout=60)
    assert 'stat="ok"' in answer.text
