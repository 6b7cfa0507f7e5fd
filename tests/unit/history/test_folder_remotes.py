"""Which folder remote it is, by its mark, its device and the place where it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from photosync.history.identity.folder_remotes import KIND, KnownFolder, StoredFolders
from photosync.history.identity.scope import Scope
from photosync.history.storage.database import Database
from photosync.services.folder_identity import FolderMark, FolderPlace

LIBRARY = '["/photos"]'
PATH, MOUNT = "/mnt/usb", "/mnt/usb"
HERE = FolderPlace(PATH, "1:2", MOUNT, None)
OTHER = "2:2"


class Disk:
    """A disk that one run after another writes to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.place = HERE
        self.run()

    def meet(self, place: FolderPlace | None = None) -> KnownFolder:
        """How a run would see it, or what it finds at another place."""
        folders = StoredFolders(self.database, LIBRARY)
        return folders.identify(place or self.place)

    def run(self) -> None:
        folders = StoredFolders(self.database, LIBRARY)
        folder = folders.identify(self.place)
        Scope(self.database, KIND, folder.account, LIBRARY)
        folders.keep(folder)
        stamp = folders.prepare_mark(folder)
        found = self.place.mark
        others = found.stamps if found else {}
        mark = FolderMark(folder.mark_id, {**others, folders.home: stamp})
        self.place = self.place._replace(mark=mark)
        # The device is looked up anew; this disk is none of this machine.
        folders.note_mark(folder, stamp)
        self.account = folder.account


@pytest.fixture
def disk(database: Database) -> Disk:
    return Disk(database)


def test_a_marked_folder_is_known_wherever_it_is(disk: Disk) -> None:
    for place in (
        disk.place,
        disk.place._replace(path="/media/usb", mount="/media/usb"),
        disk.place._replace(device=OTHER),
    ):
        folder = disk.meet(place)
        assert (folder.account, folder.mark_id) == (disk.account, disk.account)
        assert (folder.former, folder.notice) == (0, "")


def test_each_run_leaves_another_stamp(disk: Disk) -> None:
    before = disk.place
    disk.run()
    assert disk.meet().account == disk.account
    # A copy that was made before that run, or a backup of then.
    copy = disk.meet(before._replace(device=OTHER))
    assert disk.account not in {copy.account, copy.mark_id}
    assert "carries the id" in copy.notice
    assert copy.former


def test_a_run_that_is_killed_leaves_either_stamp(disk: Disk) -> None:
    folders = StoredFolders(disk.database, LIBRARY)
    stamp = folders.prepare_mark(folders.identify(disk.place))
    mark = FolderMark(disk.account, {folders.home: stamp})
    for found in (disk.place.mark, mark):
        assert disk.meet(disk.place._replace(mark=found)).account == disk.account


def test_stamps_of_other_homes_do_not_matter(disk: Disk) -> None:
    mark = disk.place.mark
    assert mark is not None
    both = mark._replace(stamps={**mark.stamps, "laptop": "its own"})
    assert disk.meet(disk.place._replace(mark=both)).account == disk.account
    without = mark._replace(stamps={"laptop": "its own"})
    assert disk.meet(disk.place._replace(mark=without)).account != disk.account


def test_a_folder_that_another_home_has_marked_is_taken_with_its_id(
    disk: Disk,
) -> None:
    mark = FolderMark("theirs", {"laptop": "x"})
    folder = disk.meet(HERE._replace(mark=mark, device=OTHER))
    assert (folder.account, folder.mark_id, folder.former) == ("theirs", "theirs", 0)


@pytest.mark.parametrize(
    ("place", "is_unmounted"),
    [
        # A new disk, formatted just now.
        (HERE._replace(device=OTHER), False),
        # The empty folder that a disk would be mounted at.
        (HERE._replace(device=OTHER, mount="/"), True),
        # Not even that.
        (HERE._replace(device="", mount="/"), True),
        # A FAT disk plugged in at the port of the other has its device and inode.
        (HERE, False),
    ],
)
def test_an_unmarked_folder_at_a_known_place_is_another_one(
    disk: Disk, place: FolderPlace, *, is_unmounted: bool
) -> None:
    folder = disk.meet(place)
    assert disk.account not in {folder.account, folder.mark_id}
    assert folder.former
    assert folder.is_unmounted is is_unmounted


def test_an_unmarked_folder_is_known_by_its_device(database: Database) -> None:
    folders = StoredFolders(database, LIBRARY)
    folder = folders.identify(HERE)
    folders.keep(folder)
    assert folder.account == "device 1:2"
    for place in (HERE, HERE._replace(path="/media/usb")):
        again = StoredFolders(database, LIBRARY).identify(place)
        assert (again.account, again.former) == ("device 1:2", 0)
    other = StoredFolders(database, LIBRARY).identify(HERE._replace(device=OTHER))
    assert other.account == f"device {OTHER}"


def test_two_clones_in_one_run_share_nothing(disk: Disk) -> None:
    folders = StoredFolders(disk.database, LIBRARY)
    first = folders.identify(disk.place)
    second = folders.identify(disk.place._replace(path="/mnt/clone", device=OTHER))
    assert first.account == disk.account
    assert disk.account not in {second.account, second.mark_id}


def make_old_scope(database: Database) -> int:
    return Scope(database, f"folder:{PATH}/", PATH, LIBRARY).number


@pytest.mark.parametrize(
    ("place", "is_carried"),
    [
        (HERE, True),
        (HERE._replace(mark=FolderMark("theirs", {})), True),
        # Its disk is away: nothing there to carry it over to.
        (HERE._replace(device=""), False),
        (HERE._replace(path="/mnt/else"), False),
    ],
)
def test_memory_by_path_goes_to_the_folder_at_that_path(
    database: Database, place: FolderPlace, *, is_carried: bool
) -> None:
    number = make_old_scope(database)
    folders = StoredFolders(database, LIBRARY)
    folder = folders.identify(place)
    assert (folder.carried == number) is is_carried
    if is_carried:
        folders.keep(folder)
        scope = Scope(database, KIND, folder.account, LIBRARY)
        assert scope.number == number
        assert not StoredFolders(database, LIBRARY).identify(place).carried


def test_a_dry_run_carries_nothing_over(tmp_path: Path) -> None:
    with Database(tmp_path) as database:
        number = make_old_scope(database)
    with Database(tmp_path, read_only=True) as database:
        folders = StoredFolders(database, LIBRARY)
        folder = folders.identify(HERE)
        folders.keep(folder)
        scope = Scope(database, KIND, folder.account, LIBRARY, carried=folder.carried)
        assert scope.number == number
