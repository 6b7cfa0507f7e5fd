"""What is stored of a sign-in to Drive: Google's token, and beside it what runs learned."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from google.oauth2.credentials import Credentials

from photosync.services.auth.session import KEPT
from photosync.services.drive.calls.credentials import SharedCredentials
from photosync.services.drive.calls.errors import AUDIENCE_PAGE

SCOPES: Mapping[str, str] = {
    "file": "https://www.googleapis.com/auth/drive.file",
    "full": "https://www.googleapis.com/auth/drive",
}
"""The scopes of Google by the words of --drive-scope."""

_BASES = KEPT
"""Under this key are the ids of base folders by their name."""

_SURE_OF = "sure_of"
"""Under this one the names of those that were looked for with this very token."""

_ENDS = "refresh_token_ends"
"""Under this one is when Google ends the sign-in, where it said so."""

_NOT_RENEWABLE = "cannot be renewed; sign in again"


def _store_nowhere(content: Mapping[str, Any]) -> None:
    """Keep nothing, as a dry run does."""


class StoredToken:
    """A token as a mapping that JSON can hold; `store` is told when it changed."""

    def __init__(
        self,
        content: Mapping[str, Any],
        store: Callable[[Mapping[str, Any]], None] = _store_nowhere,
    ) -> None:
        self.content = dict(content)
        self._store = store

    @property
    def is_narrow(self) -> bool:
        """Whether it reaches only what photosync itself put there."""
        return SCOPES["full"] not in (self.content.get("scopes") or ())

    def find_base(self, name: str) -> str | None:
        """Return the id of a base folder as an earlier run learned it."""
        found: str | None = self.content.get(_BASES, {}).get(name)
        return found

    def is_sure_of(self, name: str) -> bool:
        """Whether a base folder was looked for with this very token."""
        return name in self.content.get(_SURE_OF, ())

    def note_base(self, name: str, folder_id: str, is_sure: bool) -> None:  # noqa: FBT001
        """Store the id of a base folder, and whether no other one is in question."""
        bases = dict(self.content.get(_BASES, {}))
        bases[name] = folder_id
        sure_of = set(self.content.get(_SURE_OF, ()))
        sure_of.discard(name)
        if is_sure:
            sure_of.add(name)
        self.content[_BASES] = bases
        self.content[_SURE_OF] = sorted(sure_of)
        self._store(self.content)

    def note_lifetime(self, seconds: float) -> None:
        """Note in how many seconds from now Google ends the sign-in."""
        end = datetime.now(tz=UTC) + timedelta(seconds=seconds)
        self.content[_ENDS] = end.isoformat()

    def keep_renewed(self, credentials: Credentials) -> None:
        """Store what became of the token in the run, if it was renewed."""
        if credentials.token != self.content.get("token"):
            self.content.update(json.loads(credentials.to_json()))  # type: ignore[no-untyped-call]
            self._store(self.content)

    def make_credentials(self) -> SharedCredentials:
        """Make what signs the calls of a run."""
        return SharedCredentials(
            self.content.get("token"),
            refresh_token=self.content.get("refresh_token"),
            token_uri=self.content.get("token_uri"),
            client_id=self.content.get("client_id"),
            client_secret=self.content.get("client_secret"),
            scopes=self.content.get("scopes"),
            expiry=_parse_expiry(str(self.content.get("expiry"))),
        )

    def describe(self) -> str:
        """Say how long the sign-in is good for."""
        if not self.content.get("refresh_token"):
            return _NOT_RENEWABLE
        end = _parse_expiry(str(self.content.get(_ENDS)))
        if end is None:
            return "good"
        day = end.replace(tzinfo=UTC).astimezone().date()
        return (
            f"good until {day}, when Google ends it (publish the app under "
            f"{AUDIENCE_PAGE}, then sign in again)"
        )


def _parse_expiry(text: str) -> datetime | None:
    """Read when a token ends, in the naive UTC of google-auth.

    None where nobody knows.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo:
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None)
