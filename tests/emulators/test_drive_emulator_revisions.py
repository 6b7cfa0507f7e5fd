import hashlib

from emulators.conftest import Api, refusal
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE_FILE


def head(api: Api, file_id: str) -> str:
    revision: str = api.get(f"files/{file_id}", fields="headRevisionId").json()[
        "headRevisionId"
    ]
    return revision


def test_an_old_content_is_there_under_the_id_of_its_revision(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = emulator.web.file(
        "a.jpg", b"old", modifiedTime="2017-07-14T02:40:00.000Z"
    )
    old = head(api, file_id)
    emulator.web.replace(file_id, b"newer")
    new = head(api, file_id)
    for revision, content in ((old, b"old"), (new, b"newer")):
        path = f"files/{file_id}/revisions/{revision}"
        assert api.get(path, alt="media").content == content
        facts = api.get(path, fields="id,size,md5Checksum").json()
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        assert facts == {"id": revision, "size": str(len(content)), "md5Checksum": md5}
    shown = api.get(f"files/{file_id}/revisions/{old}").json()
    assert shown.keys() == {"kind", "id", "mimeType", "modifiedTime"}
    assert emulator.calls["revisions.download"] == 2


def test_a_range_of_an_old_content_can_be_asked_for(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = emulator.web.file("a.jpg", b"0123456789")
    path = f"/drive/v3/files/{file_id}/revisions/{head(api, file_id)}?alt=media"
    part = api.call("GET", path, headers={"Range": "bytes=4-"})
    assert (part.status_code, part.content) == (206, b"456789")
    assert part.headers["Content-Range"] == "bytes 4-9/10"


def test_a_revision_that_is_not_there_or_not_ours_is_not_found(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = emulator.web.file("a.jpg", b"x")
    revision = head(api, file_id)
    assert refusal(api.get(f"files/{file_id}/revisions/none")) == (404, "notFound")
    narrow = Api(emulator, (DRIVE_FILE,))
    assert refusal(narrow.get(f"files/{file_id}/revisions/{revision}")) == (
        404,
        "notFound",
    )
    emulator.web.delete(file_id)
    assert refusal(api.get(f"files/{file_id}/revisions/{revision}")) == (
        404,
        "notFound",
    )


def test_unknown_fields_and_parameters_of_revisions_are_refused(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = emulator.web.file("a.jpg", b"x")
    path = f"files/{file_id}/revisions/{head(api, file_id)}"
    assert refusal(api.get(path, fields="name")) == (400, "invalidParameter")
    assert refusal(api.get(path, supportsAllDrives="true")) == (400, "invalidParameter")
