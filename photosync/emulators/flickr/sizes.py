"""The renditions of a picture and their addresses."""

from collections.abc import Iterator
from dataclasses import dataclass

from photosync.emulators.database import Row

FREE_LONGEST = 1024
_SQUARE = frozenset({"s", "q"})

# Label, suffix in the address, name in extras, longest side in pixels.
SIZES = [
    ("Square", "s", "sq", 75),
    ("Large Square", "q", "q", 150),
    ("Thumbnail", "t", "t", 100),
    ("Small", "m", "s", 240),
    ("Small 320", "n", "n", 320),
    ("Small 400", "w", "w", 400),
    ("Medium", "", "m", 500),
    ("Medium 640", "z", "z", 640),
    ("Medium 800", "c", "c", 800),
    ("Large", "b", "l", 1024),
    ("Large 1600", "h", "h", 1600),
    ("Large 2048", "k", "k", 2048),
]
SUFFIXES = frozenset(suffix for _, suffix, _, _ in SIZES)


@dataclass(frozen=True)
class Size:
    label: str
    suffix: str
    extra: str
    width: int
    height: int


def smaller(photo: Row, *, free: bool) -> Iterator[Size]:
    """Give the renditions below the size of the original."""
    longest_side = max(photo["width"], photo["height"])
    for label, suffix, extra, longest in SIZES:
        if longest >= longest_side or (free and longest > FREE_LONGEST):
            continue
        if suffix in _SQUARE:
            yield Size(label, suffix, extra, longest, longest)
        else:
            width, height = (
                max(1, photo[side] * longest // longest_side)
                for side in ("width", "height")
            )
            yield Size(label, suffix, extra, width, height)


@dataclass(frozen=True)
class Addresses:
    """Makes the addresses of a photo's pages and files."""

    base: str

    def rendition(self, photo: Row, suffix: str) -> str:
        ending = f"_{suffix}" if suffix else ""
        return f"{self._stem(photo)}_{photo['secret']}{ending}.jpg"

    def original(self, photo: Row) -> str:
        """Give the address of the original picture, of a video its still."""
        kind = "jpg" if photo["media"] == "video" else photo["format"]
        return f"{self._stem(photo)}_{photo['original_secret']}_o.{kind}"

    def video_original(self, photo: Row) -> str:
        secret = photo["original_secret"]
        return f"{self.base}/photos/{photo['owner']}/{photo['id']}/play/orig/{secret}/"

    def video_file(self, photo: Row) -> str:
        return f"{self._stem(photo)}_{photo['original_secret']}_orig.{photo['format']}"

    def page(self, owner: str, photo: int) -> str:
        return f"{self.base}/photos/{owner}/{photo}/"

    def stream(self, owner: str) -> str:
        return f"{self.base}/photos/{owner}/"

    def _stem(self, photo: Row) -> str:
        return f"{self.base}/{photo['server']}/{photo['id']}"
