"""Whether photos still have the bytes that our tags tell of.

Whoever crops or replaces a photo on the website leaves the tags as they are.
"""

from __future__ import annotations

from photosync.errors import LeftAlone, NotFound, Rejected
from photosync.model import RemotePhoto, is_same_version
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.photos.downloads import Downloads
from photosync.services.flickr.photos.photo_info import PhotoInfo, fetch_info
from photosync.services.flickr.records import tags
from photosync.services.flickr.records.originals import keeps_bytes
from photosync.services.flickr.records.tags import FileTags
from photosync.services.persistence import FindAgreed, find_nothing_agreed


class SentBytes:
    """Reads photos whose tags may be stale; `find_agreed` is asked what is remembered of
    them.
    """

    def __init__(self, connection: Connection, downloads: Downloads) -> None:
        self._connection = connection
        self._downloads = downloads
        self._others: set[str] = set()
        self.find_agreed: FindAgreed = find_nothing_agreed

    def distrust(self, photo_id: str) -> None:
        """Let a photo stand for no bytes: what our tags tell of it is not so."""
        self._others.add(photo_id)

    def is_distrusted(self, photo_id: str) -> bool:
        """Whether a photo is known to have other bytes than our tags tell of."""
        return photo_id in self._others

    def are_in(self, photo_id: str, md5: str, *, reduced: bool) -> bool:
        """Whether a photo holds the file of this MD5, or a smaller copy of it, as far as
        Flickr shows (flickr.photos.getInfo, getSizes).
        """
        try:
            info = fetch_info(self._connection, photo_id)
            # A list does not tell who wrote the tags.
            if info.has_tags_of_others(self._connection.user_id):
                return False
            ours = info.find_tags_by(self._connection.user_id)
            file = tags.parse_tags(" ".join(ours))
            if file is None or (file.md5, file.reduced) != (md5, reduced):
                return False
            return self.are_as_sent(photo_id, info, file)
        except NotFound:
            # Deleted since it was listed.
            return False

    def are_as_sent(self, photo_id: str, info: PhotoInfo, file: FileTags) -> bool:
        """Whether a photo still has the bytes of this file, as far as Flickr shows
        (flickr.photos.getSizes); raises NotFound for one that is gone.
        """
        # Which bytes a smaller copy has, nobody remembers.
        if file.reduced or not self._may_have_others(photo_id, info, file.md5):
            return True
        original = self._downloads.locate_original(photo_id)
        sent = RemotePhoto(
            file.name, photo_id, size=None, modified_ns=None, md5=file.md5
        )
        # Of a TIFF there is a JPEG, and a free account gets no originals. Our tags are all
        # that tells of these, and mostly right: sent again, each would be there twice.
        if not keeps_bytes(sent, original):
            return True
        try:
            return self._downloads.hash_original(photo_id, original) == file.md5
        except (LeftAlone, Rejected):
            # Withheld, or a film with which Flickr has not finished.
            return True

    def read_again(self, photo: RemotePhoto) -> RemotePhoto | None:
        """Return a photo by its bytes where these are not what our tags tell
        (flickr.photos.getInfo, getSizes).
        """
        info = fetch_info(self._connection, photo.id)
        # In what nobody changed since, the tags are right.
        if photo.reduced or not info.may_have_changed:
            return None
        original = self._downloads.locate_original(photo.id)
        md5 = self._downloads.hash_original(photo.id, original)
        if md5 == photo.md5:
            return None
        return photo._replace(size=None, md5=md5, version=info.version)

    def _may_have_others(self, photo_id: str, info: PhotoInfo, md5: str) -> bool:
        """Whether somebody may have replaced the bytes of a photo."""
        if not info.may_have_changed:
            return False
        # It was looked at, or joined another album: read for that, each copy of a photo
        # in an album of the best ones would take a download.
        return not any(
            agreed.md5 == md5 and is_same_version(agreed.version, info.version)
            for agreed in self.find_agreed(photo_id)
        )
