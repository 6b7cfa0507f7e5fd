"""What life does to a drive: folders in the trash, a day's limit, lists that lag."""

from emulators.conftest import Api, refusal
from photosync.emulators.drive import DriveEmulator, Fault
from photosync.emulators.drive.identity import DRIVE_FILE

FIELDS = "id,trashed,explicitlyTrashed"
MEDIA = {"uploadType": "media", "fields": FIELDS}


def test_what_comes_into_a_trashed_folder_is_trashed(
    emulator: DriveEmulator, api: Api
) -> None:
    above = emulator.web.folder("base")
    album = emulator.web.folder("Rome", above)
    emulator.web.trash(above)
    body = {"name": "a.jpg", "parents": [album]}
    location = api.start(body).headers["Location"]
    file_id = api.put(location, b"x", None).json()["id"]
    state = api.get(f"files/{file_id}", fields=FIELDS).json()
    assert state == {"id": file_id, "trashed": True, "explicitlyTrashed": False}
    assert api.get(f"files/{album}", fields="trashed").json() == {"trashed": True}
    emulator.web.untrash(above)
    assert api.get(f"files/{file_id}", fields="trashed").json() == {"trashed": False}


def test_a_folder_with_files_of_others_looks_empty_to_the_narrow_scope(
    emulator: DriveEmulator,
) -> None:
    narrow = Api(emulator, (DRIVE_FILE,))
    album = narrow.create(
        {"name": "Rome", "mimeType": "application/vnd.google-apps.folder"}
    ).json()["id"]
    emulator.web.file("theirs.jpg", b"x", album)
    assert narrow.names(q=f"'{album}' in parents") == []
    gone = narrow.call("DELETE", f"/drive/v3/files/{album}")
    assert gone.status_code == 204
    assert emulator.web.named("theirs.jpg") == []


def test_a_day_has_a_limit_that_looks_like_one_of_the_rate(
    emulator: DriveEmulator, api: Api
) -> None:
    emulator.settings.daily_upload_limit = 10
    emulator.web.file("seeded", bytes(100))
    url = "/upload/drive/v3/files"
    first = api.call("POST", url, data=bytes(6), params=MEDIA)
    assert first.status_code == 200
    refused = api.call("POST", url, data=bytes(5), params=MEDIA)
    declared = api.start({"name": "b"}, X_Upload_Content_Length="5")
    replaced = api.call(
        "PATCH", f"{url}/{first.json()['id']}", data=bytes(5), params=MEDIA
    )
    for answer in (refused, declared, replaced):
        assert refusal(answer) == (403, "userRateLimitExceeded")
        assert answer.json()["error"]["message"] == "User rate limit exceeded."
    assert api.create({"name": "empty"}).status_code == 200
    assert len(emulator.web.everything()) == 3
    emulator.clock.advance(24 * 3600)
    # The token of the day before has expired.
    later = Api(emulator)
    assert later.call("POST", url, data=bytes(5), params=MEDIA).status_code == 200


def test_a_refusal_may_have_words_of_its_own(emulator: DriveEmulator, api: Api) -> None:
    emulator.plan(Fault("files.list", "status", status=403, message="Not today."))
    assert api.get("files").json()["error"]["message"] == "Not today."


def test_a_new_file_shows_up_late_in_lists(emulator: DriveEmulator, api: Api) -> None:
    emulator.settings.list_lag = 60
    file_id = api.create({"name": "a"}).json()["id"]
    assert api.names() == []
    assert api.get(f"files/{file_id}").status_code == 200
    emulator.clock.advance(60)
    assert api.names() == ["a"]
