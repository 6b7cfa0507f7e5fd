"""Calls that only read: a plain GET each.

Google's library, which builds all that writes, is as large as the rest of what a run
loads that has nothing to do, and that run only reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import requests

from photosync.errors import Transient
from photosync.services.drive.calls.errors import Refusal, Refused
from photosync.services.web import USER_AGENT

_LONGEST_ADDRESS = 2048
_HEADERS = {
    "Accept": "application/json",
    # Google packs its answers only for who says this word, too.
    "User-Agent": f"{USER_AGENT} (gzip)",
}
_AS_FORM = {
    **_HEADERS,
    "Content-Type": "application/x-www-form-urlencoded",
    "X-HTTP-Method-Override": "GET",
}


def locate(*names: str) -> str:
    """Return the place of something below the API: `files`, or `files/ID`."""
    return "/".join(quote(name, safe="") for name in names)


def make_address(place: str, words: Mapping[str, Any]) -> str:
    """Return the address of a place with the words of a question, None is left out."""
    told = {name: value for name, value in words.items() if value is not None}
    return f"{place}?{urlencode({name: _spell(told[name]) for name in told})}"


def _spell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def fetch(
    session: requests.Session, address: str, timeout: tuple[float, float]
) -> dict[str, Any]:
    """Return what Drive answers at an address.

    Raises Refused, Transient for an answer that cannot be read, and what requests
    raises.
    """
    reply = _send(session, address, timeout)
    # A redirect is no answer either.
    if reply.status_code >= requests.codes.multiple_choices:
        raise Refused(Refusal.read(reply.status_code, reply.content, reply.headers))
    return read_answer(reply.content)


def _send(
    session: requests.Session, address: str, timeout: tuple[float, float]
) -> requests.Response:
    how: dict[str, Any] = {"timeout": timeout, "allow_redirects": False}
    if len(address) <= _LONGEST_ADDRESS:
        return session.get(address, headers=_HEADERS, **how)
    # The folders of fifty albums make a long question, which Google takes as a form.
    place, _, question = address.partition("?")
    return session.post(place, data=question, headers=_AS_FORM, **how)


def read_answer(content: bytes) -> dict[str, Any]:
    """Return the object that an answer holds; raises Transient for anything else, as the
    page of a proxy that wants a login.
    """
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Transient("Drive sent an answer that cannot be read")
    return answer
