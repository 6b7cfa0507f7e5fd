"""Photos on their way to Drive: one file for each, whatever happens to the run that
sends it.

What is needed to go on is noted before the first byte is sent: the id under which the
photo is made, and the address of its upload once Drive has given one. A later try uses
the same id again, even if the local file changed meanwhile: where the earlier try had
come to its end after all, Drive answers that the id is in use, and the file found there
is looked at instead of made twice. Nothing is ever deleted on the ground of such a
note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from photosync.disk.streams import Progress
from photosync.errors import Changed, NotFound, Rejected
from photosync.model import RemotePhoto
from photosync.services.base import Row, Source, UnfinishedUploads
from photosync.services.drive import listing
from photosync.services.drive.errors import AlreadyThere
from photosync.services.drive.files_api import Calls
from photosync.services.drive.payload import SENT, Payload
from photosync.services.drive.transfers import Media, UploadSession, send

_UNDO = Callable[[str], object]
_SOURCE = ("size", "modified_ns")
_PLACE = ("parent", "name")


class Uploads:
    """Makes and replaces photos; `unfinished` may be given later."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._files = calls.connection.files
        self.unfinished: UnfinishedUploads | None = None

    def create(
        self, parent: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """`files.create` under an id drawn beforehand, so that a repeat makes no second
        file.
        """
        path = source.photo.path
        earlier = self.unfinished.find(path) if self.unfinished else None
        if earlier and not earlier.keys() >= {"id", *_PLACE, *_SOURCE}:
            earlier = None
        payload = Payload.of(source)
        facts = {"parent": parent, "name": name, **payload.facts}
        if earlier:
            # The id may be spent, or be that of a photo that somebody put elsewhere
            # since.
            with suppress(Rejected), source.open() as stream:
                media = payload.media(stream, progress)
                return self._create(
                    facts | {"id": earlier["id"]}, payload, media, earlier
                )
        with source.open() as stream:
            media = payload.media(stream, progress)
            return self._create(
                facts | {"id": self._calls.new_id()}, payload, media, None
            )

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress, undo: _UNDO
    ) -> RemotePhoto:
        """`files.update` with content: the id stays, Drive keeps the old revision for
        30 days.
        """
        path = source.photo.path
        payload = Payload.of(source)
        facts = {"id": photo.id, "over": photo.version, **payload.facts}
        earlier = self.unfinished.find(path) if self.unfinished else None
        session = self._session(path, facts, earlier, ("id", "over", *SENT))
        with source.open() as stream:
            media = payload.media(stream, progress)
            file = self.update(photo.id, payload.body, media, session)
            stored = self._verified(file, payload, media, undo)
        if earlier or session.address:
            self._note(path, None)
        return stored

    def update(
        self,
        file_id: str,
        body: dict[str, Any],
        media: Media,
        session: UploadSession | None = None,
    ) -> dict[str, Any]:
        """Send new content of a file together with facts beside it; the file as it is
        then.
        """
        return send(
            self._calls.connection,
            lambda: self._files.update(
                fileId=file_id,
                body=body,
                media_body=media,
                fields=listing.FILE_FIELDS,
                **self._calls.connection.reach.files,
            ),
            media,
            session,
        )

    def _create(
        self, facts: dict[str, Any], payload: Payload, media: Media, earlier: Row | None
    ) -> RemotePhoto:
        path = payload.photo.path
        session = self._session(path, facts, earlier, (*_PLACE, *SENT))
        body = {
            "id": facts["id"],
            "name": facts["name"],
            "parents": [facts["parent"]],
            **payload.new,
        }
        if not session.address:
            self._note(path, facts)
        try:
            file = send(
                self._calls.connection,
                lambda: self._files.create(
                    body=body,
                    media_body=media,
                    fields=listing.FILE_FIELDS,
                    **self._calls.connection.reach.files,
                ),
                media,
                session,
            )
        except AlreadyThere:
            file = self._made_before(facts, payload, media, earlier)
        stored = self._verified(
            file, payload, media, lambda file_id: self._drop(path, file_id)
        )
        self._note(path, None)
        return stored

    def _made_before(
        self, facts: Row, payload: Payload, media: Media, earlier: Row | None
    ) -> dict[str, Any]:
        """The file that an earlier try has made, brought up to what is to be sent now.

        Raises Rejected where its id must not be used again, and Changed where somebody
        gave it other bytes since.
        """
        file = self._found(facts, earlier)
        media.catch_up(payload.size)
        if file.get("md5Checksum") != media.md5:
            if earlier and not _is_as_sent(file, earlier, payload):
                self._note(payload.photo.path, None)
                raise Changed(
                    "it is there already with other bytes; the next run takes it up"
                )
            return self.update(str(facts["id"]), payload.body, media)
        modified_ns = listing.time_of(payload.time["modifiedTime"])
        if listing.photo_of(file).modified_ns != modified_ns or not payload.is_stored(
            file, media
        ):
            return self._calls.patch(str(facts["id"]), payload.body)
        return file

    def _found(self, facts: Row, earlier: Row | None) -> dict[str, Any]:
        try:
            file = self._calls.get(str(facts["id"]))
        except NotFound as error:
            if earlier is None:
                raise
            raise Rejected("it was deleted for good since") from error
        place = (file.get("parents"), file["name"], bool(file.get("trashed")))
        if earlier and place != ([facts["parent"]], facts["name"], False):
            raise Rejected("it was moved away since")
        return file

    def _verified(
        self, file: dict[str, Any], payload: Payload, media: Media, undo: _UNDO
    ) -> RemotePhoto:
        """What Drive stored, proved equal to what was read, after one more try if it is
        not.

        `undo` is told the id of a copy that stays wrong; then Changed is raised.
        """
        media.catch_up(payload.size)
        if not payload.is_stored(file, media):
            file = self.update(listing.photo_of(file).id, payload.body, media)
        stored = listing.photo_of(file)
        if not payload.is_stored(file, media):
            undo(stored.id)
            raise Changed(
                "Drive stored other bytes than were sent; the next run tries again"
            )
        return stored

    def _drop(self, path: str, file_id: str) -> None:
        self._calls.discard(file_id)
        self._note(path, None)

    def _session(
        self, path: str, facts: Row, earlier: Row | None, telling: Iterable[str]
    ) -> UploadSession:
        """The upload that was begun with these very facts, or a new one; noted once it
        is known.
        """
        same = earlier and all(earlier.get(name) == facts.get(name) for name in telling)
        address = str(earlier.get("session", "")) if earlier and same else ""
        if address and not self._calls.connection.trusts(address):
            address = ""
        return UploadSession(
            address, lambda new: self._note(path, {**facts, "session": new})
        )

    def _note(self, path: str, facts: Row | None) -> None:
        if self.unfinished and facts is None:
            self.unfinished.remove(path)
        elif self.unfinished and facts is not None:
            self.unfinished.put(path, facts)


def _is_as_sent(file: dict[str, Any], earlier: Row, payload: Payload) -> bool:
    """Whether a file still is what an earlier try sent, other than what is to be sent
    now.
    """
    size, md5 = listing.content_of(file)
    if "sent_md5" in earlier:
        return bool(md5 == earlier["sent_md5"])
    if payload.original and md5 == payload.original.md5:
        return True
    sent = (earlier["size"], listing.time_of(listing.text_of(earlier["modified_ns"])))
    changed = any(payload.facts[name] != earlier[name] for name in _SOURCE)
    return changed and (size, listing.photo_of(file).modified_ns) == sent
