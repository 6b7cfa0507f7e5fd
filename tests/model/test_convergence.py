"""Whatever is done on which side, and whatever fails on the way: nothing is lost, and
all sides agree in the end.

`TESTS_NIGHTLY=1` makes it 50,000 steps; the suite takes some 400. `TESTS_STEPS=2000`
takes that many new ones of each machine, and shows what fails as it was found.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
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
    environment,
    picture,
    split,
    started,
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

import photosync
from model.invariants import (
    Side,
    Told,
    find_hidden,
    find_lost,
    find_sent_twice,
    find_untold,
    read_told,
)
from photosync.emulators.traffic import Fault
from photosync.model import ACCEPTABLE, Limit

NIGHTLY = os.environ.get("TESTS_NIGHTLY") == "1"
WANTED = int(os.environ.get("TESTS_STEPS", "0"))
QUIET_AFTER = 3
"""Runs after which everything must have come to rest: two that agree, and one that has
nothing to do.
"""

STILL = "Still/still.jpg"
"""A photo that nobody touches: a library that lost all others is no empty one."""

ALBUMS, NAMES = ("One", "Two", "Three"), ("a.jpg", "b.jpg", "c.jpg")
DELETING = ("--max-delete", "100%", "-c", "7", "--accept", *ACCEPTABLE)
LAG = 30
"""Seconds until a service shows everywhere what was done."""

any_number = st.integers(0, 99)
albums = st.sampled_from(ALBUMS)
names = st.sampled_from(NAMES)
steps_taken: Counter[str] = Counter()


class Collection(RuleBasedStateMachine):
    """Sides in the hands of people, brought together by photosync now and then.

    `kept` are the bytes that nobody deleted or wrote over.
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
        if self._is_free(one, path):
            self._add(one, path, self._new())

    @rule(album=albums, name=names)
    def add_the_same_everywhere(self, album: str, name: str) -> None:
        path = f"{album}/{name}"
        if all(self._is_free(one, path) for one in self.sides):
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
            if isinstance(one, Flickr) and one.is_named_by_title(path):
                # No title renames a file that is known: there they would differ.
                continue
            if self._is_free(one, f"{split(path)[0]}/{name}"):
                one.rename(path, name)

    @rule(side=any_number, photo=any_number, album=albums)
    def move(self, side: int, photo: int, album: str) -> None:
        one = self._side(side)
        for path in self._chosen(one, photo):
            if self._is_free(one, f"{album}/{split(path)[1]}"):
                one.move(path, album)

    @rule(side=any_number, photo=any_number, album=albums)
    def move_over_another(self, side: int, photo: int, album: str) -> None:
        one = self._side(side)
        for path in self._chosen(one, photo):
            target = f"{album}/{split(path)[1]}"
            if target in one.ids() and target != path:
                self._lose(one.photos()[target])
                one.delete(target)
                one.move(path, album)

    @rule(one=any_number, photo=any_number, album=albums)
    def move_where_another_side_adds(self, one: int, photo: int, album: str) -> None:
        """Two cameras count alike."""
        mover, taker = self._side(one), self._side(one + 1)
        for path in self._chosen(mover, photo):
            target = f"{album}/{split(path)[1]}"
            if self._is_free(mover, target) and self._is_free(taker, target):
                mover.move(path, album)
                self._add(taker, target, self._new())

    @rule(one=any_number, photo=any_number, album=albums)
    def edit_here_and_move_there(self, one: int, photo: int, album: str) -> None:
        editor, mover = self._side(one), self._side(one + 1)
        for path in self._chosen(mover, photo):
            target = f"{album}/{split(path)[1]}"
            if path in editor.ids() and self._is_free(mover, target):
                self._lose(editor.photos()[path])
                if not isinstance(editor, Flickr):
                    editor.edit(path, self._new())
                    self._set_time(editor, path)
                mover.move(path, album)

    @rule(side=any_number, photo=any_number, album=albums)
    def move_and_edit(self, side: int, photo: int, album: str) -> None:
        """Sorted and retouched on one evening, on the same side."""
        one = self._side(side)
        for path in self._chosen(one, photo):
            target = f"{album}/{split(path)[1]}"
            if self._is_free(one, target):
                self._lose(one.photos()[path])
                one.move(path, album)
                one.edit(target, self._new())
                self._set_time(one, target)

    @rule(side=any_number, album=albums)
    def delete_album(self, side: int, album: str) -> None:
        one = self._side(side)
        for path in [path for path in one.ids() if split(path)[0] == album]:
            self._lose(one.photos()[path])
            one.delete(path)

    @rule(side=any_number, old=albums, new=albums)
    def rename_album(self, side: int, old: str, new: str) -> None:
        one = self._side(side)
        here = {split(path)[0] for path in one.ids()}
        if old in here and not self._has_album(one, new):
            one.rename_album(old, new)

    @rule(side=any_number, photo=any_number)
    def rename_by_case(self, side: int, photo: int) -> None:
        """Tidying up: IMG_1.JPG becomes img_1.jpg."""
        one = self._side(side)
        if isinstance(one, Flickr):
            # There a name is a title, and no title renames a file.
            return
        for path in self._chosen(one, photo):
            album, name = split(path)
            other = name.upper() if name == name.lower() else name.lower()
            if f"{album}/{other}" not in one.ids():
                one.rename(path, other)

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
        self._advance(3600)

    @rule()
    def sync(self) -> None:
        self._run()

    @rule(allow=st.sampled_from(["", "local", "remote"]))
    def sync_without_permission(self, allow: str) -> None:
        self._run(allow=allow)

    @rule(most=st.integers(1, 4), allow=st.sampled_from(["both", "", "local"]))
    def sync_a_few(self, most: int, allow: str) -> None:
        """What is one thing in two steps may be cut in between."""
        self._run("--max", str(most), allow=allow)

    @rule(album=albums)
    def sync_without_an_album(self, album: str) -> None:
        hidden = [path for path in self._list_paths() if split(path)[0] == album]
        self._run_without(hidden, "--exclude", album)

    @rule(name=names)
    def sync_without_a_name(self, name: str) -> None:
        hidden = [path for path in self._list_paths() if split(path)[1] == name]
        self._run_without(hidden, "--skip", name)

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
        """Once nothing fails any more, two runs make all sides equal, conflicts apart,
        and a third has nothing to do.
        """
        self._clear_faults()
        ended: list[Ended] = []
        for _ in range(QUIET_AFTER):
            ended.append(self._run())
            if not ended[-1].actions:
                break
        self._check(not ended[-1].actions, "it does not come to rest", ended)
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

    def _run_without(self, hidden: Sequence[str], *argv: str) -> None:
        """A run that leaves out some paths: there it touches nothing.

        What was moved there is out of its sight, and as good as deleted.
        """
        before, kept = self._look(), set(self.kept)
        for path, data in self._list_photos():
            if path in hidden:
                self.kept.discard(data)
        ended = self._run(*argv)
        self.kept = kept
        after = self._look()
        for old, new in zip(before, after, strict=True):
            changed = [
                path for path in hidden if old.photos.get(path) != new.photos.get(path)
            ]
            self._check(not changed, f"left out and changed: {changed}", [ended])

    def _list_photos(self) -> list[tuple[str, bytes]]:
        return [item for side in self.sides for item in side.photos().items()]

    def _list_paths(self) -> list[str]:
        return sorted({path for path, _ in self._list_photos()})

    def _run(self, *argv: str, allow: str = "both") -> Ended:
        before = self._look()
        ended = self.world.sync(*DELETING, *argv, allow=allow)
        self._clear_faults()
        self._check(ended.code in {0, 1}, "the run was refused", [ended])
        self._check_run(before, read_told(ended), allow, [ended])
        return ended

    def _check_nothing_lost(
        self, before: Sequence[Side], after: Sequence[Side], ended: Sequence[Ended]
    ) -> None:
        lost = find_lost(before, after)
        self._check(not lost, f"lost: {sorted(lost)}", ended)
        hidden = find_hidden(self.kept, after)
        self._check(not hidden, f"on no side any more: {sorted(hidden)}", ended)

    def _check_run(
        self,
        before: Sequence[Side],
        told: Sequence[Told],
        allow: str,
        ended: Sequence[Ended],
    ) -> None:
        after = self._look()
        self._check_nothing_lost(before, after, ended)
        for old, new in zip(before, after, strict=True):
            where = "local" if old.is_local else "remote"
            may_delete = allow in {where, "both"}
            # A command that puts a service off moves what it replaced before.
            sides = (*before, *after)
            untold = find_untold(
                old, new, told, sides, kept=self.kept, may_delete=may_delete
            )
            self._check(not untold, f"gone from {old.service}: {untold}", ended)
            if not old.is_local:
                twice = find_sent_twice(old, new, (before[0], after[0]), told)
                self._check(not twice, f"sent twice: {sorted(twice)}", ended)

    def _check(self, holds: object, what: str, ended: Iterable[Ended]) -> None:
        if not holds:
            self.failed = True
            said = "\n".join(f"-- exit {one.code}\n{one.out}{one.err}" for one in ended)
            pytest.fail(f"{what}\n{said}")

    def _look(self) -> list[Side]:
        return [
            Side.of(one, is_local=number == 0) for number, one in enumerate(self.sides)
        ]

    # -- parts of the above
    # ----------------------------------------------------------------

    def _side(self, number: int) -> Folder | Remote:
        return self.sides[number % len(self.sides)]

    def _chosen(self, one: Folder | Remote, number: int) -> list[str]:
        """One of its photos, if there are any."""
        paths = sorted(path for path in one.ids() if path != STILL)
        return [paths[number % len(paths)]] if paths else []

    def _is_free(self, one: Folder | Remote, path: str) -> bool:
        """Whether nothing there has that name, or one that differs by case only."""
        return path.casefold() not in {known.casefold() for known in one.ids()}

    def _new(self) -> bytes:
        self.made += 1
        data = picture(f"version {self.made:05}")
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

    def _advance(self, seconds: float) -> None:
        for one in self.world.remotes:
            if isinstance(one, Drive | Flickr):
                one.emulator.clock.advance(seconds)


class TwoFolders(Collection):
    services = ("folder",)

    @rule()
    def exchange_disks(self) -> None:
        """Two backup disks are used in turn; the second one is empty at first."""
        shelf, away = self.top / "shelf", self.top / "away"
        shelf.mkdir(exist_ok=True)
        plugged = self.top / "backup"
        plugged.rename(away)
        shelf.rename(plugged)
        away.rename(shelf)

    def _look(self) -> list[Side]:
        shelf = Side.of(Folder(self.top / "shelf"))
        return [*super()._look(), shelf]

    @rule(side=any_number, after=st.integers(0, 3))
    def lose_a_disk_in_mid_run(self, side: int, after: int) -> None:
        """One of the two folders is unmounted while a run goes on, and comes back."""
        one = self.sides[side % 2]
        assert isinstance(one, Folder)
        before, away = self._look(), one.top.with_name("pulled out")
        told: list[Told] = []
        with photosync.PhotoSync.open(self._settings()) as sync:
            plan = sync.plan()
            if after == 0:
                one.top.rename(away)
            for outcome in sync.run(plan):
                step = outcome.step
                told.append(Told(step.verb, step.service, step.subject))
                if len(told) == after:
                    one.top.rename(away)
        if away.exists():
            left = list(one.top.rglob("*")) if one.top.exists() else []
            self._check(not left, f"written under the mount point: {left}", [])
            shutil.rmtree(one.top, ignore_errors=True)
            away.rename(one.top)
        self._check_run(before, told, "both", [])

    def _settings(self) -> photosync.Settings:
        self.world.configure()
        return photosync.Settings(
            photosync.Home(self.world.home, self.world.home),
            roots=(str(self.world.local.top),),
            scope=tuple(one.service for one in self.world.remotes),
            mode="sync",
            allow_delete=frozenset(photosync.Side),
            max_delete=Limit(percent=100),
            accept=ACCEPTABLE,
            transfers=1,
        )


class ThreeSides(Collection):
    services = ("drive", "flickr")

    @rule()
    def sync_twice_while_listings_lag(self) -> None:
        """What the first run does is not shown everywhere when the second one looks."""
        self._advance(2 * LAG)
        self._let_lag(LAG)
        self._run()
        self._run()
        self._let_lag(0)
        self._advance(2 * LAG)

    @rule(service=any_number, after=st.integers(0, 60))
    def kill_a_run(self, service: int, after: int) -> None:
        """A run that may delete nothing, as nobody is told of what it did, ends at one
        of the calls of a service.
        """
        one = self.world.remotes[service % len(self.world.remotes)]
        assert isinstance(one, Drive | Flickr)
        before = self._look()
        calls: list[str] = []

        def listen(call: str) -> None:
            calls.append(call)
            if len(calls) > after:
                process.kill()

        words = self.world.ready(*DELETING, allow="")
        with started(words, environment()) as process:
            one.emulator.traffic.listener = listen
            out, err = process.communicate(timeout=120)
        one.emulator.traffic.listener = None
        self._clear_faults()
        ended = [Ended(process.returncode, out.decode(), err.decode())]
        after_it = self._look()
        self._check_nothing_lost(before, after_it, ended)
        for old, new in zip(before, after_it, strict=True):
            is_whole = len(new.photos) >= len(old.photos)
            self._check(is_whole, f"deleted from {old.service}", ended)

    @rule(service=any_number)
    def sync_while_one_is_out_of_reach(self, service: int) -> None:
        """Nobody listens at its address: nothing of it is known, and nothing gone."""
        gone = self.world.remotes[service % len(self.world.remotes)]
        before = gone.photos()
        with socket.socket() as bound, pytest.MonkeyPatch.context() as away:
            bound.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{bound.getsockname()[1]}"
            away.setenv(f"PHOTOSYNC_{gone.service.upper()}_URL", address)
            ended = self._run()
        self._check(gone.photos() == before, "changed out of reach", [ended])
        self._check("was not reached" in ended.out, "it was reached", [ended])

    @rule(service=any_number, after=st.integers(0, 12))
    def sync_while_one_is_slow(self, service: int, after: int) -> None:
        """It does not answer, the others are done first, and it comes after them."""
        slow = self.world.remotes[service % len(self.world.remotes)]
        assert isinstance(slow, Drive | Flickr)
        slow.emulator.traffic.plan(Fault("*", "stall", 1, after=after))
        with pytest.MonkeyPatch.context() as hasty:
            # Long enough for a busy machine: the others have to answer within it.
            hasty.setenv("PHOTOSYNC_ANSWER_WITHIN", "1")
            self._run()

    def _let_lag(self, seconds: int) -> None:
        for one in self.world.remotes:
            if isinstance(one, Drive):
                one.emulator.settings.list_lag = seconds
            elif isinstance(one, Flickr):
                there = one.emulator.settings
                there.updated_lag = there.index_lag = there.sets_lag = seconds
                there.members_lag = there.left_lag = seconds
                there.not_in_set_lag = there.texts_lag = seconds


STEPS = {TwoFolders: (300, 25_000), ThreeSides: (100, 25_000)}
"""How many steps each takes at least, in the suite and by night."""

LENGTH = 50


@pytest.mark.parametrize("machine", [TwoFolders, ThreeSides])
@pytest.mark.timeout(36_000)
def test_all_sides_agree_whatever_happened_before(machine: type[Collection]) -> None:
    few, nightly = STEPS[machine]
    wanted = WANTED or (nightly if NIGHTLY else few)
    run_state_machine_as_test(
        machine,
        settings=settings(
            # Some end early.
            max_examples=wanted * 4 // (LENGTH * 3),
            stateful_step_count=LENGTH,
            deadline=None,
            derandomize=wanted == few,
            suppress_health_check=list(HealthCheck),
            # To explain a failure, every line would be traced: that takes minutes.
            phases=(Phase.generate,) if WANTED else (Phase.generate, Phase.shrink),
            print_blob=True,
            report_multiple_bugs=False,
        ),
    )
    assert steps_taken[machine.__name__] >= wanted
