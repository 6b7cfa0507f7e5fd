"""Compares the details of the equal pairs of one service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from photosync.compare.details import DetailsRules, is_as_known, merge_details
from photosync.errors import SideError
from photosync.local.details import has_lost_sidecar
from photosync.local.explorer import Explorer
from photosync.model import (
    Comparisons,
    DetailsMerge,
    Difference,
    KnownDetails,
    LocalPhoto,
    Problem,
    RemotePhoto,
)
from photosync.modes import Table
from photosync.naming import name_key
from photosync.services.reading import RemoteReader
from photosync.unforeseen import contain


class DetailsMemory(Protocol):
    """The details that both sides had of each photo when they last agreed on them."""

    def album(self, title: str) -> Mapping[str, KnownDetails]:
        """Return what is known of an album's photos, by the keys of their names."""


class DetailsSurvey:
    """Compares the details of photos that are equal on both sides.

    `problems` are those of details that cannot be read, `agreed` is what is to be
    remembered of the rest, by album and name.
    """

    def __init__(
        self,
        explorer: Explorer,
        backend: RemoteReader,
        memory: DetailsMemory,
        table: Table,
    ) -> None:
        able = backend.capabilities
        self._explorer = explorer
        self._backend = backend
        self._memory = memory
        rules = DetailsRules.from_table(table, able.details, able.most_keywords)
        if able.read_only:
            ways = rules.ways._replace(sends=False, overrules=False)
            rules = replace(rules, ways=ways)
        self._rules = rules
        self._album: tuple[str, Mapping[str, KnownDetails]] = ("", {})
        self.problems: list[Problem] = []
        self.agreed: list[tuple[str, str, KnownDetails]] = []

    def find_listed(self, photos: Sequence[RemotePhoto]) -> list[object]:
        """Return the details that the service lists for photos, sorted by photo."""
        found: list[object] = []
        for photo in sorted(photos, key=_id):
            details = self._backend.details(photo)
            found.append((photo.id, repr(details)))
        return found

    def compare(self, difference: Difference) -> Difference:
        """Return the difference of an equal pair with what is to be done about its
        details; any other difference as it is.
        """
        pair = difference.pair
        is_equal = difference.comparison is Comparisons.SAME
        if not is_equal or pair.local is None or pair.remote is None:
            return difference
        try:
            with contain(f"{pair.album}/{pair.name}"):
                merge = self._merge(pair.album, pair.name, pair.local, pair.remote)
        except SideError as error:
            # A sidecar that is no XMP: nothing is written over it.
            reason = f"its details cannot be read ({error})"
            subject = f"{pair.album}/{pair.name}"
            self.problems.append(Problem(subject, reason, failed=False))
            return difference
        return difference._replace(details=merge)

    def _merge(
        self, album: str, name: str, local: LocalPhoto, remote: RemotePhoto
    ) -> DetailsMerge | None:
        there = self._backend.details(remote)
        if there is None:
            return None
        state = self._explorer.find_details_state(local)
        before = self._find_known(album, name, remote, state)
        rules = self._find_rules(album, local, remote)
        known = replace(before, state=state)
        if known == before and is_as_known(there, before, rules):
            # Nearly all photos on nearly all days: no file is read.
            return None
        here = self._explorer.details(local)
        merge = merge_details(here, there, known, rules)
        if not merge.has_work and merge.agreed != before:
            self.agreed.append((album, name, merge.agreed))
        return merge

    def _find_rules(
        self, album: str, local: LocalPhoto, remote: RemotePhoto
    ) -> DetailsRules:
        rules = replace(self._rules, fields=self._backend.find_fields(remote))
        from photosync.media.xmp import path_for  # noqa: PLC0415 - few runs need XML

        name = path_for(local.file)
        if self._explorer.filters.skips(name, f"{album}/{name}"):
            # With `--skip *.xmp` nobody wants to see any here.
            return replace(rules, ways=rules.ways._replace(brings=False))
        return rules

    def _find_known(
        self, album: str, name: str, remote: RemotePhoto, state: str
    ) -> KnownDetails:
        key = name_key(album)
        if self._album[0] != key:
            self._album = (key, self._memory.album(album))
        known = self._album[1].get(name_key(name), KnownDetails(remote.id))
        # A photo that was deleted there and sent anew has details of its own. And where
        # somebody cleaned away all sidecars, no title is to be taken away there.
        if known.photo_id != remote.id or has_lost_sidecar(known.state, state):
            return KnownDetails(remote.id)
        return known


def _id(photo: RemotePhoto) -> str:
    return photo.id
