"""What is not tried any more in this run, as a service or a disk will not do it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from photosync.errors import RootGone, SideError, SideStopped
from photosync.execute.actions import DO
from photosync.model import Actions, Step

_SENDS = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})


class Refusals:
    """Errors that end more than one step, by service and action."""

    def __init__(
        self, services: Iterable[str], roots: Collection[str] = frozenset()
    ) -> None:
        """`roots` are those of the library, to which the steps of all services belong."""
        self._services = tuple(services)
        self._roots = frozenset(roots)
        self._errors: dict[tuple[str, Actions], SideError] = {}
        self._ends: dict[str, SideError] = {}

    def find(self, service: str, action: Actions) -> SideError | None:
        """Return why an action is not tried on a service; None if it is."""
        return self._errors.get((service, action))

    def find_end(self, service: str) -> SideError | None:
        """Return why nothing more is tried on a service; None if something is."""
        return self._ends.get(service)

    def refuse_service(self, service: str, error: SideError) -> None:
        """Try nothing more on a service."""
        self._ends[service] = error
        self._errors |= {(service, action): error for action in DO}

    def refuse_after(self, step: Step, error: SideStopped) -> None:
        """Note what is in vain after the error of a step, and is not tried any more."""
        if isinstance(error, RootGone) and error.root in self._roots:
            # The disk with the library went away, which ends the steps of all services.
            for service in self._services:
                self.refuse_service(service, error)
        elif error.entirely:
            self.refuse_service(step.service, error)
        elif step.action is Actions.DOWNLOAD_REMOTE:
            # The disk is full: no service can bring anything more home.
            self._errors |= {(one, step.action): error for one in self._services}
        else:
            # Drive is full: it still gives, deletes and moves.
            self._errors |= {(step.service, action): error for action in _SENDS}
