import json
from pathlib import Path
from typing import Any

import googleapiclient
import pytest

from photosync.emulators.drive import DriveEmulator, schema


@pytest.fixture(scope="module")
def discovery() -> Any:
    documents = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    return json.loads((documents / "drive.v3.json").read_text())


@pytest.mark.parametrize("method", sorted(schema.PARAMETERS))
def test_every_known_parameter_is_in_the_discovery_document(
    discovery: Any, method: str
) -> None:
    resource, _, name = method.partition(".")
    described = discovery["resources"][resource]["methods"][name].get("parameters", {})
    query = {
        key: value["type"]
        for key, value in described.items()
        if value["location"] == "query"
    }
    assert schema.PARAMETERS[method] == query
    standard = discovery["parameters"]
    assert all(
        standard[key]["type"] == kind
        for key, kind in schema.STANDARD_PARAMETERS.items()
    )


def unknown_fields(discovery: Any, mask: Any, described: Any, path: str) -> list[str]:
    described = described.get("items", described)
    if "$ref" in described:
        described = discovery["schemas"][described["$ref"]]
    if "additionalProperties" in described:
        return []
    missing = [
        path + name for name in mask if name not in described.get("properties", {})
    ]
    for name in mask.keys() & described.get("properties", {}).keys():
        below = described["properties"][name]
        missing += unknown_fields(discovery, mask[name], below, f"{path}{name}/")
    return missing


@pytest.mark.parametrize("name", ["File", "About", "Change", "Revision"])
def test_every_known_field_is_in_the_discovery_document(
    discovery: Any, name: str
) -> None:
    masks = {"File": schema.FILE, "About": schema.ABOUT, "Change": schema.CHANGE}
    mask = {**masks, "Revision": schema.REVISION}[name]
    assert unknown_fields(discovery, mask, {"$ref": name}, "") == []


def test_every_rendered_field_is_in_the_schema(emulator: DriveEmulator) -> None:
    file = emulator.web.get(
        emulator.web.file("a.jpg", b"x", description="d", starred=True)
    )
    assert file.keys() <= schema.FILE.keys()
    assert file["capabilities"].keys() <= schema.FILE["capabilities"].keys()
    assert (file["size"], file["version"]) == ("1", "1")
