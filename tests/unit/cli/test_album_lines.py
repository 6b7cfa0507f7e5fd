"""A log of cron has a line for each album, and one a minute for an album that lasts."""

from __future__ import annotations

from photosync.cli.progress.album_lines import AlbumLines
from photosync.model import (
    Actions,
    Comparisons,
    LocalPhoto,
    Outcome,
    Plan,
    Result,
    Step,
)


def make_step(album: str, number: int, action: Actions = Actions.UPLOAD_LOCAL) -> Step:
    name = f"{number}.jpg"
    photo = LocalPhoto(f"/p/{name}", "", name, 1000, 10**18)
    return Step("drive", action, Comparisons.LOCAL_ONLY, album, name, photo)


class Followed:
    """Album lines by a clock that a test moves."""

    def __init__(self, *steps: Step) -> None:
        self.now = 0.0
        self.lines = AlbumLines(lambda: self.now)
        self.lines.start(Plan(steps=steps))

    def do(self, step: Step, *, well: bool = True) -> list[str]:
        done = Outcome(step, Result.DONE) if well else None
        return list(self.lines.add(step, done))


def test_an_album_is_told_once_it_is_whole() -> None:
    steps = [make_step("Rome", number) for number in range(3)]
    followed = Followed(*steps, make_step("Oslo", 0))
    assert followed.do(steps[0]) == []
    assert followed.do(steps[1], well=False) == []
    (line,) = followed.do(steps[2])
    assert line.split() == [
        "+",
        "upload",
        "to",
        "Drive",
        "Rome",
        "(2",
        "photos,",
        "2.0",
        "kB)",
    ]
    assert list(followed.lines.finish()) == []


def test_each_kind_of_work_has_its_line() -> None:
    steps = [make_step("Rome", number) for number in range(2)]
    steps.append(make_step("Rome", 2, Actions.DELETE_REMOTE))
    followed = Followed(*steps)
    told = [line for step in steps for line in followed.do(step)]
    assert [line.split()[0] for line in told] == ["+", "-"]
    assert "Rome/2.jpg" in told[1]


def test_of_what_moves_no_byte_none_is_told() -> None:
    moves = [make_step("Rome", number, Actions.MOVE_REMOTE) for number in range(2)]
    followed = Followed(*moves)
    (line,) = [line for step in moves for line in followed.do(step)]
    assert line.endswith("Rome  (2 photos)")


def test_an_album_that_lasts_is_told_each_minute_and_what_was_left_at_the_end() -> None:
    steps = [make_step("Rome", number) for number in range(9)]
    followed = Followed(*steps)
    assert followed.do(steps[0]) == []
    assert followed.do(steps[1]) == []
    followed.now = 61
    (line,) = followed.do(steps[2])
    assert "(3 photos, 3.0 kB)" in line
    assert followed.do(steps[3]) == []
    assert followed.do(steps[4]) == []
    (line,) = followed.lines.finish()
    assert "(2 photos, 2.0 kB)" in line
