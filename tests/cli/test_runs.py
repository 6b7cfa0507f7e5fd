"""--runs lists what was run, --last tells the end of the last run once more."""

from __future__ import annotations

import re

from cli.command import run
from cli.conftest import World


def test_runs_are_listed_the_latest_first(world: World) -> None:
    world.here("album/a.jpg")
    assert world.sync().code == 0
    world.here("album/closed \udcff.jpg", b"closed").chmod(0)
    world.there("album/there.jpg")
    assert world.sync("-m", "sync", unprivileged=True).code == 1
    assert world.sync("--test").code == 0
    said = run("--home", world.home, "--runs")
    assert (said.code, said.err) == (0, "")
    second, first = said.out.splitlines()
    assert re.fullmatch(
        r"run 1  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  upload  all well after \d s  1 uploaded",
        first,
    )
    assert "run 2" in second
    assert "sync  not all went well after" in second
    assert "1 downloaded" in second
    assert "1 failed" in second
    last = run("--home", world.home, "--last").out.splitlines()
    assert last[0] == second
    assert len(last) == 2
    assert last[1].startswith(
        rf"failed: upload to {world.remote}  album/closed \udcff.jpg: "
    )
    assert "permission denied" in last[1]


def test_without_a_memory_one_line_says_so(world: World) -> None:
    for option in ("--runs", "--last"):
        said = run("--home", world.home, option)
        assert said.code in {0, 2}
        assert (said.out + said.err).count("\n") == 1
