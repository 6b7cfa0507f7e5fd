"""What a remote album shows besides its photos: its dates, their order, where it comes
from.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from photosync.errors import SideError
from photosync.execute.actions import Endpoints
from photosync.local.explorer import Explorer
from photosync.media.kinds import is_sidecar
from photosync.model import (
    AlbumMetadata,
    AlbumUpdate,
    Baseline,
    LocalAlbum,
    Outcome,
    Result,
)
from photosync.naming import name_key


class Album:
    """One local album, and what was agreed on with one service about its photos."""

    def __init__(
        self, local: LocalAlbum, baseline: Mapping[str, Baseline], explorer: Explorer
    ) -> None:
        self._local = local
        self._agreed = baseline
        self._explorer = explorer

    def metadata(self, template: str) -> AlbumMetadata | None:
        """What is to be written of the album; None without a photo whose date could be
        read.
        """
        taken = dict(self._taken())
        if not taken:
            return None
        ids = {name: one.remote.id for name, one in self._agreed.items()}
        by_id = {ids[name]: moment for name, moment in taken.items() if name in ids}
        text = template.replace("{folder}", self._folder())
        return AlbumMetadata(text, min(taken.values()), by_id, template)

    def _taken(self) -> Iterator[tuple[str, str]]:
        for photo in self._local.photos:
            if not is_sidecar(photo.name):
                try:
                    yield name_key(photo.name), self._explorer.taken(photo)
                except SideError:
                    # It changed or went meanwhile: the next run brings its date.
                    continue

    def _folder(self) -> str:
        """The main folder of the album, as it is named from the folder above its
        root.
        """
        folder = self._local.folders[0]
        root = next(
            one for one in self._explorer.roots if f"{folder}/".startswith(f"{one}/")
        )
        return os.path.relpath(folder, os.path.dirname(root))  # noqa: PTH120 - a str stays a str


def updated(
    updates: Iterable[AlbumUpdate],
    albums: Mapping[AlbumUpdate, Album],
    endpoints: Endpoints,
    text: str,
) -> Iterator[Outcome]:
    """Bring remote albums up to date; what could not be done."""
    for update in updates:
        metadata = albums[update].metadata(text) if update in albums else None
        if metadata is None:
            continue
        try:
            endpoints.remotes[update.service].update_album(update.album, metadata)
        except SideError as error:
            yield Outcome(update, Result.FAILED, str(error), error.exit_code)
