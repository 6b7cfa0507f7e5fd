"""The details that both sides had of each photo when they last agreed on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from photosync.history.identity.scope import Scope
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.write_queue import Change
from photosync.model import KnownDetails
from photosync.naming import PhotoKey, name_key

_KEEP = "INSERT OR REPLACE INTO details VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM details WHERE scope = ? AND album_key = ? AND name_key = ?"
_MOVE = (
    "UPDATE OR REPLACE details SET album_key = ?, name_key = ? "
    "WHERE scope = ? AND album_key = ? AND name_key = ?"
)
_READ = "SELECT name_key, facts FROM details WHERE scope = ? AND album_key = ?"


class StoredDetails:
    """The details of the photos of one account and one library."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def album(self, title: str) -> Mapping[str, KnownDetails]:
        """Return what is known of an album's photos, by the keys of their names; raises
        StateUnusable.
        """
        rows = self._scope.read(_READ, encode_text(name_key(title)))
        found: dict[str, KnownDetails] = {}
        for key, facts in rows:
            known = _decode(facts)
            if known is not None:
                found[decode_text(key)] = known
        return found

    def make_changes(
        self, agreed: Iterable[tuple[str, str, KnownDetails]]
    ) -> list[Change]:
        """Return the change that writes what is known of photos, by album and name."""
        rows = [
            (*self._key(album, name), _encode(known)) for album, name, known in agreed
        ]
        return [(_KEEP, rows)] if rows else []

    def make_move(self, old: PhotoKey, new: PhotoKey) -> Change:
        """Return the change after which a photo is known at another place."""
        _, *new_place = self._key(*new)
        return _MOVE, [(*new_place, *self._key(*old))]

    def make_loss(self, gone: Iterable[PhotoKey]) -> Change:
        """Return the change that forgets photos which neither side has."""
        return make_loss(self._scope.number, gone)

    def _key(self, album: str, name: str) -> tuple[object, ...]:
        return _make_key(self._scope.number, album, name)


def make_loss(scope: int, gone: Iterable[PhotoKey]) -> Change:
    """Return the change that forgets photos of the scope with this number."""
    return _FORGET, [_make_key(scope, album, name) for album, name in gone]


def _make_key(scope: int, album: str, name: str) -> tuple[object, ...]:
    return scope, encode_text(name_key(album)), encode_text(name_key(name))


def _encode(known: KnownDetails) -> str:
    facts: list[Any] = [known.photo_id, known.state, known.texts, known.keywords]
    return json.dumps(facts)


def _decode(text: str) -> KnownDetails | None:
    """Return what is known of a photo; None for what another version wrote."""
    try:
        photo_id, state, texts, keywords = json.loads(text)
        agreed_keywords = None
        if keywords is not None:
            here, there = keywords
            agreed_keywords = tuple(here), tuple(there)
        agreed_texts = tuple(tuple(text) for text in texts)
        return KnownDetails(photo_id, state, agreed_texts, agreed_keywords)
    except (ValueError, TypeError):
        # They are agreed on anew, as if nobody had ever looked.
        return None
