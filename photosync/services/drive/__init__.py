"""Google Drive: signing in, and the backend for whoever is signed in.

- `reader` looks and changes nothing; `backend` stands on it and does what a plan asks for,
  and by `restore` what an undo does.
- What they stand on, each folder importing only from those after it: single `photos` and
  `uploads`; `albums`; `files_api` for one file; `listings` of all; the `calls`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from photosync.config.settings import Settings
from photosync.errors import AuthorizationNeeded
from photosync.formatting import format_size
from photosync.services.auth.client_secrets import GoogleClient, Keys
from photosync.services.auth.session import Session, UserIO
from photosync.services.drive.albums.base_folder import Base
from photosync.services.drive.albums.shared import Owner
from photosync.services.drive.backend import DriveBackend
from photosync.services.drive.calls.about import fetch_account
from photosync.services.drive.calls.connection import Connection
from photosync.services.drive.calls.stored_token import SCOPES, StoredToken
from photosync.services.http import CONNECT_SECONDS, RetryPolicy
from photosync.services.network import Network
from photosync.services.standing import Fact, Standing

NAME = "drive"
_NARROW = "what photosync put there (--drive-scope file)"
_WIDE = "all of your Drive (--drive-scope full)"
_SIGN_IN = "not signed in to Google Drive; run photosync -a -p drive"


def check_keys(keys: Keys, settings: Settings, place: str) -> None:  # noqa: ARG001 - Flickr needs them
    """Raise UsageError for a client id that is missing at `place` or is none, and
    AuthorizationNeeded for one that Google does not take.
    """
    # Signing in has libraries of its own, which no run needs.
    from photosync.services.drive.calls.signin import check_client  # noqa: PLC0415

    check_client(keys.find_google(place))


def sign_in(
    keys: Keys, settings: Settings, user_io: UserIO, place: str
) -> tuple[str, dict[str, Any]]:
    """Ask for access and learn whose it is: the account's address and the token to
    store.
    """
    from photosync.services.drive.calls.signin import sign_in_google  # noqa: PLC0415

    client = keys.find_google(place)
    scope = SCOPES[settings.drive_scope]
    granted = sign_in_google(client, scope, user_io, headless=settings.headless)
    token = StoredToken(json.loads(granted.credentials.to_json()))  # type: ignore[no-untyped-call]
    if granted.lifetime is not None:
        token.note_lifetime(granted.lifetime)
    account = _find_address(_ask_account(token, settings))
    if granted.lifetime is not None:
        user_io.tell(f"Drive: {token.describe()}")
    return account, token.content


def connect(
    settings: Settings, session: Session, network: Network | None = None
) -> DriveBackend:
    """Make the backend of the account in use; raises AuthorizationNeeded without one.

    The token and the ids of one's own base folders are kept in the session, except in a
    dry run.
    """
    token = _load_token(settings, session)
    connection = _make_connection(token, settings, network)
    name = settings.drive_folder
    base = Base(
        name=name,
        known_id=token.find_base(name),
        is_sure=token.is_sure_of(name),
        remember=partial(token.note_base, name),
        owner=_read_owner(settings, token),
    )
    return DriveBackend(
        connection,
        account=session.account(NAME),
        base=base,
        is_narrow=token.is_narrow,
        keep_trash=not settings.no_trash,
        on_close=partial(token.keep_renewed, connection.credentials),
    )


def status(
    settings: Settings, session: Session, network: Network | None = None
) -> Standing:
    """Ask who is signed in, with what scope, and what space is left (`about.get`).

    Raises SideError.
    """
    token = _load_token(settings, session)
    about = _ask_account(token, settings, network)
    facts = [
        Fact("space", _describe_space(about.get("storageQuota", {}))),
        Fact("reach", _NARROW if token.is_narrow else _WIDE),
        Fact("sign-in", token.describe()),
    ]
    return Standing(_find_address(about), facts)


def sign_out(session: Session) -> str:
    """Withdraw the token at Google and forget it here.

    Returns the page on which a person does that, empty where Google confirmed it.
    """
    from photosync.services.drive.calls.signin import revoke_google  # noqa: PLC0415

    token = session.token(NAME) or {}
    client = GoogleClient(
        kind="installed",
        client_id="",
        client_secret="",
        token_uri=str(token.get("token_uri", "")),
    )
    secret = token.get("refresh_token") or token.get("token")
    confirmed = bool(secret) and revoke_google(client.sibling("/revoke"), str(secret))
    session.forget(NAME)
    return "" if confirmed else "https://myaccount.google.com/permissions"


def _load_token(settings: Settings, session: Session) -> StoredToken:
    content = session.token(NAME)
    if content is None:
        raise AuthorizationNeeded(_SIGN_IN)
    if settings.test:
        return StoredToken(content)
    return StoredToken(content, partial(session.renew, NAME, session.account(NAME)))


def _read_owner(settings: Settings, token: StoredToken) -> Owner | None:
    if not settings.owner:
        return None
    return Owner(settings.owner, narrow=token.is_narrow)


def _make_connection(
    token: StoredToken, settings: Settings, network: Network | None
) -> Connection:
    return Connection(
        token.make_credentials(),
        RetryPolicy(settings.retry_wait, service=NAME, network=network),
        settings.drive_url,
        (CONNECT_SECONDS, settings.answer_within),
        units_per_minute=settings.drive_quota or math.inf,
    )


def _ask_account(
    token: StoredToken, settings: Settings, network: Network | None = None
) -> dict[str, Any]:
    """Ask who is signed in and what space is left (`about.get`)."""
    connection = _make_connection(token, settings, network)
    try:
        return fetch_account(connection)
    finally:
        connection.close()


def _find_address(about: Mapping[str, Any]) -> str:
    return str(about["user"]["emailAddress"])


def _describe_space(quota: Mapping[str, Any]) -> str:
    used = int(quota.get("usage", 0))
    # An account of a company may have no limit of its own.
    if not quota.get("limit"):
        return f"{format_size(used)} used, no limit"
    limit = int(quota["limit"])
    left = f"{format_size(limit - used)} of {format_size(limit)} left"
    return f"{format_size(used)} used, {left}"
