"""The methods that change photos."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from photosync.emulators.database import Row, Value
from photosync.emulators.flickr.calls import ApiCall, Method
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.errors import ApiError, photo_not_found
from photosync.emulators.flickr.listing import Listing
from photosync.emulators.flickr.photo_info import tag_id, tag_rows
from photosync.emulators.flickr.replies import Reply
from photosync.emulators.flickr.tags import split
from photosync.emulators.flickr.texts import keep_markup

_TAKEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_OLDEST_YEAR = 1826


_MEANT: Mapping[str, Callable[[str], str]] = {
    "title": str.strip,
    "description": keep_markup,
}


def _degrees(text: str, most: int, error: ApiError) -> float:
    """Give an angle, of which six decimal places count; raise the error otherwise."""
    if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]+)?", text) or abs(float(text)) > most:
        raise error
    return int(float(text) * 1e6) / 1e6


class PhotoEditsApi:
    def __init__(self, catalog: Catalog, listing: Listing) -> None:
        self._catalog = catalog
        self._photos = catalog.photos
        self._listing = listing
        self.methods: Mapping[str, Method] = {
            "photos.addTags": self._add_tags,
            "photos.delete": self._delete,
            "photos.geo.removeLocation": self._remove_location,
            "photos.geo.setLocation": self._set_location,
            "photos.removeTag": self._remove_tag,
            "photos.setDates": self._set_dates,
            "photos.setMeta": self._set_meta,
        }

    def _set_meta(self, call: ApiCall) -> None:
        photo = self._find_owned(call)
        names = [name for name in ("title", "description") if name in call.arguments]
        if not names:
            raise ApiError(2, "At least one of title or description must be set")
        columns = {name: _MEANT[name](call.text(name)) for name in names}
        self._photos.modify(photo["id"], **columns)

    def _set_location(self, call: ApiCall) -> None:
        photo = self._find_owned(call)
        if not call.text("lat") or not call.text("lon"):
            raise ApiError(2, "Required arguments missing")
        latitude = _degrees(call.text("lat"), 90, ApiError(3, "Not a valid latitude"))
        longitude = _degrees(
            call.text("lon"), 180, ApiError(4, "Not a valid longitude")
        )
        accuracy = call.text("accuracy") or "16"
        if not (accuracy.isdecimal() and 1 <= int(accuracy) <= 16):
            raise ApiError(5, "Not a valid accuracy")
        if not self._catalog.accounts.get(call.account)["shows_places"]:
            raise ApiError(
                7, "User has not configured default viewing settings for location data"
            )
        place = {"latitude": latitude, "longitude": longitude}
        self._photos.modify(photo["id"], **place, accuracy=int(accuracy))

    def _remove_location(self, call: ApiCall) -> None:
        photo = self._find_owned(call)
        if not photo["accuracy"]:
            raise ApiError(2, "Photo has no location information")
        self._photos.modify(photo["id"], latitude=0.0, longitude=0.0, accuracy=0)

    def _set_dates(self, call: ApiCall) -> None:
        photo = self._find_owned(call)
        columns = self._read_posted(call) | self._read_taken(call)
        if "date_taken_granularity" in call.arguments:
            granularity = call.text("date_taken_granularity")
            if granularity not in {"0", "4", "6", "8"}:
                raise ApiError(3, "Invalid granularity")
            columns["granularity"] = int(granularity)
        if not columns:
            raise ApiError(2, "Not enough arguments")
        self._photos.modify(photo["id"], **columns)

    def _read_posted(self, call: ApiCall) -> dict[str, Value]:
        text = call.text("date_posted")
        if not text:
            return {}
        if (
            not re.fullmatch(r"[0-9]{1,10}", text)
            or int(text) > self._catalog.state.now()
        ):
            raise ApiError(4, "Invalid date_posted")
        return {"uploaded": int(text)}

    def _read_taken(self, call: ApiCall) -> dict[str, Value]:
        text = call.text("date_taken")
        if not text:
            return {}
        if not _TAKEN.fullmatch(text):
            raise ApiError(5, "Invalid Date Taken Format")
        try:
            taken = datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError:
            raise ApiError(6, "Invalid Date Taken") from None
        # Local times have no zone: the furthest one is some hours ahead of ours.
        latest = datetime.fromtimestamp(self._catalog.state.now(), UTC) + timedelta(
            hours=14
        )
        if taken.year < _OLDEST_YEAR or taken > latest:
            raise ApiError(6, "Invalid Date Taken")
        return {"taken": text, "taken_unknown": 0}

    def _add_tags(self, call: ApiCall) -> Reply:
        photo = self._find_owned(call)
        self._photos.add_tags(photo["id"], split(call.text("tags")))
        return self._answer_tags(call, photo)

    def _answer_tags(self, call: ApiCall, photo: Row) -> Reply:
        tags = self._photos.tags_of(photo["id"])
        names = self._catalog.accounts.names()
        rows = tag_rows(self._listing.view(call, photo), tags, names)
        return {"photo": {"id": str(photo["id"]), "tags": {"tag": rows}}}

    def _remove_tag(self, call: ApiCall) -> None:
        parts = call.text("tag_id").split("-")
        photo = self._photos.find(parts[1]) if len(parts) == 3 else None
        if photo is None or photo["owner"] != call.account:
            raise ApiError(1, "Tag not found")
        for tag in self._photos.tags_of(photo["id"]):
            if tag_id(photo["owner"], photo["id"], tag["number"]) == call.text(
                "tag_id"
            ):
                self._photos.remove_tag(photo["id"], tag["number"])
                return
        raise ApiError(1, "Tag not found")

    def _delete(self, call: ApiCall) -> None:
        self._photos.delete(self._find_owned(call))

    def _find_owned(self, call: ApiCall) -> Row:
        if not call.text("photo_id"):
            raise photo_not_found()
        return self._photos.get_owned(call.text("photo_id"), call.account)
