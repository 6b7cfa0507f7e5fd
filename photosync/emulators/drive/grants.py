"""OAuth clients and everything that accounts have granted them."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from photosync.emulators.clock import Clock
from photosync.emulators.drive.database import Database, Row
from photosync.emulators.drive.identity import Identity
from photosync.emulators.drive.settings import ConsentSettings

CODE_LIFETIME = 600
DEVICE_LIFETIME = 1800
MAX_REFRESH_TOKENS = 100


class OAuthError(Exception):
    """A refusal of the token endpoints: HTTP status, error code and description."""

    def __init__(self, status: int, error: str, description: str) -> None:
        self.status = status
        self.error = error
        self.description = description
        super().__init__(description)


def invalid_grant(description: str) -> OAuthError:
    return OAuthError(400, "invalid_grant", description)


@dataclass(frozen=True)
class Authorization:
    """What an account agrees to when it approves a client's request."""

    client: str
    account: str
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str | None
    challenge_method: str | None
    offline: bool


class Grants:
    """Clients, codes, tokens and devices, kept in the state directory."""

    def __init__(
        self, database: Database, settings: ConsentSettings, clock: Clock
    ) -> None:
        self.database = database
        self.settings = settings
        self._clock = clock

    def add_client(
        self,
        kind: str = "installed",
        redirect_uris: Iterable[str] = ("http://localhost",),
    ) -> Row:
        """Register a client of the kind ``installed``, ``web`` or ``device``."""
        client_id = f"{secrets.randbelow(10**12):012d}-{secrets.token_hex(8)}"
        row = {
            "id": f"{client_id}.apps.googleusercontent.com",
            "secret": "GOCSPX-" + secrets.token_urlsafe(21),
            "kind": kind,
            "redirect_uris": json.dumps(list(redirect_uris)),
        }
        self.database.insert("clients", **row)
        return self.client(row["id"])

    def default_client(self, kind: str) -> Row:
        """Give the first client of a kind; there is always one."""
        row = self.database.row(
            "SELECT * FROM clients WHERE kind = ? ORDER BY rowid", kind
        )
        return row or self.add_client(kind)

    def client(self, client_id: str) -> Row:
        """Give a client; raise OAuthError 401 for an unknown one."""
        row = self.database.row("SELECT * FROM clients WHERE id = ?", client_id)
        if row is None:
            raise OAuthError(401, "invalid_client", "The OAuth client was not found.")
        return row

    def issue_code(self, grant: Authorization) -> str:
        code = "4/0A" + secrets.token_urlsafe(40)
        columns = {
            "code": code,
            "client": grant.client,
            "account": grant.account,
            "scopes": " ".join(sorted(grant.scopes)),
            "redirect_uri": grant.redirect_uri,
            "challenge": grant.challenge,
            "challenge_method": grant.challenge_method,
            "offline": int(grant.offline),
            "expires": self._clock.now() + CODE_LIFETIME,
        }
        self.database.insert("codes", **columns)
        return code

    def use_code(self, code: str, client_id: str) -> Row:
        """Give what a code stands for, once; raise OAuthError 400."""
        with self.database.transaction():
            row = self.database.row("SELECT * FROM codes WHERE code = ?", code)
            if row is None or row["client"] != client_id:
                raise invalid_grant("Malformed auth code.")
            if row["used"] or row["expires"] < self._clock.now():
                raise invalid_grant("Bad Request")
            self.database.run("UPDATE codes SET used = 1 WHERE code = ?", code)
        return row

    def tokens(
        self, client: str, account: str, scopes: str, *, offline: bool
    ) -> dict[str, Any]:
        """Make an access token, for `offline` also a refresh token, as the endpoint
        answers.
        """
        refresh = self._refresh_token(client, account, scopes) if offline else None
        answer = self._access_token(client, account, scopes, refresh)
        if refresh:
            answer["refresh_token"] = refresh
            if self.settings.refresh_lifetime is not None:
                answer["refresh_token_expires_in"] = self.settings.refresh_lifetime
        return answer

    def refresh(self, refresh_token: str, client: str) -> dict[str, Any]:
        """Make a new access token; raise OAuthError 400 when the refresh token is
        dead.
        """
        sql = "SELECT * FROM refresh_tokens WHERE token = ? AND client = ? AND live"
        row = self.database.row(sql, refresh_token, client)
        if row is None or (
            row["expires"] is not None and row["expires"] < self._clock.now()
        ):
            raise invalid_grant("Token has been expired or revoked.")
        return self._access_token(client, row["account"], row["scopes"], refresh_token)

    def identity(self, access_token: str) -> Identity | None:
        """Tell who presents a token, None if it does not work (any more)."""
        row = self.database.row(
            "SELECT * FROM access_tokens WHERE token = ?", access_token
        )
        if row is None or row["expires"] < self._clock.now():
            return None
        return Identity(row["account"], row["client"], frozenset(row["scopes"].split()))

    def expire(self, access_token: str) -> None:
        """Make one access token invalid; its refresh token still works."""
        self.database.run("DELETE FROM access_tokens WHERE token = ?", access_token)

    def expire_all_access_tokens(self) -> None:
        self.database.run("DELETE FROM access_tokens")

    def revoke(self, token: str) -> bool:
        """End the grant behind an access or refresh token; tell whether there was
        one.
        """
        sql = "SELECT refresh FROM access_tokens WHERE token = ?"
        row = self.database.row(sql, token)
        refresh = row["refresh"] if row else token
        with self.database.transaction():
            self.expire(token)
            self.database.run("DELETE FROM access_tokens WHERE refresh = ?", refresh)
            sql = "UPDATE refresh_tokens SET live = 0 WHERE token = ? AND live"
            return bool(self.database.run(sql, refresh)) or row is not None

    def revoke_everything(self) -> None:
        """End every grant, as the user can in the account's security page."""
        self.expire_all_access_tokens()
        self.database.run("UPDATE refresh_tokens SET live = 0")

    def start_device(self, client: str, scopes: str) -> dict[str, Any]:
        """Begin a device sign-in and give the codes for it."""
        code, user_code = "AH-" + secrets.token_urlsafe(40), _user_code()
        columns = {
            "code": code,
            "user_code": user_code,
            "client": client,
            "scopes": scopes,
        }
        self.database.insert(
            "devices", **columns, expires=self._clock.now() + DEVICE_LIFETIME
        )
        return {
            "device_code": code,
            "user_code": user_code,
            "expires_in": DEVICE_LIFETIME,
            "interval": self.settings.device_interval,
        }

    def decide_device(self, user_code: str, account: str, *, approve: bool) -> None:
        """Answer a device sign-in as the user does on another screen."""
        decision = "approve" if approve else "deny"
        sql = "UPDATE devices SET decision = ?, account = ? WHERE user_code = ?"
        if not self.database.run(sql, decision, account, user_code):
            raise KeyError(user_code)

    def poll_device(self, code: str, client: str) -> Row:
        """Give an approved device, once; raise OAuthError while or because there is
        none.
        """
        row = self.database.row("SELECT * FROM devices WHERE code = ?", code)
        now = self._clock.now()
        if row is None or row["client"] != client or row["expires"] < now:
            raise invalid_grant("Bad Request")
        self.database.run("UPDATE devices SET polled = ? WHERE code = ?", now, code)
        if (
            row["polled"] is not None
            and now - row["polled"] < self.settings.device_interval
        ):
            raise OAuthError(403, "slow_down", "Forbidden")
        decision = row["decision"] or {"page": None}.get(
            self.settings.consent, self.settings.consent
        )
        if decision is None:
            raise OAuthError(428, "authorization_pending", "Precondition Required")
        self.database.run("DELETE FROM devices WHERE code = ?", code)
        if decision == "deny":
            raise OAuthError(403, "access_denied", "Forbidden")
        return row

    def _refresh_token(self, client: str, account: str, scopes: str) -> str:
        token, now = "1//0" + secrets.token_urlsafe(60), self._clock.now()
        lifetime = self.settings.refresh_lifetime
        whose = {"token": token, "client": client, "account": account, "scopes": scopes}
        expires = None if lifetime is None else now + lifetime
        with self.database.transaction():
            self.database.insert("refresh_tokens", **whose, issued=now, expires=expires)
            self.database.run(_RETIRE_OLDEST, client, account, MAX_REFRESH_TOKENS)
        return token

    def _access_token(
        self, client: str, account: str, scopes: str, refresh: str | None
    ) -> dict[str, Any]:
        token, lifetime = (
            "ya29.a0" + secrets.token_urlsafe(60),
            self.settings.access_lifetime,
        )
        whose = {"token": token, "client": client, "account": account, "scopes": scopes}
        expires = self._clock.now() + lifetime
        self.database.insert("access_tokens", **whose, refresh=refresh, expires=expires)
        return {
            "access_token": token,
            "expires_in": lifetime,
            "scope": scopes,
            "token_type": "Bearer",
        }


_RETIRE_OLDEST = """
UPDATE refresh_tokens SET live = 0 WHERE rowid IN (
    SELECT rowid FROM refresh_tokens WHERE client = ? AND account = ? AND live
    ORDER BY rowid DESC LIMIT -1 OFFSET ?)
"""


def _user_code() -> str:
    letters = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
