"""The emulated Google Drive with its sign-in, as one object to start, seed and
disturb.
"""

import json
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from photosync.emulators.blobs import BlobStore
from photosync.emulators.clock import Clock
from photosync.emulators.drive.database import Database
from photosync.emulators.drive.grants import Grants
from photosync.emulators.drive.identity import DRIVE
from photosync.emulators.drive.service import DriveService
from photosync.emulators.drive.settings import ConsentSettings, Settings
from photosync.emulators.drive.store import FileStore
from photosync.emulators.drive.web_user import WebUser
from photosync.emulators.hosted import Hosted
from photosync.emulators.server import Server
from photosync.emulators.traffic import Traffic

CHECKSUMS = ("md5", "sha1", "sha256")


class DriveEmulator(Hosted):
    """A Google Drive on 127.0.0.1 whose whole state is in `directory`.

    `web` acts as the user in the web interface, `grants` and `sign_in` stand for the
    account's OAuth side, `settings` and `clock` may be changed at any time, `traffic`
    counts calls. With `tls` it is served by https.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        account: str = "anna@example.com",
        settings: Settings | None = None,
        sign_in: ConsentSettings | None = None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.account = account
        self.clock = Clock()
        self.settings = settings or Settings()
        self.sign_in = sign_in or ConsentSettings()
        self.traffic = Traffic()
        self._database = Database(directory / "drive.sqlite")
        blobs = BlobStore(directory / "blobs", CHECKSUMS)
        self._store = FileStore(self._database, blobs, self.settings, self.clock)
        self.grants = Grants(self._database, self.sign_in, self.clock)
        self.web = self.web_of(account)
        service = DriveService(self._store, self.grants)
        self._server = Server(service, self.traffic, port, tls)

    @property
    def began_anew(self) -> bool:
        """Whether all that was in the directory was of another version, and is gone."""
        return self._database.began_anew

    def web_of(self, account: str) -> WebUser:
        """Give the web interface of an account, which is made if need be."""
        self._store.ensure_account(account)
        return WebUser(self._store, account)

    def client_secrets(
        self, client_id: str | None = None, kind: str = "installed"
    ) -> dict[str, Any]:
        """Give the content of the ``client_secrets.json`` of a client, by default of
        the first.
        """
        client = (
            self.grants.client(client_id)
            if client_id
            else self.grants.default_client(kind)
        )
        facts = {
            "client_id": client["id"],
            "project_id": "photosync-emulator",
            "auth_uri": f"{self.url}/o/oauth2/auth",
            "token_uri": f"{self.url}/token",
            "auth_provider_x509_cert_url": f"{self.url}/oauth2/v1/certs",
            "client_secret": client["secret"],
            "redirect_uris": json.loads(client["redirect_uris"]),
        }
        return {"web" if client["kind"] == "web" else "installed": facts}

    def authorized_user(
        self,
        scopes: Iterable[str] = (DRIVE,),
        *,
        client_id: str | None = None,
        account: str | None = None,
    ) -> dict[str, Any]:
        """Sign a client in and give its token in the form of google-auth's token
        file.
        """
        client = self.grants.client(
            client_id or self.grants.default_client("installed")["id"]
        )
        wanted, account = sorted(scopes), account or self.account
        tokens = self.grants.tokens(
            client["id"], account, " ".join(wanted), offline=True
        )
        expiry = datetime.fromtimestamp(self.clock.now() + tokens["expires_in"], UTC)
        return {
            "token": tokens["access_token"],
            "refresh_token": tokens["refresh_token"],
            "token_uri": f"{self.url}/token",
            "client_id": client["id"],
            "client_secret": client["secret"],
            "scopes": wanted,
            "universe_domain": "googleapis.com",
            "account": account,
            "expiry": expiry.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
