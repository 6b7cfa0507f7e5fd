"""What a service can do (`Capabilities`), what it is sent (`Source`), and its listings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from photosync.disk.streams import SeekableReadable
from photosync.errors import LeftAlone, NotFound, SideError
from photosync.model import Actions, Details, LocalPhoto, RemoteAlbum, RemotePhoto
from photosync.services.costs import NO_COSTS, Costs

Describe = Callable[[str], str]
"""Returns the description of a new album with this title; empty for none."""


class Source(Protocol):
    """A local photo ready to be sent. Each `open` starts at the first byte.

    At its end the stream raises Changed if the file has changed since the scan.
    """

    @property
    def photo(self) -> LocalPhoto:
        """The local photo, with whose size and time the remote one will be compared."""

    @property
    def size(self) -> int:
        """How many bytes `open` gives."""

    @property
    def original_md5(self) -> str:
        """The MD5 of the photo here where `open` gives a smaller copy of it, else
        empty.
        """

    @property
    def details(self) -> Details:
        """The details that a new photo is to have."""

    def taken(self) -> str:
        """Return when the photo was taken: `YYYY-MM-DD HH:MM:SS` by its camera."""

    def open(self) -> AbstractContextManager[SeekableReadable]:
        """Open the bytes that are to be sent; raises SideError."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about a service, so that no caller has to ask which one it is.

    `names_are_files`: its names are file names of a disk already.
    `tags`: it can mark a photo for a person to find.
    `final_delete`: what is deleted or replaced there is gone for good.
    `commits_albums`: a saved photo is in its album only after `commit_album`.
    `dates_cost_calls`: to write the date of a file takes a call for each photo, so the
    new date of equal bytes is only remembered here.
    `keeps_metadata`: it can tell a smaller copy from an original.
    `refuses`: endings of files that it does not take.
    `converts`: endings of pictures that it keeps as a JPEG anyway.
    `read_only`: why nothing may be written there; empty where it may.
    `asks_taken`: `save` asks for the moment when each photo was taken.
    `prepares_saves`: what `save` does before its first call takes time, and can be done
    ahead (`Backend.prepare_save`).
    `is_far`: its photos can be read only by downloading them.
    `keeps_albums`: why no album is removed there; empty where an empty one may be.
    `costs`: about how many calls each kind of work there takes.
    `details`: the fields of the details of a photo that it has.
    `most_keywords`: how many keywords a photo may have there.
    """

    names_are_files: bool = False
    tags: bool = False
    final_delete: bool = False
    commits_albums: bool = False
    dates_cost_calls: bool = False
    keeps_metadata: bool = False
    asks_taken: bool = False
    prepares_saves: bool = False
    is_far: bool = False
    refuses: frozenset[str] = frozenset()
    converts: frozenset[str] = frozenset()
    read_only: str = ""
    keeps_albums: str = ""
    costs: Costs = NO_COSTS
    details: frozenset[str] = frozenset()
    most_keywords: int = 0


class OriginalWithheld(LeftAlone):
    """The service does not give the original bytes back; `open_largest` may help."""


class LeftOut(NotFound):
    """Some photos could not join their album, but all others did; `errors` says why, by
    the id of the photo.
    """

    def __init__(self, errors: Mapping[str, SideError]) -> None:
        reasons = {str(error) for error in errors.values()}
        super().__init__("; ".join(sorted(reasons)))
        self.errors = errors


class AlbumListing(NamedTuple):
    """The photos of one album, or in `unknown` why they could not be listed completely.

    `others` counts what is in the album besides photos: such an album is never purged.
    `hidden` are the names of photos that cannot be touched there: they are invisible on
    both sides. `unknown_names` are the keys of names that belong to something else than
    a photo, or to something unknown: no photo of such a name counts as gone. `closed`
    says why the album is none of ours, and is left alone on both sides. `descriptions`
    are those in the listing, by the ids of the photos, and `forbidden` says of photos, by
    id, what somebody else does not permit us to do with them, and why.
    """

    album: RemoteAlbum
    photos: Sequence[RemotePhoto]
    others: int = 0
    unknown: str = ""
    hidden: AbstractSet[str] = frozenset()
    unknown_names: AbstractSet[str] = frozenset()
    closed: str = ""
    descriptions: Mapping[str, str] = {}
    forbidden: Mapping[str, Mapping[Actions, str]] = {}
