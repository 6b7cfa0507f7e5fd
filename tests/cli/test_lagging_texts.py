"""Lists of Flickr that tell the old title, description or tags of a photo for a while: what
was just written is neither undone here nor written twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.photos_world import calm, flickr_of, went_well
from harness.three_sides import World, picture, world_of

from cli.test_photos_details import describe

LAG = 600.0
PATH = "Rome/a.jpg"
SIDECARS = "--sidecars"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "flickr") as world:
        world.local.add(PATH, picture(PATH))
        world.local.add("Oslo/z.jpg", picture("z"))
        describe(world, PATH, "Old", "Old text", "one", "two")
        flickr = flickr_of(world).emulator
        for _ in range(2):
            went_well(world.sync(SIDECARS))
            flickr.clock.advance(3600)
        flickr.settings.texts_lag = LAG
        yield world


def pass_time(world: World, *argv: str) -> None:
    """Runs while the lists lag, and one afterwards: none has anything to do."""
    for seconds in (1, 60, 500, 60, 3600):
        flickr_of(world).emulator.clock.advance(seconds)
        calm(world, *argv)


@pytest.mark.parametrize(
    "edit",
    [
        ("New", "Old text", "one", "two"),
        ("Old", "New text", "one", "two"),
        ("Old", "Old text", "one", "three"),
        ("", "", "four"),
    ],
)
def test_details_that_were_sent_do_not_come_back(
    world: World, edit: tuple[str, ...]
) -> None:
    title, text, *keywords = edit
    sidecar = describe(world, PATH, title, text, *keywords)
    before = sidecar.read_bytes()
    went_well(world.sync(SIDECARS))
    pass_time(world, SIDECARS)
    assert sidecar.read_bytes() == before
    web = flickr_of(world).emulator.web
    photo = flickr_of(world).ids()[PATH]
    assert (web.get(photo)["title"], web.get(photo)["description"]) == (
        title or "a.jpg",
        text,
    )
    tags = {tag for tag in web.raw_tags(photo) if not tag.startswith("photosync:")}
    assert tags == set(keywords)


@pytest.mark.parametrize("target", ["Rome/new.jpg", "Oslo/new.jpg"])
def test_a_photo_renamed_here_keeps_its_name(world: World, target: str) -> None:
    for ending in ("", ".xmp"):
        file = world.local.top / f"{PATH}{ending}"
        file.rename(world.local.top / f"{target}{ending}")
    went_well(world.sync())
    pass_time(world)
    assert set(flickr_of(world).photos()) == {target, "Oslo/z.jpg"}
    assert target in world.local.photos()


def test_what_a_person_writes_there_meanwhile_comes_home(world: World) -> None:
    sidecar = describe(world, PATH, "New", "Old text", "one", "two")
    went_well(world.sync(SIDECARS))
    flickr = flickr_of(world)
    flickr.emulator.web.edit(flickr.ids()[PATH], description="Written there")
    flickr.emulator.clock.advance(2 * LAG)
    went_well(world.sync(SIDECARS))
    calm(world, SIDECARS)
    assert "New" in sidecar.read_text()
    assert "Written there" in sidecar.read_text()
