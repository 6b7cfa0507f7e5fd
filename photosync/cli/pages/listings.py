"""What is listed besides a run itself: runs, names, saved files."""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from photosync.cli import words
from photosync.formatting import (
    count_nouns,
    format_duration,
    locate_side,
    name_service,
    printable,
)
from photosync.history.journal.journal import RESTORED, Ending, Event, Run
from photosync.history.journal.refused_runs import RefusedRun
from photosync.media import format_local_time
from photosync.model import Actions, Problem, Result, Side
from photosync.naming import name_key

if TYPE_CHECKING:
    from photosync.history.undo.undo import Restored
    from photosync.local.explorer import Explorer
    from photosync.sync.coverage import FewCopies
    from photosync.sync.saved_files import SavedFile

_ENDINGS = {
    0: "all well",
    1: "not all went well",
    2: "not set up right",
    3: "a sign-in is missing",
    4: "held up by another program",
    5: "refused by a safety guard",
    130: "interrupted",
}
"""What a run ended with, by its exit code: a number says little to a person."""

Did = tuple[str, str]
"""An action, and how it ended."""

_DONE_AS = {
    **words.DONE_AS,
    # No table says on which side.
    Actions.DELETE_REMOTE: "deleted there",
    RESTORED: "brought back",
}
_DONE_HERE = frozenset(
    {Actions.DELETE_LOCAL, Actions.DOWNLOAD_REMOTE, Actions.UPDATE_LOCAL_METADATA}
)


def describe_runs(
    runs: Iterable[Run],
    refused: Iterable[RefusedRun],
    counts: Mapping[int, Mapping[Did, int]],
) -> Iterator[str]:
    """Yield a line for each run, the latest first: when, how it ended, and what it did;
    and for each that was refused, why.
    """
    lines = [(one.after_run, describe_refused(one)) for one in refused]
    for run in runs:
        did = counts.get(run.id, {})
        lines.append((run.id, _describe_run(run, did)))
    # Not by the clock, which somebody may have put right between two of them.
    lines.sort(key=itemgetter(0), reverse=True)
    for _, line in lines:
        yield line


def _describe_run(run: Run, counts: Mapping[Did, int]) -> str:
    end = describe_end(run, counts)
    did = describe_counts(run, counts)
    return f"run {run.id}  {describe_start(run)}  {run.mode}  {end}  {did}"


def describe_refused(run: RefusedRun) -> str:
    """Return when a run was refused before it began, and why."""
    return f"refused  {describe_moment(run.moment)}  {run.mode}  {run.reason}"


def describe_moment(seconds: int) -> str:
    """Return a moment that memory keeps in seconds since 1970, by the clock here."""
    return format_local_time(seconds * 10**9)


def describe_start(run: Run) -> str:
    """Return when a run began."""
    return describe_moment(run.began)


def describe_end(run: Run, counts: Mapping[Did, int]) -> str:
    """Return how a run ended, and what it did not look at: `all well after 12 s`."""
    end = _name_end(run, counts)
    if run.ended is not None:
        end += f" after {format_duration(run.ended - run.began)}"
    return end + _name_unreached(run)


def _name_unreached(run: Run) -> str:
    if not run.unreached:
        return ""
    # A service that is gone each night is no failure of the others.
    verb = "was" if len(run.unreached) == 1 else "were"
    return f"; {_join_names(run.unreached)} {verb} not reached"


def _name_end(run: Run, counts: Mapping[Did, int]) -> str:
    # Killed, or without power: nothing was written after its last step.
    if run.ended is None or run.exit_code is None:
        return "was cut off"
    ending = _ENDINGS.get(run.exit_code, "not all went well")
    if run.exit_code == 0 and count_left_alone(run, counts):
        # No failure, and not all well: somebody has to settle it.
        ending = "done"
    return ending


def count_left_alone(run: Run, counts: Mapping[Did, int]) -> int:
    """Return how many photos a run left alone that need somebody's eye."""
    left = run.left_alone
    for (_, result), count in counts.items():
        # It turned out when its step was to be done.
        if result == Result.LEFT:
            left += count
    return left


def describe_counts(run: Run, counts: Mapping[Did, int]) -> str:
    """Return what a run did in words: `3 uploaded, 1 failed`."""
    told: Counter[str] = Counter()
    for (action, result), count in counts.items():
        what = result
        if result == Result.DONE:
            what = _DONE_AS.get(action, action.lower())
        told[what] += count
    if run.left_alone:
        told[Result.LEFT] += run.left_alone
    if told:
        parts = [f"{count:,} {what}" for what, count in told.items()]
        return ", ".join(parts)
    # Nobody knows what was to do where not all could be seen.
    return "nothing to do" if run.exit_code == 0 else "nothing done"


def describe_run(
    run: Run, counts: Mapping[Did, int], events: Sequence[Event]
) -> Iterator[str]:
    """Yield one run in full: what it did, and each step that did not go well."""
    yield _describe_run(run, counts)
    for event in events:
        if event.result != Result.DONE:
            what = words.describe_past(event.action, event.service, is_done=False)
            photo = f"{event.album}/{event.name}"
            yield f"{event.result}: {what}  {photo}: {event.reason}"


def describe_ending(
    run: Run, counts: Mapping[Did, int], ending: Ending
) -> Iterator[str]:
    """Yield which run it was, when, and how it was called, and what its end told."""
    command = ending.command or run.mode
    # How long it took is told below, by the clock that the person saw.
    end = _name_end(run, counts) + _name_unreached(run)
    yield f"run {run.id}  {describe_start(run)}  {end}  {command}"
    yield ""
    yield from ending.lines


def describe_restored(restored: Restored) -> str:
    """Return what became of a photo that was to be brought back."""
    photo = _name_photo(restored.event)
    if restored.problem:
        return f"not brought back: {photo}: {restored.problem}"
    return f"brought back: {photo}"


def describe_damaged(event: Event) -> str:
    """Return a damaged copy that an undo leaves where it is kept."""
    photo = _name_photo(event)
    word = shlex.quote(str(event.place))
    return (
        f"left out: {photo}: what run {event.run} replaced was damaged; "
        f"--undo {word} brings the damaged one back"
    )


def describe_restorable(event: Event, problem: str) -> str:
    """Return a photo that an undo would bring back, or why it would not."""
    photo = _name_photo(event)
    if problem:
        return f"would not bring back: {photo}: {problem}"
    return f"would bring back: {photo}"


def _name_photo(event: Event) -> str:
    side = Side.LOCAL if event.action in _DONE_HERE else event.service
    where = locate_side(side)
    return f"{event.place} {where}"


def describe_names(explorer: Explorer, problems: Iterable[Problem]) -> Iterator[str]:
    """Folder -> album under the rules in force, and what collides."""
    titles = explorer.list_folders()
    for folder, title in titles:
        yield f"{folder} -> {title}"
    # `2019/Rome` and `2019 - Rome` make one album, which may be meant, or not.
    sharing = Counter(name_key(title) for _, title in titles)
    for title, count in sharing.items():
        if count > 1:
            yield f"collision: {count} folders make up the album {title}"
    for photo in explorer.list_qualified():
        yield f"collision: {photo.path} is named {photo.name} in its album"
    for problem in problems:
        heading = "problem" if problem.failed else "notice"
        yield f"{heading}: {words.describe_problem(problem)}"


def describe_saved(
    files: Sequence[SavedFile], folder: str, runs: Mapping[str, Run]
) -> Iterator[str]:
    """Yield how many files of a folder are elsewhere, and the names of those that are
    not. `runs` tells of each service as of which run memory knows it.
    """
    yield f"{count_nouns(len(files), 'file')} in {folder}, compared byte for byte:"
    yield ""
    rows = [(f"{count:,}", where) for count, where in _count_saved(files, runs)]
    width = max(len(number) for number, _ in rows)
    for number, where in rows:
        yield f"  {number:>{width}} {where}"
    for file in files:
        if not file.is_saved:
            yield f"nowhere else: {_name_file(file)}"


def _name_file(file: SavedFile) -> str:
    if file.problem:
        return f"{file.path} (cannot be read: {file.problem})"
    return file.path


def _count_saved(
    files: Sequence[SavedFile], runs: Mapping[str, Run]
) -> Iterator[tuple[int, str]]:
    """Yield how many files are in each place."""
    services: Counter[str] = Counter()
    absent: Counter[str] = Counter()
    for file in files:
        services.update(file.services)
        absent.update(file.absent)
    in_library = [file for file in files if file.in_library]
    yield len(in_library), "in the library"
    for service, count in sorted(services.items()):
        proof = _describe_proof(service, runs)
        yield count, f"on {name_service(service)}, {proof}"
    # A copy that somebody deleted from the backup disk since is no copy.
    for service, count in sorted(absent.items()):
        yield count, f"once on {name_service(service)}, not there now: not counted"
    nowhere = [file for file in files if not file.is_saved]
    yield len(nowhere), "nowhere else"


def describe_few_copies(photos: Sequence[FewCopies], wanted: int) -> Iterator[str]:
    """Yield the photos with fewer proven copies than wanted, by album."""
    yield ""
    if not photos:
        copies = "1 proven copy" if wanted == 1 else f"{wanted} proven copies"
        yield f"Every photo here has at least {copies}."
        return
    count = words.count_photos(len(photos))
    yield f"{count} with fewer than {wanted} proven copies (the one here counted):"
    albums: defaultdict[str, list[FewCopies]] = defaultdict(list)
    for photo in photos:
        albums[photo.album].append(photo)
    for album, few in sorted(albums.items()):
        yield f"  {printable(album)}: {words.count_photos(len(few))}"
        for photo in few:
            copies = _describe_copies(photo)
            yield f"    {printable(photo.name)}: {copies}"
    if any(photo.unproven for photo in photos):
        yield "  -> -c 7 compares the bytes and so proves what is there"


def _describe_copies(photo: FewCopies) -> str:
    doubts = list(_describe_doubts(photo))
    if not photo.proven and not doubts:
        return "only here"
    places = _join_names([Side.LOCAL, *photo.proven])
    return "; ".join([places, *doubts])


def _describe_doubts(photo: FewCopies) -> Iterator[str]:
    """Yield why services that have a photo do not count."""
    if photo.unproven:
        yield f"not proven on {_join_names(photo.unproven)}"
    # A TIFF on Flickr, the originals of a free account, what --shrink sent.
    if photo.lesser:
        yield f"not given back as it is by {_join_names(photo.lesser)}"


def _join_names(services: Iterable[str]) -> str:
    return ", ".join(name_service(service) for service in services)


def _describe_proof(service: str, runs: Mapping[str, Run]) -> str:
    """Return how it is known that a service holds a photo."""
    run = runs.get(service)
    if run is None:
        return "there now"
    when = describe_start(run)
    return f"by memory alone, as of run {run.id} ({when}) at the latest"
