"""What it takes to start: the help beside Python's own argparse, and a run over a handful
of photos that has nothing to do.

    python -m benchmarks.start [--starts N]

Each is started by turns, and of its seconds of the processor the fewest are shown: whatever
else the machine does only adds to them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.libraries import make_library, make_noise
from benchmarks.served import compile_program, measure_program

PROGRAM = (str(Path(sys.executable).with_name("photosync")),)
BARE = "import argparse"
HELP = "photosync --help"
NOTHING = "nothing to do, 20 photos"
RATIO = 1.3
SECONDS = 0.15


def list_commands(top: Path) -> dict[str, Sequence[str]]:
    """Return what is started, by its name, and see to it that there is nothing to do."""
    library = make_library(top / "library", 20, 2, partial(make_noise, 1000))
    (top / "copy").mkdir()
    places = ("-d", str(library), "-p", f"folder:{top / 'copy'}", "-m", "sync")
    run = (*PROGRAM, "--home", str(top / "home"), *places)
    measure_program("the first run", run, compiled())
    return {
        BARE: (sys.executable, "-c", BARE),
        HELP: (*PROGRAM, "--help"),
        NOTHING: run,
    }


def compiled() -> dict[str, str]:
    """Return an environment in which Python keeps what it compiled."""
    compile_program()
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def measure(starts: int) -> dict[str, float]:
    """Return the fewest seconds of the processor that each command took."""
    fewest: dict[str, float] = {}
    env = compiled()
    with tempfile.TemporaryDirectory() as work:
        commands = list_commands(Path(work))
        for _ in range(starts):
            for name, command in commands.items():
                cpu = measure_program(name, command, env).cpu
                fewest[name] = min(cpu, fewest.get(name, cpu))
    return fewest


def judge(value: float, bound: float) -> str:
    return f"wanted <= {bound:g}: {'met' if value <= bound else 'NOT MET'}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how photosync starts.")
    parser.add_argument("--starts", type=int, default=40)
    seconds = measure(parser.parse_args().starts)
    for name, cpu in seconds.items():
        print(f"{name}: {cpu:.4f} s of processor")
    ratio = seconds[HELP] / seconds[BARE]
    print(f"{HELP} is {ratio:.2f} x {BARE}; {judge(ratio, RATIO)}")
    print(f"{NOTHING}; {judge(seconds[NOTHING], SECONDS)}")


if __name__ == "__main__":
    main()
