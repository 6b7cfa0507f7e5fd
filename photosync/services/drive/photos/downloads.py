"""The bytes of photos on their way home from Drive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import requests

from photosync.disk.streams import Readable
from photosync.errors import Mute, Transient
from photosync.services.bodies import CRAWLS, Body
from photosync.services.drive.calls.connection import DOWNLOAD, Connection

_PIECE = 64 * 1024
"""Bytes read at a time; what breaks off within them is fetched again."""

_MOST_CRAWLS = 3
_WORTH_GOING_ON = 1024 * 1024
"""So often a download may come to a standstill while it does not bring so many bytes."""


class Download:
    """The bytes of a photo; where the connection breaks they go on from the same
    place.

    `most` is how many there are as far as Drive said, else None.
    """

    def __init__(self, connection: Connection, url: str, most: int | None) -> None:
        self._connection = connection
        self._url = url
        self._most = most
        self._at = 0
        self._reply: requests.Response | None = None
        self._body: Body | None = None
        self._crawls = 0
        self._crawled_at = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, empty at the end.

        Raises SideError after too many tries in one place.
        """
        wanted = _PIECE if size < 0 else min(size, _PIECE)
        data = self._connection.retry_policy.call(lambda: self._read_next(wanted))
        self._at += len(data)
        if self._at - self._crawled_at > _WORTH_GOING_ON:
            self._crawls = 0
        # One that brings a byte after each cut would else go on for years.
        if self._crawls >= _MOST_CRAWLS:
            raise Mute(CRAWLS)
        return data

    def close(self) -> None:
        if self._reply:
            self._reply.close()
        self._reply = self._body = None

    def _read_next(self, size: int) -> bytes:
        try:
            if self._body is None:
                # The line broke after the last byte: there is nothing to go on with.
                if self._at and self._at == self._most:
                    return b""
                self._reply = self._connection.attempt(DOWNLOAD, self._open)
                left = None if self._most is None else self._most - self._at
                self._body = Body(self._reply, left)
            return self._body.read(size)
        except Transient as error:
            self.close()
            if isinstance(error, Mute):
                self._crawls += 1
                self._crawled_at = self._at
            raise

    def _open(self) -> requests.Response:
        """Go on from where the last connection broke (`files.get` with alt=media)."""
        headers = {"Range": f"bytes={self._at}-"} if self._at else {}
        reply = self._connection.session.get(
            self._url,
            headers={**headers, "Accept-Encoding": "identity"},
            stream=True,
            timeout=self._connection.timeout,
        )
        reply = self._connection.check_reply(reply)
        if self._at and reply.status_code != requests.codes.partial_content:
            reply.close()
            raise Transient("Drive did not continue the download where it broke")
        return reply


@contextmanager
def open_download(
    connection: Connection, url: str, most: int | None = None
) -> Iterator[Readable]:
    """Give a photo's bytes, and close its connection afterwards.

    `most` is how many there are, None where nobody knows.
    """
    with closing(Download(connection, url, most)) as stream:
        yield stream
