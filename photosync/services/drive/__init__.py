"""Google Drive: signing in, and the backend for whoever is signed in."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from photosync.config.settings import Settings
from photosync.errors import AuthorizationNeeded
from photosync.formatting import format_size
from photosync.services.auth.client_secrets import GoogleClient, Keys
from photosync.services.auth.session import KEPT, Session, UserIO
from photosync.services.drive.about import fetch_account
from photosync.services.drive.backend import DriveBackend
from photosync.services.drive.base_folder import Base
from photosync.services.drive.connection import Connection
from photosync.services.drive.credentials import SharedCredentials
from photosync.services.drive.errors import AUDIENCE_PAGE
from photosync.services.drive.shared import Owner
from photosync.services.http import CONNECT_SECONDS, RetryPolicy
from photosync.services.network import Network
from photosync.services.standing import Fact, Standing

NAME = "drive"
SCOPES: Mapping[str, str] = {
    "file": "https://www.googleapis.com/auth/drive.file",
    "full": "https://www.googleapis.com/auth/drive",
}
_BASES = KEPT
"""Under this key of the token are the ids of base folders by their name."""

_SURE_OF = "sure_of"
"""Under this one the names of those that were looked for with this very token."""

_ENDS = "refresh_token_ends"
"""Under this one is when Google ends the sign-in, where it said so."""

_NARROW = "what photosync put there (--drive-scope file)"
_WIDE = "all of your Drive (--drive-scope full)"
_NOT_RENEWABLE = "cannot be renewed; sign in again"
_SIGN_IN = "not signed in to Google Drive; run photosync -a -p drive"


def check_keys(keys: Keys, settings: Settings, place: str) -> None:  # noqa: ARG001 - Flickr needs them
    """Raise UsageError for a client id that is missing at `place` or is none, and
    AuthorizationNeeded for one that Google does not take.
    """
    # Signing in has libraries of its own, which no run needs.
    from photosync.services.drive.signin import check_client  # noqa: PLC0415

    check_client(keys.find_google(place))


def sign_in(
    keys: Keys, settings: Settings, user_io: UserIO, place: str
) -> tuple[str, dict[str, Any]]:
    """Ask for access and learn whose it is: the account's address and the token to
    store.
    """
    from photosync.services.drive.signin import sign_in_google  # noqa: PLC0415

    client = keys.find_google(place)
    scope = SCOPES[settings.drive_scope]
    granted = sign_in_google(client, scope, user_io, headless=settings.headless)
    token: dict[str, Any] = json.loads(granted.credentials.to_json())  # type: ignore[no-untyped-call]
    if granted.lifetime is not None:
        ends = datetime.now(tz=UTC) + timedelta(seconds=granted.lifetime)
        token[_ENDS] = ends.isoformat()
    connection = _connect(token, settings)
    try:
        account = str(fetch_account(connection)["user"]["emailAddress"])
    finally:
        connection.close()
    if _ENDS in token:
        user_io.tell(f"Drive: {_describe_token(token)}")
    return account, token


def connect(
    settings: Settings, session: Session, network: Network | None = None
) -> DriveBackend:
    """Make the backend of the account in use; raises AuthorizationNeeded without one.

    The token and the ids of one's own base folders are kept in the session, except in a
    dry run.
    """
    token = session.token(NAME)
    if token is None:
        raise AuthorizationNeeded(_SIGN_IN)
    account = session.account(NAME)
    connection = _connect(token, settings, network)
    name = settings.drive_folder

    def store_token() -> None:
        if not settings.test:
            session.renew(NAME, account, token)

    def remember(base: str) -> None:
        token[_BASES] = {**token.get(_BASES, {}), name: base}
        token[_SURE_OF] = sorted({*token.get(_SURE_OF, ()), name})
        store_token()

    def store_fresh_token() -> None:
        fresh = connection.credentials
        if fresh.token != token.get("token"):
            token.update(json.loads(fresh.to_json()))  # type: ignore[no-untyped-call]
            store_token()

    return DriveBackend(
        connection,
        account=account,
        base=Base(
            name=name,
            known_id=token.get(_BASES, {}).get(name),
            is_sure=name in token.get(_SURE_OF, ()),
            remember=remember,
            owner=_read_owner(settings, token),
        ),
        is_narrow=_is_narrow(token),
        keep_trash=not settings.no_trash,
        on_close=store_fresh_token,
    )


def _read_owner(settings: Settings, token: Mapping[str, Any]) -> Owner | None:
    if not settings.owner:
        return None
    return Owner(settings.owner, narrow=_is_narrow(token))


def _is_narrow(token: Mapping[str, Any]) -> bool:
    """Whether a token reaches only what photosync itself put there."""
    return SCOPES["full"] not in token.get("scopes", ())


def status(
    settings: Settings, session: Session, network: Network | None = None
) -> Standing:
    """Ask who is signed in, with what scope, and what space is left (`about.get`).

    Raises SideError.
    """
    token = session.token(NAME)
    if token is None:
        raise AuthorizationNeeded(_SIGN_IN)
    connection = _connect(token, settings, network)
    try:
        about = fetch_account(connection)
    finally:
        connection.close()
    facts = [
        Fact("space", _describe_space(about.get("storageQuota", {}))),
        Fact("reach", _NARROW if _is_narrow(token) else _WIDE),
        Fact("sign-in", _describe_token(token)),
    ]
    return Standing(str(about["user"]["emailAddress"]), facts)


def _describe_token(token: Mapping[str, Any]) -> str:
    if not token.get("refresh_token"):
        return _NOT_RENEWABLE
    end = _parse_expiry(str(token.get(_ENDS)))
    if end is None:
        return "good"
    day = end.replace(tzinfo=UTC).astimezone().date()
    return (
        f"good until {day}, when Google ends it (publish the app under {AUDIENCE_PAGE}, "
        "then sign in again)"
    )


def _describe_space(quota: Mapping[str, Any]) -> str:
    used = int(quota.get("usage", 0))
    # An account of a company may have no limit of its own.
    if not quota.get("limit"):
        return f"{format_size(used)} used, no limit"
    limit = int(quota["limit"])
    left = f"{format_size(limit - used)} of {format_size(limit)} left"
    return f"{format_size(used)} used, {left}"


def sign_out(session: Session) -> bool:
    """Withdraw the token at Google and forget it here.

    Returns whether Google confirmed it.
    """
    from photosync.services.drive.signin import revoke_google  # noqa: PLC0415

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
    return confirmed


def _connect(
    token: Mapping[str, Any], settings: Settings, network: Network | None = None
) -> Connection:
    credentials = SharedCredentials(
        token.get("token"),
        refresh_token=token.get("refresh_token"),
        token_uri=token.get("token_uri"),
        client_id=token.get("client_id"),
        client_secret=token.get("client_secret"),
        scopes=token.get("scopes"),
        expiry=_parse_expiry(str(token.get("expiry"))),
    )
    return Connection(
        credentials,
        RetryPolicy(settings.retry_wait, service=NAME, network=network),
        settings.drive_url,
        (CONNECT_SECONDS, settings.answer_within),
        units_per_minute=settings.drive_quota or math.inf,
    )


def _parse_expiry(text: str) -> datetime | None:
    """Read when an access token ends, in the naive UTC of google-auth.

    None where nobody knows.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo:
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None)
