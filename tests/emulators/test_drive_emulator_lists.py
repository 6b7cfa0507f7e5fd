from typing import Any

import pytest

from emulators.conftest import Api, refusal
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE_FILE


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("files", {"setModifiedDate": "true"}, (400, "invalidParameter")),
        ("files", {"pageSize": "0"}, (400, "invalidParameter")),
        ("files", {"pageSize": "many"}, (400, "invalidParameter")),
        ("files", {"fields": "files(id,colour)"}, (400, "invalidParameter")),
        ("files", {"fields": "files(id"}, (400, "invalidParameter")),
        ("files", {"fields": "files/id/name"}, (400, "invalidParameter")),
        ("files", {"orderBy": "size"}, (400, "invalid")),
        (
            "files",
            {"orderBy": "name", "q": "fullText contains 'x'"},
            (403, "forbidden"),
        ),
        ("files", {"spaces": "photos"}, (400, "invalid")),
        ("files", {"spaces": "appDataFolder"}, (403, "insufficientPermissions")),
        ("files", {"corpora": "mine"}, (400, "invalid")),
        ("files", {"corpora": "allDrives"}, (403, "teamDrivesParametersRequired")),
        ("files", {"pageToken": "nonsense"}, (400, "invalid")),
        ("files/unknown", {}, (404, "notFound")),
        ("files/generateIds", {"count": "1001"}, (400, "invalidParameter")),
        ("files/generateIds", {"type": "folders"}, (400, "invalid")),
        ("about", {}, (400, "required")),
        ("changes", {"pageToken": "x"}, (400, "invalid")),
        ("changes", {"pageToken": "999999"}, (400, "invalid")),
        ("changes", {}, (400, "invalid")),
    ],
)
def test_wrong_reads_are_refused(
    api: Api, path: str, params: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refusal(api.get(path, **params)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "",
        "name",
        "name = x",
        "name = 'it's'",
        "name = 'a\\b'",
        'name = "a"',
        "name < 'a'",
        "id = 'a'",
        "'a' in files",
        "trashed = 'false'",
        "trashed=false and",
        "(trashed=false",
        "modifiedTime > 'yesterday'",
        "modifiedTime contains '2020'",
        "appProperties has { key='a' }",
        "trashed=false AND starred=true",
        " or ".join(["'a' in parents"] * 101),
    ],
)
def test_a_malformed_search_is_refused(api: Api, query: str) -> None:
    response = api.get("files", q=query)
    assert refusal(response) == (400, "invalid")
    assert response.json()["error"]["errors"][0]["location"] == "q"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("name = 'HOLIDAY beach.JPG'", ["Holiday Beach.jpg"]),
        (
            "name != 'holiday beach.jpg' and mimeType contains 'image/'",
            ["quinn's \\ paper.png"],
        ),
        ("name contains 'bea'", ["Holiday Beach.jpg"]),
        ("name contains 'each'", []),
        ("name = 'quinn\\'s \\\\ paper.png'", ["quinn's \\ paper.png"]),
        ("mimeType = 'application/vnd.google-apps.folder'", ["Album"]),
        ("modifiedTime < '2021-01-01' and trashed=false", ["Holiday Beach.jpg"]),
        ("modifiedTime = '2020-05-01T12:00:00.250+02:00'", ["Holiday Beach.jpg"]),
        ("trashed = true", ["old.txt"]),
        (
            "not (trashed = true or mimeType contains 'image/') and starred = false",
            ["Album"],
        ),
        ("'me' in owners and starred = true", ["quinn's \\ paper.png"]),
        ("properties has { key='a' and value='b' }", ["quinn's \\ paper.png"]),
        ("appProperties has { key='a' and value='b' }", []),
        ("sharedWithMe = true", []),
        (
            "'root' in parents and mimeType != 'text/plain' and not name contains 'q'",
            ["Album"],
        ),
    ],
)
def test_searches_find_what_they_say(
    emulator: DriveEmulator, api: Api, query: str, expected: list[str]
) -> None:
    web = emulator.web
    album = web.folder("Album")
    web.file("Holiday Beach.jpg", b"1", album, modifiedTime="2020-05-01T10:00:00.250Z")
    web.file("quinn's \\ paper.png", b"2", starred=True, properties={"a": "b"})
    web.trash(web.file("old.txt", b"3"))
    assert api.names(q=query) == expected


def test_a_long_search_may_come_as_a_form_with_a_method_override(
    emulator: DriveEmulator, api: Api
) -> None:
    emulator.web.file("a.jpg")
    headers = {"X-HTTP-Method-Override": "GET"}
    form = {"q": "name = 'a.jpg'", "fields": "files(name)"}
    answer = api.call("POST", "/drive/v3/files", data=form, headers=headers)
    assert answer.json() == {"files": [{"name": "a.jpg"}]}
    assert emulator.calls["files.list"] == 1


def test_an_empty_mask_counts_as_none(emulator: DriveEmulator, api: Api) -> None:
    file_id = emulator.web.file("a.jpg", b"x")
    assert api.get(f"files/{file_id}", fields="").json() == (
        api.get(f"files/{file_id}").json()
    )
    assert api.patch(file_id, {"trashed": True}, fields="").status_code == 200
    gone = api.call("DELETE", f"/drive/v3/files/{file_id}", params={"fields": ""})
    assert gone.status_code == 204
    assert refusal(api.get("about", fields="")) == (400, "required")


def test_without_a_mask_only_four_fields_are_shown(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = emulator.web.file("a.jpg")
    four = {
        "kind": "drive#file",
        "id": file_id,
        "name": "a.jpg",
        "mimeType": "image/jpeg",
    }
    assert api.get(f"files/{file_id}").json() == four
    listed = {"kind": "drive#fileList", "incompleteSearch": False, "files": [four]}
    assert api.get("files").json() == listed


def test_masks_reach_into_objects(emulator: DriveEmulator, api: Api) -> None:
    file_id = emulator.web.file("a.jpg", properties={"k": "v", "l": "w"})
    mask = "id, owners/emailAddress,capabilities(canEdit),properties/k"
    assert api.get(f"files/{file_id}", fields=mask).json() == {
        "id": file_id,
        "owners": [{"emailAddress": "anna@example.com"}],
        "capabilities": {"canEdit": True},
        "properties": {"k": "v"},
    }


def listed_in_pages(api: Api, **params: Any) -> tuple[list[str], list[int]]:
    names: list[str] = []
    sizes: list[int] = []
    token: dict[str, str] = {}
    while True:
        page = api.get("files", **params, **token).json()
        names += [file["name"] for file in page["files"]]
        sizes.append(len(page["files"]))
        if "nextPageToken" not in page:
            return names, sizes
        token = {"pageToken": page["nextPageToken"]}


@pytest.mark.parametrize("order", [{}, {"orderBy": "name desc"}])
def test_short_and_empty_pages_lose_nothing(
    emulator: DriveEmulator, api: Api, order: dict[str, str]
) -> None:
    names = [f"{number}.jpg" for number in range(9)]
    for name in names:
        emulator.web.file(name)
    emulator.settings.page_limits = (0, 3, 1)
    found, sizes = listed_in_pages(api, pageSize=1000, **order)
    assert found == (names[::-1] if order else names)
    assert sizes == [0, 3, 1, 0, 3, 1, 0, 1]


def test_a_page_token_fits_only_its_search_and_its_time(
    emulator: DriveEmulator, api: Api
) -> None:
    for name in "abc":
        emulator.web.file(name)
    token = api.get("files", q="trashed=false", pageSize=1).json()["nextPageToken"]
    for params in (
        {"q": "trashed=true"},
        {},
        {"q": "trashed=false", "orderBy": "name"},
    ):
        answer = api.get("files", pageToken=token, **params)
        assert refusal(answer) == (400, "invalid")
        assert answer.json()["error"]["errors"][0]["location"] == "pageToken"
    assert api.names(q="trashed=false", pageToken=token) == ["b", "c"]
    emulator.clock.advance(5 * 3600)
    assert refusal(Api(emulator).get("files", q="trashed=false", pageToken=token)) == (
        400,
        "invalid",
    )


def test_lists_lag_behind_while_get_finds_a_new_file(
    emulator: DriveEmulator, api: Api
) -> None:
    emulator.settings.list_lag = 60
    file_id = api.create({"name": "new"}).json()["id"]
    assert api.names() == []
    assert api.get(f"files/{file_id}").status_code == 200
    emulator.clock.advance(61)
    assert api.names() == ["new"]


def test_a_search_in_a_parent_that_nobody_sees_finds_no_file(
    emulator: DriveEmulator, api: Api
) -> None:
    album, gone = emulator.web.folder("album"), emulator.web.folder("gone")
    emulator.web.file("a", parent=album)
    emulator.web.delete(gone)
    for parents in (
        f"'{gone}' in parents",
        f"'{album}' in parents or not '{gone}' in parents",
    ):
        response = api.get("files", q=parents)
        assert refusal(response) == (404, "notFound")
        error = response.json()["error"]["errors"][0]
        assert (error["message"], error["location"]) == ("File not found: .", "fileId")
    emulator.web.trash(album)
    assert api.names(q=f"'{album}' in parents") == ["a"], "in the trash it still exists"
    narrow = Api(emulator, (DRIVE_FILE,))
    assert refusal(narrow.get("files", q=f"'{album}' in parents")) == (404, "notFound")
    assert narrow.names(q="'root' in parents") == []


def test_several_parents_may_be_lost_and_a_search_may_be_incomplete(
    emulator: DriveEmulator, api: Api
) -> None:
    one, two = emulator.web.folder("one"), emulator.web.folder("two")
    emulator.web.file("a", parent=one)
    grouped = f"('{one}' in parents or '{two}' in parents) and trashed=false"
    assert api.names(q=grouped) == ["a"]
    emulator.settings.grouped_parents_bug = True
    emulator.settings.incomplete_search = True
    assert api.names(q=grouped) == []
    assert api.names(q=f"'{one}' in parents") == ["a"]
    assert api.get("files").json()["incompleteSearch"] is True


def test_a_hundred_thousand_files_are_listed_in_pages_of_a_thousand(
    emulator: DriveEmulator, api: Api
) -> None:
    album = emulator.web.folder("album")
    checksum = "d41d8cd98f00b204e9800998ecf8427e"
    entries = (
        {
            "name": f"{number}.jpg",
            "parent": album,
            "size": number,
            "md5Checksum": checksum,
        }
        for number in range(100_000)
    )
    assert emulator.web.files(entries) == 100_000
    query, mask = (
        f"'{album}' in parents and trashed=false",
        "nextPageToken,files(name,md5Checksum)",
    )
    names, sizes = listed_in_pages(api, q=query, pageSize=5000, fields=mask)
    assert len(set(names)) == 100_000
    assert sizes == [1000] * 100
    assert emulator.calls["files.list"] == 100
