from __future__ import annotations

import json
from pathlib import Path

import pytest

from photosync.config.settings import Settings
from photosync.errors import UsageError
from photosync.services import find_places
from photosync.services.auth.session import FILE, Session

TOKEN = {"token": "ya29.a", "refresh_token": "1//b"}


def test_nobody_is_signed_in_at_first(tmp_path: Path) -> None:
    session = Session(tmp_path / "home")
    assert session.services() == []
    assert session.token("drive") is None
    assert session.account("drive") == ""
    assert not (tmp_path / "home").exists()


def test_a_token_is_there_for_the_next_run_and_for_nobody_else(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Session(home).store("drive", "anna@example.com", TOKEN)
    again = Session(home)
    assert again.token("drive") == TOKEN
    assert again.account("drive") == "anna@example.com"
    assert again.services() == ["drive"]
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in home.iterdir()] == [FILE]


def test_a_file_that_others_could_read_is_closed_to_them_when_it_is_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / FILE
    path.write_text("{}")
    path.chmod(0o644)
    Session(tmp_path).store("drive", "anna", TOKEN)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_handed_out_is_a_copy(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.store("drive", "anna", TOKEN)
    given = session.token("drive")
    assert given is not None
    given["token"] = "changed"
    assert session.token("drive") == TOKEN


def test_the_account_signed_in_last_is_in_use_and_the_others_are_kept(
    tmp_path: Path,
) -> None:
    session = Session(tmp_path)
    session.store("drive", "anna", {"token": "a"})
    session.store("drive", "bob", {"token": "b"})
    session.store("flickr", "carl", {"token": "c"})
    assert session.token("drive") == {"token": "b"}
    assert session.services() == ["drive", "flickr"]
    content = json.loads((tmp_path / FILE).read_text())
    assert content["drive"]["accounts"]["anna"] == {"token": "a"}


def test_forgetting_drops_the_account_in_use_alone(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.store("drive", "anna", {"token": "a"})
    session.store("drive", "bob", {"token": "b"})
    session.forget("drive")
    again = Session(tmp_path)
    assert again.token("drive") is None
    assert again.services() == []
    content = json.loads((tmp_path / FILE).read_text())
    assert content == {"drive": {"accounts": {"anna": {"token": "a"}}}}
    again.store("drive", "anna", {"token": "a"})
    again.forget("drive")
    assert json.loads((tmp_path / FILE).read_text()) == {}
    again.forget("drive")


def test_a_renewed_token_does_not_undo_what_another_process_did(tmp_path: Path) -> None:
    Session(tmp_path).store("drive", "anna", {"token": "old"})
    running = Session(tmp_path)
    Session(tmp_path).store("drive", "bob", {"token": "b"})
    running.renew("drive", "anna", {"token": "new"})
    after = Session(tmp_path)
    assert (after.account("drive"), after.token("drive")) == ("bob", {"token": "b"})
    after.forget("drive")
    content = json.loads((tmp_path / FILE).read_text())
    assert content["drive"]["accounts"] == {"anna": {"token": "new"}}


def test_a_renewed_token_does_not_sign_in_who_signed_out_meanwhile(
    tmp_path: Path,
) -> None:
    Session(tmp_path).store("drive", "anna", {"token": "old"})
    running = Session(tmp_path)
    Session(tmp_path).forget("drive")
    running.renew("drive", "anna", {"token": "new"})
    assert Session(tmp_path).token("drive") is None


def test_signing_in_does_not_undo_what_another_process_did(tmp_path: Path) -> None:
    waiting = Session(tmp_path)
    Session(tmp_path).store("flickr", "carl", {"token": "c"})
    waiting.store("drive", "anna", TOKEN)
    assert Session(tmp_path).services() == ["flickr", "drive"]


DAMAGED = [
    "",
    "{",
    "[]",
    "null",
    '{"drive": 1}',
    '{"drive": {}}',
    '{"drive": {"accounts": []}}',
]
DAMAGED += ['{"drive": {"accounts": {"anna": "x"}}}', "\x00\x01"]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_told_of_and_only_set_aside_when_a_new_one_is_written(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / FILE
    path.write_text(content)
    session = Session(tmp_path)
    assert session.warning == (
        f"{path} is damaged and not used; sign in again with photosync -a"
    )
    assert session.token("drive") is None
    assert path.read_text() == content
    session.store("drive", "anna", TOKEN)
    assert session.warning == ""
    assert Session(tmp_path).token("drive") == TOKEN
    (aside,) = tmp_path.glob(f"{FILE}.damaged-*")
    assert aside.read_text() == content


def test_a_file_of_bytes_that_are_no_text_is_damaged_too(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe{}")
    assert Session(tmp_path).warning


def test_a_file_that_cannot_be_read_or_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        Session(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be"):
        Session(tmp_path / "file" / "home").store("drive", "anna", TOKEN)


def test_a_run_without_places_is_about_those_signed_in_to(tmp_path: Path) -> None:
    session = Session(tmp_path)
    assert find_places(Settings(), session) == ()
    session.store("flickr", "me", {"token": "t"})
    assert find_places(Settings(), session) == ("flickr",)
    assert find_places(Settings(scope=("drive",)), session) == ("drive",)
