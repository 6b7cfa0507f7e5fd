"""Which bytes the services are known to hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from photosync.history.database import Database
from photosync.history.values import decode_photo, decode_text

_READ = (
    "SELECT scopes.service, history.remote FROM history "
    "JOIN scopes ON scopes.id = history.scope"
)


def read_copies(database: Database) -> Mapping[str, frozenset[str]]:
    """Return by MD5 the services that held these bytes when last agreed with.

    A smaller copy is no copy of its original. Raises StateUnusable.
    """
    copies: defaultdict[str, set[str]] = defaultdict(set)
    for service, remote in database.read(_READ):
        photo = decode_photo(remote)
        if photo and photo.md5 and not photo.reduced:
            copies[photo.md5].add(decode_text(service))
    return {md5: frozenset(services) for md5, services in copies.items()}
