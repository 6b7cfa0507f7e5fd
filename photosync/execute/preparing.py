"""While all workers send, the next photos are prepared, so that no upload has to wait for
the disk.
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
"""Ends when a photo is prepared."""


def prepare_when_due(
    lane: Lane, step: Step, endpoints: Endpoints, aside: Aside
) -> Ready | None:
    """Begin to prepare a step that was given to a lane, if it is an upload that no worker
    can begin now; return None where nothing is prepared.
    """
    has_to_wait = lane.given > lane.workers
    if step.action is not Actions.UPLOAD_LOCAL or not has_to_wait:
        return None
    # A folder remote needs no note before an upload: there is nothing to prepare.
    if not endpoints.remotes[step.service].capabilities.prepares_saves:
        return None
    # To hash a film takes long, and the photos after it would have to wait.
    if is_large(step):
        return None
    # With --shrink it is not known what is sent before the smaller copy is made.
    if endpoints.shrinker is not None:
        return None
    return aside.try_soon(partial(_prepare, step, endpoints))


def _prepare(step: Step, endpoints: Endpoints) -> None:
    source = endpoints.local.source(get_local(step))
    backend = endpoints.remotes[step.service]
    backend.prepare_save(step.album, step.name, source)


def wait_until_ready(ready: Ready | None) -> None:
    """Wait until a photo is prepared. Where that has not begun, it is called off, and the
    upload does all of it.
    """
    if ready is not None and not ready.cancel():
        ready.result()
