"""The options: what they do, what they refuse, and where else they may be written."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.command import COMMAND, Result, environment, run
from cli.conftest import World
from cli.trees import SECOND, WHEN, Photo, files, trashed

MODES = "upload, download, report, repairUpload, sync, syncUpload"
ACTIONS = (
    "UPLOAD_LOCAL, DELETE_LOCAL, SILENT, REPORT, DOWNLOAD_REMOTE, DELETE_REMOTE, TAG_REMOTE, "
    "REPLACE_REMOTE_WITH_LOCAL, UPDATE_REMOTE_METADATA"
)
COMPARISONS = "REMOTE_OLDER, DIFFERENT, SAME, UNKNOWN, LOCAL_ONLY, REMOTE_ONLY"
SHARE = "neither a whole number nor a percentage from 0% to 100%"
NEWER = WHEN + 3600 * SECOND


def refused(result: Result, text: str) -> None:
    """A run that said one line and did nothing."""
    assert (result.code, result.out) == (2, "")
    assert result.err == f"photosync: {text}\n"


# -- wrong values --------------------------------------------------------------------------

WRONG = {
    ("-d", ""): "-d/--directory: '' is not a path",
    ("-d",): "-d/--directory: expected at least one argument",
    ("-p", "nowhere"): "-p/--scope: 'nowhere' is not a place; use folder:PATH",
    ("-p", "folder:"): "-p/--scope: 'folder:' is not a place; use folder:PATH",
    ("--scope", ""): "-p/--scope: '' is not a place; use folder:PATH",
    ("--home", ""): "--home: '' is not a path",
    ("--home",): "--home: expected one argument",
    ("-m", "snyc"): f"-m/--mode: 'snyc' is not one of {MODES}; did you mean sync?",
    ("--mode", "uplod"): f"-m/--mode: 'uplod' is not one of {MODES}; did you mean upload?",
    ("-m", "x\n\x1b[0m"): rf"-m/--mode: 'x\n\x1b[0m' is not one of {MODES}",
    ("-m", ""): f"-m/--mode: '' is not one of {MODES}",
    ("-c", "0"): "-c/--compareattributes: '0' is not a whole number from 1 to 7",
    ("-c", "8"): "-c/--compareattributes: '8' is not a whole number from 1 to 7",
    ("-c", "3.5"): "-c/--compareattributes: '3.5' is not a whole number from 1 to 7",
    ("-c", "date"): "-c/--compareattributes: 'date' is not a whole number from 1 to 7",
    ("--override", "SAME"): "--override: 'SAME' needs the form COMPARISON=ACTION",
    ("--override", "SAM=REPORT"): (
        f"--override: 'SAM' is not one of {COMPARISONS}; did you mean SAME?"
    ),
    ("--override", "SAME=REPROT"): (
        f"--override: 'REPROT' is not one of {ACTIONS}; did you mean REPORT?"
    ),
    ("--override:SAME", "NOTHING"): f"--override: 'NOTHING' is not one of {ACTIONS}",
    ("--override:SAME",): f"--override: '' is not one of {ACTIONS}",
    ("--override", "LOCAL_ONLY=DELETE_REMOTE"): (
        "--override: DELETE_REMOTE makes no sense for LOCAL_ONLY; "
        "use one of DELETE_LOCAL, REPORT, SILENT, UPLOAD_LOCAL"
    ),
    ("--exclude", "("): (
        "--exclude: '(' is not a usable expression: "
        "missing ), unterminated subpattern at position 0"
    ),
    ("--exclude-in-title", "["): (
        "--exclude-in-title: '[' is not a usable expression: "
        "unterminated character set at position 0"
    ),
    ("--skip",): "-s/--skip: expected at least one argument",
    ("--skipserver",): "--skipserver: expected at least one argument",
    ("-f", "photos"): (
        "-f/--format: 'photos' is not one of photo, video, both; did you mean photo?"
    ),
    ("-n", "{album}"): (
        "-n/--naming: '{album}' has the placeholder {album}; use {0}, {1}, ... or {path}"
    ),
    ("-n", "{0"): ("-n/--naming: '{0' is not a usable template: expected '}' before end of string"),
    ("--namingextract", "abc"): ("--namingextract: 'abc' needs the form 'EXPRESSION|REPLACEMENT'"),
    ("--namingextract", "(|x"): (
        "--namingextract: '(|x' is not a usable expression: "
        "missing ), unterminated subpattern at position 0"
    ),
    ("-r", "a|\\1"): (
        r"-r/--replace: 'a|\\1' is not a usable expression: invalid group reference 1 at position 1"
    ),
    ("-r",): "-r/--replace: expected one argument",
    ("--root-album",): "--root-album: expected one argument",
    ("--allowDelete", "remot"): (
        "--allowDelete: 'remot' is not one of neither, local, remote, both; did you mean remote?"
    ),
    ("--allow-delete", "all"): "--allowDelete: 'all' is not one of neither, local, remote, both",
    ("--max-delete", "-1"): f"--max-delete: '-1' is {SHARE}",
    ("--max-delete", "101%"): f"--max-delete: '101%' is {SHARE}",
    ("--max-delete", "nan%"): f"--max-delete: 'nan%' is {SHARE}",
    ("--max-delete", "few"): f"--max-delete: 'few' is {SHARE}",
    ("-x", "-1"): "-x/--max: '-1' is not a whole number from 0 to 1000000000",
    ("--max", "9" * 5000): (f"-x/--max: '{'9' * 5000}' is not a whole number from 0 to 1000000000"),
    ("-w", "soon"): "-w/--wait: 'soon' is not a number from 0 to 86400",
    ("--wait", "nan"): "-w/--wait: 'nan' is not a number from 0 to 86400",
    ("--transfers", "0"): "--transfers: '0' is not a whole number from 1 to 64",
    ("--transfers", "65"): "--transfers: '65' is not a whole number from 1 to 64",
    ("--log", ""): "--log: '' is not a path",
    ("--log", "/"): "--log: / cannot be written (Is a directory)",
    ("--log", "/no/such/folder/log"): (
        "--log: /no/such/folder/log cannot be written (No such file or directory)"
    ),
    ("--test=yes",): "-t/--test: ignored explicit argument 'yes'",
    ("-v", "-q"): "--verbose and --quiet contradict each other; give one of them",
    ("--alowDelete", "both"): (
        "--alowDelete: no such option, see --help; did you mean --allowDelete?"
    ),
    ("--tset",): "--tset: no such option, see --help; did you mean --test?",
    ("--mod", "sync"): "--mod: no such option, see --help; did you mean --mode?",
    ("--modus", "sync"): "--modus: no such option, see --help; did you mean --modes?",
    ("--zzzz",): "--zzzz: no such option, see --help",
}


@pytest.mark.parametrize("argv", WRONG, ids=lambda argv: " ".join(argv)[:40])
def test_a_wrong_value_is_answered_with_one_line(world: World, argv: tuple[str, ...]) -> None:
    world.here("album/photo.jpg")
    refused(world.sync(*argv), WRONG[argv])
    assert files(world.remote) == {}


def test_without_folders_or_places_it_says_what_to_give(world: World) -> None:
    refused(
        run("--home", world.home, "-p", f"folder:{world.remote}"),
        "-d/--directory: name at least one folder with photos; see --help",
    )
    refused(
        run("--home", world.home, "-d", world.local),
        "where to? Name a place with -p, for example -p folder:/mnt/backup",
    )


def test_a_place_inside_or_around_a_root_is_refused(world: World) -> None:
    inside = world.local / "backup"
    inside.mkdir()
    link = world.top / "link"
    link.symlink_to(inside)
    around = world.top
    for place in (inside, world.local, around, link, f"{world.local}/new", f"{inside}/.."):
        result = run("--home", world.home, "-d", world.local, "-p", f"folder:{place}")
        refused(result, f"-p folder:{place}: lies inside or around {world.local}; choose another")


def test_places_inside_one_another_are_refused(world: World) -> None:
    inside = world.remote / "more"
    result = world.sync("-p", f"folder:{inside}")
    refused(result, f"-p: {inside} and {world.remote} lie inside one another; choose another")


def test_a_place_that_keeps_no_tags_takes_none(world: World) -> None:
    refused(
        world.sync("--override", "SAME=TAG_REMOTE"),
        f"--override: folder:{world.remote} keeps no tags; leave TAG_REMOTE out",
    )


# -- config.toml, environment, command line ------------------------------------------------


def configure(world: World, text: str | bytes) -> Path:
    world.home.mkdir(exist_ok=True)
    path = world.home / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


MISCONFIGURED = {
    'mod = "sync"': "unknown key 'mod'; did you mean mode?",
    "frobnicate = 1": "unknown key 'frobnicate'",
    'home = "/tmp"': "unknown key 'home'",
    "version = true": "unknown key 'version'",
    "[mode]\nx = 1": "mode: {'x': 1} is not one word or number",
    "[section]\nmode = 'sync'": "unknown key 'section'",
    'mode = "snyc"': f"mode: 'snyc' is not one of {MODES}; did you mean sync?",
    "mode = true": "mode: True is not one word or number",
    'mode = ["sync"]': "mode: ['sync'] is not one word or number",
    "log = false": "log: False is not one word or number",
    'test = "yes"': "test: 'yes' is not true or false",
    "test = 1": "test: 1 is not true or false",
    "transfers = 65": "transfers: '65' is not a whole number from 1 to 64",
    "transfers = 2.5": "transfers: '2.5' is not a whole number from 1 to 64",
    'wait = "long"': "wait: 'long' is not a number from 0 to 86400",
    'max-delete = "few"': f"max-delete: 'few' is {SHARE}",
    'max_delete = "few"': f"max_delete: 'few' is {SHARE}",
    'exclude = [["a"]]': "exclude: [['a']] is not a list of words and numbers",
    'exclude = "("': (
        "exclude: '(' is not a usable expression: missing ), unterminated subpattern at position 0"
    ),
    'override = ["SAME=X"]': f"override: 'X' is not one of {ACTIONS}",
    'scope = ["cloud"]': "scope: 'cloud' is not a place; use folder:PATH",
    'allow-delete = "all"': "allow-delete: 'all' is not one of neither, local, remote, both",
    "naming = []": "naming: needs at least one template",
    "mode =": "not valid TOML: Invalid value (at end of document)",
}


@pytest.mark.parametrize("text", MISCONFIGURED)
def test_a_wrong_configuration_is_answered_with_one_line(world: World, text: str) -> None:
    world.here("album/photo.jpg")
    path = configure(world, text)
    refused(world.sync(), f"{path}: {MISCONFIGURED[text]}")
    assert files(world.remote) == {}


def test_a_configuration_that_cannot_be_read_is_said_so(world: World) -> None:
    path = configure(world, b"mode = '\xff'")
    result = world.sync()
    assert result.err.startswith(f"photosync: {path}: not valid TOML: 'utf-8' codec")
    assert (result.code, result.err.count("\n")) == (2, 1)
    path.chmod(0)
    refused(world.sync(unprivileged=True), f"{path}: cannot be read (Permission denied)")
    path.unlink()
    path.mkdir()
    refused(world.sync(), f"{path}: cannot be read (Is a directory)")


def test_every_option_may_be_written_in_the_configuration(world: World) -> None:
    world.here("2004/Trip/photo.jpg")
    world.here("2004/skipped/photo.jpg")
    world.here("2004/left out/photo.jpg")
    world.here("2004/Trip/+edited/photo two.jpg")
    world.here("2004/film.mov")
    world.there("out of bounds/photo.jpg")
    log = world.top / "log.txt"
    configure(
        world,
        f"""
        directory = "{world.local}"
        scope = ["folder:{world.remote}"]
        mode = "syncUpload"
        test = false
        compareattributes = 7
        override = ["REMOTE_ONLY=REPORT"]
        purge = true
        exclude = ["^left"]
        exclude-in-title = ["^[+]"]
        skip = "skipped"
        skipserver = ["out of*"]
        format = "both"
        naming = ["{{0}}", "{{1}} ({{0}})"]
        namingextract = "Trip|Journey"
        replace = "2004|MMIV"
        root-album = "Top"
        allowDelete = "remote"
        max-delete = "50%"
        no-trash = true
        max = 10
        wait = 0
        transfers = 2
        verbose = false
        quiet = false
        log = "{log}"
        no-progress = true
        """,
    )
    result = run("--home", world.home)
    assert (result.code, result.err) == (0, "")
    assert result.done("UPLOAD_LOCAL") == [
        "Journey (MMIV)/photo two.jpg",
        "Journey (MMIV)/photo.jpg",
        "MMIV/film.mov",
    ]
    assert log.read_text().count("UPLOAD_LOCAL") == 3


@pytest.mark.parametrize("key", ["allowDelete", "allow-delete", "allow_delete", "AllowDelete"])
def test_a_key_may_be_spelled_with_dashes_or_underscores(world: World, key: str) -> None:
    world.here("album/photo.jpg")
    world.there("album/more.jpg")
    configure(world, f'{key} = "remote"')
    assert len(world.sync("-m", "syncUpload").done("DELETE_REMOTE")) == 1


def test_an_empty_list_in_the_configuration_leaves_nothing_out(world: World) -> None:
    world.here(".hidden/photo.jpg")
    assert world.sync("--test").steps == []
    configure(world, "exclude = []")
    assert world.sync("--test").done("UPLOAD_LOCAL") == [".hidden/photo.jpg"]


def test_every_option_may_be_given_in_the_environment(world: World) -> None:
    world.here("year/trip/photo.jpg")
    world.here("left out/photo.jpg")
    second = world.top / "second root"
    Photo(b"x").write(second / "more" / "photo.jpg")
    env = {
        "PHOTOSYNC_HOME": str(world.home),
        "PHOTOSYNC_DIRECTORY": f"{world.local} '{second}'",
        "PHOTOSYNC_SCOPE": f"folder:{world.remote}",
        "PHOTOSYNC_MODE": "sync",
        "PHOTOSYNC_EXCLUDE": r"'^left out$' '^\.'",
        "PHOTOSYNC_NAMING": "{0} '{0}, {1}'",
        "PHOTOSYNC_NO_TRASH": "yes",
        "PHOTOSYNC_TEST": "true",
    }
    dry = run(env=env)
    assert dry.done("UPLOAD_LOCAL") == ["more/photo.jpg", "year, trip/photo.jpg"]
    assert files(world.remote) == {}
    assert not world.home.exists()
    wet = run(env=env | {"PHOTOSYNC_TEST": "0"})
    assert wet.steps == dry.steps
    assert (world.home / "lock").exists()


MISGIVEN = {
    ("MODE", "snyc"): f"'snyc' is not one of {MODES}; did you mean sync?",
    ("TEST", "maybe"): "'maybe' is not one of 1, 0, true, false, yes, no",
    ("TRANSFERS", "many"): "'many' is not a whole number from 1 to 64",
    ("EXCLUDE", "'a"): "No closing quotation; quote it as for a shell",
    ("MAX_DELETE", "few"): f"'few' is {SHARE}",
    ("ALLOWDELETE", "all"): "'all' is not one of neither, local, remote, both",
    ("NAMING", ""): "needs at least one template",
    ("OVERRIDE", "SAME=X"): f"'X' is not one of {ACTIONS}",
}


@pytest.mark.parametrize(("name", "value"), MISGIVEN)
def test_a_wrong_variable_is_answered_with_one_line(world: World, name: str, value: str) -> None:
    name = f"PHOTOSYNC_{name}"
    refused(
        world.sync(env={name: value}),
        f"{name}: {MISGIVEN[name.removeprefix('PHOTOSYNC_'), value]}",
    )


def test_the_command_line_outdoes_the_environment_and_that_the_configuration(
    world: World,
) -> None:
    for name in ("photo", "here"):
        world.here(f"album/{name}.jpg")
    only_there = world.there("album/there.jpg")
    env = {"PHOTOSYNC_MODE": "download"}
    assert world.sync("-t").done("UPLOAD_LOCAL") == ["album/here.jpg", "album/photo.jpg"]
    configure(world, 'mode = "syncUpload"\nallowDelete = "remote"\nskip = ["here*"]')
    assert world.sync("-t").done("DELETE_REMOTE") == ["album/there.jpg"]
    assert world.sync("-t", env=env).done("DOWNLOAD_REMOTE") == ["album/there.jpg"]
    reported = world.sync("-t", "-m", "report", env=env).done("REPORT")
    assert reported == ["album/photo.jpg", "album/there.jpg"]
    more = world.sync("-t", "-m", "upload", "-s", "there*", env=env)
    assert more.done("UPLOAD_LOCAL") == ["album/here.jpg", "album/photo.jpg"]
    assert only_there.exists()


def test_the_home_given_outdoes_that_of_the_environment(world: World) -> None:
    world.here("album/photo.jpg")
    other = world.top / "other home"
    assert world.sync(env={"PHOTOSYNC_HOME": str(other)}).code == 0
    assert (world.home.exists(), other.exists()) == (True, False)


def test_without_a_home_the_usual_folders_are_used(world: World) -> None:
    world.here("album/photo.jpg")
    env = {"HOME": str(world.top / "me")}
    env |= {f"XDG_{name}_HOME": str(world.top / "me" / name) for name in ("CONFIG", "STATE")}
    configured = world.top / "me" / "CONFIG" / "photosync" / "config.toml"
    configured.parent.mkdir(parents=True)
    configured.write_text(f'scope = "folder:{world.remote}"\n')
    assert run("-d", world.local, env=env).done("UPLOAD_LOCAL") == ["album/photo.jpg"]
    assert (world.top / "me" / "STATE" / "photosync" / "lock").exists()


def test_a_tilde_leads_to_the_persons_own_folder(world: World) -> None:
    world.here("album/photo.jpg")
    env = {"HOME": str(world.top)}
    result = run("--home", "~/home", "-d", "~/photos", "-p", "folder:~/backup", env=env)
    assert result.code == 0
    assert list(files(world.remote)) == ["album/photo.jpg"]


# -- what the options do -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "mode"),
    [
        ("uploadOnly", "upload"),
        ("upload-only", "upload"),
        ("downloadOnly", "download"),
        ("download-only", "download"),
        ("repair-upload", "repairUpload"),
        ("sync-upload", "syncUpload"),
        ("SYNCUPLOAD", "syncUpload"),
    ],
)
def test_modes_have_other_spellings(world: World, spelling: str, mode: str) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    argv = ("-t", "--allowDelete", "remote")
    assert world.sync(*argv, "-m", spelling).steps == world.sync(*argv, "-m", mode).steps


@pytest.mark.parametrize(
    "argv",
    [
        ("--override", "LOCAL_ONLY=REPORT", "REMOTE_ONLY=DOWNLOAD_REMOTE"),
        ("--override", "LOCAL_ONLY=REPORT", "--override", "REMOTE_ONLY=DOWNLOAD_REMOTE"),
        ("--override=LOCAL_ONLY=REPORT", "--override:REMOTE_ONLY", "DOWNLOAD_REMOTE"),
        ("--override:LOCAL_ONLY", "REPORT", "--override:REMOTE_ONLY", "DOWNLOAD_REMOTE"),
        ("--override", "local-only=report", "remote_only=Download-Remote"),
    ],
)
def test_cells_of_the_table_may_be_changed_in_both_spellings(
    world: World, argv: tuple[str, ...]
) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    world.here("album/older.jpg", b"new", modified_ns=NEWER)
    world.there("album/older.jpg", b"old")
    result = world.sync(*argv)
    assert result.done("REPORT") == ["album/here.jpg"]
    assert result.done("DOWNLOAD_REMOTE") == ["album/there.jpg"]
    assert result.done("REPLACE_REMOTE_WITH_LOCAL") == ["album/older.jpg"]


def cells(result: Result) -> dict[tuple[str, str], str]:
    """The tables that --modes prints, by mode and comparison."""
    head, _, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in result.out.splitlines()
    )
    return {
        (mode, row[0]): action
        for row in rows
        for mode, action in zip(head[1:], row[1:], strict=True)
    }


def test_the_tables_in_force_are_printed(world: World) -> None:
    plain = run("--home", world.home, "--modes")
    assert (plain.code, plain.err) == (0, "")
    table = cells(plain)
    assert len(table) == 36
    assert table["sync", "REMOTE_ONLY"] == "DOWNLOAD_REMOTE"
    changed = cells(run("--home", world.home, "--modes", "--override", "REMOTE_ONLY=TAG_REMOTE"))
    differing = {cell for cell in table if table[cell] != changed[cell]}
    assert differing == {cell for cell in table if cell[1] == "REMOTE_ONLY"}
    assert {changed[cell] for cell in differing} == {"TAG_REMOTE"}
    assert not world.home.exists()


def test_names_are_explained_and_nothing_is_done(world: World) -> None:
    for path in ("top.jpg", "2004/trip/a.jpg", "2005/trip/a.jpg", "2005/other/b.jpg"):
        world.here(path)
    world.here(" /photo.jpg")
    result = run("--home", world.home, "-d", world.local, "-n", "{0}", "{1}", "--explain-names")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        f"{world.local} -> photos",
        f"{world.local}/2004/trip -> trip",
        f"{world.local}/2005/other -> other",
        f"{world.local}/2005/trip -> trip",
        "collision: 2 folders make up the album trip",
        f"collision: {world.local}/2005/trip/a.jpg is named 2005 - trip - a.jpg in its album",
        f"problem: {world.local}/ : the naming rules leave no album title; change them",
    ]
    assert (files(world.remote), world.home.exists()) == ({}, False)


@pytest.mark.parametrize(
    ("argv", "titles"),
    [
        ((), {"photos", "2004", "2004 - Trip", "2004 - Trip - Day - Noon"}),
        (("-n", "{0}"), {"photos", "2004"}),
        (("-n", "{0}", "{1} ({0})"), {"photos", "2004", "Trip (2004)"}),
        (("-n", "{0}", "{1}", "{2}{3}"), {"photos", "2004", "Trip", "Noon"}),
        (("-n", "All"), {"photos", "All"}),
        (("-n", "{path}", "-r", "- |_"), {"photos", "2004", "2004 _Trip", "2004 _Trip _Day _Noon"}),
        (("-r", "-| "), {"photos", "2004", "2004   Trip", "2004   Trip   Day   Noon"}),
        (("--replace", "-| "), {"photos", "2004", "2004   Trip", "2004   Trip   Day   Noon"}),
        (("-r", r"\||x"), {"photos", "2004", "2004 - Trip", "2004 - Trip - Day - Noon"}),
        (("--namingextract", "^.* - (.*)$|\\1"), {"photos", "2004", "Trip", "Noon"}),
        (
            ("--namingextract", "^.* - (.*)$|\\1", "-r", "o|0"),
            {"photos", "2004", "Trip", "N00n"},
        ),
        (("--root-album", "Top"), {"Top", "2004", "2004 - Trip", "2004 - Trip - Day - Noon"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_folders_make_the_titles_that_the_rules_say(
    world: World, argv: tuple[str, ...], titles: set[str]
) -> None:
    for number, folder in enumerate((".", "2004", "2004/Trip", "2004/Trip/Day/Noon")):
        world.here(f"{folder}/{number}.jpg")
    assert world.sync(*argv).code == 0
    assert {str(Path(path).parent) for path in files(world.remote)} == titles
    assert len(files(world.remote)) == 4
    assert world.sync(*argv, "-m", "sync").steps == []


def test_kinds_are_chosen_by_format(world: World) -> None:
    for name in ("photo.jpg", "film.MOV", "clip.mp4", "notes.txt"):
        world.here(f"album/{name}")
    for argv, names in (
        ((), ["photo.jpg"]),
        (("-f", "photo"), ["photo.jpg"]),
        (("-f", "video"), ["clip.mp4", "film.MOV"]),
        (("--format", "both"), ["clip.mp4", "film.MOV", "photo.jpg"]),
    ):
        said = world.sync(*argv, "--test").done("UPLOAD_LOCAL")
        assert said == [f"album/{name}" for name in names]


def test_no_more_steps_are_taken_than_allowed(world: World) -> None:
    for number in range(5):
        world.here(f"album/{number}.jpg")
        world.there(f"album/there {number}.jpg")
    for done, postponed in ((2, 3), (4, 1), (5, 0)):
        result = world.sync("-x", "2")
        assert (result.code, result.err) == (0, "")
        assert ("postponed" in result.out) == (postponed > 0)
        assert sum("there" not in path for path in files(world.remote)) == done
        assert len(result.done("REPORT")) == 5
    assert len(world.sync("--max", "0", "-m", "sync").actions) == 5


def test_the_limit_counts_for_each_place(world: World) -> None:
    for number in range(5):
        world.here(f"album/{number}.jpg")
    second = world.top / "second"
    assert world.sync("-p", f"folder:{second}", "-x", "2").code == 0
    assert (len(files(world.remote)), len(files(second))) == (2, 2)


def test_a_run_rests_between_steps(world: World) -> None:
    for number in range(4):
        world.here(f"album/{number}.jpg")
    begin = time.monotonic()
    result = world.sync("-w", "0.3")
    assert result.code == 0
    assert time.monotonic() - begin >= 3 * 0.3
    begun = [line.split()[-2] for line in result.out.splitlines() if line.startswith("UPLOAD")]
    assert begun == [f"album/{number}.jpg" for number in range(4)]


@pytest.mark.parametrize("transfers", [1, 64])
def test_any_number_of_transfers_does_the_same(world: World, transfers: int) -> None:
    for number in range(80):
        world.here(f"album/{number:02}.jpg", b"%d" % number)
    result = world.sync("--transfers", str(transfers))
    assert result.code == 0
    assert files(world.remote) == files(world.local)
    if transfers == 1:
        lines = [line for line in result.out.splitlines() if line.startswith("UPLOAD")]
        assert lines == sorted(lines)


# -- several places ------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["by comma", "by repeating", "as a list"])
def test_two_places_are_kept_equal_in_one_run(world: World, way: str) -> None:
    second = world.top / "second place"
    places = [f"folder:{world.remote}", f"folder:{second}"]
    argv = {
        "by comma": ["-p", ",".join(places)],
        "by repeating": ["-p", places[0], "-p", places[1]],
        "as a list": ["--scope", *places],
    }[way]
    world.here("album/photo.jpg")
    world.there("album/there.jpg")
    result = run("--home", world.home, "-d", world.local, *argv, "-m", "sync")
    assert (result.code, result.err) == (0, "")
    assert result.done("UPLOAD_LOCAL") == ["album/photo.jpg"] * 2
    assert result.done("DOWNLOAD_REMOTE") == ["album/there.jpg"]
    rows = [line.split("  ")[0] for line in result.out.splitlines() if line.startswith("folder:")]
    assert rows == places
    run("--home", world.home, "-d", world.local, *argv, "-m", "sync")
    assert files(world.local) == files(world.remote) == files(second)
    assert run("--home", world.home, "-d", world.local, *argv, "-m", "sync").steps == []


def test_two_places_that_want_one_local_file_take_turns(world: World) -> None:
    second = world.top / "second"
    Photo(b"from the second", WHEN).write(second / "album" / "photo.jpg")
    world.there("album/photo.jpg", b"from the first")
    argv = ("-p", f"folder:{second}", "-m", "download")
    result = world.sync(*argv)
    assert (result.code, result.err) == (0, "")
    assert files(world.local) == {"album/photo.jpg": Photo(b"from the first")}
    assert "waits for the next run" in result.out
    assert trashed(world.local) == {}


def test_one_place_that_cannot_be_listed_does_not_hold_up_the_other(world: World) -> None:
    world.here("album/photo.jpg")
    second = world.top / "second"
    second.mkdir(mode=0)
    result = world.sync("-p", f"folder:{second}", unprivileged=True)
    assert result.code == 1
    assert result.err.startswith(f"folder:{second}: permission denied")
    assert list(files(world.remote)) == ["album/photo.jpg"]


def test_a_place_named_twice_is_one_place(world: World) -> None:
    world.here("album/photo.jpg")
    result = world.sync("-p", f"folder:{world.remote}")
    assert (result.code, len(result.done("UPLOAD_LOCAL"))) == (0, 1)


# -- what is said --------------------------------------------------------------------------


def test_the_version_is_that_of_the_package(world: World) -> None:
    result = run("--home", world.home, "--version")
    assert (result.code, result.out) == (0, f"photosync {version('photosync')}\n")


def test_the_installed_script_is_the_same_command() -> None:
    script = Path(sys.executable).with_name("photosync")
    if not script.exists():
        pytest.skip("photosync is not installed beside this Python")
    said = subprocess.run([script, "--help"], check=True, capture_output=True, env=environment())
    assert said.stdout.decode() == run("--help").out


def test_help_is_grouped_and_fits_eighty_columns() -> None:
    result = run("--help", env={"COLUMNS": "80"})
    assert (result.code, result.err) == (0, "")
    assert max(len(line) for line in result.out.splitlines()) <= 80
    for group in ("where:", "what is done:", "what is looked at:", "album names:", "examples:"):
        assert f"\n{group}\n" in result.out
    assert run("-h", env={"COLUMNS": "80"}).out == result.out


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["--modes"]])
def test_help_starts_without_what_only_a_run_needs(argv: list[str]) -> None:
    said = subprocess.run(
        [*COMMAND, *argv],
        check=True,
        capture_output=True,
        env=environment({"PYTHONPROFILEIMPORTTIME": "1"}),
    )
    imported = {line.rpartition("|")[2].strip() for line in said.stderr.decode().splitlines()}
    assert "photosync.cli" in imported
    heavy = ("rich", "filelock", "sqlite3", "PIL", "asyncio", "ssl", "requests", "logging.handlers")
    assert imported.isdisjoint(heavy)


def test_quiet_says_nothing_unless_something_went_wrong(world: World) -> None:
    world.here("album/photo.jpg")
    world.there("album/there.jpg")
    result = world.sync("-q")
    assert (result.code, result.out, result.err) == (0, "", "")
    world.here("album/closed.jpg").chmod(0)
    result = world.sync("--quiet", unprivileged=True)
    assert (result.code, result.out) == (1, "")
    assert result.err.count("\n") == 1
    assert "album/closed.jpg: permission denied" in result.err


def test_every_step_is_a_line_and_a_table_ends_the_run(world: World) -> None:
    world.here("album/photo.jpg", b"x" * 1500)
    world.there("album/there.jpg")
    for place in (world.here, world.there):
        place("album/same.jpg")
    service = f"folder:{world.remote}"
    result = world.sync("-v")
    assert result.out.splitlines()[:2] == [
        f"REPORT                    {service}  album/there.jpg  (REMOTE_ONLY)",
        f"UPLOAD_LOCAL              {service}  album/photo.jpg  (LOCAL_ONLY)",
    ]
    head, row = (line.split() for line in result.out.splitlines()[2:])
    assert head == ["uploaded", "reported", "same", "transferred"]
    assert row == [service, "1", "1", "1", "1.5", "kB"]


def on_a_terminal(world: World, *argv: str) -> str:
    """What a person sees: the output of a run whose standard output is a terminal."""
    ours, theirs = pty.openpty()
    places = ["--home", str(world.home), "-d", str(world.local), "-p", f"folder:{world.remote}"]
    with subprocess.Popen(
        [*COMMAND, *places, *argv],
        stdout=theirs,
        stderr=subprocess.STDOUT,
        env=environment({"TERM": "xterm", "COLUMNS": "300"}),
    ) as process:
        os.close(theirs)
        seen = bytearray()
        # Linux answers with an error once nobody holds the other end.
        while chunk := _read(ours):
            seen += chunk
    os.close(ours)
    assert process.returncode == 0
    assert b"Traceback" not in seen
    return seen.decode()


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:
        return b""


def test_on_a_terminal_an_album_is_a_line_and_steps_are_told_if_asked(world: World) -> None:
    for number in range(3):
        world.here(f"one/{number}.jpg")
        world.here(f"evil \x1b]0;title\x07 [bold]/{number}.jpg")
    world.there("one/there.jpg")
    assert "LOCAL_ONLY" not in on_a_terminal(world, "-x", "1")
    plain = on_a_terminal(world, "--no-progress", "-x", "1")
    assert "\x1b" not in plain
    assert plain.count("(LOCAL_ONLY)") == 1
    seen = on_a_terminal(world, "-v", "-m", "sync")
    assert "one: 3 UPLOAD_LOCAL, 1 DOWNLOAD_REMOTE" in seen
    assert r"evil \x1b]0;title\x07 [bold]: 1 UPLOAD_LOCAL" in seen
    assert seen.count("(LOCAL_ONLY)") == 4
    assert "\x1b]0;" not in seen
    assert on_a_terminal(world, "-q") == ""


def test_a_log_tells_each_step_and_what_became_of_it(world: World) -> None:
    log = world.top / "log.txt"
    world.here("album/photo.jpg")
    world.here("album/two\nlines \udcff.jpg").chmod(0)
    argv = ("--log", log, "-q")
    assert world.sync(*argv, unprivileged=True).code == 1
    told = log.read_text()
    assert "INFO UPLOAD_LOCAL" in told
    assert "album/photo.jpg  (LOCAL_ONLY): done" in told
    assert r"album/two\nlines \udcff.jpg  (LOCAL_ONLY): failed permission denied" in told
    assert "\nlines" not in told
    assert world.sync(*argv, env={"LC_ALL": "C", "PYTHONUTF8": "0"}, unprivileged=True).code == 1
    assert log.read_text().startswith(told)
    assert len(log.read_text()) > len(told)


def test_a_reader_that_goes_away_is_no_trouble(world: World) -> None:
    for number in range(3000):
        world.here(f"a rather long name for an album/{number}.jpg", b"")
    places = ["--home", str(world.home), "-d", str(world.local), "-p", f"folder:{world.remote}"]
    with subprocess.Popen(
        [*COMMAND, *places, "--test"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1
