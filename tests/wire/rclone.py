"""What rclone needs to take the embedded Drive for Google's: names, certificates, and a
way there.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

from photosync.emulators.drive import DriveEmulator
from wire.certificates import Authority

HOSTS = ("www.googleapis.com", "oauth2.googleapis.com")


class Proxy(ThreadingTCPServer):
    """A proxy that leads every connection to one server, whatever host it asks for."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, target: int) -> None:
        self.target = target
        self.asked: set[str] = set()
        super().__init__(("127.0.0.1", 0), _Tunnel)


class _Tunnel(StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        verb, place, _ = self.rfile.readline().decode().split()
        while self.rfile.readline().strip():
            continue
        self.server.asked.add(f"{verb} {place}")
        with socket.create_connection(("127.0.0.1", self.server.target)) as inner:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = Thread(target=pass_on, args=(inner, self.connection), daemon=True)
            back.start()
            pass_on(self.connection, inner)
            back.join()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(64 * 1024):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


@contextmanager
def tunnelling(target: int) -> Iterator[Proxy]:
    with Proxy(target) as proxy:
        Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
        yield proxy
        proxy.shutdown()


def format_config(drive: DriveEmulator) -> str:
    """Return a configuration in which `photos:` is the account of this Drive."""
    user = drive.authorized_user()
    token: dict[str, Any] = {
        "access_token": user["token"],
        "token_type": "Bearer",
        "refresh_token": user["refresh_token"],
        # Long ago, so that rclone asks for a fresh one at the place of the tokens.
        "expiry": "2020-01-01T00:00:00Z",
    }
    lines = {
        "type": "drive",
        "client_id": user["client_id"],
        "client_secret": user["client_secret"],
        "scope": "drive",
        "token": json.dumps(token),
    }
    return "[photos]\n" + "".join(f"{key} = {text}\n" for key, text in lines.items())


def make_environment(
    home: Path, config: str, authority: Authority, proxy: Proxy
) -> dict[str, str]:
    """Return the environment in which rclone finds its way to this Drive."""
    path = home / "rclone.conf"
    path.write_text(config)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "RCLONE_CONFIG": str(path),
        "SSL_CERT_FILE": str(authority.bundle),
        "HTTPS_PROXY": f"http://127.0.0.1:{proxy.server_address[1]}",
        "RCLONE_DRIVE_PACER_MIN_SLEEP": "1ms",
    }
