"""What a listing of Drive tells of photos that we may not change."""

from __future__ import annotations

from typing import Any

import pytest

from photosync.errors import LeftAlone
from photosync.model import Actions, RemoteAlbum
from photosync.services.drive.listings.listing import build_listing
from photosync.services.drive.listings.rights import check_single_folder


def file(**fields: Any) -> dict[str, Any]:
    usual = {
        "id": "1",
        "name": "a.jpg",
        "mimeType": "image/jpeg",
        "modifiedTime": "2017-07-14T02:40:00.000Z",
        "parents": ["rome"],
    }
    return usual | fields


def list_forbidden(listed: dict[str, Any]) -> dict[str, set[Actions]]:
    listing = build_listing(RemoteAlbum("Rome", "rome"), [listed], [])
    return {photo: set(reasons) for photo, reasons in listing.forbidden.items()}


@pytest.mark.parametrize("fields", [{}, {"capabilities": {"canEdit": True}}])
def test_of_most_photos_nothing_is_forbidden(fields: dict[str, Any]) -> None:
    assert list_forbidden(file(**fields)) == {}


def test_a_photo_that_may_be_edited_and_not_deleted_is_told_from_others() -> None:
    rights = {"canEdit": True, "canTrash": False}
    assert list_forbidden(file(capabilities=rights)) == {"1": {Actions.DELETE_REMOTE}}


def test_what_lies_in_two_folders_is_neither_deleted_nor_moved_for_one() -> None:
    both = file(parents=["oslo", "rome"])
    assert list_forbidden(both) == {"1": {Actions.DELETE_REMOTE, Actions.MOVE_REMOTE}}
    with pytest.raises(LeftAlone):
        check_single_folder(both)
    check_single_folder(file())
