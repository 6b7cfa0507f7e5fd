"""What nobody foresaw fails the photo, the album or the service that it happened to."""

from __future__ import annotations

import errno
import logging
from types import TracebackType

from photosync.errors import Interrupted, PhotosyncError, SideError, Unforeseen
from photosync.formatting import hide_secrets

_log = logging.getLogger(__name__)

_LONGEST = 200


class contain:  # noqa: N801 - it is used as a function is
    """Raise Unforeseen, a SideError, in place of whatever is raised inside and is none.

    The log gets the traceback of what nobody foresaw. Interrupted, and errors of the
    kinds that are `foreseen` here, pass as they are.
    """

    __slots__ = ("_foreseen", "_subject")

    def __init__(self, subject: str, *foreseen: type[Exception]) -> None:
        self._subject = subject
        self._foreseen: tuple[type[Exception], ...] = (
            SideError,
            Interrupted,
            *foreseen,
        )

    def __enter__(self) -> None:
        """Begin what may fail."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise what stands for an error; raises Unforeseen."""
        if isinstance(error, Exception) and not isinstance(error, self._foreseen):
            raise note_unforeseen(self._subject, error) from None


def note_unforeseen(subject: str, error: Exception) -> Unforeseen:
    """Write an error to the log, and return what a person is told of it."""
    if isinstance(error, PhotosyncError):
        # Of the memory, say: it has words of its own.
        _log.debug("%s: %s", subject, error, exc_info=error)
        return Unforeseen(str(error))
    _log.error("%s: unforeseen", subject, exc_info=error)
    return Unforeseen(describe_unforeseen(error))


_NO_MEMORY = (
    "there is not enough memory; end other programs, use --transfers 1, or allow it more "
    "(ulimit -v)"
)
_NO_THREADS = (
    "the system lets it start nothing more; there is too little memory, or too much runs "
    "already (ulimit -u, ulimit -v)"
)
_NO_FILES = "too many files are open at once; allow more (ulimit -n 1024)"

_SHORTAGES = {
    errno.ENOMEM: _NO_MEMORY,
    errno.EMFILE: _NO_FILES,
    errno.ENFILE: _NO_FILES,
}
_SAID = {
    "can't start new thread": _NO_THREADS,
    # Of a library that is loaded when it is first used.
    "failed to map segment": _NO_MEMORY,
    "cannot allocate memory": _NO_MEMORY,
}


def find_shortage(error: BaseException) -> str:
    """Return what the system has too little of where an error tells of that, and what to
    do about it; else empty.
    """
    if isinstance(error, MemoryError):
        return _NO_MEMORY
    if isinstance(error, OSError) and error.errno in _SHORTAGES:
        return _SHORTAGES[error.errno]
    said = str(error).casefold()
    return next((text for sign, text in _SAID.items() if sign in said), "")


def describe_unforeseen(error: Exception) -> str:
    """Return one line about an error that nobody foresaw."""
    shortage = find_shortage(error)
    if shortage:
        return shortage
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    what = hide_secrets(f"{type(error).__name__}: {error}")
    if len(what) > _LONGEST:
        what = f"{what[:_LONGEST]}..."
    return f"unforeseen ({what}); --log FILE writes down where"
