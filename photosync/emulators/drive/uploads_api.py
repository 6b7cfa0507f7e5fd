"""The upload forms of ``files.create`` and ``files.update``."""

from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request, Response

from photosync.emulators.blobs import Content
from photosync.emulators.drive.calls import ApiCall, json_body, json_response, mask_of
from photosync.emulators.drive.errors import ApiError
from photosync.emulators.drive.files_api import view
from photosync.emulators.drive.multipart import parts_of
from photosync.emulators.drive.resource import Resource
from photosync.emulators.drive.store import FileStore
from photosync.emulators.drive.uploads import Body, Progress, Uploads, UploadStart
from photosync.emulators.drive.writer import FileWriter


class UploadsApi:
    def __init__(self, store: FileStore, writer: FileWriter) -> None:
        self._store = store
        self._writer = writer
        self._uploads = Uploads(store, writer)

    def at_once(self, call: ApiCall) -> Response:
        """Take metadata and content in one call."""
        receive = {"multipart": self._multipart, "media": self._media}.get(
            call.params.get("uploadType", "")
        )
        if receive is None:
            raise ApiError(400, "badRequest", "Unknown upload type.", "uploadType")
        return receive(call)

    def start(self, call: ApiCall) -> Response:
        """Open a session; its address is on the host that the caller has used."""
        headers = call.request.headers
        declared = headers.get("X-Upload-Content-Length")
        if declared is not None and not declared.isdecimal():
            raise ApiError(400, "badRequest", "Invalid X-Upload-Content-Length.")
        upload_id = self._uploads.start(
            UploadStart(
                call.caller,
                call.file_id or None,
                call.body(),
                {
                    name: value
                    for name, value in call.params.items()
                    if name != "uploadType"
                },
                headers.get("X-Upload-Content-Type"),
                None if declared is None else int(declared),
            )
        )
        response = Response(status=200)
        response.headers["X-GUploader-UploadID"] = upload_id
        response.headers["Location"] = (
            f"{call.request.base_url}?uploadType=resumable&upload_id={upload_id}"
        )
        response.autocorrect_location_header = False
        return response

    def session(self, request: Request, upload_id: str) -> Response:
        """Answer a chunk or a question for the state; knowing the address is permission
        enough.
        """
        body = Body(request.content_length, request.stream)
        if (
            "chunked" not in request.headers.get("Transfer-Encoding", "")
            and body.length is None
        ):
            body = Body(0, request.stream)
        content_range = request.headers.get("Content-Range")
        return _answer(self._uploads.receive(upload_id, content_range, body))

    def _multipart(self, call: ApiCall) -> Response:
        limit = self._store.settings.max_multipart
        if (call.request.content_length or 0) > limit:
            raise ApiError(
                413, "uploadTooLarge", "Request is too large for a multipart upload."
            )
        content_type = call.request.headers.get("Content-Type", "")
        parts = parts_of(call.request.get_data(), content_type)
        if len(parts) != 2:
            raise ApiError(
                400, "badContent", "A multipart upload has exactly two parts."
            )
        metadata, media = parts
        if media.headers.get("content-transfer-encoding", "binary") not in {
            "binary",
            "8bit",
        }:
            raise ApiError(400, "badContent", "Unsupported Content-Transfer-Encoding.")
        body = json_body(metadata.body, metadata.media_type)
        self._check(call, body, len(media.body), media.media_type)
        content = self._store.blobs.receive(BytesIO(media.body))
        return self._write(call, body, content, media.media_type)

    def _media(self, call: ApiCall) -> Response:
        media_type = call.request.mimetype
        self._check(call, {}, call.request.content_length or 0, media_type)
        content = self._store.blobs.receive(call.request.stream)
        return self._write(call, {}, content, media_type)

    def _check(self, call: ApiCall, body: Any, size: int, media_type: str) -> None:
        if call.method == "files.create":
            self._writer.check_create(call.caller, body, size, media_type)
        else:
            self._writer.check_update(
                call.caller, call.file_id, body, with_content=True
            )

    def _write(
        self, call: ApiCall, body: Any, content: Content, media_type: str
    ) -> Response:
        if call.method == "files.create":
            row = self._writer.create(call.caller, body, content, media_type)
        else:
            fields = ({"mimeType": media_type} if media_type else {}) | body
            row = self._writer.update(
                call.caller, call.file_id, fields, call.params, content
            )
        return json_response(view(row, call))


def _answer(progress: Progress) -> Response:
    if progress.file is not None:
        params = {} if progress.fields is None else {"fields": progress.fields}
        mask = mask_of(params, "files.create")
        return json_response(Resource(progress.file, progress.caller).view(mask))
    response = Response(status=308)
    response.status = "308 Resume Incomplete"
    if progress.received:
        response.headers["Range"] = f"bytes=0-{progress.received - 1}"
    return response
