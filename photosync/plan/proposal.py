"""What is wanted of one service: its differences, looked up in the table of the mode.
Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from photosync.compare.compare import Equals
from photosync.compare.findings import Findings
from photosync.media.related import may_follow
from photosync.model import (
    Actions,
    Comparisons,
    Difference,
    LocalPhoto,
    Pair,
    Problem,
    RefusedFile,
    RemotePhoto,
    Step,
)
from photosync.naming import PhotoKey, photo_key
from photosync.plan.decisions import decide, make_step
from photosync.plan.details import propose_details
from photosync.plan.duplicates import describe_duplicates, propose_duplicates
from photosync.plan.merges import merge_moves
from photosync.plan.policy import Policy
from photosync.plan.steps import FETCHES, SENDS, is_arrival, is_edit, target_of


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service does not take, and what it does not give.

    `refuses` holds the endings of files that it does not store. `read_only` says why
    nothing may be written to it, `keeps_albums` why no album may be removed; both are
    empty where it may. `refused` holds the files, by path, that it refused in an earlier
    run for their kind or size, `too_large` says of files, by path, that they are too
    large for the account. Where it `wants_utf8`, names must be UTF-8. `withheld` says of
    photos there, by id, why their originals are not handed out, and `forbidden` what may
    not be done with them, and why. `homeless` says of places that photos there are to get
    here why there is no such file.
    """

    refuses: AbstractSet[str] = frozenset()
    read_only: str = ""
    keeps_albums: str = ""
    refused: Mapping[str, RefusedFile] = field(default_factory=dict)
    too_large: Mapping[str, str] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    forbidden: Mapping[str, Mapping[Actions, str]] = field(default_factory=dict)
    homeless: Mapping[PhotoKey, str] = field(default_factory=dict)
    wants_utf8: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """The steps wanted of one service, and what must be known of it to judge them.

    `duplicates` are the steps about further photos of one name, which are not
    reconciled with other services. `equal` holds the pairs with nothing to do, as far as
    they were asked for, and `unproven` the places of those that the history does not
    know. `known_pairs` counts the pairs that history knows and both sides have, and
    `known_changes` those of them that a step changes, by comparison. `is_known` is false
    for a service that could not be listed; one that `is_put_off` is asked again once the
    others are done.
    """

    service: str
    steps: Sequence[Step]
    findings: Findings
    duplicates: Sequence[Step] = ()
    problems: Sequence[Problem] = ()
    counts: Mapping[Comparisons, int] = field(default_factory=dict)
    equal: Equals = field(default_factory=dict[PhotoKey, Pair])
    unproven: AbstractSet[PhotoKey] = frozenset()
    known_pairs: int = 0
    known_changes: Mapping[Comparisons, int] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    is_known: bool = True
    is_put_off: bool = False

    def has_room_for(self, place: PhotoKey) -> bool:
        """Whether a photo may be put there: its album is open and its name visible."""
        is_closed = place[0] in self.findings.closed
        return not is_closed and place not in self.findings.hidden


IsAskedFor = Callable[[str], bool]


def is_always_asked_for(_file: str) -> bool:
    """Where there are other services, any file may be asked for."""
    return True


def is_never_asked_for(_file: str) -> bool:
    """Where nothing is known to have changed, no file is asked for."""
    return False


class ProposalBuilder:
    """Looks each difference up in the table; what is to be silent is only counted.

    `is_asked_for` tells, by the name of a file, whether its pair is kept in `equal`:
    another service, or the photo that the file belongs to, may ask for it.
    """

    def __init__(
        self, service: str, policy: Policy, is_asked_for: IsAskedFor = may_follow
    ) -> None:
        self._service = service
        self._policy = policy
        self._is_asked_for = is_asked_for
        self._steps: list[Step] = []
        self._problems: list[Problem] = []
        self._counts: Counter[Comparisons] = Counter()
        self._known_pairs = 0
        self._known_changes: Counter[Comparisons] = Counter()
        self._unproven: set[PhotoKey] = set()
        self.equal: dict[PhotoKey, Pair] = {}

    def add(self, difference: Difference) -> None:
        """Propose what the table says about a difference."""
        difference = merge_moves(difference, self._policy)
        pair = difference.pair
        is_known = pair.baseline is not None and _is_on_both_sides(pair)
        self._counts[difference.comparison] += 1
        self._known_pairs += is_known
        if difference.problem:
            subject = f"{pair.album}/{pair.name}"
            self._problems.append(Problem(subject, difference.problem))
            return
        if difference.comparison is Comparisons.SAME and self._is_wanted(pair):
            place = photo_key(pair.album, pair.name)
            self.equal[place] = pair._replace(baseline=None)
            if pair.baseline is None:
                self._unproven.add(place)
        action, reason = decide(difference, self._policy)
        if action is not Actions.SILENT:
            step = make_step(self._service, action, reason, difference)
            self._steps.append(step)
            # A report does no harm, so the guards need not know of it.
            is_change = is_known and action is not Actions.REPORT
            self._known_changes[difference.comparison] += is_change
        else:
            self._steps += propose_details(self._service, difference, self._policy)

    def _is_wanted(self, pair: Pair) -> bool:
        file = pair.local.file if pair.local else pair.name
        return self._is_asked_for(file)

    def replace_equal(self, difference: Difference) -> None:
        """Propose what the table says about a pair that was added as equal and is not."""
        place = photo_key(difference.pair.album, difference.pair.name)
        self._counts[Comparisons.SAME] -= 1
        self.equal.pop(place, None)
        # Its only step so far may bring a new date there.
        self._steps = [step for step in self._steps if target_of(step) != place]
        self.add(difference)

    def count_uploads(self) -> int:
        """Return how many of the steps so far are uploads."""
        uploads = [step for step in self._steps if step.action is Actions.UPLOAD_LOCAL]
        return len(uploads)

    def list_sent(self) -> list[tuple[str, LocalPhoto]]:
        """Return the files that are to be sent so far, each after the name it gets."""
        sends = [step for step in self._steps if step.action in SENDS]
        return [(step.name, step.local) for step in sends if step.local]

    def list_fetched(self) -> list[tuple[RemotePhoto, bool]]:
        """Return the photos that are to be fetched so far, each with whether it is new
        here.
        """
        fetched: list[tuple[RemotePhoto, bool]] = []
        for step in self._steps:
            if step.remote is not None and step.action in FETCHES:
                is_new = step.local is None
                fetched.append((step.remote, is_new))
        return fetched

    def list_arrivals(self) -> list[Step]:
        """Return the steps by which a file here gets the name or album of a photo there."""
        return list(filter(is_arrival, self._steps))

    def list_edits(self) -> list[PhotoKey]:
        """Return the places of the photos whose edit on the service is to come home."""
        return [target_of(step) for step in self._steps if is_edit(step)]

    def read_edits(
        self,
        places: AbstractSet[PhotoKey],
        read_md5: Callable[[RemotePhoto], str | None],
    ) -> None:
        """Fill in the MD5 of the edits at these places, where it is not known."""
        for index, step in enumerate(self._steps):
            remote = step.remote
            if remote is None or remote.md5 is not None or not is_edit(step):
                continue
            if target_of(step) in places:
                filled = remote._replace(md5=read_md5(remote))
                self._steps[index] = replace(step, remote=filled)

    def build(
        self,
        findings: Findings,
        limits: Limits,
        *,
        equal: Equals | None = None,
        problems: Sequence[Problem] = (),
    ) -> Proposal:
        """Return the proposal for the service.

        `equal` finds more equal pairs than were added; `problems` are those from
        elsewhere.
        """
        duplicates: list[Step] = []
        if self._policy.deletedups and not self._policy.is_passive:
            duplicates += propose_duplicates(findings, self._policy)
        notices = describe_duplicates(findings, duplicates)
        # Albums in which nothing changed were not even looked into.
        skipped = sum(findings.equal_albums.values())
        if skipped:
            self._counts[Comparisons.SAME] += skipped
        return Proposal(
            service=self._service,
            steps=tuple(self._steps),
            findings=findings,
            duplicates=tuple(duplicates),
            problems=(*self._problems, *findings.problems, *notices, *problems),
            counts=self._counts,
            equal=self.equal if equal is None else equal,
            unproven=self._unproven,
            known_pairs=self._known_pairs + skipped,
            known_changes=self._known_changes,
            limits=limits,
        )


def _is_on_both_sides(pair: Pair) -> bool:
    return pair.local is not None and pair.remote is not None


def propose_nothing(service: str, problem: Problem) -> Proposal:
    """Return the proposal for a service that could not be read; `problem` says why."""
    findings = Findings(service)
    return Proposal(service, (), findings, problems=(problem,), is_known=False)
