"""Application keys and everything that accounts have granted them."""

import secrets
from dataclasses import dataclass

from photosync.emulators.clock import Clock
from photosync.emulators.database import Database, Row
from photosync.emulators.flickr.errors import OAuthProblemError
from photosync.emulators.flickr.settings import ConsentSettings

LEVELS = {"none": 0, "read": 1, "write": 2, "delete": 3}


@dataclass(frozen=True)
class Caller:
    """Who makes a call: an application, for an account unless `account` is empty."""

    key: str
    account: str = ""
    perms: str = "none"
    token: str = ""

    @property
    def level(self) -> int:
        return LEVELS[self.perms]


class Grants:
    """Keys, request tokens and access tokens, kept in the state directory."""

    def __init__(
        self, database: Database, settings: ConsentSettings, clock: Clock
    ) -> None:
        self.database = database
        self.settings = settings
        self._clock = clock

    def add_key(self) -> Row:
        """Register an application and give its `key` and `secret`."""
        key = secrets.token_hex(16)
        self.database.insert("api_keys", key=key, secret=secrets.token_hex(8))
        return self.database.rows("SELECT * FROM api_keys WHERE key = ?", key)[0]

    def default_key(self) -> Row:
        """Give the first application; there is always one."""
        with self.database.transaction():
            return (
                self.database.row("SELECT * FROM api_keys ORDER BY rowid")
                or self.add_key()
            )

    def find_key(self, key: str) -> Row | None:
        return self.database.row("SELECT * FROM api_keys WHERE key = ?", key)

    def remove_key(self, key: str) -> None:
        """Switch an application off, as the service does after abuse."""
        self.database.run("DELETE FROM api_keys WHERE key = ?", key)

    def start(self, key: str, callback: str) -> Row:
        """Make a request token."""
        token = _token()
        self.database.insert(
            "request_tokens",
            token=token,
            secret=secrets.token_hex(8),
            key=key,
            callback=callback,
            expires=self._clock.now() + self.settings.request_token_lifetime,
        )
        return self.request_token(token)

    def request_token(self, token: str) -> Row:
        """Give a request token; raise OAuthProblemError for an unknown or a late
        one.
        """
        row = self.database.row("SELECT * FROM request_tokens WHERE token = ?", token)
        if row is None:
            raise OAuthProblemError("token_rejected")
        if row["expires"] < self._clock.now():
            raise OAuthProblemError("token_expired")
        return row

    def approve(self, token: str, account: str, perms: str) -> str:
        """Grant what a request token asks for and give the verifier."""
        out_of_band = self.request_token(token)["callback"] == "oob"
        verifier = _nine_digits() if out_of_band else secrets.token_hex(8)
        sql = (
            "UPDATE request_tokens SET decision = 'approve', account = ?, perms = ?, verifier = ?"
            " WHERE token = ?"
        )
        self.database.run(sql, account, perms, verifier, token)
        return verifier

    def deny(self, token: str) -> None:
        self.database.run(
            "UPDATE request_tokens SET decision = 'deny' WHERE token = ?", token
        )

    def exchange(self, token: str, verifier: str) -> Row:
        """Give the access token for an approved request token, once; raise
        OAuthProblemError.
        """
        with self.database.transaction():
            row = self.request_token(token)
            if row["decision"] == "deny":
                raise OAuthProblemError("permission_denied")
            if row["decision"] is None or not secrets.compare_digest(
                row["verifier"], verifier
            ):
                raise OAuthProblemError("verifier_invalid")
            self.database.run("DELETE FROM request_tokens WHERE token = ?", token)
            return self.grant(row["key"], row["account"], row["perms"])

    def grant(self, key: str, account: str, perms: str) -> Row:
        """Make an access token."""
        token, secret = _token(), secrets.token_hex(8)
        self.database.insert(
            "access_tokens",
            token=token,
            secret=secret,
            key=key,
            account=account,
            perms=perms,
        )
        return self.database.rows("SELECT * FROM access_tokens WHERE token = ?", token)[
            0
        ]

    def access_token(self, token: str, key: str) -> Row | None:
        sql = "SELECT * FROM access_tokens WHERE token = ? AND key = ?"
        return self.database.row(sql, token, key)

    def revoke(self, token: str) -> None:
        self.database.run("DELETE FROM access_tokens WHERE token = ?", token)

    def revoke_everything(self) -> None:
        """Withdraw every permission, as users can in their account settings."""
        self.database.run("DELETE FROM access_tokens")


def _token() -> str:
    return f"{72157720800000000 + secrets.randbelow(10**9)}-{secrets.token_hex(8)}"


def _nine_digits() -> str:
    digits = f"{secrets.randbelow(10**9):09d}"
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
