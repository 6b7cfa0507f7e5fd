"""What a survey reads of remote photos to see whether they changed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from photosync.compare.hashes import NoBaselines, SurveyDigests
from photosync.disk.streams import Readable
from photosync.model import RemotePhoto
from photosync.services.base import Backend
from photosync.services.capabilities import OriginalWithheld


class Service:
    """Gives the id of each photo as its bytes; withholds what is called so."""

    name = "flickr"

    def __init__(self) -> None:
        self.read: list[str] = []

    @contextmanager
    def open(self, photo: RemotePhoto) -> Iterator[Readable]:
        self.read.append(photo.id)
        if photo.id == "withheld":
            raise OriginalWithheld("withheld")
        yield io.BytesIO(photo.id.encode())


def survey(service: Service, most_read: int = 9) -> SurveyDigests:
    explorer: Any = None
    backend = cast(Backend, service)
    return SurveyDigests(explorer, backend, NoBaselines(), most_read=most_read)


def photo_of(photo_id: str, *, reduced: bool = False) -> RemotePhoto:
    return RemotePhoto("a.jpg", photo_id, None, None, reduced=reduced)


def test_what_is_read_is_kept_for_the_rest_of_the_survey() -> None:
    service = Service()
    digests = survey(service)
    md5 = hashlib.md5(b"1").hexdigest()
    assert digests.read_remote(photo_of("1")) == md5
    assert digests.remote(photo_of("1")) == md5
    assert digests.fill_read(photo_of("1")).md5 == md5
    assert service.read == ["1"]


def test_what_is_withheld_or_a_smaller_copy_tells_nothing() -> None:
    digests = survey(Service())
    assert digests.read_remote(photo_of("withheld")) is None
    assert digests.read_remote(photo_of("1", reduced=True)) is None
    assert not digests.problems


def test_so_many_are_read_in_one_run_and_the_others_left_for_the_next() -> None:
    service = Service()
    digests = survey(service, most_read=2)
    found = [digests.read_remote(photo_of(number)) for number in "123"]
    assert [md5 is None for md5 in found] == [False, False, True]
    assert service.read == ["1", "2"]
    (problem,) = digests.problems
    assert "changed there, or only shown to others: 1;" in problem.reason
    assert not problem.failed
