"""Dates of albums as services and disks keep them."""

from __future__ import annotations

from datetime import datetime


def parse_local_time(text: str) -> int | None:
    """Read a `YYYY-MM-DD HH:MM:SS` by the clock of this machine, as ns since 1970.

    None where the text is empty or no such moment can be kept.
    """
    try:
        moment = datetime.fromisoformat(text).astimezone()
        return int(moment.timestamp()) * 10**9
    except (ValueError, OverflowError, OSError):
        return None
