"""What folders are called where there is little room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from photosync.formatting import name_service, printable


class ShortNames:
    """Says `backup` where there is no room for `/mnt/disk of Anna/backup`: the table above
    the photos has the whole of it.
    """

    def __init__(self, services: Iterable[str]) -> None:
        names = [name_service(service) for service in services]
        ends = Counter(_find_end(name) for name in names)
        self._short: dict[str, str] = {}
        for name in names:
            end = _find_end(name)
            # /mnt/one/backup and /mnt/two/backup keep their paths.
            if name.startswith("/") and ends[end] == 1:
                self._short[name] = end

    def shorten(self, text: str) -> str:
        """Return a text with short names, harmless to show."""
        for name, short in self._short.items():
            text = text.replace(name, short)
        return printable(text)


def _find_end(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] or path
