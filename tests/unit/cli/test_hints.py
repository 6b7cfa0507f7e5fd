"""What people type who come from other programs, and what they are told."""

from __future__ import annotations

import shlex

import pytest

from photosync.cli import habits
from photosync.cli.arguments import parse
from photosync.cli.hints import explain_unknown, introduce
from photosync.config.options import OPTIONS
from photosync.errors import UsageError

NO_COMMANDS = "photosync has options and no commands; type"

TYPED = {
    "sync /p /mnt/b": f"sync: {NO_COMMANDS} photosync -d /p -p folder:/mnt/b -m sync",
    "copy /p gdrive:photos": f"copy: {NO_COMMANDS} photosync -d /p -p drive -m upload",
    "copy -n /p flickr:": (
        f"copy: {NO_COMMANDS} photosync -d /p -p flickr -m upload --dry-run"
    ),
    "sync --dry-run /p nas:/b": (
        f"sync: {NO_COMMANDS} photosync -d /p -p WHERE -m sync --dry-run"
    ),
    "check": f"check: {NO_COMMANDS} photosync -d FROM -p WHERE -m report",
    "Mirror '/my photos'": (
        f"Mirror: {NO_COMMANDS} photosync -d '/my photos' -p WHERE -m syncUpload"
    ),
    "ls drive:": f"ls: {NO_COMMANDS} photosync -d DIR -p WHERE -m report -v",
    "login": f"login: {NO_COMMANDS} photosync -a",
    "snapshots": f"snapshots: {NO_COMMANDS} photosync --runs",
    "/p /mnt/b": "/p: say what each folder is for: photosync -d /p -p folder:/mnt/b",
    "-v /p": (
        "/p: say what this folder is for: -d /p has your photos, -p folder:/p receives them"
    ),
    "-u me@example.com -p word -d /p -m syncUpload": (
        "-u: no such option; signing in is photosync -a; the browser asks who you are; "
        "-m upload replaces nothing that is newer there"
    ),
    "-V": "-V: no such option; the version is shown by --version",
    "--hlep": "--hlep: no such option, see --help; did you mean --help?",
    "--sync -d /p": "--sync: no such option; a mode is -m sync",
    "-- extra": "--: no such option, see --help",
    "--copy": "--copy: no such option; a mode is -m upload",
    "-avz /p": "-v/--verbose stands alone, without 'z'",
    "-z": "-z: no such option; photos are compressed already",
    "--log-file=x": "--log-file: no such option; the log is --log FILE",
    "nonsense": "nonsense: no such option, see --help",
    "-a Google": "Google: say where to with -p drive",
    "flickr -d /p": "flickr: say where to with -p flickr",
    "''": "an empty word is no option; is a variable of the shell not set?",
    "--authorize=drive": (
        "-a/--authorize stands alone, without 'drive'; -p says which service"
    ),
    "--demo=yes": "--demo stands alone, without 'yes'",
}


@pytest.mark.parametrize("line", TYPED)
def test_habits_of_other_programs_are_answered_with_what_to_type(line: str) -> None:
    with pytest.raises(UsageError) as told:
        parse(shlex.split(line))
    assert str(told.value) == TYPED[line]


def test_no_hint_names_an_option_that_is_hidden_or_none() -> None:
    known = {flag for option in OPTIONS if not option.hidden for flag in option.flags}
    tables = (habits.OPTIONS, habits.MISSING_VALUES, habits.COMMANDS)
    for hint in (hint for table in tables for hint in table.values()):
        words = hint.replace(",", " ").replace(";", " ").split()
        flags = {word for word in words if word.startswith("-")}
        assert flags <= known | {"--help", "--version"}, hint


def test_what_is_an_option_here_is_no_habit_of_others() -> None:
    known = {flag for option in OPTIONS for flag in option.flags}
    assert known.isdisjoint(habits.OPTIONS)


def test_hidden_options_are_never_suggested() -> None:
    for option in OPTIONS:
        if option.hidden:
            flag = f"--{option.key}"
            assert (
                flag
                not in explain_unknown([f"{flag}s"], [f"{flag}s"]).partition(" ")[2]
            )


def test_who_types_the_name_alone_is_told_what_to_type_here() -> None:
    said = list(introduce("bin/photosync"))
    typed = [line.split()[0] for line in said if line.startswith("  ") and "--" in line]
    assert typed == ["bin/photosync"] * 3
    assert len(said) == 12
