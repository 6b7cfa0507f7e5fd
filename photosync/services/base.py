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
from photosync.services.persistence import UnfinishedUploads
from photosync.services.reading import RemoteReader


class Backend(RemoteReader):
    """One remote side: a service, or a folder as remote.

    The contract of all calls is that of `RemoteReader`, where theirs says nothing else.
    """

    # -- the run around the calls

    def make_place(self) -> None:
        """Make the place that `is_missing`; raises SideError. Never called in mid-run."""

    def mark(self, mark_id: str, home: str, stamp: str) -> bool:
        """Write an id into a folder, and the stamp of a home beside those of others.

        Tells whether that could be done.
        """
        return False

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

    def prepare_save(self, album: str, name: str, source: Source) -> None:
        """Do for a photo what `save` does before its first call.

        Called while others are sent, so that no transfer waits for the disk; `save`
        does without. A photo may not be sent after all. Raises SideError. Only where
        `capabilities.prepares_saves`; by default nothing takes time.
        """

    def run_notices(self) -> Sequence[Problem]:
        """What the steps of a run came upon; by default nothing."""
        return ()

    # -- writing photos

    @abstractmethod
    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Upload a photo that is not there yet, making the album on first use.

        A repeat finds the photo of a try whose answer was lost. Raises Changed, and
        leaves nothing there, where the source is no longer what the scan saw.
        """

    def commit_album(self, album: str) -> None:
        """Put what was saved into its album, where `capabilities.commits_albums`.

        Called after the last `save` into an album, and after each full batch. Raises
        LeftOut where some could not join, after all others did. By default a photo that
        was saved is in its album already.
        """

    def find_versions(self, photo_ids: Collection[str]) -> Mapping[str, str]:
        """The versions of photos that were saved and joined their albums, by id.

        Called once for each photo that joined, for those of several albums at once.
        What nobody can tell is left out. By default `save` told all of them.
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
    def check_present(self, photo: RemotePhoto) -> None:
        """Ask the service whether a photo still is what, where and as old as it was
        listed; raises Changed or NotFound where it is not.
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

    def count_expired_trash(self, days: int) -> int:
        """Count the photos that have lain longer than `days` in a trash of ours.

        By default the service has none that would be ours to empty.
        """
        return 0

    def empty_trash(self, days: int) -> None:
        """Remove for good what has lain in our trash longer than `days`."""
