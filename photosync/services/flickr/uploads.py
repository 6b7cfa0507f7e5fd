"""Photos on their way to Flickr, none of them twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from photosync.disk.streams import Progress, Readable
from photosync.errors import NotFound, Rejected
from photosync.media import Kind, is_raw, is_sidecar, kind_of
from photosync.services.base import Source
from photosync.services.flickr import listing, tags
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.errors import Duplicate, UploadFailed

_PRIVACY = {
    "private": (0, 0, 0),
    "friends": (0, 1, 0),
    "family": (0, 0, 1),
    "friends-and-family": (0, 1, 1),
    "public": (1, 0, 0),
}


class Stream:
    """A photo's bytes as the upload encoder reads them: it asks how many are left."""

    def __init__(self, stream: Readable, size: int, progress: Progress) -> None:
        self._stream = stream
        self._advance = progress
        self.len = size

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self.len -= len(data)
        self._advance(len(data))
        return data


class Limits(NamedTuple):
    """The most bytes Flickr takes, from `people.getLimits`."""

    photo: int
    video: int

    @classmethod
    def of(cls, connection: Connection) -> Limits:
        user_io = connection.call("people.getLimits")["person"]
        return cls(
            int(user_io["photos"]["maxupload"]), int(user_io["videos"]["maxupload"])
        )

    def check(self, name: str, size: int) -> None:
        """Raise Rejected, before anything is sent, for a file that Flickr would not
        take.
        """
        if size == 0:
            raise Rejected("the file is empty, which Flickr does not take")
        if is_raw(name):
            raise Rejected("Flickr takes no RAW files")
        if is_sidecar(name):
            raise Rejected("Flickr takes no sidecars")
        limit = self.video if kind_of(name) is Kind.VIDEO else self.photo
        if size > limit:
            raise Rejected(
                f"the file is larger than the {limit // 10**6} MB that Flickr takes"
            )


class Uploader:
    """Sends photos under one privacy; a lost answer is looked for before anything is
    repeated.
    """

    def __init__(self, connection: Connection, privacy: str) -> None:
        self._connection = connection
        public, friend, family = _PRIVACY[privacy]
        self._fields = {
            "is_public": str(public),
            "is_friend": str(friend),
            "is_family": str(family),
            "hidden": "1" if public else "2",
        }

    def send(self, source: Source, md5: str, progress: Progress) -> str:
        """Upload a photo with its tags; the id of the new photo, or of an earlier
        try's.
        """
        tried = False

        def attempt() -> str:
            nonlocal tried
            found = self._arrived(source, md5) if tried else None
            if found:
                return found
            # The server's own comparison of contents, for what no list shows yet.
            checks, tried = tried, True
            try:
                return self._once(source, md5, progress, checks=checks)
            except Duplicate as error:
                if self._is_ours(error.photo_id, source, md5):
                    return error.photo_id
                # The same picture came to Flickr another way; the user wants this one
                # as well.
                return self._once(source, md5, progress, checks=False)

        return self._patiently(attempt)

    def replace(self, source: Source, photo_id: str, progress: Progress) -> None:
        """Put new bytes in the place of a photo's; a repeat does no harm."""

        def attempt() -> str:
            with source.open() as stream:
                return self._connection.replace(
                    Stream(stream, source.size, progress), photo_id
                )

        self._patiently(attempt)

    def _patiently(self, attempt: Callable[[], str]) -> str:
        """Try until it is no passing fault, but a failure that Flickr does not explain
        twice.
        """
        failures = 0

        def counted() -> str:
            nonlocal failures
            try:
                return attempt()
            except UploadFailed as error:
                failures += 1
                if failures > 1:
                    raise Rejected(str(error)) from error
                raise

        return self._connection.retry_policy.call(counted)

    def _once(
        self, source: Source, md5: str, progress: Progress, *, checks: bool
    ) -> str:
        fields = dict(self._fields, title=source.photo.name, tags=_tags(source, md5))
        if checks:
            fields["dedup_check"] = "1"
        with source.open() as stream:
            return self._connection.upload(
                Stream(stream, source.size, progress), **fields
            )

    def _arrived(self, source: Source, md5: str) -> str | None:
        """The photo of a try whose answer was lost, among the photos in no set."""
        wanted = tags.read(_tags(source, md5))
        found = listing.loose_ids(
            self._connection,
            lambda row: tags.read(str(row.get("machine_tags", ""))) == wanted,
        )
        return max(found, default=None)

    def _is_ours(self, photo_id: str, source: Source, md5: str) -> bool:
        try:
            photo = self._connection.call("photos.getInfo", photo_id=photo_id)["photo"]
        except NotFound:
            return False
        raw = {
            str(tag.get("raw", "")).lower()
            for tag in photo.get("tags", {}).get("tag", ())
        }
        return {tag for tag in raw if tags.is_ours(tag)} == set(
            _tags(source, md5).split()
        )


def _tags(source: Source, md5: str) -> str:
    """The tags of what is sent; `md5` is that of the file here, whatever goes in its
    place.
    """
    return tags.written(source.photo, md5, reduced=bool(source.original_md5))
