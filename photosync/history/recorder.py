"""What a run notes in the state file."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from photosync.errors import (
    Interrupted,
    NotRecorded,
    PhotosyncError,
    SideError,
    StateLocked,
    StateUnusable,
    Unreachable,
)
from photosync.history.identity.libraries import make_library_key
from photosync.history.journal.clock_leaps import Leap, find_leap
from photosync.history.journal.journal import Ending, Journal
from photosync.history.memories import Memories
from photosync.history.pending.owed_albums import StoredOwedAlbums
from photosync.history.run_record import RunRecord
from photosync.history.storage.database import Database
from photosync.history.sync_state.baseline import StoredBaselines, find_unproven
from photosync.history.sync_state.census import RunningCensus, make_census
from photosync.history.sync_state.last_looks import StoredLooks
from photosync.model import (
    Census,
    EmptyTrash,
    LocalTree,
    Observations,
    Outcome,
    Plan,
    Result,
    Step,
)
from photosync.plan.planner import GuardContext
from photosync.plan.policy import count_deletes, is_destructive
from photosync.plan.steps import needs_attention
from photosync.unforeseen import contain


class Recorder(Memories):
    """The memories of one library, and of the run that goes on.

    Without a database nothing is kept. `deleted` is how many photos were deleted so far,
    by the service, or Side.LOCAL, that lost them.
    """

    def __init__(
        self,
        database: Database | None,
        roots: Sequence[str],
        rules_hash: str,
        *,
        audit_days: float = 7.0,
    ) -> None:
        super().__init__(database, roots, rules_hash, audit_days=audit_days)
        self._run: RunRecord | None = None
        self._is_whole = True
        self._failure = ""
        self.deleted: Counter[str] = Counter()

    def make_guard_context(
        self, tree: LocalTree, accepted: Iterable[str]
    ) -> GuardContext:
        """Return what the guards go by; `accepted` are the findings that the user takes
        for right.

        Where not all folders could be read the photos of the roots are no measure for
        the next run.
        """
        self._is_whole = tree.is_whole
        return GuardContext(
            self.read_census(),
            make_census(tree.found, self.rules_hash),
            self.rules_hash,
            accepted=frozenset(accepted),
            others=self.others,
            newcomers=self.newcomers,
            deleted=self.deleted,
        )

    def find_leap(self) -> Leap | None:
        """Return the leap that the clock made in the last month, None for none."""
        if self._database is None:
            return None
        with suppress(StateUnusable):
            return find_leap(self._database, int(time.time()))
        return None

    def begin(self, plan: Plan, mode: str, *, passive: bool = False) -> None:
        """Write that a run begins, or goes on with another plan, and what planning
        found.

        A run that only looks takes no folder for the one that belongs at its place.
        Where that fails the run has no number, and no step of it is written: one that
        was written would be taken for a step of the run before.
        """
        if self._database is None or self.files is None:
            return
        try:
            # Nothing was done yet: the run may as well wait for another day.
            with contain("the begin of the run", StateLocked):
                self._begin(plan, mode, self._database, passive=passive)
        except SideError as error:
            self._note_failure(error)
        self.files.flush()

    def _begin(
        self, plan: Plan, mode: str, database: Database, *, passive: bool
    ) -> None:
        stored = self._open_census()
        if stored is None:
            return
        census = RunningCensus(
            self.rules_hash,
            stored.read(self._roots),
            # An old backup is known as another folder until somebody says what it means.
            found=plan.found if self._is_whole and not plan.put_back else {},
            services=self._make_census_of_services(plan.observations),
        )
        journal = Journal(database)
        number, exit_code = self._find_number(journal, plan, mode)
        owed_albums = StoredOwedAlbums(database, self._scopes)
        owed_albums.begin(plan.updates, plan.owed)
        self._run = RunRecord(
            number,
            database,
            journal,
            census=census,
            stored_census=stored,
            owed_albums=owed_albums,
            scopes=self._scopes,
            roots=self._roots,
            exit_code=exit_code,
            looks=list(self._find_looks(plan)),
        )
        if not passive and self._sides:
            self._sides.keep(plan)
        self._learn(plan)

    def _find_number(self, journal: Journal, plan: Plan, mode: str) -> tuple[int, int]:
        """Return the number of the run, and the exit code that it has by now."""
        # What two services do not agree on with us is one photo to look at.
        to_look_at = [step for step in plan.steps if needs_attention(step)]
        left_alone = len({(step.album, step.name) for step in to_look_at})
        run = self._run
        # A second plan is no second run to whoever looks back.
        if run and run.goes_on:
            journal.go_on(run.number, left_alone, plan.unreached)
            return run.number, run.exit_code
        library = make_library_key(self._roots)
        return journal.begin_run(library, mode, left_alone, plan.unreached), 0

    def _find_looks(self, plan: Plan) -> Iterator[StoredLooks]:
        """Yield the looks of the services that were read, unless an old backup took the
        place of the library: that holds until somebody says what it means.
        """
        for service in plan.observations:
            looks = self.find_looks(service)
            if looks is not None and not plan.put_back:
                yield looks

    def _learn(self, plan: Plan) -> None:
        """Write what planning found: a run that is killed has learnt this much."""
        for service, scope in self._scopes.items():
            expected = find_unproven(service, plan.steps)
            observations = plan.observations.get(service, Observations())
            StoredBaselines(scope).learn(observations, expected)

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Write what became of steps and albums, as soon as that is known: of those
        that ended together with one flush to the disk.

        Where that fails `forbid` stops what cannot be undone without it.
        """
        outcomes = list(outcomes)
        done = [outcome.step for outcome in outcomes if outcome.result is Result.DONE]
        steps = [step for step in done if isinstance(step, Step)]
        self.deleted += count_deletes(steps)
        if self._run:
            for error in self._run.record(outcomes):
                self._note_failure(error)

    def forbid(self, operation: Step | EmptyTrash) -> NotRecorded | None:
        """Return why something must not be done, None where it may.

        Once an outcome could not be written nothing is deleted or overwritten any more:
        undo would not know where the old bytes are.
        """
        if self._failure and is_destructive(operation):
            return NotRecorded(self._failure)
        return None

    def end(self, exit_code: int, *, passive: bool, goes_on: bool = False) -> None:
        """Write how the run ended, and what it left; where it `goes_on` with another
        plan only what it left.

        A run that only looks sets no new measure for the guards.
        """
        if self._run is None or self.files is None:
            return
        self.files.flush()
        try:
            with contain("the end of the run"):
                code = max(exit_code, self.exit_code)
                self._run.end(code, passive=passive, goes_on=goes_on)
        except SideError as error:
            self._note_failure(error)

    @contextmanager
    def ending(self) -> Iterator[None]:
        """End a run that was to go on, however the block is left: it may have had no
        time for that, or been stopped or refused.
        """
        # Ctrl-C and a reader that ends are no Exception.
        code = Interrupted.exit_code
        try:
            yield
            code = Unreachable.exit_code
        except Exception as error:
            code = getattr(error, "exit_code", PhotosyncError.exit_code)
            raise
        finally:
            if self._run and self._run.goes_on:
                self.end(code, passive=True)

    @property
    def has_begun(self) -> bool:
        """Whether the run has a number."""
        return self._run is not None

    def keep_ending(self, ending: Ending) -> None:
        """Write what the end of the run told, unless no run is written at all."""
        if self._run:
            self._run.journal.keep_ending(self._run.number, ending)

    @property
    def problem(self) -> str:
        """What could not be written, as one line; empty while all could."""
        if self._failure:
            return (
                f"{self._failure}; what this run did is not remembered, so it deleted "
                "and replaced nothing from then on"
            )
        if self._loss:
            return f"{self._loss}; the next run reads again what this one read"
        return ""

    @property
    def exit_code(self) -> int:
        """What the run ends with at least."""
        return NotRecorded.exit_code if self._failure else 0

    def _note_failure(self, error: PhotosyncError) -> None:
        self._failure = self._failure or str(error)

    def _make_census_of_services(
        self, found: Mapping[str, Observations]
    ) -> dict[str, Census]:
        """Return the census of the services that were read as a whole."""
        accounts = self._sides.accounts if self._sides else {}
        return {
            service: Census(self.rules_hash, accounts[service], observations.photos)
            for service, observations in found.items()
            if service in accounts and not observations.incomplete
        }
