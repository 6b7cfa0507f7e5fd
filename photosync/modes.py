"""The vocabulary of a comparison and the mode tables: what each mode does about each
comparison.

The tables are data. A new mode is a new entry; nothing else in the program asks for the
mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Comparisons(StrEnum):
    """How the local and the remote state of one photo stand to each other.

    Those after REMOTE_ONLY are only told with the help of history.
    """

    REMOTE_OLDER = "REMOTE_OLDER"
    DIFFERENT = "DIFFERENT"
    SAME = "SAME"
    UNKNOWN = "UNKNOWN"
    LOCAL_ONLY = "LOCAL_ONLY"
    REMOTE_ONLY = "REMOTE_ONLY"
    REMOTE_NEWER = "REMOTE_NEWER"
    CONFLICT = "CONFLICT"
    LOCAL_DELETED = "LOCAL_DELETED"
    REMOTE_DELETED = "REMOTE_DELETED"
    LOCAL_MOVED = "LOCAL_MOVED"
    REMOTE_MOVED = "REMOTE_MOVED"
    ROTTEN = "ROTTEN"


class Actions(StrEnum):
    """What can be done about a comparison; the last two only about the details of an
    equal photo, with --sidecars.
    """

    UPLOAD_LOCAL = "UPLOAD_LOCAL"
    DELETE_LOCAL = "DELETE_LOCAL"
    SILENT = "SILENT"
    REPORT = "REPORT"
    DOWNLOAD_REMOTE = "DOWNLOAD_REMOTE"
    DELETE_REMOTE = "DELETE_REMOTE"
    TAG_REMOTE = "TAG_REMOTE"
    REPLACE_REMOTE_WITH_LOCAL = "REPLACE_REMOTE_WITH_LOCAL"
    UPDATE_REMOTE_METADATA = "UPDATE_REMOTE_METADATA"
    MOVE_REMOTE = "MOVE_REMOTE"
    MOVE_LOCAL = "MOVE_LOCAL"
    KEEP_BOTH = "KEEP_BOTH"
    UPDATE_LOCAL_METADATA = "UPDATE_LOCAL_METADATA"
    MERGE_METADATA = "MERGE_METADATA"


Table = Mapping[Comparisons, Actions]

_C = Comparisons
_A = Actions

UploadOnlyActions: Table = {
    _C.REMOTE_OLDER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.DIFFERENT: _A.REPORT,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPORT,
    _C.LOCAL_ONLY: _A.UPLOAD_LOCAL,
    _C.REMOTE_ONLY: _A.REPORT,
    _C.REMOTE_NEWER: _A.REPORT,
    _C.CONFLICT: _A.REPORT,
    _C.LOCAL_DELETED: _A.REPORT,
    _C.REMOTE_DELETED: _A.REPORT,
    _C.LOCAL_MOVED: _A.MOVE_REMOTE,
    _C.REMOTE_MOVED: _A.REPORT,
    _C.ROTTEN: _A.REPORT,
}
DownloadOnlyActions: Table = {
    _C.REMOTE_OLDER: _A.REPORT,
    _C.DIFFERENT: _A.DOWNLOAD_REMOTE,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPORT,
    _C.LOCAL_ONLY: _A.REPORT,
    _C.REMOTE_ONLY: _A.DOWNLOAD_REMOTE,
    _C.REMOTE_NEWER: _A.DOWNLOAD_REMOTE,
    _C.CONFLICT: _A.REPORT,
    _C.LOCAL_DELETED: _A.DOWNLOAD_REMOTE,
    _C.REMOTE_DELETED: _A.REPORT,
    _C.LOCAL_MOVED: _A.REPORT,
    _C.REMOTE_MOVED: _A.MOVE_LOCAL,
    _C.ROTTEN: _A.REPORT,
}
PassiveActions: Table = {
    _C.REMOTE_OLDER: _A.REPORT,
    _C.DIFFERENT: _A.REPORT,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPORT,
    _C.LOCAL_ONLY: _A.REPORT,
    _C.REMOTE_ONLY: _A.REPORT,
    _C.REMOTE_NEWER: _A.REPORT,
    _C.CONFLICT: _A.REPORT,
    _C.LOCAL_DELETED: _A.REPORT,
    _C.REMOTE_DELETED: _A.REPORT,
    _C.LOCAL_MOVED: _A.REPORT,
    _C.REMOTE_MOVED: _A.REPORT,
    _C.ROTTEN: _A.REPORT,
}
RepairActions: Table = {
    _C.REMOTE_OLDER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.DIFFERENT: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.UPDATE_REMOTE_METADATA,
    _C.LOCAL_ONLY: _A.UPLOAD_LOCAL,
    _C.REMOTE_ONLY: _A.DELETE_REMOTE,
    _C.REMOTE_NEWER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.CONFLICT: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.LOCAL_DELETED: _A.DELETE_REMOTE,
    _C.REMOTE_DELETED: _A.UPLOAD_LOCAL,
    _C.LOCAL_MOVED: _A.MOVE_REMOTE,
    _C.REMOTE_MOVED: _A.MOVE_REMOTE,
    _C.ROTTEN: _A.REPORT,
}
SyncActions: Table = {
    _C.REMOTE_OLDER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.DIFFERENT: _A.REPORT,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPORT,
    _C.LOCAL_ONLY: _A.UPLOAD_LOCAL,
    _C.REMOTE_ONLY: _A.DOWNLOAD_REMOTE,
    _C.REMOTE_NEWER: _A.DOWNLOAD_REMOTE,
    _C.CONFLICT: _A.REPORT,
    _C.LOCAL_DELETED: _A.DELETE_REMOTE,
    _C.REMOTE_DELETED: _A.DELETE_LOCAL,
    _C.LOCAL_MOVED: _A.MOVE_REMOTE,
    _C.REMOTE_MOVED: _A.MOVE_LOCAL,
    _C.ROTTEN: _A.REPORT,
}
SyncUploadActions: Table = {
    _C.REMOTE_OLDER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.DIFFERENT: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.SAME: _A.SILENT,
    _C.UNKNOWN: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.LOCAL_ONLY: _A.UPLOAD_LOCAL,
    _C.REMOTE_ONLY: _A.DELETE_REMOTE,
    _C.REMOTE_NEWER: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.CONFLICT: _A.REPLACE_REMOTE_WITH_LOCAL,
    _C.LOCAL_DELETED: _A.DELETE_REMOTE,
    _C.REMOTE_DELETED: _A.UPLOAD_LOCAL,
    _C.LOCAL_MOVED: _A.MOVE_REMOTE,
    _C.REMOTE_MOVED: _A.MOVE_REMOTE,
    _C.ROTTEN: _A.REPORT,
}

MODES: Mapping[str, Table] = {
    "upload": UploadOnlyActions,
    "download": DownloadOnlyActions,
    "report": PassiveActions,
    "repairUpload": RepairActions,
    "sync": SyncActions,
    "syncUpload": SyncUploadActions,
}
PURPOSES: Mapping[str, str] = {
    "upload": "what is new or edited here goes there; nothing changes here",
    "download": "what is new or edited there comes here; nothing changes there",
    "report": "what is not equal is told; nothing changes anywhere",
    "repairUpload": "there becomes as here; what cannot be compared stays",
    "sync": "both sides become equal; what both edited is left to you",
    "syncUpload": "there becomes as here, whatever was done there",
}
"""What each mode is for, in words."""

MODE_ALIASES: Mapping[str, str] = {
    "uploadOnly": "upload",
    "downloadOnly": "download",
    "upload-only": "upload",
    "download-only": "download",
    "repair-upload": "repairUpload",
    "sync-upload": "syncUpload",
}

_ALWAYS = frozenset({_A.SILENT, _A.REPORT})
_ON_LOCAL = _ALWAYS | {_A.UPLOAD_LOCAL, _A.DELETE_LOCAL}
_ON_REMOTE = _ALWAYS | {_A.DOWNLOAD_REMOTE, _A.DELETE_REMOTE, _A.TAG_REMOTE}
_ON_PAIR = _ON_REMOTE | {
    _A.DELETE_LOCAL,
    _A.REPLACE_REMOTE_WITH_LOCAL,
    _A.UPDATE_REMOTE_METADATA,
}
_ON_MOVED = _ALWAYS | {_A.MOVE_REMOTE, _A.MOVE_LOCAL}
# The good copy takes the place of the damaged one, and never the other way round.
_ON_ROTTEN = _ALWAYS | {_A.DOWNLOAD_REMOTE, _A.REPLACE_REMOTE_WITH_LOCAL}

_POSSIBLE: Mapping[Comparisons, frozenset[Actions]] = {
    _C.REMOTE_OLDER: _ON_PAIR,
    _C.DIFFERENT: _ON_PAIR | {_A.KEEP_BOTH},
    _C.SAME: _ON_PAIR,
    _C.UNKNOWN: _ON_PAIR,
    _C.LOCAL_ONLY: _ON_LOCAL,
    _C.REMOTE_ONLY: _ON_REMOTE,
    _C.REMOTE_NEWER: _ON_PAIR | {_A.KEEP_BOTH},
    _C.CONFLICT: _ON_PAIR | {_A.KEEP_BOTH},
    _C.LOCAL_DELETED: _ON_REMOTE,
    _C.REMOTE_DELETED: _ON_LOCAL,
    _C.LOCAL_MOVED: _ON_MOVED,
    _C.REMOTE_MOVED: _ON_MOVED,
    _C.ROTTEN: _ON_ROTTEN,
}


def possible(comparison: Comparisons) -> frozenset[Actions]:
    """The actions that make sense for a comparison: no upload of what is already
    there.
    """
    return _POSSIBLE[comparison]


def with_overrides(table: Table, overrides: Table) -> Table:
    """The table in force: a mode's own, with the cells that the user changed."""
    return {
        comparison: overrides.get(comparison, table[comparison])
        for comparison in Comparisons
    }
