"""Resumable upload sessions."""

import json
import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from photosync.emulators.blobs import BLOCK, Content, Digests, Readable
from photosync.emulators.drive.database import Row, random_id
from photosync.emulators.drive.errors import ApiError
from photosync.emulators.drive.identity import Identity
from photosync.emulators.drive.store import FileStore
from photosync.emulators.drive.writer import FileWriter

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass(frozen=True)
class ChunkRange:
    """A Content-Range: the bytes `start` to `end` (inclusive) of `total`, None if
    unknown.
    """

    start: int
    end: int
    total: int | None

    @property
    def length(self) -> int:
        return self.end - self.start + 1

    @property
    def is_last(self) -> bool:
        return self.total is not None and self.end + 1 == self.total


@dataclass(frozen=True)
class UploadStart:
    """What opens a session: a new file, or new content for `file_id`."""

    caller: Identity
    file_id: str | None
    body: Mapping[str, Any]
    params: Mapping[str, Any]
    media_type: str | None
    size: int | None


@dataclass(frozen=True)
class Progress:
    """How far a session is: the bytes kept, and the file once it is complete."""

    received: int
    file: Row | None
    caller: Identity
    fields: str | None


@dataclass(frozen=True)
class Body:
    """The body of a chunk request: its announced length (None if chunked) and its
    bytes.
    """

    length: int | None
    stream: Readable


class Uploads:
    def __init__(self, store: FileStore, writer: FileWriter) -> None:
        self._store = store
        self._writer = writer
        self._digests: dict[str, Digests] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def start(self, start: UploadStart) -> str:
        """Open a session and give its id; raise ApiError if the file could not be
        written.
        """
        size = start.size or 0
        if start.file_id is None:
            media_type = start.media_type or "application/octet-stream"
            self._writer.check_create(start.caller, start.body, size, media_type)
        else:
            self._writer.check_update(
                start.caller, start.file_id, start.body, with_content=True
            )
            self._writer.check_quota(start.caller, size)
        return self._open(start)

    def receive(
        self, upload_id: str, content_range: str | None, body: Body
    ) -> Progress:
        """Take a chunk, finish the upload with the last one; raise ApiError for a wrong
        one.
        """
        with self._locks[upload_id]:
            session = self._session(upload_id)
            if session["done"]:
                return self._progress(session)
            chunk = (
                _whole(session, body) if content_range is None else _read(content_range)
            )
            if chunk is None:
                return self._progress(session)
            _check(session, chunk, body.length)
            self._append(session, chunk, body.stream)
            return self._progress(self._finish(self._session(upload_id), chunk))

    def _open(self, start: UploadStart) -> str:
        upload_id = random_id("AE", 40)
        caller = start.caller
        whose = {"id": upload_id, "account": caller.account, "client": caller.client}
        what = {"file": start.file_id, "media_type": start.media_type}
        texts = {"metadata": json.dumps(start.body), "params": json.dumps(start.params)}
        texts["scopes"] = " ".join(caller.scopes)
        now = self._store.clock.now()
        self._store.database.insert(
            "uploads", **whose, **what, declared=start.size, **texts, started=now
        )
        self._store.blobs.part(upload_id).touch()
        return upload_id

    def _session(self, upload_id: str) -> Row:
        session = self._store.database.row(
            "SELECT * FROM uploads WHERE id = ?", upload_id
        )
        settings = self._store.settings
        if session is None:
            raise ApiError(404, "notFound", "Upload session not found.")
        if self._store.clock.now() - session["started"] > settings.session_lifetime:
            raise ApiError(
                settings.expired_session_status, "notFound", "Upload session expired."
            )
        return session

    def _progress(self, session: Row) -> Progress:
        params = json.loads(session["params"])
        caller = Identity(
            session["account"],
            session["client"],
            frozenset(session["scopes"].split()),
            bool(params.get("supportsAllDrives")),
        )
        file = self._store.find(session["done"]) if session["done"] else None
        return Progress(session["received"], file, caller, params.get("fields"))

    def _append(self, session: Row, chunk: ChunkRange, stream: Readable) -> None:
        upload_id = session["id"]
        digests = self._digests_of(session)
        retention = self._store.settings.chunk_retention
        left = chunk.length if retention is None else min(chunk.length, retention)
        try:
            with self._store.blobs.part(upload_id).open("r+b") as part:
                part.truncate(digests.size)
                part.seek(digests.size)
                # A block that does not arrive whole is not kept.
                while left and (data := stream.read(min(BLOCK, left))):
                    digests.update(data)
                    part.write(data)
                    left -= len(data)
        finally:
            self._store.database.update("uploads", upload_id, received=digests.size)

    def _digests_of(self, session: Row) -> Digests:
        upload_id = session["id"]
        digests = self._digests.get(upload_id)
        if digests is None or digests.size != session["received"]:
            path = self._store.blobs.part(upload_id)
            with path.open("r+b") as part:
                part.truncate(session["received"])
            self._digests[upload_id] = self._store.blobs.digest_part(upload_id)
        return self._digests[upload_id]

    def _finish(self, session: Row, chunk: ChunkRange) -> Row:
        if not chunk.is_last or session["received"] != chunk.total:
            return session
        digests = self._digests.pop(session["id"])
        content = self._store.blobs.adopt_part(session["id"], digests)
        try:
            file = self._write(session, content)
        except ApiError:
            self._store.database.run("DELETE FROM uploads WHERE id = ?", session["id"])
            raise
        self._store.database.update("uploads", session["id"], done=file["id"])
        return self._session(session["id"])

    def _write(self, session: Row, content: Content) -> Row:
        caller = self._progress(session).caller
        body = json.loads(session["metadata"])
        if session["file"]:
            params = json.loads(session["params"])
            if session["media_type"]:
                body.setdefault("mimeType", session["media_type"])
            return self._writer.update(caller, session["file"], body, params, content)
        media_type = session["media_type"] or "application/octet-stream"
        return self._writer.create(caller, body, content, media_type)


def _read(text: str) -> ChunkRange | None:
    """Read a Content-Range; None is a question for the state of the session."""
    match = _RANGE.fullmatch(text)
    if not match:
        _refuse("Failed to parse Content-Range header.")
    start, end, total = match.groups()
    if start is None:
        return None
    chunk = ChunkRange(int(start), int(end), None if total == "*" else int(total))
    if chunk.length < 1 or (chunk.total is not None and chunk.end >= chunk.total):
        _refuse("Failed to parse Content-Range header.")
    return chunk


def _whole(session: Row, body: Body) -> ChunkRange:
    if body.length is None or session["received"]:
        _refuse("A Content-Range header is required.")
    return ChunkRange(0, body.length - 1, body.length)


def _check(session: Row, chunk: ChunkRange, length: int | None) -> None:
    if length is not None and length != chunk.length:
        _refuse("The request body does not have the length of its Content-Range.")
    if chunk.start != session["received"]:
        _refuse(f"Invalid request. The upload continues at byte {session['received']}.")
    declared = session["declared"]
    if declared is not None and chunk.total not in {None, declared}:
        _refuse("The size differs from the one that the session was started with.")
    if not chunk.is_last and chunk.length % BLOCK:
        _refuse(
            "Invalid request. The number of bytes uploaded is required to be equal or greater "
            f"than {BLOCK}, except for the final request. The received bytes: {chunk.length}"
        )


def _refuse(message: str) -> NoReturn:
    raise ApiError(400, "badRequest", message)
