"""`--modes`: what a mode does about a photo, in words; `--modes all`: the
tables of all modes, with the constants that `--override` takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from photosync.cli.output import find_width
from photosync.config.converters import ALL_MODES
from photosync.config.settings import Settings
from photosync.formatting import name_service, printable
from photosync.model import Actions, Comparisons, Side
from photosync.modes import MODES, PURPOSES, Table

_A = Actions
_C = Comparisons

_WIDTH = 80
"""Columns that the rows take."""

_HAPPENED: Mapping[Comparisons, str] = {
    _C.LOCAL_ONLY: "new here",
    _C.REMOTE_ONLY: "new there",
    _C.REMOTE_OLDER: "edited here",
    _C.REMOTE_NEWER: "edited there",
    _C.CONFLICT: "edited here and there",
    _C.LOCAL_DELETED: "deleted here",
    _C.REMOTE_DELETED: "deleted there",
    _C.LOCAL_MOVED: "moved or renamed here",
    _C.REMOTE_MOVED: "moved or renamed there",
    _C.DIFFERENT: "different, not known why",
    _C.UNKNOWN: "cannot be compared",
    _C.ROTTEN: "damaged, here or there",
    _C.SAME: "equal",
}
"""What became of a photo, in the order of the page."""


class _Effect(NamedTuple):
    """What is done on each side; empty where nothing is."""

    here: str = ""
    there: str = ""


_EFFECTS: Mapping[Actions, _Effect] = {
    _A.UPLOAD_LOCAL: _Effect(there="+ uploaded"),
    _A.DOWNLOAD_REMOTE: _Effect(here="+ downloaded"),
    _A.KEEP_BOTH: _Effect(here="+ theirs put beside yours"),
    _A.REPLACE_REMOTE_WITH_LOCAL: _Effect(there="~ replaced by yours"),
    _A.UPDATE_REMOTE_METADATA: _Effect(there="~ given your date"),
    _A.TAG_REMOTE: _Effect(there="~ marked"),
    _A.MOVE_REMOTE: _Effect(there="> moved, too"),
    _A.MOVE_LOCAL: _Effect(here="> moved, too"),
    _A.DELETE_LOCAL: _Effect(here="- deleted"),
    _A.DELETE_REMOTE: _Effect(there="- deleted"),
    _A.REPORT: _Effect("! left alone on both sides"),
    _A.SILENT: _Effect("! left alone, not told"),
}
_IN_PAIRS: Mapping[Actions, _Effect] = {
    _A.DOWNLOAD_REMOTE: _Effect(here="~ replaced by theirs"),
}
"""Where there is one on both sides."""
_PAIRS = frozenset(
    {
        _C.REMOTE_OLDER,
        _C.REMOTE_NEWER,
        _C.CONFLICT,
        _C.DIFFERENT,
        _C.UNKNOWN,
        _C.ROTTEN,
        _C.SAME,
    }
)
_AGAINST: Mapping[tuple[Comparisons, Actions], _Effect] = {
    (_C.LOCAL_DELETED, _A.DOWNLOAD_REMOTE): _Effect(here="+ downloaded again"),
    (_C.REMOTE_DELETED, _A.UPLOAD_LOCAL): _Effect(there="+ uploaded again"),
    (_C.LOCAL_MOVED, _A.MOVE_LOCAL): _Effect(here="> moved back"),
    (_C.REMOTE_MOVED, _A.MOVE_REMOTE): _Effect(there="> moved back"),
}
"""Where one side's change is taken back."""

_NOT_PERMITTED = "! kept, not permitted"
_DELETED_ON: Mapping[Actions, Side] = {
    _A.DELETE_LOCAL: Side.LOCAL,
    _A.DELETE_REMOTE: Side.REMOTE,
}
_DELETES: Mapping[frozenset[Side], str] = {
    frozenset(): "nowhere; --allowDelete local, remote or both permits them",
    frozenset({Side.LOCAL}): "here; --allowDelete both permits them there, too",
    frozenset({Side.REMOTE}): "there; --allowDelete both permits them here, too",
    frozenset(Side): "here and there",
}


def describe_mode(settings: Settings) -> Iterator[str]:
    """Yield what the mode does: a row for whatever may become of a photo."""
    yield f"-m {settings.mode}: {PURPOSES[settings.mode]}"
    yield ""
    is_narrow = find_width() < _WIDTH
    make_row = _make_narrow_row if is_narrow else _make_row
    if not is_narrow:
        yield from _make_row(" ", "a photo is", _Effect("here", "there"))
    changed = dict(settings.overrides)
    table = settings.table()
    for comparison, happened in _HAPPENED.items():
        action = table[comparison]
        # That equal photos stay as they are needs no words.
        if action is not _A.SILENT or comparison in changed:
            mark = "*" if comparison in changed else " "
            effect = _find_effect(comparison, action, settings)
            yield from make_row(mark, happened, effect)
    yield ""
    yield from _describe_terms(settings)
    yield ""
    yield "Another mode: photosync --modes sync; all of them: photosync --modes all"


def _make_row(mark: str, happened: str, effect: _Effect) -> Iterator[str]:
    yield f"{mark} {happened:<26}  {effect.here:<25}  {effect.there}".rstrip()


def _make_narrow_row(mark: str, happened: str, effect: _Effect) -> Iterator[str]:
    """Yield the same on the screen of a phone, which has no room for columns."""
    yield f"{mark} {happened}"
    if effect.here:
        yield f"      here   {effect.here}"
    if effect.there:
        yield f"      there  {effect.there}"


def _find_effect(
    comparison: Comparisons, action: Actions, settings: Settings
) -> _Effect:
    """Return what an action does on each side, as far as it is permitted."""
    side = _DELETED_ON.get(action)
    # In the table it stands as a delete; what the person sees is what happens.
    if side and side not in settings.allow_delete:
        if side is Side.LOCAL:
            return _Effect(here=_NOT_PERMITTED)
        return _Effect(there=_NOT_PERMITTED)
    if (comparison, action) in _AGAINST:
        return _AGAINST[comparison, action]
    if comparison in _PAIRS and action in _IN_PAIRS:
        return _IN_PAIRS[action]
    return _EFFECTS[action]


def _describe_terms(settings: Settings) -> Iterator[str]:
    """Yield what holds for all rows, as far as they change anything."""
    places = [name_service(service) for service in settings.services]
    there = " and ".join(places) or "Flickr, Drive or a folder, as -p says"
    yield printable(f"Here are your folders, there is {there}.")
    actions = set(settings.table().values())
    # A mode that never deletes need not say where it may.
    if actions & _DELETED_ON.keys():
        yield f"Deletes are permitted {_DELETES[settings.allow_delete]}."
    if settings.no_trash:
        yield "What is replaced or deleted is gone for good (--no-trash)."
    elif actions - {_A.REPORT, _A.SILENT}:
        yield "What is replaced or deleted goes to a trash first; --undo brings it back."
    if settings.overrides:
        yield "* changed by --override."


def format_tables(tables: Mapping[str, Table]) -> Iterator[str]:
    """Yield the mode tables, one column per mode, as a Markdown table."""
    rows = [["", *tables]]
    for comparison in Comparisons:
        actions = [str(table[comparison]) for table in tables.values()]
        rows.append([str(comparison), *actions])
    columns = zip(*rows, strict=True)
    widths = [max(len(cell) for cell in column) for column in columns]
    line = ["-" * width for width in widths]
    rows.insert(1, line)
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        inside = " | ".join(cells)
        yield f"| {inside} |"


def show_modes(settings: Settings) -> Iterator[str]:
    """Yield the page that is asked for."""
    if settings.modes == ALL_MODES:
        return format_tables({mode: settings.table(mode) for mode in MODES})
    if settings.modes and settings.modes in MODES:
        return describe_mode(replace(settings, mode=settings.modes))
    return describe_mode(settings)
