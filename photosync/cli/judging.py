"""What a script is to know of a plan: whether the sides are equal, and which photos have
too few copies.
"""

from __future__ import annotations

from photosync.cli.output import say
from photosync.cli.pages.coverage import describe_coverage
from photosync.config.settings import Settings
from photosync.errors import UsageError
from photosync.model import Actions, Comparisons, Plan
from photosync.sync.photosync import PhotoSync


def judge_differences(plan: Plan, settings: Settings) -> int:
    """Return 1 where a script wants to know that the sides are not equal."""
    only_looks = settings.test or settings.mode == "report"
    if not settings.fail_on_differences or not only_looks:
        return 0
    has_steps = bool(plan.steps or plan.renames or plan.purges)
    # What -x leaves for the next run is no step of this plan, and a difference.
    is_different = has_steps or any(plan.postponed.values())
    return 1 if is_different else 0


def show_coverage(plan: Plan, sync: PhotoSync) -> None:
    """Print the table of a report, which needs every difference to be told."""
    settings = sync.settings
    if settings.quiet or not _reports_all(settings):
        return
    albums = sync.cover_albums(plan)
    for line in describe_coverage(albums, verbose=settings.verbose):
        say(line)


def _reports_all(settings: Settings) -> bool:
    """Whether a run only looks and names every difference."""
    is_telling = all(
        action is Actions.REPORT
        for comparison, action in settings.table().items()
        if comparison is not Comparisons.SAME
    )
    return settings.mode == "report" and is_telling


def check_copies(settings: Settings) -> None:
    """Raise UsageError where not every difference is told: one that is passed over
    would count as a copy.
    """
    if settings.copies is None:
        return
    if not _reports_all(settings):
        raise UsageError(
            "--copies looks only: use it with -m report, without --override"
        )


def judge_copies(plan: Plan, sync: PhotoSync) -> int:
    """Name the photos with too few copies, if somebody asked; return 1 if there are
    any.
    """
    wanted = sync.settings.copies
    if wanted is None:
        return 0
    few = sync.find_few_copies(plan, wanted)
    if few or not sync.settings.quiet:
        # It lists what most runs do not: undone runs, files of a memory card.
        from photosync.cli.pages import listings  # noqa: PLC0415

        for line in listings.describe_few_copies(few, wanted):
            say(line)
    return 1 if few else 0
