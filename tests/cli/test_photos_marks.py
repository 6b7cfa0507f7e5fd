"""What is done without sending photos: facts, marks, duplicates, empty albums, others'
albums.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from harness.photos_world import (
    KEEPING,
    SERVICES,
    calm,
    drive_of,
    flickr_of,
    here,
    shot,
    side,
    went_well,
)
from harness.three_sides import WHEN, Drive, Ended, Folder, World, picture, world_of

from photosync.model import LocalPhoto
from photosync.services.flickr.records import tags

UPLOADS = {"drive": {"files.create", "upload"}, "flickr": {"upload", "replace"}}
TAG = ("--override", "REMOTE_ONLY=TAG_REMOTE")
MARK = "photosync:missing=local"
BOB, BERT = "bob@example.org", "bert smith"


@pytest.fixture(params=SERVICES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """One service and a library of two albums."""
    with world_of(tmp_path, request.param) as world:
        shot(world, "Rome/a.jpg")
        shot(world, "Oslo/b.jpg")
        yield world


@pytest.fixture(params=KEEPING)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The same with a service that can mark and share photos, and hold a name twice."""
    with world_of(tmp_path, request.param) as world:
        shot(world, "Rome/a.jpg")
        shot(world, "Oslo/b.jpg")
        yield world


def acts(ended: Ended) -> list[str]:
    """What was done, without the service."""
    return [step.split(maxsplit=1)[1] for step in ended.actions]


# -- facts without bytes
# -------------------------------------------------------------------------


def modified(world: World, path: str) -> float:
    """Seconds since the epoch that the service keeps as the time of the file."""
    remote = world.remotes[0]
    if isinstance(remote, Folder):
        return (remote.top / path).stat().st_mtime
    if isinstance(remote, Drive):
        text = remote.emulator.web.get(remote.ids()[path])["modifiedTime"]
        return datetime.fromisoformat(text).timestamp()
    kept = tags.parse_tags(
        " ".join(flickr_of(world).emulator.web.raw_tags(remote.ids()[path]))
    )
    assert kept
    return kept.modified_ns / 1e9


def unsent(world: World, *argv: str, mode: str = "sync") -> Ended:
    """A run in which no content goes to the service."""
    remote, found = world.remotes[0], []
    before = remote.ids()
    if isinstance(remote, Folder):
        found.append(world.sync(*argv, mode=mode))
    else:
        emulator = (
            drive_of(world).emulator
            if isinstance(remote, Drive)
            else flickr_of(world).emulator
        )
        emulator.traffic.reset()
        found.append(world.sync(*argv, mode=mode))
        assert not UPLOADS[remote.service] & emulator.calls.keys(), emulator.calls
    assert remote.ids() == before
    return went_well(found[0])


@pytest.mark.parametrize("attributes", ["1", "3", "7"])
def test_a_file_that_is_only_newer_brings_its_new_date_and_no_bytes(
    world: World, attributes: str
) -> None:
    went_well(world.sync())
    world.local.touch("Rome/a.jpg")
    ended = unsent(world, "-c", attributes)
    assert [one.split()[0] for one in acts(ended)] in (["UPDATE_REMOTE_METADATA"], [])
    calm(world, "-c", attributes)
    if acts(ended):
        # On Flickr it is only remembered: that costs no call.
        mtime = here(world, "Rome/a.jpg").stat().st_mtime
        assert modified(world, "Rome/a.jpg") == mtime
        calm(world, "-c", attributes, "--stateless")


def test_a_photo_that_came_to_flickr_another_way_gets_its_facts(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        flickr, web = flickr_of(world), flickr_of(world).emulator.web
        photo = flickr.add("Rome/a.jpg", shot(world, "Rome/a.jpg").read_bytes())
        web.add_tags(photo, "a tag of mine")
        ended = unsent(world, mode="repairUpload")
        assert acts(ended) == ["UPDATE_REMOTE_METADATA UNKNOWN Rome/a.jpg"]
        kept = tags.parse_tags(" ".join(web.raw_tags(photo)))
        assert kept
        assert (kept.name, kept.size) == ("a.jpg", len(web.content(photo)))
        assert kept.md5 == web.md5(photo)
        assert "a tag of mine" in web.raw_tags(photo)
        for attributes in ("3", "7"):
            calm(world, "-c", attributes, mode="repairUpload")
            calm(world, "-c", attributes, "--stateless", mode="repairUpload")


def test_facts_are_not_written_to_other_bytes(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        shot(world, "Rome/a.jpg")
        photo = flickr_of(world).add("Rome/a.jpg", picture("another"))
        # What is told at each step is what helps.
        assert "-m repairUpload reads it there" in world.sync(mode="report").out
        ended = world.sync(mode="repairUpload")
        assert ended.code == 1
        assert "Rome/a.jpg: the bytes there are others than the local ones" in ended.err
        assert "-m syncUpload sends yours" in ended.err
        assert flickr_of(world).emulator.web.raw_tags(photo) == []
        ended = world.sync(mode="syncUpload")
        assert acts(ended)[0] == "REPLACE_REMOTE_WITH_LOCAL UNKNOWN Rome/a.jpg"
        calm(world)


# -- marks
# ---------------------------------------------------------------------------------------


def marks(world: World) -> dict[str, Any]:
    """What a person sees of the marks, by path."""
    remote = world.remotes[0]
    if isinstance(remote, Drive):
        app = str(remote.emulator.client_secrets()["installed"]["client_id"])
        files = {
            path: remote.emulator.web.get(one, app)
            for path, one in remote.ids().items()
        }
        return {p: (f["starred"], f.get("appProperties", {})) for p, f in files.items()}
    web = flickr_of(world).emulator.web
    return {path: MARK in web.raw_tags(one) for path, one in remote.ids().items()}


def test_what_is_missing_here_is_marked_there_and_the_marks_can_be_taken_away(
    kept: World,
) -> None:
    went_well(kept.sync())
    remote, clean = kept.remotes[0], marks(kept)
    for path in ("Rome/there.jpg", "Lima/there.jpg"):
        remote.add(path, picture(path))
    unmarked = marks(kept)
    ended = went_well(kept.sync(*TAG))
    assert acts(ended) == [
        "TAG_REMOTE REMOTE_ONLY Lima/there.jpg",
        "TAG_REMOTE REMOTE_ONLY Rome/there.jpg",
    ]
    found = marks(kept)
    assert {path: one for path, one in found.items() if path in clean} == clean
    mark = (True, {"photosync-missing": "local"}) if isinstance(remote, Drive) else True
    assert found["Rome/there.jpg"] == found["Lima/there.jpg"] == mark
    for more in ([], ["--stateless"], ["-c", "7"]):
        calm(kept, *TAG, *more)
    ended = went_well(kept.sync("--untag"))
    assert ended.out.count("~ untag on ") == 2
    assert marks(kept) == unmarked
    assert "carries a mark" in went_well(kept.sync("--untag")).out
    assert len(acts(went_well(kept.sync(*TAG)))) == 2


def test_a_marked_photo_may_be_brought_home_later(kept: World) -> None:
    kept.remotes[0].add("Rome/there.jpg", picture("there"))
    went_well(kept.sync(*TAG))
    went_well(kept.sync())
    assert "Rome/there.jpg" in kept.local.photos()
    calm(kept)
    calm(kept, *TAG)


def test_a_star_of_a_person_and_tags_of_a_person_stay(kept: World) -> None:
    went_well(kept.sync())
    mine = kept.remotes[0].ids()["Rome/a.jpg"]
    other = kept.remotes[0].add("Rome/there.jpg", picture("there"))
    if isinstance(kept.remotes[0], Drive):
        kept.remotes[0].emulator.web.patch(mine, starred=True)
    else:
        flickr_of(kept).emulator.web.add_tags(
            other, "photosync", "missing local", "mine"
        )
    went_well(kept.sync(*TAG))
    went_well(kept.sync("--untag"))
    if isinstance(kept.remotes[0], Drive):
        assert kept.remotes[0].emulator.web.get(mine)["starred"]
        assert not kept.remotes[0].emulator.web.get(other)["starred"]
    else:
        raws = flickr_of(kept).emulator.web.raw_tags(other)
        assert raws == ["photosync", "missing local", "mine"]


def test_a_photo_deleted_here_may_be_marked_instead_of_deleted(kept: World) -> None:
    went_well(kept.sync())
    kept.local.delete("Rome/a.jpg")
    went_well(kept.sync("--override", "LOCAL_DELETED=TAG_REMOTE"))
    found = marks(kept)["Rome/a.jpg"]
    assert found is True or found[0]
    calm(kept, "--override", "LOCAL_DELETED=TAG_REMOTE")


def test_a_folder_keeps_no_marks(tmp_path: Path) -> None:
    with world_of(tmp_path, "folder") as world:
        ended = world.sync(*TAG)
        assert ended.code == 2
        assert "keeps no tags; leave TAG_REMOTE out" in ended.err


# -- duplicates
# -------------------------------------------------------------------------------------


def duplicate(world: World, path: str, data: bytes, when: str) -> str:
    """One more photo of a name that is there; `when` is its date on Drive. Its id."""
    album, _, name = path.partition("/")
    remote = world.remotes[0]
    if isinstance(remote, Drive):
        (folder,) = remote.emulator.web.named(album) or [{"id": ""}]
        return remote.emulator.web.file(name, data, folder["id"], modifiedTime=when)
    web = flickr_of(world).emulator.web
    (found,) = web.titled(album)
    facts = LocalPhoto(name, "", name, len(data), int(WHEN * 1e9))
    raws = tags.format_tags(
        facts, hashlib.md5(data, usedforsecurity=False).hexdigest()
    ).split()
    photo = web.photo(name, data, tags=raws)
    web.put_in(found, photo)
    return photo


def alive(world: World) -> set[str]:
    remote = world.remotes[0]
    if isinstance(remote, Drive):
        files = remote.emulator.web.everything()
        return {
            f["id"]
            for f in files
            if f["mimeType"].startswith("image") and not f["trashed"]
        }
    return {one["id"] for one in flickr_of(world).emulator.web.everything()}


OLD, NEW = "2001-01-01T00:00:00.000Z", "2020-01-01T00:00:00.000Z"


@pytest.mark.parametrize("when", [OLD, NEW])
def test_of_doubles_the_older_is_kept_whichever_earlier_runs_knew(
    kept: World, when: str
) -> None:
    went_well(kept.sync())
    known = kept.remotes[0].ids()["Rome/a.jpg"]
    ids = set(kept.remotes[0].ids().values())
    other = duplicate(kept, "Rome/a.jpg", here(kept, "Rome/a.jpg").read_bytes(), when)
    told = went_well(kept.sync())
    assert told.actions == []
    assert f"holds this name twice; id {other} left alone (see -dd)" in told.out
    for argv in (
        ("-dd", "--allowDelete", "neither"),
        ("-dd", "--allowDelete", "local"),
    ):
        refused = went_well(kept.sync(*argv))
        assert refused.actions == []
        assert ": a duplicate; not deleted without" in refused.out
        assert re.search(r" Rome/a.jpg \[id \S+\]\n", refused.out)
        assert "--allowDelete remote" in refused.out
        assert alive(kept) == {*ids, other}
    ended = went_well(kept.sync("-dd"))
    assert acts(ended) == ["DELETE_REMOTE REMOTE_ONLY Rome/a.jpg"]
    # On Flickr both are as old as the file here, and the first that was sent stays.
    is_older = when == OLD and kept.remotes[0].service == "drive"
    gone = known if is_older else other
    assert alive(kept) == {*ids, other} - {gone}
    calm(kept, "-dd")


def test_of_doubles_nobody_knows_one_equal_to_the_file_here_is_kept_and_others_stay(
    kept: World,
) -> None:
    data = here(kept, "Rome/a.jpg").read_bytes()
    unlike = data[:-2] + b"\xff\xd9"[::-1]
    first = kept.remotes[0].add("Rome/a.jpg", unlike)
    equal = duplicate(kept, "Rome/a.jpg", data, OLD)
    last = duplicate(kept, "Rome/a.jpg", data, NEW)
    other = duplicate(kept, "Rome/a.jpg", unlike + b"1", NEW)
    # On Drive the one that stays gets the date of the file here first.
    went_well(kept.sync("-dd", "-c", "7", "--stateless"))
    ended = went_well(kept.sync("-dd", "-c", "7", "--stateless"))
    for photo in (first, other):
        assert f"id {photo} left alone, as it is not known to hold" in ended.out
    assert {first, other} <= alive(kept)
    assert len({equal, last} & alive(kept)) == 1


def test_of_doubles_that_are_not_here_the_oldest_is_kept(kept: World) -> None:
    remote, data = kept.remotes[0], picture("1")
    # An album that is there already.
    remote.add("Lima/y.jpg", picture("2"))
    oldest = duplicate(kept, "Lima/x.jpg", data, OLD)
    others = {duplicate(kept, "Lima/x.jpg", data, NEW) for _ in range(2)}
    went_well(kept.sync("-dd"))
    assert oldest in alive(kept)
    assert not others & alive(kept)
    assert kept.local.photos()["Lima/x.jpg"] == picture("1")
    calm(kept, "-dd")


# -- empty albums
# --------------------------------------------------------------------------------


def album_titles(world: World) -> set[str]:
    remote = world.remotes[0]
    if isinstance(remote, Drive):
        return remote.albums()
    if isinstance(remote, Folder):
        return {one.name for one in remote.top.glob("[!.]*")}
    return {one["title"] for one in flickr_of(world).emulator.web.all_albums()}


def test_an_album_left_empty_is_removed_on_request(world: World) -> None:
    went_well(world.sync())
    world.local.delete("Rome/a.jpg")
    looked = world.sync("--purge", "--test")
    assert album_titles(world) == {"Rome", "Oslo"}
    went_well(world.sync("--purge"))
    assert album_titles(world) == {"Oslo"}
    assert looked.code == 0
    calm(world, "--purge")


def test_an_album_left_empty_stays_without_that(world: World) -> None:
    went_well(world.sync())
    world.local.delete("Rome/a.jpg")
    went_well(world.sync())
    # On Flickr no album is ever empty.
    stays = world.remotes[0].service != "flickr"
    assert album_titles(world) == ({"Rome", "Oslo"} if stays else {"Oslo"})
    told = went_well(world.sync("--purge", "--allowDelete", "local"))
    assert ("empty, not removed without --allowDelete remote" in told.out) == stays
    went_well(world.sync("--purge"))
    assert album_titles(world) == {"Oslo"}


def test_an_album_that_holds_anything_else_is_not_removed(tmp_path: Path) -> None:
    for service in ("folder", "drive"):
        with world_of(tmp_path / service, service) as world:
            shot(world, "Rome/a.jpg")
            shot(world, "Oslo/b.jpg")
            went_well(world.sync())
            side(world, service).add("Rome/notes.txt", b"notes")
            world.local.delete("Rome/a.jpg")
            went_well(world.sync("--purge"))
            assert album_titles(world) == {"Rome", "Oslo"}


# -- others' albums
# ------------------------------------------------------------------------------


def owner_of(world: World) -> tuple[str, str]:
    """Another user with one photo in an album Zoo for us to see, as `-o` has it."""
    remote = world.remotes[0]
    if isinstance(remote, Drive):
        web = remote.emulator.web
        web.file(
            "z.jpg",
            picture("zoo"),
            web.folder("Zoo", web.shared_folder("photosync", BOB)),
        )
        return "-o", BOB
    bert = flickr_of(world).emulator.web_of(BERT)
    bert.change_account(shares_originals=1)
    photos = [
        bert.photo("z.jpg", picture("zoo"), is_public=1),
        bert.photo("secret.jpg", is_public=0),
    ]
    bert.album("Zoo", photos)
    return "-o", BERT


def test_the_albums_of_another_come_home_and_nothing_goes_there(kept: World) -> None:
    owner = owner_of(kept)
    emulator = (
        flickr_of(kept) if kept.remotes[0].service == "flickr" else drive_of(kept)
    ).emulator
    emulator.traffic.reset()
    for mode in ("upload", "syncUpload", "repairUpload"):
        ended = went_well(kept.sync(*owner, mode=mode))
        assert ended.actions == [], mode
        service = kept.remotes[0].service
        assert f"{service} REPORT LOCAL_ONLY Rome/a.jpg" in ended.steps
        whose = {
            "drive": f"it belongs to {BOB}",
            "flickr": f"the albums belong to {BERT}",
        }
        assert whose[service] in ended.out
    ended = went_well(kept.sync(*owner, mode="download"))
    assert acts(ended) == ["DOWNLOAD_REMOTE REMOTE_ONLY Zoo/z.jpg"]
    assert kept.local.photos()["Zoo/z.jpg"] == picture("zoo")
    calm(kept, *owner, mode="download")
    kept.local.edit("Zoo/z.jpg", picture("edited"))
    assert went_well(kept.sync(*owner)).actions == []
    kept.local.delete("Zoo/z.jpg")
    assert went_well(kept.sync(*owner)).actions == []
    written = {
        "upload",
        "files.create",
        "files.update",
        "files.delete",
        "photos.delete",
    }
    assert (
        not (written | {"photosets.create", "photos.addTags"}) & emulator.calls.keys()
    )


def test_looking_at_another_disturbs_nothing_of_ones_own(kept: World) -> None:
    went_well(kept.sync())
    before = kept.local.photos()
    owner = owner_of(kept)
    went_well(kept.sync(*owner, mode="download"))
    mine = kept.remotes[0]
    if isinstance(mine, Drive):
        return
    ended = went_well(kept.sync())
    assert acts(ended) == ["UPLOAD_LOCAL LOCAL_ONLY Zoo/z.jpg"]
    assert kept.local.photos() == before | {"Zoo/z.jpg": picture("zoo")}


def test_an_unknown_owner_is_named(kept: World) -> None:
    ended = kept.sync("-o", "nobody@example.org", mode="download")
    assert ended.code == 1
    assert "nobody@example.org" in ended.err


def test_from_a_process_of_its_own(tmp_path: Path) -> None:
    with world_of(tmp_path, *KEEPING, apart=True) as world:
        shot(world, "Rome/a.jpg")
        went_well(world.sync())
        world.local.touch("Rome/a.jpg")
        for service in KEEPING:
            side(world, service).add("Lima/there.jpg", picture("there"))
        went_well(world.sync(*TAG))
        assert went_well(world.sync("--untag")).out.count("~ untag on ") == 2
        assert list(world.local.photos()) == ["Rome/a.jpg"]
