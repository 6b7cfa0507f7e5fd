"""Photos that seem deleted on a service: it is asked about them before that counts."""

from __future__ import annotations

from collections.abc import Sequence

from photosync.errors import SideError, SideStopped
from photosync.model import (
    THERE,
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
    another place are not asked about. An edited photo that seems deleted there is sent
    again, so of that only the answer that it is there after all is kept. Raises SideStopped.
    """
    missing = [found for found in differences if _seems_deleted(found)]
    if not missing:
        return list(differences)
    photos = [found.pair.known.remote for found in missing]
    answers = zip(missing, ask_absences(backend, photos), strict=True)
    absences = {found: _judge(found, answer) for found, answer in answers}
    return [found._replace(absence=absences.get(found)) for found in differences]


def _seems_deleted(difference: Difference) -> bool:
    is_missing = difference.comparison is Comparisons.REMOTE_DELETED
    return (is_missing and not difference.stands_at) or _is_edited_here(difference)


def _is_edited_here(difference: Difference) -> bool:
    """Tell whether a known photo was edited here and seems deleted there."""
    is_sent_again = difference.comparison is Comparisons.LOCAL_ONLY
    return is_sent_again and difference.pair.baseline is not None


def _judge(difference: Difference, answer: Absence) -> Absence | None:
    """Return the answer of the service as far as it counts."""
    if not _is_edited_here(difference):
        return answer
    # Somebody sent a photo and edited it within the minute for which the lists of Flickr
    # lag behind. Sent again, it would be there twice. The album of such a photo is not
    # known before it was listed.
    was_listed = difference.pair.known.remote.album_id != ""
    is_somewhere = answer.whereabouts is Whereabouts.ELSEWHERE
    is_there = answer.whereabouts is Whereabouts.THERE
    return THERE if is_there or (is_somewhere and not was_listed) else None


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
