"""Values as SQLite takes them."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from photosync.history.values import decode_text, encode_text


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_name_of_a_disk_is_kept(text: str) -> None:
    try:
        name = os.fsdecode(os.fsencode(text))
    except UnicodeEncodeError:
        return
    assert decode_text(encode_text(name)) == name
