"""A disk that gives no answer, while no run tells of it: its log, what looks back, a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photosync.cli.output import complain

if TYPE_CHECKING:
    from photosync.disk.silence import Silence

_told: set[str] = set()


def report_silence(silence: Silence) -> None:
    """Say once of each disk that it is waited for."""
    if silence.root not in _told:
        _told.add(silence.root)
        complain(f"{silence.root}: no answer from the disk yet; waiting for it")
