"""What is said to people who do not know the command line yet."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence

from photosync.config.converters import suggest
from photosync.config.options import OPTIONS

INTRODUCTION = (
    "photosync keeps the photo albums in your folders equal with albums on Flickr,",
    "on Google Drive or in another folder, such as a backup disk. It deletes nothing",
    "unless you permit it. To begin with:",
    "",
    "  photosync --demo -m sync",
    "      try it without an account; your own photos are not touched",
    "  photosync -d ~/Photos -p folder:/mnt/backup --dry-run",
    "      show what would be copied to a disk; nothing is changed",
    "  photosync --authorize -p drive",
    "      sign in to Google Drive (or -p flickr)",
    "",
    "More: photosync --help; all options: photosync --help all",
)
"""What `photosync` alone says."""

_HABITS: Mapping[str, str] = {
    "-P": "progress is shown without being asked for",
    "--delete": "where photos may be deleted is said with --allowDelete",
    "--delete-after": "where photos may be deleted is said with --allowDelete",
    "--delete-during": "where photos may be deleted is said with --allowDelete",
    "--dryrun": "a dry run is -t or --dry-run",
    "--yes": "nothing is asked; what may be deleted is said with --allowDelete",
}
"""Options of rclone, rsync and others, and what takes their place."""

_COMMANDS: Mapping[str, str] = {
    "sync": "sync",
    "bisync": "sync",
    "copy": "upload",
    "upload": "upload",
    "backup": "upload",
    "download": "download",
    "check": "report",
}
"""Commands of rclone and others, and the mode that comes nearest."""


def explain_unknown(words: Sequence[str]) -> str:
    """Say in one line what was meant by words that are no options."""
    word = words[0]
    if word in _HABITS:
        return f"{word}: no such option; {_HABITS[word]}"
    if not word.startswith("-"):
        return _explain_word(word)
    flags: list[str] = []
    for option in OPTIONS:
        # Those are for config.toml and the environment.
        if option.hidden:
            continue
        flags += option.flags
        if option.opposite:
            flags.append(option.opposite)
    return f"{word}: no such option, see --help{suggest(word, flags)}"


def _explain_word(word: str) -> str:
    """Say what was meant by a word without a dash: a command, or a folder."""
    if word in _COMMANDS:
        mode = _COMMANDS[word]
        return f"{word}: write photosync -d FROM -p folder:TO -m {mode}; see --help"
    if os.path.isdir(word) or "/" in word:  # noqa: PTH112 - a word of the command line
        folder = shlex.quote(word)
        uses = f"-d {folder} has your photos, -p folder:{folder} receives them"
        return f"{word}: say what this folder is for: {uses}"
    return f"{word}: no such option, see --help"
