"""What a remote album shows besides its photos: their dates, their order, and its
description.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from photosync.errors import SideError, SideStopped
from photosync.execute.endpoints import Endpoints, describe_album
from photosync.execute.outcomes import fail
from photosync.execute.transfers import Transfers
from photosync.local.explorer import Explorer
from photosync.media.kinds import is_sidecar
from photosync.model import (
    AlbumMetadata,
    AlbumUpdate,
    LocalAlbum,
    Outcome,
    Result,
)
from photosync.naming import name_key


def update_albums(
    updates: Iterable[AlbumUpdate], transfers: Transfers
) -> Iterator[Sequence[Outcome]]:
    """Bring remote albums up to date; yield the outcome of each.

    Nothing more is tried on a service that takes no more calls. Raises Interrupted.
    """
    refusals = transfers.refusals
    works = _list_works(list(updates), transfers)
    for update, future in transfers.aside.do_all(works):
        try:
            future.result()
        except SideError as error:
            if isinstance(error, SideStopped) and error.entirely:
                refusals.refuse_service(update.service, error)
            transfers.heed_trouble_with_albums(update.service, error)
            yield [fail(update, error)]
        else:
            transfers.heed_trouble_with_albums(update.service, None)
            yield [Outcome(update, Result.DONE)]


def _list_works(
    updates: Sequence[AlbumUpdate], transfers: Transfers
) -> Iterator[tuple[AlbumUpdate, Callable[[], None]]]:
    """Yield the work for each album that is here, as long as its service takes calls."""
    endpoints = transfers.endpoints
    wanted = {name_key(update.album) for update in updates}
    # Reading all albums would be slow, and only a few have changed.
    albums = {
        title: album
        for title, album in endpoints.local.tree.albums.items()
        if title in wanted
    }
    for update in updates:
        album = albums.get(name_key(update.album))
        if album is not None and not transfers.refusals.find_end(update.service):
            yield update, partial(_update_album, album, update, endpoints)


def _update_album(album: LocalAlbum, update: AlbumUpdate, endpoints: Endpoints) -> None:
    metadata = _read_metadata(album, update, endpoints)
    if metadata is not None:
        backend = endpoints.remotes[update.service]
        backend.update_album(update.album, metadata)


def _read_metadata(
    album: LocalAlbum, update: AlbumUpdate, endpoints: Endpoints
) -> AlbumMetadata | None:
    """Return what is to be written to an album; None if none of its dates can be read."""
    taken = dict(_read_dates(album, endpoints.local))
    if not taken:
        return None
    baseline = endpoints.find_baseline(update.service, update.album)
    by_id: dict[str, str] = {}
    for name, moment in taken.items():
        if name in baseline:
            by_id[baseline[name].remote.id] = moment
    text = describe_album(endpoints, album.title)
    template = endpoints.album_description
    earliest = min(taken.values())
    return AlbumMetadata(text, earliest, by_id, template)


def _read_dates(album: LocalAlbum, explorer: Explorer) -> Iterator[tuple[str, str]]:
    """Yield the key of the name of each photo, and when it was taken.

    The date of a photo that changed or went meanwhile is left to the next run.
    """
    photos = (photo for photo in album.photos if not is_sidecar(photo.name))
    for photo, moment in explorer.find_moments(photos):
        yield name_key(photo.name), moment
