"""What Drive tells of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from photosync.errors import Transient
from photosync.services.answers import (
    read_count,
    read_object,
    read_row,
    read_text,
    reading,
)
from photosync.services.drive.calls.connection import OTHER, Connection


def fetch_account(connection: Connection) -> dict[str, Any]:
    """Ask who is signed in and what space is left (`about.get`). Raises SideError."""
    fields = "user(displayName,emailAddress),storageQuota(limit,usage)"
    about = connection.read("about", OTHER, fields=fields)
    with reading("Drive"):
        _check_quota(about)
        user = {"emailAddress": read_text, "displayName": read_text}
        read_row(about.get("user", {}), user, set())
    if not about.get("user", {}).get("emailAddress"):
        raise Transient("Drive does not say who is signed in")
    return about


def fetch_free_space(connection: Connection) -> int | None:
    """Ask in one short try how many bytes are free (`about.get`); None where nothing is
    limited, as an account of a company may be. Raises SideError.
    """
    about = connection.read_once("about", OTHER, fields="storageQuota(limit,usage)")
    with reading("Drive"):
        quota = _check_quota(about)
    if not quota.get("limit"):
        return None
    return max(0, int(quota["limit"]) - int(quota.get("usage", 0)))


def _check_quota(about: Mapping[str, Any]) -> Mapping[str, Any]:
    quota = read_object(about.get("storageQuota", {}))
    read_row(quota, {"limit": read_count, "usage": read_count}, set())
    return quota
