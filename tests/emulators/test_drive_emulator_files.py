from typing import Any

import pytest

from emulators.conftest import Api, refusal
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE_APPDATA, DRIVE_FILE

FOLDER = "application/vnd.google-apps.folder"
SHORTCUT = "application/vnd.google-apps.shortcut"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"size": "5"}, (403, "fieldNotWritable")),
        ({"trashed": True}, (403, "fieldNotWritable")),
        ({"title": "a"}, (400, "badRequest")),
        (["a"], (400, "badRequest")),
        ({"name": 5}, (400, "invalid")),
        ({"parents": ["root", "root"]}, (400, "invalid")),
        ({"parents": ["unknown"]}, (404, "notFound")),
        ({"id": "1madeupmadeupmadeupmadeupmadeup123"}, (400, "invalid")),
        ({"modifiedTime": "2020-01-01"}, (400, "invalid")),
        ({"modifiedTime": "2020-13-01T00:00:00Z"}, (400, "invalid")),
        ({"appProperties": {"k": "v" * 124}}, (400, "invalid")),
        ({"appProperties": {"k": 1}}, (400, "invalid")),
        ({"appProperties": {str(n): "v" for n in range(31)}}, (400, "invalid")),
        ({"mimeType": SHORTCUT}, (400, "required")),
    ],
)
def test_wrong_creates_are_refused(
    emulator: DriveEmulator, api: Api, body: Any, expected: tuple[int, str]
) -> None:
    assert refusal(api.create(body)) == expected
    assert emulator.web.everything() == []


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api.call("POST", "/drive/v3/files", data=b"{", headers=headers)
    assert refusal(answer) == (400, "parseError")


def test_a_parent_must_be_a_folder_with_room(emulator: DriveEmulator, api: Api) -> None:
    file_id = emulator.web.file("a")
    assert refusal(api.create({"parents": [file_id]})) == (403, "parentNotAFolder")
    full = emulator.web.folder("full")
    emulator.settings.max_children = 1
    assert api.create({"parents": [full]}).status_code == 200
    assert refusal(api.create({"parents": [full]})) == (
        403,
        "numChildrenInNonRootLimitExceeded",
    )
    emulator.settings.max_depth = 1
    deep = emulator.web.folder("deep")
    answer = api.create({"parents": [deep], "mimeType": FOLDER})
    assert refusal(answer) == (403, "myDriveHierarchyDepthLimitExceeded")


def test_a_generated_id_creates_once(emulator: DriveEmulator, api: Api) -> None:
    ids = api.get("files/generateIds", count=2).json()["ids"]
    assert (
        api.create({"id": ids[0], "name": "a", "mimeType": FOLDER}).json()["id"]
        == ids[0]
    )
    assert refusal(api.create({"id": ids[0], "name": "a"})) == (409, "fileIdInUse")
    assert refusal(api.create({"id": ids[1], "mimeType": SHORTCUT})) == (400, "invalid")
    emulator.web.delete(ids[0])
    assert refusal(api.create({"id": ids[0]})) == (400, "invalid")


def test_names_need_not_be_unique_and_times_keep_milliseconds(
    emulator: DriveEmulator, api: Api
) -> None:
    body = {"name": "a/b", "modifiedTime": "1969-12-31T23:59:59.9876Z"}
    first, second = (api.create(body).json()["id"] for _ in range(2))
    assert first != second
    assert [file["name"] for file in emulator.web.children()] == ["a/b", "a/b"]
    assert emulator.web.get(first)["modifiedTime"] == "1969-12-31T23:59:59.987Z"


@pytest.mark.parametrize(
    ("body", "params", "expected"),
    [
        ({"createdTime": "2020-01-01T00:00:00Z"}, {}, (403, "fieldNotWritable")),
        ({"parents": ["root"]}, {}, (403, "fieldNotWritable")),
        ({"id": "x"}, {}, (403, "fieldNotWritable")),
        ({"mimeType": "image/png"}, {}, (403, "fieldNotWritable")),
        ({}, {"addParents": "ALBUM"}, (403, "cannotAddParent")),
        (
            {},
            {"addParents": "ALBUM", "removeParents": "other"},
            (403, "cannotAddParent"),
        ),
        ({}, {"removeParents": "root"}, (403, "forbidden")),
        ({}, {"addParents": "gone", "removeParents": "root"}, (404, "notFound")),
    ],
)
def test_wrong_updates_are_refused(
    emulator: DriveEmulator,
    api: Api,
    body: Any,
    params: dict[str, str],
    expected: tuple[int, str],
) -> None:
    album, file_id = emulator.web.folder("album"), emulator.web.file("a.jpg", b"1")
    before = emulator.web.get(file_id)
    named = {
        name: album if value == "ALBUM" else value for name, value in params.items()
    }
    assert refusal(api.patch(file_id, body, **named)) == expected
    assert emulator.web.get(file_id) == before


def test_a_file_moves_but_a_folder_not_into_itself(
    emulator: DriveEmulator, api: Api
) -> None:
    web = emulator.web
    outer = web.folder("outer")
    inner, file_id = web.folder("inner", outer), web.file("a")
    answer = api.patch(
        file_id, {}, addParents=inner, removeParents="root", fields="parents"
    )
    assert answer.json() == {"parents": [inner]}
    answer = api.patch(outer, {}, addParents=inner, removeParents=web.root)
    assert refusal(answer) == (403, "forbidden")


def test_null_removes_a_property_and_other_clients_see_none(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = api.create({"appProperties": {"a": "1", "b": "2"}}).json()["id"]
    answer = api.patch(file_id, {"appProperties": {"a": None}}, fields="appProperties")
    assert answer.json() == {"appProperties": {"b": "2"}}
    assert "appProperties" not in emulator.web.get(file_id)
    assert len(api.names(q="appProperties has { key='b' and value='2' }")) == 1


def test_trash_reaches_down_and_back(emulator: DriveEmulator, api: Api) -> None:
    folder = emulator.web.folder("album")
    file_id = emulator.web.file("a", parent=folder)
    assert api.patch(folder, {"trashed": True}).status_code == 200
    state = api.get(f"files/{file_id}", fields="trashed,explicitlyTrashed").json()
    assert state == {"trashed": True, "explicitlyTrashed": False}
    assert api.names() == ["album", "a"]
    assert api.names(q="trashed=false") == []
    api.patch(folder, {"trashed": False})
    assert api.names(q="trashed=false") == ["album", "a"]


def test_delete_takes_everything_below(emulator: DriveEmulator, api: Api) -> None:
    folder = emulator.web.folder("album")
    emulator.web.file("a", parent=folder)
    assert api.call("DELETE", f"/drive/v3/files/{folder}").status_code == 204
    assert emulator.web.everything() == []
    assert refusal(api.call("DELETE", f"/drive/v3/files/{folder}")) == (404, "notFound")
    root = api.call("DELETE", "/drive/v3/files/root")
    assert refusal(root) == (403, "insufficientFilePermissions")


def test_capabilities_tell_what_is_refused(emulator: DriveEmulator, api: Api) -> None:
    web = emulator.web
    shared = web.file("theirs", b"1")
    web.share_from_someone_else(shared)
    denied = (403, "insufficientFilePermissions")
    assert refusal(api.patch(shared, {"trashed": True})) == denied
    assert refusal(api.patch(shared, {"name": "mine"})) == denied
    locked = web.file("locked", b"1", capabilities={"canDownload": False})
    answer = api.get(f"files/{locked}", alt="media")
    assert refusal(answer) == (403, "cannotDownloadFile")
    abusive = web.file("virus", b"1")
    web.flag_as_abusive(abusive)
    answer = api.get(f"files/{abusive}", alt="media")
    assert refusal(answer) == (403, "cannotDownloadAbusiveFile")
    assert (
        api.get(f"files/{abusive}", alt="media", acknowledgeAbuse="true").content
        == b"1"
    )


def test_only_binary_content_can_be_downloaded(
    emulator: DriveEmulator, api: Api
) -> None:
    web = emulator.web
    folder = web.folder("f")
    for file_id in (folder, web.document("d"), web.shortcut("s", "nowhere")):
        answer = api.get(f"files/{file_id}", alt="media")
        assert refusal(answer) == (403, "fileNotDownloadable")
        assert "md5Checksum" not in web.get(file_id)
    shortcut = web.get(web.shortcut("s", folder))
    assert shortcut["shortcutDetails"] == {"targetId": folder, "targetMimeType": FOLDER}


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=0-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=1", 200, b"0123456789", None),
    ],
)
def test_ranges_give_sections(
    emulator: DriveEmulator,
    api: Api,
    asked: str,
    status: int,
    body: bytes,
    content_range: str | None,
) -> None:
    path = f"/drive/v3/files/{emulator.web.file('a', b'0123456789')}?alt=media"
    answer = api.call("GET", path, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, body)
    assert answer.headers.get("Content-Range") == content_range


@pytest.mark.parametrize(("content", "asked"), [(b"", "bytes=0-"), (b"12", "bytes=2-")])
def test_a_range_outside_the_content_is_refused(
    emulator: DriveEmulator, api: Api, content: bytes, asked: str
) -> None:
    path = f"/drive/v3/files/{emulator.web.file('a', content)}?alt=media"
    answer = api.call("GET", path, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(content)}"


def test_the_file_scope_sees_only_its_own_files(emulator: DriveEmulator) -> None:
    api, web = Api(emulator, (DRIVE_FILE,)), emulator.web
    hidden, album = web.file("hidden"), web.folder("album")
    mine = api.create({"name": "mine", "parents": ["root"]}).json()["id"]
    assert api.names() == ["mine"]
    assert refusal(api.get(f"files/{hidden}")) == (404, "notFound")
    assert refusal(api.get("files/root")) == (404, "notFound")
    assert refusal(api.patch(hidden, {"name": "x"})) == (403, "appNotAuthorizedToFile")
    assert refusal(api.create({"parents": [album]})) == (404, "notFound")
    changed = api.get("changes", pageToken="1").json()["changes"]
    assert [change["fileId"] for change in changed] == [mine]
    web.open_with(hidden, emulator.client_secrets()["installed"]["client_id"])
    assert api.names() == ["hidden", "mine"]
    emulator.settings.root_visible_to_file_scope = True
    assert api.get("files/root").json()["id"] == web.root


def test_application_data_is_a_space_of_its_own(
    emulator: DriveEmulator, api: Api
) -> None:
    hidden = Api(emulator, (DRIVE_APPDATA,))
    assert (
        hidden.create({"name": "state", "parents": ["appDataFolder"]}).status_code
        == 200
    )
    assert hidden.names(spaces="appDataFolder") == ["state"]
    assert api.names() == []


def test_about_tells_user_and_storage(emulator: DriveEmulator, api: Api) -> None:
    emulator.web.trash(emulator.web.file("a", b"123"))
    about = api.get("about", fields="user/emailAddress,storageQuota").json()
    assert about["user"] == {"emailAddress": "anna@example.com"}
    assert about["storageQuota"] == {
        "limit": str(15 * 1024**3),
        "usage": "3",
        "usageInDrive": "3",
        "usageInDriveTrash": "3",
    }
