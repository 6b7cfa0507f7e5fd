"""Threads that want something flushed at the same time share one flush."""

from __future__ import annotations

import errno
import os
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from photosync.disk.flushing import (
    Flush,
    Naming,
    SharedFlush,
    find_sync_disk,
    leaves_errors,
)
from photosync.disk.writing import find_start_writing

FAILED = OSError(errno.EIO, os.strerror(errno.EIO))


class Disk:
    """A disk that notes what is flushed; the first flush lasts until it may end."""

    def __init__(self, *, bad: int = 0) -> None:
        self.done: list[str] = []
        self.is_busy = Event()
        self.may_end = Event()
        self._bad = bad

    def flush_one(self, handle: int) -> None:
        self.done.append(f"file {handle}")
        if not self.is_busy.is_set():
            self.is_busy.set()
            assert self.may_end.wait(60)
        if handle == self._bad:
            raise FAILED

    def sync(self, handle: int) -> None:
        self.done.append(f"disk of {handle}")

    def refuse(self, handle: int) -> None:
        self.done.append(f"not the disk of {handle}")
        raise OSError(errno.ENOSYS, "Function not implemented")


def flush_all(
    disk: Disk,
    sync: Flush | None,
    handles: list[int],
    namings: dict[int, Naming] | None = None,
) -> list[str]:
    """Flush one file, and while that lasts some others, in order; what each came to."""
    shared = SharedFlush(disk.flush_one, lambda: sync)
    said: list[Future[None]] = []
    with ThreadPoolExecutor(len(handles) + 1) as pool:
        said.append(pool.submit(shared.flush, 1))
        assert disk.is_busy.wait(60)
        for number, handle in enumerate(handles):
            naming = (namings or {}).get(handle)
            said.append(pool.submit(shared.flush, handle, naming))
            while shared.waiting <= number:
                pass
        disk.may_end.set()
    return [_describe(future.exception()) for future in said]


def _describe(error: BaseException | None) -> str:
    """What became of a flush; an error without text by its name."""
    return "" if error is None else str(error) or type(error).__name__


def test_what_is_wanted_while_a_flush_runs_is_flushed_at_once() -> None:
    disk = Disk()
    assert flush_all(disk, disk.sync, [2, 3, 4]) == ["", "", "", ""]
    # Whether each of them is on the disk only its own flush tells.
    assert disk.done == ["file 1", "disk of 2", "file 2", "file 3", "file 4"]


def test_one_file_alone_does_not_wait_for_what_others_wrote() -> None:
    disk = Disk()
    assert flush_all(disk, disk.sync, [2]) == ["", ""]
    assert disk.done == ["file 1", "file 2"]


@pytest.mark.parametrize("has_call", [True, False])
def test_a_disk_that_cannot_be_flushed_as_a_whole_is_flushed_by_files(
    *, has_call: bool
) -> None:
    disk = Disk()
    sync = disk.refuse if has_call else None
    assert flush_all(disk, sync, [2, 3]) == ["", "", ""]
    assert disk.done[-2:] == ["file 2", "file 3"]


@pytest.mark.parametrize("has_call", [True, False])
def test_the_error_of_one_file_is_that_of_no_other(*, has_call: bool) -> None:
    disk = Disk(bad=3)
    said = flush_all(disk, disk.sync if has_call else None, [2, 3, 4])
    assert said == ["", "", str(FAILED), ""]


def test_the_call_of_the_system_flushes_and_tells_of_errors(tmp_path: Path) -> None:
    sync_disk = find_sync_disk()
    if sync_disk is None:
        pytest.skip("this system cannot flush a whole disk")
    handle = os.open(tmp_path, os.O_RDONLY)
    sync_disk(handle)
    os.close(handle)
    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_disk(handle)


def test_where_a_flush_fails_unforeseen_nobody_takes_a_file_for_flushed() -> None:
    def fail(_: int) -> None:
        raise MemoryError

    said = flush_all(Disk(), fail, [2, 3])
    # Either of the two may be the one that flushes for both.
    assert sorted(said) == sorted(["", "MemoryError", str(FAILED)])
    shared = SharedFlush(fail, lambda: None)
    with pytest.raises(MemoryError):
        shared.flush(1)
    with pytest.raises(MemoryError):
        shared.flush(2)


# -- names
# -------------------------------------------------------------------------------


def test_no_file_gets_its_name_before_it_is_flushed_nor_after_its_folder_is(
    tmp_path: Path,
) -> None:
    folder, again = os.open(tmp_path, os.O_RDONLY), os.open(tmp_path, os.O_RDONLY)
    disk = Disk(bad=3)

    def give(name: str) -> None:
        disk.done.append(f"name {name}")
        if name == "taken":
            raise ValueError(name)

    namings = {
        2: Naming(folder, partial(give, "a")),
        3: Naming(folder, partial(give, "of what is not on the disk")),
        4: Naming(again, partial(give, "taken")),
        5: Naming(again, partial(give, "b")),
    }
    said = flush_all(disk, disk.sync, list(namings), namings)
    assert said == ["", "", str(FAILED), "taken", ""]
    after_the_disk = disk.done[disk.done.index("disk of 2") + 1 :]
    files = ["file 2", "file 3", "file 4", "file 5"]
    names = ["name a", "name taken", "name b"]
    # One flush for the folder, by whichever of those who hold it open.
    assert after_the_disk == [*files, *names, f"file {again}"]
    os.close(folder)
    os.close(again)


def test_a_name_that_nobody_could_give_is_told_to_who_waits_for_it(
    tmp_path: Path,
) -> None:
    class Killed(BaseException):
        """What ends a thread wherever it is."""

    def give() -> None:
        raise Killed

    folder = os.open(tmp_path, os.O_RDONLY)
    naming = Naming(folder, give)
    said = flush_all(Disk(), None, [2, 3], {2: naming, 3: naming})
    assert sorted(said) == sorted(["", "Killed", str(FAILED)])
    os.close(folder)


@pytest.mark.parametrize(
    ("release", "leaves"),
    [
        ("3.10.108", False),
        ("4.3.0", False),
        ("4.4.302+", True),
        ("4.19.0-27-amd64", True),
        ("6.1.0", True),
        ("unknown", False),
    ],
)
def test_an_old_system_that_forgets_errors_flushes_no_whole_disk(
    release: str, *, leaves: bool
) -> None:
    assert leaves_errors(release) is leaves


def test_a_python_that_loads_no_libraries_writes_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("Dynamic loading not supported")

    monkeypatch.setattr("ctypes.CDLL", refuse)
    assert find_sync_disk.__wrapped__() is None
    assert find_start_writing.__wrapped__() is None
