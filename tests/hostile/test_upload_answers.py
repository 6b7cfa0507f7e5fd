"""Hostile answers in the midst of an upload in chunks."""

from __future__ import annotations

from io import BytesIO

import pytest
from harness.strangers import Asked, Raw, memory_growth, say, serving

from hostile.clients import make_drive
from photosync.errors import SideError
from photosync.services.drive.calls.costs import CHUNK
from photosync.services.drive.uploads.transfers import (
    Media,
    UploadSession,
    send,
)

LARGE = CHUNK + 1
RANGES = [
    "bytes=0-",
    "bytes=0-x",
    "bytes",
    "",
    "bytes=0--1",
    "bytes=0-" + "9" * 30,
    "bytes=0-" + "9" * 5000,
    "bytes=0-\u00b2",
    f"bytes=0-{LARGE - 1}",
    f"bytes=0-{LARGE}",
]


@pytest.mark.parametrize("text", RANGES, ids=lambda text: text[:20])
@pytest.mark.parametrize("noted", ["", "/session"], ids=["new", "noted"])
def test_an_upload_told_nonsense_of_its_progress_fails_with_a_word(
    text: str, noted: str
) -> None:
    def answer(asked: Asked) -> Raw:
        if asked.method == "POST":
            return say(location=f"{server.url}/session")
        return say(b"", 308, range=text)

    with serving(answer) as server, memory_growth() as growth:
        made = make_drive(server.url)
        media = Media(BytesIO(bytes(LARGE)), LARGE, mimetype="image/jpeg")
        session = UploadSession(noted and f"{server.url}{noted}")
        with pytest.raises(SideError):
            send(
                made,
                lambda: made.files.create(body={}, media_body=media),
                media,
                session=session,
            )
    assert growth[0] < 100 * 1024 * 1024
    assert len(server.asked) < 40
