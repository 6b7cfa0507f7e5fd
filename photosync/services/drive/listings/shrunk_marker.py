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
    """Size and MD5 of a local photo, and the MD5 of the smaller copy that was sent of
    it.
    """

    size: int
    md5: str
    copy_md5: str

    @classmethod
    def read(cls, file: Mapping[str, Any]) -> Self | None:
        """Read what a file resource stands for; None if it is no smaller copy."""
        properties = file.get("appProperties")
        if not properties or not isinstance(properties, Mapping):
            return None
        text = properties.get(PROPERTY)
        found = _TEXT.fullmatch(text) if isinstance(text, str) else None
        # Somebody cropped the copy on Drive: the mark stays, but tells of other bytes.
        if not found or found[3] != file.get("md5Checksum"):
            return None
        return cls(size=int(found[1]), md5=found[2], copy_md5=found[3])

    def __str__(self) -> str:
        return f"{self.size}:{self.md5}:{self.copy_md5}"


def make_property(original: Original | None) -> dict[str, str | None]:
    """Return the property as a request sets it, or takes it away."""
    return {PROPERTY: str(original) if original else None}
