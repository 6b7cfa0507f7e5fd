"""Photos of one name in one album are one photo."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.compare.pairing import pair_photos, recall_names
from photosync.model import (
    Baseline,
    LocalAlbum,
    LocalPhoto,
    LocalStat,
    Pair,
    RemotePhoto,
)
from photosync.naming import name_key
from unit.compare.one_name import NOW, OURS, THEIRS, local, remote


def album(*photos: LocalPhoto) -> LocalAlbum:
    return LocalAlbum("Trip", ("/photos/Trip",), photos)


def test_photos_of_one_name_are_a_pair_and_others_are_alone() -> None:
    both, here = local("both.jpg"), local("here.jpg")
    found, there = remote("both.jpg", number=1), remote("there.jpg", number=2)
    assert list(pair_photos("Trip", album(both, here), [there, found])) == [
        (Pair("Trip", "both.jpg", both, found), ()),
        (Pair("Trip", "here.jpg", here, None), ()),
        (Pair("Trip", "there.jpg", None, there), ()),
    ]


def test_an_album_may_be_on_one_side_only() -> None:
    here, there = local(), remote()
    assert list(pair_photos("Trip", None, [there])) == [
        (Pair("Trip", "a.jpg", None, there), ())
    ]
    assert list(pair_photos("Trip", album(here), [])) == [
        (Pair("Trip", "a.jpg", here, None), ())
    ]
    assert list(pair_photos("Trip", None, [])) == []


COMPOSED, DECOMPOSED = "Caf\xe9.jpg", "Cafe\u0301.jpg"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)],
    ids=["NFC", "NFD"],
)
def test_composed_and_decomposed_names_are_a_pair(ours: str, theirs: str) -> None:
    here, there = local(ours), remote(theirs)
    assert list(pair_photos("Trip", album(here), [there])) == [
        (Pair("Trip", here.name, here, there), ())
    ]


def test_names_of_other_case_are_no_pair() -> None:
    found = [
        pair
        for pair, _ in pair_photos("Trip", album(local("a.JPG")), [remote("a.jpg")])
    ]
    assert [pair.name for pair in found] == ["a.JPG", "a.jpg"]


def test_of_two_remote_photos_of_one_name_that_of_the_local_size_is_the_pair() -> None:
    here = local()
    first, second = remote(size=999, number=1), remote(number=2)
    assert list(pair_photos("Trip", album(here), [first, second])) == [
        (Pair("Trip", "a.jpg", here, second), (first,))
    ]


def test_of_remote_photos_of_one_name_and_other_sizes_the_first_is_the_pair() -> None:
    here = local()
    first, second, third = (remote(size=n, number=n) for n in (1, 2, 3))
    assert list(pair_photos("Trip", album(here), [first, second, third])) == [
        (Pair("Trip", "a.jpg", here, first), (second, third))
    ]


class Digests:
    """The MD5s that the listing tells, and OURS here."""

    def local(self, photo: LocalPhoto) -> str:  # noqa: ARG002 - all are OURS
        return OURS

    def known_local(self, photo: LocalPhoto) -> None:
        """Nothing was ever read."""

    def remote(self, photo: RemotePhoto) -> str | None:
        return photo.md5

    def read_remote(self, photo: RemotePhoto) -> str | None:  # noqa: ARG002 - withheld
        return None


def test_of_remote_photos_of_one_name_and_size_that_of_equal_bytes_is_the_pair() -> (
    None
):
    here = local()
    other, equal = remote(md5=THEIRS, older=9, number=1), remote(number=2)
    assert list(
        pair_photos("Trip", album(here), [other, equal], digests=Digests())
    ) == [(Pair("Trip", "a.jpg", here, equal), (other,))]


def test_remote_photos_of_one_name_without_a_local_one_are_all_seen() -> None:
    first, second = remote(number=1), remote(number=2)
    assert list(pair_photos("Trip", None, [first, second])) == [
        (Pair("Trip", "a.jpg", None, first), (second,))
    ]


def test_composed_and_decomposed_remote_names_are_one_name_held_twice() -> None:
    first, second = remote("e\u0301.jpg", number=1), remote("\xe9.jpg", number=2)
    ((pair, duplicates),) = pair_photos(
        "Trip", album(local("\xe9.jpg")), [first, second]
    )
    assert {pair.remote, *duplicates} == {first, second}


def test_a_photo_is_paired_with_the_name_it_has_when_told_apart() -> None:
    here = local(qualified="Raw - a.jpg")
    there = remote("Raw - a.jpg")
    named = here._replace(name="Raw - a.jpg")
    pair = Pair("Trip", "Raw - a.jpg", named, there)
    assert list(pair_photos("Trip", album(here), [there])) == [(pair, ())]


def test_the_name_told_apart_goes_before_the_plain_name() -> None:
    here = local(qualified="Raw - a.jpg")
    plain, qualified = remote(number=1), remote("Raw - a.jpg", number=2)
    named = here._replace(name="Raw - a.jpg")
    assert list(pair_photos("Trip", album(here), [plain, qualified])) == [
        (Pair("Trip", "Raw - a.jpg", named, qualified), ()),
        (Pair("Trip", "a.jpg", None, plain), ()),
    ]


def test_a_photo_told_apart_is_paired_with_its_plain_name_where_there_is_no_other() -> (
    None
):
    here, there = local(qualified="Raw - a.jpg"), remote()
    assert list(pair_photos("Trip", album(here), [there])) == [
        (Pair("Trip", "a.jpg", here, there), ())
    ]


def test_a_photo_sent_under_its_own_name_is_not_taken_for_another_there() -> None:
    here = local(qualified="Raw - a.jpg")
    plain, other = remote(number=1), remote("Raw - a.jpg", number=2)
    pairs = [
        pair
        for pair, _ in pair_photos("Trip", album(here), [plain, other], known(plain))
    ]
    assert [(pair.local, pair.remote) for pair in pairs] == [
        (here, plain),
        (None, other),
    ]


NAMES = st.sampled_from(("a", "b", "\xe9", "e\u0301", "R - a", "R - b", "R - \xe9"))
LOCALS = st.lists(
    st.builds(
        lambda name, size, qualified: local(name, size=size, qualified=qualified),
        NAMES,
        st.integers(0, 2),
        st.one_of(st.just(""), NAMES),
    ),
    unique_by=lambda photo: name_key(photo.name),
)
REMOTES = st.lists(st.tuples(NAMES, st.one_of(st.none(), st.integers(0, 2)))).map(
    lambda found: [
        remote(name, size=size, number=n) for n, (name, size) in enumerate(found)
    ]
)


@given(LOCALS, REMOTES)
def test_every_photo_of_both_sides_is_seen_exactly_once(
    here: list[LocalPhoto], there: list[RemotePhoto]
) -> None:
    seen = list(pair_photos("Trip", album(*here), there))
    seen_here = [pair.local for pair, _ in seen if pair.local]
    assert [photo.path for photo in seen_here] == [photo.path for photo in here]
    assert all(pair.name == pair.local.name for pair, _ in seen if pair.local)
    assert Counter(
        photo.id
        for pair, duplicates in seen
        for photo in (pair.remote, *duplicates)
        if photo
    ) == Counter(photo.id for photo in there)


@given(LOCALS, REMOTES)
def test_a_pair_has_one_name_or_the_name_told_apart(
    here: list[LocalPhoto], there: list[RemotePhoto]
) -> None:
    for pair, duplicates in pair_photos("Trip", album(*here), there):
        if pair.remote and pair.local:
            assert name_key(pair.remote.name) in {
                name_key(pair.local.name),
                name_key(pair.local.qualified),
            }
        assert {name_key(duplicate.name) for duplicate in duplicates} <= {
            name_key(pair.remote.name) if pair.remote else ""
        }


# -- pairing by history
# ---------------------------------------------------------------------------------


def named(
    name: str, number: int = 1, *, size: int = 1000, stem: str = ""
) -> RemotePhoto:
    return RemotePhoto(name, f"id{number}", size, NOW, stem=stem)


def known(photo: RemotePhoto) -> dict[str, Baseline]:
    return {
        name_key(photo.name): Baseline("Trip", photo.name, LocalStat(1000, NOW), photo)
    }


def test_what_only_history_knows_is_a_pair_of_nothing() -> None:
    past = known(named("a.jpg"))
    assert list(pair_photos("Trip", None, [], past)) == [
        (Pair("Trip", "a.jpg", None, None, past["a.jpg"]), ())
    ]


def test_each_side_is_paired_with_what_history_knows_of_its_name() -> None:
    past = known(named("a.jpg")) | known(named("b.jpg", 2))
    here = LocalPhoto("a.jpg", "/photos/Trip", "a.jpg", 1000, NOW)
    assert list(pair_photos("Trip", album(here), [named("b.jpg", 2)], past)) == [
        (Pair("Trip", "a.jpg", here, None, past["a.jpg"]), ()),
        (Pair("Trip", "b.jpg", None, named("b.jpg", 2), past["b.jpg"]), ()),
    ]


@pytest.mark.parametrize("present", [True, False])
def test_of_remote_photos_of_one_name_that_of_history_is_the_pair(
    *, present: bool
) -> None:
    first, second = named("a.jpg"), named("a.jpg", 2, size=999)
    here = LocalPhoto("a.jpg", "/photos/Trip", "a.jpg", 1000, NOW)
    ((pair, duplicates),) = pair_photos(
        "Trip", album(here) if present else None, [first, second], known(second)
    )
    assert (pair.remote, duplicates) == (second, (first,))


@pytest.mark.parametrize("title", ["a.jpg", "Our first day.jpg"])
def test_a_photo_that_has_only_a_title_keeps_the_name_that_history_knows(
    title: str,
) -> None:
    past = known(named("a.png")).values()
    titled = named(title, stem="a")._replace(titled=True)
    assert recall_names([titled], past) == [titled._replace(name="a.png", stem="")]


def test_a_photo_whose_name_is_told_or_whose_id_is_new_keeps_its_name() -> None:
    past = known(named("a.jpg")).values()
    # It was renamed there, which is a move.
    renamed = named("b.jpg")
    unknown = named("c.jpg", 2)._replace(titled=True)
    assert recall_names([renamed, unknown], past) == [renamed, unknown]


def test_history_keeps_its_names_in_any_form() -> None:
    past = known(named("e\u0301.jpg"))
    here = LocalPhoto("\xe9.jpg", "/photos/Trip", "\xe9.jpg", 1000, NOW)
    ((pair, _),) = pair_photos("Trip", album(here), [], past)
    assert pair.baseline == past[name_key("\xe9.jpg")]


# -- endings that are guessed
# ---------------------------------------------------------------------------


def taken_by(
    local_names: list[str],
    *remotes: RemotePhoto,
    baselines: dict[str, Baseline] | None = None,
) -> dict[str, str | None]:
    """Which local name each remote photo is paired with, by its id."""
    here = album(*map(local, local_names))
    found: dict[str, str | None] = {}
    for pairing in pair_photos("Trip", here, remotes, baselines):
        pair = pairing.pair
        if pair.remote:
            found[pair.remote.id] = pair.local.name if pair.local else None
    return found


PICTURE, MOVIE = (
    named("IMG_1.jpg", 1, stem="IMG_1"),
    named("IMG_1.mp4", 2, stem="IMG_1"),
)


@pytest.mark.parametrize(
    ("names", "pictured", "filmed"),
    [
        (["IMG_1.png"], "IMG_1.png", None),
        # A Live Photo and what was done to it on the phone.
        (["IMG_1.AAE", "IMG_1.HEIC", "IMG_1.MOV"], "IMG_1.HEIC", "IMG_1.MOV"),
        # The service takes no raw pictures.
        (["IMG_1.CR2", "IMG_1.png"], "IMG_1.png", None),
        (["IMG_1.CR2"], "IMG_1.CR2", None),
        # That very name is here.
        (["IMG_1.jpg", "IMG_1.png"], "IMG_1.jpg", None),
        (["IMG_1.xmp"], None, None),
    ],
)
def test_a_guessed_ending_may_be_another_of_the_same_kind(
    names: list[str], pictured: str | None, filmed: str | None
) -> None:
    assert taken_by(names, PICTURE, MOVIE) == {"id1": pictured, "id2": filmed}


def test_what_history_knows_by_its_name_is_not_the_photo_of_a_guess() -> None:
    past = known(named("IMG_1.png", 9))
    assert taken_by(["IMG_1.png"], PICTURE, baselines=past) == {"id1": None}
