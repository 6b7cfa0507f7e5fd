"""What is let go of when a run is over, however it ended."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

from photosync.config.settings import Home, Settings
from photosync.services.base import Backend
from photosync.sync.photosync import PhotoSync


def test_no_call_outlasts_the_run(tmp_path: Path) -> None:
    home = Home(tmp_path / "config", tmp_path / "state")
    backend = Mock(spec=Backend)
    backend.configure_mock(name="flickr")
    sync = PhotoSync(Settings(home, roots=(str(tmp_path),)), [backend])
    backend.reset_mock()
    sync.close()
    # Where Ctrl-C came amid a listing, others of its calls wait for the next hour, and
    # Python would wait for them.
    assert [call[0] for call in backend.method_calls] == ["cancel", "close"]
