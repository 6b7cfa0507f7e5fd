"""What a mode does, in words a person reads at eighty columns."""

from __future__ import annotations

import io
import re
import sys
from typing import Any

import pytest

from photosync.cli.pages.modes import show_modes
from photosync.config.settings import Settings
from photosync.model import Actions, Comparisons
from photosync.modes import MODES, PURPOSES, possible

HERE, THERE = slice(30, 57), slice(57, None)


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


def page(**told: Any) -> list[str]:
    return list(show_modes(Settings(modes="in-force", **told)))


def row(happened: str, **told: Any) -> tuple[str, str]:
    """What the page says is done here and there about such a photo."""
    (line,) = (line for line in page(**told) if line[2:30].strip() == happened)
    return line[HERE].strip(), line[THERE].strip()


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_fits_eighty_columns_and_speaks_no_constants(mode: str) -> None:
    lines = page(mode=mode, allow_delete="local", overrides=["SAME=TAG_REMOTE"])
    assert lines[0] == f"-m {mode}: {PURPOSES[mode]}"
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert not any(str(word) in "\n".join(lines) for word in Comparisons)
    assert not any(str(word) in "\n".join(lines) for word in Actions)


@pytest.mark.parametrize("comparison", Comparisons)
def test_whatever_may_be_done_fits_its_columns(comparison: Comparisons) -> None:
    for action in possible(comparison):
        lines = page(overrides=[f"{comparison}={action}"], allow_delete="both")
        (changed,) = (
            line for line in lines if line.startswith("* ") and line[-1] != "."
        )
        assert changed[28:30] == "  "
        assert changed.startswith("! ", 30) or changed[55:57].strip() == ""


@pytest.mark.parametrize(
    ("mode", "happened", "here", "there"),
    [
        ("upload", "new here", "", "+ uploaded"),
        ("upload", "new there", "! left alone on both sides", ""),
        ("sync", "new there", "+ downloaded", ""),
        ("sync", "edited there", "~ replaced by theirs", ""),
        ("sync", "edited here and there", "! left alone on both sides", ""),
        ("download", "deleted here", "+ downloaded again", ""),
        ("syncUpload", "deleted there", "", "+ uploaded again"),
        ("syncUpload", "moved or renamed there", "", "> moved back"),
        ("repairUpload", "cannot be compared", "", "~ given your date"),
    ],
)
def test_each_side_has_its_column(
    mode: str, happened: str, here: str, there: str
) -> None:
    assert row(happened, mode=mode) == (here, there)


@pytest.mark.parametrize(
    ("permitted", "here", "there"),
    [
        ("neither", "! kept, not permitted", "! kept, not permitted"),
        ("local", "- deleted", "! kept, not permitted"),
        ("remote", "! kept, not permitted", "- deleted"),
        ("both", "- deleted", "- deleted"),
    ],
)
def test_a_delete_is_shown_as_far_as_it_is_permitted(
    permitted: str, here: str, there: str
) -> None:
    told = {"mode": "sync", "allow_delete": permitted}
    assert row("deleted there", **told) == (here, "")
    assert row("deleted here", **told) == ("", there)


def test_what_an_override_changed_is_marked() -> None:
    lines = page(mode="sync", overrides=["CONFLICT=KEEP_BOTH"])
    assert [line for line in lines if line.startswith("*")] == [
        "* edited here and there       + theirs put beside yours",
        "* changed by --override.",
    ]


def test_a_mode_is_shown_by_its_name() -> None:
    settings = Settings(modes="syncupload", mode="sync")
    assert next(iter(show_modes(settings))).startswith("-m syncUpload: ")


def test_without_trash_the_page_says_so() -> None:
    assert "What is replaced or deleted is gone for good (--no-trash)." in page(
        no_trash=True
    )


def test_every_mode_has_its_purpose() -> None:
    assert set(PURPOSES) == set(MODES)


@pytest.mark.parametrize("mode", MODES)
def test_on_the_screen_of_a_phone_each_side_has_a_line(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "40")
    rows = page(mode=mode, allow_delete="both")[2:]
    rows = rows[: rows.index("")]
    assert max(map(len, rows)) <= 40
    assert "  new here" in rows
    wide = "\n".join(" ".join(row.split()) for row in rows)
    if mode != "report":
        assert re.search("(here|there) [+~] ", wide)
