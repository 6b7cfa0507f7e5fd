import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from emulators.conftest import Api, refusal
from photosync.emulators.drive import DriveEmulator, Fault


def test_a_status_fault_answers_like_the_service(
    emulator: DriveEmulator, api: Api
) -> None:
    limited = Fault(
        "files.create",
        "status",
        times=2,
        after=1,
        status=403,
        reason="userRateLimitExceeded",
        headers={"Retry-After": "7"},
    )
    emulator.plan(limited)
    answers = [api.create({"name": "a"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 403, 403, 200]
    error = answers[1].json()["error"]
    assert error["errors"][0]["domain"] == "usageLimits"
    assert refusal(answers[1]) == (403, "userRateLimitExceeded")
    assert answers[1].headers["Retry-After"] == "7"
    assert len(emulator.web.everything()) == 2
    assert emulator.traffic.pending == []


def test_a_front_end_error_is_html(emulator: DriveEmulator, api: Api) -> None:
    emulator.plan(Fault("*", "html", times=None, status=502))
    answer = api.get("files")
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        502,
        "text/html; charset=utf-8",
    )
    emulator.traffic.clear_faults()
    assert api.get("files").status_code == 200
    assert api.call("GET", "/nowhere").status_code == 404


@pytest.mark.parametrize(("kind", "made"), [("cut_before", 0), ("cut_after", 1)])
def test_a_cut_loses_the_answer_and_maybe_the_deed(
    emulator: DriveEmulator, api: Api, kind: str, made: int
) -> None:
    emulator.plan(Fault("files.create", kind))  # type: ignore[arg-type]
    with pytest.raises(requests.ConnectionError):
        api.create({"name": "a"})
    assert len(emulator.web.everything()) == made
    assert emulator.calls["files.create"] == 1


def test_a_truncated_body_ends_early(emulator: DriveEmulator, api: Api) -> None:
    file_id = emulator.web.file("a", bytes(1_000_000))
    emulator.plan(Fault("files.download", "truncate"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.get(f"files/{file_id}", alt="media")
    assert emulator.traffic.sent["files.download"] == 500_000
    assert len(api.get(f"files/{file_id}", alt="media").content) == 1_000_000


def test_a_corrupt_body_differs_in_one_byte(emulator: DriveEmulator, api: Api) -> None:
    file_id = emulator.web.file("a", bytes(1_000_000))
    emulator.plan(Fault("files.download", "corrupt"))
    answer = api.get(f"files/{file_id}", alt="media")
    assert answer.headers["Content-Length"] == "1000000"
    assert answer.content.count(0) == 999_999


def test_an_expired_token_stays_expired(emulator: DriveEmulator, api: Api) -> None:
    emulator.plan(Fault("files.list", "expire_token"))
    for _ in range(2):
        assert refusal(api.get("files")) == (401, "authError")
    assert refusal(requests.get(f"{emulator.url}/drive/v3/files", timeout=60)) == (
        401,
        "authError",
    )


def test_a_slow_call_is_done_late(emulator: DriveEmulator, api: Api) -> None:
    emulator.plan(Fault("about.get", "slow", seconds=0.1))
    begun = time.monotonic()
    assert api.get("about", fields="user").status_code == 200
    assert time.monotonic() - begun >= 0.1
    emulator.delay = 0.05
    begun = time.monotonic()
    api.get("about", fields="user")
    assert time.monotonic() - begun >= 0.05


def test_the_earliest_planned_fault_wins(emulator: DriveEmulator, api: Api) -> None:
    emulator.plan(
        Fault("files.list", "status", status=500), Fault("*", "status", status=503)
    )
    assert [api.get("files").status_code for _ in range(3)] == [500, 503, 200]


def test_traffic_is_counted_and_can_be_forgotten(
    emulator: DriveEmulator, api: Api
) -> None:
    api.get("files", pageSize=1)
    api.get("files/gone")
    assert dict(emulator.calls) == {"files.list": 1, "files.get": 1}
    assert [(call.method, call.status) for call in emulator.traffic.history] == [
        ("files.list", 200),
        ("files.get", 404),
    ]
    emulator.traffic.reset()
    assert not emulator.calls
    assert not emulator.traffic.history


def test_many_clients_at_once_lose_nothing(emulator: DriveEmulator) -> None:
    def work(number: int) -> list[str]:
        api = Api(emulator)
        return [api.create({"name": f"{number}"}).json()["id"] for _ in range(10)]

    with ThreadPoolExecutor(8) as pool:
        made = [file_id for ids in pool.map(work, range(8)) for file_id in ids]
    assert {file["id"] for file in emulator.web.everything()} == set(made)
    assert emulator.calls["files.create"] == len(set(made)) == 80


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    half = 262_144
    with DriveEmulator(tmp_path) as emulator:
        api = Api(emulator)
        file_id = emulator.web.file("a", b"abc")
        number = api.get("changes/startPageToken").json()["startPageToken"]
        page = api.get("files", pageSize=1)
        location = api.start({"name": "b"}).headers["Location"]
        answer = api.put(location, b"x" * half, f"bytes 0-{half - 1}/{2 * half}")
        assert answer.status_code == 308
        secrets = emulator.client_secrets()["installed"]["client_secret"]
    port = int(api.url.rpartition(":")[2])
    with DriveEmulator(tmp_path, port=port) as emulator:
        assert emulator.client_secrets()["installed"]["client_secret"] == secrets
        assert emulator.web.content(file_id) == b"abc"
        assert page.json()["files"][0]["id"] == file_id
        answer = api.put(
            location, b"y" * half, f"bytes {half}-{2 * half - 1}/{2 * half}"
        )
        assert emulator.web.content(answer.json()["id"]) == b"x" * half + b"y" * half
        changed = api.get("changes", pageToken=number).json()["changes"]
        assert [change["fileId"] for change in changed] == [answer.json()["id"]]


def test_a_stopped_emulator_is_gone_for_open_connections(tmp_path: Path) -> None:
    with DriveEmulator(tmp_path) as emulator:
        api = Api(emulator)
        assert api.get("files").status_code == 200
    with pytest.raises(requests.ConnectionError):
        api.get("files")


def test_it_runs_on_its_own(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "photosync.emulators.drive",
        "--directory",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().removeprefix("url: ").strip()
        path = process.stdout.readline().rpartition(": ")[2].strip()
        secrets = json.loads(Path(path).read_text())["installed"]
        try:
            assert secrets["token_uri"] == f"{url}/token"
            assert requests.get(f"{url}/drive/v3/files", timeout=60).status_code == 401
        finally:
            process.terminate()


def test_units_are_counted_over_the_last_sixty_seconds(
    emulator: DriveEmulator, api: Api
) -> None:
    file_id = emulator.web.file("a", b"a")
    emulator.settings.units_per_minute = 305
    assert api.get(f"files/{file_id}", alt="media").status_code == 200
    emulator.clock.advance(30)
    assert api.get("files").status_code == 200
    assert api.get(f"files/{file_id}").status_code == 200
    answer = api.get(f"files/{file_id}")
    assert refusal(answer) == (403, "userRateLimitExceeded")
    assert answer.json()["error"]["message"] == "User Rate Limit Exceeded"
    emulator.clock.advance(31)
    assert api.get(f"files/{file_id}", alt="media").status_code == 200
    assert refusal(api.get("files")) == (403, "userRateLimitExceeded")
    emulator.settings.units_per_minute = None
    assert api.get("files").status_code == 200
