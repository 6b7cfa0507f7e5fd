"""The keys that identify this program to the services: `client_secrets.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from photosync.disk.named import read_named
from photosync.errors import SetupNeeded, UsageError

FILE = "client_secrets.json"
_AUTH_URI = "https://accounts.google.com/o/oauth2/auth"
_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


@dataclass(frozen=True, slots=True, repr=False)
class GoogleClient:
    """An OAuth client of Google's; `kind` is `installed`, `web` or `limited-input`.

    `id_from` and `secret_from` say where a person finds the two.
    """

    kind: str
    client_id: str
    client_secret: str
    auth_uri: str = _AUTH_URI
    token_uri: str = _TOKEN_URI
    redirect_uris: tuple[str, ...] = ()
    id_from: str = field(default="", compare=False)
    secret_from: str = field(default="", compare=False)

    def sibling(self, path: str) -> str:
        """The address beside the token address, where revoke and device codes live."""
        return self.token_uri.rsplit("/", 1)[0] + path


@dataclass(frozen=True, slots=True, repr=False)
class FlickrKey:
    """A key of the Flickr API.

    `key_from` and `secret_from` say where a person finds the two.
    """

    api_key: str
    api_secret: str
    key_from: str = field(default="", compare=False)
    secret_from: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What the file and the environment name; `problems` are errors by service, of what
    they name in part.
    """

    google: GoogleClient | None = None
    flickr: FlickrKey | None = None
    problems: Mapping[str, UsageError] = field(default_factory=dict)

    def find_google(self, place: str) -> GoogleClient:
        """Return the client; raises UsageError, explaining what to put at `place`."""
        if "drive" in self.problems:
            raise self.problems["drive"]
        if self.google is None:
            problem = f"There is no {place} yet."
            raise SetupNeeded(HOW_GOOGLE.format(problem=problem, place=place))
        return self.google

    def find_flickr(self, place: str) -> FlickrKey:
        """Return the key; raises UsageError, explaining what to put at `place`."""
        if "flickr" in self.problems:
            raise self.problems["flickr"]
        if self.flickr is None:
            raise SetupNeeded(HOW_FLICKR.format(place=place))
        return self.flickr


HOW_GOOGLE = """\
{problem}

To use Google Drive you need a client id of your own (free, once, five minutes):
  1. Open https://console.cloud.google.com/ and create a project.
  2. Under "APIs & Services", "Library", enable the "Google Drive API".
  3. Open "Google Auth Platform" there. Under "Branding" name it photosync and \
add your address.
  4. Under "Audience" choose External and press "Publish app"; while it is in \
"Testing" a sign-in lasts seven days only.
  5. Under "Data Access" add the scope .../auth/drive.file (for --drive-scope \
full: .../auth/drive).
  6. Under "Clients" create an OAuth client of type "Desktop app" and download \
its JSON at once: the secret is shown only then.
  7. Save that file, as it is, as {place} (or name it with --client-secrets FILE).
  8. Run: photosync -a -p drive"""


HOW_FLICKR = """\
There is no key for Flickr yet.

To use Flickr you need a key of your own (once, two minutes). Since March 2025 \
Flickr gives new keys to Pro accounts only; a key from before goes on working.
  1. Sign in to Flickr and open https://www.flickr.com/services/apps/create/
  2. Choose "Request an API key", then non-commercial, and fill the form in.
  3. Write the key and the secret it shows into {place} beside what is there already:
    "flickr": {{"api_key": "THE KEY", "api_secret": "THE SECRET"}}
    (a file with nothing else is {{ "flickr": {{...}} }}; or set \
PHOTOSYNC_FLICKR_KEY and PHOTOSYNC_FLICKR_SECRET).
  4. Run: photosync -a -p flickr"""


_FLICKR_PART = '{"flickr": {"api_key": "THE KEY", "api_secret": "THE SECRET"}}'


class _Malformed(Exception):
    """The file as a whole is of no use for any service."""


def read_flickr_key(environment: Mapping[str, str]) -> FlickrKey | None:
    """Read the Flickr key that the environment names, if it names one."""
    key = environment.get("PHOTOSYNC_FLICKR_KEY")
    secret = environment.get("PHOTOSYNC_FLICKR_SECRET")
    return FlickrKey(key, secret) if key and secret else None


def load(
    named: str | None, folders: Sequence[Path], environment: Mapping[str, str]
) -> tuple[Keys, Path]:
    """Read the keys; returns them and the file they are in, or should be put into.

    `named` is the file the user named, else the first `client_secrets.json` in
    `folders` counts. Raises UsageError for a file that is missing though named, or
    cannot be read.
    """
    candidates = [Path(named)] if named else [folder / FILE for folder in folders]
    existing = [path for path in candidates if path.exists()]
    path = (existing or candidates)[0]
    if named and not path.exists():
        raise UsageError(f"--client-secrets {path}: no such file")
    try:
        content = _read(path) if path.exists() else {}
    except _Malformed as error:
        return Keys(None, None, _explain_malformed(str(error), path)), path
    problems: dict[str, UsageError] = {}
    google = None
    flickr = None
    # What one service lacks keeps nobody from signing in to the other.
    try:
        google = _read_google(content, path, environment)
    except UsageError as error:
        problems["drive"] = error
    try:
        flickr = _read_flickr(content, path, environment)
    except UsageError as error:
        problems["flickr"] = error
    return Keys(google, flickr, problems), path


def _read(path: Path) -> dict[str, Any]:
    try:
        # Windows' Notepad puts a mark before the text that it saves.
        content = json.loads(read_named(path).decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise _Malformed(f"{path} is not valid JSON ({error})") from error
    known = {"installed", "web", "flickr"}
    if not isinstance(content, dict) or known.isdisjoint(content):
        raise _Malformed(
            f"{path} holds neither Google's part (installed or web) nor flickr"
        )
    return content


def _explain_malformed(problem: str, path: Path) -> dict[str, UsageError]:
    """Return what is said of a file that is of no use, for each service."""
    google = HOW_GOOGLE.format(problem=f"{problem}.", place=path)
    return {
        "drive": SetupNeeded(google),
        "flickr": UsageError(f"{problem}; what it needs is {_FLICKR_PART}"),
    }


def _get_part(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = content.get(name)
    return part if isinstance(part, dict) else {}


def _read_google(
    content: Mapping[str, Any], path: Path, environment: Mapping[str, str]
) -> GoogleClient | None:
    kind = "web" if "web" in content else "installed"
    part = _get_part(content, kind)
    find = _Finder(environment, part, kind, path)
    client_id, id_from = find.look("PHOTOSYNC_GOOGLE_CLIENT_ID", "client_id")
    secret, secret_from = find.look("PHOTOSYNC_GOOGLE_CLIENT_SECRET", "client_secret")
    if not client_id and kind not in content:
        return None
    if not client_id or not secret:
        problem = f"{path}: the part {kind!r} lacks client_id or client_secret."
        raise SetupNeeded(HOW_GOOGLE.format(problem=problem, place=path))
    redirects = _list_redirects(part)
    if kind == "installed" and part and not redirects:
        # Google's file for "TVs and Limited Input devices" names no address to come
        # back to.
        kind = "limited-input"
    return GoogleClient(
        kind=kind,
        client_id=client_id,
        client_secret=secret,
        auth_uri=str(part.get("auth_uri", _AUTH_URI)),
        token_uri=str(part.get("token_uri", _TOKEN_URI)),
        redirect_uris=redirects,
        id_from=id_from,
        secret_from=secret_from,
    )


def _list_redirects(part: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the addresses that Google comes back to, none where no list names them."""
    named = part.get("redirect_uris")
    if not isinstance(named, list):
        return ()
    return tuple(map(str, named))


def _read_flickr(
    content: Mapping[str, Any], path: Path, environment: Mapping[str, str]
) -> FlickrKey | None:
    part = _get_part(content, "flickr")
    find = _Finder(environment, part, "flickr", path)
    key, key_from = find.look("PHOTOSYNC_FLICKR_KEY", "api_key")
    secret, secret_from = find.look("PHOTOSYNC_FLICKR_SECRET", "api_secret")
    if not key and not secret and "flickr" not in content:
        return None
    if not key or not secret:
        if "flickr" not in content:
            # One of the two was set, and no file has the other.
            raise UsageError(
                "PHOTOSYNC_FLICKR_KEY and PHOTOSYNC_FLICKR_SECRET go together; one of "
                "them is not set"
            )
        raise UsageError(f"{path}: the part 'flickr' needs api_key and api_secret")
    return FlickrKey(key, secret, key_from, secret_from)


class _Finder(NamedTuple):
    """Where keys are looked for: the environment first, then a part of the file."""

    environment: Mapping[str, str]
    part: Mapping[str, Any]
    part_name: str
    path: Path

    def look(self, variable: str, name: str) -> tuple[str, str]:
        """Return a key, empty where there is none, and where it was found."""
        named = self.environment.get(variable, "").strip()
        if named:
            return named, variable
        written = self.part.get(name)
        # A key that was pasted brings a blank or the end of a line along.
        found = written.strip() if isinstance(written, str) else ""
        return found, f"{self.part_name}.{name} in {self.path}"
