import pytest

from emulators.conftest import Api
from photosync.emulators.drive import DriveEmulator


def start_token(api: Api) -> str:
    token: str = api.get("changes/startPageToken").json()["startPageToken"]
    return token


def test_changes_hold_one_entry_per_file_with_its_present_state(
    emulator: DriveEmulator, api: Api
) -> None:
    web, token = emulator.web, start_token(api)
    first, second = web.file("a"), web.file("b")
    for name in ("a1", "a2"):
        web.rename(first, name)
    web.delete(second)
    page = api.get("changes", pageToken=token).json()
    assert [change["fileId"] for change in page["changes"]] == [first, second]
    assert page["changes"][0]["file"]["name"] == "a2"
    assert page["changes"][1]["removed"] is True
    assert "file" not in page["changes"][1]
    assert page["newStartPageToken"] == start_token(api)
    kept = api.get("changes", pageToken=token, includeRemoved="false").json()["changes"]
    assert [change["fileId"] for change in kept] == [first]
    again = api.get("changes", pageToken=page["newStartPageToken"]).json()
    assert (again["changes"], again["newStartPageToken"]) == (
        [],
        page["newStartPageToken"],
    )


def test_changes_come_in_pages_and_include_own_writes(api: Api) -> None:
    token, names = start_token(api), [f"{number}" for number in range(5)]
    for name in names:
        api.create({"name": name})
    found, pages = [], 0
    while True:
        page = api.get("changes", pageToken=token, pageSize=2, fields="*").json()
        found += [change["file"]["name"] for change in page["changes"]]
        pages += 1
        if "nextPageToken" not in page:
            break
        token = page["nextPageToken"]
    assert (found, pages) == (names, 3)


@pytest.mark.parametrize("expected", [1, 2])
def test_a_trashed_folder_may_or_may_not_report_its_content(
    emulator: DriveEmulator, api: Api, expected: int
) -> None:
    emulator.settings.descendant_changes = expected == 2
    folder = emulator.web.folder("album")
    emulator.web.file("a", parent=folder)
    token = start_token(api)
    api.patch(folder, {"trashed": True})
    assert len(api.get("changes", pageToken=token).json()["changes"]) == expected
