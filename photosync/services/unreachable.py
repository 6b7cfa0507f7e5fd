"""What it means that no answer came: the network, a proxy, a certificate, silence."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from urllib.request import getproxies

import requests
import urllib3

from photosync.errors import Mute, ServiceRefused, SideError, Transient, Unreachable

NETWORK_HINT = "; is there a network?"
_NO_CONNECTION: Mapping[type[BaseException], str] = {
    urllib3.exceptions.NameResolutionError: f"its name is not found{NETWORK_HINT}",
    urllib3.exceptions.ProxyError: "the proxy does not let us through",
    urllib3.exceptions.NewConnectionError: f"there is no way to it{NETWORK_HINT}",
    # It stands above the others in the family of errors.
    urllib3.exceptions.ConnectTimeoutError: "nobody answers there",
}
"""What the network says, in words; the first that fits."""

_NO_ADDRESS = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)


def explain_unreachable(service: str, error: Exception) -> SideError:
    """Return the error for a connection to a service that failed."""
    # A NAS whose clock stands at 1970, or a company's proxy with its own certificate:
    # no repeat helps.
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return ServiceRefused(
            f"the certificate of {service}'s server is not trusted here; check the clock, and "
            "whether this network wants a login first, or name the certificates of your proxy "
            "in REQUESTS_CA_BUNDLE"
        )
    if isinstance(error, _NO_ADDRESS) and getproxies():
        # What it is stays unsaid: a password may be in it.
        return ServiceRefused(
            f"{service} cannot be reached: the proxy in HTTPS_PROXY cannot be used; give "
            "it as http://HOST:PORT"
        )
    if _is_mute(error):
        return Mute(f"{service} does not answer")
    for cause in _list_causes(error):
        for kind, explanation in _NO_CONNECTION.items():
            if isinstance(cause, kind) and not _is_hung_up(cause):
                return Unreachable(f"{service} cannot be reached: {explanation}")
    if isinstance(error, requests.exceptions.SSLError):
        return Transient(f"no encrypted connection to {service} can be made")
    return Transient(f"the connection to {service} broke off")


def _is_hung_up(error: BaseException) -> bool:
    """Whether a line stood and broke off: a service that hangs up behind a proxy is told
    by urllib3 as a proxy that cannot be reached.
    """
    reason = getattr(error, "original_error", None)
    return isinstance(reason, ConnectionError)


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it wraps, of several libraries."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, BaseException) or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        reason = getattr(found, "reason", None)
        waiting += [found.__cause__, reason, *found.args]


def _is_mute(error: Exception) -> bool:
    # What stops amid its body is a ConnectionError to requests.
    is_timeout = "Read timed out" in str(error)
    if isinstance(error, requests.ReadTimeout):
        is_timeout = True
    if not is_timeout or isinstance(error, requests.ConnectTimeout):
        return False
    for cause in _list_causes(error):
        # After a new address of ours the line is dead, which the system finds out: the
        # call is worth a try over a new one.
        if isinstance(cause, OSError) and cause.errno == errno.ETIMEDOUT:
            return False
    return True
