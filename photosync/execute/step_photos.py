"""The photos of a step on each side, where it must have them."""

from __future__ import annotations

from photosync.model import LocalPhoto, RemotePhoto, Step


def get_local(step: Step) -> LocalPhoto:
    """Return the file of a step under the name that the photo has in its album.

    What a service notes of a file tells of `_best - IMG_1.jpg`, not of the file's own
    name.
    """
    assert step.local is not None
    return step.local._replace(name=step.name)


def get_remote(step: Step) -> RemotePhoto:
    """Return the photo there."""
    assert step.remote is not None
    return step.remote
