"""The folded dry run: what may cost a photo is first, and nothing hides it."""

from __future__ import annotations

import re

from photosync.cli.dry_run.page import Look, describe_dry_run
from photosync.compare.findings import Findings
from photosync.compare.pairing import Pairing
from photosync.config.settings import Settings
from photosync.model import (
    Actions,
    Comparisons,
    LocalPhoto,
    Observations,
    Pair,
    Plan,
    Purge,
    RemoteAlbum,
    RemotePhoto,
    Side,
    Step,
)
from photosync.modes import MODES
from photosync.plan.duplicates import propose_duplicates
from photosync.plan.policy import Policy

A, C = Actions, Comparisons


def make_step(action: Actions, comparison: Comparisons, album: str) -> Step:
    local = LocalPhoto(f"/p/{album}/a.jpg", "", "a.jpg", 1000, 10**18)
    remote = RemotePhoto(f"{album}-a", "a.jpg", 1000, 10**18)
    return Step("drive", action, comparison, album, "a.jpg", local, remote)


def fold(plan: Plan) -> list[str]:
    return list(describe_dry_run(plan, Settings(), Look(fold=True, width=80)))


def test_many_removed_albums_are_counted() -> None:
    purges = tuple(
        Purge("drive", RemoteAlbum(str(number), f"Album {number}"))
        for number in range(100)
    )
    lines = fold(Plan((), purges=purges))
    assert len(lines) <= 40
    assert any("... and more albums: remove album 90" in line for line in lines)


def test_a_hundred_deletes_hide_no_conflict_and_tell_their_side() -> None:
    steps = [
        *(
            make_step(A.DELETE_REMOTE, C.LOCAL_DELETED, f"There {n}")
            for n in range(100)
        ),
        *(make_step(A.DELETE_LOCAL, C.REMOTE_DELETED, f"Here {n}") for n in range(100)),
        *(make_step(A.UPLOAD_LOCAL, C.LOCAL_ONLY, f"New {n}") for n in range(100)),
        make_step(A.REPORT, C.CONFLICT, "Rome"),
    ]
    plan = Plan(
        tuple(steps),
        counts={"drive": {C.CONFLICT: 1}},
        observations={"drive": Observations()},
    )
    lines = fold(plan)
    assert len(lines) <= 40
    head = [line.split("photo")[0].split() for line in lines[2:6]]
    assert head == [
        ["Drive", "-", "delete", "100"],
        ["-", "delete", "here", "100"],
        ["!", "left", "alone", "1"],
        ["+", "upload", "100"],
    ]
    assert "    Rome/a.jpg" in lines
    assert any("--override CONFLICT=KEEP_BOTH" in line for line in lines)
    assert any(line.startswith("  - delete here Here 0") for line in lines)
    more = next(line for line in lines if line.startswith("  ... and more albums"))
    counts = re.findall(r"\d+", more)
    assert len(counts) == 3
    assert len(set(counts)) == 1


def test_duplicates_of_several_photos_are_one_row_of_their_album() -> None:
    pairings: list[Pairing] = []
    for name in ("a.jpg", "b.jpg"):
        first = RemotePhoto(name, f"{name}1", 10, 1, "same")
        others = (first._replace(id=f"{name}2"), first._replace(id=f"{name}3"))
        pair = Pair("Rome", name, None, first)
        pairings.append(Pairing(pair, others))
    findings = Findings("drive", duplicates=pairings)
    policy = Policy(MODES["sync"], frozenset(Side), deletedups=True)
    lines = fold(Plan(tuple(propose_duplicates(findings, policy))))
    rows = [line.split("  ") for line in lines if "Rome" in line]
    (cells,) = ([cell.strip() for cell in row if cell] for row in rows)
    assert cells[:2] == ["- delete Rome", "4 photos"]
    assert cells[-1] == "a duplicate"


def test_blank_lines_part_what_is_told_and_none_follows_another() -> None:
    conflict = make_step(A.REPORT, C.CONFLICT, "Rome")
    upload = make_step(A.UPLOAD_LOCAL, C.LOCAL_ONLY, "Oslo")
    for steps in ((conflict,), (conflict, upload)):
        lines = fold(Plan(steps, observations={"drive": Observations()}))
        head = [line.startswith("! 1 photo left alone") for line in lines].index(True)
        assert lines[head - 1] == ""
        assert lines[head - 2] != ""
