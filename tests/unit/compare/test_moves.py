"""Which photos that seem gone and new were only moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.compare.moves import join_moves
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
from photosync.naming import name_key

_C = Comparisons
SIZE = 1000
UNREADABLE = "unreadable"


@dataclass
class Digests:
    """The MD5s of files by path and of remote photos by id; counts how often it was
    asked.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    remotes: Mapping[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def local(self, photo: LocalPhoto) -> str:
        self.asked[photo.path] += 1
        md5 = self.files[photo.path]
        if md5 == UNREADABLE:
            raise Rejected("permission denied")
        return md5

    def known_local(self, photo: LocalPhoto) -> None:
        """Nothing was ever read."""

    def remote(self, photo: RemotePhoto) -> str | None:
        self.asked[photo.id] += 1
        return photo.md5 or self.remotes.get(photo.id)

    def read_remote(self, photo: RemotePhoto) -> str | None:  # noqa: ARG002 - withheld
        return None


def here(place: str, size: int = SIZE) -> LocalPhoto:
    album, name = place.split("/")
    return LocalPhoto(name, f"/photos/{album}", name, size, 0)


def there(
    place: str, size: int | None = SIZE, md5: str | None = None, number: str = ""
) -> RemotePhoto:
    return RemotePhoto(place.split("/")[1], number or f"id of {place}", size, 0, md5)


def baseline(place: str, remote: RemotePhoto, size: int = SIZE) -> Baseline:
    album, name = place.split("/")
    return Baseline(album, name, LocalStat(size, 0), remote)


def gone_here(place: str, md5: str | None, size: int = SIZE) -> Difference:
    """Vanished here: the service still has it."""
    album, name = place.split("/")
    remote = there(place, size, md5)
    pair = Pair(album, name, None, remote, baseline(place, remote, size))
    return Difference(pair, _C.LOCAL_DELETED)


def new_here(place: str, size: int = SIZE) -> Difference:
    album, name = place.split("/")
    return Difference(Pair(album, name, here(place, size), None), _C.LOCAL_ONLY)


def gone_there(
    place: str,
    md5: str | None,
    size: int = SIZE,
    number: str = "",
    sized: int | None = SIZE,
) -> Difference:
    """Vanished there: it is still here."""
    album, name = place.split("/")
    remote = there(place, sized, md5, number)
    pair = Pair(album, name, here(place, size), None, baseline(place, remote, size))
    return Difference(pair, _C.REMOTE_DELETED)


def new_there(
    place: str, md5: str | None = None, size: int | None = SIZE, number: str = ""
) -> Difference:
    album, name = place.split("/")
    return Difference(
        Pair(album, name, None, there(place, size, md5, number)), _C.REMOTE_ONLY
    )


def files(**md5s: str) -> dict[str, str]:
    """MD5s of files, by `album/name.jpg` written as `album_name`."""
    return {
        f"/photos/{place.replace('_', '/')}.jpg": md5 for place, md5 in md5s.items()
    }


class StepProgress(NamedTuple):
    comparison: Comparisons
    origin: str
    place: str


def moves(found: Iterable[Difference]) -> set[StepProgress]:
    return {
        StepProgress(
            one.comparison, "/".join(one.origin), f"{one.pair.album}/{one.pair.name}"
        )
        for one in found
        if one.origin
    }


# -- moved here
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["Other/a.jpg", "Trip/b.jpg", "Other/b.jpg"])
@pytest.mark.parametrize("known", [True, False])
def test_a_photo_that_went_elsewhere_here_was_moved(place: str, *, known: bool) -> None:
    gone, new = gone_here("Trip/a.jpg", "x" if known else None), new_here(place)
    digests = Digests({f"/photos/{place}": "x"}, {"id of Trip/a.jpg": "x"})
    (moved,) = join_moves([gone, new], digests)
    album, name = place.split("/")
    assert moved == Difference(
        Pair(album, name, new.pair.local, gone.pair.remote, gone.pair.baseline),
        _C.LOCAL_MOVED,
        origin=("Trip", "a.jpg"),
    )


@pytest.mark.parametrize(
    ("md5", "size"), [("y", SIZE), ("x", SIZE + 1), (UNREADABLE, SIZE)], ids=str
)
def test_a_new_photo_of_other_bytes_was_not_moved(md5: str, size: int) -> None:
    found = [gone_here("Trip/a.jpg", "x"), new_here("Other/a.jpg", size)]
    assert join_moves(found, Digests(files(Other_a=md5))) == found


def test_a_photo_of_which_no_bytes_are_known_was_not_moved() -> None:
    found = [gone_here("Trip/a.jpg", None), new_here("Other/a.jpg")]
    assert join_moves(found, Digests(files(Other_a="x"))) == found


def test_a_whole_album_was_moved() -> None:
    gone = [gone_here(f"Trip/{n}.jpg", str(n)) for n in range(5)]
    new = [new_here(f"Journey/{n}.jpg") for n in range(5)]
    digests = Digests({f"/photos/Journey/{n}.jpg": str(n) for n in range(5)})
    assert moves(join_moves([*gone, *new], digests)) == {
        StepProgress(_C.LOCAL_MOVED, f"Trip/{n}.jpg", f"Journey/{n}.jpg")
        for n in range(5)
    }


def test_a_photo_that_was_known_at_its_place_is_not_new_there() -> None:
    known = new_here("Other/a.jpg")
    known = known._replace(
        pair=known.pair._replace(baseline=baseline("Other/a.jpg", there("Other/a.jpg")))
    )
    found = [gone_here("Trip/a.jpg", "x"), known]
    assert join_moves(found, Digests(files(Other_a="x"))) == found


def test_swapped_names_are_no_moves() -> None:
    # Both names are still on both sides: each photo was edited, as far as anyone can
    # tell.
    pairs = [
        Difference(
            Pair("Trip", name, here(f"Trip/{name}"), there(f"Trip/{name}")),
            _C.REMOTE_OLDER,
        )
        for name in ("a.jpg", "b.jpg")
    ]
    digests = Digests()
    assert join_moves(pairs, digests) == pairs
    assert not digests.asked


def test_one_photo_that_is_new_at_two_places_was_not_moved() -> None:
    found = [gone_here("Trip/a.jpg", "x"), new_here("One/b.jpg"), new_here("Two/c.jpg")]
    assert join_moves(found, Digests(files(One_b="x", Two_c="x"))) == found


def test_two_photos_of_one_content_that_became_one_were_not_moved() -> None:
    found = [
        gone_here("Trip/a.jpg", "x"),
        gone_here("Trip/b.jpg", "x"),
        new_here("Other/c.jpg"),
    ]
    assert join_moves(found, Digests(files(Other_c="x"))) == found


def test_equal_bytes_are_told_apart_by_their_names() -> None:
    gone = [gone_here("Trip/a.jpg", "x"), gone_here("Trip/b.jpg", "x")]
    new = [new_here("Other/b.jpg"), new_here("Other/a.jpg")]
    assert moves(
        join_moves([*gone, *new], Digests(files(Other_a="x", Other_b="x")))
    ) == {
        StepProgress(_C.LOCAL_MOVED, "Trip/a.jpg", "Other/a.jpg"),
        StepProgress(_C.LOCAL_MOVED, "Trip/b.jpg", "Other/b.jpg"),
    }


def test_what_names_leave_over_is_paired_by_its_bytes() -> None:
    gone = [gone_here("Trip/a.jpg", "x"), gone_here("Trip/b.jpg", "x")]
    new = [new_here("Other/c.jpg"), new_here("Other/a.jpg")]
    assert moves(
        join_moves([*gone, *new], Digests(files(Other_a="x", Other_c="x")))
    ) == {
        StepProgress(_C.LOCAL_MOVED, "Trip/a.jpg", "Other/a.jpg"),
        StepProgress(_C.LOCAL_MOVED, "Trip/b.jpg", "Other/c.jpg"),
    }


def test_names_are_compared_in_one_form() -> None:
    gone = [gone_here("Trip/e\u0301.jpg", "x"), gone_here("Trip/b.jpg", "x")]
    new = [new_here("Other/\xe9.jpg"), new_here("Other/b.jpg")]
    digests = Digests({"/photos/Other/\xe9.jpg": "x", "/photos/Other/b.jpg": "x"})
    assert len(moves(join_moves([*gone, *new], digests))) == 2


# -- moved there
# ---------------------------------------------------------------------------


def test_a_photo_of_the_same_id_was_moved_there_unread() -> None:
    gone = gone_there("Trip/a.jpg", "x", number="7")
    new = new_there("Other/b.jpg", "x", number="7")
    digests = Digests()
    (moved,) = join_moves([gone, new], digests)
    assert moved == Difference(
        Pair("Other", "b.jpg", gone.pair.local, new.pair.remote, gone.pair.baseline),
        _C.REMOTE_MOVED,
        origin=("Trip", "a.jpg"),
    )
    assert not digests.asked


def test_a_photo_that_was_edited_and_moved_there_was_not_only_moved() -> None:
    found = [
        gone_there("Trip/a.jpg", "x", number="7"),
        new_there("Other/b.jpg", "y", number="7"),
    ]
    assert join_moves(found, Digests()) == found


@pytest.mark.parametrize("known", [True, False])
def test_a_photo_of_equal_bytes_was_moved_there(*, known: bool) -> None:
    gone = gone_there("Trip/a.jpg", "x" if known else None)
    new = new_there("Other/b.jpg")
    digests = Digests(files(Trip_a="x"), {"id of Other/b.jpg": "x"})
    assert moves(join_moves([gone, new], digests)) == {
        StepProgress(_C.REMOTE_MOVED, "Trip/a.jpg", "Other/b.jpg")
    }
    assert digests.asked["/photos/Trip/a.jpg"] == (0 if known else 1)


def test_a_photo_of_other_bytes_was_not_moved_there() -> None:
    found = [gone_there("Trip/a.jpg", "x"), new_there("Other/a.jpg", "y")]
    assert join_moves(found, Digests()) == found


def test_a_photo_that_is_in_two_albums_now_was_not_moved() -> None:
    found = [
        gone_there("Trip/a.jpg", "x", number="7"),
        new_there("One/a.jpg", "x", number="7"),
        new_there("Two/a.jpg", "x", number="7"),
    ]
    assert join_moves(found, Digests()) == found


def test_a_photo_in_two_albums_that_were_both_renamed_there_was_moved_in_each() -> None:
    def in_album(found: Difference, album_id: str) -> Difference:
        pair = found.pair
        if pair.remote is not None:
            return found._replace(
                pair=pair._replace(remote=pair.remote._replace(album_id=album_id))
            )
        known = pair.known
        remote = known.remote._replace(album_id=album_id)
        return found._replace(
            pair=pair._replace(baseline=known._replace(remote=remote))
        )

    found = [
        in_album(gone_there("One/a.jpg", "x", number="7"), "first"),
        in_album(gone_there("Two/a.jpg", "x", number="7"), "second"),
        in_album(new_there("Due/a.jpg", "x", number="7"), "second"),
        in_album(new_there("Uno/a.jpg", "x", number="7"), "first"),
    ]
    assert moves(join_moves(found, Digests())) == {
        StepProgress(_C.REMOTE_MOVED, "One/a.jpg", "Uno/a.jpg"),
        StepProgress(_C.REMOTE_MOVED, "Two/a.jpg", "Due/a.jpg"),
    }


def test_a_photo_that_was_in_two_albums_was_not_moved() -> None:
    found = [
        gone_there("One/a.jpg", "x", number="7"),
        gone_there("Two/a.jpg", "x", number="7"),
        new_there("Other/b.jpg", "x", number="7"),
    ]
    assert join_moves(found, Digests()) == found


def test_a_file_that_cannot_be_read_is_no_candidate() -> None:
    found = [gone_there("Trip/a.jpg", None), new_there("Other/a.jpg", "x")]
    assert join_moves(found, Digests(files(Trip_a=UNREADABLE))) == found


def test_ids_speak_before_bytes() -> None:
    gone = [
        gone_there("Trip/a.jpg", "x", number="1"),
        gone_there("Trip/b.jpg", "x", number="2"),
    ]
    new = [
        new_there("Other/b.jpg", "x", number="1"),
        new_there("Other/a.jpg", "x", number="2"),
    ]
    assert moves(join_moves([*gone, *new], Digests())) == {
        StepProgress(_C.REMOTE_MOVED, "Trip/a.jpg", "Other/b.jpg"),
        StepProgress(_C.REMOTE_MOVED, "Trip/b.jpg", "Other/a.jpg"),
    }


def test_moves_on_both_sides_are_told_apart() -> None:
    found = [
        gone_here("Trip/a.jpg", "x"),
        new_here("Other/a.jpg"),
        gone_there("Trip/b.jpg", "x"),
        new_there("Other/b.jpg", "x"),
    ]
    assert moves(join_moves(found, Digests(files(Other_a="x")))) == {
        StepProgress(_C.LOCAL_MOVED, "Trip/a.jpg", "Other/a.jpg"),
        StepProgress(_C.REMOTE_MOVED, "Trip/b.jpg", "Other/b.jpg"),
    }


# -- what is read
# --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "found",
    [
        [],
        [new_here(f"Trip/{n}.jpg") for n in range(3)],
        [new_there(f"Trip/{n}.jpg") for n in range(3)],
        [gone_here(f"Trip/{n}.jpg", None) for n in range(3)],
        [gone_there(f"Trip/{n}.jpg", None) for n in range(3)],
        [gone_here("Trip/a.jpg", None), new_here("Other/a.jpg", SIZE + 1)],
        [gone_there("Trip/a.jpg", None), new_there("Other/a.jpg", size=SIZE + 1)],
        # What vanished on one side has nothing to do with what is new on the other.
        [gone_here("Trip/a.jpg", None), new_there("Other/a.jpg")],
        [gone_there("Trip/a.jpg", None), new_here("Other/a.jpg")],
    ],
)
def test_nothing_is_read_where_nothing_can_have_been_moved(
    found: list[Difference],
) -> None:
    digests = Digests()
    assert join_moves(found, digests) == found
    assert not digests.asked


def test_each_candidate_is_read_once() -> None:
    gone = [gone_here(f"Trip/{n}.jpg", None) for n in range(4)]
    new = [new_here(f"Other/{n}.jpg") for n in range(4)]
    digests = Digests(
        {f"/photos/Other/{n}.jpg": "x" for n in range(4)},
        {f"id of Trip/{n}.jpg": "x" for n in range(4)},
    )
    join_moves([*gone, *new], digests)
    assert set(digests.asked.values()) == {1}
    assert len(digests.asked) == 8


# -- whatever vanished and came
# ------------------------------------------------------------

PLACES = st.builds("{}/{}.jpg".format, st.sampled_from("ABC"), st.sampled_from("abc"))
MD5S = st.sampled_from(("x", "y", None))
FOUND = st.lists(
    st.one_of(
        st.builds(gone_here, PLACES, MD5S),
        st.builds(gone_there, PLACES, MD5S, number=st.sampled_from(("1", "2", "3"))),
        st.builds(new_here, PLACES),
        st.builds(new_there, PLACES, MD5S, number=st.sampled_from(("1", "2", "3"))),
    ),
    max_size=9,
    unique_by=lambda one: (one.pair.album, one.pair.name),
)
BYTES = st.fixed_dictionaries(
    {
        f"/photos/{album}/{name}.jpg": st.sampled_from(("x", "y", UNREADABLE))
        for album in "ABC"
        for name in "abc"
    }
)


def sides(found: Iterable[Difference]) -> Counter[tuple[str, object]]:
    """Each photo of the differences with where it is."""
    seen: Counter[tuple[str, object]] = Counter()
    for one in found:
        now = (one.pair.album, one.pair.name)
        old = one.origin or now
        if one.pair.local:
            seen["local", now if one.comparison is not _C.REMOTE_MOVED else old] += 1
        if one.pair.remote:
            seen["remote", now if one.comparison is not _C.LOCAL_MOVED else old] += 1
    return seen


@given(FOUND, BYTES)
def test_each_photo_comes_out_once_alone_or_in_a_couple(
    found: list[Difference], md5s: dict[str, str]
) -> None:
    after = join_moves(found, Digests(md5s))
    assert sides(after) == sides(found)
    alone = [one for one in after if not one.origin]
    assert all(one in found for one in alone)
    assert len(alone) + 2 * (len(after) - len(alone)) == len(found)


@given(FOUND, BYTES)
def test_a_couple_has_one_id_or_equal_bytes(
    found: list[Difference], md5s: dict[str, str]
) -> None:
    for one in join_moves(found, Digests(md5s)):
        if not one.origin:
            continue
        local, remote, before = one.pair.local, one.pair.remote, one.pair.baseline
        assert local is not None
        assert remote is not None
        assert before is not None
        known = before.remote.md5 or remote.md5
        if one.comparison is _C.LOCAL_MOVED:
            assert md5s[local.path] == known
        else:
            assert remote.id == before.remote.id or remote.md5 in {
                known,
                md5s[local.path],
            }
        assert (name_key(one.pair.album), name_key(one.pair.name)) != tuple(
            map(name_key, one.origin)
        )


@given(FOUND, BYTES)
def test_the_order_of_what_was_found_does_not_matter(
    found: list[Difference], md5s: dict[str, str]
) -> None:
    assert moves(join_moves(found, Digests(md5s))) == moves(
        join_moves(found[::-1], Digests(md5s))
    )
