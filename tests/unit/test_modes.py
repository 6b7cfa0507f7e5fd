from __future__ import annotations

from itertools import product

import pytest

from photosync.modes import (
    MODE_ALIASES,
    MODES,
    Actions,
    Comparisons,
    possible,
    with_overrides,
)

REPLACE = "REPLACE_REMOTE_WITH_LOCAL"
DESCRIBE = "UPDATE_REMOTE_METADATA"
UPLOAD = "UPLOAD_LOCAL"
DOWNLOAD = "DOWNLOAD_REMOTE"
DELETE = "DELETE_REMOTE"
DELETE_HERE = "DELETE_LOCAL"
MOVE, MOVE_HERE = "MOVE_REMOTE", "MOVE_LOCAL"

COLUMNS = ("upload", "download", "report", "repairUpload", "sync", "syncUpload")
EXPECTED = {
    "REMOTE_OLDER": (REPLACE, "REPORT", "REPORT", REPLACE, REPLACE, REPLACE),
    "DIFFERENT": ("REPORT", DOWNLOAD, "REPORT", REPLACE, "REPORT", REPLACE),
    "SAME": ("SILENT", "SILENT", "SILENT", "SILENT", "SILENT", "SILENT"),
    "UNKNOWN": ("REPORT", "REPORT", "REPORT", DESCRIBE, "REPORT", REPLACE),
    "LOCAL_ONLY": (UPLOAD, "REPORT", "REPORT", UPLOAD, UPLOAD, UPLOAD),
    "REMOTE_ONLY": ("REPORT", DOWNLOAD, "REPORT", DELETE, DOWNLOAD, DELETE),
    "REMOTE_NEWER": ("REPORT", DOWNLOAD, "REPORT", REPLACE, DOWNLOAD, REPLACE),
    "CONFLICT": ("REPORT", "REPORT", "REPORT", REPLACE, "REPORT", REPLACE),
    "LOCAL_DELETED": ("REPORT", DOWNLOAD, "REPORT", DELETE, DELETE, DELETE),
    "REMOTE_DELETED": ("REPORT", "REPORT", "REPORT", UPLOAD, DELETE_HERE, UPLOAD),
    "LOCAL_MOVED": (MOVE, "REPORT", "REPORT", MOVE, MOVE, MOVE),
    "REMOTE_MOVED": ("REPORT", MOVE_HERE, "REPORT", MOVE, MOVE_HERE, MOVE),
    "ROTTEN": ("REPORT", "REPORT", "REPORT", "REPORT", "REPORT", "REPORT"),
}
CELLS = [
    (mode, comparison, action)
    for comparison, row in EXPECTED.items()
    for mode, action in zip(COLUMNS, row, strict=True)
]

CHANGES_LOCAL = {
    Actions.DELETE_LOCAL,
    Actions.DOWNLOAD_REMOTE,
    Actions.MOVE_LOCAL,
    Actions.KEEP_BOTH,
}
CHANGES_NOTHING = {Actions.SILENT, Actions.REPORT}
CHANGES_REMOTE = set(Actions) - CHANGES_LOCAL - CHANGES_NOTHING


@pytest.mark.parametrize(("mode", "comparison", "action"), CELLS)
def test_each_cell_is_that_of_the_design(
    mode: str, comparison: str, action: str
) -> None:
    assert MODES[mode][Comparisons(comparison)] == action


def test_there_are_the_six_modes_of_the_design_and_no_other() -> None:
    assert tuple(MODES) == COLUMNS


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_answers_every_comparison(mode: str) -> None:
    assert set(MODES[mode]) == set(Comparisons)
    assert set(Comparisons.__members__) == set(EXPECTED)


def test_there_are_nine_actions_of_old_three_by_history_and_two_of_details() -> None:
    assert set(Actions.__members__) == {
        *(
            "UPLOAD_LOCAL",
            "DELETE_LOCAL",
            "SILENT",
            "REPORT",
            "DOWNLOAD_REMOTE",
            "DELETE_REMOTE",
        ),
        *("TAG_REMOTE", "REPLACE_REMOTE_WITH_LOCAL", "UPDATE_REMOTE_METADATA"),
        *("MOVE_REMOTE", "MOVE_LOCAL", "KEEP_BOTH"),
        *("UPDATE_LOCAL_METADATA", "MERGE_METADATA"),
    }


@pytest.mark.parametrize("mode", ["upload", "repairUpload", "syncUpload"])
def test_an_uploading_mode_never_touches_the_local_side(mode: str) -> None:
    assert CHANGES_LOCAL.isdisjoint(MODES[mode].values())


def test_download_never_touches_the_remote_side() -> None:
    assert CHANGES_REMOTE.isdisjoint(MODES["download"].values())


def test_report_touches_nothing() -> None:
    assert set(MODES["report"].values()) <= CHANGES_NOTHING


@pytest.mark.parametrize("mode", MODES)
def test_no_mode_does_anything_about_equal_photos(mode: str) -> None:
    assert MODES[mode][Comparisons.SAME] is Actions.SILENT


@pytest.mark.parametrize("mode", MODES)
def test_every_cell_is_a_possible_action(mode: str) -> None:
    for comparison, action in MODES[mode].items():
        assert action in possible(comparison)


# -- spellings
# -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alias", "mode"),
    [
        ("uploadOnly", "upload"),
        ("upload-only", "upload"),
        ("downloadOnly", "download"),
        ("download-only", "download"),
        ("repair-upload", "repairUpload"),
        ("sync-upload", "syncUpload"),
    ],
)
def test_a_mode_has_the_other_spellings_of_the_design(alias: str, mode: str) -> None:
    assert MODE_ALIASES[alias] == mode


def test_no_other_spelling_hides_a_mode() -> None:
    assert set(MODE_ALIASES.values()) <= set(MODES)
    assert set(MODE_ALIASES).isdisjoint(MODES)


# -- overrides
# -----------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "changed"), list(product(MODES, Comparisons)))
def test_an_override_changes_its_cell_alone(mode: str, changed: Comparisons) -> None:
    before = dict(MODES[mode])
    table = with_overrides(MODES[mode], {changed: Actions.TAG_REMOTE})
    assert table == before | {changed: Actions.TAG_REMOTE}
    assert MODES[mode] == before


def test_without_overrides_the_table_is_the_modes_own() -> None:
    for table in MODES.values():
        assert with_overrides(table, {}) == table


def test_several_overrides_hold_together() -> None:
    overrides = {
        Comparisons.SAME: Actions.UPDATE_REMOTE_METADATA,
        Comparisons.REMOTE_OLDER: Actions.DOWNLOAD_REMOTE,
    }
    assert with_overrides(MODES["syncUpload"], overrides) == {
        **MODES["syncUpload"],
        **overrides,
    }


# -- what makes sense
# ----------------------------------------------------------------------


@pytest.mark.parametrize("comparison", Comparisons)
def test_telling_and_keeping_silent_are_always_possible(
    comparison: Comparisons,
) -> None:
    assert possible(comparison) >= CHANGES_NOTHING


def test_only_what_is_not_there_can_be_uploaded() -> None:
    able = {one for one in Comparisons if Actions.UPLOAD_LOCAL in possible(one)}
    assert able == {Comparisons.LOCAL_ONLY, Comparisons.REMOTE_DELETED}


@pytest.mark.parametrize("comparison", ["LOCAL_ONLY", "REMOTE_DELETED"])
def test_what_is_only_local_can_be_uploaded_or_deleted_locally(comparison: str) -> None:
    changes = possible(Comparisons(comparison)) - CHANGES_NOTHING
    assert changes == {Actions.UPLOAD_LOCAL, Actions.DELETE_LOCAL}


@pytest.mark.parametrize("comparison", ["REMOTE_ONLY", "LOCAL_DELETED"])
def test_what_is_only_remote_can_be_downloaded_tagged_or_deleted_remotely(
    comparison: str,
) -> None:
    changes = possible(Comparisons(comparison)) - CHANGES_NOTHING
    assert changes == {
        Actions.DOWNLOAD_REMOTE,
        Actions.TAG_REMOTE,
        Actions.DELETE_REMOTE,
    }


MOVES = {Actions.MOVE_LOCAL, Actions.MOVE_REMOTE}
DETAILS = {Actions.UPDATE_LOCAL_METADATA, Actions.MERGE_METADATA}


@pytest.mark.parametrize(
    "comparison",
    ["REMOTE_OLDER", "DIFFERENT", "SAME", "UNKNOWN", "REMOTE_NEWER", "CONFLICT"],
)
def test_everything_but_an_upload_or_a_move_is_possible_for_a_pair(
    comparison: str,
) -> None:
    able = possible(Comparisons(comparison)) - {Actions.KEEP_BOTH}
    impossible = {Actions.UPLOAD_LOCAL, Actions.KEEP_BOTH, *MOVES, *DETAILS}
    assert able == set(Actions) - impossible


def test_both_can_be_kept_where_the_remote_bytes_are_others() -> None:
    able = {one for one in Comparisons if Actions.KEEP_BOTH in possible(one)}
    assert able == {
        Comparisons.DIFFERENT,
        Comparisons.REMOTE_NEWER,
        Comparisons.CONFLICT,
    }


@pytest.mark.parametrize("comparison", ["LOCAL_MOVED", "REMOTE_MOVED"])
def test_what_was_moved_can_be_moved_on_either_side(comparison: str) -> None:
    assert possible(Comparisons(comparison)) - CHANGES_NOTHING == MOVES


def test_a_damaged_copy_can_only_be_replaced_by_the_other_one() -> None:
    assert possible(Comparisons.ROTTEN) - CHANGES_NOTHING == {
        Actions.DOWNLOAD_REMOTE,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
    }
