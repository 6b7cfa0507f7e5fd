"""What belongs to a photo goes with it only from its own folder, and never as a loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from harness.proposals import amend

from photosync.compare.findings import Findings
from photosync.model import (
    Actions,
    Comparisons,
    LocalAlbum,
    LocalPhoto,
    Pair,
    RemotePhoto,
    Side,
    Step,
)
from photosync.modes import MODES
from photosync.naming import photo_key
from photosync.plan.companions import find_companions
from photosync.plan.contents import TrustedNames
from photosync.plan.policy import Policy
from photosync.plan.proposal import Limits, Proposal
from photosync.plan.rule_context import Sides

FLICKR, DRIVE = "flickr", "drive"
POLICY = Policy(MODES["sync"], frozenset(Side))
JPG = LocalPhoto("IMG_1.JPG", "/photos/Rome", "IMG_1.JPG", 1, 1)
RAW = LocalPhoto("IMG_1.CR2", "/photos/Rome", "IMG_1.CR2", 2, 1)
OTHER_RAW = RAW._replace(folder="/camera/Rome")
REMOTE = RemotePhoto("IMG_1.CR2", "2", 2, 1, "md5")
TAKES_NO_RAW = Proposal(FLICKR, (), Findings(FLICKR), limits=Limits(frozenset({"cr2"})))
HAS_THE_RAW = Proposal(
    DRIVE,
    (),
    Findings(DRIVE),
    equal={photo_key("Rome", RAW.name): Pair("Rome", RAW.name, RAW, REMOTE)},
)


def deleted(service: str) -> Step:
    return Step(
        service,
        Actions.DELETE_LOCAL,
        Comparisons.REMOTE_DELETED,
        "Rome",
        JPG.name,
        local=JPG,
        remote=RemotePhoto(JPG.name, "1", 1, 1),
    )


def moved(name: str = JPG.name) -> Step:
    lead = deleted(FLICKR)
    return replace(
        lead,
        action=Actions.MOVE_LOCAL,
        comparison=Comparisons.REMOTE_MOVED,
        album="Paris",
        name=name,
        origin=("Rome", JPG.name),
    )


def sides_of(proposals: Sequence[Proposal]) -> Sides:
    return Sides(POLICY, {one.service: one for one in proposals}, TrustedNames())


def companions(
    lead: Step, proposals: Sequence[Proposal], raw: LocalPhoto = RAW
) -> list[str]:
    """The further steps, each as service, action and place."""
    album = LocalAlbum("Rome", (JPG.folder, raw.folder), (JPG, raw))
    steps = find_companions([lead], sides_of(proposals), {"Rome": album, "rome": album})
    return [f"{one.service} {one.action} {one.album}/{one.name}" for one in steps]


def test_a_raw_picture_that_another_service_keeps_goes_with_its_photo() -> None:
    found = companions(deleted(FLICKR), [TAKES_NO_RAW, HAS_THE_RAW])
    assert found == [
        "flickr DELETE_LOCAL Rome/IMG_1.CR2",
        "drive DELETE_REMOTE Rome/IMG_1.CR2",
    ]


def test_one_that_exists_only_here_stays() -> None:
    assert companions(deleted(FLICKR), [TAKES_NO_RAW]) == []


def test_one_that_the_service_still_has_stays() -> None:
    assert companions(deleted(DRIVE), [HAS_THE_RAW]) == []


def test_one_that_was_edited_since_stays() -> None:
    edit = Step(
        DRIVE,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Comparisons.REMOTE_OLDER,
        "Rome",
        RAW.name,
        local=RAW,
        remote=REMOTE,
    )
    edited = replace(HAS_THE_RAW, steps=(edit,), equal={})
    album = LocalAlbum("Rome", (JPG.folder,), (JPG, RAW))
    lead = deleted(FLICKR)
    proposals = [TAKES_NO_RAW, edited]
    assert find_companions([lead, edit], sides_of(proposals), {"Rome": album}) == []


@pytest.mark.parametrize("lead", [deleted(FLICKR), moved()])
def test_one_that_a_filter_hides_stays(lead: Step) -> None:
    hidden = frozenset({photo_key("Rome", RAW.name)})
    proposals = [amend(TAKES_NO_RAW, hidden=hidden), HAS_THE_RAW]
    assert companions(lead, proposals) == []


@pytest.mark.parametrize("lead", [deleted(FLICKR), moved()])
def test_one_of_another_folder_of_the_album_stays(lead: Step) -> None:
    assert companions(lead, [TAKES_NO_RAW, HAS_THE_RAW], OTHER_RAW) == []


def test_a_move_takes_along_what_exists_only_here() -> None:
    assert companions(moved(), [TAKES_NO_RAW]) == ["flickr MOVE_LOCAL Paris/IMG_1.CR2"]


def test_a_companion_told_apart_by_its_folder_is_found_by_its_file_name() -> None:
    qualified = RAW._replace(name="Raw - IMG_1.CR2")
    assert companions(moved(), [TAKES_NO_RAW], qualified) == [
        "flickr MOVE_LOCAL Paris/Raw - IMG_1.CR2"
    ]
    assert companions(moved("Dusk.JPG"), [TAKES_NO_RAW], qualified) == [
        "flickr MOVE_LOCAL Paris/Dusk.CR2"
    ]


SIDECAR = LocalPhoto("IMG_1.xmp", "/photos/Rome", "IMG_1.xmp", 3, 1)
HAS_ALL = replace(
    HAS_THE_RAW,
    equal={
        photo_key("Rome", one.name): Pair("Rome", one.name, one, REMOTE)
        for one in (RAW, SIDECAR)
    },
)


def of_one_service(
    *photos: LocalPhoto, allowed: frozenset[Side] = frozenset(Side), **facts: Any
) -> list[str]:
    """The further steps after a delete on Drive, which has all of these."""
    album = LocalAlbum("Rome", (JPG.folder,), (JPG, *photos))
    proposal: Proposal = replace(HAS_ALL, **facts)
    policy = Policy(MODES["sync"], allowed)
    sides = Sides(policy, {DRIVE: proposal}, TrustedNames())
    steps = find_companions([deleted(DRIVE)], sides, {"Rome": album})
    return [f"{one.action} {one.name}" for one in steps]


def test_a_sidecar_goes_with_its_photo_on_both_sides() -> None:
    assert of_one_service(SIDECAR) == [
        "DELETE_LOCAL IMG_1.xmp",
        "DELETE_REMOTE IMG_1.xmp",
    ]


def test_a_sidecar_stays_with_the_raw_picture() -> None:
    assert of_one_service(SIDECAR, RAW) == []


def test_a_sidecar_that_may_not_be_deleted_there_stays() -> None:
    assert of_one_service(SIDECAR, allowed=frozenset({Side.LOCAL})) == []


def test_a_sidecar_of_which_memory_knows_nothing_stays() -> None:
    unproven = frozenset({photo_key("Rome", SIDECAR.name)})
    assert of_one_service(SIDECAR, unproven=unproven) == []
