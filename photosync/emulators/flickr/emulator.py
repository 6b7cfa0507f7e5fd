"""The emulated Flickr with its sign-in, as one object to start, seed and disturb."""

from pathlib import Path

from photosync.emulators.blobs import BlobStore
from photosync.emulators.clock import Clock
from photosync.emulators.database import Database
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.grants import Grants
from photosync.emulators.flickr.schema import TABLES
from photosync.emulators.flickr.service import FlickrService
from photosync.emulators.flickr.settings import ConsentSettings, Settings
from photosync.emulators.flickr.state import State
from photosync.emulators.flickr.web_user import WebUser
from photosync.emulators.hosted import Hosted
from photosync.emulators.server import Server
from photosync.emulators.traffic import Traffic


class FlickrEmulator(Hosted):
    """A Flickr on 127.0.0.1 whose whole state is in `directory`.

    `web` acts as the user on the site, `grants` and `sign_in` stand for the account's
    OAuth side, `settings` and `clock` may be changed at any time, `traffic` counts
    calls.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        account: str = "anna",
        settings: Settings | None = None,
        sign_in: ConsentSettings | None = None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.clock = Clock()
        self.settings = settings or Settings()
        self.sign_in = sign_in or ConsentSettings()
        self.traffic = Traffic()
        self._database = Database(directory / "flickr.sqlite", TABLES)
        blobs = BlobStore(directory / "blobs")
        self._catalog = Catalog(State(self._database, blobs, self.settings, self.clock))
        self.grants = Grants(self._database, self.sign_in, self.clock)
        self._service = FlickrService(self._catalog, self.grants)
        self.web = self.web_of(account)
        self._server = Server(self._service, self.traffic, port)

    @property
    def began_anew(self) -> bool:
        """Whether all that was in the directory was of another version, and is gone."""
        return self._database.began_anew

    def web_of(self, username: str) -> WebUser:
        """Give the site as an account sees it, which is made if need be."""
        nsid = self._catalog.accounts.ensure(username)["nsid"]
        return WebUser(self._catalog, self._service, nsid)

    def client_secrets(self, key: str | None = None) -> dict[str, str]:
        """Give what an application has to know: its key, by default of the first, and
        addresses.
        """
        row = (self.grants.find_key(key) if key else None) or self.grants.default_key()
        services = f"{self.url}/services"
        return {
            "key": row["key"],
            "secret": row["secret"],
            "rest_url": f"{services}/rest/",
            "upload_url": f"{services}/upload/",
            "replace_url": f"{services}/replace/",
            "request_token_url": f"{services}/oauth/request_token",
            "authorize_url": f"{services}/oauth/authorize",
            "access_token_url": f"{services}/oauth/access_token",
        }

    def authorized_user(
        self,
        perms: str = "delete",
        *,
        key: str | None = None,
        account: str | None = None,
    ) -> dict[str, str]:
        """Sign an application in and give its token as the sign-in answers, with its
        `perms`.
        """
        nsid = self.web_of(account).nsid if account else self.web.nsid
        granted = self.grants.grant(
            key or self.grants.default_key()["key"], nsid, perms
        )
        row = self._catalog.accounts.get(nsid)
        return {
            "fullname": row["fullname"],
            "oauth_token": granted["token"],
            "oauth_token_secret": granted["secret"],
            "user_nsid": nsid,
            "username": row["username"],
            "perms": perms,
        }
