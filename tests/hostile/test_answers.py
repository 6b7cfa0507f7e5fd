"""Hostile answers of both services, made of one table, each in the midst of a whole run.

Whatever a service says, a run ends with a word about it: no traceback, nothing deleted,
no file outside of the library, no token elsewhere, no memory used up.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from harness import command
from harness.drive_world import DriveWorld
from harness.flickr_world import FlickrWorld, jpeg, quick
from harness.strangers import Asked, Raw, Stranger, memory_growth, relay, say, serving
from requests.structures import CaseInsensitiveDict

from hostile.clients import make_flickr
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE
from photosync.emulators.flickr import FlickrEmulator
from photosync.errors import Transient
from photosync.services.drive.calls.errors import Refusal

MIB = 1024 * 1024
SURROGATE = "\ud800"
CHUNK = b"100000\r\n" + bytes(MIB) + b"\r\n"
PLANTED = "../../../planted.jpg"

Change = Callable[[Any], Any]
"""Makes the hostile answer of the parsed one."""


class Case(NamedTuple):
    """One hostile answer: of which method, and what it is."""

    method: str
    change: Change | None = None
    raw: Callable[[Asked, str], Raw] | None = None


# -- what an answer may be instead
# ---------------------------------------------------------


def instead(body: bytes, status: int = 200, **headers: str) -> Callable[..., Raw]:
    return lambda *_: say(body, status, **headers)


def redirect(status: int) -> Callable[..., Raw]:
    return lambda _, foreign: say(b"", status, location=f"{foreign}/elsewhere")


def endless(asked: Asked, foreign: str) -> Raw:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
    return (head + b"Transfer-Encoding: chunked\r\n\r\n", *[CHUNK] * 300)


WHOLE: dict[str, Callable[..., Raw]] = {
    "no JSON": instead(b"\xff\xfe\x00"),
    "cut": instead(b'{"files": [{"id"'),
    "empty": instead(b""),
    "a list": instead(b"[]"),
    "a number": instead(b"1"),
    "a text": instead(b'"ok"'),
    "null": instead(b"null"),
    "an empty object": instead(b"{}"),
    "nested deep": instead(b'{"a":' * 60_000 + b"1" + b"}" * 60_000),
    "lists nested deep": instead(b"[" * 60_000 + b"]" * 60_000),
    "a long number": instead(b'{"a": ' + b"9" * 6000 + b"}"),
    "not a number": instead(b'{"files": NaN, "photosets": NaN, "stat": "ok"}'),
    "gzip bomb": instead(gzip.compress(bytes(200 * MIB)), content_encoding="gzip"),
    "no gzip": instead(b"{}", content_encoding="gzip"),
    "unknown encoding": instead(b"{}", content_encoding="x-evil"),
    "no charset": instead(b"{}", content_type="application/json; charset=evil"),
    "endless": endless,
    "length no number": instead(b"{}", content_length="many"),
    "length too long": instead(b"{}", content_length="5000000000"),
    "redirect 302": redirect(302),
    "redirect 307": redirect(307),
    "redirect 308": redirect(308),
    "status 404": instead(b"<html>", 404),
    "status 999": instead(b"<html>", 999),
    "wait for ever": instead(b"", 429, retry_after="9" * 400),
    "wait for a year": instead(b"", 503, retry_after="31536000"),
    "wait till when": instead(
        b"", 429, retry_after="Mon, 99 Foo 99999999 00:00:00 GMT"
    ),
    "odd date": instead(b"{}", date="Mon, 01 Jan 999999 00:00:00 GMT"),
}

VALUES: dict[str, object] = {
    "null": None,
    "true": True,
    "a number": 7,
    "a fraction": 1.5,
    "infinite": float("inf"),
    "a huge number": 10**30,
    "negative": -1,
    "a list": [],
    "an object": {},
    "list of lists": [[[]]],
    "half a pair": SURROGATE,
    "digits without end": "9" * 5000,
    "other digits": "\u0663\u00b2",
    "empty": "",
    "a way out": PLANTED,
    "with zero": "a\0b",
    "long": "x" * 100_000,
}


def put(fields: tuple[str, ...], value: object) -> Change:
    """Put a value in the place of another; `*` stands for every row of a list."""

    def change(answer: Any) -> Any:
        _put(answer, fields, value)
        return answer

    return change


def _put(place: Any, fields: tuple[str, ...], value: object) -> None:
    first, *rest = fields
    if first == "*":
        for number, _ in enumerate(place):
            if rest:
                _put(place[number], tuple(rest), value)
            else:
                place[number] = value
    elif rest:
        if first in place:
            _put(place[first], tuple(rest), value)
    else:
        place[first] = value


def repeat_token(answer: Any) -> Any:
    return answer | {"nextPageToken": "again"}


def repeat_pages(answer: Any) -> Any:
    for key in ("photosets", "photoset", "photos"):
        if key in answer:
            answer[key] |= {"pages": 10**9}
    return answer


DRIVE_FIELDS: dict[str, tuple[str, ...]] = {
    f"files.list {name}": ("files", "*", *name.split("."))
    for name in (
        "id",
        "name",
        "mimeType",
        "size",
        "md5Checksum",
        "modifiedTime",
        "parents",
        "appProperties",
        "imageMediaMetadata",
        "capabilities",
        "description",
        "trashed",
    )
} | {
    "files.list files": ("files",),
    "files.list row": ("files", "*"),
    "files.list nextPageToken": ("nextPageToken",),
    "files.list incompleteSearch": ("incompleteSearch",),
    "changes.list changes": ("changes",),
    "changes.list row": ("changes", "*"),
    "changes.list newStartPageToken": ("newStartPageToken",),
    "generateIds ids": ("ids",),
    "generateIds id": ("ids", "*"),
}
FLICKR_FIELDS: dict[str, tuple[str, ...]] = (
    {
        f"photosets.getPhotos {name}": ("photoset", "photo", "*", name)
        for name in (
            "id",
            "title",
            "secret",
            "originalsecret",
            "originalformat",
            "machine_tags",
            "media",
            "url_o",
            "datetaken",
            "datetakenunknown",
            "isprimary",
        )
    }
    | {
        f"photosets.getList {name}": ("photosets", "photoset", "*", *name.split("."))
        for name in (
            "id",
            "title",
            "title._content",
            "date_update",
            "photos",
            "description",
        )
    }
    | {
        "photosets.getList sets": ("photosets", "photoset"),
        "photosets.getList pages": ("photosets", "pages"),
        "photosets.getList total": ("photosets", "total"),
        "photosets.getPhotos photos": ("photoset", "photo"),
        "photosets.getPhotos row": ("photoset", "photo", "*"),
        "photosets.getPhotos pages": ("photoset", "pages"),
        "photosets.getPhotos set": ("photoset",),
        "photos.recentlyUpdated photos": ("photos",),
        "photos.recentlyUpdated lastupdate": ("photos", "photo", "*", "lastupdate"),
        "people.getLimits person": ("person",),
        "people.getLimits maxupload": ("person", "photos", "maxupload"),
        "people.getUploadStatus ispro": ("user", "ispro"),
        "photos.getNotInSet photos": ("photos",),
    }
)


def pick(fields: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Case]]:
    """Every field with a handful of the values, so that each value has its turn."""
    values = list(VALUES.items())
    for number, (name, path) in enumerate(fields.items()):
        for step in range(2):
            title, value = values[(2 * number + step) % len(values)]
            yield f"{name}: {title}", Case(name.split()[0], put(path, value))


def whole(*methods: str) -> Iterator[tuple[str, Case]]:
    for number, (title, answer) in enumerate(WHOLE.items()):
        method = methods[number % len(methods)]
        yield f"{method}: {title}", Case(method, raw=answer)


def tagged() -> Iterator[tuple[str, Case]]:
    """Tags like ours, on photos of whoever wrote them."""
    for name, size, moment in (
        (PLANTED, "1", "1"),
        ("/planted.jpg", "1", "1"),
        ("a\0b.jpg", "1", "1"),
        ("x" * 3000 + ".jpg", "1", "1"),
        ("d.jpg", "9" * 18, "1"),
        ("d.jpg", "9" * 5000, "1"),
        ("d.jpg", "1", "m" + "9" * 13),
        ("d.jpg", "1", "9" * 15),
    ):
        text = base64.b32hexencode(name.encode()).decode().rstrip("=").lower()
        file = f"photosync:file=n{len(text)}x{size}x{moment}x{text}"
        tags = f"photosync:md5={'0' * 32} {file}"
        title = f"tags: {name[:20]!r} {size[:20]} {moment}"
        yield title, Case("photosets.getPhotos", partial(tag_new_photo, tags))


def tag_new_photo(tags: str, answer: Any) -> Any:
    for row in answer["photoset"]["photo"]:
        if row["title"] == "b.jpg":
            row["machine_tags"] = tags
    return answer


DRIVE_CASES = dict(
    [
        *whole("files.list", "files.get_media", "files.create", "changes.list"),
        *pick(DRIVE_FIELDS),
        ("files.list: one token for ever", Case("files.list", repeat_token)),
        ("changes.list: one token for ever", Case("changes.list", repeat_token)),
    ]
)
FLICKR_CASES = dict(
    [
        *whole("photosets.getList", "static", "upload", "photosets.getPhotos"),
        *pick(FLICKR_FIELDS),
        *tagged(),
        ("photosets.getList: pages for ever", Case("photosets.getList", repeat_pages)),
        ("getPhotos: pages for ever", Case("photosets.getPhotos", repeat_pages)),
    ]
)


# -- the run around them
# -------------------------------------------------------------------


def name_drive_method(asked: Asked) -> str:
    parts = urlsplit(asked.path)
    query = parse_qs(parts.query)
    if "upload" in parts.path:
        return "files.create"
    if query.get("alt") == ["media"]:
        return "files.get_media"
    names = {"files": "files.list", "changes": "changes.list"}
    last = parts.path.rpartition("/")[2]
    return names.get(last, last)


def name_flickr_method(asked: Asked) -> str:
    if asked.path.startswith("/services/rest"):
        query = parse_qs(asked.body.decode() + "&" + urlsplit(asked.path).query)
        return query["method"][0].removeprefix("flickr.")
    return "upload" if asked.path.startswith("/services/upload") else "static"


@dataclass
class Stage:
    """A service behind a stranger, and a library that agreed with it on one photo."""

    world: DriveWorld | FlickrWorld
    service: str
    front: Stranger
    foreign: Stranger
    case: Case | None = None
    done: list[str] = field(default_factory=list)

    @property
    def top(self) -> Path:
        return self.world.top

    def answer(self, asked: Asked) -> Raw:
        is_drive = self.service == "drive"
        name = name_drive_method(asked) if is_drive else name_flickr_method(asked)
        raw = relay(self.url, asked)
        if self.case is None or self.case.method != name:
            return raw
        self.done.append(name)
        if self.case.raw:
            return self.case.raw(asked, self.foreign.url)
        assert self.case.change
        _, body = raw
        changed = self.case.change(json.loads(body))
        return say(json.dumps(changed).encode(), content_type="application/json")

    @property
    def url(self) -> str:
        world = self.world
        return world.drive.url if isinstance(world, DriveWorld) else world.flickr.url

    def run(self, *argv: str) -> command.Ended:
        """Run the command; nothing keeps it from deleting."""
        environment = self.world.environment() | {
            f"PHOTOSYNC_{self.service.upper()}_URL": self.front.url,
            "PHOTOSYNC_RETRY_WAIT": "0.001",
        }
        places = ["-d", str(self.world.local), "-p", self.service, "-m", "sync"]
        words = [*places, "--allowDelete", "both", "--log", f"{self.top}/log", *argv]
        return command.run(words, command.without_settings() | environment)

    def keep(self) -> None:
        for name in ("home", "photos"):
            shutil.copytree(self.top / name, self.top / "kept" / name)

    def reset(self) -> None:
        """Bring all back to where it was kept."""
        for name in ("home", "photos"):
            shutil.rmtree(self.top / name)
            shutil.copytree(self.top / "kept" / name, self.top / name)
        self.done.clear()
        (self.top / "log").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    top = tmp_path_factory.mktemp("hostile") / "drive"
    top.mkdir()
    with DriveEmulator(top / "service") as emulator:
        world = DriveWorld(top, emulator)
        world.local.mkdir()
        world.sign_in(DRIVE)
        yield from stages(world, "drive")


@pytest.fixture(scope="module")
def flickr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    top = tmp_path_factory.mktemp("hostile") / "flickr"
    top.mkdir()
    with FlickrEmulator(top / "service", settings=quick()) as emulator:
        world = FlickrWorld(top, emulator)
        world.local.mkdir()
        world.sign_in()
        yield from stages(world, "flickr")


def stages(world: DriveWorld | FlickrWorld, service: str) -> Iterator[Stage]:
    with serving(lambda _: say()) as foreign, serving(lambda _: say()) as front:
        stage = Stage(world, service, front, foreign)
        front.answer = stage.answer
        world.here("Rome/a.jpg", jpeg("a"))
        assert stage.run().code == 0
        world.here("Rome/c.jpg", jpeg("c"))
        add_there(world)
        stage.keep()
        yield stage


def add_there(world: DriveWorld | FlickrWorld) -> None:
    if isinstance(world, DriveWorld):
        world.there("Rome/b.jpg", jpeg("b"))
    else:
        web = world.flickr.web
        web.put_in(web.titled("Rome")[0], web.photo("b.jpg", jpeg("b")))


def photos_there(world: DriveWorld | FlickrWorld) -> dict[str, bytes]:
    """All photos there as `Rome/NAME`, whatever album a lie made them go to."""
    if isinstance(world, DriveWorld):
        return world.photos()
    web = world.flickr.web
    return {f"Rome/{one['title']}": web.content(one["id"]) for one in web.everything()}


def remove_there(world: DriveWorld | FlickrWorld, path: str) -> None:
    if isinstance(world, DriveWorld):
        for file in world.drive.web.everything():
            if file["name"] == path.rpartition("/")[2]:
                world.drive.web.trash(file["id"])
    else:
        for photo in world.flickr.web.everything():
            if photo["title"] == path.rpartition("/")[2]:
                world.flickr.web.delete(photo["id"])


def check(stage: Stage, case: Case) -> None:
    stage.reset()
    stage.case = case
    # Without an audit the lists of Drive are not read at all.
    argv = ["--audit"] if case.method == "files.list" else []
    if case.method == "people.getLimits":
        # Of small files nobody has to know how large one may be.
        os.truncate(stage.world.here("Rome/large.jpg"), 21_000_000)
    try:
        with memory_growth() as growth:
            ended = stage.run(*argv)
        judge(stage, ended)
        assert growth[0] < 200 * MIB
    finally:
        stage.case = None
        for path in photos_there(stage.world).keys() - {"Rome/a.jpg", "Rome/b.jpg"}:
            remove_there(stage.world, path)


def judge(stage: Stage, ended: command.Ended) -> None:
    assert stage.done, "the answer was not asked for"
    assert ended.code in {0, 1, 3, 5}
    for text in (ended.out, ended.err):
        assert "Traceback" not in text
        assert "unforeseen" not in text, text
        assert all(line.isprintable() for line in text.split("\n"))
    local, there = stage.world.library(), photos_there(stage.world)
    # Nothing is lost, whatever was said.
    assert local["Rome/a.jpg"] == there["Rome/a.jpg"] == jpeg("a")
    assert local["Rome/c.jpg"] == jpeg("c")
    assert there["Rome/b.jpg"] == jpeg("b")
    is_equal = local == there and len(local) >= 3
    is_said = bool(ended.err) or "left alone on" in ended.out
    assert is_equal or is_said, "nothing was said"
    outside = list(stage.top.parent.rglob("planted*"))
    assert [path for path in outside if stage.world.local not in path.parents] == []
    assert [one for one in stage.foreign.asked if "authorization" in one.headers] == []


@pytest.mark.parametrize("case", DRIVE_CASES.values(), ids=DRIVE_CASES)
def test_a_hostile_answer_of_drive_ends_in_a_word(drive: Stage, case: Case) -> None:
    check(drive, case)


@pytest.mark.parametrize("case", FLICKR_CASES.values(), ids=FLICKR_CASES)
def test_a_hostile_answer_of_flickr_ends_in_a_word(flickr: Stage, case: Case) -> None:
    check(flickr, case)


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_page_of_a_filter_is_no_answer_of_the_service(status: int) -> None:
    page = b"<!DOCTYPE HTML><title>Blocked</title>"
    refusal = Refusal.read(status, page, CaseInsensitiveDict())
    assert isinstance(refusal.to_error(), Transient)
    with (
        serving(lambda _: say(page, status)) as front,
        pytest.raises(Transient, match="a proxy or a filter"),
    ):
        make_flickr(front.url).call_once("test.login")
