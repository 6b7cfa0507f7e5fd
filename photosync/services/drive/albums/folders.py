"""The folders of albums in the base folder: found again, or made once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from photosync.errors import SideError
from photosync.model import Problem
from photosync.naming import name_key
from photosync.services.capabilities import Describe
from photosync.services.drive.albums.base_folder import Base, BaseFolder, make_folder
from photosync.services.drive.albums.shared import find_shared
from photosync.services.drive.calls.errors import InTrash
from photosync.services.drive.files_api import FilesApi


class _SharedTry:
    """Lets one thread try what several need.

    Who waits for his turn while another one tries in vain fails with him: Drive may be
    mute for minutes, which each of them would ask for anew.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._failure: SideError | None = None

    @contextmanager
    def take_turn(self) -> Iterator[None]:
        """Try now, or raise what another thread met meanwhile."""
        known = self._failure
        with self._lock:
            if self._failure is not None and self._failure is not known:
                raise self._failure
            try:
                yield
            except SideError as error:
                self._failure = error
                raise


class Folders:
    """The base folder with one folder per album in it; `base` is its id where it is
    known.

    `read_only` tells, once it was found, why nothing may be written in it; empty where
    it may.
    """

    def __init__(self, files_api: FilesApi, base: Base) -> None:
        self._files_api = files_api
        self._name = base.name
        self._base_folder = BaseFolder(files_api, base)
        self.owner = base.owner
        self.read_only = ""
        self.base = None if base.owner else base.known_id
        self._album_ids: dict[str, str] = {}
        self._new_albums: dict[str, str] = {}
        self._closed: set[str] = set()
        self._lock = Lock()
        self._making: dict[str, _SharedTry] = {}
        self._making_base = _SharedTry()
        self.describe: Describe = lambda _: ""
        self.made: dict[str, str] = {}
        """The folders made in this run, each with its description."""

    # -- finding
    # ---------------------------------------------------------------------------

    def find(self) -> str | None:
        """Find the id of the base folder, None where there is none yet.

        Raises Rejected if it is trashed, or is another user's and not there.
        """
        if self.owner:
            shared = find_shared(self._files_api.connection, self.owner, self._name)
            self.base, self.read_only = shared
        else:
            self.base = self._base_folder.find()
        return self.base

    @property
    def notices(self) -> Sequence[Problem]:
        """What the user should know of the base folder that was found."""
        return self._base_folder.notices

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

    # -- making
    # ----------------------------------------------------------------------------

    def make_album(self, title: str) -> str:
        """Return the folder of an album, making it on first use (`files.create`).

        One thread makes it, others that need the same one wait, and fail with it.
        Raises InTrash for one that lies there.
        """
        self.find_once()
        album = name_key(title)
        with self._lock:
            making = self._making.setdefault(album, _SharedTry())
        with making.take_turn():
            folder = self._album_ids.get(album) or self._make_folder(album, title)
        if folder in self._closed:
            raise InTrash
        return folder

    def _make_base(self) -> str:
        with self._making_base.take_turn():
            if self.base is None:
                self.base = self._base_folder.make()
            return self.base

    def _make_folder(self, album: str, title: str) -> str:
        base = self._make_base()
        # The same id for every try: one that failed may have made the folder all the
        # same.
        if album not in self._new_albums:
            self._new_albums[album] = self._files_api.take_id()
        new_id = self._new_albums[album]
        body = {"name": title, "parents": [base]}
        description = self.describe(title)
        if description:
            body["description"] = description
        make_folder(self._files_api, new_id, body)
        del self._new_albums[album]
        with self._lock:
            self._album_ids[album] = new_id
            self.made[new_id] = description
        return new_id
