"""Which photos are looked at, and what albums are called."""

from __future__ import annotations

from photosync.config import choices, converters
from photosync.config.options.option import NAMES, WHAT, Option

SELECTION: tuple[Option, ...] = (
    Option(
        WHAT,
        "exclude",
        "leave out folders whose name matches; replaces "
        r"^\. ^__ ^@eaDir$",
        metavar="RE",
        convert=converters.expression,
        many=True,
    ),
    # `_best` in `Rome` is the album Rome, not a second one.
    Option(
        WHAT,
        "exclude-in-title",
        "give photos of folders whose name matches to the parent's album; replaces ^_",
        metavar="RE",
        convert=converters.expression,
        many=True,
    ),
    Option(
        WHAT,
        "skip",
        "leave out local files or folders by name or path",
        short="-s",
        metavar="GLOB",
        convert=str,
        many=True,
        common=True,
    ),
    Option(
        WHAT,
        "skipserver",
        "leave out remote albums or photos by name or ALBUM/NAME",
        metavar="GLOB",
        convert=str,
        many=True,
    ),
    Option(
        WHAT,
        "format",
        "photo (default), video or both",
        short="-f",
        metavar="KIND",
        convert=choices.kind,
        common=True,
    ),
    # picasawebsync spells it so, and scripts do; the usual spelling works as well.
    Option(
        WHAT,
        "dateLimit",
        "leave photos taken before that day alone",
        attribute="date_limit",
        metavar="YYYY-MM-DD",
        convert=converters.day,
        alias="--date-limit",
    ),
    Option(
        WHAT,
        "skip-unsupported",
        "say nothing about files that a service does not take, like RAW on Flickr",
        flag=True,
    ),
)

NAMING: tuple[Option, ...] = (
    Option(
        NAMES,
        "naming",
        "one title template per folder depth, the last for all "
        "deeper: {0} first folder, {1} second, {path} all joined by ' - ' (default)",
        short="-n",
        metavar="FMT",
        convert=str,
        many=True,
    ),
    Option(
        NAMES,
        "namingextract",
        "rewrite the title: what the expression matches becomes the replacement",
        attribute="extract",
        metavar="RE|REPL",
        convert=choices.substitution,
    ),
    Option(
        NAMES,
        "replace",
        "the same, applied last",
        short="-r",
        metavar="RE|REPL",
        convert=choices.substitution,
    ),
    Option(
        NAMES,
        "root-album",
        "album for photos lying directly in a root; default the root's own name",
        metavar="NAME",
        convert=str,
    ),
    Option(
        NAMES,
        "explain-names",
        "list folder -> album and what collides, and end",
        flag=True,
        is_command=True,
    ),
)
