"""What a remote side tells about itself, what it is given and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from photosync.disk.streams import SeekableReadable
from photosync.errors import LeftAlone, NotFound, SideError
from photosync.model import Details, LocalPhoto, RemoteAlbum, RemotePhoto
from photosync.services.costs import NO_COSTS, Costs

Describe = Callable[[str], str]
"""Gives the description that a new album of a title is to have, empty for none."""


class Source(Protocol):
    """A local photo ready to be sent. Each `open` starts at the first byte.

    The stream raises Changed at its end when the file is no longer what the scan saw.
    """

    @property
    def photo(self) -> LocalPhoto:
        """The local photo, by whose size and time the remote one will be compared."""

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
        """What is to be told of a new photo."""

    def taken(self) -> str:
        """Return when the photo was taken: `YYYY-MM-DD HH:MM:SS` by its camera."""

    def open(self) -> AbstractContextManager[SeekableReadable]:
        """Open the bytes that are to be sent; raises SideError."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about a service, so that nobody asks which one it is.

    `names_are_files`: its names already are file names of a disk like ours.
    `tags`: it can mark a photo for a person to find.
    `final_delete`: what is deleted or replaced there is gone for good.
    `commits_albums`: what is saved is in its album only after `commit_album`.
    `dates_cost_calls`: what it is told of the date of a file takes a call for each photo,
    so a new date of equal bytes is remembered here only.
    `keeps_metadata`: it can tell a smaller copy from an original.
    `refuses`: endings of files that it does not take.
    `converts`: endings of pictures of which it keeps a JPEG anyway.
    `read_only`: why nothing may be written there, empty where it may.
    `asks_taken`: `save` asks each photo when it was taken.
    `prepares_saves`: what `save` does before its first call takes time, and can be done
    ahead (`Backend.prepare_save`).
    `is_far`: what it holds is read only by downloading it.
    `keeps_albums`: why no album is ever removed there, empty where an empty one may be.
    `costs`: about how many calls what is done there takes.
    `details`: the fields of a photo's details that it has, where they are asked for.
    `most_keywords`: so many of them a photo may have there.
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
    """The service does not hand out the original bytes; perhaps `open_largest`
    helps.
    """


class LeftOut(NotFound):
    """Some photos could not join their album, while all others did; `errors` says why,
    by the id of the photo.
    """

    def __init__(self, errors: Mapping[str, SideError]) -> None:
        reasons = {str(error) for error in errors.values()}
        super().__init__("; ".join(sorted(reasons)))
        self.errors = errors


class AlbumListing(NamedTuple):
    """One album's photos, or in `unknown` why they could not be listed completely.

    `others` counts what the album holds besides photos: such an album is never purged.
    `hidden` names what cannot be touched there: it is invisible on both sides.
    `unknown_names` are the keys of names under which something else than a photo
    stands, or nobody could tell what: of these none is gone. `closed` says why the
    album is none of ours, and is left alone on both sides. `descriptions` are what a
    listing tells of photos besides, by their ids.
    """

    album: RemoteAlbum
    photos: Sequence[RemotePhoto]
    others: int = 0
    unknown: str = ""
    hidden: AbstractSet[str] = frozenset()
    unknown_names: AbstractSet[str] = frozenset()
    closed: str = ""
    descriptions: Mapping[str, str] = {}
