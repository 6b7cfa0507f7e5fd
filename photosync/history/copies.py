"""Which bytes the services are known to hold, and as of which run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from photosync.history.database import Database
from photosync.history.folders import KIND
from photosync.history.journal import Journal, Run
from photosync.history.values import decode_photo, decode_text
from photosync.model import RemotePhoto

_READ = (
    "SELECT scopes.service, folders.path, history.remote FROM history "
    "JOIN scopes ON scopes.id = history.scope "
    "LEFT JOIN folders ON folders.account = scopes.account"
)
_READ_LIBRARIES = "SELECT service, roots FROM scopes"


class KnownCopy(NamedTuple):
    """Some bytes that a service held when it was last agreed with.

    Of a folder remote, `path` is where the file was seen last, with its size and time;
    empty for another service.
    """

    service: str
    path: str = ""
    size: int | None = None
    modified_ns: int | None = None


def read_copies(database: Database) -> Mapping[str, Sequence[KnownCopy]]:
    """Return by MD5 which bytes services held when last agreed with.

    A smaller copy is no copy of its original, nor is what the service does not give
    back. Raises StateUnusable.
    """
    copies: defaultdict[str, list[KnownCopy]] = defaultdict(list)
    for service, path, remote in database.read(_READ):
        photo = decode_photo(remote)
        if not photo or not photo.md5 or not photo.is_copy:
            continue
        kind = decode_text(service)
        if kind != KIND:
            copies[photo.md5].append(KnownCopy(kind))
        elif path is not None:
            # One that nobody knows a place of cannot be looked at.
            copies[photo.md5].append(_locate(decode_text(path), photo))
    return copies


def _locate(folder: str, photo: RemotePhoto) -> KnownCopy:
    path = f"{folder}/{photo.id}"
    return KnownCopy(f"{KIND}:{folder}", path, photo.size, photo.modified_ns)


def read_last_runs(database: Database) -> Mapping[str, Run]:
    """Return for each service the last run of a library that it belongs to, and which
    reached it.

    What is remembered of it is not newer than that. Raises StateUnusable.
    """
    libraries: defaultdict[str, set[object]] = defaultdict(set)
    for service, library in database.read(_READ_LIBRARIES):
        libraries[decode_text(service)].add(library)
    found: dict[str, Run] = {}
    # The earliest first, so that the last one stays.
    for run in reversed(Journal(database).read_runs()):
        for service, known in libraries.items():
            if run.library in known and service not in run.unreached:
                found[service] = run
    return found
