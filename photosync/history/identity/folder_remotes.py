"""Folder remotes as the memory knows them: by an id of their own, not by their path.

A folder that cannot be marked is known by its file system and inode. The path at which a
folder was last only serves to notice that another one is there now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.write_queue import Change
from photosync.services.folder_identity import (
    FolderPlace,
    find_device,
    find_unmarked_account,
    make_id,
)

KIND = "folder"
"""The name of all folder remotes in the memory."""

_FIND = "SELECT stamp, next_stamp FROM folders WHERE account = ?"
_FIND_LAST = "SELECT account, mount FROM folders WHERE path = ? ORDER BY rowid DESC"
_KEEP = "INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM folders WHERE account = ?"
_RENAME = "UPDATE scopes SET service = ?, account = ? WHERE service = ? AND account = ?"
_CARRY_OVER = "UPDATE scopes SET service = ?, account = ? WHERE id = ?"
_FIND_BY_PATH = (
    "SELECT id FROM scopes WHERE service LIKE 'folder:%' AND account = ? AND roots = ? "
    "ORDER BY (SELECT count(*) FROM history WHERE scope = scopes.id) DESC"
)
_FIND_SCOPE = "SELECT id FROM scopes WHERE service = ? AND account = ? AND roots = ?"


@dataclass(slots=True)
class KnownFolder:
    """A folder remote as a run met it.

    `account` is its name in the memory. `carried` is the number of a scope that an
    earlier photosync kept by path, 0 if there is none. `former` is the number of the
    scope of another folder that was at this place at the last run; `is_unmounted`: the
    disk of that folder is not there now.
    """

    place: FolderPlace
    account: str
    mark_id: str
    carried: int = 0
    former: int = 0
    is_unmounted: bool = False
    notice: str = ""


class _Stamps(NamedTuple):
    """What the last run wrote into a folder, and what it was about to write."""

    last: str
    following: str


_UNMARKED = _Stamps(last="", following="")


class StoredFolders:
    """The folder remotes of one library. Whatever reads or writes raises
    StateUnusable.
    """

    def __init__(self, database: Database, library: str) -> None:
        self._database = database
        self._library = library
        self._met: set[str] = set()

    # -- which folder it is

    def identify(self, place: FolderPlace) -> KnownFolder:
        """Return what the memory knows of the folder at a place; nothing is written."""
        folder = self._find_known(place)
        self._met.add(folder.account)
        return folder

    def _find_known(self, place: FolderPlace) -> KnownFolder:
        """Return a folder by its mark, else by its device, else as a new one."""
        by_device = find_unmarked_account(place)
        marked = place.mark.id if place.mark else ""
        is_copy = bool(marked) and self._is_copy(place, marked)
        if marked and not is_copy and self._find_stamps(marked):
            return KnownFolder(place, marked, marked)
        mark_id = make_id() if is_copy or not marked else marked
        if self._find_stamps(by_device):
            # It was read-only until now, or another home folder has marked it since.
            return KnownFolder(place, by_device, mark_id)
        if is_copy:
            return self._meet_copy(KnownFolder(place, by_device, mark_id))
        return self._meet_new(KnownFolder(place, marked or by_device, mark_id))

    def _meet_copy(self, copy: KnownFolder) -> KnownFolder:
        # Whether it is compared as a new one is for the guards to say: where the disk
        # is away nothing is done in what lies below.
        copy.notice = (
            "carries the id of another folder, as a copy or a restored backup does; "
            "what is remembered of that one does not count here"
        )
        self._compare_with_former(copy)
        return copy

    def _meet_new(self, new: KnownFolder) -> KnownFolder:
        """Return a folder that the memory does not know by its id or device, with what an
        earlier photosync noted of its path.
        """
        if new.place.device:
            new.carried = self._find_by_path(new.place.path)
        if new.carried:
            new.notice = (
                "what is remembered of it belongs to this very folder from now on, no "
                "longer to its path"
            )
            return new
        if new.place.mark and new.place.mark.id:
            # Marked by another home folder: so it is no empty mount point.
            return new
        self._compare_with_former(new)
        self._note_former(new)
        return new

    def _note_former(self, folder: KnownFolder) -> None:
        """Put a notice on a folder that took the place of another one, whose memory does
        not hold for it: else nobody would know why deleted photos come back.
        """
        if not folder.former or folder.is_unmounted:
            return
        if self.is_used(folder.former):
            folder.notice = (
                "is another folder than at the last run, or its file .photosync-id was "
                "lost; compared as a new one"
            )

    def _is_copy(self, place: FolderPlace, marked: str) -> bool:
        """Whether a folder is not as our last run left the one with its id."""
        if marked in self._met:
            # Two cloned disks are both plugged in.
            return True
        stamps = self._find_stamps(marked)
        if stamps is None or not stamps.last:
            return False
        assert place.mark is not None
        return place.mark.stamps.get(self.home) not in stamps

    def _compare_with_former(self, folder: KnownFolder) -> None:
        """Note in a folder which other one was at its place the last time."""
        place = folder.place
        rows = self._database.read(_FIND_LAST, (encode_text(place.path),))
        if not rows:
            folder.former = self._find_by_path(place.path)
            folder.is_unmounted = not place.device
            return
        account, mount = rows[0]
        folder.former = self._find_scope(decode_text(account))
        # An empty mount point lies on the disk around it.
        is_same_disk = decode_text(mount) == place.mount
        folder.is_unmounted = not place.device or not is_same_disk

    def _find_stamps(self, account: str) -> _Stamps | None:
        rows = self._database.read(_FIND, (encode_text(account),))
        if not rows:
            return None
        last, following = rows[0]
        return _Stamps(last, following)

    def _find_by_path(self, path: str) -> int:
        """Return the scope that an earlier photosync kept by path, 0 for none."""
        names = (encode_text(path), self._library)
        rows = self._database.read(_FIND_BY_PATH, names)
        return rows[0][0] if rows else 0

    def _find_scope(self, account: str) -> int:
        names = (KIND, encode_text(account), self._library)
        rows = self._database.read(_FIND_SCOPE, names)
        return rows[0][0] if rows else 0

    @property
    def home(self) -> str:
        """The id of this home folder."""
        rows = self._database.read("SELECT id FROM home")
        return str(rows[0][0])

    def is_used(self, scope: int) -> bool:
        """Whether anything was ever agreed on in a scope."""
        statement = "SELECT 1 FROM history WHERE scope = ? LIMIT 1"
        return bool(self._database.read(statement, (scope,)))

    # -- what a run leaves

    def keep(self, folder: KnownFolder) -> None:
        """Write where a folder is, and carry over what was remembered by its path."""
        changes: list[Change] = []
        if folder.carried:
            carried = (KIND, encode_text(folder.account), folder.carried)
            changes.append((_CARRY_OVER, [carried]))
        stamps = self._find_stamps(folder.account) or _UNMARKED
        changes.append(self._make_row(folder, stamps))
        self._database.write(changes)

    def prepare_mark(self, folder: KnownFolder) -> str:
        """Return the stamp that the folder is to get, after noting it in the memory.

        A run that is killed in between leaves the folder with the old stamp or the new
        one, and both are known.
        """
        stamps = self._find_stamps(folder.account) or _UNMARKED
        following = make_id()
        stamps = stamps._replace(following=following)
        self._database.write([self._make_row(folder, stamps)])
        return following

    def note_mark(self, folder: KnownFolder, stamp: str) -> None:
        """Note that a folder is marked: from now on it is known by its mark."""
        changes: list[Change] = []
        if folder.account != folder.mark_id:
            old = encode_text(folder.account)
            new = encode_text(folder.mark_id)
            changes.append((_RENAME, [(KIND, new, KIND, old)]))
            changes.append((_FORGET, [(old,)]))
            folder.account = folder.mark_id
        # Its base may have been made only now.
        device = find_device(folder.place.path)
        folder.place = folder.place._replace(device=device)
        stamps = _Stamps(last=stamp, following="")
        changes.append(self._make_row(folder, stamps))
        self._database.write(changes)

    def _make_row(self, folder: KnownFolder, stamps: _Stamps) -> Change:
        place = folder.place
        account = encode_text(folder.account)
        path = encode_text(place.path)
        mount = encode_text(place.mount)
        row = (account, path, mount, stamps.last, stamps.following)
        return _KEEP, [row]
