"""The quota of calls: units that the clients of one account spent in the last minute."""

import threading
from collections import deque

from photosync.emulators.drive.errors import ApiError
from photosync.emulators.drive.store import FileStore

_MINUTE = 60.0
_READ, _MODIFY, _LIST, _DOWNLOAD = 5, 50, 100, 200
_UNITS = {
    "changes.list": _LIST,
    "drives.list": _LIST,
    "files.create": _MODIFY,
    "files.delete": _MODIFY,
    "files.download": _DOWNLOAD,
    "files.list": _LIST,
    "files.update": _MODIFY,
    "revisions.download": _DOWNLOAD,
    "upload.start": _MODIFY,
}


class UnitQuota:
    """Counts the units of each account exactly; a refused call costs none."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._spent: dict[str, deque[tuple[float, int]]] = {}
        self._lock = threading.Lock()

    def spend(self, account: str, method: str) -> None:
        """Count a call; raise ApiError 403 for one too many."""
        limit = self._store.settings.units_per_minute
        if limit is None:
            return
        now, units = self._store.clock.now(), _UNITS.get(method, _READ)
        with self._lock:
            spent = self._spent.setdefault(account, deque())
            while spent and spent[0][0] <= now - _MINUTE:
                spent.popleft()
            if sum(each for _, each in spent) + units > limit:
                raise ApiError(403, "userRateLimitExceeded")
            spent.append((now, units))
