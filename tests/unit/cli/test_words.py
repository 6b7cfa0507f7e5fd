"""Why something is done about a photo, in words."""

from __future__ import annotations

import pytest

from photosync.cli.words import reason_of
from photosync.model import Actions, Comparisons, Step

A, C = Actions, Comparisons


@pytest.mark.parametrize(
    ("action", "comparison", "why", "told"),
    [
        # It is equal, and that is said once.
        (A.UPDATE_REMOTE_METADATA, C.SAME, "another date", "another date"),
        (A.UPLOAD_LOCAL, C.LOCAL_ONLY, "", "new here"),
        (A.REPORT, C.LOCAL_DELETED, "not permitted", "you deleted it; not permitted"),
    ],
)
def test_why_is_told_once(
    action: Actions, comparison: Comparisons, why: str, told: str
) -> None:
    step = Step("drive", action, comparison, "Rome", "a.jpg", reason=why)
    assert reason_of(step) == told
