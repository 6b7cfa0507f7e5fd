"""PhotoSync: survey -> plan -> execute -> remember: the way of the data, and the Python
API.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from typing import Self

from photosync.compare.survey import EqualPairs, Surveyor
from photosync.config.settings import Settings
from photosync.disk.files import disk_errors, make_folder, remove_tree
from photosync.disk.streams import ignore_progress
from photosync.errors import Interrupted, SideError, UsageError
from photosync.execute.actions import Endpoints
from photosync.execute.album_metadata import Album, updated
from photosync.execute.executor import (
    Pace,
    ShouldStop,
    StepProgress,
    empty_trash,
    execute,
)
from photosync.history.database import State, open_state
from photosync.history.lock import hold_lock
from photosync.history.recorder import Recorder, rules_hash_of
from photosync.local.explorer import Explorer
from photosync.media.content_check import check_contents
from photosync.media.shrink_pool import Shrinker
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    LocalTree,
    Outcome,
    Plan,
    Problem,
    Result,
    Side,
    Step,
)
from photosync.naming import name_key
from photosync.plan import guards
from photosync.plan import planner as planning
from photosync.plan import proposal as proposing
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal
from photosync.services import connect
from photosync.services.auth.session import Session
from photosync.services.base import Backend

_log = logging.getLogger(__name__)

Warn = Callable[[str], None]
"""Takes one line that the person should read."""


def _unstopped() -> bool:
    """Nobody ends the run early."""
    return False


def policy_of(settings: Settings) -> Policy:
    """What the settings want done and permit."""
    return Policy(
        settings.table(),
        settings.allow_delete,
        settings.max_delete,
        settings.max_steps,
        settings.purge,
        settings.deletedups,
        settings.skip_unsupported,
        keeps_trash=not settings.no_trash,
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
        self._check_capabilities()
        self._meet()

    def plan(self) -> Plan:
        """Compare all sides and decide; raises GuardRefused when that would be
        dangerous.
        """
        known = self.memories.known()
        guards.check_missing(known, self.explorer.missing_roots())
        tree = self.explorer.scan()
        proposals = [self._draft(backend, tree) for backend in self.backends.values()]
        context = planning.GuardContext(
            known,
            self.memories.roots_now(tree.found, whole=not tree.unreadable),
            self.memories.rules_hash,
            frozenset(self.settings.accept),
        )
        expired = self._expired() if self.settings.purge else {}
        return planning.make(
            proposals, policy_of(self.settings), tree, expired=expired, context=context
        )

    def run(
        self,
        plan: Plan,
        progress: StepProgress = ignore_progress,
        should_stop: ShouldStop = _unstopped,
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
            self.memories.end(code, passive=policy_of(self.settings).is_passive)

    def _carry_out(
        self, plan: Plan, progress: StepProgress, should_stop: ShouldStop
    ) -> Generator[Outcome, None, None]:
        self.memories.begin(plan, self.settings.mode)
        pace = Pace(self.settings.transfers, self.settings.wait)
        changed: set[AlbumUpdate] = set()
        with self._shrinker() as shrinker:
            endpoints = Endpoints(
                self.explorer,
                self.backends,
                self.settings.largest,
                self.settings.sidecars,
                shrinker,
            )
            for outcome in execute(plan, endpoints, pace, progress, should_stop):
                self.memories.record(outcome)
                if outcome.result is Result.DONE and isinstance(outcome.step, Step):
                    changed.add(AlbumUpdate(outcome.step.service, outcome.step.album))
                yield outcome
        if not self.settings.no_album_metadata:
            yield from self._update_albums(
                [one for one in plan.updates if one in changed], endpoints
            )
        empty_trash(plan, endpoints)

    def close(self) -> None:
        """Let go of all connections, and of the memory."""
        for backend in self.backends.values():
            backend.close()
        self.memories.close()

    def _draft(self, backend: Backend, tree: LocalTree) -> Proposal:
        surveyor = Surveyor(
            self.explorer, tree, self.settings.filters, self.settings.attributes
        )
        policy = policy_of(self.settings)
        try:
            past = self.memories.past(backend.name)
            several = len(self.backends) > 1
            silent = policy.table[Comparisons.SAME] is Actions.SILENT
            survey = surveyor.survey(backend, past, skip_equal=silent)
            proposal = proposing.propose(
                backend.name, survey, policy, keep_equal=several
            )
            findings = survey.findings()
            uploads = sum(
                step.action is Actions.UPLOAD_LOCAL for step in proposal.steps
            )
            upload_warnings = backend.upload_warnings(uploads) if uploads else ()
        except SideError as error:
            # One service that cannot be listed stops alone; nothing is known, nothing
            # is done.
            return proposing.failed(
                backend.name,
                Problem(backend.name, str(error), exit_code=error.exit_code),
            )
        able = backend.capabilities
        # Of what a service takes only as another kind a smaller copy may go there.
        sent_anyway = able.converts if self.settings.shrink else frozenset()
        proposal = replace(
            proposal,
            refuses=able.refuses - sent_anyway,
            read_only=able.read_only,
            incomplete=findings.incomplete,
        )
        steps, misnamed = check_contents(
            proposing.heeded(proposal.steps, proposal, policy),
            self.settings.filters.format,
        )
        proposal.steps = steps
        duplicates: list[Step] = []
        told_duplicates: list[Problem] = []
        if policy.deletedups and not policy.is_passive:
            duplicates = proposing.duplicate_steps(
                backend.name, findings.duplicates, policy
            )
        else:
            told_duplicates = findings.duplicate_problems()
        equal_albums = sum(findings.equal_albums.values())
        proposal.counts[Comparisons.SAME] += equal_albums
        return replace(
            proposal,
            duplicates=list(proposing.heeded(duplicates, proposal, policy)),
            equal=EqualPairs(proposal.equal, findings.equal_albums, past),
            known_pairs=proposal.known_pairs + equal_albums,
            photos=findings.photos,
            contents=findings.contents,
            titles=findings.titles,
            closed=findings.closed,
            hidden=findings.hidden,
            observations=findings.observations,
            problems=(
                *proposal.problems,
                *findings.problems,
                *told_duplicates,
                *upload_warnings,
                *misnamed,
            ),
        )

    def _update_albums(
        self, updates: Sequence[AlbumUpdate], endpoints: Endpoints
    ) -> Iterator[Outcome]:
        here = {name_key(one.album) for one in updates}
        local = {
            title: one
            for title, one in self.explorer.tree.albums.items()
            if title in here
        }
        albums = {
            one: Album(
                local[name_key(one.album)],
                self.memories.past(one.service).album(one.album),
                self.explorer,
            )
            for one in updates
            if name_key(one.album) in local
        }
        return updated(updates, albums, endpoints, self.settings.album_description)

    @contextmanager
    def _shrinker(self) -> Iterator[Shrinker | None]:
        if not self.settings.shrink:
            yield None
            return
        folder = self.settings.home.state / "shrunk"
        remove_tree(str(folder))
        with disk_errors():
            make_folder(str(folder))
        pixels, quality = self.settings.shrink, self.settings.shrink_quality
        with Shrinker(str(folder), pixels=pixels, quality=quality) as shrinker:
            yield shrinker

    def _expired(self) -> dict[str, int]:
        days = Plan(()).trash_days
        remote = {name: one.expired_trash(days) for name, one in self.backends.items()}
        return {Side.LOCAL: self.explorer.expired_trash(days), **remote}

    def _meet(self) -> None:
        for backend in self.backends.values():
            self.memories.meet(backend)

    def _check_capabilities(self) -> None:
        for backend in self.backends.values():
            if self.settings.shrink and not backend.capabilities.keeps_metadata:
                raise UsageError(
                    f"--shrink: {backend.name} holds plain files, which cannot tell a smaller copy "
                    "from the original; leave --shrink out"
                )
        table = self.settings.table()
        if Actions.TAG_REMOTE in table.values():
            for backend in self.backends.values():
                if not backend.capabilities.tags:
                    raise UsageError(
                        f"--override: {backend.name} keeps no tags; leave TAG_REMOTE out"
                    )
