"""A run that ends between an upload and its album: the photo is found, not sent again."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from harness.flickr_world import FlickrWorld, ignore, jpeg, meanwhile
from harness.kept_cache import KeptMemory
from harness.worlds import WHEN

from photosync.emulators.flickr import Fault
from photosync.errors import NotRecorded
from photosync.services.persistence import Row

Said = pytest.CaptureFixture[str]
NEVER = 10.0**9


def end_before_album(world: FlickrWorld, *names: str) -> None:
    """Photos here that a run sent and could not put into their album."""
    for name in names:
        world.here(f"Rome/{name}")
    world.flickr.plan(Fault("photosets.create", "fail", None, code=105))
    assert world.sync() == 1
    world.flickr.traffic.clear_faults()
    assert len(world.loose()) == len(names)


def notes(world: FlickrWorld) -> list[dict[str, str]]:
    """The notes of uploads; beside them stand those of albums just made, or left, and of
    texts just written.
    """
    (state,) = world.home.rglob("*.sqlite")
    with sqlite3.connect(state) as database:
        rows = database.execute(
            "SELECT facts FROM uploads WHERE path NOT LIKE 'album %' "
            "AND path NOT LIKE 'left %' AND path NOT LIKE 'texts %'"
        ).fetchall()
    return [json.loads(facts) for (facts,) in rows]


def forget_ids(world: FlickrWorld) -> None:
    """Let the memory be that of a run that was killed before the answer came."""
    (state,) = world.home.rglob("*.sqlite")
    with sqlite3.connect(state) as database:
        database.execute("UPDATE uploads SET facts = json_set(facts, '$.id', '')")


def check_once(world: FlickrWorld, *names: str) -> None:
    assert world.photos() == {f"Rome/{name}": jpeg(f"Rome/{name}") for name in names}
    assert world.loose() == []


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("updated_lag", [0.0, NEVER])
@pytest.mark.parametrize("not_in_set_lag", [0.0, NEVER])
def test_a_photo_in_no_album_yet_is_found_although_lists_lag(
    world: FlickrWorld, *, answered: bool, updated_lag: float, not_in_set_lag: float
) -> None:
    end_before_album(world, "a.jpg", "b.jpg")
    if not answered:
        forget_ids(world)
    world.flickr.settings.not_in_set_lag = not_in_set_lag
    world.flickr.settings.updated_lag = updated_lag
    assert world.sync() == 0
    check_once(world, "a.jpg", "b.jpg")


def test_a_run_killed_before_its_photos_are_in_an_album_sends_none_twice(
    world: FlickrWorld,
) -> None:
    for name in ("a.jpg", "b.jpg"):
        world.here(f"Rome/{name}")
    world.flickr.settings.not_in_set_lag = NEVER
    world.flickr.settings.updated_lag = NEVER
    argv = ("-d", world.local, "-p", "flickr", "-m", "sync", "--no-progress")
    started: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        started[0].kill()

    with meanwhile(world, "photosets.create", kill):
        started.append(world.started(*argv))
        started[0].communicate(timeout=60)
    # The album is there with the first one; the other is in none.
    assert len(world.loose()) == 1
    assert world.run(*argv).code == 0
    check_once(world, "a.jpg", "b.jpg")


def test_a_run_killed_before_it_remembers_what_is_in_an_album_sends_none_twice(
    world: FlickrWorld,
) -> None:
    for name in ("a.jpg", "b.jpg"):
        world.here(f"Rome/{name}")
    settings = world.flickr.settings
    settings.not_in_set_lag = settings.updated_lag = NEVER
    argv = ("-d", world.local, "-p", "flickr", "-m", "sync", "--no-progress")
    started: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        started[0].kill()
        # The run after it comes before the lists know of the new album.
        settings.sets_lag = NEVER

    # Its version is asked for before what the step did is written.
    with meanwhile(world, "photos.getInfo", kill):
        started.append(world.started(*argv))
        started[0].communicate(timeout=60)
    assert world.loose() == []
    world.run(*argv)
    settings.sets_lag = 0.0
    assert world.run(*argv).code == 0
    check_once(world, "a.jpg", "b.jpg")
    assert world.flickr.calls["upload"] == 2


def test_a_note_is_kept_until_the_photo_is_in_its_album(world: FlickrWorld) -> None:
    end_before_album(world, "a.jpg")
    (note,) = notes(world)
    assert note["id"] == world.loose()[0]
    world.flickr.settings.not_in_set_lag = NEVER
    assert world.sync() == 0
    assert notes(world) == []


def test_no_note_is_left_of_a_photo_that_is_sent_because_it_cannot_be_moved(
    world: FlickrWorld,
) -> None:
    for album in ("Rome", "Paris"):
        world.here(f"{album}/a.jpg", "the same")
    assert world.sync() == 0
    # There it is one photo in two albums, which cannot have two names.
    (world.local / "Rome/a.jpg").rename(world.local / "Rome/b.jpg")
    assert world.sync() == 0
    assert set(world.photos()) == {"Rome/b.jpg", "Paris/a.jpg"}
    assert notes(world) == []


def test_without_a_kill_nothing_is_searched_for(world: FlickrWorld) -> None:
    for name in ("a.jpg", "b.jpg"):
        world.here(f"Rome/{name}")
    assert world.sync() == 0
    assert notes(world) == []
    assert world.flickr.calls["upload"] == 2


@pytest.mark.parametrize("is_prepared", [True, False])
def test_no_byte_of_a_photo_goes_before_its_note_is_on_the_disk(
    world: FlickrWorld, *, is_prepared: bool
) -> None:
    backend, memory = world.connect(), KeptMemory()
    memory.serve(backend)
    memory.is_full = True
    source = world.source("Rome/a.jpg")
    if is_prepared:
        backend.prepare_save("Rome", "a.jpg", source)
    with pytest.raises(NotRecorded, match="the disk is full"):
        backend.save("Rome", "a.jpg", source, ignore)
    assert world.loose() == []


def test_a_photo_that_was_prepared_takes_no_further_call(world: FlickrWorld) -> None:
    backend, memory = world.connect(), KeptMemory()
    memory.serve(backend)
    source = world.source("Rome/a.jpg")
    backend.prepare_save("Rome", "a.jpg", source)
    assert not world.flickr.calls
    assert len(memory.uploads) == 1
    world.send(backend, source)
    calls = {"photos.getNotInSet": 1, "upload": 1}
    assert {name: world.flickr.calls[name] for name in calls} == calls
    assert list(map(str, memory.uploads)) == ["album Rome"]


def test_what_was_prepared_and_not_sent_is_searched_for_only_after_a_kill(
    world: FlickrWorld,
) -> None:
    backend, memory = world.connect(), KeptMemory()
    memory.serve(backend)
    source = world.source("Rome/a.jpg")
    backend.prepare_save("Rome", "a.jpg", source)
    after_kill = world.connect()
    memory.serve(after_kill)
    # The note is of another run, and stays when this one ends without sending it.
    after_kill.prepare_save("Rome", "a.jpg", source)
    after_kill.close()
    assert len(memory.uploads) == 1
    backend.close()
    assert memory.uploads == {}


def test_a_photo_that_is_prepared_too_late_keeps_its_note_until_it_is_in_an_album(
    world: FlickrWorld,
) -> None:
    backend, after_stop = world.connect(), world.connect()
    source = world.source("Rome/a.jpg")
    worker = Thread(target=backend.save, args=("Rome", "a.jpg", source, ignore))

    class SlowMemory(KeptMemory):
        def find(self, path: str) -> Row | None:
            # While one thread looks for a note, another one sends the photo, if it can.
            found = super().find(path)
            if not worker.ident:
                worker.start()
                worker.join(0.3)
            return found

    memory = SlowMemory()
    memory.serve(backend)
    memory.serve(after_stop)
    backend.prepare_save("Rome", "a.jpg", source)
    worker.join()
    backend.close()
    # No list shows it for a while.
    world.flickr.settings.not_in_set_lag = NEVER
    world.flickr.settings.updated_lag = NEVER
    world.send(after_stop, source)
    check_once(world, "a.jpg")


def test_a_run_killed_after_it_prepared_a_photo_leads_to_one_photo(
    world: FlickrWorld,
) -> None:
    killed, backend, memory = world.connect(), world.connect(), KeptMemory()
    source = world.source("Rome/a.jpg")
    for one in (killed, backend):
        memory.serve(one)
        one.prepare_save("Rome", "a.jpg", source)
    world.send(backend, source)
    check_once(world, "a.jpg")
    assert world.flickr.calls["upload"] == 1


def test_a_file_that_changed_after_the_kill_is_sent_as_it_is_now(
    world: FlickrWorld, capsys: Said
) -> None:
    end_before_album(world, "a.jpg")
    (old,) = world.loose()
    world.here("Rome/a.jpg", "edited", when=WHEN + 3600)
    capsys.readouterr()
    assert world.sync() == 0
    assert world.photos() == {"Rome/a.jpg": jpeg("edited")}
    # What was sent before is nobody's now, and is told.
    said = capsys.readouterr()
    assert f"in no album there: 1 (ids {old})" in said.out + said.err


def test_loose_photos_of_ours_are_told_and_those_of_others_are_not(
    world: FlickrWorld, capsys: Said
) -> None:
    world.here("Rome/a.jpg")
    assert world.sync() == 0
    ours = world.tagged("b.jpg", jpeg("b"))
    world.flickr.web.photo("phone", jpeg("phone"))
    capsys.readouterr()
    assert world.sync() == 0
    said = capsys.readouterr()
    assert f"in no album there: 1 (ids {ours})" in (said.out + said.err)


def test_a_run_with_nothing_to_do_does_not_ask_for_loose_photos(
    world: FlickrWorld,
) -> None:
    world.here("Rome/a.jpg")
    assert world.sync() == 0
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert "photos.getNotInSet" not in world.flickr.calls


@pytest.mark.parametrize("lag", [0.0, 300.0])
@pytest.mark.parametrize("method", ["photosets.addPhoto", "photosets.removePhoto"])
def test_a_move_that_ends_halfway_makes_no_second_photo(
    world: FlickrWorld, method: str, lag: float
) -> None:
    for path in ("Rome/a.jpg", "Rome/b.jpg", "Oslo/c.jpg"):
        world.here(path)
    assert world.sync() == 0
    (world.local / "Rome/a.jpg").rename(world.local / "Oslo/new.jpg")
    world.flickr.plan(Fault(method, "fail", None, code=105))
    # The album that it has joined is listed without it for a while.
    world.flickr.clock.advance(lag)
    world.flickr.settings.members_lag = lag
    assert world.sync() == 1
    world.flickr.traffic.clear_faults()
    assert world.sync("--allowDelete", "remote") == 0
    world.flickr.settings.members_lag = 0.0
    assert world.sync("--allowDelete", "remote") == 0
    here = set(world.library())
    assert here == {"Rome/b.jpg", "Oslo/c.jpg", "Oslo/new.jpg"}
    assert set(world.photos()) == here
    assert notes(world) == []
    assert world.flickr.calls["upload"] == 3


def test_a_replace_that_ends_before_its_tags_is_no_damage_later(
    world: FlickrWorld,
) -> None:
    path = world.here("Rome/a.jpg")
    assert world.sync() == 0
    # Within the minute for which two dates are one.
    world.here("Rome/a.jpg", jpeg("edited") + b"longer", when=WHEN + 5)
    world.flickr.plan(Fault("photos.addTags", "fail", None, code=105))
    assert world.sync() == 1
    assert world.photos() == {"Rome/a.jpg": path.read_bytes()}
    world.flickr.traffic.clear_faults()
    # Something new in the album has all of it compared again.
    for name in ("b.jpg", "c.jpg"):
        world.here(f"Rome/{name}")
        assert world.sync() == 0


@contextmanager
def lists_of_now(world: FlickrWorld) -> Iterator[None]:
    """Let albums be listed with the members that they have now, whatever becomes of
    them.
    """
    service: Any = world.flickr._service
    answer = service.answer
    listed: dict[str, Any] = {}

    def remembered(request: Any, name: str) -> Any:
        if name != "photosets.getPhotos":
            return answer(request, name)
        set_id = request.values["photoset_id"]
        return listed.get(set_id) or answer(request, name)

    def watched(request: Any, name: str) -> Any:
        found = answer(request, name)
        if name == "photosets.getPhotos":
            listed[request.values["photoset_id"]] = found
        return found

    service.answer = watched
    assert world.sync("--audit") == 0
    service.answer = remembered
    try:
        yield
    finally:
        service.answer = answer


def test_a_photo_that_left_an_album_is_not_new_in_it_while_lists_lag(
    world: FlickrWorld,
) -> None:
    for path in ("Rome/a.jpg", "Rome/b.jpg", "Oslo/c.jpg"):
        world.here(path)
    assert world.sync() == 0
    here = {"Rome/b.jpg", "Oslo/a.jpg", "Oslo/c.jpg"}
    with lists_of_now(world):
        (world.local / "Rome/a.jpg").rename(world.local / "Oslo/a.jpg")
        for _ in range(3):
            assert world.sync("--allowDelete", "both") == 0
            assert set(world.library()) == here
    assert world.sync() == 0
    assert set(world.library()) == here
    assert set(world.photos()) == here


def test_a_photo_that_was_put_back_is_seen_in_its_album(world: FlickrWorld) -> None:
    for path in ("Rome/a.jpg", "Rome/b.jpg", "Oslo/c.jpg"):
        world.here(path)
    assert world.sync() == 0
    for there, here in (("Oslo", "Rome"), ("Rome", "Oslo")):
        (world.local / here / "a.jpg").rename(world.local / there / "a.jpg")
        assert world.sync() == 0
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert set(world.photos()) == {"Rome/a.jpg", "Rome/b.jpg", "Oslo/c.jpg"}


def test_what_a_killed_run_sent_and_was_edited_there_since_is_sent_again(
    world: FlickrWorld,
) -> None:
    end_before_album(world, "a.jpg")
    (loose,) = world.loose()
    world.flickr.clock.advance(3600)
    world.flickr.web.replace(loose, jpeg("edited there"))
    world.flickr.clock.advance(3 * 24 * 3600)
    assert world.sync() == 0
    assert world.photos() == {"Rome/a.jpg": jpeg("Rome/a.jpg")}
    assert world.loose() == [loose]
