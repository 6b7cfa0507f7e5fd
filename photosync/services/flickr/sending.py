"""Sending the bytes of a photo: as a new one, under the id of an old one, or in its
place.
"""

from __future__ import annotations

from dataclasses import dataclass

from photosync.disk.streams import Progress
from photosync.model import RemotePhoto
from photosync.naming import name_key
from photosync.services.capabilities import Source
from photosync.services.flickr.albums.albums import Albums
from photosync.services.flickr.notes.sent_notes import SentNotes
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.flickr.uploads.photo_index import Identity, PhotoIndex
from photosync.services.flickr.uploads.uploads import Uploader


@dataclass(frozen=True, slots=True)
class Sending:
    """Sends photos, and puts one in the place of another."""

    uploader: Uploader
    notes: SentNotes
    edits: PhotoEdits
    albums: Albums
    photo_index: PhotoIndex

    def upload_unless_there(self, source: Source, md5: str, progress: Progress) -> str:
        """Return the photo of these bytes and this name, sent if it is not there
        yet.
        """
        is_reduced = bool(source.original_md5)
        identity = Identity(md5, name_key(source.photo.name), is_reduced)
        return self.photo_index.promise(
            identity, lambda: self.uploader.upload(source, md5, progress)
        )

    def replace_in_place(
        self, photo: RemotePhoto, source: Source, md5: str, *, progress: Progress
    ) -> str:
        """Put new bytes under the same id (the replace service of Flickr); return the
        version.
        """
        is_reduced = bool(source.original_md5)
        if is_reduced and photo.md5 == md5:
            # Were this to break off, nothing else would tell the copy from the
            # original.
            self.edits.mark_reduced(photo.id)
        version = self.uploader.replace(source, photo.id, progress)
        self.photo_index.forget_original(photo.id)
        info = self.edits.write_tags(photo.id, source.photo, md5, reduced=is_reduced)
        return version or info.version

    def replace_by_upload(
        self, photo: RemotePhoto, source: Source, md5: str, *, progress: Progress
    ) -> str:
        """Put a new photo in the place of the old one, which stays; return its id."""
        new_id = self.upload_unless_there(source, md5, progress)
        try:
            self.albums.swap_photo(photo, new_id)
            self.notes.finish([new_id])
        finally:
            self.photo_index.fulfil([new_id])
        return new_id
