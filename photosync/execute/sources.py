"""What is sent in an upload: the photo itself, or a smaller copy."""

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
    """Yield the source of an upload: the photo, or a smaller copy where that is wanted
    and can be made.
    """
    local = get_local(step)
    able = endpoints.remotes[step.service].capabilities
    full = _make_source(endpoints, step, local)
    if endpoints.shrinker is None or not able.keeps_metadata:
        yield full
        return
    if is_sidecar(local.name):
        yield full
        return

    def fits(ending: str) -> bool:
        # A service that converts the kind of the photo has it as a JPEG anyway.
        is_converted = ending_of(local.name) in able.converts
        return is_converted or is_name_of(local.name, ending)

    path = endpoints.local.resolve(local)
    with endpoints.shrinker.shrunk(path, fits) as copy:
        if isinstance(copy, Whole):
            _check_taken_whole(step, copy, able)
            yield full
            endpoints.shrink_notes.note(step, copy)
        elif Path(copy.path).stat().st_size >= local.size:
            # Well compressed already: the copy would be no smaller.
            yield full
        else:
            md5 = endpoints.local.md5(local)
            yield ReducedSource(local, md5, copy.path, full.details, full.read_taken)
            endpoints.shrink_notes.note(step, copy)


def _make_source(endpoints: Endpoints, step: Step, local: LocalPhoto) -> LocalSource:
    source = endpoints.local.source(local)
    details = find_details(endpoints, step, local)
    # The dates of its photos are written to the album: they are read along with it.
    is_dated = endpoints.dates_albums and not is_sidecar(local.name)
    if is_dated and not endpoints.remotes[step.service].capabilities.asks_taken:
        return replace(source, details=details, on_read=endpoints.local.note_moment)
    return replace(source, details=details)


def _check_taken_whole(step: Step, whole: Whole, able: Capabilities) -> None:
    """Raise Unfit where a service takes only smaller copies of this kind of photo."""
    ending = ending_of(step.name)
    if ending in able.refuses:
        reason = f": {whole.reason}" if whole.reason else ""
        raise Unfit(
            f"{name_service(step.service)} takes no .{ending} file, only a JPEG of it, "
            f"and no smaller copy can be made{reason}"
        )
