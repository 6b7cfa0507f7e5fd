"""What was read of files is known while they stay as they are."""

from __future__ import annotations

import pytest

from photosync.errors import StateUnusable
from photosync.history.database import Database
from photosync.history.file_cache import MD5, TAKEN, FileCache
from unit.history.stored import NO_UTF8, lose_nothing


def cache_of(database: Database) -> FileCache:
    return FileCache(database, lose_nothing)


@pytest.mark.parametrize("path", ["/photos/a.jpg", f"/photos/{NO_UTF8}"], ids=ascii)
def test_a_hash_is_known_while_nothing_about_its_file_changes(
    database: Database, path: str
) -> None:
    cache = cache_of(database)
    cache.note(MD5, path, (1, 2, 3), "x")
    cache.note(MD5, "/photos/b.jpg", (1, 2, 3), "y")
    cache.flush()
    later = cache_of(database)
    assert later.get(MD5, path, (1, 2, 3)) == "x"
    others = ((0, 2, 3), (1, 0, 3), (1, 2, 0))
    assert {later.get(MD5, path, stat_key) for stat_key in others} == {None}
    later.note(MD5, path, (1, 2, 4), "z")
    later.flush()
    assert cache_of(database).get(MD5, path, (1, 2, 3)) is None
    assert cache_of(database).get(MD5, path, (1, 2, 4)) == "z"


@pytest.mark.parametrize("what", [MD5, TAKEN])
def test_what_was_read_of_a_file_is_known_at_once_and_later(
    database: Database, what: str
) -> None:
    cache, stat_key = cache_of(database), (1, 2, 3)
    other = TAKEN if what == MD5 else MD5
    cache.note(what, "/a", stat_key, "x")
    assert cache.get(what, "/a", stat_key) == "x"
    assert cache.get(what, "/a", (1, 2, 4)) is None
    assert cache.get(other, "/a", stat_key) is None
    assert cache_of(database).get(what, "/a", stat_key) is None
    cache.flush()
    assert cache_of(database).get(what, "/a", stat_key) == "x"
    assert cache.get(what, "/a", stat_key) == "x"


def test_what_was_read_of_many_files_is_written_before_the_end(
    database: Database,
) -> None:
    cache = cache_of(database)
    for number in range(1000):
        cache.note(MD5, f"/{number}", (1, 2, 3), str(number))
    later = cache_of(database)
    found = [later.get(MD5, f"/{number}", (1, 2, 3)) for number in range(1000)]
    assert sum(md5 is not None for md5 in found) >= 800


def test_an_entry_that_cannot_be_written_is_lost_and_told(database: Database) -> None:
    losses: list[StateUnusable] = []
    cache = FileCache(database, losses.append)
    cache.note(TAKEN, "/a", (1, 2, 3), "2024-01-01 10:00:00")
    database.write([("DROP TABLE moments", [()])])
    cache.flush()
    assert ["moments" in str(loss) for loss in losses] == [True]
    cache.note(MD5, "/a", (1, 2, 3), "x")
    cache.flush()
    assert cache_of(database).get(MD5, "/a", (1, 2, 3)) == "x"
