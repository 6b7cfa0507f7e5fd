"""Bringing back what was deleted or replaced, as long as Drive holds it."""

from __future__ import annotations

import tempfile
from typing import IO, NamedTuple, Self

from photosync.disk.files import disk_errors
from photosync.disk.streams import ignore_progress
from photosync.errors import NotFound, Rejected, Transient
from photosync.services.drive import listing
from photosync.services.drive.connection import READ
from photosync.services.drive.files_api import Calls
from photosync.services.drive.shrunk_marker import PROPERTY
from photosync.services.drive.transfers import Media, received
from photosync.services.drive.uploads import Uploads

_PIECE = 1024 * 1024
_SIGN = "revision"


class Revision(NamedTuple):
    """A content that a file once had, and the time the file then had in nanoseconds.

    `mark` is the property of a smaller copy that it then had, empty for an ordinary
    photo.
    """

    id: str
    modified_ns: int
    mark: str = ""

    @classmethod
    def of(cls, text: str) -> Self | None:
        """A revision as `str` wrote it; None for any other text."""
        sign, _, rest = text.partition(":")
        modified_ns, _, rest = rest.partition(":")
        revision, _, mark = rest.partition(" ")
        return (
            cls(revision, int(modified_ns), mark)
            if sign == _SIGN and revision
            else None
        )

    def __str__(self) -> str:
        return f"{_SIGN}:{self.modified_ns}:{self.id} {self.mark}".rstrip()


def untrash(calls: Calls, file_id: str) -> None:
    """Take a file out of the trash, and its album too if nothing else comes back with
    that.

    Raises NotFound for one that is gone for good.
    """
    file = calls.get(file_id)
    if file.get("trashed"):
        file = calls.patch(file_id, {"trashed": False})
    if file.get("trashed"):
        album = listing.photo_of(file).album_id
        if _holds_more(calls, album, file_id):
            raise Rejected(
                "its album is in the trash of Drive; restore the album there"
            )
        calls.patch(album, {"trashed": False})


def _holds_more(calls: Calls, album: str, file_id: str) -> bool:
    """Whether an album in the trash holds what went there with it."""
    query = f"{listing.quoted(album)} in parents and trashed = true"
    inside = listing.search(calls.connection, query, "explicitlyTrashed")
    return any(not one["explicitlyTrashed"] and one["id"] != file_id for one in inside)


def bring_back(
    calls: Calls, uploads: Uploads, file_id: str, revision: Revision
) -> None:
    """Make an old revision the content of a file again, under the same id and with its
    old time.

    The present content becomes a revision in its turn. Raises NotFound where Drive has
    dropped the revision, which it does after 30 days or 100 revisions.
    """
    file = calls.get(file_id, "mimeType")
    if file.get("trashed"):
        raise NotFound("it is gone")
    connection = calls.connection
    facts = connection.run(
        connection.revisions.get(
            fileId=file_id, revisionId=revision.id, fields="md5Checksum,size"
        ),
        READ,
    )
    if not {"md5Checksum", "size"} <= facts.keys():
        raise Transient("Drive sent an answer that cannot be read")
    body = {
        "modifiedTime": listing.text_of(revision.modified_ns),
        "appProperties": {PROPERTY: revision.mark or None},
    }
    if file.get("md5Checksum") == facts["md5Checksum"]:
        calls.patch(file_id, body)
        return
    with disk_errors(), tempfile.TemporaryFile() as copy:
        _fetch(calls, file_id, revision, copy)
        media = Media(copy, int(facts["size"]), file["mimeType"], ignore_progress)
        media.catch_up(media.size())
        if media.md5 != facts["md5Checksum"]:
            raise Transient("other bytes arrived than Drive keeps")
        stored = uploads.update(file_id, body, media)
    if stored.get("md5Checksum") != facts["md5Checksum"]:
        raise Rejected("Drive stored other bytes than were sent")


def _fetch(calls: Calls, file_id: str, revision: Revision, copy: IO[bytes]) -> None:
    request = calls.connection.revisions.get_media(
        fileId=file_id, revisionId=revision.id
    )
    with received(calls.connection, request.uri) as stream:
        while data := stream.read(_PIECE):
            copy.write(data)
