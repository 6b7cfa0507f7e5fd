"""Asking a service about what seems deleted there, and what its answer permits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from photosync.compare.absence import confirm_absences
from photosync.compare.findings import Findings
from photosync.errors import ServiceRefused, SideError, Transient
from photosync.model import (
    GONE,
    THERE,
    Absence,
    Actions,
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    Pair,
    RemotePhoto,
    Side,
    Whereabouts,
)
from photosync.modes import MODES
from photosync.plan.policy import Policy
from photosync.plan.proposal import Limits, ProposalBuilder
from photosync.services.base import Backend

ELSEWHERE = Absence(Whereabouts.ELSEWHERE, "still there in the folder 'Best'")
UNKNOWN = Absence(Whereabouts.UNKNOWN, "too many to ask about")


class Answering:
    """A backend that only says where photos are."""

    def __init__(self, answer: Absence | SideError) -> None:
        self._answer = answer
        self.asked: list[str] = []

    def find_absences(self, photos: Sequence[RemotePhoto]) -> Sequence[Absence]:
        self.asked += [photo.id for photo in photos]
        if isinstance(self._answer, SideError):
            raise self._answer
        return [self._answer for _ in photos]


def lost(name: str, comparison: Comparisons = Comparisons.REMOTE_DELETED) -> Difference:
    local = LocalPhoto(name, "/photos/Zoo", name, 5, 7)
    baseline = Baseline("Zoo", name, local.stat, RemotePhoto(name, name, 5, 7))
    return Difference(Pair("Zoo", name, local, None, baseline), comparison)


def confirm(answer: Absence | SideError, *found: Difference) -> list[Difference]:
    return confirm_absences(found, cast(Backend, Answering(answer)))


def test_only_what_seems_deleted_and_stands_nowhere_is_asked_about() -> None:
    moved = lost("moved")._replace(stands_at=(("Ark", "moved"),))
    new = lost("new", Comparisons.LOCAL_ONLY)
    new = new._replace(pair=new.pair._replace(baseline=None))
    found = [lost("a"), new, moved, lost("b")]
    backend = Answering(ELSEWHERE)
    told = confirm_absences(found, cast(Backend, backend))
    assert backend.asked == ["a", "b"]
    assert [one.absence for one in told] == [ELSEWHERE, None, None, ELSEWHERE]


@pytest.mark.parametrize(
    ("answer", "album_id", "counts"),
    [
        (THERE, "album", True),
        (THERE, "", True),
        # Just sent: nobody knows yet which album it is in.
        (ELSEWHERE, "", True),
        (ELSEWHERE, "album", False),
        (GONE, "", False),
        (UNKNOWN, "", False),
    ],
)
def test_an_edited_photo_waits_only_where_it_is_there_after_all(
    answer: Absence, album_id: str, *, counts: bool
) -> None:
    edited = lost("a", Comparisons.LOCAL_ONLY)
    known = edited.pair.known
    known = known._replace(remote=known.remote._replace(album_id=album_id))
    (told,) = confirm(
        answer, edited._replace(pair=edited.pair._replace(baseline=known))
    )
    assert told.absence == (THERE if counts else None)


def test_a_service_that_does_not_answer_makes_it_unknown() -> None:
    (told,) = confirm(Transient("out of order"), lost("a"))
    assert told.absence == Absence(Whereabouts.UNKNOWN, "out of order")
    with pytest.raises(ServiceRefused):
        confirm(ServiceRefused("no more today"), lost("a"))


def decide(absence: Absence, mode: str) -> tuple[Actions, str]:
    """What is done in a mode about a photo that seems deleted there."""
    policy = Policy(MODES[mode], frozenset({Side.LOCAL, Side.REMOTE}))
    builder = ProposalBuilder("drive", policy)
    for difference in confirm(absence, lost("a")):
        builder.add(difference)
    (step,) = builder.build(Findings("drive"), Limits()).steps
    return step.action, step.reason


@pytest.mark.parametrize("mode", ["upload", "sync", "syncUpload", "repairUpload"])
@pytest.mark.parametrize("absence", [ELSEWHERE, THERE])
def test_what_is_still_there_is_only_told(absence: Absence, mode: str) -> None:
    assert decide(absence, mode) == (Actions.REPORT, absence.reason)


def test_what_nobody_can_tell_is_never_deleted_and_may_be_sent_anew() -> None:
    assert decide(UNKNOWN, "sync") == (Actions.REPORT, UNKNOWN.reason)
    assert decide(UNKNOWN, "syncUpload") == (Actions.UPLOAD_LOCAL, "")
    assert decide(GONE, "sync") == (Actions.DELETE_LOCAL, "")
