"""What the built site holds, read without a browser."""

from __future__ import annotations

import ast
import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

pytestmark = pytest.mark.xdist_group("site")

LOADED = {"audio", "embed", "iframe", "image", "img", "link", "script", "source", "use", "video"}
ADDRESSES = ("src", "href", "xlink:href", "srcset", "data")


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "html.parser")


def loaded(page: BeautifulSoup) -> list[str]:
    """The addresses of all that a browser fetches to show a page."""
    tags = [tag for tag in page.find_all(LOADED) if tag.get("rel") != ["canonical"]]
    return [str(tag[name]) for tag in tags for name in ADDRESSES if name in tag.attrs]


def test_nothing_comes_from_another_host(site: Path) -> None:
    pages = {path: loaded(soup(path)) for path in site.rglob("*.html")}
    assert any("bundle" in url for urls in pages.values() for url in urls)
    hosts = {url for urls in pages.values() for url in urls if urlsplit(url).netloc}
    assert hosts == set()


def test_styles_load_nothing_from_another_host(site: Path) -> None:
    styles = [path.read_text() for path in site.rglob("*.css")]
    assert any("dg-" in style for style in styles)
    pattern = r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')]+)"""
    assert [url for style in styles for url in re.findall(pattern, style)] == []


def test_pages_are_relative_to_themselves(site: Path) -> None:
    pages = [path for path in site.rglob("*.html") if path.name != "404.html"]
    absolute = [url for path in pages for url in loaded(soup(path)) if url.startswith("/")]
    assert absolute == []


def test_unknown_address_gets_a_page_with_its_styles(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{address}guide/deep/down")
    assert caught.value.code == 404
    page = BeautifulSoup(caught.value.read(), "html.parser")
    for url in loaded(page):
        with urllib.request.urlopen(urljoin(f"{address}guide/deep/down", url)) as response:
            assert response.read()


def test_search_finds_prose_and_no_figures(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text())
    text = " ".join(entry["text"] for entry in index["docs"])
    assert "initial state" in text
    descriptions = [
        description.get_text() for path in site.rglob("*.html") for description in figures(path)
    ]
    assert descriptions
    assert [description for description in descriptions if description in text] == []


def figures(path: Path) -> list[Tag]:
    return list(soup(path).select("svg desc"))


@pytest.mark.parametrize(
    "name", ["single-output", "multiple-output", "time-distributed", "stacking"]
)
def test_drawn_vectors_have_the_size_that_they_claim(site: Path, name: str) -> None:
    vectors = soup(site / "guide" / f"{name}.html").select("svg .dg-vector")
    assert vectors
    for vector in vectors:
        if len(ast.literal_eval(str(vector["data-shape"]))) > 1:  # a picture is told by its shape
            assert vector.get_text().strip() == vector["data-shape"]
            continue
        drawn = len(vector.select(".dg-value"))
        hidden = sum(int(str(gap["data-count"])) for gap in vector.select(".dg-elided"))
        assert vector["data-shape"] == f"({drawn + hidden},)"


@pytest.mark.parametrize(
    "name", ["single-output", "multiple-output", "time-distributed", "stacking"]
)
def test_figures_show_the_shapes_that_keras_was_recorded_with(site: Path, name: str) -> None:
    page = site / "guide" / f"{name}.html"
    compared = 0
    for figure in soup(page).select("figure.dg-figure:has(.dg-vector)"):
        link = figure.select_one(".dg-trace")
        assert link is not None
        blocks = json.loads((page.parent / str(link["href"])).read_text())["blocks"]
        units = {
            call["name"]: call["outputs"][0]["shape"][-1]
            for block in blocks
            for call in block.get("calls", ())
            if call.get("outputs")
        }
        for vector in figure.select(".dg-vector.dg-output"):
            shape = ast.literal_eval(str(vector["data-shape"]))
            assert shape[-1] == units[str(vector["data-layer"])]
            compared += 1
    assert compared


def test_no_program_output_or_placeholder_leaks(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = soup(path).get_text()
        assert "Traceback (most recent call last)" not in text
        assert "{python}" not in text or "authors" in path.parts
