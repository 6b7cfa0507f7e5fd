"""Signing in to Flickr with the command itself, by browser and by a typed code."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from harness.flickr_world import FlickrWorld
from harness.pseudo_terminal import pseudo_terminal
from harness.worlds import Result

from photosync.emulators.flickr import Fault, FlickrEmulator

BROWSER = f"""\
#!{sys.executable}
import sys, urllib.request
reply = urllib.request.urlopen(sys.argv[1], timeout=30)
reply.read()
"""
CODE = re.compile(r"\d{3}-\d{3}-\d{3}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlickrWorld]:
    with FlickrEmulator(tmp_path / "flickr") as flickr:
        flickr.sign_in.consent = "approve"
        world = FlickrWorld(tmp_path, flickr)
        world.local.mkdir()
        world.home.mkdir()
        write_keys(world)
        yield world


def write_keys(world: FlickrWorld, secret: str = "", key: str = "") -> None:
    known = world.flickr.client_secrets()
    part = {"api_key": key or known["key"], "api_secret": secret or known["secret"]}
    (world.home / "client_secrets.json").write_text(json.dumps({"flickr": part}))


def browser(world: FlickrWorld, script: str = BROWSER) -> dict[str, str]:
    """An environment whose browser is a script that answers the page at once."""
    path = world.top / "browser"
    path.write_text(script)
    path.chmod(0o755)
    return {"BROWSER": f"{path} %s &"}


def by_browser(world: FlickrWorld, *argv: str) -> Result:
    return world.run("-a", "-p", "flickr", *argv, env=browser(world))


def at_a_terminal(
    world: FlickrWorld,
    *argv: str,
    code: str = "",
    change: Callable[[str], str] = str,
) -> tuple[int, str]:
    """Sign in at a terminal, typing `code` or what the page at the shown address shows,
    changed.
    """
    env = {n: v for n, v in os.environ.items() if not n.startswith("PHOTOSYNC_")}
    with (
        pseudo_terminal() as terminal,
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "photosync",
                "-a",
                "-p",
                "flickr",
                "--headless",
                *argv,
            ],
            env=env | world.environment() | {"TERM": "dumb"},
            cwd="/",
            stdin=terminal.theirs,
            stdout=terminal.theirs,
            stderr=terminal.theirs,
            start_new_session=True,
        ) as process,
    ):
        # A wrong key ends it before anything is asked.
        while process.poll() is None:
            asked = re.search(r"(http://\S+)[\s\S]*code: $", terminal.see())
            if asked:
                page = requests.get(asked[1], timeout=10)
                shown = CODE.search(page.text)
                typed = change(code or (shown and shown[0]) or "1")
                terminal.type(f"{typed}\n")
                break
            time.sleep(0.05)
    return process.returncode, terminal.see()


def tokens(world: FlickrWorld) -> str:
    path = world.home / "tokens.json"
    return path.read_text() if path.exists() else ""


def test_signing_in_by_browser_makes_the_command_work(world: FlickrWorld) -> None:
    result = by_browser(world)
    assert (result.code, result.err) == (0, "")
    assert "Flickr: signed in as anna" in result.out
    assert stat.S_IMODE((world.home / "tokens.json").stat().st_mode) == 0o600
    world.here("Rome/a.jpg")
    assert world.run("-d", world.local, "-m", "sync").code == 0
    assert list(world.photos()) == ["Rome/a.jpg"]
    photo = world.flickr.web.everything()[0]["id"]
    world.flickr.web.delete(photo)


@pytest.mark.parametrize("field", ["user_nsid", "oauth_token", "api_key"])
def test_a_token_that_an_editor_spoilt_is_no_sign_in(
    world: FlickrWorld, field: str
) -> None:
    assert by_browser(world).code == 0
    path = world.home / "tokens.json"
    content = json.loads(path.read_text())
    (token,) = content["flickr"]["accounts"].values()
    del token[field]
    path.write_text(json.dumps(content))
    ended = world.run("-d", world.local, "-p", "flickr", "-m", "sync")
    assert ended.code == 3
    assert "not signed in to Flickr; run photosync -a -p flickr" in ended.err
    assert "unforeseen" not in ended.err
    assert by_browser(world).code == 0
    assert world.run("-d", world.local, "-p", "flickr", "-m", "sync").code == 0


def test_the_token_may_delete(world: FlickrWorld) -> None:
    assert by_browser(world).code == 0
    world.flickr.web.album("Rome", [world.flickr.web.photo("a.jpg")])
    arguments = ("--allowDelete", "remote", "--max-delete", "100%", "-m", "syncUpload")
    world.here("other/b.jpg")
    assert world.run("-d", world.local, *arguments).code == 0
    assert list(world.albums()) == ["other"]


def test_signing_in_with_a_typed_code(world: FlickrWorld) -> None:
    code, said = at_a_terminal(world)
    assert code == 0, said
    assert "Flickr: signed in as anna" in said
    assert json.loads(tokens(world))["flickr"]["account"] == "anna"


def test_the_kind_of_account_is_told_at_sign_in(world: FlickrWorld) -> None:
    world.flickr.web.change_account(pro=0)
    result = by_browser(world)
    assert "a free account" in result.out
    assert "50 of them if they are not public" in result.out


@pytest.mark.parametrize("headless", [True, False])
def test_a_wrong_secret_is_explained_and_can_be_put_right(
    world: FlickrWorld, *, headless: bool
) -> None:
    write_keys(world, secret="0123456789abcdef")
    if headless:
        code, said = at_a_terminal(world)
    else:
        result = by_browser(world)
        code, said = result.code, result.err
    assert code == 3
    where = f"flickr.api_secret in {world.home}/client_secrets.json"
    # In a terminal it is broken between words.
    told = " ".join(said.split())
    assert f"Flickr does not take the API secret ({where})" in told
    # Nobody was sent to the browser for it.
    assert "authorize" not in said
    assert tokens(world) == ""
    write_keys(world)
    assert by_browser(world).code == 0


def test_an_unknown_key_is_explained(world: FlickrWorld) -> None:
    write_keys(world, key="0" * 32)
    result = by_browser(world)
    assert result.code == 3
    where = f"flickr.api_key in {world.home}/client_secrets.json"
    assert f"Flickr does not know the API key ({where})" in result.err


def test_a_wrong_key_in_the_environment_is_named_by_its_variable(
    world: FlickrWorld,
) -> None:
    named = {"PHOTOSYNC_FLICKR_SECRET": "0123456789abcdef"}
    result = world.run("-a", "-p", "flickr", env=browser(world) | named)
    assert "Flickr does not take the API secret (PHOTOSYNC_FLICKR_SECRET)" in result.err


def test_a_key_that_was_pasted_with_a_line_break_is_that_key(
    world: FlickrWorld,
) -> None:
    known = world.flickr.client_secrets()
    write_keys(world, key=f"{known['key']}\n", secret=f" {known['secret']}")
    assert by_browser(world).code == 0


def test_a_missing_key_is_explained_step_by_step(world: FlickrWorld) -> None:
    (world.home / "client_secrets.json").unlink()
    result = by_browser(world)
    assert result.code == 2
    assert "https://www.flickr.com/services/apps/create/" in result.err
    assert "new keys to Pro accounts only" in result.err
    assert "\\n" not in result.err


def test_a_missing_key_does_not_keep_from_the_other_service(
    world: FlickrWorld,
) -> None:
    (world.home / "client_secrets.json").unlink()
    result = world.run("-a", "-p", "both")
    assert result.code == 2
    assert "There is no key for Flickr yet.\n" in result.out
    assert "https://console.cloud.google.com" in result.err
    assert "\\n" not in result.out + result.err


def test_the_environment_names_a_key(world: FlickrWorld) -> None:
    (world.home / "client_secrets.json").unlink()
    key = world.flickr.client_secrets()
    named = {
        "PHOTOSYNC_FLICKR_KEY": key["key"],
        "PHOTOSYNC_FLICKR_SECRET": key["secret"],
    }
    result = world.run("-a", "-p", "flickr", env=browser(world) | named)
    assert (result.code, result.err) == (0, "")


def test_a_refused_consent_is_explained_and_can_be_repeated(world: FlickrWorld) -> None:
    world.flickr.sign_in.consent = "deny"
    world.flickr.sign_in.deny_calls_back = True
    result = by_browser(world)
    assert result.code == 3
    assert "Flickr gave no access; run photosync -a -p flickr again" in result.err
    code, said = at_a_terminal(world, code="123-456-789")
    assert code == 3
    assert "Flickr gave no access" in said
    world.flickr.sign_in.consent = "approve"
    assert by_browser(world).code == 0


def test_a_wrong_code_is_explained(world: FlickrWorld) -> None:
    code, said = at_a_terminal(world, code="000-000-000")
    assert code == 3
    assert "the code was not right" in said
    assert at_a_terminal(world)[0] == 0


def test_a_code_may_be_typed_without_its_hyphens(world: FlickrWorld) -> None:
    code, said = at_a_terminal(world, change=lambda code: code.replace("-", ""))
    assert code == 0, said


def test_flickrs_own_words_about_a_refused_key_are_told(world: FlickrWorld) -> None:
    world.sign_in()
    world.flickr.plan(Fault("test.login", "fail", None, code=100))
    result = world.run("--check", "-p", "flickr")
    assert result.code == 1
    assert "(Invalid API Key (Key has invalid format))" in result.out
    assert "https://www.flickr.com/services/apps/by/me" in result.out


def test_a_sign_in_that_took_too_long_is_explained(world: FlickrWorld) -> None:
    world.flickr.sign_in.consent = "page"
    world.flickr.plan(
        Fault("oauth.access_token", "status", status=401, reason="token_expired"),
    )
    code, said = at_a_terminal(world, code="123-456-789")
    assert code == 3
    assert "the sign-in took too long" in said


def test_a_request_token_that_expired_is_explained(world: FlickrWorld) -> None:
    world.flickr.sign_in.request_token_lifetime = -1
    code, said = at_a_terminal(world, code="123-456-789")
    assert code == 3
    assert (
        "the sign-in took too long; sign in again with photosync -a -p flickr" in said
    )


def test_without_a_terminal_nobody_is_asked(world: FlickrWorld) -> None:
    result = world.run("-a", "-p", "flickr", "--headless")
    assert result.code == 3
    assert "there is no terminal" in result.err


def test_without_a_sign_in_the_remedy_is_named(world: FlickrWorld) -> None:
    result = world.run("-d", world.local, "-p", "flickr")
    assert result.code == 3
    assert "not signed in to Flickr; run photosync -a -p flickr" in result.err


@pytest.mark.parametrize("kind", ["html", "cut_before"])
def test_a_sign_in_that_flickr_does_not_answer_is_an_error_and_no_token(
    world: FlickrWorld, kind: str
) -> None:
    world.flickr.plan(Fault("oauth.request_token", kind, None, status=503))  # type: ignore[arg-type]
    result = by_browser(world)
    assert result.code == 1
    assert result.err.startswith("photosync: ")
    assert "Flickr" in result.err
    assert tokens(world) == ""


def test_check_tells_who_is_signed_in_and_what_is_left(world: FlickrWorld) -> None:
    world.sign_in()
    result = world.run("--check", "-p", "flickr")
    assert result.code == 0
    told = result.out
    assert "\nFlickr   anna                     signed in, works\n" in told
    assert (
        f"  account                  a Pro account ({world.flickr.web.nsid})\n" in told
    )
    assert (
        "  limits                   photos up to 209.7 MB, videos up to 1.1 GB\n"
        in told
    )
    assert re.search(r"calls left +3,59\d in this hour\n", told)


def test_check_tells_of_a_free_account(world: FlickrWorld) -> None:
    world.sign_in()
    world.flickr.web.change_account(pro=0)
    assert "a free account" in world.run("--check", "-p", "flickr").out


@pytest.mark.parametrize("revoked", ["code", "oauth"])
def test_check_tells_that_a_token_was_withdrawn(
    world: FlickrWorld, revoked: str
) -> None:
    world.sign_in()
    world.flickr.settings.revoked_token = revoked  # type: ignore[assignment]
    world.flickr.grants.revoke_everything()
    result = world.run("--check", "-p", "flickr")
    assert result.code == 3
    assert "sign in again with photosync -a -p flickr" in result.out
    ran = world.run("-d", world.local, "-p", "flickr")
    assert ran.code == 3
    assert "sign in again with photosync -a -p flickr" in ran.err


def test_a_token_that_covers_too_little_is_explained(world: FlickrWorld) -> None:
    world.sign_in("read")
    world.here("Rome/a.jpg")
    result = world.run("-d", world.local, "-p", "flickr")
    assert result.code == 3
    assert "the sign-in covers too little" in result.err + result.out


def test_signing_out_forgets_the_token_and_says_what_is_left_to_do(
    world: FlickrWorld,
) -> None:
    world.sign_in()
    result = world.run("--sign-out", "-p", "flickr")
    assert result.code == 0
    page = "https://www.flickr.com/services/auth/list.gne"
    told = (
        f"Flickr: anna is signed out here; withdraw the permission there, too: {page}\n"
    )
    assert result.out == told
    assert json.loads(tokens(world)) == {}
    again = world.run("--sign-out", "-p", "flickr")
    assert (again.code, "nobody is signed in" in again.out) == (0, True)


def test_no_secret_is_ever_said_or_logged(world: FlickrWorld) -> None:
    log = world.top / "log"
    said = by_browser(world, "--log", str(log), "-v")
    code, typed = at_a_terminal(world, "--log", str(log), "-v")
    assert (said.code, code) == (0, 0)
    world.here("Rome/a.jpg")
    world.flickr.plan(Fault("upload", "status", status=401, reason="nonce_used"))
    ran = world.run("-d", world.local, "-p", "flickr", "--log", str(log), "-v")
    checked = world.run("--check", "--log", str(log), "-v")
    everything = log.read_text() + typed
    everything += "".join(one.out + one.err for one in (said, ran, checked))
    token = json.loads(tokens(world))["flickr"]["accounts"]["anna"]
    secrets = (token["oauth_token"], token["oauth_token_secret"], token["api_secret"])
    assert ran.code == 0
    assert not [secret for secret in secrets if secret in everything]
    assert "oauth_verifier" not in everything
    assert "oauth_signature" not in everything
