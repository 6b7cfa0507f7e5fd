"""The account of whoever is signed in: what kind it is, and what it takes."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple, Self

from photosync.errors import SideError, SideStopped, Unfit
from photosync.formatting import format_size
from photosync.media import Kind, is_raw, is_sidecar, kind_of
from photosync.media.kinds import RAW, SIDECARS
from photosync.services.answers import read_count, read_count_if_any, reading
from photosync.services.costs import Room
from photosync.services.flickr.calls.connection import Connection

FREE = (
    "a free account: Flickr keeps 1,000 items of it, 50 of them if they are not public, and does "
    "not hand out originals"
)
_MOST = 1_000
_MOST_NOT_PUBLIC = 50
_MORE = "Flickr may delete what is more; a Pro account keeps all"
_PRO = "a Pro account"
_OTHER_PICTURES = "avif avifs jxl jp2 j2k jpf jpx psd psb"
_CONVERTED = "tif tiff bmp webp heic heics heif heifs hif avif avifs"

REFUSES = RAW.union(SIDECARS, _OTHER_PICTURES.split())
"""Endings of files that Flickr does not take."""

CONVERTS = frozenset(_CONVERTED.split())
"""Endings of pictures of which Flickr keeps a JPEG, or takes only that."""


_ALWAYS_TAKEN = 20_000_000
"""Bytes up to which nobody asks whether a file is too large: every account takes ten
times as much, and Flickr would say so.
"""


class Limits(NamedTuple):
    """The most bytes that Flickr takes of one photo and one video."""

    photo: int
    video: int

    @classmethod
    def fetch(cls, connection: Connection) -> Self:
        """Ask for the limits of this account (flickr.people.getLimits)."""
        answer = connection.call("people.getLimits")
        with reading("Flickr"):
            limits = answer["person"]
            photo = read_count(limits["photos"]["maxupload"])
            video = read_count(limits["videos"]["maxupload"])
        return cls(photo, video)

    def find_excess(self, name: str, size: int) -> str:
        """Say that Flickr would not take a file for its size, empty where it would."""
        # A long video is refused before an hour of sending, not after it.
        limit = self.video if kind_of(name) is Kind.VIDEO else self.photo
        if size <= limit:
            return ""
        return f"the file is larger than the {limit // 10**6} MB that Flickr takes"


class Account:
    """The account of whoever is signed in, asked about once, and only when it matters."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pro: bool | None = None
        self._limits: Limits | None = None
        self._lock = Lock()

    @property
    def is_known_free(self) -> bool:
        """Whether it is a free account, as far as something was asked for it."""
        return self._pro is False

    @property
    def is_known_pro(self) -> bool:
        """Whether it is a paid account for sure."""
        return self._pro is True

    def is_pro(self) -> bool:
        """Whether this is a paid account (flickr.people.getUploadStatus)."""
        with self._lock:
            if self._pro is None:
                self._pro = _fetch_is_pro(self._connection)
            return self._pro

    def may_be_pro(self) -> bool:
        """Whether this is a paid account, or nobody can tell; raises SideStopped."""
        try:
            return self.is_pro()
        except SideStopped:
            raise
        except SideError:
            # A warning that cannot be given keeps no photo from being sent.
            return True

    def find_terms(self) -> str:
        """Return the kind of the account and how large files may be
        (flickr.people.getUploadStatus, getLimits).
        """
        limits = self._find_limits()
        kind = "pro" if self.is_pro() else "free"
        return f"{kind} {limits.photo} {limits.video}"

    def find_excess(self, name: str, size: int) -> str:
        """Say that Flickr would not take a file for its size, empty where it would
        (flickr.people.getLimits).
        """
        if size <= _ALWAYS_TAKEN:
            return ""
        return self._find_limits().find_excess(name, size)

    def check(self, name: str, size: int) -> None:
        """Raise Unfit for a file that Flickr would not take."""
        _check_kind(name, size)
        excess = self.find_excess(name, size)
        if excess:
            raise Unfit(excess)

    def describe(self) -> tuple[str, str]:
        """Say what kind of account it is and what it takes
        (flickr.people.getUploadStatus, getLimits).
        """
        kind = _PRO if self.is_pro() else FREE
        limits = self._find_limits()
        photo = format_size(limits.photo)
        video = format_size(limits.video)
        return kind, f"photos up to {photo}, videos up to {video}"

    def _find_limits(self) -> Limits:
        with self._lock:
            if self._limits is None:
                self._limits = Limits.fetch(self._connection)
            return self._limits


def _check_kind(name: str, size: int) -> None:
    """Raise Unfit, before anything is sent, for a file of which Flickr would not take
    even a small one.
    """
    # Left by a camera whose card was pulled out: Flickr answers with code 4.
    if size == 0:
        raise Unfit("the file is empty, which Flickr does not take")
    if is_raw(name):
        raise Unfit("Flickr takes no RAW files")
    if is_sidecar(name):
        raise Unfit("Flickr takes no sidecars")


def make_free_room(photos: int, *, is_public: bool) -> Room:
    """Return how many more photos a free account with so many keeps at most."""
    if is_public:
        return Room(photos=max(0, _MOST - photos), advice=_MORE)
    # How many of those that are there are not public no list tells.
    return Room(photos=_MOST_NOT_PUBLIC, advice=_MORE)


def _fetch_is_pro(connection: Connection) -> bool:
    """Ask whether this is a paid account (flickr.people.getUploadStatus)."""
    answer = connection.call("people.getUploadStatus")
    with reading("Flickr"):
        return bool(read_count_if_any(answer["user"].get("ispro")))
