"""What a run notes and reads of the state file, for all its services."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from photosync.compare.hashes import Baselines, NoBaselines
from photosync.errors import (
    NotRecorded,
    PhotosyncError,
    SideError,
    StateLocked,
    StateUnusable,
)
from photosync.history.baseline import StoredBaselines, find_unproven
from photosync.history.census import (
    RunningCensus,
    StoredCensus,
    census_of_roots,
)
from photosync.history.database import Database
from photosync.history.debts import StoredDebts
from photosync.history.details import StoredDetails
from photosync.history.file_cache import FileCache
from photosync.history.journal import Ending, Journal
from photosync.history.libraries import library_key
from photosync.history.listing_cache import NoListingCache, StoredListingCache
from photosync.history.pace import find_pace
from photosync.history.refused_files import StoredRefusals
from photosync.history.run_record import RunRecord
from photosync.history.scope import Scope
from photosync.history.sides import Sides
from photosync.history.told import StoredTold
from photosync.history.uploads import StoredUploads
from photosync.history.verified import StoredVerifications
from photosync.model import (
    AlbumUpdate,
    Census,
    EmptyTrash,
    Observations,
    Outcome,
    Plan,
    Problem,
    RefusedFile,
    Step,
)
from photosync.plan.policy import is_destructive
from photosync.services.base import Backend
from photosync.unforeseen import contain


def rules_hash_of(*settings: object) -> str:
    """Return what tells one set of rules and filters from another.

    Photos are counted under them, so other rules make another count.
    """
    text = repr(settings).encode(errors="backslashreplace")
    return hashlib.sha256(text).hexdigest()[:16]


class Recorder:
    """The memory of one library as a run sees it.

    Without a database it is that of a first run, and keeps nothing. `files` is the
    cache of what was read of local files, None without a database. Raises
    StateUnusable.
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
        self.rules_hash = rules_hash
        self._audit_days = audit_days
        self._run: RunRecord | None = None
        self._is_whole = True
        self._failure = ""
        self._loss = ""
        self.files = FileCache(database, self._note_loss) if database else None
        self._sides = Sides(database, roots) if database else None

    def meet(self, backend: Backend) -> None:
        """Let a backend use what earlier runs noted of its account.

        Raises StateUnusable: without it what was deleted would come back.
        """
        if self._sides:
            scope = self._sides.meet(backend)
            backend.use_uploads(StoredUploads(scope, self._note_loss))
        backend.use_cache(self._listing_cache(backend.name))

    @property
    def _scopes(self) -> Mapping[str, Scope]:
        return self._sides.scopes if self._sides else {}

    def is_known(self, service: str) -> bool:
        """Whether anything was ever agreed on with what is, or was, at that place."""
        return bool(self._sides and self._sides.is_known(service))

    @property
    def notices(self) -> list[Problem]:
        """What the person should know of the roots and folders that were met."""
        return self._sides.notices if self._sides else []

    @property
    def others(self) -> frozenset[str]:
        """The folders that are at the place of another one."""
        return self._sides.others if self._sides else frozenset()

    @property
    def newcomers(self) -> frozenset[str]:
        """The folders that are at the place of another one, whose disk is not away."""
        return self._sides.newcomers if self._sides else frozenset()

    def find_absent(self, mounts: Sequence[str], *, accepted: bool) -> Sequence[str]:
        """Return the folders of the library whose disk is away; `mounts` are those that
        a disk is mounted at.
        """
        if self._sides is None:
            return ()
        return self._sides.find_absent(mounts, accepted=accepted)

    @property
    def unseen_roots(self) -> tuple[str, ...]:
        """The roots of this library that the run does not name."""
        return self._sides.library.unseen if self._sides else ()

    def find_baselines(self, service: str) -> Baselines:
        """Return what was agreed on with a service."""
        scope = self._scopes.get(service)
        return StoredBaselines(scope) if scope else NoBaselines()

    def find_refused(self, service: str) -> Mapping[str, RefusedFile]:
        """Return the files that a service refused for their kind or size, by path."""
        scope = self._scopes.get(service)
        try:
            return StoredRefusals(scope).find() if scope else {}
        except StateUnusable as error:
            # They are sent once more.
            self._note_loss(error)
            return {}

    def find_details(self, service: str) -> StoredDetails | None:
        """Return what is agreed on of details with a service, None without a memory."""
        scope = self._scopes.get(service)
        return StoredDetails(scope) if scope else None

    def find_verifications(self, service: str) -> StoredVerifications | None:
        """Return when photos of a service were read again, None without a memory."""
        scope = self._scopes.get(service)
        return StoredVerifications(scope) if scope else None

    def find_pace(self, service: str) -> float | None:
        """Return how many bytes in a second the last long run moved to or from a
        service; None where nobody knows.
        """
        return find_pace(self._scopes.get(service))

    def find_known_names(self, album: str) -> dict[str, str]:
        """Return the names that photos of an album have there, by the paths of their
        files.

        A photo has one name for all services; the first to know it tells.
        """
        known: dict[str, str] = {}
        for scope in self._scopes.values():
            known = StoredBaselines(scope).names(album) | known
        return known

    @property
    def told(self) -> StoredTold | None:
        """What the person was told of already; None where nothing is remembered."""
        if self._database is None:
            return None
        return StoredTold(self._database, self._scopes, self.rules_hash)

    def _listing_cache(self, service: str) -> StoredListingCache | NoListingCache:
        scope = self._scopes.get(service)
        if scope is None:
            return NoListingCache()
        return StoredListingCache(scope, self._note_loss, audit_days=self._audit_days)

    def find_owed(self) -> Sequence[AlbumUpdate]:
        """Return the albums that earlier runs changed and did not bring up to date."""
        if self._database is None:
            return ()
        return list(StoredDebts(self._database, self._scopes).find())

    # -- what the guards go by
    # -------------------------------------------------------------

    def read_census(self) -> Mapping[str, Census]:
        """Return the census of roots and services as the last run left it.

        Of a folder at the place of another one it is that of the other: its disk may
        not be mounted. Photos on a disk inside a root that is away are not counted.
        """
        stored = self._stored_census(former=True)
        if stored is None or self._sides is None:
            return {}
        census = stored.read(self._roots)
        for root, photos in self._sides.count_absent().items():
            if root in census:
                left = max(census[root].photos - photos, 0)
                census[root] = census[root]._replace(photos=left)
        return census

    def count_roots(
        self, found: Mapping[str, int], *, whole: bool
    ) -> dict[str, Census]:
        """Return the census of the roots, of which each holds so many photos.

        Where not all folders could be read these counts are no measure for the next
        run.
        """
        self._is_whole = whole
        return census_of_roots(found, self.rules_hash)

    def _stored_census(self, *, former: bool = False) -> StoredCensus | None:
        if self._database is None or self._sides is None:
            return None
        return StoredCensus(
            self._database,
            self._sides.library.key,
            self._sides.find_numbers(former=former),
            self.rules_hash,
        )

    # -- a run
    # -----------------------------------------------------------------------------

    def begin(self, plan: Plan, mode: str, *, passive: bool = False) -> None:
        """Write that a run begins, and what planning found.

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
        stored = self._stored_census()
        if stored is None:
            return
        census = RunningCensus(
            self.rules_hash,
            stored.read(self._roots),
            found=plan.found if self._is_whole else {},
            services=self._census_of_services(plan.observations),
        )
        journal = Journal(database)
        number = journal.begin_run(library_key(self._roots), mode)
        debts = StoredDebts(database, self._scopes)
        debts.begin(plan.updates, plan.owed)
        self._run = RunRecord(
            number,
            database,
            journal,
            census,
            stored,
            debts,
            self._scopes,
            self._roots,
        )
        if not passive and self._sides:
            self._sides.keep(plan)
        # Written before the first step: a run that is killed has learnt this much.
        for service, scope in self._scopes.items():
            expected = find_unproven(service, plan.steps)
            observations = plan.observations.get(service, Observations())
            StoredBaselines(scope).learn(observations, expected)

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Write what became of steps and albums, as soon as that is known: of those
        that ended together with one flush to the disk.

        Where that fails `forbid` stops what cannot be undone without it.
        """
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

    def end(self, exit_code: int, *, passive: bool) -> None:
        """Write how the run ended, and what it left.

        A run that only looks sets no new measure for the guards.
        """
        if self._run is None or self.files is None:
            return
        self.files.flush()
        try:
            with contain("the end of the run"):
                self._run.end(max(exit_code, self.exit_code), passive=passive)
        except SideError as error:
            self._note_failure(error)

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

    def _note_loss(self, error: StateUnusable) -> None:
        self._loss = self._loss or str(error)

    def _census_of_services(
        self, found: Mapping[str, Observations]
    ) -> dict[str, Census]:
        """Return the census of the services that were read as a whole."""
        accounts = self._sides.accounts if self._sides else {}
        return {
            service: Census(self.rules_hash, accounts[service], observations.photos)
            for service, observations in found.items()
            if service in accounts and not observations.incomplete
        }
