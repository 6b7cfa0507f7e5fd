"""Whether an old backup was put back, or a person did it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.model import (
    Actions,
    Comparisons,
    LocalPhoto,
    RemotePhoto,
    Step,
    StepKey,
)
from photosync.naming import PhotoKey
from photosync.plan.put_back import (
    Arrival,
    PutBack,
    describe_put_back,
    find_put_back,
    has_stayed,
    withhold,
)

_A, _C = Actions, Comparisons
HOUR = 3600 * 10**9
NOON = 12 * HOUR
ROOTS = frozenset({"/photos"})


def place(name: str) -> PhotoKey:
    return "Rome", name


def step(
    comparison: Comparisons,
    name: str,
    action: Actions = _A.REPORT,
    *,
    size: int = 10,
    modified_ns: int = NOON,
    origin: str = "",
) -> Step:
    local = LocalPhoto(name, "/photos/Rome", name, size, modified_ns)
    return Step(
        service="drive",
        action=action,
        comparison=comparison,
        album="Rome",
        name=name,
        local=None if comparison is _C.LOCAL_DELETED else local,
        origin=place(origin) if origin else None,
    )


ARRIVALS = {
    place("first"): Arrival(1, NOON, (10,)),
    place("edited"): Arrival(4, NOON, (10, 12), is_edited=True),
    place("dated"): Arrival(4, NOON, (10,)),
    place("new"): Arrival(5, NOON, (10,)),
    place("deleted"): Arrival(6, is_gone=True),
    place("old name"): Arrival(6, is_gone=True),
    place("new name"): Arrival(6, NOON, (10,)),
}
MISSING = step(_C.LOCAL_DELETED, "new", _A.DELETE_REMOTE)


def lost(*steps: Step, here: Iterable[str] = ("first",)) -> set[str]:
    found = find_put_back(steps, ARRIVALS, map(place, here), ROOTS)
    return {name for _, name in found.lost}


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (MISSING, {"new"}),
        # What was agreed on in some other way than by a run.
        (step(_C.LOCAL_DELETED, "unknown"), set()),
        (step(_C.REMOTE_OLDER, "edited", modified_ns=NOON - HOUR), {"edited"}),
        (step(_C.CONFLICT, "edited", modified_ns=NOON - HOUR), {"edited"}),
        # Dated today, as `cp -r` does it: the size is that of the version before.
        (step(_C.REMOTE_OLDER, "edited", modified_ns=NOON + HOUR), {"edited"}),
        (step(_C.REMOTE_OLDER, "edited", modified_ns=NOON + HOUR, size=14), set()),
        # FAT keeps every other second.
        (step(_C.REMOTE_OLDER, "edited", modified_ns=NOON - 2 * 10**9, size=14), set()),
        # A program dated all files by their pictures, and wrote tags into them.
        (step(_C.REMOTE_OLDER, "dated", modified_ns=NOON - HOUR), set()),
        (step(_C.LOCAL_MOVED, "old name", origin="new name"), {"new name"}),
        # As the step is where it is to follow the other side.
        (step(_C.LOCAL_MOVED, "new name", origin="old name"), {"new name"}),
        (step(_C.LOCAL_MOVED, "elsewhere", origin="new"), set()),
        (step(_C.LOCAL_ONLY, "fresh"), set()),
    ],
)
def test_what_is_missing_or_as_it_was_before_is_lost(
    one: Step, found: set[str]
) -> None:
    assert lost(one) == found


@pytest.mark.parametrize(
    ("here", "is_lost"),
    [
        (["first"], True),
        # A photo of a day before is no sign of a person.
        (["first", "edited"], True),
        # Others that came in the same run are still there, or later ones.
        (["first", "new name"], False),
    ],
)
def test_only_a_library_without_what_came_last_was_put_back(
    here: list[str], is_lost: object
) -> None:
    assert bool(lost(MISSING, here=here)) == is_lost


@pytest.mark.parametrize(
    ("steps", "is_enough"),
    [
        ([], True),
        ([MISSING], True),
        ([step(_C.REMOTE_OLDER, "0")], False),
        # What was put into a folder for new photos is no backup of those before.
        ([step(_C.LOCAL_ONLY, "0")], False),
    ],
)
def test_of_a_backup_some_photos_are_as_they_were(
    steps: list[Step], is_enough: object
) -> None:
    here = [place(f"{number}") for number in range(5)]
    assert has_stayed(here, steps) == is_enough
    assert not has_stayed(here[1:], [])


def test_what_was_imported_once_more_hides_no_older_loss() -> None:
    missing = {place(f"{number}.jpg"): Arrival(3) for number in range(5)}
    again = {place(f"{number}.raw"): Arrival(9) for number in range(4)}
    steps = [step(_C.LOCAL_DELETED, name) for _, name in missing]
    found = find_put_back(steps, missing | again, [place("first"), *again])
    assert found.lost == missing.keys()


def test_a_deleted_photo_that_is_there_again_is_not_sent() -> None:
    back = step(_C.LOCAL_ONLY, "deleted", _A.UPLOAD_LOCAL)
    found = find_put_back([back], ARRIVALS, [place("first")], ROOTS)
    assert found == PutBack(ROOTS, returned=frozenset({place("deleted")}))
    told = withhold(back, found)
    assert told.action is _A.REPORT
    assert "--accept old-backup" in told.reason
    # All else goes on.
    assert withhold(MISSING, found) == MISSING
    assert not list(describe_put_back([told], found))


FOUND = find_put_back([MISSING], ARRIVALS, [place("first")], ROOTS)


@pytest.mark.parametrize(
    ("one", "is_left"),
    [
        (MISSING, True),
        (step(_C.REMOTE_OLDER, "any", _A.REPLACE_REMOTE_WITH_LOCAL), True),
        (step(_C.LOCAL_MOVED, "any", _A.MOVE_REMOTE, origin="old"), True),
        (step(_C.LOCAL_DELETED, "new"), True),
        (step(_C.LOCAL_DELETED, "new", _A.DOWNLOAD_REMOTE), False),
        (step(_C.LOCAL_ONLY, "fresh", _A.UPLOAD_LOCAL), False),
        (step(_C.REMOTE_ONLY, "fresh", _A.DOWNLOAD_REMOTE), False),
        (step(_C.REMOTE_OLDER, "first"), False),
    ],
)
def test_only_what_an_old_backup_would_do_elsewhere_is_left(
    one: Step, is_left: object
) -> None:
    judged = withhold(one, FOUND)
    assert bool(judged.reason) == is_left
    assert withhold(one, PutBack()) == one
    if is_left:
        (problem,) = describe_put_back([judged], FOUND)
        assert problem.subject == "/photos"
        assert problem.failed
        assert "--accept old-backup" in problem.reason
    else:
        assert judged == one


def test_what_another_service_has_of_today_goes_on() -> None:
    edit = step(_C.REMOTE_OLDER, "any", _A.REPLACE_REMOTE_WITH_LOCAL)
    follower = replace(edit, waits_for=StepKey("flickr", *place("any")))
    assert withhold(follower, FOUND) == follower
    duplicate = replace(MISSING, kept=RemotePhoto("new", "id", 10, NOON))
    assert withhold(duplicate, FOUND) == duplicate


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=8),
    st.lists(st.integers(1, 5), max_size=8),
)
def test_a_person_who_leaves_as_much_of_each_day_is_never_suspected(
    deleted: list[int], later: list[int]
) -> None:
    gone = {place(f"gone {n}"): Arrival(run) for n, run in enumerate(deleted)}
    twins = {place(f"twin {n}"): Arrival(run) for n, run in enumerate(deleted)}
    more = {place(f"more {n}"): Arrival(run) for n, run in enumerate(later)}
    steps = [step(_C.LOCAL_DELETED, name) for _, name in gone]
    assert not find_put_back(steps, gone | twins | more, [*twins, *more])
