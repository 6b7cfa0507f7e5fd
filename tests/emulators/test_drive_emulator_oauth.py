import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.credentials import Credentials

from emulators.conftest import refusal
from photosync.emulators.drive import DriveEmulator, Fault
from photosync.emulators.drive.identity import DRIVE, DRIVE_FILE

REDIRECT = "http://127.0.0.1:9/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(
    b"="
)
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def asked(emulator: DriveEmulator, **changes: str) -> dict[str, str]:
    usual = {
        "client_id": emulator.client_secrets()["installed"]["client_id"],
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": DRIVE,
        "state": "s",
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (usual | changes).items() if value}


def authorize(emulator: DriveEmulator, **changes: str) -> requests.Response:
    url = f"{emulator.url}/o/oauth2/auth"
    params = asked(emulator, **changes)
    return requests.get(url, params=params, allow_redirects=False, timeout=60)


def sent_back(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def token(
    emulator: DriveEmulator, kind: str = "installed", **form: str
) -> requests.Response:
    secrets = emulator.client_secrets(kind=kind)
    client = secrets.get(kind, secrets.get("installed"))
    assert client
    whose = {"client_id": client["client_id"], "client_secret": client["client_secret"]}
    filled = {name: value for name, value in (whose | form).items() if value}
    return requests.post(f"{emulator.url}/token", data=filled, timeout=60)


def exchange(emulator: DriveEmulator, code: str, **changes: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    return token(emulator, **(form | changes))


def refresh(emulator: DriveEmulator, refresh_token: str) -> requests.Response:
    return token(emulator, grant_type="refresh_token", refresh_token=refresh_token)


def error_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def list_with(emulator: DriveEmulator, access_token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {access_token}"}
    return requests.get(f"{emulator.url}/drive/v3/files", headers=headers, timeout=60)


def test_the_loopback_flow_gives_working_tokens(emulator: DriveEmulator) -> None:
    emulator.sign_in.consent = "approve"
    back = sent_back(authorize(emulator))
    assert (back["state"], back["scope"]) == ("s", DRIVE)
    answer = exchange(emulator, back["code"]).json()
    assert (answer["expires_in"], answer["token_type"], answer["scope"]) == (
        3599,
        "Bearer",
        DRIVE,
    )
    assert list_with(emulator, answer["access_token"]).status_code == 200
    renewed = refresh(emulator, answer["refresh_token"]).json()
    assert "refresh_token" not in renewed
    assert list_with(emulator, renewed["access_token"]).status_code == 200
    assert error_of(exchange(emulator, back["code"])) == (400, "invalid_grant")


@pytest.mark.parametrize("decision", ["approve", "deny"])
def test_the_page_has_a_form_with_the_decision(
    emulator: DriveEmulator, decision: str
) -> None:
    page = authorize(emulator, scope=f"{DRIVE} {DRIVE_FILE}").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    url = f"{emulator.url}/o/oauth2/auth"
    form = hidden | {
        "decision": decision,
        "account": "anna@example.com",
        "granted": DRIVE_FILE,
    }
    answer = requests.post(url, data=form, allow_redirects=False, timeout=60)
    back = sent_back(answer)
    if decision == "deny":
        assert back == {"state": "s", "error": "access_denied"}
    else:
        assert exchange(emulator, back["code"]).json()["scope"] == DRIVE_FILE


def test_the_user_can_untick_scopes(emulator: DriveEmulator) -> None:
    emulator.sign_in.consent, emulator.sign_in.unticked = "approve", frozenset({DRIVE})
    answer = exchange(
        emulator, sent_back(authorize(emulator, scope=f"{DRIVE} email"))["code"]
    )
    assert answer.json()["scope"] == "email"
    refused = list_with(emulator, answer.json()["access_token"])
    assert refusal(refused) == (403, "insufficientPermissions")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"redirect_uri": "urn:ietf:wg:oauth:2.0:oob"}, 400, "invalid_request"),
        ({"redirect_uri": "http://example.com/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://127.0.0.1/"}, 400, "redirect_uri_mismatch"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"scope": "https://www.googleapis.com/auth/everything"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_request"),
        ({"response_type": "token"}, 400, "unsupported_response_type"),
        ({"code_challenge_method": "S512"}, 400, "invalid_request"),
        ({"auto": "1"}, 400, "invalid_request"),
    ],
)
def test_wrong_authorization_requests_are_refused_on_the_page(
    emulator: DriveEmulator, changes: dict[str, str], status: int, error: str
) -> None:
    emulator.sign_in.consent = "approve"
    answer = authorize(emulator, **changes)
    assert answer.status_code == status
    assert f"Error {status}: {error}" in answer.text


@pytest.mark.parametrize("uri", ["http://localhost:1/", "http://127.0.0.1:65000/x?y=1"])
def test_an_installed_client_may_use_any_port(
    emulator: DriveEmulator, uri: str
) -> None:
    emulator.sign_in.consent = "approve"
    answer = authorize(emulator, redirect_uri=uri)
    assert answer.headers["Location"].startswith(uri)
    assert (
        exchange(emulator, sent_back(answer)["code"], redirect_uri=uri).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code_verifier": "w" * 43}, (400, "invalid_grant")),
        ({"code_verifier": ""}, (400, "invalid_grant")),
        ({"redirect_uri": "http://127.0.0.1:10/back"}, (400, "redirect_uri_mismatch")),
        ({"code": "4/nonsense"}, (400, "invalid_grant")),
        ({"code": ""}, (400, "invalid_request")),
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"client_secret": ""}, (400, "invalid_request")),
        ({"client_id": "unknown"}, (401, "invalid_client")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
    ],
)
def test_wrong_code_exchanges_are_refused(
    emulator: DriveEmulator, changes: dict[str, str], expected: tuple[int, str]
) -> None:
    emulator.sign_in.consent = "approve"
    code = sent_back(authorize(emulator))["code"]
    assert error_of(exchange(emulator, **({"code": code} | changes))) == expected


def test_a_code_lives_ten_minutes(emulator: DriveEmulator) -> None:
    emulator.sign_in.consent = "approve"
    code = sent_back(authorize(emulator))["code"]
    emulator.clock.advance(601)
    assert error_of(exchange(emulator, code)) == (400, "invalid_grant")


def test_a_web_client_needs_its_exact_address_and_asks_for_offline_access(
    emulator: DriveEmulator,
) -> None:
    emulator.sign_in.consent = "approve"
    uri = "https://photos.example/back"
    client = emulator.grants.add_client("web", [uri])["id"]
    secret = emulator.client_secrets(client)["web"]["client_secret"]
    wrong = authorize(emulator, client_id=client, redirect_uri=uri + "/")
    assert "redirect_uri_mismatch" in wrong.text
    for access_type, offline in (("online", False), ("offline", True)):
        answer = authorize(
            emulator, client_id=client, redirect_uri=uri, access_type=access_type
        )
        whose = {"client_id": client, "client_secret": secret, "redirect_uri": uri}
        tokens = exchange(emulator, sent_back(answer)["code"], **whose).json()
        assert ("refresh_token" in tokens) is offline


def test_access_tokens_expire_and_googles_library_renews_them(
    emulator: DriveEmulator,
) -> None:
    info = emulator.authorized_user()
    # The library's own reader of token files insists on Google's address.
    facts = {
        name: value for name, value in info.items() if name not in {"scopes", "expiry"}
    }
    credentials: Any = Credentials(**facts)  # type: ignore[no-untyped-call]
    session: Any = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    url = f"{emulator.url}/drive/v3/files"
    assert session.get(url).status_code == 200
    emulator.clock.advance(3600)
    assert list_with(emulator, info["token"]).status_code == 401
    assert session.get(url).status_code == 200
    assert emulator.calls["oauth.token"] == 1
    credentials.refresh(Request())
    assert emulator.calls["oauth.token"] == 2


def test_a_refresh_token_ends_when_revoked_or_too_old(emulator: DriveEmulator) -> None:
    one, two = emulator.authorized_user(), emulator.authorized_user()
    revoke = f"{emulator.url}/revoke"
    answer = requests.post(revoke, data={"token": one["token"]}, timeout=60)
    assert (answer.status_code, answer.json()) == (200, {})
    assert list_with(emulator, one["token"]).status_code == 401
    assert error_of(refresh(emulator, one["refresh_token"])) == (400, "invalid_grant")
    answer = requests.post(revoke, data={"token": one["refresh_token"]}, timeout=60)
    assert error_of(answer) == (400, "invalid_token")
    assert refresh(emulator, two["refresh_token"]).status_code == 200
    emulator.grants.revoke_everything()
    assert error_of(refresh(emulator, two["refresh_token"])) == (400, "invalid_grant")
    emulator.sign_in.refresh_lifetime = 7 * 86400
    three = emulator.authorized_user()
    emulator.clock.advance(8 * 86400)
    assert error_of(refresh(emulator, three["refresh_token"])) == (400, "invalid_grant")


def test_the_oldest_of_more_than_a_hundred_refresh_tokens_dies(
    emulator: DriveEmulator,
) -> None:
    tokens = [emulator.authorized_user()["refresh_token"] for _ in range(101)]
    assert error_of(refresh(emulator, tokens[0])) == (400, "invalid_grant")
    assert refresh(emulator, tokens[1]).status_code == 200


def start_device(
    emulator: DriveEmulator, scope: str, kind: str = "device"
) -> requests.Response:
    client = emulator.client_secrets(kind=kind)["installed"]["client_id"]
    form = {"client_id": client, "scope": scope}
    return requests.post(f"{emulator.url}/device/code", data=form, timeout=60)


def poll(emulator: DriveEmulator, code: str) -> requests.Response:
    emulator.clock.advance(5)
    return token(emulator, "device", grant_type=DEVICE_GRANT, device_code=code)


def test_a_device_waits_for_the_users_decision(emulator: DriveEmulator) -> None:
    device = start_device(emulator, DRIVE_FILE).json()
    assert (device["expires_in"], device["interval"]) == (1800, 5)
    assert error_of(poll(emulator, device["device_code"])) == (
        428,
        "authorization_pending",
    )
    emulator.clock.advance(-5)
    assert error_of(poll(emulator, device["device_code"])) == (403, "slow_down")
    emulator.grants.decide_device(device["user_code"], "anna@example.com", approve=True)
    tokens = poll(emulator, device["device_code"]).json()
    assert list_with(emulator, tokens["access_token"]).status_code == 200
    assert "refresh_token" in tokens
    assert error_of(poll(emulator, device["device_code"])) == (400, "invalid_grant")


def test_a_device_may_be_denied_or_be_too_late(emulator: DriveEmulator) -> None:
    emulator.sign_in.consent = "deny"
    device = start_device(emulator, DRIVE_FILE).json()
    assert error_of(poll(emulator, device["device_code"])) == (403, "access_denied")
    device = start_device(emulator, DRIVE_FILE).json()
    emulator.clock.advance(1801)
    assert error_of(poll(emulator, device["device_code"])) == (400, "invalid_grant")


def test_a_device_gets_only_narrow_scopes(emulator: DriveEmulator) -> None:
    assert error_of(start_device(emulator, DRIVE)) == (400, "invalid_scope")
    assert error_of(start_device(emulator, DRIVE_FILE, "installed")) == (
        401,
        "invalid_client",
    )


def test_accounts_do_not_see_each_other(emulator: DriveEmulator) -> None:
    emulator.web.file("hers")
    other = emulator.web_of("bert@example.com")
    other.file("his")
    access_token = emulator.authorized_user(account=other.account)["token"]
    files = list_with(emulator, access_token).json()["files"]
    assert [file["name"] for file in files] == ["his"]


def test_token_faults_look_like_the_token_endpoint(emulator: DriveEmulator) -> None:
    emulator.plan(Fault("oauth.token", "status", status=400, reason="invalid_grant"))
    user = emulator.authorized_user()
    assert error_of(refresh(emulator, user["refresh_token"])) == (400, "invalid_grant")
    assert refresh(emulator, user["refresh_token"]).status_code == 200
