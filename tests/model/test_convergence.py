"""Whatever is done on which side, and whatever fails on the way: all sides agree in the
end.

`PHOTOSYNC_NIGHTLY=1` makes it 50,000 steps; the suite takes some 2,000.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pytest
from harness.three_sides import (
    WHEN,
    Drive,
    Ended,
    Flickr,
    Folder,
    Remote,
    picture,
    split,
    world_of,
)
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from photosync.emulators.traffic import Fault
from photosync.model import ACCEPTABLE

NIGHTLY = os.environ.get("PHOTOSYNC_NIGHTLY") == "1"
QUIET_AFTER = 6
"""Runs in which everything must have come to rest."""

STILL = "Still/still.jpg"
"""A photo that nobody touches: a library that lost all others is no empty one."""

ALBUMS, NAMES = ("One", "Two", "Three"), ("a.jpg", "b.jpg", "c.jpg")
DELETING = ("--max-delete", "100%", "-c", "7", "--accept", *ACCEPTABLE)

any_number = st.integers(0, 99)
albums = st.sampled_from(ALBUMS)
names = st.sampled_from(NAMES)
steps_taken: Counter[str] = Counter()


class Collection(RuleBasedStateMachine):
    """Sides in the hands of people, brought together by photosync now and then.

    `backup` are the bytes that nobody deleted or wrote over.
    """

    services: tuple[str, ...] = ("folder",)

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.top = Path(tempfile.mkdtemp(prefix="photosync-test-"))
        self.world = self.stack.enter_context(world_of(self.top, *self.services))
        self.sides: tuple[Folder | Remote, ...] = (
            self.world.local,
            *self.world.remotes,
        )
        self.kept: set[bytes] = set()
        self.made = 0
        self.failed = False
        self.world.local.add(STILL, self._new())
        assert self.world.sync(*DELETING).code == 0

    # -- what people do
    # --------------------------------------------------------------------

    @rule(side=any_number, album=albums, name=names)
    def add(self, side: int, album: str, name: str) -> None:
        one, path = self._side(side), f"{album}/{name}"
        if path not in one.ids():
            self._add(one, path, self._new())

    @rule(album=albums, name=names)
    def add_the_same_everywhere(self, album: str, name: str) -> None:
        path = f"{album}/{name}"
        if not any(path in one.ids() for one in self.sides):
            data = self._new()
            for one in self.sides:
                self._add(one, path, data)

    @rule(side=any_number, photo=any_number)
    def edit(self, side: int, photo: int) -> None:
        one = self._side(side)
        for path in self._chosen(one, photo):
            self._lose(one.photos()[path])
            if isinstance(one, Flickr):
                # Who may not replace a photo there puts another in its place.
                one.delete(path)
                one.add(path, self._new())
            else:
                one.edit(path, self._new())
                self._set_time(one, path)

    @rule(side=any_number, photo=any_number)
    def delete(self, side: int, photo: int) -> None:
        one = self._side(side)
        for path in self._chosen(one, photo):
            self._lose(one.photos()[path])
            one.delete(path)

    @rule(side=any_number, photo=any_number, name=names)
    def rename(self, side: int, photo: int, name: str) -> None:
        one = self._side(side)
        for path in self._chosen(one, photo):
            if f"{split(path)[0]}/{name}" not in one.ids():
                one.rename(path, name)

    @rule(side=any_number, photo=any_number, album=albums)
    def move(self, side: int, photo: int, album: str) -> None:
        one = self._side(side)
        for path in self._chosen(one, photo):
            if f"{album}/{split(path)[1]}" not in one.ids():
                one.move(path, album)

    @rule(side=any_number, old=albums, new=albums)
    def rename_album(self, side: int, old: str, new: str) -> None:
        one = self._side(side)
        here = {split(path)[0] for path in one.ids()}
        if old in here and not self._has_album(one, new):
            one.rename_album(old, new)

    @rule(side=any_number, photo=any_number)
    def touch(self, side: int, photo: int) -> None:
        one = self._side(side)
        for path in self._chosen(one, photo):
            one.touch(path)
            self._set_time(one, path)

    # -- what happens to them
    # --------------------------------------------------------------

    @rule(
        service=any_number,
        after=st.integers(0, 12),
        times=st.sampled_from([1, 3, None]),
        kind=st.sampled_from(["status", "cut_before", "cut_after"]),
    )
    def let_calls_fail(
        self, service: int, after: int, times: int | None, kind: str
    ) -> None:
        one = self.world.remotes[service % len(self.world.remotes)]
        if isinstance(one, Drive | Flickr):
            fault = Fault("*", kind, times, after=after, status=503)  # type: ignore[arg-type]
            one.emulator.plan(fault)

    @rule()
    def lose_the_state(self) -> None:
        self.world.forget()

    @rule()
    def let_an_hour_pass(self) -> None:
        for one in self.world.remotes:
            if isinstance(one, Drive | Flickr):
                one.emulator.clock.advance(3600)

    @rule()
    def sync(self) -> None:
        self._run()

    @rule()
    def sync_until_all_agree(self) -> None:
        self.check_agreement()

    @invariant()
    def count(self) -> None:
        steps_taken[type(self).__name__] += 1

    # -- what must hold
    # --------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if not self.failed:
                self.check_agreement()
        finally:
            self.stack.close()
            shutil.rmtree(self.top)

    def check_agreement(self) -> None:
        """Once nothing fails any more, a few runs make all sides equal, conflicts
        apart.
        """
        self._clear_faults()
        ended = [self._run()]
        while ended[-1].actions and len(ended) < QUIET_AFTER:
            ended.append(self._run())
        self._check(not ended[-1].actions, "it never comes to rest", ended)
        self._check(ended[-1].code == 0, "something fails", ended)
        told = {
            path
            for step in ended[-1].steps
            for path in step.split(" ", 3)[3].split(" <- ")
        }
        contents = [one.photos() for one in self.sides]
        for path in {path for content in contents for path in content} - told:
            found = {content.get(path) for content in contents}
            self._check(len(found) == 1, f"{path} differs", ended)
        if isinstance(self.world.remotes[-1], Flickr):
            self._check(
                not self.world.remotes[-1].loose(), "photos are in no album", ended
            )

    def _run(self) -> Ended:
        ended = self.world.sync(*DELETING)
        self._clear_faults()
        self._check(ended.code in {0, 1}, "the run was refused", [ended])
        there = set(self._everything())
        self._check(self.kept <= there, f"lost: {sorted(self.kept - there)}", [ended])
        return ended

    def _check(self, holds: object, what: str, ended: Iterable[Ended]) -> None:
        if not holds:
            self.failed = True
            said = "\n".join(f"-- exit {one.code}\n{one.out}{one.err}" for one in ended)
            pytest.fail(f"{what}\n{said}")

    def _everything(self) -> Iterable[bytes]:
        for one in self.sides:
            yield from one.photos().values()
            yield from one.trash()

    # -- parts of the above
    # ----------------------------------------------------------------

    def _side(self, number: int) -> Folder | Remote:
        return self.sides[number % len(self.sides)]

    def _chosen(self, one: Folder | Remote, number: int) -> list[str]:
        """One of its photos, if there are any."""
        paths = sorted(path for path in one.ids() if path != STILL)
        return [paths[number % len(paths)]] if paths else []

    def _new(self) -> bytes:
        self.made += 1
        data = picture(f"version {self.made}")
        self.kept.add(data)
        return data

    def _lose(self, data: bytes) -> None:
        self.kept.discard(data)

    def _add(self, one: Folder | Remote, path: str, data: bytes) -> None:
        one.add(path, data)
        self._set_time(one, path)

    def _set_time(self, one: Folder | Remote, path: str) -> None:
        """No two moments of one's work are the same."""
        if isinstance(one, Folder):
            self.made += 1
            when = WHEN + 100 * self.made
            os.utime(one.top / path, (when, when))

    def _has_album(self, one: Folder | Remote, album: str) -> bool:
        if isinstance(one, Folder):
            return (one.top / album).exists()
        if isinstance(one, Drive):
            return album in one.albums()
        return any(split(path)[0] == album for path in one.ids())

    def _clear_faults(self) -> None:
        for one in self.world.remotes:
            if isinstance(one, Drive | Flickr):
                one.emulator.traffic.clear_faults()


class TwoFolders(Collection):
    services = ("folder",)


class ThreeSides(Collection):
    services = ("drive", "flickr")


STEPS = {TwoFolders: (1_200, 25_000), ThreeSides: (800, 25_000)}
"""How many steps each takes at least, in the suite and by night."""

LENGTH = 50


@pytest.mark.parametrize("machine", [TwoFolders, ThreeSides])
@pytest.mark.timeout(36_000 if NIGHTLY else 300)
def test_all_sides_agree_whatever_happened_before(machine: type[Collection]) -> None:
    few, nightly = STEPS[machine]
    wanted = nightly if NIGHTLY else few
    run_state_machine_as_test(
        machine,
        settings=settings(
            # Some end early.
            max_examples=wanted * 4 // (LENGTH * 3),
            stateful_step_count=LENGTH,
            deadline=None,
            derandomize=not NIGHTLY,
            suppress_health_check=list(HealthCheck),
            # To explain a failure, every line would be traced: that takes minutes.
            phases=(Phase.generate, Phase.shrink),
            print_blob=True,
        ),
    )
    assert steps_taken[machine.__name__] >= wanted
