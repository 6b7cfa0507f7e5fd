"""Carries out a plan: renames, then steps wave by wave, then work on whole albums."""

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
from photosync.execute.transfers import Callbacks, Forbid, Transfers
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
"""The actions on a photo that a service has, and keeps as it is where they are not done."""


def execute(
    plan: Plan,
    endpoints: Endpoints,
    pace: Pace,
    callbacks: Callbacks,
) -> Iterator[Sequence[Outcome]]:
    """Carry out all of a plan but its reports; yield the outcomes, together those that
    ended together.

    Deletes come last, and only in albums where nothing failed. Raises Interrupted when
    it is stopped. An error that is no SideError is raised once the running steps have
    ended.
    """
    transfers = Transfers(endpoints, pace, callbacks)
    with closing(transfers):
        yield from _carry_out(plan, transfers, callbacks.forbid)


def _carry_out(
    plan: Plan, transfers: Transfers, forbid: Forbid
) -> Iterator[Sequence[Outcome]]:
    due = [step for step in plan.steps if step.action in DO]
    planned = frozenset(key_of(step) for step in due)
    ledger = _Ledger(planned)
    transfers.prepare()
    for rename in plan.renames:
        transfers.check_stop()
        yield ledger.note(_rename_album(rename, transfers))
    # A renamed album takes its photos along: their moves are done with that.
    moved = plan.find_renamed()
    left = [step for step in due if step not in moved]
    for wave in split_into_waves(left):
        for outcomes in _run_wave(wave, transfers, ledger):
            yield ledger.note(outcomes)
    for purge in plan.purges:
        transfers.check_stop()
        if transfers.find_limit(purge.service):
            # The next run finds the album empty, too.
            continue
        yield [_remove_album(purge, transfers)]
    changed = [update for update in plan.updates if update in ledger.changed]
    updates = dict.fromkeys((*changed, *plan.owed))
    yield from update_albums(updates, transfers)
    for trash in plan.trash:
        # What is in it may be of steps that this run could not write to the memory.
        if not forbid(trash) and not transfers.find_limit(trash.service):
            yield [_empty_trash(trash, transfers)]


@dataclass(slots=True)
class _Ledger:
    """What later steps must know of those that have ended.

    `planned` are the keys of all steps that are to be done. `files` holds, by the key of
    a step that is done, the local file that it left, None where it left none. `spoilt`
    are the albums in which a step failed, `left` the photos that a service keeps as they
    are, `changed` the remote albums in which a step was done.
    """

    planned: AbstractSet[StepKey]
    files: dict[StepKey, LocalPhoto | None] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    left: set[PhotoKey] = field(default_factory=set)
    changed: set[AlbumUpdate] = field(default_factory=set)

    def note(self, outcomes: Iterable[Outcome]) -> Sequence[Outcome]:
        """Note the outcomes of steps; return all outcomes as they came."""
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
            # It may stay so for years, which must not stop all deletes of its album.
            self.left.add(photo_key(step.album, step.name))
        elif step.action not in DELETES:
            self.spoilt.add(name_key(step.album))
            if step.origin:
                self.spoilt.add(name_key(step.origin[0]))

    def judge(self, step: Step) -> Outcome | None:
        """Return the outcome of a step that must not be begun; None if it may."""
        obstacle = self._find_obstacle(step)
        if obstacle:
            return Outcome(step, Result.SKIPPED, obstacle)
        if step.action not in DELETES:
            return None
        kept = self._find_kept_place(step)
        if not kept:
            return None
        # Moved here over a photo of somebody else, who may never let us change it.
        reason = f"not deleted: it stands as {kept} by now, which is left alone there"
        return Outcome(step, Result.LEFT, reason, exit_code=0)

    def _find_obstacle(self, step: Step) -> str:
        """Return which failure before keeps a step from being done; empty for none."""
        if step.action in DELETES and self._has_spoilt_album(step):
            return "not deleted: something failed in this album"
        before = step.waits_for
        if before is None:
            return ""
        if is_companion(step):
            # A sidecar goes ahead of its photo, and must not where the photo is not in
            # the plan any more.
            if before in self.planned:
                return ""
            return f"not tried: {before.name} stays where it is"
        has_file = self.files.get(before) is not None
        is_deleted_here = before in self.files and step.action in DELETES
        if has_file or is_deleted_here:
            return ""
        return f"not tried: {name_service(before.service)} did not do its part"

    def _has_spoilt_album(self, step: Step) -> bool:
        # The photo that did not arrive may be the only other copy of the one that would
        # be deleted, in whichever album it is by now.
        albums = {name_key(step.album)}
        albums |= {name_key(album) for album, _ in step.stands_at}
        return not self.spoilt.isdisjoint(albums)

    def _find_kept_place(self, step: Step) -> str:
        """Return the place to which the photo of a delete has moved, where the service
        keeps another photo; empty if there is none.
        """
        for album, name in step.stands_at:
            if photo_key(album, name) in self.left:
                return f"{album}/{name}"
        return ""

    def fill_in_file(self, step: Step) -> Step:
        """Return a step with the local file of the step that it waited for."""
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
        if limit:
            left.append(postpone(step, limit))
            continue
        ended = ledger.judge(step)
        if ended:
            left.append(ended)
        else:
            ready.append(ledger.fill_in_file(step))
    yield left
    for outcomes in transfers.run(ready):
        # Most of the time nothing has ended.
        if outcomes:
            yield outcomes


def _leave_album(rename: Rename, transfers: Transfers) -> Sequence[Outcome]:
    """Return the outcomes of an album that must not be renamed; none where it may."""
    limit = transfers.find_limit(rename.service)
    if limit:
        return [postpone(step, limit) for step in rename.steps]
    refusal = transfers.refusals.find(rename.service, Actions.MOVE_REMOTE)
    if refusal:
        return [refuse(step, refusal) for step in rename.steps]
    return []


def _rename_album(rename: Rename, transfers: Transfers) -> Iterator[Outcome]:
    """Give an album its new title; yield the outcome of the move of each photo."""
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
