from __future__ import annotations

from typing import Any

import pytest
import requests
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from photosync.errors import ServiceRefused
from photosync.services.web import USER_AGENT, SafeSession, read_origin

TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, True),
        ({"SSL_CERT_FILE": "/c"}, "/c"),
        ({"CURL_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/c"}, "/b"),
        (
            {"REQUESTS_CA_BUNDLE": "/a", "CURL_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/c"},
            "/a",
        ),
        ({"REQUESTS_CA_BUNDLE": "", "SSL_CERT_FILE": "/c"}, "/c"),
    ],
)
def test_a_session_trusts_whom_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: Any
) -> None:
    for name in TRUST:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    session = SafeSession()
    assert session.verify == expected
    settings = session.merge_environment_settings(
        "https://google.com", {}, None, None, None
    )
    assert settings["verify"] == expected


def test_a_session_goes_through_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "internal.example")
    session = SafeSession()
    for host, proxies in (
        ("www.googleapis.com", {"https": "http://proxy.example:3128"}),
        ("internal.example", {}),
    ):
        settings = session.merge_environment_settings(
            f"https://{host}", {}, None, None, None
        )
        assert settings["proxies"].get("https") == proxies.get("https")


def test_a_session_says_who_it_is_and_resends_nothing_by_itself() -> None:
    session = SafeSession()
    assert session.headers["User-Agent"] == USER_AGENT
    for scheme in ("http://", "https://"):
        adapter: Any = session.get_adapter(f"{scheme}example.com")
        assert adapter.max_retries.total == 0
        assert adapter.max_retries.read is False


def test_certificates_that_are_not_there_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent.pem")
    with pytest.raises(ServiceRefused, match=r"in /nonexistent\.pem are not there"):
        SafeSession().get("https://photosync.invalid/")


@pytest.mark.parametrize(
    "address",
    [
        "https://www.googleapis.com",
        "https://www.googleapis.com/drive/v3/files?fields=id%2Cname",
        "http://127.0.0.1:8080/x",
        "https://google.com?x",
        "https://google.com#x",
        "HTTPS://Google.com/x",
        "https://evil.example\\@google.com/",
        "https://evil.example@google.com/",
        "https://google.com:443@evil.example/",
        "https://google.com:x/",
        "https://google.com:99999/",
        "https://google.com\n.evil.example/",
        "https://google.com\n",
        "https://[::1]:8080/x",
        "https://b\u00fccher.example/x",
        "ftp://google.com/x",
        "//google.com/x",
        "",
    ],
)
def test_of_whom_an_address_speaks_to_requests_thinks_the_same(address: str) -> None:
    found = read_origin(address)
    try:
        prepared = requests.Request("GET", address).prepare()
        read = parse_url(prepared.url or "")
    except (requests.RequestException, LocationParseError):
        # It is never asked for.
        return
    assert (found.scheme, found.host, found.port) == (read.scheme, read.host, read.port)
