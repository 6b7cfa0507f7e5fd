"""What every remote side can do: the contract of each call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import ClassVar, NamedTuple

from photosync.disk.streams import Progress, Readable
from photosync.errors import NotFound, Rejected, SideError, SideStopped
from photosync.formatting import name_service
from photosync.model import (
    NO_DETAILS,
    Absence,
    AlbumMetadata,
    AskedDetails,
    Details,
    DetailsEdit,
    LocalPhoto,
    PhotoMetadata,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.services.capabilities import (
    AlbumListing,
    Capabilities,
    Describe,
    Source,
)
from photosync.services.costs import UNKNOWN_ROOM, Allowance, Room
from photosync.services.folder_identity import FolderPlace
from photosync.services.persistence import ListingCache, UnfinishedUploads
from photosync.unforeseen import contain


class Fact(NamedTuple):
    """Something that a service tells of an account: what it is about, and a text."""

    label: str
    text: str


class Standing(NamedTuple):
    """How an account stands at its service: whose it is, and what else is known."""

    account: str
    facts: Sequence[Fact]


def list_alone(album: RemoteAlbum, read: Callable[[], AlbumListing]) -> AlbumListing:
    """Return the listing that `read` makes of an album, `unknown` where that fails.

    Raises SideStopped.
    """
    try:
        with contain(album.title):
            return read()
    except SideStopped:
        raise
    except SideError as error:
        return AlbumListing(album, (), unknown=f"cannot be listed ({error})")


class Backend(ABC):
    """One remote side: a service, or a folder as remote.

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

    def mark(self, mark_id: str, home: str, stamp: str) -> bool:
        """Write an id into a folder, and the stamp of a home beside those of others.

        Tells whether that could be done.
        """
        return False

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

    def make_place(self) -> None:
        """Make the place that `is_missing`; raises SideError. Never called in mid-run."""

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

    # -- the run around the calls

    def use_cache(self, cache: ListingCache) -> None:
        """Read and keep listings there from now on; called before `albums`, if at all.

        By default nothing is cached: a disk is listed faster than anything remembers it.
        """

    def use_uploads(self, uploads: UnfinishedUploads) -> None:
        """Record uploads there from now on; called before `prepare`, if at all.

        By default an upload that broke off begins again at its first byte.
        """

    def prepare(self) -> None:
        """Clean up what killed runs left half written.

        Called after the listings and before the first step, even if there is none, but
        never in a dry run. By default nothing half written is ever left there.
        """

    def use_descriptions(self, describe: Describe) -> None:
        """Describe albums that are made so from the beginning, as `update_album` would.

        Called before the first step. By default no album is described.
        """

    def prepare_album(self, album: str) -> None:
        """Make an album that photos are about to be sent to, if it is not there.

        Called while those of another one are sent, so that none waits for it; `save`
        does without. Raises SideError. By default nothing takes time.
        """

    def cancel(self) -> None:
        """End every call that waits for the service, and let no further wait or try
        begin: they raise Interrupted. The run is to end.

        Called while other threads are inside other calls. By default nothing waits.
        """

    def close(self) -> None:
        """Close all connections; the last call. By default none is held open."""

    # -- listing

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

    def find_room(self) -> Room:
        """What there is room for, once the photos there were listed.

        It costs one call at most. By default nobody can tell. Raises SideError.
        """
        return UNKNOWN_ROOM

    @property
    def allowance(self) -> Allowance | None:
        """The quota that calls spend; by default there is none."""
        return None

    def run_notices(self) -> Sequence[Problem]:
        """What the steps of a run came upon; by default nothing."""
        return ()

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

    # -- writing photos

    @abstractmethod
    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Upload a photo that is not there yet, making the album on first use.

        A repeat finds the photo of a try whose answer was lost. Raises Changed, and
        leaves nothing there, where the source is no longer what the scan saw.
        """

    def commit_album(self, album: str) -> Mapping[str, str]:
        """Put what was saved into its album, where `capabilities.commits_albums`;
        return the versions that only now are known, by the id of the photo.

        Called after the last `save` into an album, and after each full batch. Raises
        LeftOut where some could not join, after all others did. By default a photo that
        was saved is in its album already.
        """
        return {}

    @abstractmethod
    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Put new content in the place of the old, under the same id where possible.

        There is no moment with neither version there. `backup` of the result says where
        the old content is, empty where it is gone for good. Raises Changed or NotFound
        where the photo there is not what was listed.
        """

    @abstractmethod
    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Bring name and time of a photo there up to those of equal bytes here.

        `local.name` is its name in the album, whatever its file is called.
        Raises Rejected where the bytes differ; none are sent.
        """

    def has_described(self, photo: RemotePhoto) -> bool:
        """Whether `save` told the details of its source of this photo.

        Not where the photo was there already. By default never.
        """
        return False

    def write_details(
        self, photo: RemotePhoto, listed: Details, edit: DetailsEdit
    ) -> str:
        """Write new details of a photo, of the fields in `capabilities.details`.

        Returns what `restore` needs to bring the old ones back. Raises Changed where a
        text to be written over is no longer as `listed`. By default Rejected.
        """
        raise Rejected(f"{self.name} keeps no details of photos")

    @abstractmethod
    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """Give a photo another album or name, making the album on first use.

        Raises NotMovable where only sending it anew does that.
        """

    @abstractmethod
    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """Give an album a title that no album has yet; its photos as then listed, in
        order.
        """

    @abstractmethod
    def delete(self, photo: RemotePhoto) -> str:
        """Remove a photo, recoverably where the service can; gone already is done.

        Returns what `restore` needs to bring it back, empty where nothing can. Raises
        Changed where the photo there is not what was listed.
        """

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Bring back what `delete` or `replace` removed, told by their `backup`.

        Raises NotFound where it is no longer kept; by default nothing is.
        """
        raise NotFound(
            f"{name_service(self.name)} keeps nothing of what is deleted there; the "
            "local trash does"
        )

    def tag(self, photo: RemotePhoto) -> RemotePhoto:
        """Mark a photo, for a person to find and judge, where `capabilities.tags`.

        Raises Rejected where nothing can be marked, as by default.
        """
        raise Rejected(f"{name_service(self.name)} keeps no marks of photos")

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Take back the mark of `tag` and nothing else; fine where there is none."""
        return photo

    # -- writing albums

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Bring dates, order and description of an album up to date where they differ.

        Called at the end of a run for albums that it changed. What a person wrote
        stays. By default an album shows its photos only.
        """

    @abstractmethod
    def remove_album(self, album: RemoteAlbum) -> None:
        """Remove an empty album; gone already is done. Raises Rejected if anything is
        in it.
        """

    # -- our trash

    def expired_trash(self, days: int) -> int:
        """Count the photos that have lain longer than `days` in a trash of ours.

        By default the service has none that would be ours to empty.
        """
        return 0

    def empty_trash(self, days: int) -> None:
        """Remove for good what has lain in our trash longer than `days`."""
