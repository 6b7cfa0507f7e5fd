"""Which photos have their turn to be read again."""

from __future__ import annotations

import time

import pytest

from photosync.compare.verify import Slice
from photosync.history.storage.database import Database
from photosync.history.sync_state.verifications import StoredVerifications
from photosync.naming import photo_key
from unit.history.stored import DAY, baseline, baselines_of, learn, scope_of

NOW = 1_800_000_000_000
NAMES = ("a.jpg", "b.jpg", "c.jpg", "d.jpg")


def set_clock(monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    monkeypatch.setattr(time, "time", lambda: milliseconds / 1000)


def test_a_clock_that_once_stood_in_the_future_puts_nothing_off(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(baselines_of(database), [baseline(name=name) for name in NAMES])
    mine = StoredVerifications(scope_of(database))
    set_clock(monkeypatch, NOW)
    mine.note_verified([photo_key("Trip", name) for name in NAMES[:3]], [])
    set_clock(monkeypatch, NOW + 70 * 365 * DAY * 1000)
    mine.note_verified([photo_key("Trip", NAMES[3])], [])
    set_clock(monkeypatch, NOW + DAY * 1000)
    assert mine.find_due(Slice(days=4)) == {photo_key("Trip", NAMES[3])}
