"""Which photos of one album are one photo: same name, same photo. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from photosync.compare.attributes import Digests, has_equal_bytes
from photosync.errors import SideError
from photosync.media.kinds import is_raw, kind_of
from photosync.model import Baseline, LocalAlbum, LocalPhoto, Pair, RemotePhoto
from photosync.naming import name_key


class Pairing(NamedTuple):
    """A pair, and further remote photos of its name."""

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

    Local photos come first, in their order, then remote ones without a local one, and
    last what only history knows, as pairs of nothing. `baselines` are keyed by
    `name_key`.
    """
    local_photos = album.photos if album else ()
    unseen = dict(baselines or {})
    namesakes = _Namesakes(remotes, local_photos, unseen)
    for local in local_photos:
        name = namesakes.choose_name(local, baselines or {})
        baseline = unseen.pop(name_key(name), None)
        photos = namesakes.take(name)
        remote = _choose_remote(photos, local, baseline, digests)
        named = local._replace(name=name) if name != local.name else local
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
    """Give photos that have only a title the name under which history knows their id.

    Somebody called it "Our first day" on the website: that is no name of a file. And
    whoever guesses an ending may guess another one today than when it was agreed.
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
            # What history knows by its name is not the photo of a guess.
            new = [one for one in local_photos if name_key(one.name) not in known]
            self._guesses = _match_guesses(guessed, local_photos, new)

    def choose_name(self, local: LocalPhoto, baselines: Mapping[str, Baseline]) -> str:
        """Return the name by which the album knows a local photo."""
        # Two folders of one album hold IMG_1.jpg, so one was sent as "Raw - IMG_1.jpg".
        # Where memory is lost, and the other is gone, it is known by that name alone;
        # no other photo of the album could have it.
        second = name_key(local.qualified)
        if not second or second not in self._photos:
            return local.name
        if name_key(local.name) in baselines and second not in baselines:
            # It was sent under its own name. Whose that other photo is, nobody knows.
            return local.name
        return local.qualified

    def take(self, name: str) -> Sequence[RemotePhoto]:
        """Return the photos of a name, which nobody else gets then."""
        key = name_key(name)
        if key not in self._photos:
            key = self._guesses.get(key, key)
        return self._photos.pop(key, ())

    def left(self) -> Iterable[tuple[str, Sequence[RemotePhoto]]]:
        """Return what nobody took, by name."""
        return self._photos.items()


def _match_guesses(
    guessed: Iterable[RemotePhoto],
    local_photos: Iterable[LocalPhoto],
    candidates: Iterable[LocalPhoto],
) -> dict[str, str]:
    """Return which names of candidates stand for which guessed ones, both as keys.

    Flickr keeps no endings: of a title IMG_1 it is only guessed that its file was called
    IMG_1.jpg, and so it may be IMG_1.png as well. But of a Live Photo neither the video
    nor the sidecar is the picture, and no service has a raw picture beside another.
    """
    names = {(name_key(one.stem), kind_of(one.name)): one.name for one in guessed}
    exact = {name_key(local.name) for local in local_photos}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for local in sorted(candidates, key=_is_raw):
        key = name_key(local.name)
        guess = name_key(names.get((key.rpartition(".")[0], kind_of(key)), ""))
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
    """Return the one that is meant of several remote photos of one name.

    That which history knows, else one equal to the local file, else the oldest.
    """
    if len(namesakes) <= 1:
        return namesakes[0] if namesakes else None
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
    for photo in namesakes:
        if baseline is not None and photo.id == baseline.remote.id:
            return photo
    return None


def _find_like(
    namesakes: Sequence[RemotePhoto], local: LocalPhoto | None, digests: Digests | None
) -> Sequence[RemotePhoto]:
    """Return those that most likely hold what the local file does, or all."""
    if local is None:
        return namesakes
    candidates = [photo for photo in namesakes if photo.size == local.size]
    candidates = candidates or list(namesakes)
    md5s = {photo.md5 for photo in candidates}
    if digests is None or len(md5s) == 1:
        return candidates
    try:
        equal = [
            photo for photo in candidates if has_equal_bytes(local, photo, digests)
        ]
    except SideError:
        # A file that cannot be read is equal to none; comparing it tells of that.
        return candidates
    return equal or candidates


def rank_by_age(photo: RemotePhoto) -> tuple[int, str, str]:
    """Return what orders photos of one name alike for all who see them."""
    # On Flickr one photo may be in both parts of a continued album.
    return photo.modified_ns or 0, photo.id, photo.album_id
