"""The photos that a person means by a path, an album or a name, as the journal knows them."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from photosync.history.journal.journal import Event, Place
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_text, decode_words, encode_text
from photosync.naming import name_key

_PLACES_OF_PHOTO = (
    "SELECT DISTINCT album, name FROM events "
    "WHERE (album_key = ?1 AND name_key = ?2) OR path = ?3 UNION "
    "SELECT DISTINCT origin_album, origin_name FROM events WHERE origin_name_key <> '' "
    "AND origin_album_key = ?1 AND origin_name_key = ?2"
)
_PLACES_OF_NAME = (
    "SELECT DISTINCT album, name FROM events WHERE name_key = ?1 UNION "
    "SELECT DISTINCT origin_album, origin_name FROM events WHERE origin_name_key = ?1"
)
_ALBUMS = (
    "SELECT DISTINCT album FROM events WHERE album_key = ? UNION "
    "SELECT DISTINCT origin_album FROM events WHERE origin_name_key <> '' "
    "AND origin_album_key = ?"
)
# A path that is not valid UTF-8 is kept as bytes.
_ALBUMS_BELOW = (
    "SELECT DISTINCT album FROM events "
    "WHERE substr(CAST(path AS BLOB), 1, ?) = CAST(? AS BLOB)"
)
_NEAR = 3
_LIKENESS = 0.75


class Named(NamedTuple):
    """The photos that a word names, by their places; or the albums: one by its title, or
    all that have photos below `folders`. Empty where the word names none.
    """

    places: Sequence[Place] = ()
    albums: Sequence[str] = ()
    folders: Sequence[str] = ()

    def covers(self, event: Event) -> bool:
        """Whether an event in one of the albums is about a photo in one of the folders;
        any is where there are none.
        """
        # A photo that is gone here has no path: its album must be enough.
        if not self.folders or not event.path:
            return True
        tops = [f"{folder.rstrip('/')}/" for folder in self.folders]
        return event.path.startswith(tuple(tops))


def find_named(database: Database, word: str, roots: Sequence[str]) -> Named:
    """Return what a word names: a photo by its path or as ALBUM/NAME, an album by its
    folder or title, or all photos of a bare name. A path may begin at a root.
    """
    known = _Known(database)
    paths = _spell_paths(word, roots)
    # One photo is meant before all of an album, and a title before a folder.
    places = known.find_places(word, paths)
    if places:
        return Named(places)
    albums = known.find_albums(word)
    if albums:
        return Named(albums=albums)
    below = known.find_albums_below(paths)
    if below:
        return Named(albums=below, folders=paths)
    return Named(known.find_places_of_name(word))


def read_roots(database: Database) -> list[str]:
    """Return the roots of all runs, each once."""
    roots: dict[str, None] = {}
    for (library,) in database.read("SELECT DISTINCT library FROM runs"):
        roots |= dict.fromkeys(decode_words(decode_text(library)))
    return list(roots)


def suggest_places(database: Database, word: str) -> list[str]:
    """Return the photos and albums whose names are like a word, the most alike first."""
    known = _Known(database)
    _, _, name = word.rstrip("/").rpartition("/")
    places = known.list_places()
    by_stem = {_stem(place.name): place.name for place in places}
    stems = difflib.get_close_matches(_stem(name), by_stem, n=_NEAR, cutoff=_LIKENESS)
    names = {by_stem[stem] for stem in stems}
    photos = [str(place) for place in places if place.name in names]
    albums = difflib.get_close_matches(word, known.list_albums(), n=_NEAR)
    # All of these are alike enough; now only their order counts.
    return difflib.get_close_matches(word, [*albums, *photos], n=_NEAR, cutoff=0)


def _stem(name: str) -> str:
    """Return a name without its ending, by which any two photos would look alike."""
    return os.path.splitext(name)[0].casefold()  # noqa: PTH122 - a name, no path


def _spell_paths(word: str, roots: Sequence[str]) -> list[str]:
    """Return the paths that a word may mean: from the current folder, or from a root."""
    tops = [os.getcwd(), *roots]  # noqa: PTH109 - as text, like what is kept
    # Links in a path are not resolved, as the scan does not resolve them either.
    paths = [os.path.normpath(os.path.join(top, word)) for top in tops]  # noqa: PTH118
    return list(dict.fromkeys(paths))


class _Known:
    """The places and albums that the journal knows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_places(self, word: str, paths: Iterable[str]) -> list[Place]:
        """Return the places of the photo that a word or one of the paths names."""
        album, _, name = word.rpartition("/")
        key = encode_text(name_key(album)), encode_text(name_key(name))
        found: dict[Place, None] = {}
        for path in paths:
            rows = self._database.read(_PLACES_OF_PHOTO, (*key, encode_text(path)))
            found |= dict.fromkeys(_read_places(rows))
        return list(found)

    def find_places_of_name(self, name: str) -> list[Place]:
        """Return the places of all photos of a bare name, whatever their albums."""
        key = encode_text(name_key(name))
        return list(_read_places(self._database.read(_PLACES_OF_NAME, (key,))))

    def find_albums(self, title: str) -> list[str]:
        """Return the spellings of the album of a title."""
        key = encode_text(name_key(title.rstrip("/")))
        return _read_titles(self._database.read(_ALBUMS, (key, key)))

    def find_albums_below(self, folders: Iterable[str]) -> list[str]:
        """Return the albums that ever had a photo below one of these folders."""
        found: dict[str, None] = {}
        for folder in folders:
            below = os.fsencode(folder.rstrip("/") + "/")
            rows = self._database.read(_ALBUMS_BELOW, (len(below), below))
            found |= dict.fromkeys(_read_titles(rows))
        return list(found)

    def list_places(self) -> list[Place]:
        """Return the places of all photos that the journal has."""
        rows = self._database.read("SELECT DISTINCT album, name FROM events")
        return list(_read_places(rows))

    def list_albums(self) -> list[str]:
        """Return the titles of all albums that the journal has."""
        return _read_titles(self._database.read("SELECT DISTINCT album FROM events"))


def _read_places(rows: Iterable[Sequence[str | bytes]]) -> Iterator[Place]:
    for album, name in rows:
        yield Place(decode_text(album), decode_text(name))


def _read_titles(rows: Iterable[Sequence[str | bytes]]) -> list[str]:
    return [decode_text(title) for (title,) in rows]
