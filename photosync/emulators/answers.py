"""Answers as they should not be: cut, altered, rewritten, or the page of a front-end."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkzeug.wrappers import Response

from photosync.emulators.traffic import Fault


class ConnectionCutError(Exception):
    """The connection is to be dropped at once, without any further byte."""


def html_failure(fault: Fault) -> Response:
    """Answer as a front-end proxy does: HTML that no API client can parse."""
    page = f"<!DOCTYPE html><html><title>Error {fault.status}</title><p>Try again later.</html>\n"
    return Response(page, fault.status, dict(fault.headers), mimetype="text/html")


def rewrite(response: Response, change: Callable[[Any], Any]) -> Response:
    """Give an answer with the body that `change` makes of its own."""
    text = response.get_data(as_text=True)
    is_json = response.mimetype == "application/json"
    body = change(json.loads(text) if is_json else text)
    # The escapes of JSON carry what is no Unicode text, such as half a surrogate pair.
    response.set_data(body if isinstance(body, str | bytes) else json.dumps(body))
    return response


def alter(
    response: Response, change: Callable[[Iterable[bytes], int], Iterator[bytes]]
) -> Response:
    """Give an answer of the announced length whose body passes through `change`."""
    length = response.content_length or response.calculate_content_length() or 0
    response.content_length = length
    response.response = change(response.iter_encoded(), length)
    return response


def send_half(blocks: Iterable[bytes], length: int) -> Iterator[bytes]:
    yield from send_first(blocks, length // 2)
    raise ConnectionCutError


def send_first(blocks: Iterable[bytes], left: int) -> Iterator[bytes]:
    for block in blocks:
        if not left:
            return
        yield block[:left]
        left -= len(block[:left])


def flip_a_byte(blocks: Iterable[bytes], length: int) -> Iterator[bytes]:
    place = length // 2
    for block in blocks:
        if 0 <= place < len(block):
            yield block[:place] + bytes([block[place] ^ 1]) + block[place + 1 :]
        else:
            yield block
        place -= len(block)
