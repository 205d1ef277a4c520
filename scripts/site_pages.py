"""What the hooks of this site need of its pages, when all have run and none is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from diagramgen.finished import FinishedPage
from diagramgen.mkdocs_plugin import DiagramgenPlugin


def pages_in_order(config: MkDocsConfig, files: Files) -> Iterator[Page]:
    """The pages, in the order of the navigation."""
    for uri in addresses(config.nav):
        yield page_at(uri, files)


def page_at(uri: str, files: Files) -> Page:
    """The page with this address in the docs folder.

    Raises:
        PluginError: There is none.
    """
    file = files.get_file_from_path(uri)
    if file is None or file.page is None:
        raise PluginError(f"docs/{uri} is not there. Take its hook out of mkdocs.yml, too")
    return file.page


def finished(page: Page, config: MkDocsConfig) -> FinishedPage | None:
    """What diagramgen knows of a page; None if the code on it doesn't run."""
    site = cast(DiagramgenPlugin, config.plugins["diagramgen"]).site
    return site.finished(page.file.src_uri) if site.runs(page.file.src_uri) else None


def addresses(nav: object) -> Iterator[str]:
    """The pages that a navigation names, in order."""
    match nav:
        case str():
            yield nav
        case list():
            for entry in nav:
                yield from addresses(entry)
        case dict():
            for entry in nav.values():
                yield from addresses(entry)
