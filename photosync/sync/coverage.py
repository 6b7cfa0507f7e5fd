"""Where the photos of the library are: album by album, and which photos have fewer copies
than wanted that are proved byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from photosync.compare.hashes import Baselines
from photosync.model import Baseline, LocalAlbum, LocalPhoto, LocalTree, Plan, Step
from photosync.naming import PhotoKey, name_key, photo_key


@dataclass(frozen=True, slots=True)
class FewCopies:
    """A photo with fewer copies than wanted.

    `proven` are the services that are proved to hold its bytes, `unproven` those that
    have it without proof, `lesser` those that have it but do not give the same file back.
    """

    album: str
    name: str
    proven: tuple[str, ...]
    unproven: tuple[str, ...]
    lesser: tuple[str, ...]


def find_few_copies(
    plan: Plan, tree: LocalTree, memory: Mapping[str, Baselines], wanted: int
) -> Iterator[FewCopies]:
    """Yield the photos with fewer copies than wanted; the one here counts as one.

    The plan must name every difference, as that of `-m report` does; `memory` holds the
    baselines of each service.
    """
    sides = [_Side(service, plan, baselines) for service, baselines in memory.items()]
    for album in tree.albums.values():
        for side in sides:
            side.turn_to(album)
        for photo in album.photos:
            proving = [side for side in sides if side.proves(photo)]
            if 1 + len(proving) < wanted:
                yield _describe_few_copies(album, photo, sides, proving)


def _describe_few_copies(
    album: LocalAlbum,
    photo: LocalPhoto,
    sides: Sequence[_Side],
    proving: Sequence[_Side],
) -> FewCopies:
    others = [side for side in sides if side not in proving]
    lesser = [side for side in others if side.has_lesser(photo)]
    rest = [side for side in others if side not in lesser]
    unproven = [side for side in rest if side.has_equal(photo)]
    return FewCopies(
        album.title,
        photo.name,
        proven=_name(proving),
        unproven=_name(unproven),
        lesser=_name(lesser),
    )


def _name(sides: Iterable[_Side]) -> tuple[str, ...]:
    return tuple(side.service for side in sides)


class _Side:
    """A service as this run saw it, album by album."""

    def __init__(self, service: str, plan: Plan, baselines: Baselines) -> None:
        self.service = service
        self._baselines = baselines
        self._differs = {
            photo_key(step.album, step.name)
            for step in plan.steps
            if step.service == service
        }
        seen = plan.observations.get(service)
        # A photo that could not be listed may be deleted there: nothing is proved.
        self._is_seen = seen is not None and not seen.incomplete
        learnt = seen.baseline if seen else ()
        self._learnt: Mapping[PhotoKey, Baseline] = {
            photo_key(baseline.album, baseline.name): baseline for baseline in learnt
        }
        self._title = ""
        self._known: Mapping[str, Baseline] = {}

    def turn_to(self, album: LocalAlbum) -> None:
        """Look up the known photos of an album, before any of them is asked for."""
        self._title = album.title
        self._known = self._baselines.album(album.title)

    def has_equal(self, photo: LocalPhoto) -> bool:
        """Whether this run found the photo there, and no difference."""
        if not self._is_seen:
            return False
        return photo_key(self._title, photo.name) not in self._differs

    def has_lesser(self, photo: LocalPhoto) -> bool:
        """Whether the photo there is known to be another file, or is not given back."""
        known = self._find_known(photo)
        return known is not None and not known.remote.is_copy

    def _find_known(self, photo: LocalPhoto) -> Baseline | None:
        """Return the baseline of a photo that this run found equal there."""
        if not self.has_equal(photo):
            return None
        key = photo_key(self._title, photo.name)
        return self._learnt.get(key) or self._known.get(name_key(photo.name))

    def proves(self, photo: LocalPhoto) -> bool:
        """Whether an MD5 proves that the bytes there are those of the file here."""
        known = self._find_known(photo)
        if known is None or known.local is None:
            return False
        if known.remote.md5 is None or not known.remote.is_copy:
            return False
        # Edited since, the file here is another one than that which was proved.
        before = known.local
        now = photo.stat
        return (before.size, before.modified_ns) == (now.size, now.modified_ns)


@dataclass(slots=True)
class Presence:
    """How the photos of an album on one service compare with those here.

    `is_known` is false where the service could not be listed whole.
    """

    missing: int = 0
    only_there: int = 0
    differing: int = 0
    is_known: bool = True

    @property
    def is_equal(self) -> bool:
        """Whether the service is known to have the same photos."""
        differences = self.missing + self.only_there + self.differing
        return self.is_known and differences == 0

    def add(self, step: Step) -> None:
        """Count a difference."""
        if step.remote is None:
            self.missing += 1
        elif step.local is None:
            self.only_there += 1
        else:
            self.differing += 1


@dataclass(slots=True)
class AlbumCoverage:
    """An album, how many photos it has here, and how each service compares."""

    title: str
    here: int
    services: Mapping[str, Presence]

    @property
    def is_equal(self) -> bool:
        """Whether it is the same everywhere."""
        return all(presence.is_equal for presence in self.services.values())


def cover_albums(plan: Plan, tree: LocalTree) -> list[AlbumCoverage]:
    """Return all albums of all sides by title; the plan is that of a report."""
    covered = {
        key: AlbumCoverage(album.title, len(album.photos), _make_presences(plan))
        for key, album in tree.albums.items()
        # A folder that only holds others makes no album there.
        if album.photos
    }
    for step in plan.steps:
        if step.is_duplicate or step.details:
            continue
        key = name_key(step.album)
        if key not in covered:
            covered[key] = AlbumCoverage(step.album, 0, _make_presences(plan))
        covered[key].services[step.service].add(step)
    return sorted(covered.values(), key=_find_title)


def _find_title(album: AlbumCoverage) -> str:
    return album.title


def _make_presences(plan: Plan) -> dict[str, Presence]:
    presences: dict[str, Presence] = {}
    for service in plan.counts:
        seen = plan.observations.get(service)
        is_known = seen is not None and not seen.incomplete
        presences[service] = Presence(is_known=is_known)
    return presences
