"""A file named as a picture is opened as one, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from photosync.media.pictures import FORMATS
from photosync.media.shrink.shrink import shrink
from photosync.media.shrink.smaller import Shrunk, Whole

POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4000 4000\n%%EndComments\n"


@pytest.fixture
def ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trace that Ghostscript leaves when it is called."""
    trace = tmp_path / "called"
    program = tmp_path / "bin/gs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n: >'{trace}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setattr("PIL.EpsImagePlugin.gs_binary", None)
    return trace


def test_postscript_named_jpg_is_not_handed_to_ghostscript(
    tmp_path: Path, ghostscript: Path
) -> None:
    path = tmp_path / "IMG_1.jpg"
    path.write_bytes(POSTSCRIPT)
    found = shrink(str(path), str(tmp_path / "copy"))
    assert found == Whole("no picture in it can be read")
    assert not ghostscript.exists()


@pytest.mark.parametrize("kind", ["BMP", "GIF", "HEIF", "JPEG", "PNG", "TIFF", "WEBP"])
def test_what_photos_are_stored_in_is_opened(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    path = tmp_path / "a"
    Image.new("RGB", (300, 200)).save(path, kind)
    assert isinstance(shrink(str(path), str(tmp_path / "copy"), pixels=100), Shrunk)
    assert kind in FORMATS
