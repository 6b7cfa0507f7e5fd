"""`--review` with a person at its page.

The command has the main thread, as signals want it; the person acts in another one.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from harness import command
from harness.three_sides import Ended
from photosync.cli import main

Person = Callable[[str], None]
"""Gets the address that was told, and closes the page in the end."""

_ADDRESS = re.compile(r"Review: (http://\S+)\n")


class _Terminal(io.StringIO):
    """Hands out the address as soon as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.address: Queue[str] = Queue()

    def write(self, text: str) -> int:
        count = super().write(text)
        found = _ADDRESS.search(self.getvalue())
        if found:
            self.address.put(found[1])
        return count


def review(argv: Sequence[str], person: Person) -> Ended:
    """Run the command to its end while a person acts on its page."""
    out, err = _Terminal(), io.StringIO()
    wrong: list[BaseException] = []

    def act() -> None:
        address = out.address.get()
        try:
            if address:
                person(address)
        except BaseException as error:  # noqa: BLE001 - raised again below
            wrong.append(error)
            os.kill(os.getpid(), signal.SIGINT)

    thread = Thread(target=act)
    thread.start()
    with redirect_stdout(out), redirect_stderr(err), command.listening() as lines:
        code = main([*argv, "--review"])
    out.address.put("")
    thread.join()
    for error in wrong:
        raise error
    return Ended(code, out.getvalue(), err.getvalue(), "\n".join(lines))


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    text: str
    headers: Mapping[str, str]


class Visitor:
    """A client that says what it likes; `enter` comes in as a browser does."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.origin = f"http://{parts.netloc}"
        self.key = parts.path
        self.port = parts.port
        self.place = ""
        self.cookie = ""
        self.token = ""

    def enter(self) -> None:
        first = self.ask("GET", self.key)
        assert first.status == 200, first
        self.cookie = first.headers["Set-Cookie"].partition(";")[0]
        place = re.search(r"url=(/[\w-]+/)", first.text)
        assert place
        self.place = place[1]
        token = re.search(r'name="token" content="([\w-]+)"', self.page().text)
        assert token
        self.token = token[1]

    def page(self) -> Answer:
        return self.ask("GET", self.place)

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.ask("GET", f"{self.place}state").text)
        return state

    def post(self, path: str, content: Any, **headers: str) -> Answer:
        ours = {
            "Origin": self.origin,
            "X-Photosync-Token": self.token,
            "Content-Type": "application/json",
        }
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", self.place + path, json.dumps(content), ours | more)

    def apply(self, steps: Sequence[int], **choices: str) -> Answer:
        numbers = {
            name.removeprefix("step"): choice for name, choice in choices.items()
        }
        order = {"steps": steps, "choices": numbers, "purges": [], "trash": []}
        return self.post("apply", order)

    def leave(self) -> None:
        assert self.post("leave", {"at_once": True}).status == 200

    def ask(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        ours = {"Cookie": self.cookie} if self.cookie else {}
        try:
            connection.request(method, path, body, ours | dict(headers or {}))
            heard = connection.getresponse()
            text = heard.read().decode(errors="replace")
            return Answer(heard.status, text, dict(heard.getheaders()))
        finally:
            connection.close()

    def wait_until_done(self) -> dict[str, Any]:
        while True:
            state = self.state()
            if state["phase"] in {"done", "refused"}:
                return state
