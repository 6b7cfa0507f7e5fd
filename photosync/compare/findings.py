"""The findings of a survey: what it found out about a service besides differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from photosync.compare.packed_baselines import PackedBaselines
from photosync.compare.pairing import Pairing
from photosync.formatting import name_service
from photosync.local.other_kinds import OtherKinds
from photosync.model import (
    Baseline,
    Difference,
    KnownDetails,
    Observations,
    Pair,
    Problem,
    RemoteAlbum,
)
from photosync.naming import PhotoKey, name_key, photo_key


@dataclass(frozen=True, slots=True)
class Findings:
    """What a survey found out about one service besides the differences.

    `photos` counts the visible remote photos. `contents` counts the visible photos of
    each album that will be empty once they are gone. `titles` counts the remote albums
    of each title. Nothing may be put into the albums `closed`, nor under the names
    `hidden`. `equal_albums` counts the pairs of the albums that were skipped because
    nothing changed in them. `duplicates` are the pairs with further photos of their name
    on the service. `incomplete`: not all albums or folders could be read.
    """

    service: str
    photos: int = 0
    contents: Mapping[RemoteAlbum, int] = field(default_factory=dict)
    titles: Mapping[str, int] = field(default_factory=dict)
    closed: AbstractSet[str] = frozenset()
    hidden: AbstractSet[PhotoKey] = frozenset()
    problems: Sequence[Problem] = ()
    incomplete: bool = False
    equal_albums: Mapping[str, int] = field(default_factory=dict)
    duplicates: Sequence[Pairing] = ()
    observations: Observations = field(default_factory=Observations)

    def withdraw(self, pairs: Sequence[Pair]) -> Findings:
        """Return the findings without what was learnt of pairs that are not equal.

        What an earlier run learnt of them is to be forgotten, too.
        """
        places = {photo_key(pair.album, pair.name) for pair in pairs}
        albums = {album for album, _ in places}
        learnt = self.observations
        baseline = PackedBaselines(
            kept
            for kept in learnt.baseline
            if photo_key(kept.album, kept.name) not in places
        )
        gone = [(pair.album, pair.name) for pair in pairs]
        fingerprints = {
            title: fingerprint
            for title, fingerprint in learnt.fingerprints.items()
            if name_key(title) not in albums
        }
        observations = replace(
            learnt,
            baseline=baseline,
            gone=(*learnt.gone, *gone),
            fingerprints=fingerprints,
        )
        return replace(self, observations=observations)


@dataclass(slots=True)
class Tally:
    """The findings of a survey that is still being read; its fields as in `Findings`."""

    service: str
    incomplete: bool = False
    photos: int = 0
    contents: dict[RemoteAlbum, int] = field(default_factory=dict)
    titles: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    hidden: set[PhotoKey] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    equal_albums: dict[str, int] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    baseline: PackedBaselines = field(default_factory=PackedBaselines)
    gone: dict[tuple[str, str], Baseline] = field(default_factory=dict)
    read: dict[str, tuple[str, str]] = field(default_factory=dict)
    out_of_sight: int = 0
    duplicates: list[Pairing] = field(default_factory=list)
    details: list[tuple[str, str, KnownDetails]] = field(default_factory=list)
    others: OtherKinds = field(default_factory=OtherKinds)

    def add_title(self, title: str) -> None:
        """Count a remote album."""
        key = name_key(title)
        self.titles[key] = self.titles.get(key, 0) + 1

    def close_album(self, title: str, problem: Problem | None = None) -> None:
        """Note an album that nothing may be put into."""
        self.closed.add(name_key(title))
        if problem is not None:
            self.problems.append(problem)

    def leave_alone(self, title: str, reason: str) -> None:
        """Note an album that failed: nothing that was found in it counts, and nothing
        may be put into it.
        """
        key = name_key(title)
        subject = f"{name_service(self.service)} {title}"
        problem = Problem(subject, f"{reason}; left alone")
        self.close_album(title, problem)
        self.incomplete = True
        # What was read of it before it failed is no reason to remove anything.
        for album in list(self.contents):
            if name_key(album.title) == key:
                del self.contents[album]
        self.gone = {
            place: baseline
            for place, baseline in self.gone.items()
            if name_key(place[0]) != key
        }
        self.duplicates = [
            pairing
            for pairing in self.duplicates
            if name_key(pairing.pair.album) != key
        ]
        self.fingerprints.pop(title, None)

    def keep_old_places(self, unsettled: Iterable[Difference]) -> None:
        """Let the memory keep what it knows of photos at places where neither side has
        them any more, as long as the two do not agree at a new one.
        """
        known = [found.pair.baseline for found in unsettled]
        ids = {baseline.remote.id for baseline in known if baseline}
        self.gone = {
            place: baseline
            for place, baseline in self.gone.items()
            if baseline.remote.id not in ids
        }

    def freeze(self) -> Findings:
        observations = Observations(
            self.baseline,
            tuple(self.gone),
            dict(self.fingerprints),
            self.photos,
            self.incomplete,
            dict(self.read),
            tuple(self.details),
        )
        others = self.others.describe(name_service(self.service))
        return Findings(
            service=self.service,
            photos=self.photos,
            contents=dict(self.contents),
            titles=dict(self.titles),
            closed=frozenset(self.closed),
            hidden=frozenset(self.hidden),
            problems=(*self.problems, *others),
            incomplete=self.incomplete,
            equal_albums=dict(self.equal_albums),
            duplicates=tuple(self.duplicates),
            observations=observations,
        )
