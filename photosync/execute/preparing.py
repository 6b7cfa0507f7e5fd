"""While all workers send, the photos that come next are made ready: none of them is to
wait for the disk.
"""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

from photosync.execute.aside import Aside
from photosync.execute.endpoints import Endpoints
from photosync.execute.lanes import Lane
from photosync.execute.queue import is_large
from photosync.execute.step_photos import get_local
from photosync.model import Actions, Step

Ready = Future[None]
"""Tells that a photo is made ready."""


def prepare_when_due(
    lane: Lane, step: Step, endpoints: Endpoints, aside: Aside
) -> Ready | None:
    """Prepare a step that was given to a lane, if it is an upload that no worker can
    begin now; None where nothing is prepared.
    """
    has_to_wait = lane.given > lane.workers
    if step.action is not Actions.UPLOAD_LOCAL or not has_to_wait:
        return None
    # A disk takes a photo without a call, so that there is nothing before it.
    if not endpoints.remotes[step.service].capabilities.prepares_saves:
        return None
    # A film would keep the photos after it waiting. And what goes in place of a photo
    # is known only once the smaller copy is made.
    if is_large(step) or endpoints.shrinker is not None:
        return None
    return aside.try_soon(partial(_prepare, step, endpoints))


def _prepare(step: Step, endpoints: Endpoints) -> None:
    source = endpoints.local.source(get_local(step))
    backend = endpoints.remotes[step.service]
    backend.prepare_save(step.album, step.name, source)


def wait_until_ready(ready: Ready | None) -> None:
    """Wait for what is being made ready. What nobody has begun with needs none: who
    sends it does all of it.
    """
    if ready is not None and not ready.cancel():
        ready.result()
