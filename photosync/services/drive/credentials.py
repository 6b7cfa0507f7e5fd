"""The token of one account, shared by threads and renewed by one of them at a time."""

from __future__ import annotations

import json
from threading import Lock, local
from typing import Any

from google.auth.exceptions import TransportError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials


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
    would wait and ask again by itself, or take it for a withdrawn sign-in.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        reply: Any = super().__call__(*args, **kwargs)  # type: ignore[no-untyped-call]
        answer = _parse_object(reply.data)
        # The page of a hotel's network, say, that wants a login first.
        is_strange = {"access_token", "error"}.isdisjoint(answer)
        if reply.status >= 500 or is_strange:
            raise TransportError(f"the answer has status {reply.status}")  # type: ignore[no-untyped-call]
        return reply


def _parse_object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
