"""The files of all accounts: their rows, their revisions, their place in the tree."""

import json
from collections.abc import Mapping

from photosync.emulators.blobs import BlobStore, Content
from photosync.emulators.clock import Clock
from photosync.emulators.drive.changes import ChangeLog
from photosync.emulators.drive.database import Database, Row, Value, random_id
from photosync.emulators.drive.errors import file_not_found
from photosync.emulators.drive.identity import Identity
from photosync.emulators.drive.resource import FOLDER
from photosync.emulators.drive.settings import Settings
from photosync.emulators.flickr import media_types
from photosync.emulators.settings import DAY

# The state of a whole subtree follows from its topmost folder.
_INHERIT_TRASH = """
WITH RECURSIVE tree (id, trashed) AS (
    SELECT id, explicitly_trashed
        OR coalesce((SELECT trashed FROM files AS above WHERE above.id = files.parent), 0)
    FROM files WHERE id = ?
    UNION ALL
    SELECT files.id, files.explicitly_trashed OR tree.trashed
    FROM files JOIN tree ON files.parent = tree.id)
UPDATE files SET
    trashed_at = CASE WHEN tree.trashed THEN coalesce(files.trashed_at, ?) END,
    trashed = tree.trashed
FROM tree WHERE files.id = tree.id
"""

_HEAD = 64 * 1024

_SUBTREE = """
WITH RECURSIVE tree (id) AS (
    SELECT ? UNION ALL SELECT files.id FROM files JOIN tree ON files.parent = tree.id)
SELECT id FROM tree
"""

_ANCESTORS = """
WITH RECURSIVE line (id, parent) AS (
    SELECT id, parent FROM files WHERE id = ?
    UNION ALL
    SELECT files.id, files.parent FROM files JOIN line ON files.id = line.parent)
SELECT id FROM line
"""


class FileStore:
    def __init__(
        self, database: Database, blobs: BlobStore, settings: Settings, clock: Clock
    ) -> None:
        self.database = database
        self.blobs = blobs
        self.changes = ChangeLog(database, clock)
        self.settings = settings
        self.clock = clock

    def ensure_account(self, email: str) -> None:
        """Make an account with an empty drive unless it exists."""
        if self.database.row("SELECT 1 FROM accounts WHERE email = ?", email):
            return
        roots = {"drive": random_id("0A", 13) + "PVA", "appDataFolder": random_id()}
        with self.database.transaction():
            name = email.partition("@")[0]
            self.database.insert(
                "accounts",
                email=email,
                name=name,
                root=roots["drive"],
                appdata=roots["appDataFolder"],
            )
            for space, root in roots.items():
                self._insert_root(email, space, root)

    def aliases(self, account: str) -> dict[str, str]:
        """Give the ids behind ``root`` and ``appDataFolder``."""
        row = self.database.rows("SELECT * FROM accounts WHERE email = ?", account)[0]
        return {"root": row["root"], "appDataFolder": row["appdata"]}

    def drives(self, account: str) -> list[Row]:
        """Give the root folders of the shared drives of an account."""
        sql = "SELECT * FROM files WHERE account = ? AND json_extract(extras, '$.driveId') = id"
        return self.database.rows(sql, account)

    def find(self, file_id: str) -> Row | None:
        return self.database.row("SELECT * FROM files WHERE id = ?", file_id)

    def get(self, file_id: str) -> Row:
        """Give a file, which must exist."""
        row = self.find(file_id)
        if row is None:
            raise KeyError(file_id)
        return row

    def visible(self, file_id: str, caller: Identity) -> Row:
        """Give a file that exists for the caller; raise ApiError 404."""
        row = self.find(self.aliases(caller.account).get(file_id, file_id))
        if row is None or not self._sees(caller, row):
            raise file_not_found(file_id)
        return row

    def add(self, columns: Mapping[str, Value], content: Content | None) -> Row:
        """Enter a new file; `columns` name at least id, account, parent, name and
        mime.
        """
        now = self.clock.milliseconds()
        usual: dict[str, Value] = {
            "created": now,
            "modified": now,
            "listed_from": self.clock.now() + self.settings.list_lag,
        }
        file_id = str(columns["id"])
        with self.database.transaction():
            self.database.insert("files", **{**usual, **columns})
            if content:
                self._set_content(file_id, content, now, keep_forever=False)
            self._inherit_trash(file_id)
            self.changes.touch(file_id)
        return self.get(file_id)

    def modify(self, row: Row, columns: Mapping[str, Value]) -> Row:
        """Change columns of a file; a change of place or of trash reaches all below
        it.
        """
        with self.database.transaction():
            self.database.update(
                "files", row["id"], version=row["version"] + 1, **columns
            )
            if columns.keys() & {"explicitly_trashed", "parent"}:
                self._inherit_trash(row["id"])
                self._touch_below(row)
            self.changes.touch(row["id"])
        return self.get(row["id"])

    def replace(
        self,
        row: Row,
        columns: Mapping[str, Value],
        content: Content,
        *,
        keep_forever: bool,
    ) -> Row:
        """Give a file a new head revision together with other changed columns."""
        modified = {"modified": self.clock.milliseconds(), **columns}
        with self.database.transaction():
            moment = int(modified["modified"] or 0)
            self._set_content(row["id"], content, moment, keep_forever=keep_forever)
            return self.modify(row, modified)

    def delete(self, row: Row) -> None:
        """Delete a file, and all below a folder, with every revision."""
        ids = self.subtree(row["id"])
        with self.database.transaction():
            for file_id in ids:
                if file_id == row["id"] or self.settings.descendant_changes:
                    self.changes.removed(file_id)
                else:
                    self.changes.remove_silently(file_id)
            for file_id in ids:
                self._erase(file_id)

    def subtree(self, file_id: str) -> list[str]:
        """Give the ids of a file and of everything below it."""
        return [row["id"] for row in self.database.rows(_SUBTREE, file_id)]

    def ancestors(self, file_id: str) -> list[str]:
        """Give the ids of a file and of every folder above it."""
        return [row["id"] for row in self.database.rows(_ANCESTORS, file_id)]

    def child_count(self, folder_id: str) -> int:
        return self.database.number(
            "SELECT count(*) FROM files WHERE parent = ?", folder_id
        )

    def usage(self, account: str, *, trashed_only: bool = False) -> int:
        """Give the bytes that the files of an account occupy."""
        sql = "SELECT sum(size) FROM files WHERE account = ? AND owned AND trashed >= ?"
        return self.database.number(sql, account, int(trashed_only))

    def note_sent(self, account: str, size: int) -> None:
        """Count bytes that a client has sent."""
        if size:
            now = self.clock.now()
            self.database.insert("sent", account=account, time=now, size=size)

    def sent_within_a_day(self, account: str) -> int:
        """Give the bytes that clients of an account have sent in the last 24 hours."""
        sql = "SELECT sum(size) FROM sent WHERE account = ? AND time > ?"
        return self.database.number(sql, account, self.clock.now() - DAY)

    def revisions(self, file_id: str) -> list[Row]:
        """Give the revisions of a file, oldest first."""
        return self.database.rows(
            "SELECT * FROM revisions WHERE file = ? ORDER BY rowid", file_id
        )

    def _sees(self, caller: Identity, row: Row) -> bool:
        if (
            row["is_root"]
            and row["space"] == "drive"
            and self.settings.root_visible_to_file_scope
        ):
            return bool(row["account"] == caller.account)
        return caller.sees(row)

    def _insert_root(self, account: str, space: str, root: str) -> None:
        now = self.clock.milliseconds()
        name = {"drive": "My Drive"}.get(space, "App Data")
        place = {"id": root, "account": account, "space": space}
        names = {"name": name, "folded": name.casefold(), "mime": FOLDER}
        self.database.insert(
            "files", **place, **names, is_root=1, created=now, modified=now
        )

    def _set_content(
        self, file_id: str, content: Content, modified: int, *, keep_forever: bool
    ) -> None:
        revision = random_id("0B", 27)
        size = {"blob": content.blob, "size": content.size, "md5": content.md5}
        sums = {"sha1": content.sha1, "sha256": content.sha256, "revision": revision}
        self.database.update("files", file_id, **size, **sums)
        which = {"file": file_id, "revision": revision}
        kept = {"modified": modified, "keep_forever": int(keep_forever)}
        self.database.insert("revisions", **which, **size, **kept)
        self._look_at(file_id, content)

    def _look_at(self, file_id: str, content: Content) -> None:
        """Tell what a JPEG says of itself; unlike the service's, this answer comes at
        once.
        """
        extras = json.loads(self.get(file_id)["extras"])
        head = self.blobs.head(content.blob, min(content.size, _HEAD))
        found = (
            media_types.facts(head, "jpg") if head.startswith(b"\xff\xd8\xff") else None
        )
        if found and found.taken:
            size = {"width": found.width, "height": found.height}
            extras["imageMediaMetadata"] = size | {
                "time": found.exif["DateTimeOriginal"]
            }
            self.database.update("files", file_id, extras=json.dumps(extras))
        elif len(self.revisions(file_id)) > 1 and extras.pop(
            "imageMediaMetadata", None
        ):
            self.database.update("files", file_id, extras=json.dumps(extras))

    def _inherit_trash(self, file_id: str) -> None:
        self.database.run(_INHERIT_TRASH, file_id, self.clock.milliseconds())

    def _touch_below(self, row: Row) -> None:
        if self.settings.descendant_changes:
            for file_id in self.subtree(row["id"]):
                self.changes.touch(file_id)

    def _erase(self, file_id: str) -> None:
        for revision in self.revisions(file_id):
            self.blobs.remove(revision["blob"])
        self.database.run("DELETE FROM revisions WHERE file = ?", file_id)
        self.database.run("DELETE FROM files WHERE id = ?", file_id)


def merge_extras(row: Row | None, extras: Mapping[str, object]) -> str:
    """Add extras to those that a file already has."""
    present = json.loads(row["extras"]) if row else {}
    return json.dumps({**present, **extras})
