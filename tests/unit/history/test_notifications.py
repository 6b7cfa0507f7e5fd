"""What a person was told of is remembered until it is settled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photosync.history.identity.scope import Scope
from photosync.history.pending.notifications import StoredNotifications
from photosync.history.storage.database import Database
from photosync.model import Actions, Comparisons, Step

ODD = "two\nlines \udcff.jpg"


def conflict(name: str) -> Step:
    return Step("drive", Actions.REPORT, Comparisons.CONFLICT, "Rome", name)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[StoredNotifications]:
    with Database(tmp_path) as database:
        scopes = {"drive": Scope(database, "drive", "anna", "library")}
        yield StoredNotifications(database, scopes, "rules")


def test_what_was_told_is_not_due(told: StoredNotifications) -> None:
    steps = [conflict("a.jpg"), conflict(ODD)]
    assert told.find_due(steps) == steps
    told.note(steps[1:], unsettled=steps, reached={"drive"})
    assert told.find_due(steps) == steps[:1]


def test_what_is_settled_is_forgotten(told: StoredNotifications) -> None:
    steps = [conflict("a.jpg"), conflict(ODD)]
    told.note(steps, unsettled=steps, reached={"drive"})
    told.note([], unsettled=steps[:1], reached={"drive"})
    assert told.find_due(steps) == steps[1:]


def test_nothing_is_forgotten_of_a_service_that_was_not_reached(
    told: StoredNotifications,
) -> None:
    steps = [conflict("a.jpg"), conflict(ODD)]
    told.note(steps, unsettled=steps, reached={"drive"})
    told.note([], unsettled=[], reached=set())
    assert told.find_due(steps) == []


def test_a_clock_that_stood_in_the_future_keeps_nothing_quiet(
    told: StoredNotifications, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [conflict("a.jpg")]
    told.note(steps, unsettled=steps, reached={"drive"})
    monkeypatch.setattr(
        "photosync.history.pending.notifications.time.time", lambda: 1_000_000.0
    )
    assert told.find_due(steps) == steps
