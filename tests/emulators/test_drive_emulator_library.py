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

from emulators.conftest import Api
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
            method, uri, data=body, headers=headers, timeout=60
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
