"""One account of Drive: calls within its quota, and their failures in our words."""

from __future__ import annotations

import json
import logging
import math
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import local
from typing import Any, TypeVar

import googleapiclient.discovery_cache
import requests
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from requests.structures import CaseInsensitiveDict

from photosync.errors import RateLimited, SideError
from photosync.services.costs import Allowance
from photosync.services.drive.credentials import SharedCredentials, TokenRequest
from photosync.services.drive.errors import Refusal, translate_exception
from photosync.services.drive.transport import (
    GoogleSession,
    Transport,
    execute,
    is_google,
)
from photosync.services.http import SENT_ANSWER, TIMEOUT, RetryPolicy
from photosync.services.lines import Lines
from photosync.services.quotas import UnitQuota
from photosync.services.web import SafeSession, read_origin

T = TypeVar("T")
log = logging.getLogger(__name__)

# The library tells of every 403; without a handler of its own that would go to standard
# error.
logging.getLogger("googleapiclient").addHandler(logging.NullHandler())

_LEAST_UNITS_PER_MINUTE = 20_000
"""So many quota units are spent even where Google refuses again and again."""

LIST = 100
DOWNLOAD = 200
MODIFY = 50
READ = 5
OTHER = 5
"""Quota units of the kinds of calls."""

_SHORT = 10.0
"""Seconds to wait for what can be done without."""


def _load_document(root: str | None) -> dict[str, Any]:
    folder = Path(googleapiclient.discovery_cache.__file__).parent / "documents"
    document: dict[str, Any] = json.loads((folder / "drive.v3.json").read_text())
    if root:
        document |= {
            "rootUrl": f"{root}/",
            "baseUrl": f"{root}/drive/v3/",
            "mtlsRootUrl": None,
        }
    return document


@dataclass(slots=True)
class Reach:
    """What calls say so that they reach beyond one's own drive: nothing at first.

    `files` goes with calls about a file, `lists` with searches.
    """

    files: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)

    def widen(self) -> None:
        """Let calls reach shared drives too."""
        self.files = {"supportsAllDrives": True}
        self.lists = {"supportsAllDrives": True, "includeItemsFromAllDrives": True}

    def search_in(self, drive: str) -> None:
        """Let searches go through one shared drive only."""
        self.lists |= {"corpora": "drive", "driveId": drive}


class Connection:
    """One account of Drive's, for any number of threads.

    `files`, `drives`, `changes`, `revisions` and `about` build requests as
    google-api-python-client documents them; `run` sends one. `root` is the address of
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
        self.timeout = timeout
        self._quota = UnitQuota(
            units_per_minute, retry_policy, least=_LEAST_UNITS_PER_MINUTE
        )
        self.calls = 0
        self._numbers = count(1)
        self._local = local()
        self._sessions: list[requests.Session] = []
        self._lines = Lines(timeout[1], retry_policy.tell_silence)
        document = _load_document(root)
        self._root = read_origin(str(document["rootUrl"]))
        service = build_from_document(document, http=Transport(SafeSession(), timeout))
        self.files = service.files()
        self.drives = service.drives()
        self.about = service.about()
        self.changes = service.changes()
        self.revisions = service.revisions()

    @property
    def allowance(self) -> Allowance | None:
        """The quota in units, None where none is kept to."""
        return self._quota.allowance

    @property
    def session(self) -> requests.Session:
        """The session of the calling thread."""
        if not hasattr(self._local, "session"):
            plain = SafeSession(lines=self._lines)
            asks = TokenRequest(plain, self.timeout)
            session = GoogleSession(
                self.credentials, auth_request=asks, lines=self._lines
            )
            self._local.session = session
            self._sessions += [plain, session]
        found: requests.Session = self._local.session
        return found

    @property
    def http(self) -> Transport:
        return Transport(self.session, self.timeout, self.is_trusted)

    @property
    def http_to_send(self) -> Transport:
        """The transport for the bytes of a photo.

        On a slow line many of them are still on their way when all seem to be sent.
        """
        connect, answer = self.timeout
        return Transport(self.session, (connect, SENT_ANSWER * answer), self.is_trusted)

    def try_once(self, request: Any, units: int) -> dict[str, Any]:
        """Send a request in one short try, as its answer can be done without.

        Raises SideError.
        """
        connect, answer = self.timeout
        timeout = (min(connect, _SHORT), min(answer, _SHORT))
        http = Transport(self.session, timeout, self.is_trusted)
        return self.attempt(units, lambda: execute(request, http))

    def run(self, request: Any, units: int) -> dict[str, Any]:
        """Send a request until it is no passing fault; returns the answer.

        Raises SideError.
        """
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
        except HttpError as error:
            headers = CaseInsensitiveDict(error.resp)
            failure = self._translate_refusal(
                Refusal.read(error.resp.status, error.content, headers)
            )
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
        return read_origin(address) == self._root or is_google(address)

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
