"""The keys that identify this program to the services: `client_secrets.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from photosync.errors import SetupNeeded, UsageError

FILE = "client_secrets.json"
_AUTH_URI = "https://accounts.google.com/o/oauth2/auth"
_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


@dataclass(frozen=True, slots=True, repr=False)
class GoogleClient:
    """An OAuth client of Google's; `kind` is `installed`, `web` or `limited-input`."""

    kind: str
    client_id: str
    client_secret: str
    auth_uri: str = _AUTH_URI
    token_uri: str = _TOKEN_URI
    redirect_uris: tuple[str, ...] = ()

    def sibling(self, path: str) -> str:
        """The address beside the token address, where revoke and device codes live."""
        return self.token_uri.rsplit("/", 1)[0] + path


@dataclass(frozen=True, slots=True, repr=False)
class FlickrKey:
    """A key of the Flickr API."""

    api_key: str
    api_secret: str


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What the file and the environment name."""

    google: GoogleClient | None = None
    flickr: FlickrKey | None = None


HOW_GOOGLE = """\
{problem}

To use Google Drive you need a client id of your own (free, once, five minutes):
  1. Open https://console.cloud.google.com/ and create a project.
  2. Under "APIs & Services", "Library", enable the "Google Drive API".
  3. Open "Google Auth Platform" there. Under "Branding" name it photosync and
     add your address.
  4. Under "Audience" choose External and press "Publish app"; while it is in
     "Testing" a sign-in lasts seven days only.
  5. Under "Data Access" add the scope .../auth/drive.file (for --drive-scope
     full: .../auth/drive).
  6. Under "Clients" create an OAuth client of type "Desktop app" and download
     its JSON at once: the secret is shown only then.
  7. Save that file, as it is, as {place}
     (or name it with --client-secrets FILE).
  8. Run: photosync -a -p drive"""


HOW_FLICKR = """\
There is no key for Flickr yet.

To use Flickr you need a key of your own (once, two minutes). Since March 2025
Flickr gives new keys to Pro accounts only; a key from before goes on working.
  1. Sign in to Flickr and open https://www.flickr.com/services/apps/create/
  2. Choose "Request an API key", then non-commercial, and fill the form in.
  3. Write the key and the secret it shows into
     {place}
     beside what is there already:
       "flickr": {{"api_key": "THE KEY", "api_secret": "THE SECRET"}}
     (a file with nothing else is {{ "flickr": {{...}} }}; or set
     PHOTOSYNC_FLICKR_KEY and PHOTOSYNC_FLICKR_SECRET).
  4. Run: photosync -a -p flickr"""


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
    malformed.
    """
    candidates = [Path(named)] if named else [folder / FILE for folder in folders]
    existing = [path for path in candidates if path.exists()]
    path = (existing or candidates)[0]
    if named and not path.exists():
        raise UsageError(f"--client-secrets {path}: no such file")
    content = _read(path) if path.exists() else {}
    google = _read_google(content, path, environment)
    flickr = _read_flickr(content, path, environment)
    return Keys(google, flickr), path


def _read(path: Path) -> dict[str, Any]:
    try:
        # Windows' Notepad puts a mark before the text that it saves.
        content = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        problem = f"{path} is not valid JSON ({error})."
        raise SetupNeeded(HOW_GOOGLE.format(problem=problem, place=path)) from error
    known = {"installed", "web", "flickr"}
    if not isinstance(content, dict) or known.isdisjoint(content):
        problem = f"{path} holds neither Google's part (installed or web) nor flickr."
        raise SetupNeeded(HOW_GOOGLE.format(problem=problem, place=path))
    return content


def _get_part(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = content.get(name)
    return part if isinstance(part, dict) else {}


def _read_google(
    content: Mapping[str, Any], path: Path, environment: Mapping[str, str]
) -> GoogleClient | None:
    kind = "web" if "web" in content else "installed"
    part = _get_part(content, kind)
    client_id = environment.get("PHOTOSYNC_GOOGLE_CLIENT_ID") or part.get("client_id")
    secret = environment.get("PHOTOSYNC_GOOGLE_CLIENT_SECRET") or part.get(
        "client_secret"
    )
    if not client_id and kind not in content:
        return None
    if not _is_text(client_id) or not _is_text(secret):
        problem = f"{path}: the part {kind!r} lacks client_id or client_secret."
        raise SetupNeeded(HOW_GOOGLE.format(problem=problem, place=path))
    named = part.get("redirect_uris")
    redirects = tuple(map(str, named)) if isinstance(named, list) else ()
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
    )


def _read_flickr(
    content: Mapping[str, Any], path: Path, environment: Mapping[str, str]
) -> FlickrKey | None:
    part = _get_part(content, "flickr")
    key = environment.get("PHOTOSYNC_FLICKR_KEY") or part.get("api_key")
    secret = environment.get("PHOTOSYNC_FLICKR_SECRET") or part.get("api_secret")
    if not key and not secret and "flickr" not in content:
        return None
    if not _is_text(key) or not _is_text(secret):
        raise UsageError(f"{path}: the part 'flickr' needs api_key and api_secret")
    return FlickrKey(key, secret)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value)
