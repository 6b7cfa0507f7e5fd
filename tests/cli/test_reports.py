"""--report writes down what was or would be done, for people and for scripts."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from harness.three_sides import picture, world_of

from cli.command import refused
from cli.conftest import World
from photosync.cli.report.thumbnails import Thumbnails, make_thumbnail

SCHEMA = json.loads((files("photosync.cli.report") / "report.schema.json").read_text())


def read(path: Path) -> Any:
    content = json.loads(path.read_text())
    jsonschema.validate(content, SCHEMA)
    return content


def test_what_would_be_done_and_what_was_done_are_told_alike(world: World) -> None:
    report = world.top / "report.json"
    world.here("album/a.jpg")
    world.here("album/closed.jpg").chmod(0)
    world.there("album/there.jpg")
    assert world.sync("-t", "--report", report).code == 0
    looked = read(report)
    results = {step["name"]: step["result"] for step in looked["steps"]}
    assert looked["dry_run"]
    assert results == {
        "a.jpg": "planned",
        "closed.jpg": "planned",
        "there.jpg": "left alone",
    }
    page = world.top / "page.html"
    reports = ("--report", report, "--report", page)
    assert world.sync(*reports, unprivileged=True).code == 1
    # On the page stands first what went wrong, and no bar counts it as uploaded.
    shown = page.read_text()
    assert shown.index("<bdi>closed.jpg") < shown.index("<bdi>a.jpg")
    assert "! failed</span>" in shown
    done = {step["name"]: step for step in read(report)["steps"]}
    assert done["a.jpg"]["result"] == "done"
    assert done["there.jpg"]["result"] == "left alone"
    assert done["closed.jpg"]["result"] == "failed"
    assert "permission denied" in done["closed.jpg"]["failure"]


def test_what_may_cost_a_photo_stands_before_what_is_new(world: World) -> None:
    page = world.top / "page.html"
    for name in ("old.jpg", "kept.jpg"):
        world.here(f"album/{name}", name.encode())
    assert world.sync("-m", "sync").code == 0
    (world.local / "album/old.jpg").unlink()
    for number in range(300):
        world.here(f"album/{number}.jpg", b"")
    delete = ("--allowDelete", "remote")
    assert world.sync("-m", "sync", "-t", *delete, "--report", page).code == 0
    shown = page.read_text()
    assert shown.index("<bdi>old.jpg") < shown.index("<bdi>0.jpg")
    assert '<span class="mark" data-mark="-"' in shown
    # One of three hundred has a bar, too.
    assert 'width="1%"' in shown
    assert 'width="0%"' not in shown


def test_nothing_to_do_is_a_report_too(world: World) -> None:
    page, data = world.top / "report.html", world.top / "report.json"
    assert world.sync("--report", page, "--report", data).code == 0
    assert read(data)["steps"] == []
    assert "Nothing to do" in page.read_text()
    # The page names folders and photos: it is for its owner.
    assert page.stat().st_mode & 0o777 == 0o600


def test_a_report_goes_to_a_page_or_to_json(world: World) -> None:
    refused(
        world.sync("--report", world.top / "report.pdf"),
        f"--report: '{world.top}/report.pdf' must end in .html or .json",
    )
    refused(
        world.sync("--report", world.top / "no" / "report.json"),
        f"--report: {world.top}/no/report.json cannot be written (No such file or directory)",
    )


def test_a_report_that_cannot_be_written_takes_nothing_from_the_run(
    world: World,
) -> None:
    world.here("album/a.jpg")
    blocked = world.top / "report.json"
    blocked.symlink_to("/dev/full")
    result = world.sync("--report", blocked)
    assert result.code == 1
    assert f"--report: {blocked} cannot be written" in result.err
    assert "Done in" in result.out
    assert (world.remote / "album" / "a.jpg").exists()


@pytest.mark.parametrize("data", [b"", b"no picture", b"%!PS\n(x) run", b"GIF89a"])
def test_what_holds_no_picture_has_no_small_one(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    assert make_thumbnail(str(path)) == ""


def test_a_page_holds_so_many_pictures_and_counts_the_others(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415

    path = tmp_path / "a.png"
    Image.new("RGBA", (900, 300), "red").save(path)
    thumbnails = Thumbnails(most=2)
    made = [thumbnails.make(str(path)) for _ in range(3)]
    assert made[0].startswith("data:image/jpeg;base64,")
    assert (made[2], thumbnails.skipped) == ("", 1)
    assert len(made[0]) < 12_000


def test_of_many_pictures_those_shown_are_spread_evenly(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(picture("a"))
    thumbnails = Thumbnails(most=3, expected=9)
    shown = [bool(thumbnails.make(str(photo))) for _ in range(9)]
    assert shown == [False, False, True] * 3
    assert thumbnails.skipped == 6


@pytest.mark.parametrize("service", ["folder", "drive", "flickr"])
def test_what_is_only_there_is_shown_too(tmp_path: Path, service: str) -> None:
    with world_of(tmp_path, service) as sides:
        sides.local.add("Rome/here.jpg", picture("here"))
        sides.remotes[0].add("Rome/there.jpg", picture("there"))
        page = tmp_path / "page.html"
        assert sides.sync("--test", "--report", str(page)).code == 0
        assert page.read_text().count('src="data:image/jpeg') == 2
