"""Title, description, keywords and position of a photo, written to its page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any

from photosync.errors import Changed, LeftAlone, NotFound
from photosync.media.details import (
    fold_keyword,
    fold_keywords,
    format_position,
    is_same_text,
    parse_position,
)
from photosync.model import (
    KEYWORDS,
    AskedDetails,
    Details,
    DetailsEdit,
    RemotePhoto,
    TextField,
)
from photosync.services.answers import reading
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import AlreadyIn
from photosync.services.flickr.photos.metadata import is_name
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.flickr.photos.photo_info import PhotoInfo
from photosync.services.flickr.photos.written_texts import WrittenTexts
from photosync.services.flickr.records import tags

MOST_KEYWORDS = 70
"""A photo has 75 tags at most, of which five are left to photosync."""


_NOTHING_KEPT = "Flickr keeps nothing of what is deleted there; the local trash does"


def format_keywords(keywords: Iterable[str]) -> str:
    """Return keywords as Flickr reads tags: in quotes, which none can have inside."""
    return " ".join('"{}"'.format(text.replace('"', "'")) for text in keywords)


def read_listed(details: Details, photo: RemotePhoto) -> Details:
    """Return what a list told of a photo, without a title that is only its name."""
    title = "" if is_name(details.title, photo) else details.title
    return Details(title, details.description, details.position, details.keywords)


class DetailsEdits:
    """Writes details; each change may be repeated after a crash at any point."""

    def __init__(
        self, connection: Connection, edits: PhotoEdits, written: WrittenTexts
    ) -> None:
        self._connection = connection
        self._edits = edits
        self._written = written
        self._no_places: LeftAlone | None = None

    def ask(self, photo: RemotePhoto, fields: AbstractSet[str]) -> AskedDetails:
        """Return what the page of a photo tells, its position only where that is one of
        these fields (flickr.photos.getInfo, flickr.photos.geo.getLocation).

        Raises Changed where it tells no tags, though photosync has given it some.
        """
        info = self._edits.fetch_info(photo.id)
        has_ours = any(tags.is_any_of_ours(tag.raw) for tag in info.tags)
        if KEYWORDS in fields and not has_ours and not photo.titled:
            raise Changed("Flickr tells no tags of it at the moment; left as it is")
        position = ""
        if "position" in fields:
            position = self._fetch_position(photo.id)
        told = Details(info.title, info.description, position)
        keywords = {tag.normal: tag.raw for tag in info.tags}
        return AskedDetails(read_listed(told, photo), keywords)

    def _fetch_position(self, photo_id: str) -> str:
        try:
            answer = self._connection.call("photos.geo.getLocation", photo_id=photo_id)
        except AlreadyIn:
            return ""
        with reading("Flickr"):
            place = answer["photo"]["location"]
            return format_position(float(place["latitude"]), float(place["longitude"]))

    def write(self, photo: RemotePhoto, listed: Details, edit: DetailsEdit) -> str:
        """Write new details (flickr.photos.setMeta, addTags, removeTag,
        geo.setLocation); return what brings the old ones back.

        Asks first where something is to be lost (flickr.photos.getInfo), and raises
        Changed for a text that is no longer as listed, and LeftAlone where the account
        takes no position, once all else is written.
        """
        if self._no_places and _only_places(edit):
            # Asking of thousands of photos would use up the calls of the night.
            raise self._no_places
        info: PhotoInfo | None = None
        if edit.texts or edit.removed:
            info = self._edits.fetch_info(photo.id)
            _check_listed(photo, info, listed, edit)
        backup = _make_backup(info, listed, edit)
        self._written.note(photo.id)
        self._write_texts(photo, edit)
        self._edits.add_tags(photo.id, format_keywords(edit.added))
        if info is not None:
            self._remove_keywords(info, edit.removed)
        self._write_position(photo.id, edit)
        return backup

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Write again what `write` wrote over; raises NotFound for another backup."""
        edit = _read_backup(backup)
        self._written.note(photo.id)
        self._write_texts(photo, edit)
        self._edits.add_tags(photo.id, format_keywords(edit.added))
        if edit.removed:
            info = self._edits.fetch_info(photo.id)
            self._remove_keywords(info, edit.removed)
        self._write_position(photo.id, edit)

    def _write_texts(self, photo: RemotePhoto, edit: DetailsEdit) -> None:
        texts = dict(edit.texts)
        if "title" in texts or "description" in texts:
            title = texts.get("title")
            self._connection.call(
                "photos.setMeta",
                photo_id=photo.id,
                # Without a title of its own a photo has its name for one.
                title=photo.name if title == "" else title,
                description=texts.get("description"),
            )

    def _write_position(self, photo_id: str, edit: DetailsEdit) -> None:
        position = dict(edit.texts).get("position")
        if position is None:
            return
        if not position:
            # A try whose answer was lost, or a person, was there before.
            with suppress(AlreadyIn):
                self._connection.call("photos.geo.removeLocation", photo_id=photo_id)
            return
        latitude, longitude = parse_position(position)
        place = {"lat": latitude, "lon": longitude}
        try:
            self._connection.call("photos.geo.setLocation", photo_id=photo_id, **place)
        except LeftAlone as error:
            self._no_places = error
            raise

    def _remove_keywords(self, info: PhotoInfo, removed: Iterable[str]) -> None:
        keys = {fold_keyword(keyword) for keyword in removed}
        for tag in info.tags:
            is_meant = tag.normal in removed or fold_keyword(tag.raw) in keys
            if is_meant and not tags.is_any_of_ours(tag.raw):
                self._edits.remove_tag(tag)


def _only_places(edit: DetailsEdit) -> bool:
    """Whether nothing is to be written but that a photo was taken somewhere."""
    if edit.added or edit.removed:
        return False
    written = [(field, bool(text)) for field, text in edit.texts]
    return written == [("position", True)]


def _check_listed(
    photo: RemotePhoto, info: PhotoInfo, listed: Details, edit: DetailsEdit
) -> None:
    """Raise Changed for a text that somebody wrote since it was listed, and for the
    position of what everybody sees by now: the first run of a large library takes days.
    """
    if info.is_public and dict(edit.texts).get("position"):
        raise Changed("everybody sees it since it was listed; its position stays here")
    now = read_listed(Details(info.title, info.description), photo)
    for field, _ in edit.texts:
        if field == "position":
            continue
        if not is_same_text(field, now.get_text(field), listed.get_text(field)):
            raise Changed(
                f"its {field} changed there since it was listed; the next run takes it up"
            )


def _make_backup(info: PhotoInfo | None, listed: Details, edit: DetailsEdit) -> str:
    """Return the edit that undoes another one, as JSON."""
    texts = [(field, listed.get_text(field)) for field, _ in edit.texts]
    present = fold_keywords(tag.raw for tag in info.tags) if info else {}
    removed = fold_keywords(edit.removed)
    lost = [raw for key, raw in present.items() if key in removed]
    # What was there before is not taken away.
    before = fold_keywords(listed.keywords)
    new = [text for text in edit.added if fold_keyword(text) not in before]
    return json.dumps({"texts": texts, "added": lost, "removed": new})


def _read_backup(backup: str) -> DetailsEdit:
    try:
        found: dict[str, Any] = json.loads(backup)
        texts: list[tuple[TextField, str]] = [(one, old) for one, old in found["texts"]]
        return DetailsEdit(tuple(texts), tuple(found["added"]), tuple(found["removed"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NotFound(_NOTHING_KEPT) from error
