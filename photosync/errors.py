"""Every error raised on purpose, with the exit code it leads to when it ends a run.

A message is one line for the person who reads it: what is wrong, and what to do about
it.
"""

from __future__ import annotations


class PhotosyncError(Exception):
    """Root of all errors a person may meet; its text is shown without a traceback."""

    exit_code = 1


class UsageError(PhotosyncError):
    """The command line, the configuration or a named folder cannot be used as given."""

    exit_code = 2


class SetupNeeded(UsageError):
    """Something has to be set up first; the text explains it in several lines, step by
    step.
    """


class AlreadyRunning(PhotosyncError):
    """Another run holds the lock of this home folder."""

    exit_code = 4


class GuardRefused(PhotosyncError):
    """A safety guard found the plan too dangerous; nothing was changed."""

    exit_code = 5


LOST_PHOTOS = "lost-photos"
OTHER_ROOT = "other-root"
REMOTE_SHRANK = "remote-shrank"
ALL_CHANGED = "all-changed"
LOST_DISK = "lost-disk"
OLD_BACKUP = "old-backup"
ACCEPTABLE = (
    LOST_PHOTOS,
    OTHER_ROOT,
    REMOTE_SHRANK,
    ALL_CHANGED,
    LOST_DISK,
    OLD_BACKUP,
)
"""What `--accept` takes: the findings of history that a run is refused for, or that it
leaves photos alone for.
"""


class StateUnusable(PhotosyncError):
    """What is remembered between runs cannot be read or written."""


class StateLocked(StateUnusable):
    """Another program holds on to what is remembered, and did not let go of it."""

    exit_code = 4


class Interrupted(PhotosyncError):
    """The run was asked to stop; raised inside a transfer so that it ends at once."""

    exit_code = 130


class SideError(PhotosyncError):
    """Something went wrong on one side, local or remote. The executor decides what it
    means.
    """


class Unforeseen(SideError):
    """Something was raised that nobody foresaw; the log has its traceback."""


class NotFound(SideError):
    """The photo or album is gone."""


class Rejected(SideError):
    """One item is refused, and asking again would change nothing."""


class Unfit(Rejected):
    """The service takes no file like this one, for its kind or its size.

    `terms` is what the account permits, None where that is not known.
    """

    terms: str | None = None


class LeftAlone(SideError):
    """One item stays as it is until a person settles why, which may take weeks: it is
    told, and is no failure of each night.
    """


class NotMovable(Rejected):
    """The service cannot give this photo another name or album; it can be sent anew
    instead.
    """


class Changed(SideError):
    """The item is no longer what the plan saw; the next run takes it up."""


class Transient(SideError):
    """A passing fault; the call is tried again, and raised only when every try
    failed.
    """


class Mute(Transient):
    """No answer came in the time that one may take, or it came far too slowly."""


class PageInstead(Transient):
    """What stands in between, as a filter or a network that wants a login, answered with
    a page and a refusal: it may pass, but mostly does not.
    """


class Unreachable(Transient):
    """Nothing answers at all: there is no network, or the service is down."""


class RateLimited(Transient):
    """Too many calls; `retry_after` seconds are asked for, None where the service does
    not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SideStopped(SideError):
    """Nothing more of this kind can be done on this side in this run.

    `entirely` tells that nothing at all can be done there, not even deletes.
    """

    entirely = False


class NotRecorded(SideStopped):
    """What has to be remembered of a step cannot be written: it must not be done."""


class QuotaExceeded(SideStopped):
    """The disk is full, or a quota is used up."""


class ReadOnly(SideStopped):
    """The side takes no writes at all."""


class RootGone(SideStopped):
    """A root, or the base of a folder remote, is not the folder any longer that the
    plan saw; `root` is its path.
    """

    entirely = True

    def __init__(self, message: str, root: str) -> None:
        super().__init__(message)
        self.root = root


class ServiceRefused(SideStopped):
    """The service takes no more calls from us for now, or was never set up to."""

    entirely = True


class TimeOver(SideStopped):
    """A service has to be waited for longer than the run may take."""

    entirely = True


class PutOff(SideStopped):
    """A service keeps a run waiting while there are others to be read: it comes after
    them.
    """

    entirely = True


class AuthorizationNeeded(SideStopped):
    """The user has to sign in, once or again."""

    exit_code = 3
    entirely = True
