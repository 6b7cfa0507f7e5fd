"""What is known of a photo from the file that is sent."""

from __future__ import annotations

from photosync.disk.streams import compute_md5
from photosync.model import LocalPhoto, RemotePhoto
from photosync.services.capabilities import Source
from photosync.services.flickr.records.originals import is_converted


def make_photo(
    name: str, photo_id: str, source: Source, md5: str, *, gives_back: bool
) -> RemotePhoto:
    """Return the photo that a source became; `md5` is that of the file here.

    Unless it is known that Flickr `gives_back` originals, which a free account does not
    get, it is no copy: the next list tells.
    """
    local = source.photo
    is_reduced = bool(source.original_md5)
    # A smaller copy is a JPEG, which comes back as it is.
    loses_bytes = is_converted(name) and not is_reduced
    return RemotePhoto(
        name=name,
        id=photo_id,
        size=local.size,
        modified_ns=local.modified_ns,
        md5=md5,
        reduced=is_reduced,
        withheld=loses_bytes or not gives_back,
    )


def hash_source(source: Source) -> str:
    """Return the MD5 that goes with the upload, of just the bytes that the scan saw.

    Of a smaller copy it is that of its original.
    """
    if source.original_md5:
        return source.original_md5
    with source.open() as stream:
        return compute_md5(stream)


class HashesAhead:
    """The MD5s of photos that are about to be sent, read while others are. Any thread
    may call it.
    """

    def __init__(self) -> None:
        self._known: dict[LocalPhoto, str] = {}

    def read(self, source: Source) -> str:
        """Return that of a photo, and keep it until it is taken."""
        md5 = hash_source(source)
        self._known[source.photo] = md5
        return md5

    def take(self, source: Source) -> str:
        """Return that of a photo, read now where it was not before."""
        return self._known.pop(source.photo, "") or hash_source(source)
