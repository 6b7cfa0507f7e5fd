"""Real pictures and videos, made by Pillow and ffmpeg, and exiftool as the judge of
them.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

needs_exiftool = pytest.mark.skipif(
    shutil.which("exiftool") is None, reason="exiftool is not installed"
)
needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="ffmpeg is not installed"
)
needs_heif = pytest.mark.skipif(
    importlib.util.find_spec("pillow_heif") is None,
    reason="pillow-heif is not installed",
)

TAKEN = "2024:01:31 12:34:56"
MAKER_NOTE = bytes(range(256))
_EXIF, _GPS = 0x8769, 0x8825


def image(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture with some structure, which no two modes or sizes share."""
    return Image.linear_gradient("L").resize(size).convert(mode)


def exif(
    taken: str = TAKEN, *, offset: str = "+02:00", size: tuple[int, int] = (64, 48)
) -> Image.Exif:
    """EXIF as a camera writes it: camera, orientation, times, GPS, maker note and
    sizes.
    """
    block = Image.Exif()
    block.update(
        {
            271: "Acme",
            272: "Camera 1",
            274: 6,
            305: "firmware",
            306: "2025:05:05 05:05:05",
        }
    )
    inner = block.get_ifd(_EXIF)
    inner.update(
        {33434: 0.004, 33437: 2.8, 34855: 200, 36867: taken, 36881: offset, 37521: "78"}
    )
    inner.update({37500: MAKER_NOTE, 40962: size[0], 40963: size[1]})
    block.get_ifd(_GPS).update(
        {1: "N", 2: (48.0, 8.0, 6.5), 3: "E", 4: (11.0, 34.0, 30.0)}
    )
    return block


def picture(
    path: Path, size: tuple[int, int] = (64, 48), mode: str = "RGB", **save: Any
) -> Path:
    """A picture in the format of the name's ending, with EXIF unless told otherwise."""
    if path.suffix == ".heic":
        import pillow_heif  # noqa: PLC0415 - an optional package

        pillow_heif.register_heif_opener()
    save.setdefault("exif", exif(size=size))
    if isinstance(save["exif"], Image.Exif):
        # Of an object Pillow writes no blocks within blocks into a TIFF.
        save["exif"] = save["exif"].tobytes()
    image(mode, size).save(path, **save)
    return path


def png_chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def bomb(path: Path, side: int = 60_000) -> Path:
    """A small PNG that says it is a picture of billions of pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000))
    chunks = (
        png_chunk(b"IHDR", head) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    return path


def video(path: Path, *options: str) -> Path:
    """A tenth of a second of red in the format of the name's ending."""
    source = "color=red:s=176x144:r=25:d=0.1"
    command = [
        "ffmpeg",
        "-loglevel",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        source,
        *options,
    ]
    subprocess.run([*command, str(path)], check=True, stdin=subprocess.DEVNULL)
    return path


def box(name: bytes, content: bytes) -> bytes:
    """A box of an MP4, MOV or CR3 file."""
    return (8 + len(content)).to_bytes(4, "big") + name + content


def exiftool(path: Path | str, *options: str) -> dict[str, Any]:
    """What exiftool reads from a file: GROUP:TAG -> value, numbers and times as they
    are stored.
    """
    (tags,) = exiftool_all([path], *options)
    return tags


def exiftool_all(paths: Iterable[Path | str], *options: str) -> list[dict[str, Any]]:
    """What exiftool reads from several files, in one call and in their order."""
    files = map(str, paths)
    command = ["exiftool", "-json", "-a", "-G1", "-U", "-n", "-b", *options, *files]
    result = subprocess.run(command, check=True, capture_output=True)
    tags: list[dict[str, Any]] = json.loads(result.stdout)
    return tags


def retag(path: Path, *assignments: str) -> Path:
    """Have exiftool write tags into a file."""
    command = ["exiftool", "-q", "-m", "-overwrite_original", *assignments, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path
