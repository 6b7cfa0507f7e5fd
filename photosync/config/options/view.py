"""The options about what people see of a run, and of those before."""

from __future__ import annotations

from photosync.config import choices, converters
from photosync.config.options.option import SHOW, Option

VIEW: tuple[Option, ...] = (
    Option(
        SHOW,
        "history",
        "show what happened to a photo, run by run, wherever it was moved, and end; PATH is "
        "its path, ALBUM/NAME or just its name, or a folder or album for all in it",
        metavar="PATH",
        convert=converters.path,
        common=True,
        is_command=True,
    ),
    Option(SHOW, "runs", "list all runs, and end", flag=True, is_command=True),
    Option(
        SHOW,
        "last",
        "show again what the last run said at its end, with all names, and end",
        flag=True,
        is_command=True,
    ),
    Option(
        SHOW,
        "is-saved",
        "say which files of this folder or memory card are, byte for byte, in the "
        "library and on which services, and which are nowhere else; exit code 0 if all "
        "are saved; for web services, as the last run knew them",
        metavar="DIR",
        convert=converters.path,
        is_command=True,
    ),
    Option(
        SHOW,
        "modes",
        "show in words what a mode does, by default that of -m, and end; all: the tables "
        "of all modes",
        metavar="MODE",
        convert=choices.shown_mode,
        default=converters.IN_FORCE,
        is_command=True,
    ),
    Option(SHOW, "verbose", "name every step", short="-v", flag=True, common=True),
    Option(
        SHOW,
        "quiet",
        "say nothing while all is well; a conflict is told once a week",
        short="-q",
        flag=True,
        common=True,
    ),
    Option(
        SHOW,
        "log",
        "also write a log; it rotates at 5 MB",
        metavar="FILE",
        convert=converters.path,
        common=True,
    ),
    Option(SHOW, "no-progress", "plain lines instead of a live bar", flag=True),
    Option(
        SHOW,
        "json",
        "tell scripts what happens, one JSON object a line; messages for people go to "
        "standard error",
        attribute="as_json",
        flag=True,
    ),
)
