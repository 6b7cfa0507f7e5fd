"""What Drive tells of an account."""

from __future__ import annotations

from typing import Any

from photosync.errors import Transient
from photosync.services.drive.connection import OTHER, Connection


def fetch_account(connection: Connection) -> dict[str, Any]:
    """Ask who is signed in and what space is left (`about.get`)."""
    request = connection.about.get(
        fields="user(displayName,emailAddress),storageQuota(limit,usage)"
    )
    about = connection.run(request, OTHER)
    if not about.get("user", {}).get("emailAddress"):
        raise Transient("Drive does not say who is signed in")
    return about
