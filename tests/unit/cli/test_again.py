"""What to type after a dry run is its own line without the dry run."""

from __future__ import annotations

import pytest

from photosync.cli.dry_run.again import write_command


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("-d Photos -t", "-d Photos"),
        ("--test -d Photos -m sync", "-d Photos -m sync"),
        ("-d Photos --dry-run -x 3", "-d Photos -x 3"),
        # Several short options in one word, the last with its value.
        ("-d Photos -vt", "-d Photos -v"),
        ("-tv -d Photos", "-v -d Photos"),
        ("-tdPhotos", "-dPhotos"),
        ("-td Photos", "-d Photos"),
        # A value is no option, whatever it looks like.
        ("-d test -t", "-d test"),
        ("-dt -t", "-dt"),
        ("-d Photos -t -r -t", "-d Photos -r -t"),
        ("-d Photos -t --plan p.json", "-d Photos --apply p.json"),
        ("-d Photos -t --plan=p.json", "-d Photos --apply=p.json"),
        # It went to a program, and cannot be read from there.
        ("-d Photos -t --plan /dev/stdout", "-d Photos"),
        ("-d Photos -t --plan=/dev/stderr -m sync", "-d Photos -m sync"),
        # config.toml says test = true.
        ("-d Photos", "-d Photos --no-test"),
    ],
)
def test_the_command_is_that_of_the_dry_run(given: str, wanted: str) -> None:
    assert write_command(given.split()) == f"photosync {wanted}"


def test_what_a_shell_would_take_apart_is_quoted() -> None:
    words = ["-d", "/nas/Zoë's photos", "-s", "*.png", "-t"]
    line = """photosync -d '/nas/Zoë'"'"'s photos' -s '*.png'"""
    assert write_command(words) == line
