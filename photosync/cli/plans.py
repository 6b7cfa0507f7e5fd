"""`--plan` and `--apply`: a plan in a file, looked at in peace and carried out later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from photosync.disk.private import write_named
from photosync.errors import SideError, UsageError
from photosync.model import Plan
from photosync.plan.saved import (
    Heading,
    check_heading,
    decode_plan,
    encode_plan,
    restrict_plan,
)
from photosync.services.base import Backend
from photosync.sync import PhotoSync


def save_plan(path: str, plan: Plan, sync: PhotoSync) -> None:
    """Write a plan to a file; raises UsageError where that cannot be written."""
    content = encode_plan(plan, make_heading(sync))
    try:
        write_named(Path(path), json.dumps(content, indent=1) + "\n")
    except OSError as error:
        raise UsageError(
            f"--plan: {path} cannot be written ({error.strerror})"
        ) from error


def apply_plan(path: str, plan: Plan, sync: PhotoSync) -> Plan:
    """Return what of today's plan the one in a file holds.

    Raises UsageError for a file that is no plan, or one about something else.
    """
    try:
        saved = decode_plan(_read(path))
        check_heading(saved.heading, make_heading(sync))
    except UsageError as error:
        raise UsageError(f"--apply: {path} {error}") from error
    return restrict_plan(plan, saved)


def _read(path: str) -> Any:
    try:
        return json.loads(Path(path).read_bytes())
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise UsageError("is no plan that --plan wrote") from error


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
