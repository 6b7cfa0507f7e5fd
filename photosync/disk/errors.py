"""What an error of a disk means: every OSError leaves this room as a SideError."""

from __future__ import annotations

import errno
from types import TracebackType

from photosync.disk.silence import asking
from photosync.errors import (
    NotFound,
    QuotaExceeded,
    ReadOnly,
    Rejected,
    SideError,
)
from photosync.unforeseen import find_shortage


class OtherDisk(Rejected):
    """A file cannot be renamed to another disk; it has to be copied."""


_ERRORS: dict[int | None, tuple[type[SideError], str]] = {
    errno.ENOSPC: (QuotaExceeded, "the disk is full"),
    errno.EDQUOT: (QuotaExceeded, "the disk quota is used up"),
    errno.EROFS: (ReadOnly, "the disk is mounted read-only"),
    errno.ENOENT: (NotFound, "it is gone"),
    errno.ENAMETOOLONG: (
        Rejected,
        "the name is too long for this disk; use a shorter one",
    ),
    errno.EINVAL: (Rejected, "this disk cannot hold such a name"),
    errno.EILSEQ: (Rejected, "this disk cannot hold such a name"),
    errno.EFBIG: (Rejected, "the file is too big for this disk"),
    errno.EACCES: (Rejected, "permission denied; check owner and mode{whose}"),
    # With owner and mode in order it is `chattr +i`, of whoever protects his originals.
    errno.EPERM: (
        Rejected,
        "the disk forbids it; check owner, mode and attributes (lsattr){whose}",
    ),
    errno.EXDEV: (OtherDisk, "it would have to go to another disk"),
    errno.EEXIST: (Rejected, "a file of that name is there already"),
    errno.ELOOP: (Rejected, "it is a link, and links are not followed"),
}


_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def describe_disk_error(error: OSError) -> str:
    """Return what an error of a disk means, and what to do about it."""
    return _explain(error)[1]


def _explain(error: OSError, whose: str = "") -> tuple[type[SideError], str]:
    """Return what an error is here, and its text: ours, else that of the system."""
    if error.errno not in _ERRORS:
        text = find_shortage(error) or error.strerror or str(error)
        return Rejected, text
    kind, text = _ERRORS[error.errno]
    of_whom = f" of {whose}" if whose else ""
    return kind, text.format(whose=of_whom)


class disk_errors:  # noqa: N801 - it is used as a function is
    """Turn an OSError raised inside into the SideError that says what it means.

    `whose` names the files or the folder whose owner and mode decide, and `root` what
    lies on the disk, where only one is asked: it is named where that takes no more, and
    noted as asked until the block is left (`disk/silence.py`).
    """

    __slots__ = ("_question", "_root", "_whose")

    def __init__(self, whose: str = "", *, root: str = "") -> None:
        self._whose = whose
        self._root = root
        self._question = asking(root) if root else None

    def __enter__(self) -> None:
        """Begin what may fail."""
        if self._question is not None:
            self._question.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise what an OSError means."""
        if self._question is not None:
            self._question.__exit__(kind, error, trace)
        if isinstance(error, OSError):
            raise self._make_error(error) from error

    def _make_error(self, error: OSError) -> SideError:
        # Of an upload it may be the photo here, or the folder of the other disk.
        kind, text = _explain(error, self._whose)
        if self._root and error.errno in _OF_THE_DISK:
            # "Drive: the disk is full" would send somebody to Google.
            text = f"{self._root}: {text}"
        return kind(text)
