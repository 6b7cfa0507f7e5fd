"""Keywords that a service spells, and folds, in its own way."""

from __future__ import annotations

import pytest

from photosync.compare.details import DetailsRules, merge_details
from photosync.compare.keywords import find_fitting, respell
from photosync.model import KEYWORDS, Details, DetailsMerge, KnownDetails
from photosync.modes import MODES

RULES = DetailsRules.from_table(MODES["sync"], frozenset({KEYWORDS}), 70)


def merge(here: str, there: str, known: KnownDetails) -> DetailsMerge:
    mine, theirs = tuple(here.split()), tuple(there.split())
    return merge_details(Details(keywords=mine), Details(keywords=theirs), known, RULES)


def test_a_keyword_comes_home_as_it_was_written() -> None:
    known = KnownDetails("1", "", (), (("a",), ("a",)))
    merged = respell(merge("a", "a stpeter", known), {"stpeter": "St. Peter", "a": "A"})
    assert merged.edit_here.added == ("St. Peter",)
    assert merged.agreed.keywords == (("a", "St. Peter"), ("a", "stpeter"))


def test_a_service_that_folds_in_another_way_changes_nothing() -> None:
    # It drops the sign of a pizza from its normal form, and we do not.
    sent = merge("🍕pie", "", KnownDetails("1"))
    assert sent.edit_there.added == ("🍕pie",)
    listed = merge("🍕pie", "pie", sent.agreed)
    assert (listed.edit_here.added, listed.edit_here.removed) == (("pie",), ("🍕pie",))
    merged = respell(listed, {"pie": "🍕pie"})
    assert not merged.edit_here
    again = merge("🍕pie", "pie", merged.agreed)
    assert again.is_settled


@pytest.mark.parametrize(
    ("keywords", "room", "fitting"),
    [
        (("a", "b", "c"), 2, ("a", "b")),
        (("a", "A", "b"), 2, ("a", "b")),
        (("a",), -1, ()),
        (("x" * 251, "a", "!"), 5, ("a",)),
    ],
)
def test_only_what_fits_is_sent(
    keywords: tuple[str, ...], room: int, fitting: tuple[str, ...]
) -> None:
    assert find_fitting(keywords, room) == fitting
