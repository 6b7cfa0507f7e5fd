from __future__ import annotations

import re
import shlex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photosync.errors import UsageError
from photosync.naming import (
    name_key,
    name_of_file,
    posix_file_name,
    safe_file_name,
)
from photosync.titles import NamingRules, Substitution, parse_templates
from unit.test_naming import NAMES

RULES = {"--namingextract": "extract", "-r": "replace"}
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


def parse_rules(words: str) -> NamingRules:
    """The rules of a command line."""
    templates: list[str] = []
    rules: dict[str, Substitution] = {}
    option = ""
    for word in shlex.split(words):
        if word.startswith("-") and len(word) == 2:
            option = word
        elif option == "-n":
            templates.append(word)
        else:
            rules[option] = Substitution.parse(word)
    return NamingRules(
        parse_templates(templates or ("{path}",)), rules.get("-e"), rules.get("-r")
    )


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


@pytest.mark.parametrize(
    ("rules", "near", "title", "folders"),
    [
        # A neighbour in the same folder, not a new folder at the top.
        ("", "2019/Rome", "2019 - Roma", "2019/Roma"),
        ("", "2019/Italy/Rome", "2019 - Italy - Roma", "2019/Italy/Roma"),
        # Half of the way, as far as the title goes along.
        ("", "2019/Italy/Rome", "2019 - Oslo", "2019/Oslo"),
        ("", "2019/Rome", "2019 - Rome - Day 1", "2019/Rome/Day 1"),
        ("", "2019/Rome", "2019", "2019"),
        ("", "2019/Rome", "2020 - Oslo", "2020/Oslo"),
        ("", "Rome", "Roma", "Roma"),
        ("-n {0} '{1} ({0})'", "2019/Rome", "Roma (2019)", "2019/Roma"),
        ("-n {0} '{1} ({0})'", "2019/Rome", "Oslo (2020)", "2020/Oslo"),
        ("-n {0} '{0}: {path}'", "a/b", "a: a - c", "a/c"),
        # The title does not tell the year; that of the photo is the best guess.
        ("-n {0} {1}", "2019/Rome", "Oslo", "2019/Oslo"),
        # What expressions change, the neighbour shows.
        ("-r ' - |/'", "2019/Rome", "2019/Oslo", "2019/Oslo"),
        (r"-e '^\d+ - (.*)|\1'", "2019/Rome", "Oslo", "2019/Oslo"),
        # A Mac spells the parents otherwise than the service.
        ("", "O\u0308l/Rome", "\xd6l - Oslo", "O\u0308l/Oslo"),
    ],
)
def test_what_lies_beside_a_folder_comes_first(
    rules: str, near: str, title: str, folders: str
) -> None:
    found = parse_rules(rules).find_folders(title, "Photos", near.split("/"))
    assert next(found) == tuple(folders.split("/"))


def test_a_title_that_does_not_tell_of_all_folders_leads_to_none() -> None:
    assert (
        list(parse_rules("-n 'Year {0}' '* {1}'").find_folders("* a", "Photos")) == []
    )


def test_a_folder_that_is_named_twice_has_one_name() -> None:
    rules = parse_rules("-n 'Year {0}' '{0}, {1} ({0})'")
    assert list(rules.find_folders("a, b (a)", "Photos")) == [("a", "b")]
    assert list(rules.find_folders("a, b (c)", "Photos")) == []


@given(
    folders=st.lists(
        st.sampled_from(("a", "b - c", "O\u0308", " d", "{0}", "(", ".*")),
        min_size=1,
        max_size=4,
    ),
    templates=st.lists(
        st.sampled_from(("{path}", "{0}", "{1} ({0})", "x {path}", "{0} - {2}", "{1}")),
        min_size=1,
        max_size=3,
    ),
)
def test_a_folder_is_found_again_by_its_title_and_itself(
    folders: list[str], templates: list[str]
) -> None:
    rules = NamingRules(tuple(templates))
    title = rules.make_title(folders, "Photos")
    found = list(rules.find_folders(title, "Photos", folders))
    assert (tuple(folders) in found) == bool(title)
    assert all(
        name_key(rules.make_title(names, "Photos")) == name_key(title)
        for names in found
    )


def test_a_title_that_could_be_divided_in_many_ways_keeps_nobody_waiting() -> None:
    rules = parse_rules("-n 'Year {0}' 'All: {path}!'")
    title = "All: " + " - ".join("a" * 80)
    assert list(rules.find_folders(title, "Photos")) == []
    assert len(list(rules.find_folders(title + "!", "Photos"))) > 1
