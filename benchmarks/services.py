"""Runs with Drive and Flickr, beside bare loops and rclone.

Each service runs in a process of its own, so that the processor time is that of the
client alone; each call is held back as a line does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bare import (
    fetch_from_drive,
    fetch_from_flickr,
    list_flickr_originals,
    measure_loop,
    send_to_drive,
    send_to_flickr,
)
from benchmarks.libraries import (
    fill_drive,
    fill_flickr,
    make_empty_photos,
    make_library,
    make_noise,
)
from benchmarks.rclone import open_rclone
from benchmarks.rows import Row, Sizes
from benchmarks.served import (
    Peer,
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

GOOGLES_QUOTA = 325_000
SMALL, MIDDLE = 40_000, 5_000_000


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


# -- Drive
# -------------------------------------------------------------------------------


def upload(
    name: str, top: Path, drive: Served[DriveEmulator], library: Path, transfers: int
) -> Row:
    """Send a library to a Drive that is empty, then the same once more by a loop."""
    url, photos = drive.ask(find_url), sum(1 for _ in library.rglob("*.jpg"))
    drive.ask(partial(sign_in_drive, top / "home"))
    argv = ["-d", str(library), "-p", "drive", "-m", "upload"]
    run = photosync(top / "home", *argv, "--transfers", str(transfers), drive=url)
    calls = drive.ask(take_calls)
    send = partial(send_to_drive, url, drive.ask(find_drive_token))
    loop = measure_loop(send, library.rglob("*.jpg"), transfers)
    return Row(name, photos, run, calls, peers=(loop,))


def measure_drive(top: Path, sizes: Sizes, delay: float) -> Iterator[Row]:
    """Small photos there and back, and back under Google's quota."""
    photos, transfers = sizes.drive_photos, sizes.transfers
    noise = partial(make_noise, SMALL)
    library = make_library(top / "library", photos, sizes.albums, noise)
    theirs = list(measure_rclone(top, library, transfers, delay))
    with serve(make_drive, top / "drive") as drive:
        drive.ask(partial(hold_back, delay))
        row = upload("drive-upload", top, drive, library, transfers)
        yield add_peers(row, theirs[:1])
        # The loop has sent all once more, into no album.
        url, token = drive.ask(find_url), drive.ask(find_drive_token)
        ids = drive.ask(list_photo_ids)[:photos]
        loop = measure_loop(partial(fetch_from_drive, url, token), ids, transfers)
        for name, quota in (("drive-download", None), ("drive-quota", GOOGLES_QUOTA)):
            row = download(name, top / name, drive, sizes, quota)
            yield row if quota else add_peers(row, [loop, *theirs[1:]])


def measure_rclone(
    top: Path, library: Path, transfers: int, delay: float
) -> Iterator[Peer]:
    """What rclone takes to send a library, and to fetch it."""
    with open_rclone(top / "rclone") as rclone:
        if rclone:
            rclone.drive.ask(partial(hold_back, delay))
            yield rclone.copy(str(library), "photos:photosync", transfers)
            yield rclone.copy("photos:photosync", str(top / "fetched"), transfers)


def add_peers(row: Row, peers: list[Peer]) -> Row:
    return Row(
        row.name, row.photos, row.run, row.calls, row.refused, (*row.peers, *peers)
    )


def download(
    name: str,
    place: Path,
    drive: Served[DriveEmulator],
    sizes: Sizes,
    quota: int | None,
) -> Row:
    """Fetch all photos into an empty library, with a quota of Google's or without."""
    home, root = place / "home", place / "photos"
    root.mkdir(parents=True)
    drive.ask(partial(sign_in_drive, home))
    drive.ask(partial(set_quota, quota))
    drive.ask(take_calls)
    (home / "config.toml").write_text(f"drive-quota = {quota or 0}\n")
    argv = ["-d", str(root), "-p", "drive", "-m", "download"]
    argv += ["--transfers", str(sizes.transfers)]
    run = photosync(home, *argv, drive=drive.ask(find_url))
    refused = drive.ask(count_refused)
    drive.ask(partial(set_quota, None))
    return Row(name, sizes.drive_photos, run, drive.ask(take_calls), refused)


def measure_middle(top: Path, sizes: Sizes) -> Iterator[Row]:
    """Photos of 5 MB to a Drive without any delay: what the bytes themselves take."""
    noise = partial(make_noise, MIDDLE)
    library = make_library(top / "library", sizes.middle_photos, sizes.albums, noise)
    with serve(make_drive, top / "drive") as drive:
        yield upload("drive-middle", top, drive, library, sizes.middle_transfers)


def measure_large(top: Path, sizes: Sizes, delay: float) -> Iterator[Row]:
    """The first run over a large library that Drive has already, and the next one."""
    for photos in sizes.large:
        place, albums = top / f"{photos}", sizes.large_albums
        library = make_empty_photos(place / "library", photos, albums)
        home = place / "home"
        peers = list(measure_rclone_over_equal(place, library, sizes, delay))
        with serve(make_drive, place / "drive") as drive:
            drive.ask(partial(fill_drive, photos, albums))
            drive.ask(partial(sign_in_drive, home))
            drive.ask(partial(hold_back, delay))
            for name in ("drive-first", "drive-nothing"):
                argv = ("-d", str(library), "-p", "drive", "-m", "sync")
                run = photosync(home, *argv, drive=drive.ask(find_url))
                row = Row(f"{name} {photos:,}", photos, run, drive.ask(take_calls))
                # It remembers nothing: all its runs are first ones.
                yield add_peers(row, peers)


def measure_rclone_over_equal(
    top: Path, library: Path, sizes: Sizes, delay: float
) -> Iterator[Peer]:
    photos = sum(1 for _ in library.rglob("*.jpg"))
    with open_rclone(top / "rclone") as rclone:
        if rclone:
            rclone.drive.ask(partial(fill_drive, photos, sizes.large_albums))
            rclone.drive.ask(partial(hold_back, delay))
            yield rclone.copy(str(library), "photos:photosync", sizes.transfers)


# -- Flickr
# -------------------------------------------------------------------------------


def measure_flickr(top: Path, sizes: Sizes, delay: float) -> Iterator[Row]:
    """Photos in twenty albums there and back."""
    photos, transfers = sizes.flickr_photos, sizes.flickr_transfers
    library = make_library(top / "library", photos, sizes.albums, pictures.jpeg)
    with serve(make_flickr, top / "flickr") as flickr:
        url = flickr.ask(find_url)
        flickr.ask(partial(hold_back, delay))
        common = ("-p", "flickr", "--transfers", str(transfers))
        home = top / "home"
        flickr.ask(partial(sign_in_flickr, home))
        run = photosync(home, "-d", str(library), *common, "-m", "upload", flickr=url)
        sent = flickr.ask(take_calls)
        keys = flickr.ask(find_flickr_keys)
        addresses = list_flickr_originals(keys)
        send = partial(send_to_flickr, keys)
        loop = measure_loop(send, library.rglob("*.jpg"), transfers)
        yield Row("flickr-upload", photos, run, sent, peers=(loop,))
        loop = measure_loop(fetch_from_flickr, addresses, transfers)
        flickr.ask(take_calls)
        yield add_peers(download_flickr(top / "down", flickr, sizes), [loop])


def download_flickr(place: Path, flickr: Served[FlickrEmulator], sizes: Sizes) -> Row:
    """Fetch what is in albums into an empty library."""
    home, root = place / "home", place / "photos"
    root.mkdir(parents=True)
    flickr.ask(partial(sign_in_flickr, home))
    argv = ["-d", str(root), "-p", "flickr", "-m", "download"]
    argv += ["--transfers", str(sizes.flickr_transfers)]
    run = photosync(home, *argv, flickr=flickr.ask(find_url))
    return Row("flickr-download", sizes.flickr_photos, run, flickr.ask(take_calls))


def measure_one_album(top: Path, sizes: Sizes, delay: float) -> Iterator[Row]:
    """Nothing to do over many albums, then one photo more in one of them."""
    photos, albums = sizes.large[0], sizes.large_albums
    library = make_empty_photos(top / "library", photos, albums)
    with serve(make_flickr, top / "flickr") as flickr:
        flickr.ask(partial(fill_flickr, photos, albums))
        flickr.ask(partial(sign_in_flickr, top / "home"))
        flickr.ask(partial(hold_back, delay))
        url = flickr.ask(find_url)
        argv = ("-d", str(library), "-p", "flickr", "-m", "sync")
        for name in ("first", "nothing", "one album"):
            if name == "one album":
                new = library / "album 000" / "new.jpg"
                new.write_bytes(pictures.jpeg("new"))
            run = photosync(top / "home", *argv, flickr=url)
            yield Row(f"flickr-{name} {photos:,}", photos, run, flickr.ask(take_calls))
