"""Details of photos on their way: with an upload, to a service, and home."""

from __future__ import annotations

import json
from dataclasses import replace

from photosync.compare.details import SOME_SIDECAR
from photosync.compare.keywords import find_fitting, respell
from photosync.errors import Changed, SideError
from photosync.execute.endpoints import Endpoints
from photosync.media.kinds import is_sidecar
from photosync.model import (
    KEYWORDS,
    NO_DETAILS,
    Details,
    DetailsMerge,
    Effect,
    KnownDetails,
    LocalPhoto,
    RemotePhoto,
    Side,
    Step,
    TextField,
)
from photosync.services.base import Backend


def find_details(endpoints: Endpoints, step: Step, local: LocalPhoto) -> Details:
    """Return what is to be told of a photo that is sent, as far as its service has
    fields for it.
    """
    able = endpoints.remotes[step.service].capabilities
    if not (endpoints.sidecars and able.details) or is_sidecar(local.name):
        return NO_DETAILS
    try:
        details = endpoints.local.details(local)
    except SideError:
        # A sidecar that is no XMP keeps no photo here.
        return NO_DETAILS
    keywords = find_fitting(details.keywords, able.most_keywords)
    # A position takes a call of its own, and comes once the photo is there.
    return replace(details, position="", keywords=keywords)


def agree_on_sent(
    endpoints: Endpoints, step: Step, remote: RemotePhoto, sent: Details
) -> KnownDetails | None:
    """Return what is agreed on of the details of a photo that was just sent; None where
    they did not go with it.
    """
    backend = endpoints.remotes[step.service]
    local = step.local
    if local is None or not backend.has_described(remote):
        return None
    if not (endpoints.sidecars and backend.capabilities.details):
        return None
    able = backend.capabilities.details
    fields: tuple[TextField, ...] = ("title", "description")
    sent_fields = [field for field in fields if field in able]
    texts = (
        (field, sent.get_text(field), sent.get_text(field)) for field in sent_fields
    )
    # What did not fit is to be read once more.
    state = SOME_SIDECAR if endpoints.local.find_sidecar(local) else ""
    keywords = (sent.keywords, sent.keywords)
    return KnownDetails(remote.id, state, tuple(texts), keywords)


def write_details(endpoints: Endpoints, step: Step, merge: DetailsMerge) -> Effect:
    """Write on each side what it lacks of the details of a photo, here first: what is
    written there cannot be kept in a trash.
    """
    local = step.local
    remote = step.remote
    assert local is not None
    assert remote is not None
    backend = endpoints.remotes[step.service]
    merge = _bear_out(merge, backend, remote)
    sidecar = kept = told = ""
    if merge.edit_here:
        sidecar, kept = endpoints.local.write_details(
            local, merge.here, merge.edit_here
        )
    if merge.edit_there:
        told = backend.write_details(remote, merge.there, merge.edit_there)
    backup, side = _join_backups(step.service, kept, told)
    return Effect(
        local,
        remote,
        backup,
        side,
        details=merge.agreed,
        sidecar=sidecar if kept else "",
    )


def _bear_out(
    merge: DetailsMerge, backend: Backend, remote: RemotePhoto
) -> DetailsMerge:
    """Return a merge with its keywords as they were written there.

    A listing that for once told no descriptions takes none away here: the service is
    asked for the photo itself. Raises Changed for a text that is there after all.
    """
    edit = merge.edit_here
    lost = [field for field, text in edit.texts if not text]
    fields: set[str] = {*lost}
    if edit.added or edit.removed:
        fields.add(KEYWORDS)
    if not fields:
        return merge
    asked = backend.ask_details(remote, fields)
    for field in lost:
        if asked.details.get_text(field):
            raise Changed(
                f"its {field} is there, though the listing told none; left as it is"
            )
    return respell(merge, asked.written)


def _join_backups(service: str, kept: str, told: str) -> tuple[str, str]:
    """Return what brings the old details back on either side, and who keeps it."""
    if kept and told:
        return json.dumps([kept, told]), service
    if kept:
        return kept, Side.LOCAL
    return told, service if told else ""
