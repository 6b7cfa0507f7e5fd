"""What seems deleted on a service: the service itself is asked before it counts."""

from __future__ import annotations

from collections.abc import Sequence

from photosync.errors import SideError, SideStopped
from photosync.model import (
    Absence,
    Comparisons,
    Difference,
    RemotePhoto,
    Whereabouts,
)
from photosync.services.reading import RemoteReader
from photosync.unforeseen import contain


def confirm_absences(
    differences: Sequence[Difference], backend: RemoteReader
) -> list[Difference]:
    """Return the differences, what seems deleted there with what the service says of it.

    A photo taken out of its album, or an album moved away with all that is in it, is
    missing from every listing and is not deleted for that. What the listings show at
    another place is not asked about. Raises SideStopped.
    """
    missing = [found for found in differences if _seems_deleted(found)]
    if not missing:
        return list(differences)
    photos = [found.pair.known.remote for found in missing]
    absences = dict(zip(missing, ask_absences(backend, photos), strict=True))
    return [found._replace(absence=absences.get(found)) for found in differences]


def _seems_deleted(difference: Difference) -> bool:
    is_missing = difference.comparison is Comparisons.REMOTE_DELETED
    return is_missing and not difference.stands_at


def ask_absences(
    backend: RemoteReader, photos: Sequence[RemotePhoto]
) -> Sequence[Absence]:
    """Return what the service says of photos, UNKNOWN while it is out of order.

    Raises SideStopped.
    """
    try:
        with contain("what seems deleted"):
            return backend.find_absences(photos)
    except SideStopped:
        raise
    except SideError as error:
        # The service is out of order just now: unknown is not gone.
        return [Absence(Whereabouts.UNKNOWN, str(error))] * len(photos)
