"""What several services want of one local file, settled before anything is done. Pure.

One step at most writes to a local file. What it changes there is then passed on to the
other services in the same run, by steps that come `after` it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from photosync.media.kinds import ending_of
from photosync.media.related import group_names
from photosync.model import (
    Actions,
    Comparisons,
    LocalAlbum,
    LocalPhoto,
    RemotePhoto,
    Step,
)
from photosync.naming import PhotoKey, name_key, photo_key
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal

_PRECEDENCE: Mapping[Actions, int] = {
    Actions.DOWNLOAD_REMOTE: 0,
    Actions.MOVE_LOCAL: 1,
    Actions.DELETE_LOCAL: 2,
}
"""The actions that write to a local file: an edit beats a move, and that a delete."""

_PASSES_ON = frozenset(
    {
        Actions.UPLOAD_LOCAL,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Actions.DELETE_REMOTE,
        Actions.MOVE_REMOTE,
    }
)


_BEATEN_BY_EDIT: Mapping[Comparisons, Comparisons] = {
    Comparisons.REMOTE_DELETED: Comparisons.LOCAL_ONLY,
    Comparisons.LOCAL_DELETED: Comparisons.REMOTE_OLDER,
}
"""Deletes that an edit elsewhere beats, and what they are once that edit has come
home.
"""

_EDITED = frozenset(
    {Comparisons.REMOTE_NEWER, Comparisons.CONFLICT, Comparisons.DIFFERENT}
)


def reconcile(proposals: Sequence[Proposal], policy: Policy) -> list[Step]:
    """The steps of all services, such that none of them is in another's way."""
    steps = [step for one in proposals for step in one.steps]
    if len(proposals) < 2:
        return steps
    by_place: dict[PhotoKey, list[Step]] = {}
    for step in steps:
        by_place.setdefault(_place(step), []).append(step)
    arriving = {
        (s.service, _target(s)) for s in steps if s.action is Actions.MOVE_LOCAL
    }
    settled: list[Step] = []
    for place, rivals in by_place.items():
        if any(step.action in _PRECEDENCE for step in rivals):
            settled += _Contest(
                place, rivals, proposals, policy, by_place, arriving
            ).steps()
        else:
            settled += rivals
    return settled


def accompanied(
    settled: Sequence[Step],
    proposals: Sequence[Proposal],
    policy: Policy,
    albums: Mapping[str, LocalAlbum],
) -> list[Step]:
    """The steps, and those of files that belong to a photo which moved or was deleted
    there.

    Its RAW picture, its moving part and its sidecars go with it. A file about which any
    service has something of its own to say stays out of this.
    """
    by_place: dict[PhotoKey, list[Step]] = {}
    for step in settled:
        by_place.setdefault(_place(step), []).append(step)
    found = list(settled)
    for one in proposals:
        mine = [step for step in settled if step.service == one.service]
        for step in _companions(mine, albums):
            place = _place(step)
            # What a service does not take, it only tells of.
            is_there = ending_of(step.name) not in one.refuses
            said = [
                s
                for s in by_place.get(place, ())
                if is_there or s.service != one.service
            ]
            if said or not _is_kept(step, proposals, policy):
                continue
            contest = _Contest(place, [step], proposals, policy, by_place, set())
            found += contest.steps()
            own = (
                _PASSED_ON[step.action](contest, step, None, one) if is_there else None
            )
            found += [own] if own else []
    return found


def _is_kept(step: Step, proposals: Iterable[Proposal], policy: Policy) -> bool:
    """Whether a file that is to go is somewhere else too, or at least in the trash
    afterwards.
    """
    held = any(one.equal.get(_place(step)) for one in proposals)
    return step.action is not Actions.DELETE_LOCAL or policy.keeps_trash or held


_LEADS = frozenset(
    {
        (Comparisons.REMOTE_MOVED, Actions.MOVE_LOCAL),
        (Comparisons.REMOTE_DELETED, Actions.DELETE_LOCAL),
    }
)


def _companions(
    steps: Iterable[Step], albums: Mapping[str, LocalAlbum]
) -> Iterator[Step]:
    groups: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for step in steps:
        if (step.comparison, step.action) not in _LEADS:
            continue
        title, leader = step.origin or (step.album, step.name)
        album = name_key(title)
        photos = (
            {photo.name: photo for photo in albums[album].photos}
            if album in albums
            else {}
        )
        if album not in groups:
            groups[album] = group_names(photos)
        for name in groups[album].get(leader, ()):
            yield _accompanying(step, leader, photos[name])


def _accompanying(step: Step, leader: str, photo: LocalPhoto) -> Step:
    name, origin = photo.name, None
    if step.origin:
        origin = (step.origin[0], photo.name)
        old, new = leader, step.name
        if not name.startswith(old):
            old, new = old.rpartition(".")[0], new.rpartition(".")[0]
        name = new + name[len(old) :]
    reason = f"belongs to {leader}"
    return replace(
        step,
        name=name,
        local=photo,
        reason=reason,
        origin=origin,
        leader=step.name,
        after="",
    )


def _place(step: Step) -> PhotoKey:
    """Where the local file of a step is, or would be, now."""
    if step.action is Actions.MOVE_LOCAL and step.origin:
        return photo_key(*step.origin)
    return photo_key(step.album, step.name)


def _target(step: Step) -> PhotoKey:
    return photo_key(step.album, step.name)


@dataclass(slots=True)
class _Contest:
    """One local file that at least one service wants to write to."""

    place: PhotoKey
    rivals: Sequence[Step]
    proposals: Sequence[Proposal]
    policy: Policy
    by_place: Mapping[PhotoKey, Sequence[Step]]
    arriving: AbstractSet[tuple[str, PhotoKey]]

    def steps(self) -> Iterator[Step]:
        rivals = self._judged()
        first = min(rivals, key=_rank)
        if first.action not in _PRECEDENCE:
            yield from rivals
        elif first.action is Actions.MOVE_LOCAL and self._is_taken(first):
            yield from (
                _waiting(s, first) if s.action in _PRECEDENCE else s for s in rivals
            )
        else:
            yield first
            yield from self._rest(first, rivals)

    def _judged(self) -> Sequence[Step]:
        """Different edits of one photo on two services are a conflict, whichever came
        first.
        """
        edits = [
            s for s in self.rivals if s.action is Actions.DOWNLOAD_REMOTE and s.local
        ]
        if len(edits) < 2 or _are_equal(edits):
            return _undeleted(self.rivals)
        return _undeleted([self._conflict(s) if s in edits else s for s in self.rivals])

    def _conflict(self, step: Step) -> Step:
        action, reason = self.policy.decide(Comparisons.CONFLICT)
        if action is Actions.DOWNLOAD_REMOTE:
            action = Actions.REPORT
        reason = reason or "edited differently on two services"
        return replace(
            step, action=action, comparison=Comparisons.CONFLICT, reason=reason
        )

    def _is_taken(self, move: Step) -> bool:
        """Whether some service has to do with the place that a file is to move to."""
        others = self.by_place.get(_target(move), ())
        return any(step.action is not Actions.REPORT for step in others)

    def _rest(self, first: Step, rivals: Iterable[Step]) -> Iterator[Step]:
        theirs = {step.service: step for step in rivals if step is not first}
        for one in self.proposals:
            if one.service == first.service or not one.is_known:
                continue
            step = theirs.get(one.service)
            if step is not None and step.action is Actions.UPDATE_REMOTE_METADATA:
                step = None if one.equal.get(self.place) else step
            passed_on = _PASSED_ON[first.action](self, first, step, one)
            if passed_on is not None:
                yield passed_on

    # -- what follows for another service
    # ----------------------------------------------------

    def _after_download(
        self, first: Step, theirs: Step | None, one: Proposal
    ) -> Step | None:
        if theirs is None:
            return self._passed_on(first, one)
        beaten = _BEATEN_BY_EDIT.get(theirs.comparison)
        if beaten:
            return self._following(first, one, beaten, theirs.remote)
        if theirs.action is Actions.DOWNLOAD_REMOTE:
            return None if _are_equal((first, theirs)) else _waiting(theirs, first)
        if theirs.action is Actions.DELETE_REMOTE:
            return _waiting(theirs, first)
        if theirs.action in _PASSES_ON:
            return replace(theirs, after=first.service, local=None)
        return _aside(theirs, first)

    def _passed_on(self, first: Step, one: Proposal) -> Step | None:
        """What comes home from one service, on its way to one that had nothing to do
        about it.
        """
        equal = one.equal.get(self.place)
        if equal:
            return self._following(first, one, Comparisons.REMOTE_OLDER, equal.remote)
        # What was moved there on that service stands in this place already.
        is_free = (one.service, self.place) not in self.arriving
        is_open = (
            is_free and self.place[0] not in one.closed and self.place not in one.hidden
        )
        if first.local is None and is_open:
            return self._following(first, one, Comparisons.LOCAL_ONLY)
        return None

    def _after_move(
        self, first: Step, theirs: Step | None, one: Proposal
    ) -> Step | None:
        if theirs is None:
            equal = one.equal.get(self.place)
            if equal and _target(first)[0] not in one.closed:
                return self._following(
                    first, one, Comparisons.LOCAL_MOVED, equal.remote
                )
            return None
        if theirs.action in {Actions.UPLOAD_LOCAL, Actions.DELETE_LOCAL}:
            is_open = (
                _target(first)[0] not in one.closed and _target(first) not in one.hidden
            )
            return (
                self._following(first, one, Comparisons.LOCAL_ONLY) if is_open else None
            )
        same_move = theirs.action is Actions.MOVE_LOCAL and _target(theirs) == _target(
            first
        )
        if same_move:
            return None
        return _aside(theirs, first)

    def _after_delete(
        self, first: Step, theirs: Step | None, one: Proposal
    ) -> Step | None:
        if theirs is None:
            equal = one.equal.get(self.place)
            if equal:
                return self._following(
                    first, one, Comparisons.LOCAL_DELETED, equal.remote
                )
            return None
        if theirs.action in {Actions.DELETE_LOCAL, Actions.UPLOAD_LOCAL}:
            return None
        return _aside(theirs, first)

    def _following(
        self,
        first: Step,
        one: Proposal,
        comparison: Comparisons,
        remote: RemotePhoto | None = None,
    ) -> Step | None:
        action, reason = self.policy.decide(comparison)
        refused = bool(reason)
        if action not in _PASSES_ON and not refused:
            return None
        origin = first.origin if action is Actions.MOVE_REMOTE else None
        return Step(
            one.service,
            action,
            comparison,
            first.album,
            first.name,
            remote=None if action is Actions.UPLOAD_LOCAL else remote,
            reason=reason or f"after {first.service}",
            origin=origin,
            after="" if refused else first.service,
        )


_PASSED_ON = {
    Actions.DOWNLOAD_REMOTE: _Contest._after_download,  # noqa: SLF001 - its own table
    Actions.MOVE_LOCAL: _Contest._after_move,  # noqa: SLF001
    Actions.DELETE_LOCAL: _Contest._after_delete,  # noqa: SLF001
}


def _rank(step: Step) -> tuple[int, bool]:
    """What comes first; a smaller copy comes home only where nobody has the
    original.
    """
    return _PRECEDENCE.get(
        step.action, 9
    ), step.remote is not None and step.remote.reduced


def _are_equal(downloads: Sequence[Step]) -> bool:
    """Whether all of them are versions of the same bytes, as far as that is known for
    sure.
    """
    known = {step.remote.md5 if step.remote else None for step in downloads}
    return len(known) == 1 and None not in known


def _undeleted(rivals: Sequence[Step]) -> Sequence[Step]:
    """The same without deletes where a service holds an edit that does not come
    home.
    """
    edits = [
        s for s in rivals if s.comparison in _EDITED and s.action not in _PRECEDENCE
    ]
    if not edits:
        return rivals
    reason = f"not deleted: it was changed on {edits[0].service}"
    return [
        replace(s, action=Actions.REPORT, reason=reason)
        if s.action is Actions.DELETE_LOCAL
        else s
        for s in rivals
    ]


def _aside(theirs: Step, first: Step) -> Step:
    return theirs if theirs.action is Actions.REPORT else _waiting(theirs, first)


def _waiting(step: Step, first: Step) -> Step:
    reason = f"waits for the next run: {first.service} has to do with the local file in this one"
    return replace(step, action=Actions.REPORT, reason=reason)
