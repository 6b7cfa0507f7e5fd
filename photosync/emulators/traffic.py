"""What goes through an emulated service: counted calls and planned faults."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FaultKind = Literal[
    "status",
    "fail",
    "html",
    "cut_before",
    "cut_midway",
    "cut_after",
    "truncate",
    "corrupt",
    "slow",
    "stall",
    "stall_midway",
    "stall_after",
    "drip",
    "rewrite",
    "expire_token",
]


@dataclass(frozen=True)
class Fault:
    """One planned misbehaviour of a service method.

    `method` is a method name such as ``files.list``, or ``*`` for all. The first
    `after` matching calls pass, the next `times` ones fail (None: all that follow). A
    connection that stalls is held for `seconds`, 0 until the service stops. Kinds:

    - ``status``: answer `status` with the service's error body for `reason` (and
    `message`, by default the usual one), do nothing
    - ``fail``: refuse with the service's error `code`, do nothing; for services with
    such codes
    - ``html``: like ``status`` with a front-end's HTML page as body; `status` may be
    200
    - ``cut_before``: drop the connection, do nothing
    - ``cut_midway``: read half of the request body, drop the connection; an upload
      session keeps the whole blocks that had arrived
    - ``cut_after``: do it, then drop the connection without an answer
    - ``truncate``: send half of the announced body, then drop the connection
    - ``corrupt``: alter one byte in the middle of the body
    - ``slow``: wait `seconds` before doing it
    - ``stall``: read nothing of the request body and never answer
    - ``stall_midway``: send half of the announced body, then nothing more
    - ``stall_after``: do it, then never answer
    - ``drip``: send the body byte by byte, `seconds` apart
    - ``rewrite``: do it, then send what `change` makes of the answer, see `Hosted.rewrite`
    - ``expire_token``: make the presented access token invalid and refuse the call
    """

    method: str
    kind: FaultKind
    times: int | None = 1
    after: int = 0
    status: int = 500
    reason: str = "backendError"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    message: str | None = None
    code: int = 105
    change: Callable[[Any], Any] = lambda answer: answer


@dataclass(frozen=True)
class Call:
    """One finished call; `status` is 0 when it was cut off before an answer existed."""

    method: str
    target: str
    status: int


@dataclass
class _Planned:
    fault: Fault
    to_skip: int
    left: int | None

    def matches(self, method: str) -> bool:
        return self.fault.method in {method, "*"}

    def due(self) -> bool:
        if self.to_skip:
            self.to_skip -= 1
            return False
        return self.left is None or self.left > 0


class Traffic:
    """Thread-safe record of the calls to one service, and the faults planned for it.

    `calls` counts by method name; `received` and `sent` count body bytes by method
    name. `listener` is told the method of each call that was done, before its answer is
    sent.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.history: deque[Call] = deque(maxlen=100_000)
        self.listener: Callable[[str], None] | None = None
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Forget the counts and the history; planned faults stay."""
        with self._lock:
            for record in (self.calls, self.received, self.sent, self.history):
                record.clear()

    def began(self, method: str) -> None:
        with self._lock:
            self.calls[method] += 1

    def ended(self, method: str, target: str, status: int) -> None:
        with self._lock:
            self.history.append(Call(method, target, status))
        if self.listener:
            self.listener(method)

    def count_received(self, method: str, size: int) -> None:
        with self._lock:
            self.received[method] += size

    def count_sent(self, method: str, size: int) -> None:
        with self._lock:
            self.sent[method] += size

    def plan(self, *faults: Fault) -> None:
        """Add faults; when several are due for one call the earliest planned one
        happens.
        """
        with self._lock:
            self._planned += [
                _Planned(fault, fault.after, fault.times) for fault in faults
            ]

    def clear_faults(self) -> None:
        with self._lock:
            self._planned.clear()

    @property
    def pending(self) -> list[Fault]:
        """The planned faults that can still happen."""
        with self._lock:
            return [planned.fault for planned in self._planned if planned.left != 0]

    def take(self, method: str) -> Fault | None:
        """Count a call to `method` against the plan and give the fault that hits it."""
        with self._lock:
            matching = [each for each in self._planned if each.matches(method)]
            # Each one counts the call, also those that come too late for it.
            due = [planned for planned in matching if planned.due()]
            if not due:
                return None
            first = due[0]
            if first.left is not None:
                first.left -= 1
            return first.fault
