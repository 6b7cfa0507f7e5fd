"""Whether folders can serve as roots."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from photosync.disk.names import find_overlap
from photosync.disk.silence import asking
from photosync.errors import UsageError


def check_roots(roots: Sequence[str]) -> None:
    """Raise UsageError for a root that is no readable folder, or is inside another one."""
    for root in roots:
        with asking(root):
            _check_root(root)
    overlap = find_overlap(roots)
    if overlap:
        inner, outer = overlap
        raise UsageError(f"-d: {inner} lies inside {outer}; name one of them only")


def _check_root(root: str) -> None:
    path = Path(root)
    if not path.exists():
        raise UsageError(f"-d {root}: no such folder; is its disk mounted?")
    if not path.is_dir():
        raise UsageError(f"-d {root}: not a folder; name the one it lies in")
    if not os.access(root, os.R_OK | os.X_OK):
        raise UsageError(f"-d {root}: cannot be read; check owner and mode")
