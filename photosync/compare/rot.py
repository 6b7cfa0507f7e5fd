"""What it means that bytes changed although nobody changed them: a side is damaged. Pure."""

from __future__ import annotations

from photosync.model import Comparisons, Difference, Pair, Side


def find_damaged(known: str, *, here: str, there: str | None) -> frozenset[Side]:
    """Return the sides whose MD5 no longer is the one both once agreed on.

    `there` is None where nobody could read it, and is not called damaged then.
    """
    if here == there:
        # Known bytes that are equal outweigh an older memory.
        return frozenset()
    damaged = {Side.LOCAL} if here != known else set()
    if there is not None and there != known:
        damaged.add(Side.REMOTE)
    return frozenset(damaged)


def make_rotten(
    pair: Pair, damaged: frozenset[Side], there: str | None = None
) -> Difference:
    """Return the difference of a pair of which one side is damaged, or both.

    `there` is the MD5 that the remote photo really has.
    """
    remote = pair.remote
    if remote is not None and not remote.is_copy:
        # 2000 pixels of it are no good copy, nor is the JPEG that Flickr made of a TIFF.
        damaged = frozenset(Side)
    if remote is not None and there is not None:
        remote = remote._replace(md5=there)
    pair = pair._replace(remote=remote)
    return Difference(pair, Comparisons.ROTTEN, damaged=damaged)
