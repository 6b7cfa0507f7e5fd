"""The base folder and the album folders: found again, or made once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

from photosync.errors import NotFound, Rejected
from photosync.naming import name_key
from photosync.services.drive import listing
from photosync.services.drive.connection import MODIFY
from photosync.services.drive.errors import AlreadyThere
from photosync.services.drive.files_api import Calls
from photosync.services.drive.shared import Owner, find_shared

_MARK = "photosync"
_LONGEST_MARK = 100
"""Drive takes 124 bytes of a mark's name and value together."""


@dataclass(frozen=True, slots=True)
class Base:
    """The folder that holds the albums: its name, and its id as an earlier run learned
    it.

    `remember` is told a new id: so it is found after it was renamed, and made only
    once. With an `owner` it is the folder of somebody else, which is looked for each
    time and never made.
    """

    name: str = "photosync"
    known: str | None = None
    remember: Callable[[str], None] = lambda _: None
    owner: Owner | None = None


class Folders:
    """The base folder with one folder per album in it; `base` is its id where it is
    known.

    `read_only` tells, once it was found, why nothing may be written in it; empty where
    it may.
    """

    def __init__(self, calls: Calls, base: Base) -> None:
        self._calls = calls
        self._name = base.name
        self.owner = base.owner
        self.read_only = ""
        self.base = None if base.owner else base.known
        self._remember = base.remember
        self._album_ids: dict[str, str] = {}
        self._new_albums: dict[str, str] = {}
        self._new_base = ""
        self._lock = Lock()

    # -- finding
    # ---------------------------------------------------------------------------

    def find(self) -> str | None:
        """The id of the base folder, None where there is none yet.

        Raises Rejected if it is trashed, or is another user's and not there.
        """
        if self.owner:
            shared = find_shared(self._calls.connection, self.owner, self._name)
            self.base, self.read_only = shared
            return self.base
        if self.base is not None:
            found = self._by_id(self.base)
            if found:
                return found
        self.base = self._search()
        if self.base:
            self._remember(self.base)
        return self.base

    def know(self, title: str, album_id: str) -> None:
        """An album that was listed; of two with one title the first is used."""
        with self._lock:
            self._album_ids.setdefault(name_key(title), album_id)

    def reach(self) -> None:
        """Look for the folder of another user once: till then no call reaches what is
        in it.
        """
        if self.owner and self.base is None:
            self.find()

    def known(self, title: str) -> str | None:
        """The folder of an album, None where none was listed or made."""
        return self._album_ids.get(name_key(title))

    def forget(self, album_id: str) -> None:
        """An album that is no more, or not under its old title."""
        with self._lock:
            known = self._album_ids
            self._album_ids = {
                title: one for title, one in known.items() if one != album_id
            }

    def _by_id(self, base: str) -> str | None:
        try:
            file = self._calls.get(base)
        except NotFound:
            return None
        if file.get("trashed"):
            raise Rejected(
                f"the folder {file['name']!r} is in the trash of Drive; restore it there, or "
                "delete it for good to start anew"
            )
        return base

    def _search(self) -> str | None:
        """By the mark we gave it, else by its name."""
        value = listing.quoted(self._mark())
        marked = f"appProperties has {{ key='{_MARK}' and value={value} }}"
        named = f"name = {listing.quoted(self._name)} and 'root' in parents"
        for query in (marked, named):
            found = listing.search(
                self._calls.connection,
                f"{query} and mimeType = '{listing.FOLDER}' and trashed = false",
            )
            exact = [
                file for file in found if query is marked or file["name"] == self._name
            ]
            if exact:
                return min(str(file["id"]) for file in exact)
        return None

    def _mark(self) -> str:
        """What our base folder carries whatever it is renamed to: the name it was made
        under.
        """
        return self._name.encode()[:_LONGEST_MARK].decode(errors="ignore")

    # -- making
    # ----------------------------------------------------------------------------

    def album(self, title: str) -> str:
        """The folder of an album, made on first use; one thread makes it, the others
        wait.
        """
        self.reach()
        album = name_key(title)
        new = self._calls.new_id() if album not in self._album_ids else ""
        new_base = self._calls.new_id() if self.base is None else ""
        with self._lock:
            if self.base is None:
                self.base = self._make_base(new_base)
            if album not in self._album_ids:
                # The same id for every try: one that failed may have made the folder
                # all the same.
                new = self._new_albums.setdefault(album, new)
                body = {"name": title, "parents": [self.base]}
                self._album_ids[album] = self._make(new, body)
                del self._new_albums[album]
            return self._album_ids[album]

    def _make_base(self, new: str) -> str:
        """Make the base folder, under one id for every try; it is remembered before it
        is sent.
        """
        self._new_base = self._new_base or new
        self._remember(self._new_base)
        mark = {_MARK: self._mark()}
        return self._make(self._new_base, {"name": self._name, "appProperties": mark})

    def _make(self, new: str, body: dict[str, Any]) -> str:
        body = {"id": new, "mimeType": listing.FOLDER, **body}
        connection = self._calls.connection
        with suppress(AlreadyThere):
            reach = connection.reach.files
            connection.run(
                connection.files.create(body=body, fields="id", **reach), MODIFY
            )
        return new
