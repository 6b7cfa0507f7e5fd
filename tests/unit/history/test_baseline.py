"""StoredBaselines: what both sides held when they last agreed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.history.identity.scope import Scope
from photosync.history.pending.unfinished_uploads import StoredUploads
from photosync.history.storage.database import Database
from photosync.history.sync_state.baseline import StoredBaselines
from photosync.history.sync_state.listing_cache import StoredListingCache
from photosync.model import Baseline, Observations
from photosync.naming import name_key
from photosync.services.persistence import PackedRows
from unit.history.stored import (
    NO_UTF8,
    baseline,
    baselines_of,
    learn,
    lose_nothing,
    remote,
    scope_of,
)


@pytest.mark.parametrize(
    ("album", "name"),
    [
        ("Trip", "a.jpg"),
        ("Caf\xe9", "e\u0301.jpg"),
        (NO_UTF8, NO_UTF8),
        ("\U0001f4f7 'quoted\"", "a%b_c\n.jpg"),
        ("", "\x00.jpg"),
    ],
    ids=ascii,
)
def test_what_was_agreed_is_known_after_reopening(
    tmp_path: Path, album: str, name: str
) -> None:
    one = baseline(album, name)
    with Database(tmp_path) as database:
        learn(baselines_of(database), [one])
    with Database(tmp_path) as database:
        assert baselines_of(database).albums() == {name_key(album)}
        assert baselines_of(database).album(album) == {name_key(name): one}
        assert baselines_of(database).album("another") == {}


def test_what_neither_side_has_any_more_is_forgotten(database: Database) -> None:
    mine = baselines_of(database)
    learn(mine, [baseline(), baseline(name="b.jpg"), baseline("Other")])
    learn(
        mine,
        [baseline(size=11)],
        [("Trip", "b.jpg"), ("Other", "a.jpg"), ("Nowhere", "a.jpg")],
    )
    assert mine.albums() == {"Trip"}
    assert mine.album("Trip") == {"a.jpg": baseline(size=11)}


def test_a_photo_agreed_on_only_there_is_kept_as_earlier_releases_read_it(
    tmp_path: Path,
) -> None:
    kept_beside = baseline()._replace(local=None)
    with Database(tmp_path) as database:
        learn(baselines_of(database), [kept_beside])
        rows = database.read("SELECT size, modified_ns FROM history")
        assert rows == [(-1, 0)]
    with Database(tmp_path) as database:
        assert baselines_of(database).album("Trip") == {"a.jpg": kept_beside}


def test_names_of_two_forms_are_one_photo(database: Database) -> None:
    mine = baselines_of(database)
    learn(mine, [baseline("\xe9", "\xe9.jpg")])
    learn(mine, [baseline("e\u0301", "e\u0301.jpg", 11)])
    assert mine.album("\xe9") == {"\xe9.jpg": baseline("e\u0301", "e\u0301.jpg", 11)}
    learn(mine, [], [("\xe9", "e\u0301.jpg")])
    assert mine.albums() == set()


class _Account:
    """All that is kept of one scope."""

    def __init__(self, scope: Scope) -> None:
        self.baselines = StoredBaselines(scope)
        self.listings = StoredListingCache(scope, lose_nothing, audit_days=7)
        self.uploads = StoredUploads(scope, lose_nothing)


def test_two_accounts_and_two_libraries_never_mix(database: Database) -> None:
    places = [
        (service, account, library)
        for service in ("drive", "flickr")
        for account in ("me", "you")
        for library in ('["/a"]', '["/b"]')
    ]
    accounts = [_Account(Scope(database, *place)) for place in places]
    for number, account in enumerate(accounts):
        learn(account.baselines, [baseline(size=number)])
        account.listings.note(
            f"cursor {number}", PackedRows({"album": [{"n": number}]}), whole=True
        )
        account.uploads.put("/photos/a.jpg", {"n": number})
    for number, place in enumerate(places):
        account = _Account(Scope(database, *place))
        assert account.baselines.album("Trip") == {"a.jpg": baseline(size=number)}
        assert account.listings.cursor == f"cursor {number}"
        assert list(account.listings.listings()) == [("album", [{"n": number}])]
        assert account.uploads.find("/photos/a.jpg") == {"n": number}
    first, second = accounts[:2]
    learn(first.baselines, [], [("Trip", "a.jpg")])
    first.listings.note("new", PackedRows(), whole=True)
    first.uploads.remove("/photos/a.jpg")
    assert second.baselines.album("Trip")
    assert list(second.listings.listings())
    assert second.uploads.find("/photos/a.jpg") == {"n": 1}


def test_a_fingerprint_holds_until_a_photo_of_its_album_changes(
    database: Database,
) -> None:
    mine = baselines_of(database)
    mine.learn(Observations(fingerprints={"Trip": "x", "Caf\xe9": "y", "Old": "z"}))
    assert mine.fingerprints() == {"Trip": "x", "Caf\xe9": "y", "Old": "z"}
    learn(mine, [baseline("Cafe\u0301")], [("Old", "a.jpg")])
    assert mine.fingerprints() == {"Trip": "x"}


def test_a_download_is_expected_until_it_is_here(database: Database) -> None:
    mine, photo = baselines_of(database), remote()
    assert not mine.expects(photo)
    mine.learn(Observations(), [photo])
    assert baselines_of(database).expects(photo)
    assert not mine.expects(photo._replace(version="v2"))
    assert not StoredBaselines(scope_of(database, "another")).expects(photo)
    there_only = baseline()._replace(local=None)
    database.write([mine.make_arrival([there_only])])
    assert mine.expects(photo)
    database.write([mine.make_arrival([baseline()])])
    assert not mine.expects(photo)


NAMES = st.sampled_from(("a", "b", "\xe9", "e\u0301", NO_UTF8))
CHANGES = st.lists(
    st.tuples(
        st.lists(st.builds(baseline, NAMES, NAMES, st.integers(0, 3)), max_size=3),
        st.lists(st.tuples(NAMES, NAMES), max_size=3),
    ),
    max_size=6,
)


@given(CHANGES)
def test_history_is_what_was_learnt_less_what_is_gone(
    changes: list[tuple[list[Baseline], list[tuple[str, str]]]],
) -> None:
    expected: dict[tuple[str, str], Baseline] = {}
    with Database(Path("/nowhere"), read_only=True) as database:
        # In memory, but it may be written.
        database.read_only = False
        mine = baselines_of(database)
        for known, gone in changes:
            learn(mine, known, gone)
            for album, name in gone:
                expected.pop((name_key(album), name_key(name)), None)
            expected |= {
                (name_key(one.album), name_key(one.name)): one for one in known
            }
        found = {
            (album, n): one
            for album in mine.albums()
            for n, one in mine.album(album).items()
        }
        assert found == expected
