"""What comes of making a smaller copy of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, NamedTuple

from photosync.media.kinds import ending_of

JPEG_ENDINGS: Final = frozenset({"jpg", "jpeg", "jpe", "jif", "jfif"})


class NoSmallerCopy(Exception):
    """No smaller copy can be made that shows and says what its original does; the text
    tells why. It is empty as the reason of Whole is.
    """


class Prospect(NamedTuple):
    """What a smaller copy would be: its ending with the dot, and how many bytes of
    memory its making takes.
    """

    ending: str
    memory: int


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A smaller copy: where it lies, and its width and height in pixels as they are
    stored.

    `lacks` names what its original has besides and a smaller copy has not.
    """

    path: str
    width: int
    height: int
    lacks: tuple[str, ...] = ()

    @property
    def ending(self) -> str:
        """The ending of the file of a copy, with its dot."""
        return PurePath(self.path).suffix


@dataclass(frozen=True, slots=True)
class Whole:
    """The original is to be used as it is.

    `reason` is worth telling: a smaller copy was asked for and none can be made. It is
    empty for what is not larger, and for videos.
    """

    reason: str = ""


def is_name_of(name: str, ending: str) -> bool:
    """Whether a copy with this ending may go by the name of its original."""
    same = JPEG_ENDINGS if ending == ".jpg" else {ending[1:]}
    return ending_of(name) in same
