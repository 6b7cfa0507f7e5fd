"""How long a run took, as its end tells."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from cli.conftest import World
from photosync.cli import run


def test_the_time_of_reading_is_part_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.here("Rome/a.jpg")
    earlier = SimpleNamespace(monotonic=lambda: time.monotonic() - 7200)
    monkeypatch.setattr(run, "time", earlier)
    assert "Done in 2 h" in world.sync().out
