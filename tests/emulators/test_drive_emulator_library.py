import hashlib
import io
import json
from pathlib import Path
from typing import Any

import googleapiclient
import httplib2
import pytest
import requests
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload, MediaIoBaseDownload, MediaIoBaseUpload

from emulators.conftest import Api, refusal
from photosync.emulators.drive import DriveEmulator, Fault

KIB_256 = 262_144
DATA = bytes(range(256)) * 3072 + b"x" * 100


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


class RequestsHttp:
    """What googleapiclient needs of a transport, done with requests."""

    def __init__(self, api: Api) -> None:
        self._session = api.session
        self.redirect_codes: frozenset[int] = frozenset()

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: dict[str, str] | None = None,
        **_ignored: Any,
    ) -> tuple[httplib2.Response, bytes]:
        answer = self._session.request(
            method, uri, data=body, headers=headers, timeout=10
        )
        head = {name.lower(): value for name, value in answer.headers.items()}
        response = httplib2.Response(head | {"status": str(answer.status_code)})
        return response, answer.content


@pytest.fixture
def drive(emulator: DriveEmulator, api: Api) -> Any:
    documents = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    document = json.loads((documents / "drive.v3.json").read_text())
    document |= {"rootUrl": f"{emulator.url}/", "baseUrl": f"{emulator.url}/drive/v3/"}
    return build_from_document(document, http=RequestsHttp(api))


def test_googles_library_uploads_resumes_and_downloads(
    emulator: DriveEmulator, drive: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(DATA)
    media = MediaFileUpload(str(path), chunksize=2 * KIB_256, resumable=True)
    request = drive.files().create(
        body={"name": "a.jpg"}, media_body=media, fields="id,md5Checksum"
    )
    emulator.plan(Fault("upload.chunk", "cut_midway"))
    with pytest.raises(requests.ConnectionError):
        request.next_chunk()
    request._in_error_state = True
    done = None
    while done is None:
        _, done = request.next_chunk()
    assert done["md5Checksum"] == md5(DATA)
    assert emulator.calls["upload.status"] == 1
    target = io.BytesIO()
    download = MediaIoBaseDownload(
        target, drive.files().get_media(fileId=done["id"]), KIB_256
    )
    while not download.next_chunk()[1]:
        pass
    assert target.getvalue() == DATA


def test_googles_library_sends_multipart_and_lists(
    emulator: DriveEmulator, drive: Any
) -> None:
    media = MediaIoBaseUpload(io.BytesIO(b"a\r\nb\n"), "text/plain")
    file = drive.files().create(body={"name": "a"}, media_body=media).execute()
    assert emulator.web.content(file["id"]) == b"a\r\nb\n"
    query = " or ".join(["name = 'a'"] * 99) + " or name = '" + "x" * 2000 + "'"
    assert drive.files().list(q=query).execute()["files"] == [file]
    with pytest.raises(HttpError, match="too complex"):
        drive.files().list(q=f"{query} or name = 'b'").execute()


def test_a_batch_does_every_call(emulator: DriveEmulator, drive: Any) -> None:
    answers: dict[str, Any] = {}

    def note(request_id: str, answer: Any, error: Any) -> None:
        answers[request_id] = answer if error is None else error.status_code

    file_id = emulator.web.file("a")
    batch = drive.new_batch_http_request(callback=note)
    batch.add(
        drive.files().update(fileId=file_id, body={"trashed": True}, fields="trashed"),
        request_id="t",
    )
    batch.add(drive.files().get(fileId="gone"), request_id="g")
    batch.add(drive.files().delete(fileId=emulator.web.file("b")), request_id="d")
    batch.add(drive.files().create(body={"name": "c"}, fields="name"), request_id="c")
    batch.execute()
    assert answers == {"t": {"trashed": True}, "g": 404, "d": "", "c": {"name": "c"}}
    assert [
        emulator.calls[name] for name in ("batch", "files.update", "files.get")
    ] == [1, 1, 1]


def test_calls_in_a_batch_can_fail_alone(emulator: DriveEmulator, drive: Any) -> None:
    statuses = []
    batch = drive.new_batch_http_request(
        callback=lambda _, __, error: statuses.append(error and error.status_code)
    )
    file_id = emulator.web.file("a")
    for _ in range(3):
        batch.add(drive.files().get(fileId=file_id))
    limited = Fault(
        "files.get", "status", after=1, status=403, reason="userRateLimitExceeded"
    )
    emulator.plan(limited)
    batch.execute()
    assert sorted(statuses, key=str) == [403, None, None]


def batch_of(lines: list[str]) -> tuple[bytes, dict[str, str]]:
    parts = [
        f"--b\r\nContent-Type: application/http\r\n\r\n{line}\r\n\r\n" for line in lines
    ]
    return ("".join(parts) + "--b--").encode(), {
        "Content-Type": "multipart/mixed; boundary=b"
    }


@pytest.mark.parametrize(
    "lines",
    [
        ["GET /drive/v3/files"] * 101,
        ["GET /drive/v3/files/x?alt=media"],
        ["POST /upload/drive/v3/files?uploadType=media"],
        ["GET /drive/v3/files?q=" + "x" * 8000],
        ["nonsense"],
    ],
)
def test_wrong_batches_are_refused(api: Api, lines: list[str]) -> None:
    body, headers = batch_of(lines)
    answer = api.call("POST", "/batch/drive/v3", data=body, headers=headers)
    assert refusal(answer) == (400, "badRequest")
