"""What is asked about the bytes of files that are to be sent. Pure."""

from __future__ import annotations

from typing import Protocol

from photosync.model import LocalPhoto


class Contents(Protocol):
    """Looks into files that are to be sent: a name need not tell what is in them."""

    def find_mismatch(self, photo: LocalPhoto) -> str:
        """Return what is wrong between a file and its name, empty if nothing is."""

    def is_wanted(self, photo: LocalPhoto) -> bool:
        """Whether a file holds what `--format` asks for."""


class TrustedNames:
    """The `Contents` of files that nobody looks into."""

    def find_mismatch(self, photo: LocalPhoto) -> str:  # noqa: ARG002 - all is well
        return ""

    def is_wanted(self, photo: LocalPhoto) -> bool:  # noqa: ARG002 - all is well
        return True
