"""Uploads that are finished after their reply."""

import json
import secrets
from dataclasses import asdict

from photosync.emulators.blobs import Content
from photosync.emulators.flickr.calls import ApiCall
from photosync.emulators.flickr.errors import ApiError
from photosync.emulators.flickr.replies import Reply
from photosync.emulators.flickr.state import State
from photosync.emulators.flickr.uploads import Upload, Uploads

DONE, FAILED = 1, 2
_TAKE = "UPDATE tickets SET job = NULL WHERE id = ? AND job IS NOT NULL"


class Tickets:
    def __init__(self, state: State, uploads: Uploads) -> None:
        self._state = state
        self._uploads = uploads

    def issue(self, upload: Upload) -> str:
        """Take an upload on and give its ticket."""
        ticket, now = (
            f"{secrets.randbelow(10**9)}-{secrets.token_hex(8)}",
            self._state.clock.now(),
        )
        due = now + self._state.settings.ticket_seconds
        expires = due + self._state.settings.ticket_lifetime
        job = json.dumps(asdict(upload))
        self._state.database.insert(
            "tickets", id=ticket, due=due, expires=expires, job=job
        )
        return ticket

    def settle(self) -> None:
        """Finish the uploads that are due."""
        database = self._state.database
        sql = "SELECT * FROM tickets WHERE job IS NOT NULL AND due <= ? ORDER BY due, rowid"
        for row in database.rows(sql, self._state.clock.now()):
            with database.transaction():
                # Another thread may have been quicker.
                if not database.run(_TAKE, row["id"]):
                    continue
                complete, photo = self._finished(row["job"])
                database.update("tickets", row["id"], complete=complete, photo=photo)

    def check(self, call: ApiCall) -> Reply:
        """Answer ``photos.upload.checkTickets``."""
        rows = [self._row(ticket) for ticket in call.names("tickets")]
        return {"uploader": {"ticket": rows}}

    def _finished(self, job: str) -> tuple[int, int | None]:
        facts = json.loads(job)
        try:
            photo = self._uploads.finish(
                Upload(**{**facts, "content": Content(**facts["content"])})
            )
        except (ApiError, KeyError):
            return FAILED, None
        return DONE, photo

    def _row(self, ticket: str) -> Reply:
        sql = "SELECT * FROM tickets WHERE id = ? AND expires > ?"
        row = self._state.database.row(sql, ticket, self._state.clock.now())
        if row is None:
            return {"id": ticket, "invalid": 1}
        done = {"photoid": str(row["photo"])} if row["photo"] else {}
        return {"id": ticket, "complete": row["complete"], **done}
