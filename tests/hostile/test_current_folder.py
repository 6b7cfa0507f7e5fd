"""Python files that lie where the command is started are not run by it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
# What Python itself, the command, and a worker of --shrink would import.
PLANTED = ("argparse", "json", "signal", "sitecustomize", "multiprocessing", "PIL")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A friend's USB stick, with files that leave a trace when they are run."""
    folder = tmp_path / "stick"
    folder.mkdir()
    trace = f"open({str(folder / 'was-run')!r}, 'w').close()\n"
    for name in PLANTED:
        (folder / f"{name}.py").write_text(trace)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout of this one's scripts, not yet set up."""
    folder = tmp_path / "checkout"
    shutil.copytree(CHECKOUT / "bin", folder / "bin")
    shutil.copy(CHECKOUT / "setup.py", folder)
    (folder / "photosync").symlink_to(CHECKOUT / "photosync")
    for constraints in CHECKOUT.glob("constraints*.txt"):
        shutil.copy(constraints, folder)
    return folder


def make_program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def start(
    program: Path, *words: str, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_of_a_checkout_runs_no_file_of_the_current_folder(
    checkout: Path, stick: Path
) -> None:
    python = make_program(
        checkout / ".venv/bin/python", f'exec "{sys.executable}" "$@"'
    )
    stamped = [checkout / "setup.py", checkout / "photosync/__init__.py"]
    stamped += checkout.glob("constraints*.txt")
    made_of = b"".join(part.read_bytes() for part in stamped)
    stamp = subprocess.run(
        ["cksum"],
        input=made_of + f"{python.resolve()}\n{checkout}\n".encode(),
        capture_output=True,
        check=True,
    )
    (checkout / ".venv/photosync-run").write_bytes(stamp.stdout)
    ended = start(checkout / "bin/photosync", "--version", folder=stick)
    assert ended.stdout.startswith("photosync "), ended.stderr
    assert not (stick / "was-run").exists()


def test_every_python_that_a_script_calls_keeps_out_of_the_current_folder(
    checkout: Path, stick: Path
) -> None:
    calls = stick / "calls"
    tools = checkout.parent / "tools"
    fake = make_program(
        tools / "python3",
        f'echo "$1 $PYTHONPATH$PYTHONSTARTUP" >>"{calls}"\n'
        f'[ "$3" != venv ] || install -D "$0" "$4/bin/python"\n'
        '[ "$3" != venv ] || for check in ruff mypy lint-imports; do '
        'install -D /bin/true "$4/bin/$check"; done',
    )
    for judge in ("exiftool", "ffmpeg"):
        make_program(tools / judge, "exit 0")
    for script in ("test", "photosync"):
        ended = start(
            checkout / "bin" / script,
            folder=stick,
            PATH=f"{tools}:{os.environ['PATH']}",
            PHOTOSYNC_PYTHON=str(fake),
            PYTHONSTARTUP=str(stick / "argparse.py"),
        )
        assert ended.returncode == 0, ended.stderr
    # Each looks for a Python, installs and runs; the first makes the environment.
    assert calls.read_text().splitlines() == ["-P "] * 8


def put_python(tools: Path, version: str, *, has_pip: bool) -> None:
    """Let the system have a Python of this version, which notes what it is to run."""
    pip = "exit 0" if has_pip else "exit 1"
    make_program(
        tools / f"python{version}",
        f'[ "$2" != -m ] || echo "$3" >>"{tools}/calls"\n'
        f'[ "$3 ${{4:-}}" != "pip --version" ] || {pip}\n'
        f'[ "$3" != venv ] || {{ mkdir "$4/bin"; ln -s "{tools}/python3" "$4/bin/python"; }}',
    )
    (tools / "python3").unlink(missing_ok=True)
    (tools / "python3").symlink_to(f"python{version}")


@pytest.mark.parametrize("change", ["newer Python", "moved"])
def test_an_environment_that_finds_nothing_any_more_is_set_up_again(
    checkout: Path, stick: Path, change: str
) -> None:
    tools = checkout.parent / "tools"

    def list_calls() -> list[str]:
        (tools / "calls").unlink(missing_ok=True)
        path = f"{tools}:{os.environ['PATH']}"
        ended = start(checkout / "bin/photosync", folder=stick, PATH=path)
        assert ended.returncode == 0, ended.stderr
        return (tools / "calls").read_text().split()

    put_python(tools, "3.11", has_pip=True)
    assert list_calls() == ["venv", "pip", "photosync"]
    assert list_calls() == ["photosync"]
    if change == "moved":
        checkout = checkout.rename(checkout.parent / "elsewhere")
        assert list_calls() == ["pip", "pip", "photosync"]
    else:
        put_python(tools, "3.12", has_pip=False)
        assert list_calls() == ["pip", "venv", "pip", "photosync"]
    assert list_calls() == ["photosync"]


def test_a_worker_of_shrink_runs_no_file_of_the_current_folder(stick: Path) -> None:
    # The installed command: its Python looks into the folder of the script only.
    command = stick.parent / "shrink.py"
    command.write_text(
        "from photosync.media.shrink.pool import Shrinker\n"
        "if __name__ == '__main__':\n"
        "    with Shrinker('.', workers=1) as shrinker:\n"
        "        with shrinker.shrunk('/dev/null'):\n"
        "            pass\n"
    )
    ended = start(
        Path(sys.executable), str(command), folder=stick, PYTHONPATH=str(CHECKOUT)
    )
    assert not (stick / "was-run").exists()
    # What a worker says of such a picture: it did its work.
    assert "it is no ordinary file" in ended.stderr
