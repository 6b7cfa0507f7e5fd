"""PhotoSync: survey -> plan -> execute. This is the whole way of the data, and the Python API."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from photosync import plan as planning
from photosync.actions import Sides
from photosync.backend import Backend
from photosync.errors import SideError, UsageError
from photosync.execute import Moved, Pace, Stopping, empty_trash, execute
from photosync.explorer import Explorer
from photosync.model import Actions, LocalTree, Outcome, Plan, Problem, Side, Step
from photosync.settings import Settings
from photosync.survey import Survey, Surveyor


def _unmoved(step: Step, count: int) -> None:
    """Progress that nobody watches."""


def _unstopped() -> bool:
    """Nobody ends the run early."""
    return False


class PhotoSync:
    """One library and the services it is kept equal with.

    `plan` looks and changes nothing; `run` carries out exactly the plan it is given.
    """

    def __init__(self, settings: Settings, backends: Sequence[Backend]) -> None:
        self.settings = settings
        self.explorer = Explorer(
            settings.roots, settings.rules, settings.filters, keep_trash=not settings.no_trash
        )
        self.backends: Mapping[str, Backend] = {backend.name: backend for backend in backends}
        self._check_capabilities()

    def plan(self) -> Plan:
        """Compare all sides and decide; raises GuardRefused when that would be dangerous."""
        tree = self.explorer.scan()
        drafts = [self._draft(backend, tree) for backend in self.backends.values()]
        return planning.make(
            drafts,
            self.settings.policy,
            local_photos=tree.photo_count,
            empty_roots=tree.empty_roots,
            expired=self._expired() if self.settings.purge else {},
            problems=tree.problems,
        )

    def run(
        self, plan: Plan, moved: Moved = _unmoved, stopping: Stopping = _unstopped
    ) -> Generator[Outcome, None, None]:
        """Carry out a plan; what became of each step, as soon as it is known.

        Raises Interrupted once `stopping` says so and running steps have ended.
        """
        sides = Sides(self.explorer, self.backends, self.settings.largest)
        pace = Pace(self.settings.transfers, self.settings.wait)
        yield from execute(plan, sides, pace, moved, stopping)
        empty_trash(plan, sides)

    def close(self) -> None:
        """Let go of all connections."""
        for backend in self.backends.values():
            backend.close()

    def _draft(self, backend: Backend, tree: LocalTree) -> planning.Draft:
        surveyor = Surveyor(self.explorer, tree, self.settings.filters, self.settings.attributes)
        survey = Survey(backend.name)
        try:
            differences = surveyor.differences(backend, survey)
            draft = planning.draft(backend.name, differences, self.settings.policy)
            uploads = sum(step.action is Actions.UPLOAD_LOCAL for step in draft.steps)
            cautions = backend.cautions(uploads) if uploads else ()
        except SideError as error:
            # One service that cannot be listed stops alone; nothing is known, nothing is done.
            return planning.failed(
                backend.name, Problem(backend.name, str(error), exit_code=error.exit_code)
            )
        return replace(
            draft,
            photos=survey.photos,
            contents=survey.contents,
            problems=(*draft.problems, *survey.problems, *cautions),
        )

    def _expired(self) -> dict[str, int]:
        days = Plan(()).trash_days
        remote = {name: one.expired_trash(days) for name, one in self.backends.items()}
        return {Side.LOCAL: self.explorer.expired_trash(days), **remote}

    def _check_capabilities(self) -> None:
        if Actions.TAG_REMOTE in self.settings.table().values():
            for backend in self.backends.values():
                if not backend.capabilities.tags:
                    raise UsageError(
                        f"--override: {backend.name} keeps no tags; leave TAG_REMOTE out"
                    )
