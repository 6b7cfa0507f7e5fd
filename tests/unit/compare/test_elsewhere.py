"""Where a photo that seems deleted still stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest

from photosync.compare.elsewhere import find_elsewhere
from photosync.errors import Rejected
from photosync.model import (
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    LocalStat,
    Pair,
    RemotePhoto,
)

_C = Comparisons
SIZE = 1000
UNREADABLE = "unreadable"
OPEN = (_C.CONFLICT, _C.DIFFERENT, _C.UNKNOWN, _C.REMOTE_OLDER, _C.REMOTE_NEWER)


@dataclass
class Digests:
    """The MD5s of files by their place; counts how often it was asked."""

    files: Mapping[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def local(self, photo: LocalPhoto) -> str:
        self.asked[photo.path] += 1
        md5 = self.files[photo.path.removeprefix("/photos/")]
        if md5 == UNREADABLE:
            raise Rejected("permission denied")
        return md5

    def known_local(self, photo: LocalPhoto) -> None:
        """Nothing was ever read."""

    def remote(self, photo: RemotePhoto) -> str | None:
        self.asked[photo.id] += 1
        return photo.md5

    def read_remote(self, photo: RemotePhoto) -> str | None:  # noqa: ARG002 - withheld
        return None


def here(place: str, size: int = SIZE) -> LocalPhoto:
    album, name = place.split("/")
    return LocalPhoto(name, f"/photos/{album}", name, size, 0)


def there(
    place: str, md5: str | None, *, number: str = "", size: int | None = SIZE
) -> RemotePhoto:
    name = place.split("/")[1]
    return RemotePhoto(name, number or f"id of {place}", size, 0, md5)


def found(
    comparison: Comparisons,
    place: str,
    local: LocalPhoto | None,
    remote: RemotePhoto | None,
    agreed: RemotePhoto | None = None,
) -> Difference:
    album, name = place.split("/")
    baseline = None
    if agreed is not None:
        baseline = Baseline(album, name, LocalStat(SIZE, 0), agreed)
    return Difference(Pair(album, name, local, remote, baseline), comparison)


GONE_THERE = found(
    _C.REMOTE_DELETED, "A/a.jpg", here("A/a.jpg"), None, there("A/a.jpg", "x")
)
GONE_HERE = found(
    _C.LOCAL_DELETED,
    "A/a.jpg",
    None,
    there("A/a.jpg", "x"),
    there("A/a.jpg", "x"),
)


def places(
    joined: Iterable[Difference], unsettled: Iterable[Difference], digests: Digests
) -> tuple[tuple[str, str], ...]:
    return find_elsewhere([*joined], unsettled, digests)[0].stands_at


@pytest.mark.parametrize("comparison", OPEN)
def test_its_bytes_stand_there_in_a_pair_that_is_not_settled(
    comparison: Comparisons,
) -> None:
    pair = found(comparison, "B/a.jpg", here("B/a.jpg"), there("B/a.jpg", "x"))
    assert places([GONE_THERE], [pair], Digests()) == (("B", "a.jpg"),)


@pytest.mark.parametrize("comparison", OPEN)
def test_its_bytes_stand_here_in_a_pair_that_is_not_settled(
    comparison: Comparisons,
) -> None:
    pair = found(comparison, "B/a.jpg", here("B/a.jpg"), there("B/a.jpg", "y"))
    digests = Digests({"B/a.jpg": "x"})
    assert places([GONE_HERE], [pair], digests) == (("B", "a.jpg"),)


def test_the_same_id_is_the_same_photo_whatever_its_bytes() -> None:
    moved = there("B/a.jpg", None, number="id of A/a.jpg", size=None)
    pair = found(_C.CONFLICT, "B/a.jpg", here("B/a.jpg"), moved)
    assert places([GONE_THERE], [pair], Digests()) == (("B", "a.jpg"),)


@pytest.mark.parametrize(
    ("stands_in", "asked_in"),
    [
        # The service would say that it is in its album: that has another title by now.
        ("album 1", ""),
        ("album 2", "album 1"),
    ],
)
def test_the_service_is_asked_about_no_album_that_was_renamed(
    stands_in: str, asked_in: str
) -> None:
    old = there("A/a.jpg", "x")._replace(album_id="album 1")
    gone = found(_C.REMOTE_DELETED, "A/a.jpg", here("A/a.jpg"), None, old)
    edited = there("B/a.jpg", "y", number=old.id)._replace(album_id=stands_in)
    new = found(_C.REMOTE_ONLY, "B/a.jpg", None, edited)
    seen = find_elsewhere([gone, new], [], Digests())[0]
    assert seen.stands_at == (("B", "a.jpg"),)
    assert seen.pair.known.remote == old._replace(album_id=asked_in)


def test_a_new_photo_of_its_bytes_that_is_no_move_is_told_too() -> None:
    new = [
        found(_C.REMOTE_ONLY, place, None, there(place, "x"))
        for place in ("B/a.jpg", "C/a.jpg")
    ]
    standing = places([GONE_THERE, *new], [], Digests())
    assert standing == (("B", "a.jpg"), ("C", "a.jpg"))


def test_a_file_of_its_size_that_nobody_can_read_may_be_the_one() -> None:
    pair = found(_C.UNKNOWN, "B/a.jpg", here("B/a.jpg"), there("B/a.jpg", "y"))
    digests = Digests({"B/a.jpg": UNREADABLE})
    assert places([GONE_HERE], [pair], digests) == (("B", "a.jpg"),)


def test_other_bytes_are_another_photo() -> None:
    pair = found(_C.CONFLICT, "B/a.jpg", here("B/a.jpg"), there("B/a.jpg", "y"))
    digests = Digests({"B/a.jpg": "z"})
    assert places([GONE_THERE], [pair], digests) == ()
    assert places([GONE_HERE], [pair], digests) == ()


def test_another_size_is_another_photo_for_which_nothing_is_read() -> None:
    local, remote = here("B/a.jpg", 7), there("B/a.jpg", None, size=7)
    pair = found(_C.CONFLICT, "B/a.jpg", local, remote)
    digests = Digests()
    assert places([GONE_THERE], [pair], digests) == ()
    assert places([GONE_HERE], [pair], digests) == ()
    assert not digests.asked


@pytest.mark.parametrize("comparison", [_C.LOCAL_MOVED, _C.REMOTE_MOVED])
def test_a_copy_that_both_sides_have_keeps_nobody_from_deleting(
    comparison: Comparisons,
) -> None:
    copy = found(comparison, "B/a.jpg", here("B/a.jpg"), there("B/a.jpg", "x"))
    assert places([GONE_THERE, copy], [], Digests()) == ()
    assert places([GONE_HERE, copy], [], Digests()) == ()


def test_the_last_two_copies_each_deleted_on_one_side_both_stand() -> None:
    other = found(
        _C.LOCAL_DELETED,
        "B/b.jpg",
        None,
        there("B/b.jpg", "x"),
        there("B/b.jpg", "x"),
    )
    marked = find_elsewhere([GONE_THERE, other], [], Digests({"A/a.jpg": "x"}))
    assert [one.stands_at for one in marked] == [(("B", "b.jpg"),), (("A", "a.jpg"),)]
