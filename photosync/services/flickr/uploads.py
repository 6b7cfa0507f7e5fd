"""Photos on their way to Flickr, none of them twice."""

from __future__ import annotations

from collections.abc import Callable

from photosync.disk.streams import Progress, Readable
from photosync.errors import NotFound, Rejected
from photosync.services.capabilities import Source
from photosync.services.flickr import listing, tags
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.errors import Duplicate, UploadFailed
from photosync.services.flickr.photo_info import fetch_info

_PRIVACY = {
    "private": (0, 0, 0),
    "friends": (0, 1, 0),
    "family": (0, 0, 1),
    "friends-and-family": (0, 1, 1),
    "public": (1, 0, 0),
}


class UploadStream:
    """A photo's bytes as the upload encoder reads them: it asks how many are left."""

    def __init__(self, stream: Readable, size: int, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        self.len = size

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self.len -= len(data)
        self._progress(len(data))
        return data


class Uploader:
    """Sends photos under one privacy; a lost answer is looked for before anything is
    repeated.
    """

    def __init__(self, connection: Connection, privacy: str) -> None:
        self._connection = connection
        public, friend, family = _PRIVACY[privacy]
        # What is left out takes the account's defaults, which may be public.
        self._fields = {
            "is_public": str(public),
            "is_friend": str(friend),
            "is_family": str(family),
            "hidden": "1" if public else "2",
        }

    def upload(self, source: Source, md5: str, progress: Progress) -> str:
        """Upload a photo with its tags (the upload service of Flickr).

        Returns the id of the new photo, or of an earlier try's. Raises SideError, or
        Changed when the file is not what the scan saw.
        """
        was_tried = False

        def attempt() -> str:
            nonlocal was_tried
            # The answer was lost: a repeat would be the photo's second copy.
            found = self._find_lost(source, md5) if was_tried else None
            if found:
                return found
            is_repeat, was_tried = was_tried, True
            return self._upload_unless_there(source, md5, progress, checks=is_repeat)

        return self._retry(attempt)

    def replace(self, source: Source, photo_id: str, progress: Progress) -> str:
        """Put new bytes in the place of a photo's (the replace service of Flickr); a
        repeat does no harm. Returns the version, empty where Flickr does not tell.
        """

        def attempt() -> str:
            with source.open() as stream:
                body = UploadStream(stream, source.size, progress)
                return self._connection.replace(body, source.photo.name, photo_id)

        return self._retry(attempt)

    def _retry(self, attempt: Callable[[], str]) -> str:
        """Try until it is no passing fault."""
        failures = 0

        def attempt_and_count() -> str:
            nonlocal failures
            try:
                return attempt()
            except UploadFailed as error:
                failures += 1
                # A failure that Flickr does not explain is worth one more try.
                if failures > 1:
                    raise Rejected(str(error)) from error
                raise

        return self._connection.retry_policy.call(attempt_and_count)

    def _upload_unless_there(
        self, source: Source, md5: str, progress: Progress, *, checks: bool
    ) -> str:
        """Upload, if `checks` with the server's own comparison of contents: an earlier
        try may have been carried out though no list shows it yet.
        """
        try:
            return self._upload_once(source, md5, progress, checks=checks)
        except Duplicate as error:
            if self._is_ours(error.photo_id, source, md5):
                return error.photo_id
        # The same picture came to Flickr another way; the user wants this one as well.
        return self._upload_once(source, md5, progress, checks=False)

    def _upload_once(
        self, source: Source, md5: str, progress: Progress, *, checks: bool
    ) -> str:
        title, text = source.photo.name, _format_tags(source, md5)
        fields = {**self._fields, "title": title, "tags": text}
        if checks:
            fields["dedup_check"] = "1"
        with source.open() as stream:
            body = UploadStream(stream, source.size, progress)
            return self._connection.upload(body, source.photo.name, **fields)

    def _find_lost(self, source: Source, md5: str) -> str | None:
        """Find the photo of a try whose answer was lost, among the photos in no set
        (flickr.photos.getNotInSet).
        """
        wanted = _format_tags(source, md5)
        found = listing.find_loose_ids(
            self._connection,
            lambda row: tags.are_of_upload(row.machine_tags.split(), wanted),
        )
        return max(found, default=None)

    def _is_ours(self, photo_id: str, source: Source, md5: str) -> bool:
        """Whether a photo has just the tags that this upload gives it."""
        try:
            info = fetch_info(self._connection, photo_id)
        except NotFound:
            return False
        ours = info.find_tags_by(self._connection.user_id)
        return tags.are_of_upload(ours, _format_tags(source, md5))


def _format_tags(source: Source, md5: str) -> str:
    """Return the tags of what is sent; `md5` is that of the file here, whatever goes in
    its place.
    """
    is_reduced = bool(source.original_md5)
    return tags.format_tags(source.photo, md5, reduced=is_reduced)
