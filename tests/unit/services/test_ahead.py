"""The albums of services are asked for while something else is done."""

from __future__ import annotations

from threading import Event, current_thread
from unittest.mock import Mock

import pytest

from photosync.errors import Transient
from photosync.model import RemoteAlbum
from photosync.services.ahead import AlbumsAhead
from photosync.services.base import Backend
from photosync.services.capabilities import Capabilities

ROME = RemoteAlbum("Rome", "1")


def make_backend(*answers: object, is_far: bool = True) -> Mock:
    """A service that answers one question after the other."""
    backend = Mock(spec=Backend, capabilities=Capabilities(is_far=is_far))
    backend.configure_mock(name="drive")
    backend.albums.side_effect = answers
    return backend


@pytest.mark.parametrize(("is_far", "thread"), [(True, "albums_0"), (False, "")])
def test_only_services_are_asked_ahead(*, is_far: bool, thread: str) -> None:
    # The disk of a folder remote may be the very one that is scanned meanwhile.
    backend = make_backend(is_far=is_far)
    backend.albums.side_effect = lambda: [RemoteAlbum(current_thread().name, "1")]
    (album,) = AlbumsAhead([backend]).list(backend)
    assert album.title == (thread or current_thread().name)


def test_an_answer_is_given_once() -> None:
    backend = make_backend([ROME], [])
    asked = AlbumsAhead([backend])
    assert [list(asked.list(backend)) for _ in range(2)] == [[ROME], []]


def test_what_fails_fails_where_the_answer_is_wanted() -> None:
    backend = make_backend(Transient("no network"))
    asked = AlbumsAhead([backend])
    with pytest.raises(Transient, match="no network"):
        asked.list(backend)


def test_without_a_service_nobody_is_asked() -> None:
    backend = make_backend([ROME])
    assert list(AlbumsAhead([]).list(backend)) == [ROME]


def test_who_has_answered_is_read_before_one_that_is_mute() -> None:
    goes_on = Event()
    mute = make_backend()
    mute.configure_mock(name="flickr")
    mute.albums.side_effect = lambda: [ROME] * goes_on.wait(10)
    other = make_backend([ROME])
    asked = AlbumsAhead([mute, other])
    services = asked.iterate()
    first = next(services)
    assert (first, asked.list(first)) == (other, [ROME])
    goes_on.set()
    assert list(services) == [mute]
