"""The methods of ``files`` that carry no upload."""

from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Response

from photosync.emulators.blobs import Content
from photosync.emulators.drive import times
from photosync.emulators.drive.calls import ApiCall, json_response
from photosync.emulators.drive.database import Row, random_id
from photosync.emulators.drive.errors import ApiError, invalid_parameter, invalid_value
from photosync.emulators.drive.fields import Mask, prune
from photosync.emulators.drive.identity import Identity
from photosync.emulators.drive.listing import Listing
from photosync.emulators.drive.resource import (
    ABUSIVE,
    Resource,
    capabilities,
    is_binary,
)
from photosync.emulators.drive.store import FileStore
from photosync.emulators.drive.writer import FileWriter


class FilesApi:
    def __init__(self, store: FileStore, writer: FileWriter) -> None:
        self._store = store
        self._writer = writer
        self._listing = Listing(store)

    def list(self, call: ApiCall) -> Response:
        page = self._listing.page(call.caller, dict(call.params))
        answer: dict[str, Any] = {
            "kind": "drive#fileList",
            "incompleteSearch": self._store.settings.incomplete_search,
        }
        if page.next_token:
            answer["nextPageToken"] = page.next_token
        shown = prune(answer, call.mask) if call.mask else answer
        if not call.mask or "files" in call.mask:
            shown["files"] = views(page.rows, call.caller, call.mask.get("files", {}))
        return json_response(shown)

    def get(self, call: ApiCall) -> Response:
        return json_response(view(self._store.visible(call.file_id, call.caller), call))

    def download(self, call: ApiCall) -> Response:
        """Answer the content or the asked range of it."""
        row = self._store.visible(call.file_id, call.caller)
        _check_download(row, acknowledged=bool(call.params.get("acknowledgeAbuse")))
        return self._answer_download(
            call, Content(row["blob"], row["size"], row["md5"]), row["mime"]
        )

    def get_revision(self, call: ApiCall) -> Response:
        row, revision = self._revision(call)
        answer: dict[str, Any] = {
            "kind": "drive#revision",
            "id": revision["revision"],
            "mimeType": row["mime"],
            "modifiedTime": times.write(revision["modified"]),
            "keepForever": bool(revision["keep_forever"]),
            "md5Checksum": revision["md5"],
            "size": str(revision["size"]),
            "originalFilename": row["name"],
        }
        return json_response(prune(answer, call.mask))

    def download_revision(self, call: ApiCall) -> Response:
        """Answer the content that a file once had, or the asked range of it."""
        row, revision = self._revision(call)
        _check_download(row, acknowledged=bool(call.params.get("acknowledgeAbuse")))
        content = Content(revision["blob"], revision["size"], revision["md5"])
        return self._answer_download(call, content, row["mime"])

    def create(self, call: ApiCall) -> Response:
        return json_response(view(self._writer.create(call.caller, call.body()), call))

    def update(self, call: ApiCall) -> Response:
        row = self._writer.update(call.caller, call.file_id, call.body(), call.params)
        return json_response(view(row, call))

    def delete(self, call: ApiCall) -> Response:
        self._writer.delete(call.caller, call.file_id)
        return Response(status=204)

    def generate_ids(self, call: ApiCall) -> Response:
        count = call.params.get("count", 10)
        space, kind = (
            call.params.get("space", "drive"),
            call.params.get("type", "files"),
        )
        if not 1 <= count <= 1000:
            raise invalid_parameter(
                "count", "Values must be within the range: [1, 1000]"
            )
        if space not in {"drive", "appDataFolder"} or kind not in {
            "files",
            "shortcuts",
        }:
            raise invalid_value("space" if kind in {"files", "shortcuts"} else "type")
        ids = [random_id() for _ in range(count)]
        self._store.database.run_many(
            "INSERT INTO issued_ids VALUES (?, ?, ?, ?)",
            [(file_id, call.caller.account, kind, space) for file_id in ids],
        )
        answer = {"kind": "drive#generatedIds", "space": space, "ids": ids}
        return json_response(prune(answer, call.mask))

    def _revision(self, call: ApiCall) -> tuple[Row, Row]:
        row = self._store.visible(call.file_id, call.caller)
        for revision in self._store.revisions(row["id"]):
            if revision["revision"] == call.revision:
                return row, revision
        raise ApiError(
            404, "notFound", f"Revision not found: {call.revision}.", "revisionId"
        )

    def _answer_download(self, call: ApiCall, content: Content, mime: str) -> Response:
        wanted = call.request.range
        if not wanted or wanted.units != "bytes" or len(wanted.ranges) != 1:
            blocks = self._store.blobs.read(content.blob, 0, content.size)
            return _stream(
                blocks, Response(status=200, content_type=mime), content.size
            )
        section = wanted.range_for_length(content.size)
        if section is None:
            return _unsatisfiable(content.size)
        start, end = section
        response = Response(status=206, content_type=mime)
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
        blocks = self._store.blobs.read(content.blob, start, end - start)
        return _stream(blocks, response, end - start)


def view(row: Row, call: ApiCall) -> dict[str, Any]:
    """Give a file as the caller wants to see it."""
    return Resource(row, call.caller).view(call.mask)


def views(rows: Iterable[Row], caller: Identity, mask: Mask) -> list[dict[str, Any]]:
    return [Resource(row, caller).view(mask) for row in rows]


def _check_download(row: Row, *, acknowledged: bool) -> None:
    if not is_binary(row):
        message = (
            "Only files with binary content can be directly downloaded. "
            "Use Export with Docs Editors files."
        )
        raise ApiError(403, "fileNotDownloadable", message, "alt")
    if not capabilities(row)["canDownload"]:
        raise ApiError(
            403, "cannotDownloadFile", "This file cannot be downloaded by the user."
        )
    if ABUSIVE in row["extras"] and not acknowledged:
        message = (
            "This file has been identified as malware or spam and cannot be downloaded."
        )
        raise ApiError(403, "cannotDownloadAbusiveFile", message)


def _stream(blocks: Iterable[bytes], response: Response, length: int) -> Response:
    response.response = blocks
    response.content_length = length
    return response


def _unsatisfiable(size: int) -> Response:
    error = ApiError(
        416, "requestedRangeNotSatisfiable", "Request range not satisfiable"
    )
    response = json_response(error.body(), 416)
    response.headers["Content-Range"] = f"bytes */{size}"
    return response
