"""One account of Drive: calls within its quota, and their failures in our words."""

from __future__ import annotations

import logging
import math
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import Lock, local
from typing import TYPE_CHECKING, Any, TypeVar

import requests

from photosync.errors import RateLimited, SideError
from photosync.services.costs import Allowance
from photosync.services.drive.calls.credentials import SharedCredentials, TokenRequest
from photosync.services.drive.calls.errors import Refusal, Refused, translate_exception
from photosync.services.drive.calls.reading_calls import fetch, make_address
from photosync.services.drive.calls.session import GoogleSession, is_google
from photosync.services.http import SENT_ANSWER, TIMEOUT, RetryPolicy
from photosync.services.lines import Lines
from photosync.services.quotas import UnitQuota
from photosync.services.web import SafeSession, read_origin

if TYPE_CHECKING:
    from photosync.services.drive.calls.transport import Transport

T = TypeVar("T")
log = logging.getLogger(__name__)

_LEAST_UNITS_PER_MINUTE = 20_000
"""So many quota units are spent even where Google refuses again and again."""

LIST = 100
DOWNLOAD = 200
MODIFY = 50
READ = 5
OTHER = 5
"""Quota units of the kinds of calls."""

_GOOGLE = "https://www.googleapis.com"

_SHORT = 10.0
"""Seconds to wait for what can be done without."""


EVERYWHERE: Mapping[str, Any] = {"supportsAllDrives": True}
"""What a call about a file says so that one on a shared drive is found, too."""


@dataclass(slots=True)
class Reach:
    """What calls say so that they reach beyond one's own drive: nothing at first.

    `files` goes with calls about a file, `lists` with searches.
    """

    files: Mapping[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)

    def widen(self) -> None:
        """Let calls reach shared drives too."""
        self.files = EVERYWHERE
        self.lists = {**EVERYWHERE, "includeItemsFromAllDrives": True}

    def search_in(self, drive: str) -> None:
        """Let searches go through one shared drive only."""
        self.lists |= {"corpora": "drive", "driveId": drive}


class Connection:
    """One account of Drive's, for any number of threads.

    `read` asks for something; `files` builds what is to be written, as
    google-api-python-client documents it, and `run` sends that. `root` is the address of
    the API where it is not Google's own; `timeout` the seconds to connect, or to send a
    block, and to wait for an answer; `units_per_minute` the quota units that may be
    spent. `calls` counts those that were made so far.
    """

    def __init__(
        self,
        credentials: SharedCredentials,
        retry_policy: RetryPolicy,
        root: str | None = None,
        timeout: tuple[float, float] = TIMEOUT,
        units_per_minute: float = math.inf,
    ) -> None:
        self.retry_policy = retry_policy
        self.reach = Reach()
        self.credentials = credentials
        self._timeout = timeout
        self._quota = UnitQuota(
            units_per_minute, retry_policy, least=_LEAST_UNITS_PER_MINUTE
        )
        self.calls = 0
        self._numbers = count(1)
        self._local = local()
        self._sessions: list[requests.Session] = []
        self._lines = Lines(timeout[1], retry_policy.report_silence)
        self._root = root or _GOOGLE
        self._files: Any = None
        self._building = Lock()

    @property
    def files(self) -> Any:
        """What builds calls about files that write something."""
        with self._building:
            if self._files is None:
                # A run that has nothing to write does without the library.
                from photosync.services.drive.calls.transport import build_files  # noqa: PLC0415

                self._files = build_files(self._root, self._timeout)
            return self._files

    @property
    def allowance(self) -> Allowance | None:
        """The quota in units, None where none is kept to."""
        return self._quota.allowance

    @property
    def timeout(self) -> tuple[float, float]:
        """Seconds to connect and to wait for an answer, of a call that begins now."""
        return self.retry_policy.network.bound_timeout(self._timeout)

    @property
    def session(self) -> requests.Session:
        """The session of the calling thread."""
        if not hasattr(self._local, "session"):
            plain = SafeSession(lines=self._lines)
            asks = TokenRequest(plain, self._timeout)
            session = GoogleSession(
                self.credentials, auth_request=asks, lines=self._lines
            )
            self._local.session = session
            self._sessions += [plain, session]
        found: requests.Session = self._local.session
        return found

    @property
    def http(self) -> Transport:
        """The transport for what `files` builds."""
        return self._make_transport(self.timeout)

    @property
    def http_to_send(self) -> Transport:
        """The transport for the bytes of a photo.

        On a slow line many of them are still on their way when all seem to be sent.
        """
        connect, answer = self._timeout
        return self._make_transport((connect, SENT_ANSWER * answer))

    def _make_transport(self, timeout: tuple[float, float]) -> Transport:
        from photosync.services.drive.calls.transport import Transport  # noqa: PLC0415 - as `files`

        return Transport(self.session, timeout, self.is_trusted)

    def make_address(self, place: str, **words: Any) -> str:
        """Return the address of a place of the API, with the words of a question."""
        return make_address(f"{self._root}/drive/v3/{place}", words)

    def read_once(self, place: str, units: int, **words: Any) -> dict[str, Any]:
        """Ask for something in one short try, as the answer can be done without.

        Raises SideError.
        """
        connect, answer = self.timeout
        timeout = (min(connect, _SHORT), min(answer, _SHORT))
        address = self.make_address(place, **words)
        return self.attempt(units, lambda: fetch(self.session, address, timeout))

    def read(self, place: str, units: int, **words: Any) -> dict[str, Any]:
        """Ask for what is at a place of the API, as `files`, until it is no passing fault;
        returns the answer. `words` are the parameters of the method, None counts as none.

        Raises SideError.
        """
        address = self.make_address(place, **words)
        return self.retry_policy.call(
            lambda: self.attempt(
                units, lambda: fetch(self.session, address, self.timeout)
            )
        )

    def run(self, request: Any, units: int) -> dict[str, Any]:
        """Send a request until it is no passing fault; returns the answer.

        Raises SideError.
        """
        from photosync.services.drive.calls.transport import execute  # noqa: PLC0415 - as `files`

        return self.retry_policy.call(
            lambda: self.attempt(units, lambda: execute(request, self.http))
        )

    def attempt(self, units: float, call: Callable[[], T]) -> T:
        """Try a call once, within the quota; what the libraries raise becomes a
        SideError.

        Their own errors are not chained: they hold addresses of uploads, to which
        anybody who knows them may write, and a traceback in a log would show these.
        """
        self.calls = next(self._numbers)
        self._quota.spend(units)
        try:
            return call()
        except Refused as refused:
            failure = self._translate_refusal(refused.refusal)
        except Exception as error:
            known = translate_exception(error)
            if known is None:
                raise
            log.debug("Drive: %s", type(error).__name__)
            _free_frames(error)
            failure = known
        raise failure

    def check_reply(self, reply: requests.Response) -> requests.Response:
        """Return a streamed reply that is a success; raises SideError otherwise."""
        if reply.status_code >= requests.codes.bad_request:
            with reply:
                raise self._translate_refusal(
                    Refusal.read(reply.status_code, reply.content, reply.headers)
                )
        return reply

    def is_trusted(self, address: str) -> bool:
        """Whether our token may be sent to an address that comes from outside of this
        run.
        """
        return read_origin(address) == read_origin(self._root) or is_google(address)

    def cancel(self) -> None:
        """End every wait and every call at once, and let none begin: they raise
        Interrupted, or Transient at first.
        """
        self.retry_policy.cancel()
        self._lines.cut()

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions:
            session.close()

    def _translate_refusal(self, refusal: Refusal) -> SideError:
        log.debug("Drive: %s %s %s", refusal.status, refusal.reason, refusal.message)
        error = refusal.to_error()
        if isinstance(error, RateLimited):
            self._quota.slow_down()
        return error


def _free_frames(error: BaseException | None) -> None:
    """Free what the frames of a failed call hold: whole chunks of photos, tied up in
    cycles.
    """
    while error:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__
