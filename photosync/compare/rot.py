"""Bytes that changed although nobody changed them: which side is damaged. Pure."""

from __future__ import annotations

from photosync.model import Comparisons, Difference, Pair, Side


def find_damaged(known: str, *, here: str, there: str | None) -> frozenset[Side]:
    """Return the sides whose MD5 is no longer the `known` one that both agreed on.

    `there` is None where it could not be read; that side does not count as damaged.
    """
    if here == there:
        # Equal bytes count for more than an older memory.
        return frozenset()
    damaged: set[Side] = set()
    if here != known:
        damaged.add(Side.LOCAL)
    if there is not None and there != known:
        damaged.add(Side.REMOTE)
    return frozenset(damaged)


def make_rotten(
    pair: Pair, damaged: frozenset[Side], there: str | None = None
) -> Difference:
    """Return the ROTTEN difference of a pair with these damaged sides.

    `there` is the MD5 that was read of the remote photo.
    """
    remote = pair.remote
    if remote is not None and not remote.is_copy:
        # Neither a smaller copy nor the JPEG that Flickr made of a TIFF can repair it.
        damaged = frozenset(Side)
    if remote is not None and there is not None:
        remote = remote._replace(md5=there)
    pair = pair._replace(remote=remote)
    return Difference(pair, Comparisons.ROTTEN, damaged=damaged)
