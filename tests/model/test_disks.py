"""Backup disks that take turns, are copied, restored and unplugged, and roots that come,
go and move: no photo of the library goes that nobody deleted.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from harness.three_sides import Ended, Folder, picture, run_here
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

NIGHTLY = os.environ.get("TESTS_NIGHTLY") == "1"
STEPS = 20_000 if NIGHTLY else 300
LENGTH = 30

DISKS = ("A", "B", "C")
any_number = st.integers(0, 99)
albums = st.sampled_from(["One", "Two"])
names = st.sampled_from(["a.jpg", "b.jpg", "c.jpg"])
disks = st.sampled_from(DISKS)
steps_taken: Counter[str] = Counter()


class Disks(RuleBasedStateMachine):
    """Two roots, a mount point, and disks of which one is mounted there.

    `kept` are the bytes that nobody deleted or wrote over.
    """

    def __init__(self) -> None:
        super().__init__()
        self.top = Path(tempfile.mkdtemp(prefix="photosync-test-"))
        self.roots = [Folder(self.top / "one"), Folder(self.top / "two")]
        self.mount = self.top / "mount"
        self.shelf = self.top / "shelf"
        self.shelf.mkdir()
        self.mounted = ""
        self.kept: set[bytes] = set()
        self.made = 0
        for root in self.roots:
            root.add("Still/still.jpg", self._new())
        self.plug_in("A")

    # -- what people do to photos

    @rule(side=any_number, album=albums, name=names)
    def add(self, side: int, album: str, name: str) -> None:
        one = self._side(side)
        if f"{album}/{name}" not in one.ids():
            self.made += 1
            one.add(f"{album}/{name}", self._new(), 1_500_000_000 + 100 * self.made)

    @rule(side=any_number, photo=any_number)
    def edit(self, side: int, photo: int) -> None:
        one = self._side(side)
        for path in self._choose(one, photo):
            self._lose(one.photos()[path])
            one.edit(path, self._new())

    @rule(side=any_number, photo=any_number)
    def delete(self, side: int, photo: int) -> None:
        one = self._side(side)
        for path in self._choose(one, photo):
            self._lose(one.photos()[path])
            one.delete(path)

    @rule(side=any_number, photo=any_number, album=albums)
    def move(self, side: int, photo: int, album: str) -> None:
        one = self._side(side)
        for path in self._choose(one, photo):
            target = f"{album}/{path.partition('/')[2]}"
            if target not in one.ids():
                one.move(path, album)

    # -- what happens to disks and roots

    @rule(disk=disks)
    def plug_in(self, disk: str) -> None:
        self.unplug()
        if self.mount.exists():
            # A person made the folder where no disk was.
            self.made += 1
            self.mount.rename(self.shelf / f"made {self.made}")
        place = self.shelf / disk
        place.mkdir(exist_ok=True)
        place.rename(self.mount)
        self.mounted = disk

    @rule()
    def unplug(self) -> None:
        if self.mounted:
            self.mount.rename(self.shelf / self.mounted)
            self.mounted = ""

    @rule()
    def make_folder(self) -> None:
        self.mount.mkdir(exist_ok=True)

    @rule(disk=disks)
    def copy_disk(self, disk: str) -> None:
        """The disk is cloned onto another one, or restored from such a clone."""
        if self.mounted and disk != self.mounted:
            shutil.rmtree(self.shelf / disk, ignore_errors=True)
            shutil.copytree(self.mount, self.shelf / disk)
            # What only the disk held that was written over is a person's loss.
            self.kept &= self._everywhere()

    @rule(number=any_number)
    def move_root(self, number: int) -> None:
        number %= 2
        self.made += 1
        moved = self.roots[number].top.rename(self.top / f"root {self.made}")
        self.roots[number] = Folder(moved)

    @rule(which=st.sampled_from([(0, 1), (1, 0), (0,), (1,)]))
    def sync(self, which: tuple[int, ...]) -> None:
        self._run("sync", which)

    @rule(which=st.sampled_from([(0, 1), (1, 0)]))
    def upload(self, which: tuple[int, ...]) -> None:
        self._run("upload", which)

    @invariant()
    def count(self) -> None:
        steps_taken["all"] += 1

    # -- what must hold

    def _run(self, mode: str, which: tuple[int, ...]) -> Ended:
        here = self._here() & self.kept
        places = ["--home", str(self.top / "home"), "-p", f"folder:{self.mount}", "-d"]
        roots = [str(self.roots[number].top) for number in which]
        words = ("--allowDelete", "both", "--max-delete", "100%", "-c", "7")
        ended = run_here([*places, *roots, *words, "-m", mode])
        said = f"{ended.out}{ended.err}"
        assert "Traceback" not in said, said
        # What is not there and was never used is not made without a word.
        is_new = ended.code == 2 and "no such folder" in said and not self.mounted
        assert is_new or ended.code in {0, 1, 5}, said
        lost = here - self._here()
        assert not lost, f"gone from the library: {lost}\n{said}"
        gone = self.kept - self._everywhere()
        assert not gone, f"gone from everywhere: {gone}\n{said}"
        return ended

    def teardown(self) -> None:
        shutil.rmtree(self.top)

    def _here(self) -> set[bytes]:
        return {data for root in self.roots for data in root.photos().values()}

    def _everywhere(self) -> set[bytes]:
        found = (path for path in self.top.rglob("*.jpg") if path.is_file())
        return {path.read_bytes() for path in found}

    # -- parts of the above

    def _side(self, number: int) -> Folder:
        sides = [*self.roots, Folder(self.mount)]
        return sides[number % len(sides)] if self.mounted else sides[number % 2]

    def _choose(self, one: Folder, number: int) -> list[str]:
        paths = sorted(path for path in one.ids() if not path.startswith("Still"))
        return [paths[number % len(paths)]] if paths else []

    def _new(self) -> bytes:
        self.made += 1
        data = picture(f"version {self.made}")
        self.kept.add(data)
        return data

    def _lose(self, data: bytes) -> None:
        self.kept.discard(data)


@pytest.mark.timeout(36_000 if NIGHTLY else 300)
def test_no_photo_goes_from_the_library_that_nobody_deleted() -> None:
    run_state_machine_as_test(
        Disks,
        settings=settings(
            max_examples=STEPS * 4 // (LENGTH * 3),
            stateful_step_count=LENGTH,
            deadline=None,
            derandomize=not NIGHTLY,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            print_blob=True,
        ),
    )
    assert steps_taken["all"] >= STEPS
