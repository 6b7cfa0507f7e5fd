"""Whatever is raised that nobody foresaw fails the photo, the album or the service that
it happened to: all else goes on, and the next run does what was left.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from harness.library import make_photo

from photosync.cli.log import LogFormatter
from photosync.config.settings import Home, Settings
from photosync.errors import Unforeseen
from photosync.history.journal.journal import Journal
from photosync.history.opening import open_recorder
from photosync.history.recorder import Recorder
from photosync.history.storage.database import Database
from photosync.model import Plan, RemotePhoto, Side
from photosync.services.folder.backend import FolderBackend
from photosync.sync.photosync import PhotoSync
from photosync.unforeseen import contain

KINDS = (
    ValueError("an odd number"),
    KeyError("surprise"),
    RecursionError("too deep"),
    MemoryError(),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no Unicode"),
    OSError(5, "Input/output error"),
)
OURS = (
    "albums",
    "capabilities",
    "close",
    "delete",
    "empty_trash",
    "count_expired_trash",
    "find_absences",
    "find_place",
    "folds_case",
    "is_missing",
    "listing_warnings",
    "mark",
    "move",
    "open",
    "photos",
    "prepare",
    "remove_album",
    "rename_album",
    "replace",
    "save",
    "update_album",
    "_list_folder",
)
"""All that a run may ask of a backend; the last is the listing of one album."""
UNSEEN = {"close", "find_absences"}
"""Of what these raise nothing is undone: what nobody could ask about stays as it is."""


def photos_below(folder: Path) -> dict[str, bytes]:
    """What lies in the albums of a folder, without its trash."""
    found = [path for path in folder.glob("[!.]*/*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def raise_in(method: str, error: Exception, backend: FolderBackend) -> FolderBackend:
    """The backend of which a method raises what nobody foresaw."""

    def fail(*_: object, **__: object) -> object:
        raise error

    base = type(backend)
    kept = getattr(base, method)
    broken: object = property(fail) if not callable(kept) else fail
    methods: dict[str, object] = {"count_expired_trash": lambda *_: 1, method: broken}
    backend.__class__ = type("Broken", (base,), methods)
    return backend


@dataclass(frozen=True, slots=True)
class World:
    """A library, and two disks that it is kept equal with."""

    top: Path

    @property
    def here(self) -> Path:
        return self.top / "photos"

    @property
    def disks(self) -> tuple[Path, Path]:
        return self.top / "one", self.top / "two"

    @property
    def settings(self) -> Settings:
        return Settings(
            Home(self.top / "home", self.top / "home"),
            roots=(str(self.here),),
            scope=tuple(f"folder:{disk}" for disk in self.disks),
            mode="sync",
            allow_delete=frozenset(Side),
            purge=True,
        )

    def open_disks(self) -> list[FolderBackend]:
        return [FolderBackend(str(disk)) for disk in self.disks]

    @contextmanager
    def opened(self, backends: list[FolderBackend]) -> Iterator[PhotoSync]:
        with open_recorder(self.settings, lambda _: None) as memories:
            sync = PhotoSync(self.settings, backends, memories)
            try:
                yield sync
            finally:
                sync.close()

    def synchronise(self, backends: list[FolderBackend] | None = None) -> Plan:
        with self.opened(backends or self.open_disks()) as sync:
            plan = sync.plan()
            for outcome in sync.run(plan):
                assert "Traceback" not in outcome.reason
            return plan

    @property
    def code(self) -> int | None:
        """What the journal says of the end of the last run."""
        with Database(self.top / "home", read_only=True) as database:
            return Journal(database).read_runs()[0].exit_code

    def change_everything(self) -> None:
        """Give each kind of step something to do."""
        first, _ = self.disks
        make_photo(self.here / "Rome/new.jpg", b"new in Rome")
        make_photo(self.here / "Oslo/new.jpg", b"new in Oslo")
        make_photo(self.here / "Rome/edited.jpg", b"edited since", 1_600_000_000)
        (self.here / "Rome/deleted.jpg").unlink()
        (self.here / "Rome/moved.jpg").rename(self.here / "Oslo/moved.jpg")
        (self.here / "Before").rename(self.here / "After")
        (first / "Oslo/gone.jpg").unlink()
        make_photo(first / "Oslo/home.jpg", b"to come home")
        (first / "Empty").mkdir()


class Forgetful(Recorder):
    """A memory that raises something odd when it is asked for the names of an album."""

    def find_known_names(self, album: str) -> dict[str, str]:
        if album == "Rome":
            raise KeyError("surprise")
        return super().find_known_names(album)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    for disk in world.disks:
        disk.mkdir()
    for path in (
        *("Rome/edited.jpg", "Rome/deleted.jpg", "Rome/moved.jpg", "Rome/kept.jpg"),
        *("Oslo/gone.jpg", "Oslo/kept.jpg", "Before/a.jpg", "Before/b.jpg"),
    ):
        make_photo(world.here / path, path.encode())
    world.synchronise()
    assert world.code == 0
    return world


@pytest.mark.parametrize("method", OURS)
def test_what_one_service_raises_stops_neither_the_run_nor_another_service(
    world: World, method: str
) -> None:
    world.change_everything()
    first, second = world.open_disks()
    error = KINDS[OURS.index(method) % len(KINDS)]
    world.synchronise([raise_in(method, error, first), second])
    assert world.code == (0 if method in UNSEEN else 1)
    there = photos_below(world.disks[1])
    assert there["Rome/new.jpg"] == b"new in Rome"
    assert there["Oslo/moved.jpg"] == b"Rome/moved.jpg"
    here = photos_below(world.here)
    assert here["Rome/kept.jpg"] == b"Rome/kept.jpg"
    world.synchronise()
    assert world.code == 0
    assert world.synchronise().steps == ()
    here = photos_below(world.here)
    assert here["Oslo/home.jpg"] == b"to come home"
    assert [photos_below(disk) for disk in world.disks] == [here, here]


def test_a_memory_that_cannot_tell_of_one_album_makes_that_album_unknown(
    world: World,
) -> None:
    world.change_everything()
    # Only of an album that hides something the memory is asked for names.
    hidden = world.here / "Rome/hidden.jpg"
    hidden.mkdir()
    with world.opened(world.open_disks()) as sync:
        sync.memories.__class__ = Forgetful
        plan = sync.plan()
        list(sync.run(plan))
    assert world.code == 1
    failed = [problem.subject for problem in plan.problems if problem.failed]
    assert failed == ["Rome"]
    there = photos_below(world.disks[1])
    assert there["Oslo/new.jpg"] == b"new in Oslo"
    # Nobody could see that it went.
    hidden.rmdir()
    assert there["Rome/deleted.jpg"] == b"Rome/deleted.jpg"
    world.synchronise()
    assert world.code == 0
    assert "Rome/deleted.jpg" not in photos_below(world.disks[1])


def test_a_photo_that_cannot_be_written_down_is_no_reason_to_end(world: World) -> None:
    make_photo(world.here / "Oslo/a.jpg")
    make_photo(world.here / "Oslo/b.jpg")
    first, second = world.open_disks()

    class Odd(FolderBackend):
        def save(self, *words: Any) -> RemotePhoto:
            return super().save(*words)._replace(version=object())  # type: ignore[arg-type]

    first.__class__ = Odd
    world.synchronise([first, second])
    assert world.code == 1
    assert photos_below(world.disks[0]) == photos_below(world.here)
    world.synchronise()
    assert world.code == 0


def test_the_traceback_of_it_stands_in_the_log_and_no_secret_with_it() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LogFormatter())
    logger = logging.getLogger("photosync")
    logger.addHandler(handler)
    try:
        with pytest.raises(Unforeseen) as caught, contain("Rome/a.jpg"):
            raise ValueError(
                "Invalid header b'Bearer ya29.secret1', "
                "'refresh_token': 'secret2', https://x/?oauth_token=secret3&b=1"
            )
    finally:
        logger.removeHandler(handler)
    assert "Traceback" in stream.getvalue()
    assert "Rome/a.jpg" in stream.getvalue()
    for text in (stream.getvalue(), str(caught.value)):
        assert "secret1" not in text
        assert "secret2" not in text
        assert "secret3" not in text
        assert "ValueError: Invalid header" in text
