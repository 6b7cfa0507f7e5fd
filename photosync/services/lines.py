"""The connections of one service, so that another thread can cut them."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any
from weakref import WeakSet

import urllib3

from photosync.errors import Interrupted
from photosync.services.pace import ANSWER_SECONDS, PacedResponse
from photosync.services.silence import OnSilence, ignore_silence, report_unsent


class Lines:
    """The open connections of any number of sessions; any thread may cut them all.

    `seconds` is how long an answer may come at less than 1 KB a second; `on_silence` is
    told, by the thread that waits, where nothing comes or goes. A thread that waits for
    the next byte of a service that is mute hears of nothing else until then, which may
    be minutes.
    """

    def __init__(
        self, seconds: float = ANSWER_SECONDS, on_silence: OnSilence = ignore_silence
    ) -> None:
        self.seconds = seconds
        self.on_silence = on_silence
        self._lock = Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._is_cut = False

    def cut(self) -> None:
        """Let what is sent or read over these connections fail at once, and whoever
        wants another one get Interrupted.
        """
        with self._lock:
            self._is_cut = True
            sockets = list(self._sockets)
        for line in sockets:
            _shut(line)

    def check(self) -> None:
        """Raise Interrupted once the connections were cut."""
        if self._is_cut:
            raise Interrupted("interrupted")

    def watch(self, manager: urllib3.PoolManager) -> None:
        """Know all connections that this manager is going to make."""
        manager.pool_classes_by_scheme = {
            scheme: _derive_pool(pool, self)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }

    def add(self, connected: object) -> None:
        """Know one more connection, by its socket; raises Interrupted once they were
        cut.
        """
        with self._lock:
            self.check()
            # Behind a proxy that is spoken to by https it is something else.
            if isinstance(connected, socket.socket):
                self._sockets.add(connected)


def _shut(connected: socket.socket) -> None:
    # What is closed already needs nothing. The method of a TLS socket would also take
    # off its encryption, while another thread reads.
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


_PROBES = (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 4))
_UNHEARD_MS = 120_000


def list_socket_options() -> list[tuple[int, int, int]]:
    """Return what lets a connection notice within a minute that its other end is gone,
    and within two that nothing of what is sent arrives; and that it sends at once.

    After a new address from the provider nobody ever answers on the old lines, and
    nobody says so: that is another thing than a service that thinks for long.
    """
    tcp = socket.IPPROTO_TCP
    options = [
        (tcp, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    ]
    for name, value in (*_PROBES, ("TCP_USER_TIMEOUT", _UNHEARD_MS)):
        # Not every system has them all.
        number = getattr(socket, name, None)
        if number is not None:
            options.append((tcp, number, value))
    return options


_SOON = 3.0
"""Seconds within which an address answers that works. In many homes that by IPv6 is dead,
and must not keep each new connection waiting for the other one.
"""


class _FirstToAnswer:
    """Connects to the first of several addresses that answers."""

    timeout: Any

    def _new_conn(self) -> Any:
        patience = self.timeout
        if not isinstance(patience, int | float):
            return self._try_addresses(patience)
        try:
            connected = self._try_addresses(min(patience, _SOON))
        except urllib3.exceptions.NewConnectionError:
            # To urllib3 even a refusal is a kind of timeout.
            raise
        except urllib3.exceptions.ConnectTimeoutError:
            return self._try_addresses(patience)
        connected.settimeout(patience)
        return connected

    def _try_addresses(self, seconds: float | None) -> Any:
        """Try one address after the other, each for some seconds."""
        patience, self.timeout = self.timeout, seconds
        try:
            return super()._new_conn()  # type: ignore[misc]
        finally:
            self.timeout = patience


def _derive_pool(pool: Any, lines: Lines) -> Any:
    """Return a class of pools whose connections `lines` knows."""

    class Connection(_FirstToAnswer, pool.ConnectionCls):  # type: ignore[misc]
        response_class = staticmethod(
            partial(PacedResponse, seconds=lines.seconds, on_silence=lines.on_silence)
        )

        def connect(self) -> None:
            super().connect()
            # Not the connection: it forgets the socket of an answer that is its last.
            lines.add(self.sock)

        def send(self, data: Any) -> None:
            if isinstance(self.sock, socket.socket):
                report_unsent(self.sock, lines.on_silence)
            super().send(data)

    class Pool(pool):  # type: ignore[misc]
        ConnectionCls = Connection

    return Pool
