"""What a person types for photosync: its name, or the way to a checkout."""

from __future__ import annotations

import re
import shlex
import shutil

NAME = "photosync"

# The name where options follow it, and not the end of a path.
_COMMAND = re.compile(rf"(?<![\w/.-]){NAME}(?= --?[A-Za-z])")
_OPTION = r" --?[A-Za-z][\w-]*"
_WORDS = r"(?: (?!-)\S+)*"
_OF_SYSTEM = r"\b(?:mkdir|chmod|chown|pip install) "
_LONG_COMMAND = re.compile(rf"{NAME}'?{_OPTION}{_WORDS}{_OPTION}|{_OF_SYSTEM}")


def find_program() -> str:
    """Return what to type for photosync: its name, or the way to a checkout that is not
    installed.
    """
    # Most lines name no command, and --help needs no paths.
    from pathlib import Path  # noqa: PLC0415

    # __file__ is photosync/cli/program.py.
    beside = Path(__file__).resolve().parents[2] / "bin" / NAME
    if shutil.which(NAME) or not beside.exists():
        return NAME
    try:
        is_near = Path.cwd() == beside.parents[1]
    except FileNotFoundError:
        # The folder that the shell stands in was deleted by another one.
        is_near = False
    return f"bin/{NAME}" if is_near else str(beside)


def quote_program() -> str:
    """Return the same for a shell: the checkout may lie in a folder with a blank."""
    return shlex.quote(find_program())


def spell_commands(text: str) -> str:
    """Return a text whose commands, `photosync -a`, can be typed as they stand here."""
    if not _COMMAND.search(text):
        return text
    program = quote_program()
    return _COMMAND.sub(lambda _: program, text)


def is_command(line: str) -> bool:
    """Whether a line holds a command of several words, which somebody may copy."""
    return _LONG_COMMAND.search(line) is not None
