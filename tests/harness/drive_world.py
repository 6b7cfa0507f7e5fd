"""An embedded Drive that is signed in to, a library and a home: what the tests of Drive
need.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness import command
from harness.worlds import WHEN, World, make_file, photo_of
from photosync.config.settings import Home, Settings
from photosync.emulators import drive as emulated
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE, DRIVE_FILE
from photosync.local.photos import LocalSource
from photosync.services import drive as service
from photosync.services.auth.session import Session
from photosync.services.drive.backend import DriveBackend
from photosync.services.network import Network

FOLDER_TYPE = "application/vnd.google-apps.folder"


def is_base(file: Mapping[str, Any]) -> bool:
    """Whether it is the folder that holds the albums."""
    return bool(file["name"] == "photosync" and file["mimeType"] == FOLDER_TYPE)


def source_of(path: Path, name: str = "") -> LocalSource:
    """A file as a source, just as a scan finds it."""
    return LocalSource(photo_of(path, name))


@dataclass(frozen=True, slots=True)
class DriveWorld(World):
    """A library, a home and a Drive, all of them below `top`."""

    drive: DriveEmulator

    @property
    def app(self) -> str:
        """The client id that photosync uses: what carries it is visible under
        `drive.file`.
        """
        return str(self.drive.client_secrets()["installed"]["client_id"])

    @property
    def settings(self) -> Settings:
        home = Home(self.home, self.home)
        return Settings(home, drive_url=self.drive.url, retry_wait=0.001)

    @property
    def session(self) -> Session:
        return Session(self.home)

    def sign_in(self, scope: str = DRIVE_FILE, **token: Any) -> None:
        """Put a token of ours into the home."""
        given = self.drive.authorized_user([scope])
        self.session.store("drive", self.drive.account, {**given, **token})

    def connect(self, **settings: Any) -> DriveBackend:
        """A new connection, signed in to with all scopes if nobody is."""
        if self.session.token("drive") is None:
            self.sign_in(DRIVE)
        chosen = replace(self.settings, **settings)
        return service.connect(chosen, self.session, Network())

    def here(self, path: str, content: bytes = b"photo", when: float = WHEN) -> Path:
        """A photo in the library."""
        return make_file(self.local / path, content, when)

    def album(self, title: str, base: str = "photosync") -> str:
        """The id of an album folder, made by photosync's client if need be."""
        return self._folder(title, self._folder(base, "root"))

    def there(self, path: str, content: bytes = b"photo", **fields: Any) -> str:
        """A photo on Drive put there by photosync's client, `ALBUM/NAME`; its id."""
        title, _, name = path.partition("/")
        fields = {"modifiedTime": "2017-07-14T02:40:00.000Z"} | fields
        return self.drive.web.file(
            name, content, self.album(title), app=self.app, **fields
        )

    def _folder(self, name: str, parent: str) -> str:
        for file in self.drive.web.children(parent):
            if (
                file["name"] == name
                and file["mimeType"] == FOLDER_TYPE
                and not file["trashed"]
            ):
                return str(file["id"])
        return self.drive.web.folder(name, parent, app=self.app)

    def photos(self) -> dict[str, bytes]:
        """The photos on Drive by `ALBUM/NAME`; a name, an album or a base there twice
        fails.
        """
        inside: dict[str, list[dict[str, Any]]] = {}
        for file in self.drive.web.everything():
            if not file["trashed"]:
                inside.setdefault(file["parents"][0], []).append(file)
        bases = [file for file in inside.get(self.drive.web.root, ()) if is_base(file)]
        assert len(bases) <= 1, "the base folder is there twice"
        albums = [album for base in bases for album in inside.get(base["id"], ())]
        titles = [album["name"] for album in albums]
        assert len(set(titles)) == len(titles), f"an album is there twice: {titles}"
        found: dict[str, bytes] = {}
        for album in albums:
            for file in inside.get(album["id"], ()):
                path = f"{album['name']}/{file['name']}"
                assert path not in found, f"{path} is there twice"
                found[path] = self.drive.web.content(file["id"])
        return found

    def trashed(self) -> list[str]:
        """The names of what is in the trash of Drive."""
        return sorted(
            file["name"] for file in self.drive.web.everything() if file["trashed"]
        )

    def environment(self) -> dict[str, str]:
        """What points a run to this world, beside an environment without photosync's
        own.
        """
        ours = command.without_settings() | World.environment(self)
        return ours | {
            "PHOTOSYNC_DRIVE_URL": self.drive.url,
            "PHOTOSYNC_RETRY_WAIT": "0.001",
            "NO_PROXY": "127.0.0.1,localhost",
        }


def world_below(
    top: Path, settings: emulated.Settings | None = None
) -> Generator[DriveWorld, None, None]:
    """A world as a fixture."""
    with DriveEmulator(top / "drive", settings=settings) as drive:
        world = DriveWorld(top, drive)
        world.local.mkdir()
        yield world
