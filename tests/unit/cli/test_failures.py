"""The log of a command."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from photosync.cli.failures import log_to

_LOGGER = logging.getLogger("photosync")


def test_without_a_log_no_line_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_LOGGER, "handlers", [])
    with log_to(None):
        assert not _LOGGER.isEnabledFor(logging.ERROR)


def test_all_is_logged_to_a_file(tmp_path: Path) -> None:
    with log_to(str(tmp_path / "log")):
        assert _LOGGER.isEnabledFor(logging.DEBUG)


def test_a_program_that_listens_hears_all() -> None:
    handler = logging.NullHandler()
    _LOGGER.addHandler(handler)
    try:
        with log_to(None):
            assert _LOGGER.isEnabledFor(logging.DEBUG)
    finally:
        _LOGGER.removeHandler(handler)
