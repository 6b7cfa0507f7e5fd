"""Titles, keywords and other details of photos, on their way to a service and home."""

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
    """Return the details that go with a photo that is sent, as far as its service has
    fields for them.
    """
    able = endpoints.remotes[step.service].capabilities
    if not endpoints.sidecars or not able.details:
        return NO_DETAILS
    if is_sidecar(local.name):
        return NO_DETAILS
    try:
        details = endpoints.local.details(local)
    except SideError:
        # A sidecar that is no XMP must not keep its photo from being sent.
        return NO_DETAILS
    keywords = find_fitting(details.keywords, able.most_keywords)
    # A position takes a call of its own, and comes once the photo is there.
    return replace(details, position="", keywords=keywords)


def agree_on_sent(
    endpoints: Endpoints, step: Step, remote: RemotePhoto, sent: Details
) -> KnownDetails | None:
    """Return the details that both sides agree on after a photo was sent; None where
    they did not go with it.
    """
    backend = endpoints.remotes[step.service]
    able = backend.capabilities.details
    local = step.local
    if local is None or not endpoints.sidecars or not able:
        return None
    if not backend.has_described(remote):
        return None
    texts: list[tuple[TextField, str, str]] = []
    fields: tuple[TextField, ...] = ("title", "description")
    for field in fields:
        if field in able:
            text = sent.get_text(field)
            texts.append((field, text, text))
    # With only this much of the state the next run compares them once more, and finds what
    # did not fit.
    state = SOME_SIDECAR if endpoints.local.find_sidecar(local) else ""
    keywords = (sent.keywords, sent.keywords)
    return KnownDetails(remote.id, state, tuple(texts), keywords)


def write_details(endpoints: Endpoints, step: Step, merge: DetailsMerge) -> Effect:
    """Write to each side the details that it lacks.

    Here comes first, where the old sidecar goes to the trash and can be brought back.
    """
    local = step.local
    remote = step.remote
    assert local is not None
    assert remote is not None
    backend = endpoints.remotes[step.service]
    merge = _confirm_losses(merge, backend, remote)
    replaced_sidecar = ""
    backup_here = ""
    backup_there = ""
    if merge.edit_here:
        sidecar, backup_here = endpoints.local.write_details(
            local, merge.here, merge.edit_here
        )
        if backup_here:
            replaced_sidecar = sidecar
    if merge.edit_there:
        backup_there = backend.write_details(remote, merge.there, merge.edit_there)
    backup, side = _join_backups(step.service, backup_here, backup_there)
    return Effect(
        local, remote, backup, side, details=merge.agreed, sidecar=replaced_sidecar
    )


def _confirm_losses(
    merge: DetailsMerge, backend: Backend, remote: RemotePhoto
) -> DetailsMerge:
    """Return a merge with the keywords in the spelling that people gave them there.

    A listing may lack the descriptions for once, and none must be taken away here for
    that: so the service is asked for the photo itself. Raises Changed for a text that
    it has after all.
    """
    edit = merge.edit_here
    lost = [field for field, text in edit.texts if not text]
    fields: set[str] = set(lost)
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


def _join_backups(service: str, here: str, there: str) -> tuple[str, str]:
    """Return the backups of the old details of both sides as one, and who keeps it."""
    if here and there:
        return json.dumps([here, there]), service
    if here:
        return here, Side.LOCAL
    if there:
        return there, service
    return "", ""
