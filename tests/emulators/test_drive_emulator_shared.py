from emulators.conftest import Api, refusal
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE_FILE

BOB = "bob@example.org"
WIDE = {"supportsAllDrives": "true", "includeItemsFromAllDrives": "true"}


def test_only_what_was_shared_itself_is_shared_with_me(
    emulator: DriveEmulator, api: Api
) -> None:
    folder = emulator.web.shared_folder("album", BOB)
    emulator.web.file("a", b"1", folder)
    assert api.names(q="sharedWithMe = true") == ["album"]
    assert api.names(q=f"'{BOB}' in owners") == ["album", "a"]
    assert api.names(q="'carol@example.org' in owners") == []
    assert api.names(q=f"'{folder}' in parents") == ["a"]
    shown = api.get(
        f"files/{folder}", fields="owners/emailAddress,parents,ownedByMe"
    ).json()
    assert shown == {"owners": [{"emailAddress": BOB}], "ownedByMe": False}


def test_what_is_shared_is_changed_only_where_that_is_permitted(
    emulator: DriveEmulator, api: Api
) -> None:
    for writable in (False, True):
        folder = emulator.web.shared_folder("album", BOB, writable=writable)
        rights = api.get(f"files/{folder}", fields="capabilities").json()[
            "capabilities"
        ]
        assert (rights["canEdit"], rights["canAddChildren"]) == (writable, writable)
        answer = api.create({"name": "new", "parents": [folder]}, fields="ownedByMe")
        if writable:
            assert answer.json() == {"ownedByMe": True}
        else:
            assert refusal(answer) == (403, "insufficientFilePermissions")


def test_shared_drives_are_told_of_to_the_full_scope_only(
    emulator: DriveEmulator,
) -> None:
    drive = emulator.web.shared_drive("Family")
    answer = Api(emulator).get("drives", fields="drives(id,name)").json()
    assert answer == {"drives": [{"id": drive, "name": "Family"}]}
    narrow = Api(emulator, (DRIVE_FILE,))
    assert refusal(narrow.get("drives")) == (403, "insufficientPermissions")
    assert refusal(Api(emulator).get("drives", pageSize=101)) == (
        400,
        "invalidParameter",
    )


def test_what_is_in_a_shared_drive_is_there_for_callers_that_support_it(
    emulator: DriveEmulator, api: Api
) -> None:
    drive = emulator.web.shared_drive("Family")
    file = emulator.web.file("a", b"1", drive)
    path = f"files/{file}"
    assert refusal(api.get(path)) == (404, "notFound")
    assert refusal(api.patch(file, {"name": "b"})) == (404, "notFound")
    assert refusal(api.call("DELETE", f"/drive/v3/{path}")) == (404, "notFound")
    shown = api.get(path, supportsAllDrives="true", fields="driveId,owners").json()
    assert shown == {"driveId": drive}
    assert api.names() == []
    assert api.names(**WIDE, corpora="drive", driveId=drive) == ["a"]
    unknown = api.get("files", **WIDE, corpora="drive", driveId="unknown")
    assert refusal(unknown) == (404, "notFound")


def test_a_new_file_belongs_to_the_drive_that_it_is_put_into(
    emulator: DriveEmulator, api: Api
) -> None:
    drive = emulator.web.shared_drive("Family")
    body = {"name": "a", "parents": [drive]}
    assert refusal(api.create(body)) == (404, "notFound")
    answer = api.create(
        body, supportsAllDrives="true", fields="driveId,ownedByMe"
    ).json()
    assert answer == {"driveId": drive, "ownedByMe": False}


def test_what_is_moved_into_a_shared_drive_belongs_to_it_with_all_below(
    emulator: DriveEmulator, api: Api
) -> None:
    folder = emulator.web.folder("album")
    file = emulator.web.file("a", b"1", folder)
    drive = emulator.web.shared_drive("Family")
    emulator.web.move(folder, drive)
    for moved in (folder, file):
        path = f"files/{moved}"
        assert refusal(api.get(path)) == (404, "notFound")
        shown = api.get(path, supportsAllDrives="true", fields="driveId,owners").json()
        assert shown == {"driveId": drive}
    assert api.names() == []
