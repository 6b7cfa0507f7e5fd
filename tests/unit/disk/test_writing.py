"""What is copied begins early to go to the disk, and all of it arrives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from photosync.disk.writing import AT_ONCE, StartWriting, Writing


class Disk:
    """Notes the parts of a file that the system is to begin with."""

    def __init__(self) -> None:
        self.parts: list[tuple[int, int]] = []

    def start(self, _: int, begin: int, count: int) -> None:
        self.parts.append((begin, count))


def write_all(path: Path, pieces: list[bytes], start: StartWriting | None) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    writing = Writing(handle, "", lambda: start)
    for piece in pieces:
        writing.write(piece)
    writing.begin()
    os.close(handle)


def test_each_byte_of_a_film_is_begun_with_once_before_its_end(tmp_path: Path) -> None:
    disk, piece = Disk(), bytes(AT_ONCE // 4)
    write_all(tmp_path / "film.mp4", [piece] * 9 + [b"end"], disk.start)
    assert (tmp_path / "film.mp4").read_bytes() == piece * 9 + b"end"
    rest = len(piece) + len(b"end")
    assert disk.parts == [(0, AT_ONCE), (AT_ONCE, AT_ONCE), (2 * AT_ONCE, rest)]


@pytest.mark.parametrize("content", [b"", b"12345"])
def test_a_system_that_cannot_begin_early_writes_all_the_same(
    tmp_path: Path, content: bytes
) -> None:
    write_all(tmp_path / "a.jpg", [content], None)
    assert (tmp_path / "a.jpg").read_bytes() == content
