"""What became of photos that no listing of Drive shows any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from photosync.errors import NotFound, Transient
from photosync.model import GONE, THERE, Absence, RemotePhoto, Whereabouts
from photosync.services.drive.calls.about import fetch_account
from photosync.services.drive.files_api import FilesApi
from photosync.services.drive.listings import folder_lists

_FEW = 5
"""So many photos are asked about one by one, which is the surest."""

_MOST_CALLS = 500
"""Photos at most that are asked about one by one in a run; the next one goes on."""

_NOT_ASKED = Absence(
    Whereabouts.UNKNOWN, "too many photos are missing there to ask about all in one run"
)
_UNSEEN = Absence(
    Whereabouts.UNKNOWN,
    "this sign-in does not see it any more, which may have other reasons than that it was "
    "deleted for good; sign in with --drive-scope full to be sure",
)


class AbsenceCheck:
    """Asks Drive itself about photos, in as few calls as it takes.

    `is_narrow`: the sign-in does not see what another client id made.
    """

    def __init__(self, files_api: FilesApi, *, is_narrow: bool = False) -> None:
        self._files_api = files_api
        self._is_narrow = is_narrow
        self._folders: dict[str, dict[str, Any]] = {}

    def find(self, photos: Sequence[RemotePhoto], base: str | None) -> list[Absence]:
        """Say where each photo is, `base` being the id of the base folder.

        What lies in the trash is listed by album (`files.list`), all others are asked
        for by their id (`files.get`). Raises SideError.
        """
        self._folders.clear()
        in_trash: set[str] = set()
        if len(photos) > _FEW:
            in_trash = self._list_trash(photos)
        calls = 0
        found: list[Absence] = []
        for photo in photos:
            if photo.id in in_trash:
                found.append(GONE)
            elif calls < _MOST_CALLS:
                calls += 1
                found.append(self._ask(photo, base))
            else:
                found.append(_NOT_ASKED)
        return found

    def _list_trash(self, photos: Sequence[RemotePhoto]) -> set[str]:
        """List what of the photos' albums lies in the trash, with or without them."""
        folders = list(dict.fromkeys(photo.album_id for photo in photos))
        connection = self._files_api.connection
        found: set[str] = set()
        for files in folder_lists.list_each(connection, folders, "trashed = true"):
            if isinstance(files, list):
                found.update(file["id"] for file in files)
        return found

    def _ask(self, photo: RemotePhoto, base: str | None) -> Absence:
        file = self._get_if_there(photo.id)
        if not file:
            # A proxy that answers 404 to everything would empty the local folder:
            # Drive has to prove that it is Drive that answers.
            self._check_is_drive()
            file = self._get_if_there(photo.id)
        if not file:
            return _UNSEEN if self._is_narrow else GONE
        if file.get("trashed"):
            return GONE
        return self._locate(photo, file, base)

    def _locate(
        self, photo: RemotePhoto, file: dict[str, Any], base: str | None
    ) -> Absence:
        folder = next(iter(file.get("parents", ())), "")
        if folder == photo.album_id and file["name"] != photo.name:
            return _elsewhere(f"under the name {file['name']!r}")
        if folder != photo.album_id:
            name = self._get_folder(folder).get("name")
            return _elsewhere(
                f"in the folder {name!r}" if name else "in another folder"
            )
        above = self._get_folder(folder).get("parents", ())
        if base in above:
            return THERE
        return _elsewhere("as its album was moved out of the folder of the albums")

    def _get_folder(self, folder: str) -> dict[str, Any]:
        if folder not in self._folders:
            self._folders[folder] = self._get_if_there(folder) if folder else {}
        return self._folders[folder]

    def _get_if_there(self, file_id: str) -> dict[str, Any]:
        """Return a file as it is now, empty where there is none."""
        # An album that was moved to the family's shared drive is not deleted.
        try:
            return self._files_api.find_anywhere(file_id)
        except NotFound:
            return {}

    def _check_is_drive(self) -> None:
        """Raise Transient where something else answers in the place of Drive."""
        try:
            fetch_account(self._files_api.connection)
        except NotFound as error:
            raise Transient("it is not Drive that answers") from error


def _elsewhere(where: str) -> Absence:
    reason = f"not deleted, but still there {where}"
    return Absence(Whereabouts.ELSEWHERE, reason)
