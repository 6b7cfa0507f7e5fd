"""Whose rows are read and written: two accounts or two libraries never mix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_text, encode_text

_FIND = "SELECT id FROM scopes WHERE service = ? AND account = ? AND roots = ?"
_ADD = "INSERT INTO scopes (service, account, roots) VALUES (?, ?, ?)"


class Scope:
    """One account of a service together with one library, by the number of its rows.

    A new one is added; raises StateUnusable. In a dry run it has the number 0, which no
    row has. `carried` is the number of one that is known by another account yet.
    """

    def __init__(
        self,
        database: Database,
        service: str,
        account: str,
        library: str,
        *,
        carried: int = 0,
    ) -> None:
        self.database = database
        names = [encode_text(name) for name in (service, account, library)]
        rows = database.read(_FIND, names)
        self.number: int = rows[0][0] if rows else carried
        if not self.number:
            self.number = database.insert(_ADD, names)

    def read(self, statement: str, *values: object) -> Sequence[Any]:
        """Return the rows of a query whose first value is the number."""
        return self.database.read(statement, (self.number, *values))


def read_accounts(database: Database) -> dict[int, str]:
    """Return the account of each scope, by its number."""
    rows = database.read("SELECT id, account FROM scopes")
    return {number: decode_text(account) for number, account in rows}
