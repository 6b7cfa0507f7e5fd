from __future__ import annotations

import socket
from collections.abc import Mapping
from threading import Thread

import pytest
import requests

from photosync.errors import AuthorizationNeeded, UsageError
from photosync.services.auth.oauth import Loopback, ask_for_address


def is_ours(query: Mapping[str, str]) -> bool:
    return query.get("state") == "ours"


def visit(port: int, path: str) -> int:
    session = requests.Session()
    session.trust_env = False
    return session.get(f"http://127.0.0.1:{port}{path}", timeout=10).status_code


def test_the_first_answer_that_is_ours_is_taken() -> None:
    with Loopback(is_ours) as loopback:
        assert visit(loopback.port, "/favicon.ico") == 404
        assert visit(loopback.port, "/?code=theirs&state=guessed") == 404
        assert visit(loopback.port, "/any/path?code=a%2Fb&state=ours") == 200
        assert visit(loopback.port, "/?code=later&state=ours") == 200
        assert loopback.wait(10) == {"code": "a/b", "state": "ours"}


def test_a_connection_over_which_nothing_comes_keeps_nobody_out() -> None:
    with (
        Loopback(is_ours) as loopback,
        socket.create_connection(("127.0.0.1", loopback.port)),
    ):
        assert visit(loopback.port, "/?state=ours") == 200
        assert loopback.wait(10) == {"state": "ours"}


def test_a_browser_that_is_waited_for_gets_its_answer() -> None:
    with Loopback(is_ours) as loopback:
        browser = Thread(target=visit, args=(loopback.port, "/?state=ours"))
        browser.start()
        browser.join(10)
        assert not browser.is_alive()
        assert loopback.wait(0) == {"state": "ours"}


def test_nobody_coming_is_told() -> None:
    with (
        Loopback(is_ours) as loopback,
        pytest.raises(AuthorizationNeeded, match="nobody answered"),
    ):
        loopback.wait(0.01)


def test_it_listens_on_this_computer_alone_and_no_longer_than_needed() -> None:
    with Loopback(is_ours) as loopback:
        port = loopback.port
        with pytest.raises(UsageError, match=f"port {port}"):
            Loopback(is_ours, port)
    with pytest.raises(requests.ConnectionError):
        visit(port, "/?state=ours")


class Typist:
    """Somebody who pastes what is prepared."""

    def __init__(self, line: str) -> None:
        self._line = line

    def tell(self, text: str) -> None:
        raise AssertionError(text)

    def ask(self, question: str) -> str:
        assert question == "address: "
        return self._line


@pytest.mark.parametrize(
    ("line", "query"),
    [
        (
            " http://localhost:8085/?state=s&code=4%2F0A ",
            {"state": "s", "code": "4/0A"},
        ),
        ("", {}),
        ("hello", {}),
        ("http://localhost:8085/", {}),
    ],
)
def test_the_query_of_a_pasted_address_is_read(
    line: str, query: dict[str, str]
) -> None:
    assert ask_for_address(Typist(line)) == query
