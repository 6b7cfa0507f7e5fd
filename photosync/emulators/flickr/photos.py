"""The photos and videos of all accounts, with their tags."""

import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from photosync.emulators.database import Row, Value
from photosync.emulators.flickr import tags
from photosync.emulators.flickr.albums import AlbumStore
from photosync.emulators.flickr.errors import ApiError, photo_not_found
from photosync.emulators.flickr.index import SearchIndex
from photosync.emulators.flickr.state import State

_FIRST = 53_000_000_000
_MADE_UP_SIZE = 1000
_TAG = """
INSERT INTO tags (photo, raw, normal, namespace, predicate, value, author)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True)
class NewPhoto:
    """Columns of a photo that is to be, and its raw tags."""

    columns: Mapping[str, Value]
    raw_tags: Sequence[str] = field(default=())


TEXTS = ("title", "description", "tags", "machine_tags")
"""What people and programs write about a photo."""


_AS_LISTED = """
    SELECT older.title, older.description, older.tags, older.machine_tags, photos.*
    FROM photos JOIN older_texts AS older ON older.photo = photos.id
    WHERE photos.id = ? AND until > ? ORDER BY number LIMIT 1
"""
# Of two columns of one name a row gives the first.


class PhotoStore:
    def __init__(self, state: State, albums: AlbumStore, index: SearchIndex) -> None:
        self._state = state
        self._albums = albums
        self._index = index

    def find(self, photo_id: str | int) -> Row | None:
        """Give a photo; an argument that is no number names none."""
        if not re.fullmatch(r"[0-9]{1,18}", str(photo_id)):
            return None
        return self._state.database.row(
            "SELECT * FROM photos WHERE id = ?", int(photo_id)
        )

    def get(self, photo_id: str | int) -> Row:
        """Give a photo, which must exist."""
        row = self.find(photo_id)
        if row is None:
            raise KeyError(photo_id)
        return row

    def as_listed(self, photo: Row) -> Row:
        """Give a photo with the texts that lists still tell of it."""
        state = self._state
        if state.settings.texts_lag <= 0:
            return photo
        return state.database.row(_AS_LISTED, photo["id"], state.clock.now()) or photo

    def get_owned(self, photo_id: str, caller: str, code: int = 1) -> Row:
        """Give a photo of the caller; raise ApiError with `code`."""
        row = self.find(photo_id)
        if row is None or row["owner"] != caller:
            raise photo_not_found(code)
        return row

    def get_settled(self, photo_id: str, caller: str, code: int = 1) -> Row:
        """Give a photo of the caller that calls which change sets know already; raise
        ApiError with `code`.
        """
        row = self.get_owned(photo_id, caller, code)
        state = self._state
        if row["entered"] > state.clock.now() - state.settings.fresh_lag:
            raise photo_not_found(code)
        return row

    def visible(self, photo_id: str, caller: str) -> Row:
        """Give a photo that exists for the caller; raise ApiError 1."""
        row = self.find(photo_id)
        if row is None or not (row["is_public"] or row["owner"] == caller):
            raise photo_not_found()
        return row

    def tags_of(self, photo: int) -> list[Row]:
        sql = "SELECT * FROM tags WHERE photo = ? ORDER BY number"
        return self._state.database.rows(sql, photo)

    def add(self, owner: Row, new: NewPhoto) -> int:
        """Enter a photo, which the search index learns of in its own time."""
        lag = self._state.settings.index_lag
        photo = self.load(owner, [new], indexed=lag <= 0)[0]
        if lag > 0:
            self._index.note_change(photo)
        return photo

    def load(
        self, owner: Row, new: Iterable[NewPhoto], *, indexed: bool = True
    ) -> list[int]:
        """Enter photos in bulk and give their ids."""
        database, entries = self._state.database, list(new)
        first = database.take_numbers("photo", _FIRST, len(entries))
        usual = _defaults(owner, self._state.now(), self._state.clock.now())
        complete = []
        for number, entry in enumerate(entries, first):
            kept = self.parse_tags(entry.raw_tags)
            complete.append((_row(number, entry.columns, usual, kept), kept))
        if not complete:
            return []
        marks = ", ".join("?" * len(complete[0][0]))
        sql = f"INSERT INTO photos ({', '.join(complete[0][0])}) VALUES ({marks})"  # noqa: S608
        with database.transaction():
            database.run_many(sql, (tuple(row.values()) for row, _ in complete))
            for row, kept in complete:
                self._insert_tags(row["id"], kept, owner["nsid"])
            if indexed:
                self._index.load(complete)
        return [row["id"] for row, _ in complete]

    def parse_tags(self, raws: Iterable[str]) -> list[tags.Tag]:
        settings = self._state.settings
        cut = (raw[: settings.max_tag_length] for raw in raws)
        keeps = settings.normalise_machine_values
        return tags.distinct(cut, normalise_values=keeps)

    def modify(self, photo: int, **columns: Value) -> None:
        """Set columns, which moves `lastupdate`."""
        with self._state.database.transaction():
            self._keep_texts(photo, columns)
            self._state.database.update(
                "photos", photo, updated=self._state.now(), **columns
            )
            if self._state.settings.member_edits_touch_sets:
                self._albums.touch_sets_of(photo)
            self._index.note_change(photo)

    def _keep_texts(self, photo: int, new: Mapping[str, Value]) -> None:
        """Keep what lists are to tell for a while instead of these new texts."""
        lag = self._state.settings.texts_lag
        row = self.get(photo)
        if lag <= 0 or all(row[name] == new.get(name, row[name]) for name in TEXTS):
            return
        older = {name: row[name] for name in TEXTS}
        until = self._state.clock.now() + lag
        self._state.database.insert("older_texts", photo=photo, until=until, **older)

    def set_tags(self, photo: int, raws: Iterable[str], author: str = "") -> None:
        """Replace all tags, new ones as those of `author`, by default the owner.

        Raises ApiError 2 beyond the limit and changes nothing then.
        """
        wanted = self.parse_tags(raws)
        if len(wanted) > self._state.settings.max_tags:
            raise ApiError(2, "Maximum number of tags reached")
        with self._state.database.transaction():
            present = {tag["normal"] for tag in self.tags_of(photo)}
            for gone in present - {tag.normal for tag in wanted}:
                sql = "DELETE FROM tags WHERE photo = ? AND normal = ?"
                self._state.database.run(sql, photo, gone)
            new = [tag for tag in wanted if tag.normal not in present]
            self._insert_tags(photo, new, author or self.get(photo)["owner"])
            self._refresh_tags(photo)

    def add_tags(self, photo: int, raws: Iterable[str], author: str = "") -> None:
        """Add tags but those there are; raise ApiError 2 beyond the limit and change
        nothing.
        """
        present = [tag["raw"] for tag in self.tags_of(photo)]
        self.set_tags(photo, [*present, *raws], author)

    def remove_tag(self, photo: int, number: int) -> None:
        with self._state.database.transaction():
            self._state.database.run("DELETE FROM tags WHERE number = ?", number)
            self._refresh_tags(photo)

    def delete(self, row: Row) -> None:
        """Delete for good; sets lose the photo, and die with their last one."""
        with self._state.database.transaction():
            self._albums.forget_photo(row["id"])
            self._index.note_delete(row)
            self._state.database.run("DELETE FROM tags WHERE photo = ?", row["id"])
            self._state.database.run("DELETE FROM photos WHERE id = ?", row["id"])
        self._state.blobs.remove(row["blob"])

    def _insert_tags(self, photo: int, new: Iterable[tags.Tag], author: str) -> None:
        self._state.database.run_many(
            _TAG,
            [
                (
                    photo,
                    tag.raw,
                    tag.normal,
                    tag.namespace,
                    tag.predicate,
                    tag.value,
                    author,
                )
                for tag in new
            ],
        )

    def _refresh_tags(self, photo: int) -> None:
        rows = self.tags_of(photo)
        every = " ".join(tag["normal"] for tag in rows)
        machine = " ".join(tag["normal"] for tag in rows if tag["namespace"])
        self.modify(photo, tags=every, machine_tags=machine)


def fresh_secret() -> str:
    return secrets.token_hex(5)


def write_time(moment: float) -> str:
    """Give a time in the form of `date_taken`."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment))


def _defaults(owner: Row, now: int, entered: float) -> dict[str, Any]:
    return {
        "owner": owner["nsid"],
        "server": "65535",
        "title": "",
        "description": "",
        "media": "photo",
        "format": "jpg",
        "width": 4000,
        "height": 3000,
        "blob": None,
        "size": _MADE_UP_SIZE,
        "md5": None,
        "upload_md5": None,
        "uploaded": now,
        "granularity": 0,
        "is_public": owner["is_public"],
        "is_friend": owner["is_friend"],
        "is_family": owner["is_family"],
        "perm_comment": 3,
        "perm_addmeta": 2,
        "safety_level": owner["safety_level"],
        "content_type": owner["content_type"],
        "hidden": owner["hidden"],
        "license": "0",
        "rotation": 0,
        "entered": entered,
        "views": 0,
        "ready_at": 0.0,
        "latitude": 0.0,
        "longitude": 0.0,
        "accuracy": 0,
    }


def _row(
    number: int,
    columns: Mapping[str, Value],
    usual: Mapping[str, Any],
    kept: Sequence[tags.Tag],
) -> dict[str, Any]:
    row = {"id": number, "secret": fresh_secret(), "original_secret": fresh_secret()}
    row |= {
        **usual,
        "taken": columns.get("taken") or write_time(_moment(columns, usual)),
    }
    row |= {
        "taken_unknown": int(not columns.get("taken")),
        "updated": _moment(columns, usual),
    }
    row |= {name: value for name, value in columns.items() if name != "taken"}
    row["tags"] = " ".join(tag.normal for tag in kept)
    row["machine_tags"] = " ".join(tag.normal for tag in kept if tag.namespace)
    return row


def _moment(columns: Mapping[str, Value], usual: Mapping[str, Any]) -> int:
    return int(columns.get("uploaded") or usual["uploaded"])
