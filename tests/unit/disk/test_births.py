"""When a file was made."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from photosync.disk.births import load_birth_finder


def test_the_birth_of_a_file_stays_whatever_a_program_does(tmp_path: Path) -> None:
    find_birth = load_birth_finder()
    before = time.time_ns() - 10**9
    file = tmp_path / "é \udcff.jpg"
    file.write_bytes(b"photo")
    if find_birth is None or find_birth(str(file)) is None:
        pytest.skip("this disk does not tell when files were made")
    birth = find_birth(str(file))
    assert before < (birth or 0) < time.time_ns()
    file.write_bytes(b"edited")
    file.chmod(0o600)
    os.utime(file, (1, 1))
    assert find_birth(str(file)) == birth


def test_where_nobody_can_tell_none_is_told(tmp_path: Path) -> None:
    find_birth = load_birth_finder()
    if find_birth is None:
        pytest.skip("this system does not tell when files were made")
    assert find_birth(str(tmp_path / "missing")) is None
    assert find_birth("/proc/version") is None
