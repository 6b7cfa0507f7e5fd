"""Other users of Flickr."""

from __future__ import annotations

import re

from photosync.errors import NotFound, Rejected
from photosync.services.flickr.connection import Connection

_NSID = re.compile(r"[0-9]+@N[0-9]+")
_STREAM = "https://www.flickr.com/photos/{}/"


def nsid_of(connection: Connection, user: str) -> str:
    """The NSID of a user given by it, by name, or by the photostream or its address.

    Raises Rejected if there is no such user.
    """
    if _NSID.fullmatch(user):
        return user
    is_address = "/" in user
    try:
        if not is_address:
            found = connection.call("people.findByUsername", username=user)
            return str(found["user"]["id"])
    except NotFound:
        pass
    url = user if is_address else _STREAM.format(user)
    try:
        return str(connection.call("urls.lookupUser", url=url)["user"]["id"])
    except NotFound:
        raise Rejected(f"Flickr knows no user {user}") from None
