"""Dates of many kinds of files, with exiftool as the judge."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from harness.corpus import SAID, judge, make_corpus
from harness.pictures import needs_exiftool, needs_ffmpeg, needs_heif

from photosync.media import find_moment

WHEN = 1_700_000_000 * 10**9


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
