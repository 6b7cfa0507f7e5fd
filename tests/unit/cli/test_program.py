"""A command that is told can be typed as it stands, in a checkout too."""

from __future__ import annotations

from pathlib import Path

import pytest

from photosync.cli.output import complain, say
from photosync.cli.program import find_program, quote_program, spell_commands

TOP = Path(__file__).parents[3]


def test_a_checkout_that_is_not_installed_is_called_by_its_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(TOP)
    assert find_program() == "bin/photosync"
    monkeypatch.chdir(tmp_path)
    assert find_program() == str(TOP / "bin" / "photosync")
    installed = tmp_path / "photosync"
    installed.touch(mode=0o755)
    assert find_program() == "photosync"


def test_a_shell_may_stand_in_a_folder_that_was_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find_program() == str(TOP / "bin" / "photosync")


def test_a_checkout_in_a_folder_with_a_blank_is_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = tmp_path / "my disk" / "photosync" / "cli" / "program.py"
    script = tmp_path / "my disk" / "bin" / "photosync"
    script.parent.mkdir(parents=True)
    script.touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("photosync.cli.program.__file__", str(module))
    assert quote_program() == f"'{script}'"
    assert spell_commands("run photosync -a") == f"run '{script}' -a"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("run photosync -a -p drive", "run bin/photosync -a -p drive"),
        ("-> photosync --last names all", "-> bin/photosync --last names all"),
        (
            "use photosync -a or photosync -d P",
            "use bin/photosync -a or bin/photosync -d P",
        ),
        # No command, or one that is spelled already.
        ("photosync: no such option", "photosync: no such option"),
        ("photosync - holiday/a.jpg", "photosync - holiday/a.jpg"),
        ("/opt/photosync -a", "/opt/photosync -a"),
        ("/mnt/my-photosync -a", "/mnt/my-photosync -a"),
    ],
)
def test_commands_in_a_text_are_those_of_a_checkout(
    text: str, wanted: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(TOP)
    assert spell_commands(text) == wanted


def test_whatever_is_said_tells_commands_so(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(TOP)
    say("see photosync --last")
    complain("run photosync -a")
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "see bin/photosync --last\n",
        "run bin/photosync -a\n",
    )
