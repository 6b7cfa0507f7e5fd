"""The page of `--review` on 127.0.0.1, for one browser of one person.

Whoever knows the address comes in once, with the key in it, which is void from then on:
the list of processes shows it to everybody on a NAS. The browser gets a cookie that
holds for one secret place, as cookies of 127.0.0.1 go to all its ports. What changes
anything needs besides a token that only the page has, and comes from the page itself.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed, NotFound
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from photosync.cli.program import spell_commands
from photosync.cli.review.desk import Desk
from photosync.errors import UsageError
from photosync.plan.selection import Selection

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
_OUR_NAMES = frozenset({HOST, "localhost", "[::1]"})
_COOKIE = "photosync-review"
_TOKEN = "X-Photosync-Token"  # noqa: S105 - the name of a header
_MOST_BYTES = 4_000_000
_NO_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3" viewBox="0 0 4 3"/>'
)

MakePicture = Callable[[int, str], bytes]
"""Returns a small JPEG of one version of a shown step, empty where there is none."""


Price = Callable[[Selection], list[str]]
"""Returns what a selection would do and take, in lines."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is served: `make_page` gets the token that the page is to send along; `policy`
    says what the page may load.
    """

    make_page: Callable[[str], str]
    make_picture: MakePicture
    price: Price
    policy: str


class ReviewApp:
    """Answers the page, and nobody else."""

    def __init__(self, content: Content, desk: Desk) -> None:
        self.key = secrets.token_urlsafe(24)
        self._place = secrets.token_urlsafe(24)
        self._session = secrets.token_urlsafe(24)
        self._token = secrets.token_urlsafe(24)
        self._is_key_used = False
        self._page = content.make_page(self._token)
        self._policy = content.policy
        self._make_picture = content.make_picture
        self._price = content.price
        self._desk = desk

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = _MOST_BYTES
        try:
            response = self._answer(request)
        except HTTPException as error:
            response = Response(f"{error.description}\n", error.code)
        response.headers.extend(
            {
                "Content-Security-Policy": self._policy,
                "Cache-Control": "no-store",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
            }
        )
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        _check_host(request)
        first, _, rest = request.path.lstrip("/").partition("/")
        if _is_same(first, self.key) and not rest:
            return self._let_in(request)
        if not _is_same(first, self._place):
            raise NotFound(
                "there is nothing here; open the address that photosync told"
            )
        if not _is_same(request.cookies.get(_COOKIE, ""), self._session):
            raise Forbidden("this page belongs to the browser that opened it first")
        if request.method == "POST":
            # Any page on the net can make a browser send something here.
            self._check_origin(request)
            return self._take(rest, request)
        if request.method != "GET":
            raise MethodNotAllowed(description="this is not how the page asks")
        return self._show(rest, request)

    def _let_in(self, request: Request) -> Response:
        """Give the first who comes with the key a cookie, and show the way on.

        A redirect would lose the cookie where the address was clicked on in a mail.
        """
        # Some browsers ask before anybody pressed Enter, and throw the answer away.
        is_early = "prefetch" in request.headers.get("Sec-Purpose", "")
        if self._is_key_used or is_early or request.method != "GET":
            again = spell_commands("start photosync --review once more")
            raise Forbidden(f"this address was used already; {again}")
        self._is_key_used = True
        self._desk.show_life()
        response = _send_html(
            '<!doctype html><html lang="en"><title>photosync</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark">'
            '<link rel="icon" href="data:,">'
            f'<meta http-equiv="refresh" content="0;url=/{self._place}/">'
            f'<p><a href="/{self._place}/">To the review</a></p></html>'
        )
        response.set_cookie(
            _COOKIE,
            self._session,
            path=f"/{self._place}/",
            httponly=True,
            samesite="Strict",
        )
        return response

    def _check_origin(self, request: Request) -> None:
        """Raise Forbidden for what another page sends in the name of this browser."""
        is_ours = request.headers.get("Origin") == f"http://{_host_of(request)}"
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        has_token = _is_same(request.headers.get(_TOKEN, ""), self._token)
        if not (is_ours and has_token and site == "same-origin"):
            raise Forbidden("this did not come from the page")
        if request.mimetype != "application/json":
            raise Forbidden("this is not how the page asks")

    def _show(self, path: str, request: Request) -> Response:
        if path == "":
            self._desk.show_life()
            return _send_html(self._page)
        if path == "state":
            self._desk.show_life()
            since = request.args.get("since", 0, type=int)
            return _send_json(self._desk.describe(max(since, 0)))
        kind, _, rest = path.partition("/")
        number, _, version = rest.partition("/")
        is_number = number.isdecimal() and len(number) <= 9
        if kind != "pictures" or not is_number:
            raise NotFound("there is nothing here")
        picture = self._make_picture(int(number), version)
        if picture:
            return Response(picture, mimetype="image/jpeg")
        # A film, a RAW picture: the place stays empty, and shows no broken picture.
        return Response(_NO_PICTURE, mimetype="image/svg+xml")

    def _take(self, path: str, request: Request) -> Response:
        content = _read_json(request)
        # The page is being closed; nobody reads the answer.
        if path == "leave":
            self._desk.leave(at_once=content == {"at_once": True})
            return _send_json({})
        if path not in {"apply", "price"}:
            raise NotFound("there is nothing here")
        self._desk.show_life()
        try:
            selection = self._desk.read_order(content)
        except UsageError as error:
            return _send_json({"problem": str(error)}, 400)
        # Each tick is priced; only the button orders anything.
        if path == "price":
            return _send_json({"lines": self._price(selection)})
        if not self._desk.order(selection):
            return _send_json({"problem": "something is being done already"}, 409)
        return _send_json({})


def _host_of(request: Request) -> str:
    return request.headers.get("Host", "")


def _check_host(request: Request) -> None:
    """Raise Forbidden for a name that somebody else gave this address.

    The port may be another one at the near end of `ssh -L`.
    """
    host = _host_of(request)
    name = host.rpartition(":")[0] or host
    if name not in _OUR_NAMES:
        raise Forbidden("this page is on 127.0.0.1 only")


def _is_same(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode(), ours.encode())


def _read_json(request: Request) -> Any:
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None


def _send_html(page: str) -> Response:
    return Response(page, mimetype="text/html")


def _send_json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, mimetype="application/json")


class _Handler(WSGIRequestHandler):
    """Logs no request: the key stands in its address."""

    timeout = 30

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's
        """Say nothing."""

    def version_string(self) -> str:
        """Return what others may know of us."""
        return "photosync"


@contextmanager
def serve(app: ReviewApp) -> Iterator[int]:
    """Serve a page in threads of its own; yields the port.

    Raises UsageError where nobody may listen on this machine.
    """
    try:
        server = make_server(HOST, 0, app, threaded=True, request_handler=_Handler)
    except (OSError, SystemExit) as error:
        raise UsageError(f"--review: {HOST} cannot be listened on ({error})") from error
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.daemon = True
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        server.server_close()
