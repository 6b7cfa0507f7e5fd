"""Carries out a plan: renames, then steps wave by wave, then what concerns whole
albums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial

from photosync.errors import SideError, SideStopped
from photosync.execute.actions import DO
from photosync.execute.album_metadata import update_albums
from photosync.execute.endpoints import Endpoints, empty_trash
from photosync.execute.lanes import Pace
from photosync.execute.outcomes import fail, postpone, refuse
from photosync.execute.transfers import (
    Forbid,
    ShouldStop,
    StepProgress,
    Transfers,
)
from photosync.formatting import name_service
from photosync.model import (
    Actions,
    AlbumUpdate,
    Effect,
    EmptyTrash,
    LocalPhoto,
    Outcome,
    Plan,
    Purge,
    Rename,
    Result,
    Step,
    StepKey,
)
from photosync.naming import PhotoKey, name_key, photo_key
from photosync.plan.order import is_companion, is_passed_on, key_of, split_into_waves
from photosync.plan.policy import DELETES

_CHANGES_THERE = frozenset(
    {
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Actions.MOVE_REMOTE,
        Actions.UPDATE_REMOTE_METADATA,
        Actions.TAG_REMOTE,
    }
)
"""What is done to a photo that a service has, and keeps as it was where it is not done."""


def execute(
    plan: Plan,
    endpoints: Endpoints,
    pace: Pace,
    progress: StepProgress,
    should_stop: ShouldStop,
    forbid: Forbid,
) -> Iterator[Sequence[Outcome]]:
    """Carry out all of a plan but its reports; yield what became of its parts, those
    that ended together at once.

    Deletes come last, and only in albums where nothing failed. Raises Interrupted when
    it is stopped, and whatever else is not a SideError, after running steps have ended.
    """
    transfers = Transfers(endpoints, pace, progress, should_stop, forbid)
    with closing(transfers):
        yield from _carry_out(plan, transfers, forbid)


def _carry_out(
    plan: Plan, transfers: Transfers, forbid: Forbid
) -> Iterator[Sequence[Outcome]]:
    due = [step for step in plan.steps if step.action in DO]
    ledger = _Ledger(frozenset(map(key_of, due)))
    transfers.prepare()
    for rename in plan.renames:
        transfers.check_stop()
        yield ledger.note(_rename_album(rename, transfers))
    # An album that is renamed takes its photos along: their moves are done with that.
    moved = plan.find_renamed()
    for wave in split_into_waves(step for step in due if step not in moved):
        yield from map(ledger.note, _run_wave(wave, transfers, ledger))
    for purge in plan.purges:
        transfers.check_stop()
        if transfers.find_limit(purge.service):
            # The next run finds the album empty, too.
            continue
        yield [_remove_album(purge, transfers)]
    changed = [update for update in plan.updates if update in ledger.changed]
    yield from update_albums(dict.fromkeys((*changed, *plan.owed)), transfers)
    for trash in plan.trash:
        # What lies there may be what this run could not record.
        if not forbid(trash) and not transfers.find_limit(trash.service):
            yield [_empty_trash(trash, transfers)]


@dataclass(slots=True)
class _Ledger:
    """What the steps still to come must know of those that ended.

    `planned` are all that are to be done. `files` holds the local file that each step
    done has left, None where it left none; `spoilt` the albums in which something failed;
    `left` the photos that a service keeps as they were.
    """

    planned: AbstractSet[StepKey]
    files: dict[StepKey, LocalPhoto | None] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    left: set[PhotoKey] = field(default_factory=set)
    changed: set[AlbumUpdate] = field(default_factory=set)

    def note(self, outcomes: Iterable[Outcome]) -> Sequence[Outcome]:
        """Note outcomes, and return them."""
        noted = list(outcomes)
        for outcome in noted:
            if isinstance(outcome.step, Step):
                self._note_step(outcome, outcome.step)
        return noted

    def _note_step(self, outcome: Outcome, step: Step) -> None:
        is_done = outcome.result is Result.DONE
        if is_done:
            self.changed.add(AlbumUpdate(step.service, step.album))
        if step.is_duplicate:
            # A further photo of a name says nothing about the one that keeps it.
            return
        if is_done:
            self.files[key_of(step)] = outcome.effect.local
        elif outcome.result is Result.LEFT and step.action in _CHANGES_THERE:
            # It may stay so for years: only what stands there by now waits for it.
            self.left.add(photo_key(step.album, step.name))
        elif step.action not in DELETES:
            self.spoilt.add(name_key(step.album))
            if step.origin:
                self.spoilt.add(name_key(step.origin[0]))

    def judge(self, step: Step) -> Outcome | None:
        """Return how a step ends that cannot be begun, None if it can."""
        obstacle = self._find_obstacle(step)
        if obstacle:
            return Outcome(step, Result.SKIPPED, obstacle)
        kept = self._find_kept_place(step) if step.action in DELETES else ""
        if kept:
            # Moved here over a photo of somebody else, who may never let us change it.
            reason = (
                f"not deleted: it stands as {kept} by now, which is left alone there"
            )
            return Outcome(step, Result.LEFT, reason, exit_code=0)
        return None

    def _find_obstacle(self, step: Step) -> str:
        """Return what failed before, and lets a step fail with it; empty for nothing."""
        if step.action in DELETES and self._has_spoilt_album(step):
            return "not deleted: something failed in this album"
        before = step.waits_for
        if before is None:
            return ""
        if is_companion(step):
            # A sidecar goes ahead of its photo, which a saved plan may hold no longer.
            is_led = before in self.planned
            return "" if is_led else f"not tried: {before.name} stays where it is"
        has_file = self.files.get(before) is not None
        is_over = before in self.files and step.action in DELETES
        if has_file or is_over:
            return ""
        return f"not tried: {name_service(before.service)} did not do its part"

    def _has_spoilt_album(self, step: Step) -> bool:
        # What did not arrive may be the only other copy of what would go, whichever
        # album it is in by now.
        albums = {step.album, *(album for album, _ in step.stands_at)}
        return not self.spoilt.isdisjoint(map(name_key, albums))

    def _find_kept_place(self, step: Step) -> str:
        """Return where the photo of a delete stands whose service keeps what it has
        there, empty for nowhere.
        """
        for album, name in step.stands_at:
            if photo_key(album, name) in self.left:
                return f"{album}/{name}"
        return ""

    def fill_in_file(self, step: Step) -> Step:
        """Return a step with the local file that the one before has left it."""
        if step.waits_for is None or not is_passed_on(step):
            return step
        return replace(step, local=self.files[step.waits_for])


def _run_wave(
    wave: Iterable[Step], transfers: Transfers, ledger: _Ledger
) -> Iterator[Sequence[Outcome]]:
    ready: list[Step] = []
    left: list[Outcome] = []
    for step in wave:
        limit = transfers.find_limit(step.service)
        ended = postpone(step, limit) if limit else ledger.judge(step)
        if ended:
            left.append(ended)
        else:
            ready.append(ledger.fill_in_file(step))
    yield left
    # Most of the time nothing ended meanwhile.
    yield from filter(None, transfers.run(ready))


def _leave_album(rename: Rename, transfers: Transfers) -> Sequence[Outcome]:
    """Return the outcomes of an album that is not tried, none where it may be."""
    limit = transfers.find_limit(rename.service)
    if limit:
        return [postpone(step, limit) for step in rename.steps]
    refusal = transfers.refusals.find(rename.service, Actions.MOVE_REMOTE)
    if refusal:
        return [refuse(step, refusal) for step in rename.steps]
    return []


def _rename_album(rename: Rename, transfers: Transfers) -> Iterator[Outcome]:
    """Give an album its new title; yield what became of each of its photos."""
    left = _leave_album(rename, transfers)
    if left:
        yield from left
        return
    photos = [step.remote for step in rename.steps if step.remote]
    backend = transfers.endpoints.remotes[rename.service]
    try:
        work = partial(backend.rename_album, rename.album, rename.title, photos)
        renamed = transfers.aside.wait_for(work)
    except SideError as error:
        if isinstance(error, SideStopped):
            transfers.refusals.refuse_after(rename.steps[0], error)
        for step in rename.steps:
            yield fail(step, error)
        return
    for step, photo in zip(rename.steps, renamed, strict=True):
        effect = Effect(step.local, photo._replace(name=step.name))
        yield Outcome(step, Result.DONE, effect=effect)


def _remove_album(purge: Purge, transfers: Transfers) -> Outcome:
    end = transfers.refusals.find_end(purge.service)
    if end:
        return refuse(purge, end)
    try:
        backend = transfers.endpoints.remotes[purge.service]
        transfers.aside.wait_for(partial(backend.remove_album, purge.album))
    except SideError as error:
        if isinstance(error, SideStopped) and error.entirely:
            transfers.refusals.refuse_service(purge.service, error)
        return fail(purge, error)
    return Outcome(purge, Result.DONE)


def _empty_trash(trash: EmptyTrash, transfers: Transfers) -> Outcome:
    try:
        transfers.aside.wait_for(partial(empty_trash, trash, transfers.endpoints))
    except SideError as error:
        return fail(trash, error)
    return Outcome(trash, Result.DONE)
