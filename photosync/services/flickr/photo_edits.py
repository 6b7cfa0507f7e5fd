"""What concerns one photo: its title, our tags, the sets it is in, its end."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from photosync.errors import Changed, NotFound, Rejected, Transient
from photosync.model import LocalPhoto, RemotePhoto
from photosync.services.flickr import tags
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.errors import AlreadyIn


class PhotoEdits:
    """Changes photos; every change may be repeated after a crash at any point."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sets_of(self, photo_id: str) -> set[str] | None:
        """`photos.getAllContexts`; None for a photo that is gone."""
        try:
            answer = self._connection.call("photos.getAllContexts", photo_id=photo_id)
        except NotFound:
            return None
        return {str(one["id"]) for one in answer.get("set", ())}

    def leave(self, set_id: str, photo_id: str) -> None:
        """Take a photo out of a set, which is gone with its last one."""
        with suppress(NotFound, AlreadyIn):
            self._connection.call(
                "photosets.removePhoto", photoset_id=set_id, photo_id=photo_id
            )

    def erase(self, photo_id: str) -> None:
        """Delete a photo for good."""
        with suppress(NotFound):
            self._connection.call("photos.delete", photo_id=photo_id)

    def erase_replaced(self, photo_id: str) -> None:
        """Delete a photo that another took the place of, unless it is in another
        album.
        """
        try:
            if self.sets_of(photo_id) == set():
                self.erase(photo_id)
        except Transient as error:
            raise Rejected(
                f"the new photo is in its place, but the old one ({photo_id}) is still there, in "
                f"no album: {error}"
            ) from error

    def is_alone_there(self, photo: RemotePhoto) -> bool:
        """Whether no other album holds a photo; raises Changed or NotFound if it is
        another now.
        """
        sets = self.sets_of(photo.id)
        if not sets:
            raise NotFound("it is gone there")
        if photo.album_id not in sets:
            raise Changed(
                "it left its album there since it was listed; the next run takes it up"
            )
        self.check_unchanged(photo)
        return len(sets) == 1

    def check_unchanged(self, photo: RemotePhoto) -> None:
        """Raise Changed for a photo that has other bytes than were listed."""
        try:
            now = self.info(photo.id)
        except NotFound:
            return
        version = str(now.get("originalsecret") or now.get("secret", ""))
        if photo.version and version != photo.version:
            raise Changed(
                "it changed there since it was listed; the next run takes it up"
            )

    def info(self, photo_id: str) -> dict[str, Any]:
        """`photos.getInfo`; raises NotFound."""
        found: dict[str, Any] = self._connection.call(
            "photos.getInfo", photo_id=photo_id
        )["photo"]
        return found

    def write_tags(
        self, photo_id: str, local: LocalPhoto, md5: str, *, reduced: bool | None = None
    ) -> dict[str, Any]:
        """New tags first, then the stale ones go: at no moment are there none.

        `reduced` tells whether a smaller copy is stored, None that this is as it was.
        Returns what `info` tells.
        """
        wanted = tags.written(local, md5, reduced=bool(reduced))
        self._connection.call("photos.addTags", photo_id=photo_id, tags=wanted)
        info = self.info(photo_id)
        for tag in info.get("tags", {}).get("tag", ()):
            raw = str(tag.get("raw", "")).lower()
            stays = raw in wanted.split() or (reduced is None and tags.is_reduced(raw))
            if tags.is_ours(raw) and not stays:
                self._remove_tag(tag)
        return info

    def retitle(self, photo_id: str, info: dict[str, Any], old: str, new: str) -> None:
        """Let the title follow the file name, unless a person gave the photo
        another.
        """
        title = info.get("title", "")
        text = title.get("_content", "") if isinstance(title, dict) else title
        if text == old.strip() and old != new:
            self.set_title(photo_id, new)

    def set_title(self, photo_id: str, title: str) -> None:
        self._connection.call("photos.setMeta", photo_id=photo_id, title=title)

    def set_taken(self, photo_id: str, moment: str) -> None:
        """Tell Flickr when a photo was taken, `YYYY-MM-DD HH:MM:SS`
        (`photos.setDates`).
        """
        self._connection.call("photos.setDates", photo_id=photo_id, date_taken=moment)

    def mark_reduced(self, photo_id: str) -> None:
        """Say that a smaller copy is stored, whatever else our tags tell."""
        self._connection.call("photos.addTags", photo_id=photo_id, tags=tags.REDUCED)

    def mark(self, photo_id: str) -> None:
        """Mark a photo for a person to find."""
        self._connection.call("photos.addTags", photo_id=photo_id, tags=tags.MARK)

    def unmark(self, photo_id: str) -> None:
        """Take just our mark away."""
        for tag in self.info(photo_id).get("tags", {}).get("tag", ()):
            if tags.is_marked(str(tag.get("raw", ""))):
                self._remove_tag(tag)

    def _remove_tag(self, tag: dict[str, Any]) -> None:
        with suppress(NotFound):
            self._connection.call("photos.removeTag", tag_id=tag["id"])
