"""The pages that the build writes, or fills: the reference, the gallery, how the site is made."""

from __future__ import annotations

import inspect
from pathlib import Path

import keras
import pytest
from bs4 import BeautifulSoup
from mkdocs.config import load_config

from site_pages import addresses

pytestmark = pytest.mark.xdist_group("site")

ROOT = Path(__file__).parents[2]
LAYERS = [
    "SimpleRNN",
    "LSTM",
    "GRU",
    "RNN",
    "Bidirectional",
    "TimeDistributed",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "SimpleRNNCell",
    "LSTMCell",
    "GRUCell",
    "StackedRNNCells",
]


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def rows(page: BeautifulSoup, head: str) -> list[list[str]]:
    """The cells of the table with this first column."""
    (table,) = (one for one in page.select("table") if one.th and one.th.text == head)
    return [[cell.text for cell in row.select("td")] for row in table.select("tbody tr")]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_a_page_with_all_its_arguments(site: Path, name: str) -> None:
    page = soup(site / "reference" / f"{name.lower()}.html")
    signature = inspect.signature(getattr(keras.layers, name).__init__).parameters
    named = [cells[0] for cells in rows(page, "argument")]
    assert named == [one for one in signature if one not in ("self", "kwargs")]
    assert page.select("figure.dg-figure svg")


def test_a_shape_in_the_reference_is_the_one_that_keras_returns(site: Path) -> None:
    arguments = {cells[0]: cells for cells in rows(soup(site / "reference/lstm.html"), "argument")}
    assert arguments["return_sequences"][-2:] == ["(1, 3, 4)", "112"]
    assert arguments["return_state"][-2:] == ["(1, 4), (1, 4), (1, 4)", "112"]
    assert arguments["use_bias"][-2:] == ["(1, 4)", "96"]
    assert arguments["units"][1] == "required"


def test_the_gallery_shows_every_figure(site: Path) -> None:
    cards = soup(site / "reference" / "gallery.html").select("ul.gallery li")
    shown = [str(link["href"]).partition("#")[0] for card in cards for link in card.select("a")]
    pages = {
        path.relative_to(site).as_posix(): len(soup(path).select("figure.dg-figure"))
        for path in site.rglob("*.html")
    }
    pages = {name: figures for name, figures in pages.items() if figures}
    counted = dict.fromkeys(pages, 0)
    for address in shown:
        path = (site / "reference" / address).resolve()
        counted[path.relative_to(site.resolve()).as_posix()] += 1
    assert counted == pages
    assert all(card.img and card.img["alt"] and card.span and card.span.text for card in cards)


def test_the_made_page_counts_every_page(site: Path) -> None:
    counted = rows(soup(site / "reference" / "made.html"), "page")
    *pages, total = [[int(cell) for cell in cells[1:]] for cells in counted]
    names = list(addresses(load_config(str(ROOT / "mkdocs.yml")).nav))
    assert len(pages) == len(names)
    assert total == [sum(column) for column in zip(*pages, strict=True)]
    figures = soup(site / "guide" / "stacking.html").select("figure.dg-figure")
    assert pages[names.index("guide/stacking.md")][1] == len(figures)


def test_the_made_page_names_the_versions(site: Path) -> None:
    versions = dict(rows(soup(site / "reference" / "made.html"), ""))
    assert versions["keras"] == keras.__version__
    assert {"python", "tensorflow", "numpy", "mkdocs", "diagramgen"} <= set(versions)
