"""Photos on their way home, from hosts that throttle apart from the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import BoundedSemaphore

import requests
import urllib3

from photosync.disk.streams import Readable, compute_md5
from photosync.errors import NotFound, RateLimited, Rejected, Transient
from photosync.services.base import OriginalWithheld
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.errors import of_exception
from photosync.services.flickr.listing import Original
from photosync.services.http import TIMEOUT, retry_after

_AT_ONCE = 2
WITHHELD = "Flickr withholds the original (it does for free accounts); --largest takes the largest"
_NOT_READY = "Flickr has not finished with this video; the next run takes it up"


class _Body:
    """The body of a reply; a cut is a Transient, never a shorter file."""

    def __init__(self, reply: requests.Response) -> None:
        self._reply = reply

    def read(self, size: int = -1, /) -> bytes:
        try:
            data: bytes = self._reply.raw.read(size, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Transient(f"the download broke ({type(error).__name__})") from error
        return data


class Downloads:
    """Fetches files, few at a time: more make the hosts refuse all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._places = BoundedSemaphore(_AT_ONCE)

    @contextmanager
    def original(self, photo_id: str, original: Original) -> Iterator[Readable]:
        """The bytes as they were sent; raises OriginalWithheld where there are none to
        have.
        """
        url = self._video(photo_id) if original.is_video else original.url
        if not url:
            raise OriginalWithheld(WITHHELD)
        with self._fetched(url) as stream:
            yield stream

    @contextmanager
    def largest(self, photo_id: str) -> Iterator[Readable]:
        """The largest picture there is."""
        sizes = self._sizes(photo_id)
        pictures = [one for one in sizes if one.get("media", "photo") == "photo"]
        if not pictures:
            raise Rejected("Flickr gives no picture of it at all")
        best = max(pictures, key=lambda one: int(one["width"]) * int(one["height"]))
        with self._fetched(str(best["source"])) as stream:
            yield stream

    def md5(self, photo_id: str, original: Original) -> str:
        """The hash of the original, by fetching it."""
        with self.original(photo_id, original) as stream:
            return compute_md5(stream)

    def located(self, photo_id: str) -> Original:
        """Where the original is of a photo that was not listed."""
        info = self._connection.call("photos.getInfo", photo_id=photo_id)["photo"]
        sizes = {
            str(one.get("label")): str(one["source"]) for one in self._sizes(photo_id)
        }
        return Original(
            sizes.get("Original", ""),
            str(info.get("originalformat", "")),
            info.get("media") == "video",
            str(info.get("dates", {}).get("taken", "")),
        )

    def _sizes(self, photo_id: str) -> list[dict[str, str]]:
        answer = self._connection.call("photos.getSizes", photo_id=photo_id)
        return list(answer["sizes"]["size"])

    def _video(self, photo_id: str) -> str:
        """Of a video, `url_o` is a still picture; the file is a size of its own."""
        for one in self._sizes(photo_id):
            if one.get("label") == "Video Original":
                return str(one["source"])
        raise Rejected(_NOT_READY)

    @contextmanager
    def _fetched(self, url: str) -> Iterator[Readable]:
        with self._places:
            reply = self._connection.retry_policy.call(lambda: self._get(url))
            with closing(reply):
                yield _Body(reply)

    def _get(self, url: str) -> requests.Response:
        try:
            reply = self._connection.files.get(url, stream=True, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise of_exception(error) from error
        refusal = _refusal(reply)
        if refusal:
            reply.close()
            raise refusal
        return reply


def _refusal(reply: requests.Response) -> Exception | None:
    if reply.status_code == requests.codes.too_many_requests:
        return RateLimited(
            "Flickr's file hosts ask for fewer calls", retry_after(reply.headers)
        )
    if reply.status_code >= requests.codes.server_error:
        return Transient(
            f"Flickr's file hosts are out of order (status {reply.status_code})"
        )
    if (
        "photo_unavailable" in reply.url
        or reply.status_code >= requests.codes.bad_request
    ):
        return NotFound("the file is not there any more; the next run looks again")
    if reply.headers.get("Content-Type", "").startswith("text/"):
        return Transient("Flickr's file hosts sent a page instead of the file")
    return None
