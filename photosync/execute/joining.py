"""Photos that were sent and join their albums, many at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from photosync.formatting import name_service
from photosync.model import NO_EFFECT, Effect, Outcome, Step
from photosync.services.base import Backend
from photosync.services.capabilities import LeftOut
from photosync.unforeseen import contain


class Joining:
    """Lets photos join, and remembers which version each has in its album.

    Any thread may call it.
    """

    def __init__(self, remotes: Mapping[str, Backend]) -> None:
        self._remotes = remotes
        self._versions: dict[str, str] = {}

    def commit(self, step: Step) -> Effect:
        """Put into its album what was sent there; raises SideError, and LeftOut where
        some photos did not join.
        """
        try:
            with contain(f"{name_service(step.service)} {step.album}"):
                versions = self._remotes[step.service].commit_album(step.album)
        except LeftOut as error:
            self._versions.update(error.versions)
            raise
        self._versions.update(versions)
        return NO_EFFECT

    def fill_in_version(self, outcome: Outcome) -> Outcome:
        """Return an outcome with the version that its photo has in its album."""
        remote = outcome.effect.remote
        version = self._versions.pop(remote.id, None) if remote else None
        if remote is None or version is None:
            return outcome
        remote = remote._replace(version=version)
        return replace(outcome, effect=outcome.effect._replace(remote=remote))
