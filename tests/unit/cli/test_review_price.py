"""What is ticked, and what it takes of each side, in a few sentences."""

from __future__ import annotations

from photosync.cli.review.price import describe_price
from photosync.model import (
    Actions,
    Comparisons,
    EmptyTrash,
    LocalPhoto,
    Plan,
    Purge,
    RemoteAlbum,
    RemotePhoto,
    Side,
    Step,
)
from photosync.plan.selection import Choice, Selection, select
from photosync.services.costs import Allowance, Room
from photosync.sync.forecast import Forecast

A, C = Actions, Comparisons
MB = 10**6


def make_step(
    service: str, action: Actions, comparison: Comparisons, number: int
) -> Step:
    name = f"{number}.jpg"
    local = LocalPhoto(f"/p/{name}", "", name, MB, 10**18)
    remote = RemotePhoto(name, name, MB, 10**18)
    return Step(service, action, comparison, "Rome", name, local, remote)


STEPS = (
    make_step("drive", A.UPLOAD_LOCAL, C.LOCAL_ONLY, 1),
    make_step("drive", A.UPLOAD_LOCAL, C.LOCAL_ONLY, 2),
    make_step("drive", A.DELETE_REMOTE, C.LOCAL_DELETED, 3),
    make_step("flickr", A.DELETE_LOCAL, C.REMOTE_DELETED, 4),
    make_step("flickr", A.REPORT, C.CONFLICT, 5),
)
PLAN = Plan(
    STEPS,
    counts={"drive": {}, "flickr": {}},
    purges=(Purge("drive", RemoteAlbum("Oslo", "1")),),
    trash=(EmptyTrash(Side.LOCAL, 7),),
)


def price(selection: Selection, *forecasts: Forecast) -> list[str]:
    return list(describe_price(select(PLAN, selection), forecasts))


def test_what_may_cost_a_photo_is_told_first() -> None:
    everything = Selection(
        frozenset(range(4)), purges=frozenset({0}), trash=frozenset({0})
    )
    assert price(everything) == [
        "Drive: remove 1 album; delete 1 photo; upload 2 photos (2.0 MB)",
        "Flickr: delete here 1 photo",
        "Here: empty the trash of 7 files",
    ]


def test_only_what_is_ticked_is_priced_and_a_choice_is_a_tick() -> None:
    chosen = Selection(frozenset({1}), {4: Choice.MINE})
    assert price(chosen) == [
        "Drive: upload 1 photo (1.0 MB)",
        "Flickr: replace 1 photo (1.0 MB)",
    ]
    assert price(Selection()) == []


def test_it_goes_with_calls_time_and_room_and_says_first_what_does_not_fit() -> None:
    hourly = Allowance(3600, 3600, 3600, counts_calls=True)
    forecasts = [
        Forecast("/p", 5 * MB, room=Room(80 * MB, device=1)),
        Forecast("drive", 2 * MB, calls=5, room=Room(MB, advice="buy some")),
        Forecast("flickr", calls=5200, seconds=5200, allowance=hourly),
    ]
    assert price(Selection(frozenset({0, 3})), *forecasts) == [
        "! Drive has 1.0 MB free, and 2.0 MB are to be sent: buy some",
        "Drive: upload 1 photo (1.0 MB); ! needs 2.0 MB, 1.0 MB free; about 5 calls",
        "Flickr: delete here 1 photo; about 5,200 calls of 3,600 an hour: about 1 h 30 min",
        "Here: needs 5.0 MB, 80.0 MB free",
    ]
