"""The page of --report in a browser: pictures, filters, nothing from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.browser import Page, a_page
from harness.three_sides import WHEN, World, picture, world_of

HOSTILE = ("<script>document.title = 'owned'<script>", '"><img src=x onerror=alert(1)>')
SHOTS = os.environ.get("TESTS_SCREENSHOTS", "")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with a_page() as opened:
        yield opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A library with all kinds of changes, and titles that want to be code."""
    with world_of(tmp_path_factory.mktemp("page"), "folder", "drive") as made:
        for number in range(6):
            made.local.add(f"Rome/{number}.jpg", picture(f"{number}"), WHEN)
        assert made.sync().code == 0
        made.local.edit("Rome/0.jpg", picture("edited here"))
        made.local.delete("Rome/1.jpg")
        made.remotes[0].edit("Rome/2.jpg", picture("edited there"))
        made.local.edit("Rome/3.jpg", picture("one"))
        made.remotes[0].edit("Rome/3.jpg", picture("other"))
        made.local.add("Bari & <b>Lecce/new.jpg", picture("new"))
        made.remotes[1].add("Oslo/there.jpg", picture("there"))
        for number, title in enumerate(HOSTILE):
            made.local.add(f"{title.replace('/', '')}/{number}.jpg", picture(title))
        yield made


@pytest.fixture(scope="module")
def looked(world: World) -> Path:
    file = world.top / "looked.html"
    assert world.sync("--test", "--report", str(file)).code == 0
    return file


def shown(page: Page) -> list[str]:
    names = page.ask(
        "[...document.querySelectorAll('.card:not([hidden]) .name')]"
        ".map(one => one.textContent)"
    )
    return sorted(names)


def test_the_page_shows_each_step_and_asks_nobody_for_anything(
    page: Page, looked: Path
) -> None:
    page.requests.clear()
    page.complaints.clear()
    page.open(looked.as_uri())
    elsewhere = [url for url in page.requests if not url.startswith("data:")]
    assert elsewhere == [looked.as_uri()]
    assert page.complaints == []
    names = shown(page)
    assert "Rome/0.jpg" in names
    assert "Bari & <b>Lecce/new.jpg" in names
    # Titles stay text.
    assert page.ask("document.title").startswith("photosync: what would be done")
    assert any("<script>" in name for name in names)
    assert any("onerror" in name for name in names)
    assert page.ask("document.querySelectorAll('img:not([src^=data])').length") == 0


def test_small_pictures_are_loaded(page: Page, looked: Path) -> None:
    page.open(looked.as_uri())
    sizes = page.ask(
        "Promise.all([...document.images].map(async image => {"
        "image.loading = 'eager'; await image.decode(); return image.naturalWidth}))"
    )
    assert len(sizes) > 6
    assert min(sizes) > 0


def choose(page: Page, name: str, value: str) -> None:
    """Choose a value of one filter, and all of the others."""
    page.ask(
        "document.querySelectorAll('[data-filter]').forEach(one => {"
        f"one.value = one.dataset.filter === {name!r} ? {value!r} : '';"
        "one.dispatchEvent(new Event('change'))})"
    )


def test_filters_hide_what_does_not_fit(page: Page, looked: Path) -> None:
    page.open(looked.as_uri())
    everything = shown(page)
    choose(page, "album", "Oslo")
    assert set(shown(page)) == {"Oslo/there.jpg"}
    assert page.ask("document.getElementById('shown').textContent") == str(
        len(shown(page))
    )
    choose(page, "action", "delete")
    assert set(shown(page)) == {"Rome/1.jpg"}
    choose(page, "service", "Drive")
    assert 0 < len(shown(page)) < len(everything)
    choose(page, "", "")
    assert shown(page) == everything


@pytest.mark.parametrize(
    ("width", "scheme"), [(1200, "light"), (1200, "dark"), (390, "light")]
)
def test_it_fits_the_window(page: Page, looked: Path, width: int, scheme: str) -> None:
    page.open(looked.as_uri(), width=width, scheme=scheme)
    assert page.ask("document.documentElement.scrollWidth") <= width
    ink, paper = page.ask(
        "['color', 'backgroundColor'].map("
        "name => Number(getComputedStyle(document.body)[name].match(/[0-9]+/)[0]))"
    )
    assert (ink < paper) is (scheme == "light")
    if SHOTS:
        page.photograph(Path(SHOTS) / f"report-{width}-{scheme}.png")


def test_after_a_run_both_versions_stand_side_by_side(page: Page, world: World) -> None:
    file = world.top / "done.html"
    assert world.sync("--report", str(file)).code == 0
    page.open(file.as_uri())
    pictures = page.ask(
        "[...document.querySelectorAll('.card')].filter(card =>"
        " card.querySelector('.name').textContent === 'Rome/2.jpg'"
        " && card.dataset.action === 'replace')"
        ".map(card => new Set([...card.querySelectorAll('img')].map(i => i.src)).size)"
    )
    assert 2 in pictures
    results = page.ask(
        "[...new Set([...document.querySelectorAll('.card')].map(c => c.dataset.result))]"
    )
    assert set(results) == {"done", "left alone"}
