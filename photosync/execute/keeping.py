"""What a service deletes or replaces for good is kept here first."""

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
    """Return where the old bytes are, and who keeps them."""
    if here:
        return here, Side.LOCAL
    return (there, step.service) if there else ("", "")


def keep_what_would_be_lost(endpoints: Endpoints, step: Step) -> str:
    """Fetch into the local trash what a service deletes for good, unless we have the
    same bytes.

    Returns its path there, empty where it was not needed.
    """
    remote = get_remote(step)
    backend = endpoints.remotes[step.service]
    if not backend.capabilities.final_delete or not endpoints.local.keeps_trash:
        return ""
    if step.local and remote.md5 and endpoints.local.md5(step.local) == remote.md5:
        return ""

    def keep(stream: Readable, expected: Content) -> str:
        md5 = expected.md5
        if step.local and md5 and md5 == endpoints.local.md5(step.local):
            # A replace that broke off halfway: the bytes are ours, what tells of them
            # was not yet.
            return ""
        return endpoints.local.keep(step.album, remote.name, stream, expected)

    try:
        backup, _ = fetch(backend, remote, keep)
    except LeftAlone as error:
        # An edit may take the place of what we sent ourselves and had here before it.
        is_edit = step.action is Actions.REPLACE_REMOTE_WITH_LOCAL
        if is_edit and _was_agreed_on(endpoints, step):
            return ""
        raise OriginalWithheld(_NOT_TO_BE_KEPT) from error
    return backup


def _was_agreed_on(endpoints: Endpoints, step: Step) -> bool:
    """Whether a remote photo still is what was known to be the file here as well."""
    remote = get_remote(step)
    baseline = endpoints.find_baseline(step.service, step.album)
    agreed = baseline.get(name_key(step.name))
    if agreed is None or agreed.local is None or agreed.remote.id != remote.id:
        return False
    return is_same_version(agreed.remote.version, remote.version) is True
