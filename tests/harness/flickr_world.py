"""An embedded Flickr that is signed in to, a library and a home: what the tests of
Flickr need.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import command
from harness.worlds import WHEN, World, listed, make_file, photo_of
from photosync.cli.app import main
from photosync.emulators import flickr as emulated
from photosync.emulators.flickr import FlickrEmulator, pictures
from photosync.local.photos import LocalSource
from photosync.model import RemotePhoto
from photosync.services.auth.client_secrets import FlickrKey
from photosync.services.auth.session import Session
from photosync.services.flickr.backend import FlickrBackend
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.records import tags
from photosync.services.http import RetryPolicy
from photosync.services.quotas import HourlyQuota

TRASH = ".photosync-trash"


def jpeg(text: str) -> bytes:
    """A small picture unlike those of other texts."""
    return pictures.jpeg(text)


def ignore(_: int) -> None:
    """Progress that nobody watches."""


def find_only_photo(backend: FlickrBackend, album: str) -> RemotePhoto:
    """Return the photo of an album that must hold just one."""
    (found,) = listed(backend)[album]
    return found


def read_bytes(backend: FlickrBackend, photo: RemotePhoto) -> bytes:
    """Return the original of a photo."""
    with backend.open(photo) as stream:
        return stream.read()


@dataclass(frozen=True, slots=True)
class FlickrWorld(World):
    """A library, a home and a Flickr, all of them below `top`."""

    flickr: FlickrEmulator

    def sign_in(self, perms: str = "delete") -> None:
        """Put a token into the home, as a sign-in does."""
        key = self.flickr.client_secrets()
        names = {"api_key": key["key"], "api_secret": key["secret"]}
        token = self.flickr.authorized_user(perms)
        Session(self.home).store("flickr", token["username"], {**token, **names})

    def connect(
        self,
        *,
        privacy: str = "private",
        details: bool = False,
        owner: str = "",
        attempts: int = 4,
        clock: Callable[[], float] = time.time,
    ) -> FlickrBackend:
        """A new backend with a connection of its own."""
        key = self.flickr.client_secrets()
        retry_policy = RetryPolicy(0.001, attempts)
        connection = Connection(
            FlickrKey(key["key"], key["secret"]),
            self.flickr.authorized_user(),
            retry_policy,
            HourlyQuota(1_000_000, retry_policy, None),
            self.flickr.url,
        )
        connection.clock = clock
        return FlickrBackend(connection, privacy=privacy, details=details, owner=owner)

    def here(self, path: str, content: bytes | str = b"", when: float = WHEN) -> Path:
        """A photo in the library, by default a picture unlike all others."""
        data = content if isinstance(content, bytes) else jpeg(content)
        return make_file(self.local / path, data or jpeg(path), when)

    def source(
        self, path: str, content: bytes | str = b"", when: float = WHEN
    ) -> LocalSource:
        """A photo in the library, ready to be sent."""
        return LocalSource(photo_of(self.here(path, content, when)))

    def send(
        self, backend: FlickrBackend, *sources: LocalSource, album: str = ""
    ) -> list[str]:
        """Save photos into an album, by default that of their folder, and settle it;
        their ids.
        """
        ids = []
        for source in sources:
            title = album or Path(source.photo.folder).name
            ids.append(backend.save(title, source.photo.name, source, ignore).id)
        for title in {album or Path(one.photo.folder).name for one in sources}:
            backend.commit_album(title)
        backend.find_versions(ids)
        return ids

    def tagged(self, name: str, content: bytes, when: float = WHEN) -> str:
        """A photo on Flickr as photosync sends it, in no album yet; its id."""
        path = make_file(self.top / "elsewhere" / "x", content, when)
        md5 = hashlib.md5(content).hexdigest()
        raws = tags.format_tags(photo_of(path, name), md5).split()
        return self.flickr.web.photo(name, content, tags=raws)

    def trash(self) -> list[bytes]:
        """The content of every file in the trash of the library."""
        found = (self.local / TRASH).rglob("*")
        return sorted(path.read_bytes() for path in found if path.is_file())

    def albums(self) -> dict[str, list[str]]:
        """The ids of the photos by album title; a title that is there twice is an
        error.
        """
        web, found = self.flickr.web, self.flickr.web.all_albums()
        assert len({one["title"] for one in found}) == len(found), found
        return {one["title"]: web.photos_in(one["id"]) for one in found}

    def photos(self) -> dict[str, bytes]:
        """The photos on Flickr by `ALBUM/TITLE`; a path that is there twice is an
        error.
        """
        web, found = self.flickr.web, {}
        for title, ids in self.albums().items():
            for one in ids:
                path = f"{title}/{web.get(one)['title']}"
                assert path not in found, f"{path} is there twice"
                found[path] = web.content(one)
        return found

    def loose(self) -> list[str]:
        """The ids of the photos in no album."""
        inside = {one for ids in self.albums().values() for one in ids}
        return [p["id"] for p in self.flickr.web.everything() if p["id"] not in inside]

    def environment(self) -> dict[str, str]:
        """What points a run to this world."""
        return World.environment(self) | {
            "PHOTOSYNC_FLICKR_URL": self.flickr.url,
            "PHOTOSYNC_RETRY_WAIT": "0.01",
        }

    def started(
        self, *argv: str | Path, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """The command in a process of its own."""
        ours = command.without_settings()
        return subprocess.Popen(
            [sys.executable, "-m", "photosync", *map(str, argv)],
            env=ours | self.environment() | dict(env or {}),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def sync(self, *argv: str | Path, mode: str = "sync", wait: float = 0.002) -> int:
        """Run the command between the library and Flickr in this process; its exit
        code. `wait` is the first wait between two tries, in seconds.
        """
        places = (
            "--home",
            self.home,
            "-d",
            self.local,
            "-p",
            "flickr",
            "--no-progress",
        )
        config = f'flickr-url = "{self.flickr.url}"\nretry-wait = {wait}\n'
        (self.home / "config.toml").write_text(config)
        return main([*map(str, (*places, "-m", mode, *argv))])


@contextmanager
def meanwhile(
    world: FlickrWorld, method: str, work: Callable[[], Any], *, after: int = 0
) -> Iterator[None]:
    """Let something happen once on the site, just before a call of this method is
    carried out.
    """
    service: Any = world.flickr._service
    answer, seen, done = service.answer, [0], []

    def watched(request: Any, name: str) -> Any:
        if name == method:
            seen[0] += 1
            if seen[0] == after + 1:
                done.append(name)
                work()
        return answer(request, name)

    service.answer = watched
    try:
        yield
    finally:
        service.answer = answer
    assert done, f"{method} was not called"


def take_calls(world: FlickrWorld) -> dict[str, int]:
    """Return the calls by method since this was last asked."""
    found = dict(world.flickr.calls)
    world.flickr.traffic.reset()
    return found


def world_below(
    top: Path, settings: emulated.Settings | None = None
) -> Generator[FlickrWorld, None, None]:
    """A world as a fixture."""
    with FlickrEmulator(top / "flickr", settings=settings or quick()) as flickr:
        world = FlickrWorld(top, flickr)
        world.local.mkdir()
        world.sign_in()
        yield world


def quick() -> emulated.Settings:
    """A Flickr without a quota, which would only end long tests."""
    return emulated.Settings(hourly_quota=None)
