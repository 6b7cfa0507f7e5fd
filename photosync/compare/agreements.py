"""What both sides of an equal pair agree on: the next baseline."""

from __future__ import annotations

from typing import NamedTuple

from photosync.compare.attributes import Asked
from photosync.compare.changes import (
    agree_on,
    is_as_agreed_here,
    is_as_agreed_there,
)
from photosync.compare.hashes import SurveyDigests
from photosync.model import (
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    LocalStat,
    RemotePhoto,
)


class Agreement(NamedTuple):
    """The new baseline of a photo; `is_known`: the history has it already."""

    baseline: Baseline
    is_known: bool


def find_agreement(
    difference: Difference, asked: Asked, digests: SurveyDigests
) -> Agreement | None:
    """Return what both sides of a pair agree on; None where they are not quite equal."""
    pair = difference.pair
    if difference.comparison is not Comparisons.SAME or difference.touched:
        return None
    local, remote = pair.both
    if remote.size not in (None, local.size):
        # With `-c 1` only the dates were compared, and the sizes differ.
        return None
    remote = digests.fill_read(remote)
    if remote.size is None and _has_known_bytes(remote, local, digests):
        # Equal bytes have equal sizes. Where a run was killed between a replace on
        # Flickr and its tags, these still tell the size of the replaced photo.
        remote = remote._replace(size=local.size)
    if remote.marked:
        # Equal again: what was to be looked at has been.
        remote = remote._replace(marked=False)
    if _is_doubtful(local, remote, pair.baseline, asked):
        return None
    stat, remote = agree_on(local, remote, pair.baseline, closely=asked.hash)
    agreed = Baseline(pair.album, pair.name, stat, remote, local.path)
    return Agreement(agreed, is_known=_is_known(agreed, pair.baseline))


def _has_known_bytes(
    remote: RemotePhoto, local: LocalPhoto, digests: SurveyDigests
) -> bool:
    """Whether both are known to hold the same bytes; nothing is read for it."""
    return remote.md5 is not None and remote.md5 == digests.known_local(local)


def _is_doubtful(
    local: LocalPhoto, remote: RemotePhoto, baseline: Baseline | None, asked: Asked
) -> bool:
    """Whether an edit that kept the size may pass for equal, as only sizes are compared.

    The old baseline stays in this case, so that a run with another `-c` sees the edit.
    """
    if baseline is None or asked.date or asked.hash:
        return False
    if not is_as_agreed_here(local, baseline):
        return True
    return not is_as_agreed_there(remote, baseline)


def _is_known(agreed: Baseline, known: Baseline | None) -> bool:
    # The spelling of names does not count: it may be rome here and Rome there.
    return known is not None and _list_facts(agreed) == _list_facts(known)


def _list_facts(baseline: Baseline) -> tuple[LocalStat | None, RemotePhoto, str]:
    return baseline.local, baseline.remote, baseline.path
