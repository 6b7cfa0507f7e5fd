"""One emulated service as an application: its calls are counted and delayed, and planned
faults happen to them.
"""

import io
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response

from photosync.emulators.answers import (
    ConnectionCutError,
    alter,
    flip_a_byte,
    html_failure,
    rewrite,
    send_first,
    send_half,
)
from photosync.emulators.traffic import Fault, Traffic

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BLOCK = 256 * 1024
"""How much of a body is read or sent at once."""
_log = logging.getLogger(__name__)


class Service(Protocol):
    """What an emulated service must offer to be served and to be disturbed by
    faults.
    """

    def method_of(self, request: Request) -> str:
        """Give the name under which a call is counted and matched with faults."""

    def answer(self, request: Request, method: str) -> Response:
        """Do the call."""

    def failure(self, fault: Fault, method: str) -> Response:
        """Give the service's error answer for a fault of kind ``status``."""

    def expire_token(self, request: Request) -> Response:
        """Invalidate the token of a call and give the answer to such a token."""


@runtime_checkable
class Refusing(Protocol):
    """A service whose refusals take their form from the call that is refused."""

    def refusal(self, request: Request, method: str, fault: Fault) -> Response:
        """Give the service's error answer for a fault of kind ``fail``."""


class _Meter(io.RawIOBase):
    """A request body that counts what is read, and may end halfway in a broken
    connection.
    """

    def __init__(
        self, source: Any, count: Callable[[int], None], stop_at: int | None
    ) -> None:
        self._source = source
        self._count = count
        self._left = stop_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        if not wanted:
            raise ClientDisconnected
        data = self._source.read(wanted)
        buffer[: len(data)] = data
        self._count(len(data))
        if self._left is not None:
            self._left -= len(data)
        return len(data)


class Application:
    """Counts the calls of a service, delays them, and lets planned faults happen."""

    def __init__(self, service: Service, traffic: Traffic) -> None:
        self.delay = 0.0
        self.stopped = threading.Event()
        self._service = service
        self._traffic = traffic
        self._faulty: dict[str, Callable[[Request, str, Fault], Response]] = {
            "status": lambda _, method, fault: service.failure(fault, method),
            "fail": self._fail,
            "html": lambda _, __, fault: html_failure(fault),
            "cut_before": self._cut_before,
            "cut_midway": self._cut_after,
            "cut_after": self._cut_after,
            "truncate": self._truncate,
            "corrupt": self._corrupt,
            "slow": self._slow,
            "stall": self._stall,
            "stall_midway": self._stall_midway,
            "stall_after": self._stall_after,
            "drip": self._drip,
            "rewrite": self._rewrite,
            "expire_token": lambda request, _, __: service.expire_token(request),
        }

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        method = self._service.method_of(Request(environ))
        self._traffic.began(method)
        fault = self._traffic.take(method)
        self._meter(environ, method, fault)
        request = Request(environ)
        time.sleep(self.delay)
        response = self._respond(request, method, fault)
        self._traffic.ended(method, request.full_path, response.status_code)
        return self._count_blocks(response(environ, start_response), method)

    def _meter(
        self, environ: "WSGIEnvironment", method: str, fault: Fault | None
    ) -> None:
        half = int(environ.get("CONTENT_LENGTH") or 0) // 2
        midway = fault is not None and fault.kind == "cut_midway"
        meter = _Meter(
            environ["wsgi.input"],
            lambda size: self._traffic.count_received(method, size),
            half if midway else None,
        )
        environ["wsgi.input"] = io.BufferedReader(meter, BLOCK)

    def _respond(self, request: Request, method: str, fault: Fault | None) -> Response:
        try:
            if fault:
                return self._faulty[fault.kind](request, method, fault)
            return self._service.answer(request, method)
        except (ConnectionCutError, ClientDisconnected, ConnectionError):
            self._traffic.ended(method, request.full_path, 0)
            raise
        except Exception:  # noqa: BLE001 - the caller of a broken emulator must get an answer
            _log.exception("%s failed", method)
            return Response("Internal error of the emulator", 500)

    def _count_blocks(self, blocks: Iterable[bytes], method: str) -> Iterator[bytes]:
        try:
            for block in blocks:
                self._traffic.count_sent(method, len(block))
                yield block
        finally:
            getattr(blocks, "close", lambda: None)()

    def _fail(self, request: Request, method: str, fault: Fault) -> Response:
        if not isinstance(self._service, Refusing):
            raise TypeError(f"The service of {method} has no coded refusals.")
        return self._service.refusal(request, method, fault)

    def _cut_before(self, _request: Request, _method: str, _fault: Fault) -> Response:
        raise ConnectionCutError

    def _cut_after(self, request: Request, method: str, _fault: Fault) -> Response:
        self._service.answer(request, method)
        raise ConnectionCutError

    def _slow(self, request: Request, method: str, fault: Fault) -> Response:
        # Whoever waits for a service that is stopped meanwhile gets no answer.
        if self.stopped.wait(fault.seconds):
            raise ConnectionCutError
        return self._service.answer(request, method)

    def _stall(self, _request: Request, _method: str, fault: Fault) -> Response:
        self._stand_still(fault)
        raise ConnectionCutError

    def _stall_after(self, request: Request, method: str, fault: Fault) -> Response:
        self._service.answer(request, method)
        return self._stall(request, method, fault)

    def _stall_midway(self, request: Request, method: str, fault: Fault) -> Response:
        def change(blocks: Iterable[bytes], length: int) -> Iterator[bytes]:
            yield from send_first(blocks, length // 2)
            # An empty block sends what is buffered.
            yield b""
            self._stand_still(fault)
            raise ConnectionCutError

        return alter(self._service.answer(request, method), change)

    def _drip(self, request: Request, method: str, fault: Fault) -> Response:
        def change(blocks: Iterable[bytes], _length: int) -> Iterator[bytes]:
            for block in blocks:
                for byte in block:
                    yield bytes([byte])
                    yield b""
                    if self.stopped.wait(fault.seconds):
                        raise ConnectionCutError

        return alter(self._service.answer(request, method), change)

    def _rewrite(self, request: Request, method: str, fault: Fault) -> Response:
        return rewrite(self._service.answer(request, method), fault.change)

    def _stand_still(self, fault: Fault) -> None:
        self.stopped.wait(fault.seconds or None)

    def _truncate(self, request: Request, method: str, _fault: Fault) -> Response:
        return alter(self._service.answer(request, method), send_half)

    def _corrupt(self, request: Request, method: str, _fault: Fault) -> Response:
        return alter(self._service.answer(request, method), flip_a_byte)
