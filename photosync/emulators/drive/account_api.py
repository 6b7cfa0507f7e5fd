"""``about`` and ``changes``: the account as a whole."""

from typing import Any

from werkzeug.wrappers import Response

from photosync.emulators.drive import times
from photosync.emulators.drive.calls import ApiCall, json_response
from photosync.emulators.drive.database import Row
from photosync.emulators.drive.errors import ApiError, invalid_value
from photosync.emulators.drive.fields import Mask, prune
from photosync.emulators.drive.identity import Identity, in_shared_drive
from photosync.emulators.drive.listing import check_spaces, page_size
from photosync.emulators.drive.resource import Resource, user
from photosync.emulators.drive.store import FileStore


class AccountApi:
    def __init__(self, store: FileStore) -> None:
        self._store = store

    def about(self, call: ApiCall) -> Response:
        account = call.caller.account
        row = self._store.get(self._store.aliases(account)["root"])
        limit, used = self._store.settings.quota_limit, self._store.usage(account)
        trashed = self._store.usage(account, trashed_only=True)
        quota = {"usage": used, "usageInDrive": used, "usageInDriveTrash": trashed}
        if limit is not None:
            quota["limit"] = limit
        answer = {
            "kind": "drive#about",
            "user": user(row, account),
            "storageQuota": {name: str(value) for name, value in quota.items()},
            "maxUploadSize": str(5120 * 1024**3),
            "appInstalled": True,
            "canCreateDrives": False,
        }
        return json_response(prune(answer, call.mask))

    def drives(self, call: ApiCall) -> Response:
        """Answer the shared drives that the user is a member of, all on one page."""
        if not 1 <= call.params.get("pageSize", 10) <= 100:
            message = "Values must be within the range: [1, 100]"
            raise ApiError(400, "invalidParameter", message, "pageSize")
        for name in ("pageToken", "q"):
            if name in call.params:
                raise invalid_value(name)
        drives = [
            {"kind": "drive#drive", "id": row["id"], "name": row["name"]}
            for row in self._store.drives(call.caller.account)
        ]
        return json_response(
            prune({"kind": "drive#driveList", "drives": drives}, call.mask)
        )

    def start_page_token(self, call: ApiCall) -> Response:
        number = str(self._store.changes.next_number())
        answer = {"kind": "drive#startPageToken", "startPageToken": number}
        return json_response(prune(answer, call.mask))

    def changes(self, call: ApiCall) -> Response:
        """Answer one page of changes; its token is the number of the first one."""
        token = call.params.get("pageToken", "")
        spaces = check_spaces(call.caller, call.params.get("spaces", "drive"))
        wide = bool(call.params.get("includeItemsFromAllDrives"))
        log, size = self._store.changes, page_size(dict(call.params))
        if (
            not token.isascii()
            or not token.isdecimal()
            or int(token) > log.next_number()
        ):
            raise invalid_value("pageToken")
        with self._store.database.transaction():
            include_removed = call.params.get("includeRemoved", True)
            entries = log.since(
                int(token), call.caller, size + 1, include_removed=include_removed
            )
            files = [self._store.find(entry["file"]) for entry in entries[:size]]
            answer = _continue_answer(entries, size, log.next_number())
        mask = call.mask.get("changes", {})
        answer["changes"] = [
            _entry(entry, file, call.caller, mask)
            for entry, file in zip(entries, files, strict=False)
            if file is None
            or (
                file["space"] in spaces
                and not file["is_root"]
                and (wide or not in_shared_drive(file))
            )
        ]
        return json_response(
            {
                name: value
                for name, value in answer.items()
                if not call.mask or name in call.mask
            }
        )


def _continue_answer(entries: list[Row], size: int, next_number: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"kind": "drive#changeList"}
    if len(entries) > size:
        return answer | {"nextPageToken": str(entries[size]["seq"])}
    return answer | {"newStartPageToken": str(next_number)}


def _entry(
    entry: Row, file: Row | None, caller: Identity, mask: Mask
) -> dict[str, Any]:
    shown = {
        "kind": "drive#change",
        "type": "file",
        "changeType": "file",
        "time": times.write(entry["time"]),
        "removed": bool(entry["removed"]),
        "fileId": entry["file"],
    }
    answer: dict[str, Any] = prune(shown, mask)
    if file is not None and (not mask or "file" in mask):
        answer["file"] = Resource(file, caller).view(mask.get("file", {}))
    return answer
