"""Photosets: made with their first photo, filled in batches, continued at the service's limit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from threading import Lock
from typing import Any, NamedTuple

from photosync.backends.flickr import listing, tags
from photosync.backends.flickr.connection import Connection
from photosync.backends.flickr.errors import AlbumFull, AlbumGone, AlreadyIn
from photosync.backends.flickr.listing import CONTINUED, PhotoSet
from photosync.errors import Changed, NotFound
from photosync.media import local_time
from photosync.naming import key

FEW = 3
"""Up to this many photos join one by one, which needs no reading of the album."""


class Arrival(NamedTuple):
    """A photo on its way into an album; `taken` as Flickr writes it, empty if not known."""

    taken: str
    id: str


class Albums:
    """The photosets by album, as last listed and changed since.

    One thread at a time writes into an album: a whole membership written at once would throw out
    what another thread adds.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._parts: dict[str, list[PhotoSet]] = {}
        self._tried: set[tuple[str, int]] = set()
        self._writing: dict[str, Lock] = {}
        self._lock = Lock()

    def read(self) -> Sequence[PhotoSet]:
        """Read all sets anew."""
        found = listing.sets(self._connection)
        self._parts = {}
        for one in found:
            self._parts.setdefault(_key(one.album), []).append(one)
        return found

    def join(self, album: str, arrivals: Iterable[Arrival]) -> None:
        """Put photos into an album in capture order, making it if need be; raises SideError."""
        with self._alone(_key(album)):
            waiting = sorted(set(arrivals))
            while waiting:
                part = self._last_part(album)
                if part is None:
                    waiting = self._create(album, 1, waiting)
                    continue
                try:
                    waiting = self._fill(part, waiting)
                except AlbumGone:
                    # The set died with its last photo; another takes its place.
                    self._parts[_key(album)].remove(part)
                    continue
                if waiting:
                    waiting = self._create(album, part.part + 1, waiting)

    def swap(self, set_id: str, old: str, new: str) -> None:
        """Put one photo in the place of another, as cover too; raises Changed without the other."""
        album = next(
            (k for k, parts in self._parts.items() if set_id in {one.id for one in parts}), set_id
        )
        with self._alone(album):
            loose_before = self._loose()
            rows = listing.members(self._connection, set_id)
            ids = [str(row["id"]) for row in rows]
            if old not in ids:
                raise Changed("it left the album since it was listed; the next run takes it up")
            wanted = [new if one == old else one for one in ids if one != new]
            self._edit(set_id, wanted, new if _cover(rows) == old else _cover(rows))
            self._put_back(set_id, loose_before | {old}, wanted)

    def _alone(self, album: str) -> Lock:
        with self._lock:
            return self._writing.setdefault(album, Lock())

    def _last_part(self, album: str) -> PhotoSet | None:
        parts = self._parts.get(_key(album), ())
        return max(parts, key=lambda one: one.part, default=None)

    def _create(self, album: str, part: int, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """`photosets.create` with the first photo; who still has to join.

        Equal titles are allowed, so whenever an earlier try may have been carried out the title
        is looked up first.
        """
        first = arrivals[0]
        found, is_new = self._connection.patience.call(lambda: self._made(album, part, first))
        self._tried.discard((_key(album), part))
        self._parts.setdefault(_key(album), []).append(PhotoSet(found, album, part, 1))
        return list(arrivals[1:] if is_new else arrivals)

    def _made(self, album: str, part: int, first: Arrival) -> tuple[str, bool]:
        if (_key(album), part) in self._tried:
            found = self._find(album, part)
            if found:
                return found, False
        self._tried.add((_key(album), part))
        made = self._connection.once(
            "photosets.create",
            title=album if part == 1 else f"{album} #{part}",
            primary_photo_id=first.id,
            description=None if part == 1 else CONTINUED,
        )
        return str(made["photoset"]["id"]), True

    def _find(self, album: str, part: int) -> str | None:
        known = {one.id for one in self._parts.get(_key(album), ())}
        for one in listing.sets(self._connection):
            if (_key(one.album), one.part) == (_key(album), part) and one.id not in known:
                return one.id
        return None

    def _fill(self, part: PhotoSet, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Put photos into a set; those for which there was no room. Raises AlbumGone without it."""
        left = list(arrivals)
        if len(left) > FEW:
            left = self._insert(part.id, left)
        gone: list[NotFound] = []
        while left:
            try:
                self._add(part.id, left[0].id)
            except AlbumFull:
                return left
            except AlbumGone:
                raise
            except NotFound as error:
                gone.append(error)
            del left[0]
        if gone:
            raise gone[0]
        return []

    def _add(self, set_id: str, photo_id: str) -> None:
        with suppress(AlreadyIn):
            self._connection.call("photosets.addPhoto", photoset_id=set_id, photo_id=photo_id)

    def _insert(self, set_id: str, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Many at once, by `photosets.editPhotos`, which writes the whole membership.

        So it is read just before and checked just after. Returns whom it left out.
        """
        loose_before = self._loose()
        rows = listing.members(self._connection, set_id)
        if not rows:
            raise AlbumGone("the album is gone there")
        wanted = _merged(rows, arrivals)
        try:
            self._edit(set_id, wanted, _cover(rows))
        except AlbumGone:
            raise
        except (AlbumFull, NotFound):
            # No room for all, or one of them is gone: one by one it shows which.
            return list(arrivals)
        now = self._put_back(set_id, loose_before, wanted)
        return [arrival for arrival in arrivals if arrival.id not in now]

    def _put_back(self, set_id: str, before: set[str], written: Sequence[str]) -> set[str]:
        """Put back what another device had added in between; the members then.

        It was thrown out of the set and is now in none, which it was not `before`.
        """
        now = {str(row["id"]) for row in listing.members(self._connection, set_id)}
        for photo_id in sorted(self._loose() - before - set(written)):
            with suppress(NotFound):
                self._add(set_id, photo_id)
        return now

    def _loose(self) -> set[str]:
        """The photos in no set, but those that photosync sends: they wait for an album of theirs.

        Whoever sent them finds them there and puts them into it.
        """
        rows = listing.loose(self._connection)
        return {str(row["id"]) for row in rows if not tags.read(str(row.get("machine_tags", "")))}

    def _edit(self, set_id: str, ids: Sequence[str], cover: str) -> None:
        self._connection.call(
            "photosets.editPhotos",
            photoset_id=set_id,
            primary_photo_id=cover,
            photo_ids=",".join(ids),
        )


def _key(title: str) -> str:
    """The form in which titles are compared: Flickr trims the blanks around them."""
    return key(title.strip())


def _cover(rows: Sequence[dict[str, Any]]) -> str:
    covers = [str(row["id"]) for row in rows if int(row.get("isprimary", 0))]
    return (covers or [str(rows[0]["id"])])[0]


def _moment(row: dict[str, Any]) -> str:
    """When a photo was taken; of one without EXIF, Flickr only knows when it was sent."""
    kept = tags.read(str(row.get("machine_tags", "")))
    if kept and int(row.get("datetakenunknown", 0)):
        return local_time(kept.modified_ns)
    return str(row.get("datetaken", ""))


def _merged(rows: Sequence[dict[str, Any]], arrivals: Sequence[Arrival]) -> list[str]:
    """The members in their order, the arrivals between them by capture time.

    An album that the user has put in another order keeps it; there the arrivals come last.
    """
    members = [Arrival(_moment(row), str(row["id"])) for row in rows]
    new = [arrival for arrival in arrivals if arrival.id not in {one.id for one in members}]
    in_order = all(a.taken <= b.taken for a, b in pairwise(members))
    for arrival in new:
        place = bisect_right(members, arrival.taken, key=lambda one: one.taken)
        members.insert(place if in_order else len(members), arrival)
    return [member.id for member in members]
