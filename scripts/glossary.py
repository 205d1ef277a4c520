"""Explains the glossary's words where a page first uses them; a hook of MkDocs.

Each word goes through Markdown as an abbreviation. Those would be marked wherever they stand; here
the first one of a page is left, in its text and not in a heading or a link.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.pages import Page

GLOSSARY = "glossary.md"
_TERM = re.compile(r"^### (?P<term>.+)\n\n(?P<says>.+?\.)(?:\s|$)", re.MULTILINE)
_ABBREVIATION = re.compile(r'<abbr title="(?P<title>[^"]*)">(?P<text>[^<]*)</abbr>')
_MARKED = re.compile(
    rf"<(?P<tag>h[1-6]|a)\b[^>]*>.*?</(?P=tag)>|{_ABBREVIATION.pattern}", re.DOTALL
)


@event_priority(-200)  # when the page is as diagramgen leaves it
def on_page_markdown(markdown: str, /, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Put the definitions below a page."""
    if page.file.src_uri == GLOSSARY:
        return markdown
    path = Path(config.docs_dir, GLOSSARY)
    return f"{markdown}\n\n{_definitions(path, path.stat().st_mtime_ns)}"


def on_page_content(html: str, /, **_: object) -> str:
    """Leave the first use of each word marked, and no other."""
    seen: set[str] = set()

    def unmark(marked: re.Match[str]) -> str:
        if marked["tag"]:
            return _ABBREVIATION.sub(r"\g<text>", marked[0])
        if marked["title"] in seen:
            return marked["text"]
        seen.add(marked["title"])
        return marked[0]

    return _MARKED.sub(unmark, html)


def forms(term: str) -> list[str]:
    """A term as it may stand in a sentence: one or several, at its beginning or later."""
    plural = re.sub(r"y$", "ie", term) + ("es" if term.endswith(("ch", "s", "y")) else "s")
    plural = plural.replace("iees", "ies")
    lower = term[0].lower() + term[1:]
    return [term, lower, plural, plural[0].lower() + plural[1:]]


@cache
def _definitions(path: Path, _changed: int) -> str:
    """The glossary's terms as abbreviations, each with the first sentence that is said of it."""
    return "\n".join(
        f"*[{form}]: {match['says'].replace('`', '')}"
        for match in _TERM.finditer(path.read_text("utf-8"))
        for form in forms(match["term"])
    )
