"""Which local and which remote photo of an album are one photo: those of one name. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from photosync.compare.attributes import Digests, has_equal_bytes
from photosync.errors import SideError
from photosync.media.kinds import Kind, is_raw, kind_of
from photosync.model import Baseline, LocalAlbum, LocalPhoto, Pair, RemotePhoto
from photosync.naming import name_key


class Pairing(NamedTuple):
    """A pair, and the further remote photos of its name."""

    pair: Pair
    duplicates: tuple[RemotePhoto, ...] = ()


def pair_photos(
    title: str,
    album: LocalAlbum | None,
    remotes: Iterable[RemotePhoto],
    baselines: Mapping[str, Baseline] | None = None,
    digests: Digests | None = None,
) -> Iterator[Pairing]:
    """Pair the photos of one album by name.

    The local photos come first, in their order; then the remote ones without a local
    one; and last the photos that only the history knows, as pairs without photos.
    `baselines` are keyed by `name_key`.
    """
    local_photos = album.photos if album else ()
    unseen = dict(baselines or {})
    namesakes = _Namesakes(remotes, local_photos, unseen)
    for local in local_photos:
        name = namesakes.choose_name(local, baselines or {})
        baseline = unseen.pop(name_key(name), None)
        photos = namesakes.take(name)
        remote = _choose_remote(photos, local, baseline, digests)
        named = local
        if name != local.name:
            named = local._replace(name=name)
        pair = Pair(title, name, named, remote, baseline)
        yield Pairing(pair, _leave_out(remote, photos))
    for name, photos in namesakes.left():
        baseline = unseen.pop(name, None)
        remote = _choose_remote(photos, None, baseline, digests)
        pair = Pair(title, photos[0].name, None, remote, baseline)
        yield Pairing(pair, _leave_out(remote, photos))
    for baseline in unseen.values():
        yield Pairing(Pair(title, baseline.name, None, None, baseline))


def recall_names(
    remotes: Sequence[RemotePhoto], baselines: Iterable[Baseline]
) -> Sequence[RemotePhoto]:
    """Return the photos, those that have only a title under the name that the history
    knows.

    Somebody called a photo "Our first day" on the website: that is no name of a file.
    And the ending that is guessed for a title today may be another one than it was then.
    """
    known = {baseline.remote.id: baseline.name for baseline in baselines}
    return [_recall_name(remote, known) for remote in remotes]


def _recall_name(remote: RemotePhoto, known: Mapping[str, str]) -> RemotePhoto:
    if not remote.titled or remote.id not in known:
        return remote
    return remote._replace(name=known[remote.id], stem="")


class _Namesakes:
    """The remote photos of an album by their name, each taken once."""

    def __init__(
        self,
        remotes: Iterable[RemotePhoto],
        local_photos: Sequence[LocalPhoto],
        known: Container[str],
    ) -> None:
        self._photos: dict[str, list[RemotePhoto]] = {}
        guessed: list[RemotePhoto] = []
        for remote in remotes:
            self._photos.setdefault(name_key(remote.name), []).append(remote)
            if remote.stem:
                guessed.append(remote)
        self._guesses: dict[str, str] = {}
        if guessed:
            # A photo that the history knows by its name needs no guess.
            new = [one for one in local_photos if name_key(one.name) not in known]
            self._guesses = _match_guesses(guessed, local_photos, new)

    def choose_name(self, local: LocalPhoto, baselines: Mapping[str, Baseline]) -> str:
        """Return the name by which the album knows a local photo."""
        # Two folders of one album hold an IMG_1.jpg, so one was sent as
        # "Raw - IMG_1.jpg". Where the memory is lost and the other file is gone, only
        # that name tells which one it is; no other photo of the album could have it.
        second = name_key(local.qualified)
        if not second or second not in self._photos:
            return local.name
        if name_key(local.name) in baselines and second not in baselines:
            # It was sent under its own name. Which file the other photo is of, nobody
            # knows.
            return local.name
        return local.qualified

    def take(self, name: str) -> Sequence[RemotePhoto]:
        """Return the photos of a name, and take them away from what is left."""
        key = name_key(name)
        if key not in self._photos:
            key = self._guesses.get(key, key)
        return self._photos.pop(key, ())

    def left(self) -> Iterable[tuple[str, Sequence[RemotePhoto]]]:
        """Return the photos that were not taken, by name."""
        return self._photos.items()


def _match_guesses(
    guessed: Iterable[RemotePhoto],
    local_photos: Iterable[LocalPhoto],
    candidates: Iterable[LocalPhoto],
) -> dict[str, str]:
    """Return the guessed name that each candidate stands for, both as keys.

    Flickr keeps no endings: it is only a guess that the file of a title IMG_1 was called
    IMG_1.jpg, and it may be IMG_1.png as well. But the video of a Live Photo is not its
    picture, nor is its sidecar; and of a RAW picture and a JPEG of one name the service
    has the JPEG.
    """
    names: dict[tuple[str, Kind], str] = {}
    for remote in guessed:
        names[name_key(remote.stem), kind_of(remote.name)] = name_key(remote.name)
    exact = {name_key(local.name) for local in local_photos}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for local in sorted(candidates, key=_is_raw):
        key = name_key(local.name)
        stem, _, _ = key.rpartition(".")
        guess = names.get((stem, kind_of(key)), "")
        # Beside IMG_1.jpg, which has that very name, IMG_1.png is another photo.
        if guess and guess not in exact and guess not in taken:
            found[key] = guess
            taken.add(guess)
    return found


def _is_raw(local: LocalPhoto) -> bool:
    return is_raw(local.name)


def _choose_remote(
    namesakes: Sequence[RemotePhoto],
    local: LocalPhoto | None,
    baseline: Baseline | None,
    digests: Digests | None,
) -> RemotePhoto | None:
    """Return the remote photo that belongs to a pair, of all those of its name.

    That is the one that the history knows, else one equal to the local file, else the
    oldest.
    """
    if not namesakes:
        return None
    if len(namesakes) == 1:
        return namesakes[0]
    agreed = _find_agreed(namesakes, baseline)
    if agreed is not None:
        return agreed
    candidates = _find_like(namesakes, local, digests)
    return min(candidates, key=rank_by_age)


def _leave_out(
    chosen: RemotePhoto | None, namesakes: Sequence[RemotePhoto]
) -> tuple[RemotePhoto, ...]:
    if len(namesakes) <= 1:
        return ()
    return tuple(photo for photo in namesakes if photo != chosen)


def _find_agreed(
    namesakes: Iterable[RemotePhoto], baseline: Baseline | None
) -> RemotePhoto | None:
    if baseline is None:
        return None
    for photo in namesakes:
        if photo.id == baseline.remote.id:
            return photo
    return None


def _find_like(
    namesakes: Sequence[RemotePhoto], local: LocalPhoto | None, digests: Digests | None
) -> Sequence[RemotePhoto]:
    """Return the photos that most likely hold the bytes of the local file, or all."""
    if local is None:
        return namesakes
    of_its_size = [photo for photo in namesakes if photo.size == local.size]
    candidates = of_its_size or list(namesakes)
    md5s = {photo.md5 for photo in candidates}
    if digests is None or len(md5s) == 1:
        return candidates
    try:
        equal = [
            photo for photo in candidates if has_equal_bytes(local, photo, digests)
        ]
    except SideError:
        # A file that cannot be read is equal to none. Its comparison will report that.
        return candidates
    return equal or candidates


def rank_by_age(photo: RemotePhoto) -> tuple[int, str, str]:
    """Return the sort key of photos of one name; it is the same on all computers."""
    # On Flickr one photo may be in both parts of a continued album.
    return photo.modified_ns or 0, photo.id, photo.album_id
