"""Which photos left their old place on both sides and are on both all the same."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from photosync.compare.moved_twice import join_moved_twice
from photosync.model import (
    GONE,
    THERE,
    Absence,
    Baseline,
    Comparisons,
    Difference,
    Pair,
    RemotePhoto,
    Whereabouts,
)
from unit.compare.test_moves import (
    Digests,
    baseline,
    files,
    new_here,
    new_there,
    there,
)

OLD = baseline("Rome/a.jpg", there("Rome/a.jpg", md5="x", number="7"))
HERE = new_here("Roma/a.jpg")
BYTES = Digests(files(Roma_a="x", Roma_b="x"))


class Service:
    """Says one thing of every photo; counts what it was asked about."""

    def __init__(self, absence: Absence = GONE) -> None:
        self._absence = absence
        self.asked: list[str] = []

    def __call__(self, photos: Sequence[RemotePhoto]) -> list[Absence]:
        self.asked += [photo.id for photo in photos]
        return [self._absence] * len(photos)


def join(
    *found: Difference, service: Service, vanished: Sequence[Baseline] = (OLD,)
) -> list[Difference]:
    return join_moved_twice(found, vanished, BYTES, service)


@pytest.mark.parametrize("number", ["7", "sent anew"])
def test_what_both_sides_moved_moves_to_its_place_here(number: str) -> None:
    moved_there = new_there("Rom/a.jpg", "x", number=number)
    service = Service()
    assert join(HERE, moved_there, service=service) == [
        Difference(
            Pair("Roma", "a.jpg", HERE.pair.local, moved_there.pair.remote, OLD),
            Comparisons.LOCAL_MOVED,
            origin=("Rom", "a.jpg"),
        )
    ]
    assert not service.asked


@pytest.mark.parametrize("album", ["Rome", "Rom", "Roma"])
def test_a_new_album_here_and_a_new_name_there_are_both_told(album: str) -> None:
    moved_there = new_there(f"{album}/new.jpg", "x", number="7")
    (moved,) = join(HERE, moved_there, service=Service())
    assert moved.merged == ("Roma", "new.jpg")


def test_a_title_is_no_new_name() -> None:
    moved_there = new_there("Rom/new.jpg", "x", number="7")
    remote = moved_there.pair.remote
    assert remote
    titled = moved_there.pair._replace(remote=remote._replace(titled=True))
    (moved,) = join(HERE, moved_there._replace(pair=titled), service=Service())
    assert moved.merged is None


def test_no_photo_is_pushed_from_the_place_of_both_names() -> None:
    moved_there = new_there("Rom/new.jpg", "x", number="7")
    other = new_there("Roma/new.jpg", "y", number="8")
    *_, moved = join(HERE, moved_there, other, service=Service())
    assert moved.merged is None


def test_what_is_not_listed_yet_moves_from_where_the_service_has_it() -> None:
    service = Service(THERE)
    assert join(HERE, service=service) == [
        Difference(
            Pair("Roma", "a.jpg", HERE.pair.local, OLD.remote, OLD),
            Comparisons.LOCAL_MOVED,
            origin=("Rome", "a.jpg"),
        )
    ]
    assert service.asked == ["7"]


@pytest.mark.parametrize(
    "absence",
    [GONE, Absence(Whereabouts.ELSEWHERE, "loose"), Absence(Whereabouts.UNKNOWN, "")],
)
def test_what_the_service_has_at_its_place_no_longer_is_new_here(
    absence: Absence,
) -> None:
    assert join(HERE, service=Service(absence)) == [HERE]


@pytest.mark.parametrize(
    "found",
    [
        # Somebody cropped it there, and sorted it into another album.
        [HERE, new_there("Rom/a.jpg", "y", number="7")],
        # Which of two equal copies it was, nobody can tell.
        [HERE, new_here("Roma/b.jpg")],
        # It was deleted here and moved there: the other side wins.
        [new_there("Rom/a.jpg", "x", number="7")],
    ],
)
def test_what_is_no_mere_move_on_both_sides_stays_as_it_is(
    found: list[Difference],
) -> None:
    assert join(*found, service=Service()) == found


def test_nothing_is_asked_or_read_while_nothing_vanished() -> None:
    service = Service(THERE)
    digests = Digests()
    assert join_moved_twice([HERE], [], digests, service) == [HERE]
    assert not service.asked
    assert not digests.asked
