"""Files that a service refused for their kind or size, in the state file.

A film of a gigabyte that is too large for Flickr would else be sent every night.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from photosync.history.identity.scope import Scope
from photosync.history.storage.encoding import clamp_integer, decode_text, encode_text
from photosync.history.storage.write_queue import Change
from photosync.model import LocalStat, Outcome, RefusedFile, Step

_FIND = (
    "SELECT path, size, modified_ns, reason, terms, moment FROM refused WHERE scope = ?"
)
_PUT = "INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?, ?, ?, ?)"


class StoredRefusals:
    """The files that one account refused."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def find(self) -> Mapping[str, RefusedFile]:
        """Return them by their paths; raises StateUnusable."""
        found: dict[str, RefusedFile] = {}
        for path, size, modified_ns, reason, terms, moment in self._scope.read(_FIND):
            stat = LocalStat(size, modified_ns)
            found[decode_text(path)] = RefusedFile(stat, reason, terms, moment)
        return found

    def make_changes(self, outcome: Outcome) -> list[Change]:
        """Return what to write of a step: nothing unless it was such a refusal."""
        step = outcome.step
        if outcome.refused_under is None or not isinstance(step, Step):
            return []
        if step.local is None:
            return []
        row = (
            self._scope.number,
            encode_text(step.local.path),
            clamp_integer(step.local.size),
            clamp_integer(step.local.modified_ns),
            outcome.reason,
            outcome.refused_under,
            int(time.time()),
        )
        return [(_PUT, [row])]
