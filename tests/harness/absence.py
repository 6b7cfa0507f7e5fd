"""Asking a backend where one photo is."""

from __future__ import annotations

from photosync.model import RemotePhoto, Whereabouts
from photosync.services.base import Backend


def whereabouts(backend: Backend, photo: RemotePhoto) -> Whereabouts:
    """Where a photo is, as the service itself says."""
    (absence,) = backend.find_absences([photo])
    is_gone = absence.whereabouts is Whereabouts.GONE
    assert bool(absence.reason) != is_gone, "what is not gone is told of in words"
    return absence.whereabouts
