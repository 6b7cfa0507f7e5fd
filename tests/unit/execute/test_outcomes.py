"""What an error makes of a step, an album or a trash."""

from __future__ import annotations

import pytest

from photosync.errors import (
    AuthorizationNeeded,
    QuotaExceeded,
    Rejected,
    SideError,
    TimeOver,
)
from photosync.execute.outcomes import fail, refuse
from photosync.model import AlbumUpdate, Result

ALBUM = AlbumUpdate("flickr", "Rome")


@pytest.mark.parametrize(
    ("error", "result", "code", "stopped"),
    [
        (Rejected("no"), Result.FAILED, 1, False),
        (QuotaExceeded("full"), Result.FAILED, 1, True),
        (AuthorizationNeeded("sign in"), Result.FAILED, 3, True),
        # Somebody gave the run so much time.
        (TimeOver("used up"), Result.POSTPONED, 0, True),
    ],
)
def test_an_error_is_a_failure_unless_the_time_of_the_run_is_over(
    error: SideError, result: Result, code: int, *, stopped: bool
) -> None:
    outcome = fail(ALBUM, error)
    assert (outcome.result, outcome.exit_code) == (result, code)
    assert (outcome.reason, outcome.side_stopped) == (str(error), stopped)


@pytest.mark.parametrize(
    ("error", "code"), [(QuotaExceeded("full"), 1), (TimeOver("used up"), 0)]
)
def test_what_is_not_even_tried_ends_as_what_was(error: SideError, code: int) -> None:
    outcome = refuse(ALBUM, error)
    assert (outcome.result, outcome.exit_code) == (Result.POSTPONED, code)
