"""What the headers of an answer tell of time."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import requests

_DIGITS = 15


def read_retry_after(
    headers: requests.structures.CaseInsensitiveDict[str],
) -> float | None:
    """Return the seconds that a reply asks to wait; None where it asks for none."""
    text = headers.get("Retry-After", "")
    if text.isascii() and text.isdecimal():
        return float(text[:_DIGITS])
    # The other spelling is a date: "Wed, 21 Oct 2026 07:28:00 GMT".
    until = read_date(text)
    if until is None:
        return None
    # By the clock there: that of a NAS may be wrong by a year.
    now = read_date(headers.get("Date", ""))
    return max(0.0, until - (time.time() if now is None else now))


def read_date(text: str) -> float | None:
    """Return a date of a header in seconds since 1970; None for what is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None
