from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from photosync.emulators.drive import DriveEmulator


class Api:
    """Plain HTTP calls with a ready access token."""

    def __init__(
        self, emulator: DriveEmulator, scopes: tuple[str, ...] | None = None
    ) -> None:
        self.url = emulator.url
        self.session = requests.Session()
        token = (
            emulator.authorized_user(scopes) if scopes else emulator.authorized_user()
        )
        self.session.headers["Authorization"] = f"Bearer {token['token']}"

    def call(self, verb: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.url + path
        return self.session.request(verb, url, timeout=60, **options)

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.call("GET", f"/drive/v3/{path}", params=params)

    def create(self, body: Any, **params: Any) -> requests.Response:
        return self.call("POST", "/drive/v3/files", json=body, params=params)

    def patch(self, file_id: str, body: Any, **params: Any) -> requests.Response:
        return self.call(
            "PATCH", f"/drive/v3/files/{file_id}", json=body, params=params
        )

    def start(
        self, body: Any, file_id: str | None = None, **headers: str
    ) -> requests.Response:
        path = "/upload/drive/v3/files" + (f"/{file_id}" if file_id else "")
        verb = "PATCH" if file_id else "POST"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        params = {"uploadType": "resumable", "fields": "id,size,md5Checksum,name"}
        return self.call(verb, path, json=body, headers=named, params=params)

    def put(
        self, location: str, data: Any, content_range: str | None
    ) -> requests.Response:
        headers = {"Content-Range": content_range} if content_range else {}
        return requests.put(location, data=data, headers=headers, timeout=60)

    def names(self, **params: Any) -> list[str]:
        return [file["name"] for file in self.get("files", **params).json()["files"]]


def refusal(response: requests.Response) -> tuple[int, str]:
    """Give status and reason of an error answer."""
    error = response.json()["error"]
    assert error["code"] == response.status_code
    return response.status_code, error["errors"][0]["reason"]


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[DriveEmulator]:
    with DriveEmulator(tmp_path / "drive") as running:
        yield running


@pytest.fixture
def api(emulator: DriveEmulator) -> Api:
    return Api(emulator)
