"""What a survey learns comes out as it was put in, however much of it there is."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from photosync.compare.packed_baselines import PackedBaselines, list_albums
from photosync.model import Baseline, LocalStat, RemotePhoto

# An old camera wrote a name that is no UTF-8.
TEXT = st.text(st.characters(codec="utf-8") | st.just("\udcff"), max_size=9)
NUMBER = st.none() | st.integers(-(2**70), 2**70)
PHOTOS = st.builds(
    RemotePhoto,
    TEXT,
    TEXT,
    NUMBER,
    NUMBER,
    st.none() | TEXT,
    version=TEXT,
    marked=st.booleans(),
    taken=TEXT,
    changed_ns=NUMBER,
)
STATS = st.none() | st.builds(
    LocalStat, st.integers(0), st.integers(), changed_ns=NUMBER
)


# Each example is two thousand baselines.
@settings(max_examples=25)
@given(st.lists(st.builds(Baseline, TEXT, TEXT, STATS, PHOTOS, TEXT)))
def test_what_is_packed_comes_out_as_it_was(baselines: list[Baseline]) -> None:
    # More than are held as they are.
    many = (baselines * 1001)[:2002]
    packed = PackedBaselines(many)
    assert list(packed) == list(packed) == many
    assert len(packed) == len(many)
    assert all(type(one.remote) is RemotePhoto for one in packed)
    assert all(one in packed for one in baselines)
    assert list_albums(packed) == list_albums(many)


def make(count: int) -> Iterator[Baseline]:
    for number in range(count):
        name = f"IMG_{number:06}.jpg"
        photo = RemotePhoto(name, f"id{number:030}", number, number, f"{number:032x}")
        yield Baseline("Rome", name, LocalStat(number, number), photo, f"/p/{name}")


def test_many_take_little_memory() -> None:
    tracemalloc.start()
    packed = PackedBaselines(make(20_000))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(packed) == 20_000
    # One alone takes several times as much.
    least = sum(map(sys.getsizeof, next(make(1))))
    assert size / 20_000 < least / 2
