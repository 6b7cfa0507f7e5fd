"""Questions to a service that are on their way while earlier answers are looked at."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

from photosync.model import RemoteAlbum
from photosync.services.base import Backend
from photosync.services.reading import RemoteReader

Q = TypeVar("Q")
A = TypeVar("A")

_AT_ONCE = 4


def ask_ahead(
    ask: Callable[[Q], A], questions: Iterable[Q]
) -> Iterator[tuple[Q, Future[A]]]:
    """Ask some questions at once; yield each in its order with its answer, which is
    waited for by whoever takes it.

    No more than a few answers are held, as each may be large.
    """
    waiting = iter(questions)
    asked: deque[tuple[Q, Future[A]]] = deque()
    with ThreadPoolExecutor(_AT_ONCE, "ahead") as pool:
        try:
            for question in islice(waiting, _AT_ONCE):
                asked.append((question, pool.submit(ask, question)))
            while asked:
                yield asked.popleft()
                for question in islice(waiting, 1):
                    asked.append((question, pool.submit(ask, question)))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def ask_meanwhile(*questions: Callable[[], object]) -> None:
    """Ask for what keeps its answer, while its caller asks for something else.

    What gets none is asked again by whoever needs it, who hears why.
    """
    pool = ThreadPoolExecutor(len(questions), "meanwhile")
    for question in questions:
        pool.submit(question)
    pool.shutdown(wait=False)


class AlbumsAhead:
    """The albums of some services, asked for while the folders are scanned.

    A folder remote is not asked: its disk may be the very one that is scanned.
    """

    def __init__(self, backends: Sequence[Backend]) -> None:
        self.backends = backends
        self._asked: dict[str, Future[list[RemoteAlbum] | None]] = {}
        if backends:
            pool = ThreadPoolExecutor(len(backends), "albums")
            for backend in backends:
                self._asked[backend.name] = pool.submit(_list_far_albums, backend)
            pool.shutdown(wait=False)

    def iterate(self) -> Iterator[Backend]:
        """Yield the services, one that has answered before one that has not: what is
        mute keeps no other from being read meanwhile.
        """
        left = [*self.backends]
        while left:
            asked = [self._asked[backend.name] for backend in left]
            wait(asked, return_when=FIRST_COMPLETED)
            for backend, answer in zip(left, asked, strict=True):
                if answer.done():
                    left.remove(backend)
                    yield backend
                    break

    def list(self, backend: RemoteReader) -> Iterable[RemoteAlbum]:
        """Return the albums of a service; raises what its `albums` raised."""
        # An answer is given once: who asks again wants to know what is there by then.
        asked = self._asked.pop(backend.name, None)
        albums = asked.result() if asked else None
        return backend.albums() if albums is None else albums


def _list_far_albums(backend: RemoteReader) -> list[RemoteAlbum] | None:
    return list(backend.albums()) if backend.capabilities.is_far else None
