"""The options that keep photos safe, and services and the line free."""

from __future__ import annotations

from photosync.config import choices, converters
from photosync.config.options.option import SAFETY, Option
from photosync.errors import ACCEPTABLE

CARE: tuple[Option, ...] = (
    Option(
        SAFETY,
        "allowDelete",
        "neither (default), local, remote or both: where photos may be deleted",
        attribute="allow_delete",
        metavar="SIDE",
        convert=choices.sides,
        alias="--allow-delete",
        common=True,
    ),
    # A disk that was not mounted looks like a user who deleted everything.
    Option(
        SAFETY,
        "max-delete",
        "refuse a run that deletes more than N photos or P "
        "percent of a side (default 10%%; a percentage never refuses 20 or fewer, but 0 "
        "and 0%% allow none)",
        metavar="N|P%",
        convert=choices.limit,
    ),
    Option(
        SAFETY,
        "accept",
        f"go on although a guard refused: {', '.join(ACCEPTABLE)}",
        metavar="FINDING",
        convert=converters.one_of(*ACCEPTABLE),
        many=True,
    ),
    # Alone it means the last run, which is what one regrets.
    Option(
        SAFETY,
        "undo",
        "bring back from the trashes what a run deleted or replaced, by default the last "
        "one; or RUN, a day as YYYY-MM-DD, or the path of a photo or an album",
        metavar="WHAT",
        convert=converters.undone,
        default=converters.LAST_RUN,
        common=True,
        is_command=True,
    ),
    Option(
        SAFETY,
        "no-trash",
        "delete and overwrite for good instead of keeping the old file in .photosync-trash",
        flag=True,
    ),
    Option(
        SAFETY,
        "max",
        "at most N operations per service",
        attribute="max_steps",
        short="-x",
        metavar="N",
        # 0 could mean none as well as all.
        convert=converters.whole(1, converters.MANY),
    ),
    Option(
        SAFETY,
        "wait",
        "rest S seconds between operations of one service",
        short="-w",
        metavar="S",
        convert=converters.decimal(0, 86400),
    ),
    Option(
        SAFETY,
        "bwlimit",
        "bytes a second for all transfers together, like 512K or 2M; or by the time of "
        "day: '08:00,512K 23:00,off'",
        metavar="RATE",
        convert=converters.timetable,
    ),
    Option(
        SAFETY,
        "max-duration",
        "begin nothing more after this time, like 45m or 2h; what is on its way still "
        "arrives, what is left is for the next run",
        metavar="T",
        convert=converters.duration,
    ),
    # A key that other programs share, or a day's quota that others need too.
    Option(
        SAFETY,
        "max-calls",
        "begin nothing more on a service after N calls to it; what is left is for the "
        "next run",
        metavar="N",
        convert=converters.whole(1, converters.MANY),
    ),
    # The router is started again every Sunday night.
    Option(
        SAFETY,
        "offline-wait",
        "how long to wait for a network that is gone, like 30s or 1h (default 5m; 0 does "
        "not wait); for a single service that is gone, half a minute at most; then the "
        "rest is for the next run",
        metavar="T",
        convert=converters.patience,
    ),
    Option(
        SAFETY,
        "transfers",
        "parallel transfers per service (default 4)",
        metavar="N",
        convert=converters.whole(1, 64),
    ),
    # Tests and benchmarks do not want to wait.
    Option(
        SAFETY,
        "retry-wait",
        "seconds before a failed call is tried again; they double each time",
        convert=converters.decimal(0, 60),
        hidden=True,
    ),
    # A satellite, or a service that thinks long.
    Option(
        SAFETY,
        "answer-within",
        "seconds that a service may take to answer",
        convert=converters.decimal(0.01, 3600),
        hidden=True,
    ),
)
