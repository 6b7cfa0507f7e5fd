"""A library and what it is kept equal with, each side changed by hand as a person would
do it.

A photo is named by its path, `ALBUM/NAME`, on every side.
"""

from __future__ import annotations

import io
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import (
    ExitStack,
    closing,
    contextmanager,
    redirect_stderr,
    redirect_stdout,
)
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from harness import command
from photosync.cli.app import main
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE
from photosync.emulators.flickr import FlickrEmulator, pictures
from photosync.emulators.flickr import Settings as FlickrSettings
from photosync.services.auth.session import Session
from photosync.services.flickr.records import tags

WHEN = 1_500_000_000
"""A moment long ago, in seconds since the epoch: no test mistakes it for now."""

TRASH = ".photosync-trash"
FOLDER_TYPE = "application/vnd.google-apps.folder"
_STEP = re.compile(
    r"(?P<action>[A-Z_]+) +(?P<service>folder:.*?|\w+)  (?P<subject>.*?)"
    r"(?:  \((?P<comparison>[A-Z_]+).*\))?"
)


def picture(text: str) -> bytes:
    """A small picture unlike those of other texts."""
    return pictures.jpeg(text)


def split(path: str) -> tuple[str, str]:
    """The album and the name of a path."""
    album, _, name = path.partition("/")
    return album, name


class Remote(Protocol):
    """A remote side in the hands of a person: no call of it is photosync's."""

    service: str

    def add(self, path: str, data: bytes) -> str:
        """Put a new photo there; its id."""

    def edit(self, path: str, data: bytes) -> None:
        """Give a photo other bytes."""

    def rename(self, path: str, name: str) -> None:
        """Give a photo another name, as far as the service lets a person do it."""

    def move(self, path: str, album: str) -> None:
        """Put a photo into another album, made if need be."""

    def delete(self, path: str) -> None:
        """Delete a photo."""

    def touch(self, path: str) -> None:
        """Change something of a photo but not its bytes."""

    def rename_album(self, album: str, title: str) -> None:
        """Give an album another title."""

    def photos(self) -> dict[str, bytes]:
        """All photos; one that is there twice is an error."""

    def ids(self) -> dict[str, str]:
        """What tells a photo from others whatever its name, by path."""

    def trash(self) -> list[bytes]:
        """What lies in a trash there."""


class Folder:
    """A folder on this machine, which is also what the library is."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.service = f"folder:{top}"
        top.mkdir(parents=True, exist_ok=True)

    def add(self, path: str, data: bytes, when: float = WHEN) -> str:
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        assert not file.exists()
        self._write(file, data, when)
        return self.ids()[path]

    def edit(self, path: str, data: bytes) -> None:
        file = self.top / path
        # Every edit comes an hour after the one before.
        self._write(file, data, file.stat().st_mtime + 3600)

    def rename(self, path: str, name: str) -> None:
        self._rename(path, f"{split(path)[0]}/{name}")

    def move(self, path: str, album: str) -> None:
        self._rename(path, f"{album}/{split(path)[1]}")

    def delete(self, path: str) -> None:
        (self.top / path).unlink()

    def touch(self, path: str) -> None:
        when = (self.top / path).stat().st_mtime + 7200
        os.utime(self.top / path, (when, when))

    def rename_album(self, album: str, title: str) -> None:
        (self.top / album).rename(self.top / title)

    def photos(self) -> dict[str, bytes]:
        return {self._path(file): file.read_bytes() for file in self._files()}

    def ids(self) -> dict[str, str]:
        return {self._path(file): str(file.stat().st_ino) for file in self._files()}

    def trash(self) -> list[bytes]:
        found = (self.top / TRASH).rglob("*")
        return sorted(file.read_bytes() for file in found if file.is_file())

    def _files(self) -> list[Path]:
        return [file for file in self.top.glob("[!.]*/[!.]*") if file.is_file()]

    def _path(self, file: Path) -> str:
        return str(file.relative_to(self.top))

    def _rename(self, path: str, target: str) -> None:
        (self.top / target).parent.mkdir(exist_ok=True)
        assert not (self.top / target).exists()
        (self.top / path).rename(self.top / target)

    @staticmethod
    def _write(file: Path, data: bytes, when: float) -> None:
        file.write_bytes(data)
        os.utime(file, (when, when))


class Drive:
    """My Drive, in which photosync was given all rights."""

    service = "drive"

    def __init__(self, emulator: DriveEmulator) -> None:
        self.emulator = emulator
        self._web = emulator.web

    def sign_in(self, home: Path) -> None:
        """Put a token into the home, as a sign-in does."""
        token = self.emulator.authorized_user([DRIVE])
        Session(home).store("drive", self.emulator.account, token)

    def add(self, path: str, data: bytes) -> str:
        album, name = split(path)
        assert path not in self.ids()
        when = "2017-07-14T02:40:00.000Z"
        return self._web.file(name, data, self._album(album), modifiedTime=when)

    def edit(self, path: str, data: bytes) -> None:
        self._web.replace(self.ids()[path], data)

    def rename(self, path: str, name: str) -> None:
        self._web.rename(self.ids()[path], name)

    def move(self, path: str, album: str) -> None:
        self._web.move(self.ids()[path], self._album(album))

    def delete(self, path: str) -> None:
        self._web.trash(self.ids()[path])

    def touch(self, path: str) -> None:
        self._web.patch(self.ids()[path], description="a word of mine")

    def rename_album(self, album: str, title: str) -> None:
        self._web.rename(self._album(album), title)

    def photos(self) -> dict[str, bytes]:
        return {path: self._web.content(one) for path, one in self.ids().items()}

    def ids(self) -> dict[str, str]:
        files = [file for file in self._web.everything() if not file["trashed"]]
        bases = [file["id"] for file in files if self._is_folder(file, "photosync")]
        assert len(bases) <= 1
        albums = {f["id"]: f["name"] for f in files if f["parents"][0] in bases}
        assert len(set(albums.values())) == len(albums), "an album is there twice"
        found: dict[str, str] = {}
        for file in files:
            if file["parents"][0] in albums:
                path = f"{albums[file['parents'][0]]}/{file['name']}"
                assert path not in found, f"{path} is there twice"
                found[path] = file["id"]
        return found

    def trash(self) -> list[bytes]:
        """What is in the trash, and what an edit took the place of."""
        found: list[bytes] = []
        for file in self._web.everything():
            if file["mimeType"] != FOLDER_TYPE:
                *older, now = self._web.revisions(file["id"])
                found += [*older, now] if file["trashed"] else older
        return sorted(found)

    def albums(self) -> set[str]:
        """The titles of all albums, empty ones too."""
        base = self._folder("photosync", "root")
        return {
            str(one["name"]) for one in self._web.children(base) if not one["trashed"]
        }

    def _is_folder(self, file: Mapping[str, object], name: str) -> bool:
        return file["name"] == name and file["mimeType"] == FOLDER_TYPE

    def _album(self, title: str) -> str:
        return self._folder(title, self._folder("photosync", "root"))

    def _folder(self, name: str, parent: str) -> str:
        for file in self._web.children(parent):
            if self._is_folder(file, name) and not file["trashed"]:
                return str(file["id"])
        app = str(self.emulator.client_secrets()["installed"]["client_id"])
        return self._web.folder(name, parent, app=app)


class Flickr:
    """The site of Flickr. A photo that photosync sent keeps its name whatever title it
    is given.
    """

    service = "flickr"

    def __init__(self, emulator: FlickrEmulator) -> None:
        self.emulator = emulator
        self._web = emulator.web

    def sign_in(self, home: Path) -> None:
        """Put a token into the home, as a sign-in does."""
        key = self.emulator.client_secrets()
        names = {"api_key": key["key"], "api_secret": key["secret"]}
        token = self.emulator.authorized_user()
        Session(home).store("flickr", token["username"], {**token, **names})

    def add(self, path: str, data: bytes) -> str:
        album, name = split(path)
        assert path not in self.ids()
        photo = self._web.photo(name, data)
        self._put_in(photo, album)
        return photo

    def edit(self, path: str, data: bytes) -> None:
        self._web.replace(self.ids()[path], data)

    def rename(self, path: str, name: str) -> None:
        self._web.edit(self.ids()[path], title=name)

    def move(self, path: str, album: str) -> None:
        photo = self.ids()[path]
        (old,) = self._web.titled(split(path)[0])
        self._put_in(photo, album)
        self._web.take_out(old, photo)

    def delete(self, path: str) -> None:
        self._web.delete(self.ids()[path])

    def touch(self, path: str) -> None:
        self._web.edit(self.ids()[path], description="a word of mine")

    def rename_album(self, album: str, title: str) -> None:
        (one,) = self._web.titled(album)
        self._web.edit_album(one, title=title)

    def photos(self) -> dict[str, bytes]:
        return {path: self._web.content(one) for path, one in self.ids().items()}

    def ids(self) -> dict[str, str]:
        albums = self._web.all_albums()
        assert len({one["title"] for one in albums}) == len(albums), (
            "an album is there twice"
        )
        found: dict[str, str] = {}
        for album in albums:
            for photo in self._web.photos_in(album["id"]):
                path = f"{album['title']}/{self._name(photo)}"
                assert path not in found, f"{path} is there twice"
                found[path] = photo
        return found

    def trash(self) -> list[bytes]:
        return []

    def loose(self) -> list[str]:
        """The ids of the photos that are in no album."""
        inside = set(self.ids().values())
        return [one["id"] for one in self._web.everything() if one["id"] not in inside]

    def is_named_by_title(self, path: str) -> bool:
        """Whether a photo bears no tags of ours, so that its title is all it has."""
        return not tags.parse_tags(" ".join(self._web.raw_tags(self.ids()[path])))

    def _name(self, photo: str) -> str:
        kept = tags.parse_tags(" ".join(self._web.raw_tags(photo)))
        return kept.name if kept else str(self._web.get(photo)["title"])

    def _put_in(self, photo: str, album: str) -> None:
        found = self._web.titled(album)
        if found:
            self._web.put_in(found[0], photo)
        else:
            self._web.album(album, [photo])


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str
    log: str = field(default="", compare=False)

    @property
    def steps(self) -> list[str]:
        """The steps as `SERVICE ACTION COMPARISON SUBJECT`, sorted, reports
        included.
        """
        rows = (_STEP.fullmatch(line) for line in command.summaries(self.log))
        return sorted(
            " ".join(
                (
                    row["service"].partition(":")[0],
                    row["action"],
                    row["comparison"],
                    row["subject"],
                )
            )
            for row in rows
            if row and row["comparison"]
        )

    @property
    def renamed(self) -> list[str]:
        """The albums to be renamed as a whole, as a dry run shows them."""
        rows = (_STEP.fullmatch(line) for line in command.summaries(self.log))
        return [
            row["subject"] for row in rows if row and row["action"] == "RENAME_ALBUM"
        ]

    @property
    def actions(self) -> list[str]:
        """The steps that do something."""
        return [step for step in self.steps if step.split()[1] != "REPORT"]


@dataclass(frozen=True, slots=True)
class World:
    """A library, a home, and the remote sides a run is about."""

    top: Path
    remotes: tuple[Remote, ...]
    apart: bool = False

    @property
    def local(self) -> Folder:
        return Folder(self.top / "photos")

    @property
    def home(self) -> Path:
        return self.top / "home"

    @property
    def state(self) -> Path:
        return self.home / "state.sqlite"

    @property
    def arguments(self) -> list[str]:
        """A run in which both sides may lose what the other deleted."""
        return [*self.places, "--allowDelete", "both"]

    @property
    def places(self) -> list[str]:
        """What every run is given."""
        scope = ",".join(remote.service for remote in self.remotes)
        places = ["--home", str(self.home), "-d", str(self.local.top), "-p", scope]
        return [*places, "--no-progress"]

    def sync(self, *argv: str, mode: str = "sync", allow: str = "both") -> Ended:
        """A run, in this process or in one of its own.

        `allow` says which side may lose what the other deleted, empty where none may.
        """
        words = self.ready(*argv, mode=mode, allow=allow)
        ended = run_apart(words) if self.apart else run_here(words)
        assert "Traceback" not in ended.out + ended.err, ended.err
        return ended

    def ready(self, *argv: str, mode: str = "sync", allow: str = "both") -> list[str]:
        """The words of a run, whose services are there to be found."""
        self.configure()
        allowed = ["--allowDelete", allow] if allow else []
        # What a test says itself comes last, and holds.
        return [*self.places, "-m", mode, *allowed, *argv]

    def configure(self) -> None:
        """Let runs find the services."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "config.toml").write_text(self._config())

    def forget(self) -> None:
        """Lose the state."""
        for file in self.home.glob("state.sqlite*"):
            file.unlink()

    def forget_baselines(self) -> None:
        """Lose what was agreed on, and nothing else of the state."""
        with closing(sqlite3.connect(self.state)) as database, database:
            database.execute("DELETE FROM history")
            database.execute("DELETE FROM seals")

    def _config(self) -> str:
        urls = {
            f"{remote.service}-url": remote.emulator.url
            for remote in self.remotes
            if isinstance(remote, Drive | Flickr)
        }
        lines = [f'{name} = "{url}"\n' for name, url in urls.items()]
        # The Drive of a test has no quota, and no test waits for the next minute of one.
        return "".join([*lines, "retry-wait = 0.002\n", "drive-quota = 0\n"])


def run_here(argv: list[str]) -> Ended:
    """Run the command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), command.listening() as lines:
        code = main(argv)
    return Ended(code, out.getvalue(), err.getvalue(), "\n".join(lines))


def environment() -> dict[str, str]:
    """Ours, without what configures photosync."""
    return command.without_settings() | {
        "PYTHONUTF8": "1",
        "NO_PROXY": "127.0.0.1",
        "OAUTHLIB_INSECURE_TRANSPORT": "1",
    }


def started(
    argv: list[str], env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """The command in a process of its own, without a terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "photosync", *argv],
        env=env or environment(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run_apart(argv: list[str]) -> Ended:
    """Run the command in a process of its own."""
    with command.logging_to_a_file(environment()) as (env, log):
        with started(argv, env) as process:
            out, err = process.communicate(timeout=120)
        logged = log.read_text()
    return Ended(process.returncode, out.decode(), err.decode(), logged)


def _folder(top: Path, _: ExitStack) -> Remote:
    return Folder(top / "backup")


def _drive(top: Path, stack: ExitStack) -> Remote:
    drive = Drive(stack.enter_context(DriveEmulator(top / "drive")))
    drive.sign_in(top / "home")
    return drive


def _flickr(top: Path, stack: ExitStack) -> Remote:
    settings = FlickrSettings(hourly_quota=None)
    flickr = Flickr(
        stack.enter_context(FlickrEmulator(top / "flickr", settings=settings))
    )
    flickr.sign_in(top / "home")
    return flickr


_MADE = {"folder": _folder, "drive": _drive, "flickr": _flickr}


@contextmanager
def world_of(top: Path, *services: str, apart: bool = False) -> Iterator[World]:
    """A library and these remote sides: `folder`, `drive`, `flickr`."""
    with ExitStack() as stack:
        yield World(top, tuple(_MADE[name](top, stack) for name in services), apart)
