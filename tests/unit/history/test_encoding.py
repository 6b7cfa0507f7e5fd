"""Values as SQLite takes them."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.history.storage.encoding import decode_text, decode_words, encode_text


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_name_of_a_disk_is_kept(text: str) -> None:
    try:
        name = os.fsdecode(os.fsencode(text))
    except UnicodeEncodeError:
        return
    assert decode_text(encode_text(name)) == name


@pytest.mark.parametrize("text", ["", "{", "5", "null", '"abc"', '["a", 3]', b"\xff"])
def test_a_list_that_a_disk_damaged_is_empty(text: str | bytes) -> None:
    assert decode_words('["flickr"]') == ["flickr"]
    assert decode_words(text) == []
