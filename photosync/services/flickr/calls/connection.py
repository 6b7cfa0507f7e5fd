"""Talking to Flickr. All use of flickrapi is here.

What is used of it: it signs calls (`do_flickr_call`) and streams uploads (`upload`,
`replace`) with the signature Flickr wants, which leaves the photo out. What is not: its
walkers are broken, its token cache mixes accounts, its sign-in listener waits for ever,
and its errors lose status and headers. So tokens, timeouts, retries (each signed anew),
pace and paging are ours; one instance and one requests session serve one thread, and
the session raises what flickrapi would lose.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import PurePath
from threading import local
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

import flickrapi
import requests
from flickrapi.auth import FlickrAccessToken, OAuthFlickrInterface
from requests_toolbelt import MultipartEncoder

from photosync.disk.streams import Readable
from photosync.errors import RateLimited, SideError, Transient
from photosync.services.auth.client_secrets import FlickrKey
from photosync.services.flickr.calls.errors import (
    LATE,
    TooLate,
    translate_code,
    translate_reply,
)
from photosync.services.flickr.calls.upload_answers import (
    UNREADABLE,
    parse_photo,
    read_code,
)
from photosync.services.flickr.records.photo_rows import EXTRAS, format_version
from photosync.services.headers import read_date
from photosync.services.http import (
    CONNECT_SECONDS,
    SENT_ANSWER,
    RetryPolicy,
)
from photosync.services.lines import Lines
from photosync.services.pace import ANSWER_SECONDS
from photosync.services.quotas import HourlyQuota
from photosync.services.unreachable import explain_unreachable
from photosync.services.web import SafeSession

_BYTES_A_SECOND = 1_500_000
"""Flickr answers an upload only after it made the small sizes, so slowly at worst: of a
film of 1 GB after a quarter of an hour.
"""

_MISREAD = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RecursionError,
    ParseError,
)

# It logs arguments and signatures; nobody may collect these by accident.
logging.getLogger("flickrapi").addHandler(logging.NullHandler())
logging.getLogger("flickrapi").propagate = False


class _Session(SafeSession):
    """Raises an answer that is no success while its status and headers are still known.

    `moment` is when the last answer was given, by the clock there; 0 before one told.
    """

    moment = 0

    def post(self, url: Any, data: Any = None, json: Any = None, **kwargs: Any) -> Any:
        reply = super().post(url, data=data, json=json, **kwargs)
        if reply.status_code != requests.codes.ok:
            raise translate_reply(reply)
        # A proxy may leave the date out, or write it in a way of its own.
        moment = read_date(reply.headers.get("Date", ""))
        self.moment = max(self.moment, int(moment or 0))
        return reply


class Upload(Readable, Protocol):
    """A photo's bytes, of which `len` are left."""

    len: int


class _SignedCalls(OAuthFlickrInterface):  # type: ignore[misc]
    """Signs calls and uploads; flickrapi would call every file "dummy name"."""

    def do_upload(
        self,
        filename: str,
        url: str,
        params: Mapping[str, Any],
        fileobj: object,
        timeout: Any = None,
    ) -> Any:
        """Send a file with these fields under `filename`, which is not signed; return
        the answer.
        """
        request = requests.Request("POST", url, data=params, auth=self.oauth)
        body = MultipartEncoder({**params, "photo": (filename, fileobj)})
        headers = {
            "Authorization": request.prepare().headers["Authorization"],
            "Content-Type": body.content_type,
        }
        answer = self.session.post(url, data=body, headers=headers, timeout=timeout)
        return answer.content


class Connection:
    """One account of Flickr's, for any number of threads.

    `root` is the address of the services where it is not Flickr's own; `subject` the
    NSID of the user whose photos are listed, and `extras` what lists are asked to tell of
    each; `answer_seconds` how long an answer may keep us waiting; `calls` counts those
    that were made so far. `clock` is the one on the wall, in seconds since 1970.
    """

    def __init__(
        self,
        key: FlickrKey,
        token: Mapping[str, str],
        retry_policy: RetryPolicy,
        quota: HourlyQuota,
        root: str | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.retry_policy = retry_policy
        self.quota = quota
        self.clock: Callable[[], float] = time.time
        self._key = key
        self._token = token
        self._root = root
        self.calls = 0
        self._numbers = count(1)
        self._local = local()
        self._sessions: list[requests.Session] = []
        self._timeout = (CONNECT_SECONDS, answer_seconds)
        self._lines = Lines(answer_seconds, retry_policy.report_silence)
        self.subject = self.user_id
        self.extras = EXTRAS

    @property
    def user_id(self) -> str:
        """The NSID of whoever is signed in."""
        return self._token["user_nsid"]

    @property
    def server_time(self) -> int:
        """Seconds since 1970 by Flickr's clock at the calling thread's last call; 0 if
        unknown.
        """
        moment: int = self._api.flickr_oauth.session.moment
        return moment

    @property
    def latest_time(self) -> int:
        """Seconds since 1970 by Flickr's clock at the last call of any thread; 0 if
        unknown.
        """
        found = [one.moment for one in self._sessions if isinstance(one, _Session)]
        return max(found, default=0)

    @property
    def files(self) -> requests.Session:
        """The calling thread's unsigned session, for the hosts of photo files."""
        if not hasattr(self._local, "files"):
            self._local.files = SafeSession(lines=self._lines)
            self._sessions.append(self._local.files)
        found: requests.Session = self._local.files
        return found

    def call(self, method: str, **arguments: object) -> dict[str, Any]:
        """Call `flickr.METHOD` until it is no passing fault, and return the answer.

        Only for calls that may be repeated: what a lost answer had done is done again.
        An argument that is None is left out. Raises SideError.
        """
        return self.retry_policy.call(lambda: self.call_once(method, **arguments))

    def call_soon(
        self, method: str, since: float, within: float, **arguments: object
    ) -> dict[str, Any]:
        """Call like `call`, but let no try begin more than `within` seconds after
        `since`, in seconds since 1970 by the clock here; raises TooLate instead.
        """

        def check_time() -> None:
            # The clock on the wall goes on while a laptop sleeps; it may be put back.
            if abs(self.clock() - since) > within:
                raise TooLate(LATE)

        return self.retry_policy.call(lambda: self._send(method, arguments, check_time))

    def call_once(self, method: str, **arguments: object) -> dict[str, Any]:
        """Call `flickr.METHOD` in one try; raises SideError."""
        return self._send(method, arguments)

    def _send(
        self,
        method: str,
        arguments: Mapping[str, object],
        check: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """Make one call, after the wait for the quota and what `check` then raises."""
        texts = {
            name: str(value) for name, value in arguments.items() if value is not None
        }
        with self._translate_errors(method):
            check()
            answer = self._api.do_flickr_call(
                f"flickr.{method}", timeout=self.timeout, **texts
            )
            # Behind an overloaded host a list or a bare text has been seen.
            if not isinstance(answer, dict):
                raise Transient(UNREADABLE)
            return answer

    def upload(self, stream: Upload, name: str, **fields: str) -> str:
        """Call the upload service in one try; return the new photo's id.

        `name` is that of the file here. Raises SideError, or Duplicate.
        """
        with self._translate_errors("upload"):
            body = self._api.upload(
                _name_part(name),
                fileobj=stream,
                format="rest",
                timeout=self._upload_timeout(stream.len),
                **fields,
            )
            return str(parse_photo("upload", body).text).strip()

    def replace(self, stream: Upload, name: str, photo_id: str) -> str:
        """Call the replace service in one try; return the photo's new version, empty
        where the answer does not tell it.

        `name` is that of the file here. Raises SideError.
        """
        with self._translate_errors("replace"):
            body = self._api.replace(
                _name_part(name),
                photo_id,
                fileobj=stream,
                format="rest",
                timeout=self._upload_timeout(stream.len),
            )
            photo = parse_photo("replace", body)
            return format_version(
                photo.get("originalsecret", ""), photo.get("secret", "")
            )

    @property
    def timeout(self) -> tuple[float, float]:
        """Seconds to connect and to wait for an answer, of a call that begins now."""
        return self.retry_policy.network.bound_timeout(self._timeout)

    def _upload_timeout(self, size: int) -> tuple[float, float]:
        # A test that does not want to wait has its share of that, too.
        share = self._timeout[1] / ANSWER_SECONDS
        work = size / _BYTES_A_SECOND * share
        return CONNECT_SECONDS, SENT_ANSWER * self._timeout[1] + work

    def cancel(self) -> None:
        """End every wait and every call at once, and let none begin: they raise
        Interrupted, or Transient at first.
        """
        self.retry_policy.cancel()
        self._lines.cut()

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions:
            session.close()

    @property
    def _api(self) -> Any:
        """The calling thread's flickrapi."""
        if not hasattr(self._local, "api"):
            self._local.api = self._make_api()
        return self._local.api

    def _make_api(self) -> Any:
        token = FlickrAccessToken(
            self._token["oauth_token"], self._token["oauth_token_secret"], "delete"
        )
        api = flickrapi.FlickrAPI(
            self._key.api_key, self._key.api_secret, token=token, format="parsed-json"
        )
        session = _Session(lines=self._lines)
        self._sessions.append(session)
        api.flickr_oauth = _SignedCalls(
            self._key.api_key, self._key.api_secret, api.token_cache
        )
        api.flickr_oauth.session = session
        if self._root:
            api.REST_URL = f"{self._root}/services/rest/"
            api.UPLOAD_URL = f"{self._root}/services/upload/"
            api.REPLACE_URL = f"{self._root}/services/replace/"
        return api

    @contextmanager
    def _translate_errors(self, method: str) -> Iterator[None]:
        """Make one call within the quota; whatever the libraries raise becomes a
        SideError.
        """
        self.calls = next(self._numbers)
        self.quota.spend()
        try:
            yield
        except RateLimited:
            # Another program uses the same key: all threads go on more slowly.
            self.quota.slow_down()
            raise
        except SideError:
            raise
        except flickrapi.FlickrError as error:
            # flickrapi puts "Error: 100: " before the words of Flickr.
            message = str(error).removeprefix(f"Error: {error.code}: ")
            raise translate_code(method, read_code(error.code), message) from error
        except requests.RequestException as error:
            raise explain_unreachable("Flickr", error) from error
        except _MISREAD as error:
            # A page in HTML with status 200, or an answer that was cut.
            raise Transient(UNREADABLE) from error


def _name_part(name: str) -> str:
    """Return what an upload calls a file; the name itself is sent as the title."""
    # Without an ending Flickr takes no MTS and not every MP4, whatever they hold.
    return "photo" + PurePath(name).suffix.lower()
