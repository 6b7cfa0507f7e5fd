"""How Drive is listed, and how the base folder and the albums are found or made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from harness.drive_world import DriveWorld, source_of, world_below
from harness.worlds import listed, make_file

from photosync.emulators.drive import Fault, Settings
from photosync.emulators.drive.identity import DRIVE, DRIVE_FILE
from photosync.errors import Interrupted, Rejected, Transient


def still(_: int) -> None:
    """Nobody watches."""


def save(world: DriveWorld, backend: Any, path: str, content: bytes = b"photo") -> Any:
    album, _, name = path.partition("/")
    source = source_of(make_file(world.top / "sent" / path, content))
    return backend.save(album, name, source, still)


def ready(world: DriveWorld, **settings: Any) -> Any:
    backend = world.connect(**settings)
    list(backend.albums())
    backend.prepare()
    return backend


def names(found: dict[str, list[Any]]) -> dict[str, list[str]]:
    return {album: [photo.name for photo in photos] for album, photos in found.items()}


def lists(world: DriveWorld) -> list[dict[str, str]]:
    """The parameters of every list call so far."""
    targets = (
        call.target
        for call in world.drive.traffic.history
        if call.method == "files.list"
    )
    return [
        {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        for target in targets
    ]


# -- listings
# ------------------------------------------------------------------------------


def test_lists_ask_for_whole_pages_and_for_the_fields_that_are_used(
    world: DriveWorld,
) -> None:
    world.there("Zoo/a.jpg")
    listed(world.connect())
    asked = lists(world)
    assert asked
    for parameters in asked:
        assert parameters["pageSize"] == "1000"
        assert "trashed = false" in parameters["q"]
        assert "nextPageToken" in parameters["fields"]
        assert "incompleteSearch" in parameters["fields"]
        assert "md5Checksum" in parameters["fields"]
        assert "orderBy" not in parameters


def test_what_lies_in_the_trash_is_not_listed(world: DriveWorld) -> None:
    world.there("Zoo/a.jpg")
    world.drive.web.trash(world.there("Zoo/b.jpg"))
    world.there("Gone/c.jpg")
    world.drive.web.trash(world.album("Gone"))
    assert names(listed(world.connect())) == {"Zoo": ["a.jpg"]}


@pytest.mark.parametrize("limits", [(1,), (0, 2), (3, 0, 0, 1), (1000,)])
def test_short_and_empty_pages_do_not_end_a_listing(
    world: DriveWorld, limits: tuple[int, ...]
) -> None:
    wanted = [f"{number}.jpg" for number in range(7)]
    for name in wanted:
        world.there(f"Zoo/{name}")
    world.there("Zebra/z.jpg")
    world.drive.settings.page_limits = limits
    assert names(listed(world.connect())) == {"Zoo": wanted, "Zebra": ["z.jpg"]}


def test_a_listing_of_many_pages_is_whole(world: DriveWorld) -> None:
    album = world.album("Zoo")
    facts = {"parent": album, "size": 10, "md5Checksum": "0" * 32}
    world.drive.web.files(
        ({"name": f"{n:04}.jpg", **facts} for n in range(2345)), app=world.app
    )
    backend = world.connect()
    albums = list(backend.albums())
    world.drive.traffic.reset()
    (listing,) = backend.photos(albums)
    assert [photo.name for photo in listing.photos] == [
        f"{n:04}.jpg" for n in range(2345)
    ]
    assert world.drive.calls == {"files.list": 3}


class NoCache(Settings):
    """Refuses page tokens, the next `refusals` of them."""

    refusals = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "page_token_lifetime" and self.refusals:
            self.refusals -= 1
            return -1.0
        return super().__getattribute__(name)


@pytest.mark.parametrize("refusals", [1, 2])
def test_a_refused_page_token_starts_the_listing_again(
    tmp_path: Path, refusals: int
) -> None:
    settings = NoCache(page_limits=(2,))
    for world in world_below(tmp_path, settings):
        wanted = [f"{number}.jpg" for number in range(7)]
        for name in wanted:
            world.there(f"Zoo/{name}")
        settings.refusals = refusals
        assert names(listed(world.connect())) == {"Zoo": wanted}
        tokens = ["pageToken" in parameters for parameters in lists(world)]
        assert tokens[1:4] != [True, True, True]


def test_page_tokens_refused_for_ever_make_the_album_unknown(tmp_path: Path) -> None:
    settings = NoCache(page_limits=(2,))
    for world in world_below(tmp_path, settings):
        for number in range(5):
            world.there(f"Zoo/{number}.jpg")
        backend = world.connect()
        albums = list(backend.albums())
        settings.refusals = 1000
        (listing,) = backend.photos(albums)
        assert "lost its place" in listing.unknown
        assert listing.photos == ()


def test_an_incomplete_search_makes_albums_unknown_and_never_empty(
    world: DriveWorld,
) -> None:
    world.there("Zoo/a.jpg")
    backend = world.connect()
    albums = list(backend.albums())
    world.drive.settings.incomplete_search = True
    (listing,) = backend.photos(albums)
    assert "could not search everything" in listing.unknown
    with pytest.raises(Transient, match="could not search everything"):
        list(backend.albums())


def test_a_query_for_many_albums_that_finds_nothing_is_asked_again_album_by_album(
    world: DriveWorld,
) -> None:
    for album in ("Zoo", "Zebra", "Zoom"):
        world.there(f"{album}/{album}.jpg")
    world.drive.settings.grouped_parents_bug = True
    found = listed(world.connect())
    assert names(found) == {
        album: [f"{album}.jpg"] for album in ("Zoo", "Zebra", "Zoom")
    }


def test_many_albums_take_few_calls(world: DriveWorld) -> None:
    base = world._folder("photosync", "root")
    for number in range(60):
        album = world.drive.web.folder(f"Album {number:02}", base, app=world.app)
        world.drive.web.file("a.jpg", b"x", album, app=world.app)
    world.sign_in()
    listed(world.connect())
    world.drive.traffic.reset()
    found = listed(world.connect())
    assert len(found) == 60
    assert all(len(photos) == 1 for photos in found.values())
    assert world.drive.calls == {"files.get": 1, "files.list": 4}
    assert all(len(call.target) < 2048 for call in world.drive.traffic.history)


def test_two_albums_of_one_title_are_both_listed(world: DriveWorld) -> None:
    base = world._folder("photosync", "root")
    for content in (b"one", b"two"):
        album = world.drive.web.folder("Zoo", base, app=world.app)
        world.drive.web.file("a.jpg", content, album, app=world.app)
    assert [len(photos) for photos in listed(world.connect()).values()] == [2]


def test_an_album_removed_while_it_is_looked_at_is_unknown(world: DriveWorld) -> None:
    world.there("Zoo/a.jpg")
    backend = world.connect()
    albums = list(backend.albums())
    world.drive.plan(Fault("files.list", "status", status=404, reason="notFound"))
    (listing,) = backend.photos(albums)
    assert listing.unknown


@pytest.mark.parametrize("is_bug", [False, True])
def test_an_album_deleted_meanwhile_does_not_make_its_neighbours_unknown(
    world: DriveWorld, *, is_bug: bool
) -> None:
    for title in ("Ark", "Bar", "Zoo"):
        world.there(f"{title}/a.jpg")
    backend = world.connect()
    albums = list(backend.albums())
    world.drive.web.delete(world.album("Bar"))
    world.drive.settings.grouped_parents_bug = is_bug
    found = {one.album.title: one for one in backend.photos(albums)}
    assert {title: bool(one.unknown) for title, one in found.items()} == {
        "Ark": False,
        "Bar": True,
        "Zoo": False,
    }
    assert [len(one.photos) for one in found.values()] == [1, 0, 1]


def test_a_listing_that_lacks_what_was_asked_for_is_not_believed(
    world: DriveWorld,
) -> None:
    # The altered byte is the middle one: with the length of the description it wanders
    # through the keys.
    photo = world.there("Zoo/a.jpg")
    backend = world.connect()
    albums = list(backend.albums())
    unknown = set()
    for length in range(1, 250, 3):
        world.drive.web.patch(photo, description="a" * length)
        world.drive.plan(Fault("files.list", "corrupt"))
        (listing,) = backend.photos(albums)
        unknown.add(listing.unknown)
    assert any("an answer that cannot be read" in why for why in unknown)


# -- what is not ours to touch
# --------------------------------------------------------------


def strangers(world: DriveWorld) -> dict[str, str]:
    """What people keep in albums besides photos, by name, each with the word it is left
    with.
    """
    web, album = world.drive.web, world.album("Zoo")
    web.document("letter.jpg", album)
    web.shortcut("link.jpg", world.there("Zoo/real.jpg"), album)
    web.shortcut("dangling.jpg", "nowhere", album)
    web.folder("inside.jpg", album)
    web.file("locked.jpg", b"locked", album, capabilities={"canDownload": False})
    web.file("beside.jpg", b"beside", world._folder("photosync", "root"))
    return {
        "letter.jpg": "Google document",
        "link.jpg": "shortcut",
        "dangling.jpg": "shortcut",
        "inside.jpg": "a folder inside an album",
        "locked.jpg": "may not be downloaded",
        "beside.jpg": "beside the albums",
    }


def test_what_is_no_photo_of_ours_is_named_and_hidden_on_both_sides(
    world: DriveWorld,
) -> None:
    words = strangers(world)
    backend = world.connect()
    (listing,) = backend.photos(list(backend.albums()))
    assert [photo.name for photo in listing.photos] == ["real.jpg"]
    assert listing.others == 5
    assert listing.hidden == words.keys() - {"beside.jpg"}
    listing_warnings = {
        problem.subject.rpartition("/")[2]: problem
        for problem in backend.listing_warnings()
    }
    listing_warnings["beside.jpg"] = listing_warnings.pop("Drive beside.jpg")
    del listing_warnings["Drive photosync"]
    assert listing_warnings.keys() == words.keys()
    for name, word in words.items():
        assert word in listing_warnings[name].reason
        assert "left alone" in listing_warnings[name].reason
        assert not listing_warnings[name].failed


def test_a_run_neither_sends_nor_takes_nor_deletes_what_is_hidden(
    world: DriveWorld,
) -> None:
    words = strangers(world)
    before = world.drive.web.everything()
    world.sign_in(DRIVE)
    for name in words.keys() - {"beside.jpg"}:
        world.here(f"Zoo/{name}", b"mine")
    for mode in ("sync", "syncUpload", "repairUpload", "download"):
        result = world.run(
            "-d", world.local, "-m", mode, "--allowDelete", "both", "--purge"
        )
        assert result.code == 0, result.err
        assert all(name in result.out for name in words)
    assert world.drive.web.everything() == before
    assert world.library().keys() == {f"Zoo/{name}" for name in words} - {
        "Zoo/beside.jpg"
    } | {"Zoo/real.jpg"}


def test_with_the_narrow_scope_what_other_programs_put_there_is_invisible(
    world: DriveWorld,
) -> None:
    world.there("Zoo/ours.jpg")
    world.drive.web.file("theirs.jpg", b"theirs", world.album("Zoo"))
    world.drive.web.folder("Their album", world._folder("photosync", "root"))
    world.sign_in(DRIVE_FILE)
    assert names(listed(world.connect())) == {"Zoo": ["ours.jpg"]}


# -- the base folder
# -----------------------------------------------------------------------


def bases(world: DriveWorld) -> list[str]:
    """The names of the folders in My Drive that are not in the trash."""
    return [file["name"] for file in world.drive.web.children() if not file["trashed"]]


@pytest.mark.parametrize("scope", [DRIVE_FILE, DRIVE])
def test_the_base_folder_is_made_once(world: DriveWorld, scope: str) -> None:
    world.sign_in(scope)
    for number in range(3):
        save(world, ready(world), f"Zoo/{number}.jpg")
    assert bases(world) == ["photosync"]
    assert sorted(world.photos()) == ["Zoo/0.jpg", "Zoo/1.jpg", "Zoo/2.jpg"]


def test_looking_makes_no_folder(world: DriveWorld) -> None:
    assert listed(world.connect()) == {}
    assert bases(world) == []


def test_the_base_folder_is_found_after_it_was_renamed_and_moved(
    world: DriveWorld,
) -> None:
    save(world, ready(world), "Zoo/a.jpg")
    (base,) = world.drive.web.children()
    attic = world.drive.web.folder("Attic")
    world.drive.web.rename(base["id"], "My pictures")
    world.drive.web.move(base["id"], attic)
    assert names(listed(world.connect())) == {"Zoo": ["a.jpg"]}
    save(world, ready(world), "Zoo/b.jpg")
    assert bases(world) == ["Attic"]


def test_a_renamed_base_folder_is_found_by_who_signs_in_anew(world: DriveWorld) -> None:
    save(world, ready(world), "Zoo/a.jpg")
    (base,) = world.drive.web.children()
    world.drive.web.rename(base["id"], "My pictures")
    world.sign_in()
    assert names(listed(world.connect())) == {"Zoo": ["a.jpg"]}


def test_a_base_folder_in_the_trash_is_refused_with_the_remedy(
    world: DriveWorld,
) -> None:
    save(world, ready(world), "Zoo/a.jpg")
    (base,) = world.drive.web.children()
    world.drive.web.trash(base["id"])
    with pytest.raises(
        Rejected, match="'photosync' is in the trash of Drive; restore it there"
    ):
        list(world.connect().albums())
    world.here("Zoo/b.jpg")
    result = world.run("-d", world.local, "-p", "drive")
    assert result.code == 1
    assert "restore it there" in result.err
    assert bases(world) == []
    world.drive.web.untrash(base["id"])
    assert world.run("-d", world.local, "-p", "drive").code == 0
    assert sorted(world.photos()) == ["Zoo/a.jpg", "Zoo/b.jpg"]


def test_a_base_folder_deleted_for_good_is_made_anew(world: DriveWorld) -> None:
    save(world, ready(world), "Zoo/a.jpg")
    (base,) = world.drive.web.children()
    world.drive.web.delete(base["id"])
    save(world, ready(world), "Zoo/b.jpg")
    assert bases(world) == ["photosync"]
    assert list(world.photos()) == ["Zoo/b.jpg"]


def test_a_folder_of_the_same_name_that_was_there_before_is_used(
    world: DriveWorld,
) -> None:
    world.there("Zoo/a.jpg")
    save(world, ready(world), "Zoo/b.jpg")
    assert bases(world) == ["photosync"]
    assert sorted(world.photos()) == ["Zoo/a.jpg", "Zoo/b.jpg"]


def test_a_folder_whose_name_differs_in_case_is_another_one(world: DriveWorld) -> None:
    world.drive.web.folder("PhotoSync")
    save(world, ready(world), "Zoo/a.jpg")
    assert bases(world) == ["PhotoSync", "photosync"]


@pytest.mark.parametrize("name", ["it's \\ mine", "x" * 300, "Zoë"])
def test_each_name_given_for_the_base_folder_is_a_folder_of_its_own(
    world: DriveWorld, name: str
) -> None:
    save(world, ready(world), "Zoo/a.jpg")
    save(world, ready(world, drive_folder=name), "Zebra/b.jpg")
    assert bases(world) == ["photosync", name]
    for _ in ("known", "signed in anew"):
        assert names(listed(world.connect())) == {"Zoo": ["a.jpg"]}
        assert names(listed(world.connect(drive_folder=name))) == {"Zebra": ["b.jpg"]}
        world.sign_in()


def test_a_lost_answer_makes_no_second_base_folder(world: DriveWorld) -> None:
    world.drive.plan(
        Fault("files.create", "cut_after"), Fault("files.create", "cut_before")
    )
    save(world, ready(world), "Zoo/a.jpg")
    assert bases(world) == ["photosync"]


def test_a_base_folder_made_though_no_answer_ever_came_is_used_by_the_next_run(
    world: DriveWorld,
) -> None:
    world.drive.plan(
        Fault("files.create", "cut_after"),
        Fault("files.create", "cut_before", times=None),
    )
    backend = world.connect()
    list(backend.albums())
    for name in ("Zoo/a.jpg", "Ark/b.jpg"):
        with pytest.raises(Transient):
            save(world, backend, name)
    world.drive.traffic.clear_faults()
    save(world, ready(world), "Zoo/a.jpg")
    assert bases(world) == ["photosync"]


def test_who_waits_for_an_album_that_another_one_makes_in_vain_fails_with_him(
    world: DriveWorld,
) -> None:
    backend = world.connect()
    list(backend.albums())
    world.drive.delay = 0.1
    world.drive.plan(Fault("files.create", "status", times=None))
    albums = ("Zoo", "Zoo", "Ark", "Ark")
    with ThreadPoolExecutor(len(albums)) as pool:
        tries = [pool.submit(backend.prepare_album, album) for album in albums]
    assert all(isinstance(one.exception(), Transient) for one in tries)
    assert world.drive.calls["files.create"] == 6
    # What fails later fails for itself.
    with pytest.raises(Transient):
        backend.prepare_album("Zoo")
    assert world.drive.calls["files.create"] == 12
    world.drive.traffic.clear_faults()
    backend.prepare_album("Zoo")


# -- listings that lag behind
# --------------------------------------------------------------


def test_what_was_just_made_is_used_though_lists_do_not_show_it_yet(
    world: DriveWorld,
) -> None:
    world.drive.settings.list_lag = 3600
    backend = ready(world)
    save(world, backend, "Zoo/a.jpg")
    assert list(backend.albums()) == []
    save(world, backend, "Zoo/b.jpg")
    assert ready(world) is not backend
    assert bases(world) == ["photosync"]
    assert sorted(world.photos()) == ["Zoo/a.jpg", "Zoo/b.jpg"]


# -- ending early
# --------------------------------------------------------------------------


def test_an_interrupt_ends_the_waits_between_tries(world: DriveWorld) -> None:
    backend = world.connect(retry_wait=60.0)
    world.drive.plan(Fault("files.list", "status", times=None))
    backend.cancel()
    with pytest.raises(Interrupted):
        list(backend.albums())
    assert world.drive.calls["files.list"] <= 1
