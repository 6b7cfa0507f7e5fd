"""A wrong option is answered with one line: the option, the value, what is allowed."""

from __future__ import annotations

import re

import pytest
from harness import command
from harness.disks import bound

from cli.command import ACTIONS, MODE_NAMES, SHARE, refused, run
from cli.conftest import World
from cli.trees import files

COMPARISONS = (
    "REMOTE_OLDER, DIFFERENT, SAME, UNKNOWN, LOCAL_ONLY, REMOTE_ONLY, REMOTE_NEWER, CONFLICT, "
    "LOCAL_DELETED, REMOTE_DELETED, LOCAL_MOVED, REMOTE_MOVED, ROTTEN"
)


PLACES = "-p/--scope: {!r} is not one of flickr, drive, both, 0, 1, 2, folder:PATH"


WRONG = {
    ("--drive-folder", "\udcff"): ("--drive-folder: '\\udcff' is not valid UTF-8"),
    ("-d", ""): "-d/--directory: '' is not a path",
    ("-d",): "-d/--directory needs a value: -d DIR",
    (
        "-p",
        "nowhere",
    ): "-p/--scope: 'nowhere' is not one of flickr, drive, both, 0, 1, 2, folder:PATH",
    (
        "-p",
        "folder:",
    ): "-p/--scope: 'folder:' is not one of flickr, drive, both, 0, 1, 2, folder:PATH",
    (
        "--scope",
        "",
    ): "-p/--scope: '' is not one of flickr, drive, both, 0, 1, 2, folder:PATH",
    ("-p", "flickr,dropbox"): PLACES.format("dropbox"),
    ("-p", "flickr,/mnt/a,b"): (
        f"{PLACES.format('/mnt/a,b')}; did you mean folder:/mnt/a,b?"
    ),
    ("-p", "flickr,,drive"): "-p/--scope: 'flickr,,drive' has a comma too many",
    ("-p", ",Flickr,Drive"): "-p/--scope: ',Flickr,Drive' has a comma too many",
    ("-p", "drive,"): "-p/--scope: 'drive,' has a comma too many",
    ("-p", ",,"): "-p/--scope: ',,' has a comma too many",
    ("--home", ""): "--home: '' is not a path",
    ("--home",): "--home needs a value: --home DIR",
    ("-m", "snyc"): f"-m/--mode: 'snyc' is not one of {MODE_NAMES}; did you mean sync?",
    (
        "--mode",
        "uplod",
    ): f"-m/--mode: 'uplod' is not one of {MODE_NAMES}; did you mean upload?",
    ("-m", "x\n\x1b[0m"): rf"-m/--mode: 'x\n\x1b[0m' is not one of {MODE_NAMES}",
    ("-m", "repair"): (
        f"-m/--mode: 'repair' is not one of {MODE_NAMES}; did you mean repairUpload?"
    ),
    ("-m", ""): f"-m/--mode: '' is not one of {MODE_NAMES}",
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
    ("--undo", "--history", "photo.jpg"): (
        "--undo and --history are asked for at once; give one of them"
    ),
    ("--check", "--is-saved", "x"): (
        "--check and --is-saved are asked for at once; give one of them"
    ),
    ("--exclude", ""): "--exclude: '' matches every folder; '(?!)' matches none",
    ("--exclude", "("): (
        "--exclude: '(' is not a usable expression: "
        "missing ), unterminated subpattern at position 0"
    ),
    ("--exclude-in-title", "["): (
        "--exclude-in-title: '[' is not a usable expression: "
        "unterminated character set at position 0"
    ),
    ("--skip",): "-s/--skip needs a value: -s GLOB",
    ("--skipserver",): "--skipserver needs a value: --skipserver GLOB",
    ("-f", "photos"): (
        "-f/--format: 'photos' is not one of photo, video, both; did you mean photo?"
    ),
    ("-n", "{album}"): (
        "-n/--naming: '{album}' has the placeholder {album}; use {0}, {1}, ... or {path}"
    ),
    ("-n", "{0"): (
        "-n/--naming: '{0' is not a usable template: expected '}' before end of string"
    ),
    ("--namingextract", "abc"): (
        "--namingextract: 'abc' needs the form 'EXPRESSION|REPLACEMENT'"
    ),
    ("--namingextract", "(|x"): (
        "--namingextract: '(|x' is not a usable expression: "
        "missing ), unterminated subpattern at position 0"
    ),
    ("-r", "a|\\1"): (
        r"-r/--replace: 'a|\\1' is not a usable expression: invalid group reference 1 at position 1"
    ),
    (
        "-r",
    ): "-r/--replace needs a value: -r RE|REPL; folders are looked through to any depth",
    ("--root-album",): "--root-album needs a value: --root-album NAME",
    ("--allowDelete", "remot"): (
        "--allowDelete: 'remot' is not one of neither, local, remote, both; did you mean remote?"
    ),
    (
        "--allow-delete",
        "all",
    ): "--allowDelete: 'all' is not one of neither, local, remote, both",
    ("--max-delete", "-1"): f"--max-delete: '-1' is {SHARE}",
    ("--max-delete", "101%"): f"--max-delete: '101%' is {SHARE}",
    ("--max-delete", "nan%"): f"--max-delete: 'nan%' is {SHARE}",
    ("--max-delete", "few"): f"--max-delete: 'few' is {SHARE}",
    ("-x", "-1"): "-x/--max: '-1' is not a whole number from 1 to 1000000000",
    ("-x", "0"): "-x/--max: '0' is not a whole number from 1 to 1000000000",
    ("--undo", "0"): "--undo: '0' is not a whole number from 1 to 1000000000",
    ("--max", "9" * 5000): (
        f"-x/--max: '{'9' * 5000}' is not a whole number from 1 to 1000000000"
    ),
    ("-w", "soon"): "-w/--wait: 'soon' is not a number from 0 to 86400",
    ("--wait", "nan"): "-w/--wait: 'nan' is not a number from 0 to 86400",
    ("--transfers", "0"): "--transfers: '0' is not a whole number from 1 to 64",
    ("--transfers", "65"): "--transfers: '65' is not a whole number from 1 to 64",
    ("--log", ""): "--log: '' is not a path",
    ("--log", "/"): "--log: / cannot be written (Is a directory)",
    ("--log", "/no/such/folder/log"): (
        "--log: /no/such/folder/log cannot be written (No such file or directory)"
    ),
    ("--test=yes",): "-t/--test/--dry-run stands alone, without 'yes'",
    ("-v", "-q"): "--verbose and --quiet contradict each other; give one of them",
    ("--alowDelete", "both"): (
        "--alowDelete: no such option, see --help; did you mean --allowDelete?"
    ),
    ("--hmoe", "x"): "--hmoe: no such option, see --help; did you mean --home?",
    ("--drive-quota", "0"): (
        "--drive-quota: no such option; it stands in config.toml, as drive-quota = ..."
    ),
    ("--modes", "snyc"): (
        f"--modes: 'snyc' is not one of {MODE_NAMES}; did you mean sync? "
        "(all shows the tables)"
    ),
    ("--tset",): "--tset: no such option, see --help; did you mean --test?",
    ("--mod", "sync"): "--mod: no such option, see --help; did you mean --mode?",
    ("--modus", "sync"): "--modus: no such option, see --help; did you mean --modes?",
    ("--no-skp",): "--no-skp: no such option, see --help; did you mean --no-skip?",
    ("--no-purge=yes",): "--no-purge: ignored explicit argument 'yes'",
    ("--no-home",): "--no-home: no such option, see --help; did you mean --home?",
    ("--drive-urk",): (
        "--drive-urk: no such option, see --help; did you mean --drive-folder?"
    ),
    ("--delete",): (
        "--delete: no such option; where photos may be deleted is said with --allowDelete"
    ),
    ("-P",): "-P: no such option; progress is shown without being asked for",
    ("-p", "google"): f"{PLACES}; did you mean drive?".format("google"),
    ("-p", "gdrive:"): f"{PLACES}; did you mean drive?".format("gdrive:"),
    ("-p", "/mnt/x"): f"{PLACES}; did you mean folder:/mnt/x?".format("/mnt/x"),
    ("-p", "x/y"): f"{PLACES}; did you mean folder:x/y?".format("x/y"),
    ("-p", "gdrive:x/y"): f"{PLACES}; did you mean drive?".format("gdrive:x/y"),
    ("--zzzz",): "--zzzz: no such option, see --help",
    ("-n",): "-n/--naming needs a value: -n FMT; a dry run is -t or --dry-run",
    ("-c",): "-c/--compareattributes needs a value: -c N; -c 4 compares the bytes",
    ("--checksum",): "--checksum: no such option; -c 4 compares the bytes",
    ("--log-file=x",): "--log-file: no such option; the log is --log FILE",
    ("--exclude", "*.png"): (
        "--exclude: '*.png' is not a usable expression: nothing to repeat at position 0; "
        "-s '*.png' leaves such files out"
    ),
    ("-m", "mirror"): (
        f"-m/--mode: 'mirror' is not one of {MODE_NAMES}; did you mean syncUpload?"
    ),
}


@pytest.mark.parametrize("argv", WRONG, ids=lambda argv: " ".join(argv)[:40])
def test_a_wrong_value_is_answered_with_one_line(
    world: World, argv: tuple[str, ...]
) -> None:
    world.here("album/photo.jpg")
    refused(world.sync(*argv), WRONG[argv])
    assert files(world.remote) == {}


def test_without_folders_or_places_it_says_what_to_give(world: World) -> None:
    refused(
        run("--home", world.home, "-p", f"folder:{world.remote}"),
        "-d/--directory: name at least one folder with photos; see --help",
    )
    nowhere = run("--home", world.home, "-d", world.local)
    assert (nowhere.code, nowhere.out) == (3, "")
    assert nowhere.err == (
        "photosync: where to? Sign in with photosync -a, or name a folder with "
        "-p folder:/mnt/backup\n"
    )


def test_a_place_inside_or_around_a_root_is_refused(world: World) -> None:
    inside = world.local / "backup"
    inside.mkdir()
    link = world.top / "link"
    link.symlink_to(inside)
    around = world.top
    for place in (
        inside,
        world.local,
        around,
        link,
        f"{world.local}/new",
        f"{inside}/..",
    ):
        result = run("--home", world.home, "-d", world.local, "-p", f"folder:{place}")
        refused(
            result,
            f"-p folder:{place}: lies inside or around {world.local}; choose another",
        )


def test_a_second_name_of_a_root_is_no_other_place(world: World) -> None:
    world.here("album/a.jpg")
    # As a container gets the folders of its NAS.
    with bound(world.local, world.top / "bound") as place:
        for there in (place, place / "album", place / "album/new"):
            said = run("--home", world.home, "-d", world.local, "-p", f"folder:{there}")
            refused(
                said,
                f"-p folder:{there}: lies inside or around {world.local}; choose another",
            )
        refused(
            world.sync("-d", place),
            f"-d: {world.local} lies inside {place}; name one of them only",
        )


def test_places_inside_one_another_are_refused(world: World) -> None:
    inside = world.remote / "more"
    result = world.sync("-p", f"folder:{inside}")
    refused(
        result,
        f"-p: {inside} and {world.remote} lie inside one another; choose another",
    )


def test_a_place_that_keeps_no_tags_takes_none(world: World) -> None:
    refused(
        world.sync("--override", "SAME=TAG_REMOTE"),
        f"--override: {world.remote} keeps no tags; leave TAG_REMOTE out",
    )


def test_photosync_alone_says_how_to_begin(world: World) -> None:
    nothing = command.without_settings() | {"PHOTOSYNC_HOME": str(world.home)}
    result = command.run([], nothing)
    assert (result.code, result.out) == (2, "")
    # In a checkout that is not installed it tells the way to it.
    said = re.sub(r"\S*/photosync\b", "photosync", result.err)
    lines = said.splitlines()
    assert len(lines) <= 12
    assert all(len(line) <= 80 for line in lines)
    for begin in ("--demo -m sync", "-d ~/Photos -p folder:", "--authorize -p drive"):
        assert f"  photosync {begin}" in said


def test_photosync_alone_runs_where_it_is_configured(world: World) -> None:
    settings = {
        "PHOTOSYNC_HOME": str(world.home),
        "PHOTOSYNC_DIRECTORY": str(world.local),
        "PHOTOSYNC_SCOPE": f"folder:{world.remote}",
    }
    world.here("album/photo.jpg")
    assert command.run([], command.without_settings() | settings).code == 0
    assert files(world.remote) != {}
