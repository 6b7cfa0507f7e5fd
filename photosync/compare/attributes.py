"""Two photos against each other, by what `-c` asks: date, size, hash. Pure.

What must be read for it is asked of `Digests`.
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

    `stateless`: of two photos that meet, the later date tells which is the newer version.
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
    """Return what date, size and hash make of two photos, as far as they are asked.

    The first that speaks against equality decides. UNKNOWN: none could be compared, or
    the hash is asked and the service does not know it.
    """
    dated = Comparisons.UNKNOWN
    if asked.date and remote.modified_ns is not None:
        if local.modified_ns - remote.modified_ns > TOLERANCE_NS:
            return Comparisons.REMOTE_OLDER
        # A newer remote photo cannot be told: services date by the upload.
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
    """Return what size and hash make of two photos; `otherwise` where neither tells."""
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
    # The MD5 of a photo there that nobody tells need not be looked for here.
    return remote.md5 is not None and is_known_to_differ(
        digests.known_local(local), remote.md5
    )


def has_other_date(local: LocalPhoto, remote: RemotePhoto) -> bool:
    """Whether the service tells a date, and another one than the file's."""
    if remote.modified_ns is None:
        return False
    return abs(local.modified_ns - remote.modified_ns) > TOLERANCE_NS


def is_known_to_differ(old: int | str | None, new: int | str | None) -> bool:
    return old is not None and new is not None and old != new
