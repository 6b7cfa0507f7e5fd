from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photosync.naming import (
    escape_refused,
    find_doubtful,
    fold_name,
    name_key,
    name_of_file,
    posix_file_name,
    safe_file_name,
)

DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d)(\..*)?", re.IGNORECASE | re.DOTALL)
DEVICES = (
    "CON",
    "con",
    "Con.jpg",
    "PRN",
    "aux.tar.gz",
    "NUL",
    "nul.",
    "COM1",
    "com0.jpg",
    "LPT9",
)
ORDINARY = (
    "IMG_0001.JPG",
    "My%20photo.jpg",
    "a:b.jpg",
    "100%.jpg",
    "50%off.jpg",
    "Café & Søn (1).jpg",
    'quote".jpg',
    "back\\slash.jpg",
    " leading and trailing ",
    "-dash.jpg",
    ".hidden.jpg",
    "...jpg",
    "CONCERT.jpg",
    "COM10.jpg",
    "ملف.jpg",
    "📷.jpg",
)
# Any text, and text full of what the escaping must tell apart.
PIECES = (
    *(
        "%",
        "%%",
        "%2",
        "%25",
        "%00",
        "%0",
        "0A",
        "%2F",
        "2F",
        "%u003A",
        "u003A",
        "%u002E",
        "%u0041",
        ":",
        "?",
        "%2E",
        "2E",
        "%43",
        "%7F",
        "%7f",
    ),
    *(
        ".",
        "/",
        "\0",
        "\n",
        "\x1f",
        "\x7f",
        "C",
        "CON",
        "com1",
        "x",
        "é",
        "e\u0301",
        " ",
    ),
)
NAMES = st.one_of(
    st.text(),
    st.text(
        st.characters()
    ),  # with the halves of characters that broken names are read as
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.sampled_from(DEVICES).flatmap(
        lambda d: st.text(max_size=3).map(lambda t: d + t)
    ),
)


# -- names and file names
# ------------------------------------------------------------------


@given(NAMES)
@example("")
@example("\0")
@example("%25")
@example("%00")
def test_a_safe_file_name_leads_back_to_its_name(name: str) -> None:
    assert name_of_file(safe_file_name(name)) == name


@given(NAMES)
@example("")
@example("\0")
@example("%25")
@example("%00")
def test_a_posix_file_name_leads_back_to_its_name(name: str) -> None:
    assert name_of_file(posix_file_name(name)) == name


@given(NAMES)
def test_no_file_name_can_leave_its_folder(name: str) -> None:
    for file in (safe_file_name(name), posix_file_name(name)):
        assert file not in {"", ".", ".."}
        assert "/" not in file
        assert "\0" not in file


@given(NAMES)
def test_a_safe_file_name_has_no_control_character_and_is_no_device(name: str) -> None:
    file = safe_file_name(name)
    assert not re.search(r"[\x00-\x1f\x7f]", file)
    assert not DEVICE.fullmatch(file)


@given(NAMES, NAMES)
def test_two_names_never_share_a_file_name(one: str, other: str) -> None:
    for mapped in (safe_file_name, posix_file_name):
        assert (mapped(one) == mapped(other)) == (one == other)


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert safe_file_name(name) == name
    assert posix_file_name(name) == name
    assert name_of_file(name) == name


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a/b.jpg", "a%2Fb.jpg"),
        ("../../etc/passwd.jpg", "..%2F..%2Fetc%2Fpasswd.jpg"),
        ("..", "%2E."),
        (".", "%2E"),
        ("a\nb.jpg", "a%0Ab.jpg"),
        ("a\tb.jpg", "a%09b.jpg"),
        ("a\x7fb.jpg", "a%7Fb.jpg"),
        ("CON.jpg", "%43ON.jpg"),
        ("nul", "%6Eul"),
        ("100%2Foff.jpg", "100%252Foff.jpg"),
    ],
)
def test_what_a_service_may_hold_and_a_disk_may_not_is_escaped(
    name: str, file: str
) -> None:
    assert safe_file_name(name) == file


@pytest.mark.parametrize("name", ["a\nb.jpg", "a\tb.jpg", *DEVICES])
def test_what_another_disk_holds_is_kept_as_it_is(name: str) -> None:
    assert posix_file_name(name) == name


@pytest.mark.parametrize(
    "file", ["a%2fb.jpg", "%41BC.jpg", "x%2E.jpg", "a%41.jpg", "%.jpg"]
)
def test_a_file_name_that_we_would_not_have_written_is_no_escape(file: str) -> None:
    assert name_of_file(file) == file


# -- when two names are one
# ----------------------------------------------------------------


@given(st.text())
def test_composed_and_decomposed_names_have_one_key(name: str) -> None:
    forms = {name_key(unicodedata.normalize(form, name)) for form in ("NFC", "NFD")}
    assert forms == {name_key(name)} == {unicodedata.normalize("NFC", name)}


def test_a_key_tells_case_and_look_alikes_apart() -> None:
    assert name_key("a.jpg") != name_key("A.jpg")
    assert name_key("ﬁ.jpg") != name_key("fi.jpg")
    assert name_key("Cafe\u0301.jpg") == name_key("Café.jpg")


@given(NAMES, st.sets(st.sampled_from(':?*"<>|\\. \n')))
@example("a:", {":"})
@example("a%3A.", {"."})
@example("%u003A:", {":"})
@example("..", {"."})
@example("nul.", {"."})
def test_what_a_disk_refuses_is_escaped_and_read_back(
    name: str, refused: set[str]
) -> None:
    for written in (safe_file_name, posix_file_name):
        file = escape_refused(written(name), refused)
        assert name_of_file(file) == name
        assert not find_doubtful(file) & refused


@pytest.mark.parametrize(
    ("name", "refused", "file"),
    [
        ("12:30.jpg", ":?", "12%u003A30.jpg"),
        ("why?", ":?", "why%u003F"),
        ("12:30.jpg", "?", "12:30.jpg"),
        ("etc...", ".", "etc..%u002E"),
        ("a.b", ".", "a.b"),
        ("a\nb", "\n", "a%0Ab"),
    ],
)
def test_only_what_a_disk_refuses_is_escaped(
    name: str, refused: str, file: str
) -> None:
    assert escape_refused(name, set(refused)) == file


def test_a_disk_without_case_takes_these_for_one_name() -> None:
    one = {fold_name(name) for name in ("Rome", "rome", "ROME")}
    assert one == {"rome"}
    assert fold_name("\xc9") == fold_name("e\u0301")
