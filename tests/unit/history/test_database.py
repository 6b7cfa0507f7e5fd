"""What is remembered between runs: kept, kept apart, and never in the way."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from cli.command import drops_root
from cli.trees import snapshot
from harness.library import in_child
from hypothesis import given
from hypothesis import strategies as st

from photosync.errors import StateUnusable
from photosync.history.baseline import History
from photosync.history.database import (
    FILE,
    MD5,
    RESTORED,
    Event,
    State,
    open_state,
    original,
    text_of,
)
from photosync.history.schema import MIGRATIONS
from photosync.model import (
    Baseline,
    Census,
    LocalStat,
    Observations,
    RemotePhoto,
    Result,
)
from photosync.naming import name_key

SERVICE, ACCOUNT, LIBRARY = "drive", "me@example.org", '["/photos"]'
DAY = 86_400
# A name in Latin-1, as old disks have them.
NO_UTF8 = os.fsdecode(b"caf\xe9.jpg")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path) as opened:
        yield opened


def history(
    state: State, account: str = ACCOUNT, library: str = LIBRARY, **how: float
) -> History:
    return History(state, SERVICE, account, library, **how)


def remote(name: str = "a.jpg", number: str = "id") -> RemotePhoto:
    return RemotePhoto(
        *(name, number, 10, 5, "0" * 32, "v1", "album id", "a", True, "trash:x")
    )


def baseline(album: str = "Trip", name: str = "a.jpg", size: int = 10) -> Baseline:
    return Baseline(album, name, LocalStat(size, 2**62), remote(name))


def add_observations(
    mine: History, known: Iterable[Baseline], gone: Iterable[tuple[str, str]] = ()
) -> None:
    mine.add_observations(Observations(tuple(known), tuple(gone)))


def event(run: int = 1, name: str = "a.jpg", path: str = "/photos/Trip/a.jpg") -> Event:
    return Event(
        *(
            run,
            SERVICE,
            "Trip",
            name,
            path,
            "LOCAL_ONLY",
            "UPLOAD_LOCAL",
            "done",
            "why",
        ),
        *(remote(name, f"id of {name}"), "/kept/here", "local"),
    )


def filled(folder: Path, photos: int = 400) -> None:
    """A state that is worth something."""
    with State(folder) as state:
        run = state.begin_run(LIBRARY, "sync")
        add_observations(
            history(state), [baseline(name=f"{n}.jpg") for n in range(photos)]
        )
        history(state).record(event(run), [baseline()], [])
        state.end_run(run, 0)


# -- what agreed
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("album", "name"),
    [
        ("Trip", "a.jpg"),
        ("Caf\xe9", "e\u0301.jpg"),
        (NO_UTF8, NO_UTF8),
        ("\U0001f4f7 'quoted\"", "a%b_c\n.jpg"),
        ("", "\x00.jpg"),
    ],
    ids=ascii,
)
def test_what_was_agreed_is_known_after_reopening(
    tmp_path: Path, album: str, name: str
) -> None:
    one = baseline(album, name)
    with State(tmp_path) as state:
        add_observations(history(state), [one])
    with State(tmp_path) as state:
        assert history(state).albums() == {name_key(album)}
        assert history(state).album(album) == {name_key(name): one}
        assert history(state).album("another") == {}


def test_what_neither_side_has_any_more_is_forgotten(state: State) -> None:
    mine = history(state)
    add_observations(mine, [baseline(), baseline(name="b.jpg"), baseline("Other")])
    add_observations(
        mine,
        [baseline(size=11)],
        [("Trip", "b.jpg"), ("Other", "a.jpg"), ("Nowhere", "a.jpg")],
    )
    assert mine.albums() == {"Trip"}
    assert mine.album("Trip") == {"a.jpg": baseline(size=11)}


def test_a_photo_agreed_on_only_there_is_kept_as_earlier_releases_read_it(
    tmp_path: Path,
) -> None:
    kept_beside = baseline()._replace(local=None)
    with State(tmp_path) as state:
        add_observations(history(state), [kept_beside])
        rows = state.read("SELECT size, modified_ns FROM history")
        assert rows == [(-1, 0)]
    with State(tmp_path) as state:
        assert history(state).album("Trip") == {"a.jpg": kept_beside}


def test_names_of_two_forms_are_one_photo(state: State) -> None:
    mine = history(state)
    add_observations(mine, [baseline("\xe9", "\xe9.jpg")])
    add_observations(mine, [baseline("e\u0301", "e\u0301.jpg", 11)])
    assert mine.album("\xe9") == {"\xe9.jpg": baseline("e\u0301", "e\u0301.jpg", 11)}
    add_observations(mine, [], [("\xe9", "e\u0301.jpg")])
    assert mine.albums() == set()


def test_two_accounts_and_two_libraries_never_mix(state: State) -> None:
    places = [
        (service, account, library)
        for service in ("drive", "flickr")
        for account in ("me", "you")
        for library in ('["/a"]', '["/b"]')
    ]
    all_of_them = [History(state, *place) for place in places]
    for number, one in enumerate(all_of_them):
        add_observations(one, [baseline(size=number)])
        one.note(f"cursor {number}", {"album": [{"n": number}]}, whole=True)
        one.put("/photos/a.jpg", {"n": number})
    for number, one in enumerate(History(state, *place) for place in places):
        assert one.album("Trip") == {"a.jpg": baseline(size=number)}
        assert one.cursor == f"cursor {number}"
        assert list(one.listings()) == [("album", [{"n": number}])]
        assert one.find("/photos/a.jpg") == {"n": number}
    add_observations(all_of_them[0], [], [("Trip", "a.jpg")])
    all_of_them[0].note("new", {}, whole=True)
    all_of_them[0].remove("/photos/a.jpg")
    assert all_of_them[1].album("Trip")
    assert list(all_of_them[1].listings())
    assert all_of_them[1].find("/photos/a.jpg") == {"n": 1}


NAMES = st.sampled_from(("a", "b", "\xe9", "e\u0301", NO_UTF8))
CHANGES = st.lists(
    st.tuples(
        st.lists(st.builds(baseline, NAMES, NAMES, st.integers(0, 3)), max_size=3),
        st.lists(st.tuples(NAMES, NAMES), max_size=3),
    ),
    max_size=6,
)


@given(CHANGES)
def test_history_is_what_was_learnt_less_what_is_gone(
    changes: list[tuple[list[Baseline], list[tuple[str, str]]]],
) -> None:
    expected: dict[tuple[str, str], Baseline] = {}
    with State(Path("/nowhere"), read_only=True) as state:
        # In memory, but it may be written.
        state.read_only = False
        mine = history(state)
        for known, gone in changes:
            add_observations(mine, known, gone)
            for album, name in gone:
                expected.pop((name_key(album), name_key(name)), None)
            expected |= {
                (name_key(one.album), name_key(one.name)): one for one in known
            }
        found = {
            (album, n): one
            for album in mine.albums()
            for n, one in mine.album(album).items()
        }
        assert found == expected


# -- runs and events
# -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.jpg", NO_UTF8, "\xe9.jpg"], ids=ascii)
def test_what_a_run_did_is_told_by_run_by_name_and_by_path(
    state: State, name: str
) -> None:
    mine = history(state)
    first, second = state.begin_run(LIBRARY, "sync"), state.begin_run(LIBRARY, "upload")
    ours = event(first, name, f"/photos/Trip/{name}")._replace(scope=1)
    theirs = event(second, "other.jpg", "/photos/Trip/other.jpg")._replace(scope=1)
    mine.record(ours, [baseline(name=name)], [])
    mine.record(theirs, [], [("Trip", name)])
    state.end_run(second, 1)
    assert (state.events(first), state.events(second)) == ([ours], [theirs])
    assert state.events_of("Trip", name, "/nowhere") == [ours]
    assert state.events_of("Elsewhere", name, f"/photos/Trip/{name}") == [ours]
    assert state.events_of("Trip", "none.jpg", "/nowhere") == []
    latest, earlier = state.runs()
    assert (latest.id, latest.mode, latest.exit_code) == (second, "upload", 1)
    assert (earlier.id, earlier.mode, earlier.exit_code, earlier.ended) == (
        first,
        "sync",
        None,
        None,
    )
    assert latest.ended is not None
    assert 0 <= time.time() - latest.began < 100
    assert mine.albums() == set()


def test_an_event_need_not_tell_of_a_remote_photo(state: State) -> None:
    one = event(state.begin_run(LIBRARY, "sync"))._replace(remote=None, scope=1)
    history(state).record(one, [], [])
    assert state.events(one.run) == [one]


def test_events_tell_the_account_they_are_of(state: State) -> None:
    for account in ("me", "you"):
        history(state, account).record(event(state.begin_run(LIBRARY, "sync")), [], [])
    accounts = state.accounts()
    assert [accounts[one.scope] for n in (1, 2) for one in state.events(n)] == [
        "me",
        "you",
    ]


def test_events_are_found_by_a_name_of_another_form(state: State) -> None:
    one = event(1, "e\u0301.jpg", "")._replace(album="Caf\xe9")
    history(state).record(one, [], [])
    for album, name in (("Caf\xe9", "\xe9.jpg"), ("Cafe\u0301", "e\u0301.jpg")):
        assert [found.name for found in state.events_of(album, name, "/nowhere")] == [
            one.name
        ]


def test_what_fails_again_as_before_is_not_told_again(state: State) -> None:
    mine, other = history(state), history(state, "you")
    failed = event()._replace(result=Result.FAILED)
    for one in (
        *(failed, failed._replace(run=2), failed._replace(run=3, reason="else")),
        *(failed._replace(run=4), failed._replace(run=5, result=Result.SKIPPED)),
        *(event(6), event(7), failed._replace(run=8), failed._replace(run=9)),
    ):
        mine.record(one, [], [])
    other.record(failed._replace(run=10), [], [])
    told = [one.run for one in state.events_of("Trip", "a.jpg", "/nowhere")]
    assert told == [1, 3, 4, 5, 6, 7, 8, 10]


def test_what_is_very_old_is_forgotten_unless_its_bytes_are_kept(state: State) -> None:
    mine = history(state)
    plain, backup = event()._replace(backup="", backup_side=""), event()
    restored = plain._replace(action=RESTORED)
    runs = [[plain], [plain, backup], [restored], [], [plain], []]
    for events in runs:
        run = state.begin_run(LIBRARY, "sync")
        for one in events:
            mine.record(one._replace(run=run), [], [])
    now = int(time.time())
    aged = "UPDATE runs SET began = ? WHERE id <= ?"
    state.write([(aged, [(now - 399 * DAY, 6), (now - 401 * DAY, 4)])])
    state.end_run(state.begin_run(LIBRARY, "sync"), 0)
    assert [run.id for run in state.runs()] == [7, 6, 5, 3, 2]
    assert [len(state.events(run)) for run in range(1, 8)] == [0, 1, 1, 0, 1, 0, 0]


# -- hashes and places
# ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/photos/a.jpg", f"/photos/{NO_UTF8}"], ids=ascii)
def test_a_hash_is_known_while_nothing_about_its_file_changes(
    state: State, path: str
) -> None:
    state.note_read(MD5, {path: ((1, 2, 3), "x"), "/photos/b.jpg": ((1, 2, 3), "y")})
    assert state.read_of(MD5, path, (1, 2, 3)) == "x"
    assert {
        state.read_of(MD5, path, facts) for facts in ((0, 2, 3), (1, 0, 3), (1, 2, 0))
    } == {None}
    state.note_read(MD5, {path: ((1, 2, 4), "z")})
    assert (
        state.read_of(MD5, path, (1, 2, 3)),
        state.read_of(MD5, path, (1, 2, 4)),
    ) == (None, "z")


def test_what_the_guards_go_by_is_kept_for_each_library(state: State) -> None:
    places = {
        "/photos": Census("v", "1:1", 5),
        os.fsdecode(b"/\xe9"): Census("v", "", 0),
    }
    places["folder:usb"] = Census("v", os.fsdecode(b"/media/\xe9"), 3)
    state.note_known("one", places)
    state.note_known("two", {"/photos": Census("w", "2:2", 7)})
    assert state.known("one") == places
    assert state.known("two") == {"/photos": Census("w", "2:2", 7)}
    assert state.known("three") == {}


# -- backend.Memory
# ------------------------------------------------------------------------


def test_a_listing_is_carried_on(state: State) -> None:
    mine = history(state)
    assert (mine.cursor, list(mine.listings())) == ("", [])
    mine.note(
        "1", {"b": [{"x": [1, None]}], NO_UTF8: [{"y": 1.5}], "a": []}, whole=True
    )
    assert mine.cursor == "1"
    assert list(mine.listings()) == [
        ("a", []),
        ("b", [{"x": [1, None]}]),
        (NO_UTF8, [{"y": 1.5}]),
    ]
    mine.note("2", {"b": None, "a": [{"z": "z"}]})
    assert (mine.cursor, dict(mine.listings())) == (
        "2",
        {"a": [{"z": "z"}], NO_UTF8: [{"y": 1.5}]},
    )
    mine.note("3", {"c": []}, whole=True)
    assert (mine.cursor, dict(mine.listings())) == ("3", {"c": []})


@pytest.mark.parametrize(
    ("age", "days", "is_used"),
    [
        (0, 7, True),
        (6.9 * DAY, 7, True),
        (7.1 * DAY, 7, False),
        (6.9 * DAY, 30, True),
        (365 * DAY, 7, False),
        # Its clock was set back meanwhile, or was wrong when it was noted.
        (-365 * DAY, 7, False),
        (0, 0, False),
    ],
)
def test_a_listing_is_read_anew_after_some_days(
    state: State, age: float, days: float, *, is_used: bool
) -> None:
    history(state).note("cursor", {"a": []}, whole=True)
    state.write([("UPDATE cursors SET audited = audited - ?", [(age,)])])
    assert history(state, audit_days=days).cursor == ("cursor" if is_used else "")


def test_what_changed_does_not_put_off_the_audit(state: State) -> None:
    mine = history(state)
    mine.note("1", {}, whole=True)
    state.write([("UPDATE cursors SET audited = audited - ?", [(5 * DAY,)])])
    mine.note("2", {"a": []})
    assert mine.cursor == "2"
    assert history(state, audit_days=4).cursor == ""


@pytest.mark.parametrize("path", ["/photos/a.jpg", f"/photos/{NO_UTF8}"], ids=ascii)
def test_an_unfinished_upload_is_known_until_it_is_done(
    state: State, path: str
) -> None:
    mine = history(state)
    assert mine.find(path) is None
    mine.put(path, {"session": "https://example.org", "offset": 5, "id": None})
    assert mine.find(path) == {
        "session": "https://example.org",
        "offset": 5,
        "id": None,
    }
    mine.put(path, {"session": "other"})
    assert mine.find(path) == {"session": "other"}
    mine.remove(path)
    assert mine.find(path) is None


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_name_of_a_disk_is_kept(text: str) -> None:
    try:
        name = os.fsdecode(os.fsencode(text))
    except UnicodeEncodeError:
        return
    assert original(text_of(name)) == name


# -- schema
# --------------------------------------------------------------------------------


def version_of(folder: Path) -> int:
    with closing(sqlite3.connect(folder / FILE)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_new_state_has_the_latest_schema_and_is_for_its_owner_alone(
    tmp_path: Path,
) -> None:
    filled(tmp_path)
    assert version_of(tmp_path) == len(MIGRATIONS)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("version", range(len(MIGRATIONS) + 1))
def test_a_state_of_any_earlier_version_is_used(tmp_path: Path, version: int) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        for script in MIGRATIONS[:version]:
            db.executescript(script)
        db.execute(f"PRAGMA user_version = {version}")
        if version:
            db.execute("INSERT INTO hashes VALUES ('/a', 1, 2, 3, 'x')")
    db.close()
    before = snapshot(tmp_path)
    dry, warning = open_state(tmp_path, read_only=True)
    assert (warning, dry is not None) == ("", True)
    assert dry is not None
    with dry:
        assert dry.read_of(MD5, "/a", (1, 2, 3)) == ("x" if version else None)
    assert snapshot(tmp_path) == before
    with State(tmp_path) as state:
        assert state.read_of(MD5, "/a", (1, 2, 3)) == ("x" if version else None)
    assert version_of(tmp_path) == len(MIGRATIONS)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_state_of_a_newer_version_is_not_used_and_stays(
    tmp_path: Path, *, read_only: bool
) -> None:
    filled(tmp_path)
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    before = (tmp_path / FILE).read_bytes()
    state, warning = open_state(tmp_path, read_only=read_only)
    assert state is None
    assert warning == (
        f"{tmp_path / FILE} is not used (it was written by a newer photosync); "
        "this run compares without memory"
    )
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert (tmp_path / FILE).read_bytes() == before


# -- damage
# --------------------------------------------------------------------------------


def _flipped(data: bytes) -> bytes:
    """Every page but the first with some other bytes."""
    pages = [data[at : at + 4096] for at in range(0, len(data), 4096)]
    return pages[0] + b"".join(
        bytes(byte ^ 0xFF for byte in page[:200]) + page[200:] for page in pages[1:]
    )


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "random": lambda data: random.Random(1).randbytes(len(data)),
    "truncated": lambda data: data[: len(data) // 2],
    "truncated within a page": lambda data: data[: len(data) // 2 + 100],
    "head only": lambda data: data[:50],
    "zeros": lambda data: bytes(len(data)),
    "other bytes in the middle": _flipped,
    "a text": lambda data: b"no database at all\n" * len(data),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_state_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, damage: str
) -> None:
    filled(tmp_path)
    path = tmp_path / FILE
    broken = DAMAGE[damage](path.read_bytes())
    path.write_bytes(broken)
    state, warning = open_state(tmp_path, read_only=False)
    assert state is not None
    with state:
        (aside,) = (one for one in tmp_path.iterdir() if "damaged" in one.name)
        assert aside.read_bytes() == broken
        assert f"{path} is damaged and was set aside as {aside.name}" in warning
        assert history(state).albums() == set()
        add_observations(history(state), [baseline()])
    with State(tmp_path) as again:
        assert history(again).albums() == {"Trip"}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_dry_run_leaves_a_damaged_state_where_it_is(
    tmp_path: Path, damage: str
) -> None:
    filled(tmp_path)
    path = tmp_path / FILE
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    before = snapshot(tmp_path)
    state, warning = open_state(tmp_path, read_only=True)
    assert state is None
    assert "is not used" in warning
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("read_only", [False, True])
def test_an_empty_file_is_a_state_of_nothing(
    tmp_path: Path, *, read_only: bool
) -> None:
    (tmp_path / FILE).touch()
    state, warning = open_state(tmp_path, read_only=read_only)
    assert (state is not None, warning) == (True, "")
    assert state is not None
    with state:
        assert history(state).albums() == set()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_of_that_name_is_not_used_and_stays(
    tmp_path: Path, *, read_only: bool
) -> None:
    (tmp_path / FILE).mkdir()
    state, warning = open_state(tmp_path, read_only=read_only)
    assert state is None
    assert "this run compares without memory" in warning
    assert (tmp_path / FILE).is_dir()


# -- a disk that takes nothing
# -------------------------------------------------------------

_OPENS = """
import sys
from pathlib import Path
from photosync.history.database import open_state
state, warning = open_state(Path(sys.argv[1]), read_only=False)
if state:
    with state:
        state.begin_run("library", "sync")
        warning = state.problem
print(warning)
"""


def opened_unprivileged(folder: Path) -> str:
    ended = subprocess.run(
        [*drops_root(), sys.executable, "-c", _OPENS, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.strip()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_state_that_may_not_be_written_is_said_and_stays(
    tmp_path: Path, what: str
) -> None:
    filled(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    target, mode = (tmp_path / FILE, 0o400) if what == "file" else (tmp_path, 0o500)
    target.chmod(mode)
    try:
        said = opened_unprivileged(tmp_path)
    finally:
        target.chmod(0o700)
    assert str(tmp_path / FILE) in said
    assert len(said.splitlines()) == 1
    assert (tmp_path / FILE).read_bytes() == before


def test_a_disk_that_becomes_full_ends_the_memory_and_not_the_run(
    tmp_path: Path,
) -> None:
    filled(tmp_path, 10)

    def work() -> tuple[str, int, int]:
        size = (tmp_path / FILE).stat().st_size
        with State(tmp_path) as state:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            mine = history(state)
            add_observations(
                mine, [baseline(name=f"more {n}.jpg") for n in range(5000)]
            )
            mine.record(event(), [baseline("Other")], [])
            return state.problem, len(mine.album("Trip")), len(mine.album("Other"))

    problem, known, others = in_child(work)
    assert str(tmp_path / FILE) in problem
    assert problem.endswith("what this run does is not remembered")
    assert (known, others) in {(11, 0), (11, 1)}
    with State(tmp_path) as state:
        assert len(history(state).album("Trip")) == 11


def test_a_write_that_is_refused_raises_nothing(state: State) -> None:
    state.write([("INSERT INTO nowhere VALUES (?)", [(1,)])])
    assert "nowhere" in state.problem
    first = state.problem
    state.write([("INSERT INTO elsewhere VALUES (?)", [(1,)])])
    assert state.problem == first


def test_a_write_is_done_as_a_whole_or_not_at_all(state: State) -> None:
    mine = history(state)
    state.write(
        [
            ("INSERT INTO hashes VALUES (?, 1, 1, 1, 'x')", [("/a",)]),
            ("INSERT INTO nowhere VALUES (?)", [(1,)]),
        ]
    )
    assert state.read_of(MD5, "/a", (1, 1, 1)) is None
    add_observations(mine, [baseline()])
    assert mine.albums() == {"Trip"}


# -- dry runs
# ------------------------------------------------------------------------------


def test_a_dry_run_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    filled(tmp_path)
    before = snapshot(tmp_path)
    with State(tmp_path, read_only=True) as state:
        assert len(history(state).album("Trip")) == 401
        add_observations(history(state), [baseline("New")])
        state.begin_run(LIBRARY, "sync")
        state.note_read(MD5, {"/a": ((1, 2, 3), "x")})
        History(state, "another", "account", LIBRARY)
        assert snapshot(tmp_path) == before
        assert state.problem == ""
    assert snapshot(tmp_path) == before


def test_a_dry_run_makes_no_state(tmp_path: Path) -> None:
    with State(tmp_path / "home", read_only=True) as state:
        assert history(state).albums() == set()
        assert state.runs() == []
    assert not (tmp_path / "home").exists()


def killed_while_writing(folder: Path) -> None:
    """Leave behind what a killed run does: changes that are not in the file itself
    yet.
    """

    def work() -> None:
        state = State(folder)
        add_observations(history(state), [baseline("Late")])
        os._exit(9)

    with pytest.raises(EOFError):
        in_child(work)
    assert (folder / f"{FILE}-wal").stat().st_size > 0


def test_a_dry_run_heeds_what_a_killed_run_left_and_leaves_it(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    killed_while_writing(tmp_path)
    before = snapshot(tmp_path)
    with State(tmp_path, read_only=True) as state:
        assert history(state).albums() == {"Trip", "Late"}
    after = snapshot(tmp_path)
    for name in (FILE, f"{FILE}-wal"):
        assert after[str(tmp_path / name)] == before[str(tmp_path / name)]
    assert after.keys() == before.keys()


def test_what_a_killed_run_left_is_taken_up(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    killed_while_writing(tmp_path)
    with State(tmp_path) as state:
        assert history(state).albums() == {"Trip", "Late"}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


# -- nothing is written where nothing differs
# ----------------------------------------------


def test_what_is_known_already_is_not_written_again(tmp_path: Path) -> None:
    places = {"/photos": Census("v", "1:1", 5)}
    with State(tmp_path) as state:
        mine = history(state)
        add_observations(mine, [baseline()])
        mine.note("cursor", {"a": []}, whole=True)
        state.note_known(LIBRARY, places)
        state.note_read(MD5, {"/a": ((1, 2, 3), "x")})
    before = (tmp_path / FILE).read_bytes()
    with State(tmp_path) as state:
        mine = history(state)
        add_observations(mine, [], [])
        mine.note("cursor", {})
        state.note_known(LIBRARY, places)
        state.note_read(MD5, {})
        assert state.read_of(MD5, "/a", (1, 2, 3)) == "x"
        assert mine.albums() == {"Trip"}
    assert (tmp_path / FILE).read_bytes() == before


# -- threads
# -------------------------------------------------------------------------------


def test_many_threads_may_ask_and_tell_at_once(state: State) -> None:
    mine = history(state)

    def work(number: int) -> bool:
        add_observations(
            mine, [baseline(f"album {number % 7}", f"{number}.jpg", number)]
        )
        state.note_read(MD5, {f"/{number}": ((number, 0, 0), str(number))})
        mine.put(f"/{number}", {"n": number})
        found = mine.album(f"album {number % 7}")[f"{number}.jpg"]
        assert found.local is not None
        return found.local.size == number and mine.find(f"/{number}") == {"n": number}

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(200)))
    assert sum(len(mine.album(f"album {n}")) for n in range(7)) == 200
    assert state.problem == ""


def test_an_unusable_state_leaves_no_thread(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all\n" * 100)
    with pytest.raises(StateUnusable, match=FILE):
        State(tmp_path)
