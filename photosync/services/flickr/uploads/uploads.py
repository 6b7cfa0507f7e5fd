"""Photos on their way to Flickr, none of them twice."""

from __future__ import annotations

import logging
from collections.abc import Callable

from photosync.disk.streams import Progress, Readable
from photosync.errors import Mute, NotFound, Rejected, SideError, SideStopped
from photosync.services.capabilities import Source
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import Duplicate, UploadFailed
from photosync.services.flickr.listings import listing
from photosync.services.flickr.notes.sent_notes import SentNote, SentNotes
from photosync.services.flickr.photos.details import MOST_KEYWORDS, format_keywords
from photosync.services.flickr.photos.photo_info import fetch_info
from photosync.services.flickr.photos.sent_bytes import SentBytes
from photosync.services.flickr.records import tags
from photosync.services.flickr.records.photo_rows import PhotoRow

log = logging.getLogger(__name__)

_EARLIER = 600
"""Seconds before an upload began from which on it is searched for."""

_MOST_CHANGES = 2000
"""So many changes are searched for an upload whose answer was lost."""

_PRIVACY = {
    "private": (0, 0, 0),
    "friends": (0, 1, 0),
    "family": (0, 0, 1),
    "friends-and-family": (0, 1, 1),
    "public": (1, 0, 0),
}


class UploadStream:
    """A photo's bytes as the upload encoder reads them: it asks how many are left.

    `progress` is told of some before they are given out, and may keep them back.
    """

    def __init__(self, stream: Readable, size: int, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        self.len = size

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes, all that is left by default; tell the progress."""
        data = self._stream.read(size)
        self.len -= len(data)
        self._progress(len(data))
        return data


class Uploader:
    """Sends photos under one privacy; a lost answer is looked for before anything is
    repeated.
    """

    def __init__(
        self,
        connection: Connection,
        privacy: str,
        notes: SentNotes,
        sent_bytes: SentBytes,
    ) -> None:
        self._connection = connection
        self._notes = notes
        self._sent_bytes = sent_bytes
        self._described: set[str] = set()
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

        Returns the id of the new photo, or of an earlier try's, be it that of a run
        that was killed. Raises SideError, or Changed when the file is not what the scan
        saw.
        """
        path = source.photo.path
        tags_to_give = _format_tags(source, md5)
        moment = self._connection.latest_time
        note, wait_for_disk, was_tried = self._notes.begin(path, tags_to_give, moment)
        if was_tried and self._is_there(note):
            self._notes.arrive(path, note, note.photo_id)
            return note.photo_id

        def go_on(count: int) -> None:
            # The request is made meanwhile. Before the note is on the disk no byte
            # goes: the run after a killed one could not know of the photo.
            wait_for_disk()
            progress(count)

        photo_id = self._upload_with_patience(source, note, go_on, was_tried=was_tried)
        self._notes.arrive(path, note, photo_id)
        return photo_id

    def _upload_with_patience(
        self, source: Source, note: SentNote, progress: Progress, *, was_tried: bool
    ) -> str:
        """Upload in as many tries as it takes; before each but the first it is looked
        for.
        """

        def attempt() -> str:
            nonlocal was_tried
            # The answer was lost: a repeat would be the photo's second copy.
            found = self._find_lost(note) if was_tried else None
            if found:
                return found
            is_repeat = was_tried
            was_tried = True
            return self._upload_unless_there(source, note, progress, checks=is_repeat)

        try:
            return self._retry(attempt)
        except Mute:
            # It may have come to its end and said nothing.
            lost_id = self._find_lost(note)
            if lost_id is None:
                raise
            return lost_id

    def prepare(self, source: Source, md5: str) -> None:
        """Note that a photo is about to be uploaded; raises NotRecorded."""
        tags_to_give = _format_tags(source, md5)
        moment = self._connection.latest_time
        self._notes.prepare(source.photo.path, tags_to_give, moment)

    def has_described(self, photo_id: str) -> bool:
        """Whether this uploader told the details of a photo when it sent it."""
        return photo_id in self._described

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

        return self._connection.retry_policy.call(attempt_and_count, mute_attempts=1)

    def _upload_unless_there(
        self, source: Source, note: SentNote, progress: Progress, *, checks: bool
    ) -> str:
        """Upload, if `checks` with the server's own comparison of contents: an earlier
        try may have been carried out though no list shows it yet.
        """
        try:
            return self._upload_once(source, note, progress, checks=checks)
        except Duplicate as error:
            if self._is_ours(error.photo_id, note):
                return error.photo_id
        # The same picture came to Flickr another way; the user wants this one as well.
        return self._upload_once(source, note, progress, checks=False)

    def _upload_once(
        self, source: Source, note: SentNote, progress: Progress, *, checks: bool
    ) -> str:
        fields = {**self._fields, **_describe(source, note)}
        if checks:
            fields["dedup_check"] = "1"
        with source.open() as stream:
            body = UploadStream(stream, source.size, progress)
            photo_id = self._connection.upload(body, source.photo.name, **fields)
        self._described.add(photo_id)
        return photo_id

    def _find_lost(self, note: SentNote) -> str | None:
        """Find the photo of a try whose answer was lost, among the photos in no set and
        what changed since (flickr.photos.getNotInSet, recentlyUpdated).
        """
        found = listing.find_loose_ids(
            self._connection, lambda row: self._is_of_upload(row, note)
        )
        return max(found, default=None) or self._find_changed(note)

    def _find_changed(self, note: SentNote) -> str | None:
        # Another list, which may know of it while the first one lags.
        if not note.since:
            return None
        try:
            changes = listing.list_changes(
                self._connection, note.since - _EARLIER, _MOST_CHANGES
            )
        except SideStopped:
            raise
        except SideError as error:
            # Refused, or so much happened since: Flickr's own comparison is left.
            log.info("flickr: changes cannot be searched for an upload: %s", error)
            return None
        found = [row.id for row in changes.rows if self._is_of_upload(row, note)]
        return max(found, default=None)

    def _is_there(self, note: SentNote) -> bool:
        """Whether the photo of an earlier run, whose id is known, is there."""
        return bool(note.photo_id) and self._is_ours(note.photo_id, note)

    def _is_ours(self, photo_id: str, note: SentNote) -> bool:
        """Whether a photo has just the tags that this upload gives it, and its bytes."""
        file = tags.parse_tags(note.tags)
        try:
            info = fetch_info(self._connection, photo_id)
            ours = info.find_tags_by(self._connection.user_id)
            if file is None or not tags.are_of_upload(ours, note.tags):
                return False
            # Cropped on the website since a run was killed: those are other bytes.
            return self._sent_bytes.are_as_sent(photo_id, info, file)
        except NotFound:
            return False

    def _is_of_upload(self, row: PhotoRow, note: SentNote) -> bool:
        has_our_tags = tags.are_of_upload(row.machine_tags.split(), note.tags)
        return has_our_tags and not self._sent_bytes.is_distrusted(row.id)


def _describe(source: Source, note: SentNote) -> dict[str, str]:
    """Return what is told of a photo with its bytes; without a title of its own it has
    its name for one.
    """
    details = source.details
    keywords = format_keywords(details.keywords[:MOST_KEYWORDS])
    fields = {
        "title": details.title or source.photo.name,
        "tags": f"{note.tags} {keywords}".rstrip(),
    }
    if details.description:
        fields["description"] = details.description
    return fields


def _format_tags(source: Source, md5: str) -> str:
    """Return the tags of what is sent; `md5` is that of the file here, whatever goes in
    its place.
    """
    is_reduced = bool(source.original_md5)
    return tags.format_tags(source.photo, md5, reduced=is_reduced)
