"""What people wrote about a photo on Flickr."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from threading import Lock
from typing import Any, NamedTuple

from photosync.model import Granularity, PhotoMetadata, RemotePhoto
from photosync.naming import name_key
from photosync.services.flickr import listing, tags
from photosync.services.flickr.connection import Connection

_GRANULARITIES: Mapping[int, Granularity] = {0: "second", 4: "month", 6: "year"}
"""Flickr's own; 8 is about that time, which is no date."""

_ALL_RIGHTS_RESERVED = "0"


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

    def of(self, number: str) -> Licence:
        """By `photos.licenses.getInfo`; raises SideError."""
        if number == _ALL_RIGHTS_RESERVED:
            return Licence()
        with self._lock:
            if self._known is None:
                answer = self._connection.call("photos.licenses.getInfo")
                self._known = {
                    str(one["id"]): Licence(
                        str(one.get("name", "")), str(one.get("url", ""))
                    )
                    for one in answer["licenses"]["license"]
                }
            return self._known.get(number, Licence())


def facts_of(
    photo: RemotePhoto, info: Mapping[str, Any], licences: Licences
) -> PhotoMetadata:
    """What `photos.getInfo` tells of a photo, without what photosync itself put
    there.
    """
    title = listing.content(info.get("title", ""))
    raws = (str(tag.get("raw", "")) for tag in info.get("tags", {}).get("tag", ()))
    licence = licences.of(str(info.get("license", _ALL_RIGHTS_RESERVED)))
    taken, granularity = _taken(info.get("dates", {}))
    return PhotoMetadata(
        title="" if _is_name(title, photo) else title,
        description=listing.content(info.get("description", "")),
        tags=tuple(raw for raw in raws if not tags.is_any_of_ours(raw)),
        taken=taken,
        granularity=granularity,
        licence=licence.name,
        licence_url=licence.url,
        source=_page(info),
    )


def _is_name(title: str, photo: RemotePhoto) -> bool:
    """Whether a title says no more than the file's name; Flickr trims the blanks around
    it.
    """
    names = (photo.name, PurePath(photo.name).stem, photo.stem)
    return name_key(title.strip()) in {name_key(name.strip()) for name in names}


def _taken(dates: Mapping[str, Any]) -> tuple[str, Granularity]:
    granularity = _GRANULARITIES.get(int(dates.get("takengranularity", 0)))
    text = str(dates.get("taken", ""))
    if granularity is None or int(dates.get("takenunknown", 0)) or not is_date(text):
        return "", "second"
    return text, granularity


def is_date(text: str) -> bool:
    """Whether a date that Flickr gives is one of the calendar."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _page(info: Mapping[str, Any]) -> str:
    pages = info.get("urls", {}).get("url", ())
    return next(
        (listing.content(one) for one in pages if one.get("type") == "photopage"), ""
    )
