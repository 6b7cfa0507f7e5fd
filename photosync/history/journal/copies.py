"""Which bytes the services are known to have, and since which run that is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from photosync.history.identity.folder_remotes import KIND
from photosync.history.journal.journal import Journal, Run
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_photo, decode_text
from photosync.model import RemotePhoto

_READ = (
    "SELECT scopes.service, folders.path, history.remote FROM history "
    "JOIN scopes ON scopes.id = history.scope "
    "LEFT JOIN folders ON folders.account = scopes.account"
)
_READ_LIBRARIES = "SELECT service, roots FROM scopes"


class KnownCopy(NamedTuple):
    """A copy that a service had when both sides last agreed.

    For a folder remote, `path` is where the file was last, with its size and time; it is
    empty for other services.
    """

    service: str
    path: str = ""
    size: int | None = None
    modified_ns: int | None = None


def read_copies(database: Database) -> Mapping[str, Sequence[KnownCopy]]:
    """Return, by MD5, the copies that services had when both sides last agreed.

    A smaller copy does not count, nor does a photo that the service does not give back.
    Raises StateUnusable.
    """
    copies: defaultdict[str, list[KnownCopy]] = defaultdict(list)
    for service, path, remote in database.read(_READ):
        photo = decode_photo(remote)
        if photo is None or not photo.md5:
            continue
        # What --shrink sent, or Flickr does not give back, is no copy of the bytes.
        if not photo.is_copy:
            continue
        kind = decode_text(service)
        if kind != KIND:
            copies[photo.md5].append(KnownCopy(kind))
        elif path is not None:
            # Where the path of the folder is not known, the file cannot be looked at.
            copy = _locate(decode_text(path), photo)
            copies[photo.md5].append(copy)
    return copies


def _locate(folder: str, photo: RemotePhoto) -> KnownCopy:
    path = f"{folder}/{photo.id}"
    return KnownCopy(f"{KIND}:{folder}", path, photo.size, photo.modified_ns)


def read_last_runs(database: Database) -> Mapping[str, Run]:
    """Return for each service the last run of one of its libraries that reached it.

    The memory knows nothing newer of that service. Raises StateUnusable.
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
