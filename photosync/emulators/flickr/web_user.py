"""A user at work on the site: changes to photos and albums that come from no API
client.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from photosync.emulators.blobs import Content
from photosync.emulators.database import Row, Value
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.photos import NewPhoto, fresh_secret
from photosync.emulators.flickr.static_files import StaticFiles
from photosync.emulators.flickr.uploads import Upload, Uploads


class Site(Protocol):
    """What the site needs of the service."""

    files: StaticFiles

    def settle(self) -> None: ...


# What a test puts there has been there long enough for every list to show it.
_LONG_AGO = 1.0
_LONG_KNOWN: dict[str, Value] = {"entered": _LONG_AGO}


class WebUser:
    """Seeds and inspects the photos and albums of one account; ids are decimal strings.

    Facts of a photo have the names of the emulator's columns: `title`, `description`,
    `uploaded` (seconds since the epoch), `taken` (``YYYY-MM-DD HH:MM:SS``),
    `is_public`, `is_friend`, `is_family`, `license` (``0``), `safety_level`,
    `content_type`, `hidden`, `width`, `height`, `rotation`, `media` (``photo`` or
    ``video``), `format` (``jpg``), `size` (bytes).
    """

    def __init__(self, catalog: Catalog, site: Site, nsid: str) -> None:
        self._catalog = catalog
        self._site = site
        self._uploads = Uploads(catalog)
        self.nsid = nsid

    def account(self) -> dict[str, Any]:
        return dict(self._catalog.accounts.get(self.nsid))

    def change_account(self, **columns: Value) -> None:
        """Set `pro`, `shares_originals`, or the defaults of uploads such as
        `is_public`.
        """
        self._catalog.accounts.change(self.nsid, **columns)

    def photo(
        self,
        title: str = "",
        content: bytes | Path | None = None,
        *,
        tags: Sequence[str] = (),
        **facts: Value,
    ) -> str:
        """Add a photo that is found at once; without content it has made-up bytes."""
        if content is None:
            return self.photos([{"title": title, "tags": tags, **facts}])[0]
        name = content.name if isinstance(content, Path) else "photo.jpg"
        upload = Upload(self.nsid, {"title": title}, self._store_content(content), name)
        with self._catalog.state.database.transaction():
            photo = self._uploads.finish(upload)
            self._catalog.photos.set_tags(photo, tags)
            self._catalog.photos.modify(photo, entered=_LONG_AGO, **facts)
            self._catalog.index.learn_now(photo)
        return str(photo)

    def photos(self, entries: Iterable[Mapping[str, Any]]) -> list[str]:
        """Add many photos with made-up bytes and give their ids.

        Entries hold facts of photos, and `tags`, a list of raw tags.
        """
        new = [
            NewPhoto(
                _LONG_KNOWN
                | {name: value for name, value in entry.items() if name != "tags"},
                entry.get("tags", ()),
            )
            for entry in entries
        ]
        ids = self._catalog.photos.load(self._catalog.accounts.get(self.nsid), new)
        return [str(photo) for photo in ids]

    def album(
        self, title: str, photos: Sequence[str], description: str = "", **columns: Value
    ) -> str:
        """Add an album of at least one photo; `created` and `updated` may be given."""
        ids = [int(photo) for photo in photos]
        known = _LONG_KNOWN | columns
        store = self._catalog.albums
        return str(store.create(self.nsid, title, description, ids, **known))

    def albums(self, entries: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
        """Add many albums, given as title and photos; the last one will be the first in
        order.
        """
        with self._catalog.state.database.transaction():
            return [self.album(title, photos) for title, photos in entries]

    def replace(self, photo: str, content: bytes | Path) -> None:
        """Give a photo another original."""
        name = content.name if isinstance(content, Path) else "photo"
        upload = Upload(self.nsid, {}, self._store_content(content), name, int(photo))
        with self._catalog.state.database.transaction():
            self._uploads.finish(upload)

    def edit(self, photo: str, **facts: Value) -> None:
        """Change facts of a photo, such as `title`, `description`, `is_public`."""
        self._catalog.photos.modify(int(photo), **facts)

    def set_privacy(
        self, photo: str, *, public: bool, friend: bool = False, family: bool = False
    ) -> None:
        """Show a photo to others than before, which may give it new secrets."""
        flags = {"is_public": public, "is_friend": friend, "is_family": family}
        numbers = {name: int(flag) for name, flag in flags.items()}
        self.edit(photo, **numbers, **self._new_secrets())

    def rotate(self, photo: str, content: bytes | None = None) -> None:
        """Turn a photo by 90 degrees, which may give it new secrets.

        Its original stays as it is, unless the service is to turn that as well: then
        `content` is the new one.
        """
        turned = (self.get(photo)["rotation"] + 90) % 360
        if content is not None:
            self.replace(photo, content)
        self.edit(photo, rotation=turned, **self._new_secrets())

    def set_tags(self, photo: str, raws: Iterable[str]) -> None:
        self._catalog.photos.set_tags(int(photo), raws)

    def add_tags(self, photo: str, *raws: str) -> None:
        """Add tags as this user, also to a photo of another one."""
        self._catalog.photos.add_tags(int(photo), raws, self.nsid)

    def remove_tags(self, photo: str, *raws: str) -> None:
        left = [raw for raw in self.raw_tags(photo) if raw not in raws]
        self.set_tags(photo, left)

    def delete(self, photo: str) -> None:
        self._catalog.photos.delete(self._catalog.photos.get(photo))

    def edit_album(self, album: str, **columns: Value) -> None:
        """Change `title`, `description` or `primary_photo` (an integer) of an album."""
        self._catalog.albums.modify(int(album), **columns)

    def arrange(self, album: str, photos: Sequence[str]) -> None:
        """Make these the photos of an album, in this order."""
        ids, primary = (
            [int(photo) for photo in photos],
            self._album(album)["primary_photo"],
        )
        self._catalog.albums.set_members(
            int(album), ids, primary if primary in ids else ids[0]
        )

    def put_in(self, album: str, photo: str) -> None:
        self._catalog.albums.append(int(album), int(photo))

    def take_out(self, album: str, photo: str) -> None:
        """Take a photo out of an album, which is gone with its last one."""
        self._catalog.albums.remove(self._album(album), [int(photo)])

    def delete_album(self, album: str) -> None:
        self._catalog.albums.delete(int(album))

    def order_albums(self, albums: Sequence[str]) -> None:
        self._catalog.albums.order(self.nsid, [int(album) for album in albums])

    def everything(self) -> list[dict[str, Any]]:
        """Give all facts of all photos, oldest upload first."""
        self._site.settle()
        sql = "SELECT * FROM photos WHERE owner = ? ORDER BY uploaded, id"
        rows = self._catalog.state.database.rows(sql, self.nsid)
        return [_facts(row) for row in rows]

    def get(self, photo: str) -> dict[str, Any]:
        """Give all facts of a photo; raise KeyError without such a photo."""
        self._site.settle()
        return _facts(self._catalog.photos.get(photo))

    def named(self, title: str) -> list[dict[str, Any]]:
        """Give the photos of exactly this title."""
        return [photo for photo in self.everything() if photo["title"] == title]

    def raw_tags(self, photo: str) -> list[str]:
        return [tag["raw"] for tag in self._catalog.photos.tags_of(int(photo))]

    def content(self, photo: str) -> bytes:
        """Give the bytes that are kept as the original."""
        return b"".join(self._site.files.content(self._catalog.photos.get(photo)))

    def md5(self, photo: str) -> str:
        """Give the MD5 of the bytes that are kept as the original, in hexadecimal."""
        digest = hashlib.md5(usedforsecurity=False)
        for block in self._site.files.content(self._catalog.photos.get(photo)):
            digest.update(block)
        return digest.hexdigest()

    def all_albums(self) -> list[dict[str, Any]]:
        """Give all facts of all albums in the user's order."""
        return [_facts(row) for row in self._catalog.albums.of(self.nsid)]

    def titled(self, title: str) -> list[str]:
        """Give the ids of the albums of exactly this title."""
        return [album["id"] for album in self.all_albums() if album["title"] == title]

    def photos_in(self, album: str) -> list[str]:
        """Give the photos of an album in their order; raise KeyError without such an
        album.
        """
        return [
            str(photo)
            for photo in self._catalog.albums.members(self._album(album)["id"])
        ]

    def titles_in(self, album: str) -> list[str]:
        return [self.get(photo)["title"] for photo in self.photos_in(album)]

    def _new_secrets(self) -> dict[str, Value]:
        if not self._catalog.state.settings.new_secrets_with_edits:
            return {}
        return {"secret": fresh_secret(), "original_secret": fresh_secret()}

    def _album(self, album: str) -> Row:
        return self._catalog.albums.get(album)

    def _store_content(self, content: bytes | Path) -> Content:
        stream = content.open("rb") if isinstance(content, Path) else BytesIO(content)
        with stream:
            return self._catalog.state.blobs.receive(stream)


def _facts(row: Row) -> dict[str, Any]:
    return {**dict(row), "id": str(row["id"])}
