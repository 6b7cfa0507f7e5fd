"""How many small calls a second each embedded service answers, so that no benchmark
measures the emulator instead of the client.

    python benchmarks/emulators.py [--calls N]

Each service runs in a process of its own and is asked over connections that stay open:
one, then four at once. The design asks for 500 a second or more over one. Prints calls
a second for a metadata read, a page of a listing and a write, and the service's
processor time a call, which other work on the machine does not change.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from requests import Request
from requests_oauthlib import OAuth1

# A write changes the same photo again and again, so that nothing grows meanwhile.
SERVE_DRIVE = """
import json, sys
from pathlib import Path
from photosync.emulators.drive import DriveEmulator
with DriveEmulator(Path(sys.argv[1])) as emulator:
    photos = [emulator.web.file(f"IMG_{n}.JPG", b"x") for n in range(100)]
    token = emulator.authorized_user()["token"]
    print(json.dumps([emulator.url, token, photos[0]]), flush=True)
    sys.stdin.readline()
"""
SERVE_FLICKR = """
import json, sys
from pathlib import Path
from photosync.emulators.flickr import FlickrEmulator, Settings
with FlickrEmulator(Path(sys.argv[1]), settings=Settings(hourly_quota=None)) as emulator:
    photos = emulator.web.photos({"title": f"IMG_{n}.JPG"} for n in range(100))
    album = emulator.web.album("Rome", photos)
    facts = [emulator.client_secrets(), emulator.authorized_user(), photos[0], album]
    print(json.dumps([emulator.url, facts]), flush=True)
    sys.stdin.readline()
"""


@dataclass(frozen=True)
class Call:
    """One prepared request."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: str | None = None


@dataclass(frozen=True)
class Served:
    """A service in a process of its own, and what it told of itself."""

    pid: int
    facts: list[Any]

    def cpu_seconds(self) -> float:
        """Give the processor time that the process has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(program: str) -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", program, folder]
        pipes = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipes, stdout=pipes, text=True) as process:
            assert process.stdin
            assert process.stdout
            yield Served(process.pid, json.loads(process.stdout.readline()))
            process.stdin.close()


def drive_calls(token: str, photo: str, count: int) -> Iterator[list[Call]]:
    headers = {"Authorization": f"Bearer {token}"}
    sends = headers | {"Content-Type": "application/json"}
    files = "/drive/v3/files"
    fields = "fields=id,name,md5Checksum,size"
    listing = f"{files}?pageSize=100&fields=files(id,name,md5Checksum,size)"
    yield [Call("files.get", "GET", f"{files}/{photo}?{fields}", headers)] * count
    yield [Call("files.list of 100", "GET", listing, headers)] * count
    body = json.dumps({"description": "Rome"})
    yield [Call("files.update", "PATCH", f"{files}/{photo}", sends, body)] * count


def flickr_calls(
    urls: dict[str, str], user: dict[str, str], ids: tuple[str, str], count: int
) -> Iterator[list[Call]]:
    photo, album = ids
    auth = OAuth1(
        urls["key"],
        urls["secret"],
        user["oauth_token"],
        user["oauth_token_secret"],
    )
    extras = "original_format,url_o,last_update,date_upload,date_taken,machine_tags"
    which = {"photoset_id": album, "user_id": "me", "extras": extras}
    asked = [
        ("photos.getInfo", {"photo_id": photo}),
        ("photosets.getPhotos of 100", which),
        ("photos.setMeta", {"photo_id": photo, "title": "Rome"}),
    ]
    for name, arguments in asked:
        usual = {"method": f"flickr.{name.split()[0]}", "format": "json"}
        form = usual | arguments | {"nojsoncallback": "1"}
        signed = [
            Request("POST", urls["rest_url"], data=form, auth=auth).prepare()
            for _ in range(count)
        ]
        yield [
            Call(name, "POST", "/services/rest/", dict(each.headers), _text(each.body))
            for each in signed
        ]


def _text(body: str | bytes | None) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)


def answer(host: str, calls: list[Call]) -> None:
    connection = http.client.HTTPConnection(host)
    for call in calls:
        connection.request(call.method, call.path, call.body, call.headers)
        reply = connection.getresponse()
        text = reply.read()
        if reply.status != 200 or b'"stat":"fail"' in text:
            sys.exit(f"{call.name}: {reply.status} {text[:200]!r}")
    connection.close()


def measure(served: Served, calls: list[Call]) -> None:
    host = str(served.facts[0]).removeprefix("http://")
    half = len(calls) // 2
    rates = []
    used = served.cpu_seconds()
    for width, part in ((1, calls[:half]), (4, calls[half:])):
        shares = [part[start::width] for start in range(width)]
        begun = time.monotonic()
        with ThreadPoolExecutor(width) as pool:
            list(pool.map(lambda share: answer(host, share), shares))
        rates.append(len(part) / (time.monotonic() - begun))
    cost = 1000 * (served.cpu_seconds() - used) / len(calls)
    seen = f"{rates[0]:6.0f} /s   four at once {rates[1]:6.0f} /s"
    print(f"  {calls[0].name:28} {seen}   {cost:6.2f} ms of processor a call")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--calls", type=int, default=2000)
    count = parser.parse_args().calls
    print("Drive")
    with serving(SERVE_DRIVE) as served:
        _, token, photo = served.facts
        for calls in drive_calls(token, photo, count):
            measure(served, calls)
    print("Flickr")
    with serving(SERVE_FLICKR) as served:
        _, (urls, user, photo, album) = served.facts
        for calls in flickr_calls(urls, user, (photo, album), count):
            measure(served, calls)


if __name__ == "__main__":
    main()
