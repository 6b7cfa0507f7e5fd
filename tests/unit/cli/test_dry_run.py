"""The folded dry run fits a screen, whatever is done to how many albums."""

from __future__ import annotations

from photosync.cli.dry_run import describe_dry_run
from photosync.config.settings import Settings
from photosync.model import Plan, Purge, RemoteAlbum


def test_many_removed_albums_fit_a_screen_and_are_counted() -> None:
    purges = tuple(
        Purge("drive", RemoteAlbum(str(number), f"Album {number}"))
        for number in range(100)
    )
    plan = Plan((), purges=purges)
    lines = list(describe_dry_run(plan, Settings(), fold=True))
    assert len(lines) <= 40
    assert "  ... 92 more albums" in lines
