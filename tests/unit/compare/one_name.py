"""Photos of one name on both sides, for the tests of pairs."""

from __future__ import annotations

from photosync.model import LocalPhoto, RemotePhoto

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND
SIZE = 1000
OURS, THEIRS = "0" * 32, "f" * 32


def local(name: str = "a.jpg", *, size: int = SIZE, qualified: str = "") -> LocalPhoto:
    return LocalPhoto(name, "/photos/Trip", name, size, NOW, qualified)


def remote(
    name: str = "a.jpg",
    *,
    older: float | None = 0,
    size: int | None = SIZE,
    md5: str | None = OURS,
    number: int = 1,
) -> RemotePhoto:
    """A remote photo that is so many seconds older than the local one; None is not
    known.
    """
    when = None if older is None else NOW - int(older * SECOND)
    return RemotePhoto(name, f"id{number}", size, when, md5)
