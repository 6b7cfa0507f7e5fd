"""What every remote side can do, and what it tells about itself.

A backend translates whatever its library or disk raises into the SideErrors of
`photosync.errors` at its own edge. Its methods may be called from several threads at
once, except those that list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from photosync.disk.streams import Progress, Readable, SeekableReadable
from photosync.errors import SideError
from photosync.model import (
    AlbumMetadata,
    LocalPhoto,
    PhotoMetadata,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)


class Source(Protocol):
    """A local photo ready to be sent. Each `open` starts at the first byte.

    The stream raises Changed at its end when the file is no longer what the scan saw.
    """

    @property
    def photo(self) -> LocalPhoto:
        """The photo here, by whose facts the one there will be compared."""

    @property
    def size(self) -> int:
        """How many bytes `open` gives."""

    @property
    def original_md5(self) -> str:
        """The MD5 of the photo here where `open` gives a smaller copy of it, else
        empty.
        """

    def open(self) -> AbstractContextManager[SeekableReadable]: ...


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about a service, so that nobody asks which one it is.

    `names_are_files`: its names already are file names of a disk like ours.
    `reads_hash`: it can give the MD5 of a photo; `tags`: it can mark a photo for a
    person to find; `final_delete`: what is deleted or replaced there is gone for good;
    `commits_albums`: what is saved is in its album only after `commit_album`;
    `keeps_metadata`: it can tell a smaller copy from an original; `refuses`: endings of
    files that it does not take; `converts`: endings of pictures of which it keeps a
    JPEG anyway; `read_only`: why nothing may be written there, empty where it may.
    """

    names_are_files: bool = False
    reads_hash: bool = True
    tags: bool = False
    final_delete: bool = False
    commits_albums: bool = False
    keeps_metadata: bool = False
    refuses: frozenset[str] = frozenset()
    converts: frozenset[str] = frozenset()
    read_only: str = ""


class OriginalWithheld(SideError):
    """The service does not hand out the original bytes; perhaps `open_largest`
    helps.
    """


class AlbumListing(NamedTuple):
    """One album's photos, or in `unknown` why they could not be listed completely.

    `others` counts what the album holds besides photos: such an album is never purged.
    `hidden` names what cannot be touched there: it is invisible on both sides.
    """

    album: RemoteAlbum
    photos: Sequence[RemotePhoto]
    others: int = 0
    unknown: str = ""
    hidden: AbstractSet[str] = frozenset()


Row = Mapping[str, Any]
"""One entry of a listing as the service gave it, of JSON values only."""


class Memory(Protocol):
    """What earlier runs noted of one account. It may be lost at any time and is never
    the truth.

    Its methods may be called from any thread. In a dry run nothing is noted.
    """

    @property
    def cursor(self) -> str:
        """Where the service's feed of changes was last read to; empty when all is to be
        read anew.

        That is so without an earlier run, and whenever an audit is due.
        """

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        """What was listed last, by the service's own id of an album or folder."""

    def note(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool = False,
    ) -> None:
        """Keep a cursor together with what changed up to it; None forgets an album.

        `whole`: this is a complete listing read anew, and replaces all that was kept.
        Nothing is written where nothing differs.
        """

    def upload(self, path: str) -> Row | None:
        """What was noted of an upload of this file that did not come to its end."""

    def note_upload(self, path: str, facts: Row | None) -> None:
        """Keep what is needed to go on with an upload, durably; None: it came to its
        end.
        """


class Backend(Protocol):
    """One remote side."""

    @property
    def name(self) -> str:
        """The name of this service as `--scope` spells it."""

    @property
    def account(self) -> str:
        """Whose photos these are: what is remembered of one account is never used for
        another.
        """

    @property
    def capabilities(self) -> Capabilities: ...

    def use_cache(self, memory: Memory) -> None:
        """Use what earlier runs noted, and note what this one learns; called before
        `albums`.
        """

    def prepare(self) -> None:
        """Get ready for writes: called before the first step or if there is none, not
        in a dry run.

        What killed runs left half written goes here.
        """

    def albums(self) -> Iterator[RemoteAlbum]:
        """All albums; raises SideError unless the list is complete."""

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """The photos of these albums, one listing per album, in any order."""

    def listing_warnings(self) -> Sequence[Problem]:
        """What the listings came upon and left alone; complete once they are read."""

    def upload_warnings(self, uploads: int) -> Sequence[Problem]:
        """What the user should know before so many photos are uploaded."""

    def md5(self, photo: RemotePhoto) -> str | None:
        """The MD5 of a photo in hex, None where the service cannot tell."""

    def taken(self, photo: RemotePhoto) -> str:
        """When it was taken, as `YYYY-MM-DD HH:MM:SS`; empty where the service cannot
        tell.
        """

    def open(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """The photo's original bytes."""

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Add a photo that is not there yet, making the album on first use."""

    def commit_album(self, album: str) -> None:
        """Finish what saves in an album began, for services that fill albums in
        batches.
        """

    def open_largest(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """The largest picture there is where the original is withheld."""

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Put new content under the same id; the old content stays recoverable if
        possible.
        """

    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Bring the facts kept beside the photo up to the local ones without sending
        it.
        """

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """Give a photo another album or name."""

    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """Give an album another title, which none has yet; its photos as they are then
        listed.
        """

    def tag(self, photo: RemotePhoto) -> RemotePhoto:
        """Mark a photo for a person to find and judge; raises Rejected where nothing
        marks.
        """

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Take that mark away again."""

    def is_gone(self, photo: RemotePhoto) -> bool:
        """Whether a photo is no longer in its album, asked of the service itself."""

    def delete(self, photo: RemotePhoto) -> str:
        """Remove a photo, recoverably where the service can. Gone already is done.

        Returns what `restore` needs to bring it back, empty where nothing can.
        """

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Bring back what `delete` removed; raises NotFound where it is not kept any
        longer.
        """

    def metadata(self, photo: RemotePhoto) -> PhotoMetadata | None:
        """What people wrote about a photo there, None where the service keeps no such
        thing.
        """

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Bring what the album shows besides its photos up to date: dates, order,
        description.
        """

    def remove_album(self, album: RemoteAlbum) -> None:
        """Remove an album; raises Rejected if anything is left in it."""

    def expired_trash(self, days: int) -> int:
        """How many photos have lain longer than `days` in a trash that is ours to
        empty.
        """

    def empty_trash(self, days: int) -> None:
        """Remove for good what has lain in our trash longer than `days`."""

    def cancel(self) -> None:
        """The run is to end: no wait or retry of this backend goes on."""

    def close(self) -> None:
        """Let go of connections."""
