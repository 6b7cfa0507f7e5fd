"""ARCHITECTURE.md and CONTRIBUTING.md speak of the program as it is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
ARCHITECTURE = (TOP / "ARCHITECTURE.md").read_text()
CONTRIBUTING = (TOP / "CONTRIBUTING.md").read_text()
PYPROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())
PACKAGES = sorted(page.parent for page in (TOP / "photosync").rglob("__init__.py"))
ROOMS = [room for room in PACKAGES[1:] if "emulators" not in room.parts]
LAYERS = re.search(r"<!-- layers -->\n(.*?)<!-- /layers -->", ARCHITECTURE, re.DOTALL)


def test_the_rooms_are_the_layers_that_the_imports_are_held_to() -> None:
    assert LAYERS is not None
    told = re.findall(r"^\| `(\w+)` \|", LAYERS[1], re.MULTILINE)
    contract = PYPROJECT["tool"]["importlinter"]["contracts"][0]
    assert told == contract["layers"]
    # Nothing may stand outside the contract but the emulators, which have their own.
    assert contract["exhaustive"] is True
    assert contract["exhaustive_ignores"] == ["emulators"]


@pytest.mark.parametrize("text", [ARCHITECTURE, CONTRIBUTING], ids=["rooms", "work"])
def test_every_file_that_is_named_is_there(text: str) -> None:
    named = re.findall(r"`((?:photosync|tests|services|cli)/[\w/]+(?:\.py|/)?)`", text)
    assert named
    for path in named:
        assert (TOP / path).exists() or (TOP / "photosync" / path).exists(), path


def test_every_program_that_is_to_be_run_is_there() -> None:
    program = r"^    (bin/\w+|.*? (?:benchmarks|tests)/\S+)"
    commands = re.findall(program, CONTRIBUTING, re.MULTILINE)
    assert commands
    for line in commands:
        (path,) = re.findall(r"(?:bin|benchmarks|tests)/[\w/.]+", line)[-1:]
        assert (TOP / path).exists(), line


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_module_that_the_first_page_of_a_room_names_is_there(room: Path) -> None:
    page = ast.parse((room / "__init__.py").read_text())
    first_page = ast.get_docstring(page) or ""
    for name in re.findall(r"`(\w+)`", first_page):
        is_module = (room / f"{name}.py").exists() or (room / name).is_dir()
        is_function = any(getattr(node, "name", "") == name for node in page.body)
        assert is_module or is_function, name


def test_what_is_packed_as_source_is_all_that_a_checkout_has(tmp_path: Path) -> None:
    list_files = ["setup.py", "-q", "egg_info", "--egg-base", str(tmp_path)]
    subprocess.run([sys.executable, *list_files], cwd=TOP, check=True)
    (listed,) = tmp_path.glob("*/SOURCES.txt")
    packed = set(listed.read_text().splitlines())
    assert {"LICENSE", "README.md", "CHANGELOG.md", "bin/run.sh", "bin/test"} <= packed
    for folder in ("photosync", "tests", "benchmarks", "bin", "docs"):
        files = (path for path in (TOP / folder).rglob("*") if path.is_file())
        there = {str(path.relative_to(TOP)) for path in files if is_source(path)}
        assert there <= packed


def is_source(path: Path) -> bool:
    """Whether a file is none that Python or an editor made."""
    return "__pycache__" not in path.parts and path.suffix != ".pyc"
