from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import active_children
from pathlib import Path
from threading import Event, Thread

import pytest
from harness.pictures import bomb, picture
from PIL import Image

from photosync.errors import Interrupted, RootGone
from photosync.media.shrink.pool import Shrinker
from photosync.media.shrink.shrink import TOO_LITTLE_MEMORY
from photosync.media.shrink.smaller import Shrunk, Whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "work"
    path.mkdir()
    return path


def big(path: Path) -> Path:
    return picture(path, (600, 400))


def endless(path: Path) -> Path:
    """A picture over which its worker never comes to an end: nobody writes to this
    pipe.
    """
    os.mkfifo(path)
    return path


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def workers() -> list[int]:
    return [child.pid for child in active_children() if child.pid]


@contextmanager
def without_mercy() -> Iterator[None]:
    """Every worker process is killed soon after it began."""
    done = Event()

    def kill() -> None:
        while not done.wait(0.05):
            for worker in active_children():
                worker.kill()

    killer = Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        done.set()
        killer.join()


def test_several_threads_are_served_and_nothing_is_left(
    tmp_path: Path, folder: Path
) -> None:
    paths = [big(tmp_path / f"{number}.jpg") for number in range(8)]
    with Shrinker(str(folder), pixels=100, workers=2) as shrinker:

        def size(path: Path) -> tuple[int, int]:
            with shrinker.shrunk(str(path)) as copy:
                assert isinstance(copy, Shrunk)
                with Image.open(copy.path) as picture:
                    return picture.size

        with ThreadPoolExecutor(4) as threads:
            assert set(threads.map(size, paths)) == {(100, 67)}
        assert [list(place.iterdir()) for place in folder.iterdir()] == [[]]
        with shrinker.shrunk(str(picture(tmp_path / "small.jpg"))) as copy:
            assert copy == Whole()
        with shrinker.shrunk(str(bomb(tmp_path / "a.png"))) as copy:
            assert isinstance(copy, Whole)
            assert "megapixels" in copy.reason
        # ^C at a terminal reaches the workers too.
        for worker in workers():
            os.kill(worker, signal.SIGINT)
        assert size(paths[0]) == (100, 67)
    assert not list(folder.iterdir())
    assert not workers()


def test_a_picture_that_kills_its_worker_is_named_and_the_others_go_on(
    tmp_path: Path, folder: Path
) -> None:
    guilty, good = endless(tmp_path / "a.jpg"), big(tmp_path / "b.jpg")
    with Shrinker(str(folder), pixels=100, workers=1) as shrinker:
        with without_mercy(), shrinker.shrunk(str(guilty)) as copy:
            assert copy == Whole(TOO_LITTLE_MEMORY)
        with shrinker.shrunk(str(good)) as copy:
            assert isinstance(copy, Shrunk)


def test_who_waits_for_a_copy_asks_whether_the_disk_of_the_picture_still_answers(
    tmp_path: Path, folder: Path
) -> None:
    def ask_disk() -> None:
        raise RootGone("it went away", root="/Photos")

    def work() -> None:
        with shrinker.shrunk(str(big(tmp_path / "a.jpg"))):
            pass

    with (
        Shrinker(str(folder), workers=1, ask_disk=ask_disk) as shrinker,
        ThreadPoolExecutor(1) as threads,
    ):
        waiting = threads.submit(work)
        until(workers)
        (worker,) = workers()
        os.kill(worker, signal.SIGSTOP)
        with pytest.raises(RootGone):
            waiting.result()
        os.kill(worker, signal.SIGCONT)
    assert not workers()


def test_a_picture_whose_worker_died_by_chance_is_shrunk_by_another(
    tmp_path: Path, folder: Path
) -> None:
    paths = [big(tmp_path / f"{number}.jpg") for number in range(4)]
    with (
        Shrinker(str(folder), pixels=100, workers=2) as shrinker,
        ThreadPoolExecutor(4) as threads,
    ):

        def is_done(path: Path) -> bool:
            with shrinker.shrunk(str(path)) as copy:
                return isinstance(copy, Shrunk)

        done = [threads.submit(is_done, path) for path in paths]
        until(workers)
        for worker in workers():
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        assert all(future.result() for future in done)


def test_an_interrupt_ends_it_at_once(tmp_path: Path, folder: Path) -> None:
    path = str(endless(tmp_path / "a.jpg"))
    with Shrinker(str(folder), workers=1) as shrinker, ThreadPoolExecutor(2) as threads:

        def work() -> None:
            with shrinker.shrunk(path):
                pass

        waiting = [threads.submit(work), threads.submit(work)]
        until(workers)
        shrinker.cancel()
        for future in waiting:
            with pytest.raises(Interrupted):
                future.result()
        with pytest.raises(Interrupted):
            work()
    assert not list(folder.iterdir())
    assert not workers()


def test_a_worker_that_hears_nothing_is_killed(tmp_path: Path, folder: Path) -> None:
    path = str(endless(tmp_path / "a.jpg"))
    with Shrinker(str(folder), workers=1) as shrinker, ThreadPoolExecutor(1) as threads:

        def work() -> None:
            with shrinker.shrunk(path):
                pass

        waiting = threads.submit(work)
        until(workers)
        (worker,) = workers()
        # It stands for one that a broken picture keeps in its decoder for ever.
        os.kill(worker, signal.SIGSTOP)
        began = time.monotonic()
        shrinker.close()
        assert time.monotonic() - began < 10
        with pytest.raises(Interrupted):
            waiting.result()
    assert not _lives(worker)
    assert not list(folder.iterdir())


def test_closing_twice_and_without_work_does_nothing(folder: Path) -> None:
    shrinker = Shrinker(str(folder))
    shrinker.close()
    shrinker.close()
    assert not list(folder.iterdir())


PROGRAM = """
import sys
from threading import Thread
from multiprocessing import active_children
from photosync.media.shrink.pool import Shrinker
if __name__ == "__main__":
    shrinker = Shrinker(sys.argv[2], workers=1)
    Thread(target=lambda: shrinker.shrunk(sys.argv[1]).__enter__()).start()
    while not active_children():
        pass
    print(active_children()[0].pid, flush=True)
"""


def _lives(process: int) -> bool:
    """Whether a process is there and has not ended unseen."""
    with suppress(OSError):
        return (
            Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
            != "Z"
        )
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
def test_the_workers_end_with_a_parent_that_is_killed(
    tmp_path: Path, folder: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [
        sys.executable,
        str(program),
        str(endless(tmp_path / "a.jpg")),
        str(folder),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        parent.kill()
    until(lambda: not _lives(worker))


def test_the_workers_load_nothing_of_the_services() -> None:
    imports = "import sys, photosync.media.shrink.pool, photosync.media.shrink.shrink"
    look = f"{imports}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", look], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"googleapiclient", "flickrapi", "requests", "rich"} & set(loaded)
