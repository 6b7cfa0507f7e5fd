"""The record of one run: what each step did, and what both sides hold since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from photosync.errors import Interrupted
from photosync.history.baseline import PhotoPath, StoredBaselines
from photosync.history.census import RunningCensus, StoredCensus, count_gains
from photosync.history.database import Change, Database
from photosync.history.debts import StoredDebts
from photosync.history.journal import Event, Journal
from photosync.history.refused_files import StoredRefusals
from photosync.history.scope import Scope
from photosync.model import (
    Actions,
    AlbumUpdate,
    Baseline,
    Effect,
    Outcome,
    Result,
    Step,
)
from photosync.plan.policy import DELETES


class RunRecord:
    """A run that the journal knows of."""

    def __init__(
        self,
        number: int,
        database: Database,
        journal: Journal,
        census: RunningCensus,
        stored_census: StoredCensus,
        debts: StoredDebts,
    ) -> None:
        self._number = number
        self._database = database
        self._journal = journal
        self._census = census
        self._stored_census = stored_census
        self.debts = debts

    def write(
        self,
        outcome: Outcome,
        step: Step,
        scopes: Mapping[str, Scope],
        roots: Sequence[str],
    ) -> None:
        """Write what a step did, and what all sides hold since, in one transaction."""
        scope = scopes[step.service]
        event = _make_event(outcome, step, run=self._number, scope=scope.number)
        changes = _make_baseline_changes(outcome, scope)
        for shared in outcome.effect.agreed:
            if shared.service in scopes:
                effect = outcome.effect._replace(remote=shared.remote)
                there = replace(outcome, effect=effect)
                changes += _make_baseline_changes(there, scopes[shared.service])
        changes += StoredRefusals(scope).make_changes(outcome)
        if not self._journal.is_repeated(event):
            changes.append(self._journal.make_change([event]))
        gains: Mapping[str, int] = {}
        if outcome.result is Result.DONE:
            path = _find_path(step, outcome.effect)
            gains = count_gains(step, path, outcome.effect, roots)
        self._census.count(gains)
        # The first step that counts brings what planning found. A killed run must leave
        # the right measure, or what it deleted itself passes for a loss.
        if gains:
            changes.append(self._stored_census.make_change(self._census.find_changes()))
            changes.append(self._stored_census.make_loss(gains))
        self._database.write(changes)
        if outcome.result is Result.DONE:
            self.debts.note_change(AlbumUpdate(step.service, step.album))
        if gains:
            self._census.accept_changes()

    def end(self, exit_code: int, *, passive: bool) -> None:
        """Write the end of the run, and unless it was passive the new census."""
        changes: list[Change] = []
        if not passive:
            changes.append(self._stored_census.make_change(self._census.find_changes()))
        if exit_code != Interrupted.exit_code:
            changes.append(self.debts.make_end())
        self._database.write(changes)
        self._journal.end_run(self._number, exit_code)


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
        path=path,
        comparison=step.comparison,
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
    local = effect.local
    agreed = Baseline(step.album, step.name, local.stat, remote, local.path)
    return [agreed], [step.origin] if step.origin else []
