"""The photosets of all accounts: their members and their order."""

import re
from collections.abc import Iterable, Sequence

from photosync.emulators.database import Row, Value
from photosync.emulators.flickr.errors import ApiError, photoset_not_found
from photosync.emulators.flickr.state import State

_FIRST = 72_177_720_300_000_000
_MEMBER = "INSERT INTO members VALUES (?, ?, ?, ?)"
_LEAVE = """
INSERT OR REPLACE INTO leavers
SELECT album, position, members.entered, ?, photos.*
FROM members JOIN photos ON photos.id = photo WHERE album = ? AND photo = ?
"""
_COUNT = """
UPDATE albums SET
    videos = (SELECT count(*) FROM members JOIN photos ON photos.id = members.photo
              WHERE album = albums.id AND media = 'video'),
    photos = (SELECT count(*) FROM members JOIN photos ON photos.id = members.photo
              WHERE album = albums.id AND media = 'photo')
WHERE id = ?
"""


class AlbumStore:
    def __init__(self, state: State) -> None:
        self._state = state

    def find(self, album_id: str | int) -> Row | None:
        """Give a set; an argument that is no number names none."""
        if not re.fullmatch(r"[0-9]{1,18}", str(album_id)):
            return None
        return self._state.database.row(
            "SELECT * FROM albums WHERE id = ?", int(album_id)
        )

    def get(self, album_id: str | int) -> Row:
        """Give a set, which must exist."""
        row = self.find(album_id)
        if row is None:
            raise KeyError(album_id)
        return row

    def get_owned(self, album_id: str, caller: str) -> Row:
        """Give a set of the caller that is known by now; raise ApiError 1."""
        row = self.find(album_id)
        if row is None or row["owner"] != caller or not self.is_known(row):
            raise photoset_not_found()
        return row

    def is_known(self, album: Row) -> bool:
        """Tell whether a set is old enough to be known to all calls."""
        lag = self._state.settings.sets_lag
        return bool(album["entered"] <= self._state.clock.now() - lag)

    def of(self, owner: str) -> list[Row]:
        """Give the sets of an account in its order."""
        sql = "SELECT * FROM albums WHERE owner = ? ORDER BY position, id DESC"
        return self._state.database.rows(sql, owner)

    def members(self, album: int) -> list[int]:
        sql = "SELECT photo FROM members WHERE album = ? ORDER BY position"
        return [row["photo"] for row in self._state.database.rows(sql, album)]

    def create(
        self,
        owner: str,
        title: str,
        description: str,
        photos: Sequence[int],
        **columns: Value,
    ) -> int:
        """Make a set of these photos, the first of which is primary, before all
        others.
        """
        database, now = self._state.database, self._state.now()
        entered = float(columns.get("entered") or self._state.clock.now())
        with database.transaction():
            album = database.take_numbers("album", _FIRST)
            sql = "SELECT min(position) FROM albums WHERE owner = ?"
            usual: dict[str, Value] = {
                "id": album,
                "owner": owner,
                "title": title,
                "description": description,
                "primary_photo": photos[0],
                "created": now,
                "updated": now,
                "position": database.number(sql, owner) - 1,
                "entered": entered,
            }
            database.insert("albums", **{**usual, **columns})
            self._fill(album, photos, entered)
        return album

    def set_members(self, album: int, photos: Sequence[int], primary: int) -> None:
        """Replace the whole membership; raise ApiError 10 for too many photos."""
        with self._state.database.transaction():
            self._fill(album, photos, self._state.clock.now())
            self.modify(album, primary_photo=primary)

    def append(self, album: int, photo: int) -> None:
        """Add a photo at the end; raise ApiError 3 for a member, 10 for a full set."""
        members = self.members(album)
        if photo in members:
            raise ApiError(3, "Photo already in set")
        self._check_count(len(members) + 1)
        sql = "SELECT max(position) FROM members WHERE album = ?"
        with self._state.database.transaction():
            last = self._state.database.number(sql, album)
            now = self._state.clock.now()
            self._see_off(album, [*members, photo])
            self._state.database.run(_MEMBER, album, photo, last + 1, now)
            self._recount(album)
            self.modify(album)

    def remove(self, album: Row, photos: Iterable[int]) -> None:
        """Take photos out; a set without photos is no more."""
        gone = set(photos)
        left = [photo for photo in self.members(album["id"]) if photo not in gone]
        if not left:
            self.delete(album["id"])
            return
        primary = left[0] if album["primary_photo"] in gone else album["primary_photo"]
        self.set_members(album["id"], left, primary)

    def modify(self, album: int, **columns: Value) -> None:
        """Set columns, which moves `date_update`."""
        self._state.database.update(
            "albums", album, updated=self._state.now(), **columns
        )

    def delete(self, album: int) -> None:
        """Delete a set; its photos stay."""
        with self._state.database.transaction():
            self._state.database.run("DELETE FROM members WHERE album = ?", album)
            self._state.database.run("DELETE FROM leavers WHERE album = ?", album)
            self._state.database.run("DELETE FROM albums WHERE id = ?", album)

    def order(self, owner: str, albums: Sequence[int]) -> None:
        """Bring these sets to the front in this order; the others follow as they
        are.
        """
        others = [row["id"] for row in self.of(owner) if row["id"] not in set(albums)]
        places = ((place, album) for place, album in enumerate([*albums, *others]))
        self._state.database.run_many(
            "UPDATE albums SET position = ? WHERE id = ?", places
        )

    def containing(self, photo: int) -> list[Row]:
        sql = (
            "SELECT albums.* FROM members JOIN albums ON albums.id = album WHERE photo = ?"
            " ORDER BY albums.position"
        )
        return self._state.database.rows(sql, photo)

    def forget_photo(self, photo: int) -> None:
        for album in self.containing(photo):
            self.remove(album, [photo])

    def touch_sets_of(self, photo: int) -> None:
        for album in self.containing(photo):
            self.modify(album["id"])

    def _fill(self, album: int, photos: Sequence[int], now: float) -> None:
        self._check_count(len(photos))
        since = self._read_times(album)
        self._see_off(album, photos)
        self._state.database.run("DELETE FROM members WHERE album = ?", album)
        places = [
            (album, photo, place, since.get(photo, now))
            for place, photo in enumerate(photos)
        ]
        self._state.database.run_many(_MEMBER, places)
        self._recount(album)

    def _see_off(self, album: int, staying: Sequence[int]) -> None:
        """Note who leaves a set, which its list may show for a while, as they are now;
        forget those who came back.
        """
        if self._state.settings.left_lag <= 0:
            return
        now = self._state.clock.now()
        leaving = set(self.members(album)) - set(staying)
        database = self._state.database
        database.run_many(_LEAVE, ((now, album, photo) for photo in leaving))
        back = "DELETE FROM leavers WHERE album = ? AND id = ?"
        database.run_many(back, ((album, photo) for photo in staying))

    def _read_times(self, album: int) -> dict[int, float]:
        """Give the time at which each member came."""
        sql = "SELECT photo, entered FROM members WHERE album = ?"
        return {row[0]: row[1] for row in self._state.database.rows(sql, album)}

    def _recount(self, album: int) -> None:
        self._state.database.run(_COUNT, album)

    def _check_count(self, count: int) -> None:
        if count > self._state.settings.max_photos_per_set:
            raise ApiError(10, "Maximum number of photos in set")
