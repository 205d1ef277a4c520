"""Every page in a real browser: light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from mkdocs.config import load_config
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from site_pages import addresses

ROOT = Path(__file__).parent.parent.parent
NAVIGATION = load_config(str(ROOT / "mkdocs.yml")).nav
PAGES = sorted(
    uri.replace("README.md", "index.md").removesuffix(".md") for uri in addresses(NAVIGATION)
)
SCHEMES = {"light": "default", "dark": "slate"}
WIDTHS = {"wide": 1280, "narrow": 390}
SLACK = 1.0
"""Pixels by which a browser's rounding may be off."""
LEGIBLE = 9
"""Pixels that a line of text needs in height."""

TEXTS = """
() => [...document.querySelectorAll("svg[role=img]")].map(
    figure => [...figure.querySelectorAll("text")].map(text => {
        const {left, right, top, bottom} = text.getBoundingClientRect();
        return {text: text.textContent, left, right, top, bottom};
    }))
"""
VALUES = """
() => [...document.querySelectorAll("svg .dg-value")].map(value => {
    const [text, box] = ["text", "rect, polygon, path"].map(
        part => value.querySelector(part).getBoundingClientRect());
    return {
        text: value.querySelector("text").textContent,
        out: Math.max(box.left - text.left, text.right - box.right,
                      box.top - text.top, text.bottom - box.bottom),
    };
})
"""


@dataclass
class Visit:
    """A page, as it was opened."""

    page: Page
    name: str
    scheme: str
    width: int
    troubles: list[str]
    """What the browser complained of, and requests that failed or went to another host."""


def watch(page: Page, address: str) -> list[str]:
    """The list to which the page's troubles will be added."""
    troubles: list[str] = []

    def on_request(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            troubles.append(f"asked for {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            troubles.append(f"console: {message.text}")

    page.on("request", on_request)
    page.on("requestfailed", lambda request: troubles.append(f"did not get {request.url}"))
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on("console", on_console)
    return troubles


# One group for each page, so that a worker opens it once for all tests of it.
@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in PAGES],
)
def name(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module", params=SCHEMES)
def scheme(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module", params=WIDTHS)
def width(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module")
def visit(browser: Browser, address: str, name: str, scheme: Any, width: str) -> Iterator[Visit]:
    page = browser.new_page(color_scheme=scheme, viewport={"width": WIDTHS[width], "height": 900})
    troubles = watch(page, address)
    page.goto(f"{address}{name}.html", wait_until="networkidle")
    picture = f"{name.replace('/', '-')}-{scheme}-{width}.png"
    page.screenshot(path=ROOT / "screenshots" / picture, full_page=True)
    yield Visit(page, name, scheme, WIDTHS[width], troubles)
    page.close()


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    along = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > SLACK and along > SLACK


def test_loads_without_trouble(visit: Visit) -> None:
    assert visit.troubles == []


def test_has_the_colours_that_the_reader_prefers(visit: Visit) -> None:
    body = visit.page.locator("body")
    assert body.get_attribute("data-md-color-scheme") == SCHEMES[visit.scheme]


def test_fits_the_window(visit: Visit) -> None:
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= visit.width


def test_has_figures_where_it_should(visit: Visit) -> None:
    figures = visit.page.locator("svg[role=img]").count()
    assert figures or not visit.name.startswith(("index", "guide/"))


def test_values_lie_in_their_boxes(visit: Visit) -> None:
    assert [value for value in visit.page.evaluate(VALUES) if value["out"] > SLACK] == []


def test_texts_are_large_enough_to_read(visit: Visit) -> None:
    texts = [text for texts in visit.page.evaluate(TEXTS) for text in texts]
    # Far down a page, places are told to a thousandth of a pixel.
    small = [text for text in texts if round(text["bottom"] - text["top"], 2) < LEGIBLE]
    assert small == []


def test_texts_of_a_figure_do_not_overlap(visit: Visit) -> None:
    for texts in visit.page.evaluate(TEXTS):
        assert texts
        pairs = combinations(texts, 2)
        assert [(one["text"], other["text"]) for one, other in pairs if overlap(one, other)] == []


def test_is_accessible(visit: Visit) -> None:
    violations = Axe().run(visit.page).response["violations"]
    assert [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ] == []
