"""What is kept of a listing of Drive, and brought up to date by the feed of changes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.drive_world import DriveWorld, source_of, world_below
from harness.kept_cache import KeptMemory
from harness.worlds import listed, make_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from photosync.emulators.drive import Fault
from photosync.emulators.drive.identity import DRIVE_FILE
from photosync.errors import AuthorizationNeeded, Rejected
from photosync.model import RemotePhoto
from photosync.services.drive.backend import DriveBackend
from wire.transfers import save, still


def with_known_bytes(world: DriveWorld, memory: KeptMemory) -> DriveBackend:
    backend = world.connect()
    memory.serve(backend)
    return backend


def kept(world: DriveWorld, memory: KeptMemory) -> dict[str, list[RemotePhoto]]:
    """What a run with this memory lists."""
    backend = with_known_bytes(world, memory)
    try:
        return listed(backend)
    finally:
        backend.close()


def fresh(world: DriveWorld) -> dict[str, list[RemotePhoto]]:
    """What a run without memory lists."""
    backend = world.connect()
    try:
        return listed(backend)
    finally:
        backend.close()


def calls(world: DriveWorld) -> dict[str, int]:
    return {
        name: count
        for name, count in world.drive.calls.items()
        if name != "oauth.token"
    }


def settled(world: DriveWorld, memory: KeptMemory) -> None:
    """The last whole listing lies so long back that nothing made then can be missing
    from it.
    """
    kept(world, memory)
    memory.cursor = memory.cursor.partition(" ")[0]
    world.drive.traffic.reset()


# -- what it costs
# -------------------------------------------------------------------------


def test_nothing_to_do_costs_two_calls_however_much_there_is(
    world: DriveWorld, memory: KeptMemory
) -> None:
    for number in range(60):
        album = world.album(f"Album {number}")
        md5 = {"size": 5, "md5Checksum": "0" * 32, "parent": album}
        world.drive.web.files(
            [{"name": f"{n}.jpg", **md5} for n in range(20)], app=world.app
        )
    settled(world, memory)
    notes = memory.notes
    assert sum(len(photos) for photos in kept(world, memory).values()) == 1200
    assert calls(world) == {"changes.list": 1, "files.get": 1}
    assert memory.notes == notes


def test_soon_after_a_whole_listing_nothing_to_do_costs_three_calls(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    kept(world, memory)
    notes = memory.notes
    world.drive.traffic.reset()
    assert list(kept(world, memory)) == ["Zoo"]
    assert calls(world) == {"changes.list": 1, "files.get": 1, "files.list": 1}
    assert memory.notes == notes


def test_a_changed_photo_notes_its_album_only(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Ark/b.jpg")
    photo = world.there("Zoo/a.jpg")
    settled(world, memory)
    before = dict(memory.rows)
    world.drive.web.rename(photo, "c.jpg")
    assert kept(world, memory) == fresh(world)
    changed = {folder for folder, rows in memory.rows.items() if rows != before[folder]}
    assert changed == {world.album("Zoo")}


def test_a_dry_run_sees_the_changes_and_notes_nothing(
    world: DriveWorld, memory: KeptMemory
) -> None:
    photo = world.there("Zoo/a.jpg")
    settled(world, memory)
    before = (memory.cursor, dict(memory.rows))
    memory.frozen = True
    world.drive.web.trash(photo)
    world.there("Ark/b.jpg")
    for _ in range(2):
        assert kept(world, memory) == fresh(world)
    assert (memory.cursor, memory.rows) == before


def test_the_feed_is_read_page_by_page_to_its_end(
    world: DriveWorld, memory: KeptMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(world, memory)
    world.there("Zoo/first.jpg")
    entry = {"size": 5, "md5Checksum": "0" * 32, "parent": world.album("Zoo")}
    world.drive.web.files(
        [{"name": f"{n}.jpg", **entry} for n in range(2500)], app=world.app
    )
    assert len(kept(world, memory)["Zoo"]) == 2501
    assert calls(world)["changes.list"] == 3


# -- what the feed tells
# -------------------------------------------------------------------


def test_our_own_writes_come_back_and_are_applied_rightly(
    world: DriveWorld, memory: KeptMemory
) -> None:
    backend = with_known_bytes(world, memory)
    assert listed(backend) == {}
    first, second, third = (save(world, backend, name=name) for name in ("a", "b", "c"))
    backend.delete(first)
    moved = backend.move(second, "Ark", "d.jpg")
    source = source_of(make_file(world.top / "c", b"other", 1_600_000_000))
    new = backend.replace(third, source, still)._replace(backup="")
    assert kept(world, memory) == fresh(world) == {"Ark": [moved], "Zoo": [new]}


def photo_of(world: DriveWorld) -> str:
    return str(world.drive.web.named("a.jpg")[0]["id"])


def into(world: DriveWorld, folder: str) -> None:
    world.drive.web.move(photo_of(world), folder)


def gone_and_back(world: DriveWorld, folder: str) -> None:
    world.drive.web.trash(folder)
    world.drive.web.untrash(folder)


def filled_while_away(world: DriveWorld, folder: str) -> None:
    attic = world.drive.web.folder("Attic", app=world.app)
    world.drive.web.move(folder, attic)
    world.drive.web.file("new.jpg", b"new", folder, app=world.app)


EDITS: dict[str, Callable[[DriveWorld], Any]] = {
    "renamed": lambda w: w.drive.web.rename(photo_of(w), "z.jpg"),
    "other bytes": lambda w: w.drive.web.replace(photo_of(w), b"other"),
    "trashed": lambda w: w.drive.web.trash(photo_of(w)),
    "deleted": lambda w: w.drive.web.delete(photo_of(w)),
    "moved to another album": lambda w: into(w, w.album("Ark")),
    "moved to a new album": lambda w: into(w, w.album("New")),
    "moved out of all albums": lambda w: into(w, "root"),
    "moved beside the albums": lambda w: into(w, w._folder("photosync", "root")),
    "added": lambda w: w.there("Zoo/b.jpg"),
    "added in a new album": lambda w: w.there("New/b.jpg"),
    "album renamed": lambda w: w.drive.web.rename(w.album("Zoo"), "New"),
    "album trashed": lambda w: w.drive.web.trash(w.album("Zoo")),
    "album trashed and back": lambda w: gone_and_back(w, w.album("Zoo")),
    "album deleted": lambda w: w.drive.web.delete(w.album("Zoo")),
    "album moved away": lambda w: filled_while_away(w, w.album("Zoo")),
    "album moved into an album": lambda w: w.drive.web.move(
        w.album("Zoo"), w.album("Ark")
    ),
    "marked": lambda w: w.drive.web.patch(photo_of(w), starred=True),
    "base renamed": lambda w: w.drive.web.rename(
        w._folder("photosync", "root"), "Pictures"
    ),
}


@pytest.mark.parametrize("descendants", [False, True])
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_change_on_the_web_is_seen_as_a_listing_read_anew_shows_it(
    world: DriveWorld,
    memory: KeptMemory,
    edit: Callable[[DriveWorld], Any],
    descendants: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    world.drive.settings.descendant_changes = descendants
    world.there("Zoo/a.jpg")
    world.there("Ark/a.jpg")
    settled(world, memory)
    edit(world)
    assert kept(world, memory) == fresh(world)
    assert kept(world, memory) == fresh(world)


def test_a_folder_moved_below_the_base_is_an_album_with_all_that_was_in_it(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    folder = world.drive.web.folder("Old", app=world.app)
    world.drive.web.file("old.jpg", b"old", folder, app=world.app)
    settled(world, memory)
    world.drive.web.move(folder, world._folder("photosync", "root"))
    assert [photo.name for photo in kept(world, memory)["Old"]] == ["old.jpg"]
    assert kept(world, memory) == fresh(world)


def test_an_album_out_of_the_trash_has_all_that_was_in_it(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    album = world.album("Zoo")
    settled(world, memory)
    world.drive.web.trash(album)
    assert kept(world, memory) == {}
    world.drive.web.untrash(album)
    assert kept(world, memory) == fresh(world)
    assert [photo.name for photo in kept(world, memory)["Zoo"]] == ["a.jpg"]


def test_a_base_folder_in_the_trash_is_refused_with_the_remedy(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    settled(world, memory)
    base = world._folder("photosync", "root")
    world.drive.web.trash(base)
    for _ in range(2):
        with pytest.raises(Rejected, match="in the trash of Drive"):
            kept(world, memory)
    world.drive.web.untrash(base)
    assert list(kept(world, memory)) == ["Zoo"]


def test_a_folder_above_the_base_in_the_trash_takes_the_base_along(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    attic = world.drive.web.folder("Attic", app=world.app)
    base = world._folder("photosync", "root")
    kept(world, memory)
    world.drive.web.move(base, attic)
    settled(world, memory)
    assert list(kept(world, memory)) == ["Zoo"]
    world.drive.web.trash(attic)
    for _ in range(2):
        with pytest.raises(Rejected, match=r"a folder above .* in the trash of Drive"):
            kept(world, memory)
    world.drive.web.delete(attic)
    assert kept(world, memory) == {}


def test_a_base_folder_deleted_for_good_holds_nothing(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    settled(world, memory)
    world.drive.web.delete(world._folder("photosync", "root"))
    assert kept(world, memory) == {}
    world.there("Ark/b.jpg")
    assert kept(world, memory) == fresh(world)
    assert list(kept(world, memory)) == ["Ark"]


def test_with_the_narrow_scope_the_feed_tells_what_is_ours(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.sign_in(DRIVE_FILE)
    world.there("Zoo/a.jpg")
    kept(world, memory)
    settled(world, memory)
    world.drive.web.file("foreign.jpg", b"x", world.album("Zoo"))
    world.there("Zoo/b.jpg")
    assert [photo.name for photo in kept(world, memory)["Zoo"]] == ["a.jpg", "b.jpg"]


# -- what cannot be relied on
# --------------------------------------------------------------

REFUSALS = [
    Fault("changes.list", "status", status=400, reason="invalid"),
    Fault("changes.list", "status", status=404, reason="notFound"),
    Fault("changes.list", "status", status=410, reason="notFound"),
    Fault("changes.list", "html", status=200, times=None),
    Fault("changes.list", "status", status=500, times=None),
]


@pytest.mark.parametrize(
    "fault", REFUSALS, ids=lambda fault: f"{fault.kind} {fault.status}"
)
def test_a_refused_feed_leads_to_a_listing_read_anew(
    world: DriveWorld, memory: KeptMemory, fault: Fault
) -> None:
    photo = world.there("Zoo/a.jpg")
    settled(world, memory)
    world.drive.web.trash(photo)
    world.there("Ark/b.jpg")
    world.drive.plan(fault)
    assert list(kept(world, memory).values()) == list(fresh(world).values())
    world.drive.traffic.clear_faults()
    world.drive.traffic.reset()
    assert kept(world, memory) == fresh(world)
    assert world.drive.calls["changes.getStartPageToken"] == 0


@pytest.mark.parametrize("cursor", ["nonsense", "999999999", "-1", "1 x", " "])
def test_a_cursor_that_makes_no_sense_leads_to_a_listing_read_anew(
    world: DriveWorld, memory: KeptMemory, cursor: str
) -> None:
    world.there("Zoo/a.jpg")
    settled(world, memory)
    memory.cursor = cursor
    assert kept(world, memory) == fresh(world)


def test_without_sign_in_the_feed_is_not_taken_for_refused(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    settled(world, memory)
    world.drive.plan(
        Fault("changes.list", "status", status=403, reason="insufficientPermissions")
    )
    with pytest.raises(AuthorizationNeeded):
        kept(world, memory)


@pytest.mark.parametrize("spoil", ['[{"id": "x"}]', "[{}]", None])
def test_rows_that_cannot_be_read_are_listed_anew(
    world: DriveWorld, memory: KeptMemory, spoil: str | None
) -> None:
    for path in ("Zoo/a.jpg", "Ark/b.jpg"):
        world.there(path)
    settled(world, memory)
    for folder in list(memory.rows):
        if spoil:
            memory.rows[folder] = spoil
        else:
            memory.rows[folder] = memory.rows[folder].replace("2017-", "long ago")
        assert kept(world, memory) == fresh(world)


def test_an_album_that_could_not_be_listed_is_listed_in_the_next_run(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    world._folder("photosync", "root")
    backend = with_known_bytes(world, memory)
    albums = list(backend.albums())
    world.drive.plan(Fault("files.list", "status", status=403, reason="forbidden"))
    (listing,) = backend.photos(albums)
    assert listing.unknown
    assert kept(world, memory) == fresh(world)
    assert len(kept(world, memory)["Zoo"]) == 1


def test_albums_that_were_not_asked_for_are_listed_once_they_are(
    world: DriveWorld, memory: KeptMemory
) -> None:
    for path in ("Zoo/a.jpg", "Ark/b.jpg"):
        world.there(path)
    for _ in range(2):
        backend = with_known_bytes(world, memory)
        (one,) = [album for album in backend.albums() if album.title == "Zoo"]
        assert [len(found.photos) for found in backend.photos([one])] == [1]
    assert kept(world, memory) == fresh(world)


# -- lists that lag behind
# -----------------------------------------------------------------


def test_photos_of_the_last_run_are_seen_though_lists_do_not_show_them_yet(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.drive.settings.list_lag = 3600
    backend = with_known_bytes(world, memory)
    assert listed(backend) == {}
    photos = [save(world, backend, name=f"{number}.jpg") for number in range(3)]
    assert fresh(world) == {}
    for _ in range(2):
        assert kept(world, memory) == {"Zoo": photos}


@pytest.mark.parametrize("page_limits", [(), (1,), (2, 0)])
def test_what_a_whole_listing_missed_is_seen_once_lists_show_it(
    world: DriveWorld, memory: KeptMemory, page_limits: tuple[int, ...]
) -> None:
    world.drive.settings.page_limits = page_limits
    world.there("Zoo/a.jpg")
    world.drive.settings.list_lag = 600
    world.there("Zoo/b.jpg")
    world.there("Ark/c.jpg")
    assert [photo.name for photo in kept(world, memory)["Zoo"]] == ["a.jpg"]
    world.drive.clock.advance(900)
    assert kept(world, memory) == fresh(world)
    assert sorted(kept(world, memory)) == ["Ark", "Zoo"]


def test_a_search_for_latecomers_that_fails_is_made_again_in_the_next_run(
    world: DriveWorld, memory: KeptMemory
) -> None:
    world.there("Zoo/a.jpg")
    world.drive.settings.list_lag = 600
    world.there("Zoo/b.jpg")
    kept(world, memory)
    world.drive.clock.advance(900)
    world.drive.plan(Fault("files.list", "status", status=400, reason="invalid"))
    assert [photo.name for photo in kept(world, memory)["Zoo"]] == ["a.jpg"]
    assert kept(world, memory) == fresh(world)


def test_looking_for_latecomers_costs_one_call_however_many_files_are_new(
    world: DriveWorld, memory: KeptMemory
) -> None:
    entry = {"size": 1, "md5Checksum": "0" * 32, "parent": world.album("Zoo")}
    world.drive.web.files(
        [{"name": f"{number:04}.jpg", **entry} for number in range(1100)], app=world.app
    )
    assert len(kept(world, memory)["Zoo"]) == 1100
    world.drive.traffic.reset()
    assert len(kept(world, memory)["Zoo"]) == 1100
    assert world.drive.calls == {"changes.list": 1, "files.get": 1, "files.list": 1}


# -- any edits at all
# ----------------------------------------------------------------------

EDIT = st.tuples(
    st.sampled_from(
        [
            *("add", "rename", "move", "trash", "untrash", "delete", "replace", "out"),
            *(
                "album",
                "rename album",
                "trash album",
                "untrash album",
                "album out",
                "album in",
            ),
        ]
    ),
    st.integers(0, 5),
    st.integers(0, 5),
)


class Web:
    """Somebody who edits in the web interface."""

    def __init__(self, world: DriveWorld) -> None:
        self._web = world.drive.web
        self._app = world.app
        self._base = world._folder("photosync", "root")
        self._attic = self._web.folder("Attic", app=self._app)
        self._albums = [
            self._web.folder(name, self._base, app=self._app) for name in "AB"
        ]
        self._photos: list[str] = []
        self._made = 0

    def do(self, what: str, one: int, other: int) -> None:
        web, album = self._web, self._albums[one % len(self._albums)]
        self._made += 1
        if what == "add":
            name = f"{other}.jpg"
            self._photos.append(
                web.file(name, b"%d" % self._made, album, app=self._app)
            )
        elif what == "album":
            self._albums.append(web.folder(f"Album {other}", self._base, app=self._app))
        elif "album" in what:
            self._do_with_album(what, album, other)
        elif self._photos:
            self._do_with_photo(what, one, other)

    def _do_with_album(self, what: str, album: str, other: int) -> None:
        edits: dict[str, Callable[[], None]] = {
            "rename album": lambda: self._web.rename(album, f"Renamed {other}"),
            "trash album": lambda: self._web.trash(album),
            "untrash album": lambda: self._web.untrash(album),
            "album out": lambda: self._web.move(album, self._attic),
            "album in": lambda: self._web.move(album, self._base),
        }
        edits[what]()

    def _do_with_photo(self, what: str, one: int, other: int) -> None:
        photo = self._photos[one % len(self._photos)]
        album = self._albums[other % len(self._albums)]
        edits: dict[str, Callable[[], None]] = {
            "rename": lambda: self._web.rename(photo, f"renamed {other}.jpg"),
            "move": lambda: self._web.move(photo, album),
            "out": lambda: self._web.move(photo, self._attic),
            "trash": lambda: self._web.trash(photo),
            "untrash": lambda: self._web.untrash(photo),
            "delete": lambda: self._web.delete(photo),
            "replace": lambda: self._web.replace(photo, b"new %d" % self._made),
        }
        edits[what]()
        if what == "delete":
            self._photos.remove(photo)


def in_order(found: dict[str, list[RemotePhoto]]) -> dict[str, list[RemotePhoto]]:
    return {title: sorted(photos) for title, photos in sorted(found.items())}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rounds=st.lists(st.lists(EDIT, max_size=6), min_size=1, max_size=5),
    descendants=st.booleans(),
)
def test_after_any_edits_what_is_kept_equals_a_listing_read_anew(
    tmp_path: Path,
    rounds: list[list[tuple[str, int, int]]],
    descendants: bool,  # noqa: FBT001 - given by hypothesis
) -> None:
    top = Path(tempfile.mkdtemp(dir=tmp_path))
    for world in world_below(top):
        world.drive.settings.descendant_changes = descendants
        web, memory = Web(world), KeptMemory()
        kept(world, memory)
        # Only the feed is to tell.
        memory.cursor = memory.cursor.partition(" ")[0]
        for edits in rounds:
            for edit in edits:
                web.do(*edit)
            assert in_order(kept(world, memory)) == in_order(fresh(world))
    shutil.rmtree(top)
