from __future__ import annotations

import re
import shlex
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photosync.errors import UsageError
from photosync.naming import (
    NamingRules,
    Substitution,
    name_key,
    name_of_file,
    parse_templates,
    posix_file_name,
    safe_file_name,
)

RULES = {"--namingextract": "extract", "-r": "replace"}
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
SWAPPED = r"'([a-z]*)-kkk-([a-z]*)|\2 (\1)'"
TEMPLATES = st.sampled_from(
    [("{path}",), ("{0}", "{1} ({0})"), ("Year {0}", "{0} - {1}")]
)


def titled(path: str, *templates: str, root: str = "Photos", **rules: str) -> str:
    extract, replace = (
        Substitution.parse(rules[name]) if name in rules else None
        for name in RULES.values()
    )
    naming = NamingRules(parse_templates(templates or ("{path}",)), extract, replace)
    return naming.make_title(path.split("/") if path else [], root)


# -- the examples of picasawebsync
# ---------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "a/b/c/d formatted using -n {0} is a",
        # Two templates written without a blank, of which the second serves all deeper
        # folders.
        "a/b/c/d formatted using -n {0}{1}-kkk-{0} is b-kkk-a",
        "a/b/c/d formatted using -n {0} {0} {1}-kkk-{0} is b-kkk-a",
        "a/b/c/d formatted using -n {0} {0} {0} {0} {1}-kkk-{0} is a",
        "a/b/c/d formatted using -n {0} {0} {0} {0}@{1} {1}-kkk-{0} is a@b",
        # The old manual prints `base (aaaa)`, but the second group of this expression
        # is `aaaa`.
        f"base-kkk-aaaa formatted using --namingextract {SWAPPED} is aaaa (base)",
        "my-photo-dir formatted using -r '-| ' is my photo dir",
    ],
)
def test_an_example_of_the_old_manual_holds_word_for_word(sentence: str) -> None:
    path, _, rest = sentence.partition(" formatted using ")
    options, _, title = rest.rpartition(" is ")
    option, *values = shlex.split(options)
    if option == "-n":
        assert titled(path, *values) == title
    else:
        assert titled(path, **{RULES[option]: values[0]}) == title


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("2004", "2004"),
        ("2004/Trip", "Trip (2004)"),
        ("2004/Trip/Anna/Raw", "Trip (2004)"),
    ],
)
def test_the_default_of_picasawebsync_puts_the_year_in_brackets(
    path: str, title: str
) -> None:
    assert titled(path, "{0}", "{1} ({0})") == title


# -- titles
# --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "template", "title"),
    [
        ("a", "{path}", "a"),
        ("a/b/c", "{path}", "a - b - c"),
        ("a/b", "All: {path}", "All: a - b"),
        ("a", "{0}/{1}", "a/"),
        ("a", "{1}", ""),
        ("a/b", "{1}{{0}}", "b{0}"),
        ("{0}/b", "{0} {1}", "{0} b"),
        ("  a  ", "{0}", "a"),
        ("a/b/c/d/e/f/g/h/i/j/k", "{10}", "k"),
    ],
)
def test_placeholders_are_folders_counted_from_the_root(
    path: str, template: str, title: str
) -> None:
    assert titled(path, template) == title


def test_the_last_template_serves_all_deeper_folders() -> None:
    paths = ("a", "a/b", "a/b/c", "a/b/c/d")
    assert [titled(path, "one", "two", "more") for path in paths] == [
        "one",
        "two",
        "more",
        "more",
    ]


def test_extraction_comes_before_replacement() -> None:
    assert titled("ab", extract="ab|c d", replace=" |-") == "c-d"
    assert titled("c d", extract="-|!", replace=" |-") == "c-d"


def test_photos_directly_in_a_root_are_an_album_of_the_roots_name() -> None:
    assert titled("", "{0} of {1}", root="Photos", replace="o|0") == "Photos"
    assert NamingRules(root_album="Loose").make_title((), "Photos") == "Loose"


# -- rules that cannot be used
# -------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "{",
        "}",
        "{0",
        "{}",
        "{name}",
        "{0!r}",
        "{0:>9}",
        "{0.x}",
        "{0[1]}",
        "{-1}",
        "{01}",
        "{²}",
    ],
)
def test_a_template_with_an_unknown_placeholder_is_a_usage_error(template: str) -> None:
    with pytest.raises(UsageError, match=re.escape(repr(template))):
        parse_templates(["{path}", template])


@pytest.mark.parametrize(
    ("argument", "templates"),
    [
        ("{0}{1}", ("{0}", "{1}")),
        ("{path}{0}", ("{path}", "{0}")),
        ("{0} {1}", ("{0} {1}",)),
        ("{0}{1}x{2}{3}", ("{0}", "{1}x{2}", "{3}")),
        ("{{a}}{0}", ("{{a}}{0}",)),
        ("{{{0}}}", ("{{{0}}}",)),
        ("plain", ("plain",)),
        ("", ("",)),
    ],
)
def test_a_list_without_blanks_is_split_between_neighbouring_placeholders(
    argument: str, templates: tuple[str, ...]
) -> None:
    assert parse_templates([argument]) == templates


def test_an_escaped_brace_before_a_placeholder_stays_a_brace() -> None:
    assert titled("a/b", "{{x}}{0}") == "{x}a"


@pytest.mark.parametrize(
    "rule",
    [
        "no bar",
        r"only escaped\|",
        "(|x",
        r"a|\1",
        r"(a)|\g<name>",
        "[|]|x",
        "*|x",
        "\\",
    ],
)
def test_a_bad_expression_is_a_usage_error(rule: str) -> None:
    with pytest.raises(UsageError, match=re.escape(repr(rule))):
        Substitution.parse(rule)


@pytest.mark.parametrize(
    ("rule", "text", "result"),
    [
        ("a|b", "aa", "bb"),
        ("a|b|c", "a", "b|c"),
        ("a|", "abab", "bb"),
        ("|x", "ab", "xaxbx"),
        (r"a\|b|c", "a|b", "c"),
        (r"a\\|b", "a\\", "b"),
        (r"(?i)A|b", "a", "b"),
        (r"(a)|\1\1", "a", "aa"),
    ],
)
def test_a_rule_is_split_at_the_first_unescaped_bar(
    rule: str, text: str, result: str
) -> None:
    assert Substitution.parse(rule).apply(text) == result


# -- titles back to folders
# ----------------------------------------------------------------


def test_the_simplest_folder_that_leads_to_a_title_comes_first() -> None:
    assert list(NamingRules().find_folders("a - b", "Photos")) == [
        ("a - b",),
        ("a", "b"),
    ]
    assert next(NamingRules().find_folders("Photos", "Photos")) == ()


def test_an_album_that_only_deeper_folders_make_gets_deeper_folders() -> None:
    rules = NamingRules(parse_templates(("Year {0}", "{0} - {1}")))
    assert list(rules.find_folders("2004 - Trip", "Photos")) == [("2004", "Trip")]


def test_no_folder_leads_to_a_title_that_the_rules_cannot_make() -> None:
    rules = NamingRules(parse_templates(("Year {0}",)))
    assert list(rules.find_folders("Trip", "Photos")) == []


def test_no_folder_leads_to_an_empty_title() -> None:
    assert list(NamingRules().find_folders("", "Photos")) == []


@given(st.lists(st.one_of(NAMES, st.just(" - ")), max_size=4).map("".join), TEMPLATES)
@example("a/../.. - x", ("Year {0}", "{0} - {1}"))
@example(".. - ..", ("Year {0}", "{0} - {1}"))
def test_a_title_leads_to_folders_that_lead_back_to_it(
    title: str, templates: tuple[str, ...]
) -> None:
    rules = NamingRules(parse_templates(templates))
    for written in (safe_file_name, posix_file_name):
        for found in rules.find_folders(title, "Photos"):
            folders = [written(name) for name in found]
            assert not {"", ".", ".."} & set(folders)
            assert not any("/" in folder or "\0" in folder for folder in folders)
            names = [name_of_file(folder) for folder in folders]
            assert name_key(rules.make_title(names, "Photos")) == name_key(title)


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
