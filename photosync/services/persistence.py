"""What a backend may keep in the memory between runs: listings and unfinished uploads."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from photosync.model import RemotePhoto

Row = Mapping[str, Any]
"""One entry of a listing as the service gave it, of JSON values only."""

_FASTEST = 1


def pack_rows(rows: Sequence[Row]) -> bytes:
    """Return rows as compressed JSON: the listing of 100,000 photos is 20 MB without."""
    return zlib.compress(json.dumps(rows).encode(), _FASTEST)


def unpack_rows(packed: bytes) -> Sequence[Row]:
    """Return what `pack_rows` was given; raises ValueError for anything else."""
    try:
        text = zlib.decompress(packed)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    rows: Sequence[Row] = json.loads(text)
    return rows


class PackedRows:
    """What a listing cache is to hold by album or folder, small in memory until it is
    written.

    None stands for an album that the cache is to forget.
    """

    def __init__(self, rows: Mapping[str, Sequence[Row] | None] | None = None) -> None:
        # A listing of 100,000 photos would otherwise be held twice while it is read.
        self._packed: dict[str, bytes] = {}
        self.forgotten: set[str] = set()
        for key, found in (rows or {}).items():
            if found is None:
                self.forget(key)
            else:
                self.put(key, found)

    @property
    def kept(self) -> Collection[str]:
        """The albums of which rows are held."""
        return self._packed.keys()

    def put(self, key: str, rows: Sequence[Row]) -> None:
        """Hold the rows of one album, instead of those held before."""
        self._packed[key] = pack_rows(rows)
        self.forgotten.discard(key)

    def forget(self, key: str) -> None:
        """Let the cache forget one album."""
        self._packed.pop(key, None)
        self.forgotten.add(key)

    def packed(self, key: str) -> bytes:
        """Return the rows held of one album, as `pack_rows` makes them."""
        return self._packed[key]

    def __contains__(self, key: str) -> bool:
        return key in self._packed or key in self.forgotten

    def __len__(self) -> int:
        return len(self._packed) + len(self.forgotten)


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

    def find_listing(self, album: str) -> Sequence[Row] | None:
        """Return what was listed last of one album, None where that is not known."""

    def note(self, cursor: str, changed: PackedRows, *, whole: bool = False) -> None:
        """Keep a cursor together with what changed up to it.

        `whole`: this is a complete listing read anew, and replaces all that is cached.
        Nothing is written where nothing differs.
        """


WaitForDisk = Callable[[], None]
"""Waits until something is on the disk; may be called again and again."""


class UnfinishedUploads(Protocol):
    """What it takes to go on with an upload that a crash or a signal broke off.

    Any thread may call it. A dry run writes nothing.
    """

    def find(self, path: str) -> Row | None:
        """Return what is recorded of an upload of this file; raises NotRecorded."""

    def list_paths(self, beginning: str) -> Sequence[str]:
        """Return the paths of records that begin so; raises NotRecorded."""

    def put(self, path: str, upload: Row) -> None:
        """Record an upload so that it outlives a crash, before its first byte is sent.

        Raises NotRecorded: the upload must not begin, as a repeat would make a second
        photo.
        """

    def begin(self, path: str, upload: Row) -> WaitForDisk:
        """Begin to record an upload as `put` does, while its request is made; return
        what is to be called before its first byte is sent, and raises NotRecorded then.
        """

    def add(self, path: str, upload: Row) -> None:
        """Record more of an upload whose record was `put`, without waiting for the disk:
        what a crash loses of it is searched for.
        """

    def finish(self, path: str) -> None:
        """Let nobody in this run find an upload any more whose photo arrived.

        Its record goes together with what is written of the photo: no list may show
        that for a while, and a run that is killed in between would send it again.
        """

    def remove(self, path: str) -> None:
        """Forget an upload that came to nothing.

        A record that cannot be removed does no harm: the next upload finds the photo.
        """


FindAgreed = Callable[[str], Sequence[RemotePhoto]]
"""Returns what both sides agreed on of a remote photo, by its id: in each of its albums.
Any thread may call it.
"""


def find_nothing_agreed(photo_id: str) -> Sequence[RemotePhoto]:  # noqa: ARG001 - nothing is remembered
    """Return nothing, as after a memory was lost."""
    return ()


def wait_for_nothing() -> None:
    """Wait for what is on the disk already, or nowhere."""


class NoUploads:
    """The uploads of a backend that was given no memory: nothing is kept of them."""

    def find(self, path: str) -> Row | None:
        """Return nothing."""

    def list_paths(self, beginning: str) -> Sequence[str]:  # noqa: ARG002 - kept nowhere
        """Return none."""
        return ()

    def put(self, path: str, upload: Row) -> None:
        """Keep nothing."""

    def begin(self, path: str, upload: Row) -> WaitForDisk:  # noqa: ARG002 - kept nowhere
        """Keep nothing, for which nobody has to wait."""
        return wait_for_nothing

    def add(self, path: str, upload: Row) -> None:
        """Keep nothing."""

    def finish(self, path: str) -> None:
        """Keep nothing."""

    def remove(self, path: str) -> None:
        """Keep nothing."""
