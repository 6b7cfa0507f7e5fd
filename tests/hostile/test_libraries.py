"""Which versions of libraries may be installed with photosync, and which are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).parents[2]
QUOTED = re.compile(r'"([A-Za-z][\w-]*(?:==|>=)[\d.]+)"')

KNOWN_HOLES = {
    # What ~/.netrc holds for one host was shown to another; files of a foreseeable name.
    "requests": "2.32.5",
    # An answer that grows without end when it is unpacked.
    "urllib3": "2.6.3",
    "oauthlib": "3.2.1",
    # Pictures that write beside their memory.
    "Pillow": "12.2.0",
    "pyasn1": "0.6.3",
}


def read_requirements() -> list[Requirement]:
    text = (CHECKOUT / "setup.py").read_text()
    return [Requirement(line) for line in QUOTED.findall(text)]


@pytest.mark.parametrize(("name", "version"), KNOWN_HOLES.items())
def test_no_version_with_a_known_hole_is_good_enough(name: str, version: str) -> None:
    (bound,) = (one for one in read_requirements() if one.name == name)
    assert not bound.specifier.contains(version)


def test_the_tested_versions_are_written_down_and_good_enough() -> None:
    lines = (CHECKOUT / "constraints.txt").read_text().splitlines()
    tested = dict(line.lower().replace("_", "-").split("==") for line in lines)
    for wanted in read_requirements():
        version = tested[wanted.name.lower()]
        assert wanted.specifier.contains(version), wanted
    # What these bring along counts as well.
    assert {"certifi", "idna"} <= tested.keys()
