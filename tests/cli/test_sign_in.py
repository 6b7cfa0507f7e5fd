"""Signing in as a person does it: in a browser, with a pasted address, with a code."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
import requests
from harness.drive_world import DriveWorld

from cli.signing_in import (
    Terminal,
    answer_of,
    by_browser,
    put_secrets,
    signed_in,
    token_of,
    world_with_browser,
)
from photosync.emulators.drive import Fault
from photosync.emulators.drive.identity import DRIVE, DRIVE_FILE


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DriveWorld]:
    yield from world_with_browser(tmp_path)


def test_the_folder_is_there_in_which_the_client_id_is_to_be_put(
    world: DriveWorld,
) -> None:
    world.home.rmdir()
    result = world.run("-a", "-p", "drive")
    assert result.code == 2
    said = " ".join(result.err.split())
    assert f"There is no {world.home}/client_secrets.json yet." in said
    assert world.home.stat().st_mode & 0o777 == 0o700


# -- by browser
# ----------------------------------------------------------------------------


def test_signing_in_by_browser_lets_the_next_run_work(world: DriveWorld) -> None:
    put_secrets(world)
    result = by_browser(world)
    assert result.code == 0, result.err
    assert f"Drive: signed in as {world.drive.account}" in result.out
    assert "the page says" in result.out
    assert token_of(world)["scopes"] == [DRIVE_FILE]
    assert (world.home / "tokens.json").stat().st_mode & 0o777 == 0o600
    world.here("Zoo/a.jpg")
    assert world.run("-d", world.local).code == 0
    assert list(world.photos()) == ["Zoo/a.jpg"]


def test_the_request_is_protected_and_asks_for_a_lasting_token(
    world: DriveWorld,
) -> None:
    put_secrets(world)
    assert by_browser(world, "--drive-scope", "full").code == 0
    (code,) = world.drive.grants.database.rows("SELECT * FROM codes")
    assert code["challenge_method"] == "S256"
    assert code["challenge"]
    redirect = urlsplit(code["redirect_uri"])
    assert redirect.hostname == "127.0.0.1"
    assert code["scopes"] == DRIVE
    (page, *_) = (
        c for c in world.drive.traffic.history if c.method == "oauth.authorize"
    )
    asked = parse_qs(urlsplit(page.target).query)
    assert len(asked["state"][0]) >= 16
    assert asked["access_type"] == ["offline"]


def test_a_browser_that_goes_on_in_the_background_works_too(world: DriveWorld) -> None:
    put_secrets(world)
    result = by_browser(world, BROWSER=f"{world.top}/browser %s &")
    assert result.code == 0, result.err
    assert "If no page opens in your browser" in result.out


def test_a_stranger_with_a_wrong_state_is_not_listened_to(world: DriveWorld) -> None:
    put_secrets(world)
    result = by_browser(world, STRANGER="1")
    assert result.out.count("stranger got 404") == 2
    assert result.code == 0, result.err


@pytest.mark.parametrize("person", [{"DECISION": "deny"}, {"REFUSE": DRIVE_FILE}])
def test_a_refused_consent_ends_with_exit_code_3(
    world: DriveWorld, person: dict[str, str]
) -> None:
    put_secrets(world)
    result = by_browser(world, **person)
    assert result.code == 3
    assert "Google gave no access (access_denied); run photosync -a again" in result.err
    assert not signed_in(world)


def test_a_grant_without_the_scope_for_drive_is_told_as_such(world: DriveWorld) -> None:
    put_secrets(world)
    client = world.app
    for other in ("openid", DRIVE):
        world.drive.sign_in.consent = "page"
        terminal = Terminal(world, "-a", "-p", "drive", "--headless")
        url = urlsplit(terminal.shows(r"\n  (http\S+)\n")[1])
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert query["client_id"] == client
        changed = urlunsplit(url._replace(query=urlencode(query | {"scope": other})))
        terminal.shows("address: ")
        terminal.type(answer_of(world, changed) + "\n")
        assert terminal.ends() == 3
        assert "was not ticked" in terminal.text
    assert not signed_in(world)


def test_where_no_browser_can_be_opened_the_way_without_one_is_told(
    world: DriveWorld,
) -> None:
    put_secrets(world)
    nowhere = {
        "PATH": "/nonexistent",
        "BROWSER": "",
        "DISPLAY": "",
        "WAYLAND_DISPLAY": "",
    }
    result = world.run("-a", "-p", "drive", env=nowhere)
    assert result.code == 3
    assert "--headless" in result.err


def test_another_account_is_used_from_then_on_and_the_first_is_kept(
    world: DriveWorld,
) -> None:
    put_secrets(world)
    world.drive.web_of("bob@example.com")
    assert by_browser(world).code == 0
    assert by_browser(world, ACCOUNT="bob@example.com").code == 0
    assert world.session.account("drive") == "bob@example.com"
    assert (
        token_of(world)["refresh_token"]
        != token_of(world, "bob@example.com")["refresh_token"]
    )


# -- clients of the web kind
# ---------------------------------------------------------------


def web_client(world: DriveWorld, *redirects: str) -> None:
    client = world.drive.grants.add_client("web", redirects)
    put_secrets(world, world.drive.client_secrets(client["id"]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_web_client_with_an_address_on_this_computer_works(world: DriveWorld) -> None:
    own = f"http://localhost:{free_port()}/back"
    web_client(world, "https://photos.example.com/back", own)
    result = by_browser(world)
    assert result.code == 0, result.err
    assert token_of(world)["refresh_token"]


def test_a_web_client_without_one_is_told_what_to_do(world: DriveWorld) -> None:
    web_client(world, "https://photos.example.com/back")
    result = by_browser(world)
    assert result.code == 2
    assert "Desktop app" in result.err


def test_a_web_client_without_one_can_paste_the_address(world: DriveWorld) -> None:
    web_client(world, "https://photos.example.com/back")
    terminal = Terminal(world, "-a", "-p", "drive", "--headless")
    url = terminal.shows(r"\n  (http\S+)\n")[1]
    terminal.shows("address: ")
    terminal.type(answer_of(world, url) + "\n")
    assert terminal.ends() == 0, terminal.text


def test_a_port_that_is_taken_is_told(world: DriveWorld) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        web_client(world, f"http://localhost:{other.getsockname()[1]}/")
        result = by_browser(world)
    assert result.code == 2
    assert "--headless" in result.err


# -- by a pasted address
# -------------------------------------------------------------------


def test_signing_in_by_a_pasted_address(world: DriveWorld) -> None:
    put_secrets(world)
    terminal = Terminal(world, "-a", "-p", "drive", "--headless")
    url = terminal.shows(r"\n  (http\S+)\n")[1]
    terminal.shows("address: ")
    terminal.type(f"  {answer_of(world, url)}  \n")
    assert terminal.ends() == 0, terminal.text
    assert f"Drive: signed in as {world.drive.account}" in terminal.text
    assert token_of(world)["refresh_token"]


def paste_wrong_state(answer: str) -> str:
    return re.sub(r"state=[^&]+", "state=guessed", answer) + "\n"


def paste_the_answer_without_state(answer: str) -> str:
    return re.sub(r"state=[^&]+&?", "", answer) + "\n"


def paste_nonsense(_: str) -> str:
    return "hello\n"


def end_the_input(_: str) -> str:
    return "\x04"


@pytest.mark.parametrize(
    "typed",
    [
        paste_wrong_state,
        paste_the_answer_without_state,
        paste_nonsense,
        end_the_input,
    ],
)
def test_what_does_not_belong_to_this_sign_in_is_refused(
    world: DriveWorld, typed: Any
) -> None:
    put_secrets(world)
    terminal = Terminal(world, "-a", "-p", "drive", "--headless")
    url = terminal.shows(r"\n  (http\S+)\n")[1]
    terminal.shows("address: ")
    terminal.type(typed(answer_of(world, url)))
    assert terminal.ends() == 3, terminal.text
    assert "run photosync -a" in terminal.text
    assert not signed_in(world)
    # The keys were looked at, and no code was turned in.
    assert world.drive.calls["oauth.token"] == 1


def test_a_refusal_can_be_pasted_too(world: DriveWorld) -> None:
    put_secrets(world)
    terminal = Terminal(world, "-a", "-p", "drive", "--headless")
    url = terminal.shows(r"\n  (http\S+)\n")[1]
    world.drive.sign_in.consent = "deny"
    answer = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
    terminal.shows("address: ")
    terminal.type(answer + "\n")
    assert terminal.ends() == 3
    assert "Google gave no access (access_denied)" in terminal.text


def test_without_a_terminal_nobody_is_waited_for(world: DriveWorld) -> None:
    put_secrets(world)
    result = world.run("-a", "-p", "drive", "--headless")
    assert result.code == 3
    assert "run this in a terminal" in result.err


# -- by a code typed on another device
# -----------------------------------------------------


def limited_client(world: DriveWorld) -> None:
    world.drive.sign_in.device_interval = 1
    client = world.drive.grants.add_client("device", ())
    content = world.drive.client_secrets(client["id"])
    del content["installed"]["redirect_uris"]
    put_secrets(world, content)


@pytest.mark.parametrize("decision", ["approve", "deny"])
def test_signing_in_by_a_code_typed_on_another_device(
    world: DriveWorld, decision: str
) -> None:
    limited_client(world)
    terminal = Terminal(world, "-a", "-p", "drive")
    code = terminal.shows(r"\n  ([A-Z]{4}-[A-Z]{4})\n")[1]
    assert "https://www.google.com/device" in terminal.text
    world.drive.grants.decide_device(
        code, world.drive.account, approve=decision == "approve"
    )
    assert terminal.ends() == (0 if decision == "approve" else 3), terminal.text
    assert signed_in(world) == (decision == "approve")
    if decision == "approve":
        world.here("Zoo/a.jpg")
        assert world.run("-d", world.local).code == 0
    else:
        assert "Google gave no access (access_denied)" in terminal.text


def test_a_code_that_is_not_typed_at_once_is_waited_for(world: DriveWorld) -> None:
    limited_client(world)
    world.drive.plan(
        Fault("oauth.token", "status", status=428, reason="authorization_pending")
    )
    world.drive.sign_in.consent = "approve"
    result = world.run("-a", "-p", "drive", "--headless")
    assert result.code == 0, result.err
    assert world.drive.calls["oauth.token"] == 2


def test_a_code_never_gives_the_whole_drive(world: DriveWorld) -> None:
    limited_client(world)
    result = world.run("-a", "-p", "drive", "--drive-scope", "full")
    assert result.code == 3
    assert "--drive-scope file" in result.err
