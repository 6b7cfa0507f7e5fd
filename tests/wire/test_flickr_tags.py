"""What Flickr does not keep of a file survives in the normal form of its machine
tags.
"""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from photosync.model import LocalPhoto
from photosync.services.flickr.records import tags

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


def test_a_tag_that_the_service_cut_tells_nothing() -> None:
    name = "a long name of a photo from the summer holidays.jpg"
    photo = LocalPhoto(name, "/x", name, 12345, 1_700_000_000_000_000_000)
    md5, file = tags.format_tags(photo, MD5).split()
    assert tags.parse_tags(f"{md5} {file}")
    for length in range(len(file)):
        assert tags.parse_tags(f"{md5} {file[:length]}") is None


def test_a_tag_as_the_first_release_wrote_it_is_read_unless_its_ending_is_gone() -> (
    None
):
    md5 = f"photosync:md5={MD5}"
    found = tags.parse_tags(f"{md5} photosync:file=10x1700000000000xcgn6ks37")
    assert found == ("d.jpg", 10, 17 * 10**17, MD5, False)
    assert tags.parse_tags(f"{md5} photosync:file=10x1700000000000xcgn6ks") is None


def test_two_tags_of_one_kind_tell_nothing() -> None:
    first = tags.format_tags(LocalPhoto("a.jpg", "/x", "a.jpg", 1, 2), MD5)
    second = tags.format_tags(LocalPhoto("b.jpg", "/x", "b.jpg", 1, 2), MD5)
    assert tags.parse_tags(f"{first} {second}") is None


def test_tags_are_those_of_an_upload_although_the_service_cut_them() -> None:
    sent = tags.format_tags(LocalPhoto("a.jpg", "/x", "a.jpg", 1, 2), MD5)
    md5, file = sent.split()
    assert tags.are_of_upload(["family", md5, file], sent)
    assert tags.are_of_upload([file[:30], md5], sent)
    assert not tags.are_of_upload([md5], sent)
    assert not tags.are_of_upload([md5, "photosync:file=n9x2x3x4"], sent)
    assert not tags.are_of_upload([md5, file, tags.REDUCED], sent)
