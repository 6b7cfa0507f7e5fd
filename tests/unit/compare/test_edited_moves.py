"""What was edited on one side and moved on the other is one photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from photosync.compare.edited_moves import join_edited_moves
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
OLD, NEW, OTHER = "0" * 32, "a" * 32, "b" * 32


@dataclass
class Digests:
    """The MD5s of files by path; None cannot be read. A service tells its own."""

    files: Mapping[str, str | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def local(self, photo: LocalPhoto) -> str:
        self.asked.append(photo.path)
        md5 = self.files[photo.path]
        if md5 is None:
            raise Rejected("permission denied")
        return md5

    def known_local(self, photo: LocalPhoto) -> None:
        """Nothing was read before."""

    def remote(self, photo: RemotePhoto) -> str | None:
        return photo.md5

    def read_remote(self, photo: RemotePhoto) -> str:  # noqa: ARG002 - never edited
        return OLD


def here(place: str, size: int = SIZE) -> LocalPhoto:
    album, name = place.split("/")
    return LocalPhoto(name, f"/photos/{album}", name, size, 5)


def there(
    place: str,
    photo_id: str = "one",
    *,
    md5: str | None = OLD,
    version: str = "1",
    size: int | None = SIZE,
) -> RemotePhoto:
    return RemotePhoto(place.split("/")[1], photo_id, size, 5, md5, version)


def known(place: str, remote: RemotePhoto, *, local: bool = True) -> Baseline:
    album, name = place.split("/")
    return Baseline(album, name, LocalStat(SIZE, 0) if local else None, remote)


def difference(
    comparison: Comparisons,
    place: str,
    local: LocalPhoto | None = None,
    remote: RemotePhoto | None = None,
    baseline: Baseline | None = None,
) -> Difference:
    album, name = place.split("/")
    return Difference(Pair(album, name, local, remote, baseline), comparison)


A, B = "Rome/a.jpg", "Oslo/b.jpg"
EDITED_HERE = difference(_C.LOCAL_ONLY, A, here(A, 1200), None, known(A, there(A)))
EDITED_THERE = difference(
    _C.REMOTE_ONLY, A, None, there(A, md5=NEW, version="2"), known(A, there(A))
)


@pytest.mark.parametrize(
    "moved",
    [
        there(B),
        # Its description was edited as well.
        there(B, version="2"),
        # Somebody downloaded it and sent it to another album, or it lies on a disk.
        there(B, "two"),
    ],
)
def test_an_edit_here_goes_to_where_the_photo_is_now(moved: RemotePhoto) -> None:
    new = difference(_C.REMOTE_ONLY, B, None, moved)
    (found,) = join_edited_moves([new, EDITED_HERE], Digests())
    assert found.comparison is _C.REMOTE_OLDER
    assert found.pair == EDITED_HERE.pair._replace(remote=moved)


def test_an_edit_there_comes_to_where_the_photo_is_now() -> None:
    new = difference(_C.LOCAL_ONLY, B, here(B))
    (found,) = join_edited_moves([EDITED_THERE, new], Digests({here(B).path: OLD}))
    assert found.comparison is _C.REMOTE_NEWER
    assert found.pair == EDITED_THERE.pair._replace(local=here(B))


KEPT_BOTH = difference(
    _C.REMOTE_ONLY, A, None, there(A), known(A, there(A), local=False)
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Both were edited: nobody's work is overwritten.
        (
            EDITED_HERE,
            difference(_C.REMOTE_ONLY, B, None, there(B, md5=NEW, version="2")),
        ),
        (EDITED_THERE, difference(_C.LOCAL_ONLY, B, here(B))),
        # Another photo that came up.
        (EDITED_HERE, difference(_C.REMOTE_ONLY, B, None, there(B, "two", md5=NEW))),
        (EDITED_HERE, difference(_C.REMOTE_ONLY, B, None, there(B, "two", md5=None))),
        # A mere delete and a new photo, which are no business of this.
        (
            difference(_C.LOCAL_DELETED, A, None, there(A), known(A, there(A))),
            difference(_C.LOCAL_ONLY, B, here(B)),
        ),
        # What KEEP_BOTH settled was never here.
        (KEPT_BOTH, difference(_C.LOCAL_ONLY, B, here(B))),
        # What history knows at its place is an edit of its own.
        (
            EDITED_HERE,
            difference(_C.REMOTE_ONLY, B, None, there(B), known(B, there(B))),
        ),
    ],
)
def test_anything_else_stays_apart(first: Difference, second: Difference) -> None:
    digests = Digests({here(B).path: OTHER})
    assert join_edited_moves([first, second], digests) == [first, second]


def test_of_two_that_could_be_meant_neither_is() -> None:
    new = [
        difference(_C.LOCAL_ONLY, place, here(place))
        for place in ("Oslo/b.jpg", "Bari/c.jpg")
    ]
    digests = Digests({found.pair.local.path: OLD for found in new if found.pair.local})
    assert join_edited_moves([EDITED_THERE, *new], digests) == [EDITED_THERE, *new]


def test_a_file_that_cannot_be_read_is_none() -> None:
    new = difference(_C.LOCAL_ONLY, B, here(B))
    digests = Digests({here(B).path: None})
    assert join_edited_moves([EDITED_THERE, new], digests) == [EDITED_THERE, new]


def test_nothing_of_another_size_is_read() -> None:
    new = difference(_C.LOCAL_ONLY, B, here(B, 999))
    digests = Digests()
    assert join_edited_moves([EDITED_THERE, new], digests) == [EDITED_THERE, new]
    assert not digests.asked
