"""An upload to Drive that broke off, as the home folder keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from photosync.services.drive.uploads.unfinished import (
    Place,
    SentContent,
    UnfinishedUpload,
)

CONTENT = SentContent(size=10, modified_ns=20)
COPY = SentContent(size=10, modified_ns=20, copy_size=5, copy_md5="ab" * 16)
NEW = UnfinishedUpload("id1", CONTENT, Place("folder", "a.jpg"))
REPLACE = UnfinishedUpload("id1", COPY, replaced_version="cd" * 16)

# The rows are literally those of home folders that earlier versions wrote.
KEPT_NEW = {
    "parent": "folder",
    "name": "a.jpg",
    "size": 10,
    "modified_ns": 20,
    "id": "id1",
}
KEPT_REPLACE = {
    "id": "id1",
    "over": "cd" * 16,
    "size": 10,
    "modified_ns": 20,
    "sent_size": 5,
    "sent_md5": "ab" * 16,
    "session": "https://www.googleapis.com/upload/1",
}


@pytest.mark.parametrize(
    ("row", "upload"),
    [
        (KEPT_NEW, NEW),
        ({**KEPT_NEW, "session": "s"}, NEW.with_session("s")),
        (KEPT_REPLACE, REPLACE.with_session("https://www.googleapis.com/upload/1")),
    ],
)
def test_an_upload_of_an_earlier_version_is_read_and_written_as_before(
    row: dict[str, Any], upload: UnfinishedUpload
) -> None:
    assert UnfinishedUpload.from_json(row) == upload
    assert upload.to_json() == row


@pytest.mark.parametrize(
    "damage",
    [
        {"id": None},
        {"id": 7},
        {"size": None},
        {"size": "many"},
        {"modified_ns": []},
        {"parent": 7},
        {"name": None},
    ],
)
def test_a_damaged_record_is_none(damage: dict[str, Any]) -> None:
    assert UnfinishedUpload.from_json({**KEPT_NEW, **damage}) is None


@pytest.mark.parametrize("missing", ["id", "size", "modified_ns", "name"])
def test_a_record_that_lacks_something_is_none(missing: str) -> None:
    row = {name: value for name, value in KEPT_NEW.items() if name != missing}
    assert UnfinishedUpload.from_json(row) is None


@pytest.mark.parametrize(
    "other",
    [
        UnfinishedUpload("id2", CONTENT, NEW.place),
        UnfinishedUpload("id1", COPY, NEW.place),
        UnfinishedUpload("id1", CONTENT, Place("folder", "b.jpg")),
        UnfinishedUpload("id1", CONTENT, Place("other", "a.jpg")),
        UnfinishedUpload("id1", CONTENT, replaced_version=""),
    ],
)
def test_an_upload_goes_on_only_as_the_very_same_one(other: UnfinishedUpload) -> None:
    assert NEW.is_same_upload(NEW.with_session("s"))
    assert not NEW.is_same_upload(other.with_session("s"))
