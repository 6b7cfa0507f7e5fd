"""What is remembered of the details of photos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photosync.history.identity.scope import Scope
from photosync.history.storage.database import Database
from photosync.history.sync_state.baseline import StoredBaselines
from photosync.history.sync_state.details import StoredDetails
from photosync.model import KnownDetails, Observations

KNOWN = KnownDetails(
    "53000000001",
    "12:34|56:78:a.jpg.xmp",
    (("title", "Dusk", "Dusk"), ("description", "", "")),
    (("Rome", "St. Peter"), ("rome", "stpeter")),
)
ODD = KnownDetails("2")


@pytest.fixture
def scope(tmp_path: Path) -> Iterator[Scope]:
    with Database(tmp_path) as database:
        yield Scope(database, "flickr", "1@N01", "roots")


def keep(scope: Scope, album: str, name: str, known: KnownDetails) -> None:
    observed = Observations(details=((album, name, known),))
    StoredBaselines(scope).learn(observed)


def test_what_is_kept_is_read_again(scope: Scope) -> None:
    keep(scope, "Rome", "a.jpg", KNOWN)
    keep(scope, "Rome", "caf\udce9.jpg", ODD)
    found = StoredDetails(scope).album("Rome")
    assert found == {"a.jpg": KNOWN, "caf\udce9.jpg": ODD}
    assert StoredDetails(scope).album("Paris") == {}


def test_a_photo_takes_them_along(scope: Scope) -> None:
    keep(scope, "Rome", "a.jpg", KNOWN)
    details = StoredDetails(scope)
    move = details.make_move(("Rome", "a.jpg"), ("Paris", "b.jpg"))
    scope.database.write([move])
    assert (details.album("Rome"), details.album("Paris")) == ({}, {"b.jpg": KNOWN})


def test_a_photo_that_is_gone_takes_them_with_it(scope: Scope) -> None:
    keep(scope, "Rome", "a.jpg", KNOWN)
    StoredBaselines(scope).learn(Observations(gone=(("Rome", "a.jpg"),)))
    assert StoredDetails(scope).album("Rome") == {}


def test_what_another_version_wrote_is_as_not_known(scope: Scope) -> None:
    keep(scope, "Rome", "a.jpg", KNOWN)
    scope.database.write([("UPDATE details SET facts = ?", [('{"a": 1}',)])])
    assert StoredDetails(scope).album("Rome") == {}
