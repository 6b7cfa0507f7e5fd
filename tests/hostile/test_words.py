"""What others wrote does nothing to the terminal, and forges no line of the log."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from harness.drive_world import DriveWorld, world_below
from harness.strangers import Asked, Raw, say, serving

from photosync.cli import main
from photosync.cli.commands import _Terminal
from photosync.cli.output import complain
from photosync.emulators.drive import Fault
from photosync.errors import AuthorizationNeeded
from photosync.services.auth.client_secrets import GoogleClient
from photosync.services.drive.calls.signin import sign_in_google

EVIL = "\x1b[2J\x1b]0;title\x07\r\n2026-01-01 00:00:00,000 INFO all is well\u2028\u202e:bomb:[red]"
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ .*|    .*")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DriveWorld]:
    yield from world_below(tmp_path)


def check_harmless(text: str) -> None:
    """Every line begins as ours do, and none holds what a terminal obeys."""
    for line in text.split("\n"):
        assert line.isprintable(), line
        assert not line.startswith("2026-01-01"), line


def test_an_address_of_an_account_is_one_harmless_line(world: DriveWorld) -> None:
    def rename(answer: Any) -> Any:
        user = {"emailAddress": EVIL, "displayName": EVIL}
        return answer | {"user": answer["user"] | user}

    world.sign_in()
    world.drive.rewrite("about.get", rename, times=None)
    ended = world.run("--check", "-p", "drive")
    assert ended.code == 0
    assert r"\x1b[2J" in ended.out
    check_harmless(ended.out + ended.err)


def test_the_words_of_a_refusal_are_one_harmless_line_here_and_in_the_log(
    world: DriveWorld,
) -> None:
    world.sign_in()
    world.here("Rome/a.jpg")
    fault = Fault("files.create", "status", status=400, reason=EVIL, message=EVIL)
    world.drive.plan(*[fault] * 9)
    log = world.top / "log"
    ended = world.run(
        "-d", world.local, "-p", "drive", "-m", "sync", "--log", log, "-v"
    )
    assert ended.code == 1
    assert r"\x1b[2J" in ended.err
    check_harmless(ended.out + ended.err)
    lines = log.read_text().rstrip("\n").split("\n")
    check_harmless("\n".join(lines))
    assert [line for line in lines if not LOG_LINE.fullmatch(line)] == []


def test_the_code_for_another_device_is_one_harmless_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def answer(asked: Asked) -> Raw:
        words = {"verification_url": EVIL, "user_code": EVIL, "interval": 0}
        if asked.path == "/device/code":
            return say(json.dumps(words | {"device_code": "d"}).encode())
        return say(json.dumps({"error": EVIL}).encode())

    with serving(answer) as server:
        client = GoogleClient("limited-input", "c", "s", token_uri=f"{server.url}/t")
        with pytest.raises(AuthorizationNeeded) as caught:
            sign_in_google(client, "scope", _Terminal(), headless=True)
        complain(str(caught.value))
    told = capsys.readouterr()
    check_harmless(told.out + told.err)
    assert told.out.count("\n") == 2
    assert told.err.count("\n") == 1


class Screen(io.StringIO):
    """A terminal that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_a_picture_of_words_in_a_name_stays_as_it_is(tmp_path: Path) -> None:
    name = ":bomb: [red]b \x1b[2J.jpg"
    photo = tmp_path / "photos/Rome" / name
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"x")
    (tmp_path / "there").mkdir()
    places = ["--home", f"{tmp_path}/home", "-d", f"{tmp_path}/photos"]
    with redirect_stdout(Screen()) as screen:
        code = main([*places, "-p", f"folder:{tmp_path}/there", "-m", "sync", "-v"])
    assert code == 0
    assert r"Rome/:bomb: [red]b \x1b[2J.jpg" in screen.getvalue()
