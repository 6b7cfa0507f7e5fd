"""Disks that take `Rome` and `rome` for one name, and refuse names like `a:b`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.disks_without_case import mount_without_case
from harness.three_sides import picture, world_of

from cli.conftest import World
from cli.trees import NEWER, Photo, files

SYNC = ("-m", "sync", "--allowDelete", "both")


@pytest.fixture(params=["here", "there"])
def side(request: pytest.FixtureRequest, world: World) -> Iterator[str]:
    """The side that is such a disk."""
    with mount_without_case(world.local if request.param == "here" else world.remote):
        yield request.param


@pytest.fixture
def disk(side: str, world: World) -> Path:
    return world.local if side == "here" else world.remote


@pytest.fixture
def other(side: str, world: World) -> Path:
    return world.remote if side == "here" else world.local


def put(folder: Path, path: str, data: bytes) -> None:
    Photo(data).write(folder / path)


def contents(folder: Path) -> dict[str, bytes]:
    return {path: photo.data for path, photo in files(folder).items()}


@pytest.mark.parametrize("kind", ["an empty disk", "one with photos"])
def test_two_albums_that_the_disk_takes_for_one_are_named_and_left_alone(
    world: World, disk: Path, other: Path, kind: str
) -> None:
    if kind != "an empty disk":
        put(disk, "Oslo/x.jpg", b"x")
        assert world.sync(*SYNC).code == 0
    for path in ("Rome/a.jpg", "Rome/b.jpg", "rome/b.jpg", "rome/c.jpg"):
        put(other, path, path.encode())
    before = contents(other)
    for _ in range(2):
        assert world.sync(*SYNC).code == 1
        assert contents(other) == before
    result = world.sync(*SYNC)
    # On an empty disk whichever came first.
    both = ["Rome", "rome"]
    (there,) = {folder.name for folder in disk.iterdir()} & set(both)
    both.remove(there)
    (refused,) = both
    reason = f"a disk takes the album {there} for the same; rename one of the two"
    assert result.err == f"{refused}: {reason}; left alone\n"
    assert before.items() - contents(disk).items() == {
        (path, data) for path, data in before.items() if path.startswith(f"{refused}/")
    }
    (other / refused).rename(other / "Roma")
    assert world.sync(*SYNC).code == 0
    assert contents(disk) == contents(other)


def test_two_photos_that_the_disk_takes_for_one_are_named_and_left_alone(
    world: World, disk: Path, other: Path
) -> None:
    put(other, "Trip/a.jpg", b"small")
    put(other, "Trip/A.jpg", b"capital")
    for _ in range(3):
        result = world.sync(*SYNC)
        assert result.code == 1
        (line,) = result.err.splitlines()
        assert re.search("takes the names [aA].jpg and [aA].jpg for one; rename", line)
        assert len(contents(disk)) == 1
        assert contents(disk).items() <= contents(other).items()
        assert len(contents(other)) == 2
    (other / "Trip/a.jpg").rename(other / "Trip/b.jpg")
    for _ in range(2):
        assert world.sync(*SYNC).code == 0
    assert contents(disk) == contents(other)


@pytest.mark.parametrize("changed", ["disk", "other"])
@pytest.mark.parametrize(
    ("old", "new"), [("Rome/a.jpg", "Rome/A.JPG"), ("Rome", "rome")]
)
def test_a_change_of_case_goes_to_the_other_side(
    world: World, disk: Path, other: Path, changed: str, old: str, new: str
) -> None:
    put(disk, "Rome/a.jpg", b"a")
    put(disk, "Rome/b.jpg", b"b")
    assert world.sync(*SYNC).code == 0
    place = disk if changed == "disk" else other
    (place / old).rename(place / "third.jpg")
    (place / "third.jpg").rename(place / new)
    result = world.sync(*SYNC)
    assert (result.code, result.err) == (0, "")
    wanted = {path.replace(old, new): data for path, data in before().items()}
    assert contents(disk) == contents(other) == wanted
    assert world.sync(*SYNC).steps == []


@pytest.mark.parametrize("changed", ["disk", "other"])
def test_a_photo_that_was_edited_and_respelt_stays_one(
    world: World, disk: Path, other: Path, changed: str
) -> None:
    put(disk, "Rome/a.jpg", b"a")
    put(disk, "Rome/b.jpg", b"b")
    assert world.sync(*SYNC).code == 0
    place = disk if changed == "disk" else other
    (place / "Rome/a.jpg").unlink()
    Photo(b"edited", NEWER).write(place / "Rome/A.jpg")
    for _ in range(2):
        result = world.sync(*SYNC)
        assert (result.code, result.err) == (0, "")
    assert world.sync(*SYNC).steps == []
    wanted = {"Rome/A.jpg": b"edited", "Rome/b.jpg": b"b"}
    assert contents(disk) == contents(other) == wanted


def before() -> dict[str, bytes]:
    return {"Rome/a.jpg": b"a", "Rome/b.jpg": b"b"}


NAMES = (
    "12:30.jpg",
    'why? "so" *.jpg',
    "<a|b>.jpg",
    "back\\slash.jpg",
    "tab\t!.jpg",
    "100%.jpg",
)


def test_what_the_disk_refuses_is_escaped_and_comes_back_as_it_was(
    world: World, disk: Path, other: Path
) -> None:
    for name in NAMES:
        put(other, f"Trip/{name}", name.encode())
        put(other, f"{name.removesuffix('.jpg')}/a.jpg", name.encode())
    put(other, "Etc.../a.jpg", b"dots")
    put(other, "Etc/a.jpg", b"no dots")
    wanted = contents(other)
    assert world.sync(*SYNC, "--exclude", "^@eaDir$").code == 0
    assert "Trip/12%u003A30.jpg" in contents(disk)
    assert sorted(contents(disk).values()) == sorted(wanted.values())
    result = world.sync(*SYNC, "-c", "7")
    assert (result.code, result.err, result.steps) == (0, "", [])
    again = World(world.top, "again")
    again.local.mkdir()
    if disk == world.remote:
        assert again.sync("-m", "download").code == 0
        assert contents(again.local) == wanted


def test_an_edit_or_a_delete_of_an_escaped_name_finds_its_photo(
    world: World, disk: Path, other: Path
) -> None:
    for name in ("a:b.jpg", "c:d.jpg", "e:f.jpg"):
        put(other, f"Trip: one/{name}", name.encode())
    assert world.sync(*SYNC).code == 0
    (other / "Trip: one/a:b.jpg").unlink()
    (other / "Trip: one/c:d.jpg").rename(other / "Trip: one/x:y.jpg")
    assert world.sync(*SYNC).code == 0
    assert contents(disk) == {
        "Trip%u003A one/x%u003Ay.jpg": b"c:d.jpg",
        "Trip%u003A one/e%u003Af.jpg": b"e:f.jpg",
    }
    (other / "Trip: one").rename(other / "Trip? two")
    assert world.sync(*SYNC).code == 0
    assert {path.partition("/")[0] for path in contents(disk)} == {"Trip%u003F two"}
    assert world.sync(*SYNC).steps == []


@pytest.mark.parametrize("service", ["drive", "flickr"])
def test_a_service_tells_apart_what_the_disk_here_does_not(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as made:
        made.local.top.mkdir(exist_ok=True)
        with mount_without_case(made.local.top):
            put(made.local.top, "Oslo/x.jpg", picture("x"))
            assert made.sync().code == 0
            there = made.remotes[0]
            for path in ("12:30/a?.jpg", "Rome/a.jpg", "Rome/A.jpg", "rome/b.jpg"):
                there.add(path, picture(path))
            before = there.ids()
            for _ in range(2):
                result = made.sync()
                assert result.code == 1
                assert "rome: a disk takes the album Rome for the same" in result.err
                assert re.search("the names [aA].jpg and [aA].jpg for one", result.err)
                assert len(result.err.splitlines()) == 2
            assert there.ids() == before
            here = contents(made.local.top)
            assert here.keys() - {"Rome/a.jpg", "Rome/A.jpg"} == {
                "Oslo/x.jpg",
                "12%u003A30/a%u003F.jpg",
            }
            # What Flickr deletes for good is kept here first.
            (made.local.top / "12%u003A30/a%u003F.jpg").unlink()
            made.sync()
            assert before.keys() - there.ids().keys() == {"12:30/a?.jpg"}
            kept = made.local.trash() + there.trash()
            assert kept == [picture("12:30/a?.jpg")]
