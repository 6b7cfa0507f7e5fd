"""Bytes on their way home, also where the service tells wrongly what they are, and
whether they are those here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from photosync.disk.files import Content
from photosync.disk.reading import check_unchanged, compute_file_md5
from photosync.disk.streams import Readable, compute_md5
from photosync.errors import Changed, Rejected, SideError
from photosync.model import LocalPhoto, RemotePhoto
from photosync.services.base import Backend
from photosync.services.reading import RemoteReader

OTHER_BYTES = (
    "it holds other bytes than photosync once sent, as it was changed there; these were "
    "taken"
)

_T = TypeVar("_T")


def fetch(
    backend: RemoteReader, photo: RemotePhoto, save: Callable[[Readable, Content], _T]
) -> tuple[_T, RemotePhoto]:
    """Let `save` write what a photo holds; return what it did, and the photo.

    That is another one than given where the service told wrongly what it holds. Raises
    Changed where a download was broken, and what the calls raise.
    """
    try:
        with backend.open(photo) as stream:
            return save(stream, Content.of(photo)), photo
    except Changed:
        # Turned or replaced on the website: Flickr still tells of what was once sent.
        actual = backend.read_again(photo)
        if actual is None:
            raise
    with backend.open(actual) as stream:
        return save(stream, Content.of(actual)), actual


def read_md5(backend: RemoteReader, photo: RemotePhoto) -> str:
    """Return the MD5 of the bytes that are there now, whatever anybody tells of them.

    The photo is read whole for it. Raises what `open` raises.
    """
    with backend.open(photo) as stream:
        return compute_md5(stream)


def is_told_wrongly(backend: RemoteReader, photo: RemotePhoto) -> bool:
    """Whether our marks are on a photo and yet its size is unknown: an edit there left
    those of what was once sent, and history took them for stale.
    """
    has_marks = backend.capabilities.keeps_metadata and not photo.titled
    return has_marks and photo.size is None


def correct_marks(
    backend: Backend, photo: RemotePhoto, local: LocalPhoto
) -> RemotePhoto:
    """Let a photo there tell of the bytes that it holds, which are in `local`; return
    it as it is then.
    """
    # Somebody else's photo, or an account that may only be read: it stays wrong.
    with suppress(SideError):
        return backend.update_metadata(photo, local._replace(name=photo.name))
    return photo


def check_same_bytes(photo: RemotePhoto, local: LocalPhoto) -> str:
    """Return the MD5 of a photo whose bytes are the same here and there.

    Raises Rejected where they differ.
    """
    md5 = compute_file_md5(local.path) if photo.size == local.size else ""
    check_unchanged(local.path, local.size, local.modified_ns)
    if not md5 or md5 != photo.md5:
        raise Rejected(
            "the photo there has other bytes; only its date and name were to be changed"
        )
    return md5
