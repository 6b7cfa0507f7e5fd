"""What every embedded service offers beside its own: it starts and stops, counts and
disturbs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from photosync.emulators.database import Database
from photosync.emulators.server import Server
from photosync.emulators.traffic import Fault, Traffic


class Hosted:
    """A service on 127.0.0.1; its own class sets the server, the database and the
    traffic.
    """

    traffic: Traffic
    _server: Server
    _database: Database

    @property
    def url(self) -> str:
        """The address under which it is served."""
        return self._server.url

    @property
    def calls(self) -> Counter[str]:
        """Calls so far by method name, such as ``files.list``, ``upload`` or
        ``static``.
        """
        return self.traffic.calls

    @property
    def delay(self) -> float:
        """Seconds that every call is held back."""
        return self._server.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._server.delay = seconds

    def plan(self, *faults: Fault) -> None:
        """Let coming calls go wrong."""
        self.traffic.plan(*faults)

    def rewrite(
        self, method: str, change: Callable[[Any], Any], times: int | None = 1
    ) -> None:
        """Let coming answers of a method pass through `change` before they are sent.

        It gets the parsed JSON of an answer, or the text of one that is no JSON, and
        gives what is sent: text or bytes as they are, anything else as JSON. It may
        change what it gets.
        """
        self.plan(Fault(method, "rewrite", times=times, change=change))

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        """Stop serving and close the state; another emulator may then take the
        directory.
        """
        self._server.stop()
        self._database.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
