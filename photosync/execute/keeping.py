"""Photos that a service would delete or replace for good are fetched into the trash."""

from __future__ import annotations

from photosync.disk.files import Content
from photosync.disk.streams import Readable
from photosync.errors import LeftAlone
from photosync.execute.endpoints import Endpoints
from photosync.execute.step_photos import get_remote
from photosync.model import Actions, Side, Step, is_same_version
from photosync.naming import name_key
from photosync.services.capabilities import OriginalWithheld
from photosync.services.fetching import fetch

_NOT_TO_BE_KEPT = (
    "its original cannot be fetched into the trash first; --no-trash does without"
)


def find_whereabouts(step: Step, here: str, there: str) -> tuple[str, str]:
    """Return where the old bytes are, and who keeps them; both empty if nobody does."""
    if here:
        return here, Side.LOCAL
    if there:
        return there, step.service
    return "", ""


def keep_what_would_be_lost(endpoints: Endpoints, step: Step) -> str:
    """Fetch a remote photo into the local trash, unless its service has a trash or the
    file here has the same bytes.

    Returns its path in the trash; empty where it was not needed.
    """
    remote = get_remote(step)
    backend = endpoints.remotes[step.service]
    if not backend.capabilities.final_delete or not endpoints.local.keeps_trash:
        return ""

    if _is_here(endpoints, step, remote.md5):
        return ""

    def keep(stream: Readable, expected: Content) -> str:
        if _is_here(endpoints, step, expected.md5):
            # A replace was cut off halfway: the bytes there are ours already, but the
            # tags still tell of the old ones.
            return ""
        return endpoints.local.keep(step.album, remote.name, stream, expected)

    try:
        backup, _ = fetch(backend, remote, keep)
    except LeftAlone as error:
        # Flickr does not give the original back, but we sent it ourselves and had it
        # here before the edit: then the edit may replace it.
        is_edit = step.action is Actions.REPLACE_REMOTE_WITH_LOCAL
        if is_edit and _was_agreed_on(endpoints, step):
            return ""
        raise OriginalWithheld(_NOT_TO_BE_KEPT) from error
    return backup


def _is_here(endpoints: Endpoints, step: Step, md5: str | None) -> bool:
    """Whether the file here has these bytes; it is read for that where it must be."""
    if step.local is None or not md5:
        return False
    return endpoints.local.md5(step.local) == md5


def _was_agreed_on(endpoints: Endpoints, step: Step) -> bool:
    """Whether a remote photo still is the version that was known to be the file here."""
    remote = get_remote(step)
    baseline = endpoints.find_baseline(step.service, step.album)
    agreed = baseline.get(name_key(step.name))
    if agreed is None or agreed.local is None:
        return False
    if agreed.remote.id != remote.id:
        return False
    return is_same_version(agreed.remote.version, remote.version) is True
