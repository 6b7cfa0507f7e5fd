"""What holds for an ordinary folder alone, beyond the contract of all backends."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from harness.absence import whereabouts
from harness.library import make_photo

from photosync.errors import Rejected
from photosync.model import RemotePhoto, Whereabouts
from photosync.services.folder.backend import FolderBackend

PHOTO = RemotePhoto("a.jpg", "Trip/a.jpg", 10, 0, album_id="Trip")


def test_a_photo_of_a_folder_that_is_there_may_be_gone(tmp_path: Path) -> None:
    backend = FolderBackend(str(tmp_path))
    assert list(backend.albums()) == []
    assert whereabouts(backend, PHOTO) is Whereabouts.GONE
    make_photo(tmp_path / "Trip" / "a.jpg")
    assert whereabouts(backend, PHOTO) is Whereabouts.THERE


def test_of_a_folder_that_was_not_there_nothing_is_gone_for_the_rest_of_the_run(
    tmp_path: Path,
) -> None:
    root = tmp_path / "usb"
    backend = FolderBackend(str(root))
    assert list(backend.albums()) == []
    with pytest.raises(Rejected, match="is its disk mounted"):
        backend.find_absences([PHOTO])
    make_photo(root / "Other" / "b.jpg")
    for _ in range(2):
        with pytest.raises(Rejected, match="is its disk mounted"):
            backend.find_absences([PHOTO])
        assert [album.title for album in backend.albums()] == ["Other"]
    assert whereabouts(FolderBackend(str(root)), PHOTO) is Whereabouts.GONE


def test_an_album_that_goes_away_while_it_is_listed_is_unknown_and_not_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_photo(tmp_path / "Trip" / "a.jpg")
    backend = FolderBackend(str(tmp_path))
    albums = list(backend.albums())
    listing = os.scandir

    def scandir(folder: int) -> Any:
        entries = listing(folder)
        monkeypatch.undo()
        # The system takes one that is gone for the end of the list.
        shutil.rmtree(tmp_path / "Trip")
        return entries

    monkeypatch.setattr(os, "scandir", scandir)
    (found,) = backend.photos(albums)
    assert found.unknown
