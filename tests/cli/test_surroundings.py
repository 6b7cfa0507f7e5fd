"""What surrounds the command may be closed, full, missing or another person's: the work is
done all the same where it can be, and what is wrong is one line.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.command import drops_root, environment, refused, run
from cli.conftest import World

# photosync -d PHOTOS -p folder:BACKUP, with more words behind it.
SYNC = '"$PYTHON" -m photosync -d photos -p folder:backup --no-progress'
WITHOUT_RIGHTS = " ".join(drops_root())
NOBODY = "env -i PATH=/usr/bin:/bin setpriv --reuid 54321 --regid 54321 --clear-groups"
NO_HOME = (
    "photosync: there is no home folder, as HOME is not set or ~NAME is nobody's; "
    "name a folder for photosync's memory with --home DIR\n"
)


class Case(NamedTuple):
    """A line for a shell, how it ends, whether the photo arrives, and what is said."""

    line: str
    code: int
    arrives: bool = True
    said: str = ""


CASES = {
    "closed output": Case(f"{SYNC} >&-", 1),
    "closed errors": Case(f"{SYNC} 2>&-", 0),
    "all closed": Case(f"{SYNC} <&- >&- 2>&-", 1),
    "full output": Case(f"{SYNC} >/dev/full", 1, said="the output is not whole"),
    "output and errors full": Case(f"{SYNC} >/dev/full 2>/dev/full", 1),
    "a reader that goes away": Case(f"{{ sleep 0.2; {SYNC}; }} | true", 0),
    "full log": Case(
        f"{SYNC} --log /dev/full", 1, said="not whole (No space left on device)"
    ),
    "log in no folder": Case(f"{SYNC} --log no/log", 2, arrives=False, said="no/log"),
    "a current folder that was deleted": Case(
        f"mkdir gone; cd gone; rmdir ../gone; {SYNC}",
        2,
        arrives=False,
        said="the current folder was deleted; cd to another one",
    ),
    "a relative home, and no current folder": Case(
        f"mkdir gone; cd gone; rmdir ../gone; {SYNC} --home other",
        2,
        arrives=False,
        said="the current folder was deleted; cd to another one",
    ),
    "LANG=C": Case(f"LANG=C LC_ALL=C PYTHONUTF8=0 {SYNC}", 0),
    # Names are text in UTF-8 all the same, printed as the locale can.
    "a locale without UTF-8": Case(
        f"LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 {SYNC} -v", 0, said="Zo\\xeb"
    ),
    "latin-1": Case(f"LC_ALL=C PYTHONIOENCODING=latin-1 {SYNC}", 0),
    "no terminal type": Case(f"TERM=dumb {SYNC}", 0),
    "umask 000": Case(f"umask 000; {SYNC}", 0),
    "umask 777": Case(f"umask 777; {SYNC} --home other", 0),
    "a clock of 1980": Case(f"touch -d 1980-01-01 photos/album/*; {SYNC}", 0),
    "a clock put back by years": Case(f"touch -d 2099-01-01 photos/album/*; {SYNC}", 0),
    "other user's file": Case(
        f"chmod 0 photos/album/*; {WITHOUT_RIGHTS} {SYNC}",
        1,
        arrives=False,
        said="mode",
    ),
    "other user's backup": Case(
        f"mkdir -p b/in; chmod 0 b; {WITHOUT_RIGHTS} {SYNC} -p folder:b/in",
        2,
        arrives=False,
        said="-p folder:b/in: cannot be looked at (Permission denied)",
    ),
    "home that is read-only": Case(
        f"mkdir ro; chmod 500 ro; {WITHOUT_RIGHTS} {SYNC} --home ro",
        2,
        arrives=False,
        said="ro cannot be written (Permission denied)",
    ),
    "memory that is root's": Case(
        f"{SYNC}; echo > photos/album/b.jpg; chown 54321 home/state.sqlite; "
        f"{WITHOUT_RIGHTS} {SYNC}",
        2,
        said="it belongs to user 54321: sudo chown",
    ),
    "an empty variable": Case(f"PHOTOSYNC_MODE= PHOTOSYNC_TEST= {SYNC}", 0),
    "an unknown variable": Case(
        f"PHOTOSYNC_MODEE=sync {SYNC}", 0, said="did you mean PHOTOSYNC_MODE?"
    ),
    "home is a file": Case(
        f"touch f; {SYNC} --home f", 2, arrives=False, said="not a folder"
    ),
    "demo in a file": Case(
        'touch f; "$PYTHON" -m photosync --home f --demo',
        2,
        arrives=False,
        said="name another --home",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_work_is_done_where_it_can_be(world: World, case: Case) -> None:
    world.here("album/Zoë \udcff.jpg")
    ended = subprocess.run(
        ["/bin/sh", "-c", case.line],
        cwd=world.top,
        env=environment({"PYTHON": sys.executable, "PHOTOSYNC_HOME": str(world.home)}),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    told = (ended.stdout + ended.stderr).decode(errors="replace")
    assert ended.returncode == case.code, told
    assert "Traceback" not in told
    assert "unforeseen" not in told
    assert case.said in told
    copies = list(world.remote.glob("album/*.jpg"))
    assert len(copies) == case.arrives


@pytest.mark.parametrize("words", ["--help", "--help all", "--version", "--modes"])
def test_what_cannot_be_written_is_no_success(world: World, words: str) -> None:
    ended = subprocess.run(
        ["/bin/sh", "-c", f'"$PYTHON" -m photosync {words} >/dev/full'],
        env=environment({"PYTHON": sys.executable, "PHOTOSYNC_HOME": str(world.home)}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "photosync: the output is not whole (No space left on device)\n"
    )


def in_nobodys_shell(tmp_path: Path, *argv: str) -> subprocess.CompletedProcess[bytes]:
    """The command of a user who has no home and is in no list of users."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root becomes a user that nobody knows")
    tmp_path.chmod(0o777)
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            pytest.skip(f"{folder} is closed to other users")
    python = Path(sys.executable)
    return subprocess.run(
        [*NOBODY.split(), python, "-m", "photosync", *argv],
        cwd=tmp_path,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def test_without_a_home_one_line_says_so_and_what_needs_none_works(
    tmp_path: Path,
) -> None:
    ended = in_nobodys_shell(tmp_path, "-d", ".", "-p", "folder:backup")
    if b"Permission denied" in ended.stderr:
        pytest.skip("this Python is closed to other users")
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.decode() == NO_HOME
    for argv, code in ((["--modes"], 0), (["--check", "-p", "drive"], 3)):
        assert in_nobodys_shell(tmp_path, *argv).returncode == code
    ended = in_nobodys_shell(tmp_path, "-d", ".", "-p", "folder:b", "--home", "h")
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_what_nobody_foresaw_is_one_line_and_a_traceback_in_the_log(
    world: World,
) -> None:
    broken = world.top / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import photosync.local.explorer as explorer\n"
        "def scan(self, *words):\n    raise KeyError('surprise')\n"
        "explorer.Explorer.scan = scan\n"
    )
    log = world.top / "log"
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "photosync", "--home", world.home),
            *("-d", world.local, "-p", f"folder:{world.remote}", "--log", log),
        ],
        env=environment({"PYTHONPATH": str(broken)}),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.decode() == (
        "photosync: unforeseen (KeyError: 'surprise'); --log FILE writes down where\n"
    )
    assert "Traceback" in log.read_text()
    assert log.read_text().splitlines()[-1].endswith("INFO ended with exit code 1")


def test_nor_is_there_a_traceback_before_the_settings_are_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A library that was lost in an update.
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    log = world.top / "log"
    ended = run("-d", world.local, "-p", f"folder:{world.remote}", "--log", log)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("photosync: unforeseen (ModuleNotFoundError: ")
    assert ended.err.count("\n") == 1
    assert "Traceback" in log.read_text()


def test_a_log_holds_the_command_and_the_end_of_each_run(world: World) -> None:
    log = world.top / "log"
    assert world.sync("--log", log, "-q").code == 0
    refused(
        run("--home", world.home, "--log", log),
        "-d/--directory: name at least one folder with photos; see --help",
    )
    first, counts, end, second, error, last = log.read_text().splitlines()
    assert "-m" not in first
    assert "--log" in first
    assert "INFO counts" in counts
    assert end.endswith("INFO ended with exit code 0")
    assert "photosync 0.1.0: --home" in second
    assert "ERROR -d/--directory" in error
    assert last.endswith("INFO ended with exit code 2")


def test_another_persons_folder_is_named(world: World) -> None:
    drops_root()
    world.here("album/a.jpg")
    world.local.chmod(0)
    result = world.sync(unprivileged=True)
    world.local.chmod(0o755)
    assert result.code == 2
    assert str(world.local) in result.err


def test_what_libraries_warn_of_is_logged_and_mailed_to_nobody(world: World) -> None:
    world.here("album/a.jpg")
    old = world.top / "old"
    old.mkdir()
    (old / "sitecustomize.py").write_text(
        "import logging, sys, warnings\n"
        "class Old:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'photosync.cli.run':\n"
        "            warnings.warn('this Python is old', FutureWarning)\n"
        "            logging.getLogger('urllib3').warning('odd headers')\n"
        "sys.meta_path.insert(0, Old())\n"
    )
    log = world.top / "log"
    ended = world.sync(
        "-q", "--log", log, env={"PYTHONPATH": str(old)}, before=lambda: None
    )
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert "this Python is old" in log.read_text()
    assert "odd headers" in log.read_text()


def test_the_example_for_cron_works_where_it_is_copied_to(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "bin/run.sh"
    copy = shutil.copy(example, tmp_path)
    program = tmp_path / "photosync/bin/photosync"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m photosync "$@"\n')
    program.chmod(0o755)
    (tmp_path / "Photos").mkdir()
    surroundings = environment({}) | {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [copy], env=surroundings, cwd="/", check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("photosync: not signed in to Flickr; run ")
    assert (tmp_path / "photosync.log").exists()
