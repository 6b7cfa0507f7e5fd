"""What is listed besides runs: modes, history, names. Every name passes `printable` on
its way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from photosync.cli import words
from photosync.formatting import printable
from photosync.history.journal import RESTORED, Event, Run
from photosync.history.undo import Restored
from photosync.local.explorer import Explorer
from photosync.media import format_local_time
from photosync.model import (
    Actions,
    Comparisons,
    Problem,
)
from photosync.modes import Table
from photosync.naming import name_key
from photosync.sync.saved_files import SavedFile

_DONE_HERE = frozenset({Actions.DELETE_LOCAL, Actions.DOWNLOAD_REMOTE})


def format_modes(tables: Mapping[str, Table]) -> Iterator[str]:
    """Yield the mode tables, one column per mode, as a Markdown table."""
    rows = [["", *tables]]
    for comparison in Comparisons:
        actions = [str(table[comparison]) for table in tables.values()]
        rows.append([str(comparison), *actions])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield f"| {' | '.join(cells)} |"


def describe_history(events: Iterable[Event], runs: Mapping[int, Run]) -> Iterator[str]:
    """Yield what happened to a photo, a line per step."""
    for event in events:
        run = runs[event.run]
        when = format_local_time(run.began * 10**9)
        ending = f"{event.result}: {event.reason}" if event.reason else event.result
        why = "; ".join(filter(None, (event.comparison, f"mode {run.mode}")))
        subject = f"{event.album}/{event.name}"
        yield printable(
            f"run {run.id}  {when}  {event.service}  {subject}  {event.action} ({why}) {ending}"
        )


def describe_restored(restored: Restored) -> str:
    """Return what became of a photo that was to be brought back."""
    ending = f": {restored.problem}" if restored.problem else ""
    verb = "NOT_RESTORED" if restored.problem else RESTORED
    return printable(f"{verb:<25} {_name_photo(restored.event)}{ending}")


def describe_restorable(event: Event) -> str:
    """Return a photo that an undo would bring back."""
    return printable(f"{'RESTORE':<25} {_name_photo(event)}")


def _name_photo(event: Event) -> str:
    where = "here" if event.action in _DONE_HERE else f"on {event.service}"
    return f"{event.album}/{event.name} {where}"


def describe_names(explorer: Explorer, problems: Iterable[Problem]) -> Iterator[str]:
    """Folder -> album under the rules in force, and what collides."""
    titles = explorer.list_folders()
    for folder, title in titles:
        yield f"{printable(folder)} -> {printable(title)}"
    sharing = Counter(name_key(title) for _, title in titles)
    for title, count in sharing.items():
        if count > 1:
            yield f"collision: {count} folders make up the album {printable(title)}"
    for photo in explorer.list_qualified():
        yield f"collision: {printable(photo.path)} is named {printable(photo.name)} in its album"
    for problem in problems:
        yield f"problem: {words.describe_problem(problem)}"


def describe_saved(files: Sequence[SavedFile], folder: str) -> Iterator[str]:
    """Yield how many files of a folder are elsewhere, and the names of those that are
    not.
    """
    yield f"{_count(len(files), 'file')} in {folder}, compared byte for byte:"
    yield ""
    here = sum(bool(file.in_library) for file in files)
    rows = [[f"{here:,}", "in the library"]]
    services = Counter(service for file in files for service in file.services)
    for service, count in sorted(services.items()):
        name = words.name_service(service)
        rows.append([f"{count:,}", f"on {name}, when last compared"])
    missing = [file for file in files if not file.is_saved]
    rows.append([f"{len(missing):,}", "nowhere else"])
    width = max(len(count) for count, _ in rows)
    for number, where in rows:
        yield f"  {number:>{width}} {where}"
    for file in missing:
        problem = f" (cannot be read: {file.problem})" if file.problem else ""
        yield f"nowhere else: {file.path}{problem}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
