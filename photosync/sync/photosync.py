"""PhotoSync: survey -> plan -> execute -> remember: the way of the data, and the Python
API.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import Self

from photosync.compare.reading import OnRead, Reading, ignore_reading
from photosync.compare.survey import Surveyor
from photosync.config.settings import Settings
from photosync.disk.encoding import check_encoding
from photosync.disk.silence import watch_disks
from photosync.disk.streams import ignore_progress
from photosync.errors import GuardRefused, PhotosyncError, SideError, UsageError
from photosync.execute.endpoints import ExpiredTrash
from photosync.execute.shrink_notes import ShrinkNotes
from photosync.execute.transfers import ShouldStop, StepProgress
from photosync.formatting import name_service
from photosync.history.journal.refused_runs import note_refused_run
from photosync.history.opening import make_recorder, open_recorder
from photosync.history.recorder import Recorder
from photosync.local.explorer import Explorer
from photosync.local.mounts import find_mounts, leave_unknown
from photosync.media.content_check import ContentCheck
from photosync.model import (
    LOST_DISK,
    LocalTree,
    OnWait,
    Outcome,
    Plan,
    Problem,
    Side,
    ignore_wait,
)
from photosync.plan import guards
from photosync.plan.albums import find_owed
from photosync.plan.planner import make_plan
from photosync.plan.proposal import Proposal, propose_nothing
from photosync.services import check_capabilities, connect, find_places, make_network
from photosync.services.ahead import AlbumsAhead
from photosync.services.auth.session import Session
from photosync.services.base import Backend
from photosync.services.network import Network
from photosync.sync.coverage import (
    AlbumCoverage,
    FewCopies,
    cover_albums,
    find_few_copies,
)
from photosync.sync.forecast import Forecast, Forecaster
from photosync.sync.places import check_place
from photosync.sync.policy import make_policy
from photosync.sync.proposals import Surveying, propose
from photosync.sync.put_back import make_context
from photosync.sync.running import Running
from photosync.sync.silence import OnLost, heed_silence, ignore_loss
from photosync.unforeseen import contain

_log = logging.getLogger(__name__)

Warn = Callable[[str], None]
"""Takes one line that the person should read."""


def _never_stop() -> bool:
    """Let a run go on to its end."""
    return False


class PhotoSync:
    """One library and the services that it is kept equal with.

    `open` makes one with all that a run needs. `plan` only looks; `run` carries out
    exactly the plan that it is given. Without a memory nothing is remembered, and the
    two sides are only compared with each other.
    """

    @classmethod
    @contextmanager
    def open(
        cls,
        settings: Settings,
        warn: Warn = _log.warning,
        on_wait: OnWait = ignore_wait,
        on_lost: OnLost = ignore_loss,
    ) -> Iterator[Self]:
        """Connect the services of the settings, take the lock and open the memory.

        With `test` in the settings nothing is written anywhere, not even to the memory,
        and no lock is taken. `warn` is called for a damaged memory and for stored
        sign-ins that cannot be used, `on_wait` for each wait for a service or disk,
        `on_lost` for a disk that gives no answer when the time of the run is over.
        Raises UsageError, AuthorizationNeeded or AlreadyRunning.
        """
        network = make_network(settings, on_wait)
        sync: Self | None = None
        try:
            opening = cls._open(settings, warn, network)
            with watch_disks(heed_silence(network, on_lost)), opening as sync:
                yield sync
        except PhotosyncError as error:
            if sync is None or not sync.memories.has_begun:
                note_refused_run(settings, error)
            raise

    @classmethod
    @contextmanager
    def _open(cls, settings: Settings, warn: Warn, network: Network) -> Iterator[Self]:
        check_encoding()
        settings.check_home()
        settings.check_roots()
        session = Session(settings.home.config)
        if session.warning and find_places(settings, session):  # else a refusal does
            warn(session.warning)
        unopened: dict[str, Problem] = {}
        backends = connect(settings, session, unopened, network)
        with open_recorder(settings, warn) as memories:
            sync = cls(settings, backends, memories, unopened, network=network)
            with closing(sync):
                yield sync

    @contextmanager
    def go_on(self, on_wait: OnWait = ignore_wait) -> Iterator[Self]:
        """Open all sides anew for the services that a plan put off, once it is carried
        out.

        It is still the same run, with its lock and its time. Raises what `open` raises.
        """
        self.close()
        settings = self.settings
        network = self._network
        network.on_wait = on_wait
        self.memories.look_anew()
        unopened: dict[str, Problem] = {}
        session = Session(settings.home.config)
        backends = connect(settings, session, unopened, network)
        again = type(self)(settings, backends, self.memories, unopened, network=network)
        with closing(again):
            yield again

    @property
    def has_time(self) -> bool:
        """Whether the run has time left."""
        return not self._network.outlasts_run(0)

    def __init__(
        self,
        settings: Settings,
        backends: Sequence[Backend],
        memories: Recorder | None = None,
        unopened: Mapping[str, Problem] | None = None,
        *,
        network: Network | None = None,
    ) -> None:
        """`unopened` holds a problem for each service that could not be connected;
        `network` is shared by all services.
        """
        self.settings = settings
        self._network = network or make_network(settings)
        self._shrink_notes = ShrinkNotes()
        self.memories = memories or make_recorder(settings, None)
        self._unopened = dict(unopened or {})
        self._connected = backends
        self._tree = LocalTree({})
        self.explorer = Explorer(
            settings.roots,
            settings.rules,
            settings.filters,
            keep_trash=not settings.no_trash,
            cache=self.memories.files,
        )
        self.backends = {backend.name: backend for backend in backends}
        for backend in backends:
            with self._opening(backend, UsageError):
                check_capabilities(settings, backend)
                self.memories.meet(backend)

    def find_new_folders(self) -> list[str]:
        """Return the folder remotes that are not there and that no earlier run knew."""
        missing = [name for name, side in self.backends.items() if side.is_missing()]
        return [name for name in missing if not self.memories.is_known(name)]

    def make_folder(self, service: str) -> None:
        """Make a folder remote that is not there, before `plan`; raises SideError."""
        self.backends[service].make_place()

    def plan(self, on_read: OnRead = ignore_reading, *, waits: bool = True) -> Plan:
        """Compare all sides and return the plan; raises GuardRefused where that would be
        dangerous.

        `on_read` is called while a side is read, with how much of it is. Unless it
        `waits`, a service that would keep the others waiting is left out, see
        `Plan.put_off`.
        """
        on_read(Side.LOCAL, Reading())
        self._check_places()
        # Services answer slowly, and disks are read slowly: so both at once.
        self._network.begin_asking_around(self.backends)
        ahead = AlbumsAhead(list(self.backends.values()))
        tree = self._tree = self._scan()
        proposals = self._propose(tree, on_read, ahead, waits=waits)
        context = make_context(tree, proposals, self.memories, self.settings.accept)
        expired = ExpiredTrash()
        if self.settings.purge:
            expired.find(self.memories.find_leap(), self.explorer, self.backends)
        policy = make_policy(self.settings)
        plan = make_plan(
            proposals,
            policy,
            tree,
            contents=ContentCheck(self.settings.filters.format),
            expired=expired.found,
            context=context,
        )
        problems = (*self.memories.notices, *plan.problems, *expired.problems)
        owed = find_owed(self.memories.find_owed(), proposals, policy, tree.albums)
        return replace(plan, problems=problems, owed=tuple(owed))

    def run(
        self,
        plan: Plan,
        progress: StepProgress = ignore_progress,
        should_stop: ShouldStop = _never_stop,
    ) -> Generator[Outcome, None, None]:
        """Carry out a plan; yield the outcome of each step once it is remembered.

        Steps run while the outcomes are read; closing the iterator ends the run after
        the running steps. Raises Interrupted once `should_stop` returns true, and
        UsageError for a PhotoSync that was opened for a dry run.
        """
        running = Running(
            self.settings,
            self.explorer,
            self.backends,
            self.memories,
            self._network,
            self._shrink_notes,
        )
        yield from running.run(plan, progress, should_stop)

    def cover_albums(self, plan: Plan) -> list[AlbumCoverage]:
        """Return how each album compares on all sides; the plan is that of a report."""
        return cover_albums(plan, self._tree)

    def find_few_copies(self, plan: Plan, wanted: int) -> list[FewCopies]:
        """Return the photos with fewer copies than wanted that are proved byte for byte.

        The plan is that of a report, made by `plan` before.
        """
        memory = {name: self.memories.find_baselines(name) for name in self.backends}
        return list(find_few_copies(plan, self._tree, memory, wanted))

    def forecast(self, plan: Plan) -> list[Forecast]:
        """Return what a plan will take of each side, and what that side has left.

        It takes at most one call of each service that is to get something.
        """
        return list(self.make_forecaster().forecast(plan))

    def make_forecaster(self) -> Forecaster:
        """Return a forecaster, which can be asked about one plan after the other."""
        return Forecaster(
            self.settings, self.explorer, self.backends, self.memories.find_pace
        )

    def describe_run(self) -> Iterator[Problem]:
        """Yield the notices of a run that has ended: about smaller copies, and about the
        disks and services it wrote to.
        """
        yield from self._shrink_notes.describe()
        yield from self.explorer.run_notices()
        for backend in self.backends.values():
            yield from backend.run_notices()

    def close(self) -> None:
        """Close all connections, and let go of the disks."""
        self.explorer.close()
        for backend in self._connected:
            # One that cannot be closed must not keep the others open.
            with suppress(SideError), contain(backend.name):
                # After Ctrl-C amid a listing some calls may still wait for the next hour.
                backend.cancel()
                backend.close()

    @contextmanager
    def _opening(
        self, backend: Backend, *foreseen: type[PhotosyncError]
    ) -> Iterator[None]:
        """Do without a service if anything goes wrong with it in this block."""
        try:
            with contain(backend.name, *foreseen):
                yield
        except SideError as error:
            name = name_service(backend.name)
            problem = Problem(name, str(error), exit_code=error.exit_code)
            self._unopened[backend.name] = problem
            del self.backends[backend.name]

    def _check_places(self) -> None:
        """Raise where a root or a folder remote is not there, before anything is read."""
        known = self.memories.read_census()
        guards.check_missing(known, self.explorer.missing_roots())
        for backend in list(self.backends.values()):
            is_alone = len(self.backends) == 1
            with self._opening(backend, GuardRefused, UsageError):
                check_place(backend, self.memories, self.settings, is_alone=is_alone)

    def _scan(self) -> LocalTree:
        """Return what lies below the roots; photos on a disk that is not mounted are
        unknown.
        """
        tree = self.explorer.scan(self.memories.find_known_names)
        # Where a disk fails, nobody is to be asked whether all photos were deleted.
        guards.check_missing(self.memories.read_census(), tree.unread_roots)
        tree = replace(tree, unseen=self.memories.unseen_roots)
        mounts = find_mounts(tree)
        self.explorer.watch(mounts)
        is_accepted = LOST_DISK in self.settings.accept
        absent = self.memories.find_absent(mounts, accepted=is_accepted)
        return leave_unknown(tree, absent)

    def _propose(
        self, tree: LocalTree, on_read: OnRead, ahead: AlbumsAhead, *, waits: bool
    ) -> list[Proposal]:
        settings = self.settings
        surveyor = Surveyor(
            self.explorer,
            tree,
            settings.filters,
            settings.attributes,
            stateless=settings.stateless,
            audits=settings.audit,
            on_read=on_read,
            list_albums=ahead.list,
        )
        surveying = Surveying(surveyor, self.memories, settings, self._network)
        proposals = propose(ahead, surveying, waits=waits)
        for service, problem in self._unopened.items():
            proposals.append(propose_nothing(service, problem))
        return proposals
