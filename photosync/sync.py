"""PhotoSync: survey -> plan -> execute -> remember: the way of the data, and the Python API."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from photosync import draft as drafting
from photosync import guards
from photosync import plan as planning
from photosync.actions import Sides
from photosync.albums import Album, updated
from photosync.backend import Backend
from photosync.draft import Draft
from photosync.errors import SideError, UsageError
from photosync.execute import Moved, Pace, Stopping, empty_trash, execute
from photosync.explorer import Explorer
from photosync.files import disk_errors, make_folder, remove_tree
from photosync.intake import looked_at
from photosync.memory import Memories, view_of
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    LocalTree,
    Outcome,
    Plan,
    Problem,
    Result,
    Side,
    Step,
)
from photosync.naming import key
from photosync.settings import Settings
from photosync.shrinker import Shrinker
from photosync.state import State
from photosync.survey import EqualPairs, Survey, Surveyor


def _unmoved(step: Step, count: int) -> None:
    """Progress that nobody watches."""


def _unstopped() -> bool:
    """Nobody ends the run early."""
    return False


class PhotoSync:
    """One library and the services it is kept equal with.

    `plan` looks and changes nothing; `run` carries out exactly the plan it is given. Without a
    state nothing is remembered, and the comparison is the two-way one.
    """

    def __init__(
        self, settings: Settings, backends: Sequence[Backend], state: State | None = None
    ) -> None:
        self.settings = settings
        self.memories = Memories(
            state,
            settings.root_paths,
            view_of(settings.rules, settings.filters),
            audit_days=0 if settings.needs_fresh_listings else settings.audit_days,
        )
        self.explorer = Explorer(
            settings.roots,
            settings.rules,
            settings.filters,
            keep_trash=not settings.no_trash,
            cache=self.memories.files,
        )
        self.backends: Mapping[str, Backend] = {backend.name: backend for backend in backends}
        self._check_capabilities()
        self._meet()

    def plan(self) -> Plan:
        """Compare all sides and decide; raises GuardRefused when that would be dangerous."""
        known = self.memories.known()
        guards.check_missing(known, self.explorer.missing_roots())
        tree = self.explorer.scan()
        drafts = [self._draft(backend, tree) for backend in self.backends.values()]
        watch = planning.Watch(
            known,
            self.memories.roots_now(tree.found, whole=not tree.unreadable),
            self.memories.view,
            frozenset(self.settings.accept),
        )
        expired = self._expired() if self.settings.purge else {}
        return planning.make(drafts, self.settings.policy, tree, expired=expired, watch=watch)

    def run(
        self, plan: Plan, moved: Moved = _unmoved, stopping: Stopping = _unstopped
    ) -> Generator[Outcome, None, None]:
        """Carry out a plan; what became of each step, as soon as it is known and remembered.

        Raises Interrupted once `stopping` says so and running steps have ended.
        """
        self.memories.begin(plan, self.settings.mode)
        pace = Pace(self.settings.transfers, self.settings.wait)
        changed: set[AlbumUpdate] = set()
        with self._shrinker() as shrinker:
            sides = Sides(
                self.explorer,
                self.backends,
                self.settings.largest,
                self.settings.sidecars,
                shrinker,
            )
            for outcome in execute(plan, sides, pace, moved, stopping):
                self.memories.record(outcome)
                if outcome.result is Result.DONE and isinstance(outcome.step, Step):
                    changed.add(AlbumUpdate(outcome.step.service, outcome.step.album))
                yield outcome
        if not self.settings.no_album_metadata:
            yield from self._update_albums([one for one in plan.updates if one in changed], sides)
        empty_trash(plan, sides)

    def end(self, exit_code: int) -> None:
        """Note how a run ended."""
        self.memories.end(exit_code, passive=self.settings.policy.is_passive)

    def close(self) -> None:
        """Let go of all connections, and of the memory."""
        for backend in self.backends.values():
            backend.close()
        self.memories.close()

    def _draft(self, backend: Backend, tree: LocalTree) -> Draft:
        surveyor = Surveyor(self.explorer, tree, self.settings.filters, self.settings.attributes)
        survey = Survey(backend.name)
        policy = self.settings.policy
        try:
            past = self.memories.past(backend.name)
            several = len(self.backends) > 1
            silent = policy.table[Comparisons.SAME] is Actions.SILENT
            differences = surveyor.differences(backend, survey, past, skip_sealed=silent)
            draft = drafting.draft(backend.name, differences, policy, keep_equal=several)
            uploads = sum(step.action is Actions.UPLOAD_LOCAL for step in draft.steps)
            cautions = backend.cautions(uploads) if uploads else ()
        except SideError as error:
            # One service that cannot be listed stops alone; nothing is known, nothing is done.
            return drafting.failed(
                backend.name, Problem(backend.name, str(error), exit_code=error.exit_code)
            )
        able = backend.capabilities
        # Of what a service takes only as another kind a smaller copy may go there.
        sent_anyway = able.converts if self.settings.shrink else frozenset()
        draft = replace(
            draft,
            refuses=able.refuses - sent_anyway,
            read_only=able.read_only,
            incomplete=survey.incomplete,
        )
        steps, misnamed = looked_at(
            drafting.heeded(draft.steps, draft, policy), self.settings.filters.format
        )
        draft.steps = steps
        duplicates: list[Step] = []
        if policy.deletedups and not policy.is_passive:
            duplicates = drafting.duplicate_steps(backend.name, survey.twins, policy)
        else:
            survey.note_twins()
        sealed = sum(survey.sealed.values())
        draft.counts[Comparisons.SAME] += sealed
        return replace(
            draft,
            duplicates=list(drafting.heeded(duplicates, draft, policy)),
            equal=EqualPairs(draft.equal, survey.sealed, past),
            known_pairs=draft.known_pairs + sealed,
            photos=survey.photos,
            contents=survey.contents,
            titles=survey.titles,
            closed=survey.closed,
            hidden=survey.hidden,
            learned=survey.learned,
            problems=(*draft.problems, *survey.problems, *cautions, *misnamed),
        )

    def _update_albums(self, updates: Sequence[AlbumUpdate], sides: Sides) -> Iterator[Outcome]:
        here = {key(one.album) for one in updates}
        local = {title: one for title, one in self.explorer.tree.albums.items() if title in here}
        albums = {
            one: Album(
                local[key(one.album)],
                self.memories.past(one.service).album(one.album),
                self.explorer,
            )
            for one in updates
            if key(one.album) in local
        }
        return updated(updates, albums, sides, self.settings.album_description)

    @contextmanager
    def _shrinker(self) -> Iterator[Shrinker | None]:
        if not self.settings.shrink:
            yield None
            return
        folder = self.settings.home.state / "shrunk"
        remove_tree(str(folder))
        with disk_errors():
            make_folder(str(folder))
        pixels, quality = self.settings.shrink, self.settings.shrink_quality
        with Shrinker(str(folder), pixels=pixels, quality=quality) as shrinker:
            yield shrinker

    def _expired(self) -> dict[str, int]:
        days = Plan(()).trash_days
        remote = {name: one.expired_trash(days) for name, one in self.backends.items()}
        return {Side.LOCAL: self.explorer.expired_trash(days), **remote}

    def _meet(self) -> None:
        for backend in self.backends.values():
            self.memories.meet(backend)

    def _check_capabilities(self) -> None:
        for backend in self.backends.values():
            if self.settings.shrink and not backend.capabilities.keeps_facts:
                raise UsageError(
                    f"--shrink: {backend.name} holds plain files, which cannot tell a smaller copy "
                    "from the original; leave --shrink out"
                )
        table = self.settings.table()
        if Actions.TAG_REMOTE in table.values():
            for backend in self.backends.values():
                if not backend.capabilities.tags:
                    raise UsageError(
                        f"--override: {backend.name} keeps no tags; leave TAG_REMOTE out"
                    )
