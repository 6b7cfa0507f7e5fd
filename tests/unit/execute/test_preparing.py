"""While all transfers are busy the photos that come next are made ready."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from harness.library import make_photo

from photosync.config.settings import Home, Settings
from photosync.disk.streams import Progress
from photosync.errors import NotRecorded
from photosync.execute.queue import LARGE
from photosync.model import RemotePhoto, Result, Step
from photosync.services.capabilities import Source
from photosync.services.folder.backend import FolderBackend
from photosync.sync.photosync import PhotoSync

NAMES = [f"{number}.jpg" for number in range(6)]
Prepare = Callable[["Preparing", str], None]


class Preparing(FolderBackend):
    """A folder that sends no photo before the first of them was prepared; `prepare` is
    called for each.
    """

    capabilities = replace(FolderBackend.capabilities, prepares_saves=True)

    def __init__(self, path: Path, prepare: Prepare, *, waits: bool) -> None:
        super().__init__(str(path))
        self.prepared: list[str] = []
        self.sent: list[str] = []
        self.has_prepared = Event()
        if not waits:
            self.has_prepared.set()
        self.has_sent_the_others = Event()
        self._prepare = prepare

    def prepare_save(self, album: str, name: str, source: Source) -> None:  # noqa: ARG002 - as of any backend
        self.prepared.append(name)
        self.has_prepared.set()
        self._prepare(self, name)

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        assert self.has_prepared.wait(10)
        saved = super().save(album, name, source, progress)
        self.sent.append(name)
        if len(self.sent) == len(NAMES) - 1:
            self.has_sent_the_others.set()
        return saved


def upload(
    top: Path,
    prepare: Prepare = lambda _, __: None,
    *,
    film: str = "",
    waits: bool = True,
) -> Preparing:
    """Upload six photos, two at a time; one of them is as large as a film. It `waits` for
    the first to be prepared.
    """
    for name in NAMES:
        path = make_photo(top / "photos/Rome" / name, name.encode())
        if name == film:
            os.truncate(path, LARGE)
    (top / "usb").mkdir()
    backend = Preparing(top / "usb", prepare, waits=waits)
    settings = Settings(
        Home(top / "home", top / "home"), roots=(str(top / "photos"),), transfers=2
    )
    with closing(PhotoSync(settings, [backend])) as sync:
        plan = sync.plan()
        ended = [one.result for one in sync.run(plan) if isinstance(one.step, Step)]
    assert ended == [Result.DONE] * len(NAMES)
    return backend


def test_what_waits_for_a_worker_is_prepared_and_what_does_not_is_not(
    tmp_path: Path,
) -> None:
    prepared = upload(tmp_path).prepared
    assert prepared[0] == "2.jpg"
    assert len(set(prepared)) == len(prepared)


def test_nothing_is_prepared_where_a_save_begins_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Preparing, "capabilities", FolderBackend.capabilities)
    backend = upload(tmp_path, waits=False)
    assert backend.prepared == []
    assert sorted(backend.sent) == NAMES


def test_a_film_is_prepared_by_whoever_sends_it(tmp_path: Path) -> None:
    prepared = upload(tmp_path, film="2.jpg").prepared
    assert prepared[0] == "3.jpg"
    assert "2.jpg" not in prepared


@pytest.mark.parametrize("error", [NotRecorded("the disk is full"), KeyError("name")])
def test_a_photo_that_cannot_be_prepared_is_sent_all_the_same(
    tmp_path: Path, error: Exception
) -> None:
    def fail(_: Preparing, __: str) -> None:
        raise error

    assert sorted(upload(tmp_path, fail).sent) == NAMES


def test_nobody_waits_for_what_another_photo_takes_to_be_prepared(
    tmp_path: Path,
) -> None:
    def take_long(backend: Preparing, name: str) -> None:
        if name == "2.jpg":
            assert backend.has_sent_the_others.wait(10)

    backend = upload(tmp_path, take_long)
    assert backend.sent[-1] == "2.jpg"
