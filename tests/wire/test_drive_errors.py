"""What Drive's refusals mean, how long a call is tried, and how the sign-in is kept
alive.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from harness.drive_world import DriveWorld
from harness.worlds import listed

from photosync.emulators.drive import Fault
from photosync.emulators.drive.identity import DRIVE_FILE
from photosync.errors import (
    AuthorizationNeeded,
    NotFound,
    PageInstead,
    QuotaExceeded,
    RateLimited,
    Rejected,
    ServiceRefused,
    SideError,
    Transient,
)
from photosync.services.drive.calls.connection import Connection
from photosync.services.drive.calls.credentials import SharedCredentials
from photosync.services.drive.calls.errors import AlreadyThere, NotPermitted
from photosync.services.http import RetryPolicy


@pytest.fixture
def connection(world: DriveWorld) -> Iterator[Connection]:
    token = world.drive.authorized_user()
    names = ("refresh_token", "token_uri", "client_id", "client_secret")
    credentials = SharedCredentials(
        token["token"], **{name: token[name] for name in names}
    )
    made = Connection(credentials, RetryPolicy(0.001), world.drive.url)
    yield made
    made.close()


def asked_once(connection: Connection) -> dict[str, Any]:
    """One try of a list call."""
    return connection.read_once("files", 0, pageSize=1, fields="files(id)")


# -- every reason of Google's
# --------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("No.", r"No\.\)$"),
        # Whoever has the address of an upload could write into it.
        ("Bad URL /upload?upload_id=AbC-123&name=a", r"upload_id=\.\.\.&name=a\)$"),
    ],
)
def test_a_reason_that_nobody_knows_is_told_in_the_words_of_google(
    world: DriveWorld, connection: Connection, words: str, told: str
) -> None:
    fault = Fault("files.list", "status", status=403, reason="newRule", message=words)
    world.drive.plan(fault)
    with pytest.raises(Rejected, match=rf"refused it \(403 newRule: .*{told}"):
        asked_once(connection)


def test_a_refusal_without_words_is_told_by_its_status(
    world: DriveWorld, connection: Connection
) -> None:
    world.drive.plan(Fault("files.list", "html", status=400))
    with pytest.raises(Rejected, match=r"refused it \(400\)$"):
        asked_once(connection)


REFUSALS: list[tuple[int, str, type[SideError], str]] = [
    (400, "badRequest", Rejected, "refused"),
    (400, "invalid", Rejected, "refused"),
    (400, "invalidParameter", Rejected, "refused"),
    (400, "required", Rejected, "report this as a bug"),
    (400, "parseError", Rejected, "refused"),
    (401, "authError", AuthorizationNeeded, "sign in again with photosync -a -p drive"),
    (403, "rateLimitExceeded", RateLimited, "fewer calls"),
    (403, "userRateLimitExceeded", RateLimited, "fewer calls"),
    (429, "rateLimitExceeded", RateLimited, "fewer calls"),
    (429, "", RateLimited, "fewer calls"),
    (403, "dailyLimitExceeded", ServiceRefused, "tomorrow"),
    (403, "sharingRateLimitExceeded", ServiceRefused, "tomorrow"),
    (403, "storageQuotaExceeded", QuotaExceeded, "photosync --check"),
    (403, "quotaExceeded", QuotaExceeded, "photosync --check"),
    (403, "insufficientPermissions", AuthorizationNeeded, "sign in again"),
    (403, "insufficientFilePermissions", NotPermitted, "ask the owner"),
    (403, "forbidden", NotPermitted, "ask the owner"),
    (403, "appNotAuthorizedToFile", Rejected, "--drive-scope full"),
    (403, "accessNotConfigured", ServiceRefused, "https://console.cloud.google.com/"),
    (403, "domainPolicy", ServiceRefused, "organisation"),
    (
        403,
        "numChildrenInNonRootLimitExceeded",
        Rejected,
        "as many items as Google allows",
    ),
    (403, "teamDriveFileLimitExceeded", Rejected, "as many items as Google allows"),
    (
        403,
        "activeItemCreationLimitExceeded",
        Rejected,
        "as many items as Google allows",
    ),
    (
        403,
        "myDriveHierarchyDepthLimitExceeded",
        Rejected,
        "as many items as Google allows",
    ),
    (403, "cannotDownloadAbusiveFile", Rejected, "malware"),
    (403, "fileNotDownloadable", Rejected, "lets nobody download"),
    (403, "downloadQuotaExceeded", Rejected, "tomorrow"),
    (403, "fieldNotWritable", Rejected, "report this as a bug"),
    (403, "cannotAddParent", Rejected, "report this as a bug"),
    (403, "parentNotAFolder", Rejected, "report this as a bug"),
    (403, "teamDrivesParametersRequired", Rejected, "report this as a bug"),
    (403, "somethingNew", Rejected, "refused"),
    (404, "notFound", NotFound, "not there any more"),
    (409, "fileIdInUse", AlreadyThere, "there already"),
    (410, "gone", NotFound, "not there any more"),
    (412, "conditionNotMet", Rejected, "refused"),
    (500, "backendError", Transient, "out of order"),
    (500, "internalError", Transient, "out of order"),
    (500, "transientError", Transient, "out of order"),
    (503, "backendError", Transient, "out of order"),
]


@pytest.mark.parametrize(
    ("status", "reason", "kind", "words"),
    REFUSALS,
    ids=[f"{r[0]} {r[1]}" for r in REFUSALS],
)
def test_every_reason_has_its_error_and_its_remedy(
    world: DriveWorld,
    connection: Connection,
    status: int,
    reason: str,
    kind: type[SideError],
    words: str,
) -> None:
    world.drive.plan(
        Fault("files.list", "status", times=None, status=status, reason=reason)
    )
    with pytest.raises(kind, match=words) as raised:
        asked_once(connection)
    assert type(raised.value) is kind
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        # Google says why in JSON: it is a filter that stands in between, or Google out
        # of order.
        (403, PageInstead),
        (404, PageInstead),
        (410, PageInstead),
        (408, Transient),
        (429, RateLimited),
        (500, Transient),
        (502, Transient),
        (503, Transient),
        (504, Transient),
    ],
)
def test_a_page_of_a_front_end_is_understood_by_its_status(
    world: DriveWorld, connection: Connection, status: int, kind: type[SideError]
) -> None:
    world.drive.plan(Fault("files.list", "html", status=status))
    with pytest.raises(kind) as raised:
        asked_once(connection)
    assert type(raised.value) is kind


def test_a_refusal_says_nothing_on_standard_error(
    world: DriveWorld, connection: Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    world.drive.plan(
        Fault("files.list", "status", status=403, reason="forbidden"),
        Fault("files.list", "html", status=403),
    )
    for _ in range(2):
        with pytest.raises(SideError):
            asked_once(connection)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "truncate"])
def test_a_broken_connection_is_a_passing_fault(
    world: DriveWorld, connection: Connection, kind: Any
) -> None:
    world.drive.plan(Fault("files.list", kind))
    with pytest.raises(Transient, match="the connection to Google broke off"):
        asked_once(connection)


def test_a_service_that_is_not_there_is_a_passing_fault(
    world: DriveWorld, connection: Connection
) -> None:
    world.drive.stop()
    with pytest.raises(Transient, match="Google cannot be reached"):
        asked_once(connection)


# -- how long a call is tried
# --------------------------------------------------------------


def test_a_call_is_tried_six_times(world: DriveWorld, connection: Connection) -> None:
    world.drive.plan(Fault("about.get", "status", times=5))
    about = connection.read("about", 0, fields="user")
    assert about["user"]["emailAddress"] == world.drive.account
    world.drive.plan(Fault("about.get", "status", times=None))
    with pytest.raises(Transient):
        connection.read("about", 0, fields="user")
    assert world.drive.calls["about.get"] == 12


@pytest.mark.parametrize("status", [403, 503])
@pytest.mark.timeout(30)
def test_retry_after_comes_before_our_own_waits(world: DriveWorld, status: int) -> None:
    patient = world.connect(retry_wait=60.0)
    reason = "userRateLimitExceeded" if status == 403 else "rateLimitExceeded"
    headers = {"Retry-After": "0"}
    world.drive.plan(Fault("files.list", "status", 1, 0, status, reason, headers))
    world.there("Zoo/a.jpg")
    assert len(listed(patient)) == 1


def test_what_would_be_refused_again_is_not_tried_again(
    world: DriveWorld, connection: Connection
) -> None:
    world.drive.plan(
        Fault("about.get", "status", times=None, status=403, reason="forbidden")
    )
    with pytest.raises(Rejected):
        connection.read("about", 0, fields="user")
    assert world.drive.calls["about.get"] == 1


def test_a_rate_limit_slows_down_all_threads(
    world: DriveWorld, connection: Connection
) -> None:
    world.drive.plan(
        Fault("files.list", "status", status=403, reason="userRateLimitExceeded")
    )
    with pytest.raises(RateLimited):
        asked_once(connection)
    connection.retry_policy.cancel()
    # What must be waited for is not begun after an interrupt; what need not be, is.
    with pytest.raises(Exception, match="interrupted"):
        connection.attempt(1, lambda: pytest.fail("it went on at the same pace"))


# -- the access token
# ----------------------------------------------------------------------


def stored(world: DriveWorld) -> dict[str, Any]:
    content = json.loads((world.home / "tokens.json").read_text())
    token: dict[str, Any] = content["drive"]["accounts"][world.drive.account]
    return token


def test_a_token_that_expires_between_calls_is_renewed_unnoticed(
    world: DriveWorld,
) -> None:
    world.there("Zoo/a.jpg")
    backend = world.connect()
    albums = list(backend.albums())
    world.drive.grants.expire_all_access_tokens()
    (listing,) = backend.photos(albums)
    assert len(listing.photos) == 1
    assert world.drive.calls["oauth.token"] == 1


@pytest.mark.parametrize("seconds", [-3600, 60])
def test_a_token_near_or_past_its_end_is_renewed_before_the_call(
    world: DriveWorld, seconds: float
) -> None:
    end = datetime.now(tz=UTC) + timedelta(seconds=seconds)
    world.sign_in(expiry=end.strftime("%Y-%m-%dT%H:%M:%SZ"))
    old = stored(world)["token"]
    backend = world.connect()
    list(backend.albums())
    assert world.drive.calls["oauth.token"] == 1
    assert not [call for call in world.drive.traffic.history if call.status == 401]
    backend.close()
    assert stored(world)["token"] != old
    world.drive.traffic.reset()
    list(world.connect().albums())
    assert world.drive.calls["oauth.token"] == 0, "the renewed token was not kept"


def test_a_dry_run_keeps_nothing(world: DriveWorld) -> None:
    world.there("Zoo/a.jpg")
    world.sign_in(expiry="2020-01-01T00:00:00Z")
    before = (world.home / "tokens.json").read_bytes()
    backend = world.connect(test=True)
    list(backend.albums())
    backend.close()
    assert world.drive.calls["oauth.token"] == 1
    assert (world.home / "tokens.json").read_bytes() == before


@pytest.mark.parametrize("how", ["by a 401", "by time"])
def test_threads_that_find_the_token_expired_renew_it_once(
    world: DriveWorld, how: str
) -> None:
    if how == "by time":
        world.sign_in(expiry="2020-01-01T00:00:00Z")
    backend = world.connect()
    connection = backend._connection
    if how == "by a 401":
        world.drive.grants.expire_all_access_tokens()
    together = Barrier(8)

    def call(number: int) -> None:
        together.wait()
        for _ in range(1 + number):
            connection.read("files", 0, pageSize=1, fields="files(id)")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(8)))
    assert world.drive.calls["oauth.token"] == 1
    world.drive.grants.expire_all_access_tokens()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(8)))
    assert world.drive.calls["oauth.token"] == 2


def revoked(world: DriveWorld) -> None:
    world.drive.grants.revoke_everything()


def seven_days_old(world: DriveWorld) -> None:
    world.drive.sign_in.refresh_lifetime = 7 * 86_400
    world.sign_in(expiry="2020-01-01T00:00:00Z")
    world.drive.clock.advance(7 * 86_400 + 1)


@pytest.mark.parametrize("end", [revoked, seven_days_old])
def test_a_withdrawn_sign_in_says_what_happened_and_what_to_do(
    world: DriveWorld, end: Callable[[DriveWorld], None]
) -> None:
    world.sign_in()
    end(world)
    backend = world.connect()
    with pytest.raises(AuthorizationNeeded) as raised:
        list(backend.albums())
    text = str(raised.value)
    assert "after seven days" in text
    assert "publish the app" in text
    assert "sign in again with photosync -a -p drive" in text
    assert world.drive.calls["oauth.token"] == 1, (
        "a withdrawn sign-in is not asked for again"
    )


def test_a_sign_in_withdrawn_in_the_middle_of_a_run_ends_it_with_exit_code_3(
    world: DriveWorld,
) -> None:
    world.sign_in()
    for number in range(4):
        world.here(f"Zoo/{number}.jpg")
    world.drive.plan(Fault("files.create", "expire_token", after=2))
    world.drive.plan(Fault("oauth.token", "status", status=400, reason="invalid_grant"))
    result = world.run("-d", world.local, "--transfers", "1")
    assert result.code == 3
    (line,) = result.err.splitlines()
    assert line.startswith("Drive: Google withdrew the sign-in")
    assert line.endswith("; the rest is left for the next run")
    last = world.run("-d", world.local, "--last").out
    assert all(f"Zoo/{number}.jpg" in last for number in range(4))
    assert world.run("-d", world.local).code == 0
    assert len(world.photos()) == 4


def test_a_sign_in_withdrawn_while_albums_are_finished_is_told_once(
    world: DriveWorld,
) -> None:
    world.sign_in()
    for number in range(4):
        world.here(f"Album {number}/a.jpg")
    world.drive.plan(
        # The last photo is there, and then nothing more works.
        Fault("files.update", "expire_token", times=None),
        Fault("oauth.token", "status", status=400, reason="invalid_grant", times=None),
    )
    result = world.run("-d", world.local, "--transfers", "1")
    assert result.code == 3
    assert result.err.count("Google withdrew the sign-in") == 1
    assert len(world.photos()) == 4


FAULTS = [
    Fault("oauth.token", "status", status=500),
    Fault("oauth.token", "status", status=503),
    Fault("oauth.token", "html", status=502),
    Fault("oauth.token", "html", status=200),
    Fault("oauth.token", "html", status=429),
    Fault("oauth.token", "cut_before"),
    Fault("oauth.token", "cut_after"),
    Fault("oauth.token", "truncate"),
]


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault.kind} {fault.status}"
)
def test_a_fault_of_the_sign_in_service_is_no_withdrawn_sign_in(
    world: DriveWorld, fault: Fault
) -> None:
    world.sign_in(expiry="2020-01-01T00:00:00Z")
    world.drive.plan(replace(fault, times=2))
    list(world.connect().albums())
    assert world.drive.calls["oauth.token"] == 3


@pytest.mark.parametrize(
    "change",
    [
        {"refresh_token": None},
        {"client_secret": "wrong"},
        {"token": None, "refresh_token": None},
        {"token": None, "expiry": None, "refresh_token": None},
    ],
)
def test_a_stored_token_that_cannot_work_asks_for_a_new_sign_in(
    world: DriveWorld, change: dict[str, Any]
) -> None:
    world.sign_in(**({"expiry": "2020-01-01T00:00:00Z"} | change))
    with pytest.raises(AuthorizationNeeded, match="photosync -a -p drive"):
        list(world.connect().albums())


@pytest.mark.parametrize(
    "expiry", ["", "soon", None, "2020-13-01", "2020-01-01T00:00:00"]
)
def test_a_time_of_expiry_that_cannot_be_read_does_not_matter(
    world: DriveWorld, expiry: str | None
) -> None:
    world.sign_in(expiry=expiry)
    list(world.connect().albums())


def test_a_scope_that_is_too_narrow_asks_for_a_new_sign_in(world: DriveWorld) -> None:
    world.sign_in(DRIVE_FILE.replace(".file", ".readonly"))
    world.here("Zoo/a.jpg")
    result = world.run("-d", world.local)
    assert result.code == 3
    assert "covers too little" in result.err
