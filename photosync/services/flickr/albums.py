"""Photosets: made with their first photo, filled in batches, continued at the service's
limit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from photosync.errors import Changed, NotFound, Rejected
from photosync.media import format_local_time
from photosync.services.flickr import listing, tags
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.errors import AlbumFull, AlbumGone, AlreadyIn
from photosync.services.flickr.listing import CONTINUED, PhotoSet
from photosync.services.flickr.photosets import PhotoSets, album_key

FEW = 3
"""Up to this many photos join one by one, which needs no reading of the album."""


class Arrival(NamedTuple):
    """A photo on its way into an album; `taken` as Flickr writes it, empty if not
    known.
    """

    taken: str
    id: str


@dataclass(slots=True)
class _Joining:
    """Photos that are to join an album, where those in it are, and which are gone."""

    arrivals: Sequence[Arrival]
    places: dict[str, str] = field(default_factory=dict)
    gone: dict[str, NotFound] = field(default_factory=dict)

    @property
    def waiting(self) -> list[Arrival]:
        settled = self.places.keys() | self.gone.keys()
        return [one for one in self.arrivals if one.id not in settled]

    def expelled(self, set_id: str) -> None:
        """A set is gone, and whoever was in it waits again."""
        self.places = {
            photo: place for photo, place in self.places.items() if place != set_id
        }


class Albums:
    """Puts photos into the albums they belong to."""

    def __init__(self, connection: Connection, sets: PhotoSets) -> None:
        self._connection = connection
        self._sets = sets
        self._tried: set[tuple[str, int]] = set()
        self._moments: dict[str, str] = {}

    def join(self, album: str, arrivals: Iterable[Arrival]) -> dict[str, str]:
        """Put photos into an album in capture order, making it if need be: the set of
        each.

        Raises NotFound for a photo that is gone, after all others are in; or another
        SideError.
        """
        each = {one.id: one for one in sorted(arrivals)}
        joining = _Joining(sorted(each.values()))
        self._moments |= {one.id: one.taken for one in each.values()}
        if each:
            with self._sets.alone(album):
                self._join(album, joining)
        for error in joining.gone.values():
            raise error
        return joining.places

    def _join(self, album: str, joining: _Joining) -> None:
        full = False
        while joining.waiting:
            part = self._sets.last_part(album)
            if part is None or full:
                self._create(album, part.part + 1 if part else 1, joining)
                full = False
                continue
            try:
                full = not self._fill(part, joining)
            except AlbumGone:
                # The set died with its last photo; another takes its place.
                self._sets.drop(part.id)
                joining.expelled(part.id)

    def swap(self, set_id: str, old: str, new: str) -> None:
        """Put one photo in the place of another, as cover too; raises Changed without
        the other.
        """
        with self._sets.alone(self._sets.album_of(set_id) or set_id):
            loose_before = self._loose()
            rows = listing.members(self._connection, set_id)
            ids = [str(row["id"]) for row in rows]
            if old not in ids:
                raise Changed(
                    "it left the album since it was listed; the next run takes it up"
                )
            wanted = [new if one == old else one for one in ids if one != new]
            self._edit(set_id, wanted, new if _cover(rows) == old else _cover(rows))
            self._put_back(set_id, loose_before | {old}, wanted)

    def _create(self, album: str, part: int, joining: _Joining) -> None:
        """`photosets.create` with the first photo that is still there.

        Equal titles are allowed, so whenever an earlier try may have been carried out
        the title is looked up first.
        """
        first = joining.waiting[0]
        try:
            found, is_new = self._connection.retry_policy.call(
                lambda: self._made(album, part, first)
            )
        except NotFound as error:
            joining.gone[first.id] = error
            return
        self._tried.discard((album_key(album), part))
        description = "" if part == 1 else CONTINUED
        self._sets.put(PhotoSet(found, album, part, 1, description))
        if is_new:
            joining.places[first.id] = found

    def _made(self, album: str, part: int, first: Arrival) -> tuple[str, bool]:
        if (album_key(album), part) in self._tried:
            found = self._find(album, part)
            if found:
                return found, False
        self._tried.add((album_key(album), part))
        made = self._connection.once(
            "photosets.create",
            title=listing.titled(album, part),
            primary_photo_id=first.id,
            description=None if part == 1 else CONTINUED,
        )
        return str(made["photoset"]["id"]), True

    def _find(self, album: str, part: int) -> str | None:
        known = {one.id for one in self._sets.parts(album)}
        for one in listing.sets(self._connection):
            is_it = (album_key(one.album), one.part) == (album_key(album), part)
            if is_it and one.id not in known:
                return one.id
        return None

    def _fill(self, part: PhotoSet, joining: _Joining) -> bool:
        """Put photos into a set; whether there was room for all. Raises AlbumGone
        without it.
        """
        if len(joining.waiting) > FEW:
            self._insert(part.id, joining)
        for arrival in joining.waiting:
            try:
                self._add(part.id, arrival.id)
            except AlbumFull:
                return False
            except AlbumGone:
                raise
            except NotFound as error:
                joining.gone[arrival.id] = error
            else:
                joining.places[arrival.id] = part.id
        return True

    def _add(self, set_id: str, photo_id: str) -> None:
        with suppress(AlreadyIn):
            self._connection.call(
                "photosets.addPhoto", photoset_id=set_id, photo_id=photo_id
            )

    def _insert(self, set_id: str, joining: _Joining) -> None:
        """Many at once, by `photosets.editPhotos`, which writes the whole membership.

        So it is read just before and checked just after. Whom it leaves out goes on
        waiting.
        """
        loose_before = self._loose()
        rows = listing.members(self._connection, set_id)
        if not rows:
            raise AlbumGone("the album is gone there")
        members = [
            Arrival(moment_of(row, self._moments), str(row["id"])) for row in rows
        ]
        wanted = _merged(members, joining.waiting)
        try:
            self._edit(set_id, wanted, _cover(rows))
        except AlbumGone:
            raise
        except (AlbumFull, NotFound, Rejected):
            # No room for all, or one of them is gone: one by one it shows which. What
            # Flickr answers here to too many is not documented.
            return
        now = self._put_back(set_id, loose_before, wanted)
        joining.places |= {one.id: set_id for one in joining.waiting if one.id in now}

    def _put_back(
        self, set_id: str, before: set[str], written: Sequence[str]
    ) -> set[str]:
        """Put back what another device had added in between; the members then.

        It was thrown out of the set and is now in none, which it was not `before`.
        """
        now = {str(row["id"]) for row in listing.members(self._connection, set_id)}
        for photo_id in sorted(self._loose() - before - set(written)):
            with suppress(NotFound, AlbumFull):
                self._add(set_id, photo_id)
        return now

    def _loose(self) -> set[str]:
        """The photos in no set, but those that photosync sends: they wait for an album
        of theirs.

        Whoever sent them finds them there and puts them into it.
        """
        return listing.loose_ids(
            self._connection,
            lambda row: not tags.read(str(row.get("machine_tags", ""))),
        )

    def _edit(self, set_id: str, ids: Sequence[str], cover: str) -> None:
        self._connection.call(
            "photosets.editPhotos",
            photoset_id=set_id,
            primary_photo_id=cover,
            photo_ids=",".join(ids),
        )


def moment_of(row: dict[str, Any], known: Mapping[str, str]) -> str:
    """When a photo was taken, if need be by what is `known` by id from here.

    Of one without EXIF, Flickr only knows when it was sent.
    """
    told, kept = listing.taken_of(row), tags.read(str(row.get("machine_tags", "")))
    moment = known.get(str(row["id"])) or told
    if not moment and kept:
        return format_local_time(kept.modified_ns)
    return moment or str(row.get("datetaken", ""))


def _cover(rows: Sequence[dict[str, Any]]) -> str:
    covers = [str(row["id"]) for row in rows if int(row.get("isprimary", 0))]
    return (covers or [str(rows[0]["id"])])[0]


def _merged(present: Sequence[Arrival], arrivals: Sequence[Arrival]) -> list[str]:
    """The members in their order, the arrivals between them by capture time.

    An album that the user has put in another order keeps it; there the arrivals come
    last.
    """
    members = list(present)
    new = [
        arrival for arrival in arrivals if arrival.id not in {one.id for one in members}
    ]
    in_order = all(a.taken <= b.taken for a, b in pairwise(members))
    for arrival in new:
        place = bisect_right(members, arrival.taken, key=lambda one: one.taken)
        members.insert(place if in_order else len(members), arrival)
    return [member.id for member in members]
