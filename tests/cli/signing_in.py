"""People who sign in: at a browser, and at a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from harness.drive_world import DriveWorld, Result, world_below

BROWSER = f"""#!{sys.executable}
# A person at the page of consent: $DECISION is the button, $REFUSE a scope to untick, and
# $STRANGER lets somebody else come by with an answer first.
import html, os, re, sys, urllib.error, urllib.parse, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
page = opener.open(sys.argv[1]).read().decode()
tags = re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', page)
fields = [(html.unescape(name), html.unescape(value)) for name, value in tags]
if "STRANGER" in os.environ:
    for state in ("", "&state=guessed"):
        try:
            opener.open(dict(fields)["redirect_uri"] + "?code=theirs" + state)
        except urllib.error.HTTPError as error:
            print("stranger got", error.code)
scopes = re.findall(r'name="granted" checked value="(.*?)"', page)
fields += [("granted", html.unescape(one)) for one in scopes if one != os.environ.get("REFUSE")]
fields += [("decision", os.environ.get("DECISION", "approve"))]
if "ACCOUNT" in os.environ:
    fields += [("account", os.environ["ACCOUNT"])]
answer = opener.open(sys.argv[1].partition("?")[0], urllib.parse.urlencode(fields).encode())
print("the page says", answer.read().decode())
"""


def world_with_browser(top: Path) -> Iterator[DriveWorld]:
    """A world nobody is signed in to yet, with a browser that agrees to everything."""
    for world in world_below(top):
        world.home.mkdir()
        browser = top / "browser"
        browser.write_text(BROWSER)
        browser.chmod(0o755)
        yield world


def put_secrets(world: DriveWorld, content: Mapping[str, Any] | None = None) -> Path:
    path = world.home / "client_secrets.json"
    path.write_text(json.dumps(content or world.drive.client_secrets()))
    return path


def by_browser(world: DriveWorld, *argv: str, **env: str) -> Result:
    return world.run(
        "-a", "-p", "drive", *argv, env={"BROWSER": f"{world.top}/browser", **env}
    )


def token_of(world: DriveWorld, account: str | None = None) -> dict[str, Any]:
    content = json.loads((world.home / "tokens.json").read_text())
    token: dict[str, Any] = content["drive"]["accounts"][account or world.drive.account]
    return token


def signed_in(world: DriveWorld) -> bool:
    return world.session.token("drive") is not None


class Terminal:
    """A run at a terminal that somebody types at."""

    def __init__(self, world: DriveWorld, *argv: str) -> None:
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "photosync", *argv],
            env=world.environment() | {"TERM": "dumb", "COLUMNS": "1000"},
            cwd="/",
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.text = ""

    def shows(self, pattern: str) -> re.Match[str]:
        """Wait until what is on the screen matches."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = re.search(pattern, self.text)
            if found:
                return found
            if not self._read(1.0):
                break
        raise AssertionError(f"{pattern!r} does not come: {self.text}")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def ends(self) -> int:
        """The exit code, after all that is shown."""
        while self._read(60.0):
            pass
        os.close(self._master)
        assert "Traceback" not in self.text
        return self._process.wait(60)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return True
        data = b""
        # The last reader of a terminal that nobody writes to any more gets an error.
        with suppress(OSError):
            data = os.read(self._master, 65536)
        self.text += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)


def answer_of(world: DriveWorld, url: str) -> str:
    """The address that the browser is sent back to after consent."""
    world.drive.sign_in.consent = "approve"
    return requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
