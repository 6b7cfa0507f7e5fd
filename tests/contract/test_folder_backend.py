"""What holds for an ordinary folder alone, beyond the contract of all backends."""

from __future__ import annotations

from pathlib import Path

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
