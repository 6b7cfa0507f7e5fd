"""What Drive tells of an account."""

from __future__ import annotations

from typing import Any

from photosync.errors import Transient
from photosync.services.answers import (
    read_count,
    read_object,
    read_row,
    read_text,
    reading,
)
from photosync.services.drive.connection import OTHER, Connection


def fetch_account(connection: Connection) -> dict[str, Any]:
    """Ask who is signed in and what space is left (`about.get`)."""
    request = connection.about.get(
        fields="user(displayName,emailAddress),storageQuota(limit,usage)"
    )
    about = connection.run(request, OTHER)
    with reading("Drive"):
        quota = read_object(about.get("storageQuota", {}))
        read_row(quota, {"limit": read_count, "usage": read_count}, set())
        user = {"emailAddress": read_text, "displayName": read_text}
        read_row(about.get("user", {}), user, set())
    if not about.get("user", {}).get("emailAddress"):
        raise Transient("Drive does not say who is signed in")
    return about
