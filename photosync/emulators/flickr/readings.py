"""Readings of a set that a busy Flickr gets wrong for a moment."""

from typing import Any

from photosync.emulators.traffic import Fault

_METHOD = "photosets.getPhotos"


def empty_reading(times: int | None = 1) -> Fault:
    """Let a set come back without photos."""
    return Fault(_METHOD, "rewrite", times=times, change=_without_photos)


def missing_reading(times: int | None = 1) -> Fault:
    """Let a set not be found."""
    return Fault(_METHOD, "fail", times=times, code=1)


def _without_photos(answer: Any) -> Any:
    answer["photoset"] |= {"photo": [], "total": 0, "pages": 0}
    return answer
