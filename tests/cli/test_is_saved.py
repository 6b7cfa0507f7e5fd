"""--is-saved: the question before a memory card is formatted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from harness.three_sides import World as Sides
from harness.three_sides import picture, world_of

from cli.command import Result, refused, run
from cli.conftest import World


def ask(world: World, card: Path) -> Result:
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    return run(*places, "--is-saved", card)


def test_of_a_thousand_files_those_that_are_new_or_differ_by_a_byte_are_named(
    world: World,
) -> None:
    for number in range(1000):
        world.here(f"album {number % 7}/{number}.jpg", b"photo %04d" % number)
    card = world.top / "card" / "DCIM"
    card.mkdir(parents=True)
    for number in range(997):
        # The camera called it otherwise.
        (card / f"IMG_{number}.JPG").write_bytes(b"photo %04d" % number)
    for number in (5, 6):
        (card / f"IMG_{number}.JPG").write_bytes(b"phot0 %04d" % number)
    for number in range(3):
        (card / f"NEW_{number}.JPG").write_bytes(b"new %d" % number)
    (card / ".DS_Store").write_bytes(b"of the system")
    said = ask(world, card.parent)
    assert (said.code, said.err) == (1, "")
    assert said.out.startswith(f"1,000 files in {card.parent}, compared")
    assert "995 in the library" in said.out
    assert "5 nowhere else" in said.out
    named = [line for line in said.out.splitlines() if line.startswith("nowhere")]
    assert named == [
        f"nowhere else: {card}/{name}.JPG"
        for name in ("IMG_5", "IMG_6", "NEW_0", "NEW_1", "NEW_2")
    ]
    assert not world.home.exists()


@pytest.mark.parametrize("service", ["folder", "drive", "flickr"])
def test_what_only_a_service_holds_is_saved_as_well(
    tmp_path_factory: pytest.TempPathFactory, service: str
) -> None:
    with world_of(tmp_path_factory.mktemp("card"), service) as world:
        check_service(world)


def check_service(world: Sides) -> None:
    for name in "ab":
        world.local.add(f"Rome/{name}.jpg", picture(name))
    # The second run compares by content, so that bytes are known and not believed.
    for _ in range(2):
        assert world.sync("-c", "7").code == 0
    card = world.top / "card"
    shutil.copytree(world.local.top / "Rome", card)
    world.local.delete("Rome/b.jpg")
    asked = ("--is-saved", str(card))
    assert world.sync(*asked).code == 0
    (card / "c.jpg").write_bytes(picture("c"))
    said = world.sync(*asked)
    assert said.code == 1
    assert "1 in the library" in said.out
    service = world.remotes[0].service
    known = {"drive": "Drive", "flickr": "Flickr"}
    if service in known:
        assert f"2 on {known[service]}, by memory alone, as of run 2 (" in said.out
    else:
        assert f"2 on {service.removeprefix('folder:')}, there now" in said.out
    assert f"nowhere else: {card}/c.jpg" in said.out


def know_copy(world: World) -> tuple[Path, Path]:
    """A photo that is only on a card and on the other disk, as a run has proved."""
    here = world.here("album/a.jpg", b"photo")
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    for _ in range(2):
        assert run(*places, "-m", "upload", "-c", "7").code == 0
    card = world.top / "card"
    card.mkdir()
    (card / "a.jpg").write_bytes(b"photo")
    here.unlink()
    return card, world.remote / "album" / "a.jpg"


def test_a_copy_that_is_no_longer_on_the_other_disk_is_not_counted(
    world: World,
) -> None:
    card, copy = know_copy(world)
    assert ask(world, card).code == 0
    copy.unlink()
    said = ask(world, card)
    assert said.code == 1
    assert f"1 once on {world.remote}, not there now: not counted" in said.out
    assert f"nowhere else: {card}/a.jpg" in said.out


def test_a_copy_with_another_date_is_read_again(world: World) -> None:
    card, copy = know_copy(world)
    os.utime(copy, (10**9, 10**9))
    assert ask(world, card).code == 0
    copy.write_bytes(b"edits")
    assert ask(world, card).code == 1


def test_the_only_copy_is_read_though_nothing_tells_of_a_lost_byte(
    world: World,
) -> None:
    card, copy = know_copy(world)
    before = copy.stat()
    copy.write_bytes(b"phota")
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))
    said = ask(world, card)
    assert said.code == 1
    assert f"nowhere else: {card}/a.jpg" in said.out


def test_the_disk_to_be_formatted_is_no_other_copy_of_itself(world: World) -> None:
    _, copy = know_copy(world)
    said = ask(world, world.remote)
    assert said.code == 1
    assert f"nowhere else: {copy}" in said.out


def test_a_file_that_cannot_be_read_is_not_called_saved(world: World) -> None:
    world.here("album/a.jpg")
    card = world.top / "card"
    card.mkdir()
    (card / "closed.jpg").touch(mode=0)
    places = ("--home", world.home, "-d", world.local)
    said = run(*places, "--is-saved", card, unprivileged=True)
    assert said.code == 1
    assert "closed.jpg (cannot be read: permission denied" in said.out


def test_hidden_photos_and_closed_folders_are_not_passed_over(world: World) -> None:
    world.here("album/a.jpg", b"a")
    card = world.top / "card"
    (card / ".private").mkdir(parents=True)
    (card / "a.jpg").write_bytes(b"a")
    (card / ".private" / "b.jpg").write_bytes(b"b")
    (card / "closed").mkdir()
    (card / "closed").chmod(0)
    places = ("--home", world.home, "-d", world.local)
    said = run(*places, "--is-saved", card, unprivileged=True)
    (card / "closed").chmod(0o755)
    assert said.code == 1
    named = [line for line in said.out.splitlines() if line.startswith("nowhere")]
    assert named == [
        f"nowhere else: {card}/.private/b.jpg",
        f"nowhere else: {card}/closed (cannot be read: Permission denied)",
    ]


def test_a_card_that_is_not_there_is_not_called_saved(world: World) -> None:
    world.here("album/a.jpg")
    card = world.top / "card"
    card.mkdir()
    refused(ask(world, card), f"--is-saved: {card} holds no file; is it mounted?")


def test_a_library_that_is_not_there_is_no_answer(world: World) -> None:
    card = world.top / "card"
    card.mkdir()
    (card / "IMG_1.JPG").write_bytes(b"a photo")
    world.local.rmdir()
    refused(ask(world, card), f"-d {world.local}: no such folder; is its disk mounted?")


def test_a_part_of_the_library_is_no_other_copy(world: World) -> None:
    world.here("album/a.jpg")
    inside = world.local / "album"
    refused(
        ask(world, inside),
        f"--is-saved: {inside} lies inside or around {world.local}, which is the library itself",
    )
    refused(
        ask(world, world.top / "no"),
        f"--is-saved: {world.top}/no is no folder that can be read",
    )
