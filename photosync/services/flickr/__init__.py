"""Flickr: signing in, and the backend for whoever is signed in.

- `reader` looks and changes nothing; `backend` stands on it and does what a plan asks for,
  with `sending` for the bytes of photos. `capabilities` are what Flickr can do.
- What they stand on, each folder importing only from those after it: `albums`; `uploads`;
  `lagging_lists`, as Flickr shows for a while what was before; single `photos`; `listings`
  of all; the `calls`; and of no call `records` and `notes`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from photosync.config.settings import Settings
from photosync.errors import AuthorizationNeeded
from photosync.services.answers import read_id, reading
from photosync.services.auth import client_secrets as key_files
from photosync.services.auth.client_secrets import FlickrKey, Keys
from photosync.services.auth.session import Session, UserIO
from photosync.services.flickr.backend import FlickrBackend
from photosync.services.flickr.calls.account import Account
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.paging import read_content
from photosync.services.flickr.calls.signin import check_key, sign_in_flickr
from photosync.services.http import RetryPolicy
from photosync.services.network import Network
from photosync.services.quotas import HourlyQuota
from photosync.services.standing import Fact, Standing

NAME = "flickr"
CALLS_PER_HOUR = 3600
_CALLS_FILE = "flickr-calls.json"
_SIGN_IN = "not signed in to Flickr; run photosync -a -p flickr"
_TOKEN_FIELDS = ("user_nsid", "oauth_token", "oauth_token_secret")
_KEY_FIELDS = ("api_key", "api_secret")


def check_keys(keys: Keys, settings: Settings, place: str) -> None:
    """Raise UsageError for a key that is missing at `place`, and AuthorizationNeeded for
    one that Flickr does not take.
    """
    check_key(keys.find_flickr(place), settings.flickr_url)


def sign_in(
    keys: Keys, settings: Settings, user_io: UserIO, place: str
) -> tuple[str, dict[str, Any]]:
    """Ask for access; return the user's name and the token to store."""
    key = keys.find_flickr(place)
    token = sign_in_flickr(
        key, user_io, settings.flickr_url, headless=settings.headless
    )
    stored = {**token, "api_key": key.api_key, "api_secret": key.api_secret}
    for line in Account(_make_connection(stored, settings)).describe():
        user_io.tell(f"Flickr: {line}")
    return str(token.get("username") or token["user_nsid"]), stored


def connect(
    settings: Settings, session: Session, network: Network | None = None
) -> FlickrBackend:
    """Return the backend of the account in use; raises AuthorizationNeeded when there
    is none.
    """
    connection = _make_connection(_load_token(session), settings, network)

    def keep_quota() -> None:
        # A dry run writes nothing, not even how many calls it used.
        if not settings.test:
            connection.quota.save()

    return FlickrBackend(
        connection,
        privacy=settings.flickr_privacy,
        details=settings.sidecars,
        owner=settings.owner or "",
        transfers=settings.transfers,
        on_close=keep_quota,
    )


def status(
    settings: Settings, session: Session, network: Network | None = None
) -> Standing:
    """Say who is signed in and what the account may hold (flickr.test.login); raises
    SideError if Flickr does not answer.
    """
    token = _load_token(session)
    connection = _make_connection(token, settings, network)
    try:
        answer = connection.call("test.login")
        with reading("Flickr"):
            who = read_content(answer["user"]["username"])
            user_id = read_id(answer["user"]["id"])
        kind, limits = Account(connection).describe()
        facts = [
            Fact("account", f"{kind} ({user_id})"),
            Fact("limits", limits),
            Fact("calls left", f"{connection.quota.left:,} in this hour"),
        ]
        return Standing(who, facts)
    finally:
        connection.close()
        if not settings.test:
            connection.quota.save()


def sign_out(session: Session) -> str:
    """Forget the token; return the page on which it is withdrawn."""
    # Flickr lets nobody but the user do that.
    session.forget(NAME)
    return "https://www.flickr.com/services/auth/list.gne"


def _load_token(session: Session) -> dict[str, Any]:
    token = session.token(NAME)
    if token is None:
        raise AuthorizationNeeded(_SIGN_IN)
    _check_fields(token, _TOKEN_FIELDS)
    return token


def _check_fields(token: dict[str, Any], fields: Iterable[str]) -> None:
    """Raise AuthorizationNeeded for a token that lacks some of its fields."""
    for field in fields:
        # Somebody tidied the file up with an editor.
        if not isinstance(token.get(field), str):
            raise AuthorizationNeeded(_SIGN_IN)


def _make_connection(
    token: dict[str, Any], settings: Settings, network: Network | None = None
) -> Connection:
    # The key of the environment goes first: a container brings its own.
    key = key_files.read_flickr_key(os.environ)
    if key is None:
        _check_fields(token, _KEY_FIELDS)
        key = FlickrKey(token["api_key"], token["api_secret"])
    retry_policy = RetryPolicy(settings.retry_wait, service=NAME, network=network)
    path = settings.home.state / _CALLS_FILE
    quota = HourlyQuota(CALLS_PER_HOUR, retry_policy, path)
    return Connection(
        key,
        token,
        retry_policy,
        quota,
        root=settings.flickr_url,
        answer_seconds=settings.answer_within,
    )
