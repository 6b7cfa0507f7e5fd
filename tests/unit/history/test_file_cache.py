"""What was read of files is known while they stay as they are."""

from __future__ import annotations

import pytest

from photosync.errors import StateUnusable
from photosync.history.storage.database import Database
from photosync.history.sync_state.file_cache import MD5, TAKEN, FileCache
from photosync.local.photos import StatKey
from unit.history.stored import NO_UTF8, lose_nothing


def key(size: int, modified_ns: int, inode: int, changed_ns: int = 9) -> StatKey:
    return StatKey(size, modified_ns, changed_ns, inode)


def cache_of(database: Database) -> FileCache:
    return FileCache(database, lose_nothing)


@pytest.mark.parametrize("path", ["/photos/a.jpg", f"/photos/{NO_UTF8}"], ids=ascii)
def test_a_hash_is_known_while_nothing_about_its_file_changes(
    database: Database, path: str
) -> None:
    cache = cache_of(database)
    cache.note(MD5, path, key(1, 2, 3), "x")
    cache.note(MD5, "/photos/b.jpg", key(1, 2, 3), "y")
    cache.flush()
    later = cache_of(database)
    assert later.get(MD5, path, key(1, 2, 3)) == "x"
    others = (key(0, 2, 3), key(1, 0, 3), key(1, 2, 0), key(1, 2, 3, 8))
    assert {later.get(MD5, path, stat_key) for stat_key in others} == {None}
    later.note(MD5, path, key(1, 2, 4), "z")
    later.flush()
    assert cache_of(database).get(MD5, path, key(1, 2, 3)) is None
    assert cache_of(database).get(MD5, path, key(1, 2, 4)) == "z"


@pytest.mark.parametrize("what", [MD5, TAKEN])
def test_what_was_read_of_a_file_is_known_at_once_and_later(
    database: Database, what: str
) -> None:
    cache, stat_key = cache_of(database), key(1, 2, 3)
    other = TAKEN if what == MD5 else MD5
    cache.note(what, "/a", stat_key, "x")
    assert cache.get(what, "/a", stat_key) == "x"
    assert cache.get(what, "/a", key(1, 2, 4)) is None
    assert cache.get(other, "/a", stat_key) is None
    assert cache_of(database).get(what, "/a", stat_key) is None
    cache.flush()
    assert cache_of(database).get(what, "/a", stat_key) == "x"
    assert cache.get(what, "/a", stat_key) == "x"


def test_many_files_are_looked_up_at_once_each_as_it_is(database: Database) -> None:
    cache = cache_of(database)
    paths = ["/photos/written.jpg", f"/photos/{NO_UTF8}", "/photos/other.jpg"]
    for number, path in enumerate(paths):
        cache.note(TAKEN, path, key(1, 2, 3), str(number))
    cache.flush()
    cache.note(TAKEN, "/photos/new.jpg", key(1, 2, 3), "new")
    # Noted once more, for it has changed since.
    cache.note(TAKEN, paths[0], key(1, 9, 3), "newer")
    asked = dict.fromkeys([*paths, "/photos/new.jpg", "/photos/none"], key(1, 2, 3))
    asked["/photos/other.jpg"] = key(8, 2, 3)
    found = cache.get_each(TAKEN, asked)
    assert found == {
        paths[0]: "0",
        paths[1]: "1",
        "/photos/new.jpg": "new",
    }
    assert cache.get_each(TAKEN, {paths[0]: key(1, 9, 3)}) == {paths[0]: "newer"}
    assert cache.get_each(TAKEN, {}) == {}


def test_what_was_read_of_many_files_is_written_before_the_end(
    database: Database,
) -> None:
    cache = cache_of(database)
    for number in range(1000):
        cache.note(MD5, f"/{number}", key(1, 2, 3), str(number))
    later = cache_of(database)
    found = [later.get(MD5, f"/{number}", key(1, 2, 3)) for number in range(1000)]
    assert sum(md5 is not None for md5 in found) >= 800


def test_an_entry_that_cannot_be_written_is_lost_and_told(database: Database) -> None:
    losses: list[StateUnusable] = []
    cache = FileCache(database, losses.append)
    cache.note(TAKEN, "/a", key(1, 2, 3), "2024-01-01 10:00:00")
    database.write([("DROP TABLE moments", [()])])
    cache.flush()
    assert ["moments" in str(loss) for loss in losses] == [True]
    cache.note(MD5, "/a", key(1, 2, 3), "x")
    cache.flush()
    assert cache_of(database).get(MD5, "/a", key(1, 2, 3)) == "x"


HERE = ["/photos/a.jpg", "/photos/2019/b.jpg", f"/photos/{NO_UTF8}"]
ELSEWHERE = ["/photos2/a.jpg", "/photos", "/other/a.jpg", f"/photos2/{NO_UTF8}"]


@pytest.mark.parametrize("root", ["/photos", "/photos/"])
def test_the_hashes_below_a_root_can_be_forgotten(
    database: Database, root: str
) -> None:
    cache = cache_of(database)
    for path in (*HERE, *ELSEWHERE):
        cache.note(MD5, path, key(1, 2, 3), "x")
    cache.flush()
    later = cache_of(database)
    later.forget_hashes([root])
    assert {later.get(MD5, path, key(1, 2, 3)) for path in HERE} == {None}
    assert {later.get(MD5, path, key(1, 2, 3)) for path in ELSEWHERE} == {"x"}
    later.note(MD5, HERE[0], key(1, 2, 3), "y")
    later.flush()
    assert later.get(MD5, HERE[0], key(1, 2, 3)) == "y"


def test_hashes_without_the_time_of_change_are_forgotten_once(
    database: Database,
) -> None:
    columns = "path, size, modified_ns, inode, md5"
    row = f"INSERT INTO hashes ({columns}) VALUES (?, 1, 2, 3, 'x')"
    database.write([(row, [("/a",), ("/b",)])])
    cache = cache_of(database)
    cache.note(MD5, "/c", key(1, 2, 3), "y")
    cache.flush()
    assert cache.forget_undated() == 2
    assert cache.forget_undated() == 0
    assert cache.get(MD5, "/c", key(1, 2, 3)) == "y"
