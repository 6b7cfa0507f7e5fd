"""Photos on their way to Drive: one file for each, whatever happens to the run that
sends it.

What is needed to go on is recorded before the first byte is sent: the id under which
the photo is made, and the address of its upload once Drive has given one. A later try
uses the same id again, even if the local file changed meanwhile: where the earlier try
had come to its end after all, Drive answers that the id is in use, and the file found
there is looked at instead of made twice. Nothing is ever deleted on the ground of such
a record.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from photosync.disk.streams import Progress
from photosync.errors import Changed, Mute, NotFound, Rejected
from photosync.model import RemotePhoto
from photosync.services.capabilities import Source
from photosync.services.drive.calls.errors import AlreadyThere
from photosync.services.drive.files_api import FilesApi, check_not_trashed
from photosync.services.drive.listings import listing
from photosync.services.drive.uploads.payload import Payload
from photosync.services.drive.uploads.prepared import PreparedUploads
from photosync.services.drive.uploads.transfers import Media, UploadSession, send
from photosync.services.drive.uploads.unfinished import Place, UnfinishedUpload
from photosync.services.persistence import UnfinishedUploads, WaitForDisk

_Undo = Callable[[str], object]
"""Told the id of a file whose bytes stayed wrong."""


@dataclass(frozen=True, slots=True)
class _Creation:
    """A photo on its way into a new file; `earlier` is a try that broke off, and
    `wait_for_disk` waits for the note of one that was prepared.
    """

    upload: UnfinishedUpload
    payload: Payload
    source: Source
    progress: Progress
    earlier: UnfinishedUpload | None = None
    wait_for_disk: WaitForDisk | None = None

    @property
    def path(self) -> str:
        return self.payload.photo.path


class Uploads:
    """Makes and replaces photos; `unfinished` are the uploads of earlier runs."""

    def __init__(self, files_api: FilesApi, unfinished: UnfinishedUploads) -> None:
        self._files_api = files_api
        self._files = files_api.connection.files
        self._unfinished = unfinished
        self._described: set[str] = set()
        self.prepared = PreparedUploads(files_api, unfinished)

    # -- new photos
    # ---------------------------------------------------------------------------

    def has_described(self, file_id: str) -> bool:
        """Whether a file was made with its description, in one try."""
        return file_id in self._described

    def create(self, place: Place, source: Source, progress: Progress) -> RemotePhoto:
        """Upload a new photo (`files.create`), under an id drawn beforehand.

        So a repeat makes no second file. Raises SideError.
        """
        payload = Payload.prepare(source)
        prepared = self.prepared.take(place, payload)
        if prepared:
            creation = _Creation(
                prepared.upload,
                payload,
                source=source,
                progress=progress,
                wait_for_disk=prepared.wait_for_disk,
            )
            return self._create(creation)
        earlier = self._find_earlier(source.photo.path)
        if earlier and earlier.place:
            upload = UnfinishedUpload(earlier.file_id, payload.content, place)
            # The id may be spent, or be that of a photo that somebody put elsewhere
            # since.
            with suppress(Rejected):
                return self._create(
                    _Creation(
                        upload,
                        payload,
                        source=source,
                        progress=progress,
                        earlier=earlier,
                    )
                )
        new_id = self._files_api.take_id()
        upload = UnfinishedUpload(new_id, payload.content, place)
        return self._create(
            _Creation(upload, payload, source=source, progress=progress)
        )

    def _create(self, creation: _Creation) -> RemotePhoto:
        upload = creation.upload
        payload = creation.payload
        path = creation.path
        session = self._make_session(path, upload, creation.earlier)
        with creation.source.open() as stream:
            if creation.wait_for_disk:
                creation.wait_for_disk()
            elif not session.address:
                self._record(path, upload)
            media = payload.make_media(stream, creation.progress)
            try:
                file = self._send_new(upload, payload, media, session=session)
                if creation.earlier is None:
                    self._described.add(upload.file_id)
            except AlreadyThere:
                file = self._take_over(creation, media)
            except Mute as silence:
                file = self._take_over_unheard(creation, media, silence)
            stored = self._verify(
                file, payload, media, undo=lambda file_id: self._drop(path, file_id)
            )
        self._unfinished.finish(path)
        return stored

    def _send_new(
        self,
        upload: UnfinishedUpload,
        payload: Payload,
        media: Media,
        *,
        session: UploadSession,
    ) -> dict[str, Any]:
        assert upload.place
        body = {
            "id": upload.file_id,
            "name": upload.place.name,
            "parents": [upload.place.parent],
            **payload.new_body,
        }
        make_request = partial(self._files.create, body=body)
        return self._send(make_request, media, session)

    def _take_over(self, creation: _Creation, media: Media) -> dict[str, Any]:
        """Bring the file that an earlier try has made up to what is to be sent now.

        Raises Rejected where its id must not be used again, and Changed where somebody
        gave it other bytes since.
        """
        payload = creation.payload
        earlier = creation.earlier
        file_id = creation.upload.file_id
        file = self._find_made_before(creation)
        media.catch_up(payload.size)
        if file.get("md5Checksum") != media.md5:
            # The photo was saved here once more between two runs, or somebody edited
            # the one on Drive: only the first may be written over.
            if earlier and not _is_as_sent(file, earlier, payload):
                self._forget(creation.path)
                raise Changed(
                    "it is there already with other bytes; the next run takes it up"
                )
            return self.update(file_id, payload.body, media)
        wanted_ns = listing.parse_time(payload.time["modifiedTime"])
        has_time = listing.read_photo(file).modified_ns == wanted_ns
        if has_time and payload.is_stored(file, media):
            return file
        return self._files_api.patch(file_id, payload.body)

    def _take_over_unheard(
        self, creation: _Creation, media: Media, silence: Mute
    ) -> dict[str, Any]:
        """Take over what was made without a word; raises Mute where nothing was."""
        try:
            return self._take_over(creation, media)
        except (NotFound, Rejected):
            raise silence from None

    def _find_made_before(self, creation: _Creation) -> dict[str, Any]:
        upload = creation.upload
        is_repeat = creation.earlier is not None
        assert upload.place
        try:
            file = self._files_api.get(upload.file_id)
        except NotFound as error:
            if not is_repeat:
                raise
            raise Rejected("it was deleted for good since") from error
        found = (file.get("parents"), file["name"], bool(file.get("trashed")))
        wanted = ([upload.place.parent], upload.place.name, False)
        # Whoever moved it away or threw it away meant that: it is sent anew beside it.
        if is_repeat and found != wanted:
            raise Rejected("it was moved away since")
        return file

    def _drop(self, path: str, file_id: str) -> None:
        self._files_api.discard(file_id)
        self._forget(path)

    # -- photos that are there
    # ---------------------------------------------------------------------------

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress, *, undo: _Undo
    ) -> RemotePhoto:
        """Upload other bytes of a photo (`files.update`): the id stays.

        Drive keeps the old revision for 30 days. Raises SideError; `undo` is called
        first where the bytes that Drive stored stayed wrong.
        """
        path = source.photo.path
        payload = Payload.prepare(source)
        upload = UnfinishedUpload(
            photo.id, payload.content, replaced_version=photo.version
        )
        earlier = self._find_earlier(path)
        session = self._make_session(path, upload, earlier)
        with source.open() as stream:
            media = payload.make_media(stream, progress)
            file = self.update(photo.id, payload.body, media, session=session)
            stored = self._verify(file, payload, media, undo=undo)
        if earlier or session.address:
            self._unfinished.finish(path)
        return stored

    def update(
        self,
        file_id: str,
        body: dict[str, Any],
        media: Media,
        *,
        session: UploadSession | None = None,
    ) -> dict[str, Any]:
        """Send new content of a file together with metadata (`files.update`).

        Returns the file as it is then.
        """
        make_request = partial(self._files.update, fileId=file_id, body=body)
        return self._send(make_request, media, session)

    # -- parts of both
    # ---------------------------------------------------------------------------

    def _send(
        self,
        make_request: Callable[..., Any],
        media: Media,
        session: UploadSession | None,
    ) -> dict[str, Any]:
        """Send bytes together with metadata; return the file as it is then."""
        connection = self._files_api.connection
        make_whole = partial(
            make_request,
            media_body=media,
            fields=listing.FILE_FIELDS,
            **connection.reach.files,
        )
        file = send(connection, make_whole, media, session=session)
        return listing.check_file(file)

    def _verify(
        self, file: dict[str, Any], payload: Payload, media: Media, *, undo: _Undo
    ) -> RemotePhoto:
        """Return what Drive stored, proved equal to what was read.

        If it is not, it is sent once more. Raises Changed, after `undo`, where it stays
        wrong.
        """
        media.catch_up(payload.size)
        if not payload.is_stored(file, media):
            # A proxy on the way may have altered the bytes.
            file = self.update(listing.read_photo(file).id, payload.body, media)
        check_not_trashed(file)
        stored = listing.read_photo(file)
        if not payload.is_stored(file, media):
            undo(stored.id)
            raise Changed(
                "Drive stored other bytes than were sent; the next run tries again"
            )
        return stored

    def _make_session(
        self, path: str, upload: UnfinishedUpload, earlier: UnfinishedUpload | None
    ) -> UploadSession:
        """Go on with the session of an equal upload, or start one that is recorded."""
        address = ""
        if earlier and earlier.is_same_upload(upload):
            address = earlier.session
        # The home folder may come from elsewhere: our token goes to Google alone.
        if address and not self._files_api.connection.is_trusted(address):
            address = ""
        return UploadSession(
            address, lambda new: self._record(path, upload.with_session(new))
        )

    def _find_earlier(self, path: str) -> UnfinishedUpload | None:
        row = self._unfinished.find(path)
        return UnfinishedUpload.from_json(row) if row else None

    def _record(self, path: str, upload: UnfinishedUpload) -> None:
        self._unfinished.put(path, upload.to_json())

    def _forget(self, path: str) -> None:
        self._unfinished.remove(path)


def _is_as_sent(
    file: dict[str, Any], earlier: UnfinishedUpload, payload: Payload
) -> bool:
    """Whether a file still is what an earlier try sent, other than what is to be sent
    now.
    """
    size, md5 = listing.read_content(file)
    if earlier.content.copy_md5 is not None:
        return bool(md5 == earlier.content.copy_md5)
    # The earlier try sent all of the photo, of which a smaller copy is to go now.
    if payload.original and md5 == payload.original.md5:
        return True
    # Its MD5 is not known any more. Size and time must do, and only where the local
    # file has others now: one that is still the same should have had the same bytes.
    before = earlier.content
    now = payload.content
    if (before.size, before.modified_ns) == (now.size, now.modified_ns):
        return False
    sent_ns = listing.parse_time(listing.format_time(before.modified_ns))
    return (size, listing.read_photo(file).modified_ns) == (before.size, sent_ns)
