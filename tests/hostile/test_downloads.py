"""What stands under a photo's address and is not the photo."""

from __future__ import annotations

import gzip
import json

import pytest
from harness.flickr_world import jpeg
from harness.strangers import Asked, Raw, memory_growth, say, serving

from hostile.clients import make_drive, make_flickr
from photosync.errors import Changed, SideError, Transient
from photosync.services.drive.photos.downloads import open_download
from photosync.services.flickr.photos.downloads import Downloads
from photosync.services.flickr.records.originals import Original
from photosync.services.http import RetryPolicy

MIB = 1024 * 1024
PHOTO = jpeg("a photo")


def from_flickr(answer: Raw) -> tuple[bytes, str]:
    """What is read of a photo of Flickr's, and the encoding that was asked for."""
    with serving(lambda _: answer) as server:
        downloads = Downloads(make_flickr(server.url), 4)
        original = Original(f"{server.url}/1_o.jpg", "jpg", is_video=False, taken="")
        with downloads.open_original("1", original) as stream:
            data = b"".join(iter(lambda: stream.read(MIB), b""))
    return data, server.asked[0].headers["accept-encoding"]


def from_drive(answer: Raw, announced: int | None) -> tuple[bytes, str]:
    """What is read of a photo of Drive's, and the encoding that was asked for."""
    with serving(lambda _: answer) as server:
        made = make_drive(server.url)
        with open_download(made, f"{server.url}/1", announced) as stream:
            data = b"".join(iter(lambda: stream.read(MIB), b""))
    return data, server.asked[0].headers["accept-encoding"]


def read(service: str, answer: Raw, announced: int | None = None) -> tuple[bytes, str]:
    if service == "flickr":
        return from_flickr(answer)
    return from_drive(answer, announced)


@pytest.mark.parametrize("service", ["drive", "flickr"])
def test_the_stored_bytes_are_asked_for_and_given(service: str) -> None:
    answer = say(PHOTO, content_encoding="identity")
    assert read(service, answer) == (PHOTO, "identity")


@pytest.mark.parametrize("service", ["drive", "flickr"])
@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP", "gzip, gzip"])
def test_a_file_that_comes_packed_is_refused(service: str, encoding: str) -> None:
    answer = say(gzip.compress(PHOTO), content_encoding=encoding)
    with pytest.raises(Transient, match="packed"):
        read(service, answer, 1000)


@pytest.mark.parametrize(
    "page",
    [b"<!DOCTYPE html>", b"\xef\xbb\xbf\n <html>", b'{"stat":"fail"}', b"<?xml?>"],
)
def test_a_page_of_type_image_is_told_by_its_content(page: bytes) -> None:
    with pytest.raises(Transient, match="page instead of the file"):
        from_flickr(say(page, content_type="image/jpeg"))


@pytest.mark.parametrize("pieces", [[PHOTO], [PHOTO[:1], PHOTO[1:]]])
def test_what_was_looked_at_is_read_once(pieces: list[bytes]) -> None:
    chunks = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert from_flickr((head, *chunks, b"0\r\n\r\n"))[0] == b"".join(pieces)


@pytest.mark.parametrize("service", ["drive", "flickr"])
def test_a_file_without_end_ends(service: str) -> None:
    chunk = b"100000\r\n" + PHOTO.ljust(MIB, b"\0") + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with memory_growth() as growth, pytest.raises(Changed, match="more bytes"):
        read(service, (head, *[chunk] * 1000), 2 * MIB)
    # The test holds what it is given, which is no part of the program.
    assert service == "flickr" or growth[0] < 50 * MIB


@pytest.mark.parametrize("service", ["drive", "flickr"])
@pytest.mark.parametrize("length", ["many", "-1", "5, 6", "1e9", "", "9" * 5000])
def test_a_length_that_is_no_number_is_a_failure_that_is_known(
    service: str, length: str
) -> None:
    try:
        data, _ = read(service, say(PHOTO, content_length=length), len(PHOTO))
    except SideError:
        return
    assert data == PHOTO


@pytest.mark.parametrize("length", [len(PHOTO), len(PHOTO) // 2])
def test_a_photo_of_flickr_that_may_have_been_cut_is_none(length: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"
    with pytest.raises(Transient, match="without its length"):
        from_flickr((head, PHOTO[:length]))


@pytest.mark.parametrize("body", [b"", PHOTO], ids=["nothing", "a still"])
def test_what_is_no_film_is_not_taken_for_one(body: bytes) -> None:
    def answer(asked: Asked) -> Raw:
        if asked.method == "GET":
            return say(body)
        source = f"{server.url}/play"
        size = {"label": "Video Original", "source": source, "media": "video"}
        return say(json.dumps({"stat": "ok", "sizes": {"size": [size]}}).encode())

    with serving(answer) as server:
        downloads = Downloads(make_flickr(server.url), 4)
        film = Original("", "jpg", is_video=True, taken="")
        with (
            pytest.raises(Transient, match="instead of the file"),
            downloads.open_original("1", film),
        ):
            pass


def test_a_photo_of_drive_whose_line_broke_after_its_last_byte_is_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"%x\r\n%b\r\n" % (len(PHOTO), PHOTO)
    answers = [(head, piece), say(b"", 416)]
    with serving(lambda _: answers.pop(0)) as server:
        made = make_drive(server.url)
        made.retry_policy = RetryPolicy(0.0, attempts=2)
        with open_download(made, f"{server.url}/1", len(PHOTO)) as stream:
            data = b"".join(iter(lambda: stream.read(MIB), b""))
    assert data == PHOTO
