"""Shrink 500 photos of 12 megapixels with one worker process and with two.

    python benchmarks/shrink.py [PHOTOS]

Both take turns, a tenth of the photos each time, so that what else the machine does
meets both. Prints both times and their ratio, the processor time of a photo, the peak
memory of all processes together, and whether exiftool reads the same EXIF from some of
the copies as from their originals, sizes excepted.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from photosync.media.shrink.pool import Shrinker
from photosync.media.shrink.smaller import Shrunk

SIZE = (4000, 3000)
ORIGINALS = 4
COMPARED = 3
THREADS = 4
TURNS = 10
SIZE_TAGS = {"ImageWidth", "ImageHeight", "ExifImageWidth", "ExifImageHeight"}


def make_originals(folder: Path) -> None:
    """Some photos with structure and grain, in a process of its own for its memory's
    sake.
    """
    from PIL import Image, ImageFilter  # noqa: PLC0415

    for number in range(ORIGINALS):
        rough = Image.effect_noise((500, 375), 90).filter(
            ImageFilter.GaussianBlur(3 + number)
        )
        grain = Image.effect_noise(SIZE, 12)
        channels = [
            Image.blend(rough.rotate(90 * n, expand=False).resize(SIZE), grain, 0.3)
            for n in range(3)
        ]
        image = Image.merge("RGB", channels)
        exif = image.getexif()
        exif.update(
            {271: "Acme", 272: "Camera 1", 274: 6, 305: "photosync", 306: _TIME}
        )
        inner = exif.get_ifd(0x8769)
        inner.update(
            {33434: 0.004, 33437: 2.8, 36867: _TIME, 36881: "+02:00", 34855: 200}
        )
        inner.update({37500: bytes(range(256)) * 20, 40962: SIZE[0], 40963: SIZE[1]})
        exif.get_ifd(0x8825).update(
            {1: "N", 2: (48.0, 8.0, 6.5), 3: "E", 4: (11.0, 34.0, 30.0)}
        )
        image.save(folder / f"{number}.jpg", quality=92, exif=exif)


_TIME = "2024:01:31 12:34:56"


def _children(process: str) -> Iterator[str]:
    for task in Path("/proc", process, "task").glob("*/children"):
        for child in task.read_text().split():
            yield child
            yield from _children(child)


def _resident(process: str) -> int:
    try:
        lines = Path("/proc", process, "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


@contextmanager
def peak_memory(found: list[float]) -> Iterator[None]:
    """Add to a list the most MiB that this process and all below it held together
    meanwhile.
    """
    done, peak = Event(), [0]

    def watch() -> None:
        while not done.wait(0.05):
            try:
                processes = ["self", *_children("self")]
            except OSError:
                continue
            peak[0] = max(peak[0], sum(map(_resident, processes)))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        found.append(peak[0] / 1024)


def shrink_all(folder: Path, photos: int, workers: int) -> float:
    """Seconds for that many photos; keeps one copy of each original beside it."""
    with Shrinker(str(folder), workers=workers) as shrinker:

        def work(number: int) -> None:
            original = folder / f"{number % ORIGINALS}.jpg"
            with shrinker.shrunk(str(original)) as copy:
                assert isinstance(copy, Shrunk)
                if number < COMPARED:
                    shutil.copy(copy.path, folder / f"{number}.small.jpg")

        with ThreadPoolExecutor(THREADS) as threads:
            # The start of the workers is not what is measured.
            list(threads.map(work, range(workers)))
            begin = time.perf_counter()
            list(threads.map(work, range(photos)))
            return time.perf_counter() - begin


def processor_time() -> float:
    """Seconds that ended child processes have worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def exif_of(path: Path) -> dict[str, object]:
    command = [
        "exiftool",
        "-json",
        "-a",
        "-G1",
        "-U",
        "-b",
        "-EXIF:all",
        "-ICC_Profile:all",
    ]
    result = subprocess.run([*command, str(path)], check=True, capture_output=True)
    tags: dict[str, object] = json.loads(result.stdout)[0]
    del tags["SourceFile"]
    return {
        name: value
        for name, value in tags.items()
        if name.split(":")[1] not in SIZE_TAGS
    }


def main() -> None:
    if sys.argv[1:2] == ["make"]:
        make_originals(Path(sys.argv[2]))
        return
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        subprocess.run([sys.executable, __file__, "make", work], check=True)
        peaks: dict[int, list[float]] = {1: [], 2: []}
        seconds: dict[int, list[float]] = {1: [], 2: []}
        cpu = {1: 0.0, 2: 0.0}
        for workers in (1, 2) * TURNS:
            before = processor_time()
            with peak_memory(peaks[workers]):
                seconds[workers].append(shrink_all(folder, photos // TURNS, workers))
            cpu[workers] += processor_time() - before
        sizes = [(folder / f"{n}.jpg").stat().st_size / 1e6 for n in range(ORIGINALS)]
        equal = [
            exif_of(folder / f"{n}.jpg") == exif_of(folder / f"{n}.small.jpg")
            for n in range(COMPARED)
        ]
        fields = len(exif_of(folder / "0.jpg"))
    one, two = sum(seconds[1]), sum(seconds[2])
    best = min(seconds[1]) / min(seconds[2])
    print(f"{photos} photos of 12 megapixels, {sum(sizes) / len(sizes):.1f} MB each")
    print(
        f"one worker {one:.1f} s   two {two:.1f} s   ratio {one / two:.2f} (budget 1.7)"
    )
    print(f"ratio of the best turns, which others disturbed least: {best:.2f}")
    print(f"processor time of a photo {cpu[1] / photos:.2f} s, {cpu[2] / photos:.2f} s")
    print(f"peak memory {max(peaks[1]):.0f} MiB, {max(peaks[2]):.0f} MiB (budget 400)")
    print(
        f"EXIF of {COMPARED} copies, {fields} fields, sizes excepted: equal {all(equal)}"
    )


if __name__ == "__main__":
    main()
