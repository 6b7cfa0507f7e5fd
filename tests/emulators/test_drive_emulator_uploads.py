import hashlib
import http.client
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from emulators.conftest import Api, refusal
from photosync.emulators.drive import DriveEmulator, Fault

KIB_256 = 262_144
DATA = bytes(range(256)) * 3072 + b"x" * 100


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def session(api: Api, body: Any = None, size: int | None = len(DATA)) -> str:
    headers = {} if size is None else {"X_Upload_Content_Length": str(size)}
    answer = api.start(
        body or {"name": "a.jpg"}, X_Upload_Content_Type="image/jpeg", **headers
    )
    assert (answer.status_code, answer.content) == (200, b"")
    return answer.headers["Location"]


def test_a_chunked_upload_ends_with_the_file(emulator: DriveEmulator, api: Api) -> None:
    location, total = session(api), len(DATA)
    assert location.startswith(f"{emulator.url}/upload/drive/v3/files?")
    asked = api.put(location, b"", f"bytes */{total}")
    assert (asked.status_code, asked.headers.get("Range")) == (308, None)
    first = api.put(location, DATA[: 2 * KIB_256], f"bytes 0-{2 * KIB_256 - 1}/{total}")
    assert (first.status_code, first.headers["Range"]) == (
        308,
        f"bytes=0-{2 * KIB_256 - 1}",
    )
    last = api.put(
        location, DATA[2 * KIB_256 :], f"bytes {2 * KIB_256}-{total - 1}/{total}"
    )
    assert last.json()["md5Checksum"] == md5(DATA)
    assert api.put(location, b"", f"bytes */{total}").json() == last.json()
    assert emulator.web.content(last.json()["id"]) == DATA
    assert emulator.calls["upload.chunk"] == emulator.calls["upload.status"] == 2


def test_the_session_is_on_the_host_that_was_asked(api: Api) -> None:
    answer = api.start({}, Host="drive.example")
    assert answer.headers["Location"].startswith(
        "http://drive.example/upload/drive/v3/files?"
    )


@pytest.mark.parametrize(
    ("content_range", "size"),
    [
        (f"bytes 0-99999/{len(DATA)}", 100_000),
        (f"bytes 0-{KIB_256 - 1}/*", 100),
        (f"bytes {KIB_256}-{2 * KIB_256 - 1}/{len(DATA)}", KIB_256),
        (f"bytes 0-{KIB_256 - 1}/{len(DATA) + 1}", KIB_256),
        (f"bytes 0-{KIB_256 - 1}/100", KIB_256),
        ("bytes 0--1/0", 0),
        (f"0-{KIB_256 - 1}/*", KIB_256),
    ],
)
def test_wrong_chunks_are_refused(api: Api, content_range: str, size: int) -> None:
    location = session(api)
    answer = api.put(location, bytes(size), content_range)
    assert refusal(answer) == (400, "badRequest")
    assert "Range" not in api.put(location, b"", "bytes */*").headers


@pytest.mark.parametrize("size", [0, 1, len(DATA)])
def test_one_put_without_a_range_is_a_whole_file(api: Api, size: int) -> None:
    answer = api.put(session(api, size=size), DATA[:size], None)
    assert answer.json()["size"] == str(size)
    assert answer.json()["md5Checksum"] == md5(DATA[:size])


def test_an_unknown_size_may_be_told_with_the_last_chunk(api: Api) -> None:
    location = session(api, size=None)
    assert (
        api.put(location, DATA[:KIB_256], f"bytes 0-{KIB_256 - 1}/*").status_code == 308
    )
    end = KIB_256 + 9
    answer = api.put(
        location, DATA[KIB_256 : end + 1], f"bytes {KIB_256}-{end}/{end + 1}"
    )
    assert answer.json()["size"] == str(end + 1)


def test_the_service_may_keep_less_than_was_sent(
    emulator: DriveEmulator, api: Api
) -> None:
    emulator.settings.chunk_retention = KIB_256
    location, total, kept = session(api), len(DATA), 0
    rounds = 0
    while True:
        answer = api.put(location, DATA[kept:], f"bytes {kept}-{total - 1}/{total}")
        rounds += 1
        if answer.status_code == 200:
            break
        kept = int(answer.headers["Range"].rpartition("-")[2]) + 1
    assert rounds == 4
    assert answer.json()["md5Checksum"] == md5(DATA)


def test_a_session_expires(emulator: DriveEmulator, api: Api) -> None:
    location = session(api)
    emulator.clock.advance(8 * 86400)
    assert api.put(location, b"", "bytes */*").status_code == 404
    emulator.settings.expired_session_status = 410
    assert api.put(location, b"", "bytes */*").status_code == 410
    assert (
        api.put(
            f"{emulator.url}/upload/drive/v3/files?upload_id=x", b"", None
        ).status_code
        == 404
    )


def test_a_cut_in_a_chunk_keeps_whole_blocks(emulator: DriveEmulator, api: Api) -> None:
    location, total = session(api), len(DATA)
    emulator.plan(Fault("upload.chunk", "cut_midway"))
    with pytest.raises(requests.ConnectionError):
        api.put(location, DATA, f"bytes 0-{total - 1}/{total}")
    answer = api.put(location, b"", f"bytes */{total}")
    assert answer.headers["Range"] == f"bytes=0-{KIB_256 - 1}"
    answer = api.put(location, DATA[KIB_256:], f"bytes {KIB_256}-{total - 1}/{total}")
    assert answer.json()["md5Checksum"] == md5(DATA)


def test_a_client_that_goes_away_leaves_whole_blocks(api: Api) -> None:
    location, total = session(api), len(DATA)
    parts = urlsplit(location)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.putrequest("PUT", f"{parts.path}?{parts.query}")
    connection.putheader("Content-Length", str(total))
    connection.putheader("Content-Range", f"bytes 0-{total - 1}/{total}")
    connection.endheaders()
    connection.send(DATA[: KIB_256 + 5000])
    connection.close()
    # The server may still be reading; the state is told once it has noticed the end.
    asked = (
        api.put(location, b"", f"bytes */{total}").headers.get("Range")
        for _ in range(100)
    )
    assert next(filter(None, asked)) == f"bytes=0-{KIB_256 - 1}"


def test_a_full_drive_is_told_at_the_start(emulator: DriveEmulator, api: Api) -> None:
    emulator.settings.quota_limit = 1000
    answer = api.start({"name": "a"}, X_Upload_Content_Length="1001")
    assert refusal(answer) == (403, "storageQuotaExceeded")
    answer = api.put(session(api, size=None), bytes(1001), None)
    assert refusal(answer) == (403, "storageQuotaExceeded")
    assert emulator.web.everything() == []


def test_wrong_metadata_is_refused_at_the_start(api: Api) -> None:
    assert refusal(api.start({"size": "1"})) == (403, "fieldNotWritable")
    assert refusal(api.start({"parents": ["gone"]})) == (404, "notFound")
    assert refusal(api.start({"id": "madeup"})) == (400, "invalid")
    assert refusal(api.start({}, file_id="gone")) == (404, "notFound")
    answer = api.call("POST", "/upload/drive/v3/files?uploadType=fast")
    assert refusal(answer) == (400, "badRequest")


def test_a_generated_id_makes_a_repeated_upload_visible(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = api.get("files/generateIds", count=1).json()["ids"][0]
    first, second = (session(api, {"id": file_id}, 4) for _ in range(2))
    emulator.plan(Fault("upload.chunk", "cut_after"))
    with pytest.raises(requests.ConnectionError):
        api.put(first, b"abcd", None)
    assert refusal(api.start({"id": file_id})) == (409, "fileIdInUse")
    assert refusal(api.put(second, b"abcd", None)) == (409, "fileIdInUse")
    assert [file["id"] for file in emulator.web.everything()] == [file_id]


def test_new_content_keeps_the_file_and_its_revisions(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = emulator.web.file("a.jpg", b"old", modifiedTime="2020-01-01T00:00:00Z")
    when = "2021-02-03T04:05:06.789Z"
    location = api.start({"modifiedTime": when}, file_id=file_id).headers["Location"]
    assert api.put(location, b"new!", None).json()["id"] == file_id
    file = emulator.web.get(file_id)
    assert (file["size"], file["modifiedTime"], file["name"]) == ("4", when, "a.jpg")
    location = api.start({}, file_id=file_id).headers["Location"]
    api.put(location, b"newer", None)
    assert emulator.web.get(file_id)["modifiedTime"] > "2026"
    assert emulator.web.revision_count(file_id) == 3


def multipart(
    metadata: Any, content: bytes, newline: bytes = b"\r\n"
) -> tuple[bytes, str]:
    lines = [
        b"--b",
        b"Content-Type: application/json; charset=UTF-8",
        b"",
        json.dumps(metadata).encode(),
        b"--b",
        b"Content-Type: image/png",
        b"",
        content,
        b"--b--",
        b"",
    ]
    return newline.join(lines), "multipart/related; boundary=b"


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
@pytest.mark.parametrize("content", [b"", b"\r\n", b"\n\nx\r\n--c\r\n", DATA])
def test_a_multipart_upload_keeps_every_byte(
    emulator: DriveEmulator, api: Api, newline: bytes, content: bytes
) -> None:
    body, kind = multipart({"name": "a.png"}, content, newline)
    path = (
        "/upload/drive/v3/files?uploadType=multipart&fields=id,mimeType,sha256Checksum"
    )
    answer = api.call("POST", path, data=body, headers={"Content-Type": kind}).json()
    assert emulator.web.content(answer["id"]) == content
    assert answer["sha256Checksum"] == hashlib.sha256(content).hexdigest()
    assert answer["mimeType"] == "image/png"


def test_malformed_multipart_uploads_are_refused(
    emulator: DriveEmulator, api: Api
) -> None:
    body, kind = multipart({"name": "a.png"}, b"x")
    path = "/upload/drive/v3/files?uploadType=multipart"
    for wrong_body, wrong_kind in (
        (body[:-5], kind),
        (body, "multipart/related"),
        (b"{}", kind),
    ):
        answer = api.call(
            "POST", path, data=wrong_body, headers={"Content-Type": wrong_kind}
        )
        assert refusal(answer) == (400, "badContent")
    emulator.settings.max_multipart = 50
    answer = api.call("POST", path, data=body, headers={"Content-Type": kind})
    assert refusal(answer) == (413, "uploadTooLarge")
    assert emulator.web.everything() == []


def test_a_content_only_upload_is_untitled(api: Api) -> None:
    answer = api.call("POST", "/upload/drive/v3/files?uploadType=media", data=b"abc")
    assert answer.json()["name"] == "Untitled"


def test_a_large_file_passes_with_flat_memory(
    emulator: DriveEmulator, api: Api
) -> None:
    block, count = bytes(1024 * 1024), 110
    location = session(api, size=count * len(block))

    def blocks() -> Iterator[bytes]:
        for _ in range(count):
            yield block

    tracemalloc.start()
    try:
        request = requests.Request("PUT", location, data=blocks()).prepare()
        del request.headers["Transfer-Encoding"]
        request.headers["Content-Length"] = str(count * len(block))
        file = api.session.send(request).json()
        path = f"/drive/v3/files/{file['id']}?alt=media"
        with api.call("GET", path, stream=True) as answer:
            received = sum(len(part) for part in answer.iter_content(len(block)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert received == int(file["size"]) == count * len(block)
    assert peak < 12 * 1024 * 1024
    assert (
        emulator.traffic.received["upload.chunk"]
        == emulator.traffic.sent["files.download"]
    )
