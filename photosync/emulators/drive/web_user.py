"""A user at work in the web interface: changes to a drive that come from no API
client.
"""

import json
import mimetypes
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from photosync.emulators.blobs import Content
from photosync.emulators.drive import metadata, times
from photosync.emulators.drive.database import Row, Value, random_id
from photosync.emulators.drive.identity import (
    DRIVE,
    DRIVE_APPDATA,
    Identity,
    in_shared_drive,
)
from photosync.emulators.drive.resource import (
    ABUSIVE,
    DOCUMENT,
    FOLDER,
    OWNER,
    SHORTCUT,
    Resource,
)
from photosync.emulators.drive.store import FileStore, merge_extras
from photosync.emulators.drive.writer import shared_columns

_BULK = """
INSERT INTO files (id, account, parent, name, folded, mime, created, modified, size, md5,
    revision, apps, app_properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_BULK_CHANGES = """
INSERT INTO changes (file, seq, account, time, apps)
SELECT id, ? + row_number() OVER (ORDER BY seq), account, ?, apps FROM files WHERE seq > ?
"""


class WebUser:
    """Seeds and inspects the drive of one account.

    Metadata is given under the names of the file resource (``modifiedTime=...``,
    ``description=...``, ``capabilities={"canDownload": False}``); output-only fields
    are accepted too. With `app`, a client id, a file counts as made by that client.
    """

    def __init__(self, store: FileStore, account: str) -> None:
        self._store = store
        self.account = account

    @property
    def root(self) -> str:
        """The id of My Drive."""
        return self._store.aliases(self.account)["root"]

    def folder(
        self, name: str, parent: str = "root", *, app: str = "", **fields: Any
    ) -> str:
        return self._add(name, parent, app, None, {"mimeType": FOLDER} | fields)

    def file(
        self,
        name: str,
        content: bytes | Path = b"",
        parent: str = "root",
        *,
        app: str = "",
        **fields: Any,
    ) -> str:
        """Add a file; with `size` and `md5Checksum` given it has no real content but
        zeros.
        """
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        fields = {"mimeType": guessed} | fields
        if "md5Checksum" in fields:
            stored = Content(None, int(fields.pop("size")), fields.pop("md5Checksum"))
        else:
            stored = self._store_content(content)
        return self._add(name, parent, app, stored, fields)

    def document(self, name: str, parent: str = "root", **fields: Any) -> str:
        """Add a Google Docs document."""
        return self._add(name, parent, "", None, {"mimeType": DOCUMENT} | fields)

    def shortcut(self, name: str, target: str, parent: str = "root") -> str:
        """Add a shortcut; its target need not exist."""
        row = self._store.find(target)
        target_type = row["mime"] if row else "application/octet-stream"
        file_id = self._add(name, parent, "", None, {"mimeType": SHORTCUT})
        extras = json.dumps({"_targetMimeType": target_type})
        self._modify(file_id, {"target": target, "extras": extras})
        return file_id

    def files(self, entries: Iterable[Mapping[str, Any]], *, app: str = "") -> int:
        """Add many files without content and give their number.

        Entries have the keys name, parent (an id), size (bytes) and md5Checksum, and
        may have id, mimeType, createdTime, modifiedTime and appProperties (seen by
        `app`).
        """
        database, now = self._store.database, self._store.clock.milliseconds()
        with database.transaction():
            last = database.number("SELECT max(seq) FROM files")
            number = self._store.changes.next_number() - 1
            database.run_many(
                _BULK, (self._bulk_row(entry, app, now) for entry in entries)
            )
            return database.run(_BULK_CHANGES, number, now, last)

    def replace(self, file_id: str, content: bytes | Path, **fields: Any) -> None:
        """Upload a new version of a file."""
        row = self._store.get(file_id)
        columns = self._columns(fields, row)
        self._store.replace(
            row, columns, self._store_content(content), keep_forever=False
        )

    def patch(self, file_id: str, **fields: Any) -> None:
        """Set metadata."""
        self._modify(file_id, self._columns(fields, self._store.get(file_id)))

    def rename(self, file_id: str, name: str) -> None:
        self.patch(file_id, name=name)

    def move(self, file_id: str, parent: str) -> None:
        """Move a file; in a shared drive it belongs to that, with everything below."""
        folder = self._store.get(self._parent(parent))
        self._modify(file_id, {"parent": folder["id"]})
        if not in_shared_drive(folder):
            return
        for below in self._store.subtree(file_id):
            columns = {"extras": self._store.get(below)["extras"]}
            self._modify(below, shared_columns(folder, columns))

    def trash(self, file_id: str) -> None:
        self._modify(file_id, {"explicitly_trashed": 1})

    def untrash(self, file_id: str) -> None:
        self._modify(file_id, {"explicitly_trashed": 0})

    def delete(self, file_id: str) -> None:
        """Delete for good, with everything below."""
        self._store.delete(self._store.get(file_id))

    def open_with(self, file_id: str, client: str) -> None:
        """Let an API client see a file although its scope is ``drive.file``."""
        row = self._store.get(file_id)
        self._modify(file_id, {"apps": f"{row['apps']}{client} "})

    def share_from_someone_else(self, file_id: str) -> None:
        """Make a file one that belongs to another user."""
        self._modify(file_id, {"owned": 0})

    def shared_folder(self, name: str, owner: str, *, writable: bool = False) -> str:
        """Add a folder of another user's, shared with this one; what is put into it is
        theirs too.

        It lies in no folder of this user's.
        """
        rights = ("canAddChildren", "canEdit", "canModifyContent", "canRename")
        file_id = self.folder(name, capabilities=dict.fromkeys(rights, writable))
        extras = merge_extras(self._store.get(file_id), {OWNER: owner})
        self._modify(file_id, {"owned": 0, "parent": None, "extras": extras})
        return file_id

    def shared_drive(self, name: str) -> str:
        """Add a shared drive; its id is that of its root folder."""
        file_id = random_id("0A", 13) + "PVA"
        self.folder(name, id=file_id)
        extras = json.dumps({"driveId": file_id})
        self._modify(
            file_id, {"owned": 0, "parent": None, "is_root": 1, "extras": extras}
        )
        return file_id

    def flag_as_abusive(self, file_id: str) -> None:
        extras = merge_extras(self._store.get(file_id), {ABUSIVE: True})
        self._modify(file_id, {"extras": extras})

    def get(self, file_id: str, app: str = "") -> dict[str, Any]:
        """Give all fields of a file, as `app` sees them; raise KeyError without such a
        file.
        """
        return self._resource(self._store.get(file_id), app)

    def everything(self, app: str = "") -> list[dict[str, Any]]:
        """Give all files, also trashed ones, in the order of their creation."""
        return self._where("NOT is_root", app=app)

    def children(self, parent: str = "root", app: str = "") -> list[dict[str, Any]]:
        """Give the files in a folder, also trashed ones."""
        return self._where("parent = ?", self._parent(parent), app=app)

    def named(self, name: str) -> list[dict[str, Any]]:
        """Give the files of exactly this name."""
        return self._where("name = ? AND NOT is_root", name)

    def _where(
        self, condition: str, *values: str, app: str = ""
    ) -> list[dict[str, Any]]:
        where = f"account = ? AND {condition}"
        sql = f"SELECT * FROM files WHERE {where} ORDER BY seq"  # noqa: S608 - ours
        rows = self._store.database.rows(sql, self.account, *values)
        return [self._resource(row, app) for row in rows]

    def content(self, file_id: str) -> bytes:
        row = self._store.get(file_id)
        return b"".join(self._store.blobs.read(row["blob"], 0, row["size"] or 0))

    def revisions(self, file_id: str) -> list[bytes]:
        """Give the contents that a file had, the present one last."""
        blobs, rows = self._store.blobs, self._store.revisions(file_id)
        return [b"".join(blobs.read(row["blob"], 0, row["size"] or 0)) for row in rows]

    def revision_count(self, file_id: str) -> int:
        return len(self._store.revisions(file_id))

    def _add(
        self,
        name: str,
        parent: str,
        app: str,
        content: Content | None,
        fields: dict[str, Any],
    ) -> str:
        file_id = str(fields.pop("id", random_id()))
        place: dict[str, Value] = {
            "id": file_id,
            "account": self.account,
            "parent": self._parent(parent),
            "apps": f" {app} ",
        }
        columns = place | self._columns({"name": name} | fields, app=app)
        above = self._store.get(str(place["parent"]))
        if OWNER in above["extras"]:
            given = json.loads(str(columns.get("extras", "{}")))
            columns |= {
                "owned": 0,
                "extras": json.dumps(json.loads(above["extras"]) | given),
            }
        self._store.add(columns | shared_columns(above, columns), content)
        return file_id

    def _parent(self, parent: str) -> str:
        return self._store.aliases(self.account).get(parent, parent)

    def _store_content(self, content: bytes | Path) -> Content:
        stream = content.open("rb") if isinstance(content, Path) else BytesIO(content)
        with stream:
            return self._store.blobs.receive(stream)

    def _columns(
        self, fields: Mapping[str, Any], row: Row | None = None, app: str = ""
    ) -> dict[str, Value]:
        writable = metadata.CREATABLE | metadata.UPDATABLE
        known = {name: value for name, value in fields.items() if name in writable}
        columns = metadata.columns(known, app, row)
        extras = {name: value for name, value in fields.items() if name not in writable}
        if extras:
            present = json.loads(
                str(columns.get("extras", row["extras"] if row else "{}"))
            )
            columns["extras"] = json.dumps(present | extras)
        return columns

    def _modify(self, file_id: str, columns: Mapping[str, Value]) -> None:
        self._store.modify(self._store.get(file_id), columns)

    def _resource(self, row: Row, app: str) -> dict[str, Any]:
        caller = Identity(
            self.account, app, frozenset({DRIVE, DRIVE_APPDATA}), all_drives=True
        )
        return Resource(row, caller).view({})

    def _bulk_row(
        self, entry: Mapping[str, Any], app: str, now: int
    ) -> tuple[Value, ...]:
        name, properties = entry["name"], entry.get("appProperties")
        moments = [
            times.read(entry[field]) if field in entry else now
            for field in ("createdTime", "modifiedTime")
        ]
        return (
            entry.get("id") or random_id(),
            self.account,
            self._parent(entry["parent"]),
            name,
            name.casefold(),
            entry.get("mimeType", "image/jpeg"),
            *moments,
            int(entry["size"]),
            entry["md5Checksum"],
            random_id("0B", 27),
            f" {app} ",
            json.dumps({app: properties}) if properties else None,
        )
