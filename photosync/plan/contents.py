"""What the plan asks about the bytes of files that are to be sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from photosync.model import Actions, LocalPhoto, Problem, Step


class Contents(Protocol):
    """Looks into files that are to be sent: the name of a file may be misleading."""

    def find_mismatch(self, photo: LocalPhoto) -> str:
        """Return how the name of a file misleads; empty if it does not."""

    def is_wanted(self, photo: LocalPhoto) -> bool:
        """Whether a file holds what `--format` asks for."""


class TrustedNames:
    """The `Contents` of files that nobody looks into."""

    def find_mismatch(self, photo: LocalPhoto) -> str:  # noqa: ARG002 - all is well
        return ""

    def is_wanted(self, photo: LocalPhoto) -> bool:  # noqa: ARG002 - all is well
        return True


def find_mismatch(step: Step, contents: Contents) -> str:
    """Return how the name of a file misleads that a step uploads; empty if it does not."""
    if step.action is not Actions.UPLOAD_LOCAL or step.local is None:
        return ""
    return contents.find_mismatch(step.local)


def describe_mismatches(steps: Iterable[Step], contents: Contents) -> Iterator[Problem]:
    """Yield a notice for each file that is sent although its name misleads."""
    for step in steps:
        mismatch = find_mismatch(step, contents)
        if mismatch:
            yield Problem(f"{step.album}/{step.name}", mismatch, failed=False)
