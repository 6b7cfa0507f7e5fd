"""The multipart bodies of uploads, taken apart while they are on their way to disk."""

from dataclasses import dataclass
from typing import IO, cast

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Request

from photosync.emulators.blobs import BlobStore, Incoming

PHOTO = "photo"


class _Sink:
    """Lets the form parser write into a blob; it rewinds the file when it is
    complete.
    """

    def __init__(self, incoming: Incoming) -> None:
        self.incoming = incoming

    def write(self, data: bytes) -> int:
        return self.incoming.write(data)

    def seek(self, _offset: int) -> int:
        return 0

    def close(self) -> None:
        return


@dataclass(frozen=True)
class UploadForm:
    """The text fields in order, and the file with the name that the client gave it."""

    fields: list[tuple[str, str]]
    file: Incoming | None
    file_name: str
    received: list[Incoming]

    def discard(self) -> None:
        """Remove whatever has not become a blob."""
        for incoming in self.received:
            incoming.discard()


def receive(request: Request, blobs: BlobStore) -> UploadForm:
    """Read a body to its end; a broken one counts as one without fields."""
    arriving: list[Incoming] = []

    def start(*_: object, **__: object) -> IO[bytes]:
        arriving.append(blobs.incoming())
        return cast("IO[bytes]", _Sink(arriving[-1]))

    parser = FormDataParser(start, max_form_memory_size=1_000_000)
    try:
        _, form, files = parser.parse(
            request.stream,
            request.mimetype,
            request.content_length,
            request.mimetype_params,
        )
    except (RequestEntityTooLarge, ValueError):
        _discard(arriving)
        return UploadForm([], None, "", arriving)
    except (OSError, HTTPException):
        _discard(arriving)
        raise
    photo = files.get(PHOTO)
    file = cast("_Sink", photo.stream).incoming if photo else None
    name = (photo.filename or "") if photo else ""
    return UploadForm(list(form.items(multi=True)), file, name, arriving)


def _discard(arriving: list[Incoming]) -> None:
    for incoming in arriving:
        incoming.discard()
