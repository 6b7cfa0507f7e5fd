"""Notices about smaller copies, at the end of a run instead of one for each photo."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

from photosync.formatting import name_service, name_some, printable
from photosync.media.shrink.smaller import Shrunk, Whole
from photosync.model import Problem, Step

log = logging.getLogger(__name__)

_MOST_NAMES = 3


@dataclass(slots=True)
class _Group:
    """Photos that share a notice; the first of them are named in it."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.count += 1
        if len(self.names) < _MOST_NAMES:
            self.names.append(name)

    def describe_count(self, one: str, many: str) -> str:
        noun = one if self.count == 1 else many
        return f"{self.count:,} {noun}"

    def describe_names(self) -> str:
        return name_some(self.names, self.count)


class ShrinkNotes:
    """Counts the photos that were sent whole although smaller copies are wanted, and the
    smaller copies that lack something. Any thread may call it.
    """

    def __init__(self) -> None:
        self._whole: defaultdict[tuple[str, str], _Group] = defaultdict(_Group)
        self._lacking: defaultdict[tuple[str, str], _Group] = defaultdict(_Group)
        self._lock = Lock()

    def note(self, step: Step, sent: Shrunk | Whole) -> None:
        """Note the smaller copy, or the whole photo, that a step sent."""
        name = f"{step.album}/{step.name}"
        with self._lock:
            if isinstance(sent, Shrunk):
                for part in sent.lacks:
                    log.info("smaller copy without the %s: %s", part, printable(name))
                    self._lacking[step.service, part].add(name)
            elif sent.reason:
                log.info("sent whole: %s: %s", printable(name), sent.reason)
                self._whole[step.service, sent.reason].add(name)

    def describe(self) -> Iterator[Problem]:
        """Yield one notice for each reason and each part, with a count and names."""
        with self._lock:
            for (service, reason), group in self._whole.items():
                photos = group.describe_count("photo was", "photos were")
                yield _make_notice(service, f"{photos} sent whole: {reason}", group)
            for (service, part), group in self._lacking.items():
                copies = group.describe_count("smaller copy is", "smaller copies are")
                yield _make_notice(service, f"{copies} without the {part}", group)


def _make_notice(service: str, text: str, group: _Group) -> Problem:
    return Problem(
        name_service(service), f"{text} ({group.describe_names()})", failed=False
    )
