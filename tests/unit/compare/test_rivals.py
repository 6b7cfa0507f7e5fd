"""What passed for equal on two services that hold other bytes."""

from __future__ import annotations

import pytest

from photosync.compare.rivals import EqualPhotos, find_disputed
from photosync.errors import Rejected
from photosync.model import Comparisons, LocalPhoto, Pair, RemotePhoto
from photosync.naming import PhotoKey, photo_key

PLACE = photo_key("Trip", "a.jpg")
HERE = LocalPhoto("a.jpg", "/photos/Trip", "a.jpg", 1000, 5)
A, B, C = "a" * 32, "b" * 32, "c" * 32


def pair(md5: str | None, here: LocalPhoto | None = HERE) -> Pair:
    return Pair("Trip", "a.jpg", here, RemotePhoto("a.jpg", "id", 1000, 5, md5))


def compared(service: str, md5: str | None) -> EqualPhotos:
    """A service that was compared in this run."""
    found: dict[PhotoKey, Pair] = {PLACE: pair(md5)}
    return EqualPhotos(service, found, found)


def skipped(service: str, md5: str | None) -> EqualPhotos:
    """A service of which an earlier run found the album equal."""
    return EqualPhotos(service, {}, {PLACE: pair(md5, None)})


class File:
    """The file here, and how often it was read."""

    def __init__(self, md5: str | None) -> None:
        self.md5 = md5
        self.reads = 0

    def read(self, photo: LocalPhoto) -> str:
        assert photo == HERE
        self.reads += 1
        if self.md5 is None:
            raise Rejected("permission denied")
        return self.md5


@pytest.mark.parametrize(
    ("here", "disputed"),
    [
        (A, ["flickr"]),
        (B, ["drive"]),
        (C, ["drive", "flickr"]),
        # Nobody can tell which of them it is.
        (None, ["drive", "flickr"]),
    ],
)
@pytest.mark.parametrize("drive", [compared("drive", A), skipped("drive", A)])
def test_the_file_here_tells_which_of_two_services_holds_another_photo(
    here: str | None, disputed: list[str], drive: EqualPhotos
) -> None:
    found = find_disputed([drive, compared("flickr", B)], File(here).read)
    assert sorted(found) == disputed
    for differences in found.values():
        (difference,) = differences
        assert difference.comparison is Comparisons.CONFLICT
        assert difference.pair.local == HERE


@pytest.mark.parametrize("flickr", [A, None])
def test_what_no_service_contradicts_is_not_read(flickr: str | None) -> None:
    file = File(C)
    sides = [compared("drive", A), compared("flickr", flickr)]
    assert not find_disputed(sides, file.read)
    assert not file.reads


def test_a_service_of_unknown_bytes_is_not_drawn_into_it() -> None:
    sides = [
        compared("drive", A),
        compared("flickr", B),
        compared("folder:/x", None),
    ]
    assert sorted(find_disputed(sides, File(A).read)) == ["flickr"]
