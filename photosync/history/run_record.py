"""The record of one run: what each step did, and what both sides hold since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from photosync.errors import Interrupted, SideError
from photosync.history.identity.scope import Scope
from photosync.history.journal.journal import Event, Journal
from photosync.history.pending.owed_albums import StoredOwedAlbums
from photosync.history.pending.refused_files import StoredRefusals
from photosync.history.pending.unfinished_uploads import StoredUploads
from photosync.history.storage.database import Database
from photosync.history.storage.write_queue import Change
from photosync.history.sync_state.baseline import PhotoPath, StoredBaselines
from photosync.history.sync_state.census import RunningCensus, StoredCensus, count_gains
from photosync.history.sync_state.details import StoredDetails
from photosync.history.sync_state.last_looks import StoredLooks
from photosync.model import (
    Actions,
    AlbumUpdate,
    Baseline,
    Effect,
    Outcome,
    Result,
    Step,
)
from photosync.plan.order import is_companion
from photosync.plan.policy import DELETES
from photosync.plan.steps import SENDS
from photosync.unforeseen import contain

_MAY_SEND = SENDS | {Actions.MOVE_REMOTE}
"""The actions of which an upload may have been noted; what cannot be moved is sent anew."""


class Entry(NamedTuple):
    """What is to be written of one step: the changes, how many photos it added to which
    place, and the album that it changed. `summary` names the step.
    """

    summary: str
    changes: Sequence[Change]
    gains: Mapping[str, int] = {}
    changed: AlbumUpdate | None = None


@dataclass(slots=True)
class RunRecord:
    """A run that the journal knows of, by its number, and one plan of it.

    `exit_code` is what its plans led to so far, and `goes_on` tells that another one is
    to come. `looks` are those of the services that were compared as they should be.
    """

    number: int
    database: Database
    journal: Journal
    census: RunningCensus
    stored_census: StoredCensus
    owed_albums: StoredOwedAlbums
    scopes: Mapping[str, Scope]
    roots: Sequence[str]
    exit_code: int = 0
    goes_on: bool = False
    looks: Sequence[StoredLooks] = ()

    def record(self, outcomes: Iterable[Outcome]) -> Iterator[SideError]:
        """Write what became of steps and albums, in one transaction; yield the error of
        each that cannot be written, which keeps no other away.
        """
        entries: list[Entry] = []
        for outcome in outcomes:
            try:
                with contain(outcome.step.summary):
                    entries += self._prepare(outcome)
            except SideError as error:
                yield error
        try:
            with contain("what ended together"):
                self._write(entries)
        except SideError:
            for entry in entries:
                failure = self._write_alone(entry)
                if failure is not None:
                    yield failure

    def _prepare(self, outcome: Outcome) -> Iterator[Entry]:
        step = outcome.step
        if isinstance(step, Step):
            yield self._prepare_step(outcome, step)
        elif isinstance(step, AlbumUpdate) and outcome.result is Result.DONE:
            yield Entry(step.summary, [self.owed_albums.settle(step)])

    def _prepare_step(self, outcome: Outcome, step: Step) -> Entry:
        """Return what is to be written of a step: what it did, and what all sides hold
        since.
        """
        scope = self.scopes[step.service]
        event = _make_event(outcome, step, run=self.number, scope=scope.number)
        changes = _make_details_changes(outcome, step, scope)
        changes += _make_baseline_changes(outcome, scope)
        for shared in outcome.effect.agreed:
            scope_there = self.scopes.get(shared.service)
            if scope_there is not None:
                effect = outcome.effect._replace(remote=shared.remote)
                there = replace(outcome, effect=effect)
                changes += _make_baseline_changes(there, scope_there)
        changes += StoredRefusals(scope).make_changes(outcome)
        changes.append(self.journal.make_note(event))
        if outcome.result is not Result.DONE:
            return Entry(step.summary, changes)
        path = _find_path(step, outcome.effect)
        if step.action in _MAY_SEND:
            # Not before: a list may not show the photo yet, and the next run of one
            # that is killed would send it again.
            changes.append(StoredUploads.make_removal(scope, path))
        gains = count_gains(step, path, outcome.effect, self.roots)
        self.census.count(gains)
        album = AlbumUpdate(step.service, step.album)
        return Entry(step.summary, changes, gains, album)

    def _write(self, entries: Sequence[Entry]) -> None:
        changes: list[Change] = []
        for entry in entries:
            changes += entry.changes
        gains = [entry.gains for entry in entries if entry.gains]
        # The first step that counts brings what planning found. A killed run must leave
        # the right measure, or what it deleted itself passes for a loss.
        found = self.census.find_changes() if gains else {}
        changes.append(self.stored_census.make_change(found))
        changes += [self.stored_census.make_loss(lost) for lost in gains]
        self.database.write(changes)
        for entry in entries:
            if entry.changed:
                self.owed_albums.note_change(entry.changed)
        self.census.accept_changes(found)

    def _write_alone(self, entry: Entry) -> SideError | None:
        try:
            with contain(entry.summary):
                self._write([entry])
        except SideError as error:
            return error
        return None

    def end(self, exit_code: int, *, passive: bool, goes_on: bool = False) -> None:
        """Write the end of the plan, and unless it was passive the new census; and the
        end of the run, unless it goes on.
        """
        changes: list[Change] = []
        # A run that only looked must not make today's numbers the measure.
        if not passive:
            changes.append(self.stored_census.make_change(self.census.find_changes()))
            changes += [looks.make_change() for looks in self.looks]
        # After Ctrl-C steps may have been done whose albums nobody noted as changed.
        if exit_code != Interrupted.exit_code:
            changes.append(self.owed_albums.make_end())
        self.database.write(changes)
        self.exit_code = max(self.exit_code, exit_code)
        self.goes_on = goes_on
        if not goes_on:
            self.journal.end_run(self.number, self.exit_code)


def _make_details_changes(outcome: Outcome, step: Step, scope: Scope) -> list[Change]:
    if outcome.result is not Result.DONE or step.is_duplicate:
        return []
    details = StoredDetails(scope)
    known = outcome.effect.details
    if known is not None:
        return details.make_changes([(step.album, step.name, known)])
    if step.origin is not None and step.action not in DELETES:
        return [details.make_move(step.origin, (step.album, step.name))]
    return []


def _make_baseline_changes(outcome: Outcome, scope: Scope) -> list[Change]:
    baselines = StoredBaselines(scope)
    agreed, gone = derive_baselines(outcome)
    return [*baselines.make_changes(agreed, gone), baselines.make_arrival(agreed)]


def _make_event(outcome: Outcome, step: Step, *, run: int, scope: int) -> Event:
    effect = outcome.effect
    path = _find_path(step, effect)
    if step.action is Actions.MOVE_LOCAL and effect.local:
        # There a person will ask for it from now on.
        path = effect.local.path
    origin_album, origin_name = step.origin or ("", "")
    return Event(
        run=run,
        service=step.service,
        album=step.album,
        name=step.name,
        path=effect.sidecar or path,
        # Details are no part of what is compared.
        comparison="" if step.details else step.comparison,
        action=step.action,
        result=outcome.result,
        reason=outcome.reason or step.reason,
        remote=effect.remote or step.remote,
        backup=effect.backup,
        backup_side=effect.backup_side,
        scope=scope,
        origin_album=origin_album,
        origin_name=origin_name,
    )


def _find_path(step: Step, effect: Effect) -> str:
    """Return the path of the local file before the step, or else after it."""
    local = step.local or effect.local
    return local.path if local else ""


def derive_baselines(outcome: Outcome) -> tuple[list[Baseline], list[PhotoPath]]:
    """Return what both sides agree on after a step, and what neither has any more."""
    step = outcome.step
    if not isinstance(step, Step) or outcome.result is not Result.DONE:
        return [], []
    if step.is_duplicate:
        # The photo of this name that stays is agreed on already, or in place of this.
        return [step.agreed_anew] if step.agreed_anew else [], []
    if step.action in DELETES:
        # The sidecar of a photo that was deleted on Drive may be there yet: forgotten, it
        # would come home again should the run end before it is deleted there.
        may_be_there = step.action is Actions.DELETE_LOCAL and is_companion(step)
        gone = [] if may_be_there else [(step.album, step.name)]
        return [], gone
    return _derive_agreed(step, outcome.effect)


def _derive_agreed(
    step: Step, effect: Effect
) -> tuple[list[Baseline], list[PhotoPath]]:
    """Return what both sides agree on after a step that left a photo, and the place that
    it was moved from.
    """
    if step.action is Actions.TAG_REMOTE or effect.remote is None:
        # What is only marked, or came in a lesser size, is still on one side only.
        return [], []
    remote = effect.remote._replace(marked=False, backup="")
    if effect.local is None:
        # The version there is kept beside; the one here is to take its place.
        kept_beside: list[Baseline] = []
        if step.action is Actions.KEEP_BOTH:
            kept_beside.append(Baseline(step.album, step.name, None, remote))
        return kept_beside, []
    local = effect.local
    agreed = Baseline(step.album, step.name, local.stat, remote, local.path)
    gone = [step.origin] if step.origin else []
    return [agreed], gone
