"""Options in config.toml and in the environment, and what outdoes what."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import ACTIONS, MODE_NAMES, SHARE, refused, run
from cli.conftest import World
from cli.trees import Photo, files
from photosync.cli.arguments import parse
from photosync.config.loading import load
from photosync.filters import EXCLUDE


def configure(world: World, text: str | bytes) -> Path:
    world.home.mkdir(exist_ok=True)
    path = world.home / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


MISCONFIGURED = {
    'mod = "sync"': "unknown key 'mod'; did you mean mode?",
    "frobnicate = 1": "unknown key 'frobnicate'",
    'home = "/tmp"': "unknown key 'home'",
    "version = true": "unknown key 'version'; did you mean verify?",
    "[mode]\nx = 1": "mode: {'x': 1} is not one word or number",
    "[section]\nmode = 'sync'": "unknown key 'section'",
    'mode = "snyc"': f"mode: 'snyc' is not one of {MODE_NAMES}; did you mean sync?",
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
    'scope = ["cloud"]': "scope: 'cloud' is not one of flickr, drive, both, 0, 1, 2, folder:PATH",
    'allow-delete = "all"': "allow-delete: 'all' is not one of neither, local, remote, both",
    'max-delete = "1"\nmax_delete = "2"': (
        "'max-delete' and 'max_delete' are one key; leave one of them out"
    ),
    'allowDelete = "both"\nallow-delete = "neither"': (
        "'allowDelete' and 'allow-delete' are one key; leave one of them out"
    ),
    "max = 0": "max: '0' is not a whole number from 1 to 1000000000",
    "undo = true": "undo: no setting, as it would stand in the place of every run; "
    "give --undo on the command line when you want it",
    "naming = []": "naming: needs at least one template",
    "mode =": "not valid TOML: Invalid value (at end of document)",
}


@pytest.mark.parametrize("text", MISCONFIGURED)
def test_a_wrong_configuration_is_answered_with_one_line(
    world: World, text: str
) -> None:
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
    refused(
        world.sync(unprivileged=True), f"{path}: cannot be read (Permission denied)"
    )
    path.unlink()
    path.mkdir()
    refused(world.sync(), f"{path}: cannot be read (Is a directory)")


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 50_000])
def test_a_configuration_beyond_measure_is_said_so(world: World, value: str) -> None:
    path = configure(world, f"max-calls = {value}".encode())
    refused(
        world.sync(),
        f"{path}: not valid TOML: a number of far too many digits, or a list of far too "
        "many brackets",
    )


def test_every_setting_may_be_written_in_the_configuration(world: World) -> None:
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


@pytest.mark.parametrize(
    "key", ["allowDelete", "allow-delete", "allow_delete", "AllowDelete"]
)
def test_a_key_may_be_spelled_with_dashes_or_underscores(
    world: World, key: str
) -> None:
    world.here("album/photo.jpg")
    world.there("album/more.jpg")
    configure(world, f'{key} = "remote"')
    assert len(world.sync("-m", "syncUpload").done("DELETE_REMOTE")) == 1


def test_an_empty_list_in_the_configuration_leaves_nothing_out(world: World) -> None:
    world.here(".hidden/photo.jpg")
    assert world.sync("--test").steps == []
    configure(world, "exclude = []")
    assert world.sync("--test").done("UPLOAD_LOCAL") == [".hidden/photo.jpg"]


def test_what_may_stand_alone_is_switched_on_and_off(world: World) -> None:
    home = ["--home", str(world.home)]
    configure(world, "verify = true\nshrink = false\ndateLimit = 2024-01-31")
    settings = load(parse(home), {})
    assert (settings.verify, settings.shrink) == (0.0, None)
    assert settings.date_limit == "2024-01-31"
    environment = {"PHOTOSYNC_VERIFY": "no", "PHOTOSYNC_SHRINK": "true"}
    settings = load(parse(home), environment)
    assert (settings.verify, settings.shrink) == (None, 2048)
    assert load(parse([*home, "--no-shrink"]), environment).shrink is None


def test_the_later_of_verbose_and_quiet_takes_the_other_back(world: World) -> None:
    home = ["--home", str(world.home)]
    configure(world, "quiet = true")
    settings = load(parse([*home, "-v"]), {})
    assert (settings.verbose, settings.quiet) == (True, False)
    settings = load(parse([*home, "-q"]), {"PHOTOSYNC_VERBOSE": "1"})
    assert (settings.verbose, settings.quiet) == (False, True)


TAKEN_BACK = {
    "purge = true": ("--no-purge", "purge", False),
    "no-trash = true": ("--trash", "no_trash", False),
    "no-progress = true": ("--progress", "no_progress", False),
    "noupdatealbummetadata = true": (
        "--updatealbummetadata",
        "no_album_metadata",
        False,
    ),
    'skip = ["*.png"]': ("--no-skip", "skip", ()),
    "exclude = []": ("--no-exclude", "exclude", EXCLUDE),
    'override = ["SAME=REPORT"]': ("--no-override", "overrides", ()),
    "shrink = 2048": ("--no-shrink", "shrink", None),
    "max = 3": ("--no-max", "max_steps", 0),
    'bwlimit = "2M"': ("--no-bwlimit", "bwlimit", ()),
    'allowDelete = "both"': ("--no-allowDelete", "allow_delete", frozenset()),
}


@pytest.mark.parametrize("text", TAKEN_BACK)
def test_what_the_configuration_says_is_taken_back(world: World, text: str) -> None:
    configure(world, text)
    flag, field, default = TAKEN_BACK[text]
    home = ["--home", str(world.home)]
    assert getattr(load(parse(home), {}), field) != default
    assert getattr(load(parse([*home, flag]), {}), field) == default


def test_what_the_environment_says_is_taken_back(world: World) -> None:
    home = ["--home", str(world.home)]
    environment = {"PHOTOSYNC_PURGE": "1", "PHOTOSYNC_SKIP": "*.png"}
    settings = load(parse([*home, "--no-purge", "--no-skip"]), environment)
    assert (settings.purge, settings.skip) == (False, ())


def test_of_an_option_and_its_opposite_the_later_one_counts(world: World) -> None:
    configure(world, 'skip = ["a*"]')
    home = ["--home", str(world.home)]
    assert not load(parse([*home, "--purge", "--no-purge"]), {}).purge
    assert load(parse([*home, "--no-purge", "--purge"]), {}).purge
    assert load(parse([*home, "--no-skip", "-s", "b*", "c*"]), {}).skip == ("b*", "c*")
    assert load(parse([*home, "-s", "b*", "--no-skip"]), {}).skip == ()
    assert load(parse([*home, "--no-trash", "--trash"]), {}).no_trash is False


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
    ("UNDO", "yes"): "no setting, as it would stand in the place of every run; give "
    "--undo on the command line when you want it",
    ("MODE", "snyc"): f"'snyc' is not one of {MODE_NAMES}; did you mean sync?",
    ("TEST", "maybe"): "'maybe' is not one of 1, 0, true, false, yes, no",
    ("TRANSFERS", "many"): "'many' is not a whole number from 1 to 64",
    ("EXCLUDE", "'a"): "No closing quotation; quote it as for a shell",
    ("MAX_DELETE", "few"): f"'few' is {SHARE}",
    ("ALLOWDELETE", "all"): "'all' is not one of neither, local, remote, both",
    ("OVERRIDE", "SAME=X"): f"'X' is not one of {ACTIONS}",
}


@pytest.mark.parametrize(("name", "value"), MISGIVEN)
def test_a_wrong_variable_is_answered_with_one_line(
    world: World, name: str, value: str
) -> None:
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
    assert world.sync("-t").done("UPLOAD_LOCAL") == [
        "album/here.jpg",
        "album/photo.jpg",
    ]
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
    env |= {
        f"XDG_{name}_HOME": str(world.top / "me" / name) for name in ("CONFIG", "STATE")
    }
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


@pytest.mark.parametrize(
    "command", [[], ["--runs"], ["--check"], ["-a", "-p", "drive"]]
)
@pytest.mark.parametrize("below", ["", "below"])
def test_a_home_that_is_a_file_is_named(
    world: World, command: list[str], below: str
) -> None:
    world.home.touch()
    home = world.home / below
    said = run("--home", home, "-d", world.local, *command)
    refused(said, f"--home {home}: not a folder; name another --home")
