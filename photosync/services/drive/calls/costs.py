"""What Drive takes for what is done there."""

from __future__ import annotations

from photosync.model import Actions
from photosync.services.costs import Cost, Costs
from photosync.services.drive.calls.connection import DOWNLOAD, LIST, MODIFY, READ

SMALL = 5 * 1024 * 1024
"""Up to this size a photo goes in one request together with its metadata."""

CHUNK = 8 * 1024 * 1024
"""Bytes per request of a resumable upload: a multiple of 256 KiB, as Drive wants."""

_WRITE = Cost(1, MODIFY)
_LOOK_AND_WRITE = Cost(2, READ + MODIFY)
_FETCH = Cost(1, DOWNLOAD)

COSTS = Costs(
    steps={
        Actions.UPLOAD_LOCAL: _WRITE,
        Actions.REPLACE_REMOTE_WITH_LOCAL: _LOOK_AND_WRITE,
        Actions.DOWNLOAD_REMOTE: _FETCH,
        Actions.KEEP_BOTH: _FETCH,
        Actions.UPDATE_REMOTE_METADATA: _WRITE,
        Actions.TAG_REMOTE: _WRITE,
        Actions.MOVE_REMOTE: _WRITE,
        Actions.DELETE_REMOTE: _LOOK_AND_WRITE,
        Actions.DELETE_LOCAL: Cost(1, READ),
    },
    rename=_WRITE,
    make_album=_WRITE.times(2),
    update_album=_LOOK_AND_WRITE,
    rename_album=_WRITE,
    remove_album=Cost(2, LIST + MODIFY),
    at_once=SMALL,
    chunk=CHUNK,
)
