"""Photosets: made with their first photo and filled at once, joined one by one later on,
continued at the service's limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from photosync.errors import NotFound, Rejected
from photosync.model import RemotePhoto
from photosync.services.answers import read_id, reading
from photosync.services.capabilities import Describe, LeftOut
from photosync.services.flickr.albums.memberships import Memberships
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import (
    AlbumFull,
    AlbumGone,
    NotShown,
    TooLate,
)
from photosync.services.flickr.lagging_lists.joined_photos import JoinedPhotos
from photosync.services.flickr.lagging_lists.joining import Joining
from photosync.services.flickr.lagging_lists.made_albums import MadeAlbums
from photosync.services.flickr.listings import listing
from photosync.services.flickr.listings.listing import PhotoSet
from photosync.services.flickr.listings.photosets import PhotoSets, album_key
from photosync.services.flickr.photos.capture_order import Arrival
from photosync.services.flickr.records.photo_rows import PhotoRow

_MANY = 100
"""Whether so many photos that join at once are all in is looked at: what Flickr does
with a very long list is not documented.
"""


class Albums:
    """Puts photos into the albums they belong to, set by set through `memberships`."""

    def __init__(
        self,
        connection: Connection,
        sets: PhotoSets,
        joined: JoinedPhotos,
        made: MadeAlbums,
        memberships: Memberships,
    ) -> None:
        self._connection = connection
        self._sets = sets
        self._made = made
        self._joined = joined
        self.memberships = memberships
        self._tried: set[tuple[str, int]] = set()
        self.describe: Describe = lambda _: ""

    def add_photos(self, album: str, arrivals: Iterable[Arrival]) -> dict[str, str]:
        """Put photos into an album, making it in capture order if need be; the set of
        each (flickr.photosets.create, editPhotos, addPhoto).

        Raises LeftOut for photos that Flickr does not know, after all others are in;
        or another SideError.
        """
        by_id = {arrival.id: arrival for arrival in sorted(arrivals)}
        if not by_id:
            return {}
        joining = Joining(sorted(by_id.values()))
        with self._sets.lock_albums(album):
            self._add_with_patience(album, joining)
        if joining.gone:
            raise LeftOut(joining.gone)
        return joining.places

    def swap_photo(self, photo: RemotePhoto, new: str) -> None:
        """Put another photo in the place of one, as cover too.

        Raises Changed if that one is not in its set any more.
        """
        with self._sets.lock_set(photo.album_id):
            self.memberships.swap(photo, new)

    def _add_with_patience(self, album: str, joining: Joining) -> None:
        """Add all, and again those that Flickr does not know although they were sent a
        moment ago.
        """

        def attempt() -> None:
            joining.gone.clear()
            self._add_all(album, joining)
            if joining.gone:
                raise NotShown("some photos are not known there yet")

        with suppress(NotShown):
            self._connection.retry_policy.call(attempt, retried=NotShown)

    def _add_all(self, album: str, joining: Joining) -> None:
        is_full = False
        while joining.waiting:
            part = self._sets.find_last_part(album) or self.find_unlisted(album)
            if part is None or is_full:
                number = part.part + 1 if part else 1
                self._create_part(album, number, joining)
                is_full = False
                continue
            try:
                is_full = not self._fill_with_patience(part, joining)
            except AlbumGone:
                self._sets.check_is_gone(part)
                # The set died with its last photo; another takes its place.
                self._sets.drop(part.id)
                joining.expel(part.id)

    def find_unlisted(self, album: str) -> PhotoSet | None:
        """Return the set that an earlier run made of an album, if no list shows it
        (flickr.photos.getAllContexts).
        """
        set_id = self._made.find(album, self._sets.list_ids())
        # Somebody may have given it another title since: then it is listed by that.
        if set_id is None or self._sets.find_album(set_id) is not None:
            return None
        photoset = PhotoSet(set_id, album, 1, "")
        self._sets.put_made(photoset)
        return photoset

    def _create_part(self, album: str, part: int, joining: Joining) -> None:
        """Make a set with the first photo that is still there
        (flickr.photosets.create).
        """
        first = joining.waiting[0]
        began = self._connection.clock()
        try:
            found, is_new = self._connection.retry_policy.call(
                lambda: self._find_or_create(album, part, first)
            )
        except NotFound as error:
            joining.gone[first.id] = error
            return
        self._tried.discard((album_key(album), part))
        text = listing.format_description(self.describe(album), part) if is_new else ""
        self._sets.put_made(PhotoSet(found, album, part, text))
        if part == 1:
            self._made.note(album, found, first.id)
        if is_new:
            joining.made = found
            joining.made_at = began
            self._note_joined(found, [first], joining, self._connection.server_time)

    def _find_or_create(
        self, album: str, part: int, first: Arrival
    ) -> tuple[str, bool]:
        """Return the set of a part, and whether this made it."""
        # The answer to an earlier try may have been lost. Equal titles are allowed, so
        # a repeat without a look would make a second album.
        if (album_key(album), part) in self._tried:
            title = listing.format_title(album, part)
            found = self._find_unknown(album, part) or self._made.find_by_photo(
                first.id, title, self._sets.list_ids()
            )
            if found:
                return found, False
        self._tried.add((album_key(album), part))
        if part == 1:
            self._made.begin(album, first.id)
        answer = self._connection.call_once(
            "photosets.create",
            title=listing.format_title(album, part),
            primary_photo_id=first.id,
            description=listing.format_description(self.describe(album), part) or None,
        )
        with reading("Flickr"):
            return read_id(answer["photoset"]["id"]), True

    def _find_unknown(self, album: str, part: int) -> str | None:
        """Find a set of this title and part that we did not know of."""
        known = {photoset.id for photoset in self._sets.find_parts(album)}
        key = album_key(album)
        for photoset in listing.list_sets(self._connection):
            if photoset.id in known:
                continue
            if photoset.part == part and album_key(photoset.album) == key:
                return photoset.id
        return None

    def _fill_with_patience(self, part: PhotoSet, joining: Joining) -> bool:
        """Fill a set that other calls may not know yet, or not find for a moment."""
        return self._connection.retry_policy.call(
            lambda: self._fill(part, joining), retried=AlbumGone
        )

    def _fill(self, part: PhotoSet, joining: Joining) -> bool:
        """Put photos into a set; return whether there was room for all. Raises
        AlbumGone without it.
        """
        if joining.made == part.id:
            joining.made = ""
            self._fill_made(part.id, joining)
        for arrival in joining.waiting:
            moment = self._connection.server_time
            try:
                self.memberships.add(part.id, arrival.id)
            except AlbumFull:
                return False
            except AlbumGone:
                raise
            except NotFound as error:
                joining.gone[arrival.id] = error
            else:
                self._note_joined(part.id, [arrival], joining, moment)
        return True

    def _fill_made(self, set_id: str, joining: Joining) -> None:
        """Put photos into a set that was made a moment ago (flickr.photosets.editPhotos).

        Nobody else can have put anything in yet, so that nothing is read before. Whom it
        leaves out goes on waiting, and so do all where the hour has no more calls or the
        line broke off: the page shows the album to whoever wants to add to it.
        """
        (first,) = joining.find_members(set_id)
        wanted = [one.id for one in (first, *joining.waiting)]
        moment = self._connection.server_time
        if len(wanted) > 1:
            try:
                moment = self.memberships.fill(
                    set_id, wanted, first.id, made_at=joining.made_at
                )
            except AlbumGone:
                raise
            except (AlbumFull, NotFound, Rejected, TooLate):
                return
        self._joined.note_whole(set_id, wanted)
        if len(wanted) > _MANY:
            rows = self.memberships.list_filled(set_id, wanted)
            self._note_shown(set_id, rows, joining, moment)
        else:
            self._note_joined(set_id, joining.waiting, joining, moment)

    def _note_shown(
        self, set_id: str, rows: Sequence[PhotoRow], joining: Joining, moment: int
    ) -> None:
        """Note who joined a set, as far as it is shown there."""
        shown = {row.id for row in rows}
        arrived = [arrival for arrival in joining.waiting if arrival.id in shown]
        self._note_joined(set_id, arrived, joining, moment)
        self._joined.see(rows)

    def _note_joined(
        self, set_id: str, arrivals: Sequence[Arrival], joining: Joining, moment: int
    ) -> None:
        self._joined.note(set_id, arrivals, moment)
        joining.places |= dict.fromkeys((arrival.id for arrival in arrivals), set_id)
