"""Other users of Flickr, whose albums are looked at."""

from __future__ import annotations

import re

from photosync.errors import NotFound, Rejected
from photosync.services.answers import read_id, reading
from photosync.services.flickr.calls.connection import Connection

_NSID = re.compile(r"[0-9]+@N[0-9]+")
_STREAM = "https://www.flickr.com/photos/{}/"


def find_nsid(connection: Connection, user: str) -> str:
    """Return the NSID of a user given by it, by name, or by the photostream or its
    address (flickr.people.findByUsername, urls.lookupUser).

    Raises Rejected if there is no such user.
    """
    if _NSID.fullmatch(user):
        return user
    is_address = "/" in user
    if not is_address:
        try:
            return _find_by_name(connection, user)
        except NotFound:
            # "jane-doe" as in the address of her photostream is no user name.
            pass
    url = user if is_address else _STREAM.format(user)
    try:
        answer = connection.call("urls.lookupUser", url=url)
    except NotFound:
        raise Rejected(f"Flickr knows no user {user}") from None
    with reading("Flickr"):
        return read_id(answer["user"]["id"])


def _find_by_name(connection: Connection, name: str) -> str:
    answer = connection.call("people.findByUsername", username=name)
    with reading("Flickr"):
        return read_id(answer["user"]["id"])
