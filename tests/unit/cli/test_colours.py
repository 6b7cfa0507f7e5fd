"""Marks in colour, on a terminal of a person who wants them."""

from __future__ import annotations

import io
import sys

import pytest

from photosync.cli.colours import paint
from photosync.cli.output import answer_script, complain, say

GREEN, YELLOW, RED, BLUE = "32", "33", "31", "1;34"


class Terminal(io.StringIO):
    """A stream that a person watches."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _wants_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def in_colour(mark: str, colour: str) -> str:
    return f"\x1b[{colour}m{mark}\x1b[0m"


@pytest.mark.parametrize(
    ("mark", "colour"),
    [("+", GREEN), ("~", BLUE), (">", BLUE), ("-", RED), ("!", YELLOW)],
)
@pytest.mark.parametrize(
    "line", ["{} upload Rome", "  {} upload Rome", "  Drive   {} upload", "  {}     1"]
)
def test_a_mark_at_the_beginning_of_a_line_or_a_column_is_painted(
    mark: str, colour: str, line: str
) -> None:
    assert paint(line.format(mark)) == line.format(in_colour(mark, colour))


@pytest.mark.parametrize(
    "line",
    [
        "    2015 - Trip/IMG_1.jpg, 2016 - Trip/IMG_2.jpg",
        "  -> -m download brings it",
        "          = equal  3 photos",
        "  photosync -d ~/Photos -p drive",
        "-m sync: both ways",
        "Well done! It is there",
    ],
)
def test_what_is_no_mark_stays_as_it_is(line: str) -> None:
    assert paint(line) == line


def say_on(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stdout", stream)
    say("+ upload \x1b[2J.jpg")
    return stream.getvalue()


def test_a_name_paints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    said = say_on(Terminal(), monkeypatch)
    assert said == in_colour("+", GREEN) + " upload \\x1b[2J.jpg\n"


def test_what_is_no_terminal_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert say_on(io.StringIO(), monkeypatch) == "+ upload \\x1b[2J.jpg\n"


@pytest.mark.parametrize(
    ("name", "value", "is_plain"),
    [
        ("NO_COLOR", "1", True),
        ("NO_COLOR", "0", True),
        ("NO_COLOR", "", False),
        ("TERM", "dumb", True),
        ("TERM", "vt100", False),
    ],
)
def test_who_wants_no_colour_gets_none(
    name: str,
    value: str,
    is_plain: bool,  # noqa: FBT001 - a row of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, value)
    assert ("\x1b" not in say_on(Terminal(), monkeypatch)) is is_plain


def test_each_stream_is_asked_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert say_on(io.StringIO(), monkeypatch).startswith("+ ")
    complain("! 1 failed")
    assert terminal.getvalue() == in_colour("!", YELLOW) + " 1 failed\n"


def test_what_a_script_reads_is_never_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    answer_script('{"name":  "a  - b"}')
    assert "\x1b" not in terminal.getvalue()


def test_a_long_line_is_broken_between_words_and_a_command_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "40")
    command = "photosync -d ~/Photos -p folder:/mnt/backup -m sync --dry-run"
    for stream, tell in ((sys.stdout, say), (sys.stderr, complain)):
        tell("Nothing is known of the photos of that disk: is it mounted?")
        tell(f"Do it:  {command}")
        assert isinstance(stream, Terminal)
        first, second, third = stream.getvalue().splitlines()
        assert max(len(first), len(second)) <= 40
        assert second.startswith("  ")
        # In two lines, the first would be done without --dry-run.
        assert third.endswith(" -m sync --dry-run")
