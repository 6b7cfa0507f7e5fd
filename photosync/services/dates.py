"""Dates of albums as services and disks keep them."""

from __future__ import annotations

from datetime import datetime


def here_ns(text: str) -> int | None:
    """Nanoseconds since 1970 of a `YYYY-MM-DD HH:MM:SS` by the clock of this machine.

    None where the text is empty or no such moment can be kept.
    """
    try:
        return int(datetime.fromisoformat(text).astimezone().timestamp()) * 10**9
    except (ValueError, OverflowError, OSError):
        return None
