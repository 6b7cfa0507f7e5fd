"""PhotoSync: survey -> plan -> execute -> remember: the way of the data, and the Python
API.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from typing import Self

from photosync.compare.survey import EqualPairs, Surveyor
from photosync.config.settings import Settings
from photosync.disk.streams import ignore_progress
from photosync.errors import Interrupted, SideError, UsageError
from photosync.execute.actions import Endpoints
from photosync.execute.executor import execute
from photosync.execute.transfers import Pace, ShouldStop, StepProgress
from photosync.history.database import State, open_state
from photosync.history.lock import hold_lock
from photosync.history.recorder import Recorder, rules_hash_of
from photosync.local.explorer import Explorer
from photosync.media.content_check import ContentCheck
from photosync.media.shrink_pool import Shrinker, open_shrinker
from photosync.model import (
    TRASH_DAYS,
    Actions,
    Comparisons,
    EmptyTrash,
    LocalTree,
    Outcome,
    Plan,
    Problem,
    Result,
    Side,
)
from photosync.plan import guards
from photosync.plan.planner import GuardContext, make_plan
from photosync.plan.policy import Policy
from photosync.plan.proposal import Limits, Proposal, ProposalBuilder, propose_nothing
from photosync.services import check_capabilities, connect
from photosync.services.auth.session import Session
from photosync.services.base import Backend

_log = logging.getLogger(__name__)

Warn = Callable[[str], None]
"""Takes one line that the person should read."""


def _never_stop() -> bool:
    """Let a run go on to its end."""
    return False


def make_policy(settings: Settings) -> Policy:
    """Return what the settings want done and permit."""
    return Policy(
        table=settings.table(),
        allow_delete=settings.allow_delete,
        max_delete=settings.max_delete,
        max_steps=settings.max_steps,
        purge=settings.purge,
        deletedups=settings.deletedups,
        skip_unsupported=settings.skip_unsupported,
        keeps_trash=not settings.no_trash,
        updates_albums=not settings.no_album_metadata,
    )


class PhotoSync:
    """One library and the services it is kept equal with.

    `open` makes one with all that a run needs. `plan` looks and changes nothing; `run`
    carries out exactly the plan it is given. Without a state nothing is remembered, and
    the comparison is the two-way one.
    """

    @classmethod
    @contextmanager
    def open(cls, settings: Settings, warn: Warn = _log.warning) -> Iterator[Self]:
        """Connect the services of the settings, take the lock and open the memory.

        With `test` in the settings nothing is written anywhere, the memory included,
        and no lock is taken. `warn` is told of a damaged memory or of stored sign-ins
        that cannot be used. Raises UsageError, AuthorizationNeeded or AlreadyRunning.
        """
        settings.check_roots()
        session = Session(settings.home.config)
        if session.warning:
            warn(session.warning)
        backends = connect(settings, session)
        lock = nullcontext() if settings.test else hold_lock(settings.home.state)
        with lock:
            state, warning = None, ""
            if not settings.stateless:
                state, warning = open_state(
                    settings.home.state, read_only=settings.test
                )
            if warning:
                warn(warning)
            sync = cls(settings, backends, state)
            try:
                yield sync
                if sync.memories.problem:
                    warn(sync.memories.problem)
            finally:
                sync.close()

    def __init__(
        self,
        settings: Settings,
        backends: Sequence[Backend],
        state: State | None = None,
    ) -> None:
        self.settings = settings
        self.memories = Recorder(
            state,
            settings.root_paths,
            rules_hash_of(settings.rules, settings.filters),
            audit_days=0 if settings.needs_fresh_listings else settings.audit_days,
        )
        self.explorer = Explorer(
            settings.roots,
            settings.rules,
            settings.filters,
            keep_trash=not settings.no_trash,
            cache=self.memories.files,
        )
        self.backends: Mapping[str, Backend] = {
            backend.name: backend for backend in backends
        }
        check_capabilities(settings, backends)
        for backend in backends:
            self.memories.meet(backend)

    def plan(self) -> Plan:
        """Compare all sides and decide; raises GuardRefused when that would be
        dangerous.
        """
        known = self.memories.known()
        guards.check_missing(known, self.explorer.missing_roots())
        tree = self.explorer.scan()
        proposals = [self._propose(backend, tree) for backend in self.backends.values()]
        context = GuardContext(
            known,
            self.memories.roots_now(tree.found, whole=not tree.unreadable),
            self.memories.rules_hash,
            frozenset(self.settings.accept),
        )
        return make_plan(
            proposals,
            make_policy(self.settings),
            tree,
            contents=ContentCheck(self.settings.filters.format),
            expired=self._find_expired_trash() if self.settings.purge else (),
            context=context,
        )

    def run(
        self,
        plan: Plan,
        progress: StepProgress = ignore_progress,
        should_stop: ShouldStop = _never_stop,
    ) -> Generator[Outcome, None, None]:
        """Carry out a plan; yield what became of each step, once it is remembered.

        Steps run while the outcomes are read; closing the iterator ends the run after
        the running ones. Raises Interrupted once `should_stop` says so, and UsageError
        for a PhotoSync that was opened for a dry run.
        """
        if self.settings.test:
            raise UsageError(
                "this is a dry run (test=True), which carries nothing out; "
                "open PhotoSync without it"
            )
        code, failed = Interrupted.exit_code, plan.exit_code
        try:
            with closing(self._carry_out(plan, progress, should_stop)) as outcomes:
                for outcome in outcomes:
                    if outcome.result is not Result.DONE:
                        failed = max(failed, outcome.exit_code)
                    yield outcome
            code = failed
        finally:
            self.memories.end(code, passive=make_policy(self.settings).is_passive)

    def _carry_out(
        self, plan: Plan, progress: StepProgress, should_stop: ShouldStop
    ) -> Generator[Outcome, None, None]:
        self.memories.begin(plan, self.settings.mode)
        pace = Pace(self.settings.transfers, self.settings.wait)
        with self._open_shrinker() as shrinker:
            endpoints = Endpoints(
                self.explorer,
                self.backends,
                self.settings.largest,
                self.settings.sidecars,
                shrinker,
                lambda service, album: self.memories.past(service).album(album),
                self.settings.album_description,
            )
            for outcome in execute(plan, endpoints, pace, progress, should_stop):
                self.memories.record(outcome)
                yield outcome

    def close(self) -> None:
        """Let go of all connections, and of the memory."""
        for backend in self.backends.values():
            backend.close()
        self.memories.close()

    def _propose(self, backend: Backend, tree: LocalTree) -> Proposal:
        """Survey one service, and look up what is wanted of it."""
        settings, policy = self.settings, make_policy(self.settings)
        past = self.memories.past(backend.name)
        surveyor = Surveyor(self.explorer, tree, settings.filters, settings.attributes)
        skip_equal = policy.table[Comparisons.SAME] is Actions.SILENT
        several = len(self.backends) > 1
        proposal = ProposalBuilder(backend.name, policy, keeps_equal=several)
        survey = surveyor.survey(backend, past, skip_equal=skip_equal)
        try:
            for difference in survey:
                proposal.add(difference)
            uploads = proposal.count_uploads()
            warnings = backend.upload_warnings(uploads) if uploads else ()
        except SideError as error:
            # One service that cannot be listed stops alone: of it nothing is known.
            problem = Problem(backend.name, str(error), exit_code=error.exit_code)
            return propose_nothing(backend.name, problem)
        findings = survey.findings()
        able = backend.capabilities
        # Of what a service takes only as another kind a smaller copy may go there.
        refuses = able.refuses - able.converts if settings.shrink else able.refuses
        return proposal.build(
            findings,
            Limits(refuses, able.read_only),
            equal=EqualPairs(proposal.equal, findings.equal_albums, past),
            problems=warnings,
        )

    def _open_shrinker(self) -> AbstractContextManager[Shrinker | None]:
        if not self.settings.shrink:
            return nullcontext()
        folder = str(self.settings.home.state / "shrunk")
        quality = self.settings.shrink_quality
        return open_shrinker(folder, pixels=self.settings.shrink, quality=quality)

    def _find_expired_trash(self) -> Iterator[EmptyTrash]:
        days = TRASH_DAYS
        yield EmptyTrash(Side.LOCAL, self.explorer.expired_trash(days), days)
        for name, backend in self.backends.items():
            yield EmptyTrash(name, backend.expired_trash(days), days)
