"""A plan in a file: described by its schema, read with care, restricted step by step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from photosync.errors import UsageError
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    EmptyTrash,
    LocalPhoto,
    Observations,
    Plan,
    Purge,
    RemoteAlbum,
    RemotePhoto,
    Rename,
    Side,
    Step,
)
from photosync.plan.saved import (
    Heading,
    check_heading,
    decode_plan,
    encode_plan,
    restrict_plan,
)

SCHEMA = json.loads((files("photosync.plan") / "plan.schema.json").read_text())
HEADING = Heading("sync", ("/photos",), {"drive": "anna@example.com"})
LOCAL = LocalPhoto(
    "a.jpg", "/photos/Rome \udcff", "a.jpg", 7, 1_500_000_000_000_000_000
)
REMOTE = RemotePhoto("b.jpg", "id 1", 9, None, "0" * 32, "version 1", "album 1")
ROME = RemoteAlbum("Rome", "album 1")


def step(action: Actions, name: str, **more: Any) -> Step:
    return Step("drive", action, Comparisons.LOCAL_ONLY, "Rome", name, **more)


UPLOAD = step(Actions.UPLOAD_LOCAL, "a.jpg", local=LOCAL)
DELETE = step(Actions.DELETE_REMOTE, "b.jpg", remote=REMOTE)
MOVE = step(Actions.MOVE_REMOTE, "b.jpg", remote=REMOTE, origin=("Roma", "b.jpg"))
TELL = step(Actions.REPORT, "c.jpg", reason="only told")
WHOLE = Plan(
    steps=(UPLOAD, MOVE, TELL, DELETE),
    renames=(Rename("drive", RemoteAlbum("Roma", "album 2"), "Rome", (MOVE,)),),
    updates=(AlbumUpdate("drive", "Rome"),),
    purges=(Purge("drive", ROME),),
    counts={"drive": {Comparisons.SAME: 3}},
    trash=(EmptyTrash(Side.LOCAL, 4),),
)


def written(plan: Plan) -> Any:
    """The plan as it stands in a file."""
    return json.loads(json.dumps(encode_plan(plan, HEADING)))


def test_a_plan_is_as_its_schema_says() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(written(WHOLE), SCHEMA)
    jsonschema.validate(written(Plan(())), SCHEMA)
    wrong = written(WHOLE) | {"steps": [{"service": "drive"}]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)


def test_the_schema_names_every_action_and_comparison() -> None:
    properties = SCHEMA["$defs"]["step"]["properties"]
    assert set(properties["comparison"]["enum"]) == set(Comparisons)
    assert set(properties["action"]["enum"]) == set(Actions) - {Actions.SILENT}


def test_an_unchanged_plan_is_carried_out_whole() -> None:
    left = restrict_plan(WHOLE, decode_plan(written(WHOLE)))
    assert left == WHOLE


def moved_on(photo: LocalPhoto) -> LocalPhoto:
    return photo._replace(modified_ns=photo.modified_ns + 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (UPLOAD, replace(UPLOAD, local=moved_on(LOCAL))),
        (UPLOAD, replace(UPLOAD, action=Actions.REPORT)),
        (UPLOAD, replace(UPLOAD, local=LOCAL._replace(size=8))),
        (DELETE, replace(DELETE, remote=REMOTE._replace(version="version 2"))),
        (DELETE, replace(DELETE, remote=REMOTE._replace(id="id 2"))),
        (MOVE, replace(MOVE, origin=("Bari", "b.jpg"))),
        (MOVE, None),
    ],
)
def test_a_step_that_changed_is_stale_and_named(old: Step, new: Step | None) -> None:
    steps = tuple(new if one is old else one for one in WHOLE.steps)
    today = replace(WHOLE, steps=tuple(one for one in steps if one is not None))
    left = restrict_plan(today, decode_plan(written(WHOLE)))
    assert left.steps == tuple(one for one in WHOLE.steps if one is not old)
    assert [problem.subject for problem in left.problems] == [f"Rome/{old.name}"]
    assert left.exit_code == 1
    # Something is left in the album.
    assert left.purges == ()


@pytest.mark.parametrize(
    ("reached", "told"),
    [
        ({"drive": Observations()}, "stale, left alone: on Drive or here"),
        ({}, "left alone: Drive was not reached"),
    ],
)
def test_of_a_service_that_is_not_reached_nothing_is_said_to_have_changed(
    reached: dict[str, Observations], told: str
) -> None:
    today = replace(WHOLE, steps=(), observations=reached)
    left = restrict_plan(today, decode_plan(written(WHOLE)))
    assert len(left.problems) == 3
    assert all(problem.reason.startswith(told) for problem in left.problems)


def test_what_is_new_since_is_not_done() -> None:
    late = step(Actions.UPLOAD_LOCAL, "late.jpg", local=LOCAL)
    other = AlbumUpdate("drive", "Bari")
    today = replace(
        WHOLE,
        steps=(*WHOLE.steps, late),
        updates=(*WHOLE.updates, other),
        purges=(*WHOLE.purges, Purge("drive", RemoteAlbum("Bari", "album 3"))),
        trash=(EmptyTrash(Side.LOCAL, 5),),
        postponed={"drive": 3},
    )
    left = restrict_plan(today, decode_plan(written(WHOLE)))
    assert left == replace(WHOLE, trash=())


def test_a_rename_of_which_a_photo_is_stale_becomes_single_moves() -> None:
    second = step(Actions.MOVE_REMOTE, "c.jpg", origin=("Roma", "c.jpg"))
    rename = replace(WHOLE.renames[0], steps=(MOVE, second))
    before = replace(WHOLE, steps=(MOVE,))
    today = replace(before, steps=(MOVE, second), renames=(rename,))
    left = restrict_plan(today, decode_plan(written(before)))
    assert (left.steps, left.renames) == ((MOVE,), ())


NO_PLAN = "is no plan that --plan wrote"
NOT_WHOLE = "is no whole plan"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], NO_PLAN),
        (None, NO_PLAN),
        ({}, NO_PLAN),
        ({"version": 2}, "version 2"),
        ({"version": 1}, NOT_WHOLE),
        (written(WHOLE) | {"steps": {}}, NOT_WHOLE),
        (written(WHOLE) | {"steps": [1]}, NOT_WHOLE),
        (written(WHOLE) | {"roots": 3}, NOT_WHOLE),
        (written(WHOLE) | {"accounts": [1]}, NOT_WHOLE),
    ],
)
def test_what_is_no_plan_is_refused(content: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        decode_plan(content)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mode": "upload"}, "was made with -m sync"),
        ({"roots": ("/other",)}, "another library"),
        ({"accounts": {"drive": "bob"}}, "another account"),
        ({"accounts": {}}, "another account"),
    ],
)
def test_a_plan_fits_one_library_account_and_mode(
    change: Mapping[str, Any], said: str
) -> None:
    saved = decode_plan(written(WHOLE)).heading
    check_heading(saved, HEADING)
    with pytest.raises(UsageError, match=said):
        check_heading(saved, replace(HEADING, **change))
