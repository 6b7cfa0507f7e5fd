"""``files.list``: pages of files that match a search."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from photosync.emulators.drive import query
from photosync.emulators.drive.database import Row, Value
from photosync.emulators.drive.errors import ApiError, file_not_found, invalid_value
from photosync.emulators.drive.identity import DRIVE_APPDATA, Identity
from photosync.emulators.drive.search import (
    Condition,
    Place,
    condition,
    has_word_starting,
)
from photosync.emulators.drive.store import FileStore

ORDER_COLUMNS = {
    "createdTime": "created",
    "folder": "mime <> 'application/vnd.google-apps.folder'",
    "modifiedByMeTime": "modified",
    "modifiedTime": "modified",
    "name": "folded",
    "name_natural": "folded",
    "quotaBytesUsed": "size",
    "recency": "modified",
    "sharedWithMeTime": "created",
    "starred": "starred",
    "viewedByMeTime": "viewed",
}
SPACES = frozenset({"drive", "appDataFolder"})
CORPORA = frozenset({"user", "drive", "domain", "allDrives"})


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next_token: str | None


@dataclass(frozen=True)
class _Position:
    """Where a page begins: after a row, or at an offset when sorted; and its number."""

    after: int = 0
    page: int = 0


class PageTokens:
    """Page tokens that fit only the listing they were given for, and only for a
    while.
    """

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._key = store.database.fact(
            "page token key", lambda: secrets.token_hex(16)
        ).encode()

    def issue(self, position: _Position, listing: str) -> str:
        fields = [position.after, position.page, self._store.clock.now()]
        payload = json.dumps(fields).encode()
        token = self._signature(payload, listing) + payload
        return "~!!~" + base64.urlsafe_b64encode(token).decode()

    def read(self, token: str | None, listing: str) -> _Position:
        """Give the position of a token, the start without one; raise ApiError 400."""
        if token is None:
            return _Position()
        try:
            raw = base64.b64decode(token.removeprefix("~!!~"), b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise invalid_value("pageToken") from None
        signature, payload = raw[:16], raw[16:]
        if not hmac.compare_digest(signature, self._signature(payload, listing)):
            raise invalid_value("pageToken")
        after, page, issued = json.loads(payload)
        if self._store.clock.now() - issued > self._store.settings.page_token_lifetime:
            raise invalid_value("pageToken")
        return _Position(after, page)

    def _signature(self, payload: bytes, listing: str) -> bytes:
        return hmac.digest(self._key, payload + listing.encode(), hashlib.sha256)[:16]


class Listing:
    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._tokens = PageTokens(store)
        store.database.define("has_word_starting", has_word_starting)

    def page(self, caller: Identity, params: dict[str, Any]) -> Page:
        """Give one page; raise ApiError 400 for wrong parameters or an unusable page
        token.
        """
        _check_corpora(params)
        where = self._where(caller, params)
        order = _order(params.get("orderBy"))
        listing = json.dumps([params.get("q"), order, where.sql, where.values[:-1]])
        start = self._tokens.read(params.get("pageToken"), listing)
        limit = self._limit(page_size(params), start.page)
        rows = self._rows(where, order, start, limit + 1)
        if len(rows) <= limit:
            return Page(rows, None)
        rows = rows[:limit]
        after = (
            start.after + len(rows)
            if order
            else rows[-1]["seq"]
            if rows
            else start.after
        )
        following = _Position(after, start.page + 1)
        return Page(rows, self._tokens.issue(following, listing))

    def _limit(self, size: int, page: int) -> int:
        limits = self._store.settings.page_limits
        return min(size, limits[page % len(limits)]) if limits else size

    def _where(self, caller: Identity, params: dict[str, Any]) -> Condition:
        parts = [
            Condition("account = ? AND NOT is_root", (caller.account,)),
            _spaces(caller, params.get("spaces", "drive")),
            Condition(
                "(? OR instr(apps, ?) > 0)",
                (caller.sees_everything, f" {caller.client} "),
            ),
            self._corpora(caller, params),
        ]
        if "q" in params:
            parts.append(self._search(caller, params))
        parts.append(Condition("listed_from <= ?", (self._store.clock.now(),)))
        sql = " AND ".join(part.sql for part in parts)
        return Condition(sql, tuple(value for part in parts for value in part.values))

    def _corpora(self, caller: Identity, params: dict[str, Any]) -> Condition:
        """Of the drives of others, only those asked for are searched."""
        corpora = params.get("corpora", "user")
        if corpora == "allDrives":
            return Condition("1")
        if corpora != "drive":
            return Condition("instr(extras, '\"driveId\"') = 0")
        wanted = params["driveId"]
        if wanted not in {row["id"] for row in self._store.drives(caller.account)}:
            raise file_not_found(wanted)
        return Condition("json_extract(extras, '$.driveId') = ?", (wanted,))

    def _search(self, caller: Identity, params: dict[str, Any]) -> Condition:
        settings = self._store.settings
        node = query.parse(params["q"], settings.max_query_terms)
        if params.get("orderBy") and query.uses_full_text(node):
            message = "Sorting is not supported for queries with fullText terms."
            raise ApiError(403, "forbidden", message, "orderBy")
        aliases = self._store.aliases(caller.account)
        parents = query.members(node, "parents")
        for parent in parents:
            self._check_parent(caller, parent, aliases)
        if settings.grouped_parents_bug and len(parents) > 1:
            return Condition("0")
        return condition(node, Place(caller.account, caller.client, aliases))

    def _check_parent(
        self, caller: Identity, parent: str, aliases: Mapping[str, str]
    ) -> None:
        """Raise ApiError 404 for a parent that does not exist for the caller.

        One such parent fails the whole search, and the message does not name it.
        """
        if parent in aliases or parent in aliases.values():
            return
        try:
            self._store.visible(parent, caller)
        except ApiError:
            raise file_not_found("") from None

    def _rows(
        self, where: Condition, order: str, start: _Position, limit: int
    ) -> list[Row]:
        tail, ends = "AND seq > ? ORDER BY seq LIMIT ?", (start.after, limit)
        if order:
            tail, ends = f"ORDER BY {order}, seq LIMIT ? OFFSET ?", (limit, start.after)
        sql = f"SELECT * FROM files WHERE {where.sql} {tail}"  # noqa: S608 - values are bound
        return self._store.database.rows(sql, *where.values, *ends)


def page_size(params: dict[str, Any]) -> int:
    """Give the page size asked for, cut to what the service gives; raise ApiError
    400.
    """
    size: int = params.get("pageSize", 100)
    if size < 1:
        message = f"Invalid value '{size}'. Values must be within the range: [1, 1000]"
        raise ApiError(400, "invalidParameter", message, "pageSize")
    return min(size, 1000)


def check_spaces(caller: Identity, text: str) -> list[str]:
    """Give the spaces asked for; raise ApiError 400 or 403."""
    spaces = text.split(",")
    if not SPACES.issuperset(spaces):
        raise invalid_value("spaces")
    if "appDataFolder" in spaces and DRIVE_APPDATA not in caller.scopes:
        message = (
            "The granted scopes do not give access to the application data folder."
        )
        raise ApiError(403, "insufficientPermissions", message)
    return spaces


def _spaces(caller: Identity, text: str) -> Condition:
    spaces = check_spaces(caller, text)
    hidden: tuple[Value, ...] = (f" {caller.client} ",)
    sql = f"space IN ({', '.join('?' * len(spaces))})"
    return Condition(
        f"{sql} AND (space = 'drive' OR instr(apps, ?) > 0)", (*spaces, *hidden)
    )


def _order(text: str | None) -> str:
    keys = []
    for item in (text or "").split(",") if text else []:
        name, _, direction = item.strip().partition(" ")
        if name not in ORDER_COLUMNS or direction not in {"", "desc"}:
            raise invalid_value("orderBy")
        keys.append(f"{ORDER_COLUMNS[name]} {direction}")
    return ", ".join(keys)


def _check_corpora(params: dict[str, Any]) -> None:
    corpora = params.get("corpora", "user")
    if corpora not in CORPORA:
        raise invalid_value("corpora")
    wide = corpora in {"drive", "allDrives"} or params.get("includeItemsFromAllDrives")
    if wide and not params.get("supportsAllDrives"):
        message = "The supportsAllDrives parameter must be true for this call."
        raise ApiError(403, "teamDrivesParametersRequired", message)
    if corpora in {"drive", "allDrives"} and not params.get(
        "includeItemsFromAllDrives"
    ):
        message = "The includeItemsFromAllDrives parameter must be true for this call."
        raise ApiError(403, "teamDrivesParametersRequired", message)
    if (corpora == "drive") != ("driveId" in params):
        raise invalid_value("driveId")
