"""A threaded HTTP/1.1 server on 127.0.0.1 for one emulated service."""

import logging
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from email.utils import formatdate
from typing import IO, TYPE_CHECKING, Any, cast

from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wsgi import LimitedStream

from photosync.emulators.answers import ConnectionCutError
from photosync.emulators.application import BLOCK, Application, Service
from photosync.emulators.traffic import Traffic

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_log = logging.getLogger(__name__)


class _Connection(WSGIRequestHandler):
    """Serves the calls of one connection; werkzeug's own handler closes it after each
    call.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = BLOCK

    def run_wsgi(self) -> None:
        self.wfile.flush()
        environ = self.make_environ()
        body = self._limit(environ)
        environ |= {"wsgi.input": body, "wsgi.input_terminated": True}
        try:
            self._answer(environ)
            # An unread body would be taken for the next request of this connection.
            while body.read(BLOCK):
                pass
        except (ConnectionCutError, ClientDisconnected, ConnectionError):
            self.close_connection = True

    def _limit(self, environ: "WSGIEnvironment") -> Any:
        if environ.get("wsgi.input_terminated"):
            return environ["wsgi.input"]
        return LimitedStream(
            cast("IO[bytes]", self.rfile), int(environ.get("CONTENT_LENGTH") or 0)
        )

    def _answer(self, environ: "WSGIEnvironment") -> None:
        opening = b""

        def start_response(
            status: str, headers: list[tuple[str, str]], _exc_info: object = None
        ) -> Callable[[bytes], object]:
            nonlocal opening
            opening = self._opening(status, headers)
            return self.wfile.write

        blocks = self.server.app(environ, start_response)
        try:
            self.wfile.write(opening)
            for block in blocks:
                if block:
                    self.wfile.write(block)
                else:
                    self.wfile.flush()
        finally:
            getattr(blocks, "close", lambda: None)()

    def _opening(self, status: str, headers: list[tuple[str, str]]) -> bytes:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        bodiless = status.startswith(("204", "304"))
        if not bodiless and not any(
            name.lower() == "content-length" for name, _ in headers
        ):
            self.close_connection = True
        if self.close_connection:
            lines.append("Connection: close")
        if not any(name.lower() == "date" for name, _ in headers):
            lines.append(f"Date: {formatdate(usegmt=True)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        _log.debug("%s: %s", type, message % args if args else message)


class _Listener(ThreadedWSGIServer):
    """Knows its open connections, so that a stopped server is really gone for its
    clients.
    """

    def __init__(
        self, port: int, application: Application, tls: ssl.SSLContext | None
    ) -> None:
        self._open: set[socket.socket] = set()
        super().__init__("127.0.0.1", port, application, _Connection, ssl_context=tls)

    def get_request(self) -> tuple[socket.socket, Any]:
        if self.ssl_context is None:
            return super().get_request()
        # A client that connects ahead and says nothing yet must keep nobody waiting: the
        # handshake belongs to the thread of its own connection, at its first read.
        plain, address = socket.socket.accept(self.socket)
        connection = self.ssl_context.wrap_socket(
            plain, server_side=True, do_handshake_on_connect=False
        )
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away in the middle, as clients do."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def drop_connections(self) -> None:
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Server:
    """Serves one service on 127.0.0.1 in a background thread, on `port` or (0) any free
    one, by https if `tls` is given.

    The port is bound at construction, so `url` is valid before `start`.
    """

    def __init__(
        self,
        service: Service,
        traffic: Traffic,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._application = Application(service, traffic)
        self._listener = _Listener(port, self._application, tls)
        self._thread: threading.Thread | None = None
        self.port: int = self._listener.server_port
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def delay(self) -> float:
        """Seconds that every call is held back, as a stand-in for the distance to a
        service.
        """
        return self._application.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._application.delay = seconds

    def start(self) -> None:
        self._thread = threading.Thread(
            target=self._listener.serve_forever,
            args=(0.02,),
            name=self.url,
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and drop every open connection; harmless when not running."""
        self._application.stopped.set()
        if self._thread:
            self._listener.shutdown()
            self._thread.join()
            self._thread = None
        self._listener.server_close()
        self._listener.drop_connections()
