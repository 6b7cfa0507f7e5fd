"""A disk that gives no answer is told of, and given up after the time of the run."""

from __future__ import annotations

import math

import pytest

from photosync.disk.silence import Silence
from photosync.model import Wait
from photosync.services.network import Network
from photosync.sync.silence import heed_silence


@pytest.mark.parametrize(
    ("until", "now", "seconds", "lost"),
    [
        pytest.param(math.inf, 10**9, 10**9, False, id="a run without an end waits"),
        pytest.param(100, 50, 70, False, id="its time is not over"),
        pytest.param(100, 100, 30, False, id="a stick may have much to write"),
        pytest.param(100, 100, 60, True, id="in vain"),
        pytest.param(100, 130, 60, True, id="it fell silent just before the end"),
    ],
)
def test_a_silent_disk_is_given_up_after_the_time_of_the_run(
    until: float, now: float, seconds: float, *, lost: bool
) -> None:
    waits: list[Wait] = []
    gone: list[str] = []
    network = Network(on_wait=waits.append, clock=lambda: float(now), until=until)
    heed_silence(network, gone.append)(Silence("/mnt/nas", seconds))
    assert gone == (["/mnt/nas"] if lost else [])
    assert [wait.service for wait in waits] == ([] if lost else ["/mnt/nas"])


@pytest.mark.parametrize(
    ("until", "now", "left"),
    [(math.inf, 0, math.inf), (100, 20, 80), (100, 90, 40), (100, 110, 40)],
)
def test_it_is_told_until_when_that_will_be(
    until: float, now: float, left: float
) -> None:
    waits: list[Wait] = []
    network = Network(on_wait=waits.append, clock=lambda: float(now), until=until)
    heed_silence(network, print)(Silence("/mnt/nas", 20.0))
    (wait,) = waits
    assert wait.until - wait.since == pytest.approx(left + 20)
    assert wait.gives_up is (left < math.inf)
