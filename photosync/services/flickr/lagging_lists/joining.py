"""Photos on their way into an album."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from photosync.errors import NotFound
from photosync.services.flickr.photos.capture_order import Arrival


@dataclass(slots=True)
class Joining:
    """Photos that are to join an album.

    `places` are the sets of those that are in, `gone` the errors of those that are no
    longer on Flickr. `made` is the set that was made for them a moment ago, at
    `made_at` or later (seconds since 1970 by the clock here), with the first of them
    and nobody else in it.
    """

    arrivals: Sequence[Arrival]
    made: str = ""
    made_at: float = 0.0
    places: dict[str, str] = field(default_factory=dict)
    gone: dict[str, NotFound] = field(default_factory=dict)

    @property
    def waiting(self) -> list[Arrival]:
        """Those that are neither in nor gone."""
        done = self.places.keys() | self.gone.keys()
        return [arrival for arrival in self.arrivals if arrival.id not in done]

    def find_members(self, set_id: str) -> list[Arrival]:
        """Return those that are in a set."""
        return [photo for photo in self.arrivals if self.places.get(photo.id) == set_id]

    def expel(self, set_id: str) -> None:
        """Let everybody wait again who was in a set that is gone."""
        self.places = {
            photo_id: place
            for photo_id, place in self.places.items()
            if place != set_id
        }
