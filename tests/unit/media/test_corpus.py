"""Dates of many kinds of files, with exiftool as the judge."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from harness.corpus import SAID, judge, make_corpus
from harness.pictures import needs_exiftool, needs_ffmpeg, needs_heif

from photosync.media import find_moment

WHEN = 1_700_000_000 * 10**9
READS = Path("/proc/self/io")
# Of these what tells the date may stand anywhere in the first 256 kB. A JPEG of some
# phones has as much before its EXIF, and AVI its index.
MOST_READ = dict.fromkeys([".wmv", ".mts", ".m2ts", ".raf", ".gif"], 270_000)
MOST_READ |= {".jpg": 125_000, ".avi": 95_000}


@needs_exiftool
@needs_ffmpeg
@needs_heif
def test_each_kind_says_when_as_exiftool_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    reasons = make_corpus(tmp_path)
    judged = judge(tmp_path)
    wrong: dict[str, str] = {}
    for name, reason in reasons.items():
        found = find_moment(str(tmp_path / name), WHEN, "x")
        # Either exiftool knows it, or the table tells by which name it does.
        has_judge = bool(judged[name])
        if has_judge == bool(reason):
            wrong[name] = f"exiftool says {judged[name]!r}, and the table {reason!r}"
        elif found.text != (judged[name] or SAID):
            wrong[name] = f"{found.text} by {found.source}, exiftool {judged[name]!r}"
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())
    kinds = Counter(name.rpartition(".")[2] for name in reasons)
    assert len(reasons) >= 150
    assert len(kinds) >= 40
    if READS.exists():
        check_reads([tmp_path / name for name in reasons])


def check_reads(paths: list[Path]) -> None:
    """What follows the head of a file, as the pixels of a large one do, is not read."""
    too_much: dict[str, int] = {}
    for path in paths:
        before = find_moment(str(path), WHEN, "x")
        # These two have their lists at the end.
        if path.suffix not in {".crw", ".x3f"}:
            os.truncate(path, path.stat().st_size + 8_000_000)
        start = count_bytes_read()
        assert find_moment(str(path), WHEN, "x") == before, path.name
        count = count_bytes_read() - start
        if count > MOST_READ.get(path.suffix, 40_000):
            too_much[path.name] = count
    assert not too_much


def count_bytes_read() -> int:
    return int(READS.read_text().split()[1])
