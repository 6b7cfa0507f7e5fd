"""Small pictures of photos that a service holds: each is a call or two and the bytes of
the photo, or of a small version where the service has one, so only some are fetched. A
disk costs nothing but time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from threading import Lock

from photosync.cli.report.thumbnails import make_small_picture
from photosync.errors import SideError
from photosync.media.kinds import ending_of
from photosync.model import Actions, Comparisons, RemotePhoto, Step
from photosync.services.reading import RemoteReader
from photosync.unforeseen import contain

MOST = 60
"""How many photos are fetched from each service for one page."""

_LARGEST = 12_000_000
"""Bytes of a photo above which its picture is not worth the time."""

_PICTURES = frozenset({"jpg", "jpeg", "png", "heic", "webp", "gif", "tif", "tiff"})
_FOLDER = "folder:"

_BOTH_SHOWN = frozenset(
    {Actions.REPLACE_REMOTE_WITH_LOCAL, Actions.DOWNLOAD_REMOTE, Actions.KEEP_BOTH}
)
_DISPUTES = frozenset(
    {Comparisons.CONFLICT, Comparisons.DIFFERENT, Comparisons.REMOTE_NEWER}
)


class RemotePictures:
    """Fetches pictures until each service has given its share. Any thread may ask."""

    def __init__(self, backends: Mapping[str, RemoteReader]) -> None:
        self._backends = backends
        self._left = dict.fromkeys(backends, MOST)
        self._lock = Lock()

    def is_wanted(self, step: Step) -> bool:
        """Whether the version on the service is worth a look."""
        if step.remote is None or step.service not in self._backends:
            return False
        if ending_of(step.name) not in _PICTURES:
            return False
        gives_small = self._backends[step.service].gives_small
        size = step.remote.size or 0
        if size > _LARGEST and not gives_small:
            return False
        # Where both are shown one is to be chosen; of equal ones that here is enough.
        if step.local is None or step.action in _BOTH_SHOWN:
            return True
        return step.action is Actions.REPORT and step.comparison in _DISPUTES

    def make(self, step: Step) -> bytes:
        """Return a small JPEG of the version on the service, empty where there is none.

        Never raises: a page without a picture is a page.
        """
        photo = step.remote
        if photo is None or not self.is_wanted(step) or not self._take(step.service):
            return b""
        try:
            with contain(step.service):
                return self._fetch(self._backends[step.service], photo)
        except SideError:
            # It was deleted there (also by us), or the network is gone: one is enough.
            return b""

    def _take(self, service: str) -> bool:
        """Take one of what a service gives; False where it has given enough."""
        if service.startswith(_FOLDER):
            return True
        with self._lock:
            self._left[service] -= 1
            return self._left[service] >= 0

    @staticmethod
    def _fetch(backend: RemoteReader, photo: RemotePhoto) -> bytes:
        with tempfile.NamedTemporaryFile(prefix="photosync-") as file:
            with backend.open_small(photo) as stream:
                shutil.copyfileobj(stream, file)
            file.flush()
            return make_small_picture(file.name)
