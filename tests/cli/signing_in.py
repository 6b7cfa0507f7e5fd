"""People who sign in: at a browser, and at a terminal."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import requests
from harness.drive_world import DriveWorld, world_below
from harness.pseudo_terminal import PseudoTerminal
from harness.worlds import Result

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
        self._terminal = PseudoTerminal()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "photosync", *argv],
            env=world.environment() | {"TERM": "dumb", "COLUMNS": "1000"},
            cwd="/",
            stdin=self._terminal.theirs,
            stdout=self._terminal.theirs,
            stderr=self._terminal.theirs,
            start_new_session=True,
        )

    @property
    def text(self) -> str:
        return self._terminal.see()

    def shows(self, pattern: str) -> re.Match[str]:
        """Wait until what is on the screen matches."""
        return self._terminal.wait_for(pattern)

    def type(self, text: str) -> None:
        self._terminal.type(text)

    def ends(self) -> int:
        """The exit code, after all that is shown."""
        try:
            return self._process.wait(60)
        finally:
            self._terminal.close()
            assert "Traceback" not in self.text


def answer_of(world: DriveWorld, url: str) -> str:
    """The address that the browser is sent back to after consent."""
    world.drive.sign_in.consent = "approve"
    return requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
