"""A folder held open, and what can be reached below it."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.disks import mounted
from harness.library import files_below, make_photo

from photosync.disk.root import Root
from photosync.errors import NotFound, Rejected, RootGone, SideError


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    make_photo(folder / "Trip/a.jpg")
    return folder


@pytest.fixture
def root(place: Path) -> Root:
    held = Root(str(place))
    held.hold()
    return held


def write(root: Root, folder: Path, *, make: bool = False) -> None:
    with root.open_folder(str(folder), make=make) as opened:
        os.close(opened.create_file("new"))


# -- the folder that was held
# ----------------------------------------------------------------------


def test_what_is_written_goes_to_the_folder_that_is_held(
    root: Root, place: Path
) -> None:
    write(root, place)
    write(root, place / "Trip")
    write(root, place / "x/y", make=True)
    assert files_below(place).keys() == {
        "new",
        "Trip/a.jpg",
        "Trip/new",
        "x/y/new",
    }


def remove(place: Path) -> None:
    place.rename(place.with_name("away"))


def exchange(place: Path) -> None:
    remove(place)
    make_photo(place / "Trip/a.jpg")


def put_file(place: Path) -> None:
    remove(place)
    place.touch()


def put_link(place: Path) -> None:
    exchange(place)
    place.rename(place.with_name("other"))
    place.symlink_to(place.with_name("other"))


@pytest.mark.parametrize("change", [remove, exchange, put_file, put_link])
@pytest.mark.parametrize("make", [False, True])
def test_a_root_that_became_another_one_is_gone(
    root: Root, place: Path, change: Callable[[Path], None], *, make: bool
) -> None:
    change(place)
    before = files_below(place.parent)
    for folder in (place, place / "Trip", place / "new"):
        with pytest.raises(RootGone, match="is its disk mounted") as raised:
            write(root, folder, make=make)
        assert raised.value.root == str(place)
    assert files_below(place.parent) == before


def test_a_disk_mounted_over_a_root_makes_it_another_one(
    root: Root, place: Path
) -> None:
    with mounted(place):
        with pytest.raises(RootGone):
            write(root, place)
        assert list(place.iterdir()) == []
    write(root, place)


def test_a_root_that_is_held_anew_is_the_one_that_is_there(
    root: Root, place: Path
) -> None:
    exchange(place)
    root.hold()
    write(root, place)
    assert "new" in files_below(place)


def test_a_root_is_never_made(tmp_path: Path) -> None:
    root = Root(str(tmp_path / "missing"))
    with pytest.raises(RootGone, match="is not there; is its disk mounted"):
        write(root, tmp_path / "missing/Trip", make=True)
    assert list(tmp_path.iterdir()) == []


def test_a_root_may_be_named_by_a_link(place: Path) -> None:
    link = place.with_name("link")
    link.symlink_to(place)
    write(Root(str(link)), link / "Trip")
    assert "Trip/new" in files_below(place)


def test_a_folder_that_nobody_needs_is_let_go(place: Path) -> None:
    def is_open() -> bool:
        opened = Path("/proc/self/fd").iterdir()
        return str(place) in {os.path.realpath(handle) for handle in opened}

    for release in (True, False):
        root = Root(str(place))
        write(root, place)
        (place / "new").unlink()
        assert is_open()
        if release:
            root.release()
            root.release()
        else:
            del root
            gc.collect()
        assert not is_open()


# -- what lies below
# ----------------------------------------------------------------------


@pytest.mark.parametrize("target", ["../outside", "Trip", "nowhere"])
@pytest.mark.parametrize("make", [False, True])
def test_no_link_is_followed_on_the_way(
    root: Root, place: Path, target: str, *, make: bool
) -> None:
    make_photo(place.with_name("outside") / "deep/a.jpg")
    (place / "link").symlink_to(target)
    before = files_below(place.parent)
    for folder in ("link", "link/deep", "Trip/a.jpg"):
        with pytest.raises(Rejected, match="is a link or no folder"):
            write(root, place / folder, make=make)
    assert files_below(place.parent) == before


@pytest.mark.parametrize(
    "path", ["/etc", "/", "..", "{root}/..", "{root}/Trip/../../outside", "{root}2", ""]
)
def test_nothing_outside_of_a_root_is_opened(
    root: Root, place: Path, path: str
) -> None:
    with pytest.raises(Rejected, match="does not lie in"):
        write(root, Path(path.format(root=place)))


def test_a_folder_that_is_not_there_is_made_only_where_it_is_asked_for(
    root: Root, place: Path
) -> None:
    with pytest.raises(NotFound):
        write(root, place / "new")
    assert not (place / "new").exists()


def test_a_file_is_opened_only_if_it_is_one(root: Root, place: Path) -> None:
    os.mkfifo(place / "pipe")
    (place / "link").symlink_to("Trip/a.jpg")
    (place / "folder").mkdir()
    with root.open_folder(str(place)) as folder:
        for name in ("pipe", "link", "folder", "missing"):
            with pytest.raises(SideError):
                folder.open_file(name)
            assert folder.has(name) == (name != "missing")


def test_links_to_a_photo_are_followed_inside_of_a_root_only(
    root: Root, place: Path
) -> None:
    (place / "Best").symlink_to("Trip")
    assert root.resolve(f"{place}/Best/a.jpg") == f"{place}/Trip/a.jpg"
    assert root.resolve(f"{place}/Trip/a.jpg") == f"{place}/Trip/a.jpg"
    make_photo(place.with_name("root2") / "a.jpg")
    (place / "out").symlink_to(place.with_name("root2"))
    with pytest.raises(Rejected, match="link out of its root"):
        root.resolve(f"{place}/out/a.jpg")
