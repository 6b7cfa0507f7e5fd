"""How wide the terminal is, as Python finds it."""

from __future__ import annotations

import os
import pty
import shutil
import struct
import termios
from fcntl import ioctl

import pytest

from photosync.cli.terminal import find_columns


@pytest.mark.parametrize("told", ["120", "0", "", "-5", "wide", "8e1", "²"])
def test_what_columns_says_counts_where_it_is_a_number(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", told)
    assert find_columns() == shutil.get_terminal_size().columns


def test_one_too_narrow_for_words_is_taken_for_a_little_wider(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "5")
    assert find_columns() == 20


@pytest.mark.parametrize(("columns", "found"), [(132, 132), (0, 80), (5, 20)])
def test_else_the_terminal_is_asked(
    columns: int, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    main, terminal = pty.openpty()
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    before = os.dup(1)
    os.dup2(terminal, 1)
    try:
        assert find_columns() == found
    finally:
        os.dup2(before, 1)
        for number in (before, main, terminal):
            os.close(number)
