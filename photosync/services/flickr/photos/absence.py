"""What became of photos that no listing of an album on Flickr shows any more."""

from __future__ import annotations

from collections.abc import Sequence

from photosync.model import GONE, THERE, Absence, RemotePhoto, Whereabouts
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.listings import listing
from photosync.services.flickr.listings.photosets import PhotoSets
from photosync.services.flickr.photos.photo_edits import PhotoEdits

_FEW = 5
"""So many photos are asked about one by one without a look at those in no album."""

_MOST_CALLS = 300
"""Photos at most that are asked about one by one in a run, of 3,600 calls an hour."""

_NOT_ASKED = Absence(
    Whereabouts.UNKNOWN, "too many photos are missing there to ask about all in one run"
)
_LOOSE = Absence(
    Whereabouts.ELSEWHERE,
    "not deleted, but taken out of its album: it is still in the photostream",
)
_IN_ANOTHER = Absence(
    Whereabouts.ELSEWHERE,
    "not deleted, but still there in another album",
)


class AbsenceCheck:
    """Asks Flickr itself about photos, in as few calls as it takes."""

    def __init__(
        self, connection: Connection, sets: PhotoSets, edits: PhotoEdits
    ) -> None:
        self._connection = connection
        self._sets = sets
        self._edits = edits

    def find(
        self, photos: Sequence[RemotePhoto], *, are_ours: bool = True
    ) -> list[Absence]:
        """Say where each photo is; `are_ours`: it is one's own photostream.

        Those in no album are listed (flickr.photos.getNotInSet), all others are asked
        for by their id (flickr.photos.getAllContexts). Raises SideError.
        """
        loose: set[str] = set()
        # Somebody deleted a whole album, of which Flickr keeps all photos.
        if are_ours and len(photos) > _FEW:
            loose = {row.id for row in listing.list_loose(self._connection)}
        calls = 0
        found: list[Absence] = []
        for photo in photos:
            if photo.id in loose:
                found.append(_LOOSE)
            elif calls < _MOST_CALLS:
                calls += 1
                found.append(self._ask(photo))
            else:
                found.append(_NOT_ASKED)
        return found

    def _ask(self, photo: RemotePhoto) -> Absence:
        sets = self._edits.find_sets(photo.id)
        if sets is None:
            return GONE
        if not sets.isdisjoint(self._find_places(photo)):
            return THERE
        return _IN_ANOTHER if sets else _LOOSE

    def _find_places(self, photo: RemotePhoto) -> set[str]:
        """Return the sets that are parts of a photo's album, as far as that is known.

        Of a photo that was in none when it was agreed on, just sent, nobody knows it.
        """
        if not photo.album_id:
            return set()
        places = {photo.album_id}
        album = self._sets.find_album(photo.album_id)
        if album is not None:
            # Moved by hand from one part of a continued album to another.
            places |= {part.id for part in self._sets.find_parts(album)}
        return places
