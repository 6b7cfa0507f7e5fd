"""Bare loops: what a script takes that does no more than send or fetch, and looks at
nothing before or after.
"""

from __future__ import annotations

import json
import resource
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from requests_oauthlib import OAuth1
from requests_toolbelt import MultipartEncoder

from benchmarks.served import Peer


def measure_loop(
    work: Callable[[requests.Session, Any], object], jobs: Iterable[Any], width: int
) -> Peer:
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
    return Peer("bare loop", seconds, cpu)


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


def make_auth(keys: tuple[Any, ...]) -> OAuth1:
    """Return what signs calls to Flickr; the keys are those of program and user."""
    secrets, user = keys
    return OAuth1(
        secrets["key"],
        secrets["secret"],
        user["oauth_token"],
        user["oauth_token_secret"],
    )


def send_to_flickr(
    keys: tuple[Any, ...], session: requests.Session, path: Path
) -> None:
    secrets, _ = keys
    auth = make_auth(keys)
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


def list_flickr_originals(keys: tuple[Any, ...]) -> list[str]:
    """Return where the originals of an account are, as `photos.search` tells."""
    secrets, _ = keys
    auth = make_auth(keys)
    addresses: list[str] = []
    page = pages = 1
    while page <= pages:
        form = {
            "method": "flickr.photos.search",
            "user_id": "me",
            "extras": "url_o",
            "per_page": "500",
            "page": str(page),
            "format": "json",
            "nojsoncallback": "1",
        }
        answer = requests.post(secrets["rest_url"], data=form, auth=auth, timeout=60)
        photos = answer.json()["photos"]
        addresses += [photo["url_o"] for photo in photos["photo"]]
        page, pages = page + 1, int(photos["pages"])
    return addresses
