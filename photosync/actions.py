"""What each action does with one step. Errors are raised; what they mean, the executor decides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from photosync.backend import Advance, Backend, OriginalWithheld
from photosync.errors import Changed, Rejected
from photosync.explorer import Explorer
from photosync.files import CHUNK, Content
from photosync.model import Actions, RemotePhoto, Step
from photosync.naming import stand_in


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of every step; `largest`: a lesser picture is better than none."""

    local: Explorer
    remotes: Mapping[str, Backend]
    largest: bool = False


def _upload(sides: Sides, step: Step, advance: Advance) -> None:
    assert step.local is not None
    source = sides.local.source(step.local)
    sides.remotes[step.service].save(step.album, step.local.name, source, advance)


def _replace(sides: Sides, step: Step, advance: Advance) -> None:
    assert step.local is not None
    _keep_what_would_be_lost(sides, step)
    source = sides.local.source(step.local)
    sides.remotes[step.service].replace(_remote(step), source, advance)


def _download(sides: Sides, step: Step, advance: Advance) -> None:
    remote, backend = _remote(step), sides.remotes[step.service]
    expected = Content(remote.size, remote.md5, remote.modified_ns)
    as_is = backend.capabilities.names_are_files
    try:
        with backend.open(remote) as stream:
            if step.local:
                sides.local.overwrite(step.local, stream, expected, advance)
            else:
                sides.local.save(step.album, remote.name, stream, expected, advance, as_is=as_is)
    except OriginalWithheld:
        if step.local or not sides.largest:
            raise
        with backend.open_largest(remote) as stream:
            sides.local.save(step.album, stand_in(remote.name), stream, Content(), advance)


def _delete_local(sides: Sides, step: Step, _: Advance) -> None:
    assert step.local is not None
    sides.local.delete(step.local)


def _delete_remote(sides: Sides, step: Step, _: Advance) -> None:
    _keep_what_would_be_lost(sides, step)
    sides.remotes[step.service].delete(_remote(step))


def _describe(sides: Sides, step: Step, _: Advance) -> None:
    assert step.local is not None
    sides.remotes[step.service].describe(_remote(step), step.local)


def _keep_what_would_be_lost(sides: Sides, step: Step) -> None:
    """Fetch into the local trash what a service deletes for good, unless we have the same bytes."""
    remote, backend = _remote(step), sides.remotes[step.service]
    if not backend.capabilities.final_delete or not sides.local.keeps_trash:
        return
    if step.local and remote.md5 and sides.local.md5(step.local) == remote.md5:
        return
    try:
        with backend.open(remote) as stream:
            expected = Content(remote.size, remote.md5, remote.modified_ns)
            sides.local.keep(step.album, remote.name, stream, expected)
    except OriginalWithheld as error:
        raise Rejected(
            "its original cannot be fetched into the trash first; --no-trash does without"
        ) from error
    except Changed:
        # A replace that broke off halfway: the bytes are ours, what tells of them is not yet.
        if step.local is None or _md5_there(backend, remote) != sides.local.md5(step.local):
            raise


def _md5_there(backend: Backend, remote: RemotePhoto) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with backend.open(remote) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _remote(step: Step) -> RemotePhoto:
    assert step.remote is not None
    return step.remote


DO: Mapping[Actions, Callable[[Sides, Step, Advance], None]] = {
    Actions.UPLOAD_LOCAL: _upload,
    Actions.REPLACE_REMOTE_WITH_LOCAL: _replace,
    Actions.DOWNLOAD_REMOTE: _download,
    Actions.DELETE_LOCAL: _delete_local,
    Actions.DELETE_REMOTE: _delete_remote,
    Actions.UPDATE_REMOTE_METADATA: _describe,
}
