"""The page of --review answers the browser that opened it, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.reviewing import Answer, Visitor, review
from harness.three_sides import Ended, World, picture, world_of

Attack = Callable[[Visitor], Answer]
ORDER = {"steps": [0], "choices": {}, "purges": [], "trash": []}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "folder") as made:
        made.local.add("Rome/a.jpg", picture("a"))
        yield made


def reviewed(world: World, act: Callable[[Visitor], None], *argv: str) -> Ended:
    """A review that somebody looks at; unharmed in the end if `act` only attacks."""

    def person(address: str) -> None:
        visitor = Visitor(address)
        visitor.enter()
        act(visitor)
        visitor.leave()

    return review(world.ready(*argv), person)


def apply(visitor: Visitor, **headers: str) -> Answer:
    return visitor.post("apply", ORDER, **headers)


def ask_elsewhere(visitor: Visitor, path: str, **headers: str) -> Answer:
    return visitor.ask("GET", path, headers=headers)


def forget_cookie(visitor: Visitor, path: str = "") -> Answer:
    stranger = Visitor(visitor.origin + visitor.key)
    return stranger.ask("GET", visitor.place + path)


ATTACKS: dict[str, Attack] = {
    "a form of another page": lambda one: apply(
        one, Content_Type="application/x-www-form-urlencoded"
    ),
    "another origin": lambda one: apply(one, Origin="https://evil.example"),
    "another port": lambda one: apply(one, Origin="http://127.0.0.1:1"),
    "no origin": lambda one: apply(one, Origin=""),
    "another site": lambda one: apply(one, Sec_Fetch_Site="cross-site"),
    "no token": lambda one: apply(one, X_Photosync_Token=""),
    "a price without a token": lambda one: one.post(
        "price", ORDER, X_Photosync_Token=""
    ),
    "another token": lambda one: apply(one, X_Photosync_Token=one.key),
    "a name that leads here": lambda one: apply(
        one, Host=f"evil.example:{one.port}", Origin=f"http://evil.example:{one.port}"
    ),
    "looking by a name": lambda one: ask_elsewhere(one, one.place, Host="evil.example"),
    "another cookie": lambda one: ask_elsewhere(
        one, one.place, Cookie="photosync-review=x"
    ),
    "no cookie": forget_cookie,
    "no cookie, a picture": lambda one: forget_cookie(one, "pictures/0/before"),
    "the key once more": lambda one: ask_elsewhere(one, one.key),
    "a wrong key": lambda one: ask_elsewhere(one, one.key[:-1] + "-"),
    "no key": lambda one: ask_elsewhere(one, "/"),
    "a path upwards": lambda one: ask_elsewhere(one, f"{one.place}../../etc/passwd"),
    "another method": lambda one: one.ask("DELETE", one.place),
    "an order in an address": lambda one: ask_elsewhere(one, f"{one.place}apply"),
}


def test_nobody_else_gets_an_answer(world: World) -> None:
    answers: dict[str, int] = {}

    def act(visitor: Visitor) -> None:
        for name, attack in ATTACKS.items():
            answer = attack(visitor)
            answers[name] = answer.status
            assert visitor.token not in answer.text
            assert "Rome" not in answer.text
        assert visitor.state()["phase"] == "looking"

    assert reviewed(world, act).code == 0
    wrong = {name for name, status in answers.items() if status not in {403, 404, 405}}
    assert wrong == set()
    assert world.remotes[0].photos() == {}


@pytest.mark.parametrize(
    "order",
    [
        None,
        [],
        {"steps": [0]},
        ORDER | {"steps": [7]},
        ORDER | {"steps": [-1]},
        ORDER | {"steps": ["x"]},
        ORDER | {"steps": [[0]]},
        ORDER | {"choices": {"0": "everything"}},
        ORDER | {"choices": []},
        ORDER | {"purges": [0]},
    ],
)
def test_what_is_no_selection_is_refused(world: World, order: object) -> None:
    def act(visitor: Visitor) -> None:
        assert visitor.post("apply", order).status == 400

    assert reviewed(world, act).code == 0
    assert world.remotes[0].photos() == {}


def test_the_page_may_load_nothing_from_elsewhere(world: World) -> None:
    def act(visitor: Visitor) -> None:
        for path in ("", "state", "pictures/0/before", "pictures/9/after", "none"):
            answer = visitor.ask("GET", visitor.place + path)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
        page = visitor.page().text
        assert " on" + "click" not in page
        assert "http" not in page.replace("http-equiv", "")

    assert reviewed(world, act).code == 0


def test_nothing_of_the_address_is_logged(world: World) -> None:
    keys: list[str] = []

    def act(visitor: Visitor) -> None:
        keys.extend((visitor.key, visitor.place, visitor.token, visitor.cookie))

    ended = reviewed(world, act)
    assert not [key for key in keys if key.strip("/") in ended.log]
