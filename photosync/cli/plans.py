"""`--plan` and `--apply`: a plan in a file, looked at in peace and carried out later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from photosync.disk.named import (
    check_writable,
    is_json_with,
    open_named,
    read_beginning,
    write_named,
)
from photosync.errors import SideError, UsageError
from photosync.model import Plan
from photosync.plan.saved import (
    Heading,
    SavedPlan,
    check_heading,
    decode_plan,
    encode_plan,
    restrict_plan,
)
from photosync.services.base import Backend
from photosync.sync.photosync import PhotoSync

_MOST_BYTES = 256 * 1024 * 1024
"""The steps of half a million photos; what is larger is no plan."""

_HEAD = 64 * 1024
_NAMES = ("accounts", "mode")
"""What stands before the steps of a plan, sorted or not."""

_NO_PLAN = "is no plan that --plan wrote"


def check_plan_place(path: str) -> None:
    """Raise UsageError where a plan cannot be written, before hours of reading; or where
    something else would be lost: the name of a photo is quickly given for another.
    """
    try:
        check_writable(Path(path))
        head = read_beginning(Path(path), _HEAD)
    except OSError as error:
        raise _describe_unwritable(path, error) from error
    if head and not is_json_with(head, _NAMES):
        raise UsageError(f"--plan: {path} is there and is no plan; name another file")


def save_plan(path: str, plan: Plan, sync: PhotoSync) -> None:
    """Write a plan to a file; raises UsageError where that cannot be written."""
    content = encode_plan(plan, make_heading(sync))
    try:
        write_named(Path(path), json.dumps(content, indent=1) + "\n")
    except OSError as error:
        raise _describe_unwritable(path, error) from error


def _describe_unwritable(path: str, error: OSError) -> UsageError:
    return UsageError(f"--plan: {path} cannot be written ({error.strerror})")


def read_plan(path: str) -> SavedPlan:
    """Return the plan in a file; raises UsageError for a file that is none."""
    try:
        return decode_plan(_read(Path(path)))
    except UsageError as error:
        raise UsageError(f"--apply: {path} {error}") from error


def apply_plan(saved: SavedPlan, plan: Plan, sync: PhotoSync) -> Plan:
    """Return what of today's plan the saved one of `--apply` holds; raises UsageError
    for one about something else.
    """
    try:
        check_heading(saved.heading, make_heading(sync))
    except UsageError as error:
        raise UsageError(f"--apply: {sync.settings.apply_file} {error}") from error
    return restrict_plan(plan, saved)


def _read(path: Path) -> Any:
    try:
        content = _read_bytes(path)
        return json.loads(content)
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})") from error
    except MemoryError:
        raise UsageError("is too large for the memory of this computer") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(_NO_PLAN) from error


def _read_bytes(path: Path) -> bytes:
    with open_named(path) as file:
        # A film, or a device that never ends: neither is read as a whole.
        head = file.read(_HEAD)
        # Who sorted its keys has its version further below.
        if not is_json_with(head, ()):
            raise UsageError(_NO_PLAN)
        content = head + file.read(_MOST_BYTES)
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{_NO_PLAN}: it is far too large")
    return content


def make_heading(sync: PhotoSync) -> Heading:
    """Return what a plan made now is about."""
    accounts = {name: _find_account(backend) for name, backend in sync.backends.items()}
    settings = sync.settings
    return Heading(settings.mode, settings.root_paths, accounts)


def _find_account(backend: Backend) -> str:
    try:
        return backend.account
    except SideError:
        # It was not reached: of it the plan holds nothing either.
        return ""
