"""Two photos compared with each other, by what `-c` asks for: date, size, hash. Pure.

Hashes that must be read come from `Digests`.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from photosync.model import Attributes, Comparisons, LocalPhoto, RemotePhoto

TOLERANCE_NS = 60 * 1_000_000_000
"""Near-equal times are equal: FAT keeps two seconds, services round as they like."""


class Digests(Protocol):
    """Where the MD5 of a photo comes from when a comparison needs it."""

    def local(self, photo: LocalPhoto) -> str:
        """Return the MD5 in hex; raises SideError when the file cannot be read."""

    def known_local(self, photo: LocalPhoto) -> str | None:
        """Return the MD5 in hex, None where it would have to be read."""

    def remote(self, photo: RemotePhoto) -> str | None:
        """Return the MD5 in hex, None where it is not known."""

    def read_remote(self, photo: RemotePhoto) -> str | None:
        """Return the MD5 in hex by reading the photo; None where it cannot be read now,
        or what is stored is no copy of the file byte for byte.
        """


class Asked(NamedTuple):
    """Which attributes `-c` asks to be compared.

    `stateless`: of two photos that no run has seen equal, the later one is the newer
    version of the other.
    """

    date: bool
    size: bool
    hash: bool
    stateless: bool = False

    @classmethod
    def from_attributes(
        cls, attributes: Attributes, *, stateless: bool = False
    ) -> Asked:
        return cls(
            date=Attributes.DATE in attributes,
            size=Attributes.SIZE in attributes,
            hash=Attributes.HASH in attributes,
            stateless=stateless,
        )


def compare_attributes(
    local: LocalPhoto, remote: RemotePhoto, asked: Asked, digests: Digests
) -> Comparisons:
    """Return how two photos compare by date, size and hash, as far as they are asked.

    The first of these that differs decides. UNKNOWN: none of them could be compared, or
    the hash is asked for and the service does not know it.
    """
    dated = Comparisons.UNKNOWN
    if asked.date and remote.modified_ns is not None:
        if local.modified_ns - remote.modified_ns > TOLERANCE_NS:
            return Comparisons.REMOTE_OLDER
        # A remote photo that is newer proves nothing: services date by the upload.
        dated = Comparisons.SAME
    return compare_contents(local, remote, asked, digests, otherwise=dated)


def compare_contents(
    local: LocalPhoto,
    remote: RemotePhoto,
    asked: Asked,
    digests: Digests,
    *,
    otherwise: Comparisons,
) -> Comparisons:
    """Return how two photos compare by size and hash; `otherwise` where neither is known
    or asked for.
    """
    verdict = otherwise
    if asked.size and remote.size is not None:
        if local.size != remote.size:
            return Comparisons.DIFFERENT
        verdict = Comparisons.SAME
    if asked.hash:
        return compare_hashes(local, remote, digests)
    return verdict


def compare_hashes(
    local: LocalPhoto, remote: RemotePhoto, digests: Digests
) -> Comparisons:
    """Return SAME, DIFFERENT, or UNKNOWN where the service does not know its MD5.

    Raises SideError if the file must be read and cannot be.
    """
    md5 = digests.remote(remote)
    if md5 is None:
        return Comparisons.UNKNOWN
    if is_known_to_differ(local.size, remote.size):
        # Other sizes, other bytes: the file need not be read for that.
        return Comparisons.DIFFERENT
    is_same = digests.local(local) == md5
    return Comparisons.SAME if is_same else Comparisons.DIFFERENT


def has_equal_bytes(local: LocalPhoto, remote: RemotePhoto, digests: Digests) -> bool:
    """Whether both photos are known to hold the same bytes."""
    if is_known_to_differ(local.size, remote.size):
        return False
    return compare_hashes(local, remote, digests) is Comparisons.SAME


def has_known_other_bytes(
    local: LocalPhoto, remote: RemotePhoto, digests: Digests
) -> bool:
    """Whether both photos are known to hold other bytes; nothing is read for it."""
    if is_known_to_differ(local.size, remote.size):
        return True
    if remote.md5 is None:
        return False
    return is_known_to_differ(digests.known_local(local), remote.md5)


def has_other_date(local: LocalPhoto, remote: RemotePhoto) -> bool:
    """Whether the service has a date for the photo that is not the one of the file."""
    if remote.modified_ns is None:
        return False
    return abs(local.modified_ns - remote.modified_ns) > TOLERANCE_NS


def is_known_to_differ(old: int | str | None, new: int | str | None) -> bool:
    """Whether both values are known, and not equal."""
    return old is not None and new is not None and old != new
