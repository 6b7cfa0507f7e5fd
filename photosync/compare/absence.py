"""Photos that seem deleted on a service: it is asked about them before that counts."""

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
    """Return the differences, those of photos that seem deleted there with the answer of
    the service.

    A photo that was taken out of its album is missing from every listing, and so is an
    album that was moved away; neither is deleted. Photos that the listings show at
    another place are not asked about. Raises SideStopped.
    """
    missing = [found for found in differences if _seems_deleted(found)]
    if not missing:
        return list(differences)
    photos = [found.pair.known.remote for found in missing]
    answers = ask_absences(backend, photos)
    absences = dict(zip(missing, answers, strict=True))
    return [found._replace(absence=absences.get(found)) for found in differences]


def _seems_deleted(difference: Difference) -> bool:
    is_missing = difference.comparison is Comparisons.REMOTE_DELETED
    return is_missing and not difference.stands_at


def ask_absences(
    backend: RemoteReader, photos: Sequence[RemotePhoto]
) -> Sequence[Absence]:
    """Return what the service says about each photo, UNKNOWN where it fails to answer.

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
