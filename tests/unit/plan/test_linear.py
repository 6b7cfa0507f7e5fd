"""Twice the photos are twice the work of a plan, also where one disk of two lost them
all.
"""

from __future__ import annotations

import sys
from pathlib import Path

from harness.library import make_photo

from photosync.config.settings import Home, Settings
from photosync.model import Limit, Side
from photosync.sync.photosync import PhotoSync


def count_calls(top: Path, photos: int) -> int:
    """How many functions are called for a plan."""
    for place in ("photos", "one", "two"):
        for number in range(photos):
            make_photo(top / place / "Rome" / f"{number}.jpg", b"%d" % number)
    settings = Settings(
        Home(top / "home", top / "home"),
        roots=(str(top / "photos"),),
        scope=(f"folder:{top / 'one'}", f"folder:{top / 'two'}"),
        mode="sync",
        allow_delete=frozenset(Side),
        max_delete=Limit(percent=100),
        accept=("remote-shrank",),
    )
    with PhotoSync.open(settings) as sync:
        list(sync.run(sync.plan()))
    for path in (top / "one" / "Rome").iterdir():
        path.unlink()
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    with PhotoSync.open(settings) as sync:
        sys.setprofile(count)
        try:
            plan = sync.plan()
        finally:
            sys.setprofile(None)
    assert len(plan.steps) == 2 * photos
    return calls


def test_planning_is_linear(tmp_path: Path) -> None:
    few = count_calls(tmp_path / "few", 100)
    assert count_calls(tmp_path / "many", 200) < 2.2 * few
