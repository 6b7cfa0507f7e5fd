"""What is to be told of smaller copies, once at the end of a run and not for each
photo.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

from photosync.formatting import name_service, printable
from photosync.media.smaller import Shrunk, Whole
from photosync.model import Problem, Step

log = logging.getLogger(__name__)

_MOST_NAMES = 3


@dataclass(slots=True)
class _Group:
    """Photos of which the same is to be told; the first are named."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.count += 1
        if len(self.names) < _MOST_NAMES:
            self.names.append(name)

    def __str__(self) -> str:
        more = self.count - len(self.names)
        rest = f" and {more:,} more" if more else ""
        return f"{', '.join(self.names)}{rest}"


class ShrinkNotes:
    """Counts what was sent whole although smaller copies are wanted, and what smaller
    copies lack. For any number of threads.
    """

    def __init__(self) -> None:
        self._whole: dict[tuple[str, str], _Group] = {}
        self._lacking: dict[tuple[str, str], _Group] = {}
        self._lock = Lock()

    def note(self, step: Step, sent: Shrunk | Whole) -> None:
        """Note what a step sent."""
        name = f"{step.album}/{step.name}"
        with self._lock:
            if isinstance(sent, Shrunk):
                for part in sent.lacks:
                    log.info("smaller copy without the %s: %s", part, printable(name))
                    key = (step.service, part)
                    self._lacking.setdefault(key, _Group()).add(name)
            elif sent.reason:
                log.info("sent whole: %s: %s", printable(name), sent.reason)
                key = (step.service, sent.reason)
                self._whole.setdefault(key, _Group()).add(name)

    def tell(self) -> Iterator[Problem]:
        """Yield one notice for each reason and each part, with a count and names."""
        with self._lock:
            for (service, reason), group in self._whole.items():
                photos = _count(group.count, "photo was", "photos were")
                text = f"{photos} sent whole: {reason} ({group})"
                yield Problem(name_service(service), text, failed=False)
            for (service, part), group in self._lacking.items():
                copies = _count(group.count, "smaller copy is", "smaller copies are")
                text = f"{copies} without the {part} ({group})"
                yield Problem(name_service(service), text, failed=False)


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
