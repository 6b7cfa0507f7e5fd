"""The stored tokens: one file for all services and accounts, readable by its owner
alone.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from photosync.disk.private import (
    make_private_folder,
    read_private,
    write_private,
)
from photosync.errors import UsageError

log = logging.getLogger(__name__)

FILE = "tokens.json"
KEPT = "folders"
"""What of a token a new sign-in to the same account keeps: ids of folders there."""


class UserIO(Protocol):
    """Whoever signs in, as far as a flow needs them."""

    def tell(self, text: str) -> None:
        """Show a line, such as the address to open."""

    def ask(self, question: str) -> str:
        """Ask for one typed line.

        Raises AuthorizationNeeded where there is no terminal to type at.
        """


class Session:
    """The stored tokens of all services and accounts.

    The account signed in last is the one in use; the others are kept beside it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.warning = ""
        self._content = self._load()

    def token(self, service: str) -> dict[str, Any] | None:
        """Return the token of the account in use; None when nobody is signed in."""
        part = self._content.get(service, {})
        token = part.get("accounts", {}).get(part.get("account"))
        return dict(token) if isinstance(token, dict) else None

    def account(self, service: str) -> str:
        """Return the account in use, empty when nobody is signed in."""
        return str(self._content.get(service, {}).get("account", ""))

    def services(self) -> list[str]:
        """Return the services somebody is signed in to."""
        return [service for service in self._content if self.token(service)]

    def store(self, service: str, account: str, token: Mapping[str, Any]) -> None:
        """Store a token and make its account the one in use.

        What stands under `KEPT` in the one before stays.
        """
        # Another window may have signed in to the other service meanwhile.
        self._content = self._load()
        part = self._content.setdefault(service, {"accounts": {}})
        before = part["accounts"].get(account, {})
        kept = {KEPT: before[KEPT]} if KEPT in before else {}
        part["accounts"][account] = {**kept, **token}
        part["account"] = account
        self._write()

    def renew(self, service: str, account: str, token: Mapping[str, Any]) -> None:
        """Store what became of a token, unless its account was signed out meanwhile.

        Another process may have signed somebody in: that stays as it is.
        """
        self._content = self._load()
        accounts = self._content.get(service, {}).get("accounts", {})
        if account in accounts:
            accounts[account] = dict(token)
            self._write()

    def forget(self, service: str) -> None:
        """Drop the account in use; nobody is signed in to the service afterwards."""
        part = self._content.get(service)
        if part:
            part["accounts"].pop(part.pop("account", None), None)
            if not part["accounts"]:
                del self._content[service]
            self._write()

    def set_aside(self) -> None:
        """Move a damaged file away, so that signing in writes a new one."""
        if self.warning and self.path.exists():
            now = datetime.now(tz=UTC).strftime("%Y-%m-%d-%H%M%S")
            self.path.rename(self.path.with_name(f"{FILE}.damaged-{now}"))

    def _load(self) -> dict[str, Any]:
        try:
            content = json.loads(read_private(self.path))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UsageError(
                f"{self.path}: cannot be read ({error.strerror})"
            ) from error
        except ValueError:
            # A disk that was full cut the file short, or an editor spoilt it.
            content = None
        if not _is_sound(content):
            self.warning = (
                f"{self.path} is damaged and not used; sign in again with photosync -a"
            )
            return {}
        return dict(content)

    def _write(self) -> None:
        try:
            make_private_folder(self.path.parent)
            self.set_aside()
            write_private(self.path, json.dumps(self._content, indent=1))
        except OSError as error:
            raise UsageError(
                f"{self.path}: cannot be written ({error.strerror})"
            ) from error
        self.warning = ""


def _is_sound(content: object) -> bool:
    return isinstance(content, dict) and all(map(_is_sound_part, content.values()))


def _is_sound_part(part: object) -> bool:
    if not isinstance(part, dict):
        return False
    accounts = part.get("accounts")
    if not isinstance(accounts, dict):
        return False
    return all(isinstance(token, dict) for token in accounts.values())
