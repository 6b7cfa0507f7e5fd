"""What is left out as it is no photo: how much of which kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from photosync.filters import Filters
from photosync.formatting import count_nouns
from photosync.media.kinds import ending_of
from photosync.model import Problem

_MOST_ENDINGS = 6
_LONGEST_ENDING = 10


class OtherKinds:
    """How many files of which endings are neither photos nor videos, and how many videos
    `--format` leaves out.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._videos = 0

    def add(self, file: str, filters: Filters) -> None:
        """Count a file that is neither, by its ending, or a video."""
        if filters.is_unwanted_video(file):
            self._videos += 1
            return
        if not filters.is_other_kind(file):
            return
        ending = ending_of(file)
        # Of "Letter to Dr. Who, 2019" all that follows the dot is no ending.
        is_ending = ending.isalnum() and len(ending) <= _LONGEST_ENDING
        self._counts[f".{ending}" if is_ending else "without ending"] += 1

    def describe(self, place: str) -> Iterator[Problem]:
        """Yield a notice of each of both that was left out of a place.

        The most frequent endings come first, and the same files make the same notice.
        """
        if self._videos:
            # Who never heard of --format believes that the films are saved.
            videos = count_nouns(self._videos, "video")
            reason = f"{videos} left out; --format both takes videos, too"
            yield Problem(place, reason, failed=False)
        total = self._counts.total()
        if not total:
            return
        in_order = Counter(dict(sorted(self._counts.items())))
        most = in_order.most_common(_MOST_ENDINGS)
        shown = [f"{ending} {count:,}" for ending, count in most]
        if len(in_order) > _MOST_ENDINGS:
            shown.append("...")
        files = "file of another kind" if total == 1 else "files of other kinds"
        reason = f"{total:,} {files} left out ({', '.join(shown)})"
        yield Problem(place, reason, failed=False)
