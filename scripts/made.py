"""Tells how the site was made: versions, and counts of each page; a hook of MkDocs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from diagramgen.recording.versions import versions
from prose import typed_numbers
from site_pages import finished, page_at, pages_in_order

MADE = "reference/made.md"
BUILDERS = (
    "diagramgen",
    "graphviz-pure",
    "matplotlib",
    "mkdocs",
    "mkdocs-material",
    "mkdocs-gen-files",
    "Markdown",
    "pymdown-extensions",
    "Pygments",
)


class Counts(NamedTuple):
    """What is on a page."""

    blocks: int
    figures: int
    values: int
    typed: int
    """Numbers that are typed into its prose, each for a reason that is kept on file."""


def on_env(_env: object, /, *, config: MkDocsConfig, files: Files) -> None:
    """Fill the page: all pages have run, and nothing is written yet."""
    made = page_at(MADE, files)
    rows = [
        (f'<a href="{get_relative_url(page.url, made.url)}">{page.title}</a>', count(page, config))
        for page in pages_in_order(config, files)
    ]
    total = Counts(*map(sum, zip(*(counts for _, counts in rows), strict=True)))
    rows.append(("<strong>All pages</strong>", total))
    made.content = (
        (made.content or "")
        .replace("<!-- versions -->", _table(("", "version"), _versions()))
        .replace("<!-- counts -->", _table(("page", *Counts._fields), _cells(rows)))
    )


def count(page: Page, config: MkDocsConfig) -> Counts:
    """What is on a page."""
    typed = len(typed_numbers(page.file.src_uri, page.file.content_string))
    if (done := finished(page, config)) is None:
        return Counts(0, 0, 0, typed)
    figures = sum("<figure" in html for html in done.figures.values())
    return Counts(done.blocks, figures, done.values, typed)


def _versions() -> Iterator[tuple[str, ...]]:
    """All that made the site: what ran the pages' code, then what wrote the pages."""
    ran = versions()
    yield from ((name, ran[name]) for name in ran if name != "backend")
    yield from ((name, version(name)) for name in BUILDERS)


def _cells(rows: Iterable[tuple[str, Counts]]) -> Iterator[tuple[str, ...]]:
    return ((name, *map(str, counts)) for name, counts in rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    def row(cells: Iterable[str], tag: str = "td") -> str:
        return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"

    body = "".join(map(row, rows))
    return f"<table><thead>{row(head, 'th')}</thead><tbody>{body}</tbody></table>"
