"""The rules for creating, changing, moving and deleting files."""

import json
from collections.abc import Mapping
from typing import Any

from photosync.emulators.blobs import Content
from photosync.emulators.drive import metadata
from photosync.emulators.drive.database import Row, Value, random_id
from photosync.emulators.drive.errors import (
    ApiError,
    file_not_found,
    insufficient_file_permissions,
    invalid_value,
)
from photosync.emulators.drive.identity import Identity, in_shared_drive
from photosync.emulators.drive.resource import (
    FOLDER,
    GOOGLE_TYPE,
    SHORTCUT,
    capabilities,
    is_binary,
)
from photosync.emulators.drive.store import FileStore

Body = Mapping[str, Any]


class FileWriter:
    def __init__(self, store: FileStore) -> None:
        self._store = store

    def check_create(
        self, caller: Identity, body: Body, size: int = 0, media_type: str | None = None
    ) -> dict[str, Value]:
        """Give the columns of the new file; raise ApiError when it may not be made."""
        fields = metadata.check(body, metadata.CREATABLE)
        parent = self._parent_for(caller, fields.get("parents", ["root"]))
        mime = fields.get("mimeType") or media_type or "application/octet-stream"
        file_id = self._new_id(
            caller, fields.get("id"), mime, has_content=media_type is not None
        )
        self.check_quota(caller, size)
        place: dict[str, Value] = {
            "id": file_id,
            "account": caller.account,
            "space": parent["space"],
            "parent": parent["id"],
            "apps": f" {caller.client} ",
        }
        named = metadata.columns({"name": "Untitled"} | fields, caller.client)
        columns = place | named | {"mime": mime}
        columns |= self._shortcut(caller, fields, columns)
        return columns | shared_columns(parent, columns)

    def create(
        self,
        caller: Identity,
        body: Body,
        content: Content | None = None,
        media_type: str | None = None,
    ) -> Row:
        with self._store.database.transaction():
            size = content.size if content else 0
            columns = self.check_create(
                caller, body, size, media_type if content else None
            )
            if content is None and not str(columns["mime"]).startswith(GOOGLE_TYPE):
                content = self._store.blobs.digests().content(None)
            if str(columns["mime"]).startswith(GOOGLE_TYPE):
                content = None
            self._store.note_sent(caller.account, size)
            return self._store.add(columns, content)

    def check_update(
        self, caller: Identity, file_id: str, body: Body, *, with_content: bool
    ) -> tuple[Row, dict[str, Any]]:
        """Give the file and the fields to set; raise ApiError when it may not be
        changed.
        """
        row = self._writable(caller, file_id)
        fields = metadata.check(body, metadata.UPDATABLE)
        rights = capabilities(row)
        needed = {"canTrash" if "trashed" in fields else "canEdit"}
        if fields.keys() - {"trashed"} or with_content:
            needed.add("canEdit")
        if not all(rights[right] for right in needed):
            raise insufficient_file_permissions()
        if with_content and not is_binary(row):
            raise ApiError(
                400, "badRequest", "This type of file has no binary content."
            )
        if not with_content and fields.get("mimeType", row["mime"]) != row["mime"]:
            raise ApiError(
                403, "fieldNotWritable", "mimeType changes only with new content."
            )
        return row, fields

    def update(
        self,
        caller: Identity,
        file_id: str,
        body: Body,
        params: Mapping[str, Any],
        content: Content | None = None,
    ) -> Row:
        with self._store.database.transaction():
            row, fields = self.check_update(
                caller, file_id, body, with_content=content is not None
            )
            columns = metadata.columns(fields, caller.client, row) | self._move(
                caller, row, params
            )
            if content is None:
                return self._store.modify(row, columns) if columns else row
            self.check_quota(caller, content.size)
            self._store.note_sent(caller.account, content.size)
            keep = bool(params.get("keepRevisionForever"))
            return self._store.replace(row, columns, content, keep_forever=keep)

    def delete(self, caller: Identity, file_id: str) -> None:
        row = self._writable(caller, file_id)
        if not capabilities(row)["canDelete"]:
            raise insufficient_file_permissions()
        self._store.delete(row)

    def check_quota(self, caller: Identity, size: int) -> None:
        self._check_day(caller, size)
        limit = self._store.settings.quota_limit
        if limit is not None and self._store.usage(caller.account) + size > limit:
            raise ApiError(403, "storageQuotaExceeded")

    def _check_day(self, caller: Identity, size: int) -> None:
        sent = self._store.sent_within_a_day(caller.account)
        if size and sent + size > self._store.settings.daily_upload_limit:
            # Only the full stop tells it from a limit of the rate.
            message = "User rate limit exceeded."
            raise ApiError(403, "userRateLimitExceeded", message)

    def _writable(self, caller: Identity, file_id: str) -> Row:
        row = self._store.find(
            self._store.aliases(caller.account).get(file_id, file_id)
        )
        if row is None or row["account"] != caller.account:
            raise file_not_found(file_id)
        if in_shared_drive(row) and not caller.all_drives:
            raise file_not_found(file_id)
        if not caller.sees(row):
            message = (
                f"The user has not granted the app write access to the file {file_id}."
            )
            raise ApiError(403, "appNotAuthorizedToFile", message)
        return row

    def _parent_for(self, caller: Identity, parents: list[Any]) -> Row:
        if len(parents) != 1 or not isinstance(parents[0], str):
            raise ApiError(
                400, "invalid", "A file must have exactly one parent.", "parents"
            )
        return self._parent(caller, parents[0])

    def _parent(self, caller: Identity, parent_id: str) -> Row:
        real = self._store.aliases(caller.account).get(parent_id, parent_id)
        row = self._store.find(real)
        if row is None or not (
            caller.sees(row) or (row["is_root"] and parent_id == "root")
        ):
            raise file_not_found(parent_id)
        if row["mime"] != FOLDER:
            raise ApiError(
                403, "parentNotAFolder", "The specified parent is not a folder."
            )
        if not capabilities(row)["canAddChildren"]:
            raise insufficient_file_permissions()
        self._check_room(row)
        return row

    def _check_room(self, parent: Row) -> None:
        settings = self._store.settings
        if self._store.child_count(parent["id"]) >= settings.max_children:
            message = (
                "The limit for this folder's number of children has been exceeded."
            )
            raise ApiError(403, "numChildrenInNonRootLimitExceeded", message)
        if len(self._store.ancestors(parent["id"])) > settings.max_depth:
            message = "Your My Drive can't contain more than 100 levels of folders."
            raise ApiError(403, "myDriveHierarchyDepthLimitExceeded", message)

    def _new_id(
        self, caller: Identity, wanted: str | None, mime: str, *, has_content: bool
    ) -> str:
        if wanted is None:
            return random_id()
        if self._store.find(wanted):
            raise ApiError(
                409, "fileIdInUse", "A file already exists with the provided ID.", "id"
            )
        issued = self._store.database.row(
            "SELECT * FROM issued_ids WHERE id = ?", wanted
        )
        kind = "shortcuts" if mime == SHORTCUT else "files"
        converted = has_content and mime.startswith(GOOGLE_TYPE)
        mine = issued and issued["account"] == caller.account and issued["kind"] == kind
        spent = self._store.database.row("SELECT 1 FROM changes WHERE file = ?", wanted)
        if not mine or spent or converted:
            raise ApiError(
                400, "invalid", "The provided file ID is not usable.", "file.id"
            )
        return wanted

    def _shortcut(
        self, caller: Identity, fields: Body, columns: Mapping[str, Value]
    ) -> dict[str, Value]:
        if columns["mime"] != SHORTCUT:
            if "shortcutDetails" in fields:
                raise invalid_value("shortcutDetails")
            return {}
        target = fields.get("shortcutDetails", {}).get("targetId")
        if not isinstance(target, str):
            raise ApiError(
                400, "required", "A shortcut needs a target.", "shortcutDetails"
            )
        row = self._store.visible(target, caller)
        extras = json.loads(str(columns.get("extras", "{}"))) | {
            "_targetMimeType": row["mime"]
        }
        return {"target": row["id"], "extras": json.dumps(extras)}

    def _move(
        self, caller: Identity, row: Row, params: Mapping[str, Any]
    ) -> dict[str, Value]:
        aliases = self._store.aliases(caller.account)
        added = {aliases.get(name, name) for name in _split_list(params, "addParents")}
        removed = {
            aliases.get(name, name) for name in _split_list(params, "removeParents")
        }
        present = {row["parent"]} - {None}
        after = (present - removed) | added
        if after == present:
            return {}
        if len(after) > 1:
            raise ApiError(
                403,
                "cannotAddParent",
                "Increasing the number of parents is not allowed",
            )
        if not after or not capabilities(row)["canMoveItemWithinDrive"]:
            raise ApiError(
                403, "forbidden", "This item cannot be taken out of its only parent."
            )
        return {"parent": self._destination(caller, row, after.pop())}

    def _destination(self, caller: Identity, row: Row, parent_id: str) -> str:
        root = self._store.aliases(caller.account)["root"]
        parent = self._parent(caller, "root" if parent_id == root else parent_id)
        if row["id"] in self._store.ancestors(parent["id"]):
            raise ApiError(403, "forbidden", "A folder cannot be moved into itself.")
        return str(parent["id"])


def shared_columns(parent: Row, columns: Mapping[str, Value]) -> dict[str, Value]:
    """Give the columns by which a new file belongs to the shared drive that it is put
    into.
    """
    if not in_shared_drive(parent):
        return {}
    extras = json.loads(str(columns.get("extras", "{}")))
    drive = json.loads(parent["extras"])["driveId"]
    return {"owned": 0, "extras": json.dumps(extras | {"driveId": drive})}


def _split_list(params: Mapping[str, Any], name: str) -> list[str]:
    return [item for item in str(params.get(name, "")).split(",") if item]
