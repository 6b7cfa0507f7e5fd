"""What a plan takes is counted once for each photo and once for each album."""

from __future__ import annotations

from dataclasses import replace

from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    LocalPhoto,
    Plan,
    RemoteAlbum,
    RemotePhoto,
    Rename,
    Step,
)
from photosync.naming import name_key
from photosync.plan.order import key_of
from photosync.services.costs import Cost, Costs, Room
from photosync.sync.forecast import Forecast, compute_cost, measure_steps

A, C = Actions, Comparisons
COSTS = Costs(
    steps={A.UPLOAD_LOCAL: Cost(1, 1), A.MOVE_REMOTE: Cost(10, 10)},
    join_album=Cost(100),
    make_album=Cost(1_000),
    update_album=Cost(10_000),
    rename_album=Cost(100_000),
)


def upload(album: str, name: str, size: int = 7) -> Step:
    local = LocalPhoto(name, f"/photos/{album}", name, size, 10**18)
    return Step("flickr", A.UPLOAD_LOCAL, C.LOCAL_ONLY, album, name, local)


def move(name: str) -> Step:
    remote = RemotePhoto(name, name, 7, 10**18)
    moved = replace(upload("Rome", name), action=A.MOVE_REMOTE, remote=remote)
    return replace(moved, comparison=C.LOCAL_MOVED, origin=("Rom", name))


def test_an_album_costs_once_and_each_photo_that_joins_an_old_one() -> None:
    steps = [upload(album, f"{n}.jpg") for album in ("New", "Old") for n in range(3)]
    plan = Plan(
        tuple(steps),
        updates=(AlbumUpdate("flickr", "New"), AlbumUpdate("flickr", "Old")),
        owed=(AlbumUpdate("flickr", "Old"), AlbumUpdate("drive", "Old")),
        titles={"flickr": frozenset({name_key("Old")})},
    )
    # What a new album is to show is told of it as it is made.
    assert compute_cost(plan, "flickr", COSTS) == Cost(11_306, units=6)


def test_a_renamed_album_costs_nothing_for_its_photos() -> None:
    moves = tuple(move(f"{n}.jpg") for n in range(50))
    rename = Rename("flickr", RemoteAlbum("Rom", "1"), "Rome", moves)
    assert (
        compute_cost(Plan(moves, renames=(rename,)), "flickr", COSTS).calls == 100_000
    )
    # Singly they go into an album that is made first.
    assert compute_cost(Plan(moves), "flickr", COSTS).calls == 1_500


def test_what_passes_through_here_weighs_as_much_on_its_way_on() -> None:
    remote = RemotePhoto("id", "a.jpg", 5_000_000, 10**18)
    comes = Step(
        "drive", A.DOWNLOAD_REMOTE, C.REMOTE_ONLY, "Rome", "a.jpg", None, remote
    )
    goes_on = Step("flickr", A.UPLOAD_LOCAL, C.LOCAL_ONLY, "Rome", "a.jpg")
    goes_on = replace(goes_on, waits_for=key_of(comes))
    sizes = [size for _, size in measure_steps(Plan((comes, goes_on)))]
    assert sizes == [5_000_000, 5_000_000]


def test_a_side_lacks_room_only_where_that_is_known() -> None:
    full = Forecast("drive", size=10, photos=3, room=Room(free=9, photos=2))
    assert full.lacks_bytes
    assert full.lacks_photos
    unknown = replace(full, room=Room())
    assert not unknown.lacks_bytes
    assert not unknown.lacks_photos
