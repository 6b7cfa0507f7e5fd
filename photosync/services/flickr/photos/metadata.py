"""What people wrote about a photo on Flickr."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from threading import Lock
from typing import Any, NamedTuple

from photosync.model import Granularity, PhotoMetadata, RemotePhoto
from photosync.naming import name_key
from photosync.services.answers import read_text, reading
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.photos.photo_info import ALL_RIGHTS_RESERVED, PhotoInfo
from photosync.services.flickr.records import tags

_GRANULARITIES: Mapping[int, Granularity] = {0: "second", 4: "month", 6: "year"}
"""Flickr's own; 8 is about that time, which is no date."""


class Licence(NamedTuple):
    """A licence by its name and address; both are empty where all rights are
    reserved.
    """

    name: str = ""
    url: str = ""


class Licences:
    """The licences that Flickr knows by number, read once and only if a photo has
    one.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Licence] | None = None
        self._lock = Lock()

    def find(self, number: str) -> Licence:
        """Return a licence (flickr.photos.licenses.getInfo); raises SideError."""
        # That of nearly all photos: it costs no call.
        if number == ALL_RIGHTS_RESERVED:
            return Licence()
        with self._lock:
            if self._known is None:
                self._known = self._fetch()
            return self._known.get(number, Licence())

    def _fetch(self) -> dict[str, Licence]:
        answer = self._connection.call("photos.licenses.getInfo")
        with reading("Flickr"):
            found = answer["licenses"]["license"]
            return {str(licence["id"]): _parse_licence(licence) for licence in found}


def read_metadata(
    photo: RemotePhoto, info: PhotoInfo, licences: Licences
) -> PhotoMetadata:
    """Return what people wrote, without what photosync itself put there; raises
    SideError where the licences cannot be read.
    """
    licence = licences.find(info.licence)
    taken, granularity = _read_date(info)
    raws = (tag.raw for tag in info.tags)
    return PhotoMetadata(
        title="" if is_name(info.title, photo) else info.title,
        description=info.description,
        tags=tuple(raw for raw in raws if not tags.is_any_of_ours(raw)),
        taken=taken,
        granularity=granularity,
        licence=licence.name,
        licence_url=licence.url,
        source=info.page,
    )


def is_date(text: str) -> bool:
    """Whether a date that Flickr gives is one of the calendar."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_name(title: str, photo: RemotePhoto) -> bool:
    """Whether a title says no more than the file's name."""
    names = (photo.name, PurePath(photo.name).stem, photo.stem)
    # Flickr trims the blanks around a title, and only there.
    return name_key(title.strip()) in {name_key(name.strip()) for name in names}


def _read_date(info: PhotoInfo) -> tuple[str, Granularity]:
    """Return when a photo was taken and how exact that is; empty where not known."""
    # "About 1950", or the moment of upload, is no date of the photo.
    granularity = _GRANULARITIES.get(info.granularity)
    if granularity is None or info.is_date_unknown or not is_date(info.date_taken):
        return "", "second"
    return info.date_taken, granularity


def _parse_licence(licence: Mapping[str, Any]) -> Licence:
    return Licence(
        read_text(licence.get("name", "")), read_text(licence.get("url", ""))
    )
