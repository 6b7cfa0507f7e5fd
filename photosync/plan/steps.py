"""Questions about steps: what they write, which local file they are about, and which of
several steps wins. Pure.
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
"""The first word of the reason of a step that follows what another service did; the name
of that service is next.
"""

LOCAL_WRITES: Mapping[Actions, int] = {
    Actions.DOWNLOAD_REMOTE: 0,
    Actions.MOVE_LOCAL: 1,
    Actions.DELETE_LOCAL: 2,
}
"""The actions that write to a local file, by rank: an edit beats a move, and a move
beats a delete.
"""

_NO_LOCAL_WRITE = len(LOCAL_WRITES)

_UNSETTLED = frozenset(
    {
        Comparisons.CONFLICT,
        Comparisons.DIFFERENT,
        Comparisons.UNKNOWN,
        Comparisons.REMOTE_DELETED,
    }
)
"""The comparisons that a person has to settle if the mode does not."""


def needs_attention(step: Step) -> bool:
    """Whether somebody should look at a photo that is left alone.

    With `-m upload` nobody needs to look at what is new on the service. A delete that
    is withheld, a file that is refused, and a copy that is gone there are worth a look.
    """
    if step.action is not Actions.REPORT:
        return False
    if step.comparison is Comparisons.ROTTEN:
        # Damage is counted as a failure, in each run.
        return False
    return step.reason != "" or step.comparison in _UNSETTLED


def report_instead(step: Step, reason: str, *, is_unfit: bool = False) -> Step:
    """Return the report of a step that is not done; `reason` says why.

    `is_unfit`: the service takes no file like this one.
    """
    told = replace(step, action=Actions.REPORT, reason=reason, waits_for=None)
    return replace(told, is_unfit=is_unfit)


def keep_standing(step: Step, place: str) -> Step:
    """Return the report of a delete that is not done because the photo has moved; `place`
    says for people where it is.
    """
    reason = f"not deleted: it stands as {place}, which is to be settled first"
    return report_instead(step, reason)


def index_steps(steps: Iterable[Step]) -> dict[PhotoKey, list[Step]]:
    """Return the steps by the place of their local file."""
    index: dict[PhotoKey, list[Step]] = {}
    for step in steps:
        index.setdefault(place_of(step), []).append(step)
    return index


def is_arrival(step: Step) -> bool:
    """Whether a step gives a file here the name or the album of a photo there."""
    is_new = step.action in FETCHES and step.local is None
    return is_new or step.action is Actions.MOVE_LOCAL


def place_of(step: Step) -> PhotoKey:
    """Return where the local file of a step is now, or would be if there were one."""
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
    # A smaller copy comes home only where no service has the original. A TIFF comes from
    # Drive, because Flickr has made a JPEG of it.
    return write, step.remote.withheld, step.remote.reduced


def wait_for(winner: Step, step: Step) -> Step:
    """Return the report of a step that waits for the next run; a report stays one."""
    if step.action is Actions.REPORT:
        return step
    busy = f"{name_service(winner.service)} has to do with the local file in this one"
    return report_instead(step, f"waits for the next run: {busy}")


def is_edit(step: Step) -> bool:
    """Whether a step brings home another version of a photo that is here."""
    return step.action is Actions.DOWNLOAD_REMOTE and step.local is not None


def are_equal_downloads(downloads: Sequence[Step]) -> bool:
    """Whether all downloads are known to bring the same bytes."""
    hashes: set[str] = set()
    for step in downloads:
        if step.remote is None or step.remote.md5 is None:
            return False
        hashes.add(step.remote.md5)
    return len(hashes) == 1
