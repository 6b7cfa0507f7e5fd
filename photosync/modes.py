"""The vocabulary of a comparison and the mode tables: what each mode does about each comparison.

The tables are data. A new mode is a new entry; nothing else in the program asks for the mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Comparisons(StrEnum):
    """How the local and the remote state of one photo stand to each other."""

    REMOTE_OLDER = "REMOTE_OLDER"
    DIFFERENT = "DIFFERENT"
    SAME = "SAME"
    UNKNOWN = "UNKNOWN"
    LOCAL_ONLY = "LOCAL_ONLY"
    REMOTE_ONLY = "REMOTE_ONLY"


class Actions(StrEnum):
    """What can be done about a comparison."""

    UPLOAD_LOCAL = "UPLOAD_LOCAL"
    DELETE_LOCAL = "DELETE_LOCAL"
    SILENT = "SILENT"
    REPORT = "REPORT"
    DOWNLOAD_REMOTE = "DOWNLOAD_REMOTE"
    DELETE_REMOTE = "DELETE_REMOTE"
    TAG_REMOTE = "TAG_REMOTE"
    REPLACE_REMOTE_WITH_LOCAL = "REPLACE_REMOTE_WITH_LOCAL"
    UPDATE_REMOTE_METADATA = "UPDATE_REMOTE_METADATA"


Table = Mapping[Comparisons, Actions]

_C, _A = Comparisons, Actions

UploadOnlyActions: Table = {
    _C.REMOTE_OLDER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.DIFFERENT: _A.REPORT,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPORT,
    _C.LOCAL_ONLY: _A.UPLOAD_LOCAL,
    _C.REMOTE_ONLY: _A.REPORT,
}
DownloadOnlyActions: Table = {
    _C.REMOTE_OLDER: _A.REPORT,
    _C.DIFFERENT: _A.DOWNLOAD_REMOTE,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPORT,
    _C.LOCAL_ONLY: _A.REPORT,
    _C.REMOTE_ONLY: _A.DOWNLOAD_REMOTE,
}
PassiveActions: Table = {
    _C.REMOTE_OLDER: _A.REPORT,
    _C.DIFFERENT: _A.REPORT,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPORT,
    _C.LOCAL_ONLY: _A.REPORT,
    _C.REMOTE_ONLY: _A.REPORT,
}
RepairActions: Table = {
    _C.REMOTE_OLDER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.DIFFERENT: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.UPDATE_REMOTE_METADATA,
    _C.LOCAL_ONLY: _A.UPLOAD_LOCAL,
    _C.REMOTE_ONLY: _A.DELETE_REMOTE,
}
SyncActions: Table = {
    _C.REMOTE_OLDER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.DIFFERENT: _A.REPORT,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPORT,
    _C.LOCAL_ONLY: _A.UPLOAD_LOCAL,
    _C.REMOTE_ONLY: _A.DOWNLOAD_REMOTE,
}
SyncUploadActions: Table = {
    _C.REMOTE_OLDER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.DIFFERENT: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.LOCAL_ONLY: _A.UPLOAD_LOCAL,
    _C.REMOTE_ONLY: _A.DELETE_REMOTE,
}

MODES: Mapping[str, Table] = {
    "upload": UploadOnlyActions,
    "download": DownloadOnlyActions,
    "report": PassiveActions,
    "repairUpload": RepairActions,
    "sync": SyncActions,
    "syncUpload": SyncUploadActions,
}

MODE_ALIASES: Mapping[str, str] = {
    "uploadOnly": "upload",
    "downloadOnly": "download",
    "upload-only": "upload",
    "download-only": "download",
    "repair-upload": "repairUpload",
    "sync-upload": "syncUpload",
}

_ALWAYS = frozenset({_A.SILENT, _A.REPORT})
_ON_REMOTE = frozenset({_A.DOWNLOAD_REMOTE, _A.DELETE_REMOTE, _A.TAG_REMOTE})
_ON_PAIR = frozenset({_A.DELETE_LOCAL, _A.REPLACE_REMOTE_WITH_LOCAL, _A.UPDATE_REMOTE_METADATA})

_POSSIBLE_ELSEWHERE: Mapping[Comparisons, frozenset[Actions]] = {
    _C.LOCAL_ONLY: _ALWAYS | {_A.UPLOAD_LOCAL, _A.DELETE_LOCAL},
    _C.REMOTE_ONLY: _ALWAYS | _ON_REMOTE,
}


def possible(comparison: Comparisons) -> frozenset[Actions]:
    """The actions that make sense for a comparison: no upload of what is already there."""
    return _POSSIBLE_ELSEWHERE.get(comparison, _ALWAYS | _ON_REMOTE | _ON_PAIR)


def with_overrides(table: Table, overrides: Table) -> Table:
    """The table in force: a mode's own, with the cells that the user changed."""
    return {comparison: overrides.get(comparison, table[comparison]) for comparison in Comparisons}
