"""What of a run is remembered."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from harness.library import make_photo

from photosync.compare.hashes import NoBaselines
from photosync.errors import GuardRefused, NotRecorded, StateUnusable
from photosync.history.identity.libraries import make_library_key
from photosync.history.journal.journal import Journal, Place
from photosync.history.memories import hash_rules
from photosync.history.pending.unfinished_uploads import StoredUploads
from photosync.history.recorder import Recorder
from photosync.history.run_record import derive_baselines
from photosync.history.storage.database import Database
from photosync.model import (
    NO_EFFECT,
    Actions,
    Baseline,
    Census,
    Comparisons,
    Effect,
    EmptyTrash,
    LocalPhoto,
    LocalStat,
    LocalTree,
    Observations,
    Outcome,
    Plan,
    Purge,
    RemoteAlbum,
    RemotePhoto,
    Result,
    Step,
)
from photosync.services.folder.backend import FolderBackend
from photosync.services.folder_identity import FolderMark, FolderPlace
from unit.history.stored import lose_nothing

_A, _C = Actions, Comparisons
HERE = LocalPhoto("a.jpg", "/photos/Trip", "a.jpg", 10, 5)
THERE = RemotePhoto(
    "a.jpg", "id", 11, 6, "x", "v1", "Trip", marked=True, backup="old bytes"
)
PLAIN = THERE._replace(marked=False, backup="")
AGREED = Baseline("Trip", "a.jpg", LocalStat(10, 5), PLAIN, HERE.path)
PLACE, OLD = ("Trip", "a.jpg"), ("Old", "b.jpg")
BOTH = Effect(HERE, THERE)


def step(action: Actions, *, origin: tuple[str, str] | None = None) -> Step:
    return Step("usb", action, _C.SAME, *PLACE, HERE, THERE, origin=origin)


# -- what both sides hold after a step
# -----------------------------------------------------

REMEMBERED: dict[Actions, tuple[Effect, list[Baseline], list[tuple[str, str]]]] = {
    _A.UPLOAD_LOCAL: (BOTH, [AGREED], []),
    _A.REPLACE_REMOTE_WITH_LOCAL: (BOTH, [AGREED], []),
    _A.DOWNLOAD_REMOTE: (BOTH, [AGREED], []),
    _A.UPDATE_REMOTE_METADATA: (BOTH, [AGREED], []),
    _A.DELETE_LOCAL: (Effect(backup="/kept", backup_side="local"), [], [PLACE]),
    _A.DELETE_REMOTE: (Effect(backup="kept", backup_side="usb"), [], [PLACE]),
    # Marked it is still on one side only, and so is what could only be had in a lesser
    # size.
    _A.TAG_REMOTE: (BOTH, [], []),
    # The remote version is known; the local one is of nobody yet.
    _A.KEEP_BOTH: (Effect(None, THERE), [Baseline(*PLACE, None, PLAIN)], []),
}


@pytest.mark.parametrize("action", REMEMBERED)
def test_what_a_step_did_is_find_agreed(action: Actions) -> None:
    done, baseline, gone = REMEMBERED[action]
    assert derive_baselines(Outcome(step(action), Result.DONE, effect=done)) == (
        baseline,
        gone,
    )


@pytest.mark.parametrize("action", [_A.MOVE_REMOTE, _A.MOVE_LOCAL])
def test_a_move_is_remembered_at_both_places(action: Actions) -> None:
    outcome = Outcome(step(action, origin=OLD), Result.DONE, effect=BOTH)
    assert derive_baselines(outcome) == ([AGREED], [OLD])


@pytest.mark.parametrize("action", Actions)
@pytest.mark.parametrize("result", [Result.FAILED, Result.SKIPPED])
def test_what_was_not_done_is_not_find_agreed(action: Actions, result: Result) -> None:
    assert derive_baselines(
        Outcome(step(action, origin=OLD), result, "why", effect=BOTH)
    ) == ([], [])


def test_a_lesser_picture_of_a_withheld_original_is_not_agreed_on() -> None:
    outcome = Outcome(step(_A.DOWNLOAD_REMOTE), Result.DONE, effect=NO_EFFECT)
    assert derive_baselines(outcome) == ([], [])


def test_a_removed_album_holds_no_photo() -> None:
    purge = Purge("usb", RemoteAlbum("Trip", "Trip"))
    assert derive_baselines(Outcome(purge, Result.DONE)) == ([], [])


# -- a run
# ---------------------------------------------------------------------------------


class FolderOfSomebodyElse(FolderBackend):
    """Another disk that is plugged in at the place of the first."""

    def find_place(self) -> FolderPlace:
        mark = FolderMark("of somebody else", {})
        return super().find_place()._replace(mark=mark, device="9:9")


class World:
    """A root, a folder to keep it equal with, and what is remembered of them."""

    def __init__(self, top: Path) -> None:
        self.roots = [str(top / "one"), str(top / "one two")]
        for root in self.roots:
            make_photo(Path(root, "a.jpg"))
        self.backend = FolderBackend(str(top / "usb"))
        self.database = Database(top)
        self.journal = Journal(self.database)
        self.memories = self.again()

    def again(self, rules_hash: str = "seen so") -> Recorder:
        memories = Recorder(self.database, self.roots, rules_hash)
        memories.meet(self.backend)
        return memories

    @property
    def plan(self) -> Plan:
        observations = {self.backend.name: Observations((AGREED,), (OLD,), photos=3)}
        return Plan(
            (), observations=observations, found={self.roots[0]: 5, self.roots[1]: 7}
        )

    def photos(self) -> list[int]:
        """How many photos the roots and the folder are known to hold."""
        known = self.again().read_census()
        return [known[place].photos for place in (*self.roots, self.backend.name)]

    def outcome(self, action: Actions, root: int = 0, **facts: object) -> Outcome:
        local = HERE._replace(folder=f"{self.roots[root]}/Trip")
        known = {"local": local, "remote": THERE} | facts
        one = Step(self.backend.name, action, _C.SAME, *PLACE, **known)  # type: ignore[arg-type]
        return Outcome(one, Result.DONE, effect=Effect(local, THERE))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.close()


@pytest.mark.parametrize(
    ("action", "facts", "gains"),
    [
        (_A.UPLOAD_LOCAL, {}, (0, 0, 1)),
        (_A.DELETE_REMOTE, {}, (0, 0, -1)),
        (_A.DOWNLOAD_REMOTE, {"local": None}, (0, 1, 0)),
        (_A.DOWNLOAD_REMOTE, {}, (0, 0, 0)),
        (_A.DELETE_LOCAL, {}, (0, -1, 0)),
        (_A.REPLACE_REMOTE_WITH_LOCAL, {}, (0, 0, 0)),
        (_A.MOVE_REMOTE, {}, (0, 0, 0)),
        (_A.MOVE_LOCAL, {}, (0, 0, 0)),
        (_A.KEEP_BOTH, {}, (0, 0, 0)),
    ],
)
def test_photos_are_counted_as_the_run_leaves_them(
    world: World, action: Actions, facts: dict[str, object], gains: tuple[int, int, int]
) -> None:
    world.memories.begin(world.plan, "sync")
    world.memories.record([world.outcome(action, 1, **facts)])
    failed = world.outcome(action, 1, **facts)
    world.memories.record([Outcome(failed.step, Result.FAILED, "why")])
    world.memories.end(0, passive=False)
    known = world.again().read_census()
    assert [known[place].photos for place in (*world.roots, world.backend.name)] == [
        before + gain for before, gain in zip((5, 7, 3), gains, strict=True)
    ]
    status = Path(world.roots[0]).stat()
    assert known[world.roots[0]] == Census(
        "seen so", f"{status.st_dev}:{status.st_ino}", 5
    )
    assert world.backend.is_of(known[world.backend.name].identity)


@pytest.mark.parametrize(
    ("action", "result", "kept"),
    [
        (_A.UPLOAD_LOCAL, Result.DONE, 0),
        (_A.REPLACE_REMOTE_WITH_LOCAL, Result.DONE, 0),
        (_A.UPLOAD_LOCAL, Result.FAILED, 1),
    ],
)
def test_the_note_of_an_upload_goes_with_what_is_remembered_of_its_photo(
    world: World, action: Actions, result: Result, kept: int
) -> None:
    done = world.outcome(action)
    assert isinstance(done.step, Step)
    assert done.step.local is not None
    (scope,) = world.memories._scopes.values()
    uploads = StoredUploads(scope, lose_nothing)
    uploads.put(done.step.local.path, {"id": "7"})
    world.memories.begin(world.plan, "sync")
    uploads.finish(done.step.local.path)
    assert uploads.find(done.step.local.path) is None
    # What is written of other photos does not take it away.
    world.memories.record([world.outcome(action, 1)])
    assert count_uploads(world) == 1
    world.memories.record([replace(done, result=result)])
    assert count_uploads(world) == kept


def count_uploads(world: World) -> int:
    ((count,),) = world.database.read(
        "SELECT COUNT(*) FROM uploads WHERE path NOT LIKE 'home:%'"
    )
    assert isinstance(count, int)
    return count


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_move_from_one_root_into_another_is_counted_in_both(
    world: World, *, is_killed: bool
) -> None:
    world.memories.begin(world.plan, "sync")
    moved = world.outcome(_A.MOVE_LOCAL, 1)
    there = HERE._replace(folder=f"{world.roots[0]}/Trip")
    world.memories.record([replace(moved, effect=Effect(there, THERE))])
    if not is_killed:
        world.memories.end(0, passive=False)
    assert world.photos() == [6, 6, 3]


def test_a_run_that_only_looks_sets_no_measure(world: World) -> None:
    world.memories.begin(world.plan, "report")
    world.memories.end(0, passive=True)
    assert world.again().read_census() == {}
    assert world.journal.read_runs()[0].exit_code == 0


def test_a_disk_that_goes_away_during_a_run_keeps_its_old_measure(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    world.memories.end(0, passive=False)
    again = world.again()
    again.begin(world.plan, "sync")
    shutil.rmtree(world.roots[0])
    again.end(1, passive=False)
    assert again.read_census()[world.roots[0]].photos == 5


def test_a_run_that_was_killed_before_its_first_step_leaves_the_old_measure(
    world: World,
) -> None:
    world.memories.begin(world.plan, "sync")
    world.memories.record(
        [Outcome(world.outcome(_A.UPLOAD_LOCAL).step, Result.FAILED, "why")]
    )
    world.memories.record([world.outcome(_A.REPLACE_REMOTE_WITH_LOCAL)])
    assert world.again().read_census() == {}
    assert world.journal.read_runs()[0].exit_code is None


def test_a_run_that_was_killed_has_counted_every_step(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    for number in range(3):
        world.memories.record([world.outcome(_A.DELETE_REMOTE)])
        assert world.photos() == [5, 7, 2 - number]
    world.memories.record([world.outcome(_A.DELETE_LOCAL, 1)])
    assert world.photos() == [5, 6, 0]
    assert world.journal.read_runs()[0].exit_code is None
    again = world.again()
    again.begin(replace(world.plan, observations={}, found={}), "sync")
    again.record([world.outcome(_A.DOWNLOAD_REMOTE, 0, local=None)])
    again.end(0, passive=False)
    assert world.photos() == [6, 6, 0]


def test_what_was_not_read_whole_sets_no_measure_but_our_own_steps_count(
    world: World,
) -> None:
    world.memories.begin(world.plan, "sync")
    world.memories.end(0, passive=False)
    partly = Observations(photos=1, incomplete=True)
    again = world.again()
    again.begin(Plan((), observations={world.backend.name: partly}), "sync")
    again.end(1, passive=False)
    assert world.photos() == [5, 7, 3]
    again = world.again()
    again.begin(Plan((), observations={world.backend.name: partly}), "sync")
    again.record([world.outcome(_A.DELETE_REMOTE)])
    assert world.photos() == [5, 7, 2]
    again.end(1, passive=False)
    assert world.photos() == [5, 7, 2]


def test_folders_that_could_not_all_be_read_set_no_measure(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    world.memories.end(0, passive=False)
    again, fewer = world.again(), {world.roots[0]: 1, world.roots[1]: 2}
    tree = LocalTree({}, found=fewer, absent=(world.roots[0],))
    assert again.make_guard_context(tree, ()).roots[world.roots[0]].photos == 1
    again.begin(replace(world.plan, found=fewer), "sync")
    again.record([world.outcome(_A.DELETE_LOCAL, 1)])
    again.end(1, passive=False)
    assert world.photos() == [5, 6, 3]


def test_each_account_of_a_service_has_a_measure_of_its_own(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    world.memories.end(0, passive=False)
    mine = world.backend
    world.backend = FolderOfSomebodyElse(mine.root)
    other = world.again()
    assert list(other.read_census()) == world.roots
    other.begin(
        replace(world.plan, observations={world.backend.name: Observations(photos=9)}),
        "sync",
    )
    other.end(0, passive=False)
    assert world.photos() == [5, 7, 9]
    world.backend = mine
    assert world.photos() == [5, 7, 3]


def test_what_planning_taught_is_known_once_the_run_begins(world: World) -> None:
    past = world.memories.find_baselines(world.backend.name)
    world.memories.begin(world.plan, "sync")
    assert past.album("Trip") == {"a.jpg": AGREED}


def test_a_step_is_told_of_as_it_was_done(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    world.memories.record([world.outcome(_A.UPLOAD_LOCAL)])
    (event,) = world.journal.read_at(Place(*PLACE)).values()
    assert (event.run, event.service) == (1, world.backend.name)
    assert (event.comparison, event.action, event.result) == (
        "SAME",
        "UPLOAD_LOCAL",
        "done",
    )
    assert event.path == f"{world.roots[0]}/Trip/a.jpg"
    assert event.reason == ""


def test_why_a_step_was_done_is_told_unless_it_failed(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    one = replace(
        step(_A.DELETE_REMOTE), service=world.backend.name, reason="a duplicate of id 1"
    )
    world.memories.record([Outcome(one, Result.DONE)])
    world.memories.record([Outcome(one, Result.FAILED, "no such photo")])
    reasons = [event.reason for event in world.journal.read_at(Place(*PLACE)).values()]
    assert reasons == ["a duplicate of id 1", "no such photo"]


def test_another_library_is_another_memory(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    world.memories.end(0, passive=False)
    other = Recorder(world.database, ["/elsewhere"], "seen so")
    other.meet(world.backend)
    assert other.read_census() == {}
    assert other.find_baselines(world.backend.name).albums() == set()


def test_the_order_of_roots_makes_no_other_library() -> None:
    key = make_library_key(["/a", "/b"])
    assert key == make_library_key(["/b", "/a"])
    assert key != make_library_key(["/a"])
    assert hash_rules(1, "x") == hash_rules(1, "x") != hash_rules(1, "y")
    assert hash_rules(os.fsdecode(b"\xe9"))


# -- without a state
# -----------------------------------------------------------------------


def test_without_a_state_nothing_is_known_and_nothing_kept(tmp_path: Path) -> None:
    backend = FolderBackend(str(tmp_path / "usb"))
    memories = Recorder(None, [str(tmp_path)], "seen so")
    memories.meet(backend)
    assert isinstance(memories.find_baselines(backend.name), NoBaselines)
    assert (memories.read_census(), memories.problem, memories.files) == ({}, "", None)
    memories.begin(
        Plan((), observations={backend.name: Observations((AGREED,))}), "sync"
    )
    memories.record([Outcome(step(_A.UPLOAD_LOCAL), Result.DONE, effect=BOTH)])
    memories.end(0, passive=False)
    assert list(tmp_path.iterdir()) == []


# -- a state file that takes no more
# -------------------------------------------------------------


def refuse(world: World, table: str) -> None:
    """Let no row into a table any more, as on a disk that became full."""
    trigger = (
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    world.database.write([(trigger, [()])])


def accept(world: World) -> None:
    world.database.write([("DROP TRIGGER refuse", [()])])


DESTRUCTIVE = {
    _A.DELETE_LOCAL,
    _A.DELETE_REMOTE,
    _A.REPLACE_REMOTE_WITH_LOCAL,
    _A.DOWNLOAD_REMOTE,
}


def test_once_an_outcome_is_lost_no_bytes_are_taken_away(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    assert {world.memories.forbid(step(action)) for action in Actions} == {None}
    refuse(world, "events")
    world.memories.record([world.outcome(_A.UPLOAD_LOCAL)])
    forbidden = {action for action in Actions if world.memories.forbid(step(action))}
    assert forbidden == DESTRUCTIVE
    error = world.memories.forbid(step(_A.DELETE_LOCAL))
    assert isinstance(error, NotRecorded)
    assert "no room" in str(error)
    new = replace(step(_A.DOWNLOAD_REMOTE), local=None)
    assert world.memories.forbid(new) is None
    assert world.memories.forbid(EmptyTrash(world.backend.name, 1))
    assert world.memories.exit_code == 1


def test_of_what_ended_together_only_what_cannot_be_written_is_lost(
    world: World,
) -> None:
    world.memories.begin(world.plan, "sync")
    trigger = (
        "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.name = 'b.jpg' "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    world.database.write([(trigger, [()])])
    done = world.outcome(_A.UPLOAD_LOCAL)
    other = replace(step(_A.UPLOAD_LOCAL), service=world.backend.name, name="b.jpg")
    lost = replace(done, step=other)
    world.memories.record([lost, done])
    assert len(world.journal.read_at(Place(*PLACE))) == 1
    assert world.journal.read_at(Place("Trip", "b.jpg")) == {}
    assert world.memories.forbid(step(_A.DELETE_LOCAL))


def test_what_a_lost_outcome_counted_is_written_with_the_next(world: World) -> None:
    world.memories.begin(world.plan, "sync")
    refuse(world, "events")
    world.memories.record([world.outcome(_A.DELETE_REMOTE)])
    assert world.again().read_census() == {}
    assert world.again().find_baselines(world.backend.name).album("Trip") == {
        "a.jpg": AGREED
    }
    accept(world)
    world.memories.record([world.outcome(_A.DELETE_REMOTE)])
    assert world.photos() == [5, 7, 1]
    world.memories.end(0, passive=False)
    # It is the run that failed, whatever became of its steps.
    assert world.journal.read_runs()[0].exit_code == 1


@pytest.mark.parametrize("is_first", [False, True])
def test_a_run_that_cannot_begin_books_nothing_on_another(
    world: World, *, is_first: bool
) -> None:
    if not is_first:
        earlier = world.again()
        earlier.begin(world.plan, "sync")
        earlier.end(0, passive=False)
    before = world.journal.read_runs()
    refuse(world, "runs")
    world.memories.begin(world.plan, "sync")
    accept(world)
    world.memories.record([world.outcome(_A.UPLOAD_LOCAL)])
    world.memories.end(0, passive=False)
    assert world.journal.read_runs() == before
    assert world.journal.read_at(Place(*PLACE)) == {}
    assert world.memories.forbid(step(_A.DELETE_REMOTE))
    assert "no room" in world.memories.problem


def test_an_account_that_cannot_be_written_is_not_met(world: World) -> None:
    refuse(world, "scopes")
    world.backend = FolderOfSomebodyElse(world.backend.root)
    with pytest.raises(StateUnusable, match="no room"):
        world.again()


def test_a_step_that_fails_again_as_before_is_told_once(world: World) -> None:
    failed = Outcome(world.outcome(_A.UPLOAD_LOCAL).step, Result.FAILED, "why")
    for _ in range(3):
        memories = world.again()
        memories.begin(world.plan, "sync")
        memories.record([failed])
    assert [event.run for event in world.journal.read_at(Place(*PLACE)).values()] == [1]


# -- a run of two plans
# --------------------------------------------------------------------


def put_off(world: World) -> Plan:
    """A plan that knows nothing yet of Drive."""
    return replace(
        world.plan,
        counts={world.backend.name: {}, "drive": {}},
        put_off=frozenset({"drive"}),
    )


def test_a_run_that_goes_on_keeps_its_number_and_ends_once(world: World) -> None:
    memories = world.memories
    memories.begin(put_off(world), "sync")
    failed = replace(world.outcome(_A.UPLOAD_LOCAL), result=Result.FAILED, reason="why")
    memories.record([world.outcome(_A.DELETE_LOCAL, 1), failed])
    memories.end(1, passive=False, goes_on=True)
    (run,) = world.journal.read_runs()
    assert (run.ended, run.exit_code, run.unreached) == (None, None, ["drive"])
    memories.look_anew()
    memories.meet(world.backend)
    memories.begin(world.plan, "sync")
    memories.record([failed, world.outcome(_A.DELETE_LOCAL)])
    memories.end(0, passive=False)
    (run,) = world.journal.read_runs()
    assert (run.exit_code, run.unreached) == (1, [])
    assert memories.deleted == {"local": 2}
    # What failed in both is one failure.
    counts = world.journal.count_events()[run.id]
    assert counts == {("UPLOAD_LOCAL", "failed"): 1, ("DELETE_LOCAL", "done"): 2}


@pytest.mark.parametrize(
    ("raised", "exit_code"),
    [(None, 1), (GuardRefused("no"), 5), (KeyboardInterrupt(), 130)],
)
def test_a_run_that_was_to_go_on_is_not_well(
    world: World, raised: BaseException | None, exit_code: int
) -> None:
    with suppress(GuardRefused, KeyboardInterrupt), world.memories.ending():
        world.memories.begin(put_off(world), "sync")
        world.memories.end(0, passive=False, goes_on=True)
        if raised:
            raise raised
    (run,) = world.journal.read_runs()
    assert (run.exit_code, run.unreached) == (exit_code, ["drive"])
