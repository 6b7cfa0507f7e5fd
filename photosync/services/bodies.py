"""The bytes of a photo as a reply brings them."""

from __future__ import annotations

import requests
import urllib3

from photosync.errors import Changed, Mute, Transient
from photosync.services.web import check_end

HEAD = 512
"""So many bytes tell the format of a file."""

CRAWLS = "the download stands still, or nearly so"

_AS_STORED = {"", "identity"}
_PAGES = (b"<", b"{", b"[")


class Body:
    """The body of one reply, byte for byte as it is stored.

    A cut is a Transient, never a shorter file. `most` is how many bytes were announced,
    None where nobody said; more than that is Changed as soon as it comes.
    """

    def __init__(self, reply: requests.Response, most: int | None = None) -> None:
        # Packed though we ask for bytes as they are: under the photo's name that would
        # be another file.
        encoding = reply.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in _AS_STORED:
            reply.close()
            raise Transient("the file came packed, which was not asked for")
        self._reply = reply
        self._left = most
        self._head: bytes | None = None

    def peek(self) -> bytes:
        """Return the first bytes, which are read again later."""
        head = b""
        while len(head) < HEAD:
            data = self._read(HEAD - len(head))
            if not data:
                break
            head += data
        self._head = head
        return head

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, empty at the end."""
        if not self._head:
            return self._read(size)
        data = self._head if size < 0 else self._head[:size]
        self._head = self._head[len(data) :]
        return data

    def _read(self, size: int) -> bytes:
        try:
            data = self._read_what_came(size)
        except (urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
            raise Mute(CRAWLS) from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Transient("the download broke off") from error
        if not data:
            check_end(self._reply)
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise Changed(
                    "more bytes arrive than were announced; the next run tries again"
                )
        return data

    def _read_what_came(self, size: int) -> bytes:
        """Return bytes as they come, not only when there are as many as asked for."""
        raw = self._reply.raw
        if size < 0:
            return bytes(raw.read(decode_content=False))
        return bytes(raw.read1(size, decode_content=False))


def is_measured(reply: requests.Response) -> bool:
    """Whether an answer tells where its body ends; else a cut would be its end."""
    raw = reply.raw
    return bool(raw.chunked) or raw.length_remaining is not None


def is_page(head: bytes) -> bool:
    """Whether a file that begins so is a text for browsers or programs.

    No picture and no video begins like one.
    """
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_PAGES)
