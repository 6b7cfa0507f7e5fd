"""The bytes of photos on their way to Drive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import requests
from googleapiclient.http import HttpRequest, MediaUpload

from photosync.disk.streams import (
    Progress,
    SeekableReadable,
    ignore_progress,
)
from photosync.errors import (
    Changed,
    Mute,
    QuotaExceeded,
    Rejected,
    Transient,
)
from photosync.services.drive.calls.connection import MODIFY, Connection
from photosync.services.drive.calls.costs import CHUNK, SMALL
from photosync.services.drive.calls.errors import DayOver, Refused, SessionGone
from photosync.services.drive.calls.transport import execute, reading_refusals, refuse

_Answer = TypeVar("_Answer")
_SESSIONS = 3
_INCOMPLETE = 308
"""An upload that is not at its end, in the words of Google's; elsewhere a redirect."""

_NOT_KNOWN = "Drive does not know the upload any more"


class Media(MediaUpload):  # type: ignore[misc]
    """A photo's bytes as google-api-python-client reads them, hashed as they are
    read.
    """

    def __init__(
        self,
        stream: SeekableReadable,
        size: int,
        *,
        mimetype: str,
        progress: Progress = ignore_progress,
    ) -> None:
        self._stream = stream
        self._size = size
        self._mimetype = mimetype
        self._progress = progress
        self._digest = hashlib.md5(usedforsecurity=False)
        self._hashed = 0

    @property
    def md5(self) -> str:
        """MD5 of all bytes read so far, in hex."""
        return self._digest.hexdigest()

    def chunksize(self) -> int:
        return CHUNK

    def mimetype(self) -> str:
        return self._mimetype

    def size(self) -> int:
        return self._size

    def resumable(self) -> bool:
        """True for every size: else the library would put the photo into a body of its
        own.
        """
        return True

    def has_stream(self) -> bool:
        return False

    def catch_up(self, end: int) -> None:
        """Hash what is not to be sent: bytes up to `end` that are there already."""
        while self._hashed < end:
            self._read(self._hashed, min(CHUNK, end - self._hashed))
            self._progress(0)

    def getbytes(self, begin: int, length: int) -> bytes:
        # To an answer lost on the way Drive may say that it holds all, or even more.
        if 0 < self._size <= begin:
            raise SessionGone("Drive sent an answer that cannot be read")
        self.catch_up(begin)
        hashed = self._hashed
        data = self._read(begin, length)
        self._progress(self._hashed - hashed)
        return data

    def _read(self, begin: int, length: int) -> bytes:
        wanted = min(length, self._size - begin)
        self._stream.seek(begin)
        data = self._stream.read(wanted)
        if len(data) != wanted:
            raise Changed(
                "it became shorter while it was read; the next run takes it up"
            )
        new = data[self._hashed - begin :]
        self._digest.update(new)
        self._hashed += len(new)
        return data


class UploadSession:
    """The address of a resumable upload, empty without one; `record` is told it once
    it is known.

    Whoever knows the address can write to it: it belongs into no message and no log.
    """

    def __init__(
        self, address: str = "", record: Callable[[str], None] = lambda _: None
    ) -> None:
        self.address = address
        self._record = record

    def begin(self, address: str) -> None:
        """Take the address that Drive gave this upload, and have it recorded."""
        self.address = address
        self._record(address)


def send(
    connection: Connection,
    build: Callable[[], Any],
    media: Media,
    *,
    session: UploadSession | None = None,
) -> dict[str, Any]:
    """Send a create or update with content; returns the file that Drive answers with.

    `build` makes the request, anew for each try. In one call up to 5 MiB, else in
    chunks: a chunk that fails is asked about and continued where Drive says, and so is
    a `session` that an earlier run has begun. Raises SideError.
    """

    def send_at_once() -> dict[str, Any]:
        return execute(_build_single_request(build(), media), connection.http_to_send)

    if media.size() <= SMALL:
        return connection.retry_policy.call(
            lambda: _attempt_to_send(connection, MODIFY, send_at_once), mute_attempts=1
        )
    session = session or UploadSession()
    # Google forgets an address after a week: a laptop back from the holidays starts
    # again.
    for _ in range(_SESSIONS):
        with suppress(SessionGone):
            return _send_in_chunks(connection, build(), media, session=session)
        session.address = ""
    raise Transient("Drive lost the upload again and again")


def _attempt_to_send(
    connection: Connection, units: int, call: Callable[[], _Answer]
) -> _Answer:
    """Try once to send something; raises SideError, and QuotaExceeded where the day's
    750 GB are used up, which no wait of ours outlasts.
    """
    try:
        return connection.attempt(units, call)
    except DayOver as error:
        raise QuotaExceeded(
            "Google takes 750 GB a day, and today's are used up; uploads go on tomorrow"
        ) from error


def _build_single_request(request: Any, media: Media) -> Any:
    """Make the same request with metadata and photo in one body.

    The library ends the lines of such a body with a bare LF, and a photo that ends with
    a CR would lose it to the line end that follows; besides, it would hold the photo
    three times.
    """
    mark = uuid4().hex
    head = (
        f"--{mark}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{request.body}\r\n"
        f"--{mark}\r\nContent-Type: {media.mimetype()}\r\n\r\n"
    )
    tail = f"\r\n--{mark}--\r\n"
    body = b"".join((head.encode(), media.getbytes(0, media.size()), tail.encode()))
    return HttpRequest(
        request.http,
        request.postproc,
        request.uri.replace("uploadType=resumable", "uploadType=multipart"),
        method=request.method,
        body=body,
        headers={
            **request.headers,
            "content-type": f"multipart/related; boundary={mark}",
        },
    )


def _send_in_chunks(
    connection: Connection, request: Any, media: Media, *, session: UploadSession
) -> dict[str, Any]:
    answer: dict[str, Any] | None = None
    if session.address:
        request.resumable_uri = session.address
        answer = _query_progress(connection, request, media.size())
    else:
        session.begin(_start_upload(connection, request, media))
        request.resumable_uri = session.address
    while answer is None:
        before = request.resumable_progress
        try:
            answer = connection.retry_policy.call(
                lambda: _send_next_chunk(connection, request, media), mute_attempts=1
            )
        except Mute:
            # It may hold the chunk, and have said nothing.
            answer = _query_progress(connection, request, media.size())
            if answer is None and request.resumable_progress <= before:
                raise
        except Transient:
            # As long as anything arrives, an upload over a bad line ends in the end.
            if request.resumable_progress <= before:
                raise
    return answer


def _start_upload(connection: Connection, request: Any, media: Media) -> str:
    """Start a resumable upload; returns its address.

    The library would send the first chunk at once, before the address can be recorded.
    """
    headers = {
        **request.headers,
        "X-Upload-Content-Type": media.mimetype(),
        "X-Upload-Content-Length": str(media.size()),
    }

    def start() -> str:
        http = connection.http
        reply, content = http.request(
            request.uri, request.method, body=request.body, headers=headers
        )
        if reply.status != requests.codes.ok:
            refuse(reply, content)
        if "location" not in reply:
            raise Transient("Drive sent an answer that cannot be read")
        return str(reply["location"])

    return connection.retry_policy.call(
        lambda: _attempt_to_send(connection, MODIFY, start)
    )


def _query_progress(
    connection: Connection, request: Any, size: int
) -> dict[str, Any] | None:
    """Ask where an upload stands, so that the request goes on there.

    Returns the file if it is complete, else None. Raises SessionGone where it cannot go
    on.
    """
    ask = partial(_ask_for_progress, connection, request, size)
    try:
        answer = connection.retry_policy.call(lambda: connection.attempt(0, ask))
    except (Rejected, ValueError, RecursionError) as error:
        raise SessionGone(_NOT_KNOWN) from error
    is_whole_without_file = answer is None and request.resumable_progress >= size
    if not isinstance(answer, dict | None) or is_whole_without_file:
        raise SessionGone("Drive sent an answer that cannot be read")
    return answer


def _ask_for_progress(connection: Connection, request: Any, size: int) -> Any:
    """Ask once; the request learns from it what Drive holds of the upload."""
    headers = {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
    reply, content = connection.http.request(
        request.resumable_uri, "PUT", headers=headers
    )
    if reply.status in {requests.codes.ok, requests.codes.created}:
        return json.loads(content)
    if reply.status != _INCOMPLETE:
        with _noticing_loss():
            refuse(reply, content)
    # "bytes=0-524287" is what Drive holds; it says nothing while it holds nothing.
    _, _, last = reply.get("range", "").rpartition("-")
    request.resumable_progress = int(last) + 1 if last else 0
    return None


@contextmanager
def _noticing_loss() -> Iterator[None]:
    """Raise SessionGone where the address of an upload is refused as one that is not
    there, be it by a page: such an address is Google's own.
    """
    try:
        yield
    except Refused as refused:
        if refused.refusal.status in {requests.codes.not_found, requests.codes.gone}:
            raise SessionGone(_NOT_KNOWN) from None
        raise


def _send_next_chunk(
    connection: Connection, request: Any, media: Media
) -> dict[str, Any] | None:
    before = request.resumable_progress

    def send_chunk() -> Any:
        with _noticing_loss(), reading_refusals():
            _, answer = request.next_chunk(http=connection.http_to_send)
        return answer

    try:
        answer = _attempt_to_send(connection, 0, send_chunk)
    except (ValueError, LookupError, RecursionError):
        answer = ""
    if answer is None and request.resumable_progress <= before:
        raise Transient("Drive kept nothing of what was sent")
    is_past_end = answer is None and request.resumable_progress >= media.size()
    if is_past_end or not isinstance(answer, dict | None):
        # Done perhaps: a new upload under the same id finds out.
        raise SessionGone("Drive sent an answer that cannot be read")
    return answer
