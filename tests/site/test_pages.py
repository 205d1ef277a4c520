"""Which pages the site has, and what each of them tells of itself."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from mkdocs.config import load_config
from playwright.sync_api import Browser

from glossary import forms
from site_pages import addresses

pytestmark = pytest.mark.xdist_group("site")

ROOT = Path(__file__).parents[2]
NAVIGATION = list(addresses(load_config(str(ROOT / "mkdocs.yml")).nav))
GUIDE = [
    "index",
    "changes",
    "glossary",
    "tags",
    "guide/why-recurrence",
    "guide/single-output",
    "guide/multiple-output",
    "guide/time-distributed",
    "guide/stacking",
    "guide/states",
    "guide/bidirectional",
    "guide/encoder-decoder",
    "guide/masking",
    "guide/stateful",
    "guide/choosing",
    "dimensions/wirings",
    "dimensions/batches-and-time",
    "dimensions/adding-problem",
    "dimensions/word-vectors",
    "nlp/essentials",
    "nlp/core-layers",
    "nlp/convolution",
    "nlp/classifying",
    "nlp/tagging",
    "nlp/attention",
    "reference/simplernn",
    "reference/lstm",
    "reference/gru",
    "reference/rnn",
    "reference/bidirectional",
    "reference/timedistributed",
    "reference/convlstm1d",
    "reference/convlstm2d",
    "reference/convlstm3d",
    "reference/simplernncell",
    "reference/lstmcell",
    "reference/grucell",
    "reference/stackedrnncells",
    "reference/recurrent",
    "reference/wrappers",
    "reference/states-and-masks",
    "reference/other-layers",
    "reference/models",
    "reference/gallery",
    "reference/made",
    "authors/your-own-site",
    "authors/index",
    "authors/command",
    "authors/benchmarks",
]


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def address_of(uri: str) -> str:
    """Where a page of the docs folder is in the site."""
    return uri.replace("README.md", "index.md").replace(".md", ".html")


def content(page: BeautifulSoup, selector: str) -> str:
    tag = page.select_one(selector)
    assert tag is not None, selector
    return str(tag["content"])


@pytest.mark.parametrize("name", GUIDE)
def test_a_page_is_in_the_navigation_and_in_the_site(site: Path, name: str) -> None:
    assert f"{name}.md" in NAVIGATION
    heading = soup(site / f"{name}.html").h1
    assert heading is not None
    assert heading.text


def test_each_page_has_a_description_of_its_own(site: Path) -> None:
    found = Counter(
        content(soup(site / address_of(uri)), 'meta[name="description"]') for uri in NAVIGATION
    )
    assert [text for text, times in found.items() if times > 1] == []
    assert all(len(text) > 40 for text in found)


def test_a_link_to_a_page_shows_its_title_and_description(site: Path) -> None:
    page = soup(site / "guide" / "stacking.html")
    assert content(page, 'meta[property="og:title"]') == "Stacking"
    assert content(page, 'meta[property="og:type"]') == "article"
    description = content(page, 'meta[name="description"]')
    assert content(page, 'meta[property="og:description"]') == description
    assert content(page, 'meta[name="twitter:description"]') == description
    assert content(page, 'meta[property="og:url"]').endswith("/guide/stacking.html")
    assert content(soup(site / "404.html"), 'meta[property="og:type"]') == "website"


def test_llms_txt_lists_every_page_with_its_description(site: Path) -> None:
    lines = (site / "llms.txt").read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[2].startswith("> ")
    links = re.findall(
        r"^- \[[^\]]+\]\(http://localhost/some/where/(\S*)\): .{20}", "\n".join(lines), re.MULTILINE
    )
    assert links == [address_of(uri) for uri in NAVIGATION]


def test_words_of_the_glossary_are_explained_where_they_first_stand(site: Path) -> None:
    page = soup(site / "guide" / "single-output.html")
    marked = page.select("article abbr")
    assert "time-step" in [one.text for one in marked]
    titles = Counter(str(one["title"]) for one in marked)
    assert set(titles.values()) == {1}
    assert not page.select(":is(h1, h2, h3, a, code) abbr")
    first = page.select_one("article abbr")
    assert first is not None
    assert str(first["title"]) in soup(site / "glossary.html").text
    assert not soup(site / "glossary.html").select("abbr")


def test_each_word_of_the_glossary_has_a_figure(site: Path) -> None:
    page = soup(site / "glossary.html")
    terms = page.select("article h3")
    assert len(terms) > 20
    lacking = []
    for term in terms[1:]:  # the first has its figure above
        following = term.find_next(["figure", "h3"])
        if following is None or following.name != "figure":
            lacking.append(term.text)
    assert lacking == []


@pytest.mark.parametrize(
    ("term", "several"),
    [
        ("Time-step", "time-steps"),
        ("Batch", "batches"),
        ("Vocabulary", "vocabularies"),
        ("Loss", "losses"),
    ],
)
def test_forms_of_a_word(term: str, several: str) -> None:
    assert {term, term.lower(), several, several.capitalize()} == set(forms(term))


def test_tags_lead_to_their_pages(site: Path) -> None:
    links = soup(site / "tags.html").select("article a")
    assert any(str(link["href"]).startswith("guide/states.html") for link in links)
    tags = [tag.text.strip() for tag in soup(site / "guide" / "states.html").select(".md-tag")]
    assert "states" in tags


def test_on_paper_there_is_no_navigation_and_no_folded_answer(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(f"{address}guide/single-output.html", wait_until="load")
    assert page.locator("details:not([open])").count()
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    for hidden in (".md-header", ".md-sidebar--primary", ".md-footer", ".dg-trace"):
        assert not page.locator(hidden).first.is_visible()
    figure = page.locator("figure.dg-figure").first
    assert figure.evaluate("one => getComputedStyle(one).breakInside") == "avoid"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count()
    page.close()
