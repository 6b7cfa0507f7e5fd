"""What is said to people who do not know the command line yet."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence

from photosync.cli import habits
from photosync.config.choices import MODES_ELSEWHERE
from photosync.config.converters import DRIVES, FOLDER_SCOPE, suggest
from photosync.config.options import OPTIONS
from photosync.modes import MODES

_FROM_AND_TO = 2
_NO_COMMANDS = "photosync has options and no commands; type"

_INTRODUCTION = (
    "photosync keeps the photo albums in your folders equal with albums on Flickr,",
    "on Google Drive or in another folder, such as a backup disk. It deletes nothing",
    "unless you permit it. To begin with:",
    "",
    "  {program} --demo -m sync",
    "      try it without an account; your own photos are not touched",
    "  {program} -d ~/Photos -p folder:/mnt/backup --dry-run",
    "      show what would be copied to a disk; nothing is changed",
    "  {program} --authorize -p drive",
    "      sign in to Google Drive (or -p flickr)",
    "",
    "More: {program} --help; all options: --help all",
)

_SERVICES = frozenset({"flickr", "both"})
_DRY = frozenset({"-n", "-t", "--test", "--dry-run"})


def introduce(program: str) -> Iterator[str]:
    """Yield what `photosync` alone says, with what to type for it here."""
    for line in _INTRODUCTION:
        yield line.format(program=program)


def explain_unknown(words: Sequence[str], argv: Sequence[str]) -> str:
    """Say in one line what was meant by words that are no options of the line `argv`."""
    word = words[0]
    if not word.startswith("-"):
        # In `copy -n FROM TO` the places would be names of albums.
        others = argv[argv.index(word) :] if "-n" in argv else words
        is_dry = not _DRY.isdisjoint(argv)
        return _explain_word(word, others[1:], is_dry=is_dry)
    flag, _, _ = word.partition("=")
    if flag in habits.OPTIONS:
        return f"{flag}: no such option; {habits.OPTIONS[flag]}"
    mode = _find_mode(flag.removeprefix("--"))
    if mode:
        return f"{flag}: no such option; a mode is -m {mode}"
    hidden = [option.flags[0] for option in OPTIONS if option.hidden]
    if flag in hidden:
        key = flag.removeprefix("--")
        return f"{flag}: no such option; it stands in config.toml, as {key} = ..."
    # Of a dash alone, or of two, nobody knows what was meant.
    hint = suggest(flag, _list_flags()) if flag.strip("-") else ""
    return f"{flag}: no such option, see --help{hint}"


def _list_flags() -> list[str]:
    flags = ["--help", "--version"]
    for option in OPTIONS:
        # Those are for config.toml and the environment.
        if option.hidden:
            continue
        flags += option.flags
        if option.opposite:
            flags.append(option.opposite)
    return flags


def explain_refusal(text: str) -> str:
    """Return what argparse says of an option in words for a person."""
    name, _, problem = text.partition(": ")
    for option in OPTIONS:
        is_meant = name == "/".join(option.flags)
        if is_meant and problem.startswith("expected "):
            habit = habits.MISSING_VALUES.get(option.key, "")
            hint = f"; {habit}" if habit else ""
            flag = option.flags[0]
            return f"{name} needs a value: {flag} {option.metavar}{hint}"
        if is_meant and problem.startswith("ignored explicit argument "):
            value = problem.removeprefix("ignored explicit argument ")
            hint = "; -p says which service" if option.field == "authorize" else ""
            return f"{name} stands alone, without {value}{hint}"
    return text


def _explain_word(word: str, others: Sequence[str], *, is_dry: bool) -> str:
    """Say what was meant by a word without a dash, a command or a folder, with what
    stands after it.
    """
    command = word.casefold()
    # photosync status
    if command in habits.COMMANDS:
        return f"{word}: {_NO_COMMANDS} {habits.COMMANDS[command]}"
    # photosync copy ~/Photos /mnt/backup
    mode = _find_mode(command)
    if mode:
        line = _spell_out(others, mode=mode, is_dry=is_dry)
        return f"{word}: {_NO_COMMANDS} {line}"
    if not _is_folder(word):
        return _explain_no_folder(word)
    # photosync ~/Photos /mnt/backup
    if any(_is_folder(other) for other in others):
        line = _spell_out([word, *others], is_dry=is_dry)
        return f"{word}: say what each folder is for: {line}"
    folder = shlex.quote(word)
    uses = f"-d {folder} has your photos, -p folder:{folder} receives them"
    return f"{word}: say what this folder is for: {uses}"


def _find_mode(word: str) -> str:
    """Return the mode that a word names here or elsewhere, empty for none."""
    modes = dict(MODES_ELSEWHERE) | {mode.casefold(): mode for mode in MODES}
    return modes.get(word.casefold(), "")


def _explain_no_folder(word: str) -> str:
    service = _find_service(word.casefold())
    if service:
        return f"{word}: say where to with -p {service}"
    if not word:
        return "an empty word is no option; is a variable of the shell not set?"
    return f"{word}: no such option, see --help"


def _is_folder(word: str) -> bool:
    is_path = os.path.isdir(word) or "/" in word  # noqa: PTH112 - a word of the command line
    return is_path and not word.startswith("-")


def _spell_out(words: Sequence[str], mode: str = "", *, is_dry: bool) -> str:
    """Return the line that does what `COMMAND FROM TO` does elsewhere."""
    places = [word for word in words if not word.startswith("-")]
    source = "FROM"
    if places:
        source = shlex.quote(places[0])
    target = "WHERE"
    if len(places) == _FROM_AND_TO:
        target = _spell_place(places[1])
    line = f"photosync -d {source} -p {target}"
    if mode:
        line += f" -m {mode}"
    if is_dry:
        line += " --dry-run"
    return line


def _find_service(word: str) -> str:
    """Return what `-p` calls a service, empty for what is none."""
    if word in DRIVES:
        return "drive"
    return word if word in _SERVICES else ""


def _spell_place(word: str) -> str:
    """Return what `-p` calls a destination of rclone: `gdrive:photos`, `/mnt/backup`."""
    remote, colon, _ = word.partition(":")
    service = _find_service(remote.casefold())
    if service:
        return service
    # Another computer has to be mounted first.
    return "WHERE" if colon else f"{FOLDER_SCOPE}{shlex.quote(word)}"
