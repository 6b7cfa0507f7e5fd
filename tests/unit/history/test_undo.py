"""Which run is undone, and what becomes of each of its photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.library import files_below, make_photo

from photosync.errors import AuthorizationNeeded, UsageError
from photosync.history.identity.scope import Scope
from photosync.history.journal.journal import Event, Journal
from photosync.history.storage.database import Database
from photosync.history.undo.choice import choose_run
from photosync.history.undo.newer_versions import Newer
from photosync.history.undo.undo import Restored, Services, record_undo, undo
from photosync.local.explorer import Explorer
from photosync.model import Actions, RemotePhoto, Result, Side
from photosync.services.folder.backend import FolderBackend

TRASH = ".photosync-trash/2026-11-21"


@dataclass
class World:
    """A library, a folder it is kept equal with, and the runs there were."""

    root: Path
    usb: Path
    database: Database

    @property
    def journal(self) -> Journal:
        return Journal(self.database)

    @property
    def service(self) -> str:
        return f"folder:{self.usb}"

    def ran(self, *events: Event, library: str = "[]") -> int:
        """A run of these events."""
        run = self.journal.begin_run(library, "sync")
        scope = Scope(self.database, self.service, "account", "[]")
        for event in events:
            self.journal.add(event._replace(run=run, scope=scope.number))
        self.journal.end_run(run, 0)
        return run

    def event(
        self,
        name: str,
        action: Actions,
        backup: str = "",
        *,
        backup_side: str = "",
        path: str = "",
    ) -> Event:
        remote = RemotePhoto(name, f"Trip/{name}", 3, 0, album_id="Trip")
        return Event(
            run=0,
            service=self.service,
            album="Trip",
            name=name,
            path=path or str(self.root / "Trip" / name),
            comparison="SAME",
            action=action,
            result=Result.DONE,
            reason="",
            remote=remote,
            backup=backup,
            backup_side=backup_side,
        )

    def deleted_here(self, name: str, *, is_kept: bool = True) -> Event:
        backup = self.root / TRASH / "Trip" / name
        if is_kept:
            make_photo(backup, b"old")
        return self.event(
            name, Actions.DELETE_LOCAL, str(backup), backup_side=Side.LOCAL
        )

    def deleted_there(self, name: str) -> Event:
        make_photo(self.usb / TRASH / "Trip" / name, b"old")
        backup = f"{TRASH}/Trip/{name}"
        return self.event(name, Actions.DELETE_REMOTE, backup, backup_side=self.service)

    def undone(self, *events: Event, account: str = "") -> list[Restored]:
        """What an undo makes of events of the account `account`, by default that of the
        folder.
        """
        backend = FolderBackend(str(self.usb))
        services = Services(lambda _: backend, events, {0: account or backend.account})
        return self.undone_by(services, *events)

    def undone_by(self, services: Services, *events: Event) -> list[Restored]:
        newer = Newer(self.journal, events)
        return list(undo(events, Explorer([str(self.root)]), services, newer))

    def undo_run(self, number: int) -> int:
        """An undo that brings everything back, as it is noted; its number."""
        choice = choose_run(self.journal, number)
        list(record_undo(map(Restored, choice.events), self.journal, choice.library))
        return self.journal.read_runs()[0].id

    def chosen(self, number: int = 0, library: str = "") -> tuple[int, list[str]]:
        """The number of the run that is chosen, and the names that are to come back."""
        choice = choose_run(self.journal, number, library)
        return choice.runs[0].id, [event.name for event in choice.events]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    root, usb = tmp_path / "photos", tmp_path / "usb"
    root.mkdir()
    usb.mkdir()
    with Database(tmp_path) as database:
        yield World(root, usb, database)


# -- which run
# -----------------------------------------------------------------------------


def test_the_last_run_that_left_something_is_chosen(world: World) -> None:
    backup = world.event("a.jpg", Actions.DELETE_LOCAL, "/kept", backup_side=Side.LOCAL)
    world.ran(backup)
    number = world.ran(backup, world.event("b.jpg", Actions.UPLOAD_LOCAL))
    world.ran(world.event("c.jpg", Actions.UPLOAD_LOCAL))
    world.ran(backup._replace(result=Result.FAILED))
    world.ran()
    (run,), events, *_ = choose_run(world.journal, 0)
    assert (run.id, events) == (number, [backup._replace(run=number, scope=1)])


def test_a_run_is_chosen_by_its_number_and_refused_where_it_left_nothing(
    world: World,
) -> None:
    backup = world.event("a.jpg", Actions.DELETE_LOCAL, "/kept", backup_side=Side.LOCAL)
    first, second = world.ran(backup), world.ran()
    assert world.chosen(first) == (first, ["a.jpg"])
    with pytest.raises(UsageError, match=f"run {second} left nothing"):
        world.chosen(second)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "no run left anything"), (7, "no run 7")]
)
def test_a_run_that_cannot_be_undone_is_named(
    world: World, number: int, text: str
) -> None:
    world.ran(world.event("a.jpg", Actions.UPLOAD_LOCAL))
    with pytest.raises(UsageError, match=text):
        choose_run(world.journal, number)


def test_the_last_run_of_one_library_is_chosen(world: World) -> None:
    backup = world.event("a.jpg", Actions.DELETE_LOCAL, "/kept", backup_side=Side.LOCAL)
    mine, other = (
        world.ran(backup, library='["/a"]'),
        world.ran(backup, library='["/b"]'),
    )
    assert world.chosen(library='["/a"]')[0] == mine
    assert world.chosen()[0] == world.chosen(other, '["/a"]')[0] == other
    with pytest.raises(UsageError, match="no run of this library left anything"):
        world.chosen(library='["/c"]')


def test_of_what_a_run_replaced_twice_each_comes_back_by_itself(world: World) -> None:
    backup = world.event("a.jpg", Actions.DOWNLOAD_REMOTE, "/v1", backup_side="local")
    later = backup._replace(comparison="REMOTE_NEWER", backup="/v2")
    number = world.ran(backup, later)
    list(record_undo(iter([Restored(later._replace(run=number))]), world.journal, "[]"))
    choice = choose_run(world.journal, number)
    assert [event.backup for event in choice.events] == ["/v1"]


def test_what_came_back_is_not_chosen_again(world: World) -> None:
    a, b, c = (
        world.event(
            f"{name}.jpg", Actions.DELETE_LOCAL, "/kept", backup_side=Side.LOCAL
        )
        for name in "abc"
    )
    first, second = world.ran(a), world.ran(a, b, c)
    list(
        record_undo(
            iter([Restored(b._replace(run=second))]),
            world.journal,
            "[]",
        )
    )
    assert world.chosen() == (second, ["a.jpg", "c.jpg"])
    world.undo_run(0)
    assert world.chosen() == (first, ["a.jpg"])
    (run,), events, back, _ = choose_run(world.journal, second)
    assert (run.id, list(events), back) == (second, [], 3)
    world.undo_run(0)
    with pytest.raises(UsageError, match="no run left anything"):
        world.chosen()


def test_what_a_restored_photo_took_the_place_of_can_be_brought_back(
    world: World,
) -> None:
    backup = world.event(
        "a.jpg", Actions.REPLACE_REMOTE_WITH_LOCAL, "/kept/old", backup_side=Side.LOCAL
    )
    first = world.ran(backup)
    _, (event,), *_ = choose_run(world.journal, 0)
    list(record_undo(iter([Restored(event, backup="/kept/new")]), world.journal, "[]"))
    second = world.journal.read_runs()[0].id
    # It is never chosen by itself: undoing again and again goes back in time.
    with pytest.raises(UsageError):
        world.chosen()
    (again,) = choose_run(world.journal, second).events
    assert (again.backup, again.backup_side, again.action) == (
        "/kept/new",
        Side.LOCAL,
        "RESTORED",
    )
    # Once the undo is undone, the run can be undone again.
    world.undo_run(second)
    assert world.chosen() == (first, ["a.jpg"])


# -- what comes back
# -----------------------------------------------------------------------


def test_each_photo_goes_back_to_its_side(world: World) -> None:
    events = [world.deleted_here("a.jpg"), world.deleted_there("b.jpg")]
    assert world.undone(*events) == [Restored(event) for event in reversed(events)]
    assert files_below(world.root) == {"Trip/a.jpg": b"old"}
    assert files_below(world.usb) == {"Trip/b.jpg": b"old"}


def test_one_that_is_lost_does_not_hold_up_the_others(world: World) -> None:
    lost, backup = (
        world.deleted_here("a.jpg", is_kept=False),
        world.deleted_here("b.jpg"),
    )
    assert world.undone(backup, lost) == [
        Restored(lost, "it is not in the trash any longer", exit_code=1),
        Restored(backup),
    ]
    assert files_below(world.root) == {"Trip/b.jpg": b"old"}


def test_replaced_content_comes_back_and_what_took_its_place_is_kept(
    world: World,
) -> None:
    backup = make_photo(world.root / TRASH / "Trip" / "a.jpg", b"old")
    make_photo(world.root / "Trip" / "a.jpg", b"new")
    event = world.event(
        "a.jpg", Actions.DOWNLOAD_REMOTE, str(backup), backup_side=Side.LOCAL
    )
    assert world.undone(event) == [Restored(event)]
    found = files_below(world.root)
    assert found.pop("Trip/a.jpg") == b"old"
    assert list(found.values()) == [b"new"]


def test_what_a_service_deletes_for_good_is_sent_again_from_the_trash_here(
    world: World,
) -> None:
    backup = make_photo(world.root / TRASH / "Trip" / "a.jpg", b"old")
    event = world.event(
        "a.jpg", Actions.DELETE_REMOTE, str(backup), backup_side=Side.LOCAL
    )
    (restored,) = world.undone(event)
    assert (restored.event, restored.problem) == (event, "")
    assert restored.remote
    assert restored.remote.id == "Trip/a.jpg"
    assert files_below(world.usb) == {"Trip/a.jpg": b"old"}
    # The trash still has it: there it is safe until it expires.
    assert backup.exists()


def test_a_photo_that_is_there_again_is_left_alone(world: World) -> None:
    event = world.deleted_there("a.jpg")
    make_photo(world.usb / "Trip" / "a.jpg", b"new")
    (restored,) = world.undone(event)
    assert restored.problem
    assert files_below(world.usb) == {
        "Trip/a.jpg": b"new",
        f"{TRASH}/Trip/a.jpg": b"old",
    }


def test_the_last_is_brought_back_first(world: World) -> None:
    """Content that was replaced twice in one run ends as it was before the run."""
    events = []
    for number in (1, 2):
        backup = make_photo(
            world.root / TRASH / "Trip" / f"a ({number}).jpg", b"old %d" % number
        )
        path = str(world.root / "Trip" / "a.jpg")
        events.append(
            world.event(
                "a.jpg",
                Actions.DOWNLOAD_REMOTE,
                str(backup),
                backup_side=Side.LOCAL,
                path=path,
            )
        )
    make_photo(world.root / "Trip" / "a.jpg", b"new")
    assert [one.problem for one in world.undone(*events)] == ["", ""]
    assert files_below(world.root)["Trip/a.jpg"] == b"old 1"


# -- services
# ------------------------------------------------------------------------------


def test_nothing_is_restored_to_another_account(world: World) -> None:
    here, there = world.deleted_here("a.jpg"), world.deleted_there("b.jpg")
    before = files_below(world.usb)
    problem = "another folder or disk is there now; is the right one mounted?"
    assert world.undone(here, there, account="me") == [
        Restored(there, problem, exit_code=1),
        Restored(here),
    ]
    assert files_below(world.usb) == before


def test_a_service_that_fails_is_asked_once_and_holds_up_nothing_else(
    world: World,
) -> None:
    asked = []

    def connect(service: str) -> FolderBackend:
        asked.append(service)
        raise AuthorizationNeeded("nobody is signed in")

    events = [
        world.deleted_there("a.jpg"),
        world.deleted_there("b.jpg"),
        world.deleted_here("c"),
    ]
    services = Services(connect, events, {})
    found = world.undone_by(services, *events)
    assert [(one.problem, one.exit_code) for one in found] == [
        ("", 0),
        *[("nobody is signed in", 3)] * 2,
    ]
    assert asked == [world.service]


def test_no_service_is_asked_for_what_is_kept_here(world: World) -> None:
    def connect(service: str) -> FolderBackend:
        raise AssertionError(service)

    event = world.deleted_here("a.jpg")
    services = Services(connect, [event], {})
    assert world.undone_by(services, event) == [Restored(event)]


# -- what a damaged or edited state names
# ----------------------------------------------------------------------


def files_outside(world: World) -> Path:
    """A folder of somebody else that looks like a trash."""
    outside = world.root.parent / "outside"
    make_photo(outside / TRASH / "Trip/a.jpg", b"precious")
    return outside


OUTSIDE = ("{outside}/Trip/a.jpg", "{root}/../outside/Trip/a.jpg", "a.jpg", "")


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_comes_back_to_a_path_outside_of_the_roots(
    world: World, path: str
) -> None:
    outside = files_outside(world)
    there = path.format(outside=outside, root=world.root)
    event = world.deleted_here("a.jpg")._replace(path=there)
    before = files_below(world.root.parent)
    (restored,) = world.undone(event)
    assert restored.problem
    assert files_below(world.root.parent) == before


@pytest.mark.parametrize("action", [Actions.DELETE_LOCAL, Actions.DELETE_REMOTE])
@pytest.mark.parametrize(
    "backup",
    [
        "{outside}/.photosync-trash/2026-11-21/Trip/a.jpg",
        "{root}/../outside/.photosync-trash/2026-11-21/Trip/a.jpg",
        "{root}/.photosync-trash/../../outside/Trip/a.jpg",
        "{root}/Other/b.jpg",
        "{root}/.photosync-trash/linked/a.jpg",
        "/etc/passwd",
        "relative",
    ],
)
def test_nothing_comes_back_from_outside_of_a_trash(
    world: World, action: Actions, backup: str
) -> None:
    outside = files_outside(world)
    make_photo(world.root / "Other/b.jpg")
    (world.root / ".photosync-trash").mkdir()
    (world.root / ".photosync-trash/linked").symlink_to(outside / TRASH / "Trip")
    place = backup.format(outside=outside, root=world.root)
    event = world.event("a.jpg", action, place, backup_side=Side.LOCAL)
    before = files_below(world.root.parent)
    (restored,) = world.undone(event)
    assert restored.problem
    assert files_below(world.root.parent) == before


@pytest.mark.parametrize("photo", ["../outside/a.jpg", "..", "linked/a.jpg"])
def test_a_disk_gets_nothing_back_outside_of_its_folder(
    world: World, photo: str
) -> None:
    outside = files_outside(world)
    (world.usb / "linked").symlink_to(outside)
    event = world.deleted_there("a.jpg")
    remote = RemotePhoto("a.jpg", photo, 3, 0, album_id="Trip")
    before = files_below(world.root.parent)
    (restored,) = world.undone(event._replace(remote=remote))
    assert restored.problem
    assert files_below(world.root.parent) == before
