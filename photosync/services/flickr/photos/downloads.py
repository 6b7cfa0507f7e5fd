"""Photos on their way home, from hosts that throttle apart from the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import requests

from photosync.disk.streams import Readable, compute_md5
from photosync.errors import (
    LeftAlone,
    NotFound,
    RateLimited,
    Rejected,
    SideError,
    Transient,
)
from photosync.media import Kind, recognise_format
from photosync.services.answers import (
    Fields,
    read_count_if_any,
    read_rows,
    read_text,
    reading,
)
from photosync.services.bodies import Body, is_measured, is_page
from photosync.services.capabilities import OriginalWithheld
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.photos.fetch_slots import FetchSlots
from photosync.services.flickr.photos.photo_info import fetch_info
from photosync.services.flickr.records.originals import WITHHELD, Original
from photosync.services.headers import read_retry_after
from photosync.services.unreachable import explain_unreachable

_LONGEST = {Kind.PHOTO: 256 * 1024**2, Kind.VIDEO: 2 * 1024**3}
"""More than Flickr takes of a photo or a video, in bytes."""

_PAGE = "Flickr's file hosts sent a page instead of the file"
_UNMEASURED = (
    "the file came without its length, so that nobody could tell whether it is whole; "
    "does a proxy stand in between?"
)
_SIZE: Fields = {
    "label": read_text,
    "source": read_text,
    "media": read_text,
    "width": read_count_if_any,
    "height": read_count_if_any,
}
_SMALL = 200
"""Pixels on the longer side of a picture that a page shows."""

_NOT_READY = "Flickr has not finished with this video; the next run takes it up"
_NO_VIDEO = (
    "Flickr does not give back this video as it was sent, as on free accounts or where "
    "it could not read it; its page there may still have it"
)


class Downloads:
    """Fetches files, so many at once as the hosts put up with, `at_once` at most."""

    def __init__(self, connection: Connection, at_once: int) -> None:
        self._connection = connection
        self._slots = FetchSlots(at_once)

    @contextmanager
    def open_original(self, photo_id: str, original: Original) -> Iterator[Readable]:
        """Open the bytes as they were sent; raises OriginalWithheld where there are
        none to have, and LeftAlone for a video without them.
        """
        url = original.url
        if original.is_video:
            url = self._find_video_url(photo_id)
        # Since May 2025 a free account does not get its own originals.
        if not url:
            raise OriginalWithheld(WITHHELD)
        kind = Kind.VIDEO if original.is_video else Kind.PHOTO
        with self._open_url(url, kind) as stream:
            yield stream

    @contextmanager
    def open_largest(self, photo_id: str) -> Iterator[Readable]:
        """Open the largest picture there is (flickr.photos.getSizes); raises Rejected
        where there is none.
        """
        best = max(self._list_pictures(photo_id), key=_count_pixels)
        with self._open_url(str(best["source"]), Kind.PHOTO) as stream:
            yield stream

    @contextmanager
    def open_small(self, photo_id: str) -> Iterator[Readable]:
        """Open the smallest picture that a page can show, or the largest one there is
        (flickr.photos.getSizes); raises Rejected where there is none.
        """
        pictures = sorted(self._list_pictures(photo_id), key=_count_pixels)
        large_enough = [one for one in pictures if _find_longer_side(one) >= _SMALL]
        best = large_enough[0] if large_enough else pictures[-1]
        with self._open_url(str(best["source"]), Kind.PHOTO) as stream:
            yield stream

    def _list_pictures(self, photo_id: str) -> list[dict[str, Any]]:
        sizes = self._list_sizes(photo_id)
        pictures = [size for size in sizes if size.get("media", "photo") == "photo"]
        if not pictures:
            raise Rejected("Flickr gives no picture of it at all")
        return pictures

    def hash_original(self, photo_id: str, original: Original) -> str:
        """Return the MD5 of the original, by fetching it."""
        with self.open_original(photo_id, original) as stream:
            return compute_md5(stream)

    def locate_original(self, photo_id: str) -> Original:
        """Find the original of a photo that was not listed (flickr.photos.getInfo,
        getSizes).
        """
        info = fetch_info(self._connection, photo_id)
        return Original(
            self._find_url(photo_id, "Original"),
            info.original_format,
            info.is_video,
            info.date_taken,
        )

    def _list_sizes(self, photo_id: str) -> list[dict[str, Any]]:
        answer = self._connection.call("photos.getSizes", photo_id=photo_id)
        with reading("Flickr"):
            return read_rows(answer["sizes"]["size"], _SIZE, {"source"})

    def _find_video_url(self, photo_id: str) -> str:
        # Of a video, `url_o` and the size "Original" are a still picture.
        url = self._find_url(photo_id, "Video Original")
        if url:
            return url
        # Some never get one: that is no failure of each night.
        if fetch_info(self._connection, photo_id).is_processed:
            raise LeftAlone(_NO_VIDEO)
        raise Rejected(_NOT_READY)

    def _find_url(self, photo_id: str, label: str) -> str:
        """Return the address of a size by its label; empty where there is none."""
        for size in self._list_sizes(photo_id):
            if size.get("label") == label:
                return str(size["source"])
        return ""

    @contextmanager
    def _open_url(self, url: str, kind: Kind) -> Iterator[Readable]:
        with self._slots.take():
            reply, body = self._connection.retry_policy.call(
                lambda: self._get(url, kind)
            )
            with closing(reply):
                yield body

    def _get(self, url: str, kind: Kind) -> tuple[requests.Response, Body]:
        try:
            reply = self._connection.files.get(
                url,
                headers={"Accept-Encoding": "identity"},
                stream=True,
                timeout=self._connection.timeout,
            )
        except requests.RequestException as error:
            raise explain_unreachable("Flickr", error) from error
        refusal = _find_refusal(reply)
        if refusal:
            reply.close()
            if isinstance(refusal, RateLimited):
                self._slots.lower()
            raise refusal
        body = Body(reply, _LONGEST[kind])
        # Of a photo without our tags no hash will tell what a host sent in its place, nor
        # that a proxy cut it.
        if not is_measured(reply):
            reply.close()
            raise Transient(_UNMEASURED)
        if _is_other(body.peek(), kind):
            reply.close()
            raise Transient(_PAGE)
        return reply, body


def _is_other(head: bytes, kind: Kind) -> bool:
    """Whether what begins so cannot be the file that was asked for."""
    found = recognise_format(head)
    if kind is Kind.PHOTO:
        return found is None or is_page(head)
    # Films are of more kinds than anybody knows; a still picture is none of them.
    is_picture = found is not None and found.kind is Kind.PHOTO
    return not head or is_picture or is_page(head)


def _count_pixels(size: Mapping[str, Any]) -> int:
    return int(size.get("width") or 0) * int(size.get("height") or 0)


def _find_longer_side(size: Mapping[str, Any]) -> int:
    return max(int(size.get("width") or 0), int(size.get("height") or 0))


def _find_refusal(reply: requests.Response) -> SideError | None:
    """Return the error that an answer of a file host means; None for a file."""
    status = reply.status_code
    if status == requests.codes.too_many_requests:
        wait = read_retry_after(reply.headers)
        return RateLimited("Flickr's file hosts ask for fewer calls", wait)
    if status >= requests.codes.server_error:
        return Transient(f"Flickr's file hosts are out of order (status {status})")
    # A missing file may be a picture that says so, with status 200.
    is_placeholder = "photo_unavailable" in reply.url
    if is_placeholder or status >= requests.codes.bad_request:
        return NotFound("the file is not there any more; the next run looks again")
    # A page of the network one is in (a hotel's), or of a host that is overloaded.
    if reply.headers.get("Content-Type", "").startswith("text/"):
        return Transient(_PAGE)
    return None
