"""What is sent of a photo: all of it, or a smaller copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from photosync.errors import Unfit
from photosync.execute.details import find_details
from photosync.execute.endpoints import Endpoints
from photosync.execute.step_photos import get_local
from photosync.formatting import name_service
from photosync.local.photos import LocalSource, ReducedSource
from photosync.media.kinds import ending_of, is_sidecar
from photosync.media.shrink.smaller import Whole, is_name_of
from photosync.model import LocalPhoto, Step
from photosync.services.capabilities import Capabilities, Source


@contextmanager
def open_source(endpoints: Endpoints, step: Step) -> Iterator[Source]:
    """Open what is sent: the photo, or a smaller copy where these are wanted and one
    can be made.
    """
    local = get_local(step)
    able = endpoints.remotes[step.service].capabilities
    full = _make_source(endpoints, step, local)
    if endpoints.shrinker is None or not able.keeps_metadata or is_sidecar(local.name):
        yield full
        return

    def fits(ending: str) -> bool:
        return is_name_of(local.name, ending) or ending_of(local.name) in able.converts

    path = endpoints.local.resolve(local)
    with endpoints.shrinker.shrunk(path, fits) as copy:
        if isinstance(copy, Whole):
            _check_taken_whole(step, copy, able)
            yield full
            endpoints.shrink_notes.note(step, copy)
        elif Path(copy.path).stat().st_size >= local.size:
            yield full
        else:
            md5 = endpoints.local.md5(local)
            yield ReducedSource(local, md5, copy.path, full.details, full.read_taken)
            endpoints.shrink_notes.note(step, copy)


def _make_source(endpoints: Endpoints, step: Step, local: LocalPhoto) -> LocalSource:
    source = endpoints.local.source(local)
    details = find_details(endpoints, step, local)
    # Its album will be told the date of each photo.
    is_dated = endpoints.dates_albums and not is_sidecar(local.name)
    if is_dated and not endpoints.remotes[step.service].capabilities.asks_taken:
        return replace(source, details=details, on_read=endpoints.local.note_moment)
    return replace(source, details=details)


def _check_taken_whole(step: Step, whole: Whole, able: Capabilities) -> None:
    """Raise Unfit for a kind of which a service takes smaller copies only."""
    ending = ending_of(step.name)
    if ending in able.refuses:
        reason = f": {whole.reason}" if whole.reason else ""
        raise Unfit(
            f"{name_service(step.service)} takes no .{ending} file, only a JPEG of it, "
            f"and no smaller copy can be made{reason}"
        )
