"""What a run remembers and recalls, for all its services: the state as the run sees
it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock

from photosync.compare.hashes import History as Past
from photosync.compare.hashes import NoHistory
from photosync.disk.names import is_within
from photosync.history.baseline import History
from photosync.history.database import MD5, TAKEN, Event, State, places_kept
from photosync.local.photos import StatKey
from photosync.model import (
    Actions,
    Baseline,
    Census,
    Effect,
    Outcome,
    Plan,
    RemotePhoto,
    Result,
    Side,
    Step,
)
from photosync.plan.policy import DELETES
from photosync.services.base import Backend, Row

_AT_ONCE = 200


def library_key(roots: Iterable[str]) -> str:
    """What tells one set of local roots from another."""
    return json.dumps(sorted(roots))


def rules_hash_of(*settings: object) -> str:
    """What tells one set of rules and filters from another: photos are counted under
    them.
    """
    return hashlib.sha256(repr(settings).encode(errors="backslashreplace")).hexdigest()[
        :16
    ]


class FileCache:
    """What was read of local files; new entries are written a few hundred at a time."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._new: dict[str, dict[str, tuple[StatKey, str]]] = {MD5: {}, TAKEN: {}}
        self._lock = Lock()

    def get(self, what: str, path: str, stat_key: StatKey) -> str | None:
        with self._lock:
            fresh = self._new[what].get(path)
        if fresh and fresh[0] == stat_key:
            return fresh[1]
        return self._state.read_of(what, path, stat_key)

    def note(self, what: str, path: str, stat_key: StatKey, value: str) -> None:
        with self._lock:
            self._new[what][path] = (stat_key, value)
            full = len(self._new[what]) >= _AT_ONCE
        if full:
            self.flush()

    def flush(self) -> None:
        """Write what is new."""
        with self._lock:
            new, self._new = self._new, {MD5: {}, TAKEN: {}}
        for what, known in new.items():
            self._state.note_read(what, known)


class NoCache:
    """The `ListingCache` and `UnfinishedUploads` of a run that remembers nothing."""

    cursor = ""

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        return iter(())

    def note(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool = False,
    ) -> None:
        """Forget it at once."""

    def find(self, path: str) -> Row | None:  # noqa: ARG002 - there never was one
        return None

    def put(self, path: str, facts: Row) -> None:
        """Forget it at once."""

    def remove(self, path: str) -> None:
        """Remove nothing: there is nothing."""


class Recorder:
    """The memory of one library; without a state it is that of a first run, and keeps
    nothing.
    """

    def __init__(
        self,
        state: State | None,
        roots: Sequence[str],
        rules_hash: str,
        *,
        audit_days: float = 7.0,
    ) -> None:
        self._state = state
        self._roots = roots
        self._library = library_key(roots)
        self.rules_hash = rules_hash
        self._audit_days = audit_days
        self._histories: dict[str, History] = {}
        self._accounts: dict[str, str] = {}
        self._run = 0
        self._changes: Counter[str] = Counter()
        self._is_whole = True
        self._before: Mapping[str, Census] = {}
        self._kept: Mapping[str, Census] = {}
        self._plan: Plan | None = None
        self.files = FileCache(state) if state else None

    def meet(self, backend: Backend) -> None:
        """Let a backend recall what earlier runs noted of its account."""
        if self._state:
            self._accounts[backend.name] = backend.account
            self._histories[backend.name] = History(
                self._state,
                backend.name,
                backend.account,
                self._library,
                audit_days=self._audit_days,
            )
        memory = self.memory(backend.name)
        backend.use_cache(memory)
        backend.use_uploads(memory)

    def memory(self, service: str) -> History | NoCache:
        """What a backend may recall."""
        return self._histories.get(service) or NoCache()

    def past(self, service: str) -> Past:
        """What was agreed on with a service."""
        return self._histories.get(service) or NoHistory()

    # -- what the guards go by
    # -------------------------------------------------------------

    def known(self) -> Mapping[str, Census]:
        """Roots and services as they were after the last run."""
        backup = self._state.known(self._library) if self._state else {}
        places = (*self._roots, *self._accounts)
        return {
            one: backup[self._key(one)] for one in places if self._key(one) in backup
        }

    def roots_now(self, found: Mapping[str, int], *, whole: bool) -> dict[str, Census]:
        """The roots as they are now, of which it is counted how many photos each holds.

        Where not all folders could be read these counts are no measure for the next
        run.
        """
        self._is_whole = whole
        return self._roots_of(found)

    def _roots_of(self, found: Mapping[str, int]) -> dict[str, Census]:
        photo_index = {root: _identity(root) for root in found}
        return {
            root: Census(self.rules_hash, one, found[root])
            for root, one in photo_index.items()
            if one
        }

    # -- a run
    # -----------------------------------------------------------------------------

    def begin(self, plan: Plan, mode: str) -> None:
        """Note that a run begins, and what planning it taught."""
        if self._state is None:
            return
        self._plan = plan
        self._before = self._kept = self.known()
        self._run = self._state.begin_run(self._library, mode)
        for service, observations in plan.observations.items():
            self._histories[service].add_observations(observations)
            self._histories[service].expect(_unproven(service, plan.steps))
        assert self.files is not None
        self.files.flush()

    def record(self, outcome: Outcome) -> None:
        """Note what became of a step, as soon as it is known."""
        step, effect = outcome.step, outcome.effect
        if self._state is None or not isinstance(step, Step):
            return
        path = (
            step.local.path if step.local else effect.local.path if effect.local else ""
        )
        event = Event(
            *(
                self._run,
                step.service,
                step.album,
                step.name,
                path,
                step.comparison,
                step.action,
            ),
            *(
                outcome.result,
                outcome.reason or step.reason,
                effect.remote or step.remote,
            ),
            *(effect.backup, effect.backup_side),
        )
        baseline, gone = remembered(outcome)
        places = (
            self._counted(step, path, effect) if outcome.result is Result.DONE else {}
        )
        counts = places_kept(self._library, places)
        self._histories[step.service].record(event, baseline, gone, [counts])

    def end(self, exit_code: int, *, passive: bool) -> None:
        """Note how the run ended, and what it left; a run that only looks sets no new
        measure.
        """
        if self._state is None or self._plan is None:
            return
        assert self.files is not None
        self.files.flush()
        if not passive:
            left = {self._key(place): known for place, known in self._left().items()}
            self._state.note_known(self._library, left)
        self._state.end_run(self._run, exit_code)

    @property
    def problem(self) -> str:
        """Why something could not be kept, empty while all could."""
        return self._state.problem if self._state else ""

    def close(self) -> None:
        if self._state:
            self._state.close()

    def _key(self, place: str) -> str:
        """What a root or a service is kept as: of each account of it something else is
        known.
        """
        return f"{place} {self._accounts[place]}" if place in self._accounts else place

    def _counted(self, step: Step, path: str, effect: Effect) -> Mapping[str, Census]:
        """What a step changed of what is kept of roots and services, its counts
        included.

        The first one brings what planning found: a killed run must leave the right
        measure, or what it deleted itself passes for a loss.
        """
        gains = list(self._gains(step, path, effect))
        if not gains:
            return {}
        for place, number in gains:
            self._changes[place] += number
        before, self._kept = self._kept, self._left()
        changed = self._kept.items() - before.items()
        return {self._key(place): known for place, known in changed}

    def _gains(
        self, step: Step, path: str, effect: Effect
    ) -> Iterator[tuple[str, int]]:
        """Which roots and services hold how many photos more than before."""
        if step.action is Actions.MOVE_LOCAL and effect.local:
            old, new = self._root_of(path), self._root_of(effect.local.path)
            yield from ((old, -1), (new, 1)) if old != new else ()
        elif step.action in _GAINS and not (
            step.action is Actions.DOWNLOAD_REMOTE and step.local
        ):
            side, number = _GAINS[step.action]
            yield step.service if side is Side.REMOTE else self._root_of(path), number

    def _root_of(self, path: str) -> str:
        roots = (root for root in self._roots if is_within(path, root))
        return max(roots, key=len, default="")

    def _left(self) -> dict[str, Census]:
        """Roots and services as they are by now; of what was not read whole, the last
        measure.
        """
        assert self._plan is not None
        found = {
            service: Census(
                self.rules_hash, self._accounts[service], observations.photos
            )
            for service, observations in self._plan.observations.items()
            if not observations.incomplete
        }
        roots = self._roots_of(self._plan.found) if self._is_whole else {}
        places = {**self._before, **roots, **found}
        return {
            place: known._replace(photos=max(known.photos + self._changes[place], 0))
            for place, known in places.items()
        }


_GAINS: Mapping[Actions, tuple[Side, int]] = {
    Actions.UPLOAD_LOCAL: (Side.REMOTE, 1),
    Actions.DELETE_REMOTE: (Side.REMOTE, -1),
    Actions.DOWNLOAD_REMOTE: (Side.LOCAL, 1),
    Actions.DELETE_LOCAL: (Side.LOCAL, -1),
}


def _unproven(service: str, steps: Iterable[Step]) -> list[RemotePhoto]:
    """The photos to come home of which only the bytes themselves tell what they are."""
    return [
        step.remote
        for step in steps
        if step.service == service
        and step.action is Actions.DOWNLOAD_REMOTE
        and step.remote is not None
        and step.remote.md5 is None
    ]


def remembered(outcome: Outcome) -> tuple[list[Baseline], list[tuple[str, str]]]:
    """What both sides hold after a step, and what neither does."""
    step, effect = outcome.step, outcome.effect
    if not isinstance(step, Step) or outcome.result is not Result.DONE:
        return [], []
    gone = [step.origin] if step.origin else []
    if step.is_duplicate:
        return [], []
    if step.action in DELETES:
        return [], [(step.album, step.name)]
    if step.action is Actions.TAG_REMOTE or effect.remote is None:
        return [], []
    remote = effect.remote._replace(marked=False, backup="")
    if effect.local is None:
        # The version there is kept beside; the one here is to take its place.
        never = Baseline(step.album, step.name, None, remote)
        return ([never], []) if step.action is Actions.KEEP_BOTH else ([], [])
    return [Baseline(step.album, step.name, effect.local.stat, remote)], gone


def _identity(root: str) -> str:
    """Which folder of which disk a root is, empty where it has gone meanwhile."""
    try:
        status = os.stat(root)  # noqa: PTH116 - a str stays a str
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"
