"""Silence on a line: told after some seconds, and given up after more of them."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from typing import Any

TELLING_SECONDS = 10.0
"""So long nobody is told that nothing moves."""

OnSilence = Callable[[float], None]
"""Is told that nothing moves, and for how many seconds more that is waited for."""


def ignore_silence(seconds: float) -> None:
    """Tell nobody."""


def receive(line: socket.socket, buffer: Any, on_silence: OnSilence) -> int:
    """Read what comes next over a line into a buffer; return how many bytes came.

    Raises TimeoutError where nothing came within the timeout of the line.
    """
    limit = line.gettimeout()
    if limit is None or limit <= TELLING_SECONDS:
        return line.recv_into(buffer)
    try:
        line.settimeout(TELLING_SECONDS)
        return line.recv_into(buffer)
    except TimeoutError:
        left = limit - TELLING_SECONDS
        on_silence(left)
        line.settimeout(left)
        return line.recv_into(buffer)
    finally:
        line.settimeout(limit)


def report_unsent(line: socket.socket, on_silence: OnSilence) -> None:
    """Wait for a line that takes no bytes until that is to be told; sending then has
    its own timeout.
    """
    limit = line.gettimeout()
    if limit is None or limit <= TELLING_SECONDS:
        return
    takes = select.poll()
    takes.register(line, select.POLLOUT)
    if not takes.poll(TELLING_SECONDS * 1000):
        on_silence(limit)
