"""A service in trouble rests, is tried with one photo, and in the end left in peace."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from harness.library import make_photo

from photosync.config.settings import Home, Settings
from photosync.disk.streams import Progress
from photosync.errors import Rejected, SideError, Transient
from photosync.model import Outcome, RemotePhoto, Result, Step, Wait
from photosync.services import make_network
from photosync.services.capabilities import Source
from photosync.services.folder.backend import FolderBackend
from photosync.sync.photosync import PhotoSync

COUNT = 20
FAULT, REFUSAL = Transient("out of order"), Rejected("too large")


class Troubled(FolderBackend):
    """A folder that takes one photo after the other, or fails as it is told to."""

    def __init__(self, path: Path, errors: Iterable[SideError | None]) -> None:
        super().__init__(str(path))
        self._errors = deque(errors)
        self.began: list[float] = []
        self.waits: list[Wait] = []

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        self.began.append(time.monotonic())
        error = self._errors.popleft() if self._errors else None
        if error:
            raise error
        return super().save(album, name, source, progress)


def upload(
    top: Path,
    *errors: SideError | None,
    retry_wait: float = 0.001,
    max_duration: float = 0.0,
) -> tuple[Troubled, list[Outcome]]:
    """Upload photos one by one, of which the first ones end so."""
    for number in range(COUNT):
        make_photo(top / "photos" / "Rome" / f"{number:02}.jpg", b"%d" % number)
    (top / "usb").mkdir()
    backend = Troubled(top / "usb", errors)
    settings = Settings(
        Home(top / "home", top / "home"),
        roots=(str(top / "photos"),),
        transfers=1,
        retry_wait=retry_wait,
        max_duration=max_duration,
    )
    network = make_network(settings, backend.waits.append)
    sync = PhotoSync(settings, [backend], network=network)
    outcomes = list(sync.run(sync.plan()))
    sync.close()
    return backend, outcomes


def count(outcomes: list[Outcome], result: Result) -> int:
    """How many photos ended so."""
    ended = [one.result for one in outcomes if isinstance(one.step, Step)]
    return ended.count(result)


def test_after_five_faults_in_a_row_it_rests_and_goes_on(tmp_path: Path) -> None:
    backend, outcomes = upload(tmp_path, *[FAULT] * 5)
    assert count(outcomes, Result.FAILED) == 5
    assert count(outcomes, Result.DONE) == COUNT - 5
    pauses = [b - a for a, b in zip(backend.began, backend.began[1:], strict=False)]
    assert pauses[4] >= 0.06
    (wait,) = backend.waits
    assert (wait.service, wait.reason) == (backend.name, "out of order")
    assert wait.until - wait.since == pytest.approx(0.06)


def test_it_rests_longer_each_time_and_then_nothing_more_is_tried(
    tmp_path: Path,
) -> None:
    backend, outcomes = upload(tmp_path, *[FAULT] * COUNT)
    assert count(outcomes, Result.FAILED) == 5 + 3
    left = [one for one in outcomes if one.result is Result.POSTPONED]
    assert len(left) == COUNT - 8
    assert {one.reason for one in left} == {"out of order, again and again"}
    assert {(one.exit_code, one.side_stopped) for one in left} == {(1, True)}
    pauses = [b - a for a, b in zip(backend.began, backend.began[1:], strict=False)]
    assert pauses[4] >= 0.06
    assert pauses[5] >= 0.3
    assert pauses[6] >= 0.9


@pytest.mark.parametrize("answer", [None, REFUSAL])
def test_whatever_answer_a_photo_gets_the_service_is_not_in_trouble(
    tmp_path: Path, answer: SideError | None
) -> None:
    faults = [FAULT] * 4
    # A rest would take an hour.
    _, outcomes = upload(tmp_path, *faults, answer, *faults, retry_wait=60.0)
    assert count(outcomes, Result.POSTPONED) == 0
    assert len(outcomes) >= COUNT


def test_no_rest_is_begun_that_would_not_end_in_time(tmp_path: Path) -> None:
    backend, outcomes = upload(
        tmp_path, *[FAULT] * 5, retry_wait=1.0, max_duration=30.0
    )
    assert len(backend.began) == 5
    left = [one for one in outcomes if one.result is Result.POSTPONED]
    assert {one.reason for one in left} == {"out of order, again and again"}


class Counting(FolderBackend):
    """Takes its time with each photo, until somebody lets it go on. Its calls are used
    up once the first steps were given to its workers.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.go_on = Event()
        self.began = 0
        self._asked = 0

    @property
    def calls(self) -> int:
        # Asked for each of the four steps, once more, and for each of them as it is given.
        self._asked += 1
        return int(self._asked > 9)

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        self.began += 1
        self.go_on.wait(60)
        return super().save(album, name, source, progress)


def test_what_no_worker_began_before_the_run_had_its_calls_is_left(
    tmp_path: Path,
) -> None:
    for number in range(4):
        make_photo(tmp_path / "photos" / "Rome" / f"{number}.jpg", b"%d" % number)
    (tmp_path / "usb").mkdir()
    backend = Counting(tmp_path / "usb")
    settings = Settings(
        Home(tmp_path / "home", tmp_path / "home"),
        roots=(str(tmp_path / "photos"),),
        transfers=2,
        max_calls=1,
    )
    ended: list[Result] = []
    with closing(PhotoSync(settings, [backend])) as sync:
        for outcome in sync.run(sync.plan()):
            ended += [outcome.result] if isinstance(outcome.step, Step) else []
            if Result.POSTPONED in ended:
                backend.go_on.set()
    assert ended.count(Result.DONE) == backend.began == 2
