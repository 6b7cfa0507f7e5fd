"""What a run with Drive or Flickr takes: calls, seconds, processor time and memory,
beside a bare loop of requests that does no more than send or fetch.

    python -m benchmarks.services [ROW ...] [--delay SECONDS] [--json FILE]

Rows: drive-upload, drive-download, drive-quota, drive-first, drive-nothing,
flickr-upload, flickr-download, flickr-one-album; all without any. Each service runs in
a process of its own, so that the processor time is that of the client alone; each call
is held back by 0.05 s.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import requests
from requests_oauthlib import OAuth1
from requests_toolbelt import MultipartEncoder

from benchmarks.served import (
    Run,
    Served,
    find_url,
    hold_back,
    make_drive,
    make_flickr,
    photosync,
    serve,
    sign_in_drive,
    sign_in_flickr,
    take_calls,
)
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.flickr import FlickrEmulator, pictures
from photosync.model import LocalPhoto
from photosync.services.flickr import tags

DRIVE_PHOTOS, DRIVE_TRANSFERS = 2000, 16
FLICKR_PHOTOS, FLICKR_TRANSFERS = 500, 4
ALBUMS = 20
LARGE = (36_000, 100_000)
LARGE_ALBUMS = 400
GOOGLES_QUOTA = 325_000
WHEN = 1_500_000_000
LONG_AGO = "2017-07-14T02:40:00.000Z"
EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e"

Row = dict[str, Any]


# -- libraries
# -------------------------------------------------------------------------------


def name_photos(photos: int, albums: int) -> Iterator[tuple[str, str]]:
    for number in range(photos):
        yield f"album {number % albums:03}", f"IMG_{number:06}.jpg"


def make_library(root: Path, photos: int, content: Callable[[str], bytes]) -> Path:
    """Make a library of small photos in twenty albums."""
    for album, name in name_photos(photos, ALBUMS):
        path = root / album / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(name))
    return root


def make_empty_photos(root: Path, photos: int) -> Path:
    """Make a large library of files that take no room."""
    for album, name in name_photos(photos, LARGE_ALBUMS):
        path = root / album / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (WHEN, WHEN))
    return root


def make_noise(_: str) -> bytes:
    return os.urandom(40_000)


# -- what is asked of the services
# -------------------------------------------------------------------------------


def fill_drive(photos: int, drive: DriveEmulator) -> None:
    """Let Drive hold a large library, without a single call."""
    app = str(drive.client_secrets()["installed"]["client_id"])
    base = drive.web.folder("photosync", app=app)
    facts = {
        "size": 0,
        "md5Checksum": EMPTY_MD5,
        "modifiedTime": LONG_AGO,
        "createdTime": LONG_AGO,
    }
    folders: dict[str, str] = {}
    for album, _ in name_photos(LARGE_ALBUMS, LARGE_ALBUMS):
        folders[album] = drive.web.folder(album, base, app=app)
    rows = (
        {"name": name, "parent": folders[album], **facts}
        for album, name in name_photos(photos, LARGE_ALBUMS)
    )
    drive.web.files(rows, app=app)


def fill_flickr(photos: int, flickr: FlickrEmulator) -> None:
    """Let Flickr hold a large library, without a single call."""
    names = list(name_photos(photos, LARGE_ALBUMS))
    ids = flickr.web.photos(
        {
            "title": name,
            "size": 0,
            "tags": tags.format_tags(
                LocalPhoto(name, "", name, 0, WHEN * 10**9), EMPTY_MD5
            ).split(),
        }
        for _, name in names
    )
    members: dict[str, list[str]] = {}
    for (album, _), photo in zip(names, ids, strict=True):
        members.setdefault(album, []).append(photo)
    flickr.web.albums(members.items())
    flickr.clock.advance(3600)


def set_quota(units: int | None, drive: DriveEmulator) -> None:
    drive.settings.units_per_minute = units


def count_refused(drive: DriveEmulator) -> int:
    return sum(call.status == 403 for call in drive.traffic.history)


def list_photo_ids(drive: DriveEmulator) -> list[str]:
    files = drive.web.everything()
    return [file["id"] for file in files if "folder" not in file["mimeType"]]


def find_drive_token(drive: DriveEmulator) -> str:
    return str(drive.authorized_user()["token"])


def find_flickr_keys(flickr: FlickrEmulator) -> tuple[Any, ...]:
    return flickr.client_secrets(), flickr.authorized_user()


# -- bare loops
# -------------------------------------------------------------------------------


def measure_loop(
    work: Callable[[requests.Session, Any], object], jobs: Iterable[Any], width: int
) -> Row:
    """Do jobs side by side, a session for each thread; the seconds and the processor
    time of that.
    """
    local = threading.local()

    def do(job: Any) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.trust_env = False
        work(local.session, job)

    used = resource.getrusage(resource.RUSAGE_SELF)
    begin = time.perf_counter()
    with ThreadPoolExecutor(width) as pool:
        list(pool.map(do, jobs))
    seconds = time.perf_counter() - begin
    now = resource.getrusage(resource.RUSAGE_SELF)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return {"bare seconds": seconds, "bare cpu": cpu}


def send_to_drive(url: str, token: str, session: requests.Session, path: Path) -> None:
    mark = "bare"
    head = json.dumps({"name": path.name}).encode()
    body = b"".join(
        (
            f"--{mark}\r\nContent-Type: application/json\r\n\r\n".encode() + head,
            f"\r\n--{mark}\r\nContent-Type: image/jpeg\r\n\r\n".encode(),
            path.read_bytes(),
            f"\r\n--{mark}--\r\n".encode(),
        )
    )
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/related; boundary={mark}",
    }
    address = f"{url}/upload/drive/v3/files?uploadType=multipart&fields=id,md5Checksum"
    session.post(address, data=body, headers=headers).raise_for_status()


def fetch_from_drive(
    url: str, token: str, session: requests.Session, photo: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{url}/drive/v3/files/{photo}?alt=media"
    session.get(address, headers=headers).raise_for_status()


def send_to_flickr(
    keys: tuple[Any, ...], session: requests.Session, path: Path
) -> None:
    secrets, user = keys
    auth = OAuth1(
        secrets["key"],
        secrets["secret"],
        user["oauth_token"],
        user["oauth_token_secret"],
    )
    fields = {"title": path.name, "is_public": "0"}
    signed = requests.Request(
        "POST", secrets["upload_url"], data=fields, auth=auth
    ).prepare()
    body = MultipartEncoder({**fields, "photo": ("photo.jpg", path.open("rb"))})
    headers = {
        "Authorization": signed.headers["Authorization"],
        "Content-Type": body.content_type,
    }
    session.post(secrets["upload_url"], data=body, headers=headers).raise_for_status()


def fetch_from_flickr(session: requests.Session, url: str) -> None:
    session.get(url).raise_for_status()


# -- rows
# -------------------------------------------------------------------------------


def describe(run: Run, calls: dict[str, int], photos: int) -> Row:
    total = sum(calls.values())
    return {
        "seconds": run.seconds,
        "cpu": run.cpu,
        "peak": run.peak,
        "calls": total,
        "calls a photo": total / photos,
        "by method": calls,
        "exit": run.code,
        "said": run.said if run.code else "",
    }


def measure_drive(top: Path, wanted: set[str], delay: float) -> Iterator[Row]:
    """Upload, download, and the latter under Google's quota."""
    library = make_library(top / "library", DRIVE_PHOTOS, make_noise)
    with serve(make_drive, top / "drive") as drive:
        url = drive.ask(find_url)
        drive.ask(partial(hold_back, delay))
        home = top / "home"
        drive.ask(partial(sign_in_drive, home))
        common = ("-p", "drive", "--transfers", str(DRIVE_TRANSFERS))
        run = photosync(home, "-d", str(library), *common, "-m", "upload", drive=url)
        row = describe(run, drive.ask(take_calls), DRIVE_PHOTOS)
        photos = drive.ask(list_photo_ids)
        token = drive.ask(find_drive_token)
        if "drive-upload" in wanted:
            send = partial(send_to_drive, url, token)
            bare = measure_loop(send, library.rglob("*.jpg"), DRIVE_TRANSFERS)
            yield {"row": "drive-upload", **row, **bare}
        if "drive-download" in wanted:
            drive.ask(take_calls)
            yield {
                **measure_drive_download(top / "down", drive, url, quota=None),
                **measure_loop(
                    partial(fetch_from_drive, url, token), photos, DRIVE_TRANSFERS
                ),
            }
        if "drive-quota" in wanted:
            yield measure_drive_download(top / "quota", drive, url, quota=GOOGLES_QUOTA)


def measure_drive_download(
    place: Path, drive: Served[DriveEmulator], url: str, *, quota: int | None
) -> Row:
    """Fetch all photos into an empty library, with a quota of Google's or without."""
    home, root = place / "home", place / "photos"
    root.mkdir(parents=True)
    drive.ask(partial(sign_in_drive, home))
    drive.ask(partial(set_quota, quota))
    drive.ask(take_calls)
    (home / "config.toml").write_text(f"drive-quota = {quota or 0}\n")
    argv = ["-d", str(root), "-p", "drive", "-m", "download"]
    argv += ["--transfers", str(DRIVE_TRANSFERS)]
    run = photosync(home, *argv, drive=url)
    refused = drive.ask(count_refused)
    drive.ask(partial(set_quota, None))
    row = describe(run, drive.ask(take_calls), DRIVE_PHOTOS)
    name = "drive-quota" if quota else "drive-download"
    return {"row": name, **row, "refused": refused}


def measure_large(top: Path, wanted: set[str], delay: float) -> Iterator[Row]:
    """The first run over a large library that Drive has already, and the next one."""
    for photos in LARGE:
        place = top / f"{photos}"
        library = make_empty_photos(place / "library", photos)
        home = place / "home"
        with serve(make_drive, place / "drive") as drive:
            drive.ask(partial(fill_drive, photos))
            drive.ask(partial(sign_in_drive, home))
            drive.ask(partial(hold_back, delay))
            url = drive.ask(find_url)
            for row in ("drive-first", "drive-nothing"):
                argv = ("-d", str(library), "-p", "drive", "-m", "sync")
                run = photosync(home, *argv, drive=url)
                calls = drive.ask(take_calls)
                if row in wanted:
                    yield {"row": f"{row} {photos:,}", **describe(run, calls, photos)}


def measure_flickr(top: Path, wanted: set[str], delay: float) -> Iterator[Row]:
    """Upload and download."""

    def draw(name: str) -> bytes:
        return pictures.jpeg(name)

    library = make_library(top / "library", FLICKR_PHOTOS, draw)
    with serve(make_flickr, top / "flickr") as flickr:
        url = flickr.ask(find_url)
        flickr.ask(partial(hold_back, delay))
        common = ("-p", "flickr", "--transfers", str(FLICKR_TRANSFERS))
        home = top / "home"
        flickr.ask(partial(sign_in_flickr, home))
        run = photosync(home, "-d", str(library), *common, "-m", "upload", flickr=url)
        row = describe(run, flickr.ask(take_calls), FLICKR_PHOTOS)
        if "flickr-download" in wanted:
            home, root = top / "home 2", top / "down"
            root.mkdir()
            flickr.ask(partial(sign_in_flickr, home))
            argv = ("-d", str(root), *common, "-m", "download")
            run = photosync(home, *argv, flickr=url)
            calls = flickr.ask(take_calls)
            yield {"row": "flickr-download", **describe(run, calls, FLICKR_PHOTOS)}
        if "flickr-upload" in wanted:
            send = partial(send_to_flickr, flickr.ask(find_flickr_keys))
            bare = measure_loop(send, library.rglob("*.jpg"), FLICKR_TRANSFERS)
            yield {"row": "flickr-upload", **row, **bare}


def measure_one_album(top: Path, _: set[str], delay: float) -> Iterator[Row]:
    """Nothing to do over 400 albums, then one photo more in one of them."""
    photos = LARGE[0]
    library = make_empty_photos(top / "library", photos)
    with serve(make_flickr, top / "flickr") as flickr:
        flickr.ask(partial(fill_flickr, photos))
        flickr.ask(partial(sign_in_flickr, top / "home"))
        flickr.ask(partial(hold_back, delay))
        url = flickr.ask(find_url)
        argv = ("-d", str(library), "-p", "flickr", "-m", "sync")
        for name in ("first", "nothing", "one album"):
            if name == "one album":
                new = library / "album 007" / "new.jpg"
                new.write_bytes(pictures.jpeg("new"))
            run = photosync(top / "home", *argv, flickr=url)
            calls = flickr.ask(take_calls)
            yield {"row": f"flickr-{name}", **describe(run, calls, photos)}


MEASURES = {
    measure_drive: {"drive-upload", "drive-download", "drive-quota"},
    measure_large: {"drive-first", "drive-nothing"},
    measure_flickr: {"flickr-upload", "flickr-download"},
    measure_one_album: {"flickr-one-album"},
}


def show(row: Row) -> None:
    bare = ""
    if "bare seconds" in row:
        bare = f"   bare loop {row['bare seconds']:.1f} s, cpu {row['bare cpu']:.1f} s"
    print(
        f"{row['row']:22} {row['seconds']:6.1f} s  cpu {row['cpu']:5.1f} s  "
        f"{row['peak']:4.0f} MiB  {row['calls']:5} calls ({row['calls a photo']:.3f})"
        f"{bare}"
    )
    if row.get("refused"):
        print(f"    {row['refused']} calls refused")
    if row["exit"]:
        print(f"    EXIT {row['exit']}: {row['said']}")
    print(f"    {row['by method']}", flush=True)


def main() -> None:
    every = sorted(set().union(*MEASURES.values()))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("rows", nargs="*", choices=[*every, []], metavar="ROW")
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    wanted = set(options.rows or every)
    rows: list[Row] = []
    for measure, names in MEASURES.items():
        if not names & wanted:
            continue
        with tempfile.TemporaryDirectory() as work:
            for row in measure(Path(work), wanted, options.delay):
                show(row)
                rows.append(row)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    sys.exit(any(row["exit"] for row in rows))


if __name__ == "__main__":
    main()
