"""Chromium without a window, told what to do through a pipe."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest


class Page:
    """One page, and what it asked for and complained of."""

    def __init__(self, wish: BinaryIO, answer: BinaryIO) -> None:
        self._wish, self._answer = wish, answer
        self._number = 0
        self._session = ""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        attached = self.tell("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.tell(f"{domain}.enable")

    def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the DevTools protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._wish.write(json.dumps(message).encode() + b"\0")
        self._wish.flush()
        while True:
            heard = self._read()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                result: dict[str, Any] = heard["result"]
                return result
            self._note(heard)

    def open(self, address: str, *, width: int = 1200, scheme: str = "light") -> None:
        """Load a page and wait until all of it is there."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.tell("Emulation.setEmulatedMedia", features=[feature])
        self.tell("Page.navigate", url=address)
        while True:
            heard = self._read()
            self._note(heard)
            if heard.get("method") == "Page.loadEventFired":
                return

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        result = self.tell(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until something is true in the page, over one that is being loaded."""
        asked = time.monotonic()
        while not self._has_come(expression):
            assert time.monotonic() - asked < 20, f"this never came: {expression}"
            time.sleep(0.02)

    def _has_come(self, expression: str) -> bool:
        try:
            return bool(self.ask(expression))
        except AssertionError:
            # The page of before is just going away.
            return False

    def photograph(self, path: Path) -> None:
        """Keep what the page looks like."""
        picture = self.tell("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(picture["data"]))

    def _read(self) -> dict[str, Any]:
        raw = bytearray()
        while (byte := self._answer.read(1)) != b"\0":
            assert byte, "the browser went away"
            raw += byte
        heard: dict[str, Any] = json.loads(raw)
        return heard

    def _note(self, heard: dict[str, Any]) -> None:
        params = heard.get("params", {})
        match heard.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(params["entry"]["text"])
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled":
                self.complaints.append(json.dumps(params))
            case _:
                pass


@contextmanager
def a_page() -> Iterator[Page]:
    """A page of a browser of its own; skips where there is none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium")
    their_wish, our_wish = os.pipe()
    our_answer, their_answer = os.pipe()

    def connect() -> None:
        os.dup2(their_wish, 103)
        os.dup2(their_answer, 104)
        os.dup2(103, 3)
        os.dup2(104, 4)
        for handle in (3, 4):
            os.set_inheritable(handle, True)

    process = subprocess.Popen(
        [chromium, "--headless", "--no-sandbox", "--remote-debugging-pipe"],
        preexec_fn=connect,  # noqa: PLW1509 - it only moves two descriptors
        close_fds=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(their_wish)
    os.close(their_answer)
    try:
        with os.fdopen(our_wish, "wb") as wish, os.fdopen(our_answer, "rb") as answer:
            yield Page(wish, answer)
    finally:
        process.kill()
        process.wait()
