"""What the system has too little of is told as that, with what to do about it."""

from __future__ import annotations

import errno

import pytest

from photosync.disk.errors import disk_errors
from photosync.errors import Rejected
from photosync.unforeseen import describe_unforeseen


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "not enough memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
        (ImportError("libssl: failed to map segment from shared object"), "not enough"),
        (RuntimeError("can't start new thread"), "the system lets it start nothing"),
        (OSError(errno.EMFILE, "Too many open files", "/a.jpg"), "ulimit -n 1024"),
        (RuntimeError("what nobody foresaw"), "unforeseen (RuntimeError: what nobody"),
    ],
)
def test_a_shortage_is_named(error: Exception, told: str) -> None:
    assert told in describe_unforeseen(error)


def test_so_it_is_of_a_disk() -> None:
    with pytest.raises(Rejected, match="ulimit -n 1024"), disk_errors():
        raise OSError(errno.EMFILE, "Too many open files", "/a.jpg")
