"""What Flickr takes for what is done there; its quota counts calls.

The bytes of an original come from another host, which counts nothing.
"""

from __future__ import annotations

from dataclasses import replace

from photosync.model import Actions
from photosync.services.costs import Cost, Costs


def _count(calls: int) -> Cost:
    return Cost(calls, calls)


COSTS = Costs(
    steps={
        Actions.UPLOAD_LOCAL: _count(1),
        # Where it is, what it is, the bytes, and our tags, of which some are stale.
        Actions.REPLACE_REMOTE_WITH_LOCAL: _count(7),
        Actions.UPDATE_REMOTE_METADATA: _count(4),
        # The keywords as they were written.
        Actions.UPDATE_LOCAL_METADATA: _count(1),
        Actions.MERGE_METADATA: _count(4),
        Actions.TAG_REMOTE: _count(1),
        Actions.MOVE_REMOTE: _count(2),
        Actions.DELETE_REMOTE: _count(3),
        Actions.DELETE_LOCAL: _count(1),
    },
    rename=_count(5),
    join_album=_count(1),
    # Made and filled; one call looks at several of them.
    make_album=_count(2),
    # A film, or what came by a messenger: only its name has a date.
    set_date=_count(1),
    update_album=_count(2),
    rename_album=_count(1),
    remove_album=_count(2),
)

# A free account cannot replace: another photo is sent and takes the old one's place.
_UPLOAD_AND_SWAP = {Actions.REPLACE_REMOTE_WITH_LOCAL: _count(10)}
COSTS_IF_FREE = replace(COSTS, steps={**COSTS.steps, **_UPLOAD_AND_SWAP})
