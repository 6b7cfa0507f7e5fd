"""What every remote side can do: the contract of each call that changes something."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence

from photosync.disk.streams import Progress
from photosync.errors import NotFound, Rejected
from photosync.formatting import name_service
from photosync.model import (
    AlbumMetadata,
    Details,
    DetailsEdit,
    LocalPhoto,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.services.capabilities import (
    Describe,
    Source,
)
from photosync.services.persistence import FindAgreed, UnfinishedUploads
from photosync.services.reading import RemoteReader


class Backend(RemoteReader):
    """One remote side: a service, or a folder as remote.

    Where a method says nothing else, the contract in `RemoteReader` holds for it.
    """

    # -- the run around the calls

    def make_place(self) -> None:
        """Make the place that `is_missing`; raises SideError. Never called during a run."""

    def mark(self, mark_id: str, home: str, stamp: str) -> bool:
        """Write an id into a folder, and the stamp of a home folder beside those of other
        ones. Return whether that could be done.
        """
        return False

    def use_uploads(self, uploads: UnfinishedUploads) -> None:
        """Note uploads there from now on; called before `prepare`, if at all.

        By default an upload that was cut off begins again at its first byte.
        """

    def use_agreed(self, find_agreed: FindAgreed) -> None:
        """Ask there what is remembered of a photo; called before `prepare`, if at all.

        By default nobody need ask: what a service tells of its photos is so.
        """

    def prepare(self) -> None:
        """Remove the half-written files of killed runs.

        Called after the listings and before the first step, even if there is none, but
        never in a dry run. By default killed runs leave nothing there.
        """

    def use_descriptions(self, describe: Describe) -> None:
        """Give new albums their description at once, as `update_album` would later.

        Called before the first step. By default albums have no description.
        """

    def prepare_album(self, album: str) -> None:
        """Make an album to which photos are about to be sent, if it is not there.

        Called while the photos of another album are sent, so that no transfer has to
        wait for it; `save` does not rely on it. Raises SideError. By default it does
        nothing.
        """

    def prepare_save(self, album: str, name: str, source: Source) -> None:
        """Do for a photo what `save` does before its first call.

        Called while other photos are sent, so that no transfer has to wait for the disk,
        where `capabilities.prepares_saves`; `save` does not rely on it, and may not
        follow at all. Raises SideError. By default it does nothing.
        """

    def run_notices(self) -> Sequence[Problem]:
        """What the person should know after the steps of a run; by default nothing."""
        return ()

    # -- writing photos

    @abstractmethod
    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Upload a photo that is not there yet, making the album on first use.

        When it is called again because an answer was lost, it finds the photo that is
        there already. Raises Changed, and leaves nothing there, where the source has
        changed since the scan.
        """

    def commit_album(self, album: str) -> None:
        """Put the saved photos of an album into it, where `capabilities.commits_albums`.

        Called after the last `save` into an album, and after each full batch. Where some
        photos could not join, it raises LeftOut after all others did. By default a saved
        photo is in its album already.
        """

    def find_versions(self, photo_ids: Collection[str]) -> Mapping[str, str]:
        """The versions of photos that were saved and joined their albums, by id.

        Called once for each photo that joined, for those of several albums at once. A
        photo whose version is not known is left out. By default `save` returned it.
        """
        return {}

    @abstractmethod
    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Put new content in place of the old, under the same id where possible.

        At each moment one of the two versions is there. `backup` of the result says
        where the old content is; empty where it is gone for good. Raises Changed or
        NotFound where the photo there is not as it was listed.
        """

    @abstractmethod
    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Give a photo there the name and time of the file here that has equal bytes.

        `local.name` is its name in the album, whatever its file is called.
        No bytes are sent. Raises Rejected where they differ.
        """

    def has_described(self, photo: RemotePhoto) -> bool:
        """Whether `save` has sent the details of this photo along with it.

        It has not where the photo was there already. By default it never does.
        """
        return False

    def write_details(
        self, photo: RemotePhoto, listed: Details, edit: DetailsEdit
    ) -> str:
        """Write new details of a photo, of the fields in `capabilities.details`.

        Returns what `restore` needs to bring the old ones back. Raises Changed where a
        text that would be overwritten is no longer as `listed`. By default it raises
        Rejected.
        """
        raise Rejected(f"{self.name} keeps no details of photos")

    @abstractmethod
    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """Give a photo another album or name, making the album on first use.

        Raises NotMovable where it has to be uploaded again for that.
        """

    @abstractmethod
    def check_present(self, photo: RemotePhoto) -> None:
        """Ask the service whether a photo is still there as it was listed; raises Changed
        or NotFound if not.
        """

    @abstractmethod
    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """Give an album a title that no album has yet; return its photos in the same
        order, as they are listed afterwards.
        """

    @abstractmethod
    def delete(self, photo: RemotePhoto) -> str:
        """Remove a photo, recoverably where the service can; one that is gone is fine.

        Returns what `restore` needs to bring it back; empty where nothing can. Raises
        Changed where the photo there is not as it was listed.
        """

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Bring back what `delete` or `replace` removed; `backup` is what they returned.

        Raises NotFound where it is not kept any more; by default nothing is kept.
        """
        raise NotFound(
            f"{name_service(self.name)} keeps nothing of what is deleted there; the "
            "local trash does"
        )

    def tag(self, photo: RemotePhoto) -> RemotePhoto:
        """Mark a photo for a person to find and judge, where `capabilities.tags`.

        By default it raises Rejected, as nothing can be marked.
        """
        raise Rejected(f"{name_service(self.name)} keeps no marks of photos")

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Remove the mark of `tag` and nothing else; a photo without one is fine."""
        return photo

    # -- writing albums

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Bring dates, order and description of an album up to date where they differ.

        Called at the end of a run for the albums that it changed. What a person wrote
        stays. By default an album has nothing but its photos.
        """

    @abstractmethod
    def remove_album(self, album: RemoteAlbum) -> None:
        """Remove an empty album; one that is gone is fine. Raises Rejected if anything is
        in it.
        """

    # -- our trash

    def count_expired_trash(self, days: int) -> int:
        """Count the photos that have been in a trash of photosync for longer than `days`.

        By default there is no such trash.
        """
        return 0

    def empty_trash(self, days: int) -> None:
        """Remove for good the photos that have been in that trash for longer than `days`."""
