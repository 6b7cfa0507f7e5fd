"""Whatever goes wrong on the way to Flickr, nothing is lost, nothing is there twice.

Every kind of fault hits every method that the command uses: the run says what failed,
and the next one makes both sides equal.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from harness.flickr_world import FlickrWorld, jpeg
from harness.spread import NIGHTLY, spread
from harness.worlds import WHEN, make_file

from photosync.emulators.flickr import Fault

MP4 = b"\0\0\0\x18ftypisom" + bytes(100)
LATER = WHEN + 3600


class Story(NamedTuple):
    """What there is before a run, how it is run, and what both sides hold at the
    end.
    """

    arguments: tuple[str, ...]
    prepare: Callable[[FlickrWorld], None]
    here: Mapping[str, bytes]
    there: Mapping[str, bytes]
    may_stay: frozenset[bytes] = frozenset()


def put(world: FlickrWorld, album: str, *names: str, **contents: bytes) -> list[str]:
    """An album on Flickr as photosync makes it: photos with its tags."""
    photos = {f"{name}.jpg": jpeg(f"{album}/{name}") for name in names} | contents
    ids = [world.tagged(name, data) for name, data in photos.items()]
    world.flickr.web.album(album, ids)
    return ids


def pictures(album: str, names: str, word: str = "") -> dict[str, bytes]:
    return {f"{album}/{name}.jpg": jpeg(f"{word}{album}/{name}") for name in names}


def write(world: FlickrWorld, photos: Mapping[str, bytes], when: float = WHEN) -> None:
    for path, data in photos.items():
        make_file(world.local / path, data, when)


def _both_ways(world: FlickrWorld) -> None:
    """New albums, new photos in known ones, edits here, photos and a video only
    there.
    """
    put(world, "known", *"abc", **{"v.mp4": MP4})
    put(world, "many", "x")
    # Only what both sides once agreed on is an edit and no conflict.
    write(world, pictures("known", "b"))
    assert world.sync(mode="upload") == 0
    world.flickr.traffic.reset()
    write(
        world,
        pictures("new", "abc") | pictures("known", "ad") | pictures("many", "abc"),
    )
    write(world, pictures("known", "b", "edited "), LATER)


_BOTH = (
    pictures("new", "abc")
    | pictures("known", "acd")
    | pictures("known", "b", "edited ")
    | {"known/v.mp4": MP4}
    | pictures("many", "abcx")
)


def _repair(world: FlickrWorld) -> None:
    """Photos that came another way, deletes from one and from all albums."""
    web = world.flickr.web
    web.album(
        "known", [web.photo("a", jpeg("known/a")), web.photo("b.jpg", jpeg("known/b"))]
    )
    ids = put(world, "known 2", *"abcd")
    web.album("second", [ids[1], ids[0]])
    write(world, pictures("known", "ab") | pictures("known 2", "ab"))
    write(world, {"second/a.jpg": jpeg("known 2/a")})


_REPAIRED = (
    pictures("known", "ab")
    | pictures("known 2", "ab")
    | {"second/a.jpg": jpeg("known 2/a")}
)


def _free(world: FlickrWorld) -> None:
    """An account without the replace service."""
    world.flickr.web.change_account(pro=0)
    put(world, "known", *"abc")
    write(world, pictures("known", "b"))
    write(world, pictures("known", "a", "edited "), LATER)


_FREE = pictures("known", "b") | pictures("known", "a", "edited ")
_MAY_DELETE = ("--allowDelete", "remote", "--max-delete", "100%")

STORIES = {
    "sync": Story(("-m", "sync", "-f", "both"), _both_ways, _BOTH, _BOTH),
    "repair": Story(
        ("-m", "repairUpload", *_MAY_DELETE), _repair, _REPAIRED, _REPAIRED
    ),
    "free": Story(
        ("-m", "syncUpload", "--no-trash", *_MAY_DELETE),
        _free,
        _FREE,
        _FREE,
        frozenset([jpeg("known/a")]),
    ),
}

_SYNC_METHODS = """
    people.getUploadStatus photos.addTags photos.getAllContexts photos.getInfo
    photos.getNotInSet photos.getSizes photos.recentlyUpdated photos.removeTag
    photosets.addPhoto photosets.create photosets.editMeta photosets.editPhotos
    photosets.getList photosets.getPhotos photosets.reorderPhotos replace static upload
"""
_REPAIR_METHODS = """
    people.getUploadStatus photos.addTags photos.delete photos.getAllContexts
    photos.getInfo photos.getNotInSet photos.recentlyUpdated photosets.editMeta
    photosets.getList photosets.getPhotos photosets.removePhoto static
"""
_FREE_METHODS = """
    people.getUploadStatus photos.delete photos.getAllContexts photos.getInfo
    photos.getNotInSet photos.recentlyUpdated photosets.addPhoto photosets.editMeta
    photosets.getList photosets.getPhotos photosets.removePhoto photosets.reorderPhotos
    photosets.setPrimaryPhoto upload
"""
QUIET = {"photos.recentlyUpdated", "photosets.getList", "photosets.getPhotos"}
"""What a run asks that finds nothing to do, soon after one that did something."""

METHODS = {
    "sync": _SYNC_METHODS.split(),
    "repair": _REPAIR_METHODS.split(),
    "free": _FREE_METHODS.split(),
}

KINDS = {
    "error page": Fault("", "html", status=502),
    "page in place of an answer": Fault("", "html", status=200),
    "dropped before": Fault("", "cut_before"),
    "answer lost": Fault("", "cut_after"),
    "answer cut": Fault("", "truncate"),
    "too many calls": Fault("", "status", status=429),
    "out of order": Fault("", "fail", code=105),
    "nonce used": Fault("", "status", status=401, reason="nonce_used"),
    "out of order for long": Fault("", "html", times=None, status=503),
}
WRITING_KINDS = {
    "dropped halfway": Fault("", "cut_midway"),
    "write failed": Fault("", "fail", code=106),
    "answers lost for long": Fault("", "cut_after", times=None),
    "third call refused": Fault("", "fail", times=None, after=2, code=105),
}
_WRITING = """
    photos.addTags photos.delete photos.removeTag photosets.addPhoto photosets.create
    photosets.editMeta photosets.editPhotos photosets.removePhoto photosets.reorderPhotos replace
    upload
"""


def kinds_for(method: str) -> dict[str, Fault]:
    return KINDS | WRITING_KINDS if method in _WRITING.split() else KINDS


def check_equal(world: FlickrWorld, story: Story) -> None:
    """Both sides hold what they should; no photo and no album is there twice."""
    assert world.library() == story.here
    web, found = world.flickr.web, {}
    for album, ids in world.albums().items():
        for one in ids:
            title = web.get(one)["title"]
            path = f"{album}/{title}" if "." in title else f"{album}/{title}.jpg"
            assert path not in found, f"{path} is there twice"
            found[path] = web.content(one)
    assert found == story.there
    # The old version of a replaced photo may stay behind in no album, and is nobody's
    # copy.
    left = {web.content(one) for one in world.loose()}
    assert left <= story.may_stay


@pytest.mark.parametrize("name", STORIES)
def test_without_faults_a_run_makes_both_sides_equal(
    world: FlickrWorld, name: str
) -> None:
    story = STORIES[name]
    story.prepare(world)
    assert world.sync(*story.arguments) == 0
    check_equal(world, story)
    assert world.loose() == []
    assert sorted(world.flickr.calls) == sorted(METHODS[name])
    # Of an album that changed a moment ago more is asked.
    world.flickr.clock.advance(3600)
    assert world.sync(*story.arguments) == 0
    world.flickr.traffic.reset()
    assert world.sync(*story.arguments) == 0
    assert set(world.flickr.calls) <= QUIET


_ASKED_ALIKE = """
    people.getUploadStatus photos.getNotInSet photos.recentlyUpdated
    photosets.getList photosets.getPhotos
"""
_HARDEST = {"answer lost", "answers lost for long", "out of order for long"}
"""What the suite tries again in another story; the nightly form tries all."""


_SPREAD = set(spread(METHODS["sync"], [*KINDS, *WRITING_KINDS]))


def is_tried(story: str, method: str, kind: str) -> bool:
    if story == "sync":
        return kind in _HARDEST or (method, kind) in _SPREAD
    if method in _ASKED_ALIKE.split():
        return False
    return NIGHTLY or method not in METHODS["sync"] or kind in _HARDEST


CASES = [
    pytest.param(story, method, kind, id=f"{story}-{method}-{kind}")
    for story, methods in METHODS.items()
    for method in methods
    for kind in kinds_for(method)
    if is_tried(story, method, kind)
]


@pytest.mark.parametrize(("story", "method", "kind"), CASES)
def test_after_any_fault_of_any_method_the_next_run_makes_both_sides_equal(
    world: FlickrWorld,
    capsys: pytest.CaptureFixture[str],
    story: str,
    method: str,
    kind: str,
) -> None:
    told, fault = STORIES[story], kinds_for(method)[kind]
    told.prepare(world)
    world.flickr.settings.index_lag = 120
    world.flickr.plan(replace(fault, method=method))
    code = world.sync(*told.arguments)
    said = capsys.readouterr()
    assert code in {0, 1}, said
    if code:
        assert re.search(
            r"(known|new|many|second).*/|flickr.*: ", said.out + said.err
        ), said
    if fault.times == 1 and method != "static":
        assert (code, len(world.loose())) == (0, 0), said
    world.flickr.traffic.clear_faults()
    assert world.sync(*told.arguments) == 0, capsys.readouterr()
    check_equal(world, told)


@pytest.mark.parametrize("method", METHODS["sync"])
def test_a_withdrawn_token_ends_the_run_with_the_remedy(
    world: FlickrWorld, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    if method == "static":
        pytest.skip("files are fetched without a token")
    story = STORIES["sync"]
    story.prepare(world)
    world.flickr.plan(Fault(method, "expire_token"))
    assert world.sync(*story.arguments) == 3
    said = capsys.readouterr()
    assert "photosync -a -p flickr" in said.out + said.err
    world.flickr.traffic.clear_faults()
    world.sign_in()
    assert world.sync(*story.arguments) == 0
    check_equal(world, story)


@pytest.mark.parametrize("answer", ["code", "oauth"])
def test_a_token_withdrawn_before_the_run_leads_to_one_call(
    world: FlickrWorld, capsys: pytest.CaptureFixture[str], answer: Any
) -> None:
    world.flickr.settings.revoked_token = answer
    world.here("Rome/a.jpg")
    world.flickr.plan(Fault("photos.recentlyUpdated", "expire_token"))
    assert world.sync() == 3
    assert "sign in again with photosync -a -p flickr" in capsys.readouterr().err
    assert world.flickr.calls == {"photos.recentlyUpdated": 1}


@pytest.mark.parametrize("uploads", [1, 7, 12])
def test_a_killed_run_leaves_photos_that_the_next_one_only_puts_into_their_albums(
    world: FlickrWorld, uploads: int
) -> None:
    photos = pictures("Rome", "abcdef") | pictures("Best", "abcdef")
    write(world, photos)
    world.flickr.settings.index_lag = 120
    world.flickr.delay = 0.01
    with world.started("-d", world.local, "-p", "flickr", "-m", "sync") as process:
        while world.flickr.calls["upload"] < uploads:
            assert process.poll() is None
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    traffic = world.flickr.traffic
    while (
        sum(call.method == "upload" for call in traffic.history)
        < traffic.calls["upload"]
    ):
        time.sleep(0.002)
    arrived = {photo["id"] for photo in world.flickr.web.everything()}
    world.flickr.delay = 0
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert world.photos() == photos
    assert world.loose() == []
    assert arrived <= {photo["id"] for photo in world.flickr.web.everything()}
    assert world.flickr.calls["upload"] == len(photos) - len(arrived)


def test_a_quota_that_is_used_up_is_waited_for(world: FlickrWorld) -> None:
    write(world, pictures("Rome", "abc"))
    world.flickr.plan(Fault("*", "status", times=4, after=3, status=429))
    assert world.sync() == 0
    assert world.photos() == pictures("Rome", "abc")


def test_a_wrong_clock_is_named(
    world: FlickrWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.flickr.settings.clock_offset = 86_400
    world.here("Rome/a.jpg")
    assert world.sync() == 1
    assert "the clock of this machine is wrong" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["truncate", "corrupt", "cut_before"])
def test_a_broken_download_never_replaces_or_stands_for_a_photo(
    world: FlickrWorld, kind: Any
) -> None:
    put(world, "known", "a", "b")
    world.flickr.plan(Fault("static", kind, None))
    assert world.sync() == 1
    assert world.library() == {}
    world.flickr.traffic.clear_faults()
    assert world.sync() == 0
    assert world.library() == pictures("known", "ab")


def test_a_full_account_stops_uploads_and_nothing_else(
    world: FlickrWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    put(world, "known", "a")
    write(world, pictures("new", "abcdefgh"))
    world.flickr.plan(Fault("upload", "fail", None, code=6))
    assert world.sync("--transfers", "1") == 1
    assert world.flickr.calls["upload"] == 1
    assert "takes no more photos" in capsys.readouterr().err
    assert (world.local / "known/a.jpg").exists()


def test_a_replacement_whose_tags_were_not_rewritten_is_made_good(
    world: FlickrWorld,
) -> None:
    put(world, "known", "a")
    write(world, pictures("known", "a"))
    assert world.sync() == 0
    write(world, pictures("known", "a", "edited "), LATER)
    world.flickr.plan(Fault("photos.addTags", "fail", None, code=105))
    assert world.sync() == 1
    world.flickr.traffic.clear_faults()
    assert world.sync() == 0
    # Of what was written a moment ago the photo itself is asked.
    world.flickr.clock.advance(3600)
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert set(world.flickr.calls) <= QUIET
    assert world.photos() == pictures("known", "a", "edited ")
    assert world.trash() == [jpeg("known/a")]


@pytest.mark.parametrize(
    ("method", "code", "sent"),
    [
        ("people.getLimits", 1, {"a.jpg"}),
        ("people.getUploadStatus", 0, {"a.jpg", "b.jpg"}),
    ],
)
def test_what_is_not_told_of_an_account_stops_only_what_depends_on_it(
    world: FlickrWorld, method: str, code: int, sent: set[str]
) -> None:
    world.here("Rome/a.jpg")
    # So large that somebody has to know how large a file may be.
    os.truncate(world.here("Rome/b.jpg"), 21_000_000)
    world.flickr.plan(Fault(method, "status", None, status=503))
    assert world.sync() == code
    assert {path.removeprefix("Rome/") for path in world.photos()} == sent
