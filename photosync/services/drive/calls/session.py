"""Whom the token of an account goes to: Google alone."""

from __future__ import annotations

from google.auth.transport.requests import AuthorizedSession

from photosync.services.web import SafeSession, read_origin

_GOOGLE = (".google.com", ".googleapis.com", ".googleusercontent.com")


def is_google(address: str) -> bool:
    """Whether an address is one of Google's own hosts, over TLS."""
    origin = read_origin(address)
    return origin.scheme == "https" and f".{origin.host}".endswith(_GOOGLE)


class GoogleSession(SafeSession, AuthorizedSession):
    """Keeps the token across redirects between Google's own hosts, and from all
    others.
    """

    def should_strip_auth(self, old_url: str, new_url: str) -> bool:
        if is_google(new_url):
            return False
        return bool(super().should_strip_auth(old_url, new_url))  # type: ignore[no-untyped-call]
