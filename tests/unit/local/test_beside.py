"""Further versions of a photo, kept next to it."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from harness.library import files_below, make_photo

from photosync.disk.files import Content
from photosync.disk.streams import ignore_progress
from photosync.local.explorer import Explorer
from photosync.model import LocalPhoto


class Awaited(io.BytesIO):
    """Bytes that end only once all others have arrived as well."""

    def __init__(self, data: bytes, arrived: Barrier) -> None:
        super().__init__(data)
        self._arrived = arrived

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if not data:
            self._arrived.wait(10)
        return data


@pytest.fixture
def photo(tmp_path: Path) -> LocalPhoto:
    make_photo(tmp_path / "Rome/a.jpg", b"mine")
    return Explorer([str(tmp_path)]).scan().albums["Rome"].photos[0]


def save_all(tmp_path: Path, photo: LocalPhoto, *versions: bytes) -> list[str]:
    """The files that so many versions lie in which arrived at the same moment."""
    explorer, arrived = Explorer([str(tmp_path)]), Barrier(len(versions))

    def save(data: bytes) -> str:
        stream = Awaited(data, arrived)
        saved = explorer.save_beside(
            photo, "folder 2026-11-30", stream, Content(), ignore_progress
        )
        return saved.photo.file

    with ThreadPoolExecutor(len(versions)) as pool:
        return list(pool.map(save, versions))


def test_versions_that_arrive_together_get_names_of_their_own(
    tmp_path: Path, photo: LocalPhoto
) -> None:
    versions = [b"version %d" % number for number in range(8)]
    files = save_all(tmp_path, photo, *versions)
    found = files_below(tmp_path)
    assert [found[f"Rome/{file}"] for file in files] == versions
    assert len(found) == 9


def test_equal_versions_that_arrive_together_are_one(
    tmp_path: Path, photo: LocalPhoto
) -> None:
    assert set(save_all(tmp_path, photo, b"theirs", b"theirs")) == {
        "a (folder 2026-11-30).jpg"
    }
    assert len(files_below(tmp_path)) == 2


def test_a_version_that_lies_there_under_any_name_is_not_brought_again(
    tmp_path: Path, photo: LocalPhoto
) -> None:
    make_photo(tmp_path / "Rome/as I like it.jpg", b"theirs")
    assert save_all(tmp_path, photo, b"theirs") == ["as I like it.jpg"]
    assert len(files_below(tmp_path)) == 2


def test_a_file_of_its_size_is_another_version(
    tmp_path: Path, photo: LocalPhoto
) -> None:
    make_photo(tmp_path / "Rome/b.jpg", b"thEirs")
    assert save_all(tmp_path, photo, b"theirs") == ["a (folder 2026-11-30).jpg"]


def test_a_link_or_a_hidden_file_is_no_version(
    tmp_path: Path, photo: LocalPhoto
) -> None:
    elsewhere = make_photo(tmp_path / "elsewhere.jpg", b"theirs")
    (tmp_path / "Rome/link.jpg").symlink_to(elsewhere)
    make_photo(tmp_path / "Rome/.hidden.jpg", b"theirs")
    assert save_all(tmp_path, photo, b"theirs") == ["a (folder 2026-11-30).jpg"]
