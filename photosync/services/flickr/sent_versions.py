"""Which version of a photo is on Flickr right after it was sent.

Uploads tell only an id. An edit on the website is noticed by another version than the
one noted here, so this must be the version of the bytes that were sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from threading import Lock

from photosync.errors import SideError, SideStopped
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.photo_info import fetch_info
from photosync.services.flickr.photo_rows import PhotoRow


class SentVersions:
    """The versions of photos that were sent, as seen when they joined their album."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen: dict[str, str] = {}
        self._lock = Lock()

    def note(
        self, rows: Iterable[PhotoRow], sent: Collection[str], *, until: int
    ) -> None:
        """Note the versions of those that were sent, by id, among the members of a set;
        `until` is when they were put into it, in seconds since 1970 by Flickr's clock.
        """
        found = {row.id: row.find_sent_version(until) for row in rows if row.id in sent}
        with self._lock:
            self._seen.update(found)

    def take(self, photo_ids: Iterable[str]) -> dict[str, str]:
        """Return the versions of photos by id, asked for where no list showed them
        (flickr.photos.getInfo), and forget them; what cannot be had is left out.
        """
        found: dict[str, str] = {}
        for photo_id in photo_ids:
            version = self._take_seen(photo_id) or self._fetch(photo_id)
            if version:
                found[photo_id] = version
        return found

    def _take_seen(self, photo_id: str) -> str:
        with self._lock:
            return self._seen.pop(photo_id, "")

    def _fetch(self, photo_id: str) -> str:
        try:
            return fetch_info(self._connection, photo_id).version
        except SideStopped:
            raise
        except SideError:
            # The photo is in its album: without a version it is believed to be as sent.
            return ""
