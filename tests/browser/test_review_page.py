"""The page of --review in a browser: ticks, choices, their price, and what is done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.browser import Page, a_page
from harness.reviewing import review
from harness.three_sides import WHEN, World, picture, world_of

HOSTILE = ("<script>document.title = 'owned'<script>", '"><img src=x onerror=alert(1)>')
COSTS = "document.getElementById('costs').textContent"
SHOTS = os.environ.get("TESTS_SCREENSHOTS", "")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with a_page() as opened:
        yield opened


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A library and a disk with news, a conflict, a delete, and titles that want to be
    code.
    """
    with world_of(tmp_path, "folder") as made:
        for number in range(4):
            made.local.add(f"Rome/{number}.jpg", picture(f"{number}"), WHEN)
        assert made.sync().code == 0
        made.local.edit("Rome/0.jpg", picture("mine"))
        made.remotes[0].edit("Rome/0.jpg", picture("theirs"))
        made.local.delete("Rome/1.jpg")
        made.local.edit("Rome/2.jpg", picture("edited here"))
        made.remotes[0].add("Oslo/there.jpg", picture("there"))
        for number in range(3):
            made.local.add(f"Bari/{number}.jpg", picture(f"Bari {number}"))
        for number, title in enumerate(HOSTILE):
            made.local.add(f"{title.replace('/', '')}/{number}.jpg", picture(title))
        yield made


def enter(
    page: Page, address: str, *, width: int = 1200, scheme: str = "light"
) -> None:
    page.requests.clear()
    page.complaints.clear()
    page.open(address, width=width, scheme=scheme)
    page.wait_for("document.getElementById('price')?.textContent")


def click(page: Page, selector: str) -> None:
    page.ask(f"document.querySelector({selector!r}).click()")


def card(name: str) -> str:
    """What finds the card of a photo."""
    is_it = f"one => one.querySelector('.name').textContent === {name!r}"
    return f"[...document.querySelectorAll('.card')].find({is_it})"


def price(page: Page) -> str:
    return str(page.ask("document.getElementById('price').textContent"))


def is_ticked(page: Page, name: str) -> bool:
    return bool(page.ask(f"{card(name)}.querySelector('.tick').checked"))


def finish(page: Page) -> str:
    click(page, "#apply")
    page.wait_for(
        "document.getElementById('told').textContent.includes('can be closed')"
    )
    told = str(page.ask("document.getElementById('told').textContent"))
    click(page, "#leave")
    return told


def test_just_what_is_ticked_is_done(page: Page, world: World) -> None:
    def act(address: str) -> None:
        enter(page, address)
        assert price(page).startswith("8 photos ticked · ")
        button = page.ask("document.getElementById('apply').textContent")
        assert button == "Carry out 8, 1 of them a delete"
        page.wait_for(f"{COSTS}.includes('delete 1 photo; replace 1 photo (')")
        # A whole album, a whole action, and one photo are taken away.
        click(page, "[data-tick-album='Bari']")
        assert price(page).startswith("5 photos ticked · ")
        click(page, "[data-tick-action='delete']")
        page.ask(f"{card('Bari/1.jpg')}.querySelector('.tick').click()")
        page.wait_for(f"{COSTS} && !{COSTS}.includes('delete')")
        assert is_ticked(page, "Bari/1.jpg")
        assert not is_ticked(page, "Bari/0.jpg")
        assert page.ask(
            "document.querySelector('[data-tick-album=Bari]').indeterminate"
        )
        page.ask(f"{card('Rome/0.jpg')}.querySelector('input[value=theirs]').click()")
        assert price(page).startswith("6 photos ticked · ")
        assert finish(page) == (
            "6 done. The terminal says more; this page can be closed."
        )
        assert page.ask(
            f"{card('Bari/1.jpg')}.querySelector('.result').textContent"
        ) == ("done")
        check_alone(page, address)

    ended = review(world.ready(), act)
    assert (ended.code, ended.err) == (0, "")
    there, here = world.remotes[0].photos(), world.local.photos()
    assert "Bari/1.jpg" in there
    assert "Bari/0.jpg" not in there
    assert "Rome/1.jpg" in there
    assert here["Rome/0.jpg"] == picture("theirs")
    assert "Oslo/there.jpg" in here
    assert there["Rome/2.jpg"] == picture("edited here")
    # What was not ticked is still to be done.
    assert world.sync().code == 0
    assert world.remotes[0].photos() == world.local.photos()


def check_alone(page: Page, address: str) -> None:
    """Nothing left the page's own host, titles stayed text, and what was planned is no
    news any more.
    """
    said = page.ask("document.body.innerText")
    assert said.startswith("What was done")
    assert "Nothing was changed" not in said
    assert "Ticked is" not in said
    assert "tick what" not in said
    host = address.rpartition("/")[0]
    asked = [one for one in page.requests if not one.startswith("data:")]
    assert [one for one in asked if not one.startswith(f"{host}/")] == []
    assert page.complaints == []
    assert page.ask("document.title").startswith("photosync: what was done")
    sources = "[...document.images].every(one => one.getAttribute('src').startsWith('pictures/'))"
    assert page.ask(sources)


def test_what_the_filters_show_is_ticked_at_once(page: Page, world: World) -> None:
    def act(address: str) -> None:
        enter(page, address)
        choose = (
            "const one = document.querySelector('[data-filter=album]');"
            "one.value = 'Bari'; one.dispatchEvent(new Event('change', {bubbles: true}))"
        )
        page.ask(choose)
        click(page, "#tick-shown")
        assert price(page).startswith("5 photos ticked · ")
        assert not is_ticked(page, "Bari/0.jpg")
        click(page, "#tick-shown")
        assert price(page).startswith("8 photos ticked · ")
        click(page, "#leave")

    assert review(world.ready(), act).code == 0


def test_closing_the_page_changes_nothing(page: Page, world: World) -> None:
    here, there = world.local.photos(), world.remotes[0].photos()

    def act(address: str) -> None:
        enter(page, address)
        # As if the tab was closed.
        page.open("about:blank")

    ended = review(world.ready(), act)
    assert (ended.code, ended.err) == (0, "")
    assert "nothing was changed" in ended.out
    assert (world.local.photos(), world.remotes[0].photos()) == (here, there)


@pytest.mark.parametrize(
    ("width", "scheme"), [(1200, "light"), (1200, "dark"), (390, "light")]
)
def test_it_fits_the_window(page: Page, world: World, width: int, scheme: str) -> None:
    def act(address: str) -> None:
        enter(page, address, width=width, scheme=scheme)
        page.wait_for(f"document.documentElement.scrollWidth <= {width}")
        sizes = page.ask(
            "Promise.all([...document.images].map(async image => {"
            "image.loading = 'eager'; await image.decode(); return image.naturalWidth}))"
        )
        # What has no small picture is 4 wide.
        assert sizes
        assert not {0, 4} & set(sizes)
        unnamed = page.ask(
            "[...document.querySelectorAll('input, select, button')]"
            ".filter(one => !(one.labels?.length || one.textContent)).length"
        )
        assert unnamed == 0
        if SHOTS:
            page.photograph(Path(SHOTS) / f"review-{width}-{scheme}.png")
        click(page, "#leave")

    assert review(world.ready(), act).code == 0
