"""Writes llms.txt, the list of pages for language models (llmstxt.org); a hook of MkDocs."""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from site_pages import addresses, page_at


def on_env(_env: object, /, *, config: MkDocsConfig, files: Files) -> None:
    """Add the file: all pages are read, so their titles and descriptions are known."""
    lines = [f"# {config.site_name}", "", f"> {config.site_description}", *_parts(config, files)]
    text = "\n".join(lines) + "\n"
    files.append(
        File.generated(config, "llms.txt", content=text, inclusion=InclusionLevel.INCLUDED)
    )


def _parts(config: MkDocsConfig, files: Files) -> Iterator[str]:
    """The parts of the navigation, each with its pages."""
    for entry in config.nav or ():
        ((title, below),) = entry.items()
        yield from ("", f"## {title}", "")
        for uri in addresses(below):
            page = page_at(uri, files)
            address = page.canonical_url or page.url
            yield f"- [{page.title}]({address}): {page.meta['description']}"
