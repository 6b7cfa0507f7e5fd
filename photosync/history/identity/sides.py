"""The sides of a run as memory knows them: the library, the services, the folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from photosync.disk.names import is_within
from photosync.formatting import name_service
from photosync.history.identity.folder_remotes import KIND, KnownFolder, StoredFolders
from photosync.history.identity.libraries import StoredLibraries
from photosync.history.identity.mounts import StoredMounts
from photosync.history.identity.scope import Scope
from photosync.history.storage.database import Database
from photosync.model import Actions, Plan, Problem
from photosync.services.base import Backend

_WRITES_THERE = frozenset(
    {
        Actions.UPLOAD_LOCAL,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Actions.UPDATE_REMOTE_METADATA,
        Actions.DELETE_REMOTE,
        Actions.MOVE_REMOTE,
        Actions.MERGE_METADATA,
    }
)

_SHARED_PLACE = (
    "another library ({roots}) goes there, too: albums of one name become one, and what "
    "that library has there is new there for this one; to keep them apart, give each a "
    "place of its own"
)


class Sides:
    """The library that some roots belong to, and the services that are met.

    Whatever reads or writes raises StateUnusable.
    """

    def __init__(self, database: Database, roots: Sequence[str]) -> None:
        self._database = database
        self._roots = roots
        self._libraries = StoredLibraries(database)
        self.library = self._libraries.identify(roots)
        self._stored_folders = StoredFolders(database, self.library.key)
        self._folders: dict[str, tuple[KnownFolder, Backend]] = {}
        self._stored_mounts = StoredMounts(database, self.library.key)
        self._mounts: Sequence[str] = ()
        self._absent: Sequence[str] = ()
        self.scopes: dict[str, Scope] = {}
        self.accounts: dict[str, str] = {}

    def meet(self, backend: Backend) -> Scope:
        """Return the scope of a service, by its account or by the folder that it is."""
        name = backend.name
        place = backend.find_place()
        if place is None:
            account = backend.account
            scope = self._find_scope(name, account)
        else:
            folder = self._stored_folders.identify(place)
            account = folder.account
            scope = self._find_scope(KIND, account, carried=folder.carried)
            self._folders[name] = folder, backend
        self.accounts[name] = account
        self.scopes[name] = scope
        return scope

    def _find_scope(self, service: str, account: str, *, carried: int = 0) -> Scope:
        key = self.library.key
        return Scope(self._database, service, account, key, carried=carried)

    def find_absent(self, mounts: Sequence[str], *, accepted: bool) -> Sequence[str]:
        """Return the folders of the library whose disk is away, and none where that is
        `accepted`; `mounts` are those that a disk is mounted at.
        """
        self._mounts = mounts
        if accepted:
            # The person took the disk out for good.
            self._absent = ()
        else:
            self._absent = self._stored_mounts.find_absent(self._roots)
        return self._absent

    def count_absent(self) -> Mapping[str, int]:
        """Return how many photos are known on disks that are away, by root."""
        counts = dict.fromkeys(self._roots, 0)
        for folder in self._absent:
            for root in self._roots:
                if is_within(folder, root):
                    counts[root] += self._stored_mounts.count_known(folder)
        return counts

    def is_known(self, service: str) -> bool:
        """Whether anything was ever agreed on with what is, or was, at that place."""
        numbers: list[int] = []
        if service in self.scopes:
            numbers.append(self.scopes[service].number)
        if service in self._folders:
            folder, _ = self._folders[service]
            numbers.append(folder.former)
        return any(self._stored_folders.is_used(number) for number in numbers)

    @property
    def notices(self) -> list[Problem]:
        """What the person should know of the roots and folders that were met."""
        notices = list(self.library.notices)
        for name, (folder, _) in self._folders.items():
            if folder.notice:
                notices.append((name, folder.notice))
        notices += self._find_neighbours()
        return [
            Problem(name_service(name), notice, failed=False)
            for name, notice in notices
        ]

    def _find_neighbours(self) -> Iterator[tuple[str, str]]:
        """Yield a notice for each place that another library goes to and this one is
        new in. Once it has photos there, that was told.
        """
        for name, account in self.accounts.items():
            # It was told when this library was new there.
            if self.is_known(name):
                continue
            service = KIND if name in self._folders else name
            roots = self._libraries.find_neighbours(service, account, self.library.key)
            if roots:
                shown = ", ".join(roots)
                yield name, _SHARED_PLACE.format(roots=shown)

    @property
    def others(self) -> frozenset[str]:
        """The folders that are at the place of another one."""
        return frozenset(
            name for name, (folder, _) in self._folders.items() if folder.former
        )

    @property
    def newcomers(self) -> frozenset[str]:
        """The folders that are at the place of another one, whose disk is not away."""
        return frozenset(
            name
            for name, (folder, _) in self._folders.items()
            if folder.former and not folder.is_unmounted
        )

    def find_numbers(self, *, former: bool = False) -> Mapping[str, int]:
        """Return the numbers of the scopes by service; `former`: of what was at the
        place of a folder before, where that is another one.
        """
        numbers = {name: scope.number for name, scope in self.scopes.items()}
        if former:
            for name, (folder, _) in self._folders.items():
                numbers[name] = folder.former or numbers[name]
        return numbers

    def keep(self, plan: Plan) -> None:
        """Write what roots and folders are known by; mark folders that the plan writes
        to.
        """
        self._libraries.keep(self.library, self._roots)
        mounts = self._stored_mounts.make_changes(self._mounts, self._absent)
        self._database.write(mounts)
        written = _find_written(plan)
        for name, (folder, backend) in self._folders.items():
            # A mount point whose disk is away is not what belongs there.
            if name not in plan.observations:
                continue
            self._stored_folders.keep(folder)
            if name in written:
                self._mark(folder, backend)

    def _mark(self, folder: KnownFolder, backend: Backend) -> None:
        stamp = self._stored_folders.prepare_mark(folder)
        if backend.mark(folder.mark_id, self._stored_folders.home, stamp):
            self._stored_folders.note_mark(folder, stamp)


def _find_written(plan: Plan) -> set[str]:
    """Return the services on which a plan changes anything."""
    written: set[str] = set()
    for operations in (plan.renames, plan.purges, plan.trash):
        written.update(operation.service for operation in operations)
    for step in plan.steps:
        if step.action in _WRITES_THERE:
            written.add(step.service)
    return written
