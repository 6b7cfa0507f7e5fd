"""What both sides agree on, found out from a pair that is equal: the next baseline."""

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
    """What both sides hold of one photo; `is_known`: history has just that."""

    baseline: Baseline
    is_known: bool


def find_agreement(
    difference: Difference, asked: Asked, digests: SurveyDigests
) -> Agreement | None:
    """Return what both sides of a pair agree on, None where they are not just equal."""
    pair = difference.pair
    if difference.comparison is not Comparisons.SAME or difference.touched:
        return None
    local, remote = pair.both
    if remote.size not in (None, local.size):
        # They pass for the same by their dates; that anything else is equal, nobody
        # looked at.
        return None
    remote = digests.fill_read(remote)
    if remote.size is None and _has_known_bytes(remote, local, digests):
        # Equal bytes are of one size. Our tags on Flickr still tell that of the bytes
        # before, where a run was killed between a replace and them.
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
    """Whether an edit of equal size may pass for the same, as only sizes are compared.

    What was agreed on stays then, so that another `-c` still sees the edit.
    """
    if baseline is None or asked.date or asked.hash:
        return False
    if not is_as_agreed_here(local, baseline):
        return True
    return not is_as_agreed_there(remote, baseline)


def _is_known(agreed: Baseline, known: Baseline | None) -> bool:
    # Not by the spelling of its names: here it may be rome, and Rome there.
    return known is not None and _list_facts(agreed) == _list_facts(known)


def _list_facts(baseline: Baseline) -> tuple[LocalStat | None, RemotePhoto, str]:
    return baseline.local, baseline.remote, baseline.path
