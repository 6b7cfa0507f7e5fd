"""The README speaks of the program as it is.

`python tests/cli/test_readme.py` writes the mode tables into it anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from photosync.cli.pages.modes import format_tables
from photosync.config.options import OPTIONS, Option
from photosync.modes import MODES

README = Path(__file__).parents[2] / "README.md"
TABLES = re.compile(r"(<!-- modes -->\n).*?(<!-- /modes -->)", re.DOTALL)


def generated() -> str:
    return "\n".join(format_tables(MODES)) + "\n"


def test_the_mode_tables_are_those_of_the_code() -> None:
    found = TABLES.search(README.read_text())
    assert found is not None
    assert found[0] == f"<!-- modes -->\n{generated()}<!-- /modes -->"


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 130])
def test_every_exit_code_is_explained(code: int) -> None:
    assert f"| {code} |" in README.read_text()


@pytest.mark.parametrize(
    "option", [one for one in OPTIONS if one.help], ids=lambda one: one.key
)
def test_every_option_has_a_help_text_without_a_full_stop(option: Option) -> None:
    assert not option.help.endswith(".")


def test_every_option_that_it_names_is_there() -> None:
    named = set(re.findall(r"(?<![\w-])--[A-Za-z][\w-]*", README.read_text()))
    of_docker = {"--rm", "--user"}
    known = {"--help", "--no-NAME", *of_docker}
    for option in OPTIONS:
        known |= {*option.flags, option.opposite}
    assert named - known == set()


def test_its_pictures_are_there() -> None:
    """`python tests/browser/portrait.py` takes the picture anew."""
    names = re.findall(r"\]\((docs/[^)]+\.png)\)", README.read_text())
    assert names == ["docs/review.png"]
    size = (README.parent / names[0]).stat().st_size
    assert 10_000 < size < 150_000


if __name__ == "__main__":
    README.write_text(TABLES.sub(rf"\g<1>{generated()}\g<2>", README.read_text()))
