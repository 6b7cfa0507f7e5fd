"""What looks deleted, equal or known, and is not: nothing may go on such a ground."""

from __future__ import annotations

import os

from cli.conftest import World

BOTH = ("-m", "sync", "--allowDelete", "both")


def test_photos_adopted_by_their_dates_alone_are_not_taken_for_equal(
    world: World,
) -> None:
    here = world.here("Rome/a.jpg", b"the longer one")
    there = world.there("Rome/a.jpg", b"short")
    assert world.sync("-m", "sync", "-c", "1").actions == []
    there.unlink()
    world.there("Rome/b.jpg")
    result = world.sync(*BOTH)
    assert result.done("UPLOAD_LOCAL") == ["Rome/a.jpg"]
    assert here.read_bytes() == there.read_bytes() == b"the longer one"


def test_an_edit_of_equal_size_is_not_learnt_by_size_alone(world: World) -> None:
    here = world.here("Rome/a.jpg", b"first")
    world.sync("-m", "sync")
    there = world.there("Rome/a.jpg", b"other", modified_ns=1_800_000_000 * 10**9)
    assert world.sync("-m", "sync", "-c", "2").actions == []
    assert world.sync("-m", "sync").done("DOWNLOAD_REMOTE") == ["Rome/a.jpg"]
    assert here.read_bytes() == there.read_bytes() == b"other"


def test_a_photo_moved_to_where_nobody_can_look_is_not_deleted(world: World) -> None:
    here = world.here("Rome/a.jpg")
    world.here("Paris/p.jpg")
    world.sync("-m", "sync")
    (world.remote / "Rome/a.jpg").rename(world.remote / "Paris/a.jpg")
    (world.remote / "Paris").chmod(0)
    try:
        result = world.sync(*BOTH, unprivileged=True)
    finally:
        (world.remote / "Paris").chmod(0o755)
    assert here.exists()
    assert "some albums or folders could not be read" in result.out
    assert world.sync(*BOTH).done("MOVE_LOCAL") == ["Paris/a.jpg <- Rome/a.jpg"]


def test_of_two_roots_with_one_name_the_deleted_photo_stays_deleted(
    world: World,
) -> None:
    other = world.top / "camera"
    world.here("Rome/x.jpg", b"one")
    (other / "Rome").mkdir(parents=True)
    (other / "Rome/x.jpg").write_bytes(b"two")
    os.utime(other / "Rome/x.jpg", (1_700_000_000, 1_700_000_000))
    world.sync("-d", str(other), "-m", "sync")
    assert len(list((world.remote / "Rome").iterdir())) == 2
    (world.local / "Rome/x.jpg").unlink()
    result = world.sync("-d", str(other), *BOTH, "--accept", "lost-photos")
    assert result.actions == [
        line for line in result.actions if "DELETE_REMOTE" in line
    ]
    assert [path.read_bytes() for path in (world.remote / "Rome").iterdir()] == [b"two"]
    assert world.sync("-d", str(other), *BOTH).actions == []


def test_names_that_are_no_utf_8_are_remembered(world: World) -> None:
    odd = os.fsdecode(b"caf\xe9.jpg")
    world.here(f"Rome/{odd}")
    world.there(f"Rome/there {odd}")
    result = world.sync("-m", "sync")
    assert (result.code, result.err) == (0, "")
    assert len(list((world.local / "Rome").iterdir())) == 2
    again = world.sync("-m", "sync")
    assert (again.code, again.err, again.actions) == (0, "", [])


def test_a_date_beyond_all_calendars_is_no_reason_to_forget(world: World) -> None:
    path = world.here("Rome/a.jpg")
    os.utime(path, (1_700_000_000, 12_000_000_000))
    world.here("Rome/b.jpg")
    for _ in range(2):
        result = world.sync("-m", "sync")
        assert "not remembered" not in result.err
    assert (world.remote / "Rome/b.jpg").exists()


def test_what_is_done_about_equal_photos_is_done_in_quiet_albums_too(
    world: World,
) -> None:
    world.here("Rome/a.jpg")
    for _ in range(3):
        world.sync("-m", "sync")
    result = world.sync("-m", "sync", "--override", "SAME=UPDATE_REMOTE_METADATA")
    assert result.done("UPDATE_REMOTE_METADATA") == ["Rome/a.jpg"]
