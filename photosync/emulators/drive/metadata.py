"""File metadata in request bodies: what may be written, and the columns it goes to."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from photosync.emulators.drive import times
from photosync.emulators.drive.database import Row, Value
from photosync.emulators.drive.errors import ApiError, invalid_value
from photosync.emulators.drive.schema import FILE
from photosync.emulators.drive.store import merge_extras

_TYPES: dict[str, type] = {
    "appProperties": dict,
    "contentHints": dict,
    "copyRequiresWriterPermission": bool,
    "createdTime": str,
    "description": str,
    "folderColorRgb": str,
    "id": str,
    "mimeType": str,
    "modifiedTime": str,
    "name": str,
    "originalFilename": str,
    "parents": list,
    "properties": dict,
    "shortcutDetails": dict,
    "starred": bool,
    "trashed": bool,
    "viewedByMeTime": str,
    "viewersCanCopyContent": bool,
    "writersCanShare": bool,
}
_EXTRAS = frozenset(
    {
        "copyRequiresWriterPermission",
        "description",
        "folderColorRgb",
        "originalFilename",
        "viewersCanCopyContent",
        "writersCanShare",
    }
)
CREATABLE = frozenset(_TYPES.keys() - {"trashed"})
UPDATABLE = frozenset(
    _TYPES.keys() - {"createdTime", "id", "parents", "shortcutDetails"}
)

MAX_PROPERTY_BYTES = 124
MAX_PROPERTIES = 30
MAX_PROPERTIES_IN_ALL = 100

_NOT_WRITABLE = {
    "parents": "The parents field is not directly writable in update requests. "
    "Use the addParents and removeParents parameters instead.",
}


def check(body: Any, writable: frozenset[str]) -> dict[str, Any]:
    """Give the fields of a body that are set; raise ApiError 400 or 403 for wrong
    ones.
    """
    if not isinstance(body, dict):
        raise ApiError(400, "badRequest", "Bad Request")
    for name, value in body.items():
        if name not in FILE:
            raise ApiError(
                400, "badRequest", f"Invalid JSON payload: unknown name {name!r}."
            )
        if name not in writable:
            message = (
                "The resource body includes fields which are not directly writable."
            )
            raise ApiError(403, "fieldNotWritable", _NOT_WRITABLE.get(name, message))
        if value is not None and not isinstance(value, _TYPES[name]):
            raise invalid_value(name)
    return {name: value for name, value in body.items() if value is not None}


def columns(
    body: Mapping[str, Any], client: str, row: Row | None = None
) -> dict[str, Value]:
    """Give the columns that a checked body sets on `row`, or on a new file."""
    values: dict[str, Value] = {}
    for name, value in body.items():
        if name in _COLUMNS:
            values |= _COLUMNS[name](value)
    extras = {name: value for name, value in body.items() if name in _EXTRAS}
    if extras:
        values["extras"] = merge_extras(row, extras)
    return values | _property_columns(body, client, row)


def _time(column: str, field: str) -> Callable[[str], dict[str, Value]]:
    def convert(text: str) -> dict[str, Value]:
        try:
            return {column: times.read(text)}
        except ValueError:
            raise invalid_value(field) from None

    return convert


def _describe_name(name: str) -> dict[str, Value]:
    name = name or "Untitled"
    return {"name": name, "folded": name.casefold()}


_COLUMNS: dict[str, Callable[[Any], dict[str, Value]]] = {
    "createdTime": _time("created", "createdTime"),
    "mimeType": lambda value: {"mime": value},
    "modifiedTime": _time("modified", "modifiedTime"),
    "name": _describe_name,
    "starred": lambda value: {"starred": int(value)},
    "trashed": lambda value: {"explicitly_trashed": int(value)},
    "viewedByMeTime": _time("viewed", "viewedByMeTime"),
}


def _property_columns(
    body: Mapping[str, Any], client: str, row: Row | None
) -> dict[str, Value]:
    if not body.keys() & {"properties", "appProperties"}:
        return {}
    public = json.loads(row["properties"] or "{}") if row else {}
    private = json.loads(row["app_properties"] or "{}") if row else {}
    public = _merge(public, body.get("properties", {}))
    private[client] = _merge(private.get(client, {}), body.get("appProperties", {}))
    if (
        len(public) + sum(len(pairs) for pairs in private.values())
        > MAX_PROPERTIES_IN_ALL
    ):
        raise invalid_value("properties")
    return {
        "properties": json.dumps(public) if public else None,
        "app_properties": json.dumps(private) if any(private.values()) else None,
    }


def _merge(present: dict[str, str], new: Mapping[str, Any]) -> dict[str, str]:
    for key, value in new.items():
        if value is not None and not isinstance(value, str):
            raise invalid_value("properties")
        if len(f"{key}{value or ''}".encode()) > MAX_PROPERTY_BYTES:
            raise invalid_value("properties")
    pairs = {
        key: value for key, value in {**present, **new}.items() if value is not None
    }
    if len(pairs) > MAX_PROPERTIES:
        raise invalid_value("properties")
    return pairs
