"""What the scan gathers on its way: the folders it is in, and albums being filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from photosync.filters import Filters
from photosync.formatting import count_nouns
from photosync.local.library import LibraryNames
from photosync.media.kinds import ending_of
from photosync.model import LocalPhoto, LocalTree, Problem
from photosync.naming import name_of_file

_MOST_ENDINGS = 6
_LONGEST_ENDING = 10


class WalkedFolder(NamedTuple):
    """A folder on the walk: `names` lead to it from its root."""

    root: str
    names: tuple[str, ...]
    path: str
    is_behind_link: bool = False

    def child(self, name: str, *, is_link: bool = False) -> WalkedFolder:
        return WalkedFolder(
            self.root,
            (*self.names, name),
            f"{self.path}/{name}",
            self.is_behind_link or is_link,
        )

    def relative_path(self, name: str) -> str:
        """Return the path of an entry of this folder, counted from its root."""
        return "/".join((*self.names, name))


@dataclass(slots=True)
class Bucket:
    """An album while it is being filled; the words as in `LocalAlbum`."""

    title: str
    folders: list[str] = field(default_factory=list)
    photos: list[LocalPhoto] = field(default_factory=list)
    hidden: list[LocalPhoto] = field(default_factory=list)
    unknown: str = ""

    def hide(self, folder: str, file: str) -> None:
        """Note a file that is there and yet no photo of ours: of it only the name
        matters.
        """
        self.hidden.append(make_hidden(folder, file))


class OtherKinds:
    """How many files of which endings are neither photos nor videos, and how many videos
    `--format` leaves out.
    """

    def __init__(self, filters: Filters) -> None:
        self._filters = filters
        self._counts: Counter[str] = Counter()
        self._videos = 0

    def add(self, folder: WalkedFolder, file: str) -> None:
        """Count a file that is neither, by its ending, or a video."""
        is_video = self._filters.is_unwanted_video(file)
        if not (is_video or self._filters.is_other_kind(file)):
            return
        # Whom the line disturbs names the files with --skip.
        if self._filters.skips(file, folder.relative_path(file)):
            return
        if is_video:
            self._videos += 1
            return
        ending = ending_of(file)
        # Of "Letter to Dr. Who, 2019" all that follows the dot is no ending.
        is_ending = ending.isalnum() and len(ending) <= _LONGEST_ENDING
        self._counts[f".{ending}" if is_ending else "without ending"] += 1

    def tell(self, roots: Sequence[str]) -> Iterator[Problem]:
        """Yield a notice of each of both that was left out below the roots.

        The most frequent endings come first, and the same files make the same notice.
        """
        if self._videos:
            # Who never heard of --format believes that the films are saved.
            videos = count_nouns(self._videos, "video")
            reason = f"{videos} left out; --format both takes videos, too"
            yield Problem(", ".join(roots), reason, failed=False)
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
        yield Problem(", ".join(roots), reason, failed=False)


@dataclass(slots=True)
class Walked:
    """What a walk through the roots came upon, before albums are made of it.

    `buckets` go by the comparison key of their title. `unknown` are folders, or what
    may be one, that nobody could look into; `leftovers` are files that an earlier run
    did not finish.
    """

    others: OtherKinds
    buckets: dict[str, Bucket] = field(default_factory=dict)
    hidden_titles: set[str] = field(default_factory=set)
    photo_counts: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    unknown: list[WalkedFolder] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def notice(self, subject: str, reason: str) -> None:
        """Note what is left out on purpose."""
        self.problems.append(Problem(subject, reason, failed=False))

    def report(self, subject: str, reason: str) -> None:
        """Note what went wrong."""
        self.problems.append(Problem(subject, reason))


@dataclass(frozen=True, slots=True)
class Scanned:
    """The tree, and what besides it the walk came upon; `leftovers` as in `Walked`.

    `titles` pairs each folder that holds photos with the title of its album.
    """

    tree: LocalTree
    names: LibraryNames
    titles: tuple[tuple[str, str], ...]
    leftovers: tuple[str, ...]


def make_hidden(folder: str, file: str) -> LocalPhoto:
    """Return a photo of which only the name matters: what has it is nobody's business."""
    return LocalPhoto(name_of_file(file), folder, file, 0, 0)
