"""Whatever goes wrong with what is shown, the run goes on and all of it is told."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from photosync.cli.output import forget_losses, has_lost_output
from photosync.cli.progress.display import Display, Lines
from photosync.cli.progress.steady_display import SteadyDisplay
from photosync.compare.reading import OnRead, Reading
from photosync.errors import GuardRefused, Interrupted
from photosync.model import (
    Actions,
    Comparisons,
    LocalPhoto,
    Outcome,
    Plan,
    Result,
    Step,
    Wait,
)

SERVICE = "drive"


class Breaking(Display):
    """A display of which one thing breaks, at its second use where that is wanted."""

    def __init__(self, what: str, *, at: int = 1) -> None:
        self.what = what
        self.left = at
        self.broken = ""
        self.outcomes = 0
        self.stops = 0

    @property
    def failure(self) -> str:
        return self.broken

    def _use(self, what: str) -> None:
        if what == self.what:
            self.left -= 1
            if self.left == 0:
                raise RuntimeError(what)

    @contextmanager
    def reading(self) -> Iterator[OnRead]:
        self._use("enter")
        yield lambda *_: self._use("read")
        self._use("leave")

    def start(self, plan: Plan) -> None:  # noqa: ARG002
        self._use("start")

    def show_progress(self, step: Step, count: int) -> None:  # noqa: ARG002
        self._use("progress")

    def show_wait(self, wait: Wait) -> None:  # noqa: ARG002
        self._use("wait")

    def show_outcome(self, outcome: Outcome) -> None:  # noqa: ARG002
        self._use("outcome")
        self.outcomes += 1

    def stop(self) -> None:
        self._use("stop")
        self.stops += 1


def make_step(number: int) -> Step:
    name = f"{number}.jpg"
    photo = LocalPhoto(f"/p/{name}", "", name, 10, 10**18)
    action, comparison = Actions.UPLOAD_LOCAL, Comparisons.LOCAL_ONLY
    return Step(SERVICE, action, comparison, "Rome", name, photo)


STEPS = [make_step(number) for number in range(3)]
PLAN = Plan(steps=tuple(STEPS), counts={SERVICE: {}})


def use(display: SteadyDisplay) -> None:
    """A run as it shows itself."""
    with display.reading() as on_read:
        on_read(SERVICE, Reading(albums=1))
    display.start(PLAN)
    for step in STEPS:
        display.show_progress(step, 10)
        display.show_wait(Wait(SERVICE, "no network", 0.0, 0.0))
        display.show_outcome(Outcome(step, Result.DONE))
    display.stop()


@pytest.fixture(autouse=True)
def _nothing_lost() -> Iterator[None]:
    forget_losses()
    yield
    forget_losses()


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize(
    "what", ["enter", "read", "leave", "start", "progress", "wait", "outcome", "stop"]
)
def test_a_display_that_breaks_is_replaced_by_plain_lines(
    what: str,
    at: int,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    live = Breaking(what, at=at)
    broke = live.left == 1 or what in {"progress", "wait", "outcome"}
    with caplog.at_level(logging.ERROR, logger="photosync"):
        use(SteadyDisplay(live, Lines(quiet=False, verbose=True)))
    said = capsys.readouterr()
    shown = live.outcomes + said.out.count("+ upload to Drive")
    assert shown == len(STEPS)
    assert ("the run itself goes on" in said.err) is broke
    assert ("RuntimeError" in caplog.text) is broke
    assert not has_lost_output()


def test_bars_that_break_while_they_are_drawn_are_replaced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    live = Breaking("")
    display = SteadyDisplay(live, Lines(quiet=False, verbose=True))
    display.start(PLAN)
    display.show_outcome(Outcome(STEPS[0], Result.DONE))
    live.broken = "unforeseen"
    display.show_outcome(Outcome(STEPS[1], Result.DONE))
    assert (live.outcomes, live.stops) == (1, 1)
    assert capsys.readouterr().out.count("+ upload to Drive") == 1


def test_what_is_left_counts_for_the_lines_that_take_over(
    capsys: pytest.CaptureFixture[str],
) -> None:
    use(SteadyDisplay(Breaking("outcome", at=2), Lines(quiet=False)))
    assert "Rome  (2 photos, 20 B)" in capsys.readouterr().out


def test_where_nothing_takes_over_that_is_told_and_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    display = Breaking("outcome")
    use(SteadyDisplay(display))
    assert (display.outcomes, display.stops) == (len(STEPS) - 1, 1)
    assert "the run itself goes on" in capsys.readouterr().err
    assert has_lost_output()


@pytest.mark.parametrize(
    "error", [GuardRefused("no"), KeyboardInterrupt(), Interrupted("end")], ids=repr
)
@pytest.mark.parametrize("what", ["", "leave"])
def test_what_is_raised_while_sides_are_read_goes_its_way(
    what: str, error: BaseException
) -> None:
    display = SteadyDisplay(Breaking(what), Lines(quiet=True))
    with pytest.raises(type(error)) as caught, display.reading():
        raise error
    assert caught.value is error


def test_to_be_asked_to_stop_is_no_fault_of_the_display() -> None:
    class Asked(Breaking):
        def show_progress(self, step: Step, count: int) -> None:  # noqa: ARG002
            raise Interrupted("end")

    display = SteadyDisplay(Asked(""))
    with suppress(Interrupted):
        display.show_progress(STEPS[0], 1)
        pytest.fail("not passed on")
    assert display.failure == ""
