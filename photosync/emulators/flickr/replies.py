"""Replies of the API in its formats.

A reply is the JSON form: in XML, dictionaries and lists of them are elements, plain
values are attributes, and ``_content`` is the text of an element.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from werkzeug.wrappers import Response

from photosync.emulators.flickr.errors import ApiError

Reply = dict[str, Any]

_CONTENT = "_content"
# No escape sequence makes these valid in XML 1.0.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fail(error: ApiError) -> Reply:
    return {"stat": "fail", "code": error.code, "message": error.message, **error.extra}


def render(reply: Reply, arguments: Mapping[str, str]) -> Response:
    """Give a reply in the format that the arguments of the call ask for."""
    if arguments.get("format") == "json":
        return _json(reply, arguments)
    return xml(reply)


def xml(reply: Reply) -> Response:
    stat = reply["stat"]
    body = "".join(_element(*child) for child in _children(reply))
    if stat == "fail":
        body = f"<err code={_attribute(reply['code'])} msg={_attribute(reply['message'])} />"
        extras = {
            name: {_CONTENT: reply[name]} for name in reply if name not in _FAILURE
        }
        body += "".join(_element(name, value) for name, value in extras.items())
    text = f'<?xml version="1.0" encoding="utf-8" ?>\n<rsp stat="{stat}">\n{body}\n</rsp>\n'
    return Response(text, content_type="text/xml; charset=utf-8")


_FAILURE = frozenset({"stat", "code", "message"})


def _json(reply: Reply, arguments: Mapping[str, str]) -> Response:
    text = json.dumps(reply, ensure_ascii=False, separators=(",", ":"))
    if arguments.get("nojsoncallback") == "1":
        return Response(text, content_type="application/json; charset=utf-8")
    callback = arguments.get("jsoncallback", "jsonFlickrApi")
    return Response(
        f"{callback}({text})", content_type="text/javascript; charset=utf-8"
    )


def _element(name: str, content: Mapping[str, Any]) -> str:
    attributes = "".join(
        f" {key}={_attribute(value)}"
        for key, value in content.items()
        if key != _CONTENT and not isinstance(value, dict | list)
    )
    body = escape(_clean(content.get(_CONTENT, "")))
    body += "".join(_element(*child) for child in _children(content))
    return f"<{name}{attributes}>{body}</{name}>" if body else f"<{name}{attributes} />"


def _children(content: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    children: list[tuple[str, Mapping[str, Any]]] = []
    for name, value in content.items():
        if isinstance(value, dict):
            children.append((name, value))
        elif isinstance(value, list):
            children += [(name, item) for item in value]
    return children


def _attribute(value: object) -> str:
    return quoteattr(_clean(value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _clean(value: object) -> str:
    return _NOT_XML.sub("", str(value))
