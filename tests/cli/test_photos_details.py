"""Title, description, keywords and position of photos, in sidecars and on Flickr."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.photos_world import (
    SERVICES,
    calm,
    counted,
    drive_of,
    flickr_of,
    here,
    shot,
    side,
    went_well,
)
from harness.pictures import exiftool, needs_exiftool, retag
from harness.three_sides import Ended, World, run_here, world_of

A, B = "Rome/a.jpg", "Rome/b.jpg"
SIDECARS = "--sidecars"

SIDECAR = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:darktable="http://darktable.sf.net/"
   xmp:Rating="4"
   darktable:xmp_version="5">
   <darktable:history><rdf:Seq><rdf:li darktable:num="0"/></rdf:Seq></darktable:history>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>
   <dc:subject><rdf:Bag>{keywords}</rdf:Bag></dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def describe(world: World, path: str, title: str, text: str, *keywords: str) -> Path:
    """Write the sidecar of a photo, as darktable does; each is an hour later."""
    place = here(world, f"{path}.xmp")
    when = place.stat().st_mtime + 3600 if place.exists() else 1_500_000_000
    items = "".join(f"<rdf:li>{keyword}</rdf:li>" for keyword in keywords)
    place.write_text(SIDECAR.format(title=title, text=text, keywords=items))
    os.utime(place, (when, when))
    return place


EIFFEL = "48,51.4938N", "2,17.67E"


def place(world: World, path: str, north: str, east: str) -> Path:
    """Give the sidecar of a photo a position, as a program with a map does."""
    file = here(world, f"{path}.xmp")
    when = file.stat().st_mtime + 3600
    names = 'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmp:Rating="4"'
    told = f'{names} exif:GPSLatitude="{north}" exif:GPSLongitude="{east}"'
    file.write_text(file.read_text().replace('xmp:Rating="4"', told))
    os.utime(file, (when, when))
    return file


def asked(world: World, *argv: str) -> Ended:
    """A run of the command that keeps no sides equal."""
    world.configure()
    return run_here(["--home", str(world.home), *argv])


class Page:
    """The page of a photo on Flickr."""

    def __init__(self, world: World, path: str) -> None:
        self._web = flickr_of(world).emulator.web
        self._id = flickr_of(world).ids()[path]

    @property
    def title(self) -> str:
        return str(self._web.get(self._id)["title"])

    @property
    def text(self) -> str:
        return str(self._web.get(self._id)["description"])

    @property
    def keywords(self) -> set[str]:
        raws = self._web.raw_tags(self._id)
        assert sum(raw.startswith("photosync:") for raw in raws) == 2
        return {raw for raw in raws if not raw.startswith("photosync:")}

    @property
    def place(self) -> tuple[float, float, int]:
        photo = self._web.get(self._id)
        return photo["latitude"], photo["longitude"], photo["accuracy"]

    def edit(self, **facts: Any) -> None:
        self._web.edit(self._id, **facts)

    def add(self, *keywords: str) -> None:
        self._web.add_tags(self._id, *keywords)

    def remove(self, *keywords: str) -> None:
        self._web.remove_tags(self._id, *keywords)


def sidecar(world: World, path: str = A) -> dict[str, Any]:
    """What exiftool reads in the sidecar of a photo."""
    found = exiftool(here(world, f"{path}.xmp"))
    keywords = found.get("XMP-dc:Subject", [])
    return {
        "title": found.get("XMP-dc:Title", ""),
        "text": found.get("XMP-dc:Description", ""),
        "keywords": {keywords}
        if isinstance(keywords, str)
        else set(map(str, keywords)),
        "rating": found.get("XMP-xmp:Rating"),
    }


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One photo with a sidecar, on Flickr."""
    with world_of(tmp_path, "flickr") as world:
        shot(world, A, exif=b"")
        describe(world, A, "Dusk", "By the river", "Rome", "two words")
        went_well(world.sync(SIDECARS))
        yield world


def run(world: World, *argv: str, mode: str = "sync") -> Ended:
    return went_well(world.sync(SIDECARS, *argv, mode=mode))


def test_what_the_sidecar_tells_goes_up_with_the_photo(world: World) -> None:
    page = Page(world, A)
    assert (page.title, page.text) == ("Dusk", "By the river")
    assert page.keywords == {"Rome", "two words"}
    calm(world, SIDECARS)


def test_the_upload_takes_no_more_calls_for_it(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        shot(world, A, exif=b"")
        plain = counted(world, "flickr", lambda: went_well(world.sync()))
        shot(world, B, exif=b"", size=(70, 50))
        describe(world, B, "Dusk", "By the river", "Rome")
        world.forget()
        flickr_of(world).delete(A)
        (world.local.top / A).unlink()
        told = counted(world, "flickr", lambda: run(world))
        assert Page(world, B).title == "Dusk"
        assert told == plain


@needs_exiftool
@pytest.mark.parametrize("name", ["xmp", "iptc"])
def test_without_a_sidecar_the_file_itself_tells(tmp_path: Path, name: str) -> None:
    blocks = {
        "xmp": ("-XMP-dc:Title=Dusk", "-XMP-dc:Subject=Rome", "-XMP-dc:Description=x"),
        "iptc": (
            "-codedcharacterset=UTF8",
            "-IPTC:ObjectName=Dusk",
            "-IPTC:Keywords=Rome",
            "-IPTC:Caption-Abstract=x",
        ),
    }
    with world_of(tmp_path, "flickr") as world:
        photo = retag(shot(world, A), *blocks[name])
        retag(photo, "-EXIF:ImageDescription=OLYMPUS DIGITAL CAMERA")
        before = photo.read_bytes()
        run(world)
        page = Page(world, A)
        assert (page.title, page.text, page.keywords) == ("Dusk", "x", {"Rome"})
        calm(world, SIDECARS)
        page.edit(title="Dawn")
        run(world)
        assert photo.read_bytes() == before
        assert sidecar(world)["title"] == "Dawn"
        calm(world, SIDECARS)


def test_without_the_option_nothing_is_told(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        shot(world, A, exif=b"")
        describe(world, A, "Dusk", "By the river", "Rome")
        went_well(world.sync())
        page = Page(world, A)
        assert (page.title, page.text, page.keywords) == ("a.jpg", "", set())
        # And later all of it is.
        run(world)
        assert (page.title, page.text, page.keywords) == (
            "Dusk",
            "By the river",
            {"Rome"},
        )
        calm(world, SIDECARS)


def test_what_changes_here_goes_there(world: World) -> None:
    describe(world, A, "Dawn", "By the river", "Rome", "boat")
    looked = run(world, "--test")
    assert "details on Flickr" in looked.out
    assert "title, 2 keywords" in looked.out
    page = Page(world, A)
    page.add("seen")
    run(world)
    assert (page.title, page.text) == ("Dawn", "By the river")
    assert page.keywords == {"Rome", "boat", "seen"}


@needs_exiftool
def test_what_changes_there_comes_home(world: World) -> None:
    before = here(world, f"{A}.xmp").read_text()
    page = Page(world, A)
    page.edit(title="Dawn", description="Two\nlines & more")
    page.add("St. Peter", "boat")
    page.remove("two words")
    looked = run(world, "--test")
    assert "details here" in looked.out
    assert "title, description, 3 keywords" in looked.out
    run(world)
    found = sidecar(world)
    assert (found["title"], found["text"]) == ("Dawn", "Two\nlines & more")
    assert found["keywords"] == {"Rome", "St. Peter", "boat"}
    assert found["rating"] == 4
    after = here(world, f"{A}.xmp").read_text()
    for line in before.splitlines():
        assert line in after or "dc:" in line
    calm(world, SIDECARS)
    assert before.encode() in world.local.trash()


@needs_exiftool
def test_edits_on_both_sides_meet(world: World) -> None:
    page = Page(world, A)
    describe(world, A, "Dusk", "At the bank", "Rome", "two words", "boat")
    page.edit(title="Dawn")
    page.add("seen")
    page.remove("two words")
    ended = run(world)
    assert [step.split()[1] for step in ended.actions] == ["MERGE_METADATA"]
    everything = {"Rome", "boat", "seen"}
    assert (page.title, page.text, page.keywords) == ("Dawn", "At the bank", everything)
    found = sidecar(world)
    assert (found["title"], found["text"]) == ("Dawn", "At the bank")
    assert found["keywords"] == everything
    calm(world, SIDECARS)


@needs_exiftool
def test_what_both_changed_is_told_and_the_rest_merged(world: World) -> None:
    page = Page(world, A)
    describe(world, A, "Mine", "By the river", "Rome", "two words", "boat")
    page.edit(title="Theirs", description="new words")
    for _ in range(2):
        ended = world.sync(SIDECARS)
        assert ended.code == 0
        assert "title differs here and there" in ended.out
        assert (page.title, page.text) == ("Theirs", "new words")
        assert sidecar(world)["title"] == "Mine"
        assert sidecar(world)["text"] == "new words"
        assert "boat" in page.keywords
    # A person settles it.
    page.edit(title="Mine")
    calm(world, SIDECARS)


def test_nothing_to_do_takes_no_call_more(world: World) -> None:
    plain = counted(world, "flickr", lambda: calm(world, SIDECARS))
    assert counted(world, "flickr", lambda: calm(world, SIDECARS)) == plain
    assert not {"photos.getInfo", "photos.setMeta"} & plain.keys()


def test_what_flickr_makes_of_texts_is_no_edit(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        shot(world, A, exif=b"")
        text = "  &lt;p&gt;A &lt;b&gt;bold&lt;/b&gt; word &amp;amp; so &lt; on"
        describe(
            world,
            A,
            " Dusk &amp; dawn ",
            text,
            "St. Peter's",
            'q"uote',
            "\u65e5\u672c",
            "\U0001f355 pizza",
        )
        run(world)
        for _ in range(2):
            calm(world, SIDECARS)
        describe(
            world,
            A,
            "Other",
            text,
            "St. Peter's",
            'q"uote',
            "\u65e5\u672c",
            "\U0001f355 pizza",
        )
        run(world)
        calm(world, SIDECARS)


@needs_exiftool
def test_a_sidecar_that_was_cleaned_away_takes_nothing_away_there(world: World) -> None:
    here(world, f"{A}.xmp").unlink()
    run(world)
    page = Page(world, A)
    assert (page.title, page.keywords) == ("Dusk", {"Rome", "two words"})
    assert sidecar(world)["title"] == "Dusk"
    assert sidecar(world)["keywords"] == {"Rome", "two words"}
    calm(world, SIDECARS)


@needs_exiftool
def test_a_text_taken_away_on_one_side_goes_on_the_other(world: World) -> None:
    page = Page(world, A)
    describe(world, A, "", "By the river", "Rome", "two words")
    page.edit(description="")
    run(world)
    assert (page.title, page.text) == ("a.jpg", "")
    assert sidecar(world)["text"] == ""
    calm(world, SIDECARS)


@pytest.mark.parametrize("told", ["description", "tags", "geo"])
def test_what_a_listing_forgot_to_tell_stays_here(world: World, told: str) -> None:
    place(world, A, *EIFFEL)
    run(world)
    before = here(world, f"{A}.xmp").read_bytes()
    # Of what was written a moment ago the photo itself is asked.
    flickr_of(world).emulator.clock.advance(3600)
    settings = flickr_of(world).emulator.settings
    settings.untold_extras = frozenset({told})
    ended = world.sync(SIDECARS, "--audit", mode="sync")
    assert here(world, f"{A}.xmp").read_bytes() == before
    if told != "tags":
        # How Flickr folds a keyword is its own business, and no failure.
        assert ended.code == 1
        assert "is there, though the listing told none; left as it is" in ended.err
    settings.untold_extras = frozenset()
    run(world, "--audit")
    calm(world, SIDECARS)
    assert here(world, f"{A}.xmp").read_bytes() == before


def test_of_a_page_that_tells_no_tags_none_is_taken_away_here(world: World) -> None:
    before = here(world, f"{A}.xmp").read_bytes()
    settings = flickr_of(world).emulator.settings
    settings.untold_extras = frozenset({"tags"})
    settings.untold_tags = True
    ended = world.sync(SIDECARS, "--audit", mode="sync")
    assert (ended.code, here(world, f"{A}.xmp").read_bytes()) == (1, before)
    assert "Flickr tells no tags of it at the moment; left as it is" in ended.err
    settings.untold_extras, settings.untold_tags = frozenset(), False
    run(world, "--audit")
    calm(world, SIDECARS)
    assert here(world, f"{A}.xmp").read_bytes() == before


def test_a_sidecar_that_is_no_xmp_is_named_and_left_alone(world: World) -> None:
    place = here(world, f"{A}.xmp")
    place.write_bytes(b"")
    page = Page(world, A)
    page.edit(title="Dawn")
    ended = world.sync(SIDECARS)
    assert ended.code == 0
    assert f"{A}: its details cannot be read" in ended.out + ended.err
    assert (place.read_bytes(), page.title) == (b"", "Dawn")


@needs_exiftool
@pytest.mark.parametrize("side", ["here", "there", "both"])
def test_undo_brings_the_old_details_back(world: World, side: str) -> None:
    page, old = Page(world, A), here(world, f"{A}.xmp").read_bytes()
    if side != "there":
        page.edit(title="Dawn")
        page.add("seen")
    if side != "here":
        describe(world, A, "Dusk", "At the bank", "Rome", "boat")
        old = here(world, f"{A}.xmp").read_bytes()
    run(world)
    said = asked(world, "--history", A)
    assert "details" in said.out
    undone = asked(world, "--undo")
    assert undone.code == 0, undone.err
    assert here(world, f"{A}.xmp").read_bytes() == old
    if side != "here":
        assert page.text == "By the river"
        assert page.keywords >= {"Rome", "two words"}
        assert "boat" not in page.keywords
    if side != "both":
        return
    # What either side wrote is nothing that the other took back.
    told = run(world)
    assert "title and description differ here and there" in told.out
    assert page.keywords >= {"boat", "seen"}
    assert sidecar(world)["keywords"] >= {"boat", "seen"}
    assert (sidecar(world)["text"], page.title) == ("At the bank", "Dawn")


def test_the_plan_names_them(world: World, tmp_path: Path) -> None:
    describe(world, A, "Dawn", "By the river", "Rome")
    file = tmp_path / "plan.json"
    run(world, "--test", "--plan", str(file))
    (step,) = json.loads(file.read_text())["steps"]
    assert step["details"]["there"] == {
        "title": "Dawn",
        "added": [],
        "removed": ["twowords"],
    }
    went_well(world.sync(SIDECARS, "--apply", str(file)))
    assert Page(world, A).title == "Dawn"


@needs_exiftool
def test_a_moved_photo_keeps_what_was_agreed_on(world: World) -> None:
    (world.local.top / "Paris").mkdir()
    for name in ("a.jpg", "a.jpg.xmp"):
        world.local.move(f"Rome/{name}", "Paris")
    run(world)
    Page(world, "Paris/a.jpg").edit(title="Dawn")
    run(world)
    assert sidecar(world, "Paris/a.jpg")["title"] == "Dawn"


@needs_exiftool
def test_what_comes_home_goes_on_to_drive_and_a_disk(tmp_path: Path) -> None:
    with world_of(tmp_path, *SERVICES) as world:
        shot(world, A, exif=b"")
        describe(world, A, "Dusk", "By the river", "Rome")
        run(world)
        Page(world, A).edit(title="Dawn")
        run(world)
        run(world)
        content = here(world, f"{A}.xmp").read_bytes()
        assert b"Dawn" in content
        for service in ("folder", "drive"):
            assert side(world, service).photos()[f"{A}.xmp"] == content
        calm(world, SIDECARS)


@needs_exiftool
@pytest.mark.parametrize(
    ("mode", "title_here", "title_there"),
    [
        ("upload", "Dusk", "Dawn"),
        ("report", "Dusk", "Dawn"),
        ("download", "Dawn", "Dawn"),
        ("syncUpload", "Dusk", "Dusk"),
    ],
)
def test_modes_carry_details_as_they_carry_photos(
    world: World, mode: str, title_here: str, title_there: str
) -> None:
    page = Page(world, A)
    page.edit(title="Dawn")
    run(world, mode=mode)
    assert (sidecar(world)["title"], page.title) == (title_here, title_there)
    # Whatever the mode left, a sync settles.
    if mode in {"upload", "report"}:
        run(world)
        assert sidecar(world)["title"] == "Dawn"


def test_details_of_two_copies_of_one_photo_come_to_rest(world: World) -> None:
    (world.local.top / "Paris").mkdir()
    copy = here(world, "Paris/a.jpg")
    copy.write_bytes(here(world, A).read_bytes())
    os.utime(copy, (1_500_000_000, 1_500_000_000))
    describe(world, "Paris/a.jpg", "Other", "By the river", "Rome")
    for _ in range(3):
        assert world.sync(SIDECARS).code == 0
    calm(world, SIDECARS)


# -- the description on Drive
# -------------------------------------------------------------------------------------


def drive_text(world: World, path: str) -> str:
    drive = drive_of(world)
    files = drive.emulator.web.everything()
    (file,) = (file for file in files if file["id"] == drive.ids()[path])
    return str(file.get("description", ""))


@needs_exiftool
def test_a_description_goes_to_drive_and_comes_home(tmp_path: Path) -> None:
    with world_of(tmp_path, "drive") as world:
        shot(world, A, exif=b"")
        describe(world, A, "Dusk", "By the river", "Rome")
        run(world)
        assert drive_text(world, A) == "By the river"
        calm(world, SIDECARS)
        describe(world, A, "Dusk", "At the bank", "Rome")
        run(world)
        assert drive_text(world, A) == "At the bank"
        calm(world, SIDECARS)
        drive_of(world).touch(A)
        run(world)
        run(world)
        assert sidecar(world)["text"] == "a word of mine"
        assert sidecar(world)["title"] == "Dusk"
        calm(world, SIDECARS)
        drive = drive_of(world)
        drive.emulator.web.patch(drive.ids()[A], description="")
        run(world)
        assert sidecar(world)["text"] == ""


@needs_exiftool
def test_what_is_written_on_flickr_arrives_on_drive(tmp_path: Path) -> None:
    with world_of(tmp_path, *SERVICES) as world:
        shot(world, A, exif=b"")
        describe(world, A, "Dusk", "By the river", "Rome")
        run(world)
        Page(world, A).edit(description="from the phone")
        run(world)
        run(world)
        assert sidecar(world)["text"] == "from the phone"
        assert drive_text(world, A) == "from the phone"
        calm(world, SIDECARS)


# -- positions
# -------------------------------------------------------------------------------------


def test_the_position_of_a_sidecar_goes_up(world: World) -> None:
    place(world, A, *EIFFEL)
    page = Page(world, A)
    assert page.place[2] == 0
    run(world)
    assert page.place == (48.858230, 2.2945, 16)
    calm(world, SIDECARS)


@needs_exiftool
def test_a_place_on_the_map_comes_home(world: World) -> None:
    place(world, A, *EIFFEL)
    run(world)
    Page(world, A).edit(latitude=-33.856784, longitude=151.215297)
    run(world)
    found = exiftool(here(world, f"{A}.xmp"), "-n")
    assert float(found["XMP-exif:GPSLatitude"]) == pytest.approx(-33.856784, abs=1e-6)
    assert float(found["XMP-exif:GPSLongitude"]) == pytest.approx(151.215297, abs=1e-6)
    assert found["XMP-xmp:Rating"] == 4
    calm(world, SIDECARS)
    Page(world, A).edit(latitude=0.0, longitude=0.0, accuracy=0)
    run(world)
    assert "XMP-exif:GPSLatitude" not in exiftool(here(world, f"{A}.xmp"))
    calm(world, SIDECARS)


def test_of_what_everybody_sees_no_position_is_told(world: World) -> None:
    Page(world, A).edit(is_public=1)
    place(world, A, *EIFFEL)
    run(world)
    assert Page(world, A).place[2] == 0
    calm(world, SIDECARS)


def test_an_account_that_shows_no_places_is_told_what_to_do(world: World) -> None:
    flickr_of(world).emulator.web.change_account(shows_places=0)
    place(world, A, *EIFFEL)
    ended = world.sync(SIDECARS, "-q")
    assert (ended.code, ended.out) == (0, "")
    assert "https://www.flickr.com/account/geo/privacy/" in ended.err
    assert "->" not in ended.err
    # Each night would else be a mail, and a failed run.
    again = world.sync(SIDECARS, "-q")
    assert (again.code, again.out, again.err) == (0, "", "")
    flickr_of(world).emulator.web.change_account(shows_places=1)
    run(world)
    assert Page(world, A).place[2] == 16


def test_a_position_of_the_camera_is_left_to_what_the_account_says(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "flickr") as world:
        shot(world, A)
        run(world)
        calm(world, SIDECARS)
        page = Page(world, A)
        assert page.place[2] == 0
        # Flickr came to read it after all.
        page.edit(latitude=48.135139, longitude=11.575, accuracy=16)
        calm(world, SIDECARS)
        assert not here(world, f"{A}.xmp").exists()
        # Somebody corrects it there.
        page.edit(latitude=48.2, longitude=11.6, accuracy=16)
        run(world)
        assert b"48,12.0000000N" in here(world, f"{A}.xmp").read_bytes()
        calm(world, SIDECARS)
