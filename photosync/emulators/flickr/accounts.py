"""The users of the service."""

from photosync.emulators.database import Row, Value
from photosync.emulators.flickr.errors import user_not_found
from photosync.emulators.flickr.state import State

_FIRST = 12037949754


class Accounts:
    def __init__(self, state: State) -> None:
        self._state = state

    def ensure(self, username: str) -> Row:
        """Give the account of a name, which is made if need be."""
        row = self.named(username)
        if row is not None:
            return row
        number = self._state.database.take_numbers("account", _FIRST)
        nsid = f"{number}@N01"
        alias = username.lower().replace(" ", "_")
        self._state.database.insert(
            "accounts",
            nsid=nsid,
            username=username,
            fullname=username.title(),
            path_alias=alias,
        )
        return self.get(nsid)

    def change(self, nsid: str, **columns: Value) -> None:
        """Set `pro`, or what uploads get by default, such as `is_public` or
        `safety_level`.
        """
        pairs = ", ".join(f"{name} = ?" for name in columns)
        sql = f"UPDATE accounts SET {pairs} WHERE nsid = ?"  # noqa: S608 - our own names
        self._state.database.run(sql, *columns.values(), nsid)

    def everyone(self) -> list[Row]:
        return self._state.database.rows("SELECT * FROM accounts ORDER BY rowid")

    def names(self) -> dict[str, str]:
        """Give the user names of all accounts by NSID."""
        return {row["nsid"]: row["username"] for row in self.everyone()}

    def find(self, nsid: str) -> Row | None:
        return self._state.database.row("SELECT * FROM accounts WHERE nsid = ?", nsid)

    def get(self, nsid: str) -> Row:
        """Give an account, which must exist."""
        row = self.find(nsid)
        if row is None:
            raise KeyError(nsid)
        return row

    def named(self, username: str) -> Row | None:
        sql = "SELECT * FROM accounts WHERE username = ? COLLATE NOCASE"
        return self._state.database.row(sql, username)

    def by_alias(self, name: str) -> Row | None:
        """Give the account in whose address a name stands: an NSID or an alias."""
        sql = "SELECT * FROM accounts WHERE nsid = ? OR path_alias = ? COLLATE NOCASE"
        return self._state.database.row(sql, name, name)

    def meant(self, user_id: str, caller: str, code: int = 1) -> Row:
        """Give the account that an argument names, ``me`` or nothing for the caller's
        own.

        Raises ApiError with `code` without such an account.
        """
        row = self.find(caller if user_id in {"", "me"} else user_id)
        if row is None:
            raise user_not_found(code)
        return row
