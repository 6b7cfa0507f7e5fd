"""The files of keys and tokens, asking who is signed in, signing out; and what is never
said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness.drive_world import DriveWorld
from harness.worlds import WHEN, Result

import photosync
from cli.signing_in import (
    by_browser,
    put_secrets,
    signed_in,
    token_of,
    world_with_browser,
)
from photosync.emulators.drive import Fault
from photosync.emulators.drive.identity import DRIVE

CHECKOUT = Path(photosync.__file__).parent.parent


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DriveWorld]:
    yield from world_with_browser(tmp_path)


# -- client_secrets.json
# -------------------------------------------------------------------


def check_explained(world: DriveWorld, result: Result) -> None:
    """All that must be done, on one screen."""
    assert result.code == 2
    lines = result.err.splitlines()
    assert len(lines) <= 24
    # A step, and what is left of its line.
    steps = [line for line in lines if line.startswith(" ")]
    assert {len(line) - len(line.lstrip()) for line in steps} == {2, 4}
    assert [
        line for line in lines if len(line) > 80 and str(world.home) not in line
    ] == []
    for words in (
        "https://console.cloud.google.com/",
        *("Branding", "Audience", "Publish app", "Data Access", "Clients"),
        "Desktop app",
        "photosync -a -p drive",
    ):
        assert words in result.err


def test_a_missing_file_is_explained_step_by_step(world: DriveWorld) -> None:
    if (CHECKOUT / "client_secrets.json").exists():
        pytest.skip("this checkout has one")
    result = world.run("-a", "-p", "drive")
    check_explained(world, result)
    assert str(world.home / "client_secrets.json") in result.err


MALFORMED = {
    "not even text": b"\xff\xfe\x00",
    "another file": b'{"type": "service_account", "project_id": "x"}',
    "no secret": b'{"web": {"client_id": "i"}}',
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_file_is_explained_step_by_step(
    world: DriveWorld, content: bytes
) -> None:
    path = world.home / "client_secrets.json"
    path.write_bytes(content)
    result = world.run("-a", "-p", "drive")
    check_explained(world, result)
    assert str(path) in result.err


def test_a_file_that_is_named_but_not_there_is_told(world: DriveWorld) -> None:
    result = world.run("-a", "-p", "drive", "--client-secrets", "/nonexistent.json")
    assert result.code == 2
    assert "/nonexistent.json: no such file" in result.err


def test_the_file_can_be_named_and_the_environment_comes_first(
    world: DriveWorld,
) -> None:
    path = put_secrets(world).rename(world.top / "mine.json")
    content = json.loads(path.read_text())
    secret = content["installed"]["client_secret"]
    content["installed"]["client_secret"] = "outdated"
    path.write_text(json.dumps(content))
    argv = ("--client-secrets", str(path))
    assert by_browser(world, *argv).code == 3
    assert by_browser(world, *argv, PHOTOSYNC_GOOGLE_CLIENT_SECRET=secret).code == 0


# -- asking and ending
# ---------------------------------------------------------------------


def test_check_tells_account_scope_space_and_health(world: DriveWorld) -> None:
    world.sign_in(DRIVE)
    world.drive.settings.quota_limit = 2 * 10**9
    world.drive.web.file("big", size=500_000_000, md5Checksum="0" * 32)
    result = world.run("--check")
    assert result.code == 0
    assert result.out.splitlines() == [
        "Library                           none is named; -d DIR shows it",
        "Last run                          none is remembered",
        "Drive    anna@example.com         signed in, works",
        "         space                    500.0 MB used, 1.5 GB of 2.0 GB left",
        "         reach                    all of your Drive (--drive-scope full)",
        "         sign-in                  good",
        "",
        "All is well: nothing to do.",
    ]
    world.drive.settings.quota_limit = None
    assert "no limit" in world.run("--check").out


def test_check_ends_with_exit_code_3_when_nobody_is_signed_in(
    world: DriveWorld,
) -> None:
    result = world.run("--check")
    assert result.code == 3
    assert "not signed in to Google Drive; run photosync -a -p drive" in result.out


def test_check_notices_a_withdrawn_sign_in(world: DriveWorld) -> None:
    world.sign_in()
    world.drive.grants.revoke_everything()
    result = world.run("--check")
    assert result.code == 3
    assert "sign in again" in result.out


@pytest.mark.parametrize("problem", ["deleted_client", "invalid_client"])
def test_a_client_id_that_google_refuses_is_told_with_what_helps(
    world: DriveWorld, problem: str
) -> None:
    world.sign_in()
    world.drive.plan(
        Fault("about.get", "expire_token"),
        Fault("oauth.token", "status", status=401, reason=problem, times=None),
    )
    result = world.run("--check")
    assert result.code == 3
    assert f"({problem}); under Clients in the Google Auth Platform" in result.out
    assert "sign in again" not in result.out


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        (
            "client_secret",
            "outdated",
            "Google does not take the secret of your client id",
        ),
        (
            "client_id",
            "1-gone.apps.googleusercontent.com",
            "Google does not take your client id",
        ),
        ("client_id", "photosync@example.com", "the client id"),
    ],
)
def test_a_wrong_key_is_told_before_anybody_is_sent_to_a_browser(
    world: DriveWorld, field: str, value: str, told: str
) -> None:
    path = put_secrets(world)
    content = json.loads(path.read_text())
    content["installed"][field] = value
    put_secrets(world, content)
    result = by_browser(world)
    assert result.code in {2, 3}
    assert f"{told} (installed.{field} in {path})" in result.err
    assert world.drive.calls["oauth.authorize"] == 0


def test_of_two_services_the_one_with_a_key_is_signed_in_to(world: DriveWorld) -> None:
    put_secrets(world)
    result = by_browser(world, "-p", "both")
    assert result.code == 3
    missing, done = "There is no key for Flickr yet.", "Drive: signed in as"
    assert result.out.index(missing) < result.out.index(done)
    assert "photosync: not signed in to Flickr, as told above" in result.err


def test_an_answer_that_says_nothing_about_a_key_is_no_refusal(
    world: DriveWorld,
) -> None:
    put_secrets(world)
    world.drive.plan(Fault("oauth.token", "html", status=503))
    assert by_browser(world).code == 0


def test_the_day_on_which_google_ends_a_sign_in_is_named(world: DriveWorld) -> None:
    put_secrets(world)
    world.drive.sign_in.refresh_lifetime = 7 * 24 * 3600
    days = {
        datetime.now(tz=UTC).astimezone().date() + timedelta(days=days)
        for days in (7, 8)
    }
    told = by_browser(world).out + world.run("--check").out
    lines = re.findall(
        r"(?:Drive: |sign-in +)good until (\S+), when Google ends it", told
    )
    assert len(lines) == 2
    assert set(lines) <= {str(day) for day in days}
    # A run renews what it may and keeps the day.
    world.drive.plan(Fault("about.get", "expire_token"))
    world.here("Zoo/a.jpg")
    assert world.run("-d", world.local).code == 0
    assert "good until" in world.run("--check").out


def test_signing_out_withdraws_the_token_and_forgets_it(world: DriveWorld) -> None:
    world.sign_in()
    secret = token_of(world)["refresh_token"]
    result = world.run("--sign-out")
    assert result.code == 0
    assert result.out == f"Drive: {world.drive.account} is signed out\n"
    assert secret not in (world.home / "tokens.json").read_text()
    (row,) = world.drive.grants.database.rows("SELECT * FROM refresh_tokens")
    assert not row["live"]
    assert world.run("--sign-out", "-p", "drive").out == "Drive: nobody is signed in\n"
    assert world.run("--sign-out").out == "nobody is signed in\n"
    result = world.run("-d", world.local, "-p", "drive")
    assert result.code == 3
    assert "photosync -a -p drive" in result.err


def snapshot(world: DriveWorld) -> dict[Path, bytes]:
    files = (path for path in world.top.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files}


def test_a_dry_run_signs_nobody_out(world: DriveWorld) -> None:
    world.sign_in()
    before = snapshot(world)
    result = world.run("--sign-out", "-t")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        f"Drive: {world.drive.account} would be signed out",
        "dry run: nothing was changed",
    ]
    assert snapshot(world) == before
    assert world.run("--check").code == 0


def test_a_dry_run_signs_nobody_in(world: DriveWorld) -> None:
    put_secrets(world)
    calls = len(world.drive.traffic.history)
    before = snapshot(world)
    result = by_browser(world, "--dry-run")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "Drive: would ask you to sign in; nobody is",
        "dry run: nothing was changed",
    ]
    assert snapshot(world) == before
    world.sign_in()
    told = by_browser(world, "--dry-run").out
    account = world.drive.account
    assert f"would ask you to sign in; {account} is, and stays known" in told
    (world.home / "client_secrets.json").unlink()
    assert "would explain how to get the key" in by_browser(world, "-t").out
    assert len(world.drive.traffic.history) == calls


def test_signing_out_without_a_connection_forgets_the_token_and_says_the_rest(
    world: DriveWorld,
) -> None:
    world.sign_in()
    world.drive.plan(Fault("oauth.revoke", "cut_before", times=None))
    result = world.run("--sign-out")
    assert result.code == 0
    page = "https://myaccount.google.com/permissions"
    assert result.out.endswith(f"withdraw the permission there, too: {page}\n")
    assert not signed_in(world)


# -- tokens.json
# ---------------------------------------------------------------------------


def test_a_damaged_file_is_told_and_set_aside_by_the_next_sign_in(
    world: DriveWorld,
) -> None:
    put_secrets(world)
    path = world.home / "tokens.json"
    path.write_text('{"drive": {"accounts"')
    result = world.run("-d", world.local)
    assert result.code == 3
    told = f"{path} is damaged and not used; sign in again with photosync -a"
    assert result.err.count(told) == 1
    assert told in world.run("-d", world.local, "-p", "drive").err
    assert world.run("--check").code == 3
    assert path.read_text() == '{"drive": {"accounts"'
    assert by_browser(world).code == 0
    (aside,) = world.home.glob("tokens.json.damaged-*")
    assert aside.read_text() == '{"drive": {"accounts"'
    assert world.run("-d", world.local).code == 0


def test_a_token_without_its_scopes_is_taken_for_a_narrow_one(
    world: DriveWorld,
) -> None:
    put_secrets(world)
    assert by_browser(world).code == 0
    path = world.home / "tokens.json"
    content = json.loads(path.read_text())
    content["drive"]["accounts"][world.drive.account]["scopes"] = None
    path.write_text(json.dumps(content))
    result = world.run("-d", world.local, "-p", "drive")
    assert (result.code, result.err) == (0, "")


# -- nothing secret is ever said
# -----------------------------------------------------------


def secrets_of(world: DriveWorld) -> set[str]:
    """All that would let somebody else in, as the service knows it."""
    columns = {
        "access_tokens": "token",
        "refresh_tokens": "token",
        "clients": "secret",
        "codes": "code",
        "devices": "code",
        "uploads": "id",
    }
    return {
        row[column]
        for table, column in columns.items()
        for row in world.drive.grants.database.rows(f"SELECT {column} FROM {table}")
    }


FAULTS = [
    Fault("files.create", "status", status=500, times=None, after=1),
    Fault("upload.chunk", "status", status=403, reason="forbidden", times=None),
    Fault("upload.chunk", "status", status=400, reason="badRequest"),
    Fault("upload.chunk", "cut_after", times=None),
    Fault("*", "cut_before", times=None, after=3),
    Fault("*", "expire_token", times=3),
    Fault("*", "expire_token", times=None),
    Fault("oauth.token", "status", status=400, reason="invalid_grant", times=None),
]


@pytest.mark.parametrize("verbosity", ["-v", "-q"])
def test_no_secret_is_in_any_output_or_log(world: DriveWorld, verbosity: str) -> None:
    put_secrets(world)
    known: set[str] = set()
    said = ""
    log = world.top / "log"
    heard = (verbosity, "--log", str(log))

    def told(result: Result) -> None:
        nonlocal said
        known.update(secrets_of(world))
        said += result.out + result.err

    told(by_browser(world, *heard))
    told(by_browser(world, *heard, DECISION="deny"))
    told(world.run("--check", *heard))
    for number, fault in enumerate(FAULTS if verbosity == "-v" else FAULTS[1:2]):
        world.here(f"Zoo/small {number}.jpg")
        world.here(
            "Zoo/large.jpg", bytes(9 * 1024 * 1024 + number), WHEN + 1000 * number
        )
        world.drive.plan(fault)
        told(world.run("-d", world.local, "-m", "syncUpload", *heard))
        world.drive.traffic.clear_faults()
    told(world.run("-d", world.local, "-m", "syncUpload", *heard))
    told(world.run("--sign-out", *heard))
    told(world.run("--check", *heard))
    said += "".join(path.read_text() for path in world.top.glob("log*"))
    assert "failed" in said
    assert len(known) >= 5
    assert [secret for secret in known if secret in said] == []
    assert not re.search(
        r"Bearer|upload_id|refresh_token|client_secret\b|code_verifier", said
    )
    assert world.photos() == world.library()
