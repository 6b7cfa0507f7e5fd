"""What nearly all tests of calls to a service begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import drive_world, flickr_world
from harness.kept_cache import KeptMemory
from harness.worlds import World


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The service that a module is about, which its name tells, with a library."""
    is_flickr = request.path.name.startswith("test_flickr_")
    harness = flickr_world if is_flickr else drive_world
    yield from harness.world_below(tmp_path)


@pytest.fixture
def memory() -> KeptMemory:
    """What is kept between the runs of a test."""
    return KeptMemory()
