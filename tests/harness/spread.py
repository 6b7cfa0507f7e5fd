"""Which pairs of a large table the suite tries: the nightly form tries all."""

from __future__ import annotations

import os
from collections.abc import Sequence

NIGHTLY = os.environ.get("TESTS_NIGHTLY") == "1"


def spread(rows: Sequence[str], columns: Sequence[str]) -> list[tuple[str, str]]:
    """Return every third pair, along diagonals: each row and each column is tried."""
    return [
        (row, column)
        for number, row in enumerate(rows)
        for other, column in enumerate(columns)
        if NIGHTLY or (number + other) % 3 == 0
    ]
