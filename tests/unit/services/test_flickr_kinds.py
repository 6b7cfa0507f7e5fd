"""What Flickr is not even offered is what it refuses, and no more."""

from __future__ import annotations

import pytest

from photosync.emulators.flickr.media_types import CONVERTED, KEPT, VIDEOS, recognise
from photosync.media import Kind, endings_of
from photosync.media.kinds import RAW, SIDECARS
from photosync.services.flickr.calls.account import CONVERTS, REFUSES
from photosync.services.flickr.records.originals import is_converted

JPEG = b"\xff\xd8\xff\xe0"
HEIF = b"\0\0\0\x18ftyp"
FILES = [
    *(("a.jfif", JPEG), ("a.mpo", JPEG), ("a.insp", JPEG)),
    *(("a.hif", HEIF + b"heix"), ("a.heics", HEIF + b"hevc")),
    *(("a.avif", HEIF + b"avif"), ("a.avifs", HEIF + b"avis")),
    *(("a.jxl", b"\xff\x0a"), ("a.jp2", b"\0\0\0\x0cjP  \r\n\x87\n")),
    *(("a.psd", b"8BPS\0\1"), ("a.nef", b"II*\0\x08\0\0\0"), ("a.x3f", b"FOVb")),
    *(("a.insv", HEIF + b"avc1"), ("a.lrv", HEIF + b"mp41")),
    *(("a.vob", b"\0\0\1\xba"), ("a.mod", b"\0\0\1\xba")),
]


@pytest.mark.parametrize(("name", "head"), FILES)
def test_what_flickr_refuses_it_is_not_offered(name: str, head: bytes) -> None:
    found = recognise(head, name)
    is_taken = found in KEPT | CONVERTED | VIDEOS
    ending = name.partition(".")[2]
    assert is_taken == (ending not in REFUSES)
    assert (found in CONVERTED) <= (ending in CONVERTS)
    if is_taken:
        assert is_converted(name) == (found in CONVERTED)


def test_only_raw_pictures_sidecars_and_some_pictures_are_refused() -> None:
    assert REFUSES >= RAW | SIDECARS
    assert not REFUSES - SIDECARS - endings_of(Kind.PHOTO)
