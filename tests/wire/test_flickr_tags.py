"""What Flickr does not keep of a file survives in the normal form of its machine
tags.
"""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from photosync.model import LocalPhoto
from photosync.services.flickr import tags

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


def normal(raws: str) -> str:
    """What a listing gives of tags: small letters and digits are all that is left of a
    value.
    """
    found = []
    for raw in raws.split():
        head, _, value = raw.partition("=")
        found.append(f"{head.lower()}={re.sub('[^a-z0-9]', '', value.lower())}")
    return " ".join(found)


@given(
    name=NAMES,
    size=st.integers(0, 2**40),
    milliseconds=st.integers(-(10**13), 10**14),
    md5=st.binary(min_size=16, max_size=16).map(bytes.hex),
    reduced=st.booleans(),
)
def test_name_size_time_and_hash_come_back(
    name: str, size: int, milliseconds: int, md5: str, *, reduced: bool
) -> None:
    photo = LocalPhoto(name, "/x", name, size, milliseconds * 10**6)
    written = tags.format_tags(photo, md5, reduced=reduced)
    assert tags.parse_tags(normal(written)) == (
        name,
        size,
        milliseconds * 10**6,
        md5,
        reduced,
    )
    assert all(map(tags.is_ours, written.split()))


@given(st.text(max_size=60))
def test_whatever_others_write_as_tags_is_read_as_nothing_or_whole(text: str) -> None:
    found = tags.parse_tags(text)
    assert found is None or len(found.md5) == 32
    tags.parse_tags(f"photosync:md5={MD5} photosync:file={text}")


def test_one_of_the_two_tags_alone_tells_nothing() -> None:
    for raw in tags.format_tags(LocalPhoto("a.jpg", "/x", "a.jpg", 1, 2), MD5).split():
        assert tags.parse_tags(raw) is None


def test_the_tag_of_another_program_is_not_ours() -> None:
    assert not tags.is_ours("checksum:md5=" + MD5)
    assert not tags.is_ours("photosync:other=1")
