"""The embedded Drive is real enough for a client that nobody here has written."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from photosync.emulators.drive import DriveEmulator
from wire.certificates import Authority, make_authority
from wire.rclone import (
    HOSTS,
    Proxy,
    format_config,
    make_environment,
    tunnelling,
)

RCLONE = shutil.which("rclone")
MIB = 1024**2
PHOTOS = {
    "Rome/IMG_1.JPG": b"one",
    "Rome/It's \\ 100% Ü.JPG": b"two",
    "Rome/empty.jpg": b"",
    "clip.mp4": bytes(2 * MIB) + b"three",
}

pytestmark = pytest.mark.skipif(RCLONE is None, reason="rclone is not installed")


@dataclass(frozen=True)
class World:
    """An account, rclone signed in to it, and a library on this side."""

    drive: DriveEmulator
    proxy: Proxy
    library: Path
    environment: dict[str, str]

    def rclone(self, *arguments: str, code: int = 0) -> str:
        command = [str(RCLONE), *arguments, "--retries", "1", "-v"]
        done = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    def names(self, *, trashed: bool = False) -> list[str]:
        """Give the names of files, without folders, in or out of the trash."""
        return sorted(
            file["name"]
            for file in self.drive.web.everything()
            if file["trashed"] == trashed and "size" in file
        )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"), HOSTS)


@pytest.fixture
def world(authority: Authority, tmp_path: Path) -> Iterator[World]:
    library = tmp_path / "library"
    for name, content in PHOTOS.items():
        path = library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with (
        DriveEmulator(tmp_path / "drive", tls=authority.context) as drive,
        tunnelling(int(drive.url.rpartition(":")[2])) as proxy,
    ):
        config = format_config(drive)
        environment = make_environment(tmp_path, config, authority, proxy)
        yield World(drive, proxy, library, environment)


def test_a_connection_that_says_nothing_keeps_nobody_waiting(world: World) -> None:
    port = int(world.drive.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)):
        world.rclone("copy", str(world.library), "photos:Albums")
        assert world.names() == sorted(Path(name).name for name in PHOTOS)
        # Stopping must not wait for it either.
        world.drive.stop()


def test_rclone_copies_and_finds_everything_equal(world: World) -> None:
    world.rclone("copy", str(world.library), "photos:Albums")
    assert world.names() == sorted(Path(name).name for name in PHOTOS)
    world.rclone("check", str(world.library), "photos:Albums")
    (world.library / "clip.mp4").write_bytes(b"other")
    assert "1 differences found" in world.rclone(
        "check", str(world.library), "photos:Albums", code=1
    )
    assert world.proxy.asked == {f"CONNECT {host}:443" for host in HOSTS}


def test_rclone_sends_in_chunks_and_brings_back_the_same_bytes(
    world: World, tmp_path: Path
) -> None:
    chunks = ("--drive-upload-cutoff", "1M", "--drive-chunk-size", "256k")
    world.rclone("copy", str(world.library), "photos:Albums", *chunks)
    assert world.drive.calls["upload.chunk"] == 9
    world.rclone("copy", "photos:Albums", str(tmp_path / "back"))
    back = {name: (tmp_path / "back" / name).read_bytes() for name in PHOTOS}
    assert back == PHOTOS


def test_a_second_copy_sends_nothing(world: World) -> None:
    for _ in range(2):
        world.rclone("copy", str(world.library), "photos:Albums")
    assert world.drive.calls["files.create"] == len(PHOTOS) + len(("Albums", "Rome"))


def test_rclone_deletes_into_the_trash(world: World) -> None:
    world.rclone("copy", str(world.library), "photos:Albums")
    world.rclone("delete", "photos:Albums/Rome")
    assert world.names() == ["clip.mp4"]
    assert len(world.names(trashed=True)) == len(PHOTOS) - 1


def test_rclone_deletes_for_good_if_told_to(world: World) -> None:
    world.rclone("copy", str(world.library), "photos:Albums")
    world.rclone("delete", "photos:Albums/Rome", "--drive-use-trash=false")
    assert world.names() == ["clip.mp4"]
    assert world.names(trashed=True) == []


def test_rclone_purges_a_folder(world: World) -> None:
    world.rclone("copy", str(world.library), "photos:Albums")
    world.rclone("purge", "photos:Albums/Rome")
    assert world.names() == ["clip.mp4"]
    assert [file["name"] for file in world.drive.web.children()] == ["Albums"]
    world.rclone("purge", "photos:Albums", "--drive-use-trash=false")
    left = [file["name"] for file in world.drive.web.everything()]
    assert left == []
