"""What became of a step that ended, or was not begun, in one place."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace

from photosync.errors import LeftAlone, SideError, SideStopped, TimeOver, Unfit
from photosync.model import (
    AlbumUpdate,
    Effect,
    EmptyTrash,
    Outcome,
    Purge,
    Result,
    Step,
)
from photosync.services.capabilities import LeftOut

log = logging.getLogger(__name__)

_Ended = Step | Purge | AlbumUpdate | EmptyTrash


def judge(step: Step, future: Future[Effect]) -> Outcome:
    """Decide what an error of one step means; raise what is not a SideError."""
    try:
        effect = future.result()
    except SideStopped as error:
        return fail(step, error)
    except LeftAlone as error:
        # A lapsed account: each night it would be as many failures as it has photos.
        return Outcome(step, Result.LEFT, str(error), exit_code=0)
    except Unfit as error:
        failed = Outcome(step, Result.FAILED, str(error))
        return replace(failed, refused_under=error.terms)
    except SideError as error:
        log.debug("%s %r %r failed", step.action, step.album, step.name, exc_info=error)
        return Outcome(step, Result.FAILED, str(error))
    return Outcome(step, Result.DONE, effect.notice, effect=effect)


def fail(operation: _Ended, error: SideError) -> Outcome:
    """Return the outcome of what ended in an error."""
    if isinstance(error, TimeOver):
        return refuse(operation, error)
    failed = Outcome(operation, Result.FAILED, str(error), error.exit_code)
    return replace(failed, side_stopped=isinstance(error, SideStopped))


def postpone(step: Step, reason: str) -> Outcome:
    """Return the outcome of a step that time or calls of the run did not suffice for."""
    return Outcome(step, Result.POSTPONED, reason, exit_code=0)


def refuse(step: _Ended, error: SideError) -> Outcome:
    """Return the outcome of a step that is not tried, as its side takes no more."""
    # Somebody gave the run so much time, and it ends as it was told to.
    code = 0 if isinstance(error, TimeOver) else error.exit_code
    refused = Outcome(step, Result.POSTPONED, str(error), code)
    return replace(refused, side_stopped=True)


def find_left_out(future: Future[Effect]) -> Mapping[str, SideError] | None:
    """Return which photos of a batch did not join, by id; None if that is not known."""
    error = future.exception()
    return error.errors if isinstance(error, LeftOut) else None


def judge_sent(
    sent: Outcome, album: Outcome, left_out: Mapping[str, SideError] | None
) -> Outcome:
    """Decide what became of a photo that was sent and was to join its album."""
    if left_out is None:
        # What became of the album became of every photo that was to join it.
        return replace(album, step=sent.step, effect=sent.effect)
    photo = sent.effect.remote
    error = left_out.get(photo.id) if photo else None
    # One photo that Flickr does not know yet fails itself and none of the others.
    return replace(sent, result=Result.FAILED, reason=str(error)) if error else sent
