"""Why something is done about a photo, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from photosync.cli.words import reason_of
from photosync.model import Actions, Comparisons, Step, StepKey

A, C = Actions, Comparisons


@pytest.mark.parametrize(
    ("action", "comparison", "why", "told"),
    [
        # It is equal, and that is said once.
        (A.UPDATE_REMOTE_METADATA, C.SAME, "another date", "another date"),
        (A.UPLOAD_LOCAL, C.LOCAL_ONLY, "", "new here"),
        # What is not brought home is not called new.
        (A.DOWNLOAD_REMOTE, C.REMOTE_ONLY, "", "new on Drive"),
        (A.TAG_REMOTE, C.REMOTE_ONLY, "", "only on Drive"),
        (A.REPORT, C.LOCAL_DELETED, "not permitted", "you deleted it; not permitted"),
    ],
)
def test_why_is_told_once(
    action: Actions, comparison: Comparisons, why: str, told: str
) -> None:
    step = Step("drive", action, comparison, "Rome", "a.jpg", reason=why)
    assert reason_of(step) == told


@pytest.mark.parametrize(
    ("action", "comparison", "told"),
    [
        (A.UPLOAD_LOCAL, C.LOCAL_ONLY, "new on Flickr"),
        (A.REPLACE_REMOTE_WITH_LOCAL, C.REMOTE_OLDER, "newer on Flickr"),
        (A.MOVE_REMOTE, C.LOCAL_MOVED, "moved on Flickr"),
        (A.DELETE_REMOTE, C.LOCAL_DELETED, "deleted on Flickr"),
    ],
)
def test_what_another_service_began_is_not_told_as_done_here(
    action: Actions, comparison: Comparisons, told: str
) -> None:
    leader = StepKey("flickr", "rome", "a.jpg")
    step = Step("drive", action, comparison, "Rome", "a.jpg", waits_for=leader)
    assert reason_of(replace(step, reason="after Flickr")) == told
    # The film of a photo waits for it on its own service.
    beside = replace(step, waits_for=leader._replace(service="drive"))
    assert "Flickr" not in reason_of(beside)
