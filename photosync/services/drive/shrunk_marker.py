"""What tells a smaller copy on Drive from the photo that it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

PROPERTY = "photosync-original"
"""The property of a smaller copy; name and value stay below the 124 bytes that Drive
takes.
"""

_TEXT = re.compile(r"(\d{1,20}):([0-9a-f]{32}):([0-9a-f]{32})")


class Original(NamedTuple):
    """Size and MD5 of a photo here, and the MD5 of the smaller copy that was sent of
    it.
    """

    size: int
    md5: str
    sent: str

    @classmethod
    def of(cls, file: Mapping[str, Any]) -> Self | None:
        """What a file resource stands for; None if it is no copy, or was edited there
        since.
        """
        properties = file.get("appProperties")
        text = properties.get(PROPERTY, "") if isinstance(properties, Mapping) else ""
        found = _TEXT.fullmatch(text) if isinstance(text, str) else None
        if not found or found[3] != file.get("md5Checksum"):
            return None
        return cls(int(found[1]), found[2], found[3])

    def __str__(self) -> str:
        return f"{self.size}:{self.md5}:{self.sent}"


def mark(original: Original | None) -> dict[str, str | None]:
    """The property as a request sets it, or takes it away."""
    return {PROPERTY: str(original) if original else None}
