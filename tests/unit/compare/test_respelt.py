from __future__ import annotations

import pytest

from photosync.compare.albums import find_lookalikes
from photosync.compare.respelt import join_respelt
from photosync.model import Baseline, LocalPhoto, LocalStat, RemotePhoto

OLD, NEW = 1, 2
AGREED = {
    name: Baseline("Trip", name, LocalStat(OLD, OLD), RemotePhoto(name, name, OLD, OLD))
    for name in ("a.jpg", "b.jpg")
}


def here(names: dict[str, int]) -> list[LocalPhoto]:
    return [LocalPhoto(name, "/t", name, size, OLD) for name, size in names.items()]


def there(names: dict[str, int]) -> list[RemotePhoto]:
    return [RemotePhoto(name, name, size, OLD) for name, size in names.items()]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        # Edited and respelt: first the edit goes there under the old name.
        ({"A.jpg": NEW, "b.jpg": OLD}, ["a.jpg", "b.jpg"]),
        # Respelt only.
        ({"A.jpg": OLD, "b.jpg": OLD}, ["A.jpg", "b.jpg"]),
        # Another photo beside it.
        ({"a.jpg": OLD, "A.jpg": NEW}, ["a.jpg", "A.jpg"]),
        ({"c.jpg": NEW, "b.jpg": OLD}, ["c.jpg", "b.jpg"]),
        # Only one of two can be it.
        ({"A.jpg": NEW, "A.JPG": NEW}, ["a.jpg", "A.JPG"]),
    ],
)
def test_what_was_edited_and_respelt_keeps_its_old_name_for_now(
    changed: dict[str, int], named: list[str]
) -> None:
    before = {"a.jpg": OLD, "b.jpg": OLD}
    found_here, found_there = join_respelt(here(changed), there(before), AGREED)
    assert [photo.name for photo in found_here] == named
    assert found_there == there(before)
    found_here, found_there = join_respelt(here(before), there(changed), AGREED)
    assert [photo.name for photo in found_there] == named
    assert found_here == here(before)


def test_what_is_known_or_on_both_sides_is_no_other_photo_respelt() -> None:
    known = AGREED | {"A.jpg": AGREED["a.jpg"]._replace(name="A.jpg")}
    for baselines, sides in (
        (known, (here({"a.jpg": NEW}), there({"A.jpg": OLD}))),
        (AGREED, (here({"a.jpg": OLD, "A.jpg": NEW}), there({"A.jpg": NEW}))),
    ):
        assert join_respelt(*sides, baselines) == sides


def test_without_history_nothing_is_taken_for_another() -> None:
    pair = here({"A.jpg": NEW}), there({"a.jpg": OLD})
    assert join_respelt(*pair, {}) == pair


@pytest.mark.parametrize(
    ("titles", "held", "found"),
    [
        (["Rome", "rome", "ROME"], [], {"Rome": "ROME", "rome": "ROME"}),
        (["Rome", "rome"], ["rome"], {"Rome": "rome"}),
        (["Rome", "Oslo"], [], {}),
        (["\xc9", "\xe9"], [], {"\xe9": "\xc9"}),
        (["Etc", "Etc."], [], {}),
    ],
)
def test_of_titles_that_a_disk_takes_for_one_it_keeps_that_which_it_holds(
    titles: list[str], held: list[str], found: dict[str, str]
) -> None:
    assert find_lookalikes(titles, held) == found
    assert find_lookalikes(titles[::-1], held) == found
