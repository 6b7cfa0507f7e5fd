"""The local side: walks the roots into albums, reads photos, and writes and deletes
them safely.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial

from photosync.disk.errors import OtherDisk
from photosync.disk.files import Content, move_file, write_new
from photosync.disk.reading import CheckedFile, compute_md5_below
from photosync.disk.silence import asking
from photosync.disk.streams import Progress, Readable
from photosync.filters import Filters
from photosync.local.details import (
    SidecarIndex,
    SidecarPlace,
    SidecarWriter,
    describe_state,
    find_own,
)
from photosync.local.gathering import Scanned
from photosync.local.names import FindKnownNames, no_known_names
from photosync.local.photos import (
    Cache,
    LocalSource,
    Saved,
    copy_photo,
    look_at,
    note_open_moment,
    read_anew,
    read_each_once,
    read_once,
    read_open_moment,
    recall,
)
from photosync.local.photosets import ObjectT, find_missing, list_photos
from photosync.local.places import Places
from photosync.local.roots import Roots, make_backup
from photosync.local.scan import scan_roots
from photosync.media import Kind
from photosync.model import Details, DetailsEdit, LocalPhoto, LocalTree
from photosync.titles import NamingRules

_BEING_SENT = 256
"""More photos than are on their way or prepared at once."""


class Explorer(Roots):
    """The albums below some roots, under naming rules and filters."""

    def __init__(
        self,
        roots: Sequence[str],
        rules: NamingRules | None = None,
        filters: Filters | None = None,
        *,
        keep_trash: bool = True,
        cache: Cache | None = None,
    ) -> None:
        super().__init__(roots, keep_trash=keep_trash)
        self.rules = rules or NamingRules()
        self.filters = filters or Filters()
        self._last_scan: Scanned | None = None
        self._cache = cache
        self._read_again: set[LocalPhoto] = set()
        self._known_sidecars: SidecarIndex | None = None
        self._sidecar_writer = SidecarWriter()
        # It is asked for as a photo is prepared, and as it is sent.
        self._read_taken = lru_cache(_BEING_SENT)(self._read_and_note)

    # -- looking
    # ---------------------------------------------------------------------------

    def scan(self, find_known: FindKnownNames = no_known_names) -> LocalTree:
        """Walk all roots, and stay with the folders that they are now.

        `find_known` tells the names that photos once got in their albums. Raises
        UsageError for a root that is no readable folder, RootGone for one that went away
        while it was walked.
        """
        self.hold()
        self._known_sidecars = None
        self._last_scan = scan_roots(self.roots, self.rules, self.filters, find_known)
        self.check()
        return self._last_scan.tree

    @property
    def tree(self) -> LocalTree:
        """What the last scan found."""
        return self._scanned.tree

    @property
    def _scanned(self) -> Scanned:
        if self._last_scan is None:
            self.scan()
        assert self._last_scan is not None
        return self._last_scan

    def list_folders(self) -> Sequence[tuple[str, str]]:
        """List the folders that hold photos, sorted, each with its album title."""
        return self._scanned.titles

    def list_qualified(self) -> Iterator[LocalPhoto]:
        """Yield the photos that carry the name of their folder, as another has theirs."""
        for album in self.tree.albums.values():
            for photo in album.photos:
                if photo.name == photo.qualified:
                    yield photo

    def md5(self, photo: LocalPhoto) -> str:
        """Return the MD5 of the file in hex, read once.

        Raises SideError when it cannot be read.
        """
        return read_once(self._cache, "md5", photo, lambda: self._hash(photo))

    def read_md5(self, photo: LocalPhoto) -> str:
        """Return the MD5 of the bytes that are on the disk now, read for the first time
        since this explorer was made.

        Raises SideError when it cannot be read.
        """
        if photo in self._read_again:
            return self.md5(photo)
        md5 = read_anew(self._cache, "md5", photo, lambda: self._hash(photo))
        self._read_again.add(photo)
        return md5

    def _hash(self, photo: LocalPhoto) -> str:
        with self._open_photo(photo) as (folder, file):
            return compute_md5_below(folder, file)

    def known_md5(self, photo: LocalPhoto) -> str | None:
        """Return the MD5 of a file that was read earlier, None where it was not."""
        return recall(self._cache, "md5", photo)

    def taken(self, photo: LocalPhoto) -> str:
        """Return when a photo was taken, read once: `YYYY-MM-DD HH:MM:SS` by its camera.

        Raises SideError when it is gone.
        """
        read = partial(self._read_moment, photo)
        return read_once(self._cache, "taken", photo, read)

    def find_moments(
        self, photos: Iterable[LocalPhoto]
    ) -> Iterator[tuple[LocalPhoto, str]]:
        """Yield photos with when each was taken; left out is what is gone."""
        return read_each_once(self._cache, "taken", photos, self._read_moment)

    def note_moment(self, photo: LocalPhoto, file: CheckedFile) -> None:
        """Note when a photo was taken whose file was read just now and is still open:
        its head is in memory, where later the disk would have to look for it once more.
        """
        if self._cache is not None:
            note_open_moment(self._cache, photo, file, self.find_root(photo.folder))

    def source(self, photo: LocalPhoto) -> LocalSource:
        """Return a photo ready to be sent."""
        root = self._find_held(photo.folder)
        return LocalSource(photo, root, read_taken=self._read_taken)

    def _read_and_note(self, photo: LocalPhoto) -> str:
        read = partial(self._read_moment, photo)
        return read_anew(self._cache, "taken", photo, read)

    def _read_moment(self, photo: LocalPhoto) -> str:
        with (
            asking(self.find_root(photo.folder)),
            self._open_photo(photo) as (folder, name),
            os.fdopen(folder.open_file(name), "rb", buffering=0) as file,
        ):
            return read_open_moment(photo, file.fileno())

    # -- details
    # ---------------------------------------------------------------------------

    def find_sidecar(self, photo: LocalPhoto) -> LocalPhoto | None:
        """Return the sidecar that the last scan saw of a photo, None if there is none."""
        if self._known_sidecars is None:
            self._known_sidecars = SidecarIndex(self.tree)
        return self._known_sidecars.find(photo)

    def find_details_state(self, photo: LocalPhoto) -> str:
        """Return what changes whenever the details of a photo may have."""
        return describe_state(photo, self.find_sidecar(photo))

    def details(self, photo: LocalPhoto) -> Details:
        """Return the details of a photo, from its sidecar or from inside the file.

        Raises SideError, among it Rejected for a sidecar that is no XMP.
        """
        path = self.resolve(photo)
        sidecar = self.find_sidecar(photo)
        if sidecar is None:
            return find_own(None, path, photo)
        with self._open_photo(sidecar) as (folder, file):
            return SidecarPlace(folder, file, path, photo).read_details()

    def write_details(
        self,
        photo: LocalPhoto,
        planned: Details,
        edit: DetailsEdit,
    ) -> tuple[str, str]:
        """Write new details of a photo into its sidecar; the old one goes to the trash.

        Return the sidecar's path, and the path in the trash of the old one, empty if
        there was none. Raises Changed where a text to be written over is not as
        `planned`.
        """
        from photosync.media import xmp  # noqa: PLC0415 - few runs write any

        sidecar = self.find_sidecar(photo)
        root = self.find_root(photo.folder)
        path = self.resolve(sidecar or photo)
        folder, file = os.path.split(path)
        name = file if sidecar else xmp.path_for(file)
        with self._open_folder(folder) as opened:
            place = SidecarPlace(opened, name, self.resolve(photo), photo)
            kept = self._sidecar_writer.write(place, planned, edit, self._trashes[root])
        return f"{folder}/{name}", make_backup(root, kept)

    # -- albums and their folders
    # --------------------------------------------------------------------------

    def find_folder(self, album: str, *, as_is: bool = False) -> str | None:
        """Return the folder that receives photos of an album, None if there is none.

        An album that exists only remotely gets a new folder in the first root, where
        the naming rules name one; `as_is` says that its title is a folder name already.
        """
        return self._places.find_receiver(album, as_is=as_is)

    def hides_album(self, album: str) -> bool:
        """Whether an album is that of an excluded folder, invisible on both sides."""
        return self._scanned.names.get_album(album).is_hidden

    def list_places(self, album: str) -> list[str]:
        """List what `--skip` sees before the names of an album's photos: the paths of
        its folders, or of the one it would get, from their roots.
        """
        return self._places.list_paths(album)

    @cached_property
    def folds_case(self) -> bool:
        """Whether a root lies on a disk that takes `Rome` and `rome` for one name.

        False for an empty one, which does not tell.
        """
        return any(self._folds_case(root) for root in self.roots)

    @property
    def _places(self) -> Places:
        return Places(self.roots, self._scanned.names)

    # -- writing
    # --------------------------------------------------------------------------

    def prepare(self) -> None:
        """Remove what killed runs left half written.

        To be called before the first step.
        """
        self.clean(self._scanned.leftovers)

    def save(
        self,
        album: str,
        name: str,
        stream: Readable,
        expected: Content,
        progress: Progress,
        *,
        as_is: bool = False,
    ) -> Saved:
        """Write a new photo; `as_is` says that the name is a file name already.

        Raises Rejected where a file of that name is there or no folder leads to the
        album.
        """
        place = self._places.locate(album, name, as_is=as_is)
        folder, file = self._fit(*place)
        with self._open_folder(folder, make=True) as opened:
            md5 = write_new(opened, file, stream, expected, progress)
            return Saved(look_at(opened, file, name), md5)

    def move(
        self, photo: LocalPhoto, album: str, name: str, *, as_is: bool = False
    ) -> LocalPhoto:
        """Give a photo another album or name; a folder left empty by it goes.

        It stays as near to where it was as its album allows, in its root first of all;
        on another disk it is a copy, and the old file goes to the trash. Raises Changed
        if it is another one by now, Rejected as `save` does.
        """
        self._check_photo(photo)
        place = self._places.locate_moved(photo, album, name, as_is=as_is)
        folder, file = self._fit(*place)
        photo = self._respell_folder(photo, folder)
        if photo.path != f"{folder}/{file}":
            self._move_file(photo, folder, file)
            self._remove_if_empty(photo.folder)
        with self._open_folder(folder) as opened:
            return look_at(opened, file, name)

    def _move_file(self, photo: LocalPhoto, folder: str, file: str) -> None:
        with (
            self._open_folder(photo.folder) as old,
            self._open_folder(folder, make=True) as new,
        ):
            try:
                move_file(old, photo.file, new, file)
            except OtherDisk:
                copy_photo(self.source(photo), new, file)
                self._throw_away(photo)

    # -- the names of photoSync's Explorer
    # -------------------------------------------------

    @staticmethod
    def get_all_albums(directory: str) -> dict[str, list[str]]:
        """Return the album titles below a folder, sorted, each with all folders that
        lead to it.
        """
        tree = Explorer([directory], filters=Filters(format=Kind.BOTH)).scan()
        folders_of = {
            album.title: list(album.folders) for album in tree.albums.values()
        }
        return dict(sorted(folders_of.items()))

    @staticmethod
    def get_photos_in_directories(directories: Sequence[str]) -> dict[str, str]:
        """Return the photo names in these folders (not below them), sorted, each with
        the path of its file.

        Of two files of one name the second is told apart by its folder's name.
        """
        return list_photos(directories, Filters(format=Kind.BOTH))

    @staticmethod
    def compare_photosets(
        ps1: Mapping[str, ObjectT], ps2: Mapping[str, ObjectT]
    ) -> tuple[dict[str, ObjectT], dict[str, ObjectT]]:
        """Return what the first set lacks of the second, and the second of the first."""
        return find_missing(ps1, ps2), find_missing(ps2, ps1)
