"""The account of whoever is signed in: what kind it is, and what it takes."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple, Self

from photosync.errors import Unfit
from photosync.formatting import format_size
from photosync.media import Kind, is_raw, is_sidecar, kind_of
from photosync.media.kinds import RAW, SIDECARS
from photosync.services.answers import read_count, read_count_if_any, reading
from photosync.services.costs import Room
from photosync.services.flickr.connection import Connection

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


class AskedLimits:
    """The limits of an account, asked for once, and only when they matter."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._limits: Limits | None = None
        self._lock = Lock()

    def get(self) -> Limits:
        """Return the limits (flickr.people.getLimits)."""
        with self._lock:
            if self._limits is None:
                self._limits = Limits.fetch(self._connection)
            return self._limits

    def find_excess(self, name: str, size: int) -> str:
        """Say that Flickr would not take a file for its size, empty where it would."""
        if size <= _ALWAYS_TAKEN:
            return ""
        return self.get().find_excess(name, size)

    def check(self, name: str, size: int) -> None:
        """Raise Unfit for a file that Flickr would not take."""
        _check_kind(name, size)
        excess = self.find_excess(name, size)
        if excess:
            raise Unfit(excess)


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


def fetch_is_pro(connection: Connection) -> bool:
    """Ask whether this is a paid account (flickr.people.getUploadStatus)."""
    answer = connection.call("people.getUploadStatus")
    with reading("Flickr"):
        return bool(read_count_if_any(answer["user"].get("ispro")))


def describe_account(connection: Connection) -> tuple[str, str]:
    """Say what kind of account it is and what it takes
    (flickr.people.getUploadStatus, getLimits).
    """
    kind = _PRO if fetch_is_pro(connection) else FREE
    limits = Limits.fetch(connection)
    photo = format_size(limits.photo)
    video = format_size(limits.video)
    return kind, f"photos up to {photo}, videos up to {video}"
