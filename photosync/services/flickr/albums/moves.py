"""Photos that get another name or album, or leave the one they are in."""

from __future__ import annotations

from dataclasses import dataclass

from photosync.errors import Changed, NotMovable, Rejected
from photosync.model import RemotePhoto
from photosync.services.flickr.albums.albums import Albums
from photosync.services.flickr.lagging_lists.joined_photos import JoinedPhotos
from photosync.services.flickr.lagging_lists.left_photos import LeftPhotos
from photosync.services.flickr.listings.photosets import PhotoSets, album_key
from photosync.services.flickr.notes.move_notes import MoveNotes
from photosync.services.flickr.photos.capture_order import Arrival
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.flickr.uploads.photo_index import PhotoIndex


@dataclass(frozen=True, slots=True)
class Moves:
    """Renames, moves and removes photos, each of which may be in several sets."""

    edits: PhotoEdits
    sets: PhotoSets
    albums: Albums
    joined: JoinedPhotos
    photo_index: PhotoIndex
    notes: MoveNotes
    left: LeftPhotos

    def rename(self, photo: RemotePhoto, name: str) -> RemotePhoto:
        """Give a photo another name and title; raises NotMovable where other albums
        hold it under its old name.
        """
        is_promised = self.photo_index.forget(photo)
        if is_promised or self._is_in_other_sets(photo):
            self.photo_index.remember(photo)
            raise NotMovable("other albums hold this photo under its old name")
        self.notes.begin(photo.id, photo.album_id, photo.name)
        self.edits.rename(photo, name)
        renamed = photo._replace(name=name, stem="")
        self.photo_index.remember(renamed)
        return renamed

    def _is_in_other_sets(self, photo: RemotePhoto) -> bool:
        """Whether sets hold a photo beside its own, but for what a move began."""
        if self.notes.find_name(photo.id, photo.album_id) is not None:
            # A run was killed when it had joined its new album, which no list tells
            # yet. It had one album before: sent anew it would be there twice.
            return False
        return len(self.edits.find_sets(photo.id) or set()) > 1

    def is_in_album(self, photo: RemotePhoto, album: str) -> bool:
        """Whether the set of a photo is one of this album."""
        present = self.sets.find_album(photo.album_id)
        return present is not None and album_key(present) == album_key(album)

    def move_to_album(self, photo: RemotePhoto, album: str, taken: str) -> RemotePhoto:
        """Put a photo into another album and take it out of its set
        (flickr.photosets.addPhoto, removePhoto).
        """
        # It joins the new album before it leaves the old one: a crash in between leaves
        # it in both, and the next run moves it again.
        places = self.albums.add_photos(album, [Arrival(taken, photo.id)])
        self.joined.forget(photo.id)
        self._remove_from_set(photo)
        return photo._replace(album_id=places[photo.id])

    def remove(self, photo: RemotePhoto) -> None:
        """Take a photo out of its set while other sets hold it
        (flickr.photosets.removePhoto), else delete it for good (flickr.photos.delete).
        """
        with self.photo_index.get_lock(photo.id):
            is_promised = self.photo_index.forget(photo)
            sets = self.edits.find_sets(photo.id) or set()
            if photo.album_id not in sets:
                # Gone already, or moved by hand to an album where it is to stay.
                return
            if len(sets) > 1 or is_promised:
                # Other albums hold it, or wait for it: equal bytes were saved there.
                self._remove_from_set(photo)
                self.photo_index.remember(photo)
                return
            self.edits.check_unchanged(photo)
            self.left.note(photo.id, photo.album_id)
            self.joined.note_changed(photo.album_id)
            self.edits.delete(photo.id)

    def end_replace(self, old: str, new: str, *, is_promised: bool) -> None:
        """Delete a photo that another took the place of, unless another album holds it
        or is about to (flickr.photos.getAllContexts, delete).
        """
        if not is_promised:
            self.edits.delete_replaced(old)
        self.notes.end_swap(new)

    def end_replaces(self) -> None:
        """Do so for a run that was killed when the old photo had just left its album: it
        would stay in the account, in no album, for good.
        """
        for new, old in self.notes.list_left().items():
            if old.album_id in (self.edits.find_sets(old.id) or ()):
                # It did not leave after all, and the edit is still to be sent.
                self.notes.begin_swap(new, old)
                continue
            if self._is_as_listed(old):
                self.edits.delete_replaced(old.id)
            self.notes.end_swap(new)

    def _is_as_listed(self, photo: RemotePhoto) -> bool:
        """Whether nobody turned a photo on its page since, or gave it tags of ours."""
        try:
            self.edits.check_unchanged(photo)
        except (Changed, Rejected):
            return False
        return True

    def _remove_from_set(self, photo: RemotePhoto) -> None:
        # Not between another thread's reading and writing of the members.
        with self.sets.lock_set(photo.album_id):
            self.albums.memberships.remove(photo.album_id, photo.id)
            self.notes.end(photo.id)
