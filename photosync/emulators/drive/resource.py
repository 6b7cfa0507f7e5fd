"""The file resource: what the service tells about one file."""

import json
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from photosync.emulators.drive import times
from photosync.emulators.drive.database import Row
from photosync.emulators.drive.fields import Mask, prune
from photosync.emulators.drive.identity import Identity, in_shared_drive

GOOGLE_TYPE = "application/vnd.google-apps."
FOLDER = GOOGLE_TYPE + "folder"
SHORTCUT = GOOGLE_TYPE + "shortcut"
DOCUMENT = GOOGLE_TYPE + "document"

# Facts about a file that are kept with its extras but are no part of the resource.
ABUSIVE = "_abusive"
OWNER = "_owner"

SOMEONE = "someone.else@example.org"


def is_binary(row: Row) -> bool:
    return not str(row["mime"]).startswith(GOOGLE_TYPE)


def capabilities(row: Row) -> dict[str, bool]:
    """Tell what the user may do; seeded files may say otherwise."""
    folder, root = row["mime"] == FOLDER, bool(row["is_root"])
    owned = bool(row["owned"]) or in_shared_drive(row)
    own = owned and not root
    usual = {
        "canAddChildren": folder and owned,
        "canComment": owned,
        "canCopy": not folder,
        "canDelete": own,
        "canDownload": not folder,
        "canEdit": owned,
        "canListChildren": folder,
        "canModifyContent": owned,
        "canMoveItemWithinDrive": own,
        "canReadRevisions": not folder,
        "canRemoveChildren": folder and owned,
        "canRename": owned,
        "canShare": owned,
        "canTrash": own,
        "canUntrash": own,
    }
    seeded: dict[str, bool] = json.loads(row["extras"]).get("capabilities", {})
    return usual | seeded


def user(row: Row, email: str) -> dict[str, Any]:
    mine = email == row["account"]
    return {
        "kind": "drive#user",
        "displayName": email.partition("@")[0],
        "me": mine,
        "permissionId": f"{number_of(email):020d}",
        "emailAddress": email,
    }


def number_of(text: str) -> int:
    """Give a number that stays the same for a text in every process."""
    return int.from_bytes(text.encode()[:8].ljust(8, b"0"), "big")


class Resource:
    """One file as a caller sees it."""

    def __init__(self, row: Row, caller: Identity) -> None:
        self._row = row
        self._caller = caller
        # Most files have none, and a page has a thousand of them.
        empty = row["extras"] == "{}"
        self._extras: dict[str, Any] = {} if empty else json.loads(row["extras"])

    def view(self, mask: Mask) -> dict[str, Any]:
        """Give the masked fields, without those that this file has no value for."""
        names = mask or (_COLUMNS | _COMPUTED | self._extras)
        values = {name: self._value(name) for name in names if not name.startswith("_")}
        kept = {name: value for name, value in values.items() if value is not None}
        return {name: prune(value, mask.get(name, {})) for name, value in kept.items()}

    def _value(self, name: str) -> Any:
        if name in _COLUMNS:
            return self._row[_COLUMNS[name]]
        compute = _COMPUTED.get(name)
        return compute(self) if compute else self._extras.get(name)

    def time(self, column: str) -> str | None:
        value = self._row[column]
        return None if value is None else times.write(value)

    def number(self, column: str) -> str | None:
        value = self._row[column]
        return None if value is None else str(value)

    def flag(self, column: str) -> bool:
        return bool(self._row[column])

    def parents(self) -> list[str] | None:
        return [self._row["parent"]] if self._row["parent"] else None

    def owners(self) -> list[dict[str, Any]] | None:
        if in_shared_drive(self._row):
            return None
        if self._row["owned"]:
            return [user(self._row, self._row["account"])]
        return [user(self._row, self._extras.get(OWNER, SOMEONE))]

    def editor(self) -> dict[str, Any]:
        return user(self._row, self._row["account"])

    def binary(self, value: str) -> str | None:
        return value if is_binary(self._row) else None

    def extension(self) -> str | None:
        suffix = PurePosixPath(self._row["name"].rpartition("/")[2]).suffix
        return self.binary(suffix.removeprefix("."))

    def original_name(self) -> str | None:
        seeded: str | None = self._extras.get("originalFilename")
        return seeded or self.binary(self._row["name"])

    def link(self) -> str:
        place = "drive/folders/" if self._row["mime"] == FOLDER else "file/d/"
        return f"https://drive.google.com/{place}{self._row['id']}/view?usp=drivesdk"

    def content_link(self) -> str | None:
        return self.binary(
            f"https://drive.google.com/uc?id={self._row['id']}&export=download"
        )

    def has_thumbnail(self) -> bool:
        return str(self._row["mime"]).startswith(("image/", "video/"))

    def thumbnail(self) -> str | None:
        if not self.has_thumbnail():
            return None
        return f"https://lh3.googleusercontent.com/drive-storage/{self._row['id']}=s220"

    def shortcut(self) -> dict[str, str] | None:
        if self._row["mime"] != SHORTCUT:
            return None
        target_type = self._extras.get("_targetMimeType", "application/octet-stream")
        return {"targetId": self._row["target"], "targetMimeType": target_type}

    def properties(self) -> dict[str, str] | None:
        return json.loads(self._row["properties"] or "{}") or None

    def app_properties(self) -> dict[str, str] | None:
        mine = json.loads(self._row["app_properties"] or "{}").get(self._caller.client)
        return mine or None

    def capabilities(self) -> dict[str, bool]:
        return capabilities(self._row)

    def authorized(self) -> bool:
        return self._caller.authorized(self._row)

    def space(self) -> list[str]:
        return [self._row["space"]]


_COLUMNS = {
    "id": "id",
    "name": "name",
    "mimeType": "mime",
    "md5Checksum": "md5",
    "sha1Checksum": "sha1",
    "sha256Checksum": "sha256",
    "headRevisionId": "revision",
}

_COMPUTED: dict[str, Callable[[Resource], Any]] = {
    "kind": lambda _: "drive#file",
    "size": lambda file: file.number("size"),
    "quotaBytesUsed": lambda file: file.number("size") or "0",
    "version": lambda file: file.number("version"),
    "thumbnailVersion": lambda file: "1" if file.has_thumbnail() else "0",
    "createdTime": lambda file: file.time("created"),
    "modifiedTime": lambda file: file.time("modified"),
    "modifiedByMeTime": lambda file: file.time("modified"),
    "modifiedByMe": lambda _: True,
    "viewedByMe": lambda file: file.time("viewed") is not None,
    "viewedByMeTime": lambda file: file.time("viewed"),
    "trashedTime": lambda file: file.time("trashed_at"),
    "starred": lambda file: file.flag("starred"),
    "trashed": lambda file: file.flag("trashed"),
    "explicitlyTrashed": lambda file: file.flag("explicitly_trashed"),
    "ownedByMe": lambda file: file.flag("owned"),
    "shared": lambda file: not file.flag("owned"),
    "isAppAuthorized": Resource.authorized,
    "parents": Resource.parents,
    "spaces": Resource.space,
    "owners": Resource.owners,
    "lastModifyingUser": Resource.editor,
    "capabilities": Resource.capabilities,
    "fileExtension": Resource.extension,
    "fullFileExtension": Resource.extension,
    "originalFilename": Resource.original_name,
    "webViewLink": Resource.link,
    "webContentLink": Resource.content_link,
    "hasThumbnail": Resource.has_thumbnail,
    "thumbnailLink": Resource.thumbnail,
    "shortcutDetails": Resource.shortcut,
    "properties": Resource.properties,
    "appProperties": Resource.app_properties,
}
