"""What each action does with one step. Errors are raised; what they mean, the executor decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from photosync import sidecar
from photosync.backend import Advance, Backend, Capabilities, OriginalWithheld, Source
from photosync.errors import Changed, NotMovable, Rejected, SideError
from photosync.explorer import Explorer, ReducedSource
from photosync.files import Content, md5_of_stream
from photosync.media.kinds import ending_of, is_sidecar
from photosync.model import Actions, Comparisons, Done, LocalPhoto, RemotePhoto, Side, Step
from photosync.naming import key, stand_in
from photosync.shrink import Shrunk
from photosync.shrinker import Shrinker


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of every step.

    `largest`: a lesser picture is better than none; `sidecars`: what people wrote about a photo
    comes home beside it; `shrinker` makes the smaller copies that are sent, where they are asked
    for.
    """

    local: Explorer
    remotes: Mapping[str, Backend]
    largest: bool = False
    sidecars: bool = False
    shrinker: Shrinker | None = None


def _upload(sides: Sides, step: Step, advance: Advance) -> Done:
    local = _local(step)
    with _source(sides, step) as source:
        remote = sides.remotes[step.service].save(step.album, local.name, source, advance)
    return Done(local, remote)


def _replace(sides: Sides, step: Step, advance: Advance) -> Done:
    local, old = _local(step), _remote(step)
    kept = _keep_what_would_be_lost(sides, step)
    with _source(sides, step) as source:
        remote = sides.remotes[step.service].replace(old, source, advance)
    return Done(local, remote, *_whereabouts(step, kept, remote.replaced))


@contextmanager
def _source(sides: Sides, step: Step) -> Iterator[Source]:
    """What is sent: the photo, or a smaller copy where these are wanted and one can be made."""
    local = _local(step)
    full, able = sides.local.source(local), sides.remotes[step.service].capabilities
    if sides.shrinker is None or not able.keeps_facts or is_sidecar(local.name):
        yield full
        return
    with sides.shrinker.shrunk(local.path) as copy:
        if copy is None or not _may_replace(copy, local, able):
            yield full
        else:
            yield ReducedSource(local, sides.local.md5(local), copy.path)


def _may_replace(copy: Shrunk, local: LocalPhoto, able: Capabilities) -> bool:
    """Whether a copy is smaller, and of a kind that the name goes with or the service makes."""
    same_kind = copy.name_for(local.name) == local.name
    smaller = Path(copy.path).stat().st_size < local.size
    return smaller and (same_kind or ending_of(local.name) in able.converts)


def _download(sides: Sides, step: Step, advance: Advance) -> Done:
    remote, backend = _remote(step), sides.remotes[step.service]
    expected = _expected(remote)
    as_is = backend.capabilities.names_are_files
    try:
        with backend.open(remote) as stream:
            if step.local:
                saved = sides.local.overwrite(step.local, stream, expected, advance)
            else:
                name = remote.name
                saved = sides.local.save(step.album, name, stream, expected, advance, as_is=as_is)
    except OriginalWithheld:
        if step.local or not sides.largest:
            raise
        with backend.open_largest(remote) as stream:
            sides.local.save(step.album, stand_in(remote.name), stream, Content(), advance)
        return Done()
    if sides.sidecars:
        _describe_here(sides, step, saved.photo)
    kept_by = Side.LOCAL if saved.kept else ""
    there = remote._replace(size=saved.photo.size, md5=saved.md5)
    return Done(saved.photo, there, saved.kept, kept_by)


def _expected(remote: RemotePhoto) -> Content:
    """What is to arrive: of a smaller copy nobody knows more than when it was changed."""
    if remote.reduced:
        return Content(modified_ns=remote.modified_ns)
    return Content(remote.size, remote.md5, remote.modified_ns)


def _describe_here(sides: Sides, step: Step, photo: LocalPhoto) -> None:
    facts = sides.remotes[step.service].facts(_remote(step))
    if facts is None:
        return
    try:
        sidecar.write(photo.path, sidecar.needed(photo.path, facts))
    except SideError as error:
        raise Rejected(f"the photo is here, but not what is told of it: {error}") from error


def _keep_both(sides: Sides, step: Step, advance: Advance) -> Done:
    """Bring the remote version beside the local one, which takes its place in the next run."""
    remote, local = _remote(step), _local(step)
    expected = _expected(remote)
    mark = f"{step.service.partition(':')[0]} {datetime.now(tz=UTC).astimezone():%Y-%m-%d}"
    with sides.remotes[step.service].open(remote) as stream:
        saved = sides.local.save_beside(local, mark, stream, expected, advance)
    return Done(None, remote._replace(size=saved.photo.size, md5=saved.md5))


def _move_remote(sides: Sides, step: Step, _: Advance) -> Done:
    old, backend = _remote(step), sides.remotes[step.service]
    try:
        moved = backend.move(old, step.album, step.name)
    except NotMovable:
        return _send_anew(sides, step)
    return Done(step.local, moved._replace(md5=moved.md5 or old.md5))


def _send_anew(sides: Sides, step: Step) -> Done:
    """What a move comes to where the service cannot: the new one is there before the old goes."""
    backend, local = sides.remotes[step.service], _local(step)
    remote = backend.save(step.album, step.name, sides.local.source(local), _unwatched)
    backend.settle(step.album)
    backend.delete(_remote(step))
    return Done(local, remote)


def _unwatched(_: int) -> None:
    """Progress that nobody watches."""


def _move_local(sides: Sides, step: Step, _: Advance) -> Done:
    as_is = sides.remotes[step.service].capabilities.names_are_files
    moved = sides.local.move(_local(step), step.album, step.name, as_is=as_is)
    # A file that only accompanies a photo is not there itself.
    is_there = step.remote and key(step.remote.name) == key(step.name)
    return Done(moved, step.remote if is_there else None)


def _delete_local(sides: Sides, step: Step, _: Advance) -> Done:
    gone_there = step.comparison is Comparisons.REMOTE_DELETED
    if gone_there and not sides.remotes[step.service].is_gone(_remote(step)):
        raise Changed(f"it is on {step.service} after all; the next run takes it up")
    kept = sides.local.delete(_local(step))
    return Done(kept=kept, kept_by=Side.LOCAL if kept else "")


def _delete_remote(sides: Sides, step: Step, _: Advance) -> Done:
    kept_here = _keep_what_would_be_lost(sides, step)
    kept_there = sides.remotes[step.service].delete(_remote(step))
    return Done(None, None, *_whereabouts(step, kept_here, kept_there))


def _describe(sides: Sides, step: Step, _: Advance) -> Done:
    local = _local(step)
    return Done(local, sides.remotes[step.service].describe(_remote(step), local))


def _tag(sides: Sides, step: Step, _: Advance) -> Done:
    return Done(step.local, sides.remotes[step.service].tag(_remote(step)))


def _whereabouts(step: Step, here: str, there: str) -> tuple[str, str]:
    """Where the old bytes are, and who keeps them."""
    if here:
        return here, Side.LOCAL
    return (there, step.service) if there else ("", "")


def _keep_what_would_be_lost(sides: Sides, step: Step) -> str:
    """Fetch into the local trash what a service deletes for good, unless we have the same bytes.

    Its path there, empty where it was not needed.
    """
    remote, backend = _remote(step), sides.remotes[step.service]
    if not backend.capabilities.final_delete or not sides.local.keeps_trash:
        return ""
    if step.local and remote.md5 and sides.local.md5(step.local) == remote.md5:
        return ""
    try:
        with backend.open(remote) as stream:
            expected = _expected(remote)
            return sides.local.keep(step.album, remote.name, stream, expected)
    except OriginalWithheld as error:
        raise Rejected(
            "its original cannot be fetched into the trash first; --no-trash does without"
        ) from error
    except Changed:
        # A replace that broke off halfway: the bytes are ours, what tells of them is not yet.
        if step.local is None or _md5_there(backend, remote) != sides.local.md5(step.local):
            raise
    return ""


def _md5_there(backend: Backend, remote: RemotePhoto) -> str:
    with backend.open(remote) as stream:
        return md5_of_stream(stream)


def _local(step: Step) -> LocalPhoto:
    assert step.local is not None
    return step.local


def _remote(step: Step) -> RemotePhoto:
    assert step.remote is not None
    return step.remote


DO: Mapping[Actions, Callable[[Sides, Step, Advance], Done]] = {
    Actions.UPLOAD_LOCAL: _upload,
    Actions.REPLACE_REMOTE_WITH_LOCAL: _replace,
    Actions.DOWNLOAD_REMOTE: _download,
    Actions.DELETE_LOCAL: _delete_local,
    Actions.DELETE_REMOTE: _delete_remote,
    Actions.UPDATE_REMOTE_METADATA: _describe,
    Actions.TAG_REMOTE: _tag,
    Actions.MOVE_REMOTE: _move_remote,
    Actions.MOVE_LOCAL: _move_local,
    Actions.KEEP_BOTH: _keep_both,
}
