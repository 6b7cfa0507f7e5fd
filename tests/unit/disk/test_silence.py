"""What a disk is asked for is noted until it answers."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from photosync.cli import log
from photosync.cli.log import open_log
from photosync.disk import silence
from photosync.disk.reading import open_ordinary
from photosync.disk.silence import Silence, asking, begin_anew, list_silent, note_answer
from photosync.disk.streams import read_chunks
from photosync.history.storage.database import FILE, Database


def silent(seconds: float) -> list[str]:
    """The roots that will be silent when nothing comes for so long from now on."""
    return [one.root for one in list_silent(time.monotonic() + seconds)]


def test_a_disk_is_silent_from_the_question_to_its_answer() -> None:
    with asking("/mnt/nas"):
        assert silent(10) == []
        assert silent(30) == ["/mnt/nas"]
    assert silent(30) == []
    with pytest.raises(OSError, match="gone"), asking("/mnt/nas"):
        raise OSError("gone")
    assert silent(30) == []


def test_what_is_asked_in_between_is_an_answer_to_what_is_asked_around_it() -> None:
    around = asking("/mnt/a")
    with around:
        around.since -= 100
        with asking("/mnt/b"):
            assert silent(30) == ["/mnt/b"]
        assert silent(10) == []
        assert silent(30) == ["/mnt/a"]


def test_a_process_that_was_stopped_waits_anew() -> None:
    around = asking("/mnt/nas")
    with around:
        around.since -= 100
        begin_anew(time.monotonic())
        assert silent(10) == []
        assert silent(30) == ["/mnt/nas"]


class _Slow:
    """A stream of some blocks."""

    def __init__(self, question: asking, blocks: int) -> None:
        self.question = question
        self.blocks = blocks

    def read(self, _size: int = -1, /) -> bytes:
        self.question.since -= 15
        self.blocks -= 1
        return b"block" if self.blocks >= 0 else b""


def test_a_large_file_is_no_silence_while_its_blocks_come() -> None:
    question = asking("/mnt/nas")
    with question:
        for _ in read_chunks(_Slow(question, 5)):
            assert silent(10) == []


def test_nobody_has_to_ask_for_an_answer_to_be_noted() -> None:
    note_answer()
    assert silent(30) == []


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes twenty seconds takes hundredths of one here."""
    monkeypatch.setattr(silence, "TELLING_SECONDS", 0.02)
    monkeypatch.setattr(silence, "_LOOK_SECONDS", 0.01)


@pytest.mark.usefixtures("soon")
def test_whoever_waits_is_told_of_from_another_thread_until_all_is_over() -> None:
    told: list[Silence] = []
    comes = Event()

    def wait() -> None:
        with asking("/mnt/nas"):
            comes.wait(10)

    waiting = [Thread(target=wait) for _ in range(2)]
    heard = Event()

    def hear(one: Silence) -> None:
        told.append(one)
        heard.set()

    with silence.watch_disks(hear):
        for thread in waiting:
            thread.start()
        assert heard.wait(10)
    comes.set()
    for thread in waiting:
        thread.join()
    assert {one.root for one in told} == {"/mnt/nas"}
    assert told[0].seconds >= 0.02


@pytest.mark.usefixtures("soon")
def test_who_is_told_and_fails_is_told_again() -> None:
    told: list[Silence] = []
    heard = Event()

    def hear(one: Silence) -> None:
        told.append(one)
        if len(told) == 1:
            raise ValueError("the year 10000")
        heard.set()

    with silence.watch_disks(hear), asking("/mnt/nas"):
        assert heard.wait(10)


def is_seen_waiting(root: str, ask: Callable[[], object]) -> bool:
    """Whether others see for which disk a thread waits that asks again and again."""
    over = Event()

    def ask_on() -> None:
        while not over.is_set():
            ask()

    until = time.monotonic() + 10
    asking_on = Thread(target=ask_on)
    asking_on.start()
    try:
        while silent(30) != [root]:
            if time.monotonic() > until:
                return False
        return True
    finally:
        over.set()
        asking_on.join()


def test_who_reads_an_open_file_waits_for_its_disk(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.touch()
    os.truncate(photo, 10**7)
    with open_ordinary(str(photo)) as file:

        def read() -> None:
            file.seek(0)
            file.read()

        assert is_seen_waiting(str(photo), read)


@pytest.mark.usefixtures("soon")
def test_only_the_innermost_of_two_watches_tells() -> None:
    outer: list[Silence] = []
    heard = Event()
    with (
        silence.watch_disks(outer.append),
        silence.watch_disks(lambda _: heard.set()),
        asking("/mnt/nas"),
    ):
        assert heard.wait(10)
        assert outer == []
    again = Event()
    with silence.watch_disks(lambda _: again.set()):
        with silence.watch_disks(outer.append):
            pass
        with asking("/mnt/nas"):
            assert again.wait(10)
    assert outer == []


def test_who_asks_the_memory_waits_for_its_disk(tmp_path: Path) -> None:
    count = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000)"
        "SELECT count(*) FROM n"
    )
    with Database(tmp_path) as memory:
        assert is_seen_waiting(str(tmp_path / FILE), lambda: memory.read(count))


def test_what_is_logged_while_the_log_is_mute_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    handler = open_log(str(path))
    record = logging.LogRecord("photosync", logging.INFO, "", 0, "a line", (), None)
    question = asking(str(path))
    with question:
        question.since -= 100
        # Whoever waits for the disk holds the lock of the log.
        handler.handle(record)
    assert path.read_text() == ""
    handler.handle(record)
    handler.close()
    assert "a line" in path.read_text()


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watch_that_ends_amid_a_look_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks, left = Event(), Event()

    def look(_seconds: float) -> bool:
        looks.set()
        left.wait(10)
        return False

    over = Event()
    monkeypatch.setattr(over, "wait", look)
    monkeypatch.setattr(silence, "Event", lambda: over)
    threads = set(threading.enumerate())
    with silence.watch_disks(lambda _: None):
        assert looks.wait(10)
        (watch,) = set(threading.enumerate()) - threads
    monkeypatch.setattr(over, "wait", lambda _: True)
    left.set()
    watch.join(10)
    assert not watch.is_alive()


@pytest.mark.usefixtures("soon")
def test_who_tells_of_disks_does_not_wait_for_that_of_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_PATIENCE_SECONDS", 0.01)
    path = tmp_path / "run.log"
    handler = open_log(str(path))
    record = logging.LogRecord("photosync", logging.INFO, "", 0, "a line", (), None)
    heard = Event()

    def tell(_: Silence) -> None:
        if not heard.is_set():
            handler.handle(record)
            heard.set()

    # Whoever waits for the disk holds the lock of the log.
    handler.acquire()
    try:
        with silence.watch_disks(tell), asking("/mnt/nas"):
            assert heard.wait(10)
    finally:
        handler.release()
    while not path.read_text():
        time.sleep(0.01)
    handler.close()
