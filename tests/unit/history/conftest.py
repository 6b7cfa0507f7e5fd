"""An open state file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photosync.history.storage.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path) as opened:
        yield opened
