"""The folder of albums that belongs to somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from photosync.errors import Rejected
from photosync.services.answers import Fields, read_id, read_rows, read_text, reading
from photosync.services.drive.calls.connection import LIST, Connection
from photosync.services.drive.listings import listing

_RIGHTS = ("canAddChildren", "canEdit")
_FIELDS = ",".join(f"capabilities/{right}" for right in _RIGHTS)
_DRIVES_PER_PAGE = 100
_DRIVE: Fields = {"id": read_id, "name": read_text}
_ANOTHER = "; --drive-folder says what it is called there"
_NARROW = (
    "; this sign-in sees only what photosync itself put there: sign in again with "
    "photosync -a -p drive --drive-scope full"
)


class Owner(NamedTuple):
    """Whose folder is meant: a user by his address, or a shared drive by its name.

    `narrow`: the sign-in has no more than the scope of files that photosync itself
    made.
    """

    name: str
    narrow: bool = False


def find_shared(connection: Connection, owner: Owner, folder: str) -> tuple[str, str]:
    """Find a folder that is shared with us.

    Returns its id, and why nothing may be written in it, empty where it may. Raises
    Rejected, naming both, where there is none.
    """
    connection.reach.widen()
    file = next(_find_folders(connection, owner, folder), None)
    if file is None:
        hint = _NARROW if owner.narrow else _ANOTHER
        raise Rejected(f"{owner.name} shares no folder {folder!r} with you{hint}")
    rights = file.get("capabilities", {})
    if all(rights.get(right) for right in _RIGHTS):
        return str(file["id"]), ""
    return str(file["id"]), f"it belongs to {owner.name}, who did not permit changes"


def _find_folders(
    connection: Connection, owner: Owner, folder: str
) -> Iterator[dict[str, Any]]:
    """Find folders of exactly that name, those of the user first, always in the same
    order.
    """
    if "@" in owner.name:
        theirs = f"sharedWithMe = true and {listing.quote(owner.name)} in owners"
        yield from _search_by_name(connection, folder, theirs)
    # Shared drives are told of to nobody with the narrow scope.
    if owner.narrow:
        return
    for drive in _list_drives(connection):
        if drive.get("name") == owner.name:
            connection.reach.search_in(str(drive["id"]))
            yield from _search_by_name(
                connection, folder, f"{listing.quote(drive['id'])} in parents"
            )


def _search_by_name(
    connection: Connection, folder: str, where: str
) -> list[dict[str, Any]]:
    is_called_so = f"name = {listing.quote(folder)}"
    is_folder = f"mimeType = '{listing.FOLDER}' and trashed = false"
    query = f"{where} and {is_called_so} and {is_folder}"
    found = listing.search(connection, query, _FIELDS)
    # Drive takes no notice of upper and lower case.
    exact = [file for file in found if file["name"] == folder]
    return sorted(exact, key=_id_of)


def _list_drives(connection: Connection) -> list[dict[str, Any]]:
    """List all shared drives that we are a member of (`drives.list`)."""

    def read_page(token: str | None) -> dict[str, Any]:
        page = connection.read(
            "drives",
            LIST,
            pageSize=_DRIVES_PER_PAGE,
            fields="nextPageToken,drives(id,name)",
            pageToken=token,
        )
        with reading("Drive"):
            return page | {"drives": read_rows(page["drives"], _DRIVE, {"id"})}

    found: list[dict[str, Any]] = []
    for page in listing.follow_pages("drives", read_page):
        found += page["drives"]
    return sorted(found, key=_id_of)


def _id_of(row: Mapping[str, Any]) -> str:
    return str(row["id"])
