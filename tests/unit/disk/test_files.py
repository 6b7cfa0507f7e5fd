from __future__ import annotations

import errno
import hashlib
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from harness.disks import mounted
from harness.library import (
    NOBODY,
    WHEN,
    as_ordinary_user,
    files_below,
    in_child,
    make_photo,
)
from harness.shares import mounted_share
from hypothesis import given, settings
from hypothesis import strategies as st

from photosync.disk.errors import disk_errors
from photosync.disk.files import (
    Content,
    Part,
    make_folder,
    move_file,
    publish,
    remove_leftover,
    write_aside,
    write_new,
)
from photosync.disk.folder import Folder
from photosync.disk.names import is_abandoned, make_part_name
from photosync.disk.reading import (
    check_unchanged,
    compute_file_md5,
    compute_md5_below,
    open_unchanged,
)
from photosync.disk.root import Root
from photosync.disk.silence import TELLING_SECONDS, list_silent
from photosync.disk.streams import (
    CHUNK,
    Readable,
    SeekableReadable,
    ignore_progress,
)
from photosync.disk.trash import Trash
from photosync.errors import (
    Changed,
    Interrupted,
    NotFound,
    QuotaExceeded,
    ReadOnly,
    Rejected,
    SideError,
    Transient,
)
from photosync.naming import PART_PREFIX, TRASH

WHEN_NS = WHEN * 10**9
LONG = "x" * 251 + ".jpg"
"""As long as a name can be."""


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """A folder, made below the nearest that is there, which is taken for the root."""
    root = next(above for above in (path, *path.parents) if above.is_dir())
    with Root(str(root)).open_folder(str(path), make=True) as folder:
        yield folder


@contextmanager
def aside(
    path: Path, stream: Readable, expected: Content | None = None
) -> Iterator[Part]:
    """Bytes written aside in a folder."""
    with (
        opened(path) as folder,
        write_aside(folder, stream, expected or Content(), ignore_progress) as part,
    ):
        yield part


@contextmanager
def unchanged(
    path: Path, size: int | None, when: int | None
) -> Iterator[SeekableReadable]:
    """A photo opened as it is before it is sent."""
    with (
        Root(str(path.parent)).open_folder(str(path.parent)) as folder,
        open_unchanged(folder, path.name, size, when) as stream,
    ):
        yield stream


def trash_of(root: Path, *, enabled: bool = True) -> Trash:
    return Trash(Root(str(root)), enabled=enabled)


def move(old: Path, new: Path) -> None:
    with opened(old.parent) as one, opened(new.parent) as other:
        move_file(one, old.name, other, new.name)


def test_a_disk_that_is_mute_amid_a_rename_holds_up_none_on_another_disk(
    tmp_path: Path,
) -> None:
    mute = Root(str(make_photo(tmp_path / "mute/a.jpg").parent))
    old = make_photo(tmp_path / "other/a.jpg")
    with mute.naming:
        move(old, old.with_name("b.jpg"))
    assert old.with_name("b.jpg").is_file()


def clean(part: Path) -> None:
    """Remove what an earlier run may have left."""
    with opened(part.parent) as folder:
        remove_leftover(folder, part.name)


def write(path: Path, content: bytes, expected: Content | None = None) -> None:
    """Write as a download does: aside, until it gets its name."""
    with opened(path.parent) as folder:
        stream = io.BytesIO(content)
        write_new(folder, path.name, stream, expected or Content(), ignore_progress)


def trashed(root: Path) -> dict[str, bytes]:
    """What is in the trash, with the day replaced by how many there are of that day."""
    kept = files_below(root / TRASH)
    today = datetime.now(tz=UTC).date()
    for day in (today, today - timedelta(days=1)):
        kept = {
            name.replace(day.isoformat(), "DAY"): data for name, data in kept.items()
        }
    return kept


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(f"{PART_PREFIX}*")]


class Failing:
    """A stream that gives some bytes and then fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self._given = False

    def read(self, size: int = -1, /) -> bytes:
        if self._given:
            raise self._error
        self._given = True
        return b"x" * max(size, 1)


# -- writing
# -------------------------------------------------------------------------------


def test_a_file_is_written_with_its_bytes_and_its_time(tmp_path: Path) -> None:
    content = os.urandom(CHUNK + 1)
    path = tmp_path / "new" / "Trip" / "a.jpg"
    write(path, content, Content(len(content), md5(content), WHEN_NS + 123_456_789))
    assert path.read_bytes() == content
    assert path.stat().st_mtime_ns == WHEN_NS + 123_456_789
    assert files_below(tmp_path).keys() == {"new/Trip/a.jpg"}


def test_the_time_of_a_photo_is_not_given_to_its_folder(tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", b"1", Content(1, None, WHEN_NS))
    assert tmp_path.stat().st_mtime_ns > WHEN_NS + 10**9


def test_a_file_of_unknown_time_is_as_old_as_its_writing(tmp_path: Path) -> None:
    before = make_photo(
        tmp_path / "before", when=int(datetime.now(tz=UTC).timestamp()) - 60
    )
    write(tmp_path / "a.jpg", b"1")
    assert (tmp_path / "a.jpg").stat().st_mtime_ns > before.stat().st_mtime_ns


def test_an_empty_file_is_written(tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", b"", Content(0, md5(b""), WHEN_NS))
    assert files_below(tmp_path) == {"a.jpg": b""}


def test_a_file_has_its_name_only_when_it_is_complete(tmp_path: Path) -> None:
    with aside(tmp_path, io.BytesIO(b"12345"), Content(5)) as part:
        assert part.name.startswith(PART_PREFIX)
        assert files_below(tmp_path) == {part.name: b"12345"}
        publish(part, "a.jpg")
    assert files_below(tmp_path) == {"a.jpg": b"12345"}


def test_every_chunk_is_counted(tmp_path: Path) -> None:
    moved: list[int] = []
    content = bytes(2 * CHUNK + 7)
    with (
        opened(tmp_path) as folder,
        write_aside(folder, io.BytesIO(content), Content(), moved.append),
    ):
        assert moved == [CHUNK, CHUNK, 7]


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (Content(size=4), "5 bytes arrived instead of 4"),
        (Content(size=6), "5 bytes arrived instead of 6"),
        (Content(size=0), "5 bytes arrived instead of 0"),
        (Content(md5=md5(b"54321")), "not those announced"),
        (Content(size=5, md5=md5(b"")), "not those announced"),
    ],
)
def test_bytes_that_are_not_those_announced_leave_nothing_behind(
    tmp_path: Path, expected: Content, message: str
) -> None:
    with pytest.raises(Changed, match=message):
        write(tmp_path / "a.jpg", b"12345", expected)
    assert files_below(tmp_path) == {}


@pytest.mark.parametrize(
    "error", [Transient("gone"), Changed("changed"), Interrupted("stop")]
)
def test_a_stream_that_fails_leaves_nothing_behind(
    tmp_path: Path, error: Exception
) -> None:
    with (
        pytest.raises(type(error)),
        aside(tmp_path, Failing(error)),
    ):
        pytest.fail("took half a file for a whole one")
    assert files_below(tmp_path) == {}


def test_an_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    def cancel(_: int) -> None:
        raise Interrupted("interrupted")

    with (
        pytest.raises(Interrupted),
        opened(tmp_path) as folder,
        write_aside(folder, io.BytesIO(b"12345"), Content(), cancel),
    ):
        pytest.fail("went on")
    assert files_below(tmp_path) == {}


def test_a_file_that_nobody_publishes_is_removed(tmp_path: Path) -> None:
    with aside(tmp_path, io.BytesIO(b"12345")):
        pass
    assert files_below(tmp_path) == {}


def test_two_files_are_write_aside_at_once(tmp_path: Path) -> None:
    with (
        aside(tmp_path, io.BytesIO(b"1")) as one,
        aside(tmp_path, io.BytesIO(b"2")) as two,
    ):
        assert one != two
        publish(two, "2.jpg")
        publish(one, "1.jpg")
    assert files_below(tmp_path) == {"1.jpg": b"1", "2.jpg": b"2"}


def test_a_file_too_big_for_the_disk_is_refused_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    def write_too_much() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        with pytest.raises(Rejected) as error:
            write(tmp_path / "a.jpg", bytes(1001))
        write(tmp_path / "b.jpg", bytes(1000))
        return str(error.value)

    assert "too big" in in_child(write_too_much)
    assert files_below(tmp_path) == {"b.jpg": bytes(1000)}


def test_a_disk_that_keeps_fewer_bytes_than_it_took_is_noticed(tmp_path: Path) -> None:
    class Spoiling(io.BytesIO):
        """Bytes of which those written first are lost before the end is read."""

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                (part,) = tmp_path.glob(f"{PART_PREFIX}*")
                os.truncate(part, CHUNK)
            return data

    with (
        pytest.raises(Rejected, match="kept 1048576 of 2097152 bytes"),
        aside(tmp_path, Spoiling(bytes(2 * CHUNK))),
    ):
        pytest.fail("took a part of a file for all of it")
    assert files_below(tmp_path) == {}


def test_a_folder_that_takes_no_files_refuses_them(open_root: Path) -> None:
    closed = open_root / "closed"
    closed.mkdir(mode=0o555)

    def try_to_write() -> str:
        with pytest.raises(Rejected) as error:
            write(closed / "a.jpg", b"1")
        return str(error.value)

    assert "permission denied" in as_ordinary_user(try_to_write)


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    make_photo(tmp_path / "Trip", b"old")
    with pytest.raises(Rejected):
        write(tmp_path / "Trip/a.jpg", b"new")
    with pytest.raises(Rejected):
        write(tmp_path / "Trip/Day 1/a.jpg", b"new")
    assert files_below(tmp_path) == {"Trip": b"old"}


# -- giving a file its name
# ----------------------------------------------------------------


def occupied(path: Path, kind: str) -> None:
    if kind == "file":
        make_photo(path, b"old")
    elif kind == "folder":
        make_photo(path / "inside.jpg", b"old")
    else:
        path.symlink_to("nowhere")


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_publishing_never_overwrites(tmp_path: Path, kind: str) -> None:
    occupied(tmp_path / "a.jpg", kind)
    before = files_below(tmp_path)
    with pytest.raises(Rejected, match="there already"):
        write(tmp_path / "a.jpg", b"new")
    assert files_below(tmp_path) == before
    assert (tmp_path / "a.jpg").is_symlink() == (kind == "dangling link")


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_moving_never_overwrites(tmp_path: Path, kind: str) -> None:
    occupied(tmp_path / "a.jpg", kind)
    make_photo(tmp_path / "b.jpg", b"new")
    before = files_below(tmp_path)
    with pytest.raises(Rejected, match="there already"):
        move(tmp_path / "b.jpg", tmp_path / "a.jpg")
    assert files_below(tmp_path) == before


def test_what_no_disk_can_link_is_published_too_but_never_over_another(
    tmp_path: Path,
) -> None:
    # Folders have no hard links anywhere, as files have none on FAT.
    make_photo(tmp_path / "part/a.jpg", b"1")
    (tmp_path / "taken").mkdir()
    with opened(tmp_path) as folder:
        part = Part(folder, "part", -1)
        with pytest.raises(Rejected, match="there already"):
            publish(part, "taken")
        publish(part, "free")
    assert files_below(tmp_path) == {"free/a.jpg": b"1"}


def test_a_file_is_moved_with_its_time_into_a_new_folder(tmp_path: Path) -> None:
    make_photo(tmp_path / "a.jpg", b"1", WHEN)
    move(tmp_path / "a.jpg", tmp_path / "x/y/b.jpg")
    assert files_below(tmp_path) == {"x/y/b.jpg": b"1"}
    assert (tmp_path / "x/y/b.jpg").stat().st_mtime_ns == WHEN_NS


def test_what_is_gone_cannot_be_moved(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        move(tmp_path / "a.jpg", tmp_path / "b.jpg")


def test_a_name_of_255_bytes_is_written_and_a_longer_one_refused(
    tmp_path: Path,
) -> None:
    write(tmp_path / LONG, b"1")
    with pytest.raises(Rejected, match="too long"):
        write(tmp_path / f"x{LONG}", b"1")
    assert files_below(tmp_path) == {LONG: b"1"}


def test_a_folder_is_made_with_its_parents_and_may_be_there(tmp_path: Path) -> None:
    for _ in range(2):
        make_folder(str(tmp_path / "a/b/c"))
    assert (tmp_path / "a/b/c").is_dir()


# -- reading
# -------------------------------------------------------------------------------


def test_a_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    content = os.urandom(3 * CHUNK + 5)
    path = make_photo(tmp_path / "a.jpg", content)
    with opened(tmp_path) as folder:
        assert compute_md5_below(folder, "a.jpg") == md5(content)
    assert compute_file_md5(str(path)) == md5(content)
    with pytest.raises(NotFound):
        compute_file_md5(str(tmp_path / "b.jpg"))


def test_an_unchanged_file_is_unchanged(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "a.jpg", b"12345")
    check_unchanged(str(path), 5, WHEN_NS)
    for _ in range(2):
        with unchanged(path, 5, WHEN_NS) as stream:
            assert (stream.read(2), stream.read(), stream.read(1)) == (
                b"12",
                b"345",
                b"",
            )


@pytest.mark.parametrize(
    ("size", "when"), [(4, WHEN_NS), (5, WHEN_NS + 1), (None, None)]
)
def test_a_file_of_another_size_or_time_is_changed(
    tmp_path: Path, size: int | None, when: int | None
) -> None:
    path = make_photo(tmp_path / "a.jpg", b"12345")
    with pytest.raises(Changed):
        check_unchanged(str(path), size, when)
    with pytest.raises(Changed), unchanged(path, size, when):
        pytest.fail("opened")


def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    with pytest.raises(NotFound):
        check_unchanged(str(path), 5, WHEN_NS)
    with pytest.raises(NotFound), unchanged(path, 5, WHEN_NS):
        pytest.fail("opened")


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _shorten(path: Path) -> None:
    os.truncate(path, CHUNK + 1)


def _rewrite(path: Path) -> None:
    path.write_bytes(b"y" * path.stat().st_size)


def _touch(path: Path) -> None:
    os.utime(path, (WHEN + 1, WHEN + 1))


def read_to_the_end(stream: Readable, step: int) -> None:
    while stream.read(step):
        pass


@pytest.mark.parametrize("change", [_append, _shorten, _rewrite, _touch])
@pytest.mark.parametrize("step", [CHUNK, -1])
def test_a_change_while_a_file_is_read_is_noticed_at_its_end(
    tmp_path: Path, change: Callable[[Path], None], step: int
) -> None:
    path = make_photo(tmp_path / "a.jpg", b"x" * (3 * CHUNK))
    with unchanged(path, 3 * CHUNK, WHEN_NS) as stream:
        assert stream.read(CHUNK) == b"x" * CHUNK
        change(path)
        with pytest.raises(Changed):
            read_to_the_end(stream, step)


def test_a_change_is_noticed_with_the_last_byte_by_who_reads_no_further(
    tmp_path: Path,
) -> None:
    path = make_photo(tmp_path / "a.jpg", b"12345")
    with unchanged(path, 5, WHEN_NS) as stream:
        assert stream.read(4) == b"1234"
        _touch(path)
        with pytest.raises(Changed):
            stream.read(1)


def test_a_change_before_the_first_byte_of_an_empty_file_is_noticed(
    tmp_path: Path,
) -> None:
    path = make_photo(tmp_path / "a.jpg", b"")
    with unchanged(path, 0, WHEN_NS) as stream:
        _append(path)
        with pytest.raises(Changed):
            stream.read(CHUNK)


def test_a_file_replaced_while_it_is_read_is_read_to_its_end(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "a.jpg", b"12345")
    with unchanged(path, 5, WHEN_NS) as stream:
        make_photo(tmp_path / "b.jpg", b"other").replace(path)
        assert stream.read(9) == b"12345"


# -- the errors of a disk
# ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, QuotaExceeded),
        (errno.EDQUOT, QuotaExceeded),
        (errno.EROFS, ReadOnly),
        (errno.ENOENT, NotFound),
        (errno.ENAMETOOLONG, Rejected),
        (errno.EFBIG, Rejected),
        (errno.EACCES, Rejected),
        (errno.EEXIST, Rejected),
        (errno.EIO, Rejected),
    ],
)
def test_an_error_of_the_disk_becomes_one_of_ours(
    number: int, kind: type[SideError]
) -> None:
    with pytest.raises(kind) as raised, disk_errors():
        raise OSError(number, os.strerror(number))
    assert type(raised.value) is kind
    assert str(raised.value)


def test_other_errors_pass_as_they_are() -> None:
    for error in (Changed("x"), KeyError("x"), Interrupted("x")):
        with pytest.raises(type(error)), disk_errors():
            raise error


# -- trash
# ---------------------------------------------------------------------------------


def test_a_deleted_file_waits_in_the_trash_under_its_path(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "2004/Trip/a.jpg", b"1", WHEN)
    trash_of(tmp_path).take(str(path))
    assert not path.exists()
    assert trashed(tmp_path) == {"DAY/2004/Trip/a.jpg": b"1"}
    (kept,) = (tmp_path / TRASH).glob("*/2004/Trip/a.jpg")
    assert kept.stat().st_mtime_ns == WHEN_NS


def test_the_day_of_the_trash_is_today(tmp_path: Path) -> None:
    before = datetime.now(tz=UTC).date().isoformat()
    trash_of(tmp_path).take(str(make_photo(tmp_path / "a.jpg")))
    after = datetime.now(tz=UTC).date().isoformat()
    (day,) = (tmp_path / TRASH).iterdir()
    assert day.name in {before, after}


def test_a_superseded_file_waits_in_the_trash(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "Trip/a.jpg", b"old", WHEN)
    supersede(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mtime_ns == WHEN_NS + 10**9
    assert trashed(tmp_path) == {"DAY/Trip/a.jpg": b"old"}
    (kept,) = (tmp_path / TRASH).glob("*/Trip/a.jpg")
    assert kept.stat().st_mtime_ns == WHEN_NS
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_writes_over_stays_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    supersede(path, b"new")
    status = path.stat()
    assert (path.read_bytes(), status.st_uid, status.st_gid) == (b"new", 1234, 2345)


def supersede(path: Path, content: bytes, *, enabled: bool = True) -> None:
    """Overwrite a photo that lies in an album of its root."""
    trash = trash_of(path.parent.parent, enabled=enabled)
    expected = Content(len(content), None, WHEN_NS + 10**9)
    with aside(path.parent, io.BytesIO(content), expected) as part:
        trash.supersede(part, path.name)


def test_the_trash_keeps_every_version_of_a_day(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "Trip/a.jpg", b"1")
    for content in (b"2", b"3", b"4"):
        supersede(path, content)
    trash_of(tmp_path).take(str(path))
    assert sorted(trashed(tmp_path).values()) == [b"1", b"2", b"3", b"4"]
    make_photo(path, b"5")
    trash_of(tmp_path).take(str(path))
    assert sorted(trashed(tmp_path).values()) == [b"1", b"2", b"3", b"4", b"5"]


def test_the_trash_keeps_every_version_of_a_name_of_255_bytes(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "Trip" / LONG, b"1")
    supersede(path, b"2")
    supersede(path, b"3")
    trash_of(tmp_path).take(str(path))
    kept = trashed(tmp_path)
    assert sorted(kept.values()) == [b"1", b"2", b"3"]
    assert {Path(name).name for name in kept} == {LONG}


def test_equal_versions_are_kept_apart_too(tmp_path: Path) -> None:
    for _ in range(2):
        trash_of(tmp_path).take(str(make_photo(tmp_path / "a.jpg", b"1")))
    assert list(trashed(tmp_path).values()) == [b"1", b"1"]


def test_a_crash_between_keeping_and_replacing_leaves_one_copy_in_the_trash(
    tmp_path: Path,
) -> None:
    path = make_photo(tmp_path / "Trip/a.jpg", b"old")
    trash = trash_of(tmp_path)
    for _ in range(3):
        trash.keep(str(path))
    assert path.read_bytes() == b"old"
    assert trashed(tmp_path) == {"DAY/Trip/a.jpg": b"old"}
    supersede(path, b"new")
    assert path.read_bytes() == b"new"
    assert trashed(tmp_path) == {"DAY/Trip/a.jpg": b"old"}


def test_a_crash_between_keeping_and_deleting_leaves_one_copy_in_the_trash(
    tmp_path: Path,
) -> None:
    make_photo(tmp_path / "Trip/a.jpg", b"older")
    trash_of(tmp_path).take(str(tmp_path / "Trip/a.jpg"))
    path = make_photo(tmp_path / "Trip/a.jpg", b"old")
    trash_of(tmp_path).keep(str(path))
    trash_of(tmp_path).take(str(path))
    assert not path.exists()
    assert trashed(tmp_path) == {"DAY/Trip/a.jpg": b"older", "DAY.2/Trip/a.jpg": b"old"}


def test_a_file_that_may_not_be_linked_is_copied_to_the_trash(open_root: Path) -> None:
    # Many systems let nobody link what another owns and they may only read.
    path = make_photo(open_root / "Trip/a.jpg", b"old", WHEN)
    path.parent.chmod(0o777)
    as_ordinary_user(lambda: supersede(path, b"new"))
    assert path.read_bytes() == b"new"
    assert trashed(open_root) == {"DAY/Trip/a.jpg": b"old"}
    (kept,) = (open_root / TRASH).glob("*/Trip/a.jpg")
    assert kept.stat().st_mtime_ns == WHEN_NS
    assert leftovers(open_root) == []


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(("write", "keep", "take")), st.sampled_from(("a.jpg", LONG))
    ),
    max_size=8,
)


@settings(max_examples=50)
@given(OPERATIONS)
def test_no_bytes_are_ever_lost(operations: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        root, written = Path(place), set()
        trash = trash_of(root)
        puts = {"keep": trash.keep, "take": trash.take}
        for number, (operation, name) in enumerate(operations):
            path = root / "Trip" / name
            content = str(number).encode()
            if operation == "write":
                written.add(content)
                (supersede if path.exists() else write)(path, content)
            elif path.exists():
                puts[operation](str(path))
        assert set(files_below(root).values()) == written
        assert leftovers(root) == []


def test_a_link_is_trashed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    target = make_photo(tmp_path / "Trip/a.jpg", b"1")
    link = tmp_path / "Trip/b.jpg"
    link.symlink_to("a.jpg")
    trash_of(tmp_path).take(str(link))
    assert target.read_bytes() == b"1"
    assert not link.is_symlink()
    (day,) = (tmp_path / TRASH).iterdir()
    assert (day / "Trip/b.jpg").is_symlink()


def test_a_superseded_link_is_kept_as_a_link(tmp_path: Path) -> None:
    target = make_photo(tmp_path / "Trip/a.jpg", b"1")
    link = tmp_path / "Trip/b.jpg"
    link.symlink_to("a.jpg")
    supersede(link, b"2")
    assert (target.read_bytes(), link.read_bytes()) == (b"1", b"2")
    assert not link.is_symlink()
    (day,) = (tmp_path / TRASH).iterdir()
    assert (day / "Trip/b.jpg").readlink() == Path("a.jpg")


def test_a_file_on_another_disk_inside_the_root_is_moved_across(tmp_path: Path) -> None:
    (tmp_path / "Trip").mkdir()
    with mounted(tmp_path / "Trip") as other:
        path = make_photo(other / "a.jpg", b"1", WHEN)
        trash_of(tmp_path).take(str(path))
        assert list(other.iterdir()) == []
    assert trashed(tmp_path) == {"DAY/Trip/a.jpg": b"1"}
    (kept,) = (tmp_path / TRASH).glob("*/Trip/a.jpg")
    assert kept.stat().st_mtime_ns == WHEN_NS


def test_without_trash_nothing_is_kept(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "Trip/a.jpg", b"old")
    supersede(path, b"new", enabled=False)
    assert files_below(tmp_path) == {"Trip/a.jpg": b"new"}
    trash_of(tmp_path, enabled=False).take(str(path))
    assert files_below(tmp_path) == {}
    assert not (tmp_path / TRASH).exists()


def test_what_is_gone_cannot_be_trashed(tmp_path: Path) -> None:
    for enabled in (True, False):
        with pytest.raises(NotFound):
            trash_of(tmp_path, enabled=enabled).take(str(tmp_path / "a.jpg"))


def test_a_trash_that_cannot_be_made_keeps_the_file(tmp_path: Path) -> None:
    make_photo(tmp_path / TRASH, b"a file in its place")
    path = make_photo(tmp_path / "Trip/a.jpg", b"old")
    with pytest.raises(Rejected):
        trash_of(tmp_path).take(str(path))
    with pytest.raises(Rejected):
        supersede(path, b"new")
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


# -- old trash
# -----------------------------------------------------------------------------


def days_ago(days: int) -> str:
    return (datetime.now(tz=UTC).date() - timedelta(days=days)).isoformat()


@pytest.fixture
def aged(tmp_path: Path) -> Path:
    """A root with trash of several ages and things that are none of ours."""
    # Two days on either side of the limit, as midnight may fall into the test.
    for name in (
        days_ago(28),
        days_ago(32),
        f"{days_ago(32)}.2",
        "2004-02-29",
        "2999-01-01",
    ):
        make_photo(tmp_path / TRASH / name / "Trip/a.jpg", b"1")
    make_photo(tmp_path / TRASH / days_ago(32) / "Trip/b.jpg", b"2")
    for name in ("my own", "2004-02-30", "20040229", "0000-00-00"):
        make_photo(tmp_path / TRASH / name / "a.jpg", b"3")
    make_photo(tmp_path / TRASH / "2004-01-01", b"4")
    make_photo(tmp_path / "2004-01-01/a.jpg", b"5")
    for folder in (tmp_path / TRASH).iterdir():
        make_old(folder, 40)
    return tmp_path


def make_old(folder: Path, days: int) -> None:
    """Let a folder have been changed last some days ago."""
    when = datetime.now(tz=UTC).timestamp() - days * 86400
    os.utime(folder, (when, when))


def test_old_trash_is_counted_by_the_date_it_was_put_there(aged: Path) -> None:
    assert trash_of(aged).count_expired(30) == 4
    assert trash_of(aged).count_expired(100_000) == 0


def test_trash_of_the_last_permitted_day_is_not_old_yet(tmp_path: Path) -> None:
    limit = days_ago(30)
    make_photo(tmp_path / TRASH / limit / "a.jpg")
    found = trash_of(tmp_path).count_expired(30)
    assert found == 0 or limit != days_ago(30)


def test_old_trash_is_emptied_and_nothing_else(aged: Path) -> None:
    before = files_below(aged)
    old = (days_ago(32), f"{days_ago(32)}.2", "2004-02-29")
    trash_of(aged).empty(30)
    assert files_below(aged) == {
        path: content
        for path, content in before.items()
        if not path.startswith(tuple(f"{TRASH}/{day}/" for day in old))
    }
    assert trash_of(aged).count_expired(30) == 0


@pytest.mark.parametrize("name", ["1970-01-01", "2000-01-01", days_ago(40)])
def test_what_was_put_into_the_trash_a_minute_ago_is_not_old_whatever_its_name(
    tmp_path: Path, name: str
) -> None:
    make_photo(tmp_path / TRASH / name / "Trip/a.jpg")
    assert trash_of(tmp_path).count_expired(30) == 0
    trash_of(tmp_path).empty(30)
    assert len(files_below(tmp_path)) == 1


def test_links_in_an_old_trash_go_and_not_what_they_lead_to(tmp_path: Path) -> None:
    kept = make_photo(tmp_path / "Trip/a.jpg")
    old = tmp_path / TRASH / days_ago(40)
    make_photo(old / "Trip/Day/a.jpg")
    (old / "Trip/folder").symlink_to(tmp_path / "Trip")
    (old / "Trip/photo.jpg").symlink_to(kept)
    (old / "Trip/nowhere").symlink_to("nowhere")
    make_old(old, 40)
    trash_of(tmp_path).empty(30)
    assert not old.exists()
    assert kept.exists()


def test_a_disk_that_gives_no_answer_while_a_trash_is_emptied_is_told(
    tmp_path: Path,
) -> None:
    old = tmp_path / TRASH / days_ago(40)
    make_photo(old / "a.jpg")

    def empty() -> None:
        # The other end of the share ends with the test.
        with suppress(SideError):
            trash_of(tmp_path).empty(30)

    with mounted_share(old / "share"):
        make_old(old, 40)
        emptying = Thread(target=empty)
        emptying.start()
        for _ in range(1000):
            # It has been asked for half a second now.
            later = time.monotonic() + TELLING_SECONDS - 0.5
            if [one.root for one in list_silent(later)] == [str(tmp_path)]:
                break
            time.sleep(0.01)
        else:
            raise AssertionError("nobody waits for the disk")
    emptying.join(10)
    assert not emptying.is_alive()


def test_what_was_put_there_by_a_wrong_clock_is_dated_anew(tmp_path: Path) -> None:
    kept = make_photo(tmp_path / TRASH / "1970-01-01" / "Trip/a.jpg")
    day = tmp_path / TRASH / "1970-01-01"
    os.utime(day, (60, 60))
    trash = trash_of(tmp_path)
    trash.empty(30)
    assert kept.exists()
    trash.tidy()
    assert day.stat().st_mtime > datetime.now(tz=UTC).timestamp() - 3600
    make_old(day, 32)
    assert trash.count_expired(30) == 1
    trash.empty(30)
    assert not day.exists()


# -- a trash that is none
# ----------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Somebody's photos in dated folders, outside of the root."""
    folder = tmp_path / "elsewhere"
    make_photo(folder / "2019-07-14 Rome/a.jpg", b"precious")
    make_old(folder / "2019-07-14 Rome", 1000)
    return folder


def use_everything(trash: Trash, root: Path) -> Iterator[Callable[[], object]]:
    """All that could be done with a trash."""
    path = str(root / "Trip/a.jpg")
    place = f"{TRASH}/2019-07-14 Rome/a.jpg"
    stream = io.BytesIO(b"1")
    yield lambda: trash.take(path)
    yield lambda: trash.keep(path)
    yield lambda: trash.store(path, stream, Content())
    yield lambda: trash.restore(place, str(root / "Trip/b.jpg"))
    yield lambda: trash.bring_back(place, path)
    yield lambda: trash.empty(30)


@pytest.mark.parametrize("number", range(6))
def test_a_trash_that_is_a_link_is_refused_by_name(
    tmp_path: Path, elsewhere: Path, number: int
) -> None:
    root = tmp_path / "root"
    make_photo(root / "Trip/a.jpg", b"1")
    (root / TRASH).symlink_to(elsewhere)
    trash = trash_of(root)
    use = list(use_everything(trash, root))[number]
    with pytest.raises(Rejected, match=f"{TRASH} is a link"):
        use()
    trash.tidy()
    assert trash.count_expired(30) == 0
    assert files_below(elsewhere) == {"2019-07-14 Rome/a.jpg": b"precious"}
    assert (root / "Trip/a.jpg").read_bytes() == b"1"
    assert leftovers(tmp_path) == []


def test_the_folder_of_a_day_that_is_a_link_is_refused_by_name(
    tmp_path: Path, elsewhere: Path
) -> None:
    root = tmp_path / "root"
    path = make_photo(root / "Trip/a.jpg", b"1")
    (root / TRASH).mkdir()
    for days in (-1, 0, 1, 40):
        (root / TRASH / days_ago(days)).symlink_to(elsewhere)
    with pytest.raises(Rejected, match="is a link"):
        trash_of(root).take(str(path))
    assert trash_of(root).count_expired(30) == 0
    trash_of(root).empty(30)
    assert files_below(elsewhere) == {"2019-07-14 Rome/a.jpg": b"precious"}
    assert path.exists()


def test_a_trash_of_another_user_is_none_of_ours(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give folders away")
    path = make_photo(tmp_path / "Trip/a.jpg", b"1")
    old = tmp_path / TRASH / days_ago(40)
    make_photo(old / "a.jpg", b"theirs")
    make_old(old, 40)
    os.chown(old, NOBODY, NOBODY)
    trash_of(tmp_path).empty(30)
    assert old.exists()
    os.chown(tmp_path / TRASH, NOBODY, NOBODY)
    with pytest.raises(Rejected, match="belongs to another user"):
        trash_of(tmp_path).take(str(path))
    assert path.exists()


def test_a_link_to_nowhere_in_the_trash_does_not_block_what_comes_after(
    tmp_path: Path,
) -> None:
    path = make_photo(tmp_path / "Trip/a.jpg", b"1")
    for days in (0, 1):
        place = tmp_path / TRASH / days_ago(days) / "Trip/a.jpg"
        place.parent.mkdir(parents=True)
        place.symlink_to("nowhere")
    trash_of(tmp_path).take(str(path))
    assert list(trashed(tmp_path).values()) == [b"1"]


def test_a_root_without_trash_has_none_to_empty(tmp_path: Path) -> None:
    assert trash_of(tmp_path).count_expired(30) == 0
    trash_of(tmp_path).empty(30)
    assert list(tmp_path.iterdir()) == []


# -- what killed runs left
# -----------------------------------------------------------------


@contextmanager
def another_process() -> Iterator[int]:
    """The number of a process that lives until the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE
    ) as process:
        yield process.pid
        process.communicate(b"\n")
        assert process.returncode == 0


def part_of(process: int, **marks: str) -> str:
    """What a run of another process calls an unfinished file, or of another `host` or
    `boot`.
    """
    name = make_part_name().removeprefix(PART_PREFIX)
    host, boot, _, number = name.split("-")
    found = (marks.get("host", host), marks.get("boot", boot), str(process), number)
    return PART_PREFIX + "-".join(found)


def old_part_of(process: int) -> str:
    """What versions before called it."""
    return f"{PART_PREFIX}{process}-0"


NAMINGS = [part_of, old_part_of]


@pytest.mark.parametrize("name", NAMINGS)
def test_a_leftover_of_a_dead_run_is_removed_and_one_of_a_living_run_stays(
    tmp_path: Path, name: Callable[[int], str]
) -> None:
    with another_process() as number:
        part = make_photo(tmp_path / name(number))
        clean(part)
        assert part.exists()
    clean(part)
    assert not part.exists()


@pytest.mark.parametrize("name", NAMINGS)
def test_a_leftover_of_a_living_run_of_another_user_stays(
    open_root: Path, name: Callable[[int], str]
) -> None:
    part = make_photo(open_root / name(1))
    as_ordinary_user(lambda: clean(part))
    assert part.exists()


@pytest.mark.parametrize("number", [0, 10**30])
@pytest.mark.parametrize("name", NAMINGS)
def test_a_leftover_of_our_own_number_or_of_none_is_an_earlier_runs(
    tmp_path: Path, name: Callable[[int], str], number: int
) -> None:
    part = make_photo(tmp_path / name(number or os.getpid()))
    clean(part)
    assert not part.exists()


def test_a_leftover_from_before_the_system_was_started_is_removed(
    tmp_path: Path,
) -> None:
    with another_process() as number:
        part = make_photo(tmp_path / part_of(number, boot="0" * 8))
        clean(part)
    assert not part.exists()


def test_what_another_machine_is_writing_stays(tmp_path: Path) -> None:
    part = make_photo(tmp_path / part_of(10**9, host="0" * 8), when=0)
    clean(part)
    assert part.exists()
    assert not is_abandoned(part.name, 6 * 24 * 3600)
    assert is_abandoned(part.name, 8 * 24 * 3600)


def test_names_of_unfinished_files_cannot_be_foreseen() -> None:
    names = {make_part_name() for _ in range(100)}
    assert len({name.rpartition("-")[2] for name in names}) == 100


def test_an_unfinished_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    outside = make_photo(tmp_path / "outside", b"precious")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link").symlink_to(outside)
    with opened(tmp_path / "root") as folder, pytest.raises(Rejected):
        folder.create_file("link")
    assert outside.read_bytes() == b"precious"


@pytest.mark.parametrize(
    "name", [f"{PART_PREFIX}x-0", f"{PART_PREFIX}1.jpg", f"my{PART_PREFIX}1-0", "a.jpg"]
)
def test_a_file_that_we_did_not_write_is_no_leftover(tmp_path: Path, name: str) -> None:
    part = make_photo(tmp_path / name)
    clean(part)
    assert part.exists()


def test_a_leftover_that_is_gone_is_no_error(tmp_path: Path) -> None:
    clean(tmp_path / f"{PART_PREFIX}{os.getpid()}-0")


# -- coming back from the trash
# ------------------------------------------------------------


def test_what_was_taken_comes_back_to_its_place(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "Trip/a.jpg", b"1")
    place = trash_of(tmp_path).take(str(path))
    assert (tmp_path / place).read_bytes() == b"1"
    path.parent.rmdir()
    trash_of(tmp_path).restore(place, str(path))
    assert path.read_bytes() == b"1"
    with pytest.raises(NotFound, match="any longer"):
        trash_of(tmp_path).restore(place, str(tmp_path / "b.jpg"))


def test_nothing_comes_back_over_a_file_that_is_there(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "a.jpg", b"1")
    place = trash_of(tmp_path).take(str(path))
    make_photo(path, b"2")
    with pytest.raises(Rejected, match="there again"):
        trash_of(tmp_path).restore(place, str(path))
    assert (path.read_bytes(), (tmp_path / place).read_bytes()) == (b"2", b"1")


def test_a_disabled_trash_names_no_place(tmp_path: Path) -> None:
    trash = trash_of(tmp_path, enabled=False)
    assert trash.take(str(make_photo(tmp_path / "a.jpg"))) == ""
    assert trash.keep(str(make_photo(tmp_path / "b.jpg"))) == ""


def test_replaced_content_comes_back_and_the_present_one_is_kept(
    tmp_path: Path,
) -> None:
    path, trash = make_photo(tmp_path / "a.jpg", b"old"), trash_of(tmp_path)
    status = path.stat()
    with aside(tmp_path, io.BytesIO(b"new")) as part:
        place = trash.supersede(part, path.name)
    trash.bring_back(place, str(path))
    assert path.read_bytes() == b"old"
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    kept = [
        file.read_bytes() for file in (tmp_path / TRASH).rglob("*") if file.is_file()
    ]
    assert kept == [b"new"]


@pytest.mark.parametrize("place", ["", "a.jpg", "../a.jpg", f"{TRASH}/../a.jpg", TRASH])
def test_only_what_is_in_the_trash_comes_back(tmp_path: Path, place: str) -> None:
    make_photo(tmp_path / "a.jpg")
    with pytest.raises(NotFound):
        trash_of(tmp_path).restore(place, str(tmp_path / "b.jpg"))
