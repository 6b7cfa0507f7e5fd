"""A plan written down, and read again to be carried out later. Pure.

A new plan is made on that day, and of it only the steps are carried out that the saved
plan holds as well. A step whose photos have changed since is no longer in the new plan as
it was: it is stale, and left alone. So all conditions are checked anew, by the same rules
as in any run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from photosync.errors import UsageError
from photosync.formatting import is_folder, name_service
from photosync.model import (
    Actions,
    AlbumUpdate,
    DetailsEdit,
    EmptyTrash,
    LocalPhoto,
    Plan,
    Problem,
    Purge,
    RemotePhoto,
    Rename,
    Step,
)

VERSION = 1
"""The version of the format; it changes when an older photosync could misread a file."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heading:
    """What a plan was made for: one library, one account of each service, one mode."""

    mode: str
    roots: tuple[str, ...]
    accounts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as it was written down: each operation as plain JSON."""

    heading: Heading
    steps: Sequence[Json]
    renames: Sequence[Json]
    purges: Sequence[Json]
    trash: Sequence[Json]


def encode_plan(plan: Plan, heading: Heading) -> dict[str, Any]:
    """Return a plan as JSON values; `plan.schema.json` describes them."""
    counts: dict[str, dict[str, int]] = {}
    for service, found in plan.counts.items():
        counts[service] = {str(name): count for name, count in found.items()}
    return {
        "version": VERSION,
        "mode": heading.mode,
        "roots": list(heading.roots),
        "accounts": dict(heading.accounts),
        "steps": [encode_step(step) for step in plan.steps],
        **encode_albums(plan),
        "counts": counts,
    }


def encode_albums(plan: Plan) -> dict[str, Any]:
    """Return what a plan does to whole albums and trashes, as JSON values."""
    return {
        "renames": [encode_rename(rename) for rename in plan.renames],
        "purges": [encode_purge(purge) for purge in plan.purges],
        "trash": [encode_trash(trash) for trash in plan.trash],
    }


def encode_step(step: Step) -> dict[str, Any]:
    """Return a step as JSON values, with all that must be the same when it is done."""
    return {
        "service": step.service,
        "action": str(step.action),
        "comparison": str(step.comparison),
        "album": step.album,
        "name": step.name,
        "origin": list(step.origin) if step.origin else None,
        "reason": step.reason,
        "local": _encode_local(step.local),
        "remote": _encode_remote(step.remote),
        "bytes": step.size,
        **_encode_damage(step),
        **_encode_details(step),
    }


def _encode_details(step: Step) -> dict[str, Any]:
    """Return the details that are written on either side; empty where there are none."""
    if step.details is None or not step.details.has_work:
        return {}
    return {
        "details": {
            "here": _encode_edit(step.details.edit_here),
            "there": _encode_edit(step.details.edit_there),
        }
    }


def _encode_edit(edit: DetailsEdit) -> dict[str, Any]:
    texts = {str(field): text for field, text in edit.texts}
    return {**texts, "added": list(edit.added), "removed": list(edit.removed)}


def _encode_damage(step: Step) -> dict[str, Any]:
    """Return the damaged sides of a photo; empty where it is sound."""
    if not step.damaged:
        return {}
    return {"damaged": sorted(step.damaged)}


def _encode_local(photo: LocalPhoto | None) -> dict[str, Any] | None:
    if photo is None:
        return None
    return {
        "path": photo.path,
        "size": photo.size,
        "modified_ns": photo.modified_ns,
    }


def _encode_remote(photo: RemotePhoto | None) -> dict[str, Any] | None:
    if photo is None:
        return None
    return {
        "id": photo.id,
        "version": photo.version,
        "size": photo.size,
        "md5": photo.md5,
    }


def encode_rename(rename: Rename) -> dict[str, Any]:
    """Return an album that gets another title, as JSON values."""
    return {
        "service": rename.service,
        "album": rename.album.title,
        "id": rename.album.id,
        "title": rename.title,
    }


def encode_purge(purge: Purge) -> dict[str, Any]:
    """Return an album that is removed, as JSON values."""
    return {
        "service": purge.service,
        "album": purge.album.title,
        "id": purge.album.id,
    }


def encode_trash(trash: EmptyTrash) -> dict[str, Any]:
    """Return a trash that is emptied, as JSON values."""
    return {"service": trash.service, "files": trash.files, "days": trash.days}


def decode_plan(content: Any) -> SavedPlan:
    """Return a plan that was saved; raises UsageError where it is none."""
    version = content.get("version") if isinstance(content, dict) else None
    if version is None:
        raise UsageError("is no plan that --plan wrote")
    if version != VERSION:
        raise UsageError(
            f"is a plan of version {version!r}, while this photosync writes and reads "
            f"version {VERSION}; make it anew with --test --plan"
        )
    try:
        heading = Heading(
            mode=str(content["mode"]),
            roots=tuple(content["roots"]),
            accounts=dict(content["accounts"]),
        )
        lists = [content[name] for name in ("steps", "renames", "purges", "trash")]
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError("is no whole plan; make it anew with --test --plan") from error
    if not all(_is_list_of_objects(operations) for operations in lists):
        raise UsageError("is no whole plan; make it anew with --test --plan")
    return SavedPlan(heading, *lists)


def _is_list_of_objects(operations: object) -> bool:
    if not isinstance(operations, list):
        return False
    return all(isinstance(operation, dict) for operation in operations)


def check_heading(saved: Heading, now: Heading) -> None:
    """Raise UsageError where a plan is for another library, account or mode."""
    if saved.mode != now.mode:
        raise UsageError(f"was made with -m {saved.mode}; give the same mode")
    if saved.roots != now.roots:
        roots = ", ".join(saved.roots)
        raise UsageError(f"is about another library ({roots}); give the same -d")
    for service in saved.accounts.keys() | now.accounts.keys():
        if saved.accounts.get(service) != now.accounts.get(service):
            place, remedy = "account", "make it anew with --test --plan"
            if is_folder(service):
                place, remedy = "folder", f"mount its disk, or {remedy}"
            raise UsageError(
                f"is about another {place} or another scope ({name_service(service)}); "
                f"{remedy}"
            )


def restrict_plan(plan: Plan, saved: SavedPlan) -> Plan:
    """Return the part of a plan that the saved one holds as well.

    Each stale step of the saved plan becomes a problem.
    """
    wanted = {identify_step(step) for step in saved.steps}
    steps: list[Step] = []
    kept: set[str] = set()
    for step in plan.steps:
        identity = identify_step(encode_step(step))
        if identity in wanted:
            steps.append(step)
            kept.add(identity)
    stale = [step for step in saved.steps if _is_stale(step, kept)]
    problems = [describe_stale(step, plan) for step in stale]
    unsettled = {(step.get("service"), step.get("album")) for step in stale}
    return replace(
        plan,
        steps=tuple(steps),
        renames=_restrict_renames(plan.renames, saved.renames, steps),
        updates=select_updates(plan.updates, steps),
        owed=(),
        purges=_restrict_purges(plan.purges, saved.purges, unsettled),
        trash=_restrict_trash(plan.trash, saved.trash),
        problems=(*plan.problems, *problems),
        postponed={},
    )


def identify_step(step: Json) -> str:
    """Return a text that is the same for two steps that do the same: all but the reason,
    which is for people.
    """
    parts = {name: value for name, value in step.items() if name != "reason"}
    return json.dumps(parts, sort_keys=True)


def _is_stale(step: Json, kept: AbstractSet[str]) -> bool:
    """Whether a saved step was to do something that the new plan does not do."""
    if step.get("action") == Actions.REPORT:
        return False
    return identify_step(step) not in kept


def describe_stale(step: Json, today: Plan) -> Problem:
    """Return the problem that a saved step is not in today's plan as it was."""
    service = str(step.get("service"))
    name = name_service(service)
    subject = f"{step.get('album')}/{step.get('name')}"
    reason = (
        f"stale, left alone: on {name} or here it is no longer as it was when the plan "
        "was made"
    )
    if service not in today.observations:
        reason = f"left alone: {name} was not reached; apply the plan once more later"
    return Problem(subject, reason)


def _restrict_renames(
    renames: Iterable[Rename], saved: Sequence[Json], steps: Sequence[Step]
) -> tuple[Rename, ...]:
    """Return the saved renames of albums all of whose photos still move."""
    possible = select_renames(renames, steps)
    return tuple(rename for rename in possible if encode_rename(rename) in saved)


def select_renames(
    renames: Iterable[Rename], steps: Iterable[Step]
) -> tuple[Rename, ...]:
    """Return the renames of albums all of whose photos move by these steps.

    Where only some of them do, they move one by one.
    """
    kept = set(steps)
    return tuple(rename for rename in renames if kept.issuperset(rename.steps))


def select_updates(
    updates: Iterable[AlbumUpdate], steps: Iterable[Step]
) -> tuple[AlbumUpdate, ...]:
    """Return the updates of the albums that these steps are about."""
    touched = {(step.service, step.album) for step in steps}
    return tuple(due for due in updates if (due.service, due.album) in touched)


def _restrict_purges(
    purges: Iterable[Purge],
    saved: Sequence[Json],
    unsettled: AbstractSet[tuple[object, object]],
) -> tuple[Purge, ...]:
    """Return the albums to remove; one with a stale step in it may not be empty."""
    kept: list[Purge] = []
    for purge in purges:
        is_settled = (purge.service, purge.album.title) not in unsettled
        if is_settled and encode_purge(purge) in saved:
            kept.append(purge)
    return tuple(kept)


def _restrict_trash(
    trashes: Iterable[EmptyTrash], saved: Sequence[Json]
) -> tuple[EmptyTrash, ...]:
    return tuple(trash for trash in trashes if encode_trash(trash) in saved)
