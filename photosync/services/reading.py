"""What every remote side can be asked: the contract of each call that changes nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import ClassVar

from photosync.disk.streams import Readable
from photosync.model import (
    NO_DETAILS,
    Absence,
    Actions,
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
    """One remote side, a service or a folder as remote: the calls that only read.

    What every service can do is abstract; what a service may lack has a default here,
    which does the least that is right. Where a method says nothing else, this contract
    holds for it:

    - Threads: `use_cache`, `prepare` and the listings (`albums`, `photos`,
      `listing_warnings`) run in one thread at a time. Everything else is called from
      any thread, and from several at once.
    - Errors: only SideError is raised; each backend turns the errors of its library into
      it. NotFound: the photo or album is gone. Changed: it is not as it was listed.
      Rejected: this item will never be taken. SideStopped: no further call makes sense.
      Transient: every try failed. Interrupted comes from `progress`, and from waits
      after `cancel`.
    - Retries: a backend repeats its calls by itself (`RetryPolicy`); its callers do not.
    - Repeats: every call may be made again after a crash at any point, with the same
      result. No photo is there twice or lost because of that.
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
        """Whether an account that the memory knows is this one."""
        return account == self.account

    def find_place(self) -> FolderPlace | None:
        """The place of a folder remote, with its identity; None for a service."""
        return None

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What the service can do; it does not change any more once `albums` was read.

        Raises SideError where the service has to be asked.
        """

    def find_terms(self) -> str:
        """A text about what the account permits, which changes when it permits more.

        Asked for only where a file was refused for its kind or size. By default it never
        changes. Raises SideError.
        """
        return ""

    def is_missing(self) -> bool:
        """Whether the place itself is not there, as when its disk is not mounted.

        By default a service never is.
        """
        return False

    @property
    def folds_case(self) -> bool:
        """Whether titles that differ only in case are the same there; known once `albums`
        was read.

        By default a service tells them apart.
        """
        return False

    @property
    def calls(self) -> int:
        """How many calls were made so far. By default they are not counted."""
        return 0

    # -- listing

    def use_cache(self, cache: ListingCache) -> None:
        """Use this cache for listings from now on; called before `albums`, if at all.

        By default nothing is cached: to list a disk is faster than any cache.
        """

    @abstractmethod
    def albums(self) -> Iterator[RemoteAlbum]:
        """All albums; raises SideError unless the list is complete.

        Called before any album is read or written. Called again, it lists anew.
        """

    @abstractmethod
    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """The photos of these albums, one listing per album, in any order.

        An album that cannot be read gets a listing that is `unknown`; SideStopped ends
        all of them. Called after `albums`, with albums from there.
        """

    def listing_warnings(self) -> Sequence[Problem]:
        """What the listings found and left alone; complete once all of them are read."""
        return ()

    def upload_warnings(self, uploads: int) -> Sequence[Problem]:
        """What the user should know before so many photos are uploaded.

        Called once the plan is known, and only where there are uploads. By default there
        is nothing to know.
        """
        return ()

    def find_excess(self, name: str, size: int) -> str:
        """Why a file of this name and size is too large; empty where it is not.

        It takes at most one call for all files of a run. By default no file is too
        large. Raises SideError.
        """
        return ""

    def find_room(self) -> Room:
        """How much room is left; asked for once the photos there were listed.

        It takes at most one call. By default it is not known. Raises SideError.
        """
        return UNKNOWN_ROOM

    @property
    def allowance(self) -> Allowance | None:
        """The quota of calls; by default there is none."""
        return None

    # -- reading

    def md5(self, photo: RemotePhoto) -> str | None:
        """The MD5 of the original in hex; None where the service does not know it.

        By default that of the listing. It may take a call, or reading the photo.
        """
        return photo.md5

    def taken(self, photo: RemotePhoto) -> str:
        """When it was taken, as `YYYY-MM-DD HH:MM:SS`; by default as listed.

        Empty where the service does not know it.
        """
        return photo.taken

    @abstractmethod
    def open(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """The original bytes of the photo; for one that is `reduced`, those of the copy.

        Raises OriginalWithheld where the service does not give them back. Reading raises
        SideError, too, and Transient where the stream ends early.
        """

    def find_withheld(self, photo: RemotePhoto) -> str:
        """Why `open` will raise OriginalWithheld for a photo that is `withheld`; empty
        where that is not known, as by default.
        """
        return ""

    def find_forbidden(self) -> Mapping[str, Mapping[Actions, str]]:
        """What may not be done with photos there, by id, and why; asked for once they
        were listed.

        By default nothing of the kind is known.
        """
        return {}

    def read_again(self, photo: RemotePhoto) -> RemotePhoto | None:
        """The photo as it really is, asked for after other bytes arrived than were
        listed.

        None where the listing must be right, so that the download was broken; this is
        the default.
        """
        return None

    def open_largest(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """The largest picture of a photo, asked for after OriginalWithheld.

        By default the original.
        """
        return self.open(photo)

    gives_small: ClassVar[bool] = False
    """Whether `open_small` gives far fewer bytes than the photo itself."""

    def open_small(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """A picture of the photo for a small preview on a page.

        By default the original.
        """
        return self.open(photo)

    def metadata(self, photo: RemotePhoto) -> PhotoMetadata | None:
        """What people wrote about a photo there.

        By default None: the service keeps nothing of the kind, or all of it in the file.
        """
        return None

    def details(self, photo: RemotePhoto) -> Details | None:
        """The details of a photo in the listing, for the fields in
        `capabilities.details`; None where it has none, as by default.

        Keywords may have a form of the service's own.
        """
        return None

    def find_fields(self, photo: RemotePhoto) -> AbstractSet[str]:
        """Which details of a photo can be compared: by default all fields in
        `capabilities.details`.
        """
        return self.capabilities.details

    def ask_details(self, photo: RemotePhoto, fields: AbstractSet[str]) -> AskedDetails:
        """These fields of the details of a photo, asked of the service for this photo:
        before a detail is removed here, no listing is believed.

        By default those of `details`. Raises Changed where the service does not show
        them at the moment.
        """
        return AskedDetails(self.details(photo) or NO_DETAILS)

    @abstractmethod
    def find_absences(self, photos: Sequence[RemotePhoto]) -> Sequence[Absence]:
        """Return where each of these photos is, which are in no listing.

        The service itself is asked: no listing and no cache is believed. Called for all
        photos that seem deleted before that counts, and once more for each photo before
        its local copy is deleted. GONE is returned only where that is certain; of very
        many photos some may stay UNKNOWN. Raises SideError where the service does not
        answer.
        """

    # -- the end

    def cancel(self) -> None:
        """End every call that waits for the service, and let no further wait or try
        begin: they raise Interrupted. The run is to end.

        Called while other threads are in other calls. By default no call ever waits.
        """

    def close(self) -> None:
        """Close all connections; the last call. By default there are none to close."""
