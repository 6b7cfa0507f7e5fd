"""The folder that holds all albums: found again whoever signs in, or made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from photosync.errors import NotFound, Rejected, ServiceRefused
from photosync.model import Problem
from photosync.services.drive.albums.shared import Owner
from photosync.services.drive.calls.connection import MODIFY
from photosync.services.drive.calls.errors import AlreadyThere
from photosync.services.drive.files_api import FilesApi, check_not_trashed
from photosync.services.drive.listings import listing

_MARK = "photosync"
_TOO_LATE = (
    "another computer has made the folder for your albums there a moment ago; the next "
    "run goes on in it"
)
_LONGEST_MARK = 100
"""Drive takes 124 bytes of a mark's name and value together."""


@dataclass(frozen=True, slots=True)
class Base:
    """The folder that holds the albums: its name, and its id as an earlier run learned
    it.

    `is_sure`: that was with this very sign-in, so that no other folder is in question.
    `remember` is told a new id, and whether that one is sure: so it is found after it
    was renamed, and made only once. With an `owner` it is the folder of somebody else,
    which is looked for each time and never made.
    """

    name: str = "photosync"
    known_id: str | None = None
    is_sure: bool = False
    remember: Callable[[str, bool], None] = lambda _, __: None
    owner: Owner | None = None


class BaseFolder:
    """Finds or makes one's own base folder; `notices` are about the last search."""

    def __init__(self, files_api: FilesApi, base: Base) -> None:
        self._files_api = files_api
        self._name = base.name
        self._known_id = base.known_id
        self._is_sure = base.is_sure
        self._remember = base.remember
        self._new_id = ""
        self._is_late = False
        self.notices: list[Problem] = []

    def find(self) -> str | None:
        """Return the id of the base folder, None where there is none yet.

        Raises Rejected where it lies in the trash or on a shared drive.
        """
        self.notices = []
        known = self._find_known()
        if known and self._is_sure:
            return known
        # Somebody signed in anew: another client id or a wider scope may see folders of
        # that name that nobody saw before.
        found = self._search()
        chosen = known or (found[0]["id"] if found else None)
        self._note_choice(chosen, found)
        if chosen:
            self._note_id(chosen)
        return chosen

    def _find_known(self) -> str | None:
        """Return the id that is known if this sign-in sees a folder there."""
        if self._known_id is None:
            return None
        try:
            file = self._files_api.get(self._known_id, "explicitlyTrashed")
        except NotFound:
            self._check_not_shared(self._known_id)
            self._note(
                f"the folder used so far (id {self._known_id}) was deleted for good, or this "
                "sign-in does not see it, having another client id or --drive-scope file"
            )
            return None
        if not file.get("trashed"):
            return self._known_id
        # Somebody cleaned up "Backups", and forgot that the photos lie below it.
        what = "" if file.get("explicitlyTrashed") else "a folder above "
        raise Rejected(
            f"{what}the folder {file['name']!r} is in the trash of Drive; restore it there, "
            "or delete it for good to start anew"
        )

    def _check_not_shared(self, base: str) -> None:
        """Raise Rejected where somebody moved the base folder to a shared drive: a new
        one would take all photos once more.
        """
        try:
            folder = self._files_api.find_anywhere(base)
        except NotFound:
            return
        if not folder.get("trashed"):
            raise Rejected(
                f"the folder {folder['name']!r} was moved to a shared drive; move it back "
                "to My Drive"
            )

    def _search(self) -> list[dict[str, Any]]:
        """Find all folders it may be: first those that bear our mark, then by name.

        The oldest comes first: two computers that made one each must use the same.
        """
        marked = self._search_marked()
        name = listing.quote(self._name)
        named = self._search_folders(f"name = {name} and 'root' in parents")
        # Drive takes no notice of upper and lower case.
        exact = [file for file in named if file["name"] == self._name]
        ids = {file["id"] for file in marked}
        others = [file for file in exact if file["id"] not in ids]
        return [*marked, *others]

    def _search_marked(self) -> list[dict[str, Any]]:
        """Find the folders that bear our mark, the oldest first."""
        value = listing.quote(self._mark)
        mark = f"has {{ key='{_MARK}' and value={value} }}"
        # What one client id writes into appProperties, no other client id sees.
        return self._search_folders(f"(appProperties {mark} or properties {mark})")

    def _search_folders(self, query: str) -> list[dict[str, Any]]:
        kind = f"mimeType = '{listing.FOLDER}' and trashed = false"
        # Who shares her folder with the family does not want all their photos in it.
        wanted = f"{query} and {kind} and 'me' in owners"
        more = "createdTime,properties"
        found = listing.search(self._files_api.connection, wanted, more)
        return sorted(found, key=_find_age)

    def _note_choice(self, chosen: str | None, found: list[dict[str, Any]]) -> None:
        for file in found:
            if file["id"] == chosen:
                if chosen != self._known_id and not _is_marked(file):
                    self._note("a folder of that name was there already and is used")
            else:
                self._note(
                    f"there is another folder {file['name']!r} (id {file['id']}), left alone; "
                    f"the one with id {chosen} is used"
                )

    def _note(self, reason: str) -> None:
        self.notices.append(Problem(f"Drive {self._name}", reason, failed=False))

    @property
    def _mark(self) -> str:
        """What our base folder carries whatever it is renamed to: the name it was made
        under.
        """
        return self._name.encode()[:_LONGEST_MARK].decode(errors="ignore")

    def _note_id(self, base: str) -> None:
        self._known_id = base
        self._is_sure = True
        self._remember(base, True)

    def make(self) -> str:
        """Make the base folder (`files.create`), under one id for every try.

        That is remembered first: of a run that is killed now the next one finds it.
        Raises ServiceRefused where another computer made one meanwhile.
        """
        if self._is_late:
            raise ServiceRefused(_TOO_LATE)
        if not self._new_id:
            self._new_id = self._files_api.take_id()
        self._remember(self._new_id, False)
        mark = {_MARK: self._mark}
        body = {"name": self._name, "appProperties": mark, "properties": mark}
        make_folder(self._files_api, self._new_id, body)
        self._settle(self._new_id)
        return self._new_id

    def _settle(self, made: str) -> None:
        """Let the oldest be the base folder of all computers whose first runs went on at
        once: each would else keep a folder of its own, and none see the photos of the
        others.
        """
        others = [file for file in self._search_marked() if file["id"] != made]
        if not others:
            self._note_id(made)
            return
        # A list may not show yet what was just made.
        mine = self._files_api.get(made, "createdTime")
        oldest = min([mine, *others], key=_find_age)
        self._note_id(oldest["id"])
        if oldest is mine:
            return
        # Nothing was put into ours. What is in the other one by now is yet to be listed.
        self._files_api.patch(made, {"trashed": True})
        self._is_late = True
        raise ServiceRefused(_TOO_LATE)


def _find_age(file: dict[str, Any]) -> tuple[str, str]:
    """Return what puts folders in an order that is the same for every computer."""
    return file["createdTime"], file["id"]


def _is_marked(file: dict[str, Any]) -> bool:
    marks = {**file.get("appProperties", {}), **file.get("properties", {})}
    return _MARK in marks


def make_folder(files_api: FilesApi, new_id: str, body: dict[str, Any]) -> None:
    """Make a folder under an id drawn beforehand (`files.create`).

    Raises InTrash where it came to lie there.
    """
    body = {"id": new_id, "mimeType": listing.FOLDER, **body}
    connection = files_api.connection
    request = connection.files.create(
        body=body, fields="id,trashed", **connection.reach.files
    )
    try:
        folder = connection.run(request, MODIFY)
    except AlreadyThere:
        folder = files_api.get(new_id)
    check_not_trashed(folder)
