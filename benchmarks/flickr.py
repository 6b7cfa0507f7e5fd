"""A first upload to the embedded Flickr, in calls and in memory.

    python benchmarks/flickr.py [PHOTOS [VIDEO_MIB]]

Prints the calls that 2,000 photos in 20 albums take by method, their number per photo
(budget 1.1), the calls of a second run, and the peak memory of a run that sends a video
of 500 MiB (budget 120 MiB). The service runs in this process, photosync in another.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from photosync.emulators.flickr import FlickrEmulator, Settings, pictures
from photosync.services.auth.session import Session

ALBUMS = 20
BLOCK = 1024**2
VIDEO_HEAD = b"\0\0\0\x18ftypisom"


def sign_in(home: Path, flickr: FlickrEmulator) -> None:
    key = flickr.client_secrets()
    names = {"api_key": key["key"], "api_secret": key["secret"]}
    Session(home).store("flickr", "anna", {**flickr.authorized_user(), **names})


def run(home: Path, library: Path, flickr: FlickrEmulator) -> float:
    """Seconds of a run between a library and the embedded Flickr."""
    command = [
        sys.executable,
        "-m",
        "photosync",
        "--home",
        str(home),
        "-d",
        str(library),
    ]
    named = {"PHOTOSYNC_FLICKR_URL": flickr.url, "PHOTOSYNC_RETRY_WAIT": "0.01"}
    begin = time.perf_counter()
    subprocess.run(
        [*command, "-p", "flickr", "-m", "sync", "-f", "both", "-q"],
        check=True,
        env=os.environ | named,
    )
    return time.perf_counter() - begin


def upload_photos(top: Path, flickr: FlickrEmulator, photos: int) -> None:
    library, home = top / "photos", top / "home"
    for number in range(photos):
        path = library / f"album {number % ALBUMS:02}" / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pictures.jpeg(f"photo {number}"))
    sign_in(home, flickr)
    seconds = run(home, library, flickr)
    for method, count in flickr.calls.most_common():
        print(f"{count:7} {method}")
    calls = sum(flickr.calls.values())
    print(f"{photos} photos in {ALBUMS} albums: {calls} calls in {seconds:.1f} s")
    print(f"calls per photo {calls / photos:.3f} (budget 1.1)")
    flickr.traffic.reset()
    run(home, library, flickr)
    print(f"nothing to do: {sum(flickr.calls.values())} calls")


def upload_video(top: Path, flickr: FlickrEmulator, mebibytes: int) -> None:
    library, home = top / "videos", top / "home 2"
    path = library / "album" / "long.mp4"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.write(VIDEO_HEAD)
        file.truncate(mebibytes * BLOCK)
    sign_in(home, flickr)
    seconds = run(home, library, flickr)
    # The other runs were small ones: the peak of all children is that of this one.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    (video,) = (one for one in flickr.web.everything() if one["media"] == "video")
    assert video["size"] == mebibytes * BLOCK
    print(
        f"a video of {mebibytes} MiB in {seconds:.1f} s: peak memory {peak:.0f} MiB (budget 120)"
    )


def main() -> None:
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    mebibytes = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    settings = Settings(hourly_quota=None)
    with tempfile.TemporaryDirectory() as work:
        top = Path(work)
        with FlickrEmulator(top / "flickr", settings=settings) as flickr:
            upload_video(top, flickr, mebibytes)
            upload_photos(top, flickr, photos)


if __name__ == "__main__":
    main()
