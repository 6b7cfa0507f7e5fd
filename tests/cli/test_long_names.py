"""Names on a service that are too long for the disk here."""

from __future__ import annotations

from pathlib import Path

from harness.three_sides import Drive, picture, world_of

LONG = f"{'ü' * 130}.jpg"
REASON = "its name is too long for the disk here; give it a shorter one there"


def test_a_name_too_long_for_the_disk_is_known_before_and_costs_no_download(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive") as world:
        (drive,) = world.remotes
        assert isinstance(drive, Drive)
        drive.add(f"Rome/{LONG}", picture("long"))
        drive.add("Rome/a.jpg", picture("a"))
        planned = world.sync("--test")
        assert REASON in planned.out
        ended = world.sync()
        assert (ended.code, REASON in ended.out) == (0, True)
        assert drive.emulator.traffic.calls["files.download"] == 1
        # Renamed there it stays under its old name here.
        drive.rename("Rome/a.jpg", f"{'ö' * 130}.jpg")
        assert world.sync("--test").out.count("left alone on Drive") == 2
        assert world.sync().code == 0
        assert sorted(world.local.photos()) == ["Rome/a.jpg"]
        drive.rename(f"Rome/{LONG}", "short.jpg")
        assert world.sync().code == 0
        assert sorted(world.local.photos()) == ["Rome/a.jpg", "Rome/short.jpg"]
