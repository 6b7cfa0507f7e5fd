"""Whatever goes wrong between us and Drive: a run ends well, or names what it could not
do.

Then one run without faults makes both sides equal; nothing is there twice, and nothing
is lost.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from harness.drive_world import DriveWorld, world_below
from harness.spread import spread
from harness.worlds import WHEN

from photosync.cli.app import main
from photosync.emulators.drive import Fault
from photosync.emulators.drive.identity import DRIVE

LARGE = os.urandom(8 * 1024 * 1024 + 5)
PAST = "2020-01-01T00:00:00Z"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DriveWorld]:
    for world in world_below(tmp_path):
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        # The first call of every run finds its token expired.
        world.sign_in(DRIVE, expiry=PAST)
        yield world


def fill(world: DriveWorld, *, large: bool = True) -> None:
    """Photos to upload, a large one in chunks, to download, to replace, and to leave
    alone.
    """
    world.there("Zoo/same.jpg", b"same")
    world.here("Zoo/same.jpg", b"same")
    world.here("Zoo/new.jpg", b"new")
    world.here("Here/one.jpg", b"one")
    world.here("Here/two's \\ name.jpg", b"two\r")
    if large:
        world.here("Large/large.jpg", LARGE)
    for number in range(3):
        world.there(f"Zoo/older {number}.jpg", b"older %d" % number)
        world.here(f"Zoo/older {number}.jpg", b"newer %d" % number, WHEN + 5000)
    world.there("Zoo/far.jpg", os.urandom(3000))
    world.there("There/far.jpg", os.urandom(200_000))
    world.there("There/empty.jpg", b"")
    world.drive.traffic.reset()


SYNC = ("-p", "drive", "-m", "sync", "--override", "CONFLICT=REPLACE_REMOTE_WITH_LOCAL")
MIRROR = ("-p", "drive", "-m", "syncUpload", "--allowDelete", "remote", "--purge")
REMOTE_ONLY = frozenset({"Zoo/far.jpg", "There/far.jpg", "There/empty.jpg"})


def digests(photos: dict[str, bytes]) -> dict[str, str]:
    """Short enough to be read when they differ."""
    return {
        path: hashlib.sha256(data).hexdigest()[:12] for path, data in photos.items()
    }


def wanted(world: DriveWorld, argv: Sequence[str]) -> dict[str, str]:
    """What both sides are to hold in the end."""
    there = world.photos() if tuple(argv[: len(SYNC)]) == SYNC else {}
    return digests(there | world.library())


def named(path: str, text: str) -> bool:
    """Whether a photo is named among the problems, or its album, or the whole
    service.
    """
    album = path.partition("/")[0]
    whole = text.startswith(("Drive: ", "Drive is ", "Drive asks ", "Drive sent "))
    return path in text or f"Drive {album}: " in text or whole


def kept(world: DriveWorld, before: dict[str, str]) -> set[str]:
    """Which of these contents are still on Drive: as they are, in the trash, or as
    revisions.
    """
    held = set()
    for file in world.drive.web.everything():
        if file["id"] in before and (
            file["md5Checksum"] == before[file["id"]]
            or world.drive.web.revision_count(file["id"]) > 1
        ):
            held.add(file["id"])
    return held


def originals(world: DriveWorld) -> dict[str, str]:
    return {
        file["id"]: file["md5Checksum"]
        for file in world.drive.web.everything()
        if "md5Checksum" in file
    }


def check(
    world: DriveWorld,
    capsys: pytest.CaptureFixture[str],
    argv: Sequence[str],
    *faults: Fault,
) -> int:
    """Run with the faults and once more without; the first run's exit code."""
    # Sending a large photo takes most of the time, and most methods have nothing to do
    # with it.
    methods = {fault.method.partition(".")[0] for fault in faults}
    fill(world, large=not methods or not methods.isdisjoint({"upload", "*"}))
    goal, before, mine = wanted(world, argv), originals(world), world.library()
    world.drive.plan(*faults)
    # Of one reason only the first photos are named, unless all are asked for.
    code = main(["-d", str(world.local), *argv, "-v"])
    told = capsys.readouterr()
    assert code in {0, 1}, told.err
    sides = (digests(world.photos()), digests(world.library()))
    undone = [
        path for path in goal if any(side.get(path) != goal[path] for side in sides)
    ]
    undone += [path for path in sides[0] if path not in goal]
    assert bool(undone) <= (code == 1), f"not told of {undone}"
    assert [path for path in undone if not named(path, told.err)] == [], told.err
    world.drive.traffic.clear_faults()
    assert main(["-d", str(world.local), *argv]) == 0, capsys.readouterr().err
    assert digests(world.photos()) == goal
    assert digests(world.library()) == goal
    assert "--no-trash" in argv or kept(world, before) == before.keys()
    assert mine.items() <= world.library().items()
    assert not list(world.local.rglob(".photosync-part*"))
    return code


# -- what the client calls
# -----------------------------------------------------------------

SYNC_METHODS = (
    "changes.getStartPageToken",
    "changes.list",
    "files.create",
    "files.download",
    "files.generateIds",
    "files.get",
    "files.list",
    "files.update",
    "oauth.token",
    "upload.chunk",
    "upload.start",
)


def test_the_methods_of_a_sync_are_those_that_are_disturbed_here(
    world: DriveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(world, capsys, SYNC) == 0
    assert sorted(world.drive.calls) == sorted(SYNC_METHODS)


def test_the_methods_of_a_mirror_are_those_that_are_disturbed_here(
    world: DriveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(world, capsys, MIRROR) == 0
    assert set(world.drive.calls) - set(SYNC_METHODS) == set()
    assert "There" in world.trashed()


# -- passing faults: the run does not even fail
# --------------------------------------------

PASSING = {
    "three times 500": Fault("*", "status", status=500, after=1, times=3),
    "503 as HTML": Fault("*", "html", status=503),
    "cut before": Fault("*", "cut_before"),
    "cut midway": Fault("*", "cut_midway"),
    "twice cut after": Fault("*", "cut_after", times=2),
    "truncated": Fault("*", "truncate"),
    "slow": Fault("*", "slow", seconds=0.02),
    "expired token": Fault("*", "expire_token"),
}


@pytest.mark.parametrize(("method", "kind"), spread(SYNC_METHODS, list(PASSING)))
def test_a_passing_fault_is_not_noticed(
    world: DriveWorld, capsys: pytest.CaptureFixture[str], method: str, kind: str
) -> None:
    fault = PASSING[kind]
    if (method, fault.kind) == ("oauth.token", "expire_token"):
        pytest.skip("who asks for a token shows none")
    assert check(world, capsys, SYNC, replace(fault, method=method)) == 0


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_while_asking_where_an_upload_stands_is_not_noticed(
    world: DriveWorld, capsys: pytest.CaptureFixture[str], fault: Fault
) -> None:
    cut = Fault("upload.chunk", "cut_midway")
    assert check(world, capsys, SYNC, cut, replace(fault, method="upload.status")) == 0
    assert world.drive.calls["upload.status"] > 0


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_of_a_delete_is_not_noticed(
    world: DriveWorld, capsys: pytest.CaptureFixture[str], fault: Fault
) -> None:
    # The first three updates are the replaces.
    assert (
        check(world, capsys, MIRROR, replace(fault, method="files.update", after=3))
        == 0
    )


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_of_a_delete_for_good_is_not_noticed(
    world: DriveWorld, capsys: pytest.CaptureFixture[str], fault: Fault
) -> None:
    argv = (*MIRROR, "--no-trash")
    assert check(world, capsys, argv, replace(fault, method="files.delete")) == 0
    assert world.drive.calls["files.delete"] >= 3


@pytest.mark.parametrize("method", ["files.list", "files.create"])
def test_a_rate_limit_is_waited_for(
    world: DriveWorld, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    limit = Fault(method, "status", status=403, reason="userRateLimitExceeded")
    assert check(world, capsys, SYNC, limit) == 0


# -- lasting faults: what could not be done is named
# ---------------------------------------

LASTING = {
    "500": Fault("*", "status", status=500, times=None),
    "cut before": Fault("*", "cut_before", times=None),
    "cut after": Fault("*", "cut_after", times=None),
    "403 forbidden": Fault("*", "status", status=403, reason="forbidden", times=None),
    "404": Fault("*", "status", status=404, reason="notFound", times=None),
}


@pytest.mark.parametrize(
    ("method", "kind"),
    spread([one for one in SYNC_METHODS if one != "oauth.token"], list(LASTING)),
)
def test_a_lasting_fault_is_named_and_healed_by_the_next_run(
    world: DriveWorld, capsys: pytest.CaptureFixture[str], method: str, kind: str
) -> None:
    check(world, capsys, SYNC, replace(LASTING[kind], method=method))


@pytest.mark.parametrize("method", ["files.get", "files.update", "files.delete"])
@pytest.mark.parametrize("fault", LASTING.values(), ids=LASTING.keys())
def test_a_lasting_fault_of_a_delete_is_named_and_healed_by_the_next_run(
    world: DriveWorld, capsys: pytest.CaptureFixture[str], method: str, fault: Fault
) -> None:
    if fault.status == 404:
        pytest.skip("a photo that is not there any more counts as deleted")
    argv = (*MIRROR, "--no-trash") if method == "files.delete" else MIRROR
    check(world, capsys, argv, replace(fault, method=method))


@pytest.mark.parametrize("after", [1, 4, 9, 15])
@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_connection_that_dies_for_good_in_the_middle_loses_nothing(
    world: DriveWorld, capsys: pytest.CaptureFixture[str], kind: str, after: int
) -> None:
    fault = replace(LASTING[kind.replace("_", " ")], after=after)
    check(world, capsys, SYNC, fault)


# A body of JSON has no checksum of its own, and TLS lets none arrive altered. What
# carries the bytes of photos, or tells of bytes just stored, is compared all the same.
@pytest.mark.parametrize(
    "method",
    [
        "files.create",
        "files.download",
        "files.generateIds",
        "files.update",
        "upload.chunk",
    ],
)
@pytest.mark.parametrize("times", [1, None])
def test_altered_bytes_are_noticed(
    world: DriveWorld,
    capsys: pytest.CaptureFixture[str],
    method: str,
    times: int | None,
) -> None:
    check(world, capsys, SYNC, Fault(method, "corrupt", times=times))


def test_an_altered_token_is_asked_for_again(
    world: DriveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    check(world, capsys, SYNC, Fault("oauth.token", "corrupt"))


# -- what stops a service
# ------------------------------------------------------------------


def test_a_service_out_of_quota_stops_alone(
    world: DriveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(world)
    backup = world.top / "backup"
    backup.mkdir()
    limit = Fault("files.create", "status", None, 1, 403, "dailyLimitExceeded")
    world.drive.plan(limit)
    scope = f"drive,folder:{backup}"
    both = ["-d", str(world.local), "-p", scope, "-m", "upload", *SYNC[-2:]]
    assert main(both) == 1
    told = capsys.readouterr().err
    assert "today's quota of Drive calls is used up" in told
    assert len(list(backup.glob("*/*"))) == len(world.library())
    assert world.drive.calls["files.create"] < 8, (
        "it went on though nothing is possible"
    )
    world.drive.traffic.clear_faults()
    assert main(both) == 0
    assert world.library().items() <= world.photos().items()


def test_a_full_account_stops_uploads_while_downloads_and_deletes_go_on(
    world: DriveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(world)
    world.drive.settings.quota_limit = 1
    assert main(["-d", str(world.local), *SYNC]) == 1
    told = capsys.readouterr().err
    assert "the Google account is full; see photosync --check" in told
    assert world.library().keys() >= REMOTE_ONLY
    for path in REMOTE_ONLY:
        (world.local / path).unlink()
    mirror = ["-d", str(world.local), *MIRROR]
    assert main(mirror) == 1
    # Zoo is spoilt by the failed uploads into it: there nothing is deleted.
    assert {path for path in world.photos() if path in REMOTE_ONLY} == {"Zoo/far.jpg"}


def test_a_drive_api_that_was_never_enabled_is_told_with_its_page(
    world: DriveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(world)
    world.drive.plan(Fault("files.list", "status", None, 0, 403, "accessNotConfigured"))
    assert main(["-d", str(world.local), *SYNC]) == 1
    told = capsys.readouterr().err
    assert "https://console.cloud.google.com/apis/library/drive.googleapis.com" in told


def test_an_unknown_album_loses_nothing(
    world: DriveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(world)
    before = world.drive.web.everything()
    world.drive.plan(Fault("files.list", "status", None, 3))
    assert main(["-d", str(world.local), *MIRROR]) == 1
    assert "Drive Zoo: " in capsys.readouterr().err
    now = {file["id"]: file for file in world.drive.web.everything()}
    assert all(now[file["id"]] == file for file in before)
