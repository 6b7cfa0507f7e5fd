"""What became of each side of a pair since the baseline. Pure.

Hashes that must be read come from `Digests`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from photosync.compare.attributes import Digests, is_known_to_differ
from photosync.model import (
    Baseline,
    LocalPhoto,
    LocalStat,
    Pair,
    RemotePhoto,
    is_same_version,
)

_HOUR_NS = 3600 * 1_000_000_000
_MOST_HOURS = 14


class Change(StrEnum):
    """What became of one side of a pair since the baseline.

    TOUCHED: it has another date or version, but still the bytes of the baseline.
    CHANGED: it has other bytes, or bytes that nothing proves to be the same; a new photo
    is changed, too. UNKNOWN: nobody could look.
    """

    ABSENT = "absent"
    UNCHANGED = "unchanged"
    TOUCHED = "touched"
    CHANGED = "changed"
    UNKNOWN = "unknown"


def is_as_agreed_here(
    local: LocalPhoto, baseline: Baseline, *, closely: bool = False
) -> bool:
    """Whether the file has the date and size of the baseline.

    `closely`: its time of change must be the same as well, as a program may change a
    file and put its date back.
    """
    before = baseline.local
    if before is None:
        return False
    if closely and is_known_to_differ(before.changed_ns, local.changed_ns):
        return False
    if is_shifted(before, local):
        return True
    return (local.size, local.modified_ns) == (before.size, before.modified_ns)


class Dated(Protocol):
    """What a disk knows of a file: its size, and its times in nanoseconds since 1970."""

    @property
    def size(self) -> int | None: ...
    @property
    def modified_ns(self) -> int | None: ...
    @property
    def changed_ns(self) -> int | None: ...


def is_shifted(before: Dated, now: Dated) -> bool:
    """Whether only the date differs, and by whole hours: FAT keeps local time, and the
    clocks were put forward in spring, or the computer is in another country.

    FAT has no time of change of its own, by which it is told from other disks.
    """
    if before.modified_ns is None or now.modified_ns is None:
        return False
    for one in (before, now):
        if one.changed_ns != one.modified_ns:
            return False
    if before.size != now.size:
        return False
    shift_ns = abs(now.modified_ns - before.modified_ns)
    hours, rest_ns = divmod(shift_ns, _HOUR_NS)
    return rest_ns == 0 and 0 < hours <= _MOST_HOURS


def is_as_agreed_there(
    remote: RemotePhoto, baseline: Baseline, *, closely: bool = False
) -> bool:
    """Whether the remote photo has the version of the baseline, or, where versions
    cannot be compared, no other size or MD5.

    `closely` as in `is_as_agreed_here`.
    """
    before = baseline.remote
    if closely and is_known_to_differ(before.changed_ns, remote.changed_ns):
        return False
    if is_shifted(before, remote):
        return True
    is_same = is_same_version(before.version, remote.version)
    if is_same is not None:
        return is_same
    # Some services do not say at once which version they made of an upload, and Flickr
    # names a version in another way while it withholds the originals.
    if is_known_to_differ(before.size, remote.size):
        return False
    return not is_known_to_differ(before.md5, remote.md5)


def find_change_here(pair: Pair, digests: Digests, *, closely: bool = False) -> Change:
    """Return what became of the file here; raises SideError if it cannot be read.

    `closely` as in `is_as_agreed_here`.
    """
    local = pair.local
    baseline = pair.baseline
    if local is None:
        return Change.ABSENT
    if baseline is None or baseline.local is None:
        # New; or KEEP_BOTH gave it its name, and the service never had it.
        return Change.CHANGED
    if is_as_agreed_here(local, baseline, closely=closely):
        return Change.UNCHANGED
    if local.size != baseline.local.size:
        # Other sizes, other bytes: the file need not be read for that.
        return Change.CHANGED
    agreed_md5 = _find_agreed_md5(pair.remote, baseline, digests)
    if agreed_md5 is None:
        return Change.CHANGED
    is_same = digests.local(local) == agreed_md5
    return Change.TOUCHED if is_same else Change.CHANGED


def _find_agreed_md5(
    remote: RemotePhoto | None, baseline: Baseline, digests: Digests
) -> str | None:
    """Return the MD5 that both sides agreed on; None where it is not known."""
    if baseline.remote.md5 is not None or remote is None:
        return baseline.remote.md5
    if is_as_agreed_there(remote, baseline):
        # The service still has those bytes, and can be asked for their MD5.
        return digests.remote(remote)
    return None


def find_change_there(
    remote: RemotePhoto | None,
    baseline: Baseline | None,
    digests: Digests,
    *,
    closely: bool = False,
) -> Change:
    """Return what became of the remote photo; `closely` as in `is_as_agreed_here`."""
    if remote is None:
        return Change.ABSENT
    if baseline is None:
        return Change.CHANGED
    if is_as_agreed_there(remote, baseline, closely=closely):
        return Change.UNCHANGED
    before = baseline.remote
    if is_known_to_differ(before.size, remote.size) or before.md5 is None:
        return Change.CHANGED
    # Flickr counts a new version when an album is made public, and has no MD5: only the
    # bytes themselves show whether anybody edited the photo.
    md5 = digests.remote(remote) or digests.read_remote(remote)
    if md5 is None:
        return Change.UNKNOWN
    return Change.TOUCHED if md5 == before.md5 else Change.CHANGED


def fill_known_bytes(
    remote: RemotePhoto, baseline: Baseline, *, closely: bool = False
) -> RemotePhoto:
    """Return the remote photo with its size and MD5 from the history, where it is still
    the same version; `closely` as in `is_as_agreed_here`.
    """
    before = baseline.remote
    if closely and is_known_to_differ(before.changed_ns, remote.changed_ns):
        # Tags were written into the file on the disk there, and its date put back.
        return remote
    if not before.version or not remote.version:
        return remote
    is_same = is_same_version(before.version, remote.version)
    if is_same:
        return remote._replace(
            size=before.size or remote.size,
            md5=before.md5 or remote.md5,
            reduced=before.reduced or remote.reduced,
        )
    if is_same is None:
        # The account lost its originals, so versions cannot be compared. Nothing speaks
        # against what was agreed on.
        return remote._replace(
            size=remote.size or before.size, md5=remote.md5 or before.md5
        )
    if before.md5 is not None and before.md5 == remote.md5:
        # Flickr only repeats the size and MD5 that we once wrote in its tags. After an
        # edit in Flickr's own editor they are stale.
        return remote._replace(size=None, md5=None)
    return remote


def agree_on(
    local: LocalPhoto,
    remote: RemotePhoto,
    baseline: Baseline | None,
    *,
    closely: bool = False,
) -> tuple[LocalStat, RemotePhoto]:
    """Return what is to be known from now on of the two photos of an equal pair.

    `closely`: their bytes were compared. Where they were not, the times of change stay
    those of the last close comparison, so that the next one still sees an edit that kept
    date and size.
    """
    stat = local.stat
    if closely or baseline is None:
        return stat, remote
    before = baseline.local
    if before is not None and is_shifted(before, stat):
        return stat, remote
    if before and before.changed_ns and is_as_agreed_here(local, baseline):
        stat = stat._replace(changed_ns=before.changed_ns)
    changed_ns = baseline.remote.changed_ns
    is_moved = is_shifted(baseline.remote, remote)
    if changed_ns and not is_moved and is_as_agreed_there(remote, baseline):
        remote = remote._replace(changed_ns=changed_ns)
    return stat, remote
