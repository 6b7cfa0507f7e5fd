"""A service that is not reached keeps no other waiting, and is asked once more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photosync.config.settings import Home, Settings
from photosync.errors import Unreachable
from photosync.model import RemoteAlbum
from photosync.services.folder.backend import FolderBackend
from photosync.sync.photosync import PhotoSync


class Late(FolderBackend):
    """A folder that is reached only when it was asked so often."""

    def __init__(self, path: Path, failures: int, asked: list[str]) -> None:
        path.mkdir()
        super().__init__(str(path), keep_trash=True)
        self._failures = failures
        self._asked = asked

    def albums(self) -> Iterator[RemoteAlbum]:
        self._asked.append(Path(self.root).name)
        if self._failures:
            self._failures -= 1
            raise Unreachable("it cannot be reached")
        return super().albums()


@pytest.mark.parametrize(
    ("failures", "exit_code", "steps"), [(0, 0, 2), (1, 0, 2), (2, 1, 1)]
)
def test_a_service_that_is_not_reached_is_asked_once_more_after_the_others(
    tmp_path: Path, failures: int, exit_code: int, steps: int
) -> None:
    (tmp_path / "photos/Rome").mkdir(parents=True)
    (tmp_path / "photos/Rome/a.jpg").write_bytes(b"a photo")
    settings = Settings(
        Home(tmp_path / "home", tmp_path / "home"), (str(tmp_path / "photos"),)
    )
    asked: list[str] = []
    late = Late(tmp_path / "late", failures, asked)
    other = Late(tmp_path / "other", 0, asked)
    sync = PhotoSync(settings, [late, other])
    plan = sync.plan()
    sync.close()
    assert asked == ["late", "other", *["late"] * bool(failures)]
    assert (plan.exit_code, len(plan.steps)) == (exit_code, steps)


@pytest.mark.parametrize(("failures", "put_off"), [(0, 0), (1, 1), (2, 0)])
def test_who_does_not_wait_plans_without_it_unless_nobody_was_read(
    tmp_path: Path, failures: int, put_off: int
) -> None:
    (tmp_path / "photos/Rome").mkdir(parents=True)
    (tmp_path / "photos/Rome/a.jpg").write_bytes(b"a photo")
    settings = Settings(
        Home(tmp_path / "home", tmp_path / "home"), (str(tmp_path / "photos"),)
    )
    late = Late(tmp_path / "late", failures > 0, [])
    other = Late(tmp_path / "other", failures > 1, [])
    sync = PhotoSync(settings, [late, other])
    plan = sync.plan(waits=False)
    sync.close()
    assert plan.put_off == frozenset([late.name] * put_off)
    assert (plan.exit_code, len(plan.steps)) == (0, 2 - put_off)
    assert len(plan.problems) == put_off
