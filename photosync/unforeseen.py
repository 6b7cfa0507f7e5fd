"""What nobody foresaw fails the photo, the album or the service that it happened to."""

from __future__ import annotations

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


def describe_unforeseen(error: Exception) -> str:
    """Return one line about an error that nobody foresaw."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    what = hide_secrets(f"{type(error).__name__}: {error}")
    if len(what) > _LONGEST:
        what = f"{what[:_LONGEST]}..."
    return f"unforeseen ({what}); --log FILE writes down where"
