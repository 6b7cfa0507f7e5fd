"""An answer is waited for no longer than the run may take, and a while."""

from __future__ import annotations

import math

import pytest

from photosync.services.network import Network


@pytest.mark.parametrize(
    ("until", "wanted", "given"),
    [
        pytest.param(math.inf, 60, 60, id="a run without an end"),
        pytest.param(1000, 60, 60, id="time enough"),
        pytest.param(130, 60, 30, id="the time ends amid the call"),
        pytest.param(105, 60, 20, id="a service may be slow"),
        pytest.param(90, 60, 20, id="what runs may end"),
        pytest.param(90, 5, 5, id="who wants less has less"),
    ],
)
def test_an_answer_is_waited_for_until_the_run_is_over(
    until: float, wanted: float, given: float
) -> None:
    network = Network(until=until, clock=lambda: 100.0)
    assert network.bound_timeout((15, wanted)) == (15, given)


def test_where_others_wait_an_answer_is_waited_for_half_a_minute() -> None:
    network = Network()
    network.begin_asking_around(["drive"])
    assert network.bound_timeout((15, 60)) == (15, 60)
    with network.asking_around(["drive", "flickr"]):
        assert network.bound_timeout((15, 60)) == (15, 30)
        assert network.bound_timeout((15, 5)) == (15, 5)
    assert network.bound_timeout((15, 60)) == (15, 60)
