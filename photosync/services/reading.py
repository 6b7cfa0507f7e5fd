"""What every remote side tells: the contract of each call that changes nothing there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import ClassVar

from photosync.disk.streams import Readable
from photosync.model import (
    NO_DETAILS,
    Absence,
    AskedDetails,
    Details,
    PhotoMetadata,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.services.capabilities import (
    AlbumListing,
    Capabilities,
)
from photosync.services.costs import UNKNOWN_ROOM, Allowance, Room
from photosync.services.folder_identity import FolderPlace
from photosync.services.persistence import ListingCache


class RemoteReader(ABC):
    """One remote side, a service or a folder as remote, as far as nothing there changes.

    What every service can do is abstract; what one may lack has a default here, which
    does the least that is right. The contract of all calls, where theirs says nothing
    else:

    - Threads: `use_cache`, `prepare` and the listings (`albums`, `photos`,
      `listing_warnings`) run in one thread at a time. Everything else is called from
      any thread, and from several at once.
    - Errors: SideError and nothing else, translated at the backend's own edge. NotFound:
      the photo or album is gone. Changed: it is not what was listed. Rejected: this
      item will never be taken. SideStopped: no further call makes sense. Transient:
      every try failed. Interrupted comes from `progress`, and from waits after `cancel`.
    - Retries: a backend repeats its calls by itself (`RetryPolicy`); who calls it does
      not.
    - Repeats: every call may be made again after a crash at any point, with the same
      result. No photo is ever there twice on that account, nor lost.
    """

    # -- about the service

    @property
    @abstractmethod
    def name(self) -> str:
        """The name of this service as `--scope` spells it."""

    @property
    @abstractmethod
    def account(self) -> str:
        """Whose photos these are: the cache and history of one account are never used
        for another.

        Raises SideError where the service has to be asked.
        """

    def is_of(self, account: str) -> bool:
        """Whether what memory knows of an account is about this one."""
        return account == self.account

    def find_place(self) -> FolderPlace | None:
        """Where a folder lies that has an identity of its own; None for a service."""
        return None

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What the service can do; final once `albums` was read.

        Raises SideError where the service has to be asked.
        """

    def find_terms(self) -> str:
        """What the account permits, in words that change when it permits more.

        Asked for only where a file was refused for its kind or size. By default that
        never changes. Raises SideError.
        """
        return ""

    def is_missing(self) -> bool:
        """Whether the place itself is not there, as a disk that is not mounted.

        By default a service never is.
        """
        return False

    @property
    def folds_case(self) -> bool:
        """Whether titles that differ in case alone are one there; known once `albums`
        was read.

        By default a service tells them apart.
        """
        return False

    @property
    def calls(self) -> int:
        """How many calls were made so far. By default nobody counts them."""
        return 0

    # -- listing

    def use_cache(self, cache: ListingCache) -> None:
        """Read and keep listings there from now on; called before `albums`, if at all.

        By default nothing is cached: a disk is listed faster than anything remembers it.
        """

    @abstractmethod
    def albums(self) -> Iterator[RemoteAlbum]:
        """All albums; raises SideError unless the list is complete.

        Called before any album is read or written. Called again, it lists anew.
        """

    @abstractmethod
    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """The photos of these albums, one listing per album, in any order.

        An album that cannot be read has a listing that is `unknown`, while SideStopped
        ends them all. Called after `albums`, with albums from there.
        """

    def listing_warnings(self) -> Sequence[Problem]:
        """What the listings came upon and left alone; complete once they are read."""
        return ()

    def upload_warnings(self, uploads: int) -> Sequence[Problem]:
        """What the user should know before so many photos are uploaded.

        Called once the plan is known, and not without uploads. By default there is no
        limit to tell of.
        """
        return ()

    def find_excess(self, name: str, size: int) -> str:
        """Why a file of this name and size is too large, empty where it is not.

        It costs one call at most for all files of a run. By default no file is too
        large. Raises SideError.
        """
        return ""

    def find_room(self) -> Room:
        """What there is room for, once the photos there were listed.

        It costs one call at most. By default nobody can tell. Raises SideError.
        """
        return UNKNOWN_ROOM

    @property
    def allowance(self) -> Allowance | None:
        """The quota that calls spend; by default there is none."""
        return None

    # -- reading

    def md5(self, photo: RemotePhoto) -> str | None:
        """The MD5 of the original in hex, None where the service cannot tell.

        By default that of the listing. It may cost a call, or reading the photo.
        """
        return photo.md5

    def taken(self, photo: RemotePhoto) -> str:
        """When it was taken, as `YYYY-MM-DD HH:MM:SS`, by default as listed.

        Empty where the service cannot tell.
        """
        return photo.taken

    @abstractmethod
    def open(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """The photo's original bytes, or of one that is `reduced` those of the copy.

        Raises OriginalWithheld where the service does not hand them out. Reading raises
        SideError too, and Transient where the stream ends early.
        """

    def find_withheld(self, photo: RemotePhoto) -> str:
        """Why `open` will raise OriginalWithheld for a photo that is `withheld`, as far
        as the listing told; empty where nobody knows, as by default.
        """
        return ""

    def read_again(self, photo: RemotePhoto) -> RemotePhoto | None:
        """The photo by what it really holds, after other bytes arrived than listed.

        None where only what was listed can be right, and so the download was broken, as
        by default.
        """
        return None

    def open_largest(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """The largest picture there is, asked for after OriginalWithheld.

        By default the original.
        """
        return self.open(photo)

    gives_small: ClassVar[bool] = False
    """Whether `open_small` takes much less than the photo itself."""

    def open_small(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """A picture of the photo that a page can show small.

        By default the original.
        """
        return self.open(photo)

    def metadata(self, photo: RemotePhoto) -> PhotoMetadata | None:
        """What people wrote about a photo there.

        By default None: the service keeps no such thing, or all of it in the file.
        """
        return None

    def details(self, photo: RemotePhoto) -> Details | None:
        """What the listing told of a photo besides its file, of the fields that
        `capabilities.details` names; None where it told nothing, as by default.

        Keywords may stand there in a form of the service's own.
        """
        return None

    def find_fields(self, photo: RemotePhoto) -> AbstractSet[str]:
        """Which fields of a photo's details go both ways: of those in
        `capabilities.details` all, by default.
        """
        return self.capabilities.details

    def ask_details(self, photo: RemotePhoto, fields: AbstractSet[str]) -> AskedDetails:
        """These fields of a photo's details, asked of the service for this photo alone:
        no listing is believed where something is to go. By default what `details` tells.

        Raises Changed where the service does not tell them at the moment.
        """
        return AskedDetails(self.details(photo) or NO_DETAILS)

    @abstractmethod
    def find_absences(self, photos: Sequence[RemotePhoto]) -> Sequence[Absence]:
        """Say of each photo that is not listed where it is, asked of the service itself.

        Called for all photos that seem deleted before that counts, and once more for
        each before its local copy goes: no listing and no cache is believed. GONE is
        only what is certain; of very many photos some may stay UNKNOWN. Raises SideError
        where the service does not answer.
        """

    # -- the end

    def cancel(self) -> None:
        """End every call that waits for the service, and let no further wait or try
        begin: they raise Interrupted. The run is to end.

        Called while other threads are inside other calls. By default nothing waits.
        """

    def close(self) -> None:
        """Close all connections; the last call. By default none is held open."""
