"""Every cell of the mode table, through the command, on a thousand photos in forty
albums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.command import Result
from cli.conftest import World
from cli.trees import SECOND, WHEN, Entry, Photo, files, trashed

TABLE = """
               upload   download   report   repairUpload   sync       syncUpload
REMOTE_OLDER   REPLACE  REPORT     REPORT   REPLACE        REPLACE    REPLACE
DIFFERENT      REPORT   DOWNLOAD   REPORT   REPLACE        REPORT     REPLACE
SAME           SILENT   SILENT     SILENT   SILENT         SILENT     SILENT
UNKNOWN        REPORT   REPORT     REPORT   UPDATE         REPORT     REPLACE
LOCAL_ONLY     UPLOAD   REPORT     REPORT   UPLOAD         UPLOAD     UPLOAD
REMOTE_ONLY    REPORT   DOWNLOAD   REPORT   DELETE         DOWNLOAD   DELETE
"""
ACTIONS = {
    "REPLACE": "REPLACE_REMOTE_WITH_LOCAL",
    "UPLOAD": "UPLOAD_LOCAL",
    "DOWNLOAD": "DOWNLOAD_REMOTE",
    "DELETE": "DELETE_REMOTE",
    "REPORT": "REPORT",
}
MODES, *_ROWS = (line.split() for line in TABLE.strip().splitlines())
CELLS = [
    # What nobody may read there may have other bytes: with our date it would look equal.
    (mode, row[0], "REPORT" if action == "UPDATE" else action)
    for row in _ROWS
    for mode, action in zip(MODES, row[1:], strict=True)
]
DELETES = [
    (mode, comparison) for mode, comparison, action in CELLS if action == "DELETE"
]

ALBUMS = 40
# 25 photos an album.
COUNTS = {
    "SAME": 15,
    "REMOTE_OLDER": 2,
    "DIFFERENT": 2,
    "UNKNOWN": 2,
    "LOCAL_ONLY": 2,
    "REMOTE_ONLY": 2,
}


class Pair(NamedTuple):
    """One photo on both sides."""

    local: Photo | None
    remote: Photo | None


MAKE: Mapping[str, Callable[[bytes], Pair]] = {
    "SAME": lambda data: Pair(Photo(data, WHEN + 59 * SECOND), Photo(data)),
    "REMOTE_OLDER": lambda data: Pair(
        Photo(data, WHEN + 61 * SECOND), Photo(data[::-1])
    ),
    "DIFFERENT": lambda data: Pair(Photo(data), Photo(data + b"!")),
    # To be told apart by their bytes only, and the remote ones nobody may read.
    "UNKNOWN": lambda data: Pair(Photo(data, WHEN + 30 * SECOND), Photo(data[::-1])),
    "LOCAL_ONLY": lambda data: Pair(Photo(data), None),
    "REMOTE_ONLY": lambda data: Pair(None, Photo(data)),
}


class Fate(NamedTuple):
    """What an action makes of a pair, and what of it lies in the trash afterwards."""

    pair: Pair
    local_trash: Photo | None = None
    remote_trash: Photo | None = None


FATES: Mapping[str, Callable[[Pair], Fate]] = {
    "SILENT": Fate,
    "REPORT": Fate,
    "UPLOAD": lambda pair: Fate(Pair(pair.local, pair.local)),
    "DOWNLOAD": lambda pair: Fate(
        Pair(pair.remote, pair.remote), local_trash=pair.local
    ),
    "REPLACE": lambda pair: Fate(
        Pair(pair.local, pair.local), remote_trash=pair.remote
    ),
    "DELETE": lambda pair: Fate(Pair(pair.local, None), remote_trash=pair.remote),
}


def folder_of(album: int) -> tuple[str, ...]:
    """Albums of three depths."""
    deep = (f"year {album % 4}", f"trip {album:02}", "day 1")
    return (f"album {album:02}",) if album % 3 == 0 else deep[: 1 + album % 3]


def library() -> Iterator[tuple[str, tuple[str, ...], str, Pair]]:
    """Comparison, folder, name and content of each of the thousand photos."""
    for album in range(ALBUMS):
        folder = folder_of(album)
        for comparison, count in COUNTS.items():
            for number in range(count):
                name = f"{comparison} {number}.jpg"
                data = f"{album:02}/{number:02} of {comparison}".encode()
                yield comparison, folder, name, MAKE[comparison](data)


def make(world: World) -> None:
    for comparison, folder, name, pair in library():
        remote = world.remote / " - ".join(folder) / name
        if pair.local:
            pair.local.write(world.local.joinpath(*folder, name))
        if pair.remote:
            pair.remote.write(remote)
        if comparison == "UNKNOWN":
            remote.chmod(0)


class Ran(NamedTuple):
    """What a run did, and another one right after it."""

    world: World
    first: Result
    between: Mapping[str, Entry]
    second: Result


Run = Callable[[str, str], Ran]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a mode with a value of --allowDelete; once, for all the tests of that
    mode.
    """

    @cache
    def run(mode: str, allow: str) -> Ran:
        world = World(tmp_path_factory.mktemp(mode))
        make(world)
        # With memory two photos that meet are never said to be older or just different.
        how = ("-m", mode, "-c", "7", "--allowDelete", allow, "--stateless")
        first = world.sync(*how, unprivileged=True)
        between = world.photos_snapshot()
        return Ran(world, first, between, world.sync(*how, unprivileged=True))

    return run


def titled(photos: Mapping[str, Photo], comparison: str) -> dict[str, Photo]:
    """The photos of one comparison by album/name."""
    found = {
        " - ".join(Path(path).parts[:-1]) + "/" + Path(path).name: path
        for path in photos
    }
    return {
        title: photos[path]
        for title, path in found.items()
        if Path(path).name.startswith(f"{comparison} ")
    }


def expected(comparison: str, action: str) -> dict[str, Fate]:
    return {
        f"{' - '.join(folder)}/{name}": FATES[action](pair)
        for its, folder, name, pair in library()
        if its == comparison
    }


class Held(NamedTuple):
    """What the two places and their trashes hold after the runs of a mode."""

    local: dict[str, Photo]
    remote: dict[str, Photo]
    local_trash: dict[str, Photo]
    remote_trash: dict[str, Photo]


@cache
def held(local: Path, remote: Path) -> Held:
    """Read once: what the runs left is only looked at from then on."""
    return Held(files(local), files(remote), trashed(local), trashed(remote))


def check_fates(world: World, comparison: str, action: str) -> None:
    fates = expected(comparison, action)
    assert len(fates) == ALBUMS * COUNTS[comparison]
    found = held(world.local, world.remote)
    places: list[tuple[dict[str, Photo], Callable[[Fate], Photo | None]]] = [
        (found.local, lambda fate: fate.pair.local),
        (found.remote, lambda fate: fate.pair.remote),
        (found.local_trash, lambda fate: fate.local_trash),
        (found.remote_trash, lambda fate: fate.remote_trash),
    ]
    for photos, wanted in places:
        kept = {
            title: photo for title, fate in fates.items() if (photo := wanted(fate))
        }
        assert titled(photos, comparison) == kept


def test_the_library_holds_a_thousand_photos_in_forty_albums_of_three_depths() -> None:
    photos = list(library())
    albums = {folder for _, folder, _, _ in photos}
    assert len(photos) == 1000
    assert len(albums) == 40
    assert {len(folder) for folder in albums} == {1, 2, 3}


@pytest.mark.parametrize(("mode", "comparison", "action"), CELLS)
def test_a_mode_does_what_its_cell_says(
    ran: Run, mode: str, comparison: str, action: str
) -> None:
    world, first, _, _ = ran(mode, "remote" if action == "DELETE" else "neither")
    assert (first.code, first.err) == (0, ""), first.log
    said = [line for line in first.steps if f"({comparison}" in line]
    if action == "SILENT":
        assert said == []
    else:
        assert {line.split()[0] for line in said} == {ACTIONS[action]}
        assert len(said) == ALBUMS * COUNTS[comparison]
    check_fates(world, comparison, action)


@pytest.mark.parametrize(("mode", "comparison"), DELETES)
def test_a_delete_that_is_not_allowed_is_reported_with_the_option_that_would_allow_it(
    ran: Run, mode: str, comparison: str
) -> None:
    world, first, _, _ = ran(mode, "neither")
    said = [line for line in first.steps if f"({comparison}" in line]
    assert len(said) == ALBUMS * COUNTS[comparison]
    for line in said:
        assert line.startswith("REPORT")
        assert line.endswith("not deleted without --allowDelete remote)")
    check_fates(world, comparison, "REPORT")


@pytest.mark.parametrize(
    ("mode", "allow"),
    [
        *((mode, "neither") for mode in MODES),
        *((mode, "remote") for mode, _ in DELETES),
    ],
)
def test_a_second_run_does_nothing(ran: Run, mode: str, allow: str) -> None:
    world, _, between, second = ran(mode, allow)
    assert (second.code, second.err, second.actions) == (0, "", [])
    assert world.photos_snapshot() == between


# -- what history knows
# --------------------------------------------------------------------

BY_HISTORY = """
                upload   download   report   repairUpload   sync       syncUpload
REMOTE_NEWER    REPORT   DOWNLOAD   REPORT   REPLACE        DOWNLOAD   REPLACE
CONFLICT        REPORT   REPORT     REPORT   REPLACE        REPORT     REPLACE
LOCAL_DELETED   REPORT   DOWNLOAD   REPORT   DELETE         DELETE     DELETE
REMOTE_DELETED  REPORT   REPORT     REPORT   UPLOAD         VANISH     UPLOAD
LOCAL_MOVED     MOVE     REPORT     REPORT   MOVE           MOVE       MOVE
REMOTE_MOVED    REPORT   FOLLOW     REPORT   MOVE_BACK      FOLLOW     MOVE_BACK
"""
CHANGED_BY = {
    **ACTIONS,
    "VANISH": "DELETE_LOCAL",
    "MOVE": "MOVE_REMOTE",
    "MOVE_BACK": "MOVE_REMOTE",
    "FOLLOW": "MOVE_LOCAL",
}
KNOWN_CELLS = [
    (mode, row[0], action)
    for row in (line.split() for line in BY_HISTORY.strip().splitlines()[1:])
    for mode, action in zip(MODES, row[1:], strict=True)
]
REFUSABLE = [cell for cell in KNOWN_CELLS if cell[2] in {"DELETE", "VANISH"}]
EACH = 2
OLD, OURS, THEIRS = (
    Photo(b"old", WHEN),
    Photo(b"edited here", WHEN + 3600 * SECOND),
    Photo(b"edited there", WHEN + 7200 * SECOND),
)


# What each comparison is made of, at the place the photo had and at the one it went to.
CHANGED: Mapping[str, tuple[Pair, Pair]] = {
    "REMOTE_NEWER": (Pair(OLD, THEIRS), Pair(None, None)),
    "CONFLICT": (Pair(OURS, THEIRS), Pair(None, None)),
    "LOCAL_DELETED": (Pair(None, OLD), Pair(None, None)),
    "REMOTE_DELETED": (Pair(OLD, None), Pair(None, None)),
    "LOCAL_MOVED": (Pair(None, OLD), Pair(OLD, None)),
    "REMOTE_MOVED": (Pair(OLD, None), Pair(None, OLD)),
}
NO_EFFECT = Pair(None, None)
AFTERWARDS: Mapping[tuple[str, str], tuple[Pair, Pair]] = {
    ("REMOTE_NEWER", "DOWNLOAD"): (Pair(THEIRS, THEIRS), NO_EFFECT),
    ("REMOTE_NEWER", "REPLACE"): (Pair(OLD, OLD), NO_EFFECT),
    ("CONFLICT", "REPLACE"): (Pair(OURS, OURS), NO_EFFECT),
    ("LOCAL_DELETED", "DOWNLOAD"): (Pair(OLD, OLD), NO_EFFECT),
    ("LOCAL_DELETED", "DELETE"): (NO_EFFECT, NO_EFFECT),
    ("REMOTE_DELETED", "UPLOAD"): (Pair(OLD, OLD), NO_EFFECT),
    ("REMOTE_DELETED", "VANISH"): (NO_EFFECT, NO_EFFECT),
    ("LOCAL_MOVED", "MOVE"): (NO_EFFECT, Pair(OLD, OLD)),
    ("REMOTE_MOVED", "FOLLOW"): (NO_EFFECT, Pair(OLD, OLD)),
    ("REMOTE_MOVED", "MOVE_BACK"): (Pair(OLD, OLD), NO_EFFECT),
}


def paths_of(comparison: str, number: int) -> tuple[str, str]:
    """The place that a photo had, and the one it goes to if it moves."""
    return f"album/{comparison} {number}.jpg", f"elsewhere/{comparison} {number}.jpg"


def own(photo: Photo, path: str) -> Photo:
    """A photo with bytes that no other has."""
    return Photo(photo.data + Path(path).name.encode(), photo.modified_ns)


def put(top: Path, path: str, photo: Photo | None) -> None:
    if photo:
        own(photo, path).write(top / path)
    else:
        (top / path).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a mode about photos that changed on either side since both agreed on
    them.
    """

    @cache
    def run(mode: str, allow: str) -> Ran:
        world = World(tmp_path_factory.mktemp(mode))
        world.remote.mkdir()
        for number in range(20):
            world.here(f"same/{number}.jpg", b"same %d" % number)
        places = [
            paths_of(comparison, n) for comparison in CHANGED for n in range(EACH)
        ]
        for old, _ in places:
            put(world.local, old, OLD)
        assert world.sync("-m", "sync").code == 0
        for comparison, pairs in CHANGED.items():
            for number in range(EACH):
                for path, pair in zip(paths_of(comparison, number), pairs, strict=True):
                    put(world.local, path, pair.local)
                    put(world.remote, path, pair.remote)
        how = ("-m", mode, "--allowDelete", allow)
        first = world.sync(*how)
        between = world.photos_snapshot()
        return Ran(world, first, between, world.sync(*how))

    return run


@pytest.mark.parametrize(("mode", "comparison", "action"), KNOWN_CELLS)
def test_a_mode_does_what_its_cell_says_of_what_changed_since(
    changed: Run, mode: str, comparison: str, action: str
) -> None:
    world, first, _, _ = changed(mode, "both")
    assert (first.code, first.err) == (0, ""), first.log
    said = [line for line in first.steps if f"({comparison}" in line]
    assert [line.split()[0] for line in said] == [CHANGED_BY[action]] * EACH
    check_places(world, comparison, action)


@pytest.mark.parametrize(("mode", "comparison", "action"), REFUSABLE)
def test_what_vanished_elsewhere_is_kept_without_permission_to_delete(
    changed: Run, mode: str, comparison: str, action: str
) -> None:
    world, first, _, _ = changed(mode, "neither")
    side = "local" if action == "VANISH" else "remote"
    said = [line for line in first.steps if f"({comparison}" in line]
    assert len(said) == EACH
    for line in said:
        assert line.startswith("REPORT")
        assert line.endswith(f"not deleted without --allowDelete {side})")
    check_places(world, comparison, "REPORT")


def check_places(world: World, comparison: str, action: str) -> None:
    here, there = files(world.local), files(world.remote)
    for number in range(EACH):
        pairs = AFTERWARDS.get((comparison, action), CHANGED[comparison])
        for path, pair in zip(paths_of(comparison, number), pairs, strict=True):
            assert here.get(path) == (pair.local and own(pair.local, path)), path
            assert there.get(path) == (pair.remote and own(pair.remote, path)), path


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("allow", ["both", "neither"])
def test_after_what_changed_is_dealt_with_a_second_run_does_nothing(
    changed: Run, mode: str, allow: str
) -> None:
    world, first, between, second = changed(mode, allow)
    assert (second.code, second.err, second.actions) == (0, "", [])
    assert world.photos_snapshot() == between
    reported = [line for line in first.steps if line.startswith("REPORT")]
    assert second.steps == reported
