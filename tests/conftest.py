from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is slow; that is no fault of what is tested. New examples are for the
# nightly form: a change is judged by the same ones each time.
settings.register_profile(
    "photosync",
    deadline=None,
    derandomize=not os.environ.get("TESTS_NIGHTLY"),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("photosync")


def pytest_configure() -> None:
    """Signals end programs, as the tests of them expect: what `nohup` or a script starts
    in the background ignores Ctrl-C, and so would all that the tests start.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # As where photosync is installed: what is told to type is its name.
    os.environ["PATH"] = (
        f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    # Many containers set it: then each of the hundreds of processes that the tests start
    # would compile the program anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish() -> None:
    """Let no collection of rubbish look at modules and tests, which stay to the end: each
    smaller picture asks for a collection, and took a third of a second by that.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def open_root() -> Iterator[Path]:
    """A folder in which every user may do anything, which pytest's own folders are
    not.
    """
    path = Path(tempfile.mkdtemp(prefix="photosync-test-"))
    path.chmod(0o777)
    yield path
    for folder, names, _ in os.walk(path):
        for name in names:
            Path(folder, name).chmod(0o700)
    shutil.rmtree(path)
