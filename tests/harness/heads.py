"""What the head of a dry run counts, and what a run did by its log."""

from __future__ import annotations

import re
from collections import Counter

Counts = Counter[tuple[str, str]]
"""How often something is done, by service and action."""

_SERVICES = {"Drive": "drive", "Flickr": "flickr"}
_ACTIONS = {
    "upload": "UPLOAD_LOCAL",
    "download": "DOWNLOAD_REMOTE",
    "replace": "REPLACE_REMOTE_WITH_LOCAL",
    "replace here": "DOWNLOAD_REMOTE",
    "keep both": "KEEP_BOTH",
    "update": "UPDATE_REMOTE_METADATA",
    "tag": "TAG_REMOTE",
    "move": "MOVE_REMOTE",
    "move here": "MOVE_LOCAL",
    "delete": "DELETE_REMOTE",
    "delete here": "DELETE_LOCAL",
    "remove album": "REMOVE_ALBUM",
    "update album": "UPDATE_ALBUM",
}
_ROW = re.compile(r"[-~>+] (?P<verb>[a-z ]+?)  +(?P<count>[\d,]+) (?P<rest>.*)")
_RENAMED = re.compile(r"with (?P<count>[\d,]+) photo")
_CALLS = re.compile(r"about (?P<count>[\d,]+) calls?")
_DONE = re.compile(r"done (?P<action>[A-Z_]+) +(?P<service>folder:.*?|\w+)  ")


def read_head(out: str) -> tuple[Counts, dict[str, int]]:
    """What a head counts, and about how many calls it says that takes; a trash that is
    emptied is left out, as its files are counted.

    Each disk is called `folder`.
    """
    counts: Counts = Counter()
    calls: dict[str, int] = {}
    service = ""
    for line in _find_head(out):
        begin, _, _ = line.strip().partition(" ")
        if line.startswith("  /"):
            service = "folder"
        service = _SERVICES.get(begin, service)
        row, said = _ROW.search(line), _CALLS.search(line)
        if said:
            calls[service] = _read(said["count"])
        if row is not None and row["verb"] != "empty trash":
            action, count = _read_row(row)
            counts[service, action] += count
    return counts, calls


def _find_head(out: str) -> list[str]:
    _, _, rest = out.partition("(nothing was changed):\n\n")
    head, _, _ = rest.partition("\n\n")
    return head.splitlines()


def _read_row(row: re.Match[str]) -> tuple[str, int]:
    if row["verb"] != "rename album":
        return _ACTIONS[row["verb"]], _read(row["count"])
    renamed = _RENAMED.search(row["rest"])
    assert renamed, row[0]
    return "MOVE_REMOTE", _read(renamed["count"])


def _read(number: str) -> int:
    return int(number.replace(",", ""))


def count_done(log: str) -> Counts:
    """What a run did, a trash that it emptied left out."""
    rows = filter(None, map(_DONE.search, log.splitlines()))
    found = Counter((_name(row["service"]), row["action"]) for row in rows)
    return Counter(
        {key: count for key, count in found.items() if key[1] != "EMPTY_TRASH"}
    )


def _name(service: str) -> str:
    return service.partition(":")[0]
