"""Where a person wants something written: a file is written anew, a stream written to."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from photosync.disk.named import write_named


def test_a_file_is_replaced_and_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old")
    path.chmod(0o644)
    write_named(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)


def test_a_link_to_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept", tmp_path / "link"
    kept.write_text("kept")
    link.symlink_to(kept)
    write_named(link, "new")
    assert (kept.read_text(), link.read_text()) == ("kept", "new")


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_pipe_is_written_to_and_stays_one(
    tmp_path: Path,
    is_linked: bool,  # noqa: FBT001 - a row of the table
) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "stdout"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)) as reader:
        write_named(link if is_linked else pipe, "new")
        assert reader.read() == "new"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert link.is_symlink()


def test_a_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        write_named(tmp_path, "new")
