"""Who changed what of a photo's details, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.compare.details import (
    DetailsRules,
    Verdict,
    is_as_known,
    judge_text,
    merge_details,
)
from photosync.media.details import fold_keyword
from photosync.model import (
    KEYWORDS,
    TEXT_FIELDS,
    Details,
    DetailsEdit,
    KnownDetails,
    TextField,
)
from photosync.modes import MODES

FIELDS = frozenset({*TEXT_FIELDS, KEYWORDS})
NEW = KnownDetails("1")
RULES = {
    mode: DetailsRules.from_table(table, FIELDS, 73) for mode, table in MODES.items()
}
SYNC = RULES["sync"]


def known(text: str = "", keywords: str = "", there: str | None = None) -> KnownDetails:
    """What both sides told, of title and keywords."""
    other = keywords if there is None else there
    words = tuple(keywords.split()), tuple(other.split())
    return KnownDetails("1", "", (("title", text, text),), words)


A, B, C = Verdict.AGREED, Verdict.SEND, Verdict.BRING
D = Verdict.DISPUTED


@pytest.mark.parametrize(
    ("before", "here", "there", "verdict"),
    [
        # No run has seen them agree.
        (None, "", "", A),
        (None, "a", "a", A),
        (None, "a", "", B),
        (None, "", "a", C),
        (None, "a", "b", D),
        # Both told "a".
        ("a", "a", "a", A),
        ("a", "b", "a", B),
        ("a", "", "a", B),
        ("a", "a", "b", C),
        ("a", "a", "", C),
        ("a", "b", "b", A),
        ("a", "b", "c", D),
        ("a", "", "b", D),
        ("a", "", "", A),
        # What the service does to it is no edit.
        ("a & b", "a & b", "a &amp; b ", A),
        ("a & b", "c", "a &amp; b", B),
    ],
)
def test_who_changed_a_text(
    before: str | None, here: str, there: str, verdict: Verdict
) -> None:
    remembered = NEW if before is None else known(before)
    assert judge_text("title", here, there, remembered) is verdict


def test_what_a_service_made_of_a_text_stays_its_own() -> None:
    remembered = KnownDetails("1", "", (("title", "a <b", "a"),))
    assert judge_text("title", "a <b", "a", remembered) is A
    assert judge_text("title", "a <b", "c", remembered) is C


@pytest.mark.parametrize(
    ("before", "here", "there", "here_after", "there_after"),
    [
        (None, "", "a", "a", "a"),
        (None, "a", "", "a", "a"),
        # Without a past nothing is removed.
        (None, "a b", "b c", "a b c", "a b c"),
        ("a", "a b", "a", "a b", "a b"),
        ("a", "a", "a b", "a b", "a b"),
        ("a b", "a", "a b", "a", "a"),
        ("a b", "a b", "b", "b", "b"),
        ("a b", "a c", "b d", "c d", "c d"),
        ("a", "", "", "", ""),
        # The same word in another spelling.
        ("Rome", "Rome", "rome", "Rome", "rome"),
        ("a", "a St-Peter", "a stpeter", "a St-Peter", "a stpeter"),
    ],
)
def test_keywords_are_merged_three_ways(
    before: str | None, here: str, there: str, here_after: str, there_after: str
) -> None:
    remembered = NEW if before is None else known("", before)
    merge = merge_details(words(here), words(there), remembered, SYNC)
    assert apply(here, merge.edit_here) == set(here_after.split())
    assert apply(there, merge.edit_there) == set(there_after.split())
    assert merge.agreed.keywords is not None
    assert set(merge.agreed.keywords[0]) == set(here_after.split())


def test_what_one_removes_and_another_adds_is_added() -> None:
    # Only here when both agreed: the service had no room for it.
    remembered = known("", "a b", "a")
    merge = merge_details(words("a"), words("a b"), remembered, SYNC)
    assert (merge.edit_here.added, merge.edit_there) == (("b",), DetailsEdit())


def words(text: str, title: str = "") -> Details:
    return Details(title, keywords=tuple(text.split()))


def apply(text: str, edit: DetailsEdit) -> set[str]:
    removed = {fold_keyword(one) for one in edit.removed}
    left = {one for one in text.split() if fold_keyword(one) not in removed}
    return left | set(edit.added)


def test_more_keywords_than_a_service_takes_stay_here_and_are_missed_by_nobody() -> (
    None
):
    many = " ".join(f"w{number}" for number in range(90))
    merge = merge_details(words(many), words("a b"), NEW, SYNC)
    assert len(merge.edit_there.added) == 71
    there = words(" ".join(apply("a b", merge.edit_there)))
    here = words(" ".join(apply(many, merge.edit_here)))
    assert merge_details(here, there, merge.agreed, SYNC).is_settled


@pytest.mark.parametrize(
    ("mode", "here", "there"),
    [
        # What each side tells after a run; it was "a" with x, then "b" with x y here,
        # and there the description "new" and x z came.
        ("sync", ("b", "new", "x y z"), ("b", "new", "x y z")),
        ("upload", ("b", "", "x y"), ("b", "new", "x y z")),
        ("download", ("a", "new", "x z"), ("a", "new", "x z")),
        ("report", ("b", "", "x y"), ("a", "new", "x z")),
        ("repairUpload", ("b", "", "x y"), ("b", "", "x y z")),
        ("syncUpload", ("b", "", "x y"), ("b", "", "x y z")),
    ],
)
def test_details_go_the_way_that_edited_photos_do(
    mode: str, here: tuple[str, str, str], there: tuple[str, str, str]
) -> None:
    texts = (("title", "a", "a"), ("description", "", ""))
    remembered = KnownDetails("1", "", texts, (("x",), ("x",)))  # type: ignore[arg-type]
    mine = Details("a" if mode == "download" else "b", "", "", ("x", "y"))
    if mode == "download":
        mine = Details("a", "", "", ("x",))
    merge = merge_details(
        mine, Details("a", "new", "", ("x", "z")), remembered, RULES[mode]
    )
    assert told(mine, merge.edit_here) == here
    assert told(Details("a", "new", "", ("x", "z")), merge.edit_there) == there


def told(details: Details, edit: DetailsEdit) -> tuple[str, str, str]:
    texts = dict(edit.texts)
    found = apply(" ".join(details.keywords), edit)
    title = texts.get("title", details.title)
    description = texts.get("description", details.description)
    return title, description, " ".join(sorted(found))


def test_a_mode_that_mirrors_removes_nothing_that_was_never_here() -> None:
    there = Details("theirs", "words", "", ("x",))
    merge = merge_details(Details(), there, NEW, RULES["syncUpload"])
    assert not merge.has_work


TITLES = st.sampled_from(["", "a", "b", "c"])
WORDS = st.lists(st.sampled_from("vwxyz"), unique=True).map(tuple)
SOME = st.builds(Details, TITLES, TITLES, st.just(""), WORDS)


def written(details: Details, edit: DetailsEdit) -> Details:
    texts = {field: details.get_text(field) for field in TEXT_FIELDS} | dict(edit.texts)
    found = tuple(sorted(apply(" ".join(details.keywords), edit)))
    return Details(**texts, keywords=found)  # type: ignore[arg-type]


@given(
    SOME,
    SOME,
    st.lists(st.tuples(SOME, SOME), max_size=2),
    st.sampled_from(list(RULES)),
)
def test_a_second_run_has_nothing_to_do(
    here: Details, there: Details, edits: list[tuple[Details, Details]], mode: str
) -> None:
    remembered = NEW
    for mine, theirs in [(here, there), *edits]:
        merge = merge_details(mine, theirs, remembered, RULES[mode])
        here = written(mine, merge.edit_here)
        there = written(theirs, merge.edit_there)
        again = merge_details(here, there, merge.agreed, RULES[mode])
        assert not again.has_work
        assert (again.disputed, again.left) == (merge.disputed, merge.left)
        remembered = again.agreed


@given(SOME, SOME, SOME)
def test_nothing_that_one_side_alone_wrote_is_lost(
    before: Details, here: Details, there: Details
) -> None:
    first = merge_details(before, before, NEW, SYNC)
    merge = merge_details(here, there, first.agreed, SYNC)
    after = written(here, merge.edit_here)
    # What was added on either side is on both, what was removed on neither.
    added = {*here.keywords, *there.keywords} - {*before.keywords}
    kept = {*here.keywords} & {*there.keywords}
    assert set(after.keywords) == added | kept
    assert set(written(there, merge.edit_there).keywords) == set(after.keywords)
    for field in ("title", "description"):
        texts = here.get_text(field), there.get_text(field)
        changed = {text for text in texts if text != before.get_text(field)}
        if len(changed) == 1:
            assert after.get_text(field) in changed
        if len(changed) == 2:
            assert field in merge.disputed


def test_a_field_that_a_service_hides_for_a_while_stays_agreed_on() -> None:
    """A photo is shown to everybody, its position taken off the map, and is private
    again.
    """
    place = "48.858222 2.294500"
    here = Details("Dusk", position=place)
    texts: dict[TextField, str] = {
        "title": "Dusk",
        "description": "",
        "position": place,
    }
    both = tuple((field, text, text) for field, text in texts.items())
    agreed = KnownDetails("1", "", both, ((), ()))
    public = replace(SYNC, fields=FIELDS - {"position"})
    assert is_as_known(Details("Dusk"), agreed, public)
    merge = merge_details(here, Details("Dawn"), agreed, public)
    assert merge.edit_here == DetailsEdit((("title", "Dawn"),))
    there = Details("Dawn")
    assert not is_as_known(there, merge.agreed, SYNC)
    later = merge_details(written(here, merge.edit_here), there, merge.agreed, SYNC)
    assert later.edit_here == DetailsEdit((("position", ""),))
    assert not later.edit_there
