"""The token of one account, shared by threads and renewed by one of them at a time."""

from __future__ import annotations

import json
from contextlib import suppress
from threading import Lock, local
from typing import Any

from google.auth.exceptions import TransportError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from photosync.errors import Transient
from photosync.services.answers import (
    Fields,
    read_row,
    read_seconds,
    read_text,
    reading,
)

_GRANT: Fields = {
    "access_token": read_text,
    "refresh_token": read_text,
    "token_type": read_text,
    "scope": read_text,
    "error": read_text,
    "expires_in": read_seconds,
    "refresh_token_expires_in": read_seconds,
    "interval": read_seconds,
    "device_code": read_text,
    "user_code": read_text,
    "verification_url": read_text,
}


def check_grant(answer: object) -> dict[str, Any]:
    """Return an answer of the sign-in service whose fields are what they should be.

    Raises ValueError or its like for any other.
    """
    return read_row(answer, _GRANT, set())


class SharedCredentials(Credentials):
    """Credentials used by many threads, of which only one refreshes at a time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self._lock = Lock()
        self._sent = local()

    def apply(self, headers: dict[str, str], token: str | None = None) -> None:
        """Put the token into the headers of a request."""
        super().apply(headers, token)  # type: ignore[no-untyped-call]
        self._sent.header = headers["authorization"]

    def refresh(self, request: Request) -> None:
        """Get a new access token from `oauth2.googleapis.com/token`.

        Unless another thread did so since this one last sent its token.
        """
        with self._lock:
            sent = getattr(self._sent, "header", None)
            is_refused = sent == f"Bearer {self.token}"
            if is_refused or not self.valid:
                super().refresh(request)  # type: ignore[no-untyped-call]


class TokenRequest(Request):
    """Asks for tokens.

    An answer that is none of the sign-in service's own is a passing fault: google-auth
    would wait and ask again by itself, or take it for a withdrawn sign-in. `timeout` is
    in seconds, to connect and to be answered.
    """

    def __init__(self, session: Any, timeout: tuple[float, float]) -> None:
        super().__init__(session)
        self._timeout = timeout

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = self._timeout
        reply: Any = super().__call__(*args, **kwargs)  # type: ignore[no-untyped-call]
        answer = _parse_grant(reply.data)
        # The page of a hotel's network, say, that wants a login first.
        is_strange = {"access_token", "error"}.isdisjoint(answer)
        if reply.status >= 500 or is_strange:
            raise TransportError(f"the answer has status {reply.status}")  # type: ignore[no-untyped-call]
        return reply


def _parse_grant(data: bytes) -> dict[str, Any]:
    """Read an answer; an empty one where it makes no sense."""
    with suppress(Transient), reading("Google"):
        return check_grant(json.loads(data))
    return {}
