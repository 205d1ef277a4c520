"""Fills the gallery with every figure of the site; a hook of MkDocs.

A figure in the gallery is a file of its own, which a browser fetches when it scrolls into view.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from diagramgen.pages.placeholders import swap
from site_pages import finished, page_at, pages_in_order

GALLERY = "reference/gallery.md"
MARK = "<!-- gallery -->"
_PART = re.compile(
    r'<h[1-6] id="(?P<anchor>[^"]+)">(?P<heading>.*?)(?:<a class="headerlink"|</h[1-6]>)'
    r'|<figure class="dg-figure.*?</figure>',
    re.DOTALL,
)
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
_SIZE = re.compile(r'viewBox="\S+ \S+ (\S+) (\S+)" style="[^"]*"')
_PICTURE = re.compile(r"<img [^>]*>")
_LABEL = re.compile(r'aria-label="([^"]*)"')


class Shown(NamedTuple):
    """A figure where it stands on its page."""

    anchor: str
    section: str
    """The heading above it, as HTML."""
    html: str


def figures(html: str) -> Iterator[Shown]:
    """The figures of a page, in order, each with the heading above it."""
    anchor = section = ""
    for part in _PART.finditer(html):
        if part["anchor"]:
            anchor, section = part["anchor"], re.sub("<[^>]+>", "", part["heading"])
        else:
            yield Shown(anchor, section, part[0])


def on_env(_env: object, /, *, config: MkDocsConfig, files: Files) -> None:
    """Fill the gallery: all pages have run, and nothing is written yet."""
    gallery = page_at(GALLERY, files)
    parts = [
        part
        for page in pages_in_order(config, files)
        for part in _of_page(page, gallery, config, files)
    ]
    gallery.content = (gallery.content or "").replace(MARK, "\n".join(parts))


def _of_page(page: Page, gallery: Page, config: MkDocsConfig, files: Files) -> Iterator[str]:
    """The part of one page: its title, and its figures."""
    cards = []
    done = finished(page, config)
    html = swap(page.content or "", done.figures) if done else ""
    for number, figure in enumerate(figures(html), 1):
        address = get_relative_url(f"{page.url}#{figure.anchor}", gallery.url)
        if svg := _SVG.search(figure.html):
            name = f"{page.file.src_uri.removesuffix('.md').replace('/', '-')}-{number}.svg"
            uri = f"reference/gallery/{name}"
            content = _alone(svg[0])
            made = File.generated(config, uri, content=content, inclusion=InclusionLevel.INCLUDED)
            files.append(made)
            image = _image(figure.html, get_relative_url(made.url, gallery.url))
        else:
            image = "".join(_PICTURE.findall(figure.html))
        cards.append(f'<li><a href="{address}">{image}<span>{figure.section}</span></a></li>')
    if cards:
        link = f'<a href="{get_relative_url(page.url, gallery.url)}">{page.title}</a>'
        yield f'<h2>{link}</h2>\n<ul class="gallery">{"".join(cards)}</ul>'


def _image(figure: str, address: str) -> str:
    label = _LABEL.search(figure)
    return f'<img src="{address}" alt="{label[1] if label else ""}" loading="lazy">'


def _alone(svg: str) -> str:
    """An SVG of a page as a file: with a size, white paper, and the style sheet in it."""
    sized = _SIZE.sub(r'\g<0> width="\1" height="\2"', svg, count=1)
    sized = sized.replace(' style="', ' style="background:#fff;', 1)
    return sized.replace("<title", f"<style>{_styles()}</style><title", 1)


@cache
def _styles() -> str:
    css = (resources.files("diagramgen") / "assets/figures.css").read_text("utf-8")
    return re.sub(r"/\*.*?\*/|\s*\n\s*", "", css, flags=re.DOTALL)
