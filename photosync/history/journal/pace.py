"""How fast earlier runs were, so that somebody can be told how long this one may take."""

from __future__ import annotations

from photosync.errors import StateUnusable
from photosync.history.identity.scope import Scope
from photosync.model import Actions, RemotePhoto, Result

_LATEST = 20
_LEAST_BYTES = 100_000_000
"""A run that moved less was busy looking around for most of its time."""

_SIZE = RemotePhoto._fields.index("size")
_MOVES = (
    Actions.UPLOAD_LOCAL,
    Actions.REPLACE_REMOTE_WITH_LOCAL,
    Actions.DOWNLOAD_REMOTE,
)
_SELECT = (
    f"SELECT sum(json_extract(remote, '$[{_SIZE}]')) AS size, ended - began "  # noqa: S608 - our own text
    "FROM events JOIN runs ON runs.id = run "
    "WHERE scope = ? AND result = ? AND remote <> '' "
    f"AND action IN ({', '.join('?' * len(_MOVES))}) AND run IN "
    f"(SELECT id FROM runs WHERE ended > began ORDER BY id DESC LIMIT {_LATEST}) "
    f"GROUP BY run HAVING size >= {_LEAST_BYTES} ORDER BY run DESC LIMIT 1"
)


def find_pace(scope: Scope | None) -> float | None:
    """Return how many bytes in a second the last long run moved to or from a service,
    its looking around and its waits included; None where nobody knows of one.
    """
    if scope is None:
        return None
    try:
        rows = scope.read(_SELECT, Result.DONE, *_MOVES)
    except StateUnusable:
        # Only how long it takes stays unsaid.
        return None
    return rows[0][0] / rows[0][1] if rows else None
