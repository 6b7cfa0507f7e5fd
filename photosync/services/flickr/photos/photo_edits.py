"""What concerns one photo: its title, our tags, the sets it is in, its end."""

from __future__ import annotations

from contextlib import suppress

from photosync.errors import Changed, NotFound, Rejected, Transient
from photosync.model import LocalPhoto, RemotePhoto, is_same_version
from photosync.services.answers import read_id, reading
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import AlreadyIn
from photosync.services.flickr.calls.paging import read_content
from photosync.services.flickr.photos.metadata import is_name
from photosync.services.flickr.photos.photo_info import PhotoInfo, PhotoTag, fetch_info
from photosync.services.flickr.photos.written_texts import WrittenTexts
from photosync.services.flickr.records import tags


class PhotoEdits:
    """Changes photos; every change may be repeated after a crash at any point."""

    def __init__(self, connection: Connection, written: WrittenTexts) -> None:
        self._connection = connection
        self._written = written

    def find_sets(self, photo_id: str) -> set[str] | None:
        """Return the ids of the sets that hold a photo (flickr.photos.getAllContexts);
        None for a photo that is gone.
        """
        titles = self.find_titles(photo_id)
        return None if titles is None else set(titles)

    def find_titles(self, photo_id: str) -> dict[str, str] | None:
        """Return the titles of the sets that hold a photo, by id
        (flickr.photos.getAllContexts); None for a photo that is gone.
        """
        try:
            answer = self._connection.call("photos.getAllContexts", photo_id=photo_id)
        except NotFound:
            return None
        titles: dict[str, str] = {}
        with reading("Flickr"):
            for photoset in answer.get("set", ()):
                title = read_content(photoset.get("title", ""))
                titles[read_id(photoset["id"])] = title
        return titles

    def remove_from_set(self, set_id: str, photo_id: str) -> None:
        """Take a photo out of a set (flickr.photosets.removePhoto), which is gone with
        its last one.
        """
        with suppress(NotFound, AlreadyIn):
            self._connection.call(
                "photosets.removePhoto", photoset_id=set_id, photo_id=photo_id
            )

    def delete(self, photo_id: str) -> None:
        """Delete a photo for good (flickr.photos.delete); gone already is done."""
        with suppress(NotFound):
            self._connection.call("photos.delete", photo_id=photo_id)

    def delete_replaced(self, photo_id: str) -> None:
        """Delete a photo that another took the place of, unless it is in another
        album. Raises Rejected where that is not known.
        """
        try:
            if self.find_sets(photo_id) == set():
                self.delete(photo_id)
        except Transient as error:
            # A repeat would upload the new photo again, so a person is told instead.
            raise Rejected(
                f"the new photo is in its place, but the old one ({photo_id}) is still there, in "
                f"no album: {error}"
            ) from error

    def is_in_one_album(self, photo: RemotePhoto) -> bool:
        """Whether no other album holds a photo; raises NotFound if it is gone, Changed
        if it left its album or has other bytes.
        """
        sets = self.find_sets(photo.id)
        if not sets:
            raise NotFound("it is gone there")
        if photo.album_id not in sets:
            raise Changed(
                "it left its album there since it was listed; the next run takes it up"
            )
        self.check_unchanged(photo)
        return len(sets) == 1

    def check_present(self, photo: RemotePhoto) -> None:
        """Raise NotFound or Changed unless a photo is in its album with the bytes that
        were listed, and our tags tell the date that they told (getInfo,
        getAllContexts).
        """
        self.is_in_one_album(photo)
        ours = self.fetch_info(photo.id).find_tags_by(self._connection.user_id)
        told = tags.parse_tags(" ".join(ours))
        if (told.modified_ns if told else None) != photo.modified_ns:
            raise Changed("other tags tell of it than were listed")

    def check_unchanged(self, photo: RemotePhoto) -> None:
        """Raise Changed for a photo that has other bytes than were listed."""
        try:
            info = self.fetch_info(photo.id)
        except NotFound:
            # Gone meanwhile: the call that follows says so.
            return
        # Rotated or replaced on the website while this run was busy elsewhere.
        if is_same_version(photo.version, info.version) is False:
            raise Changed(
                "it changed there since it was listed; the next run takes it up"
            )
        if info.has_tags_of_others(self._connection.user_id):
            raise Rejected(
                "somebody else gave it tags of photosync, so nobody knows which photo it "
                "is; remove them there"
            )

    def fetch_info(self, photo_id: str) -> PhotoInfo:
        """Ask for all about a photo (flickr.photos.getInfo); raises NotFound."""
        return fetch_info(self._connection, photo_id)

    def write_tags(
        self, photo_id: str, local: LocalPhoto, md5: str, *, reduced: bool | None = None
    ) -> PhotoInfo:
        """Write our tags about a file (flickr.photos.addTags, removeTag).

        `reduced` tells whether a smaller copy is stored, None that this is as it was.
        Returns what Flickr tells of the photo after the new tags came and before the
        stale ones went.
        """
        wanted = tags.format_tags(local, md5, reduced=bool(reduced))
        # New tags first: a crash at any moment leaves a photo that is known.
        self.add_tags(photo_id, wanted)
        info = self.fetch_info(photo_id)
        staying = set(wanted.split())
        if reduced is None:
            staying.add(tags.REDUCED)
        # The tags of a version before, of an edited or renamed file.
        for tag in info.tags:
            raw = tag.raw.lower()
            if tags.is_ours(raw) and raw not in staying:
                self.remove_tag(tag)
        return info

    def update_title(
        self, photo_id: str, title: str, *, old_name: str, new_name: str
    ) -> None:
        """Let the title follow the file's name, unless a person gave the photo
        another.
        """
        # Flickr trims the blanks around a title.
        is_ours = title == old_name.strip()
        if is_ours and old_name != new_name:
            self.set_title(photo_id, new_name)

    def rename(self, photo: RemotePhoto, name: str) -> None:
        """Give a photo another name: in our tags where it has them, and as title where
        that was the old one.
        """
        if photo.md5 and photo.size is not None and photo.modified_ns is not None:
            local = LocalPhoto(name, "", name, photo.size, photo.modified_ns)
            info = self.write_tags(photo.id, local, photo.md5)
            self.update_title(
                photo.id,
                info.title,
                old_name=photo.name,
                new_name=name,
            )
            return
        info = self.fetch_info(photo.id)
        # A title that says no more than the name is all that keeps it there.
        if is_name(info.title, photo):
            self.set_title(photo.id, name)

    def set_title(self, photo_id: str, title: str) -> None:
        """Give a photo a title and leave its description (flickr.photos.setMeta)."""
        self._written.note(photo_id)
        self._connection.call("photos.setMeta", photo_id=photo_id, title=title)

    def set_date_taken(self, photo_id: str, moment: str) -> None:
        """Tell Flickr when a photo was taken, `YYYY-MM-DD HH:MM:SS`
        (flickr.photos.setDates). Raises Rejected for a date it does not take.
        """
        self._connection.call("photos.setDates", photo_id=photo_id, date_taken=moment)

    def mark_reduced(self, photo_id: str) -> None:
        """Say that a smaller copy is stored, whatever else our tags tell."""
        self.add_tags(photo_id, tags.REDUCED)

    def mark(self, photo_id: str) -> None:
        """Mark a photo for a person to find (flickr.photos.addTags)."""
        self.add_tags(photo_id, tags.MARK)

    def unmark(self, photo_id: str) -> None:
        """Take just our mark away (flickr.photos.removeTag)."""
        for tag in self.fetch_info(photo_id).tags:
            if tags.is_marked(tag.raw):
                self.remove_tag(tag)

    def add_tags(self, photo_id: str, text: str) -> None:
        """Add tags, divided by blanks (flickr.photos.addTags); none is no call."""
        if text:
            self._written.note(photo_id)
            self._connection.call("photos.addTags", photo_id=photo_id, tags=text)

    def remove_tag(self, tag: PhotoTag) -> None:
        """Remove one tag (flickr.photos.removeTag); gone already is done."""
        # Another device was quicker.
        with suppress(NotFound):
            self._connection.call("photos.removeTag", tag_id=tag.id)
