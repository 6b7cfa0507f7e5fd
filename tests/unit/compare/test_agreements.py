"""What is noted of a pair that passes for equal."""

from __future__ import annotations

from typing import Any

import pytest

from photosync.compare.agreements import find_agreement
from photosync.compare.attributes import Asked
from photosync.compare.hashes import NoBaselines, SurveyDigests
from photosync.model import Comparisons, Difference, LocalPhoto, Pair, RemotePhoto

ASKED = Asked(date=True, size=True, hash=False, stateless=False)


class Known:
    """Tells the MD5 of each file that was read earlier, None for the others."""

    def __init__(self, md5: str | None) -> None:
        self._md5 = md5

    def known_md5(self, photo: LocalPhoto) -> str | None:  # noqa: ARG002 - there is one
        return self._md5


@pytest.mark.parametrize(
    ("here", "there", "size"),
    [("a1", "a1", 7), ("b2", "a1", None), (None, "a1", None), (None, None, None)],
)
def test_only_of_equal_bytes_the_size_is_known(
    here: str | None, there: str | None, size: int | None
) -> None:
    explorer: Any = Known(here)
    backend: Any = None
    digests = SurveyDigests(explorer, backend, NoBaselines())
    local = LocalPhoto("a.jpg", "/Photos/Rome", "a.jpg", 7, 0)
    remote = RemotePhoto("a.jpg", "1", None, 0, md5=there)
    difference = Difference(Pair("Rome", "a.jpg", local, remote), Comparisons.SAME)
    agreement = find_agreement(difference, ASKED, digests)
    assert agreement is not None
    assert agreement.baseline.remote.size == size
