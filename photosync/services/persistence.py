"""What a backend may keep in the memory between runs: listings and unfinished uploads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

Row = Mapping[str, Any]
"""One entry of a listing as the service gave it, of JSON values only."""


class ListingCache(Protocol):
    """An account's listings as earlier runs read them, with the cursor of its feed.

    It may be lost at any time and is never the truth: what cannot be written is read
    from the service again. Any thread may call it. A dry run writes nothing.
    """

    @property
    def cursor(self) -> str:
        """Where the feed of changes was last read to; empty: read all listings anew.

        That is so without an earlier run, and whenever an audit is due.
        """

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        """Return what was listed last, by the service's id of an album or folder."""

    def note(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool = False,
    ) -> None:
        """Keep a cursor together with what changed up to it; None forgets an album.

        `whole`: this is a complete listing read anew, and replaces all that is cached.
        Nothing is written where nothing differs.
        """


class UnfinishedUploads(Protocol):
    """What it takes to go on with an upload that a crash or a signal broke off.

    Any thread may call it. A dry run writes nothing.
    """

    def find(self, path: str) -> Row | None:
        """Return what is recorded of an upload of this file; raises NotRecorded."""

    def put(self, path: str, upload: Row) -> None:
        """Record an upload so that it outlives a crash, before its first byte is sent.

        Raises NotRecorded: the upload must not begin, as a repeat would make a second
        photo.
        """

    def remove(self, path: str) -> None:
        """Forget an upload that came to its end.

        A record that cannot be removed does no harm: the next upload finds the photo.
        """
