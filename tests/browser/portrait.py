"""Makes the picture in the README: `python tests/browser/portrait.py` takes it anew."""

from __future__ import annotations

import base64
import colorsys
import io
import math
import random
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from harness.browser import Page, a_page
from harness.reviewing import review
from harness.three_sides import World, world_of
from PIL import Image, ImageDraw

PICTURE = Path(__file__).parents[2] / "docs" / "review.png"
_WIDTH, _HEIGHT = 1100, 1180
_DAY = 86_400
_FIRST = 1_710_000_000
_COLOURS = 220
_SKIES = (0.57, 0.07, 0.62, 0.93, 0.53, 0.1, 0.76)


def draw_landscape(seed: int) -> bytes:
    """A sky, a sun and three rows of hills, other ones for each seed."""
    chance = random.Random(seed)
    size = (480, 360) if seed % 4 else (360, 480)
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    hue = _SKIES[seed % len(_SKIES)]
    width, height = size
    for row in range(height):
        tint = colorsys.hsv_to_rgb(
            hue, 0.6 - 0.5 * row / height, 0.75 + 0.2 * row / height
        )
        draw.line((0, row, width, row), fill=_mix(tint))
    left, top = chance.uniform(0.1, 0.8) * width, chance.uniform(0.1, 0.4) * height
    draw.ellipse((left, top, left + 54, top + 54), fill=(255, 244, 214))
    for row in range(3):
        _draw_hills(draw, size, row, chance)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _mix(parts: tuple[float, float, float]) -> tuple[int, ...]:
    return tuple(int(255 * part) for part in parts)


def _draw_hills(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], row: int, chance: random.Random
) -> None:
    width, height = size
    base = height * (0.55 + 0.14 * row)
    steep, shift = chance.uniform(18, 46), chance.uniform(0, 6)
    crest = [
        (x, base - steep * math.sin(x / (70 - 12 * row) + shift)) for x in range(width)
    ]
    green = colorsys.hsv_to_rgb(0.36 + 0.04 * row, 0.45, 0.5 - 0.12 * row)
    draw.polygon([(0, height), *crest, (width, height)], fill=_mix(green))


def make_changes(world: World) -> None:
    """What a week of holidays does to a library."""
    for number in range(5):
        when = _FIRST + number * _DAY
        world.local.add(
            f"2024 - Rome/IMG_{number + 1:04}.jpg", draw_landscape(number), when
        )
    assert world.sync().code == 0
    drive = world.remotes[0]
    world.local.edit("2024 - Rome/IMG_0001.jpg", draw_landscape(40))
    drive.edit("2024 - Rome/IMG_0001.jpg", draw_landscape(41))
    world.local.delete("2024 - Rome/IMG_0002.jpg")
    world.local.edit("2024 - Rome/IMG_0003.jpg", draw_landscape(43))
    drive.add("2024 - Oslo/IMG_0731.jpg", draw_landscape(50))
    for number in range(7):
        when = _FIRST + (90 + 9 * number) * _DAY
        path = f"2024 - Lake Garda/IMG_{number + 210:04}.jpg"
        world.local.add(path, draw_landscape(number + 61), when)


def photograph(page: Page) -> bytes:
    """What stands in the window, with few colours so that the file stays small."""
    page.tell(
        "Emulation.setDeviceMetricsOverride",
        width=_WIDTH,
        height=_HEIGHT,
        deviceScaleFactor=1,
        mobile=False,
    )
    page.tell("Emulation.setScrollbarsHidden", hidden=True)
    page.wait_for("[...document.images].every(one => one.complete)")
    shot = base64.b64decode(page.tell("Page.captureScreenshot")["data"])
    out = io.BytesIO()
    reduced = Image.open(io.BytesIO(shot)).convert("RGB").quantize(_COLOURS)
    reduced.save(out, "PNG", optimize=True)
    return out.getvalue()


def take_picture() -> bytes:
    """The page of a review of a small library."""
    taken: list[bytes] = []
    top = Path(tempfile.gettempdir()) / "anna"
    top.mkdir()
    with world_of(top, "drive") as world, a_page() as page:
        make_changes(world)

        def look(address: str) -> None:
            page.open(address, width=_WIDTH)
            page.wait_for("document.getElementById('costs')?.textContent")
            taken.append(photograph(page))
            page.ask("document.getElementById('leave').click()")

        assert review(world.ready(), look).code == 0
    return taken[0]


if __name__ == "__main__":
    PICTURE.write_bytes(take_picture())
