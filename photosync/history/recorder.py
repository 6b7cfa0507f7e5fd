"""What a run notes and reads of the state file, for all its services."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from photosync.compare.hashes import History, NoHistory
from photosync.errors import NotRecorded, StateUnusable
from photosync.history.baseline import Baselines, PhotoPath
from photosync.history.census import (
    RunningCensus,
    StoredCensus,
    census_of_roots,
    count_gains,
)
from photosync.history.database import Change, Database
from photosync.history.file_cache import FileCache
from photosync.history.journal import Event, Journal
from photosync.history.listing_cache import NoListingCache, StoredListingCache
from photosync.history.scope import Scope
from photosync.history.uploads import StoredUploads
from photosync.model import (
    Actions,
    Baseline,
    Census,
    EmptyTrash,
    Observations,
    Outcome,
    Plan,
    RemotePhoto,
    Result,
    Step,
)
from photosync.plan.policy import DELETES
from photosync.services.base import Backend


def library_key(roots: Iterable[str]) -> str:
    """Return what tells one set of local roots from another."""
    return json.dumps(sorted(roots))


def rules_hash_of(*settings: object) -> str:
    """Return what tells one set of rules and filters from another.

    Photos are counted under them, so other rules make another count.
    """
    text = repr(settings).encode(errors="backslashreplace")
    return hashlib.sha256(text).hexdigest()[:16]


class Recorder:
    """The memory of one library as a run sees it.

    Without a database it is that of a first run, and keeps nothing. `files` is the
    cache of what was read of local files, None without a database.
    """

    def __init__(
        self,
        database: Database | None,
        roots: Sequence[str],
        rules_hash: str,
        *,
        audit_days: float = 7.0,
    ) -> None:
        self._database = database
        self._roots = roots
        self._library = library_key(roots)
        self.rules_hash = rules_hash
        self._audit_days = audit_days
        self._accounts: dict[str, str] = {}
        self._scopes: dict[str, Scope] = {}
        self._run: _Run | None = None
        self._is_whole = True
        self._failure = ""
        self._loss = ""
        self.files = FileCache(database, self._note_loss) if database else None

    def meet(self, backend: Backend) -> None:
        """Let a backend use what earlier runs noted of its account."""
        if self._database:
            self._accounts[backend.name] = backend.account
            try:
                scope = Scope(
                    self._database, backend.name, backend.account, self._library
                )
            except StateUnusable as error:
                self._note_failure(error)
            else:
                self._scopes[backend.name] = scope
                backend.use_uploads(StoredUploads(scope, self._note_loss))
        backend.use_cache(self._listing_cache(backend.name))

    def past(self, service: str) -> History:
        """Return what was agreed on with a service."""
        scope = self._scopes.get(service)
        return Baselines(scope) if scope else NoHistory()

    def _listing_cache(self, service: str) -> StoredListingCache | NoListingCache:
        scope = self._scopes.get(service)
        if scope is None:
            return NoListingCache()
        return StoredListingCache(scope, self._note_loss, audit_days=self._audit_days)

    # -- what the guards go by
    # -------------------------------------------------------------

    def known(self) -> Mapping[str, Census]:
        """Return the census of roots and services as the last run left it."""
        stored = self._stored_census()
        return stored.read(self._roots) if stored else {}

    def roots_now(self, found: Mapping[str, int], *, whole: bool) -> dict[str, Census]:
        """Return the census of the roots, of which each holds so many photos.

        Where not all folders could be read these counts are no measure for the next
        run.
        """
        self._is_whole = whole
        return census_of_roots(found, self.rules_hash)

    def _stored_census(self) -> StoredCensus | None:
        if self._database is None:
            return None
        return StoredCensus(self._database, self._library, self._accounts)

    # -- a run
    # -----------------------------------------------------------------------------

    def begin(self, plan: Plan, mode: str) -> None:
        """Write that a run begins, and what planning found.

        Where that fails the run has no number, and no step of it is written: one that
        was written would be taken for a step of the run before.
        """
        stored = self._stored_census()
        if self._database is None or self.files is None or stored is None:
            return
        census = RunningCensus(
            self.rules_hash,
            stored.read(self._roots),
            found=plan.found if self._is_whole else {},
            services=self._census_of_services(plan.observations),
        )
        journal = Journal(self._database)
        try:
            number = journal.begin_run(self._library, mode)
            self._run = _Run(number, self._database, journal, census, stored)
            for service, scope in self._scopes.items():
                expected = _find_unproven(service, plan.steps)
                observations = plan.observations.get(service, Observations())
                Baselines(scope).learn(observations, expected)
        except StateUnusable as error:
            self._note_failure(error)
        self.files.flush()

    def record(self, outcome: Outcome) -> None:
        """Write what became of a step, as soon as it is known, all or nothing.

        Where that fails `forbid` stops what cannot be undone without it.
        """
        step = outcome.step
        if self._run is None or not isinstance(step, Step):
            return
        scope = self._scopes.get(step.service)
        if scope is None:
            return
        try:
            self._run.write(outcome, step, scope, self._roots)
        except StateUnusable as error:
            self._note_failure(error)

    def forbid(self, operation: Step | EmptyTrash) -> NotRecorded | None:
        """Return why something must not be done, None where it may.

        Once an outcome could not be written nothing is deleted or overwritten any more:
        undo would not know where the old bytes are.
        """
        if self._failure and _is_destructive(operation):
            return NotRecorded(self._failure)
        return None

    def end(self, exit_code: int, *, passive: bool) -> None:
        """Write how the run ended, and what it left.

        A run that only looks sets no new measure for the guards.
        """
        if self._run is None or self.files is None:
            return
        self.files.flush()
        try:
            self._run.end(max(exit_code, self.exit_code), passive=passive)
        except StateUnusable as error:
            self._note_failure(error)

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

    def close(self) -> None:
        if self._database:
            self._database.close()

    def _note_failure(self, error: StateUnusable) -> None:
        self._failure = self._failure or str(error)

    def _note_loss(self, error: StateUnusable) -> None:
        self._loss = self._loss or str(error)

    def _census_of_services(
        self, found: Mapping[str, Observations]
    ) -> dict[str, Census]:
        """Return the census of the services that were read as a whole."""
        return {
            service: Census(
                self.rules_hash, self._accounts[service], observations.photos
            )
            for service, observations in found.items()
            if not observations.incomplete
        }


class _Run:
    """A run that the journal knows of."""

    def __init__(
        self,
        number: int,
        database: Database,
        journal: Journal,
        census: RunningCensus,
        stored_census: StoredCensus,
    ) -> None:
        self._number = number
        self._database = database
        self._journal = journal
        self._census = census
        self._stored_census = stored_census

    def write(
        self, outcome: Outcome, step: Step, scope: Scope, roots: Sequence[str]
    ) -> None:
        """Write what a step did, and what both sides hold since, in one transaction."""
        event = _event_of(outcome, step, run=self._number, scope=scope.number)
        baselines = Baselines(scope)
        agreed, gone = find_agreed(outcome)
        changes = [*baselines.changes(agreed, gone), baselines.arrival(agreed)]
        if not self._journal.is_repeated(event):
            changes.append(self._journal.change([event]))
        gains: Mapping[str, int] = {}
        if outcome.result is Result.DONE:
            gains = count_gains(step, event.path, outcome.effect, roots)
        self._census.count(gains)
        # The first step that counts brings what planning found. A killed run must leave
        # the right measure, or what it deleted itself passes for a loss.
        if gains:
            changes.append(self._stored_census.change(self._census.unwritten()))
        self._database.write(changes)
        if gains:
            self._census.mark_written()

    def end(self, exit_code: int, *, passive: bool) -> None:
        """Write the end of the run, and unless it was passive the new census."""
        changes: list[Change] = []
        if not passive:
            changes.append(self._stored_census.change(self._census.unwritten()))
        self._database.write(changes)
        self._journal.end_run(self._number, exit_code)


def _event_of(outcome: Outcome, step: Step, *, run: int, scope: int) -> Event:
    effect = outcome.effect
    local = step.local or effect.local
    return Event(
        run=run,
        service=step.service,
        album=step.album,
        name=step.name,
        path=local.path if local else "",
        comparison=step.comparison,
        action=step.action,
        result=outcome.result,
        reason=outcome.reason or step.reason,
        remote=effect.remote or step.remote,
        backup=effect.backup,
        backup_side=effect.backup_side,
        scope=scope,
    )


def _is_destructive(operation: Step | EmptyTrash) -> bool:
    """Tell whether bytes are taken from where they are."""
    if isinstance(operation, EmptyTrash):
        return True
    step = operation
    replaces_local = step.action is Actions.DOWNLOAD_REMOTE and step.local is not None
    replaces_remote = step.action is Actions.REPLACE_REMOTE_WITH_LOCAL
    return step.action in DELETES or replaces_local or replaces_remote


def _find_unproven(service: str, steps: Iterable[Step]) -> list[RemotePhoto]:
    """Return the photos to be downloaded of which only the bytes tell what they are."""
    found: list[RemotePhoto] = []
    for step in steps:
        is_download = step.service == service and step.action is Actions.DOWNLOAD_REMOTE
        if is_download and step.remote is not None and step.remote.md5 is None:
            found.append(step.remote)
    return found


def find_agreed(outcome: Outcome) -> tuple[list[Baseline], list[PhotoPath]]:
    """Return what both sides agree on after a step, and what neither has any more."""
    step, effect = outcome.step, outcome.effect
    if not isinstance(step, Step) or outcome.result is not Result.DONE:
        return [], []
    if step.is_duplicate:
        # The photo of this name that stays is the one that was agreed on.
        return [], []
    if step.action in DELETES:
        return [], [(step.album, step.name)]
    if step.action is Actions.TAG_REMOTE or effect.remote is None:
        # What is only marked, or came in a lesser size, is still on one side only.
        return [], []
    remote = effect.remote._replace(marked=False, backup="")
    if effect.local is None:
        # The version there is kept beside; the one here is to take its place.
        never = Baseline(step.album, step.name, None, remote)
        return ([never], []) if step.action is Actions.KEEP_BOTH else ([], [])
    agreed = Baseline(step.album, step.name, effect.local.stat, remote)
    return [agreed], [step.origin] if step.origin else []
