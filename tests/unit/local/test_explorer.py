from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest
from harness.library import WHEN, as_ordinary_user, files_below, make_photo
from hypothesis import example, given
from hypothesis import strategies as st

from photosync.compare.pairing import pair_photos
from photosync.disk.files import Content
from photosync.disk.names import is_within
from photosync.disk.silence import _asked, list_silent
from photosync.disk.streams import ignore_progress
from photosync.errors import Changed, NotFound, Rejected, UsageError
from photosync.filters import Filters
from photosync.local.explorer import Explorer
from photosync.local.photos import StatKey
from photosync.media import Kind
from photosync.model import LocalPhoto, LocalTree, RemotePhoto
from photosync.naming import TRASH
from photosync.titles import NamingRules, parse_templates

COMPOSED, DECOMPOSED = "\xe9", "e\u0301"
YEARS = NamingRules(parse_templates(("{0}",)))
"""All that lies below one year is one album."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "Photos"
    path.mkdir()
    return path


def explorer(
    *roots: Path, rules: NamingRules | None = None, **filters: Any
) -> Explorer:
    return Explorer([str(root) for root in roots], rules, Filters(**filters))


def scan(*roots: Path, rules: NamingRules | None = None, **filters: Any) -> LocalTree:
    return explorer(*roots, rules=rules, **filters).scan()


def listed(tree: LocalTree) -> dict[str, list[str]]:
    """The names of the photos in each album that has some."""
    return {
        album.title: [photo.name for photo in album.photos]
        for album in tree.albums.values()
        if album.photos
    }


def photos_of(tree: LocalTree, title: str) -> dict[str, LocalPhoto]:
    return {photo.name: photo for photo in tree.albums[title].photos}


def remote(name: str) -> RemotePhoto:
    return RemotePhoto(name, name, None, None)


def said(tree: LocalTree) -> list[tuple[str, bool]]:
    """The problems: of which file or folder, and whether it failed."""
    return [(Path(problem.subject).name, problem.failed) for problem in tree.problems]


# -- folders become albums
# -----------------------------------------------------------------


def test_each_folder_is_an_album_and_the_root_one_of_its_name(root: Path) -> None:
    for path in ("a.jpg", "Trip/b.jpg", "2004/Trip/c.jpg", "2004/Trip/Day 1/d.jpg"):
        make_photo(root / path)
    assert listed(scan(root)) == {
        "2004 - Trip": ["c.jpg"],
        "2004 - Trip - Day 1": ["d.jpg"],
        "Photos": ["a.jpg"],
        "Trip": ["b.jpg"],
    }


def test_a_photo_is_listed_with_its_size_and_time(root: Path) -> None:
    path = make_photo(root / "Trip/a.jpg", b"12345", WHEN)
    (photo,) = scan(root).albums["Trip"].photos
    expected = LocalPhoto("a.jpg", str(root / "Trip"), "a.jpg", 5, WHEN * 10**9)
    assert photo == expected._replace(changed_ns=path.stat().st_ctime_ns)
    assert scan(root).albums["Trip"].photos[0].path == str(path)


def test_the_naming_rules_make_the_titles(root: Path) -> None:
    make_photo(root / "a.jpg")
    make_photo(root / "2004/Trip/b.jpg")
    rules = NamingRules(parse_templates(("{0}", "{1} ({0})")), root_album="Loose")
    assert listed(scan(root, rules=rules)) == {
        "Loose": ["a.jpg"],
        "Trip (2004)": ["b.jpg"],
    }


def test_escaped_file_and_folder_names_are_read_back(root: Path) -> None:
    make_photo(root / "AC%2FDC/%43ON.jpg")
    make_photo(root / "AC%2FDC/My%20photo.jpg")
    (photo, other) = scan(root).albums["AC/DC"].photos
    assert (photo.name, photo.file) == ("CON.jpg", "%43ON.jpg")
    assert other.name == other.file == "My%20photo.jpg"


def test_photos_for_which_the_rules_leave_no_title_are_a_problem(root: Path) -> None:
    make_photo(root / "Loose/a.jpg")
    make_photo(root / "2004/Trip/b.jpg")
    tree = scan(root, rules=NamingRules(parse_templates(("{1}",))))
    assert listed(tree) == {"Trip": ["b.jpg"]}
    assert "" not in tree.albums
    (problem,) = tree.problems
    assert problem.subject == str(root / "Loose")
    assert "no album title" in problem.reason


# -- roots
# ---------------------------------------------------------------------------------


def test_albums_of_one_title_in_several_roots_are_one(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    make_photo(two / "Trip/b.jpg")
    make_photo(one / "Trip/a.jpg")
    make_photo(two / "Other/c.jpg")
    tree = scan(two, one)
    assert listed(tree) == {"Other": ["c.jpg"], "Trip": ["b.jpg", "a.jpg"]}
    assert tree.albums["Trip"].folders == (str(two / "Trip"), str(one / "Trip"))
    assert tree.photo_count == 3


def test_a_b_is_not_taken_for_a_part_of_a_bc(tmp_path: Path) -> None:
    short, long = tmp_path / "a/b", tmp_path / "a/bc"
    make_photo(short / "Trip/one.jpg")
    make_photo(long / "Trip/two.jpg")
    (long / "Trip/link").symlink_to(short / "Trip", target_is_directory=True)
    both = explorer(short, long)
    tree = both.scan()
    assert tree.albums["Trip"].folders == (str(short / "Trip"), str(long / "Trip"))
    assert said(tree) == [("link", False)]
    for photo in tree.albums["Trip"].photos:
        both.delete(photo)
    assert [Path(path).name for path in files_below(short / TRASH)] == ["one.jpg"]
    assert [Path(path).name for path in files_below(long / TRASH)] == ["two.jpg"]
    assert not (short / "Trip/one.jpg").exists()
    assert not (long / "Trip/two.jpg").exists()


@pytest.mark.parametrize(
    ("path", "folder", "within"),
    [
        ("/a/b", "/a/b", True),
        ("/a/b/c", "/a/b", True),
        ("/a/bc", "/a/b", False),
        ("/a/bc/d", "/a/b", False),
        ("/a", "/a/b", False),
        ("/a", "/", True),
        ("/a/b", "/a/", True),
    ],
)
def test_a_path_is_within_a_folder_by_whole_names(
    path: str, folder: str, *, within: bool
) -> None:
    assert is_within(path, folder) == within


def test_a_root_that_is_not_there_is_a_usage_error(root: Path) -> None:
    with pytest.raises(UsageError, match="is its disk mounted"):
        scan(root, root.with_name("missing"))
    with pytest.raises(UsageError, match="not a folder"):
        scan(make_photo(root / "a.jpg"))


def test_a_root_that_cannot_be_read_is_a_usage_error(open_root: Path) -> None:
    closed = open_root / "closed"
    make_photo(closed / "a.jpg")
    closed.chmod(0)

    def look() -> str:
        with pytest.raises(UsageError) as error:
            scan(closed)
        return str(error.value)

    assert "cannot be read" in as_ordinary_user(look)


def test_a_root_without_photos_is_named(tmp_path: Path) -> None:
    full, empty, other = (tmp_path / name for name in ("full", "empty", "other"))
    make_photo(full / "a.jpg")
    (empty / "Trip").mkdir(parents=True)
    make_photo(other / "notes.txt")
    assert scan(full, empty, other).empty_roots == (str(empty), str(other))


def test_a_root_may_be_given_relative_and_with_a_slash(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_photo(root / "Trip/a.jpg")
    monkeypatch.chdir(root.parent)
    for spelling in ("Photos", "Photos/", "./Photos", f"{root}/", "Photos/../Photos"):
        tree = Explorer([spelling]).scan()
        assert photos_of(tree, "Trip")["a.jpg"].path == str(root / "Trip/a.jpg")
        assert "Photos" in tree.albums


def test_a_root_may_be_a_link(root: Path) -> None:
    make_photo(root / "Trip/a.jpg")
    (root / "Trip/b.jpg").symlink_to("a.jpg")
    link = root.with_name("Link")
    link.symlink_to(root, target_is_directory=True)
    tree = scan(link)
    assert listed(tree) == {"Trip": ["a.jpg", "b.jpg"]}
    assert not tree.problems


# -- what is left out
# ----------------------------------------------------------------------


def test_the_default_leaves_out_hidden_folders_with_all_below_them(root: Path) -> None:
    for folder in (".hidden", "__MACOSX", "@eaDir", "Trip/.hidden/deep", "Trip/@eaDir"):
        make_photo(root / folder / "a.jpg")
    make_photo(root / "Trip/b.jpg")
    tree = scan(root)
    assert listed(tree) == {"Trip": ["b.jpg"]}
    assert not tree.problems


def test_own_exclusions_replace_the_default(root: Path) -> None:
    for folder in (".hidden", "private", "Trip"):
        make_photo(root / folder / "a.jpg")
    assert listed(scan(root, exclude=("^private$",))).keys() == {".hidden", "Trip"}


@pytest.mark.parametrize(
    "name", ["@eaDir", "#recycle", ".Trash-1000", "lost+found", TRASH]
)
def test_junk_folders_are_left_out_whatever_is_excluded(root: Path, name: str) -> None:
    make_photo(root / name / "a.jpg")
    make_photo(root / "Trip" / name / "a.jpg")
    make_photo(root / "Trip/b.jpg")
    assert listed(scan(root, exclude=())) == {"Trip": ["b.jpg"]}


def test_junk_files_are_left_out(root: Path) -> None:
    for name in ("._a.jpg", ".DS_Store", "Thumbs.db", "SYNOFILE_THUMB_M.jpg", "a.jpg"):
        make_photo(root / "Trip" / name)
    assert listed(scan(root)) == {"Trip": ["a.jpg"]}


def test_not_only_jpg_counts_as_a_photo(root: Path) -> None:
    names = ["a.HEIC", "a.JPG", "a.dng", "a.jpeg", "a.png"]
    for name in (*names, "a.mov", "a.txt", "jpg"):
        make_photo(root / "Trip" / name)
    assert listed(scan(root)) == {"Trip": names}
    assert listed(scan(root, format=Kind.VIDEO)) == {"Trip": ["a.mov"]}
    assert listed(scan(root, format=Kind.BOTH)) == {"Trip": sorted([*names, "a.mov"])}


def test_a_folder_left_out_of_titles_gives_its_photos_to_its_parent(root: Path) -> None:
    make_photo(root / "Trip/_raw/_old/a.jpg")
    make_photo(root / "Trip/_raw/Day 1/b.jpg")
    make_photo(root / "_loose/c.jpg")
    tree = scan(root)
    assert listed(tree) == {
        "Photos": ["c.jpg"],
        "Trip": ["a.jpg"],
        "Trip - Day 1": ["b.jpg"],
    }
    assert tree.albums["Trip"].folders == tuple(
        str(root / path) for path in ("Trip", "Trip/_raw", "Trip/_raw/_old")
    )


def test_own_expressions_for_titles_replace_the_default(root: Path) -> None:
    make_photo(root / "Trip/_raw/a.jpg")
    make_photo(root / "Trip/raw/b.jpg")
    tree = scan(root, exclude_in_title=("^raw$",))
    assert listed(tree) == {"Trip": ["b.jpg"], "Trip - _raw": ["a.jpg"]}


class _OnSlowDisk(Filters):
    """Of each name it is asked as if the disk had taken fifteen seconds to tell it."""

    def is_wanted_kind(self, name: str) -> bool:
        assert not list_silent(time.monotonic())
        with suppress(KeyError):
            _asked[get_ident()].since -= 15
        return super().is_wanted_kind(name)


def test_an_excluded_folder_of_many_files_is_no_silence_of_its_disk(root: Path) -> None:
    for number in range(3):
        make_photo(root / f"__old/{number}.jpg")
    slow = Explorer([str(root)], None, _OnSlowDisk())
    assert said(slow.scan()) == []


def test_skipped_files_are_hidden_and_skipped_folders_are_no_albums(root: Path) -> None:
    for path in ("Trip/a.png", "Trip/b.jpg", "2004/Trip/c.jpg", "2004/Other/d.jpg"):
        make_photo(root / path)
    found = explorer(root, skip=("*.png", "2004/Trip", "2004/Other/d*"))
    tree = found.scan()
    assert listed(tree) == {"Trip": ["b.jpg"]}
    assert tree.albums["Trip"].hidden == {"a.png"}
    assert tree.albums["2004 - Other"].hidden == {"d.jpg"}
    assert found.hides_album("2004 - Trip")
    assert not found.hides_album("2004 - Other")
    assert not tree.problems


def test_an_album_of_excluded_folders_is_hidden(root: Path) -> None:
    make_photo(root / "2004/private/Deep/a.jpg")
    make_photo(root / "2004/b.jpg")
    found = explorer(root, exclude=("^private$",))
    found.scan()
    assert found.hides_album("2004 - private")
    assert found.hides_album("2004 - private - Deep")
    assert not found.hides_album("2004")
    assert not found.hides_album("Other")


# -- hidden photos in albums that are seen
# -------------------------------------------------


def test_a_hidden_photo_hides_no_other_photo_of_its_name(root: Path) -> None:
    make_photo(root / "Trip/a.jpg")
    make_photo(root / "Trip/_raw/a.jpg")
    album = scan(root, skip=("Trip/_raw/a.jpg",)).albums["Trip"]
    assert [photo.path for photo in album.photos] == [str(root / "Trip/a.jpg")]
    assert album.hidden == {"_raw - a.jpg"}


def test_a_hidden_photo_keeps_its_name_from_another(root: Path) -> None:
    make_photo(root / "Trip/a.jpg")
    make_photo(root / "Trip/_raw/a.jpg")
    album = scan(root, skip=("Trip/a.jpg",)).albums["Trip"]
    assert [photo.name for photo in album.photos] == ["_raw - a.jpg"]
    assert album.hidden == {"a.jpg"}


@pytest.mark.parametrize(
    "filters", [{"skip": ("Trip/_raw",)}, {"exclude": ("^_raw$",)}]
)
def test_photos_of_an_excluded_folder_are_hidden_in_the_album_they_would_be_in(
    root: Path, filters: dict[str, Any]
) -> None:
    for path in (
        "Trip/a.jpg",
        "Trip/_raw/a.jpg",
        "Trip/_raw/b.jpg",
        "Trip/_raw/notes.txt",
    ):
        make_photo(root / path)
    before, after = scan(root), scan(root, **filters)
    assert listed(before) == {"Trip": ["a.jpg", "_raw - a.jpg", "b.jpg"]}
    assert listed(after) == {"Trip": ["a.jpg"]}
    # Whatever was sent before is named among the hidden, so none of it counts as
    # deleted.
    assert after.albums["Trip"].hidden == {"_raw - a.jpg", "b.jpg", "_raw - b.jpg"}
    assert after.albums["Trip"].folders == (str(root / "Trip"),)


@pytest.mark.parametrize(
    "hidden", ["Trip/a.jpg", "Trip/_raw/a.jpg", "Trip/_raw", "Trip/_raw/*"]
)
def test_skipping_never_leaves_a_photo_of_the_service_alone(
    root: Path, hidden: str
) -> None:
    make_photo(root / "Trip/a.jpg")
    make_photo(root / "Trip/_raw/a.jpg")
    sent = {photo.name: photo.path for photo in scan(root).albums["Trip"].photos}
    album = scan(root, skip=(hidden,)).albums["Trip"]
    visible = [remote(name) for name in sent if name not in album.hidden]
    for pair, _ in pair_photos("Trip", album, visible):
        assert pair.local is not None
        assert pair.remote is not None
        assert sent[pair.remote.name] == pair.local.path


# -- several folders in one album
# ----------------------------------------------------------


def test_one_name_in_two_folders_of_an_album_is_told_apart(root: Path) -> None:
    for folder in ("2004", "2004/Summer", "2004/Summer/Beach", "2004/Winter"):
        make_photo(root / folder / "a.jpg", folder.encode())
    found = explorer(root, rules=YEARS)
    photos = photos_of(found.scan(), "2004")
    assert {name: Path(photo.path).read_bytes() for name, photo in photos.items()} == {
        "a.jpg": b"2004",
        "Summer - a.jpg": b"2004/Summer",
        "Summer - Beach - a.jpg": b"2004/Summer/Beach",
        "Winter - a.jpg": b"2004/Winter",
    }
    assert {photo.name for photo in found.list_qualified()} == photos.keys() - {"a.jpg"}
    assert not found.scan().problems


def test_a_name_that_only_one_folder_has_stays_as_it_is(root: Path) -> None:
    make_photo(root / "2004/a.jpg")
    make_photo(root / "2004/Summer/b.jpg")
    found = explorer(root, rules=YEARS)
    photos = photos_of(found.scan(), "2004")
    assert {name: photo.qualified for name, photo in photos.items()} == {
        "a.jpg": "",
        "b.jpg": "Summer - b.jpg",
    }
    assert list(found.list_qualified()) == []


def test_names_told_apart_do_not_depend_on_the_order_on_disk(tmp_path: Path) -> None:
    paths = [
        "2004/a.jpg",
        "2004/Summer/a.jpg",
        "2004/Winter/a.jpg",
        "2004/Autumn/a.jpg",
    ]
    found = set()
    for number, order in enumerate((paths, paths[::-1], paths[2:] + paths[:2])):
        root = tmp_path / str(number) / "Photos"
        for path in order:
            make_photo(root / path)
        photos = scan(root, rules=YEARS).albums["2004"].photos
        found.add(
            tuple((photo.name, os.path.relpath(photo.path, root)) for photo in photos)
        )
    assert len(found) == 1


def test_the_folders_of_an_album_are_in_the_order_of_their_paths(root: Path) -> None:
    names = [f"{number:02}" for number in range(20)]
    for name in names:
        (root / "2004" / name).mkdir(parents=True)
    folders = scan(root, rules=YEARS).albums["2004"].folders
    assert folders == tuple(
        map(str, (root / "2004", *(root / "2004" / name for name in names)))
    )


def test_photos_of_other_roots_are_told_apart_by_the_way_to_them(
    tmp_path: Path,
) -> None:
    for root in ("one", "two"):
        make_photo(tmp_path / root / "Trip/a.jpg", root.encode())
    photos = photos_of(scan(tmp_path / "one", tmp_path / "two"), "Trip")
    assert {name: photo.path for name, photo in photos.items()} == {
        "a.jpg": str(tmp_path / "one/Trip/a.jpg"),
        "two - Trip - a.jpg": str(tmp_path / "two/Trip/a.jpg"),
    }


def test_a_photo_stays_paired_with_its_qualified_name_when_the_other_goes(
    root: Path,
) -> None:
    make_photo(root / "2004/a.jpg")
    make_photo(root / "2004/Summer/a.jpg")
    there = [remote("a.jpg"), remote("Summer - a.jpg")]
    both = scan(root, rules=YEARS).albums["2004"]
    assert {
        pair.local and pair.local.path: pair.remote
        for pair, _ in pair_photos("", both, there)
    } == {
        str(root / "2004/a.jpg"): there[0],
        str(root / "2004/Summer/a.jpg"): there[1],
    }
    (root / "2004/a.jpg").unlink()
    left = scan(root, rules=YEARS).albums["2004"]
    assert {
        pair.local and pair.local.path: pair.remote
        for pair, _ in pair_photos("", left, there)
    } == {
        None: there[0],
        str(root / "2004/Summer/a.jpg"): there[1],
    }


def test_a_photo_stays_paired_with_its_plain_name_when_another_comes(
    root: Path,
) -> None:
    make_photo(root / "2004/Summer/a.jpg")
    album = scan(root, rules=YEARS).albums["2004"]
    ((pair, _),) = pair_photos("2004", album, [remote("a.jpg")])
    assert pair.local is not None
    assert pair.remote is not None


def test_a_qualified_name_that_is_taken_is_refused_by_name(root: Path) -> None:
    for path in ("2004/a.jpg", "2004/Summer - a.jpg", "2004/Summer/a.jpg"):
        make_photo(root / path)
    tree = scan(root, rules=YEARS)
    assert listed(tree) == {"2004": ["Summer - a.jpg", "a.jpg"]}
    (problem,) = tree.problems
    assert problem.subject == str(root / "2004/Summer/a.jpg")
    assert "same name" in problem.reason


def test_composed_and_decomposed_twins_in_one_folder_are_refused_by_name(
    root: Path,
) -> None:
    make_photo(root / f"Trip/{DECOMPOSED}.jpg")
    make_photo(root / f"Trip/{COMPOSED}.jpg")
    if len(list((root / "Trip").iterdir())) == 1:
        pytest.skip("this disk takes both for one name")
    tree = scan(root)
    assert listed(tree) == {"Trip": [f"{COMPOSED}.jpg"]}
    (problem,) = tree.problems
    assert problem.subject == str(root / f"Trip/{DECOMPOSED}.jpg")
    assert problem.failed


def test_a_decomposed_name_alone_is_no_problem(root: Path) -> None:
    make_photo(root / f"Trip/{DECOMPOSED}.jpg")
    tree = scan(root)
    assert listed(tree) == {"Trip": [f"{DECOMPOSED}.jpg"]}
    assert not tree.problems


def test_composed_and_decomposed_folders_are_one_album(root: Path) -> None:
    make_photo(root / DECOMPOSED / "a.jpg")
    make_photo(root / COMPOSED / "b.jpg")
    tree = scan(root)
    assert tree.photo_count == 2
    assert len(tree.albums[COMPOSED].photos) == 2


def test_folders_are_named_with_the_albums_they_make(root: Path) -> None:
    make_photo(root / "2004/a.jpg")
    make_photo(root / "2004/Summer/b.jpg")
    (root / "2004/Empty").mkdir()
    assert list(explorer(root, rules=YEARS).list_folders()) == [
        (str(root / "2004"), "2004"),
        (str(root / "2004/Summer"), "2004"),
    ]


# -- what cannot be read
# -------------------------------------------------------------------


def test_a_folder_that_cannot_be_read_is_unknown_and_not_empty(open_root: Path) -> None:
    make_photo(open_root / "Closed/a.jpg")
    make_photo(open_root / "Open/b.jpg")
    (open_root / "Closed").chmod(0)
    tree = as_ordinary_user(lambda: scan(open_root))
    assert listed(tree) == {"Open": ["b.jpg"]}
    assert "Closed" in tree.albums["Closed"].unknown
    assert tree.albums["Open"].unknown == ""
    assert tree.unreadable == (str(open_root / "Closed"),)
    assert said(tree) == [("Closed", True)]


def test_a_folder_that_goes_away_while_it_is_listed_is_unknown_and_not_empty(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_photo(root / "Moved/a.jpg")
    (root / "Empty").mkdir()
    listing = os.scandir

    def scandir(folder: Any) -> Any:
        entries = listing(folder)
        # The system takes one that is gone for the end of the list.
        if folder == str(root / "Moved"):
            shutil.rmtree(folder)
        return entries

    monkeypatch.setattr(os, "scandir", scandir)
    tree = scan(root)
    assert "could not be read" in tree.albums["Moved"].unknown
    assert tree.unreadable == (str(root / "Moved"),)


def test_a_folder_that_can_be_listed_but_not_searched_is_unknown(
    open_root: Path,
) -> None:
    make_photo(open_root / "Closed/a.jpg")
    (open_root / "Closed").chmod(0o444)
    tree = as_ordinary_user(lambda: scan(open_root))
    assert tree.albums["Closed"].unknown
    assert tree.unreadable == (str(open_root / "Closed"),)


def test_an_album_is_unknown_as_soon_as_one_of_its_folders_is(open_root: Path) -> None:
    make_photo(open_root / "2004/a.jpg")
    make_photo(open_root / "2004/Closed/b.jpg")
    (open_root / "2004/Closed").chmod(0)
    album = as_ordinary_user(lambda: scan(open_root, rules=YEARS)).albums["2004"]
    assert [photo.name for photo in album.photos] == ["a.jpg"]
    assert album.unknown


def test_a_link_into_a_folder_that_cannot_be_searched_spoils_nothing(
    open_root: Path,
) -> None:
    make_photo(open_root / "elsewhere/a.jpg")
    make_photo(open_root / "Photos/Trip/b.jpg")
    (open_root / "Photos/Trip/link").symlink_to(open_root / "elsewhere")
    (open_root / "Photos/Trip/link.jpg").symlink_to(open_root / "elsewhere/a.jpg")
    (open_root / "Photos/Trip/deep").symlink_to(open_root / "elsewhere/deep")
    (open_root / "elsewhere").chmod(0)
    tree = as_ordinary_user(lambda: scan(open_root / "Photos"))
    assert listed(tree) == {"Trip": ["b.jpg"]}
    assert not tree.unreadable
    assert sorted(said(tree)) == [("link", False), ("link.jpg", False)]


def test_a_special_file_is_named_and_left_alone(root: Path) -> None:
    make_photo(root / "Trip/a.jpg")
    os.mkfifo(root / "Trip/pipe.jpg")
    tree = scan(root)
    assert listed(tree) == {"Trip": ["a.jpg"]}
    assert tree.albums["Trip"].hidden == {"pipe.jpg"}
    assert said(tree) == [("pipe.jpg", False)]


def test_an_empty_file_is_a_photo(root: Path) -> None:
    make_photo(root / "Trip/a.jpg", b"")
    assert listed(scan(root)) == {"Trip": ["a.jpg"]}


# -- symbolic links
# ------------------------------------------------------------------------


def test_links_inside_the_root_are_followed(root: Path) -> None:
    photo = make_photo(root / "Trip/a.jpg", b"12345")
    (root / "Best").symlink_to("Trip", target_is_directory=True)
    (root / "Trip/b.jpg").symlink_to("a.jpg")
    tree = scan(root)
    assert listed(tree) == {"Best": ["a.jpg", "b.jpg"], "Trip": ["a.jpg", "b.jpg"]}
    linked = photos_of(tree, "Trip")["b.jpg"]
    assert (linked.size, linked.modified_ns) == (5, photo.stat().st_mtime_ns)
    assert not tree.problems


def test_a_link_to_a_folder_out_of_the_root_is_not_followed(
    root: Path, tmp_path: Path
) -> None:
    make_photo(tmp_path / "outside/a.jpg")
    (root / "Trip").symlink_to(tmp_path / "outside", target_is_directory=True)
    found = explorer(root)
    tree = found.scan()
    assert listed(tree) == {}
    assert said(tree) == [("Trip", False)]
    assert found.hides_album("Trip")


def test_a_link_to_a_photo_out_of_the_root_is_hidden(
    root: Path, tmp_path: Path
) -> None:
    outside = make_photo(tmp_path / "outside/a.jpg")
    make_photo(root / "Trip/b.jpg")
    (root / "Trip/a.jpg").symlink_to(outside)
    tree = scan(root)
    assert listed(tree) == {"Trip": ["b.jpg"]}
    assert tree.albums["Trip"].hidden == {"a.jpg"}
    assert said(tree) == [("a.jpg", False)]


def test_a_link_to_a_folder_whose_name_only_begins_as_the_root_is_not_followed(
    root: Path,
) -> None:
    make_photo(root.with_name("Photos2") / "a.jpg")
    (root / "Trip").symlink_to(root.with_name("Photos2"), target_is_directory=True)
    assert listed(scan(root)) == {}


@pytest.mark.parametrize("target", [".", "..", "../Trip", "../../Photos"])
def test_a_link_in_a_circle_is_not_followed(root: Path, target: str) -> None:
    make_photo(root / "Trip/a.jpg")
    (root / "Trip/circle").symlink_to(target, target_is_directory=True)
    tree = scan(root)
    assert listed(tree) == {"Trip": ["a.jpg"]}
    assert said(tree) == [("circle", False)]


def test_links_that_lead_to_each_other_end(root: Path) -> None:
    make_photo(root / "A/a.jpg")
    make_photo(root / "B/b.jpg")
    (root / "A/to B").symlink_to("../B", target_is_directory=True)
    (root / "B/to A").symlink_to("../A", target_is_directory=True)
    tree = scan(root)
    assert listed(tree) == {
        "A": ["a.jpg"],
        "A - to B": ["b.jpg"],
        "B": ["b.jpg"],
        "B - to A": ["a.jpg"],
    }
    assert len(tree.problems) == 2


def test_a_link_behind_a_link_is_not_followed(root: Path) -> None:
    make_photo(root / "A/a.jpg")
    make_photo(root / "C/c.jpg")
    (root / "A/to C").symlink_to("../C", target_is_directory=True)
    (root / "B").symlink_to("A", target_is_directory=True)
    tree = scan(root)
    assert listed(tree).keys() == {"A", "A - to C", "B", "C"}
    assert said(tree) == [("to C", False)]
    assert "link behind a link" in tree.problems[0].reason


def test_a_link_to_nowhere_is_named_where_it_would_be_a_photo(root: Path) -> None:
    (root / "gone.jpg").symlink_to("missing.jpg")
    (root / "self.jpg").symlink_to("self.jpg")
    (root / "gone").symlink_to("missing")
    tree = scan(root)
    assert listed(tree) == {}
    assert sorted(said(tree)) == [("gone.jpg", False), ("self.jpg", False)]
    assert tree.albums["Photos"].hidden == {"gone.jpg", "self.jpg"}


def test_a_linked_folder_is_excluded_by_the_name_of_its_link(root: Path) -> None:
    make_photo(root / "Trip/a.jpg")
    (root / ".hidden").symlink_to("Trip", target_is_directory=True)
    assert listed(scan(root)).keys() == {"Trip"}


# -- the folder for an album
# ---------------------------------------------------------------


def test_an_album_that_is_here_keeps_its_folder(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    make_photo(one / "a.jpg")
    (two / "Empty").mkdir(parents=True)
    make_photo(two / DECOMPOSED / "a.jpg")
    found = explorer(one, two)
    assert found.find_folder("Empty") == str(two / "Empty")
    assert found.find_folder(COMPOSED) == str(two / DECOMPOSED)
    assert found.find_folder("one") == str(one)


def test_an_album_that_is_only_remote_gets_a_folder_in_the_first_root(
    tmp_path: Path,
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    make_photo(one / "a.jpg")
    make_photo(two / "a.jpg")
    found = explorer(one, two)
    assert found.find_folder("Trip") == str(one / "Trip")
    assert found.find_folder("2004 - Trip") == str(one / "2004 - Trip")


def test_the_root_album_lies_in_the_root(root: Path) -> None:
    assert explorer(root).find_folder("Photos") == str(root)
    assert explorer(root, rules=NamingRules(root_album="Loose")).find_folder(
        "Loose"
    ) == str(root)


def test_a_folder_is_made_so_that_the_rules_lead_back_to_the_album(root: Path) -> None:
    rules = NamingRules(parse_templates(("Year {0}", "{0} - {1}")))
    found = explorer(root, rules=rules)
    assert found.find_folder("2004 - Trip") == str(root / "2004/Trip")
    assert found.find_folder("Trip") is None


@pytest.mark.parametrize("title", [".hidden", "__x", "@eaDir", "lost+found", TRASH])
def test_an_album_that_would_lie_in_an_excluded_folder_is_hidden(
    root: Path, title: str
) -> None:
    found = explorer(root)
    assert found.find_folder(title) is None
    assert found.hides_album(title)


def test_an_album_is_hidden_where_a_folder_of_its_path_would_be_excluded(
    root: Path,
) -> None:
    found = explorer(root, skip=("2004/Trip",), exclude=("^private$",))
    assert found.hides_album("2004 - Trip")
    assert found.hides_album("2004 - private")
    assert not found.hides_album("2004 - Other")


def test_an_album_that_is_seen_is_not_hidden_by_another_folder_it_might_have(
    root: Path,
) -> None:
    make_photo(root / "2004 - .hidden/a.jpg")
    assert not explorer(root).hides_album("2004 - .hidden")
    assert explorer(root).hides_album("2005 - .hidden")


def test_skip_is_told_where_the_photos_of_an_album_lie_or_would_lie(root: Path) -> None:
    make_photo(root / "2004/Summer/a.jpg")
    assert explorer(root, rules=YEARS).list_places("2004") == ["2004/", "2004/Summer/"]
    found = explorer(root)
    assert found.list_places("2004 - Summer") == ["2004/Summer/"]
    assert found.list_places("Photos") == [""]
    assert found.list_places("New") == ["New/"]
    assert found.list_places("_raw") == []


def test_a_folder_left_out_of_titles_leads_to_no_album_of_its_name(root: Path) -> None:
    found = explorer(root)
    assert found.find_folder("_raw") is None
    assert not found.hides_album("_raw")


def test_an_empty_title_has_no_folder(root: Path) -> None:
    found = explorer(root)
    assert found.find_folder("") is None
    assert not found.hides_album("")


def test_no_folder_behind_a_link_out_of_the_root_receives_an_album(
    root: Path, tmp_path: Path
) -> None:
    make_photo(tmp_path / "outside/a.jpg")
    (root / "2004").symlink_to(tmp_path / "outside", target_is_directory=True)
    rules = NamingRules(parse_templates(("Year {0}", "{0} - {1}")))
    assert explorer(root, rules=rules).find_folder("2004 - Trip") is None


TITLES = st.lists(
    st.sampled_from(("..", ".", "/", " - ", "a", "\0", "\n", "CON", "%2F", "\\", " ")),
    max_size=6,
).map("".join)


@given(
    title=TITLES,
    templates=st.sampled_from(
        [("{path}",), ("Year {0}", "{0} - {1}"), ("{0}", "{1} ({0})")]
    ),
    excluded=st.sampled_from([(), (r"^\.",)]),
)
@example("a/../.. - x", ("Year {0}", "{0} - {1}"), ())
@example("../../etc", ("{path}",), ())
@example("..", ("{path}",), ())
def test_a_remote_title_never_leaves_the_root(
    title: str, templates: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        rules = NamingRules(parse_templates(templates))
        found = explorer(Path(root), rules=rules, exclude=excluded)
        for as_is in (False, True):
            folder = found.find_folder(title, as_is=as_is)
            if folder is not None:
                assert os.path.normpath(folder) == folder
                assert is_within(folder, root)
                assert "\0" not in folder


# -- writing
# -------------------------------------------------------------------------------


def save(found: Explorer, album: str, name: str, content: bytes = b"new") -> Path:
    expected = Content(len(content), None, WHEN * 10**9)
    saved = found.save(album, name, io.BytesIO(content), expected, ignore_progress)
    assert saved.md5 == hashlib.md5(content).hexdigest()
    return Path(saved.photo.path)


@pytest.mark.parametrize(
    "name", ["../../a.jpg", "a/b.jpg", "..\\a.jpg", "a\nb.jpg", "CON.jpg"]
)
def test_a_saved_photo_lies_in_its_album_and_is_found_under_its_name(
    root: Path, name: str
) -> None:
    found = explorer(root)
    path = save(found, "Trip/../..", name)
    assert path.parent.parent == root
    assert listed(found.scan()) == {"Trip/../..": [name]}
    assert files_below(root.parent).keys() == {str(path.relative_to(root.parent))}


@pytest.mark.parametrize(
    ("as_is", "path"), [(False, "a%09b/CON%0A.jpg"), (True, "a\tb/CON\n.jpg")]
)
def test_names_of_another_disk_are_kept_as_they_are(
    root: Path, *, as_is: bool, path: str
) -> None:
    content = io.BytesIO(b"1")
    saved = explorer(root).save(
        "a\tb", "CON\n.jpg", content, Content(), ignore_progress, as_is=as_is
    )
    assert saved.photo.path == str(root / path)
    assert files_below(root) == {path: b"1"}
    assert listed(scan(root)) == {"a\tb": ["CON\n.jpg"]}


def test_the_hash_and_the_bytes_of_a_photo_are_those_of_its_file(root: Path) -> None:
    make_photo(root / "Trip/a.jpg", b"12345")
    found = explorer(root)
    (photo,) = found.scan().albums["Trip"].photos
    assert found.md5(photo) == "827ccb0eea8a706c4c34a16891f84e7b"
    for _ in range(2):
        with found.source(photo).open() as stream:
            assert stream.read() == b"12345"


def test_the_trashes_of_all_roots_are_counted_and_emptied(tmp_path: Path) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    for root in roots:
        make_photo(root / TRASH / "2004-01-01/Trip/a.jpg")
        os.utime(root / TRASH / "2004-01-01", (WHEN, WHEN))
    found = explorer(*roots)
    assert found.count_expired_trash(30) == 2
    found.empty_trash(30)
    assert found.count_expired_trash(30) == 0
    assert files_below(tmp_path) == {}


def test_without_trash_a_deleted_photo_is_gone(root: Path) -> None:
    make_photo(root / "Trip/a.jpg")
    found = Explorer([str(root)], keep_trash=False)
    (photo,) = found.scan().albums["Trip"].photos
    found.delete(photo)
    assert files_below(root) == {}


def test_saving_never_overwrites_a_photo(root: Path) -> None:
    make_photo(root / "Trip/a.jpg", b"old")
    with pytest.raises(Rejected, match="there already"):
        save(explorer(root), "Trip", "a.jpg")
    assert files_below(root) == {"Trip/a.jpg": b"old"}


def test_a_photo_of_an_album_without_a_folder_is_refused(root: Path) -> None:
    with pytest.raises(Rejected, match="naming rules"):
        save(explorer(root), "_raw", "a.jpg")
    assert files_below(root) == {}


def test_a_photo_told_apart_comes_back_into_its_own_folder(root: Path) -> None:
    make_photo(root / "2004/a.jpg", b"old")
    make_photo(root / "2004/Summer/b.jpg", b"old")
    found = explorer(root, rules=YEARS)
    assert save(found, "2004", "Summer - a.jpg") == root / "2004/Summer/a.jpg"
    assert save(found, "2004", "Winter - a.jpg") == root / "2004/Winter - a.jpg"
    names = photos_of(found.scan(), "2004")
    assert names.keys() == {"a.jpg", "Summer - a.jpg", "b.jpg", "Winter - a.jpg"}


def test_an_overwritten_photo_waits_in_the_trash_of_its_root(root: Path) -> None:
    make_photo(root / "Trip/a.jpg", b"old")
    found = explorer(root)
    (photo,) = found.scan().albums["Trip"].photos
    found.overwrite(
        photo, io.BytesIO(b"new"), Content(3, None, WHEN * 10**9), ignore_progress
    )
    content = files_below(root)
    assert content.pop("Trip/a.jpg") == b"new"
    ((path, kept),) = content.items()
    assert path.startswith(f"{TRASH}/")
    assert path.endswith("/Trip/a.jpg")
    assert kept == b"old"


@pytest.mark.parametrize("size", [3, None])
def test_a_photo_with_new_bytes_never_looks_like_the_old_one(
    root: Path, size: int | None
) -> None:
    path = make_photo(root / "Trip/a.jpg", b"old")
    found = explorer(root)
    (photo,) = found.scan().albums["Trip"].photos
    saved = found.overwrite(
        photo, io.BytesIO(b"new"), Content(size, None, WHEN * 10**9), ignore_progress
    )
    assert saved.photo.modified_ns == path.stat().st_mtime_ns
    assert saved.photo.modified_ns == (WHEN + 2) * 10**9


def test_what_changed_since_the_scan_is_neither_overwritten_nor_deleted_nor_read(
    root: Path,
) -> None:
    path = make_photo(root / "Trip/a.jpg", b"old")
    found = explorer(root)
    (photo,) = found.scan().albums["Trip"].photos
    make_photo(path, b"edit", WHEN + 1)
    with pytest.raises(Changed):
        found.overwrite(photo, io.BytesIO(b"new"), Content(), ignore_progress)
    with pytest.raises(Changed):
        found.delete(photo)
    with pytest.raises(Changed):
        found.md5(photo)
    with pytest.raises(Changed), found.source(photo).open():
        pytest.fail("opened")
    assert files_below(root) == {"Trip/a.jpg": b"edit"}
    path.unlink()
    with pytest.raises(NotFound):
        found.delete(photo)


def test_leftovers_are_removed_only_when_a_run_begins(root: Path) -> None:
    part = make_photo(root / f"Trip/.photosync-part-{os.getpid()}-0")
    found = explorer(root)
    assert listed(found.scan()) == {}
    assert part.exists()
    found.prepare()
    assert not part.exists()


# -- the names of photoSync's Explorer
# -----------------------------------------------------


def test_get_all_albums_gives_sorted_titles_with_all_their_folders(root: Path) -> None:
    for path in ("Trip/b.jpg", "Trip/_raw/c.mov", "Art/d.jpg", ".hidden/e.jpg"):
        make_photo(root / path)
    albums = Explorer.get_all_albums(str(root))
    assert list(albums) == sorted(albums)
    assert albums["Trip"] == [str(root / "Trip"), str(root / "Trip/_raw")]
    assert albums["Art"] == [str(root / "Art")]
    assert ".hidden" not in albums


def test_get_photos_in_directories_gives_sorted_names_with_paths(root: Path) -> None:
    for path in ("A/b.jpg", "A/a.MOV", "A/notes.txt", "A/below.jpg/c.jpg", "B/d.png"):
        make_photo(root / path)
    photos = Explorer.get_photos_in_directories([str(root / "A"), str(root / "B")])
    assert photos == {
        "a.MOV": str(root / "A/a.MOV"),
        "b.jpg": str(root / "A/b.jpg"),
        "d.png": str(root / "B/d.png"),
    }
    assert list(photos) == sorted(photos)


def test_get_photos_in_directories_loses_none_of_one_name(root: Path) -> None:
    for folder in ("Trip", "Trip/_raw", "Trip/_old"):
        make_photo(root / folder / "a.jpg")
    folders = Explorer.get_all_albums(str(root))["Trip"]
    assert Explorer.get_photos_in_directories(folders) == {
        "a.jpg": str(root / "Trip/a.jpg"),
        "_old - a.jpg": str(root / "Trip/_old/a.jpg"),
        "_raw - a.jpg": str(root / "Trip/_raw/a.jpg"),
    }
    assert Explorer.get_photos_in_directories([]) == {}


def test_compare_photosets_gives_what_each_lacks() -> None:
    one, two = {"a.jpg": 1, "b.jpg": 2}, {"d.jpg": 5, "b.jpg": 3, "c.jpg": 4}
    missing_in_one, missing_in_two = Explorer.compare_photosets(one, two)
    assert missing_in_one == {"c.jpg": 4, "d.jpg": 5}
    assert missing_in_two == {"a.jpg": 1}
    assert list(missing_in_one) == ["c.jpg", "d.jpg"]


def test_compare_photosets_takes_composed_and_decomposed_names_for_one() -> None:
    assert Explorer.compare_photosets({COMPOSED: 1}, {DECOMPOSED: 2}) == ({}, {})


@pytest.mark.parametrize("second", ["", "/2004", "/."])
def test_roots_inside_one_another_are_refused(tmp_path: Path, second: str) -> None:
    make_photo(tmp_path / "P/2004/a.jpg")
    with pytest.raises(UsageError, match="lies inside"):
        Explorer([f"{tmp_path}/P", f"{tmp_path}/P{second}"]).scan()


# -- reading
# -------------------------------------------------------------------------------


class Notes:
    """A cache that knows one photo, and keeps beside that what it is told."""

    def __init__(self, path: str, moment: str) -> None:
        self._known = {path: moment}
        self.noted: dict[str, str] = {}

    def is_empty(self, _: str) -> bool:
        return False

    def get(self, _: str, path: str, __: StatKey) -> str | None:
        return self._known.get(path)

    def get_each(self, _: str, stat_keys: Mapping[str, StatKey]) -> Mapping[str, str]:
        return {path: self._known[path] for path in stat_keys if path in self._known}

    def note(self, _: str, path: str, __: StatKey, value: str) -> None:
        self.noted[path] = value


def test_when_many_photos_were_taken_is_read_of_those_that_nobody_knows(
    root: Path,
) -> None:
    names = ("changed.jpg", "gone.jpg", "known.jpg", "new.jpg")
    for name in names:
        make_photo(root / name, name.encode())
    cache = Notes(str(root / "known.jpg"), "1999-12-31 23:59:59")
    explored = Explorer([str(root)], cache=cache)
    photos = photos_of(explored.scan(), "Photos")
    (root / "gone.jpg").unlink()
    make_photo(root / "changed.jpg", b"of another size")
    moments = {
        photo.name: moment for photo, moment in explored.find_moments(photos.values())
    }
    assert moments.keys() == {"known.jpg", "new.jpg"}
    assert moments["known.jpg"] == "1999-12-31 23:59:59"
    assert moments["new.jpg"] == explored.taken(photos["new.jpg"])


def test_when_a_photo_was_taken_is_noted_as_it_is_sent(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photosync.local.photos._STILL_CHANGING_NS", -1)
    path = make_photo(root / "IMG_20240131_123456.jpg", b"\xff\xd8")
    cache = Notes("", "")
    explored = Explorer([str(root)], cache=cache)
    (photo,) = photos_of(explored.scan(), "Photos").values()
    source = replace(explored.source(photo), on_read=explored.note_moment)
    with source.open() as stream:
        assert stream.read() == b"\xff\xd8"
        assert cache.noted == {}
    assert cache.noted == {str(path): "2024-01-31 12:34:56"}


def test_of_a_photo_that_is_edited_as_it_is_sent_no_date_is_noted(root: Path) -> None:
    path = make_photo(root / "IMG_20240131_123456.jpg", b"\xff\xd8")
    cache = Notes("", "")
    explored = Explorer([str(root)], cache=cache)
    (photo,) = photos_of(explored.scan(), "Photos").values()
    source = replace(explored.source(photo), on_read=explored.note_moment)
    with source.open() as stream:
        stream.read()
        os.utime(path, (1, 1))
    assert cache.noted == {}


def test_a_photo_that_was_prepared_is_not_looked_into_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photosync.local.photos._STILL_CHANGING_NS", -1)
    path = make_photo(root / "IMG_20240131_123456.jpg", b"\xff\xd8")
    cache = Notes("", "")
    explored = Explorer([str(root)], cache=cache)
    (photo,) = photos_of(explored.scan(), "Photos").values()
    assert explored.source(photo).taken() == "2024-01-31 12:34:56"
    assert cache.noted == {str(path): "2024-01-31 12:34:56"}
    cache.noted.clear()
    assert explored.source(photo).taken() == "2024-01-31 12:34:56"
    assert cache.noted == {}
