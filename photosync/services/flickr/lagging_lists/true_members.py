"""Who is in a set whose list may lag, and show photos that are in it no more.

Somebody moved a photo to another album, and the list of the old one shows it for a while:
there would seem to be two, and the second one would come home beside the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from photosync.model import Problem
from photosync.services.flickr.lagging_lists.left_photos import LeftPhotos
from photosync.services.flickr.listings.cached_listing import SetListing
from photosync.services.flickr.notes.move_notes import MoveNotes
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.flickr.records.photo_rows import PhotoRow

_MOST_CALLS: Final = 300
"""Photos at most that are asked about in a run, of 3,600 calls an hour."""


class _Place(NamedTuple):
    """A set as it was listed; `is_restless`: its list may lag."""

    set_id: str
    is_restless: bool


class TrueMembers:
    """Finds out who is in a set, of those that it is listed with."""

    def __init__(self, edits: PhotoEdits, left: LeftPhotos, notes: MoveNotes) -> None:
        self._edits = edits
        self._left = left
        self._notes = notes
        self._first: dict[str, _Place] = {}
        self._calls = 0
        self._beside: list[Problem] = []

    def begin(self) -> None:
        """Begin another listing of all sets."""
        self._first.clear()
        self._calls = 0
        self._beside.clear()

    @property
    def notices(self) -> Sequence[Problem]:
        """What of the sets that were found a person should know."""
        return self._beside

    def find(self, found: SetListing, title: str) -> list[PhotoRow]:
        """Return the members of a set, an album of this title, as far as they can be
        told from what lags.
        """
        place = _Place(found.set_id, found.is_restless)
        present = [
            row
            for row in found.photos
            if not self._left.has_left(row.id, found.set_id)
            and not self._is_in_doubt(row.id, place)
        ]
        ids = {row.id for row in present}
        new = [
            row for row in present if self._notes.find_old(row.id, found.set_id) in ids
        ]
        self._beside += [_describe_beside(row, title) for row in new]
        return [row for row in present if row not in new]

    def _is_in_doubt(self, photo_id: str, place: _Place) -> bool:
        """Whether a photo was listed in two sets, one of which is restless, and is not
        in both (flickr.photos.getAllContexts).

        In this run it has but the place that was told first, and the next one sees that
        it was moved. A photo that is really in two albums is in both.
        """
        first = self._first.setdefault(photo_id, place)
        is_restless = first.is_restless or place.is_restless
        if first.set_id == place.set_id or not is_restless:
            return False
        if self._calls >= _MOST_CALLS:
            # Somebody put thousands into an album of the best ones: they come later.
            return True
        self._calls += 1
        # A photo knows at once where it is, while lists lag.
        sets = self._edits.find_sets(photo_id) or set()
        return not {first.set_id, place.set_id} <= sets


def _describe_beside(row: PhotoRow, title: str) -> Problem:
    """Return the notice of a photo that joined an album to take the place of another
    when a run ended.

    As long as that one is there the edit is still to be sent, which takes the old one
    out. But somebody may have taken the edit back.
    """
    reason = (
        f"the sending of an edit broke off; id {row.id} stands beside it until the edit is "
        "sent. If you took the edit back, delete that one there"
    )
    return Problem(f"{title}/{row.to_photo('').name}", reason, failed=False)
