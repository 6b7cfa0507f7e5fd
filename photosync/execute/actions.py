"""What each action does with one step.

Errors are raised; the executor decides what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from photosync.disk.files import Content
from photosync.disk.streams import Progress, Readable, ignore_progress
from photosync.errors import Changed, NotFound, NotMovable, Rejected, SideError
from photosync.execute.details import agree_on_sent, write_details
from photosync.execute.endpoints import Endpoints
from photosync.execute.keeping import find_whereabouts, keep_what_would_be_lost
from photosync.execute.sources import open_source
from photosync.execute.step_photos import get_local, get_remote
from photosync.local.photos import Saved, check_photo
from photosync.local.places import NO_FOLDER
from photosync.model import (
    Actions,
    Comparisons,
    Effect,
    LocalPhoto,
    Shared,
    Side,
    Step,
    Whereabouts,
)
from photosync.naming import name_key, stand_in
from photosync.services.capabilities import OriginalWithheld
from photosync.services.fetching import (
    OTHER_BYTES,
    correct_marks,
    fetch,
    is_told_wrongly,
)


def _upload(endpoints: Endpoints, step: Step, progress: Progress) -> Effect:
    local = get_local(step)
    with open_source(endpoints, step) as source:
        remote = endpoints.remotes[step.service].save(
            step.album, step.name, source, progress
        )
        known = agree_on_sent(endpoints, step, remote, source.details)
        sent = source.size
    return Effect(local, remote, details=known, sent=sent)


def _replace(endpoints: Endpoints, step: Step, progress: Progress) -> Effect:
    local = get_local(step)
    old = get_remote(step)
    backup = keep_what_would_be_lost(endpoints, step)
    with open_source(endpoints, step) as source:
        remote = endpoints.remotes[step.service].replace(old, source, progress)
        sent = source.size
    kept = find_whereabouts(step, backup, remote.backup)
    return Effect(local, remote, *kept, sent=sent)


def _download(endpoints: Endpoints, step: Step, progress: Progress) -> Effect:
    remote = get_remote(step)
    backend = endpoints.remotes[step.service]
    as_is = backend.capabilities.names_are_files
    # Else each night asks for every original of an album that has no place here.
    if not step.local and endpoints.local.find_folder(step.album, as_is=as_is) is None:
        raise Rejected(NO_FOLDER)

    def save(stream: Readable, expected: Content) -> Saved:
        if step.local:
            return endpoints.local.overwrite(step.local, stream, expected, progress)
        return endpoints.local.save(
            step.album, remote.name, stream, expected, progress, as_is=as_is
        )

    try:
        saved, there = fetch(backend, remote, save)
    except OriginalWithheld:
        if step.local or not endpoints.largest:
            raise
        return _download_largest(endpoints, step, progress)
    if endpoints.sidecars:
        _describe_here(endpoints, step, saved.photo)
    is_other = there is not remote
    notice = OTHER_BYTES if is_other else ""
    if is_other or is_told_wrongly(backend, there):
        there = correct_marks(backend, there, saved.photo)
    backup_side = Side.LOCAL if saved.backup else ""
    there = there._replace(size=saved.photo.size, md5=saved.md5)
    agreed = tuple(_find_agreed(endpoints, step, saved.md5))
    return Effect(saved.photo, there, saved.backup, backup_side, agreed, notice)


def _download_largest(endpoints: Endpoints, step: Step, progress: Progress) -> Effect:
    """Bring home the largest picture there is, under a name that says what it is."""
    remote = get_remote(step)
    name = stand_in(remote.name)
    with endpoints.remotes[step.service].open_largest(remote) as stream:
        endpoints.local.save(step.album, name, stream, Content(), progress)
    # No baseline: the photo itself is still to come.
    return Effect()


def _find_agreed(endpoints: Endpoints, step: Step, md5: str) -> Iterator[Shared]:
    """Yield the photos of other services that have the bytes that came home."""
    for shared in step.shared:
        remote = shared.remote
        backend = endpoints.remotes[shared.service]
        try:
            # A disk that keeps no MD5 is read for it.
            known_md5 = remote.md5 or backend.md5(remote)
        except SideError:
            # It changed or went meanwhile: the next run looks at it.
            continue
        if known_md5 == md5:
            yield Shared(shared.service, remote._replace(md5=md5))


def _describe_here(endpoints: Endpoints, step: Step, photo: LocalPhoto) -> None:
    metadata = endpoints.remotes[step.service].metadata(get_remote(step))
    if metadata is None:
        return
    try:
        endpoints.local.describe(photo, metadata)
    except SideError as error:
        raise Rejected(
            f"the photo is here, but not what is told of it: {error}"
        ) from error


def _keep_both(endpoints: Endpoints, step: Step, progress: Progress) -> Effect:
    """Bring the remote version home beside the local one; in the next run the local one
    takes its place there.
    """
    remote = get_remote(step)
    local = get_local(step)
    kind, _, _ = step.service.partition(":")
    today = datetime.now(tz=UTC).astimezone()
    mark = f"{kind} {today:%Y-%m-%d}"

    def save(stream: Readable, expected: Content) -> Saved:
        return endpoints.local.save_beside(local, mark, stream, expected, progress)

    saved, there = fetch(endpoints.remotes[step.service], remote, save)
    return Effect(None, there._replace(size=saved.photo.size, md5=saved.md5))


def _move_remote(endpoints: Endpoints, step: Step, _: Progress) -> Effect:
    old = get_remote(step)
    backend = endpoints.remotes[step.service]
    try:
        moved = backend.move(old, step.album, step.name)
    except NotMovable:
        return _send_anew(endpoints, step)
    return Effect(step.local, moved._replace(md5=moved.md5 or old.md5))


def _send_anew(endpoints: Endpoints, step: Step) -> Effect:
    """Upload a photo again where the service cannot move it; the old one is deleted only
    when the new one is there.
    """
    backend = endpoints.remotes[step.service]
    local = get_local(step)
    with open_source(endpoints, step) as source:
        remote = backend.save(step.album, step.name, source, ignore_progress)
    backend.commit_album(step.album)
    backend.delete(get_remote(step))
    version = backend.find_versions([remote.id]).get(remote.id, remote.version)
    return Effect(local, remote._replace(version=version))


def _move_local(endpoints: Endpoints, step: Step, _: Progress) -> Effect:
    as_is = endpoints.remotes[step.service].capabilities.names_are_files
    # Not `get_local`: here the file still has its old name.
    local = step.local
    assert local is not None
    _check_leader(step)
    moved = endpoints.local.move(local, step.album, step.name, as_is=as_is)
    remote = step.remote
    if remote is not None and name_key(remote.name) != name_key(step.name):
        # It is the photo there that a companion goes with, not the companion itself.
        remote = None
    return Effect(moved, remote, agreed=step.shared)


def _delete_local(endpoints: Endpoints, step: Step, _: Progress) -> Effect:
    if step.comparison is Comparisons.REMOTE_DELETED:
        _check_gone_there(endpoints, step)
    _check_leader(step)
    backup = endpoints.local.delete(get_local(step))
    if not backup:
        return Effect()
    return Effect(backup=backup, backup_side=Side.LOCAL)


def _check_leader(step: Step) -> None:
    """Raise Changed or NotFound where the photo that a companion belongs to stays."""
    # The photo was edited here during the uploads, and stays: so does its sidecar.
    if step.leader is not None:
        check_photo(step.leader)


def _check_gone_there(endpoints: Endpoints, step: Step) -> None:
    """Raise Changed unless the service confirms that a photo is gone."""
    (absence,) = endpoints.remotes[step.service].find_absences([get_remote(step)])
    expected = {Whereabouts.GONE}
    if step.stands_at:
        # It was moved there as well as edited, and has come home from its new place.
        expected.add(Whereabouts.ELSEWHERE)
    if absence.whereabouts not in expected:
        raise Changed(f"not deleted: {absence.reason}; the next run takes it up")


def _delete_remote(endpoints: Endpoints, step: Step, _: Progress) -> Effect:
    if step.is_duplicate:
        _check_duplicate(endpoints, step)
    kept_here = keep_what_would_be_lost(endpoints, step)
    kept_there = endpoints.remotes[step.service].delete(get_remote(step))
    return Effect(None, None, *find_whereabouts(step, kept_here, kept_there))


def _check_duplicate(endpoints: Endpoints, step: Step) -> None:
    """Raise Changed unless the photo that is to stay is still there, and neither it nor
    the duplicate has changed since they were listed.
    """
    backend = endpoints.remotes[step.service]
    assert step.kept is not None
    try:
        # Another computer may be deleting duplicates at this very moment.
        backend.check_present(step.kept)
    except (NotFound, Changed) as error:
        reason = f"the one that is to stay (id {step.kept.id}) is not as it was listed"
        raise Changed(f"not deleted: {reason}") from error
    for photo in (get_remote(step), step.kept):
        # Both have the tags of the same file, but one may have been edited there since.
        if backend.capabilities.final_delete and backend.read_again(photo):
            raise Changed("it was changed there since it was sent; left alone")


def _describe(endpoints: Endpoints, step: Step, _: Progress) -> Effect:
    if step.details is not None:
        return write_details(endpoints, step, step.details)
    local = get_local(step)
    backend = endpoints.remotes[step.service]
    remote = backend.update_metadata(get_remote(step), local)
    return Effect(local, remote)


def _tag(endpoints: Endpoints, step: Step, _: Progress) -> Effect:
    tagged = endpoints.remotes[step.service].tag(get_remote(step))
    return Effect(step.local, tagged)


DO: Mapping[Actions, Callable[[Endpoints, Step, Progress], Effect]] = {
    Actions.UPLOAD_LOCAL: _upload,
    Actions.REPLACE_REMOTE_WITH_LOCAL: _replace,
    Actions.DOWNLOAD_REMOTE: _download,
    Actions.DELETE_LOCAL: _delete_local,
    Actions.DELETE_REMOTE: _delete_remote,
    Actions.UPDATE_REMOTE_METADATA: _describe,
    Actions.UPDATE_LOCAL_METADATA: _describe,
    Actions.MERGE_METADATA: _describe,
    Actions.TAG_REMOTE: _tag,
    Actions.MOVE_REMOTE: _move_remote,
    Actions.MOVE_LOCAL: _move_local,
    Actions.KEEP_BOTH: _keep_both,
}
