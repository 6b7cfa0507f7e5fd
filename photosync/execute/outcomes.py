"""What an error means for a step, in one place; and the outcome of one not begun."""

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
    """Return the outcome of a step that ended; an error that is no SideError is raised."""
    try:
        effect = future.result()
    except SideStopped as error:
        return fail(step, error)
    except LeftAlone as error:
        # A lapsed account gives no originals: as failures, these would be as many as it
        # has photos, each night.
        return Outcome(step, Result.LEFT, str(error), exit_code=0)
    except Unfit as error:
        failed = Outcome(step, Result.FAILED, str(error))
        return replace(failed, refused_under=error.terms)
    except SideError as error:
        log.debug("%s %r %r failed", step.action, step.album, step.name, exc_info=error)
        return Outcome(step, Result.FAILED, str(error))
    return Outcome(step, Result.DONE, effect.notice, effect=effect)


def fail(operation: _Ended, error: SideError) -> Outcome:
    """Return the outcome of an operation that ended in an error."""
    if isinstance(error, TimeOver):
        return refuse(operation, error)
    failed = Outcome(operation, Result.FAILED, str(error), error.exit_code)
    return replace(failed, side_stopped=isinstance(error, SideStopped))


def postpone(step: Step, reason: str) -> Outcome:
    """Return the outcome of a step for which the run had no time or no calls left."""
    return Outcome(step, Result.POSTPONED, reason, exit_code=0)


def refuse(step: _Ended, error: SideError) -> Outcome:
    """Return the outcome of a step that is not tried because its side takes no more."""
    # That the time of the run is over is no failure: somebody asked for it.
    code = 0 if isinstance(error, TimeOver) else error.exit_code
    refused = Outcome(step, Result.POSTPONED, str(error), code)
    return replace(refused, side_stopped=True)


def find_left_out(future: Future[Effect]) -> Mapping[str, SideError] | None:
    """Return the errors of the photos of a batch that did not join their album, by id;
    None if it is not known which did.
    """
    error = future.exception()
    return error.errors if isinstance(error, LeftOut) else None


def judge_sent(
    sent: Outcome, album: Outcome, left_out: Mapping[str, SideError] | None
) -> Outcome:
    """Return the outcome of an uploaded photo, once its album was to take it in."""
    if left_out is None:
        # The photo shares the fate of its album.
        return replace(album, step=sent.step, effect=sent.effect)
    photo = sent.effect.remote
    if photo is None or photo.id not in left_out:
        return sent
    # A photo that Flickr does not know yet fails alone.
    error = left_out[photo.id]
    return replace(sent, result=Result.FAILED, reason=str(error))
