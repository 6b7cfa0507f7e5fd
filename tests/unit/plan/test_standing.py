"""Deletes of photos that stand elsewhere."""

from __future__ import annotations

import pytest

from photosync.compare.findings import Findings
from photosync.model import Actions, Comparisons, RemotePhoto, Side, Step
from photosync.modes import MODES
from photosync.plan.contents import TrustedNames
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal
from photosync.plan.rule_context import Sides
from photosync.plan.rules import apply_rules

_C, _A = Comparisons, Actions
OLD, NEW = ("A", "a.jpg"), ("B", "a.jpg")


def step(
    action: Actions,
    comparison: Comparisons,
    place: tuple[str, str] = OLD,
    service: str = "drive",
    *,
    stands: bool = False,
    md5: str | None = None,
) -> Step:
    remote = RemotePhoto(place[1], "id", 10, 0, md5) if md5 else None
    return Step(
        service=service,
        action=action,
        comparison=comparison,
        album=place[0],
        name=place[1],
        remote=remote,
        stands_at=(NEW,) if stands else (),
    )


def judge(*steps: Step) -> list[Step]:
    proposals = {
        name: Proposal(name, (), Findings(name)) for name in ("drive", "flickr", "disk")
    }
    policy = Policy(MODES["sync"], frozenset(Side))
    return list(apply_rules(steps, Sides(policy, proposals, TrustedNames())))


def actions(*steps: Step) -> list[Actions]:
    return [judged.action for judged in judge(*steps)]


LOSES_HERE = step(_A.DELETE_LOCAL, _C.REMOTE_DELETED, stands=True)
LOSES_THERE = step(_A.DELETE_REMOTE, _C.LOCAL_DELETED, stands=True)


@pytest.mark.parametrize(
    ("delete", "where"), [(LOSES_HERE, "on Drive"), (LOSES_THERE, "here")]
)
@pytest.mark.parametrize("comparison", [_C.CONFLICT, _C.DIFFERENT, _C.UNKNOWN])
def test_nothing_is_deleted_while_its_place_is_in_dispute(
    delete: Step, where: str, comparison: Comparisons
) -> None:
    told, _ = judge(delete, step(_A.REPORT, comparison, NEW))
    assert told.action is _A.REPORT
    expected = f"it stands as B/a.jpg {where}, which is to be settled first"
    assert told.reason == f"not deleted: {expected}"


@pytest.mark.parametrize(
    ("delete", "action", "comparison"),
    [
        (LOSES_HERE, _A.DOWNLOAD_REMOTE, _C.REMOTE_ONLY),
        (LOSES_HERE, _A.KEEP_BOTH, _C.CONFLICT),
        (LOSES_THERE, _A.UPLOAD_LOCAL, _C.LOCAL_ONLY),
        (LOSES_THERE, _A.REPLACE_REMOTE_WITH_LOCAL, _C.REMOTE_OLDER),
    ],
)
def test_what_is_brought_from_where_it_stands_is_deleted(
    delete: Step, action: Actions, comparison: Comparisons
) -> None:
    assert actions(delete, step(action, comparison, NEW)) == [delete.action, action]


@pytest.mark.parametrize(
    ("delete", "action", "comparison"),
    [
        # The photo that stands there is about to be written over.
        (LOSES_HERE, _A.REPLACE_REMOTE_WITH_LOCAL, _C.REMOTE_OLDER),
        (LOSES_HERE, _A.DELETE_REMOTE, _C.LOCAL_DELETED),
        (LOSES_THERE, _A.DOWNLOAD_REMOTE, _C.REMOTE_NEWER),
        (LOSES_THERE, _A.DELETE_LOCAL, _C.REMOTE_DELETED),
    ],
)
def test_what_is_lost_where_it_stands_is_not_deleted(
    delete: Step, action: Actions, comparison: Comparisons
) -> None:
    assert actions(delete, step(action, comparison, NEW)) == [_A.REPORT, action]


def test_where_nothing_is_done_about_its_place_it_is_not_deleted() -> None:
    assert actions(LOSES_HERE) == [_A.REPORT]
    assert actions(LOSES_THERE) == [_A.REPORT]


def test_what_stands_nowhere_is_deleted() -> None:
    delete = step(_A.DELETE_LOCAL, _C.REMOTE_DELETED)
    assert actions(delete) == [_A.DELETE_LOCAL]


def test_another_service_does_not_delete_it_either() -> None:
    told = step(_A.REPORT, _C.REMOTE_DELETED, service="flickr", stands=True)
    delete = step(_A.DELETE_LOCAL, _C.REMOTE_DELETED)
    assert actions(told, delete) == [_A.REPORT] * 2


@pytest.mark.parametrize(
    ("md5", "action"), [("x", _A.DELETE_LOCAL), ("y", _A.REPORT), (None, _A.REPORT)]
)
def test_another_service_may_bring_it_if_that_is_known_to_be_the_same(
    md5: str | None, action: Actions
) -> None:
    own = step(_A.DOWNLOAD_REMOTE, _C.REMOTE_ONLY, NEW, md5="x")
    other = step(_A.DOWNLOAD_REMOTE, _C.REMOTE_ONLY, NEW, "flickr", md5=md5)
    # The first of two that bring a photo to one place wins.
    assert actions(other, LOSES_HERE, own)[1] is action


def test_what_is_sent_from_there_is_not_written_over_meanwhile() -> None:
    own = step(_A.UPLOAD_LOCAL, _C.LOCAL_ONLY, NEW)
    edit = step(_A.DOWNLOAD_REMOTE, _C.REMOTE_NEWER, NEW, "flickr", md5="y")
    assert actions(LOSES_THERE, own, edit)[0] is _A.REPORT


def test_what_is_no_delete_stays_as_it_is() -> None:
    upload = step(_A.UPLOAD_LOCAL, _C.REMOTE_DELETED, stands=True)
    assert actions(upload) == [_A.UPLOAD_LOCAL]
