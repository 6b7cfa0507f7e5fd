"""Plain HTTP calls to the emulated Flickr with a ready access token."""

import struct
from typing import Any
from xml.etree import ElementTree as ET

import requests
from requests_oauthlib import OAuth1

from photosync.emulators.flickr import FlickrEmulator, pictures

JPEG = pictures.jpeg("a picture")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 3, 2) + bytes(9)
MP4 = b"\0\0\0\x18ftypisom" + bytes(100)


class Api:
    """Calls as one user; `perms` empty for an application without a user."""

    def __init__(
        self,
        emulator: FlickrEmulator,
        perms: str = "delete",
        account: str | None = None,
    ) -> None:
        self.urls = emulator.client_secrets()
        token = emulator.authorized_user(perms, account=account) if perms else {}
        self.token = token.get("oauth_token", "")
        self.auth = OAuth1(
            self.urls["key"],
            self.urls["secret"],
            token.get("oauth_token"),
            token.get("oauth_token_secret"),
        )
        self.session = requests.Session()

    def send(
        self, method: str, verb: str = "POST", **arguments: Any
    ) -> requests.Response:
        usual = {"method": f"flickr.{method}", "format": "json", "nojsoncallback": "1"}
        filled = {
            name: value
            for name, value in (usual | arguments).items()
            if value is not None
        }
        data, params = (filled, None) if verb == "POST" else (None, filled)
        url, auth = self.urls["rest_url"], self.auth
        return self.session.request(
            verb, url, data=data, params=params, auth=auth, timeout=60
        )

    def call(self, method: str, **arguments: Any) -> Any:
        """Give the reply of a call that must succeed."""
        reply = self.send(method, **arguments).json()
        assert reply["stat"] == "ok", reply
        return reply

    def code(self, method: str, **arguments: Any) -> int:
        """Give the code of a call that must be refused."""
        answer = self.send(method, **arguments)
        reply = answer.json()
        assert (answer.status_code, reply["stat"]) == (200, "fail"), reply
        return int(reply["code"])

    def post(
        self,
        data: bytes | None = JPEG,
        name: str = "photo.jpg",
        place: str = "upload",
        **fields: str,
    ) -> requests.Response:
        url = self.urls[f"{place}_url"]
        signed = requests.Request("POST", url, data=fields, auth=self.auth).prepare()
        parts: dict[str, Any] = {
            field: (None, value) for field, value in fields.items()
        }
        if data is not None:
            parts["photo"] = (name, data)
        headers = {"Authorization": signed.headers["Authorization"]}
        parts = parts or {"": (None, "")}
        return self.session.post(url, files=parts, headers=headers, timeout=60)

    def upload(self, data: bytes | None = JPEG, **fields: str) -> str:
        """Give the id of an upload that must succeed."""
        root = ET.fromstring(self.post(data, **fields).content)
        assert root.get("stat") == "ok", ET.tostring(root)
        return str(root.findtext("photoid"))

    def upload_code(self, data: bytes | None = JPEG, **fields: str) -> int:
        """Give the code of an upload that must be refused."""
        answer = self.post(data, **fields)
        error = ET.fromstring(answer.content).find("err")
        assert answer.status_code == 200
        assert error is not None
        return int(error.get("code", ""))

    def titles(self, method: str, **arguments: Any) -> list[str]:
        return [
            photo["title"]
            for photo in self.call(method, **arguments)["photos"]["photo"]
        ]

    def members(self, album: str) -> list[str]:
        reply = self.call("photosets.getPhotos", photoset_id=album, user_id="me")
        return [photo["id"] for photo in reply["photoset"]["photo"]]


def labels(api: Api, photo: str) -> list[str]:
    sizes = api.call("photos.getSizes", photo_id=photo)["sizes"]["size"]
    return [size["label"] for size in sizes]


def problem(answer: requests.Response) -> tuple[int, str]:
    """Give status and name of a refusal of the sign-in or the signature."""
    name = answer.text.partition("&")[0].removeprefix("oauth_problem=")
    return answer.status_code, name
