"""The base folder and the album folders: found again, or made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from photosync.errors import NotFound, Rejected
from photosync.naming import name_key
from photosync.services.drive import listing
from photosync.services.drive.connection import MODIFY
from photosync.services.drive.errors import AlreadyThere, InTrash
from photosync.services.drive.files_api import FilesApi, check_not_trashed
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
    known_id: str | None = None
    remember: Callable[[str], None] = lambda _: None
    owner: Owner | None = None


class Folders:
    """The base folder with one folder per album in it; `base` is its id where it is
    known.

    `read_only` tells, once it was found, why nothing may be written in it; empty where
    it may.
    """

    def __init__(self, files_api: FilesApi, base: Base) -> None:
        self._files_api = files_api
        self._name = base.name
        self.owner = base.owner
        self.read_only = ""
        self.base = None if base.owner else base.known_id
        self._remember = base.remember
        self._album_ids: dict[str, str] = {}
        self._new_albums: dict[str, str] = {}
        self._new_base = ""
        self._closed: set[str] = set()
        self._lock = Lock()

    # -- finding
    # ---------------------------------------------------------------------------

    def find(self) -> str | None:
        """Find the id of the base folder, None where there is none yet.

        Raises Rejected if it is trashed, or is another user's and not there.
        """
        if self.owner:
            shared = find_shared(self._files_api.connection, self.owner, self._name)
            self.base, self.read_only = shared
            return self.base
        if self.base is not None:
            found = self._find_by_id(self.base)
            if found:
                return found
        self.base = self._search()
        if self.base:
            self._remember(self.base)
        return self.base

    def remember(self, title: str, album_id: str) -> None:
        """Use this folder for an album; of two with one title the first is used."""
        with self._lock:
            self._album_ids.setdefault(name_key(title), album_id)

    def find_once(self) -> None:
        """Look for the folder of another user, unless that was done.

        Till then no call reaches what is in it.
        """
        if self.owner and self.base is None:
            self.find()

    def find_album(self, title: str) -> str | None:
        """Return the folder of an album, None where none was listed or made."""
        return self._album_ids.get(name_key(title))

    def forget(self, album_id: str) -> None:
        """Forget an album that is no more, or not under its old title."""
        with self._lock:
            self._album_ids = {
                title: folder
                for title, folder in self._album_ids.items()
                if folder != album_id
            }

    def close_album(self, album_id: str) -> None:
        """Put nothing more into a folder that lies in the trash."""
        with self._lock:
            self._closed.add(album_id)

    def _find_by_id(self, base: str) -> str | None:
        try:
            file = self._files_api.get(base, "explicitlyTrashed")
        except NotFound:
            return None
        if not file.get("trashed"):
            return base
        # Somebody cleaned up "Backups", and forgot that the photos lie below it.
        what = "" if file.get("explicitlyTrashed") else "a folder above "
        raise Rejected(
            f"{what}the folder {file['name']!r} is in the trash of Drive; restore it there, "
            "or delete it for good to start anew"
        )

    def _search(self) -> str | None:
        """Find the base folder by the mark that we gave it, else by its name."""
        value = listing.quote(self._mark)
        ids = [
            str(file["id"])
            for file in self._search_folders(
                f"appProperties has {{ key='{_MARK}' and value={value} }}"
            )
        ]
        if not ids:
            named = f"name = {listing.quote(self._name)} and 'root' in parents"
            # Drive takes no notice of upper and lower case.
            ids = [
                str(file["id"])
                for file in self._search_folders(named)
                if file["name"] == self._name
            ]
        # Two computers may have made one each: both must use the same.
        return min(ids, default=None)

    def _search_folders(self, query: str) -> list[dict[str, Any]]:
        return listing.search(
            self._files_api.connection,
            f"{query} and mimeType = '{listing.FOLDER}' and trashed = false",
        )

    @property
    def _mark(self) -> str:
        """What our base folder carries whatever it is renamed to: the name it was made
        under.
        """
        return self._name.encode()[:_LONGEST_MARK].decode(errors="ignore")

    # -- making
    # ----------------------------------------------------------------------------

    def make_album(self, title: str) -> str:
        """Return the folder of an album, making it on first use (`files.create`).

        One thread makes it, the others wait. Raises InTrash for one that lies there.
        """
        self.find_once()
        album = name_key(title)
        with self._lock:
            if self.base is None:
                self.base = self._make_base()
            if album not in self._album_ids:
                self._album_ids[album] = self._make_folder(album, title, self.base)
            folder = self._album_ids[album]
            if folder in self._closed:
                raise InTrash
            return folder

    def _make_folder(self, album: str, title: str, base: str) -> str:
        # The same id for every try: one that failed may have made the folder all the
        # same.
        if album not in self._new_albums:
            self._new_albums[album] = self._files_api.take_id()
        new_id = self._new_albums[album]
        self._make(new_id, {"name": title, "parents": [base]})
        del self._new_albums[album]
        return new_id

    def _make_base(self) -> str:
        """Make the base folder, under one id for every try.

        That is remembered first: of a run that is killed now the next one finds it.
        """
        if not self._new_base:
            self._new_base = self._files_api.take_id()
        self._remember(self._new_base)
        mark = {_MARK: self._mark}
        self._make(self._new_base, {"name": self._name, "appProperties": mark})
        return self._new_base

    def _make(self, new_id: str, body: dict[str, Any]) -> None:
        body = {"id": new_id, "mimeType": listing.FOLDER, **body}
        connection = self._files_api.connection
        request = connection.files.create(
            body=body, fields="id,trashed", **connection.reach.files
        )
        try:
            folder = connection.run(request, MODIFY)
        except AlreadyThere:
            folder = self._files_api.get(new_id)
        check_not_trashed(folder)
