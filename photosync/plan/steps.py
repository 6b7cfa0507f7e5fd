"""What is asked of steps: what they write, which local file they are about, and which of
several comes first. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from photosync.formatting import name_service
from photosync.model import Actions, Comparisons, Step
from photosync.naming import PhotoKey, photo_key

REMOTE_WRITES = frozenset(
    {
        Actions.UPLOAD_LOCAL,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Actions.UPDATE_REMOTE_METADATA,
        Actions.DELETE_REMOTE,
        Actions.MOVE_REMOTE,
        Actions.TAG_REMOTE,
        Actions.MERGE_METADATA,
    }
)

SENDS = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})
"""The actions that send a file's bytes; a move sends none."""

FETCHES = frozenset({Actions.DOWNLOAD_REMOTE, Actions.KEEP_BOTH})
"""The actions that bring the bytes of a photo here."""

AFTER = "after "
"""How the reason of a step begins that follows what another service did: its name is
next.
"""

LOCAL_WRITES: Mapping[Actions, int] = {
    Actions.DOWNLOAD_REMOTE: 0,
    Actions.MOVE_LOCAL: 1,
    Actions.DELETE_LOCAL: 2,
}
"""The actions that write to a local file: an edit beats a move, and that a delete."""

_NO_LOCAL_WRITE = len(LOCAL_WRITES)

_UNSETTLED = frozenset(
    {
        Comparisons.CONFLICT,
        Comparisons.DIFFERENT,
        Comparisons.UNKNOWN,
        Comparisons.REMOTE_DELETED,
    }
)
"""What the sides do not agree on and no mode need settle."""


def needs_attention(step: Step) -> bool:
    """Whether somebody should look at a photo that is left alone.

    That an upload does not bring what is new on the service is what its mode means.
    That a delete is withheld, a file refused, or a copy missing there is not.
    """
    # What is damaged is told as a failure, in each run.
    if step.action is not Actions.REPORT or step.comparison is Comparisons.ROTTEN:
        return False
    return step.reason != "" or step.comparison in _UNSETTLED


def report_instead(step: Step, reason: str, *, is_unfit: bool = False) -> Step:
    """Return a step that only tells why the given one is not done."""
    told = replace(step, action=Actions.REPORT, reason=reason, waits_for=None)
    return replace(told, is_unfit=is_unfit)


def keep_standing(step: Step, place: str) -> Step:
    """Return the report of a delete that is not done, as the photo stands at a place."""
    reason = f"not deleted: it stands as {place}, which is to be settled first"
    return report_instead(step, reason)


def index_steps(steps: Iterable[Step]) -> dict[PhotoKey, list[Step]]:
    """Return the steps by the place of their local file."""
    index: dict[PhotoKey, list[Step]] = {}
    for step in steps:
        index.setdefault(place_of(step), []).append(step)
    return index


def place_of(step: Step) -> PhotoKey:
    """Return where the local file of a step is, or would be, now."""
    if step.action is Actions.MOVE_LOCAL and step.origin:
        return photo_key(*step.origin)
    return target_of(step)


def target_of(step: Step) -> PhotoKey:
    """Return where the photo of a step is afterwards."""
    return photo_key(step.album, step.name)


def find_winner(rivals: Sequence[Step]) -> Step:
    """Return the step that comes first of those about one local file."""
    return min(rivals, key=_rank)


def _rank(step: Step) -> tuple[int, bool, bool]:
    write = LOCAL_WRITES.get(step.action, _NO_LOCAL_WRITE)
    if step.remote is None:
        return write, False, False
    # A smaller copy comes home only where nobody has the original. A TIFF comes from
    # Drive, as Flickr has made a JPEG of it.
    return write, step.remote.withheld, step.remote.reduced


def wait_for(winner: Step, step: Step) -> Step:
    """Return the report of a step that the next run will take up; a report stays."""
    if step.action is Actions.REPORT:
        return step
    busy = f"{name_service(winner.service)} has to do with the local file in this one"
    return report_instead(step, f"waits for the next run: {busy}")


def is_edit(step: Step) -> bool:
    """Whether a step brings home another version of a photo that is here."""
    return step.action is Actions.DOWNLOAD_REMOTE and step.local is not None


def are_equal_downloads(downloads: Sequence[Step]) -> bool:
    """Whether all bring the same bytes, as far as that is known for sure."""
    known = {step.remote.md5 if step.remote else None for step in downloads}
    return len(known) == 1 and None not in known
