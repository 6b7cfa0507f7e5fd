"""The feed of changed files: one entry per file, moved to the end by each further
change.
"""

from photosync.emulators.clock import Clock
from photosync.emulators.drive.database import Database, Row
from photosync.emulators.drive.identity import Identity

_TOUCH = """
INSERT INTO changes (file, seq, account, time, removed, apps)
SELECT id, (SELECT coalesce(max(seq), 0) + 1 FROM changes), account, ?, ?, apps
FROM files WHERE id = ?
ON CONFLICT (file) DO UPDATE SET
    seq = excluded.seq, time = excluded.time, removed = excluded.removed, apps = excluded.apps
"""

_PAGE = """
SELECT * FROM changes WHERE account = ? AND seq >= ? AND (? OR instr(apps, ?) > 0)
AND (? OR NOT removed) ORDER BY seq LIMIT ?
"""


class ChangeLog:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def touch(self, file_id: str) -> None:
        """Report the present state of a file."""
        self._database.run(_TOUCH, self._clock.milliseconds(), 0, file_id)

    def removed(self, file_id: str) -> None:
        """Report that a file, which is still in the table, is being deleted for
        good.
        """
        self._database.run(_TOUCH, self._clock.milliseconds(), 1, file_id)

    def remove_silently(self, file_id: str) -> None:
        """Let an entry that is already there tell that its file is gone."""
        self._database.run("UPDATE changes SET removed = 1 WHERE file = ?", file_id)

    def next_number(self) -> int:
        """Give the number that the next change will have."""
        return self._database.number("SELECT coalesce(max(seq), 0) + 1 FROM changes")

    def since(
        self, number: int, caller: Identity, limit: int, *, include_removed: bool
    ) -> list[Row]:
        """Give the entries from `number` on that the caller may see, oldest first."""
        client = f" {caller.client} "
        everything = caller.sees_everything
        return self._database.rows(
            _PAGE, caller.account, number, everything, client, include_removed, limit
        )
