"""Bringing back what was deleted or replaced, as long as Drive holds it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import IO, Any, NamedTuple, Self

from photosync.disk.errors import disk_errors
from photosync.errors import NotFound, Rejected, Transient
from photosync.model import RemotePhoto
from photosync.services.answers import Fields, read_count, read_row, read_text, reading
from photosync.services.drive.calls.connection import READ
from photosync.services.drive.calls.reading_calls import locate
from photosync.services.drive.files_api import TRASH, FilesApi
from photosync.services.drive.listings import listing
from photosync.services.drive.listings.shrunk_marker import PROPERTY, Original
from photosync.services.drive.photos.downloads import open_download
from photosync.services.drive.uploads.transfers import Media
from photosync.services.drive.uploads.uploads import Uploads

_PIECE = 1024 * 1024
_SIGN = "revision"
_CONTENT: Fields = {"md5Checksum": read_text, "size": read_count}


class Revision(NamedTuple):
    """A content that a file once had, and the time the file then had in nanoseconds.

    `mark` is the property of a smaller copy that it then had, empty for an ordinary
    photo.
    """

    id: str
    modified_ns: int
    mark: str = ""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a revision as `str` wrote it; None for any other text."""
        sign, _, rest = text.partition(":")
        modified_ns, _, rest = rest.partition(":")
        revision, _, mark = rest.partition(" ")
        if sign != _SIGN or not revision:
            return None
        return cls(revision, int(modified_ns), mark)

    def __str__(self) -> str:
        return f"{_SIGN}:{self.modified_ns}:{self.id} {self.mark}".rstrip()


def name_backup(photo: RemotePhoto, file: Mapping[str, Any]) -> str:
    """Say where the content is that a replace found; empty where Drive keeps none."""
    head = file.get("headRevisionId")
    if not head:
        return ""
    mark = str(Original.read(file) or "")
    return str(Revision(head, photo.modified_ns or 0, mark))


def restore_file(
    files_api: FilesApi, uploads: Uploads, file_id: str, backup: str
) -> None:
    """Bring back what a delete or replace removed, told by its backup.

    Raises NotFound where it is no longer kept.
    """
    revision = Revision.parse(backup)
    if revision:
        _restore_revision(files_api, uploads, file_id, revision)
    elif backup == TRASH:
        _restore_from_trash(files_api, file_id)
    else:
        raise NotFound("it was deleted for good")


def _restore_from_trash(files_api: FilesApi, file_id: str) -> None:
    """Take a file out of the trash, and its album too if nothing else comes back with
    that.

    Raises NotFound for one that is gone for good.
    """
    file = files_api.get(file_id)
    if file.get("trashed"):
        file = files_api.patch(file_id, {"trashed": False})
    # One that went there together with its album stays until the album comes back.
    if file.get("trashed"):
        album = listing.read_photo(file).album_id
        if _has_others_in_trash(files_api, album, file_id):
            raise Rejected(
                "its album is in the trash of Drive; restore the album there"
            )
        files_api.patch(album, {"trashed": False})


def _has_others_in_trash(files_api: FilesApi, album: str, file_id: str) -> bool:
    """Whether an album in the trash holds what went there with it."""
    query = f"{listing.quote(album)} in parents and trashed = true"
    inside = listing.search(files_api.connection, query, "explicitlyTrashed")
    return any(
        file["id"] != file_id for file in inside if not file["explicitlyTrashed"]
    )


def _read_content(
    files_api: FilesApi, file_id: str, revision: Revision
) -> dict[str, Any]:
    """Return MD5 and size of an old revision (revisions.get)."""
    connection = files_api.connection
    place = locate("files", file_id, "revisions", revision.id)
    answer = connection.read(place, READ, fields="md5Checksum,size")
    with reading("Drive"):
        return read_row(answer, _CONTENT, _CONTENT.keys())


def _restore_revision(
    files_api: FilesApi, uploads: Uploads, file_id: str, revision: Revision
) -> None:
    """Make an old revision the content of a file again, under the same id and with its
    old time.

    The present content becomes a revision in its turn. Raises NotFound where Drive has
    dropped the revision, which it does after 30 days or 100 revisions.
    """
    file = files_api.get_present(file_id, "mimeType")
    content = _read_content(files_api, file_id, revision)
    body = {
        "modifiedTime": listing.format_time(revision.modified_ns),
        "appProperties": {PROPERTY: revision.mark or None},
    }
    if file.get("md5Checksum") == content["md5Checksum"]:
        files_api.patch(file_id, body)
        return
    with disk_errors(), tempfile.TemporaryFile() as copy:
        _fetch_revision(files_api, file_id, revision, into=copy)
        media = Media(copy, int(content["size"]), mimetype=file["mimeType"])
        media.catch_up(media.size())
        if media.md5 != content["md5Checksum"]:
            raise Transient("other bytes arrived than Drive keeps")
        stored = uploads.update(file_id, body, media)
    if stored.get("md5Checksum") != content["md5Checksum"]:
        raise Rejected("Drive stored other bytes than were sent")


def _fetch_revision(
    files_api: FilesApi, file_id: str, revision: Revision, *, into: IO[bytes]
) -> None:
    connection = files_api.connection
    place = locate("files", file_id, "revisions", revision.id)
    address = connection.make_address(place, alt="media")
    with open_download(connection, address) as stream:
        while data := stream.read(_PIECE):
            into.write(data)
