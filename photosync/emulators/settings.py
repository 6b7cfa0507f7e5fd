"""The units of all settings, and the behaviours that both emulated services have."""

from dataclasses import dataclass
from typing import Literal

MEBIBYTE = 1024**2
GIBIBYTE = 1024**3
HOUR = 3600.0
DAY = 24 * HOUR


@dataclass
class ConsentSettings:
    """Behaviours of an emulated sign-in; they may be changed while it runs.

    - `consent`: ``page`` shows the page with its buttons, ``approve`` and ``deny``
    answer at once
    """

    consent: Literal["page", "approve", "deny"] = "page"
