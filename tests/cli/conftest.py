from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.command import Result, run
from cli.trees import Entry, Photo, snapshot


@dataclass(frozen=True, slots=True)
class World:
    """A library, a folder to keep it equal with, and a home, all of them in one
    place.
    """

    top: Path
    library: str = "photos"

    @property
    def local(self) -> Path:
        return self.top / self.library

    @property
    def remote(self) -> Path:
        return self.top / "backup"

    @property
    def home(self) -> Path:
        return self.top / "home"

    def sync(
        self,
        *argv: str | Path,
        env: Mapping[str, str] | None = None,
        unprivileged: bool = False,
        before: Callable[[], None] | None = None,
    ) -> Result:
        """A run between the two folders."""
        places = ("--home", self.home, "-d", self.local, "-p", f"folder:{self.remote}")
        return run(*places, *argv, env=env, unprivileged=unprivileged, before=before)

    def here(self, path: str, data: bytes = b"photo", **facts: int) -> Path:
        """A photo in the library."""
        Photo(data, **facts).write(self.local / path)
        return self.local / path

    def there(self, path: str, data: bytes = b"photo", **facts: int) -> Path:
        """A photo in the folder it is kept equal with."""
        Photo(data, **facts).write(self.remote / path)
        return self.remote / path

    def snapshot(self) -> dict[str, Entry]:
        """Everything, the home included."""
        return snapshot(self.top)

    def photos_snapshot(self) -> dict[str, Entry]:
        """Both places with their trashes; a run that only looks takes its lock in the
        home.
        """
        return snapshot(self.local, self.remote)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.local.mkdir()
    world.remote.mkdir()
    return world
