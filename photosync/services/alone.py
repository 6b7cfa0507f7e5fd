"""A listing that fails by itself: that of one album, and no other one."""

from __future__ import annotations

from collections.abc import Callable

from photosync.errors import SideError, SideStopped
from photosync.model import RemoteAlbum
from photosync.services.capabilities import AlbumListing
from photosync.unforeseen import contain


def list_alone(album: RemoteAlbum, read: Callable[[], AlbumListing]) -> AlbumListing:
    """Return the listing that `read` makes of an album, `unknown` where that fails.

    Raises SideStopped.
    """
    try:
        with contain(album.title):
            return read()
    except SideStopped:
        raise
    except SideError as error:
        return AlbumListing(album, (), unknown=f"cannot be listed ({error})")
